"""A matrix in words and as a heat map: every number printed, every blank told, legible without colour."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from qualbench.analysis.heat import STEPS, heat_colour, heat_step, ink_on
from qualbench.analysis.heat_map import heat_map_as_svg
from qualbench.analysis.matrix import Matrix, build_matrix
from qualbench.analysis.matrix_model import COUNTED, HIDDEN, NOT_ASKED, NOT_COLLECTED, SILENT
from qualbench.analysis.matrix_words import readable
from qualbench.analysis.theme_drawing import map_as_png
from tests.conftest import Demonstration

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.1."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[n : n + 2]) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_steps_grow_darker_and_numbers_on_them_can_be_read() -> None:
    ladder = [luminance(heat_colour(step)) for step in range(len(STEPS) + 1)]
    assert all(lighter - darker > 0.05 for lighter, darker in pairwise(ladder))
    for step in range(len(STEPS) + 1):
        bright, dark = sorted((luminance(heat_colour(step)), luminance(ink_on(step))), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_numbers_are_shaded_by_fifths_of_the_largest() -> None:
    assert [heat_step(n, 10) for n in (0, 1, 2, 3, 9, 10)] == [0, 1, 1, 2, 5, 5]
    assert (heat_step(None, 10), heat_step(0, 0), heat_step(0.1, 0.5)) == (0, 0, 1)


@pytest.fixture
def matrix(demonstration: Demonstration) -> Matrix:
    """Sub-themes by stakeholder and timepoint, with one cell of each kind of blank."""
    built = build_matrix(
        demonstration.study,
        "subthemes",
        ("stakeholder", "timepoint"),
        cells="participants",
        totals=True,
        all_columns=True,
    )
    states = [list(line) for line in built.states]
    states[0][0], states[1][0] = NOT_ASKED, HIDDEN
    return replace(built, states=states)


def test_a_matrix_in_words_says_what_it_counts_and_of_how_many(matrix: Matrix) -> None:
    words = readable(matrix, totals=True)
    assert words.title == "Sub-themes by stakeholder and timepoint"
    assert words.counted == "Participants whose words are coded, in the agreed layer."
    assert words.levels[0][:2] == ["Parent", "Parent"]
    assert words.levels[1][:2] == ["Baseline", "Follow-up"]
    assert [level[-1] for level in words.levels] == ["All", ""]
    assert words.sizes[0] == f"n = {matrix.sizes[0].participants}"
    assert words.notes[0] == "n: participants who were talked to."


def test_a_matrix_of_some_people_and_of_a_version_says_so(demonstration: Demonstration) -> None:
    built = build_matrix(demonstration.study, only=(("site", "Glasgow"),), version=1)
    words = readable(built)
    assert words.title == "Themes by stakeholder (only Glasgow)"
    assert words.counted.endswith(", in the agreed layer, by version 1 of the codebook.")


def test_every_kind_of_blank_is_written_out_and_explained(matrix: Matrix) -> None:
    words = readable(matrix)
    shown = {cell.state: cell.text for line in words.cells for cell in line if cell.state != COUNTED}
    assert shown == {SILENT: "0", NOT_ASKED: "–", NOT_COLLECTED: "not collected", HIDDEN: "hidden"}
    assert {note.partition(":")[0] for note in words.notes} >= {"0", "–", "not collected", "hidden"}


def test_a_cell_of_fewer_than_its_column_says_of_how_many(matrix: Matrix) -> None:
    out_of = [list(line) for line in matrix.out_of]
    n = next(n for n, state in enumerate(matrix.states[2]) if state == COUNTED)
    out_of[2][n] = matrix.sizes[n].participants + 1
    cell = readable(replace(matrix, out_of=out_of)).cells[2][n]
    assert cell.text == f"{matrix.cells[2][n]} of {out_of[2][n]}"


def test_shares_are_percentages_and_little_is_not_nothing(demonstration: Demonstration) -> None:
    built = build_matrix(demonstration.study, "codes", ("stakeholder",), cells="share")
    cells = [cell for line in readable(built).cells for cell in line]
    assert {cell.text[-1] for cell in cells} == {"%"}
    assert all((cell.text == "0%") == (cell.number == 0) for cell in cells)


@pytest.mark.parametrize("turned", [False, True])
def test_the_drawing_prints_every_number_and_name(matrix: Matrix, turned: bool) -> None:
    words = readable(matrix, totals=True, turned=turned)
    drawing = ElementTree.fromstring(heat_map_as_svg(words))
    texts = ["".join(one.itertext()) for one in drawing.iter(f"{SVG}text")]
    numbers = [cell.text for line in words.cells for cell in line if cell.number is not None]
    assert Counter(texts) >= Counter(numbers)
    everything = " ".join(texts)
    for name in (*words.rows, *{name for level in words.levels for name in level}):
        assert all(word in everything for word in name.split())
    hatched = [one for one in drawing.iter(f"{SVG}rect") if one.get("fill") == "url(#none)"]
    blanks = sum(cell.state == NOT_COLLECTED for line in words.cells for cell in line)
    assert len(hatched) == blanks + 1  # and the one of the legend


def test_nothing_in_the_drawing_is_cut(matrix: Matrix) -> None:
    drawing = ElementTree.fromstring(heat_map_as_svg(readable(matrix)))
    width, height = float(drawing.get("width", 0)), float(drawing.get("height", 0))
    for square in drawing.iter(f"{SVG}rect"):
        x, y = float(square.get("x", 0)), float(square.get("y", 0))
        assert x + float(square.get("width", 0)) <= width
        assert y + float(square.get("height", 0)) <= height
    for text in drawing.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", 0)) <= width
        assert 0 < float(text.get("y", 0)) < height


def test_a_name_with_signs_of_xml_is_only_text(matrix: Matrix) -> None:
    odd = replace(matrix, rows=["<b> & \x07 Co", *matrix.rows[1:]])
    drawing = heat_map_as_svg(readable(odd))
    assert "&lt;b&gt; &amp;  Co" in drawing or "&lt;b&gt; &amp; Co" in drawing
    assert map_as_png(drawing).startswith(b"\x89PNG")
