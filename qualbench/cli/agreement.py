"""Agreement and reconciliation from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.agreement import coefficients, reconciliation
from qualbench.agreement.comparison import Agreement, CodeAgreement, compare
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell, tell_faults
from qualbench.errors import BadInput
from qualbench.study.settings import read_stance
from qualbench.study.stance import NO_COEFFICIENTS, Wording, wording
from qualbench.text.spans import Span

commands = typer.Typer()
reconcile = typer.Typer(help="List and decide the differences of two coders.")
commands.add_typer(reconcile, name="reconcile")

_COEFFICIENTS = {
    "percent": coefficients.percent_agreement,
    "kappa": coefficients.cohen_kappa,
    "dice": coefficients.dice,
    "prevalence": coefficients.prevalence,
}

Coders = Annotated[str | None, typer.Option(metavar="AB,CD", help="The two coders.")]


@commands.command("agreement")
def agreement(
    ctx: typer.Context,
    unit: Annotated[str, typer.Option(help="turn or character.")] = "turn",
    coders: Coders = None,
    as_json: AsJson = False,
) -> None:
    """How far two coders agree, code by code."""
    study = opened(ctx)
    words = wording(read_stance(study))
    found = compare(study, unit, pair(coders))
    if not words.coefficients:
        _show_differences(found, reconciliation.list_differences(study, pair(coders)), words, as_json)
        return
    rows = [_cells(one) | {name: of(one.cells) for name, of in _COEFFICIENTS.items()} for one in found.codes]
    if as_json:
        print_json(
            {"unit": found.unit, "coders": list(found.coders), "sources": found.sources, "codes": rows}
        )
        return
    a, b = found.coders
    headers = ("code", "both", f"{a} only", f"{b} only", "neither", "agree", "kappa", "Dice", "prevalence")
    print_table(headers, [tuple(row.values()) for row in rows])
    tell(f"Counted in {unit}s of participants' talk in {len(found.sources)} sources that both have finished.")


@reconcile.command("list")
def list_(
    ctx: typer.Context,
    coders: Coders = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only what has not been decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the differences of two coders."""
    everything = reconciliation.list_differences(opened(ctx), pair(coders))
    found = [one for one in everything if one.outcome is None or not open_only]
    if as_json:
        print_json([_difference(one) for one in found])
        return
    for one in found:
        _print_difference(one)
    tell(f"{sum(one.outcome is None for one in found)} of {len(found)} still to decide.")


@reconcile.command("decide")
def decide(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    start: Annotated[int, typer.Argument(metavar="START")],
    end: Annotated[int, typer.Argument(metavar="END")],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help=", ".join(reconciliation.OUTCOMES))],
    code_a: Annotated[str | None, typer.Option(help="A's code there.")] = None,
    code_b: Annotated[str | None, typer.Option(help="B's code there.")] = None,
    redrawn: Annotated[str | None, typer.Option(metavar="START-END", help="The new words.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    coders: Coders = None,
    coder: Coder = None,
) -> None:
    """Decide on one difference, as 'reconcile list' gives it."""
    reconciliation.decide(
        opened_to_change(ctx, coder),
        source,
        Span(start, end),
        outcome,
        codes=(code_a, code_b),
        reason=reason,
        redrawn=_span(redrawn) if redrawn else None,
        coders=pair(coders),
    )
    tell(f"Decided: {outcome}.")


@reconcile.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="CSV")],
    coders: Coders = None,
    coder: Coder = None,
) -> None:
    """Apply decisions from a table."""
    report = reconciliation.import_decisions(opened_to_change(ctx, coder), file, pair(coders))
    tell_faults(report.faults)
    tell(f"{report.decided} differences decided, {len(report.faults)} rows left out.")
    if report.faults:
        raise typer.Exit(1)


def pair(coders: str | None) -> tuple[str, str] | None:
    """Read `AB,CD`.

    Raises:
        BadInput: If it is not two coders.
    """
    if coders is None:
        return None
    names = [name.strip() for name in coders.split(",")]
    if len(names) != 2:
        raise BadInput(f"'{coders}' is not two coders.", "Write --coders AB,CD.")
    return names[0], names[1]


def _cells(one: CodeAgreement) -> dict[str, object]:
    cells = one.cells
    counts = {"both": cells.both, "a_only": cells.a_only, "b_only": cells.b_only, "neither": cells.neither}
    return {"code": one.code, **counts}


def _difference(one: reconciliation.SourceDifference) -> dict[str, object]:
    return {
        "source": one.source,
        "start": one.difference.span.start,
        "end": one.difference.span.end,
        "code_a": one.difference.code_a,
        "code_b": one.difference.code_b,
        "kind": one.difference.kind,
        "outcome": one.outcome,
        "a": [list(coded.span) for coded in one.difference.a],
        "b": [list(coded.span) for coded in one.difference.b],
        "text": one.words,
    }


def _show_differences(
    found: Agreement,
    differences: list[reconciliation.SourceDifference],
    words: Wording,
    as_json: bool,
) -> None:
    """What a study shows that holds with no coefficients: the places to talk over."""
    if as_json:
        print_json(
            {
                "unit": found.unit,
                "coders": list(found.coders),
                "sources": found.sources,
                "codes": [_cells(one) | dict.fromkeys(_COEFFICIENTS) for one in found.codes],
                "why_null": NO_COEFFICIENTS,
                "differences": [_difference(one) for one in differences],
            }
        )
        return
    for one in differences:
        _print_difference(one)
    a, b = found.coders
    called = words.difference if len(differences) == 1 else words.differences
    tell(f"{NO_COEFFICIENTS} {len(differences)} {called} of {a} (A) and {b} (B), to be {words.decided}.")


def _print_difference(one: reconciliation.SourceDifference) -> None:
    """The place on a line, then what each coder has there."""
    start, end = one.difference.span
    print(f"{one.source} {start}-{end}  {one.difference.kind}  {one.outcome or 'open'}")
    for side, codings in (("A", one.difference.a), ("B", one.difference.b)):
        for coded in codings:
            words = " ".join(one.words[coded.span.start - start : coded.span.end - start].split())
            shown = words if len(words) <= 72 else f"{words[:48]} ... {words[-20:]}"
            print(f"  {side} {coded.code} {coded.span.start}-{coded.span.end}: {shown}")


def _span(text: str) -> Span:
    start, dash, end = text.partition("-")
    if not (dash and start.isdecimal() and end.isdecimal()):
        raise BadInput(f"'{text}' is not a span.", "Write --redrawn 120-180.")
    return Span(int(start), int(end))
