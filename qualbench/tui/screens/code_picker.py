"""The list of codes to choose from by typing: one, several, or a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.markup import escape
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from qualbench.codebook.editing import NewCode
from qualbench.codebook.tree import Codebook
from qualbench.coding.ranking import RECENT, rank_codes
from qualbench.tui.screens.picker import NarrowedList

_SHOWN = 50  # rows; more are found by typing on


@dataclass(frozen=True)
class Picked:
    """What was chosen: ids of codes, and a code to be made."""

    codes: tuple[str, ...]
    new: NewCode | None = None


class _Line(Input):
    """A line to type that takes no digit for its first character, but tells of it."""

    @dataclass
    class Digit(Message):
        """A digit was pressed before anything was typed."""

        place: int

    def on_key(self, event: Key) -> None:
        """Tell of a digit."""
        if event.character and event.character.isdecimal() and not self.value:
            event.stop()
            event.prevent_default()
            self.post_message(self.Digit(int(event.character)))


class CodePicker(NarrowedList[Picked]):
    """Gives the codes chosen.

    Args:
        title: What they are chosen for.
        book: The codebook.
        recent: Ids of the codes used last, the newest first; a digit chooses one at once.
        uses: How often each code is used in this source.
        parent: Below which entry a new code may be made; None where none is wanted below any.
        creates: Whether a new code may be made.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("tab", "mark", "Mark", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    CodePicker Vertical { width: 64; }
    CodePicker OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(
        self,
        title: str,
        book: Codebook,
        recent: Sequence[str],
        uses: Mapping[str, int],
        *,
        parent: str | None = None,
        creates: bool = True,
    ) -> None:
        line = _Line(placeholder="type a code, or press a digit")
        super().__init__(title, "enter takes, tab marks several, esc cancels", line)
        self._book, self._recent, self._uses = book, recent, uses
        self._below, self._creates = parent, creates
        self._marked: dict[str, None] = {}
        self._new: dict[str, NewCode] = {}

    @on(_Line.Digit)
    def _take_recent(self, event: _Line.Digit) -> None:
        if 0 < event.place <= min(len(self._recent), RECENT):
            self.dismiss(Picked((*self._marked, self._recent[event.place - 1])))

    def take(self, id_: str | None) -> None:
        """Close with a code, those that are marked, or a new one."""
        if id_ in self._new:
            self.dismiss(Picked(tuple(self._marked), self._new[id_]))
        elif id_ is not None:
            # with some marked, enter takes those alone: what stands first was not asked for
            self.dismiss(Picked(tuple(self._marked) or (id_,)))

    def action_mark(self) -> None:
        """Mark the code, to take several."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        at = options.highlighted
        id_ = options.get_option_at_index(at).id
        if id_ is None or id_ in self._new:
            return
        if id_ in self._marked:
            del self._marked[id_]
        else:
            self._marked[id_] = None
        typed = self.query_one(Input)
        if typed.value:
            typed.value = ""  # the next one is typed afresh
        else:
            options.replace_option_prompt_at_index(at, self._row(id_))

    def narrow(self, typed: str) -> None:
        """Show the codes that are like what is typed, and what can be made of it."""
        found = rank_codes(self._book, typed, self._recent, self._uses)
        options = [Option(self._row(entry.id), id=entry.id) for entry in found[:_SHOWN]]
        self._new = self._creatable(typed.strip()) if self._creates else {}
        for id_, new in self._new.items():
            under = f" under {self._book.by_id[new.parent_id].label}" if new.parent_id else ", on its own"
            options.append(Option(Text(f'  create "{new.label}"{under}', "italic"), id=id_))
        self.show_options(options, "No code is like that.")
        marked = [self._book.by_id[code].label for code in self._marked]
        self.query_one(Vertical).border_title = escape(", ".join(marked) or self._title)

    def _creatable(self, label: str) -> dict[str, NewCode]:
        if not label:
            return {}
        parents = dict.fromkeys([self._below, None])
        return {f"+{n}": NewCode(label, parent) for n, parent in enumerate(parents)}

    def _row(self, code: str) -> Text:
        entry = self._book.by_id[code]
        place = self._recent.index(code) + 1 if code in self._recent else 0
        digit = str(place) if 0 < place <= RECENT else " "
        row = Text.assemble(
            ("✓" if code in self._marked else digit, "bold"),
            " ",
            ("■ ", self._book.colour(code) or ""),
            (entry.label, "bold" if entry.level == "theme" else ""),
        )
        above = self._book.path(code)[:-1]
        if above:
            row.append(f"  {above[-1].label}", "dim")
        if entry.key:
            row.append(f"  '{entry.key}", "bold")
        return row
