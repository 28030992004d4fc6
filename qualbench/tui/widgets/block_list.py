"""Blocks of rows in one scroll, one of them current: all are measured, those in view are drawn."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.signal import Signal
from textual.strip import Strip

BAR = 2
"""Cells at the left of every row, for the bar of the current block."""


class BlockList(ScrollView, can_focus=True, inherit_bindings=False):
    """A scroll of blocks with a cursor on one of them; keys are left to the screen.

    Attributes:
        cursor: The number of the current block.
        moved: Published when another block is current, or other blocks are shown.
    """

    ALLOW_SELECT = False
    PARTS: ClassVar[tuple[str, ...]] = ("bar", "heading", "muted", "strong", "gone", "new")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"block--{part}" for part in PARTS}
    DEFAULT_CSS = """
    BlockList {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        background: $background;
        & > .block--bar { color: $accent; text-style: bold; }
        & > .block--heading { color: $accent; text-style: bold; }
        & > .block--muted { color: $text-muted; }
        & > .block--strong { color: $foreground; text-style: bold; }
        & > .block--gone { color: $error; text-style: strike; }
        & > .block--new { color: $foreground; text-style: bold underline; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        self.cursor = 0
        self.moved: Signal[BlockList] = Signal(self, "moved")
        self._starts: list[int] = [0]  # the first row of each block, and the one after the last
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._resolved: dict[str, Style] = {}

    # What a kind of list says of its blocks

    def measure(self, width: int) -> Sequence[int]:
        """Lay the blocks out for a width, and give the rows of each."""
        raise NotImplementedError

    def draw(self, block: int, row: int) -> Iterable[Segment]:
        """Draw a row of a block, both counted from 0, without the bar."""
        raise NotImplementedError

    def point(self, block: int) -> int:
        """Give the row of a block that is to be seen if the whole block cannot be."""
        return 0

    def can_rest(self, block: int) -> bool:
        """Tell whether the cursor can stand on a block."""
        return True

    # Moving

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return len(self._starts) - 1

    def move_to(self, block: int) -> None:
        """Put the cursor on a block and bring it into view."""
        self._rest(block)
        self._follow()

    def step(self, by: int) -> None:
        """Go on to the next block that the cursor can stand on, or back to the one before."""
        places = range(self.cursor + 1, self.count) if by > 0 else range(self.cursor - 1, -1, -1)
        target = next(filter(self.can_rest, places), None)
        if target is not None:
            self.move_to(target)
        else:
            self.scroll_to(y=self.max_scroll_y if by > 0 else 0, animate=False)

    def page(self, by: int) -> None:
        """Scroll by a page, down or up (negative), and take the cursor along."""
        top = round(self.scroll_y)
        target = max(0, min(round(self.max_scroll_y), top + by * max(1, self.size.height - 2)))
        if target == top:
            self.to_end(last=by > 0)
            return
        self.scroll_to(y=target, animate=False)
        first = bisect_left(self._starts, target)
        if first >= self.count or self._starts[first] >= target + self.size.height:
            first -= 1  # one block fills the view
        places = [*range(first, self.count), *range(first - 1, -1, -1)]
        self._rest(next(filter(self.can_rest, places), self.cursor))

    def to_end(self, *, last: bool) -> None:
        """Go to the last block, or to the first."""
        places = range(self.count - 1, -1, -1) if last else range(self.count)
        target = next(filter(self.can_rest, places), None)
        if target is not None:
            self.move_to(target)
        self.scroll_to(y=self.max_scroll_y if last and self._fits(self.cursor) else None, animate=False)
        if not last and self._fits(self.cursor):
            self.scroll_to(y=0, animate=False)

    def _fits(self, block: int) -> bool:
        return self.count > 0 and self._starts[block + 1] - self._starts[block] <= self.size.height

    def _rest(self, block: int) -> None:
        before, self.cursor = self.cursor, max(0, min(block, self.count - 1))
        self.redraw(before, self.cursor)
        self.moved.publish(self)

    def _follow(self) -> None:
        if not self.count:
            return
        start, end = self._starts[self.cursor], self._starts[self.cursor + 1]
        top, height = round(self.scroll_y), self.size.height
        if end - start > height:
            point = start + self.point(self.cursor)
            if not top < point < top + height - 1:
                self.scroll_to(y=max(start, point - height // 3), animate=False)
        elif start < top:
            self.scroll_to(y=start, animate=False)
        elif end > top + height:
            self.scroll_to(y=end - height, animate=False)

    # Laying out

    def lay_out(self, cursor: int | None = None) -> None:
        """Measure all blocks anew, and put the cursor on one if asked, else where it was."""
        width = self.scrollable_content_region.width
        heights = self.measure(max(8, width - BAR)) if width else []
        self._starts = list(accumulate(heights, initial=0))
        self.virtual_size = Size(width, self._starts[-1])
        self._strips.clear()
        self.refresh()
        wanted = max(0, min(self.cursor if cursor is None else cursor, self.count - 1))
        if self.count and not self.can_rest(wanted):
            wanted = next(filter(self.can_rest, range(self.count)), wanted)
        self.move_to(wanted)

    def redraw(self, *blocks: int) -> None:
        """Draw some blocks anew, where they are in view."""
        top, height = round(self.scroll_y), self.size.height
        for block in blocks:
            if not 0 <= block < self.count:
                continue
            for row in range(self._starts[block], self._starts[block + 1]):
                self._strips.discard(row)
            first = max(top, self._starts[block])
            rows = min(top + height, self._starts[block + 1]) - first
            if rows > 0:
                self.refresh(Region(0, first - top, self.size.width, rows))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew for the new width."""
        self.lay_out()

    def notify_style_update(self) -> None:
        """Forget drawn rows when the theme changes."""
        super().notify_style_update()
        self._resolved.clear()
        self._strips.clear()

    # Drawing

    def style(self, part: str) -> Style:
        """Give the style of a part, one of `PARTS`, or of plain words."""
        if part not in self._resolved:
            own = part in self.PARTS
            self._resolved[part] = self.get_component_rich_style(f"block--{part}") if own else self.rich_style
        return self._resolved[part]

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        row = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        if row >= self._starts[-1]:
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(row)
        if strip is None or strip.cell_length != width:
            block = bisect_right(self._starts, row) - 1
            line = list(self.draw(block, row - self._starts[block]))
            here = block == self.cursor and any(segment.text.strip() for segment in line)
            bar = Segment(("▌ " if self.has_focus else "│ ") if here else "  ", self.style("bar"))
            strip = Strip([bar, *line]).adjust_cell_length(width, self.rich_style).simplify()
            self._strips[row] = strip
        return strip

    def on_focus(self) -> None:
        """Show by the bar that keys act here."""
        self.redraw(self.cursor)

    def on_blur(self) -> None:
        """Show by the bar that keys act elsewhere."""
        self.redraw(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the block that is clicked."""
        block = bisect_right(self._starts, event.y + round(self.scroll_y)) - 1
        if 0 <= block < self.count and self.can_rest(block):
            self.move_to(block)
