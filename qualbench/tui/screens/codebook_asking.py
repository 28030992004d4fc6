"""What the codebook screen asks: a name, several names, a reason, an entry, the themes of a code."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.coding.ranking import rank_codes
from qualbench.tui.screens.picker import NarrowedList
from qualbench.tui.widgets.entry_view import LEVEL_NAMES

Answer = TypeVar("Answer")

_SHOWN = 50  # rows; more are found by typing on
TOP = ""
"""What `AskEntry` gives for the top of the tree."""


class AskNew(NarrowedList[tuple[str, str]]):
    """Gives the name of a new entry and its level.

    Args:
        title: Where it will stand.
        levels: The levels it can be of, the likeliest first.
    """

    def __init__(self, title: str, levels: Sequence[str]) -> None:
        super().__init__(title, "enter adds, ↑ ↓ chooses what, esc cancels", Input(placeholder="its name"))
        self._levels = levels

    def narrow(self, typed: str) -> None:
        """Offer the levels, whatever is typed."""
        options = self.query_one(OptionList)
        if not options.option_count:
            self.show_options([Option(f"as a {LEVEL_NAMES[level]}", id=level) for level in self._levels], "")

    def take(self, id_: str | None) -> None:
        """Close with the name; without one, stay."""
        name = self.query_one(Input).value.strip()
        if name and id_ is not None:
            self.dismiss((name, id_))


class AskEntry(NarrowedList[str]):
    """Gives the id of an entry in use.

    Args:
        title: What it is chosen for.
        book: The codebook.
        without: Ids of the entries that cannot be chosen.
        top: What choosing the top of the tree is called; empty if it cannot be chosen.
    """

    DEFAULT_CSS = """
    AskEntry OptionList, AskThemes OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, title: str, book: Codebook, without: Collection[str], top: str = "") -> None:
        super().__init__(title, "enter chooses, esc cancels", Input(placeholder="type to narrow"))
        self._book, self._without, self._top = book, without, top

    def narrow(self, typed: str) -> None:
        """Show the entries that are like what is typed."""
        found = [e for e in rank_codes(self._book, typed, (), {}) if e.id not in self._without]
        options = [Option(_row(self._book, entry), id=entry.id) for entry in found[:_SHOWN]]
        if self._top and typed.strip().casefold() in self._top.casefold():
            options.insert(0, Option(Text(self._top, "italic"), id="+top"))
        self.show_options(options, "No entry is like that.")

    def take(self, id_: str | None) -> None:
        """Close with an entry."""
        if id_ is not None:
            self.dismiss(TOP if id_ == "+top" else id_)


class AskThemes(NarrowedList[tuple[str, ...]]):
    """Gives the ids of the candidate themes that a code is to sit in, which may be none.

    Args:
        title: What they are chosen for.
        book: The codebook.
        themes: The candidate themes there are.
        present: Ids of those that it sits in now.
    """

    BINDINGS = [Binding("tab", "mark", "Mark", show=False, priority=True)]  # noqa: RUF012

    def __init__(
        self, title: str, book: Codebook, themes: Sequence[CodeEntry], present: Sequence[str]
    ) -> None:
        super().__init__(title, "tab puts in or out, enter keeps, esc cancels", Input(placeholder="narrow"))
        self._book, self._themes, self._marked = book, themes, dict.fromkeys(present)

    def narrow(self, typed: str) -> None:
        """Show the themes whose names hold every word typed."""
        words = typed.casefold().split()
        found = [t for t in self._themes if all(word in t.label.casefold() for word in words)]
        self.show_options([Option(self._row(t), id=t.id) for t in found], "No candidate theme is like that.")

    @on(OptionList.OptionSelected)
    def _mark_clicked(self, event: OptionList.OptionSelected) -> None:
        event.prevent_default()
        self.action_mark()

    def action_mark(self) -> None:
        """Put it into the theme under the cursor, or out of it."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        id_ = options.get_option_at_index(options.highlighted).id
        if id_ is None:
            return
        if id_ in self._marked:
            del self._marked[id_]
        else:
            self._marked[id_] = None
        options.replace_option_prompt(id_, self._row(self._book.by_id[id_]))

    def take(self, id_: str | None) -> None:
        """Close with those that are marked."""
        self.dismiss(tuple(self._marked))

    def _row(self, theme: CodeEntry) -> Text:
        return Text.assemble(("✓ " if theme.id in self._marked else "  ", "bold"), _row(self._book, theme))


class _Line(ModalScreen[Answer | None]):
    """A line to type below some words."""

    BINDINGS = [Binding("escape", "cancel", "Cancel", key_display="esc")]  # noqa: RUF012
    DEFAULT_CSS = """
    _Line { align: center middle; }
    _Line Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    _Line Static { margin: 0 0 1 0; }
    _Line Input, _Line Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    """

    def __init__(self, title: str, words: str, hint: str, keys: str) -> None:
        super().__init__()
        self._title, self._words, self._hint, self._keys = title, words, hint, keys

    def compose(self) -> ComposeResult:
        """Lay words and line out."""
        with Vertical() as box:
            box.border_title, box.border_subtitle = escape(self._title), escape(self._keys)
            yield Static(self._words, markup=False)
            yield Input(placeholder=self._hint)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class AskReason(_Line[str]):
    """Says what will happen and gives the reason for it, which may be empty; None if it shall not happen.

    Args:
        title: What will be done.
        words: What that means.
    """

    def __init__(self, title: str, words: str) -> None:
        super().__init__(
            title, words, "why, for the audit trail; may be left empty", "enter does it, esc cancels"
        )

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class AskNames(_Line[tuple[str, ...]]):
    """Gives names that were typed one after the other, in a tuple.

    Args:
        title: What they are for.
        words: What will happen.
    """

    def __init__(self, title: str, words: str) -> None:
        super().__init__(title, words, "name of the first", "enter takes a name, esc cancels")
        self._names: list[str] = []

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        name = " ".join(event.value.split())
        if name:
            self._names = list(dict.fromkeys([*self._names, name]))
            event.input.value = ""
            event.input.placeholder = "name of the next; enter alone begins"
            listed = "\n".join(f"  {n}  {one}" for n, one in enumerate(self._names, start=1))
            self.query_one(Static).update(f"{self._words}\n\n{listed}")
        elif self._names:
            self.dismiss(tuple(self._names))


def _row(book: Codebook, entry: CodeEntry) -> Text:
    row = Text.assemble(
        ("■ ", book.colour(entry.id) or ""), (entry.label, "bold" if entry.level == "theme" else "")
    )
    above = book.path(entry.id)[:-1]
    if above:
        row.append(f"  {above[-1].label}", "dim")
    return row
