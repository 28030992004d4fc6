"""A line to type."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input


class Prompt(ModalScreen[str | None]):
    """Gives what was typed, or None if nothing was.

    Args:
        title: What is asked for.
        text: What stands there to begin with.
        hint: What can be typed, shown while the line is empty.
    """

    BINDINGS = [Binding("escape", "cancel", "Cancel", key_display="esc")]  # noqa: RUF012
    DEFAULT_CSS = """
    Prompt { align: center bottom; }
    Prompt Vertical {
        width: 100%; max-width: 90; height: auto; margin: 0 0 2 0;
        background: $surface; border: round $primary; padding: 0 1;
    }
    Prompt Input, Prompt Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    """

    def __init__(self, title: str, text: str = "", hint: str = "") -> None:
        super().__init__()
        self._title, self._text, self._hint = title, text, hint

    def compose(self) -> ComposeResult:
        """Lay the line out."""
        with Vertical() as box:
            box.border_title = escape(self._title)
            box.border_subtitle = "enter takes it, esc cancels"
            yield Input(self._text, placeholder=self._hint)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)

    def action_cancel(self) -> None:
        """Close without a line."""
        self.dismiss(None)
