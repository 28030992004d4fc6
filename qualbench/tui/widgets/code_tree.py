"""The tree of codes, drawn a line at a time, with how often each is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from qualbench.analysis.code_use import Use
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.tui.widgets.tree_rows import (
    PARTS,
    Shown,
    Styles,
    TreeRow,
    count_cells,
    draw_row,
    grouped_by,
    matches,
    tree_rows,
    with_way,
)

SCROLL_MARGIN = 2  # rows kept visible beyond the cursor


class CodeTree(ScrollView, can_focus=True, inherit_bindings=False):
    """The entries of a codebook as rows with a cursor; it folds, and a filter narrows it.

    Attributes:
        folded: Ids of the entries whose own are folded away.
        whole: Whether retired and merged entries are shown too.
        typed: What the filter goes by; empty for none.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"code-tree--{part}" for part in PARTS}
    DEFAULT_CSS = """
    CodeTree {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        & > .code-tree--theme { text-style: bold; }
        & > .code-tree--muted { color: $text-muted; }
        & > .code-tree--cursor { background: $primary 55%; color: $foreground; text-style: bold; }
        & > .code-tree--resting-cursor { background: $panel; text-style: bold; }
    }
    """

    @dataclass
    class Moved(Message):
        """The cursor has come to another entry, or the entry at the cursor has changed."""

        entry: CodeEntry | None

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.folded: set[str] = set()
        self.whole = False
        self.typed = ""
        self._shown = Shown(Codebook([]), [], {}, {}, 0)
        self._row_of: dict[str, int] = {}
        self._cursor = 0
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._styles: Styles | None = None

    # What is shown

    @property
    def book(self) -> Codebook:
        """The codebook."""
        return self._shown.book

    @property
    def rows(self) -> list[TreeRow]:
        """What has a row, in order."""
        return self._shown.rows

    @property
    def entry(self) -> CodeEntry | None:
        """The entry under the cursor."""
        return self.rows[self._cursor].entry if self.rows else None

    def show_book(self, book: Codebook) -> None:
        """Show another state of the codebook; the cursor stays on its entry."""
        self._show(book)

    def show_uses(self, uses: Mapping[str, Use]) -> None:
        """Show how often each entry is used, by its id."""
        if uses != self._shown.uses:
            self._shown = self._with(uses=uses)
            self._redraw_all()

    def show_whole(self, whole: bool) -> None:
        """Show retired and merged entries too, or no longer."""
        self.whole = whole
        self._show(self.book)

    def filter(self, typed: str) -> None:
        """Show the entries whose names hold every word typed, and those above them; nothing shows all.

        The cursor goes to the first of them, if it stands on none.
        """
        self.typed = typed
        found = matches(self.book, typed) if typed.strip() else []
        here = self.entry
        self._show(self.book)
        if found and (here is None or here.id not in found):
            self.move_to(found[0])

    def fold(self, ids: Iterable[str], folded: bool) -> None:
        """Fold entries, or unfold them."""
        self.folded = self.folded | set(ids) if folded else self.folded - set(ids)
        self._show(self.book)

    def _show(self, book: Codebook) -> None:
        before, at = self.entry, self._cursor
        only = with_way(book, matches(book, self.typed)) if self.typed.strip() else None
        rows = tree_rows(book, folded=self.folded, whole=self.whole, only=only)
        self._shown = Shown(book, rows, self._shown.uses, grouped_by(book), self._width)
        self._row_of = {row.entry.id: n for n, row in enumerate(rows)}
        self._cursor = self._place_of(before, at)
        self.virtual_size = Size(self._width, len(rows))
        self._redraw_all()
        self._follow()
        if self.entry != before:
            self.post_message(self.Moved(self.entry))

    def _place_of(self, entry: CodeEntry | None, row: int) -> int:
        """The row of an entry; if it has none, that of what took it in or hides it, or where it was."""
        entry = self.book.by_id.get(entry.id) if entry is not None else None
        if entry is not None:
            for id_ in (entry.id, self.book.survivor(entry).id):
                if id_ in self._row_of:
                    return self._row_of[id_]
            for above in reversed(self.book.path(entry.id)[:-1]):
                if above.id in self.folded and above.id in self._row_of:
                    return self._row_of[above.id]
        return max(0, min(row, len(self.rows) - 1))

    def _with(self, *, uses: Mapping[str, Use]) -> Shown:
        shown = self._shown
        return Shown(shown.book, shown.rows, uses, shown.grouped, shown.width)

    # The cursor

    def move_to(self, code_id: str) -> bool:
        """Put the cursor on an entry, unfolding what hides it; False if the tree does not show it."""
        if code_id not in self.book.by_id:
            return False
        if code_id not in self._row_of:
            above = {entry.id for entry in self.book.path(code_id)[:-1]}
            self.folded -= above
            self._show(self.book)
        if code_id not in self._row_of:
            return False
        self._go(self._row_of[code_id])
        return True

    def step(self, rows: int) -> None:
        """Move the cursor down by some rows, or up."""
        self._go(self._cursor + rows)

    def step_page(self, pages: int) -> None:
        """Move the cursor by the height of the view."""
        self.step(pages * max(1, self.size.height - 1))

    def move_to_end(self, last: bool) -> None:
        """Move the cursor to the last row, or the first."""
        self._go(len(self.rows) - 1 if last else 0)

    def fold_here(self) -> None:
        """Fold the entry under the cursor; if there is nothing to fold, go to the entry above it."""
        entry = self.entry
        if entry is None:
            return
        if self.rows[self._cursor].fold == "▾" and not self.typed.strip():
            self.fold([entry.id], True)
            return
        depth = self.rows[self._cursor].depth
        above = next((n for n in range(self._cursor, -1, -1) if self.rows[n].depth < depth), None)
        if above is not None:
            self._go(above)

    def unfold_here(self) -> None:
        """Unfold the entry under the cursor; if it is unfolded, go to the first below it."""
        entry = self.entry
        if entry is None:
            return
        if entry.id in self.folded:
            self.fold([entry.id], False)
        elif self.rows[self._cursor].fold == "▾":
            self.step(1)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self.rows) - 1))
        before, self._cursor = self._cursor, row
        if row != before:
            self._redraw_row(before)
            self._redraw_row(row)
            self._follow()
            self.post_message(self.Moved(self.entry))

    def _follow(self) -> None:
        row, top, height = self._cursor, round(self.scroll_y), self.size.height
        margin = min(SCROLL_MARGIN, max(0, (height - 1) // 2))
        if row < top + margin:
            self.scroll_to(y=max(0, row - margin), animate=False)
        elif row >= top + height - margin:
            self.scroll_to(y=row - height + margin + 1, animate=False)

    # Drawing

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def on_resize(self, event: events.Resize) -> None:
        """Draw the rows for the new width, keeping the cursor in view."""
        self._show(self.book)

    def notify_style_update(self) -> None:
        """Forget drawn rows when the theme changes."""
        super().notify_style_update()
        self._styles = None
        self._strips.clear()

    def on_focus(self) -> None:
        """Show the cursor."""
        self._redraw_row(self._cursor)

    def on_blur(self) -> None:
        """Show that the cursor rests."""
        self._redraw_row(self._cursor)

    def _redraw_row(self, row: int) -> None:
        self._strips.discard(row)
        if 0 <= row - round(self.scroll_y) < self.size.height:
            self.refresh(Region(0, row - round(self.scroll_y), self._width, 1))

    def _redraw_all(self) -> None:
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        row, width = y + round(self.scroll_y), self._width
        if row >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(row)
        if strip is None:
            strip = self._draw_row(row).adjust_cell_length(width, self.rich_style).simplify()
            self._strips[row] = strip
        return strip

    def _draw_row(self, row: int) -> Strip:
        if self._styles is None:
            parts = (self.get_component_rich_style(f"code-tree--{part}") for part in PARTS)
            self._styles = Styles(self.rich_style, *parts)
        cursor = None
        if row == self._cursor:
            cursor = self._styles.cursor if self.has_focus else self._styles.resting_cursor
        return Strip(draw_row(self._shown, row, self._styles, cursor))

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Go to the row that was clicked; fold it at its mark, open it at the second click."""
        row = event.y + round(self.scroll_y)
        if row >= len(self.rows):
            return
        self._go(row)
        if event.chain == 2:
            self.post_message(self.Opened())
        elif event.x < 2 * self.rows[row].depth + 2 and self.rows[row].fold != " ":
            entry = self.rows[row].entry
            self.fold([entry.id], entry.id not in self.folded)


class TreeHeading(Static):
    """The row above the tree: what is shown, and the names of its columns."""

    DEFAULT_CSS = """
    TreeHeading { height: 1; color: $text-muted; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.told = ""

    def show(self, words: str) -> None:
        """Show words to the left."""
        self.told = words
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Keep to the columns of the rows below."""
        self._draw()

    def _draw(self) -> None:
        width = max(0, self.size.width - 1)  # the scroll bar of the tree
        cells = count_cells(width)
        names = ("codings", "sources", "people") if sum(cells) > 13 else ("cod", "src", "ppl")
        right = "".join(f"{name:>{room}}" for name, room in zip(names, cells, strict=True))
        self.update(set_cell_size(self.told, max(0, width - len(right))) + right, layout=False)
