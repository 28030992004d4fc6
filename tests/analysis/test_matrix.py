"""The matrix counts by who spoke."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.analysis.matrix import COLUMNS, ROWS, build_matrix, matrix_as_csv
from qualbench.analysis.quotes import choose_quotes, list_quotes
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import TEXTS, code_as_they_are, place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def as_dict(study: Study, rows: str, *columns: str) -> dict[tuple[str, tuple[str, ...]], int]:
    matrix = build_matrix(study, rows, columns, "AB")
    return {
        (row, column): cell
        for row, cells in zip(matrix.rows, matrix.cells, strict=True)
        for column, cell in zip(matrix.columns, cells, strict=True)
        if cell
    }


def test_a_coding_counts_once_for_each_participant_whose_words_it_holds(small: Study) -> None:
    add_coding(
        small, "group", place(small, "group", "murder.\n\nP08: Murder, aye.\n\nFEW01: I filled"), "forms"
    )
    assert as_dict(small, "themes", "stakeholder") == {
        ("The trial", ("Parent",)): 2,
        ("The trial", ("Family engagement worker",)): 1,
    }
    assert as_dict(small, "codes", "site") == {
        ("Forms: long / short", ("Glasgow",)): 2,
        ("Forms: long / short", ("Bromley",)): 1,
    }


def test_interviewers_words_count_for_nobody(small: Study) -> None:
    add_coding(small, "P07_b", place(small, "P07_b", "How did you hear?"), "fear")
    assert as_dict(small, "themes", "stakeholder") == {}
    add_coding(small, "P07_b", place(small, "P07_b", "I was feart of them.\n\nI: Why?"), "fear")
    assert as_dict(small, "themes", "stakeholder") == {("Trust", ("Parent",)): 1}


def test_several_turns_of_one_participant_count_once(small: Study) -> None:
    add_coding(small, "P07_b", place(small, "P07_b", "feart of them.\n\nI: Why?\n\nP07: Naïve"), "fear")
    assert as_dict(small, "subthemes", "participant", "timepoint") == {
        ("Social work", ("P07", "Baseline")): 1
    }


def test_columns_are_what_was_collected_in_the_order_of_the_lists(small: Study) -> None:
    matrix = build_matrix(small, "themes", ("stakeholder", "timepoint"), "AB")
    assert matrix.columns == [
        ("Parent", "Baseline"),
        ("Parent", "Follow-up"),
        ("Family engagement worker", "Follow-up"),
    ]
    assert matrix.rows == ["Trust", "The trial"]
    assert matrix.cells == [[0, 0, 0], [0, 0, 0]]


def test_csv_holds_the_same_cells(small: Study) -> None:
    add_coding(small, "P07_b", place(small, "P07_b", "They judge ye."), "judged")
    matrix = build_matrix(small, "codes", ("stakeholder", "timepoint"), "AB")
    rows = list(csv.reader(io.StringIO(matrix_as_csv(matrix))))
    assert rows[0] == ["", "Parent, Baseline", "Parent, Follow-up", "Family engagement worker, Follow-up"]
    assert rows[2] == ["Being judged", "1", "0", "0"]


def test_unknown_rows_columns_and_layers_are_told(small: Study) -> None:
    with pytest.raises(BadInput, match="'words' cannot be rows"):
        build_matrix(small, "words")
    with pytest.raises(BadInput, match="'arm' cannot be columns"):
        build_matrix(small, "themes", ("stakeholder", "arm"))
    with pytest.raises(NotFound, match="no layer 'EF'"):
        build_matrix(small, "themes", ("stakeholder",), "EF")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), rows=st.sampled_from(list(ROWS)), columns=st.sampled_from(COLUMNS))
def test_any_matrix_equals_counting_by_hand(
    small: Study, data: st.DataObject, rows: str, columns: str
) -> None:
    for coding in list_codings(small):
        remove_codings(small, [coding.id])
    for _ in range(data.draw(st.integers(0, 5))):
        name = data.draw(st.sampled_from([file.removesuffix(".txt") for file in TEXTS]))
        length = len(read_source(small, name).text)
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        code = data.draw(st.sampled_from(["fear", "judged", "forms"]))
        code_as_they_are(small, name, [(Span(start, end), code)])
    assert as_dict(small, rows, columns) == by_hand(small, rows, columns)


def by_hand(study: Study, rows: str, column: str) -> dict[tuple[str, tuple[str, ...]], int]:
    book = read_codebook(study)
    people = {p.id: p for p in list_participants(study)}
    summaries = {s.name: s for s in list_sources(study)}
    counted: dict[tuple[str, tuple[str, ...]], int] = {}
    for coding in list_codings(study):
        row = book.ancestor(coding.code, ROWS[rows])
        turns = read_source(study, coding.source).turns
        speaking = {t.participant for t in turns if t.start < coding.end and coding.start < t.end} - {None}
        for who in speaking:
            person, summary = people[who or ""], summaries[coding.source]
            value = {
                "stakeholder": person.stakeholder,
                "site": person.site,
                "participant": person.id,
                "family": person.family,
                "timepoint": summary.timepoint,
                "source": summary.name,
                "kind": summary.kind,
                "mode": summary.mode,
            }[column]
            if row is not None:
                key = (row.label, (value or "(not stated)",))
                counted[key] = counted.get(key, 0) + 1
    return counted


def test_quotes_are_the_words_of_one_participant_each(small: Study) -> None:
    add_coding(small, "group", place(small, "group", "murder.\n\nP08: Murder, aye.\n\nFEW01: I"), "forms")
    quotes = list_quotes(small, layer="AB")
    assert [(q.participant, q.text) for q in quotes] == [
        ("P07", "murder."),
        ("P08", "Murder, aye."),
        ("FEW01", "I"),
    ]
    assert [q.participant for q in list_quotes(small, layer="AB", stakeholder="Parent")] == ["P07", "P08"]
    assert list_quotes(small, layer="AB", code="trust") == []


def test_a_label_never_fits_fewer_than_three_people(demonstration: Demonstration) -> None:
    study = demonstration.study
    people = {p.id: p for p in list_participants(study)}
    spoke = {
        (turn.participant, summary.timepoint)
        for summary in list_sources(study)
        for turn in read_source(study, summary.name).turns
        if turn.participant
    }
    quotes = list_quotes(study)
    assert {q.label for q in quotes} >= {"Parent, follow-up, Glasgow", "Participant"}
    for quote in quotes:
        parts = quote.label.split(", ")
        fitting = {
            who
            for who, timepoint in spoke
            if parts[0] in (people[who].stakeholder, "Participant")
            and all(part in ((timepoint or "").lower(), people[who].site) for part in parts[1:])
        }
        assert len(fitting) >= 3, quote.label


def test_quotes_chosen_for_a_table_are_of_different_people(demonstration: Demonstration) -> None:
    themes = read_codebook(demonstration.study).children(None)
    for theme in (entry for entry in themes if entry.status == "agreed"):
        chosen = choose_quotes(list_quotes(demonstration.study, code=theme.id))
        assert len({quote.participant for quote in chosen}) == len(chosen) == 2
