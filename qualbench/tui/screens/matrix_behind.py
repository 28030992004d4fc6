"""The passages behind a cell of the matrix, in context, each a door to its place in the transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qualbench.analysis.document import counted
from qualbench.analysis.matrix import passages_of_cell
from qualbench.analysis.matrix_model import CellPassage, Request
from qualbench.coding.talk import Talk, read_talk
from qualbench.errors import QualbenchError
from qualbench.study.journal import newest_event
from qualbench.text.spans import Span
from qualbench.tui.actions import BEHIND_CELL, MATRIX, bindings
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.passage_list import PassageList, ShownPassage


@dataclass(frozen=True)
class CellBehind:
    """A cell whose passages are wanted.

    Attributes:
        row: The id of the theme; None for all rows as one.
        column: The values of the column; None for all columns as one.
        label: What it is called.
    """

    request: Request
    row: str | None
    column: tuple[str, ...] | None
    label: str


class CellScreen(Scrolling):
    """What the participants of a cell say in the passages of its row, in one scroll.

    Args:
        cell: The cell.
    """

    place, mode = BEHIND_CELL, MATRIX
    BINDINGS = bindings(BEHIND_CELL)
    DEFAULT_CSS = """
    CellScreen #about {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    CellScreen #empty { height: 1fr; padding: 2 4; display: none; }
    """

    @dataclass
    class PassagesRead(Message):
        """The passages have been read."""

        passages: list[CellPassage]
        talk: Mapping[str, Talk]
        newest: int

    def __init__(self, cell: CellBehind) -> None:
        super().__init__()
        self._cell = cell
        self._seen: int | None = None  # the newest event when the passages were read

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static(self._cell.label, id="about", markup=False)
        yield PassageList()
        yield Static("", id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the cursor of the list."""
        self._view.moved.subscribe(self, self._moved, immediate=True)
        self._view.focus()

    def on_screen_resume(self) -> None:
        """Read the passages anew if anything has changed."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    @property
    def _view(self) -> PassageList:
        return self.query_one(PassageList)

    # Reading and showing

    def reload(self) -> None:
        """Read the passages as the study has them now."""
        self._read()

    @work(thread=True, exclusive=True, group="cell", exit_on_error=False)
    def _read(self) -> None:
        worker, study, cell = get_current_worker(), self.workbench.study, self._cell
        try:
            newest = newest_event(study)  # before: what changes meanwhile is read again
            passages = passages_of_cell(study, cell.request, cell.row, cell.column)
            talk = read_talk(study, {passage.source for passage in passages})
            message: Message = self.PassagesRead(passages, talk, newest)
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(PassagesRead)
    def _show_read(self, event: PassagesRead) -> None:
        view, present = self._view, self._view.present
        self._seen = event.newest
        passages = shown_passages(event.passages)
        ids = [passage.id for passage in passages]
        cursor = ids.index(present.id) if present is not None and present.id in ids else view.cursor
        view.show(passages, event.talk, cursor)
        people = len({passage.participant for passage in event.passages})
        sources = len({passage.source for passage in event.passages})
        many = f"{counted(len(ids), 'passage')} of {counted(people, 'participant')}"
        about = f"{many} in {counted(sources, 'source')}, layer {self._cell.request.layer}"
        self.query_one("#about", Static).update(f"{about}   {self._cell.label}", layout=False)
        self._show_list("" if ids else "No participant's words are coded so any more.\n\nesc goes back.")

    @on(ModeScreen.Failed)
    def _show_none(self) -> None:
        self._view.show([], {}, 0)  # what may no longer be seen does not stay
        self._show_list("These passages cannot be shown.\n\nesc goes back.")

    def _show_list(self, why_not: str) -> None:
        empty = self.query_one("#empty", Static)
        self._view.display, empty.display = not why_not, bool(why_not)
        empty.update(why_not)
        if not why_not and self.focused is None:
            self._view.focus()

    def _moved(self, view: BlockList) -> None:
        passage, count = self._view.present, len(self._view.passages)
        here = f"{self._view.cursor + 1} of {count}: {passage.source}, {passage.note}" if passage else ""
        self.query_one(Status).show_here(here)

    # What keys do

    def action_open(self) -> None:
        """Open the place in its transcript."""
        passage = self._view.present
        if passage is not None:
            self.workbench.open_source(passage.source, passage.span.start)

    def action_wider(self) -> None:
        """Show a turn more to either side."""
        if not self._view.widen(1):
            self.say("That is all there is around them.")

    def action_narrower(self) -> None:
        """Show a turn less to either side, at last the words alone."""
        if not self._view.widen(-1):
            self.say("These are the words alone.")

    def action_back(self) -> None:
        """Go back to the matrix."""
        self.app.pop_screen()


def shown_passages(passages: Sequence[CellPassage]) -> list[ShownPassage]:
    """Give passages as the list shows them, under a heading for each source and participant."""
    counts = Counter((one.source, one.participant) for one in passages)
    return [
        ShownPassage(
            f"{one.source} {one.participant} {one.parts[0].start} {one.parts[-1].end}",
            one.source,
            Span(one.parts[0].start, one.parts[-1].end),
            f"{one.source} {one.participant}",
            f"{one.source}: {counted(counts[one.source, one.participant], 'passage')} of {one.participant}",
            one.label,
            "" if one.quotable else "not to be quoted",
        )
        for one in sorted(passages, key=lambda one: (one.source, one.participant, one.parts[0]))
    ]
