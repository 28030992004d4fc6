"""Coefficients against published tables, scikit-learn, qdaPy and independent arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.agreement.alpha import alpha_of_answers
from qualbench.agreement.cells import count_cells, ranges_of
from qualbench.agreement.coefficients import (
    COEFFICIENTS,
    Cells,
    bias_index,
    brennan_prediger,
    cohen_kappa,
    dice,
    gwet_ac1,
    jaccard,
    percent_agreement,
    prevalence,
    prevalence_index,
    why_undefined,
)
from qualbench.agreement.units import characters
from qualbench.text.spans import Span
from tests.agreement.layouts import LENGTH, spans

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
        # Gwet (2002), "Kappa statistic is not satisfactory": kappa -.0234 at 94.4 % agreement.
        (Cells(118, 5, 2, 0), -0.0234),
    ],
)
def test_published_kappas(table: Cells, kappa: float) -> None:
    assert cohen_kappa(table) == pytest.approx(kappa, abs=0.005)


def test_kappa_of_three_categories_as_cohen_printed_it() -> None:
    """Cohen (1960), 200 patients, kappa .49: it is the mean of the kappas of each category against the rest,
    weighted by what agreement by chance leaves (Fleiss 1981)."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    kappas, weights = [], []
    for c in range(3):
        a_yes, b_yes = sum(table[c]), sum(row[c] for row in table)
        both = table[c][c]
        one = Cells(both, a_yes - both, b_yes - both, 200 - a_yes - b_yes + both)
        kappas.append(cohen_kappa(one))
        weights.append(1 - (a_yes * b_yes + (200 - a_yes) * (200 - b_yes)) / 40_000)
    overall = sum(k * w for k, w in zip(kappas, weights, strict=True)) / sum(weights)
    assert overall == pytest.approx(0.492, abs=0.0005)


def test_ac1_as_gwet_printed_it() -> None:
    """Gwet (2002): the same table that gives a negative kappa."""
    assert gwet_ac1(Cells(118, 5, 2, 0)) == pytest.approx(0.9408, abs=0.00005)


@pytest.mark.parametrize("table", [Cells(0, 0, 0, 0), Cells(0, 0, 0, 50), Cells(50, 0, 0, 0)])
def test_kappa_is_undefined_without_variation(table: Cells) -> None:
    assert cohen_kappa(table) is None


def test_the_others_are_undefined_where_there_is_nothing() -> None:
    assert {of(Cells(0, 0, 0, 0)) for of in COEFFICIENTS.values()} == {None}
    assert [name for name, of in COEFFICIENTS.items() if of(Cells(0, 0, 0, 9)) is None] == [
        "kappa",
        "dice",
        "jaccard",
    ]


@given(cells)
def test_what_is_undefined_has_a_reason_and_nothing_else_has(table: Cells) -> None:
    for name, of in COEFFICIENTS.items():
        assert bool(why_undefined(name, table)) == (of(table) is None)


def test_the_reason_is_the_right_one() -> None:
    assert "nothing to count" in why_undefined("kappa", Cells(0, 0, 0, 0))
    assert "Both coders gave the code to everything" in why_undefined("kappa", Cells(5, 0, 0, 0))
    assert "Neither coder used the code" in why_undefined("kappa", Cells(0, 0, 0, 5))
    assert "Neither coder used the code" in why_undefined("dice", Cells(0, 0, 0, 5))


@given(cells)
def test_kappa_and_ac1_by_the_definition_in_exact_fractions(table: Cells) -> None:
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
    q = (a + b) / 2
    assert gwet_ac1(table) == pytest.approx(float((observed - 2 * q * (1 - q)) / (1 - 2 * q * (1 - q))))


@given(cells)
def test_prevalence_and_bias_explain_kappa(table: Cells) -> None:
    """Byrt, Bishop & Carlin (1993): kappa = (PABAK - PI² + BI²) / (1 - PI² + BI²)."""
    kappa = cohen_kappa(table)
    if kappa is None:
        return
    pi, bi, pabak = prevalence_index(table), bias_index(table), brennan_prediger(table)
    assert pi is not None and bi is not None and pabak is not None
    assert kappa == pytest.approx((pabak - pi**2 + bi**2) / (1 - pi**2 + bi**2), abs=1e-9)


@given(cells)
def test_swapping_the_coders_turns_only_the_bias_round(table: Cells) -> None:
    swapped = Cells(table.both, table.b_only, table.a_only, table.neither)
    for name, measure in COEFFICIENTS.items():
        value, other = measure(table), measure(swapped)
        assert (value is None) == (other is None)
        if value is not None:
            assert value == pytest.approx(-other if name == "bias_index" else other)


@given(cells)
def test_bounds(table: Cells) -> None:
    for name, measure in COEFFICIENTS.items():
        value = measure(table)
        lowest = 0 if name in ("percent", "dice", "jaccard", "prevalence") else -1
        assert value is None or lowest - 1e-9 <= value <= 1 + 1e-9


@given(both=st.integers(0, 60), neither=st.integers(0, 60))
def test_agreeing_in_everything_gives_1_or_nothing(both: int, neither: int) -> None:
    table = Cells(both, 0, 0, neither)
    for measure in (percent_agreement, cohen_kappa, dice, jaccard, gwet_ac1, brennan_prediger):
        assert measure(table) in (None, 1.0)
    assert cohen_kappa(table) == (1.0 if both and neither else None)


@settings(max_examples=1_000, deadline=None)
@given(a=spans, b=spans)
def test_characters_of_overlapping_spans_against_scikit_learn(a: list[Span], b: list[Span]) -> None:
    """scikit-learn (BSD) is for tests only. What it gives for 0/0 is left to the tests above."""
    import numpy as np
    from sklearn.metrics import cohen_kappa_score

    coded = [{n for span in of for n in range(*span)} for of in (a, b)]
    both, either = len(coded[0] & coded[1]), len(coded[0] | coded[1])
    units = characters([Span(0, LENGTH)])
    found = count_cells(ranges_of(units, a), ranges_of(units, b), units.total)
    assert found == Cells(both, len(coded[0]) - both, len(coded[1]) - both, LENGTH - either)
    assert jaccard(found) == (both / either if either else None)
    assert dice(found) == (2 * both / (len(coded[0]) + len(coded[1])) if either else None)
    assert prevalence(found) == (len(coded[0]) + len(coded[1])) / (2 * LENGTH)
    if cohen_kappa(found) is not None:
        answers = [np.array([n in of for n in range(LENGTH)], dtype=int) for of in coded]
        assert cohen_kappa(found) == pytest.approx(cohen_kappa_score(*answers), abs=1e-12)


@settings(max_examples=1_000, deadline=None)
@given(a=spans, b=spans)
def test_characters_of_overlapping_spans_against_qdapy(a: list[Span], b: list[Span]) -> None:
    """qdaPy (AGPL) is for tests only. It takes what nobody uses for no category, so both must be there."""
    import pandas as pd
    from qdapy.agreement import agreement

    answers = [
        ["yes" if any(s.start <= n < s.end for s in of) else "no" for n in range(LENGTH)] for of in (a, b)
    ]
    if len({answer for of in answers for answer in of}) < 2:
        return
    units = characters([Span(0, LENGTH)])
    found = count_cells(ranges_of(units, a), ranges_of(units, b), units.total)
    [theirs] = agreement(pd.DataFrame(list(zip(*answers, strict=True)))).to_dict("records")
    assert percent_agreement(found) == pytest.approx(theirs["percent"], abs=1e-12)
    assert cohen_kappa(found) == pytest.approx(theirs["cohen"], abs=1e-12)
    assert brennan_prediger(found) == pytest.approx(theirs["brennan"], abs=1e-12)
    assert gwet_ac1(found) == pytest.approx(theirs["ac1"], abs=1e-12)
    alpha = alpha_of_answers({(2, 2): found.both, (2, 1): found.a_only + found.b_only, (2, 0): found.neither})
    assert alpha.value == pytest.approx(theirs["alpha"], abs=1e-12)
