"""The differences of two coders, a row each under a heading for the code they stand under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from qualbench.agreement.differences import BOUNDARY, DIFFERENT_CODES
from qualbench.agreement.items import Item
from qualbench.codebook.tree import Codebook
from qualbench.tui.widgets.block_list import BlockList

OPEN, DECIDED, KEPT = "·", "✓", "≠"
"""The marks of a difference: open, decided, agreed to differ."""
_WHAT = 16  # cells of what a difference is
_TAIL = 8  # characters kept at the end of a name that is cut


class DifferenceList(BlockList):
    """Differences with a cursor on one."""

    def __init__(self) -> None:
        super().__init__()
        self.items: Sequence[Item] = ()
        self._rows: list[int | str] = []  # the number of a difference, or the code of a heading
        self._block_of: dict[int, int] = {}
        self._book = Codebook([])
        self._notes: Mapping[str, str] = {}

    def show(self, items: Sequence[Item], cursor: int, book: Codebook, notes: Mapping[str, str]) -> None:
        """Show differences, with the cursor on one by its number.

        Args:
            items: In order; those of a code follow one another.
            cursor: Where the cursor stands.
            book: The codebook.
            notes: What stands beside the name of a code, by its id.
        """
        self.items, self._book, self._notes = items, book, notes
        self._rows, self._block_of = [], {}
        code = None
        for number, item in enumerate(items):
            if item.code != code:
                code = item.code
                self._rows.append(code)
            self._block_of[number] = len(self._rows)
            self._rows.append(number)
        self.lay_out(self._block_of.get(cursor, 0))

    def change(self, number: int, item: Item, notes: Mapping[str, str]) -> None:
        """Show one difference as it has become, and other notes beside the codes."""
        self.items = [*self.items[:number], item, *self.items[number + 1 :]]
        changed = {code for code in notes if notes[code] != self._notes.get(code)}
        self._notes = notes
        self.redraw(self._block_of[number], *(n for n, row in enumerate(self._rows) if row in changed))

    def go_to(self, number: int) -> None:
        """Put the cursor on a difference by its number."""
        if number in self._block_of:
            self.move_to(self._block_of[number])

    @property
    def number(self) -> int | None:
        """The number of the difference under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return row if isinstance(row, int) else None

    def measure(self, width: int) -> Sequence[int]:
        """Give every row one line, and headings but the first a blank one above them."""
        return [2 if n and isinstance(row, str) else 1 for n, row in enumerate(self._rows)]

    def can_rest(self, block: int) -> bool:
        """Tell whether a row is a difference."""
        return isinstance(self._rows[block], int)

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a row."""
        shown, width = self._rows[block], max(8, self.scrollable_content_region.width - 2)
        if isinstance(shown, str):
            if row == 0 and block:
                return
            note = self._notes.get(shown, "")
            room = max(8, width - cell_len(note) - 1)
            yield Segment(fitted(label_of(self._book, shown), room), self.style("heading"))
            yield Segment(f" {note}", self.style("muted"))
            return
        item = self.items[shown]
        what = min(_WHAT, max(8, (width - 2) // 2))
        yield Segment(f"{mark_of(item)} ", self.style("strong"))
        part = "strong" if block == self.cursor else "plain" if item.is_open else "muted"
        yield Segment(fitted(self._what(item), what), self.style(part))
        yield Segment(" " + name_fitted(item.source, max(4, width - what - 3)), self.style(part))

    def _what(self, item: Item) -> str:
        """Say in a word or two how the coders differ, where the code is known."""
        if item.difference.kind == BOUNDARY:
            return "edges" if item.apart is None else f"edges, {counted(item.apart.words)}"
        if item.difference.kind == DIFFERENT_CODES:
            other = next((code for code in item.difference.codes if code != item.code), item.code)
            return f"or {label_of(self._book, other)}"
        return f"{item.key.coders[0] if item.difference.a else item.key.coders[1]} only"


def mark_of(item: Item) -> str:
    """Give the mark of a difference."""
    return OPEN if item.is_open else KEPT if item.is_kept else DECIDED


def label_of(book: Codebook, code: str) -> str:
    """Give the name of a code; its id if it is no longer in the book."""
    return book.by_id[code].label if code in book.by_id else code


def counted(words: int) -> str:
    """Give a number of words."""
    return f"{words} word{'s' * (words != 1)}"


def fitted(text: str, width: int) -> str:
    """Give a text in exactly so many cells, cut if it is too long."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1) + "…"
    return text + " " * (width - cell_len(text))


def name_fitted(name: str, width: int) -> str:
    """Give the name of a source in exactly so many cells, cut in the middle: many begin alike."""
    if cell_len(name) > width >= 2 * _TAIL:
        return fitted(name[:-_TAIL], width - _TAIL) + name[-_TAIL:]
    return fitted(name, width)
