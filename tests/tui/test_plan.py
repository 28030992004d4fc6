"""The page of the sampling plan, reached from the study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from qualbench.evaluation.plan import PlannedRow, read_plan
from qualbench.evaluation.plan_changes import DECLINED, add_row, import_plan, note_outcome
from qualbench.study.database import Study
from qualbench.study.settings import add_to_list
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.tui.actions import ACTIONS, PLAN
from qualbench.tui.app import Workbench
from qualbench.tui.screens.plan import PlanScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.table import RowTable
from tests.builders import small_study
from tests.tui.driving import opened, settle, status
from tests.tui.test_pictures import pressed

FOLLOW_UP = PlannedRow("Parent", "Follow-up", None, "interview")


async def show(pilot: Pilot[None]) -> PlanScreen:
    await pilot.press("P")
    await settle(pilot)
    assert isinstance(pilot.app.screen, PlanScreen)
    return pilot.app.screen


def cells(screen: PlanScreen, table: str) -> list[list[str]]:
    shown = screen.query_one(f"#{table}", RowTable)
    return [[str(cell).strip() for cell in shown.get_row_at(n)] for n in range(shown.row_count)]


def missing(screen: PlanScreen) -> str:
    return str(screen.query_one("#missing", Static).content)


def test_every_action_of_the_page_is_a_method_of_it() -> None:
    assert all(hasattr(PlanScreen, f"action_{action.method}") for action in ACTIONS if action.place == PLAN)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_page_shows_rows_gaps_and_families(fresh: Study, size: tuple[int, int]) -> None:
    add_row(fresh, PlannedRow("Parent", "Baseline", None, "interview", 6, 8))
    add_row(fresh, FOLLOW_UP)
    async with opened(fresh, size) as pilot:
        screen = await show(pilot)
        (baseline, follow_up) = cells(screen, "plan")
        assert baseline[-1] == "5 wanting" and follow_up[-1] == "1 wanting"
        assert ("1 of 6-8" in baseline) if size[0] < 110 else ("6-8" in baseline and "1 person" in baseline)
        waves = [row[2:4] for row in cells(screen, "families")]
        assert waves == [["✓ talked", "✓ talked"], ["-", "✓ talked"]]
        assert missing(screen) == "No follow-up is missing."
        assert status(pilot) == "Something is wanting in 2 of 2 rows."
        await pilot.press("j")
        assert status(pilot) == "Row 2: not talked to yet: P08"
        await pilot.press("k", "tab")
        assert screen.focused is not None and screen.focused.id == "families"
        await pilot.press("j", "tab", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)


async def test_what_changed_meanwhile_is_shown(fresh: Study) -> None:
    add_row(fresh, FOLLOW_UP)
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        assert cells(screen, "plan")[0][-1] == "1 wanting"
        await pilot.press("8")
        note_outcome(fresh, "1", DECLINED, "P08")
        await pilot.press("1")
        await settle(pilot)
        assert pilot.app.screen is screen and cells(screen, "plan")[0][-1] == ""


async def test_without_a_plan_the_page_says_how_to_get_one(fresh: Study) -> None:
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        assert screen.query_one("#empty").display and not screen.query_one("#plan").display
        assert "plan import ips_feasibility" in status(pilot)
        assert cells(screen, "families")
        await pilot.press("j", "k", "tab", "escape")


@pytest.fixture
def planned(sqlite_study: Study, tmp_path: Path) -> Study:
    """The plan that is shipped, on a study in which one family has no follow-up."""
    (tmp_path / "people.csv").write_text("id,family,stakeholder,site\nP09,F09,Parent,Glasgow\n")
    (tmp_path / "P09_b.txt").write_text("I: How was it?\n\nP09: Long. Very long.", "utf-8")
    (tmp_path / "m.csv").write_text(
        "file,kind,timepoint,site,date\nP09_b.txt,interview,Baseline,Glasgow,2026-03-02\n"
    )
    made = small_study(sqlite_study, tmp_path / "files")
    import_participants(made, tmp_path / "people.csv")
    assert not import_files(made, [tmp_path / "P09_b.txt"], manifest=tmp_path / "m.csv").faults
    add_to_list(made, "stakeholder", "Family liaison worker")
    import_plan(made, read_plan("ips_feasibility"), "ips_feasibility")
    note_outcome(made, "1", DECLINED, "P08")
    return made


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["narrow", "wide"])
def test_picture(planned: Study, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(Workbench(planned), terminal_size=size, **pressed(["P", "j"]))
