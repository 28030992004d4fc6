"""Coding from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.agreement import finishing
from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import coding_json, print_json, print_table, tell, tell_faults
from qualbench.coding import applying, codings, progress, reviewing
from qualbench.coding.scope import codings_outside_scope
from qualbench.coding.tables import codings_as_csv, import_codings
from qualbench.coding.uncoded import uncoded_stretches
from qualbench.errors import BadInput
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source

commands = typer.Typer()
code = typer.Typer(help="Add, import, change, remove and list codings.")
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
    """Put a code on a span of a source; a coding of it that is there already grows."""
    study = opened_to_change(ctx, coder)
    applied = applying.apply_codes(study, [applying.Passage(source, Span(start, end))], [code_])
    tell(applied.sentence())
    print(applied.ids[0])


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
    """Take away a coding of your own, or of the agreed layer."""
    reviewing.uncode(opened_to_change(ctx, coder), [coding])
    tell("Removed. 'qualbench undo' brings it back.")


@code.command("bounds")
def bounds(
    ctx: typer.Context,
    coding: Annotated[str, typer.Argument(metavar="ID")],
    start: Annotated[int, typer.Argument(metavar="START")],
    end: Annotated[int, typer.Argument(metavar="END")],
    coder: Coder = None,
) -> None:
    """Give a coding of your own other words of its source."""
    applying.rebound(opened_to_change(ctx, coder), coding, Span(start, end))
    tell("It has new bounds. 'qualbench undo' brings the old ones back.")


@code.command("mark")
def mark(
    ctx: typer.Context,
    coding: Annotated[str, typer.Argument(metavar="ID")],
    exemplar: Annotated[bool | None, typer.Option(help="Whether it is a good example of its code.")] = None,
    meaning: Annotated[str | None, typer.Option(help="semantic, latent, or neither.")] = None,
    coder: Coder = None,
) -> None:
    """Mark a coding of your own as an exemplar, as semantic or as latent."""
    study = opened_to_change(ctx, coder)
    if exemplar is None and meaning is None:
        raise BadInput("Nothing is to be marked.", "Add --exemplar, or --meaning semantic.")
    if exemplar is not None:
        applying.set_exemplar(study, coding, exemplar)
    if meaning is not None:
        applying.set_meaning(study, coding, None if meaning == "neither" else meaning)
    tell("Marked.")


@code.command("keep")
def keep(
    ctx: typer.Context, ids: Annotated[list[str], typer.Argument(metavar="ID...")], coder: Coder = None
) -> None:
    """Say that codings have been read again, and stay as they are."""
    reviewing.keep(opened_to_change(ctx, coder), ids)
    tell(f"{len(ids)} kept.")


@code.command("give")
def give(
    ctx: typer.Context,
    code_: Annotated[str, typer.Argument(metavar="CODE", help="Id or label.")],
    ids: Annotated[list[str], typer.Argument(metavar="ID...")],
    coder: Coder = None,
) -> None:
    """Give codings of your own, or of the agreed layer, another code."""
    entry = reviewing.recode(opened_to_change(ctx, coder), ids, code_)
    tell(f"{len(ids)} codings are '{entry.label}' now. 'qualbench undo' takes it back.")


@code.command("outside")
def outside(
    ctx: typer.Context,
    layer: Annotated[str | None, typer.Option(help="A coder, or 'agreed'; your own if not given.")] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List codings on talk of others than their code is meant for."""
    found = codings_outside_scope(opened(ctx, coder), layer)
    if as_json:
        print_json(
            [
                {**coding_json(one.coding), "said_by": list(one.said_by), "meant_for": list(one.meant_for)}
                for one in found
            ]
        )
    else:
        print_table(
            ("id", "source", "start", "code", "is", "is meant for"),
            [
                (
                    one.coding.id,
                    one.coding.source,
                    one.coding.start,
                    one.coding.code,
                    ", ".join(one.said_by),
                    ", ".join(one.meant_for),
                )
                for one in found
            ],
        )


@code.command("uncoded")
def uncoded(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List the participants' talk of a source that nobody coded."""
    study = opened(ctx, coder)
    text = read_source(study, source).text
    stretches = uncoded_stretches(study, source)
    if as_json:
        print_json([{"start": s.start, "end": s.end, "text": text[s.start : s.end]} for s in stretches])
    else:
        rows = [(s.start, s.end, " ".join(text[s.start : s.end].split())[:70]) for s in stretches]
        print_table(("start", "end", "words"), rows)


@code.command("list")
def list_(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    code_: Annotated[str | None, typer.Option("--code", help="Only this code.")] = None,
    layer: Annotated[str | None, typer.Option(help="A coder, or 'agreed'; your own if not given.")] = None,
    version: Annotated[
        int | None, typer.Option(help="Those made under a version of the codebook, with its codes.")
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the CSV that 'code import' reads.")] = False,
    coder: Coder = None,
) -> None:
    """List codings with their words."""
    found = codings.list_codings(opened(ctx, coder), source=source, layer=layer, code=code_, version=version)
    if as_csv:
        print(codings_as_csv(found), end="")
    elif as_json:
        print_json([coding_json(coding) for coding in found])
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
        progress.reopen(study, sources)
        tell(f"{study.coder} has reopened {counted(len(sources), 'source')}.")
        return
    finished = finishing.finish(study, sources)
    there = len(set(sources)) - len(finished.sources)
    before = f", {there} finished before" if there else ""
    tell(f"{study.coder} has finished {counted(len(finished.sources), 'source')}{before}.")
    for (a, b), taken in finished.taken.items():
        new = f"{counted(taken, 'passage')} that {a} and {b} coded alike {'is' if taken == 1 else 'are'} new"
        tell(f"{new} in the agreed layer. The rest: qualbench reconcile list --coders {a},{b}")
