"""The table that lists things a row each."""

from __future__ import annotations

from rich.text import Text
from textual.binding import Binding
from textual.widgets import DataTable


class RowTable(DataTable[str | Text], inherit_bindings=False):
    """A table with a cursor by rows; `enter` and letters are left to the screen, for the footer to name."""

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home,g", "scroll_top", show=False),
        Binding("end,G", "scroll_bottom", show=False),
    ]
