"""Agreement by turn, sentence and character, by code and source; the sorting of differences."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.agreement.cells import count_answers, count_cells, ranges_of
from qualbench.agreement.coefficients import NO_CELLS, Cells
from qualbench.agreement.comparison import agree, agreement_of, compare
from qualbench.agreement.differences import (
    BOUNDARY,
    DIFFERENT_CODES,
    ONE_CODER,
    CodedSpan,
    compare_source,
)
from qualbench.agreement.units import characters, whole_units
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source
from tests.agreement.layouts import layers_of, spans, turn_lists
from tests.builders import place, small_study


@given(turns=turn_lists, a=spans, b=spans)
def test_cells_equal_counting_one_by_one(turns: list[Span], a: list[Span], b: list[Span]) -> None:
    coded_a = {n for s in a for n in range(*s)}
    coded_b = {n for s in b for n in range(*s)}

    def count(pieces: list[set[int]]) -> Cells:
        answers = [(bool(piece & coded_a), bool(piece & coded_b)) for piece in pieces]
        return Cells(
            *(answers.count(x) for x in ((True, True), (True, False), (False, True), (False, False)))
        )

    whole, each = whole_units(turns), characters(turns)
    for units, pieces in (
        (whole, [set(range(*turn)) for turn in turns]),
        (each, [{n} for turn in turns for n in range(*turn)]),
    ):
        of_a, of_b = ranges_of(units, a), ranges_of(units, b)
        cells = count_cells(of_a, of_b, units.total)
        assert cells == count(pieces)
        answers = count_answers([of_a, of_b], units.total)
        assert (answers[2], answers[1], answers[0]) == (
            cells.both,
            cells.a_only + cells.b_only,
            cells.neither,
        )


@given(turns=turn_lists, span=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted))
def test_units_stand_where_they_were_found(turns: list[Span], span: list[int]) -> None:
    span = Span(*span)
    reached = whole_units(turns).reached(span)
    assert whole_units(turns).stretches(reached) == [
        t for t in turns if max(t.start, span.start) < min(t.end, span.end)
    ]
    each = characters(turns)
    found = {n for s in each.stretches(each.reached(span)) for n in range(*s)}
    assert found == {n for t in turns for n in range(*t)} & set(range(*span))


@given(turns=st.lists(turn_lists, min_size=1, max_size=4), a=spans, b=spans)
def test_cells_are_summed_over_sources_and_codes(
    turns: list[list[Span]], a: list[Span], b: list[Span]
) -> None:
    sources = {f"s{n}": of for n, of in enumerate(turns)}
    codings = {
        "AB": {"x": dict.fromkeys(sources, a), "y": dict.fromkeys(sources, b)},
        "CD": {"x": dict.fromkeys(sources, b)},
    }
    found = agreement_of(layers_of(sources, codings))
    assert found.sources == list(sources)
    for one in found.codes:
        assert list(one.by_source) == list(sources)
        assert one.cells == sum(one.by_source.values(), NO_CELLS)
    assert found.pooled == sum((one.cells for one in found.codes), NO_CELLS)
    swapped = agreement_of(layers_of(sources, {"AB": codings["CD"], "CD": codings["AB"]}))
    assert {c.code: (c.cells.a_only, c.cells.b_only) for c in swapped.codes} == {
        c.code: (c.cells.b_only, c.cells.a_only) for c in found.codes
    }


@pytest.fixture
def doubly_coded(sqlite_study: Study, tmp_path: Path) -> Study:
    return coded_twice(sqlite_study, tmp_path / "files")


def coded_twice(study: Study, folder: Path) -> Study:
    small_study(study, folder)
    other = study.by("CD")
    add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    add_coding(other, "P07_b", place(study, "P07_b", "feart"), "fear")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_coding(other, "P07_b", place(study, "P07_b", "How did you hear?"), "judged")
    finish(study, ["P07_b"])
    finish(other, ["P07_b"])
    return study


def test_what_is_counted(study: Study, tmp_path: Path) -> None:
    """By turn, sentence and character; interviewers' talk if asked for; the whole text as NVivo counts it."""
    doubly_coded = coded_twice(study, tmp_path / "files")
    found = compare(doubly_coded, "turn")
    assert (found.coders, found.sources, found.counted) == (("AB", "CD"), ["P07_b"], "participants")
    text = read_source(doubly_coded, "P07_b").text
    said = len("From a pal of mine. I was feart of them.") + len("Naïve, me. 🙂 They judge ye.")
    asked = len("How did you hear?") + len("Why?")

    def cells(unit: str, counted: str) -> dict[str, Cells]:
        return {one.code: one.cells for one in agree(doubly_coded, unit=unit, counted=counted).codes}

    assert cells("turn", "participants") == {"fear": Cells(1, 0, 0, 1), "judged": Cells(0, 1, 0, 1)}
    assert cells("turn", "everybody") == {"fear": Cells(1, 0, 0, 3), "judged": Cells(0, 1, 1, 2)}
    assert cells("sentence", "participants") == {"fear": Cells(1, 0, 0, 3), "judged": Cells(0, 1, 0, 3)}
    assert cells("sentence", "everybody") == {"fear": Cells(1, 0, 0, 5), "judged": Cells(0, 1, 1, 4)}
    assert cells("character", "participants") == {
        "fear": Cells(5, 15, 0, said - 20),
        "judged": Cells(0, 14, 0, said - 14),
    }
    assert cells("character", "everybody")["judged"] == Cells(0, 14, 17, said + asked - 31)
    assert cells("character", "text") == {
        "fear": Cells(5, 15, 0, len(text) - 20),
        "judged": Cells(0, 14, 17, len(text) - 31),
    }


def test_what_cannot_be_counted(doubly_coded: Study) -> None:
    for unit, counted in (
        ("word", "participants"),
        ("turn", "text"),
        ("sentence", "text"),
        ("turn", "nobody"),
    ):
        with pytest.raises(BadInput):
            agree(doubly_coded, unit=unit, counted=counted)


def test_codes_and_sources_can_be_chosen(doubly_coded: Study) -> None:
    assert [one.code for one in agree(doubly_coded, codes=["Social work"]).codes] == ["fear", "judged"]
    assert [one.code for one in agree(doubly_coded, codes=["judged", "forms"]).codes] == ["judged"]
    assert agree(doubly_coded, sources=["P07_b"]) == agree(doubly_coded)
    with pytest.raises(Refused, match="P07_f is not finished by two"):
        agree(doubly_coded, sources=["P07_b", "P07_f"])
    for wish in ({"codes": ["no"]}, {"sources": ["no"]}, {"coders": ("AB", "no")}):
        with pytest.raises(NotFound):
            agree(doubly_coded, **wish)


def test_only_sources_that_both_have_finished_are_compared(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
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
