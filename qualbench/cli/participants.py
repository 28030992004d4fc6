"""Participants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.cli.withdrawing import withdraw_participant
from qualbench.transcripts.participants import import_participants, list_participants

commands = typer.Typer()
participants = typer.Typer(invoke_without_command=True)
commands.add_typer(participants, name="participants")
participants.command("withdraw")(withdraw_participant)


@participants.callback()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List participants, or import them."""
    if ctx.invoked_subcommand is not None:
        return
    found = list_participants(opened(ctx))
    if as_json:
        print_json(
            [
                {
                    "id": p.id,
                    "family": p.family,
                    "stakeholder": p.stakeholder,
                    "site": p.site,
                    "consent_date": p.consent_date,
                    "consent_version": p.consent_version,
                    "consent_quote": p.consent_quote,
                    "consent_archive": p.consent_archive,
                    "trial_consent": p.trial_consent_date,
                }
                for p in found
            ]
        )
    else:
        print_table(
            ("id", "family", "stakeholder", "site", "consent", "quote", "archive"),
            [
                (
                    p.id,
                    p.family,
                    p.stakeholder,
                    p.site,
                    p.consent_date,
                    _yes_or_no(p.consent_quote),
                    _yes_or_no(p.consent_archive),
                )
                for p in found
            ],
        )


def _yes_or_no(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


@participants.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .xlsx table.")],
    coder: Coder = None,
) -> None:
    """Import participants: id, family, stakeholder, site, labels, consent."""
    report = import_participants(opened_to_change(ctx, coder), file)
    tell_faults(report.faults)
    if not (report.added or report.updated or report.faults):
        tell("The list is empty: a row for each person goes under its first row.")
    tell(
        f"{len(report.added)} participants added, {len(report.updated)} updated, "
        f"{len(report.faults)} rows left out."
    )
    if report.faults:
        raise typer.Exit(1)
