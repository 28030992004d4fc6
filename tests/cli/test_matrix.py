"""Matrices from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.test_commands import run, study
from tests.conftest import Demonstration

__all__ = ["study"]


@pytest.fixture
def coded(study: Path) -> Path:
    """Saying yes and fear at baseline, and a code over two people of the group."""
    text = json.loads(run("--study", study, "sources", "group", "--json").stdout)["text"]
    for source, start, end, code in (
        ("P07_b", 50, 60, "fear-and-trust"),
        ("group", text.index("The forms"), text.index("aye") + 4, "question-wording"),
    ):
        run("--study", study, "code", "add", source, str(start), str(end), code)
    return study


def as_json(folder: Path, *more: str) -> dict[str, object]:
    found = json.loads(run("--study", folder, "matrix", "--layer", "AB", *more, "--format", "json").stdout)
    assert isinstance(found, dict)
    return found


def test_json_says_what_is_counted_and_of_how_many(coded: Path) -> None:
    found = as_json(coded, "--code", "question-wording", "--cells", "participants", "--columns", "site")
    assert found["columns"] == [["Glasgow"], ["Bromley"]]
    assert (found["codes"], found["cells"], found["out_of"]) == (["question-wording"], [[1, 1]], [[2, 1]])
    assert found["n"] == [
        {"sources": 3, "participants": 2, "words": None},
        {"sources": 1, "participants": 1, "words": None},
    ]
    assert (found["counts"], found["layer"], found["states"]) == ("participants", "AB", [["counted"] * 2])
    shares = as_json(coded, "--code", "question-wording", "--normalise", "column", "--totals")
    assert (shares["normalised"], shares["cells"], shares["shares"]) == ("column", [[2, 0]], [[1, None]])
    assert shares["totals"] == {
        "rows": [2],
        "columns": [2, 0],
        "all": 2,
        "n": {"sources": 3, "participants": 3, "words": None},
    }


def test_three_blanks_are_three_signs(coded: Path) -> None:
    run("--study", coded, "unasked", "P07_b", "--code", "question-wording")
    ran = run(
        *("--study", coded, "matrix", "--layer", "AB", "--code", "question-wording"),
        *("--columns", "stakeholder,timepoint", "--all-columns", "--timepoint", "Baseline"),
    )
    line = ran.stdout.splitlines()[-1]
    assert line.split()[-7:] == ["/", *["·"] * 6]
    assert "A  Parent, Baseline  (1 source, 1 participant)" in ran.stdout
    assert "· nobody of the column was talked to; / not asked about; 0 nobody spoke of it." in ran.stderr
    states = as_json(coded, "--code", "question-wording", "--columns", "source")["states"]
    assert states == [["not asked", "silent", "counted"]]


def test_what_was_not_asked_is_listed_and_taken_back(coded: Path) -> None:
    assert "Nothing is marked" in run("--study", coded, "unasked").stderr
    run("--study", coded, "unasked", "P07_b", "P07_f", "--code", "fear-and-trust")
    marks = json.loads(run("--study", coded, "unasked", "--json").stdout)
    assert [(mark["source"], mark["code"], mark["marked_by"]) for mark in marks] == [
        ("P07_b", "fear-and-trust", "AB"),
        ("P07_f", "fear-and-trust", "AB"),
    ]
    run("--study", coded, "unasked", "P07_f", "--code", "fear-and-trust", "--take-back")
    assert run("--study", coded, "unasked").stdout.splitlines()[1:] == [
        "P07_b   Trust and fear of social work  AB"
    ]
    run("--study", coded, "undo")
    assert len(json.loads(run("--study", coded, "unasked", "--json").stdout)) == 2
    assert "Marked as not asked about: 'Trust and fear" in run("--study", coded, "log").stdout
    assert "needs sources and a code" in run("--study", coded, "unasked", "P07_b", code=1).stderr


def test_a_table_fits_eighty_columns_and_says_what_it_shows(demonstration: Demonstration) -> None:
    folder = demonstration.study.folder
    for more in (
        ("--columns", "participant", "--cells", "words"),
        ("--columns", "stakeholder,timepoint,site", "--cells", "participants", "--totals", "--all-columns"),
        ("--rows", "codes", "--columns", "stakeholder", "--transpose"),
        ("--rows", "tree", "--columns", "source", "--normalise", "row", "--sort", "total"),
    ):
        ran = run("--study", folder, "matrix", *more)
        table = ran.stdout.partition("\n\n")[2].splitlines()
        assert table and max(map(len, table)) <= 80
        assert "in the layer 'agreed'" in ran.stderr
    people = run("--study", folder, "matrix", "--cells", "participants", "--totals")
    assert "Cells show participants, of how many, in the layer 'agreed'." in people.stderr
    assert people.stdout.splitlines()[-1].split()[-1] == "22/22"


def test_quotes_of_the_cells_are_listed(coded: Path) -> None:
    found = as_json(coded, "--code", "question-wording", "--cells", "quotes", "--columns", "participant")
    assert found["cells"] == [[0, 1, 1]]
    quotes = found["quotes"]
    assert isinstance(quotes, list)
    assert [[quote["text"] for quote in cell] for cell in quotes[0]] == [
        [],
        ["The forms were murder."],
        ["Murder, aye."],
    ]
    printed = run(
        "--study", coded, "matrix", "--layer", "AB", "--cells", "quotes", "--format", "csv", "--totals"
    ).stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {row["label"] for row in rows} == {"Participant"}
    assert [row["source"] for row in rows] == ["P07_b", "group", "group"]


def test_only_some_sources_and_people(coded: Path) -> None:
    assert as_json(coded, "--source", "P07_b", "--source", "P07_f")["columns"] == [["Parent"]]
    assert as_json(coded, "--only", "site=Bromley")["n"] == [{"sources": 1, "participants": 1, "words": None}]
    for more, message in (
        (("--timepoint", "Later"), "'Later' is not a timepoint"),
        (("--only", "site"), "'site' is no name and value"),
        (("--only", "ward=A"), "'ward' cannot be looked for"),
        (("--cells", "lines"), "'lines' cannot be counted"),
        (("--rows", "trees"), "'trees' cannot be rows"),
        (("--sort", "size"), "sorted by 'size'"),
        (("--normalise", "all"), "'all' is nothing to normalise by"),
        (("--format", "docx"), "'docx' is not a format"),
        (("--format", "xlsx"), "needs a file"),
        (("--format", "json", "--transpose"), "as they were counted"),
        (("-o", "m.txt"), "'txt' is not a format"),
    ):
        assert message in run("--study", coded, "matrix", *more, code=1).stderr


def test_files_are_written_by_their_ending_through_the_gate(coded: Path, tmp_path: Path) -> None:
    out = ("--allow-small-cells", "--reason", "for the team", "-o")
    at = ("--study", coded, "matrix", "--layer", "AB", "--columns", "participant", *out)
    assert "Not sealed yet" in run(*at, tmp_path / "m.csv", code=1).stderr
    assert not (tmp_path / "m.csv").exists()
    told = run(*at, tmp_path / "m.csv", "--allow-unsealed").stderr
    assert f"Wrote {tmp_path / 'm.csv'}." in told
    assert "3 columns of fewer than 3 people" in told
    rows = list(csv.reader(io.StringIO((tmp_path / "m.csv").read_text())))
    assert rows[0] == ["", "FEW01", "P07", "P08"]
    run(*at, tmp_path / "m.json", "--allow-unsealed")
    assert json.loads((tmp_path / "m.json").read_text())["columns"] == [["FEW01"], ["P07"], ["P08"]]
    run(*at, tmp_path / "m.xlsx", "--allow-unsealed")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["Sheet1"]
    assert sheet["C1"].value == "B : Participant:Participant = P07"
