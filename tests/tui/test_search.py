"""Mode 9: what is found, left out, coded and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Static

from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.builders import place, small_study
from tests.conftest import Demonstration
from tests.tui.driving import opened, settle, status


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


async def find(pilot: Pilot[None], query: str) -> None:
    await pilot.press("9")
    await pilot.pause()
    line = pilot.app.screen.query_one(Input)
    line.focus()
    line.value = query
    await pilot.press("enter")
    await settle(pilot)


def rows(pilot: Pilot[None]) -> list[list[str]]:
    table = pilot.app.screen.query_one(DataTable)
    return [[str(cell) for cell in table.get_row_at(n)] for n in range(table.row_count)]


async def test_every_place_is_a_row_with_its_words_in_context(small: Study) -> None:
    async with opened(small) as pilot:
        await find(pilot, "murder")
        assert [(row[1], row[2]) for row in rows(pilot)] == [("group", "P07"), ("group", "P08")]
        assert "The forms were «murder»." in rows(pilot)[0][3]
        assert status(pilot).startswith("murder: 2 places in 1 source.")
        await find(pilot, "xylophone")
        assert rows(pilot) == []
        assert status(pilot) == "xylophone: not found."


async def test_enter_opens_the_place(small: Study) -> None:
    async with opened(small) as pilot:
        await find(pilot, "murder")
        await pilot.press("j", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CodeScreen)
        assert pilot.app.screen.query_one(TranscriptView).caret == place(small, "group", "Murder").start


async def test_what_is_not_left_out_is_coded_in_one_step_and_taken_back_in_one(small: Study) -> None:
    async with opened(small) as pilot:
        await find(pilot, "forms OR bus")
        assert len(rows(pilot)) == 3
        await pilot.press("space", "e")
        assert [row[0] for row in rows(pilot)] == ["·", "✓", "✓"]
        assert "2 of 3 to be coded: their sentences" in str(
            pilot.app.screen.query_one("#limits", Static).render()
        )
        await pilot.press("c", *"fear", "enter")
        await settle(pilot)
        assert [(c.source, c.quote) for c in list_codings(small)] == [
            ("group", "The forms were murder."),
            ("group", "I filled mine in on the bus."),
        ]
        assert "2 codings made" in status(pilot)
        await pilot.press("u")
        assert list_codings(small) == []
        assert status(pilot).startswith("Undid: Coded 'Fear' on 2 passages")
        await pilot.press("ctrl+r")
        assert len(list_codings(small)) == 2


async def test_all_can_be_left_out_and_then_nothing_is_coded(small: Study) -> None:
    async with opened(small) as pilot:
        await find(pilot, "forms")
        await pilot.press("A", "c")
        assert "nothing to code" in status(pilot)
        await pilot.press("A")
        assert {row[0] for row in rows(pilot)} == {"✓"}


async def test_a_search_keeps_to_its_limits(small: Study) -> None:
    add_coding(small, "group", place(small, "group", "The forms were murder."), "forms")
    async with opened(small) as pilot:
        await find(pilot, "forms")
        assert len(rows(pilot)) == 2
        await pilot.press("f", *"uncoded", "enter")
        await settle(pilot)
        assert [row[1] for row in rows(pilot)] == ["P07_f"]
        await pilot.press("f", *"all sources", "enter")
        await settle(pilot)
        await pilot.press("f", *"has a code", "enter")
        await pilot.pause()
        await pilot.press(*"forms", "enter")
        await settle(pilot)
        assert [row[1] for row in rows(pilot)] == ["group"]


async def test_a_query_that_cannot_be_read_is_told_and_what_was_found_stays(small: Study) -> None:
    async with opened(small) as pilot:
        await find(pilot, "forms")
        await find(pilot, '"forms')
        assert len(rows(pilot)) == 2
        assert "quot" in status(pilot).lower()


async def test_many_places_are_shown_by_pages(demonstration: Demonstration) -> None:
    async with opened(demonstration.study) as pilot:
        await find(pilot, "the")
        assert len(rows(pilot)) == 200
        first = rows(pilot)[0]
        await pilot.press("greater_than_sign")
        assert "page 2 of" in str(pilot.app.screen.query_one("#limits", Static).render())
        assert rows(pilot)[0] != first
        await pilot.press("less_than_sign")
        assert rows(pilot)[0] == first


async def test_another_coders_finished_work_is_not_told_by_what_is_uncoded(small: Study) -> None:
    add_coding(small.by("CD"), "group", Span(0, 20), "fear")
    async with opened(small) as pilot:
        await find(pilot, "forms OR starts")
        count = len(rows(pilot))
        await pilot.press("f", *"uncoded", "enter")
        await settle(pilot)
        assert len(rows(pilot)) == count


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_picture_of_a_search(snap_compare, demonstration: Demonstration, size: tuple[int, int]) -> None:  # type: ignore[no-untyped-def]
    async def before(pilot: Pilot[None]) -> None:
        await find(pilot, "voucher*")

    assert snap_compare(Workbench(demonstration.study), run_before=before, terminal_size=size)
