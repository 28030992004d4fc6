"""A list of which several things can be marked, narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.binding import Binding
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from qualbench.tui.screens.picker import NarrowedList

NONE = ""
"""The id of the choice that takes every mark away."""


class MarkList(NarrowedList[tuple[str, ...]]):
    """Gives the ids of what is marked, in the order in which it was marked; None if it is cancelled.

    Args:
        title: What is chosen.
        choices: Ids and labels, in order; `NONE` for one that leaves nothing marked.
        marked: What is marked to begin with.
        numbered: Whether the order of the marks matters, and is shown.
        empty: Whether nothing marked is an answer; else enter then takes the choice under the cursor.
    """

    BINDINGS = [Binding("tab", "mark", "Mark", show=False, priority=True)]  # noqa: RUF012
    DEFAULT_CSS = """
    MarkList Vertical { width: 70; }
    MarkList OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        marked: Sequence[str],
        *,
        numbered: bool = False,
        empty: bool = False,
    ) -> None:
        super().__init__(title, "tab marks, enter takes, esc cancels", Input(placeholder="type to narrow"))
        self._choices, self._labels = choices, dict(choices)
        self._marked = dict.fromkeys(marked)
        self._numbered, self._empty = numbered, empty

    def narrow(self, typed: str) -> None:
        """Show the choices that hold every word that is typed."""
        words = typed.casefold().split()
        found = [id_ for id_, label in self._choices if all(word in label.casefold() for word in words)]
        self.show_options([Option(self._row(id_), id=id_) for id_ in found], "Nothing here is like that.")

    def take(self, id_: str | None) -> None:
        """Close with what is marked, or with the choice where nothing is."""
        if id_ == NONE:
            self.dismiss(())
        elif self._marked or self._empty:
            self.dismiss(tuple(self._marked))
        elif id_ is not None:
            self.dismiss((id_,))

    def action_mark(self) -> None:
        """Mark the choice under the cursor, or take its mark away."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        id_ = options.get_option_at_index(options.highlighted).id
        if not id_:
            return
        if id_ in self._marked:
            del self._marked[id_]
        else:
            self._marked[id_] = None
        for n in range(options.option_count):  # the numbers of others may have changed
            option = options.get_option_at_index(n)
            if option.id is not None:
                options.replace_option_prompt_at_index(n, self._row(option.id))

    def _row(self, id_: str) -> Text:
        place = list(self._marked).index(id_) + 1 if id_ in self._marked else 0
        mark = " " if not place else str(place) if self._numbered else "✓"
        return Text.assemble((mark, "bold"), f" {self._labels[id_]}")
