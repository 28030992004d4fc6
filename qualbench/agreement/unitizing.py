"""The u-alpha family: how far two coders agree on where passages begin and end, and on what they are.

Krippendorff, Mathet, Bouvry & Widlöcher (2016), "On the reliability of unitizing textual continua: Further
developments", Quality & Quantity 50, 2347-2364. Four numbers answer four questions: u-alpha, do places and
codes agree; binary u-alpha, did both mark the same places, whatever the code; cu-alpha, where both marked
something, is it the same code (it says nothing of the rest, so its coverage belongs beside it); (k)u-alpha,
the same for one code.

A coder's units must not overlap. Within a code they are joined where they do; over all codes they often do,
and then only the binary figure is defined. The sources are one continuum, one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NamedTuple

from qualbench.agreement.coefficients import Figure
from qualbench.agreement.layers import Layers
from qualbench.agreement.units import Units
from qualbench.text.spans import Span

OVERLAP = "{} has put several codes on the same words, and units of one coder must not overlap."
ONE_CODE = "Only one code was used."
NOWHERE = "There is no place that both coders have coded."
NOT_MET = "Where one coder has put this code, the other has coded nothing."
ONE_VALUE = "There is no variation: everything has one value."


class Unit(NamedTuple):
    """A stretch that one coder has marked.

    Attributes:
        start: The first character that counts.
        end: The one after the last.
        value: The code.
    """

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class ValueAlpha:
    """(k)u-alpha of a code.

    Attributes:
        alpha: The figure.
        coverage: The share of what has this code that the other coder has coded too, with any code.
    """

    alpha: Figure
    coverage: float | None


@dataclass(frozen=True)
class Unitizing:
    """The u-alpha family of two coders.

    Attributes:
        codes: u-alpha of each code by itself, by id: the same places, that code or not. With one code it is
            also the binary u-alpha.
        binary: Binary u-alpha of all codes together.
        u: u-alpha of all codes.
        cu: cu-alpha.
        coverage: The share of the text that cu-alpha is about, where both have coded something.
        values: (k)u-alpha of each code.
    """

    codes: dict[str, Figure]
    binary: Figure
    u: Figure
    cu: Figure
    coverage: float | None
    values: dict[str, ValueAlpha]


@dataclass
class Tally:
    """What the coefficients need of a continuum; tallies of several are added up.

    Attributes:
        length: Of the continuum, in characters.
        shared: The length of what has one value from A and one from B, by both values; without gaps.
        lengths: The length of both coders' units by value.
        squares: The sum of the squared lengths of both coders' units by value.
        met: The same sum of squares, of those parts of units where the other coder has a unit too.
    """

    length: int = 0
    shared: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)
    squares: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)

    def add(self, a: Sequence[Unit], b: Sequence[Unit], length: int) -> None:
        """Count two coders' units, each in order and not overlapping, on a continuum of some length."""
        self.length += length
        for start, end, value in (*a, *b):
            self.lengths[value] += end - start
            self.squares[value] += (end - start) ** 2
        met_a, met_b = [0] * len(a), [0] * len(b)
        i = j = 0
        while i < len(a) and j < len(b):
            common = min(a[i].end, b[j].end) - max(a[i].start, b[j].start)
            if common > 0:
                self.shared[a[i].value, b[j].value] += common
                met_a[i] += common
                met_b[j] += common
            if a[i].end < b[j].end:
                i += 1
            else:
                j += 1
        for units, met in ((a, met_a), (b, met_b)):
            for unit, common in zip(units, met, strict=True):
                self.met[unit.value] += common * common


def u_alphas(layers: Layers) -> Unitizing:
    """Give the u-alpha family of two layers, in the characters that count.

    Raises:
        BadInput: If there are more than two layers.
    """
    tallies = {code: Tally() for code in layers.codes}
    collapsed, whole = Tally(), Tally()
    overlapping = ""
    for source, counted in layers.characters.items():
        of_code = [
            {
                code: _units(layers.codings[coder].get(code, {}).get(source, ()), code, counted)
                for code in tallies
            }
            for coder in layers.pair
        ]
        for code, tally in tallies.items():
            tally.add(of_code[0][code], of_code[1][code], counted.total)
        a, b = (sorted(chain.from_iterable(units.values())) for units in of_code)
        collapsed.add(_collapsed(a), _collapsed(b), counted.total)
        overlapping = overlapping or next(
            (coder for coder, units in zip(layers.pair, (a, b), strict=True) if _overlap(units)), ""
        )
        if not overlapping:
            whole.add(a, b, counted.total)
    codes = {code: u_alpha(tally) for code, tally in tallies.items()}
    binary = u_alpha(collapsed)
    if overlapping:
        none = Figure(None, OVERLAP.format(overlapping))
        return Unitizing(codes, binary, none, none, None, {code: ValueAlpha(none, None) for code in codes})
    cu, coverage = cu_alpha(whole)
    return Unitizing(
        codes, binary, u_alpha(whole), cu, coverage, {code: ku_alpha(whole, code) for code in codes}
    )


def u_alpha(tally: Tally) -> Figure:
    """Give u-alpha (equations 1-5): gaps are a value of their own, of units of one character.

    With one value it is binary u-alpha (equation 6).
    """
    every = 2 * tally.length
    marked = sum(tally.lengths.values())
    alike = sum(common for (c, k), common in tally.shared.items() if c == k)
    # where neither has a unit, both have a gap
    gaps = tally.length - marked + sum(tally.shared.values())
    observed = every - 2 * (alike + gaps)
    squares = sum(tally.squares.values()) + every - marked
    pairs = every * every - squares
    same = sum(n * n - tally.squares[c] for c, n in tally.lengths.items())
    same += (every - marked) * (every - marked - 1)
    if same == pairs:
        return Figure(None, ONE_VALUE)
    return Figure(1 - observed * pairs / (every * (pairs - same)))


def cu_alpha(tally: Tally) -> tuple[Figure, float | None]:
    """Give cu-alpha (equations 10 and 11) and its coverage: how much of the continuum both have coded."""
    every = 2 * sum(tally.shared.values())
    coverage = every / (2 * tally.length) if tally.length else None
    if len(tally.lengths) == 1:
        return Figure(None, ONE_CODE), coverage
    if not every:
        return Figure(None, NOWHERE), coverage
    alike = 2 * sum(common for (c, k), common in tally.shared.items() if c == k)
    pairs = every * every - sum(tally.met.values())
    same = sum(n * n - tally.met[c] for c, n in _margins(tally).items())
    if same == pairs:
        return Figure(None, ONE_VALUE), coverage
    return Figure(1 - (every - alike) * pairs / (every * (pairs - same))), coverage


def ku_alpha(tally: Tally, value: str) -> ValueAlpha:
    """Give (k)u-alpha of a code (equation 13b) and its coverage."""
    margins = _margins(tally)
    of_value, every = margins[value], sum(margins.values())
    length = tally.lengths[value]
    coverage = of_value / length if length else None
    if len(tally.lengths) == 1:
        return ValueAlpha(Figure(None, ONE_CODE), coverage)
    if not of_value:
        return ValueAlpha(Figure(None, NOWHERE if not every else NOT_MET), coverage)
    apart = of_value - 2 * tally.shared[value, value]
    pairs = of_value * every - tally.met[value]  # of this value with any
    differing = of_value * (every - of_value)
    if not differing:
        return ValueAlpha(Figure(None, ONE_VALUE), coverage)
    return ValueAlpha(Figure(1 - apart * pairs / (of_value * differing)), coverage)


def _margins(tally: Tally) -> Counter[str]:
    """The length of both coders' units by value, where the other coder has a unit too."""
    margins: Counter[str] = Counter()
    for (c, k), common in tally.shared.items():
        margins[c] += common
        margins[k] += common
    return margins


def _units(codings: Sequence[Span], code: str, counted: Units) -> list[Unit]:
    """A coder's units of one code in a source, in order; joined where they overlap, not where they touch."""
    joined: list[Unit] = []
    for span in codings:
        start, end = counted.reached(span)
        if joined and start < joined[-1].end:
            joined[-1] = Unit(joined[-1].start, max(joined[-1].end, end), code)
        elif start < end:
            joined.append(Unit(start, end, code))
    return joined


def _collapsed(units: Sequence[Unit]) -> list[Unit]:
    """Units without their codes, joined where they overlap."""
    joined: list[Unit] = []
    for start, end, _ in units:
        if joined and start < joined[-1].end:
            joined[-1] = Unit(joined[-1].start, max(joined[-1].end, end), "")
        else:
            joined.append(Unit(start, end, ""))
    return joined


def _overlap(units: Sequence[Unit]) -> bool:
    return any(after.start < before.end for before, after in pairwise(units))
