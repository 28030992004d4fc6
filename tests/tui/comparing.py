"""What the tests of the comparison share: two coders who differ, keys to press, and ways to look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from qualbench.agreement.finishing import finish
from qualbench.agreement.items import Item
from qualbench.agreement.queue import read_queue
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.study.settings import add_coder
from qualbench.tui.app import Workbench
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.compared_view import ComparedView
from qualbench.tui.widgets.difference_list import DifferenceList
from qualbench.tui.widgets.difference_panel import Definitions, DifferencePanel
from tests.builders import place
from tests.tui.driving import settle

Kind = TypeVar("Kind", bound=Screen[object])

SOURCES = ["P07_b", "P07_f", "group", "long"]
AB = [
    ("P07_b", "I was feart of them.", "fear"),
    ("P07_b", "They judge ye.", "judged"),
    ("group", "The forms were murder.", "forms"),
    ("group", "Murder, aye.", "fear"),
    ("long", "Aye, 20.", "forms"),
]
CD = [
    ("P07_b", "feart of them.", "fear"),
    ("P07_b", "They judge ye.", "fear"),
    ("P07_f", "That helped.", "judged"),
    ("group", "The forms were murder.", "forms"),
    ("long", "Aye, 20. It was so.", "forms"),
]
"""What each coder has coded: the source, the words, the code. The forms of the group are coded alike."""

JUDGE, HELPED, FEART = "They judge ye.", "That helped.", "I was feart of them."
MURDER, AYE = "Murder, aye.", "Aye, 20. It was so."
QUEUE = [JUDGE, HELPED, FEART, MURDER, AYE]
"""The words of the differences in their order: the code with the worst agreement first."""


@pytest.fixture
def compared(fresh: Study) -> Study:
    """The small study as AB has it, who differs from CD in five places of four sources that both finished."""
    for study, codings in ((fresh, AB), (fresh.by("CD"), CD)):
        for source, words, code in codings:
            add_coding(study, source, place(study, source, words), code)
        finish(study, SOURCES)
    return fresh


class Meeting:
    """The comparison as a person has it: keys to press, and what is to be seen."""

    def __init__(self, pilot: Pilot[None], study: Study) -> None:
        self.pilot, self.study = pilot, study

    @property
    def screen(self) -> ReconcileScreen:
        """The comparison, whatever lies over it."""
        return next(s for s in self.pilot.app._screen_stacks["reconcile"] if isinstance(s, ReconcileScreen))

    def over(self, kind: type[Kind]) -> Kind:
        """What lies on top, which must be of some kind."""
        screen = self.pilot.app.screen
        assert isinstance(screen, kind), screen
        return screen

    @property
    def view(self) -> ComparedView:
        """The transcript."""
        return self.screen.query_one(ComparedView)

    @property
    def listing(self) -> DifferenceList:
        return self.screen.query_one(DifferenceList)

    @property
    def said(self) -> str:
        """The words of the status row."""
        screen = next(s for s in reversed(self.pilot.app.screen_stack) if isinstance(s, ModeScreen))
        return screen.query_one(Status).said

    @property
    def about(self) -> str:
        """The row above the transcript."""
        return str(self.screen.query_one("#about", Static).render())

    @property
    def empty(self) -> str:
        """What is said where there is nothing to compare; nothing if there is something."""
        words = self.screen.query_one("#empty", Static)
        return str(words.render()) if words.display else ""

    @property
    def told(self) -> list[str]:
        """The lines about the difference at hand."""
        return self.screen.query_one(DifferencePanel).told.splitlines()

    @property
    def meanings(self) -> str:
        return self.screen.query_one(Definitions).told.plain

    @property
    def at(self) -> str | None:
        """The words of the difference at hand."""
        return self.screen.item.words if self.screen.item is not None else None

    @property
    def hand(self) -> tuple[list[str], list[str]]:
        """The words that stand out in the transcript, of A and of B."""
        source = self.screen.source
        assert source is not None
        hand = self.view.at_hand
        a, b = ([source.text[span.start : span.end] for span in side] for side in (hand.a, hand.b))
        return a, b

    @property
    def listed(self) -> list[str]:
        """The words of the differences that are listed."""
        return [item.words for item in self.screen.items]

    @property
    def items(self) -> list[Item]:
        """The differences in the study."""
        return read_queue(self.study).items

    @property
    def decided(self) -> list[tuple[str, str]]:
        """What has been decided in the study: the words and the outcome."""
        return [(item.words, item.outcome) for item in self.items if item.outcome is not None]

    def agreed(self, source: str | None = None) -> list[tuple[str, str]]:
        """The agreed layer, as code and words."""
        return [(one.code, one.quote) for one in list_codings(self.study, source=source, layer="agreed")]

    async def press(self, keys: str) -> None:
        """Press keys, parted by blanks, and wait for what they bring."""
        await self.pilot.press(*keys.split())
        await settle(self.pilot)

    async def go(self, words: str) -> None:
        """Put a difference at hand by its words."""
        self.screen.go_to(self.listed.index(words))
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Put a text into the line that one types into, in place of what stands there."""
        at = self.pilot.app.focused
        assert isinstance(at, Input)
        at.value = text
        await settle(self.pilot)

    async def answer(self, text: str) -> None:
        """Type into the line or the list that is open, and press enter."""
        await self.type(text)
        await self.press("enter")

    def offered(self) -> list[str]:
        """The rows of the list that is open."""
        options = self.pilot.app.screen.query_one(OptionList)
        return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


@asynccontextmanager
async def meeting(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Meeting]:
    """Open the comparison of a study."""
    async with Workbench(study).run_test(size=size) as pilot:
        await pilot.press("6")
        await settle(pilot)
        yield Meeting(pilot, study)


def named(study: Study, words: str) -> Item:
    """A difference of the first two coders by its words."""
    return next(item for item in read_queue(study, ("AB", "CD")).items if item.words == words)


def third(study: Study) -> Study:
    """The study as EF has it, a third coder."""
    add_coder(study, "EF")
    return study.by("EF")
