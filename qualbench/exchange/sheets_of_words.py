"""Workbooks to be read by people: wrapped words, numbers, and a header row and column that stay in sight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import column_letter, fix_times

Rows = Sequence[Sequence[str | int | float | None]]
_HEADER_FILL = "F0F0F0"
_LONGEST_CELL = 32_767  # characters, by Excel's own limit
_LINE, _TALLEST = 15, 405  # points: of a line, and of a row by Excel's limit


def write_sheets(sheets: Mapping[str, Rows], path: Path, widths: Sequence[float], still: int = 1) -> None:
    """Write tables to a workbook, a sheet each; a text is always text, whatever it begins with.

    Args:
        sheets: The rows of each sheet by its title, the header first.
        path: The file.
        widths: Of the columns in characters; the last one is that of all after it.
        still: How many columns at the left stay in sight.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, PatternFill

    book = Workbook()
    book.remove(book.worksheets[0])
    top = Alignment(vertical="top", wrap_text=True)
    fill = PatternFill("solid", start_color=_HEADER_FILL, end_color=_HEADER_FILL)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for n, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell: Any = sheet.cell(n, column)
                cell.value = clean(value)[:_LONGEST_CELL] if isinstance(value, str) else value
                if isinstance(value, str):
                    cell.data_type = "s"
                cell.alignment = top
                if n == 1:
                    cell.fill = fill
            # not every program fits rows to wrapped words by itself
            sheet.row_dimensions[n].height = min(_TALLEST, _LINE * _lines(row, widths))
        for column in range(1, (len(rows[0]) if rows else 0) + 1):
            sheet.column_dimensions[column_letter(column)].width = _width(widths, column)
        sheet.freeze_panes = f"{column_letter(still + 1)}2"
    book.properties.creator = "qualbench"
    book.properties.created = datetime(2000, 1, 1)
    book.save(path)
    fix_times(path)


def _width(widths: Sequence[float], column: int) -> float:
    return widths[min(column, len(widths)) - 1]


def _lines(row: Sequence[str | int | float | None], widths: Sequence[float]) -> int:
    """How many lines the tallest cell of a row needs."""
    tallest = 1
    for column, value in enumerate(row, start=1):
        if isinstance(value, str):
            room = _width(widths, column) * 0.9  # words are broken where they end
            tallest = max(tallest, sum(max(1, math.ceil(len(line) / room)) for line in value.split("\n")))
    return tallest
