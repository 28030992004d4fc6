"""Lines of text as a program has broken them: page numbers out, and what may go on from the line before."""

from __future__ import annotations

import re
from itertools import pairwise

from qualbench.transcripts.model import Block

_PAGE_NUMBER = re.compile(r"\s*\d{1,3}\s*/\s*\d{1,3}\s*")
_WRAPPED_AT = 130  # columns; lines of a hard-wrapped file hardly ever run longer


def without_page_numbers(lines: list[str]) -> tuple[list[str], list[str]]:
    """Leave out lines such as "3/12", and give a note of how many there were."""
    kept = [line for line in lines if "/" not in line or not _PAGE_NUMBER.fullmatch(line)]
    left_out = len(lines) - len(kept)
    return kept, [f"Page numbers were left out: {left_out}."] if left_out else []


def line_blocks(lines: list[str]) -> list[Block]:
    """Give a block a line; where a program has broken the lines, those after a full one may go on from it.

    Such a file has lines near one length, the next line going on in the middle of a sentence.
    """
    if not _are_wrapped(lines):
        return [Block(line.strip()) for line in lines if line.strip()]
    blocks: list[Block] = []
    before = ""
    for line in lines:
        if line.strip():
            blocks.append(Block(line.strip(), goes_on=len(before) > _WRAPPED_AT // 2))
        before = line
    return blocks


def _are_wrapped(lines: list[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    if not filled or max(map(len, filled)) > _WRAPPED_AT:
        return False
    going_on = sum(
        1
        for line, after in pairwise(lines)
        if len(line) > _WRAPPED_AT // 2 and after[:1].islower() and line.rstrip()[-1:] not in ".?!:"
    )
    return going_on >= max(3, len(filled) // 50)
