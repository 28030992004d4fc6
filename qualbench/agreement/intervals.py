"""How sure a coefficient is: percentile intervals from resampling the sources (Efron & Tibshirani 1993).

Units of one source are not independent of one another, so whole sources are drawn, with replacement, and the
integer cells of those drawn are summed. One draw serves all codes.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualbench.agreement.coefficients import COEFFICIENTS, Cells, Coefficient
from qualbench.agreement.comparison import Agreement
from qualbench.errors import BadInput

FEWEST_SOURCES = 5
RESAMPLES = 2_000
TOO_FEW = (
    f"An interval needs at least {FEWEST_SOURCES} sources that both have finished; resampling fewer shows "
    "little of how sources differ."
)


@dataclass(frozen=True)
class Interval:
    """A percentile interval.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        undefined: In how many of the resamples the coefficient was undefined; they are left out.
    """

    low: float
    high: float
    undefined: int


@dataclass(frozen=True)
class Intervals:
    """Intervals of the figures of an agreement; None where one is undefined, or there are too few sources.

    Attributes:
        level: The share of resamples inside, such as 0.95.
        resamples: How many were drawn.
        codes: By code and name of the coefficient.
        pooled: Of the cells summed over the codes.
        why: Why there are none at all; empty if there are.
        seed: Of the random numbers.
    """

    level: float
    resamples: int
    codes: Mapping[str, Mapping[str, Interval | None]]
    pooled: Mapping[str, Interval | None]
    why: str = ""
    seed: int = 1


def intervals(
    agreement: Agreement,
    names: Sequence[str] = ("percent", "kappa", "dice"),
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Intervals:
    """Give bootstrap intervals of coefficients, of each code and pooled over the codes.

    Args:
        agreement: With the tables of each source.
        names: Of `COEFFICIENTS`.
        level: Between 0 and 1.
        resamples: How many to draw.
        seed: The same seed gives the same intervals.

    Raises:
        BadInput: If a name, the level or the number of resamples cannot be.
    """
    for name in names:
        if name not in COEFFICIENTS:
            raise BadInput(f"'{name}' is not a coefficient.", f"Use one of {', '.join(COEFFICIENTS)}.")
    if not 0 < level < 1 or resamples < 1:
        raise BadInput("There is no such interval.", "Give a level between 0 and 1, and resamples above 0.")
    codes = [one.code for one in agreement.codes]
    if len(agreement.sources) < FEWEST_SOURCES:
        none = dict.fromkeys(names)
        return Intervals(level, resamples, dict.fromkeys(codes, none), none, TOO_FEW, seed)
    of_codes = [[one.by_source[source] for one in agreement.codes] for source in agreement.sources]
    drawn = list(resampled(of_codes, resamples, seed))
    columns = list(zip(*drawn, strict=True))
    pooled = [sum(cells, Cells(0, 0, 0, 0)) for cells in drawn]
    measures = {name: COEFFICIENTS[name] for name in names}
    found = {
        one.code: {name: interval_of(measure, one.cells, column, level) for name, measure in measures.items()}
        for one, column in zip(agreement.codes, columns, strict=True)
    }
    whole = agreement.pooled
    return Intervals(
        level,
        resamples,
        found,
        {name: interval_of(measure, whole, pooled, level) for name, measure in measures.items()},
        seed=seed,
    )


def resampled(sources: Sequence[Sequence[Cells]], resamples: int, seed: int) -> Iterator[tuple[Cells, ...]]:
    """Give the cells of each code, summed over sources drawn with replacement, once for each resample.

    Args:
        sources: For each source the cells of each code, in one order.
        resamples: How many times to draw as many sources as there are.
        seed: Of the random numbers.
    """
    # The cells of a source lie side by side in one integer, 64 bits each, so that one addition adds them all.
    codes = len(sources[0])
    layout = struct.Struct(f"<{4 * codes}Q")
    packed = [
        int.from_bytes(
            layout.pack(*(n for c in tables for n in (c.both, c.a_only, c.b_only, c.neither))), "little"
        )
        for tables in sources
    ]
    chance = random.Random(seed)
    for _ in range(resamples):
        total = sum(chance.choices(packed, k=len(packed)))
        yield tuple(Cells(*four) for four in struct.iter_unpack("<4Q", total.to_bytes(layout.size, "little")))


def interval_of(measure: Coefficient, cells: Cells, drawn: Sequence[Cells], level: float) -> Interval | None:
    """Give the interval of a coefficient from resampled cells; None where it is undefined for the cells."""
    if measure(cells) is None:
        return None
    values = sorted(value for one in drawn if (value := measure(one)) is not None)
    if not values:
        return None
    tail = (1 - level) / 2
    return Interval(_quantile(values, tail), _quantile(values, 1 - tail), len(drawn) - len(values))


def _quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of sorted values lies, between two of them by linear interpolation."""
    position = share * (len(values) - 1)
    below = int(position)
    above = min(below + 1, len(values) - 1)
    return values[below] + (position - below) * (values[above] - values[below])
