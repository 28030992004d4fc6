"""The header and status rows that every screen has."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static


class Header(Static):
    """One row: study, coder, and the modes there are, with the present one marked."""

    DEFAULT_CSS = """
    Header { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self, title: str, coder: str | None, modes: Sequence[tuple[str, str]], present: str) -> None:
        super().__init__()
        self._title, self._coder, self._modes, self._present = title, coder, modes, present

    def render(self) -> Text:
        """Draw the row: what it is to the left, the modes to the right."""
        modes = Text("  ").join(
            Text(f"[{key} {name}]", "bold") if name == self._present else Text(f" {key} {name} ", "dim")
            for key, name in self._modes
        )
        coder = f"coder {self._coder}" if self._coder else "no coder"
        room = self.size.width - modes.cell_len - len(coder) - 4
        title = Text(self._title, "bold", no_wrap=True)
        title.truncate(max(8, room), overflow="ellipsis", pad=True)
        return Text.assemble(title, "  ", (coder, "dim"), "  ", modes)


class Status(Static):
    """One row for what is here and what has just happened."""

    DEFAULT_CSS = """
    Status {
        height: 1; background: $panel; color: $foreground; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.said = ""

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self.said = sentence
        self.update(sentence)
