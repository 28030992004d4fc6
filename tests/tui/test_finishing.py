"""Finishing a source by a key and reopening it, in the transcript and in the list of sources; coming back."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish, states_of
from qualbench.study.database import Study
from qualbench.study.team import READER, add_member
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.finishing import FinishForm
from qualbench.tui.screens.search import SearchScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.source_list import SourceList
from tests.builders import place
from tests.tui.coding import Desk, at_work, of, put
from tests.tui.driving import opened, settle, status


def state(study: Study, coder: str = "AB", source: str = "P07_b") -> str | None:
    """How far a coder is with a source, as the study has it."""
    return states_of(study).get(source, {}).get(coder)


def words(pilot: Pilot[None]) -> str:
    """What the form says that is open."""
    assert isinstance(pilot.app.screen, FinishForm)
    return " ".join(str(pilot.app.screen.query_one(Static).render()).split())


def marked(desk: Desk, name: str = "P07_b") -> str:
    """What stands beside a source in the list."""
    row = str(desk.screen.query_one(SourceList).get_option(name).prompt)
    return row[-5].strip()


def title(desk: Desk) -> str:
    return str(desk.screen.pane._title.render())


# In the transcript


@of("code.finish")
async def test_a_source_is_finished_once_that_is_confirmed(fresh: Study) -> None:
    put(fresh, "They judge ye.", "judged")
    async with at_work(fresh) as desk:
        await desk.press("Z")
        assert "Your codings of it, 1 so far, no longer change then." in words(desk.pilot)
        assert "Nobody else has finished it. Until somebody has, O takes this back." in words(desk.pilot)
        await desk.press("escape")
        assert state(fresh) is None
        await desk.press("Z n")
        assert state(fresh) is None
        await desk.press("Z enter")
        assert isinstance(desk.pilot.app.screen, FinishForm)  # a key too quick finishes nothing
        await desk.press("y")
        assert state(fresh) == "finished"
        assert desk.said == "P07_b is finished. Nobody else has finished it; O takes that back."
        assert title(desk).startswith("P07_b   finished   layer AB") and marked(desk) == "✓"
        await desk.press("s .")
        assert "AB has finished P07_b; its codings no longer change." in desk.said
        await desk.press("Z")
        assert desk.said.startswith("You have finished P07_b.")


async def test_what_both_have_coded_alike_goes_into_the_agreed_layer(fresh: Study) -> None:
    for study in (fresh, fresh.by("CD")):
        add_coding(study, "P07_b", place(fresh, "P07_b", "They judge ye."), "judged")
    add_coding(fresh.by("CD"), "P07_b", place(fresh, "P07_b", "I was feart"), "fear")
    finish(fresh.by("CD"), ["P07_b"])
    async with at_work(fresh) as desk:
        await desk.press("Z")
        assert "CD has finished it too." in words(desk.pilot)
        assert "this cannot be taken back" in words(desk.pilot) and "1 so far" in words(desk.pilot)
        await desk.press("y")
        assert [one.quote for one in list_codings(fresh, layer="agreed")] == ["They judge ye."]
        assert desk.said.startswith(
            "P07_b is finished. Into the agreed layer: 1 passage coded alike with CD."
        )


@of("code.reopen")
async def test_it_is_taken_back_while_nobody_else_has_finished(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("O")
        assert desk.said == "AB has not finished P07_b. There is nothing to take back."
        await desk.press("Z y O")
        assert state(fresh) == "in progress" and desk.said == "P07_b is in progress again."
        assert title(desk).startswith("P07_b   in progress") and marked(desk) == "◐"
        await desk.press("Z y")
        finish(fresh.by("CD"), ["P07_b"])
        await desk.press("O")
        assert state(fresh) == "finished" and desk.said.startswith("CD has finished P07_b too.")


async def test_the_list_shows_ones_own_state_and_follows_it(fresh: Study) -> None:
    put(fresh, "The forms were murder.", "forms", "group")
    finish(fresh, ["group"])
    finish(fresh.by("CD"), ["P07_f"])
    assign(fresh, ["P07_b"], ["AB", "CD"])
    async with at_work(fresh) as desk:
        assert [marked(desk, name) for name in ("P07_b", "group", "P07_f", "long")] == ["○", "✓", "", ""]
        assert title(desk).startswith("P07_b   assigned")
        await desk.press("c")
        await desk.pick("fear")
        assert state(fresh) == "in progress" and marked(desk) == "◐"
        assert title(desk).startswith("P07_b   in progress")
        await desk.press("u")
        assert state(fresh) == "assigned" and marked(desk) == "○"
        await desk.press("F")
        offered = desk.rows()
        assert {"  yours: assigned  (1)", "  yours: finished  (1)", "  finished by CD  (1)"} <= set(offered)
        await desk.pick("yours: assigned")
        assert desk.screen.query_one(SourceList).option_count == 1


async def test_who_is_a_reader_finishes_nothing(fresh: Study) -> None:
    add_member(fresh, "RD", READER)
    async with at_work(fresh.by("RD")) as desk:
        await desk.press("Z y")
        assert desk.said == "RD may look at the study, but not change it. Ask a lead."
        assert state(fresh, "RD") is None


# In the list of sources


def share(pilot: Pilot[None], name: str) -> str:
    """The last cell of a source."""
    return str(pilot.app.screen.query_one(DataTable).get_row(name)[-1])


async def test_the_study_screen_finishes_reopens_and_shows_the_state(fresh: Study) -> None:
    assign(fresh, ["P07_f"], ["AB"])
    async with opened(fresh) as pilot:
        assert share(pilot, "P07_f").startswith("○") and "Yours: ○ 1 assigned." in status(pilot)
        await pilot.press("j")
        name = "P07_f"
        assert pilot.app.screen.query_one(DataTable).cursor_row == 1
        await pilot.press("Z")
        assert "Your codings of it, 0 so far" in words(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert state(fresh, source=name) == "finished" and share(pilot, name).startswith("✓")
        assert status(pilot).startswith("P07_f is finished.")
        assert pilot.app.screen.query_one(DataTable).cursor_row == 1
        await pilot.press("O")
        assert state(fresh, source=name) == "in progress" and share(pilot, name).startswith("◐")
        await pilot.press("L")
        assert "Yours: ◐ 1 in progress." in status(pilot)


async def test_with_no_source_the_keys_do_nothing(sqlite_study: Study) -> None:
    async with opened(sqlite_study) as pilot:
        await pilot.press("Z", "O", "4", "Z", "O")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)


# Coming back from a transcript


@pytest.mark.parametrize("mode", ["search", "memos", "study"])
async def test_escape_comes_back_to_where_the_source_was_opened_from(fresh: Study, mode: str) -> None:
    async with opened(fresh) as pilot:
        app = pilot.app
        assert isinstance(app, Workbench)
        app.switch_mode(mode)
        await settle(pilot)
        app.open_source("P07_b", 40)
        await settle(pilot)
        await pilot.press("right_square_bracket", "s", "v", "escape", "escape")
        await settle(pilot)
        assert app.current_mode == mode


async def test_a_place_found_leads_there_and_back(fresh: Study) -> None:
    async with opened(fresh) as pilot:
        await pilot.press("9")
        await pilot.pause()
        await pilot.press(*"murder", "enter")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CodeScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, SearchScreen)
        await pilot.press("escape", "escape", "4")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, StudyScreen)  # what is gone to by its key has no way back
