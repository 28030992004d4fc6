"""Lines of text as a program has broken them: page numbers and line numbers out, paragraphs whole again."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

_PAGE_NUMBER = re.compile(r"\s*\d{1,3}\s*/\s*\d{1,3}\s*")
_LABEL = re.compile(r"\s*(\[[^\]]{1,40}\]|[^\s:][^:.?!]{0,39}:)(?:\s|$)")
_SHORT = 25  # characters of a line that may be a label on a line of its own
_WRAPPED_AT = 130  # columns; lines of a hard-wrapped file hardly ever run longer


def without_page_numbers(lines: list[str]) -> tuple[list[str], list[str]]:
    """Leave out lines such as "3/12", and give a note of how many there were."""
    kept = [line for line in lines if "/" not in line or not _PAGE_NUMBER.fullmatch(line)]
    left_out = len(lines) - len(kept)
    return kept, [f"Page numbers were left out: {left_out}."] if left_out else []


def unwrapped(lines: list[str]) -> list[str]:
    """Join the lines of a paragraph where a program has broken them at a column.

    Such a file has lines near one length, the next line going on in the middle of a sentence. A line that
    begins as others do, with what may be a speaker label, begins a paragraph.
    """
    filled = [line for line in lines if line.strip()]
    if not filled or max(map(len, filled)) > _WRAPPED_AT:
        return lines
    going_on = sum(
        1
        for line, after in pairwise(lines)
        if len(line) > _WRAPPED_AT // 2 and after[:1].islower() and line.rstrip()[-1:] not in ".?!:"
    )
    if going_on < max(3, len(filled) // 50):
        return lines
    beginnings = Counter(found for line in lines if (found := _beginning(line)))
    joined: list[str] = []
    before = ""
    for line in lines:
        begins = beginnings[_beginning(line)] >= 2
        if len(before) > _WRAPPED_AT // 2 and line.strip() and not begins:
            start, rest = joined[-1].rstrip(), line.strip()
            joined[-1] = f"{start}{'' if start.endswith('-') and rest[0].islower() else ' '}{rest}"
        else:
            joined.append(line)
        before = line
    return joined


def _beginning(line: str) -> str:
    """What a line begins with, as far as it may be a speaker label; empty if it may not."""
    label = _LABEL.match(line)
    if label is not None:
        return label[1]
    bare = line.strip()
    return bare if len(bare) <= _SHORT and bare[-1:].isalnum() else ""
