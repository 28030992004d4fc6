"""Where a memo is written."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import TextArea

from qualbench.coding.memos import MemoConflict
from qualbench.errors import QualbenchError

_KEYS = "ctrl+s saves, esc cancels"
_ELSEWHERE = "--- as it was saved elsewhere ---"
_DROPS = "esc again drops what you wrote, ctrl+s saves it"


def _keep_nothing(text: str, seen: str) -> None:
    """Leave the text to who opened the editor."""


class MemoEditor(ModalScreen[str | None]):
    """Gives the new text of a memo, or None if it was not changed or is not to be kept.

    Args:
        title: What the memo is about.
        text: Its text so far, in Markdown.
        save: Keeps the text before the editor closes, given also the text that was there before. What it
            refuses is told in the editor, which stays, so that nothing written is lost.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("ctrl+s", "save", "Save"),
        Binding("escape", "cancel", "Cancel", key_display="esc"),
        Binding("ctrl+q", "cancel", show=False, priority=True),  # leaving would drop what was written
    ]
    DEFAULT_CSS = """
    MemoEditor { align: center middle; }
    MemoEditor Vertical {
        width: 92; max-width: 96%; height: 80%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    MemoEditor TextArea, MemoEditor TextArea:focus {
        border: none; padding: 0; height: 1fr; background: $surface;
    }
    """

    def __init__(self, title: str, text: str = "", save: Callable[[str, str], None] = _keep_nothing) -> None:
        super().__init__()
        self._title, self._text, self._save = title, text, save
        self._warned = False

    def compose(self) -> ComposeResult:
        """Lay the editor out."""
        with Vertical() as box:
            box.border_title = escape(self._title)
            box.border_subtitle = _KEYS
            yield TextArea(self._text)

    def on_mount(self) -> None:
        """Begin at the end of the text."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()

    @on(TextArea.Changed)
    def _go_on(self) -> None:
        self._warned = False
        self._tell(self._title)

    def action_save(self) -> None:
        """Keep the text and close; nothing is kept if nothing was changed."""
        text = self.query_one(TextArea).text
        if text == self._text:
            self.dismiss(None)
            return
        try:
            self._save(text, self._text)
        except MemoConflict as conflict:
            self._text = conflict.theirs
            with self.prevent(TextArea.Changed):
                self.query_one(TextArea).text = f"{text}\n\n{_ELSEWHERE}\n\n{conflict.theirs}"
            self._tell(conflict.message, conflict.hint or _KEYS)
            return
        except QualbenchError as error:
            self._tell(error.message, error.hint or _KEYS)
            return
        self.dismiss(text)

    def action_cancel(self) -> None:
        """Close without keeping anything; if something was written, only when asked twice."""
        if self.query_one(TextArea).text == self._text or self._warned:
            self.dismiss(None)
            return
        self._warned = True
        self._tell(_DROPS)

    def _tell(self, title: str, subtitle: str = _KEYS) -> None:
        box = self.query_one(Vertical)
        box.border_title, box.border_subtitle = escape(title), escape(subtitle)
