"""Mode 7: the matrix, from its cells to the words behind them, and out to a file."""

from __future__ import annotations

from textual import on

from qualbench.analysis.document import counted
from qualbench.analysis.matrix_passages import CellSource, sources_of_cell
from qualbench.coding.not_asked import mark_not_asked
from qualbench.coding.undoing import redo, undo
from qualbench.errors import BadInput, Refused
from qualbench.tui.actions import MATRIX, bindings
from qualbench.tui.matrix_shown import ShownMatrix
from qualbench.tui.matrix_told import cell_told
from qualbench.tui.screens.base import told
from qualbench.tui.screens.mark_list import MarkList
from qualbench.tui.screens.matrix_behind import CellBehind, CellScreen
from qualbench.tui.screens.matrix_changing import ChangingMatrix
from qualbench.tui.screens.matrix_export import ExportForm
from qualbench.tui.widgets.matrix_grid import MatrixGrid


class MatrixScreen(ChangingMatrix):
    """Themes by those who spoke of them, a number in each cell."""

    place = MATRIX
    BINDINGS = bindings(MATRIX)
    DEFAULT_CSS = """
    MatrixScreen #about, MatrixScreen #counted, MatrixScreen #legend {
        height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    MatrixScreen #about { text-style: bold; }
    MatrixScreen #counted, MatrixScreen #legend { color: $text-muted; }
    MatrixScreen #empty { height: 1fr; padding: 2 4; }
    """

    def chosen(self) -> ShownMatrix:
        """Give the matrix that is shown.

        Raises:
            BadInput: If there is none.
        """
        if self.shown is None or not self.grid.display or not self.grid.columns or not self.grid.count:
            raise BadInput("There is no cell here.", "r chooses rows, c columns.")
        return self.shown

    # Moving about

    def action_right(self) -> None:
        """Go a column to the right."""
        self.grid.step_column(1)

    def action_left(self) -> None:
        """Go a column to the left."""
        self.grid.step_column(-1)

    def action_next(self) -> None:
        """Go a row down."""
        self.grid.step(1)

    def action_previous(self) -> None:
        """Go a row up."""
        self.grid.step(-1)

    def action_page_right(self) -> None:
        """Go as many columns to the right as are in view."""
        self.grid.page_columns(1)

    def action_page_left(self) -> None:
        """Go as many columns to the left as are in view."""
        self.grid.page_columns(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self.grid.page(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        self.grid.page(-1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.grid.to_end(last=False)

    def action_last(self) -> None:
        """Go to the last row."""
        self.grid.to_end(last=True)

    def action_first_column(self) -> None:
        """Go to the first column."""
        self.grid.to_column(0)

    def action_last_column(self) -> None:
        """Go to the last column."""
        self.grid.to_column(self.grid.columns - 1)

    def action_back(self) -> None:
        """Go back to the study."""
        self.app.switch_mode("study")

    # From a cell on

    @on(MatrixGrid.Opened)
    @told
    def _open_clicked(self) -> None:
        self.action_passages()

    def action_passages(self) -> None:
        """Show the passages behind the cell."""
        matrix = self.chosen()
        row, column = self.grid.cursor, self.grid.column
        if not matrix.counted.cells[row][column].number:
            self.say(cell_told(matrix, row, column))
            return
        theme, of = matrix.behind(row, column)
        name = matrix.matrix.rows[theme] if theme is not None else "All rows"
        where = ", ".join(matrix.matrix.columns[of]) if of is not None else "all columns"
        self.app.push_screen(CellScreen(CellBehind(self.look.request, *self.here(), f"{name}: {where}")))

    def action_definition(self) -> None:
        """Go to the codebook, to the entry of the row."""
        self.chosen()
        code, _ = self.here()
        if code is None:
            raise BadInput("That is all rows as one.", "Go to a row of its own.")
        self.workbench.open_code(code)

    # What was not asked about

    def action_unasked(self) -> None:
        """Mark the topic of the row as not asked about in sources of the cell, or take that back."""
        self.chosen()
        code, column = self.here()
        if code is None:
            raise BadInput("That is all rows as one.", "Go to a row of its own.")
        sources = sources_of_cell(self.workbench.study, self.look.request, code, column)
        if not sources:
            raise Refused("The cell has no source in which it could have been asked about.")
        marked = [source.name for source in sources if source.not_asked]
        title = f"Not asked about: {self.book.by_id[code].label}"

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen is not None:
                self.attempt(lambda: self._mark(code, set(chosen), set(marked)))

        choices = [(source.name, _told(source)) for source in sources]
        self.app.push_screen(MarkList(title, choices, marked, empty=bool(marked)), take)

    def _mark(self, code: str, chosen: set[str], before: set[str]) -> None:
        study, told = self.workbench.study, list[str]()
        if new := sorted(chosen - before):
            made = mark_not_asked(study, new, [code])
            told.append(f"not asked about in {counted(made, 'source')} more")
        if gone := sorted(before - chosen):
            try:
                back = mark_not_asked(study, gone, [code], take_back=True)
            except Refused:
                raise Refused(
                    "The mark is on an entry above this one.", "Take it back there; r shows all levels."
                ) from None
            told.append(f"asked about in {counted(back, 'source')} after all")
        if told:
            self.reload()
            self.say(f"'{self.book.by_id[code].label}': {', '.join(told)}; u takes that back.")

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        event = undo(self.workbench.study)
        self.reload()
        self.say(f"Undid: {event.summary}.")

    def action_redo(self) -> None:
        """Make it again."""
        event = redo(self.workbench.study)
        self.reload()
        self.say(f"Redid: {event.summary}.")

    # Out to a file

    def action_export(self) -> None:
        """Write the matrix to a file."""
        matrix = self.chosen()

        def done(file: str | None) -> None:
            if file is not None:
                self.say(f"Wrote {file}.")

        self.app.push_screen(ExportForm(matrix), done)


def _told(source: CellSource) -> str:
    if not source.passages:
        return source.name
    return f"{source.name}  ({counted(source.passages, 'passage')}: counted all the same)"
