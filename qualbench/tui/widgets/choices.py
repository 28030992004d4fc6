"""Choices in a row of a form: one of several, or some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

_GAP = 3  # cells between two of them


class Choices(Static, can_focus=True, inherit_bindings=False):
    """What can be chosen, side by side; arrows go from one to the next, the blank puts one in or out.

    Args:
        options: Values and what they are called.
        chosen: The values that are chosen to begin with.
        several: Whether several can be chosen, or none; else the one that arrows go to is.
        name: What Textual takes to find it.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("space", "mark", show=False),
    ]
    DEFAULT_CSS = """
    Choices { height: auto; background: $panel; }
    Choices:focus { background: $panel; }
    """

    class Changed(Message):
        """Something else was chosen."""

    def __init__(
        self,
        options: Sequence[tuple[str, str | Text]],
        chosen: Iterable[str],
        *,
        several: bool,
        id: str,  # noqa: A002
    ) -> None:
        super().__init__("", markup=False, id=id)
        self._options, self._several = options, several
        self._chosen = set(chosen)
        self._at = next((n for n, (value, _) in enumerate(options) if value in self._chosen), 0)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are chosen, in their order."""
        return tuple(value for value, _ in self._options if value in self._chosen)

    def on_mount(self) -> None:
        """Draw them."""
        self._draw()

    def on_focus(self) -> None:
        """Show which one keys act on."""
        self._draw()

    def on_blur(self) -> None:
        """Show no longer which one keys act on."""
        self._draw()

    def action_step(self, step: int) -> None:
        """Go to the next one, or the one before."""
        self._at = (self._at + step) % len(self._options)
        if not self._several:
            self._chosen = {self._options[self._at][0]}
            self.post_message(self.Changed())
        self._draw()

    def action_mark(self) -> None:
        """Put the one that keys act on in, or out."""
        if self._several:
            self._chosen ^= {self._options[self._at][0]}
            self.post_message(self.Changed())
            self._draw()

    def on_resize(self) -> None:
        """Set them in rows of the new width."""
        self._draw()

    def _draw(self) -> None:
        text, room = Text(), 0
        marks = ("[✓] ", "[ ] ") if self._several else ("(•) ", "( ) ")
        for n, (value, name) in enumerate(self._options):
            one = Text(marks[0] if value in self._chosen else marks[1]).append(name)
            if n == self._at and self.has_focus:
                one.stylize("reverse")
            if n and one.cell_len + _GAP > room:
                text.append("\n")
                room = 0
            elif n:
                text.append(" " * _GAP)
            room = (room or self.size.width + _GAP) - one.cell_len - _GAP
            text.append_text(one)
        self.update(text)
