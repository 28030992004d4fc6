"""Reconciling from the command line: the queue of differences, decisions one by one and together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from qualbench.agreement import deciding
from qualbench.agreement.decision_files import import_decisions
from qualbench.agreement.decisions import DecisionRead
from qualbench.agreement.differences import KINDS, CodedSpan
from qualbench.agreement.items import Item, Queue, choose, progress_of
from qualbench.agreement.outcomes import OUTCOMES
from qualbench.agreement.queue import find_at, find_item, read_queues
from qualbench.agreement.settling import RULES, Tolerance, reason_for, settle, settleable
from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.comparing import Two, pair_in
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.cli.reconcile_agenda import agenda
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources

commands = typer.Typer()
reconcile = typer.Typer(help="List and decide the differences of two coders.")
commands.add_typer(reconcile, name="reconcile")
reconcile.command("agenda")(agenda)

Source = Annotated[str | None, typer.Option(help="Only this source.")]

_SHOWN = 72  # characters of a coder's words


@reconcile.command("list")
def list_(
    ctx: typer.Context,
    coders: Two = None,
    source: Source = None,
    code: Annotated[str | None, typer.Option(help="Only with this code, or one below it.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"Only one kind: {', '.join(KINDS)}.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only what is still to be decided.")] = False,
    kept: Annotated[bool, typer.Option("--kept", help="Only where the two agreed to differ.")] = False,
    stale: Annotated[
        bool, typer.Option("--stale", help="Decisions that count no more: the codings have changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List differences, those of the codes with the worst agreement first."""
    study = opened(ctx)
    queues = read_queues(study, pair_in(coders))
    book = read_codebook(study)
    _check_filters(study, source, kind)
    codes = None if code is None else book.at_and_below(book.find(code).id)
    if stale:
        _list_stale(queues, book, source, as_json)
        return
    found = [
        item
        for queue in queues
        for item in choose(
            queue.items, source=source, codes=codes, kind=kind, open_only=open_only, kept_only=kept
        )
    ]
    if as_json:
        print_json([item_json(item) for item in found])
        return
    for item in found:
        print_item(item, book)
    tell(f"{sum(item.is_open for item in found)} of {len(found)} still to decide.")


@reconcile.command("decide")
def decide(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID|SOURCE START END OUTCOME", help=f"The difference, then: {', '.join(OUTCOMES)}."
        ),
    ],
    other_code: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="With 'other code'; with 'redraw', whose code it gets."),
    ] = None,
    redrawn: Annotated[str | None, typer.Option(metavar="START-END", help="The new words.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    code_a: Annotated[str | None, typer.Option(help="A's code there, if two differ on the words.")] = None,
    code_b: Annotated[str | None, typer.Option(help="B's code there, likewise.")] = None,
    coders: Two = None,
    coder: Coder = None,
) -> None:
    """Decide on one difference, by its id or its place."""
    study = opened_to_change(ctx, coder)
    if len(words) >= 4 and words[1].isdecimal() and words[2].isdecimal():
        place, outcome = Span(int(words[1]), int(words[2])), " ".join(words[3:])
        item = find_at(study, words[0], place, (code_a, code_b), pair_in(coders))
    elif len(words) >= 2:
        item, outcome = find_item(study, words[0]), " ".join(words[1:])
    else:
        raise BadInput("The outcome is missing.", f"After the id, write one of {', '.join(OUTCOMES)}.")
    decision = deciding.decide(
        study,
        item.key,
        outcome,
        code=other_code,
        redrawn=_span(redrawn) if redrawn else None,
        reason=reason,
    )
    print(decision.id)
    tell(f"Decided: {decision.outcome}. 'qualbench reconcile reopen {item.id}' takes it back.")


@reconcile.command("reopen")
def reopen(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of the difference, or of the decision.")],
    coder: Coder = None,
) -> None:
    """Take a decision back, whoever made it."""
    study = opened_to_change(ctx, coder)
    taken = deciding.reopen(study, _decision_on(study, id_))
    tell(
        f"Open again: {taken.source} {taken.span.start}-{taken.span.end}. It was {taken.outcome}, by "
        f"{taken.decided_by}."
    )


@reconcile.command("settle")
def settle_(
    ctx: typer.Context,
    rule: Annotated[str, typer.Option(help=f"Whose words are taken: {', '.join(RULES)}.")],
    words: Annotated[int | None, typer.Option(help="Edges at most so many words apart; or")] = None,
    characters: Annotated[int | None, typer.Option(help="so many characters.")] = None,
    source: Source = None,
    coders: Two = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what it would settle.")] = False,
    coder: Coder = None,
) -> None:
    """Decide all trivial differences in boundaries at once, under a stated tolerance."""
    if (words is None) == (characters is None):
        raise BadInput("The tolerance is words or characters.", "Add --words 3, or --characters 10.")
    tolerance = Tolerance(words, "words") if words is not None else Tolerance(characters or 0, "characters")
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    _check_filters(study, source, None)
    if dry_run:
        book = read_codebook(study)
        found = settleable(study, tolerance, pair_in(coders), source, rule)
        for item in found:
            print_item(item, book)
        tell(f"{counted(len(found), 'difference')} would be settled. Nothing has been changed.")
        return
    settled = settle(study, tolerance, rule, pair_in(coders), source)
    if not settled:
        tell("There is none so small that is still to decide.")
        return
    said = reason_for(tolerance, _spelt(rule)).partition(": ")[2]
    tell(f"{counted(len(settled), 'difference')} settled: {said}")
    tell("'qualbench undo' takes that back.")


@reconcile.command("progress")
def progress(ctx: typer.Context, coders: Two = None, as_json: AsJson = False) -> None:
    """Show how far the differences have been worked through."""
    study = opened(ctx)
    queues = read_queues(study, pair_in(coders))
    if as_json:
        print_json([_progress_json(queue) for queue in queues])
        return
    book = read_codebook(study)
    for n, queue in enumerate(queues):
        found = progress_of(queue.items)
        if n:
            print()
        rows: list[tuple[object, ...]] = [
            ("source", name, done, total) for name, (done, total) in found.by_source.items()
        ]
        rows += [
            ("code", book.by_id[code].label, done, total) for code, (done, total) in found.by_code.items()
        ]
        print_table(("", " and ".join(queue.coders), "decided", "of"), rows)
        tell(
            f"{' and '.join(queue.coders)}: {found.decided} of {counted(found.total, 'difference')} decided, "
            f"{found.kept} of them kept as two readings; {counted(queue.alike, 'passage')} coded alike; "
            f"{counted(len(queue.stale), 'decision')} out of date."
        )


@reconcile.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="CSV|XLSX", help="A filled meeting sheet, for one.")],
    coders: Two = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try every row and keep nothing.")] = False,
    coder: Coder = None,
) -> None:
    """Enter decisions from a table."""
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    report = import_decisions(study, file, pair_in(coders), dry_run=dry_run)
    tell_faults(report.faults)
    tell(
        f"{counted(report.decided, 'difference')} {'would be decided' if dry_run else 'decided'}, "
        f"{report.already} decided so before, {counted(report.skipped, 'row')} without an outcome, "
        f"{counted(len(report.faults), 'row')} left out."
    )
    if report.faults:
        raise typer.Exit(1)


def print_item(item: Item, book: Codebook) -> None:
    """Print a difference: its id and place on a line, then what each coder has there."""
    start, end = item.span
    print(f"{item.id}  {item.source} {start}-{end}  {item.difference.kind}  {item.outcome or 'open'}")
    sides = (item.difference.a, item.difference.b)
    for side, coder, codings in zip("AB", item.key.coders, sides, strict=True):
        for coded in codings:
            words = " ".join(item.words[coded.span.start - start : coded.span.end - start].split())
            shown = words if len(words) <= _SHOWN else f"{words[:48]} ... {words[-20:]}"
            place = f"{coded.span.start}-{coded.span.end}"
            print(f"  {side} {coder} {book.by_id[coded.code].label} {place}: {shown}")
    for old in item.before:
        print(f"  before the codings changed: {_decided(old, book)}")
    if item.decision is not None and item.decision.reason:
        print(f"  why: {item.decision.reason}")


def item_json(item: Item) -> dict[str, Any]:
    """Give a difference as the JSON that other programs read."""
    return {
        "id": item.id,
        "coders": list(item.key.coders),
        "source": item.source,
        "start": item.span.start,
        "end": item.span.end,
        "code": item.code,
        "code_a": item.key.code_a,
        "code_b": item.key.code_b,
        "kind": item.difference.kind,
        "apart": None
        if item.apart is None
        else {"words": item.apart.words, "characters": item.apart.characters},
        "outcome": item.outcome,
        "decision": None if item.decision is None else _decision_json(item.decision),
        "before": [_decision_json(old) for old in item.before],
        "a": _spans(item.difference.a),
        "b": _spans(item.difference.b),
        "text": item.words,
    }


def _spans(codings: Sequence[CodedSpan]) -> list[list[int]]:
    return [list(coded.span) for coded in codings]


def _decision_json(decision: DecisionRead) -> dict[str, Any]:
    return {
        "id": decision.id,
        "coders": list(decision.coders),
        "source": decision.source,
        "start": decision.span.start,
        "end": decision.span.end,
        "code_a": decision.code_a,
        "code_b": decision.code_b,
        "outcome": decision.outcome,
        "other_code": decision.code_chosen,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }


def _progress_json(queue: Queue) -> dict[str, Any]:
    found = progress_of(queue.items)
    return {
        "coders": list(queue.coders),
        "total": found.total,
        "decided": found.decided,
        "open": found.open,
        "kept": found.kept,
        "alike": queue.alike,
        "stale": len(queue.stale),
        "sources": [
            {"source": name, "decided": done, "total": total}
            for name, (done, total) in found.by_source.items()
        ],
        "codes": [
            {"code": code, "decided": done, "total": total} for code, (done, total) in found.by_code.items()
        ],
    }


def _list_stale(queues: Sequence[Queue], book: Codebook, source: str | None, as_json: bool) -> None:
    found = [old for queue in queues for old in queue.stale if source in (None, old.source)]
    if as_json:
        print_json([_decision_json(old) for old in found])
        return
    for old in found:
        print(f"{old.id}  {old.source} {old.span.start}-{old.span.end}  {_decided(old, book)}")
    tell(f"{counted(len(found), 'decision')} out of date: what the coders have there has changed.")


def _decided(decision: DecisionRead, book: Codebook) -> str:
    chosen = book.by_id.get(decision.code_chosen or "")
    what = f"{decision.outcome} ({chosen.label})" if chosen else decision.outcome
    why = f": {decision.reason}" if decision.reason else ""
    return f"{what}, by {decision.decided_by} on {decision.decided_at[:10]}{why}"


def _decision_on(study: Study, id_: str) -> str:
    """The decision on a difference, or the one that has that id itself."""
    try:
        item = find_item(study, id_)
    except NotFound:
        return id_
    if item.decision is None:
        raise BadInput("That difference is open.", "There is nothing to take back.")
    return item.decision.id


def _check_filters(study: Study, source: str | None, kind: str | None) -> None:
    if source is not None and source not in [one.name for one in list_sources(study)]:
        raise NotFound(f"There is no source '{source}'.", "'qualbench sources' lists them.")
    if kind is not None and kind not in KINDS:
        raise BadInput(f"'{kind}' is not a kind of difference.", f"Use one of {', '.join(KINDS)}.")


def _spelt(rule: str) -> str:
    return next(known for known in RULES if known.casefold() == rule.strip().casefold())


def _span(text: str) -> Span:
    start, dash, end = text.partition("-")
    if not (dash and start.isdecimal() and end.isdecimal()):
        raise BadInput(f"'{text}' is not a span.", "Write --redrawn 120-180.")
    return Span(int(start), int(end))
