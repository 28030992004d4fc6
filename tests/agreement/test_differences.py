"""Sorting two coders' layers of a source into what is the same and what differs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.agreement.differences import (
    BOUNDARY,
    DIFFERENT_CODES,
    KINDS,
    ONE_CODER,
    Apart,
    CodedSpan,
    Difference,
    compare_source,
    edges_apart,
)
from qualbench.agreement.outcomes import results_of
from qualbench.text.spans import Span, overlaps

codings = st.lists(
    st.builds(
        lambda start, length, code: CodedSpan(Span(start, start + length), code),
        st.integers(0, 60),
        st.integers(1, 14),
        st.sampled_from("xyz"),
    ),
    max_size=12,
    unique=True,
)


def coded(code: str, *spans: tuple[int, int]) -> tuple[CodedSpan, ...]:
    return tuple(CodedSpan(Span(*span), code) for span in spans)


@given(a=codings, b=codings)
def test_every_coding_is_in_exactly_one_of_agreed_and_differences(
    a: list[CodedSpan], b: list[CodedSpan]
) -> None:
    found = compare_source(a, b)
    for layer, there in ((a, [d.a for d in found.differences]), (b, [d.b for d in found.differences])):
        assert Counter([*found.agreed, *(one for side in there for one in side)]) == Counter(layer)


@given(a=codings, b=codings)
def test_differences_are_of_the_kind_they_say_and_told_apart_by_place_and_codes(
    a: list[CodedSpan], b: list[CodedSpan]
) -> None:
    differences = compare_source(a, b).differences
    assert len({(d.span, d.code_a, d.code_b) for d in differences}) == len(differences)
    for one in differences:
        assert one.kind in KINDS
        assert len({c.code for c in one.a}) <= 1
        assert len({c.code for c in one.b}) <= 1
        sides = (bool(one.a), bool(one.b), one.code_a == one.code_b)
        assert (
            sides
            in {
                BOUNDARY: [(True, True, True)],
                DIFFERENT_CODES: [(True, True, False)],
                ONE_CODER: [(True, False, False), (False, True, False)],
            }[one.kind]
        )
        if one.kind != ONE_CODER:
            assert any(overlaps(x.span, y.span) for x in one.a for y in one.b)


@given(a=codings, b=codings, data=st.data())
def test_the_order_in_which_codings_come_changes_nothing(
    a: list[CodedSpan], b: list[CodedSpan], data: st.DataObject
) -> None:
    found = compare_source(a, b)
    shuffled = compare_source(data.draw(st.permutations(a)), data.draw(st.permutations(b)))
    assert shuffled == found


@given(a=codings, b=codings)
def test_whoever_is_a_the_same_places_differ(a: list[CodedSpan], b: list[CodedSpan]) -> None:
    one_way, other_way = compare_source(a, b), compare_source(b, a)
    assert one_way.agreed == other_way.agreed
    boundaries = [[d.span for d in c.differences if d.kind == BOUNDARY] for c in (one_way, other_way)]
    assert boundaries[0] == boundaries[1]


@given(a=codings, b=codings)
def test_the_edges_are_the_characters_that_only_one_has_coded(a: list[CodedSpan], b: list[CodedSpan]) -> None:
    for one in compare_source(a, b).differences:
        by_one = [{n for c in side for n in range(*c.span)} for side in (one.a, one.b)]
        edges = [n for edge in one.edges for n in range(*edge)]
        assert Counter(edges) == Counter(by_one[0] ^ by_one[1])


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ((0, 21), (0, 21), Apart(0, 0)),
        ((0, 21), (6, 11), Apart(10, 2)),  # "feart" of "I was feart of them.", with the stop
        ((6, 11), (6, 14), Apart(3, 1)),  # " of"
        ((6, 20), (6, 21), Apart(1, 0)),  # the stop alone
        ((6, 11), (8, 11), Apart(2, 1)),  # a word that is cut
    ],
)
def test_how_far_edges_lie_apart(a: tuple[int, int], b: tuple[int, int], apart: Apart) -> None:
    text = "I was feart of them. ."
    assert edges_apart(text, Difference(BOUNDARY, coded("x", a), coded("x", b))) == apart


def test_a_gap_that_only_one_has_coded_counts_like_an_edge() -> None:
    text = "one two three four five"
    one = Difference(BOUNDARY, coded("x", (0, 7), (14, 23)), coded("x", (0, 23)))
    assert one.edges == [Span(7, 14)]
    assert edges_apart(text, one) == Apart(7, 1)


def test_what_shares_most_is_paired_first() -> None:
    a = [*coded("x", (0, 10)), *coded("y", (4, 10))]
    b = [*coded("z", (4, 12))]
    found = compare_source(a, b).differences
    assert [(d.kind, d.code_a, d.code_b) for d in found] == [
        (DIFFERENT_CODES, "x", "z"),
        (ONE_CODER, "y", None),
    ]


def test_less_than_half_of_the_shorter_is_no_pair() -> None:
    found = compare_source(list(coded("x", (0, 10))), list(coded("y", (6, 16))))
    assert [d.kind for d in found.differences] == [ONE_CODER, ONE_CODER]
    found = compare_source(list(coded("x", (0, 10))), list(coded("y", (5, 15))))
    assert [d.kind for d in found.differences] == [DIFFERENT_CODES]


def test_what_outcomes_leave_in_the_agreed_layer() -> None:
    apart = Difference(BOUNDARY, coded("x", (0, 4), (8, 12)), coded("x", (2, 10)))
    assert results_of(apart, "both") == [(Span(0, 12), "x")]
    assert results_of(apart, "keep A") == [(Span(0, 4), "x"), (Span(8, 12), "x")]
    assert results_of(apart, "other code", "z") == [(Span(0, 12), "z")]
    assert results_of(apart, "other code", "z", [Span(1, 3)]) == [(Span(1, 3), "z")]
    codes = Difference(DIFFERENT_CODES, coded("x", (0, 4)), coded("y", (2, 5)))
    assert results_of(codes, "both") == [(Span(0, 4), "x"), (Span(2, 5), "y")]
    assert results_of(codes, "redraw", None, [Span(0, 3)]) == [(Span(0, 3), "x")]
    assert results_of(codes, "redraw", "y", [Span(0, 3)]) == [(Span(0, 3), "y")]
    for nothing in ("neither", "agree to differ"):
        assert results_of(codes, nothing) == []
    only_b = Difference(ONE_CODER, (), coded("y", (2, 5)))
    assert results_of(only_b, "keep A") == []
    assert results_of(only_b, "redraw", None, [Span(0, 3)]) == [(Span(0, 3), "y")]
