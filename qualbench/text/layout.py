"""Laying a transcript out in rows of a terminal, and finding what is coded on each row. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from qualbench.text.spans import Span

GAP = -1
"""The block number of the blank row between two blocks."""


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

    def offset_at(self, row: int, column: int) -> int:
        """Give the code point shown at a cell of a row, the last of the row if the cell lies beyond it."""
        start, end, _ = self.rows[row]
        cells = 0
        for offset in range(start, end):
            cells += get_character_cell_size(self.text[offset])
            if cells > column:
                return offset
        return max(start, end - 1)

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
            plain = paragraph.isascii()
            while True:
                cut = self._cut(start, end, plain)
                rows.append(Row(start, cut, number))
                start = cut
                if start >= end:
                    break
            start = end + 1
        return rows

    def _cut(self, start: int, end: int, plain: bool) -> int:
        """Where a row that begins at `start` ends: after the last space that fits, else where cells end."""
        fits = min(end, start + self.width)
        if not plain:
            cells, fits = 0, start
            while fits < end:
                cells += get_character_cell_size(self.text[fits])
                if cells > self.width and fits > start:
                    break
                fits += 1
        if fits >= end:
            return end
        if self.text[fits] == " ":
            return fits + 1
        space = self.text.rfind(" ", start, fits)
        return space + 1 if space >= start else fits


class LanedSpan(NamedTuple):
    """A coded span with its place among the stripes: the rows it touches and its lane."""

    number: int
    span: Span
    first_row: int
    last_row: int
    lane: int


class SpanIndex:
    """Which spans stand on which row, each in a lane of its own from its first row to its last.

    Lanes are dealt over the whole document, so that stripes do not jump while one scrolls.

    Args:
        layout: The laid-out text.
        spans: In any order; referred to by their index.
    """

    def __init__(self, layout: TranscriptLayout, spans: Sequence[Span]) -> None:
        self.lanes = 0
        self._by_row: dict[int, list[LanedSpan]] = {}
        order = sorted(range(len(spans)), key=lambda n: (spans[n].start, -spans[n].end, n))
        free_from: list[int] = []  # by lane, the first row at which it is free
        for n in order:
            first, last = layout.row_at(spans[n].start), layout.row_at(max(spans[n].start, spans[n].end - 1))
            lane = next((at for at, row in enumerate(free_from) if row <= first), len(free_from))
            if lane == len(free_from):
                free_from.append(0)
            free_from[lane] = last + 1
            laned = LanedSpan(n, spans[n], first, last, lane)
            for row in range(first, last + 1):
                self._by_row.setdefault(row, []).append(laned)
        self.lanes = len(free_from)

    def on_row(self, row: int) -> list[LanedSpan]:
        """Give the spans that touch a row."""
        return self._by_row.get(row, [])
