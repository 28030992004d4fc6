"""Segment match: how many passages of one coder the other has marked too, give or take their edges.

A passage of A and one of B with the same code match where they share enough: of the characters that either
holds (their union), or of the shorter one. Each passage is matched with one other at most, and as many pairs
as possible are made (a maximum matching), so the count does not depend on an order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qualbench.agreement.layers import Layers
from qualbench.agreement.units import Units
from qualbench.errors import BadInput
from qualbench.text.spans import Span

UNION, SHORTER = "union", "shorter"
BASES = (UNION, SHORTER)

NO_SEGMENTS = "Neither coder used the code."


@dataclass(frozen=True)
class Match:
    """How many passages of two coders match.

    Attributes:
        of_a: Passages of A; those of exactly the same words are one.
        of_b: Passages of B.
        pairs: Passages that were matched, as pairs.
    """

    of_a: int
    of_b: int
    pairs: int

    @property
    def agreement(self) -> float | None:
        """Of all passages of both, the share that was matched; None without any (`NO_SEGMENTS`)."""
        passages = self.of_a + self.of_b
        return 2 * self.pairs / passages if passages else None

    def __add__(self, other: Match) -> Match:
        return Match(self.of_a + other.of_a, self.of_b + other.of_b, self.pairs + other.pairs)


@dataclass(frozen=True)
class SegmentMatch:
    """The segment match of two layers.

    Attributes:
        share: How much two passages must share, from above 0 to 1.
        of: Of what, one of `BASES`.
        codes: The match of each code, by id, over all sources.
        pooled: Summed over the codes.
    """

    share: float
    of: str
    codes: Mapping[str, Match]
    pooled: Match


def match_segments(layers: Layers, share: float = 0.5, of: str = UNION) -> SegmentMatch:
    """Match the passages of two layers, code by code and source by source, by the characters that count.

    Args:
        layers: Two layers; what a passage holds besides, such as an interviewer's question, is passed over.
        share: How much two passages must share, above 0 and up to 1.
        of: Of what, one of `BASES`.

    Raises:
        BadInput: If there are more than two layers, or the share or what it is of cannot be.
    """
    if of not in BASES:
        raise BadInput(
            f"'{of}' is not what an overlap can be measured by.", f"Use one of {', '.join(BASES)}."
        )
    if not 0 < share <= 1:
        raise BadInput(
            f"{share:g} cannot be the share of an overlap.", "Give one above 0 and up to 1, as 0.5."
        )
    a, b = layers.pair
    codes = {}
    for code in layers.codes:
        found = Match(0, 0, 0)
        for source, counted in layers.characters.items():
            of_a, of_b = (
                _passages(layers.codings[coder].get(code, {}).get(source, ()), counted) for coder in (a, b)
            )
            if of_a or of_b:
                found += Match(len(of_a), len(of_b), len(matched(of_a, of_b, share, of)))
        codes[code] = found
    return SegmentMatch(share, of, codes, sum(codes.values(), Match(0, 0, 0)))


def matched(a: Sequence[Span], b: Sequence[Span], share: float, of: str = UNION) -> list[tuple[int, int]]:
    """Give as many pairs of passages as can be made, by their places in two lists.

    Args:
        a: Passages in order, none empty.
        b: The same of the other coder.
        share: How much two must share, above 0 and up to 1; taken as the decimal it is written as.
        of: Of what, one of `BASES`.
    """
    least = Fraction(str(share))
    fitting = [[m for m in near if _fits(a[n], b[m], least, of)] for n, near in enumerate(_near(a, b))]
    of_a: dict[int, int] = {}
    of_b: dict[int, int] = {}
    for n in range(len(a)):
        _pair(n, fitting, of_a, of_b)
    return sorted(of_a.items())


def _near(a: Sequence[Span], b: Sequence[Span]) -> list[list[int]]:
    """For each passage of A those of B that overlap it."""
    near: list[list[int]] = []
    first = 0  # before it, everything ends before the present passage of A begins
    for start, end in a:
        while first < len(b) and b[first].end <= start:
            first += 1
        overlapping = []
        for m in range(first, len(b)):
            if b[m].start >= end:
                break
            if b[m].end > start:
                overlapping.append(m)
        near.append(overlapping)
    return near


def _fits(one: Span, other: Span, least: Fraction, of: str) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    lengths = one.end - one.start, other.end - other.start
    base = sum(lengths) - shared if of == UNION else min(lengths)
    return shared * least.denominator >= base * least.numerator


def _pair(first: int, fitting: Sequence[Sequence[int]], of_a: dict[int, int], of_b: dict[int, int]) -> None:
    """Pair one more passage of A, if need be by moving others on to other partners (Berge 1957).

    Args:
        first: The passage of A.
        fitting: For each passage of A those of B that it can be paired with.
        of_a: The partners so far, by passage of A.
        of_b: The same by passage of B.
    """
    reached_from: dict[int, int] = {}
    ahead = deque([first])
    while ahead:
        n = ahead.popleft()
        for m in fitting[n]:
            if m in reached_from:
                continue
            reached_from[m] = n
            if m in of_b:
                ahead.append(of_b[m])
                continue
            free: int | None = m
            while free is not None:
                taker = reached_from[free]
                given_up = of_a.get(taker)
                of_a[taker], of_b[free] = free, taker
                free = given_up
            return


def _passages(codings: Sequence[Span], counted: Units) -> list[Span]:
    reached = {counted.reached(span) for span in codings}
    return sorted(span for span in reached if span.start < span.end)
