"""The u-alpha family against its equations, taken letter by letter over arrays of characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.agreement.unitizing import (
    NOT_MET,
    NOWHERE,
    ONE_CODE,
    ONE_VALUE,
    Unitizing,
    u_alphas,
)
from qualbench.errors import BadInput
from qualbench.text.spans import Span
from tests.agreement.layouts import LENGTH, layers_of, spans

Units = list[tuple[int, int, str]]
GAP = ""
TEXT = {"s": [Span(0, LENGTH)]}

apart = st.lists(
    st.tuples(st.integers(0, LENGTH), st.sampled_from("kvw")), max_size=9, unique_by=lambda p: p[0]
).map(lambda cuts: _apart(sorted(cuts)))
"""A coder's units: none overlap, some touch."""


def _apart(cuts: Sequence[tuple[int, str]]) -> Units:
    units = []
    for n in range(len(cuts) - 1):
        if n % 3 != 2:
            units.append((cuts[n][0], cuts[n + 1][0], cuts[n][1]))
    return units


def family(a: Units, b: Units) -> Unitizing:
    coders = {}
    for coder, units in (("AB", a), ("CD", b)):
        codes: dict[str, dict[str, list[Span]]] = {}
        for start, end, value in units:
            codes.setdefault(value, {"s": []})["s"].append(Span(start, end))
        coders[coder] = codes
    return u_alphas(layers_of(TEXT, coders))


def letter_by_letter(coders: Sequence[Units], length: int) -> dict[str, Fraction | None]:
    """u, |u, cu, its coverage and (k)u of Krippendorff et al. (2016): equations 1, 4, 5a, 6, 10, 11, 13b."""
    at = [[GAP] * length for _ in coders]
    for row, units in zip(at, coders, strict=True):
        for start, end, value in units:
            row[start:end] = [value] * (end - start)
    values = sorted({value for row in at for value in row} | {GAP})
    pairs = [(i, j) for i in range(len(coders)) for j in range(len(coders)) if i != j]
    shared = {(c, k): Fraction(0) for c in values for k in values}
    for i, j in pairs:
        for c, k in zip(at[i], at[j], strict=True):
            shared[c, k] += Fraction(1, len(coders) - 1)
    squares = {value: Fraction(0) for value in values}
    met = {value: Fraction(0) for value in values}
    for i, units in enumerate(coders):
        squares[GAP] += at[i].count(GAP)
        for start, end, value in units:
            squares[value] += (end - start) ** 2
            for j in range(len(coders)):
                if j != i:
                    common = sum(at[j][n] != GAP for n in range(start, end))
                    met[value] += Fraction(common**2, len(coders) - 1)

    def expected(observed: dict[tuple[str, str], Fraction], own: dict[str, Fraction]) -> dict:
        every = sum(observed.values())
        margin = {c: sum(n for (d, _), n in observed.items() if d == c) for c in values}
        less = every**2 - sum(own.values())
        return {
            (c, k): every * (margin[c] * margin[k] - (own[c] if c == k else 0)) / less
            if less
            else Fraction(0)
            for c, k in observed
        }

    def alpha(apart: Fraction, by_chance: Fraction) -> Fraction | None:
        return 1 - apart / by_chance if by_chance else None

    chance = expected(shared, squares)
    marked = {pair: n for pair, n in shared.items() if GAP not in pair}
    chance_of_marked = expected(marked, met)

    def differing(of: dict[tuple[str, str], Fraction]) -> Fraction:
        return sum((n for (c, k), n in of.items() if c != k), Fraction(0))

    found = {
        "u": alpha(differing(shared), differing(chance)),
        "binary": alpha(
            sum((n for (c, k), n in shared.items() if (c == GAP) != (k == GAP)), Fraction(0)),
            sum((n for (c, k), n in chance.items() if (c == GAP) != (k == GAP)), Fraction(0)),
        ),
        "cu": alpha(differing(marked), differing(chance_of_marked)),
        "coverage": sum(marked.values(), Fraction(0)) / sum(shared.values()),
    }
    for value in values:
        of_value = sum((n for (c, _), n in marked.items() if c == value), Fraction(0))
        of_chance = sum((n for (c, _), n in chance_of_marked.items() if c == value), Fraction(0))
        if value != GAP and of_value:
            by_chance = of_value * (of_chance - chance_of_marked[value, value])
            found[value] = alpha(of_chance * (of_value - marked[value, value]), by_chance)
    return found


@settings(max_examples=1_000, deadline=None)
@given(a=apart, b=apart)
def test_the_family_against_its_equations(a: Units, b: Units) -> None:
    found, expected = family(a, b), letter_by_letter([a, b], LENGTH)
    codes = {unit[2] for unit in (*a, *b)}

    def same(value: float | None, key: str) -> bool:
        wanted = expected.get(key)
        return value is None if wanted is None else value == pytest.approx(float(wanted), abs=1e-9)

    assert same(found.u.value, "u")
    assert same(found.binary.value, "binary")
    assert found.coverage == pytest.approx(float(expected["coverage"] or 0))
    if len(codes) == 1:
        assert (found.cu.why, found.values[codes.pop()].alpha.why) == (ONE_CODE, ONE_CODE)
        return
    assert same(found.cu.value, "cu")
    for code in codes:
        assert same(found.values[code].alpha.value, code)


@settings(deadline=None)
@given(a=apart, b=apart)
def test_of_each_code_by_itself(a: Units, b: Units) -> None:
    found = family(a, b)
    for code, figure in found.codes.items():
        of_code = [[unit for unit in of if unit[2] == code] for of in (a, b)]
        alone = letter_by_letter(of_code, LENGTH)["u"]
        if alone is None:
            assert figure == (None, ONE_VALUE)
        else:
            assert figure.value == pytest.approx(float(alone), abs=1e-9)
            assert family(*of_code).binary == figure


def test_by_hand() -> None:
    """A continuum of 10; A marks 0-4 as k, B marks 2-4 as k and 6-8 as v.

    Both have 6 gaps; 2 characters are k for both, 4 gaps for both; so 20 - 2 x 6 = 8 of 20 differ. Squares:
    16 + 4 for k, 4 for v, 12 for the gaps. By chance: 400 - 36 = 364 pairs, of which 36 - 20 (k), 4 - 4 (v)
    and 144 - 12 (gaps) agree, so 216 differ. 1 - 8 x 364 / (20 x 216).
    """
    layers = layers_of(
        {"s": [Span(0, 10)]},
        {"AB": {"k": {"s": [Span(0, 4)]}}, "CD": {"k": {"s": [Span(2, 4)]}, "v": {"s": [Span(6, 8)]}}},
    )
    found = u_alphas(layers)
    assert found.u.value == pytest.approx(1 - 8 * 364 / (20 * 216))
    assert found.coverage == pytest.approx(0.2)
    assert found.cu == (None, ONE_VALUE)
    assert (found.values["v"].alpha.why, found.values["v"].coverage) == (NOT_MET, 0)
    assert found.values["k"].coverage == pytest.approx(4 / 6)


def test_marking_loosely_with_the_same_codes_gives_cu_1() -> None:
    found = family([(0, 10, "k"), (20, 30, "v")], [(2, 12, "k"), (19, 27, "v")])
    assert found.cu.value == 1.0
    assert found.binary.value is not None and 0 < found.binary.value < 1
    assert found.coverage == pytest.approx(15 / 60)


def test_undefined_with_the_reason() -> None:
    nothing = family([], [])
    assert (nothing.u, nothing.binary) == ((None, ONE_VALUE), (None, ONE_VALUE))
    assert nothing.cu == (None, NOWHERE)
    separate = family([(0, 5, "k")], [(10, 15, "v")])
    assert separate.cu == (None, NOWHERE)
    assert separate.values["k"].alpha.why == NOWHERE
    overlapping = family([(0, 10, "k")], [(0, 10, "k"), (5, 15, "v")])
    assert overlapping.u.value is None and "CD has put several codes" in overlapping.u.why
    assert overlapping.cu == overlapping.values["v"].alpha == overlapping.u
    assert overlapping.binary.value == pytest.approx(
        float(letter_by_letter([[(0, 10, "k")], [(0, 15, "k")]], LENGTH)["binary"] or 0)
    )
    assert overlapping.codes["k"].value == 1.0


def test_who_overlaps_first_is_named_whatever_follows() -> None:
    both = [Span(0, 10)], [Span(5, 15)]
    layers = layers_of(
        {"s": [Span(0, 60)], "t": [Span(0, 60)]},
        {"AB": {"k": {"s": both[0]}, "v": {"s": both[1]}}, "CD": {"k": {"t": both[0]}, "v": {"t": []}}},
    )
    assert "AB has put" in u_alphas(layers).u.why


@settings(deadline=None)
@given(a=spans, b=spans)
def test_overlapping_codings_of_a_code_are_one_unit_and_coders_are_equals(
    a: list[Span], b: list[Span]
) -> None:
    found = u_alphas(layers_of(TEXT, {"AB": {"k": {"s": a}}, "CD": {"k": {"s": b}}}))
    swapped = u_alphas(layers_of(TEXT, {"AB": {"k": {"s": b}}, "CD": {"k": {"s": a}}}))
    assert found == swapped
    figure = found.codes["k"]
    assert figure == found.binary == found.u
    assert figure.value is None or figure.value <= 1 + 1e-9
    alike = u_alphas(layers_of(TEXT, {"AB": {"k": {"s": a}}, "CD": {"k": {"s": a}}})).u.value
    assert alike in (None, 1.0)


def test_it_is_a_figure_of_two() -> None:
    three = layers_of(TEXT, {coder: {"k": {"s": [Span(0, 5)]}} for coder in ("AB", "CD", "EF")})
    with pytest.raises(BadInput, match="of two coders"):
        u_alphas(three)
