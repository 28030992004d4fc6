"""Segment match against trying every way of pairing."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.agreement.matching import SHORTER, UNION, Match, match_segments, matched
from qualbench.errors import BadInput
from qualbench.text.spans import Span
from tests.agreement.layouts import LENGTH, layers_of, spans

shares = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
bases = st.sampled_from([UNION, SHORTER])


def fits(one: Span, other: Span, share: float, of: str) -> bool:
    a, b = set(range(*one)), set(range(*other))
    base = len(a | b) if of == UNION else min(len(a), len(b))
    return bool(a & b) and 100 * len(a & b) >= round(100 * share) * base


@settings(max_examples=500, deadline=None)
@given(a=spans, b=spans, share=shares, of=bases)
def test_as_many_pairs_as_can_be(a: list[Span], b: list[Span], share: float, of: str) -> None:
    a, b = sorted(a), sorted(b)
    pairs = matched(a, b, share, of)
    assert len({n for n, _ in pairs}) == len({m for _, m in pairs}) == len(pairs)
    assert all(fits(a[n], b[m], share, of) for n, m in pairs)

    @lru_cache(None)
    def most(n: int, taken: int) -> int:
        if n == len(a):
            return 0
        best = most(n + 1, taken)
        for m, other in enumerate(b):
            if not taken >> m & 1 and fits(a[n], other, share, of):
                best = max(best, 1 + most(n + 1, taken | 1 << m))
        return best

    assert len(pairs) == most(0, 0)
    assert len(matched(b, a, share, of)) == len(pairs)


def test_one_gives_way_so_that_two_can_be_paired() -> None:
    # The first of A fits both of B, the second only the first of B.
    assert matched([Span(0, 10), Span(0, 4)], [Span(0, 4), Span(4, 10)], 1.0, SHORTER) == [(0, 1), (1, 0)]


def test_a_chain_of_a_thousand() -> None:
    a = [Span(10 * n, 10 * n + 20) for n in range(1_000)]
    b = [Span(10 * n + 10, 10 * n + 30) for n in range(1_000)]
    assert len(matched(a, b, 0.5, SHORTER)) == 1_000


def test_the_share_is_the_decimal_it_is_written_as() -> None:
    one, other = [Span(0, 10)], [Span(7, 17)]
    assert matched(one, other, 0.3, SHORTER) and not matched(one, other, 0.31, SHORTER)
    assert matched([Span(0, 17)], [Span(0, 10), Span(10, 17)], 0.5, UNION) == [(0, 0)]


def test_layers_are_matched_by_code_and_source_in_the_characters_that_count() -> None:
    turns = {"s": [Span(0, 20), Span(40, 60)], "t": [Span(0, 60)]}
    layers = layers_of(
        turns,
        {
            # AB's first passage takes in the interviewer's words at 20-40; CD has none in what counts.
            "AB": {"k": {"s": [Span(10, 50)], "t": [Span(0, 10)]}, "v": {"s": [Span(0, 5)]}},
            "CD": {"k": {"s": [Span(10, 20), Span(22, 38)], "t": [Span(30, 40)]}},
        },
    )
    found = match_segments(layers)
    assert found.codes == {"k": Match(2, 2, 1), "v": Match(1, 0, 0)}
    assert (found.pooled, found.pooled.agreement) == (Match(3, 2, 1), 0.4)
    assert match_segments(layers, 0.51).pooled.pairs == 0
    assert match_segments(layers, 1.0, SHORTER).pooled.pairs == 1


def test_nobody_coded_anything() -> None:
    layers = layers_of({"s": [Span(0, 60)]}, {"AB": {"k": {"s": []}}, "CD": {}})
    assert match_segments(layers).codes["k"].agreement is None


@given(a=spans, share=shares, of=bases)
def test_who_agrees_in_everything_has_1(a: list[Span], share: float, of: str) -> None:
    layers = layers_of({"s": [Span(0, LENGTH)]}, {"AB": {"k": {"s": a}}, "CD": {"k": {"s": a}}})
    assert match_segments(layers, share, of).codes["k"].agreement == (1.0 if a else None)


@pytest.mark.parametrize(("share", "of"), [(0, UNION), (1.01, UNION), (-1, SHORTER), (0.5, "longer")])
def test_what_cannot_be(share: float, of: str) -> None:
    layers = layers_of({"s": [Span(0, 60)]}, {"AB": {}, "CD": {}})
    with pytest.raises(BadInput):
        match_segments(layers, share, of)
