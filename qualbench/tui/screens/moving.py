"""Moving the caret through a transcript, for every screen that shows one."""

from __future__ import annotations

from textual.screen import Screen

from qualbench.tui.widgets.transcript_view import TranscriptView


class Moving(Screen[None]):
    """A screen with a `TranscriptView`: the actions that move its caret."""

    def action_right(self) -> None:
        """Move a character to the right."""
        self.query_one(TranscriptView).step(1)

    def action_left(self) -> None:
        """Move a character to the left."""
        self.query_one(TranscriptView).step(-1)

    def action_down(self) -> None:
        """Move a row down."""
        self.query_one(TranscriptView).step_rows(1)

    def action_up(self) -> None:
        """Move a row up."""
        self.query_one(TranscriptView).step_rows(-1)

    def action_next_word(self) -> None:
        """Move to the next word."""
        self.query_one(TranscriptView).step_word(forward=True)

    def action_previous_word(self) -> None:
        """Move to the word before."""
        self.query_one(TranscriptView).step_word(forward=False)

    def action_page_down(self) -> None:
        """Move a page down."""
        self.query_one(TranscriptView).step_page(1)

    def action_page_up(self) -> None:
        """Move a page up."""
        self.query_one(TranscriptView).step_page(-1)

    def action_first(self) -> None:
        """Move to the start of the source."""
        self.query_one(TranscriptView).move_to(0)

    def action_last(self) -> None:
        """Move to the end of the source."""
        self.query_one(TranscriptView).move_to_end()

    def action_next_turn(self) -> None:
        """Move to the next turn."""
        self.query_one(TranscriptView).step_turn(forward=True)

    def action_previous_turn(self) -> None:
        """Move to the turn before."""
        self.query_one(TranscriptView).step_turn(forward=False)
