"""What the tests of the coding screen share: a study to code, keys to press, and ways to look."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.study.database import Study, create_study, open_study
from qualbench.study.settings import set_up
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.builders import place, small_study

Test = TypeVar("Test", bound=Callable[..., object])

COVERED: set[str] = set()
"""The actions of the coding screen that a test presses keys for."""

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
LONG = "\n\n".join(f"I: Why {n}? Tell me.\n\nP07: Aye, {n}. It was so. They came." for n in range(1, 41))
WIDE = f"I: 中文字 here?\n\nP07: Nax\u030cve {FAMILY} aye. 🙂🙂 end."


def of(*actions: str) -> Callable[[Test], Test]:
    """Say which actions a test covers."""

    def note(test: Test) -> Test:
        COVERED.update(actions)
        return test

    return note


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small study with a long source and one of wide characters, made once."""
    folder = tmp_path_factory.mktemp("coding")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        study = create_study(folder / "study", coder="AB")
        set_up(study, "A study")
        small_study(study, folder / "files")
        for name, text in (("long", LONG), ("wide", WIDE)):
            (folder / f"{name}.txt").write_text(text, "utf-8")
            import_files(study, [folder / f"{name}.txt"])
        study.close()
    return folder / "study"


@pytest.fixture
def fresh(template: Path, tmp_path: Path) -> Iterator[Study]:
    """A copy of that study, for coder AB, with nothing coded."""
    shutil.copytree(template, tmp_path / "study")
    study = open_study(tmp_path / "study", coder="AB")
    yield study
    study.close()


class Desk:
    """The coding screen as a person has it: keys to press, and what is to be seen."""

    def __init__(self, pilot: Pilot[None], study: Study) -> None:
        self.pilot, self.study = pilot, study

    @property
    def screen(self) -> CodeScreen:
        screen = self.pilot.app.screen
        assert isinstance(screen, CodeScreen)
        return screen

    @property
    def view(self) -> TranscriptView:
        """The transcript that keys act on."""
        return self.screen.transcript

    @property
    def said(self) -> str:
        """The words of the status row."""
        screen = next(s for s in reversed(self.pilot.app.screen_stack) if isinstance(s, CodeScreen))
        return screen.query_one(Status).said

    @property
    def name(self) -> str | None:
        return self.screen.source_name

    @property
    def text(self) -> str:
        return read_source(self.study, self.name or "").text

    @property
    def selected(self) -> str | None:
        span = self.view.selection
        return None if span is None else self.text[span.start : span.end]

    async def press(self, keys: str) -> None:
        """Press keys, parted by blanks."""
        await self.pilot.press(*keys.split())

    async def type(self, text: str) -> None:
        """Put a text where one types, at once: a key press takes the Pilot a fifteenth of a second."""
        at = self.pilot.app.focused
        assert isinstance(at, Input | TextArea)
        if isinstance(at, Input):
            at.replace(text, *sorted(at.selection))
        else:
            at.insert(text)
        await self.pilot.pause()

    async def to(self, quote: str) -> int:
        """Put the caret on the first letter of some words."""
        place = self.text.index(quote)
        self.view.move_to(place)
        await self.pilot.pause()
        return place

    async def pick(self, text: str) -> None:
        """Type into the list or the line that is open, and take what it gives."""
        await self.type(text)
        await self.press("enter")

    def rows(self) -> list[str]:
        """The rows of the list that is open."""
        options = self.pilot.app.screen.query_one(OptionList)
        return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]

    def cell(self, offset: int) -> tuple[int, int]:
        """Where in the transcript's widget a code point is shown."""
        page = self.view._page
        x = page.columns.left + page.columns.gutter + page.layout.column(offset)
        return x, page.layout.row_at(offset) - round(self.view.scroll_y)


@asynccontextmanager
async def at_work(
    study: Study, name: str = "P07_b", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Desk]:
    """Open a source of a study for coding."""
    async with Workbench(study).run_test(size=size) as pilot:
        app = pilot.app
        assert isinstance(app, Workbench)
        app.open_source(name)
        await pilot.pause()
        yield Desk(pilot, study)


def put(study: Study, quote: str, code: str, source: str = "P07_b") -> str:
    """Code words past the screen, and give the id."""
    return add_coding(study, source, place(study, source, quote), code)


def coded(study: Study, name: str | None = None) -> list[tuple[str, str]]:
    """The codings of the coder at work in order of place, as code and words."""
    return [(one.code, one.quote) for one in list_codings(study, source=name)]
