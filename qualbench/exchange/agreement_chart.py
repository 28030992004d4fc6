"""Agreement as a drawing: for each code who coded how many units, and kappa and Dice with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from math import floor

from qualbench.agreement.coefficients import COEFFICIENTS, Cells
from qualbench.agreement.comparison import Agreement
from qualbench.agreement.intervals import Interval, Intervals
from qualbench.codebook.tree import Codebook
from qualbench.exchange.agreement_tables import what_is_counted
from qualbench.text.measure import wrap_drawn

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _RULE = "#1A1A1A", "#5C5C5C", "#D0D0D0"
_MARGIN, _LABELS, _BARS, _COUNTS, _AXIS = 20.0, 215.0, 230.0, 110.0, 250.0  # px, from left to right
_GAP = 18.0
_FONT, _SMALL = 12.0, 10.5  # px
_LINE = 15.0
_TOP, _BAR = 46.0, 12.0
_STEP = 0.25  # between the lines of the axis
_PATTERNS = (
    '<defs><pattern id="a" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="#FFFFFF"/>'
    '<rect width="2" height="5" fill="#444444"/></pattern>'
    '<pattern id="b" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#FFFFFF"/><circle cx="2" cy="2" r="0.9" fill="#444444"/></pattern>'
    "</defs>"
)
_FILLS = ("#444444", "url(#a)", "url(#b)")


@dataclass(frozen=True)
class _Row:
    """What is drawn for a code, or for all together."""

    lines: list[str]
    cells: Cells
    intervals: Mapping[str, Interval | None]
    height: float
    bold: bool = False


def agreement_as_svg(agreement: Agreement, intervals: Intervals, book: Codebook) -> str:
    """Write a comparison as SVG, a row for each code and one for the cells summed.

    The bar of a code is what at least one coder coded, parted into both, only A and only B; nothing is told
    by colour alone. There is no title in it: a figure has its caption.

    Args:
        agreement: The comparison.
        intervals: Of kappa and Dice at least.
        book: The codebook.
    """
    rows = [_row(book.by_id[one.code].label, one.cells, intervals.codes[one.code]) for one in agreement.codes]
    rows.append(_row("All codes, cells summed", agreement.pooled, intervals.pooled, bold=True))
    low = _lowest(rows)
    axis_x = _MARGIN + _LABELS + _BARS + _COUNTS + 2 * _GAP
    width = axis_x + _AXIS + _MARGIN
    bottom = _TOP + sum(row.height for row in rows)
    parts = [*_head(agreement, axis_x), *_axis(axis_x, low, bottom)]
    y = _TOP
    for row in rows:
        if row.bold:
            parts.append(_line(_MARGIN, y, width - _MARGIN, y, _QUIET))
        parts += _drawn(row, y + row.height / 2, axis_x, low)
        y += row.height
    legend, height = _legend(agreement, intervals, width, bottom + 14)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="Agreement by code" '
            f'font-family="{_FONTS}">',
            _PATTERNS,
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>',
            *parts,
            *legend,
            "</svg>\n",
        ]
    )


def _row(label: str, cells: Cells, intervals: Mapping[str, Interval | None], *, bold: bool = False) -> _Row:
    lines = wrap_drawn(label, _FONT, _LABELS / 0.85, bold=bold)
    return _Row(lines, cells, intervals, max(24.0, len(lines) * _LINE + 8), bold)


def _lowest(rows: list[_Row]) -> float:
    """Where the axis begins: at 0, or lower where a figure or its interval is."""
    values = [0.0]
    for row in rows:
        for name in ("kappa", "dice"):
            figure, interval = COEFFICIENTS[name](row.cells), row.intervals.get(name)
            values += [figure or 0.0, interval.low if interval else 0.0]
    return floor(min(values) / _STEP) * _STEP


def _head(agreement: Agreement, axis_x: float) -> Iterator[str]:
    units = f"{agreement.unit}s".capitalize()
    a, b = agreement.coders
    x = _MARGIN + _LABELS + _GAP
    yield _text(x, 18, f"{units} that at least one coded, as shares", _SMALL, _QUIET)
    yield _text(x + _BARS + 8, 18, f"both / {a} / {b}", _SMALL, _QUIET)
    for n, (name, mark) in enumerate((("kappa", _dot), ("Dice", _diamond))):
        yield mark(axis_x + 5 + 70 * n, 14)
        yield _text(axis_x + 14 + 70 * n, 18, name, _SMALL, _QUIET)


def _axis(x: float, low: float, bottom: float) -> Iterator[str]:
    steps = round((1 - low) / _STEP)
    for n in range(steps + 1):
        value = low + n * _STEP
        at = _place(value, x, low)
        yield _line(at, _TOP - 6, at, bottom, _QUIET if value == 0 else _RULE)
        yield _text(at, _TOP - 10, f"{value:g}", _SMALL, _QUIET, "middle")


def _drawn(row: _Row, y: float, axis_x: float, low: float) -> Iterator[str]:
    first = y - (len(row.lines) - 1) * _LINE / 2 + _FONT * 0.35
    for n, line in enumerate(row.lines):
        yield _text(_MARGIN, first + n * _LINE, line, _FONT, _INK, bold=row.bold)
    x = _MARGIN + _LABELS + _GAP
    counts = (row.cells.both, row.cells.a_only, row.cells.b_only)
    total, at = sum(counts), x
    for count, fill in zip(counts, _FILLS, strict=True):
        if count:
            length = _BARS * count / total
            yield _rect(at, y - _BAR / 2, length, fill)
            at += length
    yield _text(x + _BARS + 8, y + 4, " / ".join(f"{count:,}" for count in counts), _SMALL, _INK)
    for name, mark, off in (("kappa", _dot, -4.0), ("dice", _diamond, 4.0)):
        value, interval = COEFFICIENTS[name](row.cells), row.intervals.get(name)
        if interval is not None:
            ends = (_place(interval.low, axis_x, low), _place(interval.high, axis_x, low))
            yield _line(ends[0], y + off, ends[1], y + off, _INK)
        if value is not None:
            yield mark(_place(value, axis_x, low), y + off)


def _legend(agreement: Agreement, intervals: Intervals, width: float, y: float) -> tuple[list[str], float]:
    """The legend below the rows, and where it ends."""
    a, b = agreement.coders
    parts = []
    x = _MARGIN
    for fill, name in zip(_FILLS, ("both", f"only {a}", f"only {b}"), strict=True):
        parts += [_rect(x, y, 24, fill), _text(x + 30, y + 10, name, _SMALL, _QUIET)]
        x += 60 + 7 * len(name)
    sources = len(agreement.sources)
    told = (
        f"Counted in {what_is_counted(agreement.unit, agreement.counted)}, in {sources} "
        f"{'source' if sources == 1 else 'sources'} that both have finished. "
        + (
            intervals.why
            or f"Lines: {intervals.level:.0%} of {intervals.resamples:,} resamples of the sources."
        )
        + " Where a mark is missing, the figure is undefined."
    )
    y += 34
    for line in wrap_drawn(told, _SMALL, (width - 2 * _MARGIN) / 0.85):
        parts.append(_text(_MARGIN, y, line, _SMALL, _QUIET))
        y += _LINE
    return parts, y + 4


def _place(value: float, x: float, low: float) -> float:
    return x + _AXIS * (value - low) / (1 - low)


def _text(
    x: float, y: float, text: str, size: float, colour: str, anchor: str = "start", *, bold: bool = False
) -> str:
    words = escape("".join(c for c in text if c.isprintable()))
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{words}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _rect(x: float, y: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BAR:g}" fill="{fill}" '
        f'stroke="#444444" stroke-width="0.8"/>'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{_INK}"/>'


def _diamond(x: float, y: float) -> str:
    return (
        f'<path d="M{x:.1f} {y - 4.4:.1f}l4.4 4.4l-4.4 4.4l-4.4 -4.4z" fill="#FFFFFF" stroke="{_INK}" '
        f'stroke-width="1.2"/>'
    )
