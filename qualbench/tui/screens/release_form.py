"""What a version of the codebook is about, and who agreed on it."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from qualbench.codebook.versions import Version
from qualbench.errors import QualbenchError

_KEYS = "enter goes on, esc cancels"


class ReleaseForm(ModalScreen[Version | None]):
    """Gives the version that was released, or None.

    Args:
        number: The number that it will have.
        settled: What comes before the names, by the stance of the study.
        agreed_by: The initials that stand there to begin with.
        release: Releases it. What it refuses is told in the form, which stays.
    """

    BINDINGS = [Binding("escape", "cancel", "Cancel", key_display="esc")]  # noqa: RUF012 (Textual's own form)
    DEFAULT_CSS = """
    ReleaseForm { align: center middle; }
    ReleaseForm Vertical {
        width: 76; max-width: 96%; height: auto;
        background: $surface; border: round $primary; padding: 0 1;
    }
    ReleaseForm Label { color: $text-muted; margin-top: 1; }
    ReleaseForm Input, ReleaseForm Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    ReleaseForm #told { height: auto; color: $error; }
    """

    def __init__(
        self, number: int, settled: str, agreed_by: str, release: Callable[[str, str], Version]
    ) -> None:
        super().__init__()
        self._number, self._settled, self._agreed_by, self._release = number, settled, agreed_by, release

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with Vertical() as box:
            box.border_title = f"Release version {self._number} of the codebook"
            box.border_subtitle = _KEYS
            yield Label("What it is about")
            yield Input(id="note")
            yield Label(escape(f"{self._settled.capitalize()} (initials)"))
            yield Input(self._agreed_by, id="agreed")
            yield Label("", id="told", markup=False)

    @on(Input.Submitted, "#note")
    def _to_names(self) -> None:
        self.query_one("#agreed", Input).focus()

    @on(Input.Submitted, "#agreed")
    def _release_it(self) -> None:
        note, agreed = (self.query_one(f"#{name}", Input).value for name in ("note", "agreed"))
        try:
            version = self._release(note, agreed)
        except QualbenchError as error:
            self.query_one("#told", Label).update(str(error))
            return
        self.dismiss(version)

    def action_cancel(self) -> None:
        """Close and release nothing."""
        self.dismiss(None)
