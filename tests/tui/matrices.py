"""What the tests of the matrix share: a study that two have coded alike, keys to press, and ways to look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from qualbench.agreement.finishing import finish
from qualbench.coding.applying import add_coding
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.matrix_behind import CellScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.matrix_grid import MatrixGrid
from qualbench.tui.widgets.matrix_parts import CellQuotes, MatrixHeading
from qualbench.tui.widgets.passage_list import PassageList
from tests.builders import place
from tests.tui.driving import settle

Kind = TypeVar("Kind", bound=Screen[object])

SOURCES = ["P07_b", "P07_f", "group"]
FEAR, JUDGE, LONG, MURDER = "I was feart of them.", "They judge ye.", "The forms were long.", "Murder, aye."
CODINGS = [
    ("P07_b", FEAR, "fear"),
    ("P07_b", JUDGE, "judged"),
    ("P07_f", LONG, "forms"),
    ("group", f"The forms were murder.\n\nP08: {MURDER}", "forms"),
]
"""What both coders have coded alike: the source, the words, the code. The last one holds words of two."""

BASELINE, FOLLOW_UP = "Parent, Baseline", "Parent, Follow-up"
WORKER, NO_TIME = "Family engagement worker, Follow-up", "Parent, (not stated)"
COLUMNS = [BASELINE, FOLLOW_UP, NO_TIME, WORKER]
"""The crossings in their order: those who spoke in the two sources without a timepoint come after."""


@pytest.fixture
def agreed(fresh: Study) -> Study:
    """The small study as AB has it, with an agreed layer."""
    for study in (fresh, fresh.by("CD")):
        for source, words, code in CODINGS:
            add_coding(study, source, place(study, source, words), code)
        finish(study, SOURCES)
    return fresh


class Table:
    """The matrix as a person has it: keys to press, and what is to be seen."""

    def __init__(self, pilot: Pilot[None], study: Study) -> None:
        self.pilot, self.study = pilot, study

    @property
    def screen(self) -> MatrixScreen:
        """The matrix, whatever lies over it."""
        return next(s for s in self.pilot.app._screen_stacks["matrix"] if isinstance(s, MatrixScreen))

    def over(self, kind: type[Kind]) -> Kind:
        """What lies on top, which must be of some kind."""
        screen = self.pilot.app.screen
        assert isinstance(screen, kind), screen
        return screen

    @property
    def grid(self) -> MatrixGrid:
        return self.screen.query_one(MatrixGrid)

    @property
    def rows(self) -> list[str]:
        assert self.screen.shown is not None
        return self.screen.shown.sheet.rows

    @property
    def columns(self) -> list[str]:
        assert self.screen.shown is not None
        return self.screen.shown.sheet.columns

    @property
    def cells(self) -> list[list[str]]:
        """What stands in each cell."""
        shown = self.screen.shown
        assert shown is not None
        return [[shown.text(n, m) for m in range(len(self.columns))] for n in range(len(self.rows))]

    @property
    def at(self) -> tuple[str, str]:
        """The row and the column under the cursor."""
        return self.rows[self.grid.cursor], self.columns[self.grid.column]

    def lines(self) -> list[str]:
        """The lines of the grid that are in view, as they are drawn."""
        return [self.grid.render_line(y).text for y in range(self.grid.size.height)]

    @property
    def heading(self) -> list[str]:
        return self.screen.query_one(MatrixHeading).told

    def text(self, id_: str) -> str:
        """What a line of the screen says: `about`, `counted`, `legend`, `empty`."""
        line = self.screen.query_one(f"#{id_}", Static)
        return str(line.render()) if line.display else ""

    @property
    def quotes(self) -> str:
        pane = self.screen.query_one(CellQuotes)
        return str(pane.render()) if pane.display else ""

    @property
    def said(self) -> str:
        """The words of the status row."""
        screen = next(s for s in reversed(self.pilot.app.screen_stack) if isinstance(s, ModeScreen))
        return screen.query_one(Status).said

    @property
    def passages(self) -> PassageList:
        return self.over(CellScreen).query_one(PassageList)

    @property
    def words(self) -> list[tuple[str, str]]:
        """The passages behind a cell: the source and the words."""
        found = self.passages
        return [
            (one.source, found._talk[one.source].text[one.span.start : one.span.end])
            for one in found.passages
        ]

    async def press(self, keys: str) -> None:
        """Press keys, parted by blanks, and wait for what they bring."""
        await self.pilot.press(*keys.split())
        await settle(self.pilot)

    async def go(self, row: str, column: str) -> None:
        """Put the cursor on a cell; what was said before has been read."""
        self.screen.query_one(Status).seen()
        self.grid.move_to(self.rows.index(row))
        self.grid.to_column(self.columns.index(column))
        await self.pilot.pause()

    async def choose(self, key: str, text: str) -> None:
        """Press a key that opens a list, and take what fits some words."""
        await self.press(key)
        await self.narrow(text)
        await self.press("enter")

    async def narrow(self, text: str) -> None:
        """Put a text into the line that one types into."""
        at = self.pilot.app.focused
        assert isinstance(at, Input)
        at.value = text
        await settle(self.pilot)

    async def mark(self, *texts: str) -> None:
        """Mark choices of the open list, or take their marks away, each by some words."""
        for text in texts:
            await self.narrow(text)
            await self.press("tab")

    def offered(self) -> list[str]:
        """The rows of the list that is open."""
        options = self.pilot.app.screen.query_one(OptionList)
        return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


@asynccontextmanager
async def matrix(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Table]:
    """Open the matrix of a study."""
    async with Workbench(study).run_test(size=size) as pilot:
        await pilot.press("7")
        await settle(pilot)
        yield Table(pilot, study)
