"""The header and status rows that every screen has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.content import Content
from textual.markup import escape
from textual.widgets import Static

from qualbench.tui.actions import actions_for

ROOM_FOR_TITLE = 20
"""Cells that the title of the study is given before the modes lose their names."""


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
        coder = f"coder {self._coder}" if self._coder else "no coder"
        modes = self._strip(named=True)
        if self.size.width - modes.cell_len - len(coder) - 4 < ROOM_FOR_TITLE:
            modes = self._strip(named=False)
        room = self.size.width - modes.cell_len - len(coder) - 4
        title = Text(self._title, "bold", no_wrap=True)
        title.truncate(max(8, room), overflow="ellipsis", pad=True)
        return Text.assemble(title, "  ", (coder, "dim"), "  ", modes)

    def _strip(self, *, named: bool) -> Text:
        """The modes, the present one in brackets; the others by their keys alone where room is short."""
        return Text(" " if named else "  ").join(
            Text(f"[{key} {name}]", "bold")
            if name == self._present
            else Text(f" {key} {name} " if named else key, "dim")
            for key, name in self._modes
        )


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
        self._news = False

    def say(self, sentence: str) -> None:
        """Show what has just happened."""
        self._news = True
        self._show(sentence)

    def show_here(self, sentence: str) -> None:
        """Show what is here, unless what has just happened has not been seen yet."""
        if not self._news:
            self._show(sentence)

    def seen(self) -> None:
        """Take it that what happened has been read: the next key was pressed."""
        self._news = False

    def clear(self) -> None:
        """Show nothing, until something is here or happens."""
        self.seen()
        self._show("")

    def _show(self, sentence: str) -> None:
        if sentence != self.said:
            self.said = sentence
            self.update(sentence, layout=False)


class KeyRow(Static):
    """One row of the keys that matter now, each of which can be clicked.

    Textual's own is made anew whenever a list opens over the screen, and the whole screen with it.

    Args:
        place: Whose keys.
        keymap: Keys that a person has changed, by the id of the action.
    """

    DEFAULT_CSS = """
    KeyRow {
        height: 1; background: $panel; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis;
        link-style: none; link-style-hover: underline; link-color: $foreground;
        link-color-hover: $foreground; link-background-hover: $panel;
    }
    """

    def __init__(self, place: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._place, self._keymap = place, keymap

    def render(self) -> Content:
        """Draw the row."""
        keys = []
        for action in actions_for(self._place):
            if action.in_footer:
                key = escape(self._keymap.get(action.id, action.shown))
                keys.append(f"[@click=app.press('{action.id}')][b $accent]{key}[/] {escape(action.title)}[/]")
        return Content.from_markup(" " + "  ".join(keys))
