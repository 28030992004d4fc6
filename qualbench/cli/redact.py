"""Redaction from the command line: finding, deciding, reviewing. Sealing and keys: `cli.sealing`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, progress_line, tell, tell_faults
from qualbench.cli.sealing import redact
from qualbench.errors import BadInput
from qualbench.redaction import deciding, entities, known, marking, pseudonyms
from qualbench.redaction.decisions import import_decisions
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.measuring import detect_lines, read_lines
from qualbench.redaction.suggesting import suggest_in_sources, without_capitals
from qualbench.study.database import Study
from qualbench.text.spans import Span

commands = typer.Typer()
names = typer.Typer(help="The names you know: always found; kept on this machine, outside the study.")
redact.add_typer(names, name="names")
commands.add_typer(redact, name="redact")

Model = Annotated[
    str | None, typer.Option(help="A pipeline of spaCy to use besides; the best en_core_web_* if not given.")
]
Sources = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]", help="None means all unsealed.")]
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, or one of its forms.")]
Kind = Annotated[str | None, typer.Option(help="The kind of identifier: " + ", ".join(TERMS))]
Term = Annotated[str | None, typer.Option(help="The general word of the pseudonym: Nursery.")]
Written = Annotated[
    str | None, typer.Option("--as", help='The whole pseudonym: "[a town nearby]".', metavar="PSEUDONYM")
]
Queue = Annotated[str | None, typer.Option(help=f"A list to work through: {', '.join(entities.QUEUES)}.")]

_DECISIONS = {"accept": entities.ACCEPTED, "reject": entities.REJECTED}


@redact.command("suggest")
def suggest(
    ctx: typer.Context,
    sources: Sources = None,
    names: Annotated[Path | None, typer.Option(help="A table of known names; they are not kept.")] = None,
    model: Model = None,
    coder: Coder = None,
) -> None:
    """Look for identifiers in sources that are not sealed, or in those given."""
    given = known.read_names(names) if names else {}
    study = opened_to_change(ctx, coder)
    counts = suggest_in_sources(study, given, sources or [], model, progress_line("Looking through"))
    print_table(("source", "new suggestions"), list(counts.items()))
    for name in without_capitals(study, list(counts)):
        tell(f"{name} has no capitals: names are harder to find in it; read it through yourself.")


@redact.command("detect")
def detect(
    file: Annotated[Path, typer.Argument(metavar="JSONL", help='Lines of {"doc": ..., "text": ...}.')],
    model: Model = None,
) -> None:
    """Look for identifiers in texts that belong to no study; prints JSON lines."""
    for record in detect_lines(read_lines(file), file.name, model):
        print(json.dumps(record))


@redact.command("list")
def list_(
    ctx: typer.Context,
    pending: Annotated[bool, typer.Option("--pending", help="Only what nobody has decided on.")] = False,
    queue: Queue = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List entities with their forms, the undecided and strongest first."""
    study = opened(ctx, coder)
    found = _queued(study, queue, pending)
    if as_json:
        print_json([_as_json(e) for e in found])
        return
    print_table(
        ("entity", "tier", "kind", "decision", "pseudonym", "mentions", "forms", "in context"),
        [
            (
                e.id,
                e.tier,
                e.kind,
                e.decision,
                e.pseudonym,
                len(e.mentions),
                " | ".join(e.texts)[:40],
                f"{e.mentions[0].source}: {_context(e.mentions[0], 30)}",
            )
            for e in found
        ],
    )


@redact.command("show")
def show(ctx: typer.Context, entity: Entity, as_json: AsJson = False) -> None:
    """Show every unsealed mention of an entity in context."""
    study = opened(ctx)
    found = entities.find_entity(study, entity)
    one = next(e for e in entities.list_entities(study) if e.id == found)
    if as_json:
        print_json(_as_json(one))
        return
    print_table(
        ("mention", "source", "start", "end", "decision", "detector", "in context", "why"),
        [
            (m.id, m.source, m.start, m.end, m.decision, m.detector, _context(m, 40), m.reason)
            for m in one.mentions
        ],
    )


@redact.command("decide")
def decide(
    ctx: typer.Context,
    entity: Entity,
    decision: Annotated[str, typer.Argument(metavar="accept|reject")],
    term: Term = None,
    kind: Kind = None,
    written: Written = None,
    coder: Coder = None,
) -> None:
    """Accept or reject an entity in all its mentions."""
    study = opened_to_change(ctx, coder)
    found = entities.find_entity(study, entity)
    pseudonym = deciding.decide(study, found, _decision(decision), term=term, kind=kind, pseudonym=written)
    tell(f"Accepted as {pseudonym}." if pseudonym else "Rejected: it stays as it is.")


@redact.command("rest")
def rest(
    ctx: typer.Context,
    decision: Annotated[str, typer.Argument(metavar="accept|reject")],
    queue: Annotated[str, typer.Option(help="names or details.")],
    tier: Annotated[str | None, typer.Option(help="Only the strong, or only the possible.")] = None,
    coder: Coder = None,
) -> None:
    """Decide alike on all that is left undecided in a queue; one step for undo."""
    study = opened_to_change(ctx, coder)
    if queue not in (entities.NAMES, entities.DETAILS) or tier not in (None, "strong", "possible"):
        raise BadInput("That is not a list of undecided things.", "--queue names or details.")
    found = [e.id for e in _queued(study, queue, False) if tier in (None, e.tier)]
    count = deciding.decide_rest(study, found, _decision(decision))
    tell(f"{count} entities {_decision(decision)}.")


@redact.command("except")
def except_(
    ctx: typer.Context,
    mention: Annotated[str, typer.Argument(metavar="MENTION", help="Its id, from 'redact show'.")],
    decision: Annotated[str, typer.Argument(metavar="accept|reject|none")],
    coder: Coder = None,
) -> None:
    """Decide on one place otherwise than on its entity."""
    wanted = None if decision == "none" else _decision(decision)
    deciding.except_mention(opened_to_change(ctx, coder), mention, wanted)
    tell("Noted for that place alone." if wanted else "That place goes with its entity again.")


@redact.command("confirm")
def confirm(ctx: typer.Context, entity: Entity, coder: Coder = None) -> None:
    """Agree, as a second reader, that what another has rejected may stay."""
    study = opened_to_change(ctx, coder)
    deciding.confirm(study, entities.find_entity(study, entity))
    tell("Confirmed: it stays.")


@redact.command("join")
def join(
    ctx: typer.Context,
    entity: Entity,
    same_as: Annotated[str, typer.Argument(metavar="OTHER", help="The entity that it is.")],
    coder: Coder = None,
) -> None:
    """Make one entity of two that are the same person or place."""
    study = opened_to_change(ctx, coder)
    first, second = entities.find_entity(study, entity), entities.find_entity(study, same_as)
    tell(f"Joined with {deciding.join_entities(study, first, second) or second}.")


@redact.command("split")
def split(
    ctx: typer.Context,
    mentions: Annotated[list[str], typer.Argument(metavar="MENTION...", help="Ids, from 'redact show'.")],
    coder: Coder = None,
) -> None:
    """Make an entity of its own of some mentions of one."""
    tell(f"The new entity is {deciding.split_entity(opened_to_change(ctx, coder), mentions)}; decide on it.")


@redact.command("resize")
def resize(
    ctx: typer.Context,
    mention: Annotated[str, typer.Argument(metavar="MENTION", help="Its id, from 'redact show'.")],
    start: int,
    end: int,
    coder: Coder = None,
) -> None:
    """Move the ends of a mention; offsets are code points, the end is not included."""
    marking.resize_mention(opened_to_change(ctx, coder), mention, Span(start, end))
    tell("Moved.")


@redact.command("add")
def add(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    start: int,
    end: int,
    kind: Kind = None,
    term: Term = None,
    written: Written = None,
    same_as: Annotated[str | None, typer.Option(metavar="ENTITY", help="The entity that it is.")] = None,
    coder: Coder = None,
) -> None:
    """Accept a passage nobody suggested, there and wherever the same words stand; in sealed sources too."""
    study = opened_to_change(ctx, coder)
    entity = entities.find_entity(study, same_as) if same_as else None
    span = Span(start, end)
    added = marking.add_mention(
        study, source, span, kind=kind or "person", term=term, pseudonym=written, entity_id=entity
    )
    tell(f"Accepted as {added.pseudonym} in {added.places} places. What was sealed waits for a new seal.")


@redact.command("ignore")
def ignore(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...")],
    coder: Coder = None,
) -> None:
    """Remember strings that identify nobody, so that they are not asked about again."""
    tell(f"{deciding.ignore(opened_to_change(ctx, coder), words)} strings added.")


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


@redact.command("style")
def style(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[STYLE]", help=", ".join(pseudonyms.STYLES))] = None,
    coder: Coder = None,
) -> None:
    """Show or choose how pseudonyms are made from now on."""
    if name is not None:
        pseudonyms.set_style(opened_to_change(ctx, coder), name)
    present = pseudonyms.read_style(opened(ctx))
    print_table(
        ("style", "in use", "what it gives"),
        [(one, "yes" if one == present else "", what) for one, what in pseudonyms.STYLES.items()],
    )


@names.command("list")
def names_list(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the names kept for this study on this machine."""
    kept = known.kept_names(opened(ctx))
    if as_json:
        print_json([{"name": name, "kind": kind} for name, kind in kept.items()])
    else:
        print_table(("name", "kind"), list(kept.items()))


@names.command("add")
def names_add(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="NAME...")],
    kind: Annotated[str, typer.Option(help="The kind of all of them.")] = "person",
) -> None:
    """Keep names, to be found always and in any case."""
    if kind not in TERMS:
        raise BadInput(f"'{kind}' is not a kind of identifier.", f"Use one of {', '.join(TERMS)}.")
    tell(f"{known.keep_names(opened(ctx), dict.fromkeys(words, kind))} names added.")


@names.command("import")
def names_import(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="CSV")]) -> None:
    """Keep the names of a table with the columns name and kind."""
    tell(f"{known.keep_names(opened(ctx), known.read_names(file))} names added.")


@names.command("remove")
def names_remove(ctx: typer.Context, words: Annotated[list[str], typer.Argument(metavar="NAME...")]) -> None:
    """Take names from the list."""
    tell(f"{known.forget_names(opened(ctx), words)} names removed.")


def _queued(study: Study, queue: str | None, pending: bool) -> list[entities.EntityRead]:
    if queue is not None and queue not in entities.QUEUES:
        raise BadInput(f"'{queue}' is not a list.", f"Use one of {', '.join(entities.QUEUES)}.")
    found = entities.list_entities(study)
    if queue is not None:
        found = entities.in_queue(found, queue, study.coder)
    return [e for e in found if not pending or e.decision == entities.PENDING]


def _decision(word: str) -> str:
    if word not in _DECISIONS:
        raise BadInput(f"'{word}' is not a decision.", "Use accept or reject.")
    return _DECISIONS[word]


def _context(mention: entities.MentionRead, around: int) -> str:
    return f"... {mention.before[-around:]}{mention.text}{mention.after[:around]} ..."


def _as_json(entity: entities.EntityRead) -> dict[str, object]:
    return {
        "id": entity.id,
        "kind": entity.kind,
        "tier": entity.tier,
        "decision": entity.decision,
        "decided_by": entity.decided_by,
        "confirmed_by": entity.confirmed_by,
        "pseudonym": entity.pseudonym,
        "texts": entity.texts,
        "mentions": [
            {
                "id": m.id,
                "source": m.source,
                "start": m.start,
                "end": m.end,
                "text": m.text,
                "decision": m.decision,
                "tier": m.tier,
                "detector": m.detector,
                "reason": m.reason,
            }
            for m in entity.mentions
        ],
    }
