"""Matrices and codebooks as Excel workbooks, in the layout of NVivo's own exports."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench.analysis.matrix import Matrix
from qualbench.analysis.matrix_views import column_letter as column_letter
from qualbench.exchange.codebook_table import HEADERS, CodebookRow
from qualbench.exchange.refi_qda.names import clean
from qualbench.text.words import CUT

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook import Workbook

_HEADER_FILL = "F0F0F0"
_LONGEST_CELL = 32_767  # characters, by Excel's own limit
_ENDS = f" {CUT}"
_LONG = 60  # characters above which a text is wrapped in its cell
_LINE, _HIGHEST = 15, 409  # points: of a line, and of a row at most
_WIDTHS = {"A": 44, "B": 90, "C": 8, "D": 12}  # of the codebook's columns, in characters
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_matrix_workbook(matrix: Matrix, path: Path) -> None:
    """Write a matrix as NVivo's Matrix Coding Query exports one.

    One sheet named Sheet1; A1 empty; columns `A : ...`, rows `1 : ...`; whole numbers, 0 written; headers
    filled F0F0F0, not bold; no totals and no title (measured on three workbooks that NVivo wrote). Columns
    are named as in a query on attributes: `Participant:Stakeholder = Parent`.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    header = ["", *(f"{column_letter(n + 1)} : {column_name(matrix, n)}" for n in range(len(matrix.columns)))]
    sheet.append(header)
    for n, (row, cells) in enumerate(zip(matrix.rows, matrix.cells, strict=True), start=1):
        sheet.append([f"{n} : {row}", *cells])
    shade((*sheet[1], *sheet["A"]))
    sheet.column_dimensions["A"].width = 44
    for n, name in enumerate(header[1:], start=2):
        sheet.column_dimensions[column_letter(n)].width = max(30, len(name))
    save_workbook(book, path)


def write_codebook_workbook(rows: Sequence[CodebookRow], path: Path) -> None:
    """Write a codebook as NVivo exports one: Name, Description, Files, References.

    Names are indented by their depth; a name or description is always text, whatever it begins with.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Codebook"
    sheet.append(HEADERS)
    shade(sheet[1])
    for n, row in enumerate(rows, start=2):
        for column, text in ((1, row.name), (2, row.description)):
            cell: Any = sheet.cell(n, column)
            cell.value = clean(text)[:_LONGEST_CELL]
            cell.data_type = "s"  # else what begins with = would be a formula
            indent = row.depth if column == 1 else 0
            cell.alignment = Alignment(vertical="top", wrap_text=True, indent=min(indent, 15))
        for column, number in ((3, row.files), (4, row.references)):
            cell = sheet.cell(n, column, number)
            cell.alignment = Alignment(vertical="top")
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    save_workbook(book, path)


def write_rows(
    path: Path,
    headers: Sequence[str],
    rows: Iterable[Sequence[str | int]],
    *,
    title: str = "Sheet1",
    widths: Sequence[float] = (),
) -> None:
    """Write a table row by row, so that tens of thousands of rows take little memory.

    A text is always text, whatever it looks like; one that is longer than a cell can hold ends in [...].

    Args:
        path: The file.
        headers: Those of the columns, filled and frozen.
        rows: The rows.
        title: The name of the sheet.
        widths: Of the columns, in characters.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for n, width in enumerate(widths, start=1):
        sheet.column_dimensions[column_letter(n)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def cell(value: str | int) -> Any:
        if isinstance(value, int):
            return value
        text = clean(value)
        if len(text) > _LONGEST_CELL:
            text = text[: _LONGEST_CELL - len(_ENDS)] + _ENDS
        long, risky = len(text) > _LONG, text.startswith(("=", "#"))
        if not long and not risky:
            return text
        made: Any = WriteOnlyCell(sheet, text)
        if long:
            made._style = wrapped._style  # giving each an alignment of its own takes twice the time
        if risky:
            made.data_type = "s"  # else it would be a formula, or an error
        return made

    wrapped: Any = WriteOnlyCell(sheet, "")
    wrapped.alignment = Alignment(wrap_text=True, vertical="top")

    top = [WriteOnlyCell(sheet, header) for header in headers]
    shade(top)
    for one in top:
        one.alignment = Alignment(vertical="top")
    sheet.append(top)
    for n, row in enumerate(rows, start=2):
        lines = max((_lines(value, width) for value, width in zip(row, widths, strict=False)), default=1)
        if lines > 1:
            sheet.row_dimensions[n].height = min(lines * _LINE, _HIGHEST)
        sheet.append([cell(value) for value in row])
    save_workbook(book, path)


def _lines(value: str | int, width: float) -> int:
    """How many lines a text takes in a column, about; not every program finds out by itself."""
    return math.ceil(len(value) / (1.2 * width)) if isinstance(value, str) and len(value) > _LONG else 1


def shade(cells: Iterable[Cell | MergedCell]) -> None:
    """Give cells the ground of a header."""
    from openpyxl.styles import PatternFill

    fill = PatternFill("solid", start_color=_HEADER_FILL, end_color=_HEADER_FILL)
    for cell in cells:
        cell.fill = fill


def save_workbook(book: Workbook, path: Path) -> None:
    """Save a workbook without anything of who made it when, so that the same content is the same bytes."""
    book.properties.creator = "qualbench"
    book.properties.created = datetime(2000, 1, 1)
    book.save(path)
    fix_times(path)


def column_name(matrix: Matrix, n: int) -> str:
    """Give the name of a column as NVivo writes attributes: `Participant:Stakeholder = Parent`, crossed
    ones joined by AND."""
    pairs = zip(matrix.attributes, matrix.columns[n], strict=True)
    return " AND ".join(f"Participant:{name.capitalize()} = {value}" for name, value in pairs)


def fix_times(path: Path) -> None:
    """Give an Office file one date throughout, so that two exports of a study are the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", data)
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
