"""Moving through a scroll of blocks by keys, for the screens that are one."""

from __future__ import annotations

from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.widgets.block_list import BlockList


class Scrolling(ModeScreen):
    """A mode with a list of blocks, one of which the cursor is on."""

    @property
    def scrolled(self) -> BlockList:
        """The list that keys move through."""
        return self.query_one(BlockList)

    def action_next(self) -> None:
        """Go to the next block."""
        self.scrolled.step(1)

    def action_previous(self) -> None:
        """Go to the block before."""
        self.scrolled.step(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self.scrolled.page(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        self.scrolled.page(-1)

    def action_first(self) -> None:
        """Go to the first block."""
        self.scrolled.to_end(last=False)

    def action_last(self) -> None:
        """Go to the last block."""
        self.scrolled.to_end(last=True)
