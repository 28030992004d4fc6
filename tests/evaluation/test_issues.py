"""Emergent issues: from a quote to an issue that is acted on, planned for, answered and closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.finishing import finish
from qualbench.codebook.merging import merge_codes
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.issues import CLOSED, OPEN, OVERDUE, count_issues, find_issue, list_issues
from qualbench.evaluation.issues_changes import (
    add_issue,
    close_issue,
    edit_issue,
    plan_for_issue,
    reopen_issue,
)
from qualbench.evaluation.plan import PlannedRow, list_plan
from qualbench.evaluation.theory import Box, Theory
from qualbench.evaluation.theory_versions import import_theory, link_theory, list_links
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from tests.builders import place, small_study

NURSE = PlannedRow("Parent", "Follow-up", "Glasgow", "interview", least=2, emergent=True)


@pytest.fixture
def coded(study: Study, tmp_path: Path) -> tuple[Study, str]:
    """A small study with a coding of AB's."""
    small_study(study, tmp_path / "files")
    return study, add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")


def test_from_a_quote_to_a_closed_issue(coded: tuple[Study, str]) -> None:
    study, coding = coded
    made = add_issue(study, " They fear\nthe visit. ", [coding], owner="CD", due="2025-03-31")
    assert (made.number, made.title, made.codings, made.raised_by) == (
        1,
        "They fear the visit.",
        (coding,),
        "AB",
    )
    assert [made.state(day) for day in ("2025-03-31", "2025-04-01")] == [OPEN, OVERDUE]
    planned = plan_for_issue(study, "1", NURSE)
    assert planned.planned == "Parent, Follow-up, Glasgow, interview"
    assert [(row.emergent, row.least) for row in list_plan(study)] == [(True, 2)]
    edit_issue(study, "1", {"response": "Say who comes, and when."})
    closed = close_issue(study, made.id)
    assert (closed.state("2099-01-01"), closed.closed_by) == (CLOSED, "AB")
    assert [event.summary for event in read_log(study)][-4:] == [
        "Raised issue 1",
        "Planned for issue 1: Parent, Follow-up, Glasgow, interview",
        "Changed issue 1",
        "Closed issue 1",
    ]
    assert reopen_issue(study, "1").closed_at is None


def test_what_is_overdue_is_counted_by_day(coded: tuple[Study, str]) -> None:
    study, _ = coded
    add_issue(study, "One", due="2025-01-31", action="Ask.")
    add_issue(study, "Two", due="2025-12-31")
    add_issue(study, "Three")
    assert (count_issues(study, "2025-06-01").open, count_issues(study, "2025-06-01").overdue) == (3, 1)
    close_issue(study, "1")
    assert (count_issues(study, "2025-06-01").open, count_issues(study, "2025-06-01").overdue) == (2, 0)


def test_a_planned_row_and_its_issue_are_undone_together(coded: tuple[Study, str]) -> None:
    study, coding = coded
    add_issue(study, "One", [coding])
    plan_for_issue(study, "1", NURSE)
    with pytest.raises(Refused, match="led to a row of the plan already"):
        plan_for_issue(study, "1", PlannedRow("Parent", None, None, "interview"))
    undo(study)
    assert (list_plan(study), list_issues(study)[0].planned) == ([], "")


def test_mistakes_change_nothing(coded: tuple[Study, str]) -> None:
    study, coding = coded
    add_issue(study, "One", [coding])
    events = len(read_log(study))
    for kind, said, wrong in (
        (BadInput, "needs a title", lambda: add_issue(study, "  ")),
        (BadInput, "is not a day", lambda: add_issue(study, "Two", due="31.3.2025")),
        (BadInput, "is not a day", lambda: edit_issue(study, "1", {"due": "soon"})),
        (NotFound, "no coding 'none'", lambda: add_issue(study, "Two", ["none"])),
        (NotFound, "no issue '7'", lambda: edit_issue(study, "7", {"title": "x"})),
        (NotFound, "was not raised from 'x'", lambda: edit_issue(study, "1", {}, without=["x"])),
        (Refused, "says nothing of what was done", lambda: close_issue(study, "1")),
        (Refused, "not closed", lambda: reopen_issue(study, "1")),
        (
            BadInput,
            "not a stakeholder type",
            lambda: plan_for_issue(study, "1", PlannedRow("Nurse", None, None, "interview")),
        ),
    ):
        with pytest.raises(kind, match=said):
            wrong()
    assert len(read_log(study)) == events
    edit_issue(study, "1", {"due": "2025-01-01"}, without=[coding])
    assert edit_issue(study, "1", {"due": ""}).due is None
    assert list_issues(study)[0].codings == ()


def test_an_issue_tells_nobody_who_has_still_to_code_what_another_found(coded: tuple[Study, str]) -> None:
    """Its title does: so it is shown once the coder has nothing left to finish."""
    study, coding = coded
    other = study.by("CD")
    add_coding(other, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_issue(study, "Feared", [coding])
    add_issue(study, "From the minutes")
    assert [issue.title for issue in list_issues(other)] == ["From the minutes"]
    assert [issue.title for issue in list_issues(study)] == ["Feared", "From the minutes"]
    with pytest.raises(NotFound, match="no coding"):
        add_issue(other, "Mine", [coding])
    finish(study, ["P07_b"])
    finish(other, ["P07_b"])
    assert [issue.codings for issue in list_issues(other)] == [(coding,), ()]
    assert find_issue(list_issues(other), "1").title == "Feared"


def test_an_issue_outlives_the_coding_it_was_raised_from(coded: tuple[Study, str]) -> None:
    study, coding = coded
    add_issue(study, "Feared", [coding])
    remove_codings(study, [coding])
    assert [(issue.title, issue.codings) for issue in list_issues(study)] == [("Feared", ())]


def test_codings_that_are_joined_hand_their_issues_and_the_theory_on(coded: tuple[Study, str]) -> None:
    study, coding = coded
    other = add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "judged")
    import_theory(study, Theory("t", "", "", (Box("a", "Trust"),), ()))
    for one in (coding, other):
        add_issue(study, "Feared", [one])
        link_theory(study, "a", "fear", "supports", coding=one)
    add_issue(study, "Both", [coding, other])
    merge_codes(study, "judged", "fear")
    (stays,) = [one.id for one in list_codings(study, source="P07_b")]
    assert [issue.codings for issue in list_issues(study)] == [(stays,)] * 3
    assert [link.coding for link in list_links(study)] == [stays] * 2
