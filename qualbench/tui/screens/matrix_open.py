"""What the matrix screen shows, and how it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qualbench.analysis.matrix import count_matrix
from qualbench.analysis.matrix_choices import what_is_known
from qualbench.analysis.matrix_model import Matrix
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import QualbenchError, Unreachable
from qualbench.study.journal import newest_event
from qualbench.tui.matrix_shown import Look, ShownMatrix, look_of, shown
from qualbench.tui.matrix_told import cell_told, counted_told, legend_told, title_told
from qualbench.tui.memory import read_matrix, write_matrix
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.matrix_empty import nothing_to_count
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.matrix_grid import MatrixGrid
from qualbench.tui.widgets.matrix_parts import CellQuotes, MatrixHeading


class OpenMatrix(ModeScreen):
    """A matrix, as it was asked for last.

    Attributes:
        look: What is asked for.
        shown: What is shown; None before anything was counted.
        book: The codebook.
        known: What columns can cross, with the values that the count can be limited to.
    """

    @dataclass
    class Counted(Message):
        """The matrix has been counted."""

        look: Look
        matrix: Matrix
        book: Codebook
        known: Mapping[str, Mapping[str, int]]
        newest: int

    @dataclass
    class NotCounted(Message):
        """It could not be counted, for a reason that a person can put right."""

        look: Look
        error: QualbenchError

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.shown: ShownMatrix | None = None
        self.book = Codebook([])
        self.known: Mapping[str, Mapping[str, int]] = {}
        self._matrix: Matrix | None = None
        self._seen: int | None = None  # the newest event when the matrix was counted
        self._asked = False  # whether it was ever asked for

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="about", markup=False)
        yield Static("", id="counted", markup=False)
        yield MatrixHeading()
        yield MatrixGrid()
        yield CellQuotes()
        yield Static("", id="legend", markup=False)
        yield Static("", id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the cursor, beginning with what was looked at last."""
        self.grid.moved.subscribe(self, self._show_moved, immediate=True)
        self.grid.focus()

    def on_screen_resume(self) -> None:
        """Count anew if anything has changed, as it may have in another mode or by somebody else."""
        if not self._asked:
            self._asked = True
            self.look = look_of(read_matrix(self.workbench.study))
        self._look_again()

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    @property
    def grid(self) -> MatrixGrid:
        """The cells."""
        return self.query_one(MatrixGrid)

    # Counting

    def reload(self) -> None:
        """Count as the study is now."""
        self._count(self.look)

    def ask(self, look: Look) -> None:
        """Show something else, counting it if it is not counted yet."""
        before, self.look = self.look, look
        if look.request != before.request or self._matrix is None:
            self._count(look)
        else:
            self._keep()
            self.show_all()

    @work(thread=True, exclusive=True, group="matrix", exit_on_error=False)
    def _count(self, look: Look) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            newest = newest_event(study)  # before: what changes meanwhile is counted again
            known = what_is_known(study)
            book = read_codebook(study)
            matrix = count_matrix(study, look.request)
            message: Message = self.Counted(look, matrix, book, known, newest)
        except QualbenchError as error:
            message = self.NotCounted(look, error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(Counted)
    def _show_counted(self, event: Counted) -> None:
        if event.look.request != self.look.request:
            return  # something else was asked for meanwhile
        self._matrix, self.book, self.known = event.matrix, event.book, event.known
        self._seen = event.newest
        self._keep()
        self.show_all()

    @on(NotCounted)
    def _tell_why(self, event: NotCounted) -> None:
        self.workbench.tell(event.error)
        if event.look.request != self.look.request or isinstance(event.error, Unreachable):
            return
        if self._matrix is not None and self._matrix.request != event.look.request:
            self.look = self.shown.look if self.shown is not None else Look()  # what is shown stays
        elif self.look.request != Look().request:
            self.look = Look()  # what was kept in mind may be gone, or hidden by now
            self._matrix = None
            self.reload()
        else:
            self._matrix = None
            self.show_all()

    def _keep(self) -> None:
        write_matrix(self.workbench.study, self.look.kept())

    # Showing

    def show_all(self) -> None:
        """Show everything as it is now, with the cursor on the theme and the crossing where it was."""
        matrix, at = self._matrix, self.here()
        why = "There is nothing to be shown."
        if matrix is not None:
            why = nothing_to_count(matrix, self.book, self.workbench.study.coder)
        self.shown = shown(matrix, self.look) if matrix is not None and not why else None
        about, told, legend = "", "", ""
        if self.shown is not None:
            labels = [self.book.find(code).label for code in self.look.request.codes]
            about, told = title_told(self.shown, labels), counted_told(self.shown)
            legend = legend_told(self.shown)
        for line, said in (("#about", about), ("#counted", told), ("#legend", legend)):
            self.query_one(line, Static).update(said, layout=False)
        self.query_one(CellQuotes).display = self.shown is not None and self.shown.matrix.quotes is not None
        self._show_empty(why)
        self.grid.show(self.shown, *(self.shown.find(*at) if self.shown is not None else (0, 0)))

    def _show_empty(self, why: str) -> None:
        empty = self.query_one("#empty", Static)
        empty.display = bool(why)
        empty.update(why)
        for part in (self.grid, self.query_one(MatrixHeading), self.query_one("#legend")):
            part.display = not why
        if why:
            self.query_one(Status).show_here("")
        elif self.focused is None:
            self.grid.focus()

    def here(self) -> tuple[str | None, tuple[str, ...] | None]:
        """Give the theme and the crossing under the cursor; None for all as one."""
        grid = self.grid
        if self.shown is None or not grid.columns or not grid.count:
            return "", ()
        theme, column = self.shown.behind(grid.cursor, grid.column)
        matrix = self.shown.matrix
        return (
            matrix.codes[theme] if theme is not None else None,
            matrix.columns[column] if column is not None else None,
        )

    def _show_moved(self, grid: BlockList) -> None:
        self.query_one(MatrixHeading).show(self.grid)
        if self.shown is None or not self.grid.count or not self.grid.columns:
            return
        row, column = self.grid.cursor, self.grid.column
        self.query_one(Status).show_here(cell_told(self.shown, row, column))
        quotes = self.query_one(CellQuotes)
        if quotes.display:
            quotes.show(self.shown, row, column)
