"""Cells of any matrix, held against counting code point by code point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.matrix import matrix_of
from qualbench.analysis.matrix_counting import CELLS, Coded, Turn
from qualbench.analysis.matrix_material import Material, MatrixRow
from qualbench.analysis.matrix_model import Matrix, Request
from qualbench.analysis.matrix_reading import People
from qualbench.codebook.tree import CodeEntry
from qualbench.text.spans import Span
from qualbench.text.words import count_words_held
from tests.analysis import matrix_reference as slow

PEOPLE = ("P1", "P2", "P3")
SOURCES = ("s1", "s2", "s3")
CODES = ("a", "b", "c")


@st.composite
def sources(draw: st.DrawFn) -> dict[str, slow.Told]:
    """Sources whose turns are apart from each other, some of them an interviewer's."""
    told = {}
    for name in SOURCES:
        text = draw(st.text("ab \n", max_size=24))
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
        turns = []
        for start, end in pairwise(cuts):
            if draw(st.booleans()):
                turns.append((start, end, draw(st.sampled_from([None, *PEOPLE]))))
        told[name] = slow.Told(text, turns)
    return told


@st.composite
def coded(draw: st.DrawFn, told: dict[str, slow.Told]) -> list[slow.Coded]:
    codings = []
    for _ in range(draw(st.integers(0, 10))):
        name = draw(st.sampled_from([name for name in SOURCES if told[name].text]))
        start = draw(st.integers(0, len(told[name].text) - 1))
        end = draw(st.integers(start + 1, len(told[name].text)))
        codings.append(slow.Coded(name, start, end, draw(st.sampled_from(CODES))))
    return codings


def matrix(
    cells: str,
    told: dict[str, slow.Told],
    codings: Sequence[slow.Coded],
    rows: Sequence[set[str]],
    columns: Sequence[set[slow.Voice]],
    *,
    totals: bool = True,
    not_asked: Sequence[set[str]] | None = None,
    collected: Sequence[bool] | None = None,
) -> Matrix:
    """A matrix of what is told, rows of some codes, and columns of some voices."""
    speaking = {(name, who): {"source": name} for name in told for _, _, who in told[name].turns if who}
    everybody = {voice: speaking.get(voice, {"source": voice[0]}) for column in columns for voice in column}
    material = Material(
        [
            MatrixRow(CodeEntry(f"r{n}", None, "theme", f"r{n}"), 0, codes, frozenset(unasked))
            for n, (codes, unasked) in enumerate(zip(rows, not_asked or [set()] * len(rows), strict=True))
        ],
        ("group",),
        [(f"g{n}",) for n in range(len(columns))],
        list(columns),
        list(collected or (bool(column) for column in columns)),
        [Coded(c.source, c.start, c.end, c.code) for c in codings],
        {name: turns for name in told if (turns := [Turn(*turn) for turn in told[name].turns if turn[2]])},
        {name: told[name].text for name in told},
        0,
        People({**everybody, **speaking}, {}),
        frozenset(),
        3,
    )
    return matrix_of(material, Request(cells=cells, totals=totals))


@given(st.data(), st.sampled_from(list(CELLS)))
def test_any_cell_equals_counting_code_points(data: st.DataObject, cells: str) -> None:
    told = data.draw(sources())
    codings = data.draw(coded(told)) if any(one.text for one in told.values()) else []
    rows = data.draw(st.lists(st.sets(st.sampled_from(CODES)), min_size=1, max_size=3))
    group = {
        (name, who): data.draw(st.integers(0, 2))
        for name in told
        for who in sorted({who for _, _, who in told[name].turns if who})
    }
    columns = [{voice for voice, n in group.items() if n == column} for column in range(3)]
    counted = matrix(cells, told, codings, rows, columns)
    for row, codes in enumerate(rows):
        for column, voices in enumerate(columns):
            assert counted.cells[row][column] == slow.number(cells, told, codings, codes, voices)
        assert counted.totals
        assert counted.totals.rows[row].number == slow.number(cells, told, codings, codes, group)
    assert counted.totals and counted.totals.columns and counted.totals.whole
    shown = set().union(*rows)
    for column, voices in enumerate(columns):
        assert counted.totals.columns[column].number == slow.number(cells, told, codings, shown, voices)
    assert counted.totals.whole.number == slow.number(cells, told, codings, shown, group)
    left = [coding for coding in codings if coding.code not in shown]
    assert counted.left_out == slow.number("codings", told, left, CODES, group)


WORDS = slow.Told("ab cd ef", [(0, 8, "P1")])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 2)], 1),
        ([(0, 1), (1, 2)], 1),
        ([(3, 4), (4, 5), (6, 7)], 2),
        ([(1, 4)], 2),
        ([(2, 3)], 0),
        ([(0, 8)], 3),
        ([], 0),
    ],
)
def test_a_word_that_is_held_in_parts_counts_once(spans: list[tuple[int, int]], expected: int) -> None:
    assert count_words_held(WORDS.text, [Span(*span) for span in spans]) == expected


def test_passages_are_joined_where_they_overlap_or_adjoin_and_not_over_a_gap() -> None:
    voices = [{("s1", "P1")}]
    for second, passages in (((2, 4), 1), ((1, 4), 1), ((3, 4), 2)):
        codings = [slow.Coded("s1", 0, 2, "a"), slow.Coded("s1", *second, "b")]
        assert matrix("passages", {"s1": WORDS}, codings, [{"a", "b"}], voices).cells == [[passages]]
        assert matrix("codings", {"s1": WORDS}, codings, [{"a", "b"}], voices).cells == [[2]]


def test_what_a_cell_is_out_of_leaves_out_sources_in_which_nobody_was_asked() -> None:
    told = {name: slow.Told("ab", [(0, 2, who)]) for name, who in (("s1", "P1"), ("s2", "P2"), ("s3", "P3"))}
    columns = [{("s1", "P1"), ("s2", "P2")}, {("s3", "P3")}]
    rows = [{"a"}, {"b"}]
    codings = [slow.Coded("s1", 0, 1, "a")]

    def counted(cells: str, *marks: set[str]) -> Matrix:
        return matrix(cells, told, codings, rows, columns, not_asked=marks)

    found = counted("participants", {"s2"}, {"s1"})
    assert found.out_of == [[1, 1], [1, 1]]
    assert found.states == [["counted", "silent"], ["silent", "silent"]]
    spoke_unasked = counted("sources", {"s1", "s2", "s3"}, set())
    assert spoke_unasked.cells == [[1, 0], [0, 0]]
    assert spoke_unasked.out_of == [[1, 0], [2, 1]]
    assert spoke_unasked.states == [["counted", "not asked"], ["silent", "silent"]]
    assert counted("share", {"s2"}, set()).cells == [[1, 0], [0, 0]]
    assert counted("codings", set(), set()).out_of == [[None, None], [None, None]]


def test_no_number_says_why() -> None:
    told = {"s1": slow.Told("ab", [(0, 2, "P1")])}
    columns: list[set[slow.Voice]] = [{("s1", "P1")}, set(), set()]
    found = matrix("words", told, [], [{"a"}], columns, collected=[True, False, True])
    assert found.states == [["silent", "not collected", "hidden"]]
    assert [size.words for size in found.sizes] == [1, 0, 0]
