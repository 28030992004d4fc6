"""Finishing a source by a key, and taking that back, on every screen where one is at hand."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Static

from qualbench.agreement.finishing import finish
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finished_by, reopen
from qualbench.errors import Refused
from qualbench.tui.screens.base import ModeScreen


class FinishForm(ModalScreen[bool]):
    """Says what finishing a source means; gives whether it is to be.

    Args:
        source: The name of the source.
        words: What it means.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("y", "answer(True)", "Finish"),
        Binding("n,escape", "answer(False)", "Not yet"),
    ]
    DEFAULT_CSS = """
    FinishForm { align: center middle; }
    FinishForm Vertical {
        width: 70; max-width: 96%; height: auto;
        background: $surface; border: round $primary; padding: 0 1;
    }
    """

    def __init__(self, source: str, words: str) -> None:
        super().__init__()
        self._source, self._words = source, words

    def compose(self) -> ComposeResult:
        """Lay the words out."""
        with Vertical() as frame:
            frame.border_title = escape(f"Finish {self._source}")
            frame.border_subtitle = "y finishes it, esc goes back"
            yield Static(self._words, markup=False)

    def action_answer(self, finish_it: bool) -> None:
        """Close with the answer."""
        self.dismiss(finish_it)


class Finishing(ModeScreen):
    """The actions that finish the source at hand and reopen it."""

    def source_at_hand(self) -> str | None:
        """Give the name of the source that keys act on, None if there is none."""
        raise NotImplementedError

    def state_changed(self) -> None:
        """Show what has become of the source at hand."""
        raise NotImplementedError

    def action_finish(self) -> None:
        """Mark the source as finished by the coder at work, after saying what that means."""
        name, coder = self.source_at_hand(), self.workbench.study.coder
        if name is None or coder is None:
            return
        others = finished_by(self.workbench.study).get(name, set())
        if coder in others:
            raise Refused(
                f"You have finished {name}.", "O takes that back, while nobody else has finished it."
            )
        count = len(list_codings(self.workbench.study, source=name))
        words = f"Your codings of it, {count} so far, no longer change then.\n\n{_then(sorted(others))}"

        def answered(finish_it: bool | None) -> None:
            if finish_it:
                self.attempt(lambda: self._finish(name, coder))

        self.app.push_screen(FinishForm(name, words), answered)

    def _finish(self, name: str, coder: str) -> None:
        finished = finish(self.workbench.study, [name])
        self.state_changed()
        self.say(f"{name} is finished. {_came_of(finished.taken, coder)}")

    def action_reopen(self) -> None:
        """Take back that the source is finished."""
        name = self.source_at_hand()
        if name is not None:
            reopen(self.workbench.study, [name])
            self.state_changed()
            self.say(f"{name} is in progress again.")


def _then(others: list[str]) -> str:
    """Say what comes of finishing a source that others have finished, or nobody has."""
    if not others:
        return "Nobody else has finished it. Until somebody has, O takes this back."
    have = "have" if len(others) > 1 else "has"
    return (
        f"{' and '.join(others)} {have} finished it too. You will see each other's codings there, and what "
        "you have coded alike goes into the agreed layer; so this cannot be taken back."
    )


def _came_of(taken: Mapping[tuple[str, str], int], coder: str) -> str:
    """Say what went into the agreed layer, by pairs of coders, and what comes next."""
    if not taken:
        return "Nobody else has finished it; O takes that back."
    told = [
        f"{count} passage{'s' * (count != 1)} coded alike with {' and '.join(c for c in pair if c != coder)}"
        for pair, count in taken.items()
    ]
    return f"Into the agreed layer: {', '.join(told)}. 6 shows where you differ."
