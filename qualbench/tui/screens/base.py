"""What the screens of all modes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.message import Message
from textual.screen import Screen

from qualbench.errors import QualbenchError
from qualbench.tui.widgets.chrome import Header, KeyRow, Status

if TYPE_CHECKING:
    from qualbench.tui.app import Workbench

MODES = (
    ("1", "Study"),
    ("2", "Import"),
    ("3", "Redact"),
    ("4", "Code"),
    ("5", "Codebook"),
    ("6", "Compare"),
    ("7", "Matrix"),
    ("8", "Memos"),
    ("9", "Search"),
)
"""The key and name of each mode there is."""


class ModeScreen(Screen[None]):
    """A screen with a header, a status row and the study at hand."""

    place: str
    mode = ""  # to which it belongs, if it is none itself
    chord: str | None = None  # the first of two keys, while the second is awaited
    letter: Callable[[str | None], None] | None = None  # what the next key goes to, whatever it is

    @dataclass
    class Failed(Message):
        """Work in the background could not be done, for a reason that a person can put right."""

        error: QualbenchError

    @on(Failed)
    def _tell_failure(self, event: Failed) -> None:
        self.workbench.tell(event.error)

    @property
    def workbench(self) -> Workbench:
        """The application."""
        return cast("Workbench", self.app)

    def header(self) -> Header:
        """Make the header of this mode."""
        settings = self.workbench.settings
        return Header(settings.title, self.workbench.study.coder, MODES, self.mode or self.place)

    def keys(self) -> KeyRow:
        """Make the row of the keys that matter in this mode."""
        return KeyRow(self.place, self.workbench.keymap)

    def say(self, sentence: str) -> None:
        """Show a sentence in the status row."""
        self.query_one(Status).say(sentence)

    def attempt(self, act: Callable[[], None]) -> None:
        """Do something; what a person can put right is told in the status row."""
        try:
            act()
        except QualbenchError as error:
            self.workbench.tell(error)

    def reload(self) -> None:
        """Show what the study holds now, after the database was away."""


def told(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """Make a method of a mode tell in the status row what a person can put right, instead of failing."""

    @wraps(method)
    def tell_instead(self: ModeScreen) -> None:
        try:
            method(self)
        except QualbenchError as error:
            self.workbench.tell(error)

    return tell_instead
