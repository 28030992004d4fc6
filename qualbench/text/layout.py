"""Laying a transcript out in rows of a terminal. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from qualbench.text.spans import Span

GAP = -1
"""The block number of the blank row between two blocks."""


# Characters that take one cell each and join with nothing: most paragraphs hold no others.
_SINGLE = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0391-\u03ff\u0400-\u0482\u2010-\u2027\u2030-\u205e]*"
)


class Row(NamedTuple):
    """A row on the screen: the code points [start, end) of the text, and the block they belong to."""

    start: int
    end: int
    block: int


class TranscriptLayout:
    """A text wrapped to a width, block by block with a blank row between; what lies between blocks is hidden.

    Args:
        text: The text of a source.
        blocks: What is shown, in order: turns without their labels, headings, preamble.
        width: Cells a row may take.
    """

    def __init__(self, text: str, blocks: Sequence[Span], width: int) -> None:
        self.text = text
        self.width = max(8, width)
        self.rows: list[Row] = []
        for number, block in enumerate(blocks):
            if number:
                self.rows.append(Row(block.start, block.start, GAP))
            self.rows += self._wrapped(block, number)
        if not self.rows:
            self.rows.append(Row(0, 0, GAP))  # so that every place has a row
        self._shown = [n for n, row in enumerate(self.rows) if row.block != GAP] or [0]
        self._starts = [self.rows[n].start for n in self._shown]

    def __len__(self) -> int:
        return len(self.rows)

    def row_at(self, offset: int) -> int:
        """Give the number of the row that shows a code point, or of the nearest before it."""
        return self._shown[max(0, bisect_right(self._starts, offset) - 1)]

    def clamp(self, offset: int) -> int:
        """Give the nearest code point that is shown."""
        row = self.rows[self.row_at(offset)]
        return max(row.start, min(offset, max(row.start, row.end - 1)))

    def column(self, offset: int) -> int:
        """Give the cell, counted from the left edge of the text, at which a code point is shown."""
        return cell_len(self.text[self.rows[self.row_at(offset)].start : offset])

    def character_at(self, offset: int) -> Span:
        """Give the shown character that holds a code point: with its accents, joined emoji as one."""
        start, end, _ = self.rows[self.row_at(offset)]
        return next((one for one in _characters(self.text, start, end) if one.end > offset), Span(end, end))

    def offset_at(self, row: int, column: int) -> int:
        """Give the start of the character shown at a cell of a row, the last if it lies beyond."""
        start, end, _ = self.rows[row]
        at, cells = start, 0
        for left, _, width in split_graphemes(self.text[start:end])[0]:
            at = start + left
            cells += width
            if cells > column:
                break
        return at

    def step_rows(self, offset: int, rows: int, column: int) -> int:
        """Give the code point some rows below (above, if negative) at a column, passing over blank rows."""
        at = bisect_right(self._shown, self.row_at(offset)) - 1
        target = max(0, min(len(self._shown) - 1, at + rows))
        return self.offset_at(self._shown[target], column)

    def _wrapped(self, block: Span, number: int) -> list[Row]:
        rows = []
        start = block.start
        for paragraph in self.text[block.start : block.end].split("\n"):
            end = start + len(paragraph)
            cut = self._cut_cells if _SINGLE.fullmatch(paragraph) else self._cut_characters
            while True:
                at = cut(start, end)
                rows.append(Row(start, at, number))
                start = at
                if start >= end:
                    break
            start = end + 1
        return rows

    def _cut_cells(self, start: int, end: int) -> int:
        """Where a row that begins at `start` ends, in text of one cell a code point."""
        return self._cut(start, end, min(end, start + self.width))

    def _cut_characters(self, start: int, end: int) -> int:
        """Where a row that begins at `start` ends, in text with wide or joined characters."""
        fits, cells = start, 0
        for _, right, width in split_graphemes(self.text[start : min(end, start + 8 * self.width)])[0]:
            cells += width
            if cells > self.width and fits > start:
                break
            fits = start + right
        return self._cut(start, end, fits)

    def _cut(self, start: int, end: int, fits: int) -> int:
        """Where a row ends: after the last space that fits, else where cells end."""
        if fits >= end:
            return end
        if self.text[fits] == " ":
            return fits + 1
        space = self.text.rfind(" ", start, fits)
        return space + 1 if space >= start else fits


def _characters(text: str, start: int, end: int) -> list[Span]:
    """The characters of a stretch of text as they are shown."""
    return [Span(start + left, start + right) for left, right, _ in split_graphemes(text[start:end])[0]]
