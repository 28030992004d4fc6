"""The keys: those of this place first, then those that work everywhere."""

from __future__ import annotations

from collections.abc import Mapping

from rich.markup import escape
from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from qualbench.tui.actions import EVERYWHERE, actions_for


class HelpScreen(ModalScreen[None]):
    """A list of keys made from the action registry.

    Args:
        place: Whose keys come first.
        keymap: Keys that a person has changed, by the id of the action.
    """

    BINDINGS = [Binding("escape,q,question_mark", "close", "Close", key_display="esc")]  # noqa: RUF012
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 90%;
        background: $surface; border: round $primary; padding: 0 2;
    }
    """

    def __init__(self, place: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._place, self._keymap = place, keymap

    def compose(self) -> ComposeResult:
        """Lay the keys out."""
        with VerticalScroll() as scroll:
            scroll.border_title = f"Keys: {self._place}"
            scroll.border_subtitle = "esc closes"
            yield Static(self._table())

    def action_close(self) -> None:
        """Close the list."""
        self.dismiss()

    def _table(self) -> Table:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold", no_wrap=True, justify="right")
        table.add_column()
        actions = actions_for(self._place)
        for n, action in enumerate(actions):
            if action.place == EVERYWHERE and n and actions[n - 1].place != EVERYWHERE:
                table.add_row("", "")
                table.add_row("", "[dim]Everywhere[/dim]")
            table.add_row(escape(self._keymap.get(action.id, action.shown)), action.help)
        return table
