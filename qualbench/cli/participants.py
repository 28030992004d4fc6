"""Participants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.transcripts.participants import import_participants, list_participants

commands = typer.Typer()
participants = typer.Typer(invoke_without_command=True)
commands.add_typer(participants, name="participants")


@participants.callback()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List participants, or import them."""
    if ctx.invoked_subcommand is not None:
        return
    found = list_participants(opened(ctx))
    if as_json:
        print_json(
            [{"id": p.id, "family": p.family, "stakeholder": p.stakeholder, "site": p.site} for p in found]
        )
    else:
        print_table(
            ("id", "family", "stakeholder", "site"), [(p.id, p.family, p.stakeholder, p.site) for p in found]
        )


@participants.command("import")
def import_(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="CSV")], coder: Coder = None
) -> None:
    """Import participants: id, family, stakeholder, site, labels."""
    report = import_participants(opened_to_change(ctx, coder), file)
    tell_faults(report.faults)
    tell(
        f"{len(report.added)} participants added, {len(report.updated)} updated, "
        f"{len(report.faults)} rows left out."
    )
    if report.faults:
        raise typer.Exit(1)
