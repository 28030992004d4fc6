"""Shares with the interval that belongs beside them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.90
"""Of the intervals of feasibility, as the protocol has it."""


@dataclass(frozen=True)
class Proportion:
    """How many of how many.

    Attributes:
        number: How many.
        of: Of how many, more than none.
        low: The lower end of the interval, a share.
        high: Its upper end.
    """

    number: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """How many of how many, between 0 and 1."""
        return self.number / self.of


def proportion(number: int, of: int, level: float = LEVEL) -> Proportion:
    """Give a share with its interval (Wilson 1927, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22, 209-212).

    Args:
        number: How many, none or more and not more than all.
        of: Of how many, one or more.
        level: Of the interval, between 0 and 1.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = number / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    # the ends of none and of all are exact, but for the last bits
    return Proportion(number, of, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def half_width(share: float, of: int, level: float = LEVEL) -> float:
    """Give half the width of the interval that a share is planned with, by the normal approximation.

    Args:
        share: The share expected.
        of: Of how many.
        level: Of the interval.
    """
    return NormalDist().inv_cdf((1 + level) / 2) * sqrt(share * (1 - share) / of)
