"""Emergent issues from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.tables import as_csv, form_of
from qualbench.errors import BadInput
from qualbench.evaluation.issues import OVERDUE, find_issue, list_issues, this_day
from qualbench.evaluation.issues_changes import (
    add_issue,
    close_issue,
    edit_issue,
    plan_for_issue,
    reopen_issue,
)
from qualbench.evaluation.plan import PlannedRow, check_target, read_number
from qualbench.exchange.gates import gate
from qualbench.exchange.issue_files import (
    HEADERS,
    IssueTold,
    issue_as_text,
    issue_cells,
    issues_as_markdown,
    tally,
    told_issues,
    write_issues_document,
)

commands = typer.Typer()
issues = typer.Typer(help="What the talk brought up and the trial has to act on.")
commands.add_typer(issues, name="issues")

Id = Annotated[str, typer.Argument(metavar="ID", help="Its number, or its id.")]
Codings = Annotated[list[str] | None, typer.Option("--coding", help="A passage that shows it, by its id.")]
Owner = Annotated[str | None, typer.Option(help="Who acts: initials, or a role.")]
Due = Annotated[str | None, typer.Option(metavar="DAY", help="By when, as 2025-03-31.")]
Action = Annotated[str | None, typer.Option(help="What is to be done.")]


@issues.command("add")
def add(
    ctx: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What came up, in a sentence.")],
    coding: Codings = None,
    owner: Owner = None,
    due: Due = None,
    action: Action = None,
    coder: Coder = None,
) -> None:
    """Raise an issue, from a coded passage or more."""
    study = opened_to_change(ctx, coder)
    made = add_issue(study, title, coding or (), action=action or "", owner=owner or "", due=due)
    print(made.number)
    tell(f"Raised issue {made.number}.")


@issues.command("edit")
def edit(
    ctx: typer.Context,
    id_: Id,
    title: Annotated[str | None, typer.Option(help="What came up.")] = None,
    coding: Codings = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="A passage that no longer shows it, by its id.")
    ] = None,
    owner: Owner = None,
    due: Due = None,
    action: Action = None,
    coder: Coder = None,
) -> None:
    """Change an issue; an empty text takes the old one away."""
    values = {
        name: value
        for name, value in (("title", title), ("owner", owner), ("due", due), ("action", action))
        if value is not None
    }
    if not values and not coding and not without:
        raise BadInput("There is nothing to change.", "Add --title, --owner, --due, --action or --coding.")
    made = edit_issue(opened_to_change(ctx, coder), id_, values, codings=coding or (), without=without or ())
    tell(f"Changed issue {made.number}.")


@issues.command("list")
def list_(
    ctx: typer.Context,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose day has passed.")] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List issues, with who acts by when and how far each is."""
    today = this_day()
    found = [one for one in list_issues(opened(ctx, coder)) if not overdue or one.state(today) == OVERDUE]
    if as_json:
        print_json([{**asdict(one), "state": one.state(today)} for one in found])
        return
    print_table(
        ("no.", "issue", "owner", "due", "state", "passages", "sampling", "response"),
        [
            (
                one.number,
                one.title,
                one.owner or None,
                one.due,
                f"! {OVERDUE}" if one.state(today) == OVERDUE else one.state(today),
                len(one.codings),
                one.planned or None,
                "yes" if one.response else None,
            )
            for one in found
        ],
    )
    if not found:
        tell("Nothing is overdue." if overdue else "No issues yet: qualbench issues add TITLE --coding ID")


@issues.command("show")
def show(ctx: typer.Context, id_: Id, as_json: AsJson = False, coder: Coder = None) -> None:
    """Print an issue with its quotes."""
    told = told_issues(opened(ctx, coder), this_day())
    wanted = find_issue([one.issue for one in told], id_)
    one = next(one for one in told if one.issue == wanted)
    print_json(_json(one)) if as_json else print(issue_as_text(one), end="")


@issues.command("respond")
def respond(
    ctx: typer.Context, id_: Id, text: Annotated[str, typer.Argument(metavar="TEXT")], coder: Coder = None
) -> None:
    """Write down the response designed with parent collaborators."""
    made = edit_issue(opened_to_change(ctx, coder), id_, {"response": text})
    tell(f"Issue {made.number} has its response.")


@issues.command("plan")
def plan(
    ctx: typer.Context,
    id_: Id,
    stakeholder: Annotated[str, typer.Option(help="Whom to talk to.")],
    timepoint: Annotated[str | None, typer.Option(help="When; as needed if not given.")] = None,
    site: Annotated[str | None, typer.Option(help="Where; at every site if not given.")] = None,
    kind: Annotated[str, typer.Option(help="interview, focus group, minutes or field note.")] = "interview",
    least: Annotated[str, typer.Option(help="How many at the least, or all.")] = "all",
    most: Annotated[str, typer.Option(help="How many at the most.")] = "",
    coder: Coder = None,
) -> None:
    """Add an emergent row to the sampling plan for an issue."""
    at_least, at_most = read_number(least, "--least"), read_number(most, "--most")
    check_target(at_least, at_most, "the row")
    study = opened_to_change(ctx, coder)
    note = f"issue {find_issue(list_issues(study), id_).number}"
    row = PlannedRow(stakeholder, timepoint, site, kind, at_least, at_most, True, note)
    made = plan_for_issue(study, id_, row)
    tell(f"Planned for issue {made.number}: {made.planned}.")


@issues.command("close")
def close(ctx: typer.Context, id_: Id, coder: Coder = None) -> None:
    """Close an issue on which something was done."""
    tell(f"Closed issue {close_issue(opened_to_change(ctx, coder), id_).number}.")


@issues.command("reopen")
def reopen(ctx: typer.Context, id_: Id, coder: Coder = None) -> None:
    """Open a closed issue again."""
    tell(f"Reopened issue {reopen_issue(opened_to_change(ctx, coder), id_).number}.")


@issues.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".docx, .csv or .md")],
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write issues with their quotes to a file."""
    form = form_of(None, file, ("docx", "csv", "md"), "md")
    study = opened(ctx, coder)
    today = this_day()
    told = told_issues(study, today)
    quotes = any(one.quotes for one in told)
    with gate(study, file, allow_unsealed=allow_unsealed, holds_texts=quotes) as draft:
        if form == "docx":
            write_issues_document(told, today, draft)
        elif form == "md":
            draft.write_text(issues_as_markdown(told, today), "utf-8")
        else:
            draft.write_text(as_csv(HEADERS, list(map(issue_cells, told))), "utf-8")
    tell(f"Wrote {file}: {tally(told)}.")


def _json(one: IssueTold) -> dict[str, object]:
    quotes = [{"text": quote.text, "label": quote.quote.label} for quote in one.quotes]
    return {**asdict(one.issue), "state": one.state, "quotes": quotes}
