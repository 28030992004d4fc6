"""Time codes in the text of a transcript: before a speaker label, after it, or on a line of their own.

A clock time may also be part of what somebody says ("10:30 was the appointment"), so time codes are
believed by evidence over the whole file: their form, how many there are, and that they do not go back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from qualbench.transcripts.model import Block

TIME = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
"""A time code as hours (or none), minutes and seconds."""

_CODE = (
    rf"(?P<open>[\[(<{{#]?)(?P<begin>{TIME})(?![\w:])"
    rf"(?:\s*(?:-->|[-–—]|to)\s*(?P<end>{TIME})(?![\w:]))?[\])>}}#]?"
)
_BEFORE = re.compile(rf"{_CODE}\s*[-–—|:]?\s*(?P<rest>.*)", re.DOTALL)
_AFTER = re.compile(
    r"(?P<label>[^\W\d_][^:\[\](){}<>#]{0,39}?(?:\s*[(\[][^()\[\]:]{1,30}[)\]])?)"
    rf"(?P<colon>\s*:\s*|\s+){_CODE}"
    r"(?P<colon_after>\s*:)?\s*(?P<rest>.*)",
    re.DOTALL,
)
_CLOCK = re.compile(r"\d:\d\d")
_IN_ORDER = 0.9  # share of time codes that must not go back
_SHARE_OF_BLOCKS = 10  # one in so many blocks has a time code where its form alone proves nothing


class _Found(NamedTuple):
    block: Block  # without the time code
    plain: bool  # whether it might as well be a time that somebody spoke of


def seconds(time: str) -> float:
    """Give a time code in seconds."""
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def lift_times(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Take time codes out of the text of blocks and give them as the times of the blocks.

    Returns:
        The blocks, those that held only a time code left out, and a note if there were time codes.
    """
    in_text = _CLOCK.search("\n".join([block.text for block in blocks])) is not None
    if not in_text or any(block.begins_at is not None for block in blocks):
        return list(blocks), []
    found = [_find(block) if _CLOCK.search(block.text) else None for block in blocks]
    sure = [f for f in found if f is not None and not f.plain]
    plain = [f for f in found if f is not None and f.plain]
    believed = {id(f) for f in sure} if _in_order(sure) else set()
    if len(plain) > max(1, len(blocks) // _SHARE_OF_BLOCKS) and _in_order(plain):
        believed |= {id(f) for f in plain}
    if not believed:
        return list(blocks), []
    lifted: list[Block] = []
    waiting: Block | None = None  # a time code on a line of its own
    for block, seen in zip(blocks, found, strict=True):
        timed = seen.block if seen is not None and id(seen) in believed else block
        if not timed.text:
            waiting = timed
            continue
        if waiting is not None and timed.begins_at is None:
            timed = timed._replace(begins_at=waiting.begins_at, ends_at=waiting.ends_at)
        waiting = None
        lifted.append(timed)
    return lifted, [f"Time codes were taken out of the text and kept as times: {len(believed)}."]


def _find(block: Block) -> _Found | None:
    before = _BEFORE.match(block.text)
    match = before or _AFTER.match(block.text)
    if match is None:
        return None
    begin, end, rest = match["begin"], match["end"], match["rest"]
    if before is not None:
        taken = len(block.text) - len(rest)
        text, plain = rest, bool(rest) and not match["open"]
    else:
        taken = 0
        colon = ":" if rest or ":" in match["colon"] or match["colon_after"] else ""
        text = f"{match['label']}{colon} {rest}".rstrip()
        plain = bool(rest) and not match["open"] and not match["colon_after"]
    return _Found(
        block._replace(
            text=text,
            bold=min(max(0, block.bold - taken), len(text))
            if before
            else min(block.bold, len(match["label"])),
            begins_at=seconds(begin),
            ends_at=seconds(end) if end else None,
        ),
        plain and begin.count(":") < 2,
    )


def _in_order(found: Iterable[_Found]) -> bool:
    times = [f.block.begins_at or 0.0 for f in found]
    kept = sum(a <= b for a, b in pairwise(times))
    return bool(times) and kept >= _IN_ORDER * (len(times) - 1)
