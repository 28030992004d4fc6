"""Raising an issue from a coding by a key, and how many are open on the study screen."""

from __future__ import annotations

from qualbench.evaluation.issues import list_issues
from qualbench.evaluation.issues_changes import add_issue
from qualbench.study.database import Study
from qualbench.tui.screens.prompt import Prompt
from tests.tui.coding import at_work, of, put
from tests.tui.driving import opened, status


@of("code.issue")
async def test_an_issue_is_raised_from_the_code_here(fresh: Study) -> None:
    coding = put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("I")
        assert isinstance(desk.pilot.app.screen, Prompt)
        await desk.pilot.press(*"Fear", "enter")
        await desk.pilot.pause()
        assert desk.said.startswith("Raised issue 1.")
    (issue,) = list_issues(fresh)
    assert (issue.title, issue.codings) == ("Fear", (coding,))


@of("code.issue")
async def test_no_issue_is_raised_where_no_code_stands_or_no_title_is_given(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("I")
        assert desk.said == "No code stands here; an issue is raised from a coded passage."
        await desk.to("feart")
        await desk.press("I")
        await desk.pilot.press("enter")
        await desk.pilot.pause()
    assert list_issues(fresh) == []


async def test_the_study_screen_tells_issues_that_are_open_and_overdue(fresh: Study) -> None:
    async with opened(fresh) as pilot:
        assert "issue" not in status(pilot)
    add_issue(fresh, "One", due="2020-01-31")
    add_issue(fresh, "Two")
    async with opened(fresh) as pilot:
        assert "2 issues open, ! 1 overdue." in status(pilot)
