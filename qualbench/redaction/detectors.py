"""What may identify people in a text: every detector, and what follows from their finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qualbench.redaction.capitals import (
    begins_sentence,
    find_by_lexicon,
    find_small_names,
    has_no_capitals,
    is_innocent,
    is_known_word,
)
from qualbench.redaction.cues import find_cues
from qualbench.redaction.lexicon import load_lexicon
from qualbench.redaction.patterns import POSSIBLE, STRONG, Suggestion, find_patterns
from qualbench.redaction.propagation import propagate
from qualbench.redaction.recogniser import recognise
from qualbench.text.spans import Span
from qualbench.text.words import fold

_ROLE_LABEL = re.compile(
    r"(?-i:[A-Z]{1,5}[ _-]?\d{1,3}|I|INT|FAC|MOD|RES|R|Q|F|M)|"
    r"(?:speaker|participant|interviewer|interviewee|facilitator|moderator|researcher|respondent|doctor|"
    r"patient|parent|mother|father|int|fac|mod)[ _]?\d{0,2}",
    re.IGNORECASE,
)


def suggest(
    text: str, names: Mapping[str, str], labels: Sequence[Span], *, model: str | None = None
) -> list[Suggestion]:
    """Find all that may identify somebody, without overlaps.

    Args:
        text: The text of a source, labels and all.
        names: Names known to the team, each with its kind: they are found in any case, as whole words.
        labels: Where the speaker labels of the text stand.
        model: One of spaCy's pipelines to use besides those of the program; None takes the best installed.

    Returns:
        In order of place. Of overlapping finds the strong one is kept, then the longer.
    """
    lower = has_no_capitals(text)
    found = [*find_patterns(text), *find_names(text, names), *find_labels(text, labels)]
    found += recognise(text, lines_of(text, labels), lower=lower, model=model)
    found += find_small_names(text, labels) if lower else find_by_lexicon(text, labels)
    cues = list(find_cues(text))
    kept = _without_overlaps(_unless_better_known(text, found, cues))
    everything = _without_overlaps([*kept, *propagate(text, kept)])
    everything = _without_overlaps([*everything, *cues])
    roles = {text[label.start : label.end] for label in labels if _is_role(text[label.start : label.end])}
    return [s for s in everything if text[s.start : s.end] not in roles]


def lines_of(text: str, labels: Sequence[Span]) -> list[Span]:
    """Give the lines of a text, each without its label."""
    label_ends = {start: end for start, end in labels}
    lines, position = [], 0
    for line in text.split("\n"):
        start = label_ends.get(position, position - 2) + 2
        if text[start : position + len(line)].strip():
            lines.append(Span(start, position + len(line)))
        position += len(line) + 1
    return lines


def _unless_better_known(
    text: str, found: Iterable[Suggestion], cues: Iterable[Suggestion]
) -> Iterator[Suggestion]:
    """Leave out what the recogniser reads as a name and is known to be none: marks, ordinary words, cues."""
    lexicon = load_lexicon()
    known = {(cue.start, cue.end) for cue in cues}
    for suggestion in found:
        string = text[suggestion.start : suggestion.end]
        words = re.findall(r"[\w'’-]+", string)
        alone = len(words) == 1 and suggestion.kind != "date" and not lexicon.is_place(string)
        ordinary = alone and is_known_word(words[0], lexicon) and not lexicon.is_first_name(words[0])
        plain = string[0].islower() or begins_sentence(text, suggestion.start)
        dropped = (suggestion.start, suggestion.end) in known or len(string) < 3
        dropped = dropped or all(map(is_innocent, words)) or (ordinary and plain)
        if suggestion.detector != "recogniser" or not dropped:
            yield suggestion


def find_names(text: str, names: Mapping[str, str]) -> Iterator[Suggestion]:
    """Find names of a list, in any case, as whole words."""
    kinds = {fold(name): kind for name, kind in names.items() if name.strip()}
    if not kinds:
        return
    wanted = sorted(kinds, key=len, reverse=True)
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+").replace("'", "['’]") for name in wanted)
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text, re.IGNORECASE):
        kind = kinds.get(fold(match[0]), "person")
        yield Suggestion(*match.span(), kind, STRONG, "names", "a name the team has listed")


def find_labels(text: str, labels: Sequence[Span]) -> Iterator[Suggestion]:
    """Find speaker labels that are not a code or a role, and so may be a name."""
    lexicon = load_lexicon()
    for start, end in labels:
        label = text[start:end]
        if not _is_role(label):
            named = any(lexicon.is_first_name(word) or lexicon.is_last_name(word) for word in label.split())
            tier = STRONG if named else POSSIBLE
            yield Suggestion(start, end, "person", tier, "label", "a speaker label that may be a name")


def _is_role(label: str) -> bool:
    """Whether a speaker label is a code or a role (P07, INT, Mum) and so names nobody."""
    return _ROLE_LABEL.fullmatch(label) is not None or all(map(is_innocent, label.split()))


def _without_overlaps(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Make of finds that overlap one that covers them all, as the strongest and longest of them has it."""
    kept: list[Suggestion] = []
    for suggestion in sorted(s for s in found if s.start < s.end):
        if not kept or suggestion.start >= kept[-1].end:
            kept.append(suggestion)
            continue
        last = kept.pop()
        ahead = max(last, suggestion, key=_weight)
        kept.append(ahead._replace(start=last.start, end=max(last.end, suggestion.end)))
    return kept


def _weight(suggestion: Suggestion) -> tuple[bool, bool, bool, bool, bool, int]:
    return (
        suggestion.detector == "names",
        suggestion.tier == STRONG,
        suggestion.detector == "pattern",
        suggestion.kind != "name",
        suggestion.detector != "propagation",
        suggestion.end - suggestion.start,
    )
