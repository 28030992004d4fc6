"""Who speaks: finding speaker labels by evidence over the whole file, never inventing one.

A label may stand in brackets, in bold, before a colon, before a tab, or on a line of its own. Each form is
tried on every block; the form that explains most of the file is taken, and within it only labels that
come back or look like labels. "Note: ..." once inside speech is therefore not a speaker.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from qualbench.transcripts.model import Block, Utterance

INTERVIEWER = re.compile(
    r"(?:i|int|interviewer|r|res|researcher|q|f|fac|facilitator|m|mod|moderator)[ _]?\d{0,2}", re.IGNORECASE
)
_CODE_LIKE = re.compile(r"[A-Z]{1,5}[ _-]?\d{0,4}|(?:Speaker|Participant|Parent|Respondent)[ _]?\d{1,3}")
_MARKS = re.compile(
    r"(?:\[|\()?(?:inaudible|unintelligible|redacted|laugh\w*|laughter|pause\w*|crosstalk|silence|music|cry\w*|sigh\w*|"
    r"\.\.\.|…)(?:\]|\))?.*",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"notes?|well|so|and|but|question|answer|actions?|date|title|time|present|apologies|agenda|venue|chair|"
    r"minutes|place|https?|ps|nb|example|summary|site|duration|subject|re|attendees",
    re.IGNORECASE,
)
_SHORT_PREAMBLE = 300  # characters, which even a short talk may have before it
_BRACKETED = re.compile(r"\[([^\[\]]{1,40})\]:?\s*(.*)", re.DOTALL)
_BEFORE_COLON = re.compile(r"([^\s:\[\]<>.?!][^:\[\]<>.?!]{0,39}?)\s*:(?:\s+(.*))?$", re.DOTALL)
_BEFORE_TAB = re.compile(r"([^\t]{1,40}?)\s*:?\t+(.*)", re.DOTALL)


class _Labelled(NamedTuple):
    label: str
    words: str


def attribute(blocks: Sequence[Block]) -> tuple[list[Utterance], list[str]]:
    """Give the blocks of a file to their speakers.

    Blocks before the first label are preamble, not talk, and shorter than the talk. A block without a
    label continues the turn before it. A file without labels gives one unattributed utterance a block.

    Returns:
        The utterances, and notes for the person who imports.
    """
    labelled = _best_reading(blocks)
    first = next((n for n, found in enumerate(labelled) if found), len(blocks))
    lengths = [len(block.text) for block in blocks]
    late = sum(lengths[:first]) > max(_SHORT_PREAMBLE, sum(lengths) / 2)  # as initials in an action list
    if late or first == len(blocks):
        unattributed = [Utterance(None, (block.text,), not block.heading) for block in blocks]
        return unattributed, ["No speaker labels were found: each paragraph is a turn without a speaker."]
    utterances: list[Utterance] = []
    speaking: str | None = None
    spellings: dict[str, str] = {}
    for block, found in zip(blocks, labelled, strict=True):
        if found:
            speaking = spellings.setdefault(found.label.casefold(), found.label)
        talk = speaking is not None and not block.heading
        words = found.words if found else block.text
        if words or not utterances:
            utterances.append(
                Utterance(
                    speaking if talk else None,
                    (words,) if words else (),
                    talk,
                    block.begins_at,
                    block.ends_at,
                )
            )
    return [u for u in utterances if u.paragraphs], []


def _best_reading(blocks: Sequence[Block]) -> list[_Labelled | None]:
    """The labels of the form that explains most blocks; all None if no form explains any."""
    best: list[_Labelled | None] = [None] * len(blocks)
    best_count = 0
    for form, possible in _FORMS:
        if not any(possible(block) for block in blocks):
            continue
        reading = [None if block.heading else form(block) for block in blocks]
        if form is not _given:  # what the format itself says needs no evidence
            reading = _accepted(reading)
        count = sum(found is not None for found in reading)
        if count > best_count:
            best, best_count = reading, count
    if 2 * best_count < len(blocks) // 2:  # labels on lines of their own are at most half of the blocks
        own_line = _accepted(_own_lines(blocks))
        if sum(found is not None for found in own_line) > 2 * best_count:
            return own_line
    return best


def _accepted(reading: list[_Labelled | None]) -> list[_Labelled | None]:
    """Keep only labels with evidence: they look like labels, or they come back."""
    counts = Counter(found.label.casefold() for found in reading if found)
    labels = {found.label.casefold(): found.label for found in reading if found}

    def believed(folded: str) -> bool:
        label = labels[folded]
        if _LEAD_IN.fullmatch(label) or _MARKS.fullmatch(label):
            return False
        return (
            counts[folded] >= 2
            or _CODE_LIKE.fullmatch(label) is not None
            or bool(INTERVIEWER.fullmatch(label))
        )

    kept = {folded for folded in counts if believed(folded)}
    if len(kept) < 2 and not any(_CODE_LIKE.fullmatch(labels[folded]) for folded in kept):
        kept = set()
    return [found if found and found.label.casefold() in kept else None for found in reading]


def _given(block: Block) -> _Labelled | None:
    return _Labelled(block.speaker, block.text) if block.speaker else None


def _by(pattern: re.Pattern[str]) -> Callable[[Block], _Labelled | None]:
    def read(block: Block) -> _Labelled | None:
        match = pattern.match(block.text)
        label = _tidy(match[1]) if match is not None else None
        return _Labelled(label, (match[2] or "").strip()) if match is not None and label else None

    return read


@lru_cache(maxsize=4096)
def _tidy(label: str) -> str | None:
    """A label with single spaces; None if it has more words than a label has."""
    words = label.split()
    return " ".join(words) if len(words) <= 4 else None


_bracketed = _by(_BRACKETED)
_before_colon = _by(_BEFORE_COLON)
_before_tab = _by(_BEFORE_TAB)


def _bold(block: Block) -> _Labelled | None:
    label = " ".join(block.text[: block.bold].strip().rstrip(":").split()).strip("[]")
    if not label or len(label) > 40 or len(label.split()) > 4:
        return None
    return _Labelled(label, block.text[block.bold :].lstrip(" \t:"))


def _own_lines(blocks: Sequence[Block]) -> list[_Labelled | None]:
    """Short blocks without an end mark, each followed by a longer one that is what was said."""
    reading: list[_Labelled | None] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        text = block.text.strip().rstrip(":")
        alone = (
            following is not None
            and not block.heading
            and 0 < len(text) <= 40
            and len(text.split()) <= 4
            and text[-1] not in ".,?!…-–—\"'”’)"
            and text[0] not in "[("
        )
        reading.append(_Labelled(text, "") if alone else None)
    return reading


_FORMS: tuple[tuple[Callable[[Block], _Labelled | None], Callable[[Block], object]], ...] = (
    (_given, lambda block: block.speaker),
    (_bracketed, lambda block: block.text.startswith("[")),
    (_bold, lambda block: block.bold),
    (_before_colon, lambda block: ":" in block.text),
    (_before_tab, lambda block: "\t" in block.text),
)
"""Each form of label with what a block must have for it to be worth trying."""
