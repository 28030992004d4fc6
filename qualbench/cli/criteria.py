"""Progression criteria from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.criteria_reports import reports
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.errors import NotFound
from qualbench.evaluation.criteria import (
    SHIPPED,
    criteria_as_yaml,
    find_criterion,
    import_criteria,
    list_criteria,
    read_criteria,
)
from qualbench.evaluation.evidence import list_evidence, put_evidence, remove_evidence
from qualbench.evaluation.flow import Flow, import_flow, read_study_flow
from qualbench.evaluation.judging import Figure, Standing, flow_shares, judge, standings

commands = typer.Typer()
criteria = typer.Typer(help="The criteria by which the trial goes on, and how each stands.")
commands.add_typer(criteria, name="criteria")
criteria.add_typer(reports)

Id = Annotated[str, typer.Argument(metavar="ID")]
Reason = Annotated[str, typer.Option(help="What the colour rests on.")]


@criteria.command("show")
def show(
    ctx: typer.Context,
    id_: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    as_json: AsJson = False,
) -> None:
    """How each criterion stands: its numbers, its colour and where that comes from."""
    study = opened(ctx)
    found = standings(study)
    if id_ is not None:
        find_criterion([one.row for one in found], id_)
        found = [one for one in found if one.row.id == id_]
    if as_json:
        print_json([_json(one) for one in found])
        return
    for one in found:
        _print(one, whole=id_ is not None)
    if id_ is not None:
        for evidence in list_evidence(study, id_):
            what = f"passage {evidence.coding}" if evidence.coding else "code"
            print(f"   evidence {evidence.id}: {what} {evidence.code}{_note(evidence.note)}")
    if not found:
        tell(f"The study has no criteria yet: qualbench criteria import {SHIPPED[0]}")


@criteria.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FILE|NAME", help=f"A YAML file, or {', '.join(SHIPPED)}.")],
    coder: Coder = None,
) -> None:
    """Bring in criteria from a YAML file, or those that come with the program."""
    study = opened_to_change(ctx, coder)
    if name not in SHIPPED and not Path(name).is_file():
        raise NotFound(f"There is no file {name}.", f"With the program comes: {', '.join(SHIPPED)}.")
    done = import_criteria(study, read_criteria(name))
    tell(f"{len(done.added)} criteria added, {len(done.changed)} changed, {len(done.removed)} removed.")


@criteria.command("export")
def export(ctx: typer.Context) -> None:
    """Print the criteria as YAML, to be edited and imported again."""
    print(criteria_as_yaml(list_criteria(opened(ctx))), end="")


@criteria.command("flow")
def flow(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[CSV]", help="site, step, number, reason")] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """The numbers of the trial: who reached each step, and why others left; or take them from a table."""
    if file is None:
        _print_flow(read_study_flow(opened(ctx, coder)), as_json=as_json)
        return
    taken = import_flow(opened_to_change(ctx, coder), file)
    numbers = sum(len(of_site) for of_site in taken.counts.values())
    sites, reasons = counted(len(taken.counts), "site"), counted(len(taken.reasons), "reason")
    tell(f"{counted(numbers, 'number')} at {sites}, {reasons} for leaving.")


@criteria.command("judge")
def judge_(
    ctx: typer.Context,
    id_: Id,
    colour: Annotated[str, typer.Argument(metavar="COLOUR", help="green, amber or red.")],
    reason: Reason = "",
    coder: Coder = None,
) -> None:
    """Give a criterion the team's colour, where the protocol prints no rule."""
    standing = judge(opened_to_change(ctx, coder), id_, colour, reason)
    tell(f"Criterion {id_} is {standing.colour}, {standing.why}")


@criteria.command("link")
def link(
    ctx: typer.Context,
    id_: Id,
    code: Annotated[str | None, typer.Option(help="A theme or code that bears on it.")] = None,
    coding: Annotated[str | None, typer.Option(help="A coded passage, by its id.")] = None,
    note: Annotated[str, typer.Option(help="What it shows.")] = "",
    coder: Coder = None,
) -> None:
    """Put a theme, or a coded passage, to a criterion."""
    study = opened_to_change(ctx, coder)
    print(put_evidence(study, id_, code=code, coding=coding, note=note))
    tell(f"Put to criterion {id_}.")


@criteria.command("unlink")
def unlink(
    ctx: typer.Context,
    evidence: Annotated[str, typer.Argument(metavar="EVIDENCE")],
    coder: Coder = None,
) -> None:
    """Take evidence off a criterion, by the id that 'criteria show ID' gives."""
    remove_evidence(opened_to_change(ctx, coder), evidence)
    tell("Taken off.")


def _print_flow(found: Flow, *, as_json: bool) -> None:
    shares = flow_shares(found)
    if as_json:
        reasons = [
            {"site": site, "step": step, "reason": reason, "number": number}
            for (site, step, reason), number in found.reasons.items()
        ]
        print_json({"numbers": [_figure_json(one) for one in shares], "reasons": reasons})
        return
    for site in dict.fromkeys(one.site for one in shares):
        print(site or "all sites")
        for one in shares:
            if one.site != site:
                continue
            print(f"   {_told(one)}")
            for (where, step, reason), number in found.reasons.items():
                if step == one.step and site in (where, ""):
                    print(f"      left before: {reason} {number}{f' ({where})' if not site else ''}")
    if not found.counts:
        tell("There are no numbers of the trial yet: qualbench criteria flow FILE.csv")
    elif found.silent:
        tell(f"No number at all of {', '.join(found.silent)}.")


def _print(one: Standing, *, whole: bool) -> None:
    row = one.row
    print(f"{row.id}. {row.element}: {row.measurement}")
    if row.target:
        print(f"   target   {row.target}")
    if whole:
        for name in ("green", "amber", "red"):
            if getattr(row, name):
                print(f"   {name:<8} {getattr(row, name)}")
    for site in dict.fromkeys(figure.site for figure in one.figures):
        told = ", ".join(_told(figure) for figure in one.figures if figure.site == site)
        print(f"   {site or 'all sites':<8} {told}")
    for step, reasons in one.left.items():
        why = ", ".join(f"{reason} {number}" for reason, number in reasons.items())
        print(f"   left     before {step}: {why}")
    if one.lines:
        print(f"   lines    {', '.join(one.lines)}")
    print(f"   colour   {one.colour or 'none'} ({one.why})")
    for earlier in one.judgements[1:] if whole else ():
        print(f"   before   {earlier.colour} ({earlier.told})")


def _told(figure: Figure) -> str:
    if figure.share is None:
        return f"{figure.step} {figure.number}"
    share = figure.share
    return (
        f"{figure.step} {figure.number} ({share.share:.0%} of {share.of}, "
        f"90 % interval {100 * share.low:.0f}-{100 * share.high:.0f} %)"
    )


def _note(note: str) -> str:
    return f": {note}" if note else ""


def _json(one: Standing) -> dict[str, object]:
    return {
        **asdict(one.row),
        "colour": one.colour,
        "by_rule": one.by_rule,
        "why": one.why,
        "lines": list(one.lines),
        "left": {step: dict(reasons) for step, reasons in one.left.items()},
        "numbers": [_figure_json(figure) for figure in one.figures],
        "judgements": [asdict(judgement) for judgement in one.judgements],
    }


def _figure_json(figure: Figure) -> dict[str, object]:
    share = figure.share
    return {
        "site": figure.site or None,
        "step": figure.step,
        "number": figure.number,
        "of": share.of if share else None,
        "share": share.share if share else None,
        "interval": [share.low, share.high] if share else None,
    }
