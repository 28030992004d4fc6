"""Coefficients against published tables and independent arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.agreement.coefficients import Cells, cohen_kappa, dice, percent_agreement, prevalence

cells = st.builds(Cells, *[st.integers(0, 60)] * 4)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Feinstein & Cicchetti (1990): two tables with 85 % agreement, kappa printed as .70 and .32.
        (Cells(40, 9, 6, 45), 0.70),
        (Cells(80, 10, 5, 5), 0.32),
        # The table of 50 used in textbooks (Sim & Wright 2005 and others): po .70, pe .50.
        (Cells(20, 5, 10, 15), 0.40),
        (Cells(0, 10, 0, 90), 0.0),
    ],
)
def test_published_kappas(table: Cells, kappa: float) -> None:
    assert cohen_kappa(table) == pytest.approx(kappa, abs=0.005)


@pytest.mark.parametrize("table", [Cells(0, 0, 0, 0), Cells(0, 0, 0, 50), Cells(50, 0, 0, 0)])
def test_kappa_is_undefined_without_variation(table: Cells) -> None:
    assert cohen_kappa(table) is None


def test_the_others_are_undefined_where_there_is_nothing() -> None:
    nothing = Cells(0, 0, 0, 0)
    assert (percent_agreement(nothing), dice(nothing), prevalence(nothing)) == (None, None, None)
    assert dice(Cells(0, 0, 0, 9)) is None


@given(cells)
def test_kappa_by_the_definition_in_exact_fractions(table: Cells) -> None:
    n = table.total
    if n == 0:
        return
    observed = Fraction(table.both + table.neither, n)
    a, b = Fraction(table.both + table.a_only, n), Fraction(table.both + table.b_only, n)
    by_chance = a * b + (1 - a) * (1 - b)
    if by_chance == 1:
        assert cohen_kappa(table) is None
    else:
        assert cohen_kappa(table) == pytest.approx(float((observed - by_chance) / (1 - by_chance)))


@given(cells)
def test_swapping_the_coders_changes_nothing(table: Cells) -> None:
    swapped = Cells(table.both, table.b_only, table.a_only, table.neither)
    for measure in (cohen_kappa, dice, percent_agreement, prevalence):
        assert measure(table) == pytest.approx(measure(swapped)) if measure(table) is not None else True
