"""Counting how layers agree by one sweep over where codings begin and end: exact, whatever the unit. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from qualbench.agreement.coefficients import Cells
from qualbench.agreement.units import Units
from qualbench.text.spans import Span, merge


def ranges_of(units: Units, codings: Iterable[Span]) -> list[Span]:
    """Give which units some codings reach, as the fewest ranges of their numbers, in order."""
    reached = (units.reached(span) for span in codings)
    return merge(numbers for numbers in reached if numbers.start < numbers.end)


def count_cells(a: Sequence[Span], b: Sequence[Span], total: int) -> Cells:
    """Count the units that both layers have coded, only one of them, or neither.

    Args:
        a: Ranges of units of the first layer, in order and apart.
        b: Those of the second.
        total: All units of the source.
    """
    of_a = of_b = both = 0
    for start, end in a:
        of_a += end - start
    for start, end in b:
        of_b += end - start
    i = j = 0
    while i < len(a) and j < len(b):
        (a_start, a_end), (b_start, b_end) = a[i], b[j]
        shared = min(a_end, b_end) - max(a_start, b_start)
        if shared > 0:
            both += shared
        if a_end < b_end:
            i += 1
        else:
            j += 1
    return Cells(both, of_a - both, of_b - both, total - of_a - of_b + both)


def count_answers(layers: Sequence[Sequence[Span]], total: int) -> Counter[int]:
    """Count the units by how many of several layers have coded them.

    Args:
        layers: Ranges of units of each layer, in order and apart.
        total: All units of the source.
    """
    edges = sorted(edge for layer in layers for start, end in layer for edge in ((start, 1), (end, -1)))
    counted: Counter[int] = Counter()
    depth = position = 0
    for at, step in edges:
        counted[depth] += at - position
        depth, position = depth + step, at
    counted[0] += total - position
    return +counted
