"""The matrix counts by who spoke."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.analysis.matrix import (
    COLUMNS,
    NOT_STATED,
    ROWS,
    TREE,
    Request,
    build_matrix,
    matrix_as_csv,
    passages_of_cell,
)
from qualbench.analysis.matrix_counting import CELLS
from qualbench.analysis.quotes import choose_quotes, list_quotes
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import list_codings
from qualbench.coding.not_asked import mark_not_asked
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_to_list, read_study_settings
from qualbench.study.tables import Participant, ParticipantAttribute
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.analysis import matrix_reference as slow
from tests.builders import TEXTS, code_as_they_are, place, plant_entry, small_study
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
    with pytest.raises(BadInput, match="'ward' cannot be columns"):
        build_matrix(small, "themes", ("stakeholder", "ward"))
    with pytest.raises(NotFound, match="no layer 'EF'"):
        build_matrix(small, "themes", ("stakeholder",), "EF")


def coded_at_random(study: Study, data: st.DataObject) -> None:
    """Put random codings in the place of those there are."""
    remove = [coding.id for coding in list_codings(study)]
    if remove:
        remove_codings(study, remove)
    for _ in range(data.draw(st.integers(0, 5))):
        name = data.draw(st.sampled_from([file.removesuffix(".txt") for file in TEXTS]))
        length = len(read_source(study, name).text)
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        code = data.draw(st.sampled_from(["trust", "fear", "judged", "forms"]))
        code_as_they_are(study, name, [(Span(start, end), code)])


def known(study: Study) -> dict[slow.Voice, dict[str, str]]:
    """What is known of each participant in each source, by reading what the study lists."""
    people = {p.id: p for p in list_participants(study)}
    facts = {}
    for summary in list_sources(study):
        for turn in read_source(study, summary.name).turns:
            if turn.participant:
                person = people[turn.participant]
                values = {
                    "stakeholder": person.stakeholder,
                    "site": person.site,
                    "participant": person.id,
                    "family": person.family,
                    "timepoint": summary.timepoint,
                    "source": summary.name,
                    "kind": summary.kind,
                    "mode": summary.mode,
                }
                facts[summary.name, person.id] = {n: v or NOT_STATED for n, v in values.items()}
    return facts


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    cells=st.sampled_from(list(CELLS)),
    rows=st.sampled_from([*ROWS, TREE]),
    columns=st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=2, unique=True),
    own=st.booleans(),
    only=st.sampled_from([(), (("site", "Glasgow"),), (("source", "group"), ("source", "P07_b"))]),
)
def test_any_matrix_equals_counting_by_hand(
    small: Study,
    data: st.DataObject,
    cells: str,
    rows: str,
    columns: list[str],
    own: bool,
    only: tuple[tuple[str, str], ...],
) -> None:
    coded_at_random(small, data)
    matrix = build_matrix(small, rows, columns, "AB", cells=cells, own=own, only=only)
    facts = known(small)
    if only:
        allowed = {value for _, value in only}
        facts = {voice: values for voice, values in facts.items() if values[only[0][0]] in allowed}
    told = {
        name: slow.Told(source.text, [(t.start, t.end, t.participant) for t in source.turns])
        for name in (summary.name for summary in list_sources(small))
        for source in [read_source(small, name)]
    }
    codings = [slow.Coded(c.source, c.start, c.end, c.code) for c in list_codings(small)]
    book = read_codebook(small)
    assert set(matrix.columns) == {tuple(values[name] for name in columns) for values in facts.values()}
    for entry, line in zip(matrix.codes, matrix.cells, strict=True):
        codes = [entry] if own else [e for e in book.by_id if book.by_id[entry] in book.path(e)]
        for column, cell in zip(matrix.columns, line, strict=True):
            voices = {v for v, values in facts.items() if column == tuple(values[name] for name in columns)}
            assert cell == slow.number(cells, told, codings, codes, voices)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), columns=st.sampled_from(COLUMNS))
def test_the_passages_of_a_cell_are_what_it_counts(small: Study, data: st.DataObject, columns: str) -> None:
    coded_at_random(small, data)
    counted = {
        cells: build_matrix(small, "themes", (columns,), "AB", cells=cells)
        for cells in ("passages", "sources", "participants", "words")
    }
    request = counted["passages"].request
    for n, row in enumerate(counted["passages"].codes):
        for m, column in enumerate(counted["passages"].columns):
            found = passages_of_cell(small, request, row, column)
            assert len(found) == counted["passages"].cells[n][m]
            assert len({passage.source for passage in found}) == counted["sources"].cells[n][m]
            assert len({passage.participant for passage in found}) == counted["participants"].cells[n][m]
            for passage in found:
                text = read_source(small, passage.source).text
                parts = [text[part.start : part.end].strip() for part in passage.parts]
                assert passage.text == " [...] ".join(filter(None, parts))
                assert passage.span.start <= passage.parts[0].start
                assert passage.parts[-1].end <= passage.span.end


def test_rows_can_be_some_entries_of_all_levels(small: Study) -> None:
    add_coding(small, "P07_b", place(small, "P07_b", "feart"), "fear")
    tree = build_matrix(small, TREE, ("participant",), "AB", codes=["Trust"])
    assert list(zip(tree.rows, tree.depths, strict=True)) == [
        ("Trust", 0),
        ("Social work", 1),
        ("Fear", 2),
        ("Being judged", 2),
    ]
    assert tree.columns[1] == ("P07",)
    assert [line[1] for line in tree.cells] == [1, 1, 1, 0]
    assert build_matrix(small, TREE, ("participant",), "AB", codes=["trust"], own=True).cells[0] == [0, 0, 0]
    assert build_matrix(small, "codes", codes=["forms", "fear"]).rows == ["Fear", "Forms: long / short"]
    with pytest.raises(NotFound, match="no themes at or below fear"):
        build_matrix(small, "themes", codes=["fear"])


def test_what_is_in_no_row_is_told(small: Study) -> None:
    add_coding(small, "group", place(small, "group", "murder.\n\nP08: Murder"), "trial")
    add_coding(small, "P07_b", place(small, "P07_b", "feart"), "fear")
    assert build_matrix(small, "codes", ("site",), "AB").left_out == 2
    assert build_matrix(small, "themes", ("site",), "AB").left_out == 0
    assert build_matrix(small, "themes", ("site",), "AB", own=True).left_out == 1


def test_a_candidate_theme_counts_what_it_groups_when_it_is_named(small: Study) -> None:
    plant_entry(small, CodeEntry("seen", None, "theme", "Being seen", status="candidate"))
    plant_entry(small, replace(read_codebook(small).by_id["fear"], also_in=("seen",)))
    add_coding(small, "P07_b", place(small, "P07_b", "feart"), "fear")
    assert build_matrix(small, "themes", ("stakeholder",), "AB").rows == ["Trust", "The trial"]
    named = build_matrix(small, "themes", ("stakeholder",), "AB", codes=["seen", "trust"], totals=True)
    assert (named.rows, named.cells) == (["Trust", "Being seen"], [[1, 0], [1, 0]])
    assert named.totals and named.totals.whole
    assert named.totals.whole.number == 1  # it is one coding, in whichever row


def test_columns_can_be_what_else_is_known_of_participants(small: Study) -> None:
    with change(small, "participants", "Variables") as changed:
        rows = [{"participant_id": "P07", "name": "Age group", "value": "25-34"}]
        changed.insert(ParticipantAttribute, rows)
    add_coding(small, "group", place(small, "group", "murder.\n\nP08: Murder"), "forms")
    matrix = build_matrix(small, "themes", ("age group",), "AB", cells="participants")
    assert (matrix.attributes, matrix.columns) == (("Age group",), [(NOT_STATED,), ("25-34",)])
    assert (matrix.cells, matrix.out_of) == ([[0, 0], [1, 1]], [[2, 1], [2, 1]])
    only = build_matrix(small, "themes", ("participant",), "AB", only=[("Age group", "25-34")])
    assert only.columns == [("P07",)]


def test_all_columns_are_the_crossing_of_the_lists(small: Study) -> None:
    columns = ("stakeholder", "timepoint")
    matrix = build_matrix(small, "themes", columns, "AB", all_columns=True)
    settings_of = read_study_settings(small)
    assert matrix.columns == list(product(settings_of.stakeholder_types, settings_of.timepoints))
    talked = {column for column, size in zip(matrix.columns, matrix.sizes, strict=True) if size.participants}
    assert talked == set(build_matrix(small, "themes", columns, "AB").columns)
    silent = [state == "silent" for state in matrix.states[0]]
    assert silent == [column in talked for column in matrix.columns]
    assert set(matrix.states[0]) == {"silent", "not collected"}
    followed = build_matrix(
        small, "themes", columns, "AB", all_columns=True, only=[("timepoint", "follow up")]
    )
    assert {column[1] for column in followed.columns} == {"Follow-up"}
    for n in range(50):
        add_to_list(small, "site", f"Site {n}")
    with pytest.raises(BadInput, match="more than 2,000 columns"):
        build_matrix(small, "themes", ("stakeholder", "site", "timepoint", "source"), all_columns=True)


def test_not_asked_is_not_silence(small: Study) -> None:
    add_coding(small, "P07_f", place(small, "P07_f", "The forms were long."), "forms")
    mark_not_asked(small, ["P07_b", "P07_f"], ["trial"])
    matrix = build_matrix(small, "codes", ("source",), "AB", cells="participants", codes=["trial"])
    assert matrix.states == [["not asked", "counted", "silent"]]
    assert matrix.out_of == [[0, 1, 3]]
    both = build_matrix(small, "themes", ("stakeholder",), "AB", cells="sources")
    assert both.out_of == [[3, 1], [2, 1]]
    mark_not_asked(small, ["P07_b"], ["The trial"], take_back=True)
    assert build_matrix(small, "codes", ("source",), codes=["trial"]).states[0][0] == "silent"


def test_what_may_not_be_seen_yet_is_neither_silent_nor_counted(small: Study) -> None:
    add_coding(small, "P07_b", place(small, "P07_b", "feart"), "fear")
    add_coding(small, "group", place(small, "group", "Murder, aye."), "forms")
    with pytest.raises(Refused, match="hidden"):
        build_matrix(small.by("CD"), layer="AB")
    for who in ("AB", "CD"):
        finish(small.by(who), ["P07_b"])
    seen = build_matrix(small.by("CD"), "themes", ("source",), "AB", cells="participants")
    assert seen.columns == [("P07_b",), ("P07_f",), ("group",)]
    assert seen.states[0] == ["counted", "hidden", "hidden"]
    assert [size.sources for size in seen.sizes] == [1, 0, 0]
    assert seen.hidden == 2
    assert passages_of_cell(small.by("CD"), seen.request, "trial", ("group",)) == []
    assert len(passages_of_cell(small, seen.request, "trial", ("group",))) == 1


def test_who_did_not_agree_to_be_quoted_is_counted_and_not_quoted(small: Study) -> None:
    with change(small, "participants", "Consent") as changed:
        changed.update(Participant, [{"id": "P08", "consent_quote": False}])
    add_coding(small, "group", place(small, "group", "The forms were murder.\n\nP08: Murder, aye."), "forms")
    matrix = build_matrix(small, "themes", ("participant",), "AB", cells="quotes")
    assert matrix.cells == [[0, 0, 0], [0, 1, 1]]
    assert matrix.quotes
    assert [[one.text for one in cell] for cell in matrix.quotes[1]] == [[], ["The forms were murder."], []]
    assert matrix.withheld == 1
    assert "Murder, aye" not in matrix_as_csv(matrix)
    (unquotable,) = passages_of_cell(small, matrix.request, "trial", ("P08",))
    assert (unquotable.text, unquotable.quotable) == ("Murder, aye.", False)


def test_unknown_values_are_told(small: Study) -> None:
    for only, message in (
        ([("ward", "A")], "'ward' cannot be looked for"),
        ([("timepoint", "Later")], "'Later' is not a timepoint"),
        ([("source", "P99")], "Nobody has the source 'P99'"),
    ):
        with pytest.raises((BadInput, NotFound), match=message):
            build_matrix(small, only=only)
    with pytest.raises(BadInput, match="'sentences' cannot be counted"):
        build_matrix(small, cells="sentences")
    with pytest.raises(NotFound, match="no such cell"):
        passages_of_cell(small, Request(layer="AB"), "trust", ("Nobody",))


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
