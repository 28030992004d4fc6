"""What was found once is looked for everywhere: parts of names, initials, small letters, misspellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from qualbench.redaction.capitals import is_innocent, is_known_word
from qualbench.redaction.lexicon import load_lexicon
from qualbench.redaction.patterns import POSSIBLE, STRONG, Suggestion
from qualbench.text.words import WORD

_NAMED = ("person", "place", "organisation", "name")
_LIKE = 86  # per cent by rapidfuzz.fuzz.ratio from which on a word is another one misspelt
_SOUNDS = 60  # the same, for words with the same consonants
_RARE = 2  # times that a name which is a word may stand in small letters and still be taken for the name
_COMMON = frozenset(
    ("will", "hope", "mark", "bill", "rose", "grant", "drew", "rich", "frank", "chase", "dean", "miles")
)
_INITIALS = re.compile(r"(?<!\w)[A-Z]\.?[A-Z](?:\.?[A-Z])?(?!\w)")


def propagate(text: str, found: Sequence[Suggestion]) -> Iterator[Suggestion]:
    """Find the other places of what was found once, in this text."""
    forms = _forms(text, [s for s in found if s.tier == STRONG or s.kind != "name"])
    possible = _forms(text, [s for s in found if s.tier == POSSIBLE and s.kind == "name"])
    yield from _same(text, {**possible, **forms})
    people = {form: s for form, s in forms.items() if s.kind == "person" and s.tier == STRONG}
    yield from _misspelt(text, people)
    yield from _rare_in_small_letters(text, people)
    yield from _initials(text, people)


def _forms(text: str, found: Sequence[Suggestion]) -> dict[str, Suggestion]:
    """What to look for: each find whole, and the words of names that are not ordinary ones."""
    lexicon = load_lexicon()
    forms: dict[str, Suggestion] = {}
    for suggestion in sorted(found, key=lambda s: s.tier != STRONG):
        words = text[suggestion.start : suggestion.end]
        if suggestion.kind not in _NAMED or (suggestion.kind == "name" and is_known_word(words, lexicon)):
            continue  # an ordinary word says nothing where it begins a sentence
        forms.setdefault(words, suggestion)
        if suggestion.kind in ("person", "name"):
            for part in WORD.findall(words):
                ordinary = is_known_word(part, lexicon) and not lexicon.is_last_name(part)
                if ordinary and not lexicon.is_first_name(part):
                    continue
                if len(part) > 2 and part[0].isupper() and not is_innocent(part):
                    forms.setdefault(part, suggestion)
                    if not is_known_word(part, lexicon):
                        forms.setdefault(part.lower(), suggestion)
        if suggestion.kind == "person" and " " in words:
            forms.setdefault(words.lower(), suggestion)
    return forms


def _same(text: str, forms: dict[str, Suggestion]) -> Iterator[Suggestion]:
    if not forms:
        return
    ordered = sorted(forms, key=len, reverse=True)
    alternatives = "|".join(re.escape(form).replace(r"\ ", r"\s") for form in ordered)  # over a line end too
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text):
        like = forms.get(match[0]) or forms[" ".join(match[0].split())]
        yield Suggestion(*match.span(), like.kind, like.tier, "propagation", "found elsewhere in this source")


def _misspelt(text: str, people: dict[str, Suggestion]) -> Iterator[Suggestion]:
    """Words in no list that are like a name found."""
    from rapidfuzz import fuzz, process

    lexicon = load_lexicon()
    names = [form for form in people if len(form) >= 5 and " " not in form]
    if not names:
        return
    folded = sorted({name.casefold() for name in names})
    sounds: dict[str, list[str]] = defaultdict(list)
    for name in folded:
        if len(_skeleton(name)) >= 3:
            sounds[_skeleton(name)].append(name)
    for match in WORD.finditer(text):
        word = re.sub(r"['’]s\Z", "", match[0])
        if len(word) < 5 or word in people or is_known_word(word, lexicon):
            continue
        small = word.casefold()
        alike = process.extractOne(small, folded, scorer=fuzz.ratio, score_cutoff=_LIKE)
        if alike or any(fuzz.ratio(small, name) >= _SOUNDS for name in sounds.get(_skeleton(small), ())):
            end = match.start() + len(word)
            yield Suggestion(
                match.start(), end, "person", STRONG, "propagation", "like a name found, misspelt"
            )


def _skeleton(word: str) -> str:
    """The consonants of a word, by which it sounds: roisin and rosheen are both rsn."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]|[aeiouyhw]", "", word))


def _rare_in_small_letters(text: str, people: dict[str, Suggestion]) -> Iterator[Suggestion]:
    """Names that are words too, in small letters, where the text has them so only once or twice."""
    lexicon = load_lexicon()
    words = {part for form in people for part in WORD.findall(form) if len(part) > 3}
    for word in sorted(words):
        named = lexicon.is_first_name(word) and word[0].isupper() and not is_innocent(word)
        if named and word.lower() not in _COMMON:
            found = list(re.finditer(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text))
            for match in found if len(found) <= _RARE else []:
                reason = "a name found, in small letters"
                yield Suggestion(*match.span(), "person", POSSIBLE, "propagation", reason)


def _initials(text: str, people: dict[str, Suggestion]) -> Iterator[Suggestion]:
    """Initials of people whose whole names were found."""
    initials = {
        "".join(word[0] for word in WORD.findall(form))
        for form in people
        if len(WORD.findall(form)) in (2, 3)
    }
    for match in _INITIALS.finditer(text):
        if match[0].replace(".", "") in initials:
            yield Suggestion(*match.span(), "person", STRONG, "propagation", "the initials of a name found")
