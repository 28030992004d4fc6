"""Krippendorff's alpha against his worked examples, and the package krippendorff (GPL, for tests only)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.agreement.alpha import (
    NO_VARIATION,
    NOT_PAIRED,
    alpha_of_answers,
    alphas,
    answers_of,
    krippendorff_alpha,
)
from qualbench.agreement.coefficients import Figure
from qualbench.agreement.comparison import agreement_of
from qualbench.text.spans import Span
from tests.agreement.layouts import layers_of, spans, turn_lists

# Hayes & Krippendorff (2007), table 1: the tone of 40 articles as five observers saw it.
HAYES_KRIPPENDORFF = """
112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111.
.100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. 000.0
0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2
110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1
"""


def by_unit(*observers: str) -> list[list[str | None]]:
    """Reliability data: a string of values for each observer, a full stop where one is missing."""
    return [[None if v == "." else v for v in unit] for unit in zip(*observers, strict=True)]


@pytest.mark.parametrize(
    ("data", "alpha"),
    [
        # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability": A binary, B nominal, C with
        # four observers and missing data.
        (by_unit("0100000010", "1110010000"), 0.095),
        (by_unit("aabbdcccedda", "babbbccceddd"), 0.692),
        (by_unit("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
        # Krippendorff (2004), section 11.3.1: two readers of Chinese.
        (by_unit("1100000000", "0110010100"), 0.095),
        ([[None if v == "." else v for v in unit] for unit in HAYES_KRIPPENDORFF.split()], 0.4765),
    ],
)
def test_published_examples(data: list[list[str | None]], alpha: float) -> None:
    assert krippendorff_alpha(data).value == pytest.approx(alpha, abs=0.0005)


def test_undefined_with_the_reason() -> None:
    assert krippendorff_alpha([]) == Figure(None, NOT_PAIRED)
    assert krippendorff_alpha([["a", None], [None, "b"]]) == Figure(None, NOT_PAIRED)
    assert krippendorff_alpha([["a", "a"], ["a", None], ["b", None]]) == Figure(None, NO_VARIATION)


answers = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=3, max_size=3), min_size=1, max_size=12
)


@settings(max_examples=500, deadline=None)
@given(answers)
def test_any_values_against_the_package(data: list[list[int | None]]) -> None:
    import krippendorff
    import numpy as np

    found = krippendorff_alpha(data)
    if found.value is None:
        return
    table = np.array([[np.nan if v is None else v for v in unit] for unit in data], dtype=float).T
    assert found.value == pytest.approx(
        krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"), abs=1e-9
    )


@given(data=answers, order=st.permutations(range(3)))
def test_the_order_of_coders_does_not_matter(data: list[list[int | None]], order: list[int]) -> None:
    assert krippendorff_alpha(data) == krippendorff_alpha([[unit[n] for n in order] for unit in data])


@settings(max_examples=1_000, deadline=None)
@given(
    turns=turn_lists,
    coded=st.lists(spans, min_size=3, max_size=3),
    missing=st.sampled_from([None, "AB", "CD", "EF"]),
    unit=st.sampled_from(["turn", "character"]),
)
def test_three_layers_of_overlapping_spans_against_the_package(
    turns: list[Span], coded: list[list[Span]], missing: str | None, unit: str
) -> None:
    import krippendorff
    import numpy as np

    coders = ("AB", "CD", "EF")
    codings = {c: {"x": {"s": of, "t": of}} for c, of in zip(coders, coded, strict=True)}
    finished = {"s": frozenset(coders), "t": frozenset(coders) - {missing}}
    found = alphas(layers_of({"s": turns, "t": turns}, codings, unit, finished))
    pieces = [set(range(*turn)) for turn in turns]
    if unit == "character":
        pieces = [{n} for piece in pieces for n in piece]
    table = []
    for coder, of in zip(coders, coded, strict=True):
        touched = {n for span in of for n in range(*span)}
        once = [float(bool(piece & touched)) for piece in pieces]
        table.append(once + ([np.nan] * len(once) if coder == missing else once))
    figure = found.codes.get("x", Figure(None))
    if figure.value is not None:
        expected = krippendorff.alpha(reliability_data=np.array(table), level_of_measurement="nominal")
        assert figure.value == pytest.approx(expected, abs=1e-9)
    assert found.pooled == figure if found.codes else found.pooled.value is None


@given(turns=turn_lists, a=spans, b=spans)
def test_of_two_coders_it_follows_from_the_cells(turns: list[Span], a: list[Span], b: list[Span]) -> None:
    layers = layers_of({"s": turns}, {"AB": {"x": {"s": a}}, "CD": {"x": {"s": b}}}, "turn")
    (one,) = agreement_of(layers).codes
    cells = one.cells
    same = {(2, 2): cells.both, (2, 1): cells.a_only + cells.b_only, (2, 0): cells.neither}
    assert answers_of(layers, "x") == {key: n for key, n in same.items() if n}
    assert alpha_of_answers(same) == alphas(layers).codes["x"]
    assert alpha_of_answers(same) == krippendorff_alpha(
        [[1, 1]] * cells.both + [[1, 0]] * (cells.a_only + cells.b_only) + [[0, 0]] * cells.neither
    )
