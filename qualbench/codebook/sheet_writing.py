"""Codebooks written as sheets that people fill in: CSV and Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.sheets import COLUMNS, guarded, joined
from qualbench.codebook.tree import LEVELS, LISTS, ORIGINS, STATUSES, CodeEntry
from qualbench.codebook.yaml_writing import tidied
from qualbench.errors import BadInput

_WIDE, _MIDDLE, _NARROW = 48, 24, 14  # characters
_WIDTHS = {
    "id": _MIDDLE,
    "parent": _MIDDLE,
    "label": _MIDDLE,
    "short_definition": _MIDDLE,
    "question": _MIDDLE,
    "tags": _MIDDLE,
    "definition": _WIDE,
    "central_concept": _WIDE,
    "when_to_use": _WIDE,
    "when_not_to_use": _WIDE,
    "typical_example": _WIDE,
    "atypical_example": _WIDE,
    "near_miss_example": _WIDE,
}
_LINE = 15  # points
_CHOICES = {"level": LEVELS, "status": STATUSES, "origin": tuple(filter(None, ORIGINS))}
_BLANK_ROWS = 200  # that offer the same choices, below those filled in
_LONGEST_CELL = 32_767  # characters, of Excel


def sheet_rows(book: BookFile) -> list[list[str]]:
    """Give a codebook as the rows of a sheet, the names of the columns first."""
    return [list(COLUMNS), *([_cell(entry, name) for name in COLUMNS] for entry in tidied(book).entries)]


def write_csv(book: BookFile) -> bytes:
    """Give a codebook as CSV, with the mark by which Excel knows UTF-8; no cell is a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[guarded(cell) for cell in row] for row in sheet_rows(book)])
    return out.getvalue().encode("utf-8-sig")


def write_workbook(book: BookFile) -> bytes:
    """Give a codebook as an Excel workbook, with the known levels, statuses and origins to choose from.

    Raises:
        BadInput: If a text is too long for a cell.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "Codebook"
    rows = sheet_rows(book)
    for number, row in enumerate(rows, start=1):
        for n, text in enumerate(row, start=1):
            _fill(sheet.cell(number, n), text, row[0])
    _style(sheet)
    for number, row in enumerate(rows[1:], start=2):
        sheet.row_dimensions[number].height = _LINE * _lines(row)
    for n, name in enumerate(COLUMNS, start=1):
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, _NARROW)
        if name in _CHOICES:
            choices = DataValidation("list", formula1=f'"{",".join(_CHOICES[name])}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{len(rows) + _BLANK_ROWS}")
            sheet.add_data_validation(choices)
    workbook.properties.creator = "qualbench"
    workbook.properties.created = datetime(2000, 1, 1)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _lines(row: Sequence[str]) -> int:
    """How many lines the tallest cell of a row takes: not every program makes rows as tall as their text."""
    return max(
        sum(-(-max(1, len(line)) // _WIDTHS.get(name, _NARROW)) for line in text.split("\n"))
        for name, text in zip(COLUMNS, row, strict=True)
    )


def _cell(entry: CodeEntry, name: str) -> str:
    value = getattr(entry, "parent_id" if name == "parent" else name)
    return joined(value) if name in LISTS else value or ""


def _fill(cell: Any, text: str, code_id: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise BadInput(
            f"A text of '{code_id}' is too long for a cell of Excel.", "Write the codebook as .yaml or .csv."
        )
    if text:
        cell.value = text
        cell.data_type = "s"  # whatever it begins with
        cell.quotePrefix = text[0] in "=+-@'"


def _style(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    top = Alignment(vertical="top", wrap_text=True)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = top
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="F0F0F0", end_color="F0F0F0")
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
