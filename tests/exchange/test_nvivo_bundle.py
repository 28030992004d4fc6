"""The folder for NVivo: tables and documents in its own layouts, and the page to check the project by."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish
from qualbench.exchange.everything import MATRIX_COLUMNS, export_all
from qualbench.exchange.manifest import state_of_study
from qualbench.exchange.nvivo.bundle import write_bundle
from qualbench.exchange.nvivo.dataset import WITHHELD
from qualbench.exchange.nvivo.transcripts import NO_SPEECH, speakers
from qualbench.exchange.refi_qda.positions import STANDARD
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import AGREED, Participant, ParticipantAttribute, Source
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources, read_source, read_sources
from tests.builders import place, small_study
from tests.conftest import Demonstration
from tests.exchange.reader import Project


@pytest.fixture
def sealed(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    with change(study, "redact", "Looked through; nobody is named") as made:
        made.update(Source, [{"id": source.id, "state": "sealed"} for source in list_sources(study)])
    return study


def bundle(study: Study, folder: Path) -> Path:
    folder.mkdir()
    write_bundle(study, folder, lambda name, holds: None)
    return folder


def sheet(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading of CHECK.md, the header first."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [row for n, row in enumerate(rows) if n != 1]


@pytest.fixture(scope="module")
def page(demonstration: Demonstration) -> str:
    return (demonstration.exports / "CHECK.md").read_text("utf-8")


def test_the_classification_names_the_cases_as_the_project_does(demonstration: Demonstration) -> None:
    project = Project(demonstration.exports / "project.qdpx")
    rows = sheet(demonstration.exports / "classification.xlsx")
    assert rows[0] == ("Participant", "Stakeholder", "Timepoint", "Site", "Family", "Arm")
    names = project.code_names()
    expected = {
        names[guid]: {name.removeprefix("Participant:"): value for name, value in of_case.items()}
        for guid, of_case in project.values().items()
    }
    found = {
        str(row[0]): {
            str(name): value
            for name, value in zip(rows[0][1:], row[1:], strict=True)
            if value not in (None, "")
        }
        for row in rows[1:]
    }
    assert found == expected and len(found) == 25
    with (demonstration.exports / "classification.txt").open(encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.count("\n") == text.count("\r\n") == len(rows)
    lines = list(csv.reader(text.splitlines(), "excel-tab"))
    assert lines == [[str(cell or "") for cell in row] for row in rows]


def test_cells_that_look_like_something_else_are_text(sealed: Study, tmp_path: Path) -> None:
    with change(sealed, "participants", "Said") as made:
        attributes = {"formula": "=1+1", "date": "1-2", "error": "#N/A"}
        made.insert(
            ParticipantAttribute,
            [{"participant_id": "P08", "name": name, "value": value} for name, value in attributes.items()],
        )
    book = openpyxl.load_workbook(bundle(sealed, tmp_path / "out") / "classification.xlsx")
    cells = {cell.value: cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert {cells[value] for value in attributes.values()} == {"s"}


def test_rows_of_the_dataset_are_the_codings_of_our_matrix(demonstration: Demonstration) -> None:
    header, *rows = sheet(demonstration.exports / "dataset.xlsx")
    assert header == (
        "Code",
        "Theme",
        "Path",
        "Case",
        "Participant",
        "Stakeholder",
        "Timepoint",
        "Site",
        "Source",
        "Quote",
    )
    matrix = build_matrix(demonstration.study, "themes", MATRIX_COLUMNS)
    counted = Counter((row[1], row[5], row[6]) for row in rows if row[3])
    for theme, cells in zip(matrix.rows, matrix.cells, strict=True):
        for column, cell in zip(matrix.columns, cells, strict=True):
            assert counted[(theme, *column)] == cell
    assert len(rows) == len(list_codings(demonstration.study, layer=AGREED)) == 399
    texts = {source.summary.name: source.text for source in read_sources(demonstration.study)}
    for row in rows:
        for part in str(row[9]).split(" [...] "):
            assert part in texts[str(row[8])]


def test_who_did_not_agree_to_be_quoted_is_counted_but_not_quoted(sealed: Study, tmp_path: Path) -> None:
    add_coding(sealed, "group", place(sealed, "group", "Murder, aye."), "forms")
    add_coding(sealed, "group", place(sealed, "group", "The forms were murder."), "forms")
    with change(sealed, "participants", "Said") as made:
        made.update(Participant, [{"id": "P08", "consent_quote": False}])
    rows = sheet(bundle(sealed, tmp_path / "out") / "dataset.xlsx")
    assert [(row[4], row[9]) for row in rows[1:]] == [("P07", "The forms were murder."), ("P08", WITHHELD)]


def test_transcripts_have_each_speaker_in_a_heading_of_its_own(demonstration: Demonstration) -> None:
    for source in read_sources(demonstration.study):
        document = docx.Document(str(demonstration.exports / "transcripts" / f"{source.summary.name}.docx"))
        said: list[tuple[str, str]] = []
        for paragraph in document.paragraphs:
            if paragraph.style.name == "Heading 1":
                said.append((paragraph.text, ""))
            elif paragraph.style.name == "Normal":
                who, words = said[-1]
                said[-1] = (who, f"{words}\n{paragraph.text}".strip())
        stands_for = speakers(source.turns)
        known = {turn.participant for turn in source.turns if turn.participant}
        allowed = re.compile(r"(Interviewer|Speaker)( \d)?")
        assert {who for who, _ in said} <= known | {NO_SPEECH} | {
            who for who in stands_for.values() if allowed.fullmatch(who)
        }
        words = "\n".join(words for who, words in said if who != NO_SPEECH)
        turns = "\n".join(source.text[turn.start : turn.end] for turn in source.turns)
        assert [line.strip() for line in words.split("\n")] == [
            line.strip() for line in turns.split("\n") if line.strip()
        ]


def test_no_label_is_written_for_who_is_no_participant(sealed: Study, tmp_path: Path) -> None:
    turns = read_source(sealed, "group").turns
    assert speakers(turns) == {
        turn.n: {"FAC": "Interviewer"}.get(str(turn.speaker), turn.participant) for turn in turns
    }
    import_names(sealed, tmp_path / "names")
    assert set(speakers(read_source(sealed, "names").turns).values()) == {"Speaker 1", "Speaker 2", "P07"}
    document = docx.Document(str(bundle(sealed, tmp_path / "out") / "transcripts" / "names.docx"))
    assert not any("Morag" in paragraph.text for paragraph in document.paragraphs)


def import_names(study: Study, folder: Path) -> None:
    folder.mkdir()
    (folder / "names.txt").write_text(
        "Morag: Aye.\n\nP07: No.\n\nTam: Maybe.\n\nMorag: Well.\n\nTam: So.", "utf-8"
    )
    assert not import_files(study, [folder]).faults


def test_the_page_tells_the_numbers_of_the_project(demonstration: Demonstration, page: str) -> None:
    project = Project(demonstration.exports / "project.qdpx")
    numbers = dict(row for row in table(page, "Numbers"))
    by_user = Counter(user for _, _, user, _ in project.codings().elements())
    assert numbers == {
        "what": "number",
        "files": str(len(project.find(".//q:TextSource"))),
        "codes": str(len(project.code_rows(themes=False))),
        "cases": str(len(project.cases())),
        "memos": "0",
        "users": str(len(project.users())),
        "codings by Agreed": str(by_user["Agreed"]),
        "codings by AB": str(by_user["AB"]),
        "codings by CD": str(by_user["CD"]),
        "rows of dataset.xlsx": "399",
    }
    files = {
        code: {source for source, name, user, _ in project.codings() if name == code and user == "Agreed"}
        for code, _ in project.code_rows(themes=False)
    }
    _, *codes = table(page, "Codes, as coded by Agreed")
    assert [(name.lstrip("— "), int(count)) for name, count, _ in codes] == [
        (code, len(sources)) for code, sources in files.items()
    ]
    coded = Counter(name for _, name, user, _ in project.codings().elements() if user == "Agreed")
    assert {name.lstrip("— "): int(count) for name, _, count in codes if int(count)} == dict(coded)


def test_the_page_holds_every_matrix(demonstration: Demonstration, page: str) -> None:
    workbooks = sorted((demonstration.exports / "matrices").iterdir())
    assert [path.name for path in workbooks] == [
        f"{rows}_by_{columns}.xlsx"
        for rows in ("codes", "themes")
        for columns in ("site", "stakeholder", "stakeholder_and_timepoint", "timepoint")
    ]
    for path in workbooks:
        _, *rows = sheet(path)
        _, *told = table(page, path.name)
        assert [[int(cell) for cell in row[1:]] for row in told] == [list(row[1:]) for row in rows]
        assert [row[0] for row in told] == [str(row[0]).partition(" : ")[2] for row in rows]
    assert "4 columns of fewer than 3 people" in page
    assert "not opened in NVivo" in page


def test_the_page_tells_what_was_mapped_and_what_is_beyond_16_bits(sealed: Study, tmp_path: Path) -> None:
    add_coding(sealed, "P07_b", place(sealed, "P07_b", "They judge ye."), "judged")
    page = (bundle(sealed, tmp_path / "out") / "CHECK.md").read_text("utf-8")
    assert table(page, "Names that NVivo does not take")[1:] == [
        ["code", "Forms: long / short", "Forms~ long ~ short"]
    ]
    assert table(page, "Emoji and other characters beyond 16 bits")[1:] == [["P07_b", "1"]]
    assert "All numbers below are of AB alone" in page
    steps = table(page, "In ten steps")
    assert len(steps) == 11 and steps[2][2] == "3 files"


def test_the_page_says_what_the_coder_may_not_see_yet(sealed: Study, tmp_path: Path) -> None:
    assign(sealed, ["P07_b", "P07_f"], ["AB", "CD"])
    add_coding(sealed, "P07_f", place(sealed, "P07_f", "That helped."), "judged")
    finish(sealed.by("CD"), ["P07_b"])
    page = (bundle(sealed, tmp_path / "out") / "CHECK.md").read_text("utf-8")
    assert "Not in it: what is agreed on in P07_b, which you may not see yet." in page


def test_the_whole_folder_is_the_same_bytes_twice_and_as_its_manifest_says(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALBENCH_HOME", str(demonstration.home))
    again = tmp_path / "again"
    export_all(demonstration.study, again)
    files = {
        path.relative_to(again).as_posix(): path.read_bytes() for path in again.rglob("*") if path.is_file()
    }
    for name, data in files.items():
        assert data == (demonstration.exports / name).read_bytes(), name
    content = json.loads(files.pop("manifest.json"))
    assert {one["file"]: (one["sha256"], one["size"]) for one in content["files"]} == {
        name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()
    }
    event, hash_ = state_of_study(demonstration.study)
    assert (content["study"]["event"], content["study"]["journal"]) == (event, hash_)
    assert content["study"]["codebook_version"] == 2


def test_a_study_with_nothing_in_it_gives_a_folder_too(sqlite_study: Study, tmp_path: Path) -> None:
    folder = bundle(sqlite_study, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {"project.qdpx", "dataset.xlsx", "CHECK.md"}


def test_the_bundle_by_the_standard_has_the_same_guids_in_project_and_codebook(
    sealed: Study, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    write_bundle(sealed, tmp_path / "out", lambda name, holds: None, None, STANDARD)
    names = Project(tmp_path / "out" / "project.qdpx", utf16=False).code_names()
    book = (tmp_path / "out" / "codebook.qdc").read_text("utf-8")
    assert names and all(f'guid="{guid}"' in book for guid in names)
