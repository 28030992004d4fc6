"""What may identify people in a text: patterns, names given, speaker labels, capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qualbench.redaction.patterns import POSSIBLE, STRONG, UPPER, Suggestion, find_patterns
from qualbench.text.spans import Span
from qualbench.text.words import fold
from qualbench.transcripts.manifest import read_rows

_CAPITALISED = rf"{UPPER}\w*(?:['’\-]\w+)*"
_CAPITALS = re.compile(rf"(?<!\w){_CAPITALISED}(?:[ ](?:(?:of|the|and|&|St\.?)[ ])?{_CAPITALISED})*")
_POSSESSIVE = re.compile(r"['’]s\Z")
_SENTENCE_START = re.compile(r"(?:\A|[.?!…:;]['\"”’)]*\s+|\n\s*|[\[\"“‘(—–-]\s*)\Z")
_FIRST_PERSON = re.compile(r"I(?:['’](?:m|ve|d|ll|mma))?")
_NEVER = re.compile(
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|"
    r"September|October|November|December|Christmas|Easter|Mum|Dad|Mummy|Daddy|Gran|Granda|Nan|God|OK|Okay|TV|"
    r"Facebook|WhatsApp|Zoom|Teams|English|Scottish|British|Glasgow|Bromley|Scotland|England|London|UK|IPS|SAU|NSPCC|"
    r"NHS|GP|HV|SW|FEW|ADHD|CAMHS|RC|DSUQ|PREM|PROM"
)
_FUNCTION_WORD = re.compile(
    r"(?:a|and|an|any|as|at|aw|aye|because|but|can|cause|could|did|do|does|for|from|had|has|have|he|her|here|his|hm|"
    r"how|if|in|is|it|just|let|like|look|maybe|me|mind|my|naw|never|no|nobody|not|now|of|oh|on|one|or|our|out|"
    r"right|see|she|so|some|sorry|thank|thanks|that|the|their|them|then|there|these|they|this|those|to|too|two|"
    r"three|turn|was|we|well|what|when|where|which|who|why|wi|with|would|yeah|yes|you|your|yous|mrs?|ms|miss|dr)"
    r"(?:['’]\w+)?",
    re.IGNORECASE,
)
_ROLE_LABEL = re.compile(
    r"(?-i:[A-Z]{1,5}[ _-]?\d{1,3}|I|INT|FAC|MOD|RES|R|Q|F|M)|"
    r"(?:speaker|participant|interviewer|interviewee|facilitator|moderator|researcher|respondent|doctor|"
    r"patient|parent|mother|father|int|fac|mod)[ _]?\d{0,2}",
    re.IGNORECASE,
)


def read_names(path: Path) -> list[str]:
    """Read the names known to a team from a table with a column `name`.

    Raises:
        BadInput: If the file cannot be read or has no such column.
    """
    return [cells["name"] for _, cells in read_rows(path, ("name",)) if cells["name"]]


def suggest(text: str, names: Iterable[str], labels: Sequence[Span]) -> list[Suggestion]:
    """Find all that may identify somebody, without overlaps.

    Args:
        text: The text of a source, labels and all.
        names: Names known to the team: they are found in any case, as whole words.
        labels: Where the speaker labels of the text stand.

    Returns:
        In order of place. Of overlapping finds the strong one is kept, then the longer.
    """
    found = [*find_patterns(text), *find_names(text, names), *find_labels(text, labels)]
    found += find_capitals(text, labels)
    kept = _without_overlaps(found)
    roles = [label for label in labels if _ROLE_LABEL.fullmatch(text[label.start : label.end])]
    everything = _without_overlaps([*kept, *propagate(text, kept)])
    return [s for s in everything if not any(start <= s.start and s.end <= end for start, end in roles)]


def find_names(text: str, names: Iterable[str]) -> Iterator[Suggestion]:
    """Find names of a list, in any case, as whole words."""
    wanted = sorted({fold(name) for name in names if name.strip()}, key=len, reverse=True)
    if not wanted:
        return
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+").replace("'", "['’]") for name in wanted)
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text, re.IGNORECASE):
        yield Suggestion(*match.span(), "person", STRONG, "names", "a name the team has listed")


def find_labels(text: str, labels: Sequence[Span]) -> Iterator[Suggestion]:
    """Find speaker labels that are not a code or a role, and so may be a name."""
    for start, end in labels:
        if not _ROLE_LABEL.fullmatch(text[start:end]):
            yield Suggestion(start, end, "person", POSSIBLE, "label", "a speaker label that may be a name")


def find_capitals(text: str, labels: Sequence[Span] = ()) -> Iterator[Suggestion]:
    """Find capitalised words that do not merely begin a sentence (the test of the UK Data Service)."""
    after_labels = {end + 2 for _, end in labels}
    inside_labels = bytearray(len(text))
    for start, end in labels:
        inside_labels[start:end] = b"\1" * (end - start)
    for match in _CAPITALS.finditer(text):
        start, end = match.span()
        end -= len(found[0]) if (found := _POSSESSIVE.search(match[0])) else 0
        if inside_labels[start]:
            continue
        first = re.match(r"[\w'’\-]+", text[start:end])
        begins = start in after_labels or _SENTENCE_START.search(text, max(0, start - 6), start)
        if begins and first:  # the first word of a sentence has its capital anyway
            start += first.end()
            start += len(text[start:end]) - len(text[start:end].lstrip())
        yield from _unless_innocent(text, start, end)


def _unless_innocent(text: str, start: int, end: int) -> Iterator[Suggestion]:
    words = [word for word in text[start:end].split() if word[0].isupper()]
    if all(_FIRST_PERSON.fullmatch(w) or _NEVER.fullmatch(w) or _FUNCTION_WORD.fullmatch(w) for w in words):
        return
    while (match := re.match(r"(\S+)\s+", text[start:end])) and _not_of_a_name(match[1]):
        start += match.end()
    while (match := re.search(r"\s+(\S+)\Z", text[start:end])) and _not_of_a_name(match[1]):
        end = start + match.start()
    yield Suggestion(start, end, "name", POSSIBLE, "capitals", "a capital inside a sentence")


def _not_of_a_name(word: str) -> bool:
    return bool(_FIRST_PERSON.fullmatch(word) or _FUNCTION_WORD.fullmatch(word) or word == "&")


def propagate(text: str, found: Sequence[Suggestion]) -> Iterator[Suggestion]:
    """Find the other places of what was found once: whole words, the same letters and case."""
    strings: dict[str, Suggestion] = {}
    for suggestion in found:
        strings.setdefault(text[suggestion.start : suggestion.end], suggestion)
        for part in re.findall(rf"{_CAPITALISED}", text[suggestion.start : suggestion.end]):
            named = suggestion.kind in ("person", "name") and len(part) > 2
            if named and not _NEVER.fullmatch(part) and not _FIRST_PERSON.fullmatch(part):
                strings.setdefault(part, suggestion)
    if not strings:
        return
    alternatives = "|".join(re.escape(string) for string in sorted(strings, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text):
        like = strings[match[0]]
        yield Suggestion(*match.span(), like.kind, like.tier, "propagation", "found elsewhere in this source")


def _without_overlaps(found: Iterable[Suggestion]) -> list[Suggestion]:
    ranked = sorted(
        (s for s in found if s.start < s.end),
        key=lambda s: (s.tier != STRONG, s.start - s.end, s.detector == "propagation", s.start),
    )
    kept: list[Suggestion] = []
    taken = bytearray(max((s.end for s in ranked), default=0))
    for suggestion in ranked:
        if not any(taken[suggestion.start : suggestion.end]):
            kept.append(suggestion)
            taken[suggestion.start : suggestion.end] = b"\1" * (suggestion.end - suggestion.start)
    return sorted(kept)
