"""Co-occurrence and saturation from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from qualbench.study.database import Study
from tests.builders import code_as_they_are, place, small_study
from tests.cli.test_commands import run
from tests.conftest import Demonstration


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    for source, words, code in (
        ("P07_b", "Naïve, me. 🙂 They", "fear"),
        ("P07_b", "They judge ye.", "judged"),
        ("P07_f", "The forms were long.", "forms"),
        ("P07_f", "The forms were long.", "trial"),
    ):
        code_as_they_are(study, source, [(place(study, source, words), code)])
    return study


def test_codes_that_go_together_are_printed_in_each_form(small: Study, tmp_path: Path) -> None:
    arguments = ("--study", small.folder, "cooccurrence", "--layer", "AB")
    printed = run(*arguments)
    assert printed.stdout.splitlines()[:3] == ["A  Fear", "B  Being judged", "C  Forms: long / short"]
    assert [line.split() for line in printed.stdout.splitlines()[5:]] == [
        ["A", "1", "1", "0"],
        ["B", "1", "1", "0"],
        ["C", "0", "0", "1"],
    ]
    assert "on the same words, in the layer 'AB'" in printed.stderr
    assert "1 codings more are of entries above" in printed.stderr
    assert "in the same turn" in run(*arguments, "--same", "turn").stderr
    assert "no more than 3 apart" in run(*arguments, "--within", "3").stderr
    data = json.loads(run(*arguments, "--rows", "themes", "--json").stdout)
    assert (data["rows"], data["counts"], data["within"]) == (["Trust", "The trial"], [[2, 0], [0, 2]], None)
    assert data["jaccard"] == [[None, 0.0], [0.0, None]]
    shares = list(csv.reader(io.StringIO(run(*arguments, "--format", "csv", "--show", "jaccard").stdout)))
    assert shares[0] == ["", "Fear", "Being judged", "Forms: long / short"]
    shared = len("They") / len("Naïve, me. 🙂 They judge ye.")
    assert (shares[1][1], float(shares[1][2]), shares[1][3]) == ("", shared, "0.0")
    file = tmp_path / "pairs.xlsx"
    run(*arguments, "-o", file, "--allow-unsealed")
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Counts", "Jaccard"]
    assert [[cell.value for cell in row] for row in book["Counts"]][1] == ["Fear", 1, 1, 0]
    assert book["Jaccard"]["C2"].value == pytest.approx(shared)
    only = json.loads(run(*arguments, "--source", "P07_f", "--json").stdout)
    assert (only["rows"], only["sources"]) == (["Forms: long / short"], ["P07_f"])


def test_what_cannot_be_counted_together_is_told(small: Study) -> None:
    for arguments, sentence in (
        (("--same", "day"), "cannot share a 'day'"),
        (("--show", "x"), "'x' is nothing to show"),
        (("--within", "-1"), "counted from 0"),
        (("--source", "P09"), "no source 'P09'"),
        (("--format", "xlsx"), "'xlsx' needs a file"),
    ):
        assert sentence in run("--study", small.folder, "cooccurrence", *arguments, code=1).stderr


def test_saturation_is_printed_in_each_form(small: Study, tmp_path: Path) -> None:
    arguments = ("--study", small.folder, "saturation", "--layer", "AB", "--base", "1", "--run", "1")
    printed = run(*arguments)
    assert [line.split()[:6] for line in printed.stdout.splitlines()[1:]] == [
        ["1", "P07_b", "-", "2", "2", "2"],
        ["2", "P07_f", "-", "1", "1", "3"],
    ]
    assert "was not met: the last run brought 1 new, 50 % of the base." in printed.stderr
    assert "in the order of import: no source has a date" in printed.stderr
    assert "Left out, not coded in this layer yet: 1 source." in printed.stderr
    assert "met after 1 source (1+1)" in run(*arguments, "--threshold", "50").stderr
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").stdout)))
    assert [(row["source"], row["new_codes"], row["run_ratio"]) for row in rows] == [
        ("P07_b", "Fear; Being judged", ""),
        ("P07_f", "Forms: long / short", "0.5"),
    ]
    data = json.loads(run(*arguments, "--json").stdout)
    assert (data["base_size"], data["curves"][0]["base"], data["curves"][0]["met_at"]) == (1, 2, None)
    assert any("Guest, Namey & Chen 2020" in note for note in data["notes"])
    grouped = run(*arguments, "--by", "stakeholder")
    assert grouped.stdout.split()[0] == "group"
    assert "Parent: 2 sources, 3 codes." in grouped.stderr
    assert "cannot be told apart" in run(*arguments, "--by", "site", code=1).stderr
    assert "101 % cannot be" in run(*arguments, "--threshold", "101", code=1).stderr


def test_a_reflexive_study_is_told_that_saturation_is_contested(small: Study) -> None:
    assert "contested" not in run("--study", small.folder, "saturation").stderr
    run("--study", small.folder, "settings", "stance", "reflexive", "--reason", "We talk it over.")
    assert "contested in reflexive analysis" in run("--study", small.folder, "saturation").stderr


def test_the_curve_is_drawn(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALBENCH_HOME", str(demonstration.home))
    arguments = ("--study", demonstration.study.folder, "saturation", "--by", "stakeholder")
    run(*arguments, "-o", tmp_path / "curve.svg")
    run(*arguments, "-o", tmp_path / "curve.png")
    assert (tmp_path / "curve.svg").read_text("utf-8") == run(*arguments, "--format", "svg").stdout
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "'png' needs a file" in run(*arguments, "--format", "png", code=1).stderr
