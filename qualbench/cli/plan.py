"""The sampling plan from the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation import followups, plan_changes, plan_standing
from qualbench.evaluation.plan import (
    ALL,
    SHIPPED,
    PlannedRow,
    list_plan,
    plan_as_csv,
    plan_as_yaml,
    read_number,
    read_plan,
)

commands = typer.Typer()
plan = typer.Typer(invoke_without_command=True)
commands.add_typer(plan, name="plan")

RowName = Annotated[str, typer.Argument(metavar="ROW", help="Its number, as 'qualbench plan' gives it.")]
Group = Annotated[str, typer.Option("--group", help="The stakeholder type.")]
Least = Annotated[str | None, typer.Option(help=f"How many at the least, or {ALL}.")]
Most = Annotated[str | None, typer.Option(help="How many at the most; 0 for none by design.")]
Timepoint = Annotated[str | None, typer.Option(help="When; empty for as needed.")]
Site = Annotated[str | None, typer.Option(help="Where; empty for all sites together.")]
Note = Annotated[str | None, typer.Option(help="What else is to be known.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Output = Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to write the CSV.")]


@plan.callback()
def plan_(ctx: typer.Context, as_json: AsJson = False, as_csv: AsCsv = False, output: Output = None) -> None:
    """The sampling plan: who is to be talked to, who was, and what is wanting."""
    if ctx.invoked_subcommand is None:
        _show(ctx, as_json, as_csv, output)


@plan.command("show")
def show(
    ctx: typer.Context,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
    coder: Coder = None,
) -> None:
    """Show the plan, and how far it is."""
    _show(ctx, as_json, as_csv, output, coder)


@plan.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FILE|NAME", help=f"A YAML file, or {', '.join(SHIPPED)}.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    coder: Coder = None,
) -> None:
    """Bring in a plan from a YAML file, or one that comes with the program, after showing what it changes."""
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    if name not in SHIPPED and not Path(name).is_file():
        raise NotFound(f"There is no file {name}.", f"With the program comes: {', '.join(SHIPPED)}.")
    rows, called = read_plan(name), name if name in SHIPPED else Path(name).name
    found = plan_changes.compare_plan(study, rows, called)
    for sign, changed in (("+", found.added), ("~", found.changed), ("-", found.removed)):
        for row in changed:
            tell(f"{sign} {_told(row)}")
    tell_faults(found.left_out)
    if dry_run:
        tell("Nothing has been changed.")
        return
    if found.changes:
        if not yes and (found.changed or found.removed) and sys.stdin.isatty():
            typer.confirm("Import it?", abort=True, err=True)
        plan_changes.import_plan(study, rows, called)
    added = counted(len(found.added), "row")
    tell(f"{added} added, {len(found.changed)} changed, {len(found.removed)} removed.")
    if found.left_out and name not in SHIPPED:
        raise typer.Exit(1)


@plan.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".yaml, to be edited and imported, or .csv.")],
) -> None:
    """Write the plan to a file; 'plan show --csv' writes how far it is."""
    writers = {".yaml": plan_as_yaml, ".yml": plan_as_yaml, ".csv": plan_as_csv}
    if file.suffix.lower() not in writers:
        raise BadInput(f"A plan is not written to '{file.suffix or file.name}'.", "End it in .yaml or .csv.")
    rows = list_plan(opened(ctx))
    file.write_text(writers[file.suffix.lower()](rows), "utf-8")
    tell(f"Wrote {file}: {counted(len(rows), 'row')}.")


@plan.command("add")
def add(
    ctx: typer.Context,
    group: Group,
    kind: Annotated[str, typer.Option(help="interview, focus group, minutes or field note.")] = "interview",
    timepoint: Timepoint = None,
    site: Site = None,
    least: Least = None,
    most: Most = None,
    emergent: Annotated[bool, typer.Option("--emergent", help="The talk asked for it.")] = False,
    note: Note = None,
    coder: Coder = None,
) -> None:
    """Add a row to the plan."""
    row = PlannedRow(
        group,
        timepoint or None,
        site or None,
        kind,
        read_number(least or "", "--least"),
        read_number(most, "--most") if most else None,
        emergent,
        note or "",
    )
    added = plan_changes.add_row(opened_to_change(ctx, coder), row)
    print(added.number)
    tell(f"Row {added.number}: {_told(added)}.")


@plan.command("edit")
def edit(
    ctx: typer.Context,
    row: RowName,
    group: Annotated[str | None, typer.Option("--group", help="The stakeholder type.")] = None,
    kind: Annotated[str | None, typer.Option(help="interview, focus group, minutes or field note.")] = None,
    timepoint: Timepoint = None,
    site: Site = None,
    least: Least = None,
    most: Most = None,
    emergent: Annotated[bool | None, typer.Option("--emergent/--planned", help="Who asked for it.")] = None,
    note: Note = None,
    coder: Coder = None,
) -> None:
    """Change a row of the plan; what is not named stays."""
    values: dict[str, object] = {"stakeholder": group, "kind": kind, "emergent": emergent, "note": note}
    values = {field: value for field, value in values.items() if value is not None}
    for field, text in (("timepoint", timepoint), ("site", site)):
        if text is not None:
            values[field] = text or None
    for field, text in (("least", least), ("most", most)):
        if text is not None:
            values[field] = read_number(text, f"--{field}")
    if not values:
        raise BadInput("Nothing is to be changed.", "Add --least, --most, --note or another of the options.")
    changed = plan_changes.edit_row(opened_to_change(ctx, coder), row, values)
    tell(f"Row {changed.number}: {_told(changed)}.")


@plan.command("remove")
def remove(ctx: typer.Context, row: RowName, coder: Coder = None) -> None:
    """Take a row out of the plan."""
    gone = plan_changes.remove_row(opened_to_change(ctx, coder), row)
    tell(f"Row {gone.number} is gone: {gone.told}.")


@plan.command("note")
def note_(
    ctx: typer.Context,
    row: RowName,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="declined or not-reached.")],
    participant: Annotated[str | None, typer.Option(metavar="ID", help="Who, if they have an id.")] = None,
    reason: Annotated[str, typer.Option(help="Why, as far as it was said.")] = "",
    coder: Coder = None,
) -> None:
    """Note that somebody who was to be talked to declined, or could not be reached."""
    study = opened_to_change(ctx, coder)
    plan_changes.note_outcome(study, row, outcome.replace("-", " "), participant, reason)
    tell(f"Noted in row {row}.")


@plan.command("followups")
def followups_(ctx: typer.Context, as_json: AsJson = False, coder: Coder = None) -> None:
    """List families with the timepoints they were talked to at, and the follow-ups that are missing."""
    found = followups.follow_ups(opened(ctx, coder))
    if as_json:
        print_json([asdict(one) | {"missing": list(one.missing)} for one in found])
        return
    if not found:
        tell("No participant has a family on record.")
        return
    timepoints = [wave.timepoint for wave in found[0].waves]
    print_table(
        ("family", "people", *timepoints, "last talk"),
        [(one.family, ", ".join(one.people), *(wave.state for wave in one.waves), one.last) for one in found],
    )
    missing = [one.family for one in found if one.missing]
    tell(
        f"A follow-up is missing of {counted(len(missing), 'family', 'families')}: {', '.join(missing)}."
        if missing
        else "No follow-up is missing."
    )


def _told(row: PlannedRow) -> str:
    return f"{row.told}: {row.planned}, counting {row.counted}"


def _show(
    ctx: typer.Context, as_json: bool, as_csv: bool, output: Path | None, coder: str | None = None
) -> None:
    standing = plan_standing.plan_standing(opened(ctx, coder))
    if output is not None:
        output.write_text(plan_standing.standing_as_csv(standing), "utf-8")
        tell(f"Wrote {output}: {counted(len(standing.rows), 'row')}.")
    elif as_json:
        print_json(_json(standing))
        return
    elif as_csv:
        print(plan_standing.standing_as_csv(standing), end="")
    elif standing.rows:
        print_table(plan_standing.TABLE, plan_standing.table_rows(standing))
    for sentence in plan_standing.sentences(standing):
        tell(sentence)


def _json(standing: plan_standing.PlanStanding) -> dict[str, object]:
    rows = []
    for one in standing.rows:
        row, found = asdict(one.row), asdict(one)
        del found["row"]
        row["row"] = row.pop("number")
        rows.append({**row, "planned": one.row.planned, "counted": one.row.counted, **found})
    return {
        "rows": rows,
        "unplanned": [{"source": name, "kind": kind} for name, kind in standing.unplanned],
        "uncleared": standing.uncleared,
    }
