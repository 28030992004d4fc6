"""Which spans stand on which row of a laid-out text, each in a lane of its own. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import NamedTuple

from qualbench.text.layout import TranscriptLayout
from qualbench.text.spans import Span


class LanedSpan(NamedTuple):
    """A span with its place among the stripes: the rows it touches, both included, and its lane."""

    key: str
    span: Span
    first_row: int
    last_row: int
    lane: int


class SpanIndex:
    """The spans of a text by row, added and removed one at a time.

    A span takes the first lane that is free from its first row to its last, so it never moves another, and
    stripes stay where they are while one codes and scrolls.

    Args:
        layout: The laid-out text.
        spans: By a key of each, in the order in which lanes are dealt.
    """

    def __init__(self, layout: TranscriptLayout, spans: Mapping[str, Span]) -> None:
        self._layout = layout
        self._by_key: dict[str, LanedSpan] = {}
        self._by_row: dict[int, list[LanedSpan]] = {}
        self._lanes: list[list[tuple[int, int]]] = []  # by lane, the rows taken: (first, last), in order
        for key, span in spans.items():
            self.add(key, span)

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def lanes(self) -> int:
        """How many lanes have a span."""
        return sum(1 for taken in self._lanes if taken)

    def add(self, key: str, span: Span) -> range:
        """Add a span, and give the rows it touches."""
        first = self._layout.row_at(span.start)
        last = max(first, self._layout.row_at(max(span.start, span.end - 1)))
        lane = next((n for n, taken in enumerate(self._lanes) if _free(taken, first, last)), len(self._lanes))
        if lane == len(self._lanes):
            self._lanes.append([])
        insort(self._lanes[lane], (first, last))
        laned = self._by_key[key] = LanedSpan(key, span, first, last, lane)
        rows = range(first, last + 1)
        for row in rows:
            self._by_row.setdefault(row, []).append(laned)
        return rows

    def remove(self, key: str) -> range:
        """Remove a span, and give the rows it touched."""
        laned = self._by_key.pop(key)
        self._lanes[laned.lane].remove((laned.first_row, laned.last_row))
        rows = range(laned.first_row, laned.last_row + 1)
        for row in rows:
            self._by_row[row].remove(laned)
        return rows

    def rows_of(self, key: str) -> range:
        """Give the rows that a span touches."""
        laned = self._by_key[key]
        return range(laned.first_row, laned.last_row + 1)

    def on_row(self, row: int) -> list[LanedSpan]:
        """Give the spans that touch a row."""
        return self._by_row.get(row, [])

    def at(self, offset: int) -> list[str]:
        """Give the keys of the spans that hold a code point, the shortest span first."""
        here = [
            laned
            for laned in self.on_row(self._layout.row_at(offset))
            if laned.span.start <= offset < laned.span.end
        ]
        return [laned.key for laned in sorted(here, key=lambda one: (one.span.end - one.span.start, one.key))]


def _free(taken: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether a lane has nothing on the rows from one to another."""
    at = bisect_left(taken, (first, last))
    if at and taken[at - 1][1] >= first:
        return False
    return at == len(taken) or taken[at][0] > last
