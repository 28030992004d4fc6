"""How far two coders agree, from the command line: the codes, the passages behind them, a plan."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from qualbench.agreement.coefficients import COEFFICIENTS
from qualbench.agreement.comparison import Agreement, agree
from qualbench.agreement.intervals import RESAMPLES, intervals
from qualbench.agreement.passages import CELLS, PassageBehind, behind
from qualbench.agreement.planning import Needed, expect, plan_double_coding
from qualbench.agreement.queue import read_queue
from qualbench.agreement.units import PARTICIPANTS
from qualbench.cli.agreement_reports import reports
from qualbench.cli.agreement_table import (
    Compared,
    agreement_json,
    compared_json,
    one_or_several,
    show_agreements,
)
from qualbench.cli.app import opened
from qualbench.cli.comparing import (
    Coders,
    Codes,
    Counted,
    Output,
    Sources,
    Two,
    Unit,
    form_of,
    give,
    one_pair_in,
    pairs_in,
    refuse_if_reflexive,
)
from qualbench.cli.options import AsJson
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.reconcile import item_json, print_item
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import BadInput
from qualbench.exchange.agreement_tables import agreement_table, what_is_counted
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.stance import NO_COEFFICIENTS, wording
from qualbench.transcripts.sources import list_sources

commands = typer.Typer()
agreement = typer.Typer(help="How far two coders agree, code by code.")
commands.add_typer(agreement, name="agreement")
agreement.add_typer(reports)

_WIDEST = 100  # characters of a line of talk


@agreement.callback(invoke_without_command=True)
def table(
    ctx: typer.Context,
    coders: Coders = None,
    unit: Unit = "turn",
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    codes: Codes = None,
    every: Annotated[bool, typer.Option("--all", help="Every figure, with intervals.")] = False,
    level: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    resamples: Annotated[int, typer.Option(help="How often sources are drawn for them.")] = RESAMPLES,
    seed: Annotated[int, typer.Option(help="The same draws the same again.")] = 1,
    form: Annotated[str | None, typer.Option("--format", help="table, csv, xlsx, json or svg.")] = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """How far two coders agree, code by code."""
    if ctx.invoked_subcommand is not None:
        _refuse_options_before(ctx)
        return
    study = opened(ctx)
    form = form_of(form, output, as_json, ("svg",))
    chosen = [one_pair_in(study, coders, sources)] if form == "svg" else pairs_in(study, coders, sources)
    found = [
        agree(study, unit=unit, coders=pair, counted=counted, sources=sources, codes=codes) for pair in chosen
    ]
    if not wording(read_stance(study)).coefficients:
        _show_differences(study, found, form)
        return
    compared = [(one, intervals(one, level=level, resamples=resamples, seed=seed)) for one in found]
    book = read_codebook(study)
    if form == "svg" and output is not None:
        _draw(study, compared[0], book, output)
        return
    give(
        study,
        form,
        output,
        lambda: agreement_table(compared, book),
        lambda: one_or_several([compared_json(*one, book) for one in compared]),
        lambda: show_agreements(compared, book, every=every),
    )


@agreement.command("behind")
def behind_(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Id or label.")],
    cell: Annotated[
        list[str] | None,
        typer.Option(help=f"{', '.join(CELLS)}; where they differ, if not given. May be repeated."),
    ] = None,
    coders: Two = None,
    unit: Unit = "turn",
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    as_json: AsJson = False,
) -> None:
    """The passages behind the figures of a code."""
    study = opened(ctx)
    pair = one_pair_in(study, coders, sources)
    found = [
        (one, passage)
        for one in cell or CELLS[1:]
        for passage in behind(study, code, one, unit=unit, coders=pair, counted=counted, sources=sources)
    ]
    if as_json:
        print_json([_passage_json(*one) for one in found])
        return
    a, b = pair
    named = {"both": "both", "a_only": f"only {a}", "b_only": f"only {b}"}
    for one, passage in found:
        print(f"{passage.source} {passage.span.start}-{passage.span.end}  {named[one]}")
        print(_wrapped(passage.words))
        for coder, spans in ((a, passage.a), (b, passage.b)):
            if spans:
                print(f"  {coder}: {', '.join(f'{start}-{end}' for start, end in spans)}")
    counts = [(name, sum(one == key for one, _ in found)) for key, name in named.items()]
    told = ", ".join(f"{count} {name}" for name, count in counts if count)
    tell(f"{told}, in {what_is_counted(unit, counted)}." if told else "There are none.")


@agreement.command("plan")
def plan(
    ctx: typer.Context,
    prevalence: Annotated[float, typer.Option(help="The share of units that will have the code, as 0.1.")],
    half_width: Annotated[float, typer.Option(help="Half the width of the interval wanted, as 0.1.")],
    kappa: Annotated[float | None, typer.Option(help="The kappa expected; or --percent.")] = None,
    percent: Annotated[float | None, typer.Option(help="The share of agreement expected, as 0.95.")] = None,
    level: Annotated[float, typer.Option(help="Of the interval, between 0 and 1.")] = 0.95,
    unit: Unit = "turn",
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    as_json: AsJson = False,
) -> None:
    """How much must be double-coded for an interval as narrow as one wants it."""
    study = opened(ctx)
    refuse_if_reflexive(study)
    expected = expect(prevalence, percent=percent, kappa=kappa)
    needed = plan_double_coding(
        study, expected, half_width, level=level, unit=unit, counted=counted, sources=sources
    )
    if as_json:
        print_json(_needed_json(needed, unit))
        return
    rows = [
        ("kappa", expected.kappa, needed.for_kappa, needed.sources_for_kappa),
        ("percent agreement", expected.percent, needed.for_percent, needed.sources_for_percent),
    ]
    print_table(("for an interval of", "expected", f"{unit}s", "sources"), rows)
    tell(
        f"So many for {level:.0%} within {half_width:g} on either side, counted in "
        f"{what_is_counted(unit, counted)}. A source has {needed.units_per_source:.0f} on average, and the "
        f"study {len(list_sources(study))} sources. Taken for granted: both coders give the code to "
        f"{prevalence:.0%} of them, and they are independent of one another. Those of one conversation are "
        "not quite, so this is the least that is needed."
    )


def _refuse_options_before(ctx: typer.Context) -> None:
    """A report has options of its own; what stands before its name would not be heeded."""
    sources = [ctx.get_parameter_source(name) for name in ctx.params]
    if any(source is not None and source.name == "COMMANDLINE" for source in sources):
        raise BadInput(
            f"Options stand after '{ctx.invoked_subcommand}'.",
            f"Write: qualbench agreement {ctx.invoked_subcommand} --coders AB,CD.",
        )


def _draw(study: Study, compared: Compared, book: Codebook, output: Path) -> None:
    from qualbench.exchange.agreement_chart import agreement_as_svg
    from qualbench.exchange.gates import gate

    words = agreement_table([compared], book).words
    with gate(study, output, holds_texts=False, words=words) as draft:
        draft.write_text(agreement_as_svg(*compared, book), "utf-8")
    tell(f"Wrote {output}.")


def _show_differences(study: Study, found: Sequence[Agreement], form: str) -> None:
    """What a study shows that holds with no coefficients: the places to talk over."""
    words = wording(read_stance(study))
    queues = [read_queue(study, one.coders) for one in found]
    book = read_codebook(study)
    if form == "json":
        null = dict.fromkeys(COEFFICIENTS)
        print_json(
            one_or_several(
                [
                    agreement_json(one, book, lambda code, cells: null, None)
                    | {"why_null": NO_COEFFICIENTS, "differences": [item_json(item) for item in queue.items]}
                    for one, queue in zip(found, queues, strict=True)
                ]
            )
        )
        return
    if form != "table":
        refuse_if_reflexive(study)
    for queue in queues:
        for item in queue.items:
            print_item(item, book)
        a, b = queue.coders
        called = words.difference if len(queue.items) == 1 else words.differences
        tell(f"{NO_COEFFICIENTS} {len(queue.items)} {called} of {a} (A) and {b} (B), to be {words.decided}.")


def _wrapped(words: str) -> str:
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    return textwrap.fill(words, width, initial_indent="  ", subsequent_indent="  ")


def _passage_json(cell: str, passage: PassageBehind) -> dict[str, Any]:
    def spans(of: Sequence[tuple[int, int]]) -> list[list[int]]:
        return [list(span) for span in of]

    return {
        "cell": cell,
        "source": passage.source,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": passage.words,
        "a": spans(passage.a),
        "b": spans(passage.b),
    }


def _needed_json(needed: Needed, unit: str) -> dict[str, Any]:
    expected = needed.expected
    return {
        "unit": unit,
        "prevalence": expected.prevalence,
        "kappa": expected.kappa,
        "percent": expected.percent,
        "half_width": needed.half_width,
        "level": needed.level,
        "units_for_kappa": needed.for_kappa,
        "units_for_percent": needed.for_percent,
        "units_per_source": needed.units_per_source,
        "sources_for_kappa": needed.sources_for_kappa,
        "sources_for_percent": needed.sources_for_percent,
    }
