"""The team from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.errors import Refused
from qualbench.study import team

commands = typer.Typer()
members = typer.Typer(help="Who is in the team, in which role, with which login.")
commands.add_typer(members, name="team")


@members.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the members of the team."""
    found = team.list_team(opened(ctx))
    if as_json:
        print_json(
            [
                {"coder": one.initials, "role": one.role, "login": one.login, "blinded": one.blinded}
                for one in found
            ]
        )
        return
    print_table(
        ("", "role", "login", ""),
        [(o.initials, o.role, o.login or "", "blind to the arms" if o.blinded else "") for o in found],
    )


@members.command("add")
def add(
    ctx: typer.Context,
    initials: Annotated[str, typer.Argument(metavar="INITIALS")],
    role: Annotated[str, typer.Option(help="lead, coder or reader.")] = team.CODER,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Where to write the invitation (PostgreSQL).")
    ] = None,
    coder: Coder = None,
) -> None:
    """Take somebody into the team, or give a member another role or a new password."""
    study = opened_to_change(ctx, coder)
    if study.on_sqlite and output is not None:
        raise Refused("A study on SQLite has no logins to invite to.", "Leave out -o.")
    file = output or Path(f"{initials}.invitation")
    if not study.on_sqlite and file.exists():
        raise Refused(f"{file} exists already.", "Choose another name with -o.")
    invitation = team.add_member(study, initials, role)
    if invitation is None:
        tell(f"{initials} is a {role} now. On SQLite that codings are hidden is the program's promise.")
        return
    team.write_invitation(invitation, file)
    tell(f"{initials} is a {role} now. {file} holds a password: hand it over safely, then remove it.")
    tell(f"{initials} opens the study with: qualbench join {file.name} DIR")


@members.command("remove")
def remove(
    ctx: typer.Context,
    initials: Annotated[str, typer.Argument(metavar="INITIALS")],
    coder: Coder = None,
) -> None:
    """Take somebody out of the team; their work stays."""
    team.remove_member(opened_to_change(ctx, coder), initials)
    tell(f"{initials} is no longer in the team; what they coded and wrote stays.")


@members.command("blind")
def blind(
    ctx: typer.Context,
    initials: Annotated[str, typer.Argument(metavar="INITIALS")],
    take_back: Annotated[bool, typer.Option("--take-back", help="They may know the arms after all.")] = False,
    reason: Annotated[str, typer.Option(help="Why; needed to take it back.")] = "",
    coder: Coder = None,
) -> None:
    """Say that somebody must not know the arms of the trial: they get only sources that were cleared."""
    team.set_blinded(opened_to_change(ctx, coder), initials, blinded=not take_back, reason=reason)
    tell(
        f"{initials} sees every source again, and the arms once they are unsealed."
        if take_back
        else f"{initials} sees only sources that are cleared now: qualbench arms clear SOURCE"
    )


@commands.command("join")
def join(
    file: Annotated[Path, typer.Argument(metavar="INVITATION")],
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
) -> None:
    """Open a team's study on this machine, from an invitation."""
    study = team.join(file, folder)
    study.close()
    tell(f"{study.folder} opens the study for {study.coder}. Remove {file} now: it holds your password.")
