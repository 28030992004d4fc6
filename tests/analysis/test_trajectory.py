"""The trajectory view: rows of families over time, with missing waves and notes on what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.analysis.cell_links import link
from qualbench.analysis.framework_writing import edit_cell
from qualbench.analysis.trajectory import trajectory, trajectory_as_rows
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_to_list
from qualbench.study.tables import NotAsked, Participant, Source
from qualbench.transcripts.participants import assign_speaker
from qualbench.transcripts.sources import source_ids
from tests.builders import place, small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def code(study: Study, source: str, words: str, code_id: str = "fear") -> str:
    return add_coding(study, source, place(study, source, words), code_id)


def shown(
    study: Study, code_id: str = "trust", by: str = "family", layer: str = "AB"
) -> dict[str, list[str]]:
    headers, rows = trajectory_as_rows(trajectory(study, code_id, by, layer))
    assert headers[1:] == ["Baseline", "Follow-up"]
    return {row: cells for row, *cells in rows}


def test_a_family_has_a_row_and_each_timepoint_says_what_is_there_or_why_not(small: Study) -> None:
    code(small, "P07_b", "I was feart of them.")
    code(small, "P07_b", "They judge ye.", "judged")
    code(small, "group", "The forms were murder.\n\nP08: Murder, aye.", "forms")
    assert shown(small) == {
        "F07": ["(2) “I was feart of them.” “They judge ye.”", "(nothing said)"],
        "F08": ["(not talked to)", "(nothing said)"],
    }
    assert shown(small, "trial")["F08"] == ["(not talked to)", "(1) “Murder, aye.”"]
    assert trajectory(small, "trust").without_family == ["FEW01"]
    assert list(shown(small, by="participant")) == ["FEW01", "P07", "P08"]
    with change(small, "not asked", "Marked") as changed:
        row = {"source_id": source_ids(changed.db, ["group"])["group"], "code_id": "trust"}
        changed.insert(NotAsked, [row | {"marked_by": "AB", "marked_at": "2026-01-01"}])
    assert [shown(small)[row][1] for row in ("F07", "F08")] == ["(nothing said)", "(not asked)"]


def test_a_summary_stands_in_place_of_quotes_and_people_of_a_family_are_told_apart(small: Study) -> None:
    said = code(small, "P07_b", "I was feart of them.")
    edit_cell(small, "P07", "Baseline", "trust", f"Wary: {link('feart', said)}.")
    assert shown(small)["F07"][0] == "(1) Wary: “feart”."
    with change(small, "participants", "One family") as changed:
        changed.update(Participant, [{"id": "P08", "family": "F07"}])
    with change(small, "not asked", "Marked") as changed:
        row = {"source_id": source_ids(changed.db, ["group"])["group"], "code_id": "trust"}
        changed.insert(NotAsked, [row | {"marked_by": "AB", "marked_at": "2026-01-01"}])
    assert shown(small)["F07"][1] == "(nothing said)", "P08 was not asked, P07 was, in P07_f"
    code(small, "group", "The forms were murder.\n\nP08: Murder, aye.")
    assert shown(small) == {
        "F07": ["(1) Wary: “feart”.", "P07: (1) “The forms were murder.”\nP08: (1) “Murder, aye.”"]
    }


def test_a_note_tells_what_changed_since_they_were_talked_to_before(small: Study) -> None:
    edit_cell(small, "P07", "Follow-up", "trust", "Less wary.", since="Baseline")
    assert shown(small)["F07"] == ["(nothing said)", "(nothing said)\nsince Baseline: Less wary."]
    assert shown(small, "trial")["F07"] == ["(nothing said)", "(nothing said)"]
    assert edit_cell(small, "P07", "Follow-up", "trust", "Not wary.", since="Baseline") == 2
    add_to_list(small, "timepoint", "Twelve months")
    with change(small, "move", "Later") as changed:
        id_ = source_ids(changed.db, ["P07_f"])["P07_f"]
        changed.update(Source, [{"id": id_, "timepoint": "Twelve months"}])
    assign_speaker(small, "group", "P07", None, interviewer=False)
    edit_cell(small, "P07", "Twelve months", "trust", "Wary again.", since="Baseline")
    headers, rows = trajectory_as_rows(trajectory(small, "trust", layer="AB"))
    assert headers == ["family", "Baseline", "Follow-up", "Twelve months"]
    assert rows == [
        ["F07", "(nothing said)", "(not talked to)", "(nothing said)\nsince Baseline: Wary again."],
        ["F08", "(not talked to)", "(nothing said)", "(not talked to)"],
    ]


def test_what_another_wrote_stays_hidden_here_too(small: Study) -> None:
    edit_cell(small, "P07", "Baseline", "trust", "Wary.")
    edit_cell(small, "P07", "Follow-up", "trust", "Less wary.", since="Baseline")
    assign(small, ["P07_b"], ["CD"])
    rows = shown(small.by("CD"), layer="agreed")
    assert rows["F07"] == ["(hidden until both of you have finished its sources)", "(nothing said)"]
    finish(small, ["P07_b"])
    assert trajectory(small.by("CD"), "trial").waves[0][0].said[0].hidden, "what is agreed on there"


def test_what_cannot_be_followed_is_told(small: Study) -> None:
    with pytest.raises(BadInput, match="'site' cannot be a row"):
        trajectory(small, "trust", "site")
    with pytest.raises(NotFound, match="no code 'hope'"):
        trajectory(small, "hope")
