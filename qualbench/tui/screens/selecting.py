"""Selecting words of a transcript by keys, for every screen where that is done."""

from __future__ import annotations

from collections.abc import Callable

from qualbench.text.motions import turns, words
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.moving import Moving


class Selecting(Moving, ModeScreen):
    """The actions that select, widen and drop."""

    def show_here(self) -> None:
        """Show what is at the caret, or selected."""
        raise NotImplementedError

    def action_select(self) -> None:
        """Begin a selection at the caret, or drop it."""
        self.transcript.select(self.transcript.selection is None)
        self.show_here()

    def action_sentence(self) -> None:
        """Select the sentence at the caret; if one is selected, the next too."""
        self._select_piece(sentences)

    def action_turn(self) -> None:
        """Select the turn at the caret; if one is selected, the next too."""
        self._select_piece(turns)

    def _select_piece(self, unit: Callable[[str, Span], list[Span]]) -> None:
        view = self.transcript
        piece, selected = view.piece_at_caret(unit), view.selection
        if piece is None:
            return
        if selected is not None and selected.start <= piece.start and piece.end <= selected.end:
            further = view.piece_after(unit, selected.end)
            piece = Span(selected.start, further.end) if further else selected
        view.select_span(piece)

    def action_snap(self) -> None:
        """Widen the selection to whole words."""
        view = self.transcript
        selected = view.selection
        if selected is None:
            self.say("Nothing is selected; v begins a selection.")
            return
        view.select(False)
        view.move_to(selected.start)
        first = view.piece_at_caret(words)
        view.move_to(selected.end - 1)
        last = view.piece_at_caret(words)
        if first is None or last is None:
            return
        view.select_span(Span(min(first.start, selected.start), max(last.end, selected.end)))
