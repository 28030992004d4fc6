"""Time codes in the text of a transcript: before a speaker label, after it, at the end, or on their own line.

A clock time may also be part of what somebody says ("10:30 was the appointment"), so time codes are
believed by evidence over the whole file: their form, how many there are, and that they do not go back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from qualbench.transcripts.model import Block

TIME = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
"""A time code as hours (or none), minutes and seconds."""

_CODE = (
    rf"(?P<open>[\[(<{{#]?)(?P<begin>{TIME})(?![\w:])(?:-\d)?"
    rf"(?:\s*(?:-->|[-–—]|to)\s*(?P<end>{TIME})(?![\w:]))?[\])>}}#]?"
)
_BEFORE = re.compile(rf"{_CODE}\s*[-–—|:]?\s*(?P<rest>.*)", re.DOTALL)
_AFTER = re.compile(
    r"(?P<label>[^\W\d_][^:\[\](){}<>#]{0,59}?(?:\s*[(\[][^()\[\]:]{1,30}[)\]])?)"
    rf"(?P<colon>\s*:\s*|\s+){_CODE}(?P<colon_after>\s*:)?\s*(?P<rest>.*)",
    re.DOTALL,
)
_AT_END = re.compile(rf"(?P<rest>.*\S)\s*#(?P<begin>{TIME})(?:-\d)?#\s*", re.DOTALL)  # as f4 and MAXQDA write
_CLOCK = re.compile(r":\d\d")  # begins with what it can be looked for by
_IN_ORDER = 0.9  # share of time codes that must not go back, but to a new recording
_RESTART = 120.0  # seconds into a new recording
_MANY = 3  # one in so many blocks has a time code where its form alone proves nothing


class _Found(NamedTuple):
    block: Block  # without the time code
    label: str | None  # what stands before the code, if anything
    sure: bool  # whether nobody would speak of a time in this form


def seconds(time: str) -> float:
    """Give a time code in seconds."""
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def lift_times(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Take time codes out of the text of blocks and give them as the times of the blocks.

    What stands before a time code that is believed is the speaker of its block.

    Returns:
        The blocks, those that held only a time code left out, and a note if there were time codes.
    """
    in_text = _CLOCK.search("\n".join([block.text for block in blocks])) is not None
    if not in_text or any(block.begins_at is not None for block in blocks):
        return list(blocks), []
    found = [_find(block) if _CLOCK.search(block.text) else None for block in blocks]
    believed = _believed([f for f in found if f is not None], len(blocks))
    if not believed:
        return list(blocks), []
    lifted: list[Block] = []
    waiting: Block | None = None  # a time code on a line of its own, or at the end of the block before
    for block, seen in zip(blocks, found, strict=True):
        timed = seen.block if seen is not None and id(seen) in believed else block
        if not timed.text and not timed.speaker:
            waiting = timed
            continue
        if waiting is not None and timed.begins_at is None:
            timed = timed._replace(begins_at=waiting.begins_at, ends_at=waiting.ends_at)
        waiting = None
        lifted.append(timed)
    return lifted, [f"Time codes were taken out of the text and kept as times: {len(believed)}."]


def _believed(found: Sequence[_Found], blocks: int) -> set[int]:
    """The ids of those time codes that are not words."""
    after = [f for f in found if f.label is not None]
    before = [f for f in found if f.label is None]
    counts = Counter(f.label for f in after)
    usual = len(after) > 1 and len(after) * _MANY >= blocks
    labelled = [f for f in after if (f.sure or usual) and (counts[f.label] >= 2 or (f.sure and usual))]
    sure = [f for f in before if f.sure]
    plain = [f for f in before if not f.sure]
    groups = [labelled, sure]
    if len(plain) > 1 and len(plain) * _MANY >= blocks:
        groups.append(plain)
    return {id(f) for group in groups if _in_order(group) for f in group}


def _find(block: Block) -> _Found | None:
    at_end = _AT_END.fullmatch(block.text)
    if at_end is not None:
        inner = _find(block._replace(text=at_end["rest"]))
        return inner or _Found(
            block._replace(text=at_end["rest"], ends_at=seconds(at_end["begin"])), None, True
        )
    before = _BEFORE.match(block.text)
    match = before or _AFTER.match(block.text)
    if match is None:
        return None
    begin, end, rest = match["begin"], match["end"], match["rest"]
    in_form = bool(match["open"]) or begin.count(":") == 2
    timed = block._replace(begins_at=seconds(begin), ends_at=seconds(end) if end else None, text=rest)
    if before is not None:
        bold = max(0, block.bold - (len(block.text) - len(rest)))
        return _Found(timed._replace(bold=bold), None, in_form or not rest)
    sure = in_form or not rest or bool(match["colon_after"])
    return _Found(timed._replace(speaker=match["label"].strip(), bold=0), match["label"].casefold(), sure)


def _in_order(found: Sequence[_Found]) -> bool:
    times = [f.block.begins_at or f.block.ends_at or 0.0 for f in found]
    kept = sum(a <= b or b < _RESTART for a, b in pairwise(times))
    return bool(times) and kept >= _IN_ORDER * (len(times) - 1)
