"""How far two coders agree on each code, in figures; each leads to the passages behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qualbench.agreement.comparable import pairs
from qualbench.agreement.comparison import UNITS, Agreement, agree
from qualbench.agreement.intervals import FEWEST_SOURCES, RESAMPLES, Intervals, intervals
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import QualbenchError
from qualbench.study.journal import newest_event
from qualbench.study.stance import wording
from qualbench.text.bars import FILLS
from qualbench.tui.actions import AGREEMENT, COMPARE, bindings
from qualbench.tui.figures_told import INTERVAL_OF, columns_for, figure_rows, told
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.base import told as tells
from qualbench.tui.screens.reconcile_behind import BehindScreen
from qualbench.tui.screens.reconcile_open import Pair, Words
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.figure_table import FigureTable


class FiguresScreen(Scrolling):
    """The codes that either coder has used where both have finished, a row of figures each.

    Args:
        coders: The two coders.
        go_to: Goes to words in the comparison of two coders.
    """

    place, mode = AGREEMENT, COMPARE
    BINDINGS = bindings(AGREEMENT)
    DEFAULT_CSS = """
    FiguresScreen #about, FiguresScreen #legend, FiguresScreen #heading {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    FiguresScreen #heading { padding: 0; }
    """

    @dataclass
    class FiguresRead(Message):
        """The tables of the codes have been read."""

        pairs: list[Pair]
        agreement: Agreement
        book: Codebook
        newest: int

    @dataclass
    class IntervalsFound(Message):
        """The intervals of some figures have been found."""

        agreement: Agreement
        intervals: Intervals

    def __init__(self, coders: Pair, go_to: Callable[[Pair, Words], None]) -> None:
        super().__init__()
        self._coders, self._go_to = coders, go_to
        self._unit = UNITS[0]
        self._worst_first = False
        self._pairs: list[Pair] = []
        self._agreement: Agreement | None = None
        self._intervals: Intervals | None = None
        self._book = Codebook([])
        self._seen: int | None = None  # the newest event when the figures were read

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="about", markup=False)
        yield Static("", id="heading", markup=False)
        yield FigureTable()
        yield Static("", id="legend", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the cursor."""
        self._table.moved.subscribe(self, self._show_moved, immediate=True)
        self._table.focus()

    def on_screen_resume(self) -> None:
        """Read the figures anew if anything has changed."""
        self._look_again()

    @tells
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    def on_resize(self, event: Resize) -> None:
        """Show the figures that there is room for."""
        self._show()

    @property
    def _table(self) -> FigureTable:
        return self.query_one(FigureTable)

    @property
    def _with_coefficients(self) -> bool:
        return wording(self.workbench.settings.stance).coefficients

    # Reading them from the study

    def reload(self) -> None:
        """Read the figures as the study has them now."""
        self._read(self._coders, self._unit, with_intervals=self._with_coefficients)

    @work(thread=True, exclusive=True, group="figures", exit_on_error=False)
    def _read(self, coders: Pair, unit: str, *, with_intervals: bool) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            newest = newest_event(study)  # before: what changes meanwhile is read again
            there = [pair for pair, _ in pairs(study)]
            agreement = agree(study, unit=unit, coders=coders)
            book = read_codebook(study)
        except QualbenchError as error:
            if not worker.is_cancelled:
                self.post_message(self.Failed(error))
            return
        if not worker.is_cancelled:
            self.post_message(self.FiguresRead(there, agreement, book, newest))
        if with_intervals and len(agreement.sources) >= FEWEST_SOURCES and not worker.is_cancelled:
            found = intervals(agreement, (INTERVAL_OF,))
            if not worker.is_cancelled:
                self.post_message(self.IntervalsFound(agreement, found))

    @on(FiguresRead)
    def _show_read(self, event: FiguresRead) -> None:
        self._pairs, self._book, self._seen = event.pairs, event.book, event.newest
        self._agreement, self._intervals = event.agreement, None
        self._show()

    @on(IntervalsFound)
    def _show_intervals(self, event: IntervalsFound) -> None:
        if event.agreement is self._agreement:
            self._intervals = event.intervals
            self._show()

    @on(ModeScreen.Failed)
    def _show_none(self) -> None:
        self._agreement = self._intervals = None  # what may no longer be seen does not stay
        self._show()

    # Showing them

    def _show(self) -> None:
        agreement, width = self._agreement, self.app.size.width
        if agreement is None:
            self._table.show((), [])
            return
        columns = columns_for(width, agreement, with_coefficients=self._with_coefficients)
        rows = figure_rows(agreement, self._intervals, self._book, columns, worst_first=self._worst_first)
        self._table.show(tuple(column.title for column in columns), rows)
        a, b = agreement.coders
        count = len(agreement.sources)
        of = f"{count} source{'s' * (count != 1)}"
        order = "lowest figures first" if self._worst_first else "as in the codebook"
        about = [f"A {a}  B {b}", f"by {agreement.unit}, participants' talk", of, order]
        self.query_one("#about", Static).update("   ".join(about), layout=False)
        self.query_one("#legend", Static).update(self._legend(a, b, count), layout=False)
        self._show_here()

    def _legend(self, a: str, b: str, sources: int) -> str:
        both, only_a, only_b = FILLS
        parts = f"{both} both   {only_a} {a} only   {only_b} {b} only"
        if not self._with_coefficients:
            return f"{parts}   Coefficients are not shown: the study is reflexive."
        if sources < FEWEST_SOURCES:
            return f"{parts}   Intervals need {FEWEST_SOURCES} sources."
        return f"{parts}   kappa's 95 % interval: {RESAMPLES:,} resamples"

    def _show_moved(self, table: BlockList) -> None:
        self.query_one("#heading", Static).update(self._table.heading, layout=False)
        self._show_here()

    def _show_here(self) -> None:
        """Say of the code under the cursor what is counted, and why what is undefined is so."""
        row, agreement = self._table.present, self._agreement
        if row is None or agreement is None:
            self.query_one(Status).show_here("")
            return
        said = told(agreement, self._intervals, row.code, with_coefficients=self._with_coefficients)
        self.query_one(Status).show_here(said)

    # What keys do

    @property
    def scrolled(self) -> BlockList:
        """The table."""
        return self._table

    def action_passages(self) -> None:
        """Show the passages behind the figures of the code."""
        row, agreement = self._table.present, self._agreement
        if row is None or agreement is None:
            return
        if not row.code:
            self.say("That is all codes together; each code has its passages.")
            return
        self.app.push_screen(BehindScreen(agreement.coders, agreement.unit, row.code, row.label, self._go_to))

    def action_next_unit(self) -> None:
        """Count turns, sentences or characters."""
        self._unit = UNITS[(UNITS.index(self._unit) + 1) % len(UNITS)]
        self.reload()

    def action_order(self) -> None:
        """List the codes with the lowest figures first, or as in the codebook."""
        self._worst_first = not self._worst_first
        self._show()

    def action_next_pair(self) -> None:
        """Show the figures of the next two coders."""
        if len(self._pairs) < 2:
            self.say("No other two coders can be compared yet.")
            return
        at = self._pairs.index(self._coders) if self._coders in self._pairs else -1
        self._coders = self._pairs[(at + 1) % len(self._pairs)]
        self.reload()
        self.say(f"A is {self._coders[0]}, B is {self._coders[1]}.")

    def action_back(self) -> None:
        """Go back to the differences."""
        self.app.pop_screen()
