"""Moving the caret through a transcript, for every screen that shows one."""

from __future__ import annotations

from textual.screen import Screen

from qualbench.text.motions import turns, words
from qualbench.text.sentences import sentences
from qualbench.tui.widgets.transcript_view import TranscriptView


class Moving(Screen[None]):
    """A screen with a `TranscriptView`: the actions that move its caret."""

    @property
    def transcript(self) -> TranscriptView:
        """The transcript whose caret moves."""
        return self.query_one(TranscriptView)

    def action_right(self) -> None:
        """Move a character to the right."""
        self.transcript.step(1)

    def action_left(self) -> None:
        """Move a character to the left."""
        self.transcript.step(-1)

    def action_down(self) -> None:
        """Move a row down."""
        self.transcript.step_rows(1)

    def action_up(self) -> None:
        """Move a row up."""
        self.transcript.step_rows(-1)

    def action_next_word(self) -> None:
        """Move to the next word."""
        self.transcript.step_unit(words, forward=True)

    def action_previous_word(self) -> None:
        """Move to the word before."""
        self.transcript.step_unit(words, forward=False)

    def action_word_end(self) -> None:
        """Move to the end of the word."""
        self.transcript.step_word_end()

    def action_next_sentence(self) -> None:
        """Move to the next sentence."""
        self.transcript.step_unit(sentences, forward=True)

    def action_previous_sentence(self) -> None:
        """Move to the sentence before."""
        self.transcript.step_unit(sentences, forward=False)

    def action_page_down(self) -> None:
        """Move a page down."""
        self.transcript.step_page(1)

    def action_page_up(self) -> None:
        """Move a page up."""
        self.transcript.step_page(-1)

    def action_first(self) -> None:
        """Move to the start of the source."""
        self.transcript.move_to(0)

    def action_last(self) -> None:
        """Move to the end of the source."""
        self.transcript.move_to_end()

    def action_next_turn(self) -> None:
        """Move to the next turn."""
        self.transcript.step_unit(turns, forward=True)

    def action_previous_turn(self) -> None:
        """Move to the turn before."""
        self.transcript.step_unit(turns, forward=False)
