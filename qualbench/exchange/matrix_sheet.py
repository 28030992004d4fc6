"""A matrix as a workbook for people to read; `spreadsheets` has the one in NVivo's layout."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench.analysis.heat import heat_colour, ink_on
from qualbench.analysis.matrix_views import NUMBER, RATE, SHARE
from qualbench.analysis.matrix_words import ReadableCell, ReadableMatrix
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import column_letter, save_workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LABEL, _COLUMN = 44, 15  # widths in characters
_FORMATS = {NUMBER: "General", SHARE: "0%", RATE: "0.0"}
_BOLD = 0.9  # bold letters in the width of a column, as a share of its characters
_QUIET = "5C5C5C"
_HEADER_FILL = "F0F0F0"
_LANDSCAPE_FROM = 4  # columns of numbers
_MOST_ON_A_PAGE = 12  # the same; more go on on further pages, for they would be too small to read
_FONT, _SIZE, _LINE = "Calibri", 11, 15.0  # points


def write_readable_matrix(matrix: ReadableMatrix, path: Path) -> None:
    """Write a matrix with its title, what is counted, the N of each column, shading, and what blanks mean.

    Numbers are numbers; a cell without one says why. Names and headers stay in view, and stand on every page
    that is printed.

    Args:
        matrix: The matrix.
        path: The file to write.
    """
    from openpyxl import Workbook
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Matrix"
    _put(sheet, 1, 1, matrix.title, bold=True, wrap=False)
    _put(sheet, 2, 1, matrix.counted, wrap=False)
    for n, note in enumerate(matrix.notes, start=3):
        _put(sheet, n, 1, note, colour=_QUIET, wrap=False)
    top = 4 + len(matrix.notes)  # the first header row
    first_row = _write_headers(sheet, matrix, top)
    first_column = 3 if matrix.turned else 2
    for n, (name, cells) in enumerate(zip(matrix.rows, matrix.cells, strict=True)):
        _put(sheet, first_row + n, 1, name, indent=matrix.depths[n])
        if matrix.turned:
            _put(sheet, first_row + n, 2, matrix.sizes[n])
        for m, cell in enumerate(cells):
            _write_cell(sheet, first_row + n, first_column + m, cell, matrix.form)
    sheet.freeze_panes = f"{column_letter(first_column)}{first_row}"
    columns = len(matrix.levels[-1])
    sheet.column_dimensions["A"].width = _LABEL
    for n in range(2, first_column + columns):
        sheet.column_dimensions[column_letter(n)].width = _COLUMN
    for n in range(top, first_row + len(matrix.rows)):
        _set_height(sheet, n)
    sheet.print_title_rows, sheet.print_title_cols = f"{top}:{first_row - 1}", "A:A"
    sheet.page_setup.orientation = "landscape" if columns >= _LANDSCAPE_FROM else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    if columns <= _MOST_ON_A_PAGE:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    save_workbook(book, path)


def _write_headers(sheet: Worksheet, matrix: ReadableMatrix, top: int) -> int:
    """Write the header rows; the number of the row below them is given."""
    first_column = 3 if matrix.turned else 2
    rows = [*matrix.levels, *([] if matrix.turned else [matrix.sizes])]
    for n, names in enumerate(rows):
        for m, name in enumerate(names):
            quiet = names is matrix.sizes
            _put(sheet, top + n, first_column + m, name, bold=not quiet, header=True, centred=True)
        _put(sheet, top + n, 1, matrix.corner if n == len(rows) - 1 else "", bold=True, header=True)
    if matrix.turned:
        _put(sheet, top + len(rows) - 1, 2, "n", bold=True, header=True)
    return top + len(rows)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: ReadableCell, form: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    if cell.number is None:
        _put(sheet, row, column, cell.text, colour=_QUIET, centred=True)
        return
    at = sheet.cell(row, column, cell.number)
    at.number_format = _FORMATS[form] if cell.of is None else f'0" of {cell.of}"'
    at.alignment = Alignment(horizontal="center", vertical="top")
    at.font = Font(name=_FONT, size=_SIZE, color=ink_on(cell.step).removeprefix("#"))
    if cell.step:
        colour = heat_colour(cell.step).removeprefix("#")
        at.fill = PatternFill("solid", start_color=colour, end_color=colour)


def _set_height(sheet: Worksheet, row: int) -> None:
    """Make a row as high as its wrapped texts; not every program does so by itself."""
    lines = 1
    for cell in sheet[row]:
        if isinstance(cell.value, str):
            width = _LABEL - 2 * cell.alignment.indent if cell.column == 1 else _COLUMN
            lines = max(lines, len(textwrap.wrap(cell.value, int(width * (_BOLD if cell.font.bold else 1)))))
    sheet.row_dimensions[row].height = _LINE * lines


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    colour: str | None = None,
    indent: int = 0,
    wrap: bool = True,
    header: bool = False,
    centred: bool = False,
) -> None:
    """Write a text, which is always text, whatever it begins with."""
    from openpyxl.styles import Alignment, Font, PatternFill

    cell: Any = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"
    cell.font = Font(name=_FONT, size=_SIZE, bold=bold, color=colour)
    side = "center" if centred else "left"
    cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=wrap, indent=min(indent, 15))
    if header:
        cell.fill = PatternFill("solid", start_color=_HEADER_FILL, end_color=_HEADER_FILL)
