"""The matrix as the screen shows it: what was asked for, and how it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from qualbench.analysis.heat import heat_step
from qualbench.analysis.matrix_model import BLANK, SIGNS, Cell, Matrix, Request
from qualbench.analysis.matrix_views import (
    NORMALISE,
    NUMBER,
    SORTS,
    Sheet,
    laid_out,
    sorted_by_column,
    sorted_rows,
)
from qualbench.analysis.matrix_words import levels_of, most_shaded, number_told

BY_COLUMN = "column"
"""A way to sort rows besides `SORTS`: by the numbers of one column."""

UNDEFINED = "-"
"""Stands for a share of nothing."""

_OF = ("sources", "participants")  # told as n/N
_FIRST = Request("themes", ("stakeholder", "timepoint"), "participants", totals=True)


@dataclass(frozen=True)
class Look:
    """What is asked for, and how it is laid out.

    Attributes:
        request: What is counted; always with totals, so that showing them takes no counting.
        sort: One of `SORTS`, or `BY_COLUMN`.
        column: The values of the column that rows are sorted by.
        normalise: What numbers are shown as shares of, one of `NORMALISE`; None as counted.
        turned: Whether the themes are the columns.
        totals: Whether all rows and all columns are shown as one.
    """

    request: Request = field(default_factory=lambda: _FIRST)
    sort: str = SORTS[0]
    column: tuple[str, ...] = ()
    normalise: str | None = None
    turned: bool = False
    totals: bool = False

    def asking(self, **changes: Any) -> Look:
        """Give the same with another request; numbers that cannot be normalised are shown as counted."""
        request = replace(self.request, **changes)
        if request.cells in ("share", "presence"):
            return replace(self, request=request, normalise=None)
        return replace(self, request=request)

    def kept(self) -> dict[str, object]:
        """Give it as plain values, to be kept in mind."""
        request = self.request
        return {
            "rows": request.rows,
            "columns": request.columns,
            "cells": request.cells,
            "layer": request.layer,
            "own": request.own,
            "codes": request.codes,
            "only": request.only,
            "all_columns": request.all_columns,
            "pooled_below": request.pooled_below,
            "sort": self.sort,
            "column": self.column,
            "normalise": self.normalise,
            "turned": self.turned,
            "totals": self.totals,
        }


def look_of(kept: Mapping[str, Any]) -> Look:
    """Give what was kept in mind; the usual look for what is none."""
    try:
        request = Request(
            str(kept["rows"]),
            tuple(map(str, kept["columns"])),
            str(kept["cells"]),
            str(kept["layer"]),
            own=bool(kept["own"]),
            codes=tuple(map(str, kept["codes"])),
            only=tuple((str(name), str(value)) for name, value in kept["only"]),
            all_columns=bool(kept["all_columns"]),
            totals=True,
            pooled_below=int(kept["pooled_below"]),
        )
        sort, column, normalise = kept["sort"], tuple(map(str, kept["column"])), kept["normalise"]
        look = Look(request, sort, column, normalise, bool(kept["turned"]), bool(kept["totals"]))
    except (KeyError, TypeError, ValueError):
        return Look()
    known = sort in (*SORTS, BY_COLUMN) and normalise in (None, *NORMALISE)
    return look.asking() if known else Look()


@dataclass(frozen=True)
class ShownMatrix:
    """A matrix as it is laid out.

    Attributes:
        matrix: The matrix, its rows in the order in which they are shown.
        sheet: The numbers as they are shown.
        counted: The same as they were counted.
        look: What was asked for.
    """

    matrix: Matrix
    sheet: Sheet
    counted: Sheet
    look: Look

    @cached_property
    def levels(self) -> list[list[str]]:
        """The names over the columns, a list a level."""
        return levels_of(self.matrix, self.sheet)

    @cached_property
    def widest(self) -> int:
        """How many cells the widest number takes."""
        return max((len(self._told(cell)) for line in self.sheet.cells for cell in line), default=1)

    @cached_property
    def states(self) -> set[str]:
        """The states of the cells, to be explained."""
        return {cell.state for line in self.sheet.cells for cell in line}

    def text(self, row: int, column: int) -> str:
        """Give what stands in a cell."""
        return self._told(self.sheet.cells[row][column])

    def step(self, row: int, column: int) -> int:
        """Give the step of the shade of a cell, 0 to 5."""
        cell = self.sheet.cells[row][column]
        theme, of = self.behind(row, column)
        if cell.state in BLANK or theme is None or of is None:
            return 0
        return heat_step(cell.number, self._most)

    def behind(self, row: int, column: int) -> tuple[int | None, int | None]:
        """Give the numbers of the theme and of the column of the matrix; None for all as one."""
        theme, of = (column, row) if self.sheet.turned else (row, column)
        return (
            theme if theme < len(self.matrix.rows) else None,
            of if of < len(self.matrix.columns) else None,
        )

    def find(self, code: str | None, values: tuple[str, ...] | None) -> tuple[int, int]:
        """Give the row and column of a theme and a crossing; the first, where there is none such."""
        themes: list[str | None] = list(self.matrix.codes)
        columns: list[tuple[str, ...] | None] = list(self.matrix.columns)
        if self.look.totals:
            themes, columns = [*themes, None], [*columns, None]
        theme = themes.index(code) if code in themes else 0
        column = columns.index(values) if values in columns else 0
        return (column, theme) if self.sheet.turned else (theme, column)

    @cached_property
    def _most(self) -> float:
        return most_shaded(self.sheet, totals=self.look.totals)

    def _told(self, cell: Cell) -> str:
        if cell.state in SIGNS:
            return SIGNS[cell.state]
        if cell.number is None:
            return UNDEFINED
        told = number_told(cell.number, self.sheet.form)
        of = cell.out_of if self.sheet.form == NUMBER and self.sheet.counts in _OF else None
        return told if of is None else f"{told}/{of}"


def shown(matrix: Matrix, look: Look) -> ShownMatrix:
    """Lay a matrix out.

    Args:
        matrix: What was counted by the request of the look.
        look: How it is laid out.
    """
    if look.sort == BY_COLUMN:
        matrix = sorted_by_column(matrix, look.column, look.normalise)
    else:
        matrix = sorted_rows(matrix, look.sort)
    counted = laid_out(matrix, totals=look.totals, turned=look.turned)
    sheet = counted
    if look.normalise is not None:
        sheet = laid_out(matrix, totals=look.totals, normalise=look.normalise, turned=look.turned)
    return ShownMatrix(matrix, sheet, counted, look)
