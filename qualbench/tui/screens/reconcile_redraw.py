"""Selecting the words that a code shall have instead of what either coder gave it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from qualbench.text.spans import Span
from qualbench.text.words import count_words
from qualbench.transcripts.sources import SourceRead
from qualbench.tui.actions import COMPARE, REDRAW, bindings
from qualbench.tui.screens.selecting import Selecting
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.compared_rows import AtHand
from qualbench.tui.widgets.compared_view import ComparedView
from qualbench.tui.widgets.difference_list import counted
from qualbench.tui.widgets.source_pane import shown_blocks
from qualbench.tui.widgets.transcript_rows import ShownCoding


class RedrawScreen(Selecting):
    """The comparison with a selection to be changed.

    Args:
        source: The source.
        codings: What both have coded in it.
        coders: A and B.
        at_hand: What either has there; all of it is selected to begin with.
        code: The code that the words shall have, in quotes.
        take: Is given the words.
    """

    place, mode = REDRAW, COMPARE
    BINDINGS = bindings(REDRAW)
    DEFAULT_CSS = """
    RedrawScreen #about {
        height: 1; padding: 0 1; color: $accent; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(
        self,
        source: SourceRead,
        codings: Sequence[ShownCoding],
        coders: tuple[str, str],
        at_hand: AtHand,
        code: str,
        take: Callable[[Span], None],
    ) -> None:
        super().__init__()
        self._source, self._codings, self._coders = source, codings, coders
        self._at_hand, self._code, self._take = at_hand, code, take

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static(f"Select the words that shall have {self._code}", id="about", markup=False)
        yield ComparedView()
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Begin with all the words of either selected."""
        view, (a, b) = self.query_one(ComparedView), self._coders
        view.show_both(
            self._source.text,
            shown_blocks(self._source),
            [coding for coding in self._codings if coding.layer == a],
            [coding for coding in self._codings if coding.layer == b],
        )
        view.show_at_hand(self._at_hand)
        spans = self._at_hand.spans
        view.select_span(Span(min(spans).start, max(span.end for span in spans)))
        view.moved.subscribe(self, self._moved, immediate=True)
        view.focus()
        self.show_here()

    def _moved(self, view: object) -> None:
        self.show_here()

    def show_here(self) -> None:
        """Say how much is selected."""
        selected = self.transcript.selection
        if selected is None:
            said = "Nothing is selected. v begins a selection, s takes the sentence; esc goes back."
        else:
            count = counted(count_words(self._source.text[selected.start : selected.end]))
            said = f"{count} selected; enter gives them {self._code}, o goes to the other end."
        self.query_one(Status).show_here(said)

    def action_other_end(self) -> None:
        """Go to the other end of the selection."""
        self.transcript.swap_ends()

    def action_take(self) -> None:
        """Give the code the selected words."""
        selected = self.transcript.selection
        if selected is None:
            self.say("Nothing is selected. v begins a selection, s takes the sentence.")
        else:
            self.app.pop_screen()
            self._take(selected)

    def action_back(self) -> None:
        """Go back without deciding."""
        self.app.pop_screen()
