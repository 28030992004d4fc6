"""Choosing what is double-coded: a sample that anybody can draw again from its share and seed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from qualbench.errors import BadInput

Stratum = tuple[str, ...]
"""What sources have in common: a value of each attribute."""


@dataclass(frozen=True)
class Drawn:
    """The part of a sample that comes from one stratum.

    Attributes:
        stratum: What its sources have in common.
        sources: All their names, in order.
        chosen: Those that were drawn, in order.
    """

    stratum: Stratum
    sources: tuple[str, ...]
    chosen: tuple[str, ...]


def draw_sample(strata: Mapping[Stratum, Collection[str]], share: Fraction, seed: int) -> list[Drawn]:
    """Draw a share of sources so that each stratum gives its part, and at least one.

    Within a stratum sources stand in the order of a digest of the seed and their name, and the first are
    taken. So the same names, share and seed give the same sample in any study and any version of Python, and
    what other strata hold changes at most how many are taken from one, never their order.

    Args:
        strata: The names of the sources of each; empty ones are passed over.
        share: Of all sources, more than 0 and at most 1. The number is rounded, a half upwards; where there
            are more strata than that, each still gives one.
        seed: Any whole number.

    Returns:
        Each stratum, in order.

    Raises:
        BadInput: If the share is none, or there are no sources.
    """
    if not 0 < share <= 1:
        raise BadInput(f"{float(share):g} is no share.", "Give one above 0 and up to 1, such as 0.2.")
    filled = {stratum: sorted(names) for stratum, names in sorted(strata.items()) if names}
    if not filled:
        raise BadInput("There are no sources to draw from.", "Import some first.")
    numbers = allot([len(names) for names in filled.values()], share)
    return [
        Drawn(stratum, tuple(names), tuple(sorted(sorted(names, key=lambda name: _lot(name, seed))[:number])))
        for (stratum, names), number in zip(filled.items(), numbers, strict=True)
    ]


def allot(sizes: Sequence[int], share: Fraction) -> list[int]:
    """Give how many of each stratum to take: its share, rounded by largest remainder, and at least one.

    The numbers add up to the share of all, a half rounded upwards, or to the number of strata where that is
    more. Of equal remainders that of the earlier stratum counts as larger.

    Args:
        sizes: How many each stratum has, none of them 0.
        share: More than 0 and at most 1.
    """
    wanted = max(len(sizes), floor(share * sum(sizes) + Fraction(1, 2)))
    quotas = [share * size for size in sizes]
    numbers = [max(1, floor(quota)) for quota in quotas]
    while sum(numbers) < wanted:
        n = max(range(len(sizes)), key=lambda n: (quotas[n] - numbers[n], -n))
        numbers[n] += 1
    while sum(numbers) > wanted:  # strata that had to be given one have taken it from others
        n = min((n for n in range(len(sizes)) if numbers[n] > 1), key=lambda n: (quotas[n] - numbers[n], -n))
        numbers[n] -= 1
    return numbers


def _lot(name: str, seed: int) -> bytes:
    """The place of a source in the order of drawing."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()
