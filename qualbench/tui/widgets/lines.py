"""What stands beside a transcript in rows: a list to choose from, lines to read."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static


class SideList(OptionList, inherit_bindings=False):
    """A list beside a transcript; `enter` chooses, and letters that do not move are left to the screen."""

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("up,k", "cursor_up", show=False),
        Binding("down,j", "cursor_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
        Binding("enter", "select", show=False),
    ]
    DEFAULT_CSS = """
    SideList, SideList:focus { border: none; height: 1fr; background: $background; padding: 0; }
    SideList { scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """


class Lines(Vertical):
    """A column of rows, each drawn by itself: over a slow line a change costs its own rows alone.

    Args:
        count: Rows.
        names: What Textual takes to name it.
    """

    DEFAULT_CSS = """
    Lines Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, count: int, **names: Any) -> None:
        super().__init__(**names)
        self._rows = [Static("", markup=False) for _ in range(count)]
        self._shown = [""] * count

    def compose(self) -> ComposeResult:
        """Lay the rows out."""
        yield from self._rows

    def show(self, lines: Sequence[str]) -> None:
        """Show lines, wrapped; those for which there is no room are left out."""
        width = max(8, self.size.width)
        rows = [row for line in lines for row in _wrapped(line, width)]
        rows = (rows + [""] * len(self._rows))[: len(self._rows)]
        for n, (row, text) in enumerate(zip(self._rows, rows, strict=True)):
            if text != self._shown[n]:
                self._shown[n] = text
                row.update(text, layout=False)


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, subsequent_indent="    ") or [""]
