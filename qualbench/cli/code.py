"""Coding from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.agreement.reconciliation import fill_agreed
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.coding import blind, codings
from qualbench.coding.tables import codings_as_csv, import_codings
from qualbench.errors import BadInput, Refused
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources

commands = typer.Typer()
code = typer.Typer(help="Add, import, remove and list codings.")
commands.add_typer(code, name="code")


@code.command("add")
def add(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    start: Annotated[int, typer.Argument(metavar="START", help="First character, counted from 0.")],
    end: Annotated[int, typer.Argument(metavar="END", help="The character after the last.")],
    code_: Annotated[str, typer.Argument(metavar="CODE", help="Id or label.")],
    coder: Coder = None,
) -> None:
    """Put a code on a span of a source."""
    print(codings.add_coding(opened_to_change(ctx, coder), source, Span(start, end), code_))


@code.command("import")
def import_(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="CSV")], coder: Coder = None
) -> None:
    """Import codings: source, start, end, code, quote."""
    report = import_codings(opened_to_change(ctx, coder), file)
    tell_faults(report.faults)
    tell(f"{report.added} codings added, {len(report.faults)} rows left out.")
    if report.faults:
        raise typer.Exit(1)


@code.command("remove")
def remove(
    ctx: typer.Context, coding: Annotated[str, typer.Argument(metavar="ID")], coder: Coder = None
) -> None:
    """Take away a coding of your own."""
    codings.remove_coding(opened_to_change(ctx, coder), coding)
    tell("Removed. 'qualbench undo' brings it back.")


@code.command("list")
def list_(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    code_: Annotated[str | None, typer.Option("--code", help="Only this code.")] = None,
    layer: Annotated[str | None, typer.Option(help="A coder, or 'agreed'; your own if not given.")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the CSV that 'code import' reads.")] = False,
    coder: Coder = None,
) -> None:
    """List codings with their words."""
    found = codings.list_codings(opened(ctx, coder), source=source, layer=layer, code=code_)
    if as_csv:
        print(codings_as_csv(found), end="")
    elif as_json:
        print_json(
            [
                {
                    "id": c.id,
                    "source": c.source,
                    "start": c.start,
                    "end": c.end,
                    "code": c.code,
                    "layer": c.layer,
                    "quote": c.quote,
                }
                for c in found
            ]
        )
    else:
        print_table(
            ("id", "source", "start", "end", "code", "quote"),
            [(c.id, c.source, c.start, c.end, c.code, " ".join(c.quote.split())[:60]) for c in found],
        )


@commands.command("finish")
def finish(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]")] = None,
    every: Annotated[bool, typer.Option("--all", help="All sources.")] = False,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Take it back, while nobody else has finished.")
    ] = False,
    coder: Coder = None,
) -> None:
    """Mark sources as finished."""
    study = opened_to_change(ctx, coder)
    sources = [source.name for source in list_sources(study)] if every else sources or []
    if not sources:
        raise BadInput("No source is named.", "Name sources, or add --all.")
    if reopen:
        blind.reopen(study, sources)
        tell(f"{study.coder} has reopened {len(sources)} sources.")
        return
    blind.finish(study, sources)
    tell(f"{study.coder} has finished {len(sources)} sources.")
    try:
        taken = fill_agreed(study)
    except Refused:
        return  # nobody else has finished any of them yet
    if taken:
        tell(f"{taken} passages that both coders coded alike went to the agreed layer.")
