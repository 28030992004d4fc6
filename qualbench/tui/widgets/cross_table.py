"""A small table of where an entry occurs: stakeholder types by timepoints, with a cursor on its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from qualbench.analysis.code_use import CodeTable

_LABEL = 24  # cells of the longest name of a stakeholder type
_COLUMN = 5  # cells of the narrowest column


@dataclass(frozen=True)
class Cell:
    """A cell of the table: who, when, and how many codings."""

    stakeholder: str
    timepoint: str
    codings: int

    @property
    def told(self) -> str:
        """The cell in words."""
        count = f"{self.codings} coding{'s' * (self.codings != 1)}" if self.codings else "no coding"
        return f"{self.stakeholder}, {self.timepoint}: {count}"


class CrossTable(Widget, can_focus=True, inherit_bindings=False):
    """Codings by stakeholder type and timepoint; types without one are left out."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"cross-table--cursor"}
    DEFAULT_CSS = """
    CrossTable {
        height: auto; max-height: 50%; padding: 0 1; border-top: hkey $panel;
        text-wrap: nowrap; text-overflow: ellipsis;
        & > .cross-table--cursor { background: $primary 55%; color: $foreground; text-style: bold; }
    }
    CrossTable:focus { border-top: hkey $primary; }
    """

    class Opened(Message):
        """A cell was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._table: CodeTable | None = None
        self._rows: list[int] = []  # those of the table that are shown
        self._at = (0, 0)

    def show(self, table: CodeTable | None) -> None:
        """Show another table; the cursor stays where it is, if there is such a cell."""
        if table == self._table:
            return
        same = table is not None and self._table is not None and table.code == self._table.code
        self._table = table
        cells = table.cells if table is not None else []
        self._rows = [n for n, row in enumerate(cells) if any(row)]
        row, column = self._at if same else (0, 0)
        columns = len(table.columns) if table is not None else 0
        self._at = (max(0, min(row, len(self._rows) - 1)), max(0, min(column, columns - 1)))
        self.refresh(layout=True)

    @property
    def cell(self) -> Cell | None:
        """The cell under the cursor."""
        if self._table is None or not self._rows:
            return None
        row, column = self._rows[self._at[0]], self._at[1]
        table = self._table
        return Cell(table.rows[row], table.columns[column], table.cells[row][column] or 0)

    def step(self, rows: int, columns: int) -> None:
        """Move the cursor by some rows down and columns to the right."""
        if self._table is not None and self._rows:
            row, column = self._at[0] + rows, self._at[1] + columns
            last = (len(self._rows) - 1, len(self._table.columns) - 1)
            self._at = (max(0, min(row, last[0])), max(0, min(column, last[1])))
            self.refresh()

    def render(self) -> Text:
        """Draw title, heading and rows."""
        table = self._table
        if table is None:
            return Text("")
        text = Text(no_wrap=True, overflow="ellipsis").append(_title(table), "dim")
        if not self._rows:
            return text
        label, columns = self._columns(table)
        names = "".join(
            f"{_cut(name, cells):>{cells}}" for name, cells in zip(table.columns, columns, strict=True)
        )
        text.append(f"\n{' ' * label}{names}", "dim")
        cursor = self.get_component_rich_style("cross-table--cursor")
        for n, row in enumerate(self._rows):
            text.append(f"\n{set_cell_size(_cut(table.rows[row], label), label)}")
            for m, cells in enumerate(columns):
                count = table.cells[row][m]
                here = self.has_focus and self._at == (n, m)
                text.append(f"{'–' if count is None else count or '·':>{cells}}", cursor if here else "")
        return text

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Give the rows that it takes."""
        return 0 if self._table is None else 2 + len(self._rows) if self._rows else 1

    def _columns(self, table: CodeTable) -> tuple[int, list[int]]:
        """Cells of the names of the rows, and of each column."""
        width = max(1, self.content_size.width)
        label = min(_LABEL, max(cell_len(table.rows[n]) for n in self._rows))
        wanted = [max(_COLUMN, cell_len(name) + 2) for name in table.columns]
        if label + sum(wanted) > width:
            label = min(label, max(10, width - sum(wanted)))
            each = max(_COLUMN, (width - label) // max(1, len(wanted)))
            wanted = [min(cells, each) for cells in wanted]
        return label, wanted

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go to the cell that was clicked; the second click opens it."""
        table, place = self._table, event.get_content_offset(self)
        if table is None or not self._rows or place is None:
            return
        label, columns = self._columns(table)
        row, x, column = place.y - 2, place.x - label, 0
        while column < len(columns) - 1 and x >= columns[column]:
            x -= columns[column]
            column += 1
        if 0 <= row < len(self._rows) and place.x >= label:
            self._at = (row, column)
            self.refresh()
            if event.chain == 2:
                self.post_message(self.Opened())


def _title(table: CodeTable) -> str:
    count = f"{table.codings} coding{'s' * (table.codings != 1)}" if table.codings else "No coding"
    return f"{count}, layer {table.layer}"


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, max(0, cells - 1)) + "…"
