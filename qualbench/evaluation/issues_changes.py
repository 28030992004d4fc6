"""Raising issues, saying what is done about them, and closing them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from qualbench.coding.blind import in_any_view
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.issues import IssueRead, find_issue, issues_in, list_issues, read_due
from qualbench.evaluation.plan import PlannedRow
from qualbench.evaluation.plan_changes import put_row
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.tables import Coding, EmergentIssue, IssueQuote, new_id, now, table_of

_WORDS = ("title", "action", "owner", "response")


def add_issue(
    study: Study,
    title: str,
    codings: Sequence[str] = (),
    *,
    action: str = "",
    owner: str = "",
    due: str | None = None,
) -> IssueRead:
    """Raise an issue.

    Args:
        study: The study; its coder is the one who raises it.
        title: What came up, in a sentence.
        codings: The ids of the passages that show it, of any layer that the coder at work may see.
        action: What is to be done.
        owner: Who does it: initials, or a role.
        due: The day by which it is to be done.

    Raises:
        BadInput: If it has no title, or the day is none.
        NotFound: If there is no such coding, or it is hidden.
        Refused: If a sealed name is in the words.
    """
    words = _checked({"title": title, "action": action, "owner": owner})
    day = read_due(due)
    id_ = new_id()
    with change(study, "issues") as changed:
        _refuse_names(changed, study, words)
        row = {"id": id_, **words, "due": day, "raised_by": changed.coder, "raised_at": now()}
        changed.insert(EmergentIssue, [row])
        _link(changed, id_, codings)
        changed.summary = f"Raised issue {_number(changed, study, id_)}"
    return find_issue(list_issues(study), id_)


def edit_issue(
    study: Study,
    named: str,
    values: Mapping[str, str | None],
    *,
    codings: Sequence[str] = (),
    without: Collection[str] = (),
) -> IssueRead:
    """Change an issue, or answer it.

    Args:
        study: The study.
        named: Its number or id.
        values: Of "title", "action", "owner", "response" and "due" those that change; no day takes it away.
        codings: The ids of further passages that show it.
        without: The ids of passages that no longer do.

    Raises:
        NotFound: If there is no such issue or coding.
        BadInput: If the title is taken away, or the day is none.
        Refused: If a sealed name is in the words.
    """
    changing: dict[str, str | None] = dict(_checked({n: v or "" for n, v in values.items() if n in _WORDS}))
    if "due" in values:
        changing["due"] = read_due(values["due"])
    with change(study, "issues") as changed:
        issue = find_issue(issues_in(changed.db, study), named)
        _refuse_names(changed, study, changing)
        if changing:
            changed.update(EmergentIssue, [{"id": issue.id, **changing}])
        if unknown := [coding for coding in without if coding not in issue.codings]:
            raise NotFound(
                f"Issue {issue.number} was not raised from '{unknown[0]}'.",
                f"'qualbench issues show {issue.number}' gives the ids.",
            )
        changed.delete(IssueQuote, [{"issue_id": issue.id, "coding_id": coding} for coding in without])
        _link(changed, issue.id, [coding for coding in codings if coding not in issue.codings])
        changed.summary = f"Changed issue {issue.number}"
    return find_issue(list_issues(study), issue.id)


def plan_for_issue(study: Study, named: str, row: PlannedRow) -> IssueRead:
    """Add an emergent row to the sampling plan, for an issue that asks for other people's views.

    Args:
        study: The study.
        named: The number or id of the issue.
        row: The row, as `plan_changes.add_row` takes it.

    Raises:
        NotFound: If there is no such issue.
        BadInput: If a value is not one of the study's.
        Refused: If the issue has a row, or there is such a row already.
    """
    with change(study, "issues") as changed:
        issue = find_issue(issues_in(changed.db, study), named)
        if issue.planned:
            raise Refused(
                f"Issue {issue.number} has led to a row of the plan already: {issue.planned}.",
                "Change that one: qualbench plan edit.",
            )
        placed = put_row(changed, study, row)
        changed.update(EmergentIssue, [{"id": issue.id, "plan_row_id": placed.id}])
        changed.summary = f"Planned for issue {issue.number}: {placed.told}"
    return find_issue(list_issues(study), issue.id)


def close_issue(study: Study, named: str) -> IssueRead:
    """Close an issue.

    Raises:
        NotFound: If there is no such issue.
        Refused: If it is closed, or neither an action nor a response says what was done about it.
    """
    return _close(study, named, closed=True)


def reopen_issue(study: Study, named: str) -> IssueRead:
    """Open a closed issue again.

    Raises:
        NotFound: If there is no such issue.
        Refused: If it is open.
    """
    return _close(study, named, closed=False)


def _close(study: Study, named: str, *, closed: bool) -> IssueRead:
    with change(study, "issues") as changed:
        issue = find_issue(issues_in(changed.db, study), named)
        if (issue.closed_at is not None) == closed:
            raise Refused(f"Issue {issue.number} is {'closed already' if closed else 'not closed'}.")
        if closed and not (issue.action or issue.response):
            raise Refused(
                f"Issue {issue.number} says nothing of what was done about it.",
                f"qualbench issues edit {issue.number} --action TEXT, or issues respond.",
            )
        by, at = (changed.coder, now()) if closed else (None, None)
        changed.update(EmergentIssue, [{"id": issue.id, "closed_by": by, "closed_at": at}])
        changed.summary = f"{'Closed' if closed else 'Reopened'} issue {issue.number}"
    return find_issue(list_issues(study), issue.id)


def _link(changed: Change, issue: str, codings: Sequence[str]) -> None:
    coding = table_of(Coding)
    seen = sa.select(coding.c.id).where(coding.c.id.in_(codings), in_any_view(changed.coder))
    there = set(changed.db.execute(seen).scalars())
    if unknown := [one for one in codings if one not in there]:
        raise NotFound(f"There is no coding '{unknown[0]}'.", "'qualbench code list' gives their ids.")
    changed.insert(IssueQuote, [{"issue_id": issue, "coding_id": one} for one in dict.fromkeys(codings)])


def _number(changed: Change, study: Study, id_: str) -> int:
    return find_issue(issues_in(changed.db, study), id_).number


def _checked(words: Mapping[str, str]) -> dict[str, str]:
    """Words as they are kept, white space made even."""
    even = {name: " ".join(text.split()) for name, text in words.items()}
    if "title" in even and not even["title"]:
        raise BadInput("An issue needs a title.", "Say in a sentence what came up.")
    return even


def _refuse_names(changed: Change, study: Study, words: Mapping[str, str | None]) -> None:
    for text in words.values():
        refuse_sealed_names(changed.db, study, text or "")
