"""The team's lists."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.errors import BadInput
from qualbench.study.settings import (
    LISTS,
    add_coder,
    add_to_list,
    read_stance,
    read_study_settings,
    set_stance,
)
from qualbench.study.stance import NO_COEFFICIENTS, wording

commands = typer.Typer()
settings = typer.Typer(invoke_without_command=True)
commands.add_typer(settings, name="settings")


@settings.callback()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The team's lists: sites, stakeholder types, timepoints, coders."""
    if ctx.invoked_subcommand is not None:
        return
    found = asdict(read_study_settings(opened(ctx)))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):18} {', '.join(value) if isinstance(value, list) else value}")


@settings.command("add")
def add(
    ctx: typer.Context,
    list_name: Annotated[
        str, typer.Argument(metavar="LIST", help="site, stakeholder, timepoint, unmasking or coder.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    coder: Coder = None,
) -> None:
    """Add a site, stakeholder type, timepoint, unmasking word or coder."""
    study = opened_to_change(ctx, coder)
    if list_name == "coder":
        add_coder(study, name)
    elif list_name in LISTS:
        add_to_list(study, list_name, name)
    else:
        raise BadInput(f"'{list_name}' is not a list.", f"Use one of {', '.join(LISTS)}, coder.")
    tell(f"Added the {list_name} '{name}'.")


@settings.command("stance")
def stance(
    ctx: typer.Context,
    new: Annotated[
        str | None, typer.Argument(metavar="[STANCE]", help="reflexive, codebook or reliability.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; needed once something is coded or released.")] = "",
    coder: Coder = None,
    as_json: AsJson = False,
) -> None:
    """Show or set the kind of thematic analysis: reflexive, codebook or reliability."""
    if new is None:
        study = opened(ctx, coder)
    else:
        study = opened_to_change(ctx, coder)
        set_stance(study, new, reason)
    present = read_stance(study)
    words = wording(present)
    if as_json:
        print_json({"stance": present, "kind": words.kind, "coefficients": words.coefficients})
        return
    print(present)
    tell(f"The study is {words.kind}. {words.themes} {words.second_coder}")
    if not words.coefficients:
        tell(NO_COEFFICIENTS)


Why = Annotated[str, typer.Option("--reason", help="Why; kept beside the journal.")]


@settings.command("consent")
def consent(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="required or not-required.")],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Say whether coding and exports wait for the consent of everybody who speaks."""
    from qualbench.evaluation.consent import set_consent_rule

    study = opened_to_change(ctx, coder)
    set_consent_rule(study, rule, reason)
    tell(f"Consent is now {read_study_settings(study).consent} before coding.")


@settings.command("smallest-group")
def smallest_group(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N")],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Say how many people there must be to be told apart in labels, matrices and counts."""
    from qualbench.evaluation.consent import set_smallest_group

    set_smallest_group(opened_to_change(ctx, coder), number, reason)
    tell(f"Fewer than {number} people are no longer told apart.")
