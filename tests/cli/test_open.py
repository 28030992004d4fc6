"""`qualbench open`: what it says, and what it leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tests.exchange.dialects import DIALECTS, Project, Text, trial

HOW = DIALECTS["nvivo-windows"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return trial().write(tmp_path / "Trial.qdpx", HOW)


def test_it_tells_what_came_in_and_what_to_do_next(file: Path, tmp_path: Path) -> None:
    came = run("open", file, "mine", "--coder", "AB", cwd=tmp_path)
    assert came.stdout.startswith(
        "Trial, by NVivo\n1 sources, 0 participants, 4 codes, 10 codings, 0 memos\n"
    )
    assert "(utf16): it fits best. 100.0% of 18 ends of passages lie at edges of words" in came.stdout
    assert "  AB is Ann Brown: 6 codings\n  BO is Bob: 4 codings\n" in came.stdout
    assert "No source is sealed" in came.stderr and "qualbench finish" in came.stderr
    listed = json.loads(run("--study", tmp_path / "mine", "code", "list", "--json").stdout)
    assert listed[0]["quote"] == "P07: From a pal of mine 🙂."
    assert run("--study", tmp_path / "mine", "check").stdout == ""
    assert "Opened a project of NVivo: 1 sources" in run("--study", tmp_path / "mine", "log").stdout


def test_without_a_folder_the_study_is_named_like_the_file(file: Path, tmp_path: Path) -> None:
    came = run("open", file, cwd=tmp_path)
    assert "Say which coder you are with --coder; there are AB, BO." in came.stderr
    assert (tmp_path / "Trial" / "study.db").is_file()
    again = run("open", file, cwd=tmp_path, code=1)
    assert "is there already" in again.stderr and not again.stdout


def test_a_dry_run_gives_json_and_makes_nothing(file: Path, tmp_path: Path) -> None:
    came = run("open", file, "mine", "--dry-run", "--json", cwd=tmp_path)
    told = json.loads(came.stdout)
    assert (told["origin"], told["offsets"], told["score"], told["codings"]) == (
        "NVivo",
        "utf16",
        1.0,
        {"AB": 6, "BO": 4},
    )
    assert told["coders"] == {"AB": "Ann Brown", "BO": "Bob"} and told["left_out"] == []
    assert came.stderr == "Nothing has been made.\n"
    assert not (tmp_path / "mine").exists()


def test_what_cannot_be_told_is_refused_until_somebody_says_it(tmp_path: Path) -> None:
    text = "\n".join(f"Anything at all was coded here, in line {n}" for n in range(30))
    project = Project([Text("a", text)])
    project.texts[0].codings = [(n * 40 + 3, n * 40 + 9 + n, "fear", "Bob") for n in range(25)]
    file = project.write(tmp_path / "p.qdpx", HOW)
    refused = run("open", file, "mine", cwd=tmp_path, code=1)
    assert "It cannot be told how places in the texts are counted" in refused.stderr
    assert "--offsets" in refused.stderr and sorted(tmp_path.iterdir()) == [file]
    came = run("open", file, "mine", "--offsets", "utf16", cwd=tmp_path)
    assert "as you said" in came.stdout
    wrong = run("open", file, "other", "--offsets", "bytes", cwd=tmp_path, code=1)
    assert "'bytes' is no way of counting places." in wrong.stderr


def test_what_is_not_taken_is_listed(tmp_path: Path) -> None:
    project = trial()
    project.parts["Sources"] = f'<PictureSource guid="{HOW.guid("p")}" name="Board"/>'
    came = run("open", project.write(tmp_path / "p.qdpx", HOW), "mine", "--dry-run", cwd=tmp_path)
    assert came.stdout.endswith("Not taken, or not as it was:\n  pictures: 1 (Board)\n")
