"""The team, invitations and moving from the command line."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.builders import PEOPLE, TEXTS
from tests.cli.test_commands import run, study

__all__ = ["study"]


def test_a_team_on_one_server_from_nothing(empty_database: str, tmp_path: Path) -> None:
    run("new", tmp_path / "lead", "--coder", "AB", "--database", empty_database, "--consent", "not-required")
    lead = ("--study", tmp_path / "lead")
    (tmp_path / "P07_b.txt").write_text(TEXTS["P07_b.txt"], "utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE)
    run(*lead, "participants", "import", tmp_path / "people.csv")
    run(*lead, "import", tmp_path / "P07_b.txt")
    run(*lead, "codebook", "import", "ips_process_evaluation")
    code = "fear-and-trust"
    invitation = tmp_path / "cd.invitation"
    assert "qualbench join cd.invitation DIR" in run(*lead, "team", "add", "CD", "-o", invitation).stderr
    assert stat.S_IMODE(invitation.stat().st_mode) == 0o600
    run(*lead, "team", "add", "CD", "-o", invitation, code=1)  # nothing is written over
    run(*lead, "code", "add", "P07_b", "25", "40", code)

    with pytest.MonkeyPatch.context() as theirs:
        theirs.setenv("QUALBENCH_HOME", str(tmp_path / "cds-home"))
        cd = ("--study", tmp_path / "cd")
        assert "Remove" in run("join", invitation, tmp_path / "cd").stderr
        run("join", invitation, tmp_path / "cd", code=1)
        assert run(*cd, "code", "list", "--json").stdout.strip() == "[]"
        assert "CD's, not AB's" in run(*cd, "--coder", "AB", "code", "list", code=1).stderr
        assert "AB" in run(*cd, "team", "add", "XY", code=1).stderr
        run(*cd, "code", "add", "P07_b", "30", "45", code)
        for command in (("backup", tmp_path / "b.db"), ("move", "--to", "sqlite")):
            assert "your login does not see" in run(*cd, *command, code=1).stderr
        assert "finished" in run(*cd, "code", "list", "--layer", "AB", code=1).stderr
        run(*cd, "finish", "P07_b")

    roles = {one["coder"]: one["role"] for one in json.loads(run(*lead, "team", "list", "--json").stdout)}
    assert roles == {"AB": "lead", "CD": "coder"}
    run(*lead, "finish", "P07_b")
    assert len(json.loads(run(*lead, "code", "list", "--layer", "CD", "--json").stdout)) == 1
    assert "CD is no longer" in run(*lead, "team", "remove", "CD").stderr
    run(*cd, "code", "list", code=1)


def test_a_team_on_one_file_is_told_what_it_promises(study: Path, tmp_path: Path) -> None:
    at = ("--study", study)
    assert "the program's promise" in run(*at, "team", "add", "EF", "--role", "reader").stderr
    assert (
        "may look"
        in run(*at, "code", "add", "P07_b", "25", "40", "fear-and-trust", "--coder", "EF", code=1).stderr
    )
    assert "only lead" in run(*at, "team", "add", "AB", "--role", "coder", code=1).stderr
    run(*at, "team", "add", "CD")
    assert "no lead" in run(*at, "team", "add", "GH", "--coder", "CD", code=1).stderr
    assert "not a role" in run(*at, "team", "add", "GH", "--role", "boss", code=1).stderr
    assert "no logins" in run(*at, "team", "add", "GH", "-o", tmp_path / "x", code=1).stderr
    run(*at, "team", "remove", "EF")
    assert "no 'EF'" in run(*at, "team", "remove", "EF", code=1).stderr
    (tmp_path / "no.json").write_text('{"database": 3}')
    assert "not an invitation" in run("join", tmp_path / "no.json", tmp_path / "x", code=1).stderr
    assert not (tmp_path / "x").exists()


def test_a_study_moves_to_a_server_and_back(study: Path, empty_database: str) -> None:
    at = ("--study", study)
    before = run(*at, "sources", "--json").stdout
    assert "every row compared" in run(*at, "move", "--to", empty_database).stderr
    assert not (study / "study.db").exists()
    assert run(*at, "sources", "--json").stdout == before
    assert "a study already" in run(*at, "move", "--to", empty_database, code=1).stderr
    run(*at, "move", "--to", "sqlite")
    assert run(*at, "sources", "--json").stdout == before
    run(*at, "check")
    assert "cannot be kept" in run(*at, "move", "--to", "mysql://x/y", code=1).stderr
