"""Emergent issues: what the talk brought up and the trial has to act on, from a quote to its being closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.coding.blind import in_any_view
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.plan import rows_of
from qualbench.study.blinding import is_blinded
from qualbench.study.database import Study
from qualbench.study.states import FINISHED
from qualbench.study.tables import Assignment, Coding, EmergentIssue, IssueQuote, now, table_of

OPEN, OVERDUE, CLOSED = "open", "overdue", "closed"


@dataclass(frozen=True)
class IssueRead:
    """An emergent issue.

    Attributes:
        number: In the order in which they were raised.
        due: The day by which something is to be done, as 2025-03-31; None where none was set.
        response: The answer designed with parent collaborators.
        planned: The row of the sampling plan that it led to, in words; empty if it led to none.
        codings: The ids of the passages it was raised from, as far as they are in sight.
    """

    id: str
    number: int
    title: str
    action: str
    owner: str
    due: str | None
    response: str
    planned: str
    codings: tuple[str, ...]
    raised_by: str
    raised_at: str
    closed_by: str | None
    closed_at: str | None

    def state(self, today: str) -> str:
        """Say whether it is open, overdue or closed.

        Args:
            today: As 2025-03-31.
        """
        if self.closed_at is not None:
            return CLOSED
        return OVERDUE if self.due is not None and self.due < today else OPEN


@dataclass(frozen=True)
class IssueCounts:
    """How many issues are not closed, and how many of these are overdue."""

    open: int
    overdue: int


def list_issues(study: Study) -> list[IssueRead]:
    """Give the issues of the study, oldest first.

    Passages out of sight are left out. While the coder at work has a source to finish, or reads blind to the
    arms, so are the issues that others raised from such passages alone, for a title tells what it shows.
    """
    with study.read() as db:
        return issues_in(db, study)


def issues_in(db: Session, study: Study) -> list[IssueRead]:
    """Give what `list_issues` does, in an open session."""
    table, quote, coding = table_of(EmergentIssue), table_of(IssueQuote), table_of(Coding)
    seen: dict[str, list[str]] = {}
    rows = db.execute(
        sa.select(quote.c.issue_id, quote.c.coding_id)
        .join_from(quote, coding, coding.c.id == quote.c.coding_id)
        .where(in_any_view(study.coder))
        .order_by(coding.c.source_id, coding.c.start, coding.c.id)
    )
    for issue, coding_id in rows:
        seen.setdefault(issue, []).append(coding_id)
    withheld = _withheld(db, study, set(seen))
    planned = {row.id: row.told for row in rows_of(db)}
    issues = db.execute(sa.select(table).order_by(table.c.raised_at, table.c.id)).all()
    return [
        IssueRead(
            row.id,
            number,
            row.title,
            row.action,
            row.owner,
            row.due,
            row.response,
            planned.get(row.plan_row_id, ""),
            tuple(seen.get(row.id, ())),
            row.raised_by,
            row.raised_at,
            row.closed_by,
            row.closed_at,
        )
        for number, row in enumerate(issues, start=1)
        if row.id not in withheld
    ]


def _withheld(db: Session, study: Study, seen: set[str]) -> set[str]:
    """The issues whose words the coder at work is not to read yet."""
    mine, quote, table, coding = (table_of(m) for m in (Assignment, IssueQuote, EmergentIssue, Coding))
    own = mine.c.layer == study.coder
    finished = sa.select(mine.c.source_id).where(own, mine.c.state == FINISHED)
    begun = sa.select(coding.c.id).where(coding.c.layer == study.coder, coding.c.source_id.not_in(finished))
    assigned = sa.select(mine.c.source_id).where(own, mine.c.state != FINISHED)
    busy = any(db.execute(query.limit(1)).first() is not None for query in (begun, assigned))
    if not busy and not is_blinded(db, study.coder):
        return set()
    of_others = sa.select(quote.c.issue_id).join(table, table.c.id == quote.c.issue_id)
    return set(db.execute(of_others.where(table.c.raised_by != study.coder)).scalars()) - seen


def find_issue(issues: Sequence[IssueRead], named: str) -> IssueRead:
    """Give an issue by its number or its id.

    Raises:
        NotFound: If there is none.
    """
    for issue in issues:
        if named in (str(issue.number), issue.id):
            return issue
    raise NotFound(
        f"There is no issue '{named}'.",
        "'qualbench issues list' gives their numbers." if issues else "Raise one: qualbench issues add TITLE",
    )


def count_issues(study: Study, today: str) -> IssueCounts:
    """Count the issues that are not closed.

    Args:
        study: The study.
        today: As 2025-03-31.
    """
    states = [issue.state(today) for issue in list_issues(study)]
    return IssueCounts(len(states) - states.count(CLOSED), states.count(OVERDUE))


def this_day() -> str:
    """Give today as 2025-03-31, by the clock that the journal goes by."""
    return now()[:10]


def read_due(text: str | None) -> str | None:
    """Read a day; None for none.

    Raises:
        BadInput: If it is no day.
    """
    if text is None or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise BadInput(f"'{text}' is not a day.", "Write it as 2025-03-31.") from None
