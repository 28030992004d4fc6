"""The passages behind a figure of agreement: those that only one coder has coded, then what both have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qualbench.agreement.passages import PassageBehind, behind
from qualbench.coding.talk import Talk, read_talk
from qualbench.errors import QualbenchError
from qualbench.study.journal import newest_event
from qualbench.text.spans import Span
from qualbench.text.words import count_words
from qualbench.tui.actions import BEHIND, COMPARE, bindings
from qualbench.tui.screens.base import told
from qualbench.tui.screens.reconcile_open import Pair, Words
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.difference_list import counted
from qualbench.tui.widgets.passage_list import PassageList, ShownPassage

CELLS = ("a_only", "b_only", "both")
"""The cells of the table in the order in which their passages are shown."""


class BehindScreen(Scrolling):
    """The turns, sentences or stretches of characters that were counted for a code, in one scroll.

    Args:
        coders: The two coders.
        unit: What was counted.
        code: The id of the code.
        label: Its name.
        go_to: Goes to words in the comparison of two coders.
    """

    place, mode = BEHIND, COMPARE
    BINDINGS = bindings(BEHIND)
    DEFAULT_CSS = """
    BehindScreen #about {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    BehindScreen #empty { height: 1fr; padding: 2 4; display: none; }
    """

    @dataclass
    class PassagesRead(Message):
        """The passages have been read."""

        passages: list[ShownPassage]
        talk: Mapping[str, Talk]
        newest: int

    def __init__(
        self, coders: Pair, unit: str, code: str, label: str, go_to: Callable[[Pair, Words], None]
    ) -> None:
        super().__init__()
        self._coders, self._unit, self._code, self._label = coders, unit, code, label
        self._go_to = go_to
        self._seen: int | None = None  # the newest event when the passages were read

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        a, b = self._coders
        yield self.header()
        yield Static(f"A {a}  B {b}   {self._label}   by {self._unit}", id="about", markup=False)
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

    @work(thread=True, exclusive=True, group="behind", exit_on_error=False)
    def _read(self) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            newest = newest_event(study)  # before: what changes meanwhile is read again
            passages = [
                shown
                for cell in CELLS
                for shown in self._shown(
                    cell, behind(study, self._code, cell, unit=self._unit, coders=self._coders)
                )
            ]
            talk = read_talk(study, {passage.source for passage in passages})
            message: Message = self.PassagesRead(passages, talk, newest)
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    def _shown(self, cell: str, passages: Sequence[PassageBehind]) -> Iterator[ShownPassage]:
        a, b = self._coders
        heading = {"a_only": f"{a} only", "b_only": f"{b} only", "both": f"{a} and {b}"}[cell]
        count = len(passages)
        what = (
            f"passage{'s' * (count != 1)}"
            if self._unit == "character"
            else f"{self._unit}{'s' * (count != 1)}"
        )
        for passage in passages:
            coded = [_inside(passage, spans) for spans in (passage.a, passage.b)]
            marks = [
                f"{coder} {counted(sum(words))}"
                for coder, words in zip(self._coders, ([w for _, w in side] for side in coded), strict=True)
                if words
            ]
            spans = [span for side in coded for span, _ in side]
            span = Span(min(s.start for s in spans), max(s.end for s in spans))
            yield ShownPassage(
                f"{cell} {passage.source} {passage.span.start} {passage.span.end}",
                passage.source,
                span,
                cell,
                f"{heading}: {count} {what}",
                marks=", ".join(marks),
            )

    @on(PassagesRead)
    def _show_read(self, event: PassagesRead) -> None:
        view, present = self._view, self._view.present
        self._seen = event.newest
        ids = [passage.id for passage in event.passages]
        cursor = ids.index(present.id) if present is not None and present.id in ids else view.cursor
        view.show(event.passages, event.talk, cursor)
        empty = self.query_one("#empty", Static)
        view.display, empty.display = bool(ids), not ids
        empty.update(
            f"Neither has coded participants' talk with '{self._label}' in what both have finished.\n\n"
            "esc goes back."
        )

    def _moved(self, view: BlockList) -> None:
        passage, count = self._view.present, len(self._view.passages)
        here = f"{self._view.cursor + 1} of {count}: {passage.heading}" if passage is not None else ""
        self.query_one(Status).show_here(here)

    # What keys do

    def action_go(self) -> None:
        """Go to the place in the comparison."""
        passage = self._view.present
        if passage is not None:
            self._go_to(self._coders, Words(passage.source, passage.span, self._code))

    def action_wider(self) -> None:
        """Show a turn more to either side."""
        if not self._view.widen(1):
            self.say("That is all there is around them.")

    def action_narrower(self) -> None:
        """Show a turn less to either side, at last the words alone."""
        if not self._view.widen(-1):
            self.say("These are the words alone.")

    def action_back(self) -> None:
        """Go back to the figures."""
        self.app.pop_screen()


def _inside(passage: PassageBehind, codings: Sequence[Span]) -> list[tuple[Span, int]]:
    """What of some codings lies in a passage, each with its number of words."""
    start = passage.span.start
    cut = [Span(max(s.start, start), min(s.end, passage.span.end)) for s in codings]
    return [(s, count_words(passage.words[s.start - start : s.end - start])) for s in cut]
