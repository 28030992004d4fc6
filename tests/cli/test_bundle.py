"""Two laptops from the command line, from the backup to what both agree on."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.test_commands import run, study

__all__ = ["study"]


@pytest.fixture
def laptop(study: Path, tmp_path: Path) -> Path:
    """CD's copy of it."""
    run("--study", study, "team", "add", "CD")
    run("--study", study, "backup", tmp_path / "for-cd.db")
    run("restore", tmp_path / "for-cd.db", tmp_path / "laptop", "--coder", "CD")
    return tmp_path / "laptop"


def test_two_laptops(study: Path, laptop: Path, tmp_path: Path) -> None:
    desk, cd = ("--study", study), ("--study", laptop)
    run(*desk, "code", "add", "P07_b", "25", "40", "fear-and-trust")
    run(*cd, "code", "add", "P07_b", "25", "40", "fear-and-trust")
    run(*cd, "code", "add", "P07_f", "20", "40", "fear-and-trust")
    run(*cd, "memo", "add", "Wary.", "--source", "P07_b")
    run(*cd, "finish", "P07_b")
    made = run(*cd, "bundle", "make", cwd=tmp_path)
    (file,) = tmp_path.glob("CD-*.bundle")
    assert made.stdout == "" and "2 codings, 1 memo" in made.stderr and file.name in made.stderr
    assert "exists already" in run(*cd, "bundle", "make", cwd=tmp_path, code=1).stderr

    shown = json.loads(run(*desk, "bundle", "show", file, "--json").stdout)
    assert (shown["coder"], shown["codings"], shown["memos"], shown["codes"]) == ("CD", 2, 1, [])
    assert shown["sources"] == [{"name": "P07_b", "state": "finished"}, {"name": "P07_f", "state": None}]
    assert "P07_b   finished" in run(*desk, "bundle", "show", file).stdout

    tried = run(*desk, "bundle", "merge", file, "--dry-run").stdout
    assert tried.startswith("Would come from CD: codings (2 new) in 2 sources, memos (1 new)")
    assert run(*desk, "code", "list", "--layer", "CD", "--json", code=1).stdout == ""
    merged = json.loads(run(*desk, "bundle", "merge", file, "--json").stdout)
    assert (merged["codings"], merged["memos"], merged["finished"]) == ([2, 0, 0], [1, 0, 0], 1)
    assert run(*desk, "bundle", "merge", file).stdout == "Came from CD: nothing new.\n"
    assert "hidden" in run(*desk, "code", "list", "--layer", "CD", code=1).stderr
    run(*desk, "finish", "P07_b")
    seen = json.loads(run(*desk, "code", "list", "--layer", "CD", "--json").stdout)
    assert [(one["start"], one["end"]) for one in seen] == [(25, 40)]
    assert len(json.loads(run(*desk, "code", "list", "--layer", "agreed", "--json").stdout)) == 1

    run(*desk, "bundle", "make", "-o", tmp_path / "ab.bundle")
    assert "1 source finished" in run(*cd, "bundle", "merge", tmp_path / "ab.bundle").stdout
    assert len(json.loads(run(*cd, "code", "list", "--layer", "AB", "--json").stdout)) == 1
    run(*desk, "check")
    run(*cd, "check")


def test_what_cannot_come_is_said_and_the_command_ends_with_1(
    study: Path, laptop: Path, tmp_path: Path
) -> None:
    (tmp_path / "late.txt").write_text("I: And?\n\nP07: Not a soul came.")
    cd = ("--study", laptop)
    run(*cd, "import", tmp_path / "late.txt")
    run(*cd, "code", "add", "late", "9", "20", "fear-and-trust")
    run(*cd, "bundle", "make", "-o", tmp_path / "cd.bundle")
    ran = run("--study", study, "bundle", "merge", tmp_path / "cd.bundle", code=1)
    assert "Not in this study: late. Waiting: 1 coding." in ran.stdout
    assert "nothing is lost" in ran.stderr


def test_bad_files_are_refused_in_a_sentence(study: Path, laptop: Path, tmp_path: Path) -> None:
    at = ("--study", study)
    assert "no file" in run(*at, "bundle", "merge", tmp_path / "none", code=1).stderr
    (tmp_path / "words.txt").write_text("Not a bundle.\nAt all.")
    assert "is not a bundle" in run(*at, "bundle", "show", tmp_path / "words.txt", code=1).stderr
    assert "done nothing" in run("--study", laptop, "bundle", "make", code=1).stderr
    assert "no coder 'XY'" in run(*at, "bundle", "make", "--coder", "XY", code=1).stderr
    run(*at, "bundle", code=2)


def test_the_secret_goes_to_the_other_machine_by_hand(
    study: Path, laptop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cd = ("--study", laptop)
    run(*cd, "code", "add", "P07_b", "25", "40", "fear-and-trust")
    home = Path(os.environ["QUALBENCH_HOME"])
    (secret,) = (home / "secrets").iterdir()
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "cds-home"))
    told = run(*cd, "bundle", "make", "-o", tmp_path / "cd.bundle", code=1).stderr
    place = Path(told.partition("put it at ")[2].strip().rstrip("."))
    assert place.name == secret.name and not (tmp_path / "cd.bundle").exists()
    place.parent.mkdir(parents=True)
    shutil.copy(secret, place)
    run(*cd, "bundle", "make", "-o", tmp_path / "cd.bundle")
