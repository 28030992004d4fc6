"""The arms of the trial, and what may be read by who must not know them, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.passphrases import PassphraseFile, passphrase
from qualbench.errors import BadInput
from qualbench.evaluation import clearing
from qualbench.evaluation.arms import read_arms, seal_arms, unseal_arms

commands = typer.Typer()
arms = typer.Typer(invoke_without_command=True)
commands.add_typer(arms, name="arms")

ArmsFile = Annotated[Path, typer.Option("--file", metavar="FILE", help="The encrypted file of arms.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the journal.")]


@arms.callback()
def arms_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The arms of the trial: sealed outside the study until their holder opens them, on record."""
    if ctx.invoked_subcommand is not None:
        return
    found = read_arms(opened(ctx))
    if as_json:
        print_json(asdict(found))
        return
    if found.counts:
        print_table(("arm", "participants"), list(found.counts.items()))
    opened_by = f" {found.by} unsealed them on {found.at[:10]}." if found.by and found.at else ""
    tell(
        {
            "sealed": "The arms are sealed.",
            "unsealed": "The arms are unsealed.",
            "withheld": "You read blind to the arms.",
        }[found.state]
        + opened_by
    )


@arms.command("seal")
def seal(
    ctx: typer.Context,
    table: Annotated[Path, typer.Argument(metavar="CSV", help="id, arm")],
    file: ArmsFile,
    passphrase_file: PassphraseFile = None,
    coder: Coder = None,
) -> None:
    """Make an encrypted file of a table of arms; both lie outside the study, which takes nothing of them."""
    study = opened(ctx, coder)
    opens = passphrase(passphrase_file, "the file of arms", new=True)
    done = seal_arms(study, table, file, opens)
    tell(f"{file} holds the arms of {counted(done.participants, 'participant')}, encrypted.")
    if done.without:
        tell(f"Of the same groups, but not in it: {', '.join(done.without)}.")
    tell(f"Destroy {table} and every copy of it now. Keep the passphrase elsewhere than the file.")


@arms.command("unseal")
def unseal(
    ctx: typer.Context,
    file: ArmsFile,
    reason: Reason = "",
    passphrase_file: PassphraseFile = None,
    coder: Coder = None,
) -> None:
    """Bring the arms into the study: on record, and not to be taken back."""
    if not reason.strip():
        raise BadInput("Unsealing the arms needs its reason.", "Add --reason with what it is for.")
    study = opened_to_change(ctx, coder)
    opens = passphrase(passphrase_file, "the file of arms")
    number = unseal_arms(study, file, opens, reason)
    tell(
        f"The arms of {counted(number, 'participant')} are in the study; the journal says who unsealed them."
    )


@arms.command("clear")
def clear(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only list what tells the arm, and where.")] = False,
    despite: Annotated[
        bool, typer.Option("--despite", help="Clear also what tells the arm; with a reason.")
    ] = False,
    take_back: Annotated[bool, typer.Option("--take-back", help="Take clearances back.")] = False,
    reason: Reason = "",
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Clear sources for coders who read blind to the arms, or list what in them tells the arm."""
    if check:
        _check(ctx, sources or [], as_json, coder)
        return
    if not sources:
        raise BadInput("No source is named.", "Name some, or list all with --check.")
    study = opened_to_change(ctx, coder)
    if take_back:
        clearing.take_clearance_back(study, sources)
        tell("Taken back: blinded readers do not see them any more.")
        return
    telling = clearing.clear_sources(study, sources, despite=despite, reason=reason)
    tell(f"Cleared for blinded readers: {counted(len(set(sources)), 'source')}.")
    if telling:
        tell(f"They tell the arm all the same: {', '.join(telling)}.")


def _check(ctx: typer.Context, sources: list[str], as_json: bool, coder: str | None) -> None:
    found = clearing.check_sources(opened(ctx, coder), sources)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(
            ("source", "cleared by", "on", "words that tell the arm"),
            [
                (
                    one.source,
                    one.cleared_by or ("lapsed" if one.lapsed else None),
                    one.cleared_at and one.cleared_at[:10],
                    _words(one),
                )
                for one in found
            ],
        )
    telling = [one for one in found if one.tells]
    if telling:
        tell(f"{len(telling)} of {counted(len(found), 'source')} may tell the arm.")
        raise typer.Exit(1)
    tell("No word of the list stands there; 'qualbench settings' shows the list.")


def _words(one: clearing.SourceClearance) -> str:
    words = [f"{word} (in its name)" for word in one.in_name]
    words += [f"{place.word} at {place.start}" for place in one.places[:3]]
    more = len(one.places) - 3
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")
