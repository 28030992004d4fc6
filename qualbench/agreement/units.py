"""What agreement is counted in: turns, sentences or characters, numbered from 0 in the order of the text.

Codings are turned into ranges of such numbers once; then turns, sentences and characters are counted alike.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from qualbench.text.spans import Span, merge

UNITS = ("turn", "sentence", "character")

PARTICIPANTS, EVERYBODY, WHOLE_TEXT = "participants", "everybody", "text"
COUNTED = (PARTICIPANTS, EVERYBODY, WHOLE_TEXT)
"""Whose words count: the turns of participants; every turn; or the whole text, with labels, headings and what
else stands between turns, as NVivo counts it."""


@dataclass(frozen=True)
class Units:
    """The units of a source.

    Attributes:
        starts: Where each stretch begins, in code points of the text, in order.
        ends: Where it ends; stretches do not overlap.
        before: How many units come before each stretch.
        total: All units.
        divided: Whether each character of a stretch is a unit; otherwise a stretch is one.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]
    total: int
    divided: bool

    def reached(self, span: Span) -> Span:
        """Give the numbers of the units of which a span of the text holds any character, half-open.

        Empty where it holds none.
        """
        if self.divided:
            return Span(self._characters_before(span.start), self._characters_before(span.end))
        first = bisect_right(self.ends, span.start)
        if span.start >= span.end:
            return Span(first, first)
        return Span(first, max(first, bisect_left(self.starts, span.end)))

    def stretches(self, numbers: Span) -> list[Span]:
        """Give where units stand in the text, from a half-open range of their numbers.

        Returns:
            A span for each turn or sentence; for characters one for each run of them.
        """
        if not self.divided:
            return [Span(self.starts[n], self.ends[n]) for n in range(*numbers)]
        found = []
        for n in range(max(0, bisect_right(self.before, numbers.start) - 1), len(self.starts)):
            if self.before[n] >= numbers.end:
                break
            offset = self.starts[n] - self.before[n]
            start, end = max(numbers.start + offset, self.starts[n]), min(numbers.end + offset, self.ends[n])
            if start < end:
                found.append(Span(start, end))
        return found

    def _characters_before(self, position: int) -> int:
        n = bisect_right(self.starts, position) - 1
        if n < 0:
            return 0
        return self.before[n] + min(position, self.ends[n]) - self.starts[n]


def whole_units(spans: Iterable[Span]) -> Units:
    """Make each span a unit; empty ones are left out.

    Args:
        spans: In order, not overlapping.
    """
    kept = [span for span in spans if span.start < span.end]
    return Units([s.start for s in kept], [s.end for s in kept], range(len(kept)), len(kept), divided=False)


def characters(spans: Iterable[Span]) -> Units:
    """Make each character that lies in any of the spans a unit."""
    kept = merge(span for span in spans if span.start < span.end)
    *before, total = accumulate((s.end - s.start for s in kept), initial=0)
    return Units([s.start for s in kept], [s.end for s in kept], before, total, divided=True)
