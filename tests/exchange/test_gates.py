"""What must hold before anything leaves: consent to an archive, few people in a column, whole files only."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.coding.applying import add_coding
from qualbench.errors import Refused
from qualbench.exchange.everything import export_all
from qualbench.exchange.gates import gate, not_to_be_archived, small_columns, warning_of_few_people
from qualbench.exchange.manifest import not_listed
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log
from qualbench.study.tables import Participant, Source
from qualbench.transcripts.sources import list_sources
from tests.builders import place, small_study


@pytest.fixture
def sealed(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_coding(study, "group", place(study, "group", "Murder, aye."), "forms")
    with change(study, "redact", "Looked through; nobody is named") as made:
        made.update(Source, [{"id": source.id, "state": "sealed"} for source in list_sources(study)])
    return study


def refuse_archive(study: Study, *people: str) -> None:
    with change(study, "participants", "Said") as made:
        made.update(Participant, [{"id": who, "consent_archive": False} for who in people])


def test_transcripts_of_who_did_not_agree_to_an_archive_stay(sealed: Study, tmp_path: Path) -> None:
    refuse_archive(sealed, "P08", "FEW01")
    assert not_to_be_archived(sealed) == {"FEW01": ["group"], "P08": ["group"]}
    target = tmp_path / "out"
    with (
        pytest.raises(
            Refused, match="Not agreed to be archived: the words of FEW01, P08, in group"
        ) as refused,
        gate(sealed, target, holds_transcripts=True),
    ):
        raise AssertionError("nothing is to be written")
    assert "--allow-unconsented" in refused.value.hint
    assert not target.exists()
    before = len(read_log(sealed))
    with gate(sealed, target) as draft:  # a matrix or a theme table holds no whole transcript
        draft.write_text("counts", "utf-8")
    assert read_log(sealed)[before:][0].summary == "Exported out", "on record, and nothing let through"


def test_letting_them_out_all_the_same_is_journaled(sealed: Study, tmp_path: Path) -> None:
    refuse_archive(sealed, "P08", "FEW01")
    export_all(sealed, tmp_path / "out", allow_unconsented=True)
    assert (tmp_path / "out" / "project.qdpx").exists()
    summary = read_log(sealed)[-1].summary
    assert summary == "Exported out with 2 participants who did not agree to an archive"


def test_who_was_not_asked_about_an_archive_is_no_obstacle(sealed: Study, tmp_path: Path) -> None:
    with gate(sealed, tmp_path / "out.txt", holds_transcripts=True) as draft:
        draft.write_text("x", "utf-8")
    assert (tmp_path / "out.txt").read_text("utf-8") == "x"


def test_columns_of_fewer_than_three_people_are_told(sealed: Study) -> None:
    matrix = build_matrix(sealed, "themes", ("stakeholder",), "AB")
    assert small_columns(matrix) == ["Parent", "Family engagement worker"]
    assert warning_of_few_people(matrix) == (
        "2 columns of fewer than 3 people: Parent; Family engagement worker. It is for the team: "
        "cross fewer attributes before it goes to readers who may know them."
    )
    everybody = build_matrix(sealed, "themes", ("timepoint",), "AB")
    assert small_columns(everybody) == ["Baseline"], "three people spoke at follow-up"


def test_all_columns_of_the_demonstration_that_stand_for_many_are_let_be(demonstration) -> None:  # type: ignore[no-untyped-def]
    matrix = build_matrix(demonstration.study, "themes", ("timepoint",))
    assert warning_of_few_people(matrix) == ""


@pytest.mark.parametrize("new", [True, False])
def test_an_export_that_is_stopped_leaves_nothing(sealed: Study, tmp_path: Path, new: bool) -> None:
    folder = tmp_path / "out"
    if not new:
        folder.mkdir()
        (folder / "CHECK.md").write_text("of before", "utf-8")
    for name in ("project.qdpx", "CHECK.md", "manifest.json"):

        def stop(line: str, at: str = name) -> None:
            if line.startswith(at):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export_all(sealed, folder, tell=stop)
        left = {} if new else {"CHECK.md": "of before"}
        assert {p.name: p.read_text("utf-8") for p in tmp_path.glob("out/*")} == left
        assert {path.name for path in tmp_path.iterdir()} <= {"files", "study", "out"}


def test_what_lies_in_the_folder_already_stays(sealed: Study, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "mine.docx").write_text("mine", "utf-8")
    (folder / "matrix.csv").write_text("of before", "utf-8")
    export_all(sealed, folder)
    assert (folder / "transcripts" / "mine.docx").read_text("utf-8") == "mine"
    assert (folder / "matrix.csv").read_text("utf-8") != "of before"
    assert not_listed(folder) == [folder / "transcripts" / "mine.docx"]
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert all((folder / one["file"]).stat().st_size == one["size"] for one in content["files"])


def test_a_link_and_a_device_stay_what_they_are(sealed: Study, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "out.txt"
    real.write_text("of before", "utf-8")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    for target in (link, Path(os.devnull)):
        with gate(sealed, target) as draft:
            draft.write_text("new", "utf-8")
    assert link.is_symlink() and real.read_text("utf-8") == "new"
    assert Path(os.devnull).is_char_device()
