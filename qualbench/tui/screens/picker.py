"""A small list to choose one of, narrowed by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option


class Picker(ModalScreen[str | None]):
    """Gives the id of the choice, or None if nothing was chosen.

    Args:
        title: What is chosen.
        choices: Ids and labels, in order.
        typed: Gives a further choice made of what is typed, if it can be one.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("escape", "cancel", "Cancel", key_display="esc"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]
    DEFAULT_CSS = """
    Picker { align: center middle; }
    Picker Vertical {
        width: 60; max-width: 96%; height: auto; max-height: 80%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    Picker Input, Picker Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    Picker OptionList, Picker OptionList:focus {
        border: none; height: auto; max-height: 14; background: $surface; padding: 0;
    }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        typed: Callable[[str], tuple[str, str] | None] = lambda text: None,
    ) -> None:
        super().__init__()
        self._title, self._choices, self._typed = title, choices, typed

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical() as box:
            box.border_title = escape(self._title)
            box.border_subtitle = "enter chooses, esc cancels"
            yield Input(placeholder="type to narrow")
            yield OptionList()

    def on_mount(self) -> None:
        """Show every choice."""
        self._show("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(Input.Submitted)
    def _choose_highlighted(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, step: int) -> None:
        """Move the mark while the typing goes on."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + step) % options.option_count

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def _show(self, text: str) -> None:
        words = text.casefold().split()
        found = [choice for choice in self._choices if all(word in choice[1].casefold() for word in words)]
        more = self._typed(text.strip())
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            [Option(Text(label), id=id_) for id_, label in [*found, *([more] if more else [])]]
        )
        if not options.option_count:
            options.add_option(Option("Nothing here is like that.", disabled=True))
            return
        options.highlighted = 0
