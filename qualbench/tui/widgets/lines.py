"""Some lines of text of which only those that change are drawn anew."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static


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
