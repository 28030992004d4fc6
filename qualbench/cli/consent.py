"""Consent to interviews, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.evaluation.consent import ConsentRead, read_consents, record_consent

commands = typer.Typer()
consent = typer.Typer(help="Who has consented to be interviewed, and what waits for whom.")
commands.add_typer(consent, name="consent")


@consent.command("show")
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Who has consented to what, and which sources wait for whom."""
    found = read_consents(opened(ctx))
    if as_json:
        print_json({"required": found.required, "participants": [asdict(one) for one in found.people]})
        return
    print_table(
        ("id", "consent", "version", "quote", "archive", "trial", "sources", "waiting"),
        [_row(one) for one in found.people],
    )
    waiting = {source for one in found.people for source in one.waiting}
    missing = [one.participant for one in found.people if one.waiting]
    if not found.required:
        tell("This study does not wait for consent: qualbench settings consent required --reason TEXT")
    elif waiting:
        told = f"{counted(len(waiting), 'source')} {'waits' if len(waiting) == 1 else 'wait'} for"
        tell(f"{told} {', '.join(missing)}, and can be neither coded nor exported.")
    else:
        tell("Everybody who speaks in a source has consented.")


@consent.command("record")
def record(
    ctx: typer.Context,
    participant: Annotated[str, typer.Argument(metavar="ID")],
    date: Annotated[str, typer.Option(help="Of the form, such as 2026-03-31.")],
    version: Annotated[str, typer.Option(help="Of the form.")],
    quote: Annotated[bool | None, typer.Option("--quote/--no-quote", help="May be quoted.")] = None,
    archive: Annotated[bool | None, typer.Option("--archive/--no-archive", help="May be archived.")] = None,
    coder: Coder = None,
) -> None:
    """Record that a participant consented to be interviewed."""
    study = opened_to_change(ctx, coder)
    who = record_consent(study, participant, date, version, quote=quote, archive=archive)
    tell(f"Recorded the consent of {who}.")


def _row(one: ConsentRead) -> tuple[object, ...]:
    return (
        one.participant,
        f"withdrawn {one.withdrawn}" if one.withdrawn else one.date,
        one.version,
        _yes_or_no(one.quote),
        _yes_or_no(one.archive),
        one.trial_date,
        len(one.sources),
        ", ".join(one.waiting) or None,
    )


def _yes_or_no(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"
