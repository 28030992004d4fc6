"""Ways to look at a matrix that has been counted: sorted, as shares, turned, as CSV; pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from qualbench.analysis.matrix_model import BLANK, Cell, Matrix, Size
from qualbench.errors import BadInput

SORTS = ("codebook", "total", "label")
NORMALISE = ("row", "column", "n")

NUMBER, SHARE, RATE = "number", "share", "rate"
"""What the numbers of a sheet are: as counted, shares from 0 to 1, or so many for each participant."""

ALL = "All"

Item = TypeVar("Item")


@dataclass(frozen=True)
class Sheet:
    """A matrix as it is to be shown.

    Attributes:
        rows: Labels; those of columns if it is turned.
        depths: How far each is indented.
        columns: Labels, the values of the attributes joined by commas.
        cells: A list a row; the number is None where it is undefined, as a share of nothing.
        sizes: Of the columns; of the rows if it is turned.
        turned: Whether the themes are the columns.
        form: NUMBER, SHARE or RATE.
        normalised: What the numbers are shares of, one of `NORMALISE`; None if they are as counted.
        counts: What is counted.
    """

    rows: list[str]
    depths: list[int]
    columns: list[str]
    cells: list[list[Cell]]
    sizes: list[Size]
    turned: bool
    form: str
    normalised: str | None
    counts: str


def sorted_rows(matrix: Matrix, by: str) -> Matrix:
    """Give the matrix with its rows in another order.

    Args:
        matrix: The matrix.
        by: One of `SORTS`: as in the codebook, by the total of the row, the largest first, or by label.

    Raises:
        BadInput: If rows cannot be sorted by that.
    """
    if by not in SORTS:
        raise BadInput(f"Rows cannot be sorted by '{by}'.", f"Use one of {', '.join(SORTS)}.")
    totals = matrix.totals
    if by == "codebook" or totals is None:
        return matrix
    order = sorted(
        range(len(matrix.rows)),
        key=lambda n: (-(totals.rows[n].number or 0) if by == "total" else 0, matrix.rows[n].casefold()),
    )
    return _reordered(matrix, order)


def sorted_by_column(matrix: Matrix, column: Sequence[str], normalise: str | None = None) -> Matrix:
    """Give the matrix with its rows by their numbers in a column, the largest first; blanks come last.

    Args:
        matrix: The matrix.
        column: The values of the column. If there is none such, the matrix is given as it is.
        normalise: As for `laid_out`: the numbers that are compared are those that are shown.
    """
    if tuple(column) not in matrix.columns:
        return matrix
    at = matrix.columns.index(tuple(column))
    cells = [line[at] for line in laid_out(matrix, normalise=normalise).cells]

    def place(n: int) -> tuple[bool, float, str]:
        blank = cells[n].state in BLANK or cells[n].number is None
        return blank, -(cells[n].number or 0), matrix.rows[n].casefold()

    return _reordered(matrix, sorted(range(len(matrix.rows)), key=place))


def laid_out(
    matrix: Matrix, *, totals: bool = False, normalise: str | None = None, turned: bool = False
) -> Sheet:
    """Lay out a matrix to be shown.

    Args:
        matrix: The matrix; with totals, or normalised by column, it must have been counted with totals.
        totals: Whether to add all columns as one, and all rows as one.
        normalise: One of `NORMALISE`, or None for the numbers as counted: shares of the total of the row, or
            of the column, or of how many there could be at most; codings and passages are then told for each
            participant of their column, for there is no most.
        turned: Whether the themes are to be the columns.

    Raises:
        BadInput: If the numbers cannot be normalised, or not so.
    """
    if normalise not in (None, *NORMALISE):
        raise BadInput(f"'{normalise}' is nothing to normalise by.", f"Use one of {', '.join(NORMALISE)}.")
    if normalise and matrix.counts in ("share", "presence"):
        raise BadInput(f"{matrix.counts.capitalize()} cannot be normalised.", "Choose other cells.")
    whole = matrix.totals
    if whole is None or ((totals or normalise == "column") and whole.columns is None):
        raise ValueError("the matrix was counted without totals")
    grid = [
        [*map(Cell, numbers, most, states), last]
        for numbers, most, states, last in zip(
            matrix.cells, matrix.out_of, matrix.states, whole.rows, strict=True
        )
    ]
    if whole.columns is not None and whole.whole is not None:
        grid.append([*whole.columns, whole.whole])
    sizes = [*matrix.sizes, whole.size]
    form = SHARE if matrix.counts == "share" else NUMBER
    if normalise:
        rate = normalise == "n" and matrix.counts in ("codings", "passages", "quotes")
        form = RATE if rate else SHARE
        grid = _normalised(grid, normalise, sizes)
    rows, depths = [*matrix.rows, ALL], [*matrix.depths, 0]
    columns = [*(", ".join(column) for column in matrix.columns), ALL]
    if not totals:
        grid = [line[:-1] for line in grid[: len(matrix.rows)]]
        rows, depths, columns, sizes = rows[:-1], depths[:-1], columns[:-1], sizes[:-1]
    if turned:
        rows, columns, depths = columns, rows, [0] * len(columns)
        grid = [[line[n] for line in grid] for n in range(len(rows))]
    return Sheet(rows, depths, columns, grid, sizes, turned, form, normalise, matrix.counts)


def _normalised(grid: Sequence[Sequence[Cell]], normalise: str, sizes: Sequence[Size]) -> list[list[Cell]]:
    """The cells as shares; a row ends in its total, and a column too if it is to be a share of that."""

    def whole(cell: Cell, row: int, column: int) -> float:
        if normalise == "row":
            return grid[row][-1].number or 0
        if normalise == "column":
            return grid[-1][column].number or 0
        return sizes[column].participants if cell.out_of is None else cell.out_of

    def share(cell: Cell, of: float) -> Cell:
        return Cell(cell.number / of if of and cell.number is not None else None, None, cell.state)

    return [[share(cell, whole(cell, n, m)) for m, cell in enumerate(line)] for n, line in enumerate(grid)]


def matrix_as_csv(matrix: Matrix) -> str:
    """Write a matrix as CSV: its quotes, a row each, where it has them, else as `sheet_as_csv`."""
    return sheet_as_csv(laid_out(matrix)) if matrix.quotes is None else quotes_as_csv(matrix)


def sheet_as_csv(sheet: Sheet) -> str:
    """Write a matrix as CSV; a cell without a number says why.

    The last rows say how many sources and participants there are of each column, and how many words of
    theirs where words are counted; the last columns, if it is turned.
    """
    lines: list[list[object]] = [["", *sheet.columns]]
    for label, cells in zip(sheet.rows, sheet.cells, strict=True):
        lines.append([label, *(cell.state if cell.state in BLANK else cell.number for cell in cells)])
    for name in Size._fields:
        numbers = [f"n: {name}", *(getattr(size, name) for size in sheet.sizes)]
        if None in numbers:
            continue
        if sheet.turned:
            lines = [[*line, number] for line, number in zip(lines, numbers, strict=True)]
        else:
            lines.append(numbers)
    return _csv(lines)


def quotes_as_csv(matrix: Matrix) -> str:
    """Write the quotes of a matrix as CSV, a row each, with the theme and the values of the column."""
    lines: list[Sequence[object]] = [("row", *matrix.attributes, "source", "start", "end", "label", "text")]
    for row, in_row in zip(matrix.rows, matrix.quotes or (), strict=True):
        for column, quotes in zip(matrix.columns, in_row, strict=True):
            for one in quotes:
                place = (one.source, one.parts[0].start, one.parts[-1].end)
                lines.append((row, *column, *place, one.label, one.text))
    return _csv(lines)


def column_letter(n: int) -> str:
    """Give the letter of the nth column, counted from 1: A to Z, then AA."""
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _csv(lines: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _reordered(matrix: Matrix, order: Sequence[int]) -> Matrix:
    """The matrix with its rows in another order, which no longer shows what stands below what."""
    totals = matrix.totals
    return replace(
        matrix,
        rows=_picked(matrix.rows, order),
        codes=_picked(matrix.codes, order),
        depths=[0] * len(order),
        cells=_picked(matrix.cells, order),
        states=_picked(matrix.states, order),
        out_of=_picked(matrix.out_of, order),
        quotes=None if matrix.quotes is None else _picked(matrix.quotes, order),
        totals=None if totals is None else replace(totals, rows=_picked(totals.rows, order)),
    )


def _picked(items: Sequence[Item], order: Sequence[int]) -> list[Item]:
    return [items[n] for n in order]
