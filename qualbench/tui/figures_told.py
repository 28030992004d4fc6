"""Figures of agreement as they are told: the columns there is room for, a row for each code, a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualbench.agreement.coefficients import (
    COEFFICIENTS,
    Cells,
    bias_index,
    dice,
    prevalence_index,
    why_undefined,
)
from qualbench.agreement.comparison import Agreement
from qualbench.agreement.intervals import Interval, Intervals
from qualbench.codebook.tree import Codebook
from qualbench.tui.widgets.difference_list import label_of
from qualbench.tui.widgets.figure_table import FigureRow

INTERVAL_OF = "kappa"
"""The coefficient that an interval is given for."""
ROOM_FOR_INTERVAL, ROOM_FOR_ALL = 110, 170
"""Columns of the terminal from which intervals and the rarer coefficients are shown."""
ALL_CODES = "all codes"

_UNDEFINED = "-"
_SHARES = ("percent", "prevalence")  # as percentages
_INTERVAL = "interval"


@dataclass(frozen=True)
class Column:
    """A column of figures.

    Attributes:
        name: A coefficient (`COEFFICIENTS`), a cell of the 2 x 2 table, or the interval.
        title: What stands above it.
    """

    name: str
    title: str


_FEW = (
    Column("percent", "agreed"),
    Column("kappa", "kappa"),
    Column("dice", "Dice"),
    Column("ac1", "AC1"),
    Column("prevalence", "prevalence"),
)
_MORE = (
    *_FEW[:2],
    Column(_INTERVAL, "95 % interval"),
    *_FEW[2:],
)
_ALL = (
    *_MORE[:4],
    Column("jaccard", "Jaccard"),
    Column("ac1", "AC1"),
    Column("brennan_prediger", "B-P"),
    Column("prevalence", "prevalence"),
    Column("prevalence_index", "prev. index"),
    Column("bias_index", "bias index"),
)


def columns_for(width: int, agreement: Agreement, *, with_coefficients: bool) -> tuple[Column, ...]:
    """Give the columns for a terminal so many cells wide.

    Args:
        width: Cells.
        agreement: Whose figures they are.
        with_coefficients: Whether coefficients are shown, or only what was counted.
    """
    if not with_coefficients:
        a, b = agreement.coders
        names = {"both": "both", "a_only": f"{a} only", "b_only": f"{b} only", "neither": "neither"}
        return tuple(Column(name, title) for name, title in names.items())
    return _ALL if width >= ROOM_FOR_ALL else _MORE if width >= ROOM_FOR_INTERVAL else _FEW


def figure_rows(
    agreement: Agreement,
    intervals: Intervals | None,
    book: Codebook,
    columns: Sequence[Column],
    *,
    worst_first: bool,
) -> list[FigureRow]:
    """Give the rows of the figures: all codes together, then each code.

    Args:
        agreement: The tables of the codes, in the order of the codebook.
        intervals: Intervals of `INTERVAL_OF`; None while there are none.
        book: The codebook.
        columns: What is shown.
        worst_first: Whether the codes with the lowest Dice come first; those without one stand at the end.
    """
    codes = [(one.code, one.cells) for one in agreement.codes]
    if worst_first:
        codes.sort(key=lambda one: _rank(one[1]))
    pooled = ("", agreement.pooled)
    return [
        FigureRow(
            code,
            label_of(book, code) if code else ALL_CODES,
            tuple(_cell(column.name, cells, interval_of(intervals, code)) for column in columns),
            (cells.both, cells.a_only, cells.b_only),
        )
        for code, cells in [pooled, *codes]
    ]


def told(agreement: Agreement, intervals: Intervals | None, code: str, *, with_coefficients: bool) -> str:
    """Say what was counted for a code, or for all codes if it is empty, and what else its figures need."""
    cells = next((one.cells for one in agreement.codes if one.code == code), agreement.pooled)
    a, b = agreement.coders
    counted = (
        f"{cells.both:,} both, {cells.a_only:,} {a} only, {cells.b_only:,} {b} only, "
        f"{cells.neither:,} neither"
    )
    if not with_coefficients:
        return counted
    why: dict[str, list[str]] = {}
    for name, title in (("percent", "agreed"), ("kappa", "kappa"), ("dice", "Dice")):
        if reason := why_undefined(name, cells):
            why.setdefault(reason, []).append(title)
    parts = [f"{' and '.join(names)} -: {reason}" for reason, names in why.items()]
    parts.append(f"{counted}.")
    interval = interval_of(intervals, code)
    if interval is not None:
        parts.append(f"Kappa {_interval(interval)} (95 %).")
        if interval.undefined:
            parts.append(f"Undefined in {interval.undefined:,} resamples.")
    indices = (prevalence_index(cells), bias_index(cells))
    if None not in indices:
        parts.append(f"Prevalence index {indices[0]:z.2f}, bias index {indices[1]:z.2f}.")
    return " ".join(parts)


def interval_of(intervals: Intervals | None, code: str) -> Interval | None:
    """Give the interval of a code, or of all codes if it is empty; None where there is none."""
    if intervals is None:
        return None
    return (intervals.codes.get(code, {}) if code else intervals.pooled).get(INTERVAL_OF)


def _rank(cells: Cells) -> tuple[bool, float]:
    figure = dice(cells)
    return figure is None, figure or 0.0


def _cell(name: str, cells: Cells, interval: Interval | None) -> str:
    if name == _INTERVAL:
        return _interval(interval) if interval is not None else ""
    if name not in COEFFICIENTS:
        return f"{getattr(cells, name):,}"
    figure = COEFFICIENTS[name](cells)
    if figure is None:
        return _UNDEFINED
    return f"{figure:.1%}" if name in _SHARES else f"{figure:z.2f}"


def _interval(interval: Interval) -> str:
    return f"{interval.low:.2f} to {interval.high:.2f}"
