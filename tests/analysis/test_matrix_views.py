"""A counted matrix sorted, as shares, turned, and as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.analysis.matrix_model import Matrix
from qualbench.analysis.matrix_views import (
    column_letter,
    laid_out,
    matrix_as_csv,
    sheet_as_csv,
    sorted_by_column,
    sorted_rows,
)
from qualbench.coding.applying import add_coding
from qualbench.coding.not_asked import mark_not_asked
from qualbench.errors import BadInput
from qualbench.study.database import Study
from tests.builders import place, small_study


@pytest.fixture
def coded(sqlite_study: Study, tmp_path: Path) -> Study:
    """Fear: P07 at baseline. Forms: P07 at follow-up twice, once with P08; FEW01 is silent."""
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    add_coding(study, "P07_f", place(study, "P07_f", "The forms were long."), "forms")
    add_coding(study, "group", place(study, "group", "The forms were murder.\n\nP08: Murder, aye."), "forms")
    return study


def counted(study: Study, cells: str = "codings", **more: bool) -> Matrix:
    return build_matrix(study, "codes", ("stakeholder", "timepoint"), "AB", cells=cells, totals=True, **more)


def numbers(matrix: Matrix, normalise: str, *, totals: bool = False) -> list[list[float | None]]:
    sheet = laid_out(matrix, totals=totals, normalise=normalise)
    return [[cell.number for cell in line] for line in sheet.cells]


def test_rows_are_sorted_by_total_or_label(coded: Study) -> None:
    matrix = counted(coded, "quotes")
    assert matrix.rows == ["Fear", "Being judged", "Forms: long / short"]
    by_total = sorted_rows(matrix, "total")
    assert by_total.rows == ["Forms: long / short", "Fear", "Being judged"]
    assert by_total.codes == ["forms", "fear", "judged"]
    assert by_total.cells == [[0, 3, 0], [1, 0, 0], [0, 0, 0]]
    assert by_total.quotes and [len(cell) for cell in by_total.quotes[0]] == [0, 3, 0]
    assert [cell.number for cell in by_total.totals.rows] == [3, 1, 0] if by_total.totals else False
    by_label = sorted_rows(matrix, "label")
    assert by_label.rows == ["Being judged", "Fear", "Forms: long / short"]
    assert by_label.states[2] == ["silent", "counted", "silent"]
    assert sorted_rows(matrix, "codebook") == matrix
    with pytest.raises(BadInput, match="sorted by 'size'"):
        sorted_rows(matrix, "size")


def test_rows_are_sorted_by_the_numbers_that_a_column_shows(coded: Study) -> None:
    matrix = counted(coded)
    follow_up = ("Parent", "Follow-up")
    assert sorted_by_column(matrix, follow_up).rows == ["Forms: long / short", "Being judged", "Fear"]
    assert sorted_by_column(matrix, ("Parent", "Baseline")).codes == ["fear", "judged", "forms"]
    assert sorted_by_column(matrix, ("nobody",)) == matrix
    add_coding(coded, "P07_b", place(coded, "P07_b", "They judge ye."), "forms")
    add_coding(coded, "group", place(coded, "group", "Murder, aye."), "fear")
    more = counted(coded)  # forms: 3 of 4; fear: 1 of 2; judged: nothing of nothing
    assert sorted_by_column(more, follow_up, "row").rows == ["Forms: long / short", "Fear", "Being judged"]
    mark_not_asked(coded, ["P07_f", "group"], ["fear"])
    blank = sorted_by_column(counted(coded), ("Family engagement worker", "Follow-up"))
    assert blank.rows[-1] == "Fear" and blank.states[-1][2] == "not asked"


def test_totals_count_each_participant_once(coded: Study) -> None:
    sheet = laid_out(counted(coded, "participants"), totals=True)
    assert (sheet.rows[-1], sheet.columns[-1]) == ("All", "All")
    assert [[cell.number for cell in line] for line in sheet.cells] == [
        [1, 0, 0, 1],
        [0, 0, 0, 0],
        [0, 2, 0, 2],
        [1, 2, 0, 2],
    ]
    assert [cell.out_of for cell in sheet.cells[-1]] == [1, 2, 1, 3]
    assert [size.participants for size in sheet.sizes] == [1, 2, 1, 3]


def test_shares_are_of_the_row_the_column_or_of_how_many_there_are(coded: Study) -> None:
    codings = counted(coded)
    assert numbers(codings, "row") == [[1, 0, 0], [None, None, None], [0, 1, 0]]
    assert numbers(codings, "column") == [[1, 0, None], [0, 0, None], [0, 1, None]]
    assert numbers(codings, "n") == [[1, 0, 0], [0, 0, 0], [0, 1.5, 0]]
    assert laid_out(codings, normalise="n").form == "rate"
    people = counted(coded, "participants")
    assert numbers(people, "n", totals=True) == [
        [1, 0, 0, 1 / 3],
        [0] * 4,
        [0, 1, 0, 2 / 3],
        [1, 1, 0, 2 / 3],
    ]
    assert laid_out(people, normalise="n").form == "share"
    assert laid_out(counted(coded, "share")).form == "share"
    for matrix, normalise, message in (
        (counted(coded, "share"), "row", "Share cannot be normalised"),
        (codings, "table", "'table' is nothing to normalise by"),
    ):
        with pytest.raises(BadInput, match=message):
            laid_out(matrix, normalise=normalise)


def test_a_matrix_is_turned_with_its_sizes(coded: Study) -> None:
    sheet = laid_out(counted(coded), totals=True, turned=True)
    assert sheet.columns == ["Fear", "Being judged", "Forms: long / short", "All"]
    assert sheet.rows == [
        "Parent, Baseline",
        "Parent, Follow-up",
        "Family engagement worker, Follow-up",
        "All",
    ]
    assert [[cell.number for cell in line] for line in sheet.cells] == [
        [1, 0, 0, 1],
        [0, 0, 3, 3],
        [0, 0, 0, 0],
        [1, 0, 3, 4],
    ]
    lines = list(csv.reader(io.StringIO(sheet_as_csv(sheet))))
    assert lines[0][-2:] == ["n: sources", "n: participants"]
    assert [line[-2:] for line in lines[1:]] == [["1", "1"], ["2", "2"], ["1", "1"], ["3", "3"]]


def test_a_cell_of_the_csv_without_a_number_says_why(coded: Study) -> None:
    mark_not_asked(coded, ["P07_b"], ["trial"])
    matrix = counted(coded, "words", all_columns=True)
    lines = list(csv.reader(io.StringIO(matrix_as_csv(matrix))))
    column = {label: n for n, label in enumerate(lines[0])}
    forms = lines[3]
    assert forms[column["Parent, Baseline"]] == "not asked"
    assert forms[column["Parent, Follow-up"]] == "10"
    assert forms[column["Family engagement worker, Follow-up"]] == "0"
    assert forms[column["Social worker, Baseline"]] == "not collected"
    assert [line[0] for line in lines[-3:]] == ["n: sources", "n: participants", "n: words"]
    assert lines[-1][column["Parent, Baseline"]] == "16"


def test_quotes_are_a_row_each_in_csv(coded: Study) -> None:
    lines = list(csv.DictReader(io.StringIO(matrix_as_csv(counted(coded, "quotes")))))
    assert [(line["row"], line["timepoint"], line["source"], line["text"]) for line in lines] == [
        ("Fear", "Baseline", "P07_b", "I was feart of them."),
        ("Forms: long / short", "Follow-up", "P07_f", "The forms were long."),
        ("Forms: long / short", "Follow-up", "group", "The forms were murder."),
        ("Forms: long / short", "Follow-up", "group", "Murder, aye."),
    ]
    assert {line["label"] for line in lines} == {"Participant"}
    start, end = int(lines[0]["start"]), int(lines[0]["end"])
    assert (start, end) == tuple(place(coded, "P07_b", lines[0]["text"]))


def test_columns_have_letters_as_in_a_sheet() -> None:
    assert [column_letter(n) for n in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]
