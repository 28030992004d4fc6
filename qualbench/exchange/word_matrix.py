"""A matrix as a Word document."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.heat import heat_colour, ink_on
from qualbench.analysis.matrix_words import ReadableMatrix
from qualbench.exchange.word_parts import (
    HEADING,
    TEXT,
    UPRIGHT,
    WIDE,
    add_caption,
    add_notes,
    cells_by_row,
    keep_with_next,
    new_document,
    repeat,
    rule,
    save,
    shade,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_MOST_UPRIGHT = 4  # columns of numbers; more lie on a landscape page
_MOST = 10  # columns of numbers in one table; more go on in a second one
_LABEL, _NARROW_LABEL = 5.2, 4.4  # cm of the column of names, and beside many columns
_MANY = 7  # columns of numbers above which their names are written small, lest words break
_SMALL = 8  # points
_TOGETHER = 20  # rows of a table that is not parted over pages
_INDENT = 0.3  # cm a level
_DEEPEST_INDENT = 7


def write_matrix_document(matrix: ReadableMatrix, path: Path, *, heat: bool = False) -> None:
    """Write a matrix: what is counted above it, the N of each column under its name, what blanks mean below.

    A matrix of many columns goes on in further tables, each with the names of the rows.

    Args:
        matrix: The matrix.
        path: The file to write.
        heat: Whether the cells are shaded.
    """
    columns = len(matrix.cells[0]) if matrix.cells else 0
    document = new_document(landscape=columns > _MOST_UPRIGHT)
    tables = max(1, math.ceil(columns / _MOST))
    width = math.ceil(columns / tables)
    for n in range(tables):
        goes_on = f", continued ({n + 1} of {tables})" if n else ""
        add_caption(document, f"{matrix.title}{goes_on}")
        part = range(n * width, min(columns, (n + 1) * width))
        _write_table(document, matrix, part, WIDE if columns > _MOST_UPRIGHT else UPRIGHT, heat=heat)
        if n + 1 < tables:
            document.add_paragraph()
    add_notes(document, [matrix.counted, *matrix.notes])
    save(document, path)


def _write_table(
    document: Document, matrix: ReadableMatrix, part: Sequence[int], room: float, *, heat: bool
) -> None:
    headers = len(matrix.levels) + (0 if matrix.turned else 1)
    table = document.add_table(rows=headers + len(matrix.rows), cols=1 + len(part))
    cells = cells_by_row(table)
    write(cells[headers - 1][0], matrix.corner, HEADING)
    for level, of_row in zip(matrix.levels, cells, strict=False):
        for n, m in enumerate(part, start=1):
            write(of_row[n], level[m], HEADING)
    if not matrix.turned:
        for n, m in enumerate(part, start=1):
            write(cells[headers - 1][n], matrix.sizes[m], TEXT)
    for row, of_row in enumerate(cells[headers:]):
        _write_name(matrix, row, of_row[0])
        for n, m in enumerate(part, start=1):
            cell = matrix.cells[row][m]
            write(of_row[n], cell.text)
            if heat and cell.step:
                shade(of_row[n], heat_colour(cell.step), ink_on(cell.step))
    for of_row in cells:
        for one in of_row[1:]:
            _centre(one)
    if len(cells) <= _TOGETHER:
        for of_row in cells[:-1]:
            keep_with_next(of_row)
    repeat(table, headers)
    label = _LABEL if len(part) <= _MANY else _NARROW_LABEL
    share = min(2.6, (room - label) / max(1, len(part)))
    rule(table, [label, *[share] * len(part)], headers=headers)
    if len(part) > _MANY:
        _write_small(one for of_row in cells[:headers] for one in of_row[1:])
    for n, level in enumerate(matrix.levels[:-1]):
        _join(table, n, [level[m] for m in part], cells)


def _write_small(cells: Iterable[_Cell]) -> None:
    from docx.shared import Pt

    for run in (run for cell in cells for paragraph in cell.paragraphs for run in paragraph.runs):
        run.font.size = Pt(_SMALL)


def _write_name(matrix: ReadableMatrix, row: int, cell: _Cell) -> None:
    from docx.shared import Cm

    size = f" ({matrix.sizes[row]})" if matrix.turned else ""
    paragraph = write(cell, f"{matrix.rows[row]}{size}")
    depth = min(matrix.depths[row], _DEEPEST_INDENT)
    paragraph.paragraph_format.left_indent = Cm(depth * _INDENT)
    paragraph.runs[0].bold = depth == 0 and any(matrix.depths)


def _join(table: Table, row: int, names: Sequence[str], cells: Sequence[Sequence[_Cell]]) -> None:
    """Join the cells of a header row that have one name."""
    at = 1
    for name, same in groupby(names):
        width = len(list(same))
        if name and width > 1:
            for cell in cells[row][at + 1 : at + width]:
                cell.paragraphs[0].text = ""
            joined = cells[row][at].merge(cells[row][at + width - 1])
            for paragraph in joined.paragraphs[1:]:
                paragraph._p.getparent().remove(paragraph._p)
        at += width


def _centre(cell: _Cell) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for paragraph in cell.paragraphs:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
