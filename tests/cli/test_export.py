"""Exports from the command line: what is told, what is refused, and what lies in the folder afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log
from qualbench.study.tables import Participant, Source
from qualbench.transcripts.sources import list_sources
from tests.builders import place, small_study
from tests.cli.test_commands import run
from tests.exchange.reader import Project

OPTIONS = ("--profile", "standard", "--newline", "crlf", "--bom")


@pytest.fixture
def study(sqlite_study: Study, tmp_path: Path) -> Study:
    made = small_study(sqlite_study, tmp_path / "files")
    add_coding(made, "P07_b", place(made, "P07_b", "They judge ye."), "judged")
    with change(made, "redact", "Looked through; nobody is named") as changed:
        changed.update(Source, [{"id": source.id, "state": "sealed"} for source in list_sources(made)])
    return made


def test_a_folder_for_nvivo_is_told_file_by_file(study: Study, tmp_path: Path) -> None:
    done = run("--study", study.folder, "export", "nvivo", tmp_path / "out")
    assert done.stdout == ""
    told = done.stderr.splitlines()
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert {line.partition(": ")[0] for line in told[:-1]} == files
    assert told[-1].endswith("Not opened in NVivo here: CHECK.md says what it should show.")
    assert {"project.qdpx", "codebook.qdc", "classification.txt", "transcripts/group.docx"} <= files


def test_options_say_how_a_project_is_written(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    done = run("--study", study.folder, "export", "qdpx", path)
    assert "3 sources, 6 codes, 4 cases, 1 coding of 2 users." in done.stderr
    assert Project(path).cases()
    run("--study", study.folder, "export", "qdpx", path, *OPTIONS)
    project = Project(path, utf16=False)
    assert [words for _, _, _, words in project.codings()] == ["They judge ye."]
    texts = [project.raw_text(source) for source in project.find(".//q:TextSource")]
    assert all(text.startswith("\ufeff") and "\r\n" in text for text in texts)
    assert not project.cases() & project.code_names().keys()
    run("--study", study.folder, "export", "nvivo", tmp_path / "out", *OPTIONS)
    assert (tmp_path / "out" / "project.qdpx").read_bytes() == path.read_bytes()
    assert "Unicode code points" in (tmp_path / "out" / "CHECK.md").read_text("utf-8")


def test_the_codebook_alone(study: Study, tmp_path: Path) -> None:
    run("--study", study.folder, "export", "qdc", tmp_path / "a.qdc")
    run("--study", study.folder, "codebook", "export", tmp_path / "b.qdc")
    assert (tmp_path / "a.qdc").read_bytes() == (tmp_path / "b.qdc").read_bytes()
    run("--study", study.folder, "export", "qdc", tmp_path / "c.qdc", "--profile", "standard")
    assert (tmp_path / "c.qdc").read_text("utf-8").count('guid="') == 6
    assert (tmp_path / "c.qdc").read_text("utf-8").lower() == (tmp_path / "a.qdc").read_text("utf-8").lower()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--profile", "NVivo"), "'NVivo' is not a profile."),
        (("--newline", "cr"), "'cr' is not a newline."),
        (("--layers", "EF"), "There is no layer 'EF'."),
        (("--layers", "agreed,CD"), "CD's codings are hidden until both of you have finished a source."),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    study: Study, tmp_path: Path, options: tuple[str, str], said: str
) -> None:
    for command in ("nvivo", "qdpx", "all"):
        done = run("--study", study.folder, "export", command, tmp_path / "out", *options, code=1)
        assert (done.stdout, done.stderr.splitlines()[0]) == ("", said)
    assert not (tmp_path / "out").exists()


def test_what_may_not_be_seen_yet_is_told(study: Study, tmp_path: Path) -> None:
    assign(study, ["P07_b", "P07_f"], ["AB", "CD"])
    finish(study.by("CD"), ["P07_f"])
    done = run("--study", study.folder, "export", "qdpx", tmp_path / "p.qdpx")
    assert "Not in it: what is agreed on in P07_f, which you may not see yet." in done.stderr.splitlines()


def test_a_missing_consent_is_refused_and_let_through_on_record(study: Study, tmp_path: Path) -> None:
    with change(study, "participants", "Said") as made:
        made.update(Participant, [{"id": "P08", "consent_archive": False}])
    for command in ("nvivo", "qdpx", "all"):
        target = tmp_path / command
        done = run("--study", study.folder, "export", command, target, code=1)
        assert "Not agreed to be archived: the words of P08, in group." in done.stderr
        assert not target.exists()
        run("--study", study.folder, "export", command, target, "--allow-unconsented")
        assert target.exists()
    assert [event.action for event in read_log(study)[-3:]] == ["export"] * 3
    run("--study", study.folder, "export", "matrix", tmp_path / "m.xlsx", "--layer", "AB")
    run("--study", study.folder, "export", "qdc", tmp_path / "b.qdc")


def test_everything_is_listed_with_what_it_holds(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", "utf-8")
    done = run("--study", study.folder, "export", "all", folder)
    listed = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert str(folder / "project.qdpx") in listed and str(folder / "transcripts") in listed
    assert all(Path(path).exists() for path in listed)
    assert "No part of this export, but in the folder from before: mine.txt." in done.stderr
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    told = {line.partition(": ")[0] for line in done.stderr.splitlines()}
    pictures = {one["file"] for one in content["files"] if one["file"].endswith(".png")}
    assert {one["file"] for one in content["files"]} - pictures <= told
    assert (folder / "mine.txt").read_text("utf-8") == "mine"


def test_ctrl_c_leaves_nothing(study: Study, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qualbench", "--study", str(study.folder), "export", "all", "out"]
    before = {path.name for path in tmp_path.iterdir()}
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("project.qdpx: ")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert {path.name for path in tmp_path.iterdir()} == before
