"""The codes beside a transcript, with how often each is used in it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from textual.widgets.option_list import Option

from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.tui.widgets.lines import SideList
from qualbench.tui.widgets.transcript_rows import Stripe


class CodeList(SideList):
    """The tree of codes."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, str] = {}

    def show(
        self, book: Codebook, stripes: Mapping[str, Stripe], uses: Mapping[str, int], width: int
    ) -> None:
        """Show the codes; where they are the same as before, only rows that have changed are drawn anew.

        Args:
            book: The codebook.
            stripes: What each code's stripes are like, by its id.
            uses: How often each code is used in the source, by id.
            width: Cells for a row.
        """
        rows = {
            entry.id: _row(depth, entry, stripes[entry.id].letter, uses.get(entry.id, 0), width)
            for depth, entry in book.walk()
        }
        if list(rows) == list(self._rows):
            for code, row in rows.items():
                if row != self._rows[code]:
                    self.replace_option_prompt(code, _styled(book, code, row))
        else:
            self.clear_options()
            self.add_options([Option(_styled(book, code, row), id=code) for code, row in rows.items()])
            self.highlighted = 0 if rows else None
        self._rows = rows

    @property
    def code(self) -> str | None:
        """The id of the code under the cursor."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id


def _row(depth: int, entry: CodeEntry, letter: str, uses: int, width: int) -> str:
    key = f" '{entry.key}" if entry.key else ""
    count = str(uses) if uses else ""
    room = max(4, width - len(count) - len(key) - 2 * min(depth, 2) - 3)
    label = entry.label if len(entry.label) <= room else f"{entry.label[: room - 1]}…"
    return f"{'  ' * min(depth, 2)}{letter} {label:<{room}}{key} {count}"


def _styled(book: Codebook, code: str, row: str) -> Text:
    text = Text(row, "bold" if book.by_id[code].level == "theme" else "", no_wrap=True, overflow="crop")
    letter = len(row) - len(row.lstrip())
    text.stylize(book.colour(code) or "", letter, letter + 1)
    return text
