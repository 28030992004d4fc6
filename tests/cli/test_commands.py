"""The command line, run as a user runs it: data on one stream, narration on the other, exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from qualbench.cli.app import COMMANDS, main
from tests.builders import MANIFEST, PEOPLE, TEXTS
from tests.conftest import Demonstration

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command printed and told."""

    stdout: str
    stderr: str


def run(*arguments: str | Path, cwd: Path | None = None, code: int = 0) -> Ran:
    """Run a command in this process; `test_wheel.py` starts one of its own."""
    printed, told = io.StringIO(), io.StringIO()
    before = sys.argv, os.environ.get("COLUMNS")
    sys.argv, os.environ["COLUMNS"] = ["qualbench", *map(str, arguments)], "120"
    ended: object = 0
    try:
        with chdir(cwd or Path.cwd()), redirect_stdout(printed), redirect_stderr(told):
            main()
    except SystemExit as end:
        ended = end.code or 0
    finally:
        sys.argv = before[0]
        if before[1] is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before[1]
    assert ended == code, printed.getvalue() + told.getvalue()
    return Ran(printed.getvalue(), told.getvalue())


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study made and filled by commands."""
    files = tmp_path / "files"
    files.mkdir()
    for name, text in TEXTS.items():
        (files / name).write_text(text, "utf-8")
    (files / "people.csv").write_text(PEOPLE)
    (files / "manifest.csv").write_text(MANIFEST)
    folder = tmp_path / "mine"
    run("new", folder, "--title", "Mine", "--coder", "AB", "--consent", "not-required")
    run("--study", folder, "participants", "import", files / "people.csv")
    run("--study", folder, "import", files, "--manifest", files / "manifest.csv")
    run("--study", folder, "codebook", "import", "ips_process_evaluation")
    return folder


def test_help_names_every_command_with_the_line_of_its_function() -> None:
    shown = " ".join(run("--help").stdout.split())
    for name, (module, line) in COMMANDS.items():
        assert f"{name} {line}" in shown
        group = typer.main.get_group(__import__(f"qualbench.cli.{module}", fromlist=["commands"]).commands)
        command = group.commands[name]
        assert (command.help or command.callback.__doc__).strip().startswith(line), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    assert "Usage: " in run(name, "--help").stdout


def test_a_wrong_command_line_exits_with_2() -> None:
    run("nonsense", code=2)
    run("code", "add", "x", code=2)


def test_a_mistake_is_one_sentence_with_a_hint_and_exits_with_1(tmp_path: Path) -> None:
    done = run("--study", tmp_path, "sources", code=1)
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"There is no study in {tmp_path}.",
        "Name its folder with --study, make one with 'qualbench new DIR', or look at 'qualbench demo'.",
    ]


def test_every_command_that_the_documents_name_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(
            r"(?:^|`)qualbench (?:--study \S+ )?([a-z]+)", page.read_text("utf-8"), re.MULTILINE
        )
    }
    assert len(named) > 10
    assert named <= set(COMMANDS)


def test_a_study_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    run("new", tmp_path / "mine", "--coder", "A", code=1)
    assert not (tmp_path / "mine").exists()
    run("new", tmp_path / "mine", "--coder", "AB")


def test_a_row_with_too_few_cells_is_told(study: Path, tmp_path: Path) -> None:
    (tmp_path / "codings.csv").write_text("source,start,end,code\nP07_b\n")
    assert (
        "row 2: there is no code ''"
        in run("--study", study, "code", "import", tmp_path / "codings.csv", code=1).stderr
    )


def test_version() -> None:
    assert run("--version").stdout.startswith("qualbench 0.")


def test_sources_as_json(study: Path) -> None:
    listed = json.loads(run("--study", study, "sources", "--json").stdout)
    assert {
        key: listed[0][key] for key in ("name", "kind", "timepoint", "site", "mode", "state", "words")
    } == {
        "name": "P07_b",
        "kind": "interview",
        "timepoint": "Baseline",
        "site": "Glasgow",
        "mode": None,
        "state": "imported",
        "words": 25,
    }
    one = json.loads(run("--study", study, "sources", "P07_b", "--json").stdout)
    turn = one["turns"][1]
    assert one["text"][turn["start"] : turn["end"]] == "From a pal of mine. I was feart of them."
    assert {k: turn[k] for k in ("n", "speaker", "participant", "role", "time")} == {
        "n": 2,
        "speaker": "P07",
        "participant": "P07",
        "role": "participant",
        "time": None,
    }


def test_participants_and_codebook_as_json(study: Path) -> None:
    people = json.loads(run("--study", study, "participants", "--json").stdout)
    who = {"id": "P07", "family": "F07", "stakeholder": "Parent", "site": "Glasgow"}
    assert people[1].items() >= who.items()
    book = json.loads(run("--study", study, "codebook", "show", "--json").stdout)
    entry = next(code for code in book if code["id"] == "fear-and-trust")
    assert (entry["parent"], entry["level"], entry["status"]) == ("shadow-of-social-work", "code", "agreed")


def test_coding_listing_removing_and_undoing(study: Path) -> None:
    coding = run("--study", study, "code", "add", "P07_b", "50", "60", "fear-and-trust").stdout.strip()
    (listed,) = json.loads(run("--study", study, "code", "list", "--json").stdout)
    assert (listed["id"], listed["code"], listed["layer"], listed["start"], listed["end"]) == (
        coding,
        "fear-and-trust",
        "AB",
        50,
        60,
    )
    text = json.loads(run("--study", study, "sources", "P07_b", "--json").stdout)["text"]
    assert listed["quote"] == text[50:60]
    run("--study", study, "code", "remove", coding)
    assert json.loads(run("--study", study, "code", "list", "--json").stdout) == []
    assert "Undid: Removed" in run("--study", study, "undo").stderr
    assert len(json.loads(run("--study", study, "code", "list", "--json").stdout)) == 1
    run("--study", study, "redo")
    actions = [e["action"] for e in json.loads(run("--study", study, "log", "--json").stdout)]
    assert actions[-4:] == ["code", "uncode", "undo", "redo"]
    assert "The study is whole" in run("--study", study, "check").stderr


def test_two_coders_to_an_agreed_matrix(study: Path, tmp_path: Path) -> None:
    run("--study", study, "settings", "add", "coder", "CD")
    run("--study", study, "code", "add", "P07_b", "50", "60", "fear-and-trust")
    run("--study", study, "code", "add", "P07_b", "52", "58", "fear-and-trust", "--coder", "CD")
    run("--study", study, "--coder", "CD", "code", "list", "--layer", "AB", code=1)
    for coder in ("AB", "CD"):
        run("--study", study, "finish", "P07_b", "--coder", coder)
    agreement = json.loads(run("--study", study, "agreement", "--json").stdout)
    assert (agreement["unit"], agreement["coders"], agreement["sources"]) == ("turn", ["AB", "CD"], ["P07_b"])
    (code,) = agreement["codes"]
    assert (
        code.items()
        >= {
            "code": "fear-and-trust",
            "both": 1,
            "a_only": 0,
            "b_only": 0,
            "neither": 1,
            "percent": 1.0,
            "kappa": 1.0,
            "dice": 1.0,
            "prevalence": 0.5,
        }.items()
    )
    (difference,) = json.loads(run("--study", study, "reconcile", "list", "--json").stdout)
    codes = ["--code-a", difference["code_a"], "--code-b", difference["code_b"]]
    run(
        "--study",
        study,
        "reconcile",
        "decide",
        "P07_b",
        "50",
        "60",
        "keep A",
        *codes,
        "--reason",
        "The thought.",
    )
    matrix = json.loads(
        run("--study", study, "matrix", "--columns", "stakeholder,timepoint", "--format", "json").stdout
    )
    assert matrix["columns"][0] == ["Parent", "Baseline"]
    assert matrix["cells"][1][0] == 1
    assert (matrix["counts"], matrix["layer"]) == ("codings", "agreed")
    refused = run("--study", study, "export", "all", tmp_path / "out", code=1)
    assert "Not sealed yet: P07_b, P07_f, group." in refused.stderr
    run("--study", study, "redact", "suggest")
    for entity in json.loads(run("--study", study, "redact", "list", "--pending", "--json").stdout):
        run("--study", study, "redact", "decide", entity["id"], "reject")
    run("--study", study, "redact", "seal")
    run("--study", study, "redact", "check")
    run("--study", study, "export", "all", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written >= {"matrix.csv", "matrix.xlsx", "project.qdpx", "themes.docx", "manifest.json"}


def test_backup_and_restore(study: Path, tmp_path: Path) -> None:
    run("--study", study, "backup", tmp_path / "kept.db")
    run("restore", tmp_path / "kept.db", tmp_path / "again", "--coder", "AB")
    assert run("--study", tmp_path / "again", "sources").stdout == run("--study", study, "sources").stdout
    run("restore", tmp_path / "kept.db", tmp_path / "again", code=1)


def test_problems_of_an_import_are_told_and_exit_with_1(study: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "good.txt").write_text("I: Hello?\n\nP08: Hello.\n\nI: Bye.")
    done = run("--study", study, "import", tmp_path / "empty.txt", tmp_path / "good.txt", code=1)
    assert "empty.txt: the file is empty. Export the transcript again." in done.stderr
    assert done.stderr.splitlines()[-1] == "Transcripts imported: 1. Problems: 1."
    assert "good: txt, UTF-8, 6 words, 3 turns: I 2 (interviewer), P08 1 (P08)" in done.stdout


def test_settings_are_shown_and_extended(study: Path) -> None:
    run("--study", study, "settings", "add", "site", "Leeds")
    assert json.loads(run("--study", study, "settings", "--json").stdout)["sites"] == [
        "Glasgow",
        "Bromley",
        "Leeds",
    ]
    run("--study", study, "settings", "add", "planet", "Mars", code=1)


def test_output_can_be_piped_away(demonstration: Demonstration) -> None:
    command = (
        f"{sys.executable} -m qualbench --study {demonstration.study.folder} sources P01_baseline | head -1"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr and "Error" not in done.stderr


def test_the_demonstration_again_keeps_what_is_there(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALBENCH_HOME", str(demonstration.home))
    done = run("demo", demonstration.study.folder, "--no-ui", "--exports", tmp_path / "exports")
    assert "kept as you left it" in done.stderr
    assert (tmp_path / "exports" / "project.qdpx").is_file()


def test_the_demonstration_does_not_touch_a_study_of_ones_own(study: Path) -> None:
    assert "a study of your own" in run("demo", study, "--no-ui", code=1).stderr
