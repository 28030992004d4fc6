"""A matrix as a table that fits a terminal of 80 columns."""

from __future__ import annotations

import textwrap

from qualbench.analysis.document import counted
from qualbench.analysis.matrix_counting import CELLS
from qualbench.analysis.matrix_model import MEANINGS, SIGNS, Cell, Matrix, Size
from qualbench.analysis.matrix_views import NUMBER, SHARE, Sheet, column_letter
from qualbench.cli.output import tell

_WIDTH = 80
_LABEL = 36  # characters of a row's label on a line


def print_sheet(sheet: Sheet) -> None:
    """Print a matrix: what the columns are, under letters, and then the cells, in blocks that fit."""
    letters = [column_letter(n) for n in range(1, len(sheet.columns) + 1)]
    for n, (letter, column) in enumerate(zip(letters, sheet.columns, strict=True)):
        print(f"{letter.ljust(2)} {column}" + ("" if sheet.turned else f"  ({_size(sheet.sizes[n])})"))
    labels = [_label(sheet, n) for n in range(len(sheet.rows))]
    cells = [[_shown(sheet, cell) for cell in line] for line in sheet.cells]
    widths = [
        max(len(letter), *(len(line[n]) for line in cells), 0) if cells else len(letter)
        for n, letter in enumerate(letters)
    ]
    left = max((len(line) for label in labels for line in label), default=0)
    first = 0
    while first < len(letters):
        last, width = first, left
        while last < len(letters) and (last == first or width + 2 + widths[last] <= _WIDTH):
            width += 2 + widths[last]
            last += 1
        print()
        _print_line("", left, letters[first:last], widths[first:last])
        for label, line in zip(labels, cells, strict=True):
            _print_line(label[0], left, line[first:last], widths[first:last])
            for more in label[1:]:
                print(more)
        first = last


def tell_of(matrix: Matrix, *, totals: bool) -> None:
    """Say what the cells count and of how many, and what is not among it."""
    all_in_all = f"; {sum(map(sum, matrix.cells))} in all" if matrix.counts == "codings" else ""
    tell(f"Cells show {CELLS[matrix.counts]}, in the layer '{matrix.layer}'{all_in_all}.")
    if totals:
        tell("All counts anew over all columns or rows, each once: it need not be the sum.")
    states = {state for line in matrix.states for state in line}
    signs = [f"{sign} {MEANINGS[state]}" for state, sign in SIGNS.items() if state in states]
    if signs:
        tell(f"{'; '.join(signs)}; 0 nobody spoke of it.")
    if matrix.left_out:
        tell(f"{counted(matrix.left_out, 'coding')} of entries in no row shown are left out.")
    if matrix.withheld:
        tell(f"{counted(matrix.withheld, 'passage')} of who did not agree to be quoted: counted, not quoted.")
    if matrix.hidden:
        tell(f"{counted(matrix.hidden, 'source')} hidden until you have finished them too are left out.")


def _label(sheet: Sheet, n: int) -> list[str]:
    text = f"{sheet.rows[n]} ({_size(sheet.sizes[n])})" if sheet.turned else sheet.rows[n]
    indent = "  " * sheet.depths[n]
    return textwrap.wrap(text, _LABEL, initial_indent=indent, subsequent_indent=f"{indent}  ") or [""]


def _size(size: Size) -> str:
    said = f"{counted(size.sources, 'source')}, {counted(size.participants, 'participant')}"
    return said if size.words is None else f"{said}, {counted(size.words, 'word')}"


def _shown(sheet: Sheet, cell: Cell) -> str:
    if cell.state in SIGNS:
        return SIGNS[cell.state]
    if cell.number is None:
        return "-"
    if sheet.form == NUMBER:
        out_of = cell.out_of if sheet.counts in ("sources", "participants") else None
        return str(cell.number) if out_of is None else f"{cell.number}/{out_of}"
    return f"{cell.number:.1%}" if sheet.form == SHARE else f"{cell.number:.2f}"


def _print_line(label: str, left: int, cells: list[str], widths: list[int]) -> None:
    parts = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    print("  ".join([label.ljust(left), *parts]).rstrip())
