"""What stands above the matrix and below it: the names of its columns, the quotes of a cell."""

from __future__ import annotations

import textwrap

from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from qualbench.tui.matrix_shown import ShownMatrix
from qualbench.tui.widgets.matrix_grid import MatrixGrid


class MatrixHeading(Widget):
    """The names over the columns in view, and the N of each; that of the cursor stands out."""

    DEFAULT_CSS = """
    MatrixHeading { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[tuple[str, str]]] = []

    @property
    def told(self) -> list[str]:
        """What is shown, line by line."""
        return ["".join(text for text, _ in line) for line in self._lines]

    def show(self, grid: MatrixGrid) -> None:
        """Show what stands above the columns of a grid."""
        lines = grid.heading()
        if lines != self._lines:
            taller = len(lines) != len(self._lines)
            self._lines = lines
            self.refresh(layout=taller)

    def render(self) -> Text:
        """Draw the lines."""
        bold = {"heading": "bold", "muted": "dim"}
        lines = [Text.assemble(*((text, bold[style]) for text, style in line)) for line in self._lines]
        return Text("\n", no_wrap=True).join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give the lines that it takes."""
        return len(self._lines)


class CellQuotes(Static):
    """The first quotes of the cell under the cursor, with their labels."""

    DEFAULT_CSS = """
    CellQuotes { height: 30%; min-height: 5; padding: 0 2; border-top: hkey $panel; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, shown: ShownMatrix, row: int, column: int) -> None:
        """Show the quotes of a cell, as many as there is room for."""
        theme, of = shown.behind(row, column)
        found = shown.matrix.quotes
        if found is None or theme is None or of is None:
            self.update("")
            return
        width, height = max(20, self.content_size.width), max(1, self.content_size.height)
        quotes, lines = found[theme][of], list[str]()
        for n, quote in enumerate(quotes):
            wrapped = textwrap.wrap(f"“{' '.join(quote.text.split())}” ({quote.label})", width)
            if len(lines) + len(wrapped) > height - 1 and n:
                lines = [*lines[: height - 1], f"and {len(quotes) - n} more: enter"]
                break
            lines += wrapped
        self.update("\n".join(lines[:height]))
