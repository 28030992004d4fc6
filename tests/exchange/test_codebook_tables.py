"""The codebook in NVivo's layout, as a workbook and as a Word document."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT

from qualbench.analysis.code_use import Use, code_use
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.codings import list_codings
from qualbench.exchange.codebook_table import CodebookRow, codebook_rows
from qualbench.exchange.spreadsheets import write_codebook_workbook
from qualbench.exchange.word import write_codebook_document
from tests.builders import ENTRIES
from tests.conftest import Demonstration

USE = {"forms": Use(3, frozenset({"a", "b"}), frozenset({"P1"})), "fear": Use(1, frozenset("a"), frozenset())}


@pytest.fixture(scope="module")
def rows(demonstration: Demonstration) -> list[CodebookRow]:
    study = demonstration.study
    return codebook_rows(read_codebook(study), code_use(study, "agreed"))


def test_rows_are_the_tree_with_own_codings() -> None:
    book = Codebook([*ENTRIES[:3], replace(ENTRIES[3], status="retired"), *ENTRIES[4:]])
    rows = codebook_rows(book, USE)
    assert [(r.name, r.depth, r.files, r.references) for r in rows] == [
        ("Trust", 0, 0, 0),
        ("Social work", 1, 0, 0),
        ("Fear", 2, 1, 1),
        ("The trial", 0, 0, 0),
        ("Forms: long / short", 1, 2, 3),
    ]
    assert rows[3].description == "What it asks."


def test_the_workbook_of_the_demonstration(
    demonstration: Demonstration, rows: list[CodebookRow], tmp_path: Path
) -> None:
    write_codebook_workbook(rows, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Codebook"]
    table = list(sheet.iter_rows(values_only=True))
    assert table[0] == ("Name", "Description", "Files", "References")
    assert [(r[0], r[1] or "", r[2], r[3]) for r in table[1:]] == [
        (r.name, r.description, r.files, r.references) for r in rows
    ]
    assert [cell.alignment.indent for cell in sheet["A"][1:]] == [r.depth for r in rows]
    assert sum(r.references for r in rows) == len(list_codings(demonstration.study, layer="agreed"))


def test_the_document_has_one_table_with_indented_names(rows: list[CodebookRow], tmp_path: Path) -> None:
    write_codebook_document(rows, tmp_path / "book.docx")
    document = docx.Document(str(tmp_path / "book.docx"))
    assert document.sections[0].orientation == WD_ORIENT.PORTRAIT
    (table,) = document.tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[0] == ["Name", "Description", "Files", "References"]
    assert cells[1:] == [[r.name, r.description, str(r.files), str(r.references)] for r in rows]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    indents = {
        r.depth: row.cells[0].paragraphs[0].paragraph_format.left_indent
        for r, row in zip(rows, table.rows[1:], strict=True)
    }
    assert indents[0] < indents[1] < indents[2]


def test_names_that_look_like_formulas_and_long_ones_are_text(tmp_path: Path) -> None:
    row = CodebookRow("=1+1", 40, "@SUM(A1)\x01" + "x" * 40_000, 0, 0)
    write_codebook_workbook([row], tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert str(sheet["B2"].value).startswith("@SUM(A1)x") and len(str(sheet["B2"].value)) == 32_767
    write_codebook_document([row], tmp_path / "book.docx")
    assert docx.Document(str(tmp_path / "book.docx")).tables[0].cell(1, 0).text == "=1+1"


def test_two_exports_are_the_same_bytes(rows: list[CodebookRow], tmp_path: Path) -> None:
    for write, name in ((write_codebook_workbook, "b.xlsx"), (write_codebook_document, "b.docx")):
        write(rows, tmp_path / name)
        first = (tmp_path / name).read_bytes()
        write(rows, tmp_path / name)
        assert (tmp_path / name).read_bytes() == first


def test_two_thousand_codes_are_written_in_seconds(tmp_path: Path) -> None:
    entries = [CodeEntry(f"c{n}", None, "code", f"Code {n}", definition="x" * 300) for n in range(2000)]
    rows = codebook_rows(Codebook(entries), {})
    began = time.perf_counter()
    write_codebook_workbook(rows, tmp_path / "b.xlsx")
    write_codebook_document(rows, tmp_path / "b.docx")
    assert time.perf_counter() - began < 20


def test_an_empty_codebook_gives_the_headers(tmp_path: Path) -> None:
    write_codebook_workbook([], tmp_path / "b.xlsx")
    write_codebook_document([], tmp_path / "b.docx")
    assert len(docx.Document(str(tmp_path / "b.docx")).tables[0].rows) == 1
