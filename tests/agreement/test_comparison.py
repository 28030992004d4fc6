"""Agreement by turn and by character, and the sorting of differences."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.agreement.coefficients import Cells
from qualbench.agreement.comparison import _character_cells, _turn_cells, compare
from qualbench.agreement.differences import (
    BOUNDARY,
    DIFFERENT_CODES,
    ONE_CODER,
    CodedSpan,
    compare_source,
)
from qualbench.coding.applying import add_coding
from qualbench.coding.blind import finish
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span, merge
from tests.builders import place, small_study

spans = st.lists(
    st.tuples(st.integers(0, 58), st.integers(1, 12)).map(lambda p: Span(p[0], min(60, p[0] + p[1]))),
    max_size=8,
)
turn_lists = st.lists(st.integers(0, 60), max_size=10, unique=True).map(
    lambda cuts: [Span(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)]
)


@given(turns=turn_lists, a=spans, b=spans)
def test_cells_equal_counting_one_by_one(turns: list[Span], a: list[Span], b: list[Span]) -> None:
    coded_a = {n for s in a for n in range(*s)}
    coded_b = {n for s in b for n in range(*s)}

    def count(units: list[set[int]]) -> Cells:
        answers = [(bool(unit & coded_a), bool(unit & coded_b)) for unit in units]
        return Cells(
            *(answers.count(x) for x in ((True, True), (True, False), (False, True), (False, False)))
        )

    assert _turn_cells(turns, merge(a), merge(b)) == count([set(range(*turn)) for turn in turns])
    assert _character_cells(turns, merge(a), merge(b)) == count([{n} for turn in turns for n in range(*turn)])


@pytest.fixture
def doubly_coded(study: Study, tmp_path: Path) -> Study:
    small_study(study, tmp_path / "files")
    other = study.by("CD")
    add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    add_coding(other, "P07_b", place(study, "P07_b", "feart"), "fear")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_coding(other, "P07_b", place(study, "P07_b", "How did you hear?"), "judged")
    finish(study, ["P07_b"])
    finish(other, ["P07_b"])
    return study


def test_by_turn_interviewers_are_left_out(doubly_coded: Study) -> None:
    found = compare(doubly_coded, "turn")
    assert (found.coders, found.sources) == (("AB", "CD"), ["P07_b"])
    assert {one.code: one.cells for one in found.codes} == {
        "fear": Cells(1, 0, 0, 1),
        "judged": Cells(0, 1, 0, 1),
    }


def test_by_character_counts_participants_characters(doubly_coded: Study) -> None:
    talk = len("From a pal of mine. I was feart of them.") + len("Naïve, me. 🙂 They judge ye.")
    found = {one.code: one.cells for one in compare(doubly_coded, "character").codes}
    assert found["fear"] == Cells(5, 15, 0, talk - 20)
    assert found["judged"] == Cells(0, 14, 0, talk - 14)


def test_only_sources_that_both_have_finished_are_compared(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    finish(study, ["P07_b"])
    with pytest.raises(Refused, match="so far: AB"):
        compare(study)
    finish(study.by("CD"), ["P07_f"])
    with pytest.raises(Refused, match="no source in common"):
        compare(study)
    with pytest.raises(BadInput, match="not a unit"):
        compare(study, "word")


def test_the_order_in_which_coders_are_named_does_not_matter(doubly_coded: Study) -> None:
    assert compare(doubly_coded, "turn", ("CD", "AB")) == compare(doubly_coded, "turn", ("AB", "CD"))
    with pytest.raises(BadInput, match="cannot be compared with themselves"):
        compare(doubly_coded, "turn", ("AB", "AB"))


def coded(*spans: tuple[int, int, str]) -> list[CodedSpan]:
    return [CodedSpan(Span(start, end), code) for start, end, code in spans]


def test_differences_are_sorted_by_kind() -> None:
    found = compare_source(
        coded((0, 10, "x"), (20, 40, "x"), (50, 60, "x"), (70, 80, "y"), (90, 99, "z")),
        coded((0, 10, "x"), (25, 30, "x"), (32, 45, "x"), (72, 78, "w"), (110, 120, "z")),
    )
    assert found.agreed == coded((0, 10, "x"))
    assert [(d.kind, d.span, d.code_a, d.code_b) for d in found.differences] == [
        (BOUNDARY, Span(20, 45), "x", "x"),
        (ONE_CODER, Span(50, 60), "x", None),
        (DIFFERENT_CODES, Span(70, 80), "y", "w"),
        (ONE_CODER, Span(90, 99), "z", None),
        (ONE_CODER, Span(110, 120), None, "z"),
    ]


codings = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from("xyz")).map(
        lambda p: CodedSpan(Span(p[0], p[0] + p[1]), p[2])
    ),
    max_size=10,
    unique=True,
)


@given(a=codings, b=codings)
def test_every_coding_is_in_exactly_one_place(a: list[CodedSpan], b: list[CodedSpan]) -> None:
    found = compare_source(a, b)
    in_a = sorted(
        [*found.agreed, *(c for d in found.differences for c in d.a)], key=lambda c: (c.span, c.code)
    )
    in_b = sorted(
        [*found.agreed, *(c for d in found.differences for c in d.b)], key=lambda c: (c.span, c.code)
    )
    assert in_a == sorted(a, key=lambda c: (c.span, c.code))
    assert in_b == sorted(b, key=lambda c: (c.span, c.code))


@given(a=codings, b=codings)
def test_swapping_the_coders_swaps_the_sides(a: list[CodedSpan], b: list[CodedSpan]) -> None:
    one, other = compare_source(a, b), compare_source(b, a)
    assert one.agreed == other.agreed
    assert sum(d.kind == BOUNDARY for d in one.differences) == sum(
        d.kind == BOUNDARY for d in other.differences
    )


@given(a=codings)
def test_a_coder_agrees_with_herself_where_her_codings_of_a_code_stand_apart(a: list[CodedSpan]) -> None:
    apart = [
        c
        for c in a
        if not any(
            o is not c and o.code == c.code and o.span.start < c.span.end and c.span.start < o.span.end
            for o in a
        )
    ]
    assert compare_source(apart, apart).differences == []
