"""The memo screen and the editor: state and messages first; a picture after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from textual.app import App
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Markdown, Static, TextArea

from qualbench.coding.applying import add_coding
from qualbench.coding.memos import add_memo, edit_memo, list_memos, on_code, on_coding, on_source, on_words
from qualbench.coding.progress import finish
from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.memo_editor import MemoEditor
from qualbench.tui.screens.memos import MemosScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.table import RowTable
from tests.builders import place, small_study
from tests.tui.test_workbench import SIZES, status

LONG = """# Being judged

P07 comes back to *being watched* three times:

- at the first visit,
- on the phone,
- when the forms came.

> They judge ye.

Compare with **fear**: is this one code or two?"""


@pytest.fixture
def noted(sqlite_study: Study, tmp_path: Path) -> Study:
    """A small study with a memo on each kind of thing, and one of another coder."""
    study = small_study(sqlite_study, tmp_path / "files")
    coding = add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    add_memo(study, "The study began late in Bromley.")
    add_memo(study.by("CD"), "Fear of whom? Say so in the definition.", on_code("fear"))
    add_memo(study, "A short interview, interrupted twice.", on_source("P07_b"))
    add_memo(study, "Said very quietly.", on_coding(coding))
    add_memo(study, LONG, on_words("P07_b", place(study, "P07_b", "Naïve, me. 🙂 They judge ye.")))
    return study


async def memos(pilot: Pilot[None]) -> MemosScreen:
    await pilot.press("8")
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, MemosScreen)
    return screen


def listed(screen: MemosScreen) -> list[str]:
    table = screen.query_one(RowTable)
    return [str(table.get_row_at(n)[2]) for n in range(table.row_count)] if table.display else []


def content(screen: MemosScreen, of: str) -> str:
    return str(screen.query_one(of, Static).content)


def heading(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(Vertical).border_title)


async def test_memos_are_listed_and_the_one_under_the_cursor_is_shown(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        assert listed(screen) == [
            "The study began late in Bromley.",
            "Fear of whom? Say so in the definition.",
            "A short interview, interrupted twice.",
            "Said very quietly.",
            "Being judged",
        ]
        assert content(screen, "#title") == (
            "[all 5]  study 1  source 1  code 1  coding 1  turn 1    everybody"
        )
        await pilot.press("j", "j", "j")
        await pilot.pause()
        assert screen.query_one(Markdown).source == "Said very quietly."
        assert content(screen, "#headline").startswith("On Fear in P07_b, turn 2   by AB")
        assert "“I was feart of them.”" in content(screen, "#headline")
        await pilot.press("j", "j", "k")
        await pilot.pause()
        assert screen.query_one(Markdown).source == "Said very quietly."


async def test_memos_are_filtered_by_kind_and_by_whom(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        seen = []
        for _ in range(6):
            await pilot.press("f")
            await pilot.pause()
            seen.append([row[:5] for row in listed(screen)])
        assert seen == [
            ["The s"],
            ["A sho"],
            ["Fear "],
            ["Said "],
            ["Being"],
            ["The s", "Fear ", "A sho", "Said ", "Being"],
        ]
        await pilot.press("w")
        await pilot.pause()
        assert len(listed(screen)) == 4 and content(screen, "#title").endswith(
            "code 0  coding 1  turn 1    mine only"
        )
        await pilot.press("f", "f", "f")
        await pilot.pause()
        assert listed(screen) == []
        assert "No memo is about that" in content(screen, "#empty") and screen.query_one("#empty").display
        await pilot.press("e", "x", "o", "j", "tab", "w")
        await pilot.pause()
        assert [row[:4] for row in listed(screen)] == ["Fear"]


async def test_a_memo_is_written_edited_removed_undone_and_redone(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[1]) as pilot:
        screen = await memos(pilot)
        await pilot.press("a")
        await pilot.pause()
        assert heading(pilot) == "Memo on the study"
        await pilot.press(*"New 1", "enter", *"q 8", "ctrl+s")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert status(pilot) == "The memo is kept; u takes that back."
        assert screen.query_one(Markdown).source == "New 1\nq 8"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press(*" more", "ctrl+s")
        await pilot.pause()
        assert screen.query_one(Markdown).source == "New 1\nq 8 more"
        await pilot.press("u")
        await pilot.pause()
        assert screen.query_one(Markdown).source == "New 1\nq 8"
        assert status(pilot) == "Undone: Edited a memo on the study"
        await pilot.press("x")
        await pilot.pause()
        assert len(listed(screen)) == 5
        await pilot.press("u")
        await pilot.pause()
        assert len(listed(screen)) == 6
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert len(listed(screen)) == 5 and status(pilot) == "Done again: Removed a memo on the study"


async def test_anothers_memo_is_read_and_not_changed(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        await pilot.press("j", "e")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert status(pilot) == "That memo is CD's; only its author changes it."
        await pilot.press("x")
        await pilot.pause()
        assert "That memo is CD's" in status(pilot)
        assert len(listed(screen)) == 5


async def test_what_another_wrote_appears_when_both_have_finished(noted: Study) -> None:
    async with Workbench(noted.by("CD")).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        assert len(listed(screen)) == 2
        for who in (noted, noted.by("CD")):
            finish(who, ["P07_b"])
        await pilot.press("1")
        await pilot.pause()
        await memos(pilot)
        assert len(listed(screen)) == 5


async def test_the_place_of_a_memo_is_opened(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        await memos(pilot)
        await pilot.press("o")
        assert status(pilot) == "A memo on the study has no place in a transcript."
        await pilot.press("G", "o")
        await pilot.pause()
        app = pilot.app
        assert isinstance(app, Workbench) and isinstance(app.screen, CodeScreen)
        assert app.source_name == "P07_b"


async def test_the_text_is_scrolled_by_the_same_keys_and_escape_leaves_it(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        await pilot.press("G", "tab")
        await pilot.pause()
        await pilot.press("j", "j")
        await pilot.pause()
        assert screen.query_one("#memo").scroll_y == 2
        await pilot.press("k", "escape")
        await pilot.pause()
        assert (screen.query_one("#memo").scroll_y, screen.query_one(RowTable).has_focus) == (1, True)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)


async def test_an_empty_screen_says_what_will_be_here_and_the_key_that_starts_it(sqlite_study: Study) -> None:
    async with Workbench(sqlite_study).run_test(size=SIZES[0]) as pilot:
        screen = await memos(pilot)
        assert "Press a to write one" in content(screen, "#empty") and screen.query_one("#empty").display
        await pilot.press("e", "x", "o", "f", "w", "j", "k", "tab", "u")
        await pilot.press("a")
        await pilot.pause()
        await pilot.press(*"First", "ctrl+s")
        await pilot.pause()
        assert listed(screen) == ["First"] and not screen.query_one("#empty").display


# The editor by itself


def keep(text: str, seen: str) -> None:
    """Keep a text, as far as the editor knows."""


class Bare(App[None]):
    """An application with nothing but an editor."""

    def __init__(self, text: str = "as it was", save: Callable[[str, str], None] = keep) -> None:
        super().__init__()
        self._editor = MemoEditor("Memo on [this]", text, save)
        self.given: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self._editor, self.given.append)


async def test_the_editor_gives_the_new_text_or_nothing() -> None:
    for keys, given in (
        (["!", "ctrl+s"], "as it was!"),
        (["ctrl+s"], None),
        (["escape"], None),
        (["!", "escape", "escape"], None),
        (["!", "escape", "?", "escape", "ctrl+s"], "as it was!?"),
        (["!", "escape", "ctrl+s"], "as it was!"),
    ):
        app = Bare()
        async with app.run_test() as pilot:
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            assert app.given == [given], keys


async def test_escape_asks_once_before_what_was_written_is_dropped() -> None:
    app = Bare()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "this" in heading(pilot)
        await pilot.press("x", "escape")
        await pilot.pause()
        assert heading(pilot).startswith("esc again drops what you wrote") and app.given == []
        await pilot.press("y")
        await pilot.pause()
        assert "this" in heading(pilot)


async def test_what_cannot_be_kept_is_told_and_stays_in_the_editor() -> None:
    def refuse(text: str, seen: str) -> None:
        raise Refused("These words hold the name that was sealed as [Worker 1].")

    app = Bare(save=refuse)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("x", "ctrl+s")
        await pilot.pause()
        assert heading(pilot).startswith("These words hold the name") and app.given == []
        assert app.screen.query_one(TextArea).text == "as it wasx"


async def test_a_memo_changed_elsewhere_meanwhile_is_shown_with_ones_own(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        await memos(pilot)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press(*"First", "ctrl+s")
        await pilot.pause()
        (mine,) = (memo for memo in list_memos(noted) if memo.text == "First")
        await pilot.press("e")
        await pilot.pause()
        edit_memo(noted, mine.id, "First, on the other machine")
        await pilot.press(*" here", "ctrl+s")
        await pilot.pause()
        assert heading(pilot).startswith("This memo was changed elsewhere")
        text = pilot.app.screen.query_one(TextArea).text
        assert text.startswith("First here\n") and text.endswith("\nFirst, on the other machine")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert next(memo for memo in list_memos(noted) if memo.id == mine.id).text == text


async def test_leaving_the_workbench_is_asked_for_too_while_a_memo_is_written(noted: Study) -> None:
    async with Workbench(noted).run_test(size=SIZES[0]) as pilot:
        await memos(pilot)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("x", "ctrl+q")
        await pilot.pause()
        assert heading(pilot).startswith("esc again drops")
        assert len(list_memos(noted)) == 5


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_memos(snap_compare: object, noted: Study, size: tuple[int, int]) -> None:
    with noted.engine.begin() as connection:  # a picture must not change by the day
        day = "2026-03-02T10:00:00Z"
        connection.execute(sa.text("UPDATE memo SET created_at = :day, changed_at = :day"), {"day": day})

    async def look(pilot: Pilot[None]) -> None:
        await memos(pilot)
        await pilot.press("G")
        await pilot.pause()

    assert snap_compare(Workbench(noted), terminal_size=size, run_before=look)  # type: ignore[operator]
