"""The history and the checklists as a Word document, and what must hold before it goes out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT

from qualbench.analysis.document import Bullets, Grid, Heading
from qualbench.analysis.frame_history import frame_history, history_blocks
from qualbench.analysis.reporting import checklist_blocks, checklists
from qualbench.codebook.editing import NewCode, add_code
from qualbench.codebook.moving import retire_code
from qualbench.errors import Refused
from qualbench.exchange.frame_document import write_history_document
from qualbench.exchange.gates import gate
from qualbench.redaction.marking import add_mention
from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.conftest import Demonstration


def test_the_document_has_headings_lists_and_tables_of_its_own_kind(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    history, found = frame_history(demonstration.study), checklists(demonstration.study)
    write_history_document(history, found, tmp_path / "history.docx")
    document = docx.Document(str(tmp_path / "history.docx"))
    blocks = [*history_blocks(history), *(b for one in found for b in checklist_blocks(one))]
    assert [(p.text, p.style.name) for p in document.paragraphs if p.style.name.startswith("Heading")] == [
        (block.text, f"Heading {block.level}") for block in blocks if isinstance(block, Heading)
    ]
    listed = [item for block in blocks if isinstance(block, Bullets) for item in block.items]
    assert [p.text for p in document.paragraphs if p.style.name == "List Bullet"] == listed
    grids = [block for block in blocks if isinstance(block, Grid)]
    assert len(document.tables) == len(grids) == 2
    for table, grid in zip(document.tables, grids, strict=True):
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            list(row) for row in (grid.headers, *grid.rows)
        ]
        assert all(row.cells[-1].text == "" for row in table.rows[1:])
    assert [section.orientation for section in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.LANDSCAPE,
    ]


def test_two_documents_of_a_study_are_the_same_bytes(demonstration: Demonstration, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_history_document(
            frame_history(demonstration.study), checklists(demonstration.study), tmp_path / name
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:  # else two within a second would be alike by chance
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_checklists_alone_begin_on_the_first_page(demonstration: Demonstration, tmp_path: Path) -> None:
    write_history_document([], checklists(demonstration.study), tmp_path / "lists.docx")
    document = docx.Document(str(tmp_path / "lists.docx"))
    assert len(document.sections) == 2
    assert document.paragraphs[0].text == "COREQ, items 10 to 13 and 16 to 31"


def test_a_reason_may_hold_what_xml_does_not_allow(sqlite_study: Study, tmp_path: Path) -> None:
    add_code(sqlite_study, NewCode("One"))
    retire_code(sqlite_study, "one", "It \x01 went\x0b away \ufffe.")
    write_history_document(frame_history(sqlite_study), [], tmp_path / "history.docx")
    document = docx.Document(str(tmp_path / "history.docx"))
    assert document.paragraphs[-1].text.endswith("AB: Retired 'One'. Reason: It went away .")


@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_a_redacted_name_in_a_reason_does_not_go_out(
    sqlite_study: Study, tmp_path: Path, suffix: str
) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    add_mention(study, "P07_b", place(study, "P07_b", "Naïve"), kind="person")
    retire_code(study, "forms", "As Naïve said.")
    target = tmp_path / "out" / f"history.{suffix}"
    with pytest.raises(Refused, match="1 place"), gate(study, target, holds_texts=False) as draft:
        if suffix == "docx":
            write_history_document(frame_history(study), [], draft)
        else:
            draft.write_text("Reason: As Naïve said.", "utf-8")
    assert not target.exists()
    with gate(study, target, holds_texts=False) as draft:
        draft.write_text("Nothing of the kind.", "utf-8")
    assert target.read_text("utf-8") == "Nothing of the kind."
