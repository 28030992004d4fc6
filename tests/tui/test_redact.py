"""The review of redactions: entities, places by themselves, lists, marking in the text, detection."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qualbench.redaction.deciding import decide
from qualbench.redaction.entities import (
    ACCEPTED,
    NAMES,
    PENDING,
    REJECTED,
    EntityRead,
    in_queue,
    list_entities,
)
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.settings import add_coder
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources
from qualbench.tui.app import Workbench
from qualbench.tui.screens.mark import MarkScreen
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.redact import RedactScreen
from qualbench.tui.widgets.table import RowTable
from tests.tui.driving import settle
from tests.tui.test_workbench import SIZES, status

ONE = """I: Who came to see you that week?

P07: It was Zebedina Quillmore who came, and then Torquil. Zebedina was lovely with him.

I: And at the nursery?

P07: We met Zebedina at Brightwater Nursery, she's a falconer you know. Torquil stayed at home."""
TWO = """I: And afterwards?

P08: Torquil rang me twice. He said the Tigrinya speakers met on a Tuesday.

I: Anything else?

P08: Naw. Just Torquil and me."""


@pytest.fixture
def named(sqlite_study: Study, tmp_path: Path) -> Study:
    """Two sources in which people are named, looked through."""
    (tmp_path / "one.txt").write_text(ONE)
    (tmp_path / "two.txt").write_text(TWO)
    import_files(sqlite_study, [tmp_path / "one.txt", tmp_path / "two.txt"])
    suggest_in_sources(sqlite_study)
    return sqlite_study


def entity(study: Study, form: str) -> EntityRead:
    return next(e for e in list_entities(study) if form in e.texts)


async def review(pilot: Pilot[None], form: str | None = None) -> RedactScreen:
    """Go to the review, and put the cursor on an entity."""
    await pilot.press("3")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RedactScreen)
    if form is not None:
        forms = [
            str(screen.query_one("#entities", RowTable).get_row_at(n)[2]) for n in range(row_count(screen))
        ]
        row = next(n for n, cell in enumerate(forms) if form in cell)
        screen.query_one("#entities", RowTable).move_cursor(row=row)
        await pilot.pause()
    return screen


def row_count(screen: RedactScreen) -> int:
    return screen.query_one("#entities", RowTable).row_count


def title(screen: RedactScreen) -> str:
    return str(screen.query_one("#title", Static).content)


async def test_one_key_decides_on_an_entity_and_the_next_one_comes(named: Study) -> None:
    before = len(in_queue(list_entities(named), NAMES))
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        screen = await review(pilot, "Torquil")
        await pilot.press("y")
        await settle(pilot)
        assert entity(named, "Torquil").decision == ACCEPTED
        assert status(pilot) == "Becomes [Person 1]."
        assert row_count(screen) == before - 1
        await pilot.press("n")
        await settle(pilot)
        assert [e.decision for e in list_entities(named)].count(REJECTED) == 1
        assert f"[names {before - 2}]" in title(screen)


async def test_undo_and_redo_bring_a_decision_back_and_forth(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Torquil")
        await pilot.press("y", "u")
        await settle(pilot)
        assert entity(named, "Torquil").decision == PENDING
        assert status(pilot).startswith("Undone: Accepted a redaction")
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert entity(named, "Torquil").decision == ACCEPTED


async def test_among_the_places_the_same_keys_decide_on_one_alone(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        screen = await review(pilot, "Torquil")
        await pilot.press("tab", "j", "n")
        await settle(pilot)
        exceptions = [(m.decision, m.exception) for m in entity(named, "Torquil").mentions]
        assert exceptions == [(PENDING, False), (REJECTED, True), (PENDING, False), (PENDING, False)]
        assert str(screen.query_one("#mentions", RowTable).get_row_at(1)[0]) == "·!"
        await pilot.press("n")
        await settle(pilot)
        assert not any(m.exception for m in entity(named, "Torquil").mentions)


async def test_a_pseudonym_can_be_written(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Brightwater Nursery")
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Picker)
        pilot.app.screen.query_one(Input).value = "a nursery nearby"
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        assert entity(named, "Brightwater Nursery").pseudonym == "[a nursery nearby]"
        screen = await review(pilot)
        await pilot.press("f", "f", "f")
        await settle(pilot)
        assert str(screen.query_one("#entities", RowTable).get_row_at(0)[3]) == "[a nursery nearby]"
        assert "[a nursery" in pilot.app.export_screenshot().replace("&#160;", " ")


async def test_two_entities_become_one_and_places_are_split_off(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Torquil")
        await pilot.press("s")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "brightwater"
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        joined = entity(named, "Torquil")
        assert joined.id == entity(named, "Brightwater Nursery").id
        screen = await review(pilot, "Torquil")
        at = [m.text for m in joined.mentions].index("Brightwater Nursery")
        screen.query_one("#mentions", RowTable).move_cursor(row=at)
        await pilot.press("x")
        await settle(pilot)
        assert entity(named, "Torquil").id != entity(named, "Brightwater Nursery").id


async def test_the_ends_of_a_place_move_by_words(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Brightwater Nursery")
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert entity(named, "at Brightwater Nursery").decision == PENDING
        await review(pilot, "at Brightwater Nursery")
        await pilot.press("left_curly_bracket")
        await settle(pilot)
        await review(pilot, "Brightwater Nursery")
        await pilot.press("right_curly_bracket")
        await settle(pilot)
        assert entity(named, "Brightwater")


async def test_the_kind_is_corrected(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Torquil")
        await pilot.press("c")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "organisation"
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        assert entity(named, "Torquil").kind == "organisation"


async def test_details_are_a_list_of_their_own_and_the_rest_is_decided_at_once(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        screen = await review(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert "[details 2]" in title(screen)
        await pilot.press("R", "down", "down", "enter")
        await settle(pilot)
        assert "[details 0]" in title(screen)
        assert entity(named, "a falconer").decision == REJECTED
        await pilot.press("u")
        await settle(pilot)
        assert entity(named, "a falconer").decision == PENDING


async def test_a_second_reader_sees_only_what_another_has_let_stand(named: Study) -> None:
    add_coder(named, "CD")
    for form in ("Torquil", "a falconer"):
        decide(named, entity(named, form).id, REJECTED)
    async with Workbench(named.by("CD")).run_test(size=SIZES[0]) as pilot:
        screen = await review(pilot)
        await pilot.press("f", "f")
        await settle(pilot)
        assert "[second 2]" in title(screen)
        await pilot.press("n")
        await settle(pilot)
        assert status(pilot) == "Confirmed: it stays."
        await pilot.press("y")
        await settle(pilot)
        assert "[second 0]" in title(screen)
    assert {e.confirmed_by for e in list_entities(named) if e.decision == REJECTED} == {"CD"}
    assert [e.decided_by for e in list_entities(named) if e.decision == ACCEPTED] == ["CD"]


async def test_what_no_detector_found_is_marked_in_the_text(named: Study) -> None:
    async with Workbench(named).run_test(size=SIZES[0]) as pilot:
        await review(pilot, "Torquil")
        await pilot.press("o")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, MarkScreen)
        await pilot.press("g", "w", "v", "w", "w", "h", "h", "a")
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        marked = [e for e in list_entities(named) if e.decision == ACCEPTED]
        assert [e.texts for e in marked] == [["came to"]]
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RedactScreen)


async def test_sources_are_looked_through_in_the_background(sqlite_study: Study, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(ONE)
    import_files(sqlite_study, [tmp_path / "one.txt"])
    async with Workbench(sqlite_study).run_test(size=SIZES[0]) as pilot:
        screen = await review(pilot)
        assert "Nothing is left" in str(screen.query_one("#empty", Static).content)
        await pilot.press("d")
        await settle(pilot)
        await settle(pilot)
        assert [s.state for s in list_sources(sqlite_study)] == ["suggested"]
        assert status(pilot).startswith("1 sources looked through")
        assert row_count(screen) >= 3


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_review(snap_compare: object, named: Study, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await review(pilot, "Torquil")
        await pilot.press("y")
        await settle(pilot)

    assert snap_compare(Workbench(named), terminal_size=size, run_before=look)  # type: ignore[operator]
