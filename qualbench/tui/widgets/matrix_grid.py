"""The matrix as a grid of shaded numbers with a cursor on one cell; what is in view is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.message import Message

from qualbench.analysis.matrix_model import COUNTED
from qualbench.analysis.matrix_words import number_of
from qualbench.tui.matrix_shown import ShownMatrix
from qualbench.tui.matrix_told import MARKS
from qualbench.tui.widgets.block_list import BAR, BlockList

GAP = 1  # cells between names and numbers
_AROUND = 5  # cells of a column besides its number: brackets, a blank, the mark, the gap to the next
_WORD = 9  # cells of a word over a column that make it wider
_HIGH = 30  # rows of the terminal from which there is room for longer names
_NAME, _NARROWEST, _SHARE = 60, 14, 0.34  # of the names of rows: cells at most and least, share of the width
_INDENT, _DEEPEST = 2, 6
_MOST_LINES = 2  # of a name
_LINES, _FEW_LINES = 6, 4  # above the columns, all levels together, where there is room and not
_WIDEST = 18  # cells of a column, where all columns have room
_PIECES = re.compile(r"[^\s_/-]+[_/-]?|[_/-]")


class MatrixGrid(BlockList):
    """A row of numbers for each row of a matrix, names at the left; as many columns as there is room for.

    Attributes:
        shown: The matrix.
        column: The number of the column that the cursor is on.
        first: The number of the first column in view.
        label: Cells of the names.
        cells: Cells of each column.
    """

    HEAT: ClassVar[tuple[str, ...]] = tuple(f"heat-{step}" for step in range(1, len(MARKS)))
    PARTS = (*BlockList.PARTS, *HEAT, "here")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"block--{part}" for part in (*HEAT, "here")}
    DEFAULT_CSS = """
    MatrixGrid {
        & > .block--heat-1 { background: $accent 9%; color: $foreground; }
        & > .block--heat-2 { background: $accent 17%; color: $foreground; }
        & > .block--heat-3 { background: $accent 26%; color: $foreground; }
        & > .block--heat-4 { background: $accent 36%; color: $foreground; }
        & > .block--heat-5 { background: $accent; color: $background; }
        & > .block--here { color: $foreground; text-style: bold reverse; }
    }
    """

    class Opened(Message):
        """A cell was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: ShownMatrix | None = None
        self.column = self.first = 0
        self.label, self.cells = _NARROWEST, _AROUND
        self._names: list[list[str]] = []
        self._lines_of: list[int] = []  # how many lines the names of each level take above the columns

    def show(self, matrix: ShownMatrix | None, row: int = 0, column: int = 0) -> None:
        """Show a matrix, with the cursor on one of its cells."""
        self.shown = matrix
        self.column = max(0, min(column, self.columns - 1))
        self.lay_out(row)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.shown.sheet.columns) if self.shown is not None else 0

    @property
    def in_view(self) -> range:
        """The columns for which there is room."""
        return range(self.first, min(self.columns, self.first + self._room))

    @property
    def _room(self) -> int:
        width = self.scrollable_content_region.width - BAR - self.label - GAP
        return max(1, width // self.cells)

    # Moving

    def step_column(self, by: int) -> None:
        """Move the cursor by some columns to the right, or to the left."""
        self.to_column(self.column + by)

    def page_columns(self, by: int) -> None:
        """Move the cursor by as many columns as are in view."""
        self.first = max(0, min(self.first + by * self._room, self.columns - self._room))
        self._strips.clear()
        self.refresh()
        self.to_column(self.column + by * self._room)

    def to_column(self, column: int) -> None:
        """Put the cursor on a column and bring it into view."""
        self.column = max(0, min(column, self.columns - 1))
        first = self.first
        self._follow_column()
        if self.first != first:
            self._strips.clear()
            self.refresh()
        self.redraw(self.cursor)
        self.moved.publish(self)

    def _follow_column(self) -> None:
        self.first = max(self.column - self._room + 1, min(self.first, self.column))
        self.first = max(0, min(self.first, self.columns - self._room))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the cell that is clicked; the second click opens it."""
        super().on_click(event)
        place = event.x - BAR - self.label - GAP
        if place >= 0 and place // self.cells < len(self.in_view):
            self.to_column(self.first + place // self.cells)
            if event.chain == 2:
                self.post_message(self.Opened())

    # Laying out

    def measure(self, width: int) -> Sequence[int]:
        """Give names and columns their cells, and each row as many lines as its name takes."""
        matrix = self.shown
        if matrix is None:
            self._names = []
            return []
        names_above = [set(level) for level in matrix.levels]
        words = (word for names in names_above for name in names for word in name.split())
        longest = min(_WORD, max(map(cell_len, words), default=0))
        n_row = 0 if matrix.sheet.turned else cell_len(f"n={max(self._numbers(), default=0)}")
        self.cells = max(matrix.widest + _AROUND, longest + 1, n_row + 2)
        names = [self._label_of(n) for n in range(len(matrix.sheet.rows))]
        wanted = max((cell_len(name) + self._indent(n) for n, name in enumerate(names)), default=0)
        self.label = max(_NARROWEST, min(wanted, _NAME, int(width * _SHARE)))
        fitting = (width - self.label - GAP) // max(1, self.columns)
        self.cells = max(self.cells, min(_WIDEST, fitting))
        lines = _LINES if self.app.size.height >= _HIGH else _FEW_LINES
        most = max(2, lines // max(1, len(names_above)))
        self._lines_of = [
            max((len(wrapped(name, self.cells - 1, most)) for name in names), default=1)
            for names in names_above
        ]
        self._names = [
            wrapped(name, self.label - self._indent(n), _MOST_LINES) for n, name in enumerate(names)
        ]
        self._follow_column()
        return [len(lines) for lines in self._names]

    def _numbers(self) -> list[int]:
        assert self.shown is not None
        return [number_of(size, self.shown.sheet.counts) for size in self.shown.sheet.sizes]

    def _label_of(self, row: int) -> str:
        assert self.shown is not None
        sheet = self.shown.sheet
        return f"{sheet.rows[row]} (n={self._numbers()[row]})" if sheet.turned else sheet.rows[row]

    def _indent(self, row: int) -> int:
        assert self.shown is not None
        return _INDENT * min(self.shown.sheet.depths[row], _DEEPEST)

    # Drawing

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a line of a row: its name, and on the first its numbers."""
        assert self.shown is not None
        indent = self._indent(block)
        name = " " * indent + self._names[block][row]
        yield Segment(
            set_cell_size(name, self.label + GAP), self.style("strong" if block == self.cursor else "plain")
        )
        if row:
            return
        for column in self.in_view:
            here = block == self.cursor and column == self.column
            step = self.shown.step(block, column)
            text = self.shown.text(block, column).rjust(self.cells - _AROUND)
            quiet = self.shown.sheet.cells[block][column].state != COUNTED
            part = "here" if here else f"heat-{step}" if step else "muted" if quiet else "plain"
            left, right = "[]" if here else "  "
            yield Segment(f"{left}{text} {MARKS[step]}{right}", self.style(part))
            yield Segment(" ", self.style("plain"))

    # What stands above

    def heading(self) -> list[list[tuple[str, str]]]:
        """Give the lines that stand above the numbers, each as parts and their styles."""
        matrix = self.shown
        if matrix is None or not self.columns:
            return []
        lines: list[list[tuple[str, str]]] = []
        for level in range(len(matrix.levels)):
            lines += self._level(level)
        if not matrix.sheet.turned:
            numbers = self._numbers()
            lines.append([self._over(f"n={numbers[n]}", 1, here=n == self.column) for n in self.in_view])
        corner = (
            ["", *[""] * (len(lines) - 2), self._part_in_view()] if len(lines) > 1 else [self._part_in_view()]
        )
        left = BAR + self.label + GAP
        return [
            [(set_cell_size(f"{'':{BAR}}{said}", left), "muted"), *line]
            for said, line in zip(corner, lines, strict=True)
        ]

    def _level(self, level: int) -> Iterator[list[tuple[str, str]]]:
        """The lines of a level: names that several columns share stand once over those in view."""
        assert self.shown is not None
        names, last = self.shown.levels[level], level == len(self.shown.levels) - 1
        groups: list[list[int]] = []
        for n in self.in_view:
            above = [of[n] for of in self.shown.levels[: level + 1]]
            if groups and not last and above == [of[groups[-1][-1]] for of in self.shown.levels[: level + 1]]:
                groups[-1].append(n)
            else:
                groups.append([n])
        most = self._lines_of[level]
        told = [wrapped(names[group[0]], len(group) * self.cells - 1, most) for group in groups]
        for line in range(most):
            yield [
                self._over(
                    lines[at] if (at := line - most + len(lines)) >= 0 else "",
                    len(group),
                    here=self.column in group,
                    group=not last,
                )
                for group, lines in zip(groups, told, strict=True)
            ]

    def _over(self, text: str, columns: int, *, here: bool, group: bool = False) -> tuple[str, str]:
        """A part above some columns: names of groups begin where the group does, others end as numbers do."""
        room = columns * self.cells - 1
        told = set_cell_size(text, room) if group else f"{'':{room - cell_len(text)}}{text}"
        return f"{told} ", "heading" if here else "muted"

    def _part_in_view(self) -> str:
        shown = self.in_view
        if len(shown) == self.columns:
            return ""
        before, after = "‹ " if shown.start else "", " ›" if shown.stop < self.columns else ""
        return f"{before}{shown.start + 1}-{shown.stop} of {self.columns}{after}"


def wrapped(name: str, width: int, most: int) -> list[str]:
    """Wrap a name at blanks, and a word that is too long after its strokes; what is left over is cut."""
    lines = [""]
    for word in name.split():
        pieces = [word] if cell_len(word) <= width else _PIECES.findall(word)
        for n, piece in enumerate(pieces):
            before = " " if lines[-1] and not n else ""
            if lines[-1] and cell_len(lines[-1] + before + piece) > width:
                lines.append(piece)
            else:
                lines[-1] += before + piece
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return [line if cell_len(line) <= width else f"{set_cell_size(line, width - 1)}…" for line in lines]
