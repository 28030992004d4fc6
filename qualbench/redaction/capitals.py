"""Names by their capitals and by the lexicon: the gazetteer, and the tiers of what may be a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qualbench.redaction.lexicon import Lexicon, load_lexicon, read_words
from qualbench.redaction.patterns import POSSIBLE, STRONG, UPPER, Suggestion
from qualbench.text.spans import Span
from qualbench.text.words import WORD

_POSSESSIVE = re.compile(r"['’]s?\Z")
_STARTS_SENTENCE = re.compile(r"(?:\A|[.?!…:;]['\"”’)\]]*\s+['‘]?|[\])]\s+|\n\s*|[\[\"“‘(—–-]\s*)\Z")
_JOINS = re.compile(r"(?:(?<=[ .]\w)\.|(?<=\bSt)\.)?[ ](?:(?:of|the|and|&|for|de|van|von|al|el|bin)[ ]){0,2}")
_CAPITAL = re.compile(UPPER)
_LEAST_CAPITALS = 0.01  # share of words with a capital under which a text has none

INNOCENT = read_words("innocent.txt")
"""Words with a capital that point at nobody."""

_SCOTS = read_words("scots.txt")


class _Token(NamedTuple):
    start: int
    end: int  # without a possessive
    text: str
    capital: bool
    begins: bool  # a sentence, so that its capital says nothing


def has_no_capitals(text: str) -> bool:
    """Tell whether a text is written without capitals, as raw speech recognition is."""
    words = WORD.findall(text)
    return len(words) >= 50 and sum(word[0].isupper() for word in words) < _LEAST_CAPITALS * len(words)


def begins_sentence(text: str, place: int) -> bool:
    """Tell whether a sentence begins at a place, so that a capital there says nothing."""
    return _STARTS_SENTENCE.search(text, max(0, place - 6), place) is not None


def is_innocent(word: str) -> bool:
    """Tell whether a word points at nobody though it has a capital."""
    return word.casefold().replace("’", "'") in INNOCENT


def is_known_word(word: str, lexicon: Lexicon) -> bool:
    """Tell whether a word is an ordinary one, in English or Scots."""
    small = word.casefold().replace("’", "'")
    return small in INNOCENT or small in _SCOTS or lexicon.is_word(word)


def find_by_lexicon(text: str, labels: Sequence[Span]) -> Iterator[Suggestion]:
    """Find capitalised words that are names or may be: a run of them side by side is one.

    Strong is a run with a name that is no English word, or with a first name inside a sentence; possible are
    words in no list, other capitals inside a sentence, and names that are words where a sentence begins, if
    they stand inside one elsewhere.
    """
    lexicon = load_lexicon()
    tokens = _tokens(text, labels)
    inside = {token.text for token in tokens if token.capital and not token.begins}
    for run in _runs(text, tokens, lexicon):
        suggestion = _judge(text, run, inside, lexicon)
        if suggestion is not None:
            yield suggestion


def _tokens(text: str, labels: Sequence[Span]) -> list[_Token]:
    in_label = bytearray(len(text) + 1)
    after_label = set()
    for start, end in labels:
        in_label[start:end] = b"\1" * (end - start)
        after_label.add(end + 2)
    tokens = []
    for match in WORD.finditer(text):
        start, end = match.span()
        if in_label[start]:
            continue
        own = _POSSESSIVE.sub("", match[0])
        capital = own[:1].isupper()
        begins = capital and (start in after_label or begins_sentence(text, start))
        tokens.append(_Token(start, start + len(own), own, capital, begins))
    return tokens


def _runs(text: str, tokens: Sequence[_Token], lexicon: Lexicon) -> Iterator[list[_Token]]:
    """Capitalised words side by side or joined as in "Bank of Scotland", not ordinary at either end."""
    run: list[_Token] = []
    for token in tokens:
        if not token.capital:
            continue
        if run and not _is_joined(text, run[-1], token, lexicon):
            yield from _trimmed(run, lexicon)
            run = []
        run.append(token)
    yield from _trimmed(run, lexicon)


def _is_joined(text: str, before: _Token, token: _Token, lexicon: Lexicon) -> bool:
    """Whether two capitalised words are of one name; "Tom and Kate" are two."""
    between = text[before.end : token.start]
    two_people = ("and" in between or "&" in between) and (
        lexicon.is_first_name(before.text) or lexicon.is_first_name(token.text)
    )
    return not token.begins and not two_people and _JOINS.fullmatch(text, before.end, token.start) is not None


def _trimmed(run: list[_Token], lexicon: Lexicon) -> Iterator[list[_Token]]:
    while run and (is_innocent(run[0].text) or (run[0].begins and _is_plain(run[0], lexicon))):
        run = run[1:]
    while run and is_innocent(run[-1].text):
        run = run[:-1]
    if run:
        yield run


def _is_plain(token: _Token, lexicon: Lexicon) -> bool:
    return is_known_word(token.text, lexicon) and not lexicon.is_first_name(token.text)


def _judge(text: str, run: list[_Token], inside: set[str], lexicon: Lexicon) -> Suggestion | None:
    start, end = run[0].start, run[-1].end
    words = [token.text for token in run]
    unknown = [word for word in words if not is_known_word(word, lexicon)]
    firsts = [token for token in run if lexicon.is_first_name(token.text)]
    place = lexicon.is_place(text[start:end]) or any(lexicon.is_place(word) for word in unknown)
    initials = len(run) == 1 and len(words[0]) in (2, 3) and words[0].isupper() and words[0].isalpha()
    named = any(lexicon.is_first_name(word) or lexicon.is_last_name(word) for word in unknown)

    def found(kind: str, tier: str, detector: str, reason: str) -> Suggestion:
        return Suggestion(start, end, kind, tier, detector, reason)

    if place and not any(lexicon.is_first_name(word) for word in unknown):
        return found("place", STRONG, "gazetteer", "a place in the list")
    if named or any(not token.begins for token in firsts):
        return found("person", STRONG, "gazetteer", "a name in the list")
    if len(run) == 1 and not initials and words[0].isupper() and not unknown and not firsts:
        return None  # somebody shouts
    if initials and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        return found("person", STRONG, "initials", "initials in brackets, as in a list of those present")
    if run[0].begins and len(run) == 1:
        called = text[end : end + 1] in tuple(",.?!") and len(words[0]) > 2
        if firsts and (words[0] in inside or called):
            return found(
                "person",
                POSSIBLE,
                "word name",
                "a name that is also a word, as if spoken to or seen elsewhere",
            )
        if unknown and len(words[0]) > 2:
            return found("name", POSSIBLE, "unknown word", "a capital, and in no list of words")
        return None
    if unknown:
        return found("name", POSSIBLE, "unknown word", "a capital, and in no list of words")
    return found("name", POSSIBLE, "capitals", "a capital inside a sentence")


_CALLED = (
    r"(?:called|named|names?|is|mrs?|ms|miss|dr|doctor|professor|judge|sheriff|nurse|sister|auntie?|uncle|nan|nana|granny?|granda|practitioner|worker|"
    r"visitor|guy|wee|big|baby|our|friend|pal|ring|rang|ringing|phone|phoned|phoning|text|texted|texting|met|told|asked)"
)


def find_small_names(text: str, labels: Sequence[Span]) -> Iterator[Suggestion]:
    """Find names in a text without capitals: names and places that are no words, and others after a cue."""
    lexicon = load_lexicon()
    tokens = _tokens(text, labels)
    for before, token in zip([None, *tokens], tokens, strict=False):
        word = token.text
        if len(word) < 3 or is_innocent(word):
            continue
        cue = before is not None and re.fullmatch(_CALLED, before.text) is not None
        known = is_known_word(word, lexicon)
        if before is not None and _are_first_and_last(text, before, token, lexicon):
            reason = "a first name and a last name"
            yield Suggestion(before.start, token.end, "person", POSSIBLE, "gazetteer", reason)
        if lexicon.is_first_name(word) and (not known or cue):
            yield Suggestion(token.start, token.end, "person", STRONG, "gazetteer", "a name in the list")
        elif not known and lexicon.is_place(word):
            yield Suggestion(token.start, token.end, "place", STRONG, "gazetteer", "a place in the list")
        elif not known and (lexicon.is_last_name(word) or cue):
            yield Suggestion(token.start, token.end, "name", POSSIBLE, "unknown word", "in no list of words")


def _are_first_and_last(text: str, before: _Token, token: _Token, lexicon: Lexicon) -> bool:
    """Whether two words side by side may be somebody's names though both are English: harry potter."""
    return (
        text[before.end : token.start] == " "
        and lexicon.is_first_name(before.text)
        and lexicon.is_last_name(token.text)
        and not is_innocent(before.text)
    )
