"""Both versions of an entry that two people have edited at once, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Static

from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.tui.widgets.entry_view import FIELD_NAMES, LEVEL_NAMES, ORIGIN_NAMES

THEIRS, MINE, BACK = "theirs", "mine", "back"


class EntryConflict(ModalScreen[str]):
    """Gives `THEIRS` to drop what was edited, `MINE` to save it over theirs, `BACK` to edit it again.

    Args:
        book: The codebook as it is now.
        seen: The entry as it was when editing began.
        theirs: The entry as it is now.
        values: The fields that were edited here.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("t", f"answer('{THEIRS}')", "Theirs"),
        Binding("m", f"answer('{MINE}')", "Mine"),
        Binding("e,escape", f"answer('{BACK}')", "Back"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]
    DEFAULT_CSS = """
    EntryConflict { align: center middle; }
    EntryConflict Vertical {
        width: 110; max-width: 100%; height: auto; max-height: 96%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    EntryConflict VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
    EntryConflict #words { margin: 0 0 1 0; }
    """

    def __init__(self, book: Codebook, seen: CodeEntry, theirs: CodeEntry, values: Mapping[str, Any]) -> None:
        super().__init__()
        self._book, self._seen, self._theirs, self._values = book, seen, theirs, values

    def compose(self) -> ComposeResult:
        """Lay both versions out side by side."""
        with Vertical() as frame:
            frame.border_title = escape(f"'{self._seen.label}' was changed by somebody else meanwhile")
            frame.border_subtitle = "t theirs, m mine, e or esc back to the form with mine"
            yield Static(
                "Nothing of yours is saved yet. m saves your fields; what only they changed stays theirs.",
                id="words",
                markup=False,
            )
            with VerticalScroll():
                yield Static(self._compared())

    def action_answer(self, answer: str) -> None:
        """Close with an answer."""
        self.dismiss(answer)

    def action_scroll(self, rows: int) -> None:
        """Move the text up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def _compared(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
        table.add_column("", ratio=2)
        table.add_column("theirs", ratio=5)
        table.add_column("mine", ratio=5)
        mine = replace(self._seen, **self._values)
        for name, title in FIELD_NAMES.items():
            theirs, ours = getattr(self._theirs, name), getattr(mine, name)
            if theirs != ours:
                only_theirs = name not in self._values
                table.add_row(
                    Text(title, "bold"),
                    Text(self._told(name, theirs)),
                    Text("you did not change this; theirs stays", "dim")
                    if only_theirs
                    else Text(self._told(name, ours)),
                )
        return table

    def _told(self, name: str, value: Any) -> str:
        """A value as the screen shows it."""
        if name in ("parent_id", "merged_into", "split_from"):
            return self._book.by_id[value].label if value in self._book.by_id else "the top"
        if name == "also_in":
            return ", ".join(self._book.by_id[id_].label for id_ in value) or "none"
        if isinstance(value, tuple):
            return ", ".join(value) or "none"
        if name == "level":
            return LEVEL_NAMES[value]
        return ORIGIN_NAMES[value] if name == "origin" else value or "nothing"
