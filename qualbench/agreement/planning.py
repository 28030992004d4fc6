"""How much must be double-coded, for an interval as narrow as one wants it.

The large-sample variance of kappa is that of Fleiss, Cohen & Everitt (1969), "Large sample standard errors of
kappa and weighted kappa", Psychological Bulletin 72, 323-327, for two coders who use the code equally often;
there it equals that of Donner & Eliasziw (1992), "A goodness-of-fit approach to inference procedures for the
kappa statistic", Statistics in Medicine 11, 1511-1519. Both take units as independent of one another. The
turns of one interview are not quite, so the numbers are the least that is needed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from qualbench.agreement.layers import check_unit, read_units
from qualbench.agreement.units import PARTICIPANTS
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.transcripts.sources import list_sources, source_ids


@dataclass(frozen=True)
class Expected:
    """What two coders are expected to do with a code.

    Attributes:
        prevalence: The share of units with the code, the same for both.
        percent: The share of units on which they agree.
        kappa: The kappa that follows.
    """

    prevalence: float
    percent: float
    kappa: float


@dataclass(frozen=True)
class Needed:
    """How much must be double-coded.

    Attributes:
        expected: What the numbers rest on.
        half_width: Half the width of the interval wanted.
        level: Of the interval, such as 0.95.
        for_kappa: Units for such an interval of kappa.
        for_percent: Units for such an interval of percent agreement.
        units_per_source: The mean of the study; None if no source was asked for.
        sources_for_kappa: The same in sources of that mean size.
        sources_for_percent: The same.
    """

    expected: Expected
    half_width: float
    level: float
    for_kappa: int
    for_percent: int
    units_per_source: float | None = None
    sources_for_kappa: int | None = None
    sources_for_percent: int | None = None


def expect(prevalence: float, *, percent: float | None = None, kappa: float | None = None) -> Expected:
    """Give what is expected of two coders from the prevalence of a code and one of the two measures.

    Args:
        prevalence: The share of units with the code, between 0 and 1.
        percent: The share of units on which they agree; or
        kappa: Cohen's kappa.

    Raises:
        BadInput: If a share is not between 0 and 1, agreement is to be complete, both or neither measure is
            given, or no two coders could come to such figures.
    """
    if not 0 < prevalence < 1:
        raise BadInput(f"{prevalence:g} cannot be the prevalence.", "Give a share between 0 and 1, as 0.1.")
    if (percent is None) == (kappa is None):
        raise BadInput("Either the agreement or kappa is expected.", "Give one of them.")
    by_chance = prevalence**2 + (1 - prevalence) ** 2
    if kappa is not None:
        if not -1 <= kappa < 1:
            raise BadInput(f"{kappa:g} cannot be the kappa expected.", "Give a number below 1, as 0.7.")
        percent = kappa * (1 - by_chance) + by_chance
    elif percent is not None:
        if not 0 <= percent < 1:
            raise BadInput(f"{percent:g} cannot be the agreement expected.", "Give a share below 1, as 0.9.")
        kappa = (percent - by_chance) / (1 - by_chance)
    assert percent is not None and kappa is not None
    rarer = min(prevalence, 1 - prevalence)
    if (1 - percent) / 2 > rarer + 1e-12:
        raise BadInput(
            f"Two coders who both give a code to {prevalence:g} of the units agree on at least "
            f"{1 - 2 * rarer:g} of them.",
            "Expect more agreement, or another prevalence.",
        )
    return Expected(prevalence, percent, kappa)


def units_needed(expected: Expected, half_width: float, level: float = 0.95) -> Needed:
    """Give how many units must be double-coded for an interval of a wanted width.

    Args:
        expected: What the coders are expected to do.
        half_width: Half the width of the interval, in units of the coefficient: 0.1 for "plus or minus .1".
        level: Of the interval, between 0 and 1.

    Raises:
        BadInput: If the half width or the level cannot be.
    """
    if not 0 < half_width <= 1:
        raise BadInput(f"{half_width:g} cannot be half an interval.", "Give a number above 0, as 0.1.")
    if not 0 < level < 1:
        raise BadInput(f"{level:g} cannot be the level of an interval.", "Give a share, as 0.95.")
    z = NormalDist().inv_cdf((1 + level) / 2)
    agreed = expected.percent
    needed = [
        variance * (z / half_width) ** 2 for variance in (kappa_variance(expected), agreed * (1 - agreed))
    ]
    # What is a whole number but for the last bits of its fraction is that number.
    for_kappa, for_percent = (max(1, ceil(units - 1e-9)) for units in needed)
    return Needed(expected, half_width, level, for_kappa, for_percent)


def kappa_variance(expected: Expected) -> float:
    """Give the large-sample variance of kappa, times the number of units (Fleiss, Cohen & Everitt 1969)."""
    p, po = expected.prevalence, expected.percent
    pe = p * p + (1 - p) * (1 - p)
    apart = (1 - po) / 2  # the share of each of the two cells where they differ
    agreeing = sum((margin - apart) * ((1 - pe) - 2 * margin * (1 - po)) ** 2 for margin in (p, 1 - p))
    differing = (1 - po) ** 2 * 2 * apart  # the two margins of either cell add up to 1
    return (agreeing + differing - (po * pe - 2 * pe + po) ** 2) / (1 - pe) ** 4


def half_width_of(expected: Expected, units: int, level: float = 0.95) -> float:
    """Give half the width of the interval of kappa that a number of double-coded units leads to."""
    return NormalDist().inv_cdf((1 + level) / 2) * sqrt(kappa_variance(expected) / units)


def plan_double_coding(
    study: Study,
    expected: Expected,
    half_width: float,
    *,
    level: float = 0.95,
    unit: str = "turn",
    counted: str = PARTICIPANTS,
    sources: Collection[str] | None = None,
) -> Needed:
    """Give how many units, and sources of this study, must be double-coded for a wanted interval.

    Args:
        study: The study.
        expected: What the coders are expected to do.
        half_width: Half the width of the interval.
        level: Of the interval.
        unit: One of `UNITS`.
        counted: One of `COUNTED`.
        sources: Those whose mean number of units is taken, by name; None means all.

    Raises:
        BadInput: If the half width, the level, the unit or what is counted cannot be.
        NotFound: If there is no such source.
        Refused: If there is nothing to count in any source.
    """
    check_unit(unit, counted)
    needed = units_needed(expected, half_width, level)
    names = [source.name for source in list_sources(study)] if sources is None else list(sources)
    with study.read() as db:
        source_ids(db, names)
        units, _ = read_units(db, names, unit, counted)
    total = sum(one.total for one in units.values())
    if not total:
        raise Refused("There is nothing to count in these sources.", "Import transcripts first.")
    mean = total / len(units)
    return Needed(
        needed.expected,
        needed.half_width,
        needed.level,
        needed.for_kappa,
        needed.for_percent,
        mean,
        ceil(needed.for_kappa / mean),
        ceil(needed.for_percent / mean),
    )
