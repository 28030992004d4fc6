"""How much must be double-coded: the variance of kappa against another publication, and against samples."""

from __future__ import annotations

import random
from pathlib import Path
from statistics import NormalDist, fmean, pvariance

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qualbench.agreement.coefficients import Cells, cohen_kappa
from qualbench.agreement.planning import (
    Expected,
    expect,
    half_width_of,
    kappa_variance,
    plan_double_coding,
    units_needed,
)
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from tests.builders import small_study

prevalences = st.floats(0.02, 0.98)
kappas = st.floats(-0.2, 0.98)


def donner_eliasziw(kappa: float, prevalence: float) -> float:
    """The large-sample variance of kappa with a common prevalence (1992), times the number of units."""
    twice = 2 * prevalence * (1 - prevalence)
    return (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / twice)


def possible(prevalence: float, kappa: float) -> Expected:
    rarer = min(prevalence, 1 - prevalence)
    assume(kappa >= -rarer / (1 - rarer))
    return expect(prevalence, kappa=kappa)


@given(prevalences, kappas)
def test_the_variance_of_1969_is_that_of_1992(prevalence: float, kappa: float) -> None:
    expected = possible(prevalence, kappa)
    assert kappa_variance(expected) == pytest.approx(donner_eliasziw(kappa, prevalence), rel=1e-6, abs=1e-9)


def test_the_variance_is_that_of_samples() -> None:
    expected, units = expect(0.3, kappa=0.6), 2_000
    apart = (1 - expected.percent) / 2
    weights = [0.3 - apart, apart, apart, 0.7 - apart]
    chance = random.Random(1)
    found = []
    for _ in range(400):
        drawn = chance.choices(range(4), weights, k=units)
        found.append(cohen_kappa(Cells(*(drawn.count(n) for n in range(4)))) or 0)
    assert fmean(found) == pytest.approx(0.6, abs=0.01)
    assert pvariance(found) * units == pytest.approx(kappa_variance(expected), rel=0.2)


@given(prevalences, kappas)
def test_agreement_and_kappa_say_the_same(prevalence: float, kappa: float) -> None:
    expected = possible(prevalence, kappa)
    again = expect(prevalence, percent=expected.percent)
    assert again.kappa == pytest.approx(kappa, abs=1e-9)


@given(prevalences, kappas, st.floats(0.02, 0.5))
def test_that_many_units_are_enough_and_one_less_is_not(prevalence: float, kappa: float, half: float) -> None:
    expected = possible(prevalence, kappa)
    needed = units_needed(expected, half)
    assert half_width_of(expected, needed.for_kappa) <= half * (1 + 1e-9)
    if needed.for_kappa > 1:
        assert half_width_of(expected, needed.for_kappa - 1) > half * (1 - 1e-6)


def test_percent_is_that_of_a_proportion() -> None:
    needed = units_needed(expect(0.5, percent=0.9), 0.05)
    assert needed.for_percent == 139  # 1.96² x .9 x .1 / .05² = 138.3
    assert units_needed(expect(0.5, percent=0.9), 0.05, level=0.99).for_percent == 239
    z = NormalDist().inv_cdf(0.975)
    assert (
        needed.for_kappa == int(z**2 * (1 - 0.8**2) / 0.05**2) + 1
    )  # at one half the variance is 1 - kappa²


@pytest.mark.parametrize(
    ("prevalence", "measure"),
    [
        (0, {"kappa": 0.5}),
        (1, {"kappa": 0.5}),
        (-0.1, {"kappa": 0.5}),
        (1.2, {"kappa": 0.5}),
        (0.2, {}),
        (0.2, {"kappa": 0.5, "percent": 0.9}),
        (0.2, {"kappa": 1.5}),
        (0.2, {"kappa": 1}),
        (0.2, {"percent": 1}),
        (0.2, {"percent": -0.1}),
        (0.2, {"percent": 0.5}),  # who both say yes to a fifth agree on three fifths at least
        (float("nan"), {"kappa": 0.5}),
        (0.2, {"kappa": float("nan")}),
    ],
)
def test_what_nobody_can_expect(prevalence: float, measure: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        expect(prevalence, **measure)


@pytest.mark.parametrize(("half", "level"), [(0, 0.95), (-1, 0.95), (1.1, 0.95), (0.1, 0), (0.1, 1)])
def test_no_such_interval(half: float, level: float) -> None:
    with pytest.raises(BadInput):
        units_needed(expect(0.2, kappa=0.7), half, level)


def test_in_sources_of_the_study(sqlite_study: Study, tmp_path: Path) -> None:
    expected = expect(0.2, kappa=0.7)
    with pytest.raises(Refused, match="nothing to count"):
        plan_double_coding(sqlite_study, expected, 0.3)
    small_study(sqlite_study, tmp_path / "files")
    plan = plan_double_coding(sqlite_study, expected, 0.3)
    assert plan.units_per_source == pytest.approx(7 / 3)  # turns of participants: 2, 2, 3
    assert plan.for_kappa == units_needed(expected, 0.3).for_kappa
    assert plan.sources_for_kappa == -(-plan.for_kappa * 3 // 7)
    everybody = plan_double_coding(sqlite_study, expected, 0.3, counted="everybody", sources=["group"])
    assert everybody.units_per_source == 5
    with pytest.raises(NotFound):
        plan_double_coding(sqlite_study, expected, 0.3, sources=["no"])
    with pytest.raises(BadInput, match="not a unit"):
        plan_double_coding(sqlite_study, expected, 0.3, unit="word")
