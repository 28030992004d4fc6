"""Memos and read marks from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.test_commands import run, study

__all__ = ["study"]


def test_memos_are_written_listed_shown_edited_and_removed(study: Path, tmp_path: Path) -> None:
    coding = run("--study", study, "code", "add", "P07_b", "25", "40", "fear-and-trust").stdout.strip()
    (tmp_path / "note.md").write_text("# From a file\n\nNaïve 🙂", "utf-8")
    ids = [
        run("--study", study, "memo", "add", *arguments).stdout.strip()
        for arguments in (
            ["On the study"],
            ["--file", tmp_path / "note.md", "--code", "fear-and-trust"],
            ["On a source", "--source", "P07_b"],
            ["On a coding", "--coding", coding],
            ["On a turn", "--source", "P07_b", "--turn", "4"],
        )
    ]
    listed = json.loads(run("--study", study, "memo", "list", "--json").stdout)
    assert [memo["id"] for memo in listed] == ids
    assert [memo["about"] for memo in listed] == ["study", "code", "source", "coding", "turn"]
    text = json.loads(run("--study", study, "sources", "P07_b", "--json").stdout)["text"]
    assert listed[3]["quote"] == text[listed[3]["start"] : listed[3]["end"]] != ""
    assert listed[4]["quote"] == "Naïve, me. 🙂 They judge ye."
    assert run("--study", study, "memo", "show", ids[1]).stdout == "# From a file\n\nNaïve 🙂\n"
    assert "From a file" in run("--study", study, "memo", "list", "--about", "code").stdout
    run("--study", study, "memo", "edit", ids[0], "Another text")
    assert (
        json.loads(run("--study", study, "memo", "show", ids[0], "--json").stdout)["text"] == "Another text"
    )
    run("--study", study, "memo", "remove", ids[0])
    run("--study", study, "memo", "show", ids[0], code=1)
    assert "Undid: Removed a memo on the study" in run("--study", study, "undo").stderr
    assert "On the study, by AB" not in run("--study", study, "memo", "show", ids[0]).stdout


def test_a_memo_may_come_by_standard_input(study: Path) -> None:
    arguments = [sys.executable, "-m", "qualbench", "--study", str(study), "memo", "add", "-"]
    done = subprocess.run(
        arguments, input="Piped\nin", capture_output=True, text=True, check=True, env=os.environ
    )
    shown = run("--study", study, "memo", "show", done.stdout.strip())
    assert (shown.stdout, "On the study, by AB" in shown.stderr) == ("Piped\nin\n", True)


def test_what_no_memo_can_be_made_of_is_told(study: Path, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_bytes(b"\xff\xfe\xfa")
    for arguments, sentence in (
        ([], "Give the text of the memo once."),
        (["x", "--file", tmp_path / "note.md"], "Give the text of the memo once."),
        (["--file", tmp_path / "note.md"], "note.md is not text in UTF-8."),
        ([""], "The memo is empty."),
        (["x", "--turn", "2"], "A turn needs its source."),
        (["x", "--source", "P07_b", "--turn", "99"], "P07_b has no turn 99."),
        (["x", "--source", "P07_b", "--code", "fear-and-trust"], "A memo is about one thing."),
    ):
        assert sentence in run("--study", study, "memo", "add", *arguments, code=1).stderr
    assert json.loads(run("--study", study, "memo", "list", "--json").stdout) == []


def test_who_has_read_a_source_is_listed_with_it(study: Path) -> None:
    run("--study", study, "settings", "add", "coder", "CD")
    run("--study", study, "read", "P07_b", "group")
    run("--study", study, "read", "P07_b", "--coder", "CD")
    run("--study", study, "read", "group", "--take-back")
    listed = {s["name"]: s for s in json.loads(run("--study", study, "sources", "--json").stdout)}
    assert [reader["coder"] for reader in listed["P07_b"]["read_by"]] == ["AB", "CD"]
    assert listed["group"]["read_by"] == []
    table = run("--study", study, "sources").stdout.splitlines()
    at = table[0].index("read by")
    assert [line[at : at + 7].strip() for line in table[1:]] == ["AB CD", "-", "-"]
    run("--study", study, "read", "P07_b", code=1)
