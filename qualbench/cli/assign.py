"""Who codes what, from the command line."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import coders_json, print_json, print_table, tell
from qualbench.coding import assigning
from qualbench.coding.progress import states_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.states import FINISHED
from qualbench.transcripts.sources import list_sources

commands = typer.Typer()

_BY = ",".join(assigning.BY)


@commands.command("assign")
def assign(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]")] = None,
    coders: Annotated[str | None, typer.Option(metavar="AB,CD", help="Who is to code them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All sources.")] = False,
    share: Annotated[
        str | None, typer.Option("--sample", metavar="SHARE", help="A sample of them, such as 0.2.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the sample: a whole number; the same draws the same again.")
    ] = None,
    by: Annotated[str, typer.Option(help="What the sample is spread over; '' for nothing.")] = _BY,
    remove: Annotated[bool, typer.Option("--remove", help="Take assignments back.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show who is how far with which source.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Say who codes which sources, or draw a sample to be coded by several."""
    if show:
        _show(opened(ctx, coder), as_json)
        return
    if (every and sources) or not (every or sources or share):
        raise BadInput("It is not said which sources.", "Name them, or add --all, or --sample 0.2 --seed 7.")
    if (share is None) != (seed is None):
        raise BadInput("A sample has a share and a seed.", "Write --sample 0.2 --seed 7.")
    if remove and (share or dry_run):
        raise BadInput("What is taken back is named.", "Name the sources, or add --all.")
    who = list(dict.fromkeys(name.strip() for name in (coders or "").split(",") if name.strip()))
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    names = sources or [source.name for source in list_sources(study)]
    if remove:
        tell(f"{counted(assigning.unassign(study, names, who).new, 'assignment')} taken back.")
        return
    drawn = None
    how = f"all {counted(len(names), 'source')}" if every else ""
    if share is not None and seed is not None:
        attributes = [name.strip() for name in by.split(",") if name.strip()]
        drawn = assigning.sample(study, _share(share), seed, attributes, names)
        names, how = drawn.chosen, drawn.method
    if dry_run:
        done = assigning.plan_assignment(study, names, who)
    else:
        done = assigning.assign(study, names, who, how)
    if as_json:
        print_json(_json(done, drawn, who, dry_run))
        return
    if drawn is not None:
        rows = [
            (*one.stratum, len(one.chosen), len(one.sources), ", ".join(one.chosen)) for one in drawn.drawn
        ]
        print_table((*drawn.by, "drawn", "of", "sources"), rows)
        tell(f"Drawn: {drawn.method}.")
    made = f"{counted(done.new, 'assignment')} {'to be made' if dry_run else 'made'}"
    tell(f"{made}{f', {done.there} there already' if done.there else ''}.")


def _share(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"'{text}' is no share.", "Write --sample 0.2 for a fifth.") from None


def _json(
    done: assigning.Assigned, drawn: assigning.Sample | None, coders: list[str], dry_run: bool
) -> dict[str, object]:
    found: dict[str, object] = {
        "sources": done.sources,
        "coders": coders,
        "new": done.new,
        "there": done.there,
        "dry_run": dry_run,
    }
    if drawn is not None:
        found["sample"] = {
            "share": float(drawn.share),
            "seed": drawn.seed,
            "by": list(drawn.by),
            "strata": [
                {
                    **dict(zip(drawn.by, one.stratum, strict=True)),
                    "sources": len(one.sources),
                    "chosen": list(one.chosen),
                }
                for one in drawn.drawn
            ],
        }
    return found


def _show(study: Study, as_json: bool) -> None:
    states = states_of(study)
    if as_json:
        print_json(
            [
                {"source": source.name, "coders": coders_json(states.get(source.name, {}))}
                for source in list_sources(study)
            ]
        )
        return
    coders = sorted({coder for of_source in states.values() for coder in of_source})
    rows = [(name, *(of_source.get(coder) for coder in coders)) for name, of_source in sorted(states.items())]
    print_table(("source", *coders), rows)
    if not states:
        tell("Nobody is assigned to any source, and anybody may code any.")
    for coder in coders:
        mine = [of_source[coder] for of_source in states.values() if coder in of_source]
        tell(f"{coder} has finished {mine.count(FINISHED)} of {len(mine)}.")
