"""Bootstrap intervals against drawing and summing one source at a time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.agreement.coefficients import NO_CELLS, Cells, cohen_kappa, percent_agreement
from qualbench.agreement.comparison import Agreement, CodeAgreement
from qualbench.agreement.intervals import (
    FEWEST_SOURCES,
    TOO_FEW,
    interval_of,
    intervals,
    resampled,
)
from qualbench.errors import BadInput

big = st.integers(0, 2**40)
tables = st.builds(Cells, big, big, big, big)


def agreement(*sources: list[Cells]) -> Agreement:
    """Made of the cells of each code, source by source."""
    names = [f"s{n}" for n in range(len(sources))]
    codes = [
        CodeAgreement(f"c{n}", sum(of, NO_CELLS), dict(zip(names, of, strict=True)))
        for n, of in enumerate(zip(*sources, strict=True))
    ]
    return Agreement("turn", ("AB", "CD"), names, codes)


@settings(max_examples=50, deadline=None)
@given(
    sources=st.integers(0, 3).flatmap(
        lambda codes: st.lists(st.lists(tables, min_size=codes, max_size=codes), min_size=1, max_size=8)
    ),
    seed=st.integers(0, 9),
)
def test_resamples_are_exact_sums(sources: list[list[Cells]], seed: int) -> None:
    chance = random.Random(seed)
    for drawn in resampled(sources, 20, seed):
        chosen = chance.choices(sources, k=len(sources))
        assert list(drawn) == [sum(of_code, NO_CELLS) for of_code in zip(*chosen, strict=True)]


def test_the_interval_is_that_of_the_percentiles() -> None:
    import numpy as np

    chance = random.Random(5)
    sources = [[Cells(*(chance.randint(1, 40) for _ in range(4))) for _ in range(3)] for _ in range(12)]
    found = agreement(*sources)
    got = intervals(found, ("kappa", "percent"), level=0.9, resamples=500, seed=3)
    drawn = list(resampled(sources, 500, 3))
    for n in range(3):
        values = [cohen_kappa(cells[n]) for cells in drawn]
        interval = got.codes[f"c{n}"]["kappa"]
        assert interval is not None
        assert (interval.low, interval.high) == pytest.approx(tuple(np.quantile(values, [0.05, 0.95])))
    pooled = got.pooled["percent"]
    assert pooled is not None
    values = [percent_agreement(sum(cells, NO_CELLS)) for cells in drawn]
    assert (pooled.low, pooled.high) == pytest.approx(tuple(np.quantile(values, [0.05, 0.95])))
    assert (got.level, got.resamples, got.why) == (0.9, 500, "")


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    chance = random.Random(5)
    found = agreement(*([Cells(*(chance.randint(1, 40) for _ in range(4)))] for _ in range(9)))
    assert intervals(found) == intervals(found)
    assert intervals(found) != intervals(found, seed=2)


def test_none_under_five_sources() -> None:
    four = agreement(*([Cells(5, 1, 2, 9)] for _ in range(FEWEST_SOURCES - 1)))
    got = intervals(four)
    assert got.why == TOO_FEW
    assert set(got.pooled.values()) == set(got.codes["c0"].values()) == {None}
    assert intervals(agreement(*([Cells(5, 1, 2, 9)] for _ in range(FEWEST_SOURCES)))).pooled["kappa"]


def test_sources_that_are_all_alike_leave_no_width() -> None:
    got = intervals(agreement(*([Cells(5, 1, 2, 9)] for _ in range(6)))).pooled["kappa"]
    assert got is not None
    assert got.low == pytest.approx(got.high) == pytest.approx(cohen_kappa(Cells(5, 1, 2, 9)))


def test_a_code_of_one_source_is_missing_from_many_resamples() -> None:
    once = agreement([Cells(4, 1, 1, 30)], *([Cells(0, 0, 0, 30)] for _ in range(5)))
    got = intervals(once).codes["c0"]["kappa"]
    assert got is not None
    assert got.undefined == pytest.approx(2_000 * (5 / 6) ** 6, rel=0.1)
    never = agreement(*([Cells(0, 0, 0, 30)] for _ in range(6)))
    assert intervals(never).codes["c0"] == {"percent": intervals(never).pooled["percent"], "kappa": None} | {
        "dice": None
    }
    assert interval_of(cohen_kappa, Cells(1, 1, 1, 1), [Cells(0, 0, 0, 3)], 0.95) is None


@pytest.mark.parametrize(
    "wishes", [{"names": ["gamma"]}, {"level": 1.0}, {"level": 0.0}, {"resamples": 0}], ids=str
)
def test_what_cannot_be(wishes: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        intervals(agreement([Cells(5, 1, 2, 9)]), **wishes)
