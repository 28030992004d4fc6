"""What the screens of all modes share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from qualbench.errors import QualbenchError
from qualbench.tui.widgets.chrome import Header, Status

if TYPE_CHECKING:
    from qualbench.tui.app import Workbench

MODES = (("1", "Study"), ("2", "Import"), ("3", "Redact"), ("4", "Code"))
"""The key and name of each mode there is."""


class ModeScreen(Screen[None]):
    """A screen with a header, a status row and the study at hand."""

    place: str

    @property
    def workbench(self) -> Workbench:
        """The application."""
        return cast("Workbench", self.app)

    def header(self) -> Header:
        """Make the header of this mode."""
        settings = self.workbench.settings
        return Header(settings.title, self.workbench.study.coder, MODES, self.place)

    def say(self, sentence: str) -> None:
        """Show a sentence in the status row."""
        self.query_one(Status).say(sentence)


def told(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """Make a method of a mode tell in the status row what a person can put right, instead of failing."""

    @wraps(method)
    def tell_instead(self: ModeScreen) -> None:
        try:
            method(self)
        except QualbenchError as error:
            self.say(str(error))

    return tell_instead
