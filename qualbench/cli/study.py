"""Making, checking and keeping a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.coding import undoing
from qualbench.coding.blind import log_in_view
from qualbench.errors import BadInput
from qualbench.study import backups, journal
from qualbench.study.access import is_restricted
from qualbench.study.database import create_study
from qualbench.study.integrity import check_study
from qualbench.study.moving import move_study
from qualbench.study.settings import check_initials, set_up

commands = typer.Typer()


@commands.command("new")
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    title: Annotated[str | None, typer.Option(help="The title of the study.")] = None,
    coder: Coder = None,
    database: Annotated[str | None, typer.Option(help="A PostgreSQL address, for a team.")] = None,
    consent: Annotated[
        str, typer.Option(help="required: coding waits for everybody's; or not-required.")
    ] = "required",
) -> None:
    """Make a study."""
    from qualbench.evaluation.consent import read_rule

    rule = read_rule(consent)
    if coder is not None:
        check_initials(coder)
    study = create_study(folder, coder=coder, database=database)
    set_up(study, title or folder.absolute().name, consent=rule)
    study.close()
    tell(f"Made a study in {study.folder}. Next, there: qualbench import --template FOLDER writes the tables")
    tell(
        "of files and participants; fill them in, import the participants, then the folder with its manifest."
    )
    if coder is None:
        tell(
            "Nobody is at work in it yet: qualbench settings add coder AB, then --coder AB with each change."
        )


@commands.command("log")
def log(
    ctx: typer.Context,
    form: Annotated[
        str, typer.Option("--format", help="text, json; md, docx for the history of the coding frame.")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Write the history to a file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The journal of all changes, or the history of the coding frame as a document."""
    if form in ("md", "docx"):
        from qualbench.cli.reporting import write_history

        write_history(opened(ctx), form, output)
        return
    if form not in ("text", "json"):
        raise BadInput(f"'{form}' is not a format.", "Use text, json, md or docx.")
    if output is not None:
        raise BadInput(f"'{form}' goes to standard output.", "Use --format md or docx with -o.")
    events = log_in_view(opened(ctx))
    if as_json or form == "json":
        print_json(
            [
                {"seq": e.seq, "at": e.at, "coder": e.coder, "action": e.action, "summary": e.summary}
                for e in events
            ]
        )
    else:
        print_table(
            ("", "when (UTC)", "who", "what"),
            [(e.seq, e.at[:19].replace("T", " "), e.coder, e.summary) for e in events],
        )


@commands.command("undo")
def undo(ctx: typer.Context, coder: Coder = None) -> None:
    """Take back your last change."""
    tell(f"Undid: {undoing.undo(opened_to_change(ctx, coder)).summary}.")


@commands.command("redo")
def redo(ctx: typer.Context, coder: Coder = None) -> None:
    """Make it again."""
    tell(f"Redid: {undoing.redo(opened_to_change(ctx, coder)).summary}.")


@commands.command("check")
def check(ctx: typer.Context) -> None:
    """Prove that the study is whole."""
    study = opened(ctx)
    faults = check_study(study)
    for fault in faults:
        print(fault)
    if faults:
        tell("Restore a backup: qualbench restore FILE DIR.")
        raise typer.Exit(1)
    with study.read() as db:
        withheld = is_restricted(db)
    events = len(journal.read_log(study))
    if withheld:
        tell(f"What your login sees is whole: {events} events that fit, every text as recorded.")
        tell("The whole chain is proved by a lead, whose login sees all of it.")
    else:
        tell(f"The study is whole: {events} events in an unbroken chain, every text as recorded.")


@commands.command("backup")
def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write the whole study to one file."""
    backups.backup(opened(ctx), file)
    tell(f"Wrote and checked {file}.")


@commands.command("move")
def move(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="A PostgreSQL address, or: sqlite.")],
    coder: Coder = None,
) -> None:
    """Move the study to another database."""
    study = opened(ctx, coder)
    moved = move_study(study, to, tell)
    ctx.call_on_close(moved.close)
    events = len(journal.read_log(moved))
    tell(f"The study has moved, {events} events long: every row compared, the old database removed.")
    if not moved.on_sqlite:
        tell("Give each of the team a login of their own: qualbench team add CD")


@commands.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    coder: Coder = None,
) -> None:
    """Make a study from a backup."""
    backups.restore(file, folder, coder=coder).close()
    tell(f"Made a study in {folder} from {file}.")
