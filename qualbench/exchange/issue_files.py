"""Emergent issues as a table: Word, CSV, Markdown and text, with the quotes that they were raised from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.document import Grid, Heading, Paragraph, blocks_as_markdown, counted, day_of
from qualbench.analysis.quotes_linked import linked_quotes, quoted
from qualbench.analysis.quotes_passages import Passage
from qualbench.evaluation.issues import OVERDUE, IssueRead, list_issues
from qualbench.exchange.word_parts import add_caption, add_notes, new_document, new_table, rule, save, write
from qualbench.study.database import Study
from qualbench.study.journal import EXPORTED, read_log

HEADERS = ("No.", "Issue", "Quotes", "Action", "New sampling", "Co-design response", "State")
_WIDTHS = (1.0, 4.6, 6.2, 4.4, 2.8, 3.4, 2.3)  # cm
_PARTS = tuple(width / sum(_WIDTHS) for width in _WIDTHS)
_TITLE = "Emergent issues"


@dataclass(frozen=True)
class IssueTold:
    """An issue with its quotes.

    Attributes:
        quotes: Of people who agreed to be quoted, labelled.
        state: Open, overdue or closed, on the day it is told.
    """

    issue: IssueRead
    quotes: tuple[Passage, ...]
    state: str


def told_issues(study: Study, today: str) -> list[IssueTold]:
    """Give the issues of a study with their quotes.

    Args:
        study: The study; what its coder may not see is left out.
        today: As 2025-03-31.
    """
    issues = list_issues(study)
    linked = linked_quotes(study, {coding for issue in issues for coding in issue.codings})
    return [
        IssueTold(
            issue,
            tuple(passage for coding in issue.codings for passage in linked.passages("", coding)),
            issue.state(today),
        )
        for issue in issues
    ]


def day_of_last_change(study: Study) -> str:
    """Give the day on which the study was changed last, as 2025-03-31.

    What is told as of that day is the same whenever it is written.
    """
    return [event.at for event in read_log(study) if event.action != EXPORTED][-1][:10]


def issue_cells(told: IssueTold) -> list[str]:
    """Give an issue as the texts of its cells, lines parted by LF."""
    issue = told.issue
    action = [
        issue.action,
        f"by {issue.owner}" if issue.owner else "",
        f"until {issue.due}" if issue.due else "",
    ]
    state = f"! {told.state}" if told.state == OVERDUE else told.state
    closed = f"{issue.closed_by}, {day_of(issue.closed_at)}" if issue.closed_at else ""
    return [
        str(issue.number),
        f"{issue.title}\nraised by {issue.raised_by}, {day_of(issue.raised_at)}",
        "\n".join(map(quoted, told.quotes)),
        "\n".join(filter(None, action)),
        issue.planned,
        issue.response,
        "\n".join(filter(None, (state, closed))),
    ]


def issues_as_markdown(told: Sequence[IssueTold], today: str) -> str:
    """Write issues as a Markdown table."""
    rows = tuple(tuple(issue_cells(one)) for one in told)
    title = Heading(f"{_TITLE} on {day_of(today)}", 1)
    return blocks_as_markdown([title, Paragraph(tally(told)), Grid(HEADERS, rows, _PARTS)])


def write_issues_document(told: Sequence[IssueTold], today: str, path: Path) -> None:
    """Write issues as a Word document."""
    document = new_document(landscape=True)
    add_caption(document, f"{_TITLE} on {day_of(today)}: {tally(told)}")
    table, cells = new_table(document, HEADERS, len(told))
    for one, of_row in zip(told, cells, strict=True):
        for cell, text in zip(of_row, issue_cells(one), strict=True):
            write(cell, text)
        of_row[1].paragraphs[0].runs[0].bold = True
    rule(table, _WIDTHS)
    add_notes(document, ["Quotes are of people who agreed to be quoted; a label fits several people."])
    save(document, path)


def issue_as_text(told: IssueTold) -> str:
    """Write an issue as text, for the terminal."""
    issue = told.issue
    lines = [f"{issue.number}. {issue.title}"]
    for name, text in (
        (
            "state",
            told.state + (f" by {issue.closed_by}, {day_of(issue.closed_at)}" if issue.closed_at else ""),
        ),
        ("raised", f"by {issue.raised_by}, {day_of(issue.raised_at)}"),
        ("action", issue.action),
        ("owner", issue.owner),
        ("due", issue.due or ""),
        ("sampling", issue.planned),
        ("response", issue.response),
    ):
        if text:
            lines.append(f"   {name:<9}{text}")
    lines += [f"   {'quote' if not n else '':<9}{quoted(one)}" for n, one in enumerate(told.quotes)]
    lines += [f"   {'coding' if not n else '':<9}{one}" for n, one in enumerate(issue.codings)]
    return "\n".join(lines) + "\n"


def tally(told: Sequence[IssueTold]) -> str:
    """Say how many issues are in which state."""
    states = [one.state for one in told]
    parts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    return f"{counted(len(told), 'issue')}{', ' * bool(parts)}{', '.join(parts)}"
