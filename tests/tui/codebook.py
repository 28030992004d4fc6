"""What the tests of the codebook screen share: keys to press, and ways to look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.code_tree import CodeTree
from qualbench.tui.widgets.cross_table import CrossTable
from qualbench.tui.widgets.entry_view import EntryView
from tests.tui.driving import settle


class Shelf:
    """The codebook screen as a person has it: keys to press, and what is to be seen."""

    def __init__(self, pilot: Pilot[None], study: Study) -> None:
        self.pilot, self.study = pilot, study

    @property
    def screen(self) -> CodebookScreen:
        """The screen, whatever lies over it."""
        return next(s for s in self.pilot.app.screen_stack if isinstance(s, CodebookScreen))

    @property
    def tree(self) -> CodeTree:
        return self.screen.query_one(CodeTree)

    @property
    def table(self) -> CrossTable:
        return self.screen.query_one(CrossTable)

    @property
    def said(self) -> str:
        """The words of the status row."""
        return self.screen.query_one(Status).said

    @property
    def told(self) -> str:
        """The entry to the right."""
        return self.screen.query_one(EntryView).told.plain

    @property
    def at(self) -> str | None:
        """The id of the entry under the cursor."""
        return self.tree.entry.id if self.tree.entry is not None else None

    @property
    def ids(self) -> list[str]:
        """The ids of the entries that have a row."""
        return [row.entry.id for row in self.tree.rows]

    @property
    def drawn(self) -> list[str]:
        """The rows of the tree as they are drawn."""
        return [self.tree._draw_row(n).text.rstrip() for n in range(len(self.tree.rows))]

    @property
    def book(self) -> Codebook:
        """The codebook in the study."""
        return read_codebook(self.study)

    def entry(self, code_id: str) -> CodeEntry:
        """An entry in the study."""
        return self.book.by_id[code_id]

    async def press(self, keys: str) -> None:
        """Press keys, parted by blanks, and wait for what they bring."""
        await self.pilot.press(*keys.split())
        await settle(self.pilot)

    async def go(self, code_id: str) -> None:
        """Put the cursor on an entry."""
        assert self.tree.move_to(code_id)
        await self.pilot.pause()
        await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Put a text into the line that one types into."""
        at = self.pilot.app.focused
        assert isinstance(at, Input)
        at.replace(text, *sorted(at.selection))
        await self.pilot.pause()

    async def answer(self, text: str) -> None:
        """Type into the line or the list that is open, and press enter."""
        await self.type(text)
        await self.press("enter")

    def offered(self) -> list[str]:
        """The rows of the list that is open."""
        options = self.pilot.app.screen.query_one(OptionList)
        return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]

    def words(self) -> str:
        """The words above the line that is open."""
        return str(self.pilot.app.screen.query_one(Static).render())


@asynccontextmanager
async def shelf(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Shelf]:
    """Open the codebook of a study."""
    async with Workbench(study).run_test(size=size) as pilot:
        await pilot.press("5")
        await settle(pilot)
        await settle(pilot)  # the entry is read once its counts are there
        yield Shelf(pilot, study)
