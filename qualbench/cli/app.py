"""The entry point: finds the command, opens the study, and catches what goes wrong."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from qualbench import __version__
from qualbench.errors import QualbenchError

if TYPE_CHECKING:
    from qualbench.study.database import Study

COMMANDS = {
    "demo": ("demo", "Build the demonstration study, run every stage, export, open it."),
    "new": ("study", "Make a study."),
    "settings": ("settings", "The team's lists: sites, stakeholder types, timepoints, coders."),
    "team": ("team", "Who is in the team, in which role, with which login."),
    "join": ("team", "Open a team's study on this machine, from an invitation."),
    "bundle": ("bundle", "One coder's work, taken from one laptop to another."),
    "consent": ("consent", "Who has consented to be interviewed, and what waits for whom."),
    "participants": ("participants", "List participants, or import them."),
    "import": ("transcripts", "Import transcripts."),
    "rename": ("transcripts", "Give a source another name."),
    "speaker": ("transcripts", "Say who speaks under a label of a source."),
    "checked": ("transcripts", "Mark sources as checked against their recordings."),
    "sources": ("sources", "List sources, or print one; 'sources describe' counts them."),
    "redact": ("redact", "Find, decide on and seal what identifies people."),
    "codebook": ("codebook", "Show, change, version, import and export the codebook."),
    "code": ("code", "Add, import, change, remove and list codings."),
    "search": ("search", "Find words in the transcripts."),
    "assign": ("assign", "Say who codes which sources, or draw a sample to be coded by several."),
    "finish": ("code", "Mark sources as finished."),
    "memo": ("memo", "Write, list, show, edit and remove memos."),
    "read": ("memo", "Mark sources as read through by you."),
    "agreement": ("agreement", "How far two coders agree, code by code."),
    "reconcile": ("reconcile", "List and decide the differences of two coders."),
    "matrix": ("matrix", "Themes by stakeholder, timepoint and other attributes."),
    "unasked": ("matrix", "Mark topics as not asked about in sources, or list such marks."),
    "quotes": ("quotes", "Coded words with labels that point at nobody."),
    "framework": ("framework", "Written summaries, case by theme, with links to quotes."),
    "trajectory": ("trajectory", "A theme over time: a row a family, a column a timepoint."),
    "cooccurrence": ("cooccurrence", "How often two codes are on the same words, or near each other."),
    "saturation": ("saturation", "New codes per source, in the order of collection."),
    "open": ("open", "Make a study from another program's project."),
    "export": ("export", "Write files for NVivo, Word and Excel."),
    "phases": ("reporting", "What is there of each phase of the analysis, and what is missing."),
    "checklist": (
        "reporting",
        "COREQ and Braun & Clarke's 15 points, filled from the study as far as it knows.",
    ),
    "plan": ("plan", "The sampling plan: who is to be talked to, who was, and what is wanting."),
    "arms": (
        "arms",
        "The arms of the trial: sealed outside the study until their holder opens them, on record.",
    ),
    "criteria": ("criteria", "The criteria by which the trial goes on, and how each stands."),
    "issues": ("issues", "What the talk brought up and the trial has to act on."),
    "theory": ("theory", "The theory of change: boxes, arrows, and what themes say of them."),
    "pack": ("pack", "Theme cards for parent collaborators, and their answers."),
    "log": ("study", "The journal of all changes, or the history of the coding frame as a document."),
    "undo": ("study", "Take back your last change."),
    "redo": ("study", "Make it again."),
    "check": ("study", "Prove that the study is whole."),
    "move": ("study", "Move the study to another database."),
    "backup": ("study", "Write the whole study to one file."),
    "restore": ("study", "Make a study from a backup."),
}
"""Each command with its module in `qualbench.cli` and its line of help. Modules are loaded when used, so
that help and small commands start at once; a test holds the lines against the functions' own."""


class _LazyGroup(TyperGroup):
    """The commands by name, loading the module of one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        group: typer.Typer = _loaded(f"qualbench.cli.{COMMANDS[cmd_name][0]}").commands
        command = typer.main.get_group(group)
        return command.get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _loaded(name: str) -> Any:
    """The module of a command. Nothing it loads is garbage before the command ends: looking through it again
    and again while it is loaded, and once more at the end, would take a fifth of the time of a small one."""
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(
    cls=_LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    no_args_is_help=False,
)


class Context:
    """What the options before the command said."""

    def __init__(self, folder: Path, coder: str | None) -> None:
        self.folder = folder
        self.coder = coder


@app.callback()
def qualbench(
    ctx: typer.Context,
    study: Annotated[
        Path, typer.Option("--study", help="The study folder.", envvar="QUALBENCH_STUDY")
    ] = Path("."),
    coder: Annotated[
        str | None, typer.Option("--coder", help="Your initials.", envvar="QUALBENCH_CODER")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """A terminal workbench for the qualitative process evaluation of a trial.

    Without a command it opens the workbench on the study.
    """
    ctx.obj = Context(study, coder)
    if version:
        print(f"qualbench {__version__}")
    elif ctx.invoked_subcommand is None:
        from qualbench.tui.app import run_workbench

        run_workbench(study, coder)


def opened(ctx: typer.Context, coder: str | None = None) -> Study:
    """Open the study that the command line names.

    Args:
        ctx: The context of the command.
        coder: What `--coder` after the command said; it goes before the one ahead of the command.
    """
    from qualbench.study.database import open_study

    study = open_study(ctx.obj.folder, coder=coder or ctx.obj.coder)
    ctx.call_on_close(study.close)
    return study


def opened_to_change(ctx: typer.Context, coder: str | None = None) -> Study:
    """Open the study for a command that changes it, after the backup of the day."""
    from qualbench.study.backups import backup_daily

    study = opened(ctx, coder)
    try:
        backup_daily(study)
    except QualbenchError as error:
        print(f"No backup was written today. {error}", file=sys.stderr)
    return study


def main() -> None:
    """Run the command line; a mistake that a person can put right is told in a sentence, with exit code 1."""
    try:
        app(standalone_mode=True)
    except QualbenchError as error:
        print(error.message, file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be read or written: {error.strerror}.", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
