"""The matrix workbook in NVivo's layout, and the theme table."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
from docx.enum.section import WD_ORIENT

from qualbench.analysis.matrix import Matrix, build_matrix
from qualbench.codebook.tree import read_codebook
from qualbench.coding.codings import list_codings
from qualbench.exchange.everything import MATRIX_COLUMNS
from qualbench.exchange.spreadsheets import write_matrix_workbook
from qualbench.exchange.word import write_theme_table
from qualbench.study.tables import AGREED
from tests.conftest import Demonstration


def test_the_workbook_has_nvivos_layout(demonstration: Demonstration) -> None:
    matrix = build_matrix(demonstration.study, "themes", MATRIX_COLUMNS)
    book = openpyxl.load_workbook(demonstration.exports / "matrix.xlsx")
    assert book.sheetnames == ["Sheet1"]
    sheet = book["Sheet1"]
    assert sheet["A1"].value in (None, "")
    assert sheet["B1"].value == "A : Participant:Stakeholder = Parent AND Participant:Timepoint = Baseline"
    assert [sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1)] == [
        f"{n} : {label}" for n, label in enumerate(matrix.rows, start=1)
    ]
    cells = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=2)]
    assert cells == matrix.cells
    assert all(isinstance(cell, int) for row in cells for cell in row)
    assert {sheet["B1"].fill.start_color.rgb[-6:], sheet["A2"].fill.start_color.rgb[-6:]} == {"F0F0F0"}
    assert not sheet["B1"].font.bold
    assert sheet.freeze_panes is None


def test_column_letters_go_on_after_z(tmp_path: Path) -> None:
    columns = [(f"P{n}",) for n in range(30)]
    write_matrix_workbook(Matrix(("participant",), ["t"], columns, [[0] * 30], "agreed"), tmp_path / "m.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    assert str(sheet.cell(1, 28).value).startswith("AA : ")


def test_two_workbooks_and_documents_are_the_same_bytes(demonstration: Demonstration, tmp_path: Path) -> None:
    write_matrix_workbook(
        build_matrix(demonstration.study, "themes", MATRIX_COLUMNS), tmp_path / "matrix.xlsx"
    )
    write_theme_table(demonstration.study, tmp_path / "themes.docx")
    for name in ("matrix.xlsx", "themes.docx"):
        assert (tmp_path / name).read_bytes() == (demonstration.exports / name).read_bytes()


def test_the_theme_table_has_every_subtheme_with_two_labelled_quotes(demonstration: Demonstration) -> None:
    document = docx.Document(str(demonstration.exports / "themes.docx"))
    (table,) = document.tables
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert [cell.text for cell in table.rows[0].cells] == ["Theme", "Sub-theme", "What it is about", "Quotes"]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    book = read_codebook(demonstration.study)
    subthemes = [entry for _, entry in book.walk() if entry.level == "subtheme"]
    assert [row.cells[1].text for row in table.rows[1:]] == [entry.label for entry in subthemes]
    assert [row.cells[2].text for row in table.rows[1:]] == [entry.definition for entry in subthemes]
    said = {" ".join(c.quote.split()) for c in list_codings(demonstration.study, layer=AGREED)}
    for row in table.rows[1:]:
        paragraphs = [paragraph.text for paragraph in row.cells[3].paragraphs]
        assert len(paragraphs) == 2
        for paragraph in paragraphs:
            quote, _, label = paragraph.rpartition(" [")
            assert label.endswith("]")
            assert any(quote.strip("“”") in words for words in said)
