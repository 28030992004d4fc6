"""Small lists to choose from, narrowed by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

Choice = TypeVar("Choice")


class NarrowedList(ModalScreen[Choice | None]):
    """A line to type and below it a list that it narrows; None is given if nothing is chosen.

    Args:
        title: What is chosen.
        keys: What the keys do.
        line: The line to type.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("escape", "cancel", "Cancel", key_display="esc"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]
    DEFAULT_CSS = """
    NarrowedList { align: center middle; }
    NarrowedList Vertical {
        width: 60; max-width: 96%; height: auto; max-height: 80%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    NarrowedList Input, NarrowedList Input:focus {
        border: none; height: 1; padding: 0; background: $panel;
    }
    NarrowedList OptionList, NarrowedList OptionList:focus {
        border: none; height: auto; max-height: 14; background: $surface; padding: 0;
    }
    """

    def __init__(self, title: str, keys: str, line: Input) -> None:
        super().__init__()
        self._title, self._keys, self._line = title, keys, line

    def narrow(self, typed: str) -> None:
        """Show with `show_options` what fits what is typed."""
        raise NotImplementedError

    def take(self, id_: str | None) -> None:
        """Close with the option that was chosen, None for one that says that there is none."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical() as box:
            box.border_title = escape(self._title)
            box.border_subtitle = self._keys
            yield self._line
            yield OptionList()

    def on_mount(self) -> None:
        """Show what there is before anything is typed."""
        self.narrow("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.narrow(event.value)

    @on(Input.Submitted)
    def _take_highlighted(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.take(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.take(event.option.id)

    def action_move(self, step: int) -> None:
        """Move the cursor while the typing goes on."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + step) % options.option_count

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def show_options(self, found: Sequence[Option], none: str) -> None:
        """Show options with the cursor on the first, or the sentence that there are none."""
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(found or [Option(none, disabled=True)])
        options.highlighted = 0 if found else None


class Picker(NarrowedList[str]):
    """Gives the id of the choice.

    Args:
        title: What is chosen.
        choices: Ids and labels, in order.
        typed: Gives a further choice made of what is typed, if it can be one.
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        typed: Callable[[str], tuple[str, str] | None] = lambda text: None,
    ) -> None:
        super().__init__(title, "enter chooses, esc cancels", Input(placeholder="type to narrow"))
        self._choices, self._typed = choices, typed

    def narrow(self, typed: str) -> None:
        """Show the choices that hold every word that is typed."""
        words = typed.casefold().split()
        found = [choice for choice in self._choices if all(word in choice[1].casefold() for word in words)]
        more = self._typed(typed.strip())
        found += [more] if more else []
        self.show_options([Option(Text(label), id=id_) for id_, label in found], "Nothing here is like that.")

    def take(self, id_: str | None) -> None:
        """Close with a choice."""
        self.dismiss(id_)
