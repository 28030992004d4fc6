"""Phases, checklists, the history as a document, and the stance, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from qualbench.codebook.editing import edit_code
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import run


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    study = small_study(sqlite_study, tmp_path / "files")
    for coder, words in ((study, "I was feart of them."), (study.by("CD"), "feart")):
        add_coding(coder, "P07_b", place(study, "P07_b", words), "fear")
        finish(coder, ["P07_b"])
    release(study, "First", "AB, CD")
    edit_code(study, "fear", {"label": "Feart"}, reason="Their own word.")
    return study.folder


def test_the_log_is_as_it_was_and_can_be_the_history(folder: Path, tmp_path: Path) -> None:
    plain = run("--study", folder, "log").stdout
    assert plain.splitlines()[0].split() == ["when", "(UTC)", "who", "what"]
    assert run("--study", folder, "log", "--format", "text").stdout == plain
    events = run("--study", folder, "log", "--json").stdout
    assert set(json.loads(events)[0]) == {"seq", "at", "coder", "action", "summary"}
    assert run("--study", folder, "log", "--format", "json").stdout == events
    written = run("--study", folder, "log", "--format", "md").stdout
    assert "## Since version 1\n" in written
    assert "Renamed 'Fear' to 'Feart'. Reason: Their own word." in written
    assert "# COREQ, items 10 to 13 and 16 to 31" in written and "# Fifteen points" in written
    run("--study", folder, "log", "--format", "md", "-o", tmp_path / "new" / "history.md")
    assert (tmp_path / "new" / "history.md").read_text("utf-8") == written
    run("--study", folder, "log", "--format", "docx", "-o", tmp_path / "history.docx")
    assert docx.Document(str(tmp_path / "history.docx")).paragraphs[0].text == "History of the coding frame"


def test_a_form_that_cannot_be_is_told(folder: Path, tmp_path: Path) -> None:
    for command in ("log", "checklist"):
        assert "not a format" in run("--study", folder, command, "--format", "pdf", code=1).stderr
        assert "needs a file" in run("--study", folder, command, "--format", "docx", code=1).stderr
        done = run("--study", folder, command, "--format", "json", "-o", tmp_path / "x", code=1)
        assert "standard output" in done.stderr
    assert not (tmp_path / "x").exists()


def test_phases_are_printed_with_what_to_do(folder: Path) -> None:
    printed = run("--study", folder, "phases").stdout
    assert "1. Familiarisation and writing notes (2006: Familiarising yourself with your data)" in printed
    assert "   missing  Nobody has marked 3 sources as read: P07_b, P07_f and group." in printed
    assert "            -> qualbench read P07_b" in printed
    data = json.loads(run("--study", folder, "phases", "--json").stdout)
    assert [phase["number"] for phase in data] == [1, 2, 3, 4, 5, 6]
    assert data[0]["missing"][0] == {
        "sentence": "Nobody has marked 3 sources as read: P07_b, P07_f and group.",
        "leads_on": "qualbench read P07_b",
    }


def test_a_checklist_can_be_had_in_three_forms(folder: Path, tmp_path: Path) -> None:
    data = json.loads(run("--study", folder, "checklist", "--json").stdout)
    assert [len(one["lines"]) for one in data] == [20, 15]
    assert all(line["judgement"] is None and line["evidence"] for one in data for line in one["lines"])
    written = run("--study", folder, "checklist").stdout
    assert written.count("| --- |") and written.startswith("# COREQ")
    run("--study", folder, "checklist", "--format", "docx", "-o", tmp_path / "lists.docx")
    assert len(docx.Document(str(tmp_path / "lists.docx")).tables) == 2


def test_a_reflexive_study_shows_differences_and_no_coefficient(folder: Path) -> None:
    before = json.loads(run("--study", folder, "agreement", "--json").stdout)
    assert before["codes"][0]["kappa"] == 1.0
    assert "kappa" in run("--study", folder, "agreement").stdout
    assert "say why" in run("--study", folder, "settings", "stance", "reflexive", code=1).stderr
    run("--study", folder, "settings", "stance", "reflexive", "--reason", "We talk it over.")
    after = json.loads(run("--study", folder, "agreement", "--json").stdout)
    one = after["codes"][0]
    assert [one[name] for name in ("percent", "kappa", "dice", "prevalence")] == [None] * 4
    assert (one["code"], one["both"], one["neither"]) == ("fear", 1, 1)
    assert "reflexive" in after["why_null"]
    assert [d["kind"] for d in after["differences"]] == ["boundary"]
    assert set(before) < set(after)
    shown = run("--study", folder, "agreement")
    listed = run("--study", folder, "reconcile", "list").stdout
    assert shown.stdout == listed and "boundary" in listed
    assert "1 difference of AB (A) and CD (B), to be talked over." in shown.stderr
    for word in ("kappa", "dice", "agree"):
        assert word not in (shown.stdout + shown.stderr).casefold()


def test_the_stance_is_shown(folder: Path) -> None:
    shown = run("--study", folder, "settings", "stance")
    assert shown.stdout == "codebook\n"
    assert "codebook thematic analysis" in shown.stderr
    data = json.loads(run("--study", folder, "settings", "stance", "--json").stdout)
    assert data == {"stance": "codebook", "kind": "codebook thematic analysis", "coefficients": True}
    assert json.loads(run("--study", folder, "settings", "--json").stdout)["stance"] == "codebook"
    assert "is not a stance" in run("--study", folder, "settings", "stance", "x", code=1).stderr
