"""A matrix as a heat map: SVG, the number printed in every cell, nothing told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from qualbench.analysis.heat import STEPS, heat_colour, ink_on
from qualbench.analysis.matrix_model import NOT_COLLECTED
from qualbench.analysis.matrix_words import ReadableCell, ReadableMatrix
from qualbench.text.measure import drawn_width, wrap_drawn

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _GRID = "#1A1A1A", "#5C5C5C", "#FFFFFF"
_MARGIN, _GAP = 20.0, 8.0  # px, as are all lengths
_LABEL, _INDENT, _DEEPEST = 250.0, 14.0, 8
_ROW, _NARROWEST, _WIDEST = 27.0, 58.0, 136.0  # a cell
_SIZE = 46.0  # where the N of a row stands
_FEW_LINES = 3
_NAME, _NUMBER, _WORDS = 12.5, 12.5, 11.5  # sizes of the font
_LINE = 1.25
_LEAST_WIDTH = 560.0  # so that the legend has room
_AS_DRAWN = 0.85  # how wide words are in Arial, as a share of the width that no font exceeds
_NEARLY = 0.95  # the same with some room for other fonts


@dataclass(frozen=True)
class _Grid:
    """Where things stand: the lines of the row names, the x of each column, the y of each row."""

    names: list[list[str]]
    left: float
    column: float
    top: float
    rows: list[float]
    heights: list[float]

    @property
    def bottom(self) -> float:
        return self.rows[-1] + self.heights[-1] if self.rows else self.top

    def x(self, n: int) -> float:
        return self.left + n * self.column


def heat_map_as_svg(matrix: ReadableMatrix) -> str:
    """Write a matrix as SVG on a light ground; there is no title in it, for a figure has its caption.

    Args:
        matrix: What to draw.
    """
    columns = len(matrix.levels[-1])
    grid = _lay_out(matrix)
    legend, bottom, legend_width = _legend(matrix, grid, max(_LEAST_WIDTH, grid.x(columns) + _MARGIN))
    width = max(legend_width, grid.x(columns) + _MARGIN)
    size = f'width="{width:.0f}" height="{bottom:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {bottom:.0f}" '
            f'role="img" aria-label="{_safe(matrix.title)}" font-family="{_FONTS}">',
            '<defs><pattern id="none" width="6" height="6" patternUnits="userSpaceOnUse">'
            '<path d="M0 6L6 0" stroke="#B5B5B5" stroke-width="1"/></pattern></defs>',
            f'<rect {size} fill="#FFFFFF"/>',
            *_headers(matrix, grid),
            *_rows(matrix, grid),
            *legend,
            "</svg>\n",
        ]
    )


def _lay_out(matrix: ReadableMatrix) -> _Grid:
    names = [
        wrap_drawn(name, _NAME, (_LABEL - _indent(matrix, n)) / _AS_DRAWN, bold=_is_bold(matrix, n))
        for n, name in enumerate(matrix.rows)
    ]
    widest = max(
        (
            _indent(matrix, n) + drawn_width(line, _NAME, bold=_is_bold(matrix, n)) * _NEARLY
            for n, lines in enumerate(names)
            for line in lines
        ),
        default=0.0,
    )
    left = _MARGIN + min(_LABEL, widest) + _GAP + (_SIZE if matrix.turned else 0)
    column = _column_width(matrix.levels)
    top = _MARGIN + sum(_height_of(level, column) for level in matrix.levels) + _GAP
    top += 0 if matrix.turned else _NAME * _LINE
    heights = [max(_ROW, len(lines) * _NAME * _LINE + 8) for lines in names]
    rows = [top + sum(heights[:n]) for n in range(len(heights))]
    return _Grid(names, left, column, top, rows, heights)


def _column_width(levels: Sequence[Sequence[str]]) -> float:
    """As narrow as the longest word allows, and wide enough for names of few lines."""
    words = [word for level in levels for name in level for word in name.split()]
    longest = max((drawn_width(word, _NAME, bold=True) * _AS_DRAWN for word in words), default=0.0)
    width = max(_NARROWEST, longest + 10)
    while width < _WIDEST and any(len(_lines(name, width)) > _FEW_LINES for name in levels[-1]):
        width += 8
    return min(width, _WIDEST)


def _headers(matrix: ReadableMatrix, grid: _Grid) -> Iterator[str]:
    y = _MARGIN
    for n, level in enumerate(matrix.levels):
        height = _height_of(level, grid.column)
        at = 0
        joined = n < len(matrix.levels) - 1
        for name, same in groupby(level) if joined else ((name, [name]) for name in level):
            width = len(list(same))
            lines = _lines(name, grid.column * width)
            middle = grid.x(at) + grid.column * width / 2
            first = y + height - len(lines) * _NAME * _LINE
            for m, line in enumerate(lines):
                yield _text(middle, first + m * _NAME * _LINE + _NAME, line, anchor="middle", bold=True)
            if joined and name:
                yield _rule(grid.x(at) + 3, grid.x(at + width) - 3, y + height + 2)
            at += width
        y += height
    if not matrix.turned:
        for n, size in enumerate(matrix.sizes):
            yield _text(grid.x(n) + grid.column / 2, y + _NAME, size, _WORDS, _QUIET, anchor="middle")


def _rows(matrix: ReadableMatrix, grid: _Grid) -> Iterator[str]:
    for n, cells in enumerate(matrix.cells):
        middle = grid.rows[n] + grid.heights[n] / 2
        first = middle - len(grid.names[n]) * _NAME * _LINE / 2 + _NAME
        for m, line in enumerate(grid.names[n]):
            x, y = _MARGIN + _indent(matrix, n), first + m * _NAME * _LINE
            yield _text(x, y, line, bold=_is_bold(matrix, n))
        if matrix.turned:
            x, y = grid.left - _GAP, middle + _WORDS * 0.36
            yield _text(x, y, matrix.sizes[n], _WORDS, _QUIET, anchor="end")
        for m, cell in enumerate(cells):
            yield _square(grid.x(m), grid.rows[n], grid.column, grid.heights[n], cell)
            ink = ink_on(cell.step) if cell.number is not None else _QUIET
            if cell.state != NOT_COLLECTED:
                x, y = grid.x(m) + grid.column / 2, middle + _NUMBER * 0.36
                yield _text(x, y, cell.text, _NUMBER, ink, anchor="middle")


def _square(x: float, y: float, width: float, height: float, cell: ReadableCell) -> str:
    fill = "url(#none)" if cell.state == NOT_COLLECTED else heat_colour(cell.step)
    edge = _GRID if cell.step else "#D8D8D8"
    return (
        f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{width - 2:.1f}" height="{height - 2:.1f}" '
        f'fill="{fill}" stroke="{edge}" stroke-width="1"/>'
    )


def _legend(matrix: ReadableMatrix, grid: _Grid, width: float) -> tuple[list[str], float, float]:
    """The legend: the steps with their numbers, the signs of blanks, what is counted; and where it ends."""
    parts: list[str] = []
    y = grid.bottom + 18
    x = _MARGIN
    for step, numbers in _ranges(matrix):
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="22" height="14" fill="{heat_colour(step)}" '
            f'stroke="#BBBBBB" stroke-width="0.7"/>'
        )
        parts.append(_text(x + 27, y + 11, numbers, _WORDS, _QUIET))
        x += 27 + drawn_width(numbers, _WORDS) * _AS_DRAWN + 16
    if any(cell.state == NOT_COLLECTED for line in matrix.cells for cell in line):
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="22" height="14" fill="url(#none)" stroke="#D8D8D8"/>'
        )
        parts.append(_text(x + 27, y + 11, "nobody was talked to", _WORDS, _QUIET))
        x += 27 + drawn_width("nobody was talked to", _WORDS) * _AS_DRAWN + 16
    widest = max(width, x)
    y += 14 + 8
    for sentence in (matrix.counted, *_other_notes(matrix)):
        for line in wrap_drawn(sentence, _WORDS, (width - 2 * _MARGIN) / _AS_DRAWN):
            y += _WORDS * 1.35
            parts.append(_text(_MARGIN, y, line, _WORDS, _QUIET))
    return parts, y + _MARGIN, widest


def _other_notes(matrix: ReadableMatrix) -> list[str]:
    return [note for note in matrix.notes if not note.startswith(NOT_COLLECTED)]


def _ranges(matrix: ReadableMatrix) -> Iterator[tuple[int, str]]:
    """Each step that occurs, with the numbers that it stands for."""
    shown: dict[int, list[ReadableCell]] = {}
    for line in matrix.cells:
        for cell in line:
            if cell.step:
                shown.setdefault(cell.step, []).append(cell)
    for step in range(1, len(STEPS) + 1):
        if step in shown:
            cells = sorted(shown[step], key=lambda cell: cell.number or 0)
            first, last = (cell.text.partition(" of ")[0] for cell in (cells[0], cells[-1]))
            yield step, first if first == last else f"{first}–{last}"


def _height_of(level: Sequence[str], column: float) -> float:
    return max((len(_lines(name, column)) for name in level), default=0) * _NAME * _LINE + 4


def _lines(name: str, width: float) -> list[str]:
    return wrap_drawn(name, _NAME, (width - 6) / _AS_DRAWN, bold=True)


def _indent(matrix: ReadableMatrix, row: int) -> float:
    return min(matrix.depths[row], _DEEPEST) * _INDENT


def _is_bold(matrix: ReadableMatrix, row: int) -> bool:
    return any(matrix.depths) and matrix.depths[row] == 0


def _text(
    x: float,
    y: float,
    text: str,
    size: float = _NAME,
    colour: str = _INK,
    *,
    anchor: str = "start",
    bold: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{_safe(text)}</text>"
    )


def _rule(left: float, right: float, y: float) -> str:
    return f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}" stroke="#9A9A9A"/>'


def _safe(text: str) -> str:
    return escape("".join(character for character in text if character.isprintable()))
