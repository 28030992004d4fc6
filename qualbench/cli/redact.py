"""Redaction from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, progress_line, tell, tell_faults
from qualbench.errors import BadInput
from qualbench.redaction import entities, sealing
from qualbench.redaction.decisions import import_decisions
from qualbench.redaction.detectors import read_names
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.transcripts.sources import list_sources

commands = typer.Typer()
redact = typer.Typer(help="Find, decide on and seal what identifies people.")
commands.add_typer(redact, name="redact")

Sources = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]", help="None means all.")]


@redact.command("suggest")
def suggest(
    ctx: typer.Context,
    sources: Sources = None,
    names: Annotated[Path | None, typer.Option(help="A CSV of known names; they are not kept.")] = None,
    coder: Coder = None,
) -> None:
    """Look for identifiers in sources that are not sealed."""
    known = read_names(names) if names else []
    counts = suggest_in_sources(
        opened_to_change(ctx, coder), known, sources or [], progress_line("Looking through")
    )
    print_table(("source", "new suggestions"), list(counts.items()))


@redact.command("list")
def list_(
    ctx: typer.Context,
    pending: Annotated[bool, typer.Option("--pending", help="Only what nobody has decided on.")] = False,
    as_json: AsJson = False,
) -> None:
    """List entities with their forms, the undecided first."""
    found = [e for e in entities.list_entities(opened(ctx)) if not pending or e.decision == entities.PENDING]
    if as_json:
        print_json(
            [
                {
                    "id": e.id,
                    "kind": e.kind,
                    "decision": e.decision,
                    "pseudonym": e.pseudonym,
                    "texts": e.texts,
                    "mentions": [{"source": m.source, "start": m.start, "end": m.end} for m in e.mentions],
                }
                for e in found
            ]
        )
        return
    print_table(
        ("entity", "kind", "decision", "pseudonym", "mentions", "forms", "in context"),
        [
            (
                e.id,
                e.kind,
                e.decision,
                e.pseudonym,
                len(e.mentions),
                " | ".join(e.texts)[:40],
                f"{e.mentions[0].source}: ... {e.mentions[0].context} ...",
            )
            for e in found
        ],
    )


@redact.command("decide")
def decide(
    ctx: typer.Context,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, or one of its forms.")],
    decision: Annotated[str, typer.Argument(metavar="accept|reject")],
    term: Annotated[str | None, typer.Option(help="The general word of the pseudonym: Nursery.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of identifier, to correct it.")] = None,
    coder: Coder = None,
) -> None:
    """Accept or reject an entity in all its mentions."""
    decisions = {"accept": entities.ACCEPTED, "reject": entities.REJECTED}
    if decision not in decisions:
        raise BadInput(f"'{decision}' is not a decision.", "Use accept or reject.")
    study = opened_to_change(ctx, coder)
    found = entities.find_entity(study, entity)
    pseudonym = entities.decide(study, found, decisions[decision], term=term, kind=kind)
    tell(f"Accepted as {pseudonym}." if pseudonym else "Rejected: it stays as it is.")


@redact.command("join")
def join(
    ctx: typer.Context,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, or one of its forms.")],
    same_as: Annotated[str, typer.Argument(metavar="OTHER", help="The entity that it is.")],
    coder: Coder = None,
) -> None:
    """Make one entity of two that are the same person or place."""
    study = opened_to_change(ctx, coder)
    first, second = entities.find_entity(study, entity), entities.find_entity(study, same_as)
    joined = entities.join_entities(study, first, second)
    tell(f"Joined with {joined.pseudonym or joined.id} ({joined.decision}).")


@redact.command("import")
def import_(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="CSV")], coder: Coder = None
) -> None:
    """Apply decisions from a table: source, text, kind, decision, entity, term."""
    report = import_decisions(opened_to_change(ctx, coder), file)
    tell_faults(report.faults)
    tell(
        f"{report.accepted} places will be replaced ({report.added} of them nobody had suggested), "
        f"{report.rejected} stay."
    )
    if report.faults:
        raise typer.Exit(1)


@redact.command("seal")
def seal(ctx: typer.Context, sources: Sources = None, coder: Coder = None) -> None:
    """Replace what was accepted, for good."""
    study = opened_to_change(ctx, coder)
    names = sources or [s.name for s in list_sources(study) if s.state != "sealed"]
    if names:
        done = sealing.seal(study, names)
        tell(f"Sealed {len(done.sources)} sources: {done.replacements} places replaced.")
        removed = done.backups_removed
    else:
        removed = sealing.scrub(study)
        tell("Every source is sealed; the database holds no originals.")
    if removed:
        named = ", ".join(path.name for path in removed)
        tell(f"Removed the automatic backups that still held originals: {named}.")


@redact.command("check")
def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Look for redacted names that still stand somewhere."""
    leaks = find_leaks(opened(ctx))
    if as_json:
        print_json([{"place": leak.place, "start": leak.start, "end": leak.end} for leak in leaks])
    elif leaks:
        print_table(("place", "start", "end"), [(leak.place, leak.start, leak.end) for leak in leaks])
    if leaks:
        tell(f"A redacted name still stands in {len(leaks)} places. Decide on them and seal.")
        raise typer.Exit(1)
    tell("No redacted name stands anywhere in the study.")
