"""The framework matrix: cells are started with quotes, written and versioned, none lost or shown early."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.cell_links import has_own_words, link, links_in, list_of_links, with_links
from qualbench.analysis.framework import FrameworkCell, read_framework, read_history
from qualbench.analysis.framework_links import dead_ends
from qualbench.analysis.framework_views import cell_in_words, framework_as_rows
from qualbench.analysis.framework_writing import CellConflict, Started, edit_cell, open_cell, start_cells
from qualbench.codebook.merging import merge_codes
from qualbench.coding.applying import Passage, add_coding, apply_codes, remove_codings
from qualbench.coding.assigning import assign
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish, reopen
from qualbench.coding.undoing import redo, undo
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log
from qualbench.study.tables import CellSummary, Event, NotAsked, Participant, Source, table_of
from qualbench.transcripts.participants import assign_speaker
from qualbench.transcripts.sources import source_ids
from tests.builders import place, small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def code(study: Study, source: str, words: str, code_id: str = "fear") -> str:
    return add_coding(study, source, place(study, source, words), code_id)


def cell(study: Study, participant: str, timepoint: str, code_id: str = "trust") -> FrameworkCell:
    found = read_framework(
        study, code=code_id, participant=participant, layer=study.coder or "", all_cases=True
    )
    ((only,),) = [
        cells for case, cells in zip(found.cases, found.cells, strict=True) if case.timepoint == timepoint
    ]
    return only


def rows_of(study: Study) -> int:
    with study.read() as db:
        return len(db.execute(table_of(CellSummary).select()).all())


def test_a_cell_is_started_with_the_words_of_its_own_participant(small: Study) -> None:
    one = code(small, "group", "murder.\n\nP08: Murder, aye.\n\nFEW01: I filled", "forms")
    two = code(small, "P07_f", "That helped.\n\nI: Anything else?\n\nP07: The forms were long.", "forms")
    code(small, "group", "Who starts?", "forms")
    assert start_cells(small, layer="AB") == Started(3, 4)
    assert cell(small, "P07", "Follow-up", "trial").newest is not None
    texts = {(row.participant_id, row.timepoint, row.code_id): row.text for row in small_rows(small)}
    assert texts == {
        ("FEW01", "Follow-up", "trial"): f"- [I filled](coding:{one})",
        ("P07", "Follow-up", "trial"): (
            f"- [That helped. \\[...\\] The forms were long.](coding:{two})\n- [murder.](coding:{one})"
        ),
        ("P08", "Follow-up", "trial"): f"- [Murder, aye.](coding:{one})",
    }
    assert cell_in_words(cell(small, "P07", "Follow-up", "trial")) == (
        "- “That helped. [...] The forms were long.”\n- “murder.”"
    )


def small_rows(study: Study) -> list[CellSummary]:
    with study.read() as db:
        return [CellSummary(**row) for row in db.execute(table_of(CellSummary).select()).mappings()]


def test_a_cell_says_why_nothing_stands_in_it(small: Study) -> None:
    code(small, "P07_b", "I was feart of them.")
    with change(small, "not asked", "Marked") as changed:
        ids = source_ids(changed.db, ["P07_f", "group"])
        rows = [{"source_id": id_, "code_id": "trust"} for id_ in ids.values()]
        changed.insert(NotAsked, [row | {"marked_by": "AB", "marked_at": "2026-01-01"} for row in rows])
    states = {time: cell(small, "P07", time).state for time in ("Baseline", "Follow-up")}
    assert states == {"Baseline": "to write", "Follow-up": "not asked"}
    assert cell(small, "P07", "Follow-up", "fear").state == "not asked", "asked about with what is above it"
    assert cell(small, "P07", "Baseline", "trial").state == "silent"
    assert cell(small, "P08", "Baseline").state == "not collected"
    code(small, "group", "The forms were murder.", "judged")
    assert cell(small, "P07", "Follow-up").state == "to write", "they spoke of it all the same"
    found = read_framework(small, layer="AB")
    assert [(case.participant, case.timepoint) for case in found.cases] == [
        ("FEW01", "Follow-up"),
        ("P07", "Baseline"),
        ("P07", "Follow-up"),
        ("P08", "Follow-up"),
    ]
    headers, lines = framework_as_rows(found)
    assert headers == ["participant", "stakeholder", "timepoint", "Trust", "The trial"]
    assert lines[1] == ["P07", "Parent", "Baseline", "(1 quote, not summed up yet)", "(nothing said)"]


def test_starting_never_touches_a_cell_that_has_words(small: Study) -> None:
    code(small, "P07_b", "I was feart of them.")
    edit_cell(small, "P07", "Baseline", "trust", "Wary.")
    code(small, "group", "Murder, aye.")
    assert start_cells(small, layer="AB") == Started(1, 1)
    assert start_cells(small, layer="AB") == Started(0, 0)
    assert open_cell(small, "P07", "Baseline", "trust") == ("Wary.", 1)
    assert [cell(small, who, "Follow-up").state for who in ("P08", "P07")] == ["started", "silent"]
    edit_cell(small, "P08", "Follow-up", "trust", open_cell(small, "P08", "Follow-up", "trust")[0] + "\nSo.")
    assert cell(small, "P08", "Follow-up").state == "written"


def test_every_edit_is_a_version_and_undo_takes_back_the_last(small: Study) -> None:
    for text in ("First.", "Second.\r\n\r\nMore."):
        edit_cell(small, "p07", "baseline", "Trust", text)
    assert edit_cell(small, "P07", "Baseline", "trust", "Second.\n\nMore.") == 2, "nothing new is no version"
    history = read_history(small, "P07", "Baseline", "trust")
    assert [(one.version, one.text, one.written_by) for one in history] == [
        (1, "First.", "AB"),
        (2, "Second.\n\nMore.", "AB"),
    ]
    assert undo(small).summary == "Wrote a cell of the framework matrix: P07, Baseline"
    assert open_cell(small, "P07", "Baseline", "trust") == ("First.", 1)
    redo(small)
    assert open_cell(small, "P07", "Baseline", "trust") == ("Second.\n\nMore.", 2)
    undo(small)
    undo(small)
    assert (cell(small, "P07", "Baseline").state, rows_of(small)) == ("silent", 0)
    assert check_study(small) == []


def test_a_conflicting_edit_is_refused_and_nothing_is_lost(small: Study) -> None:
    edit_cell(small, "P07", "Baseline", "trust", "First.")
    text, seen = open_cell(small, "P07", "Baseline", "trust")
    edit_cell(small.by("CD"), "P07", "Baseline", "trust", "Theirs.", seen=seen)
    with pytest.raises(CellConflict, match="CD has written") as refused:
        edit_cell(small, "P07", "Baseline", "trust", text + " Mine.", seen=seen)
    assert (refused.value.theirs.text, refused.value.theirs.version) == ("Theirs.", 2)
    assert [one.text for one in read_history(small, "P07", "Baseline", "trust")] == ["First.", "Theirs."]
    with pytest.raises(CellConflict):
        edit_cell(small, "P07", "Baseline", "trust", "Mine.", seen=0)
    assert edit_cell(small, "P07", "Baseline", "trust", "Theirs.", seen=1) == 2, "both came to say the same"
    assert edit_cell(small, "P07", "Baseline", "trust", "Both.", seen=2) == 3


def test_a_source_without_a_timepoint_has_a_cell_too(small: Study) -> None:
    with change(small, "move", "No timepoint") as changed:
        changed.update(Source, [{"id": source_ids(changed.db, ["P07_b"])["P07_b"], "timepoint": None}])
    code(small, "P07_b", "I was feart of them.")
    assert start_cells(small, layer="AB") == Started(1, 1)
    assert edit_cell(small, "P07", "(not stated)", "trust", "Wary.") == 2
    found = read_framework(small, layer="AB", participant="P07")
    assert [case.timepoint for case in found.cases] == ["Follow-up", ""]
    assert framework_as_rows(found)[1][1] == ["P07", "Parent", "(not stated)", "Wary.", "(nothing said)"]
    with pytest.raises(BadInput, match="is not before"):
        edit_cell(small, "P07", "Follow-up", "trust", "x", since="(not stated)")


def test_what_cannot_be_written_is_told(quick: Study) -> None:
    for arguments, error, sentence in (
        (("P07", "Baseline", "trust", " \n"), BadInput, "The cell is empty"),
        (("P09", "Baseline", "trust", "x"), NotFound, "no participant 'P09'"),
        (("P07", "Later", "trust", "x"), BadInput, "'Later' is not a timepoint"),
        (("P08", "Baseline", "trust", "x"), NotFound, "P08 was not talked to at Baseline"),
        (("P07", "(not stated)", "trust", "x"), NotFound, "not talked to at .not stated."),
        (("P07", "Baseline", "hope", "x"), NotFound, "no code 'hope'"),
    ):
        with pytest.raises(error, match=sentence):
            edit_cell(quick, *arguments)
    for later, earlier in (("Baseline", "Follow-up"), ("Baseline", "Baseline")):
        with pytest.raises(BadInput, match="is not before"):
            edit_cell(quick, "P07", later, "trust", "x", since=earlier)
    with pytest.raises(BadInput, match="'words' cannot be a framework"):
        read_framework(quick, "words")
    with pytest.raises(NotFound, match="no participant 'P09'"):
        read_framework(quick, participant="P09")
    assert rows_of(quick) == 0


def test_what_another_wrote_is_hidden_until_both_have_finished(small: Study) -> None:
    other = small.by("CD")
    code(small, "P07_b", "I was feart of them.")
    edit_cell(small, "P07", "Baseline", "trust", "Wary.")
    assert cell(small, "P07", "Baseline").state == "written"
    finish(small, ["P07_f", "group"])
    edit_cell(small, "P07", "Follow-up", "trust", "Less so.")

    def seen_by_cd() -> list[str]:
        found = read_framework(other, code="trust", participant="P07")
        return [line[0].state for line in found.cells]

    assert seen_by_cd() == ["hidden", "written"], "who wrote it is still coding P07_b"
    finish(small, ["P07_b"])
    assert seen_by_cd() == ["written", "written"], "CD has no part in those sources"
    assign(small, ["P07_b", "group"], ["CD"])
    assert seen_by_cd() == ["hidden", "hidden"]
    assert read_history(other, "P07", "Baseline", "trust") == []
    for attempt in (
        lambda: edit_cell(other, "P07", "Baseline", "trust", "Guess."),
        lambda: open_cell(other, "P07", "Baseline", "trust"),
    ):
        with pytest.raises(Refused, match="hidden until both of you have finished"):
            attempt()
    code(other, "P07_b", "They judge ye.")
    assert start_cells(other, layer="CD") == Started(0, 0), "what is hidden is not written over"
    finish(other, ["P07_b"])
    assert seen_by_cd() == ["written", "hidden"]
    finish(other, ["group"])
    assert seen_by_cd() == ["written", "written"]
    assert "Trust" not in "".join(event.summary for event in read_log(other) if event.action == "framework")
    with small.read() as db:
        payloads = db.execute(table_of(Event).select()).mappings().all()
        assert not any("Wary" in (event["payload"] or "") for event in payloads)


def test_cells_follow_a_code_that_is_merged(small: Study) -> None:
    edit_cell(small, "P07", "Baseline", "judged", "Looked down on.")
    edit_cell(small.by("CD"), "P07", "Follow-up", "judged", "No longer.")
    edit_cell(small, "P07", "Follow-up", "fear", "Wary still.")
    merge_codes(small, "judged", "fear")
    assert open_cell(small, "P07", "Baseline", "fear") == ("Looked down on.", 1)
    assert open_cell(small, "P07", "Follow-up", "judged") == ("Wary still.\n\nNo longer.", 2)
    history = read_history(small, "P07", "Follow-up", "fear")
    assert [(one.code, one.text, one.written_by) for one in history] == [
        ("judged", "No longer.", "CD"),
        ("fear", "Wary still.", "AB"),
        ("fear", "Wary still.\n\nNo longer.", "CD"),
    ]
    assert [entry.id for entry in read_framework(small, "codes").codes] == ["fear", "forms"]
    undo(small)
    assert open_cell(small, "P07", "Follow-up", "judged") == ("No longer.", 1)
    assert open_cell(small, "P07", "Follow-up", "fear") == ("Wary still.", 1)
    assert check_study(small) == []


def test_a_link_to_a_coding_that_is_gone_is_told(small: Study) -> None:
    wide = code(small, "P07_b", "I was feart of them.")
    other = code(small, "P07_b", "They judge ye.", "judged")
    start_cells(small, layer="AB")
    assert dead_ends(small) == []
    remove_codings(small, [other])
    (end,) = dead_ends(small)
    assert (end.participant, end.timepoint, end.code) == ("P07", "Baseline", "trust")
    assert "'They judge ye.' leads to no coding" in end.what
    assert cell(small, "P07", "Baseline").dead == (other,)
    assert "“They judge ye.” [gone]" in cell_in_words(cell(small, "P07", "Baseline"))
    undo(small)
    assert dead_ends(small) == []
    finish(small, ["P07_b"])
    assert len(dead_ends(small.by("CD"))) == 2, "whose codings CD may not see"
    reopen(small, ["P07_b"])
    apply_codes(small, [Passage("P07_b", place(small, "P07_b", "pal of mine. I was feart"))], ["fear"])
    assert [coding.id for coding in list_codings(small, code="fear")] == [wide]
    assert dead_ends(small) == [], "a coding that grows stays the one that is meant"


def test_a_cell_of_somebody_no_longer_talked_to_then_is_kept_and_told(quick: Study) -> None:
    edit_cell(quick, "P07", "Baseline", "trust", "Wary.")
    assign_speaker(quick, "P07_b", "P07", None, interviewer=False)
    assert cell(quick, "P07", "Baseline").state == "written"
    assert [(end.participant, end.what) for end in dead_ends(quick)] == [
        ("P07", "Nobody was talked to then, as the sources are now.")
    ]


def test_who_did_not_agree_to_be_quoted_is_linked_without_their_words(small: Study) -> None:
    said = code(small, "group", "The forms were murder.\n\nP08: Murder, aye.")
    edit_cell(small, "P07", "Follow-up", "trust", link("forms were murder", said) + " she says.")
    with change(small, "participants", "No quotes") as changed:
        changed.update(Participant, [{"id": who, "consent_quote": False} for who in ("P07", "P08")])
    start_cells(small, layer="AB")
    assert cell_in_words(cell(small, "P08", "Follow-up")) == "- “[may not be quoted]”"
    assert cell_in_words(cell(small, "P07", "Follow-up")) == "“[may not be quoted]” she says."
    assert len(cell(small, "P08", "Follow-up").quotes) == 1, "counted all the same"
    assert "murder" not in str(read_framework(small, layer="AB")).lower()


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(st.lists(st.tuples(words, st.sampled_from(["abc123", "q"]))), words)
def test_links_are_read_as_they_were_written(links: list[tuple[str, str]], between: str) -> None:
    text = list_of_links(links)
    assert [(one.words, one.coding) for one in links_in(text)] == [
        (" ".join(w.split()), id_) for w, id_ in links
    ]
    assert not has_own_words(text)
    assert has_own_words(f"{text}\nSaid.")
    assert with_links(text, lambda one: link(one.words, one.coding)) == text


def test_a_pseudonym_in_the_words_of_a_link_does_not_break_it() -> None:
    text = "She [[Worker 1] came](coding:abc) and [no link](https://example.org), [open (coding:x)."
    assert [(one.words, one.coding) for one in links_in(text)] == [("[Worker 1] came", "abc")]
