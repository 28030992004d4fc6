"""The demonstration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.output import print_table, tell
from qualbench.demonstration import TITLE, build_demonstration
from qualbench.errors import Refused
from qualbench.exchange.everything import export_all
from qualbench.study.database import open_study
from qualbench.study.local import SETTINGS_FILE
from qualbench.study.settings import read_study_settings

commands = typer.Typer()


@commands.command("demo")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the study goes.")] = Path(
        "qualbench-demo"
    ),
    exports: Annotated[
        Path | None, typer.Option(help="Where the exports go; DIR/exports if not given.")
    ] = None,
    ui: Annotated[bool, typer.Option("--ui/--no-ui", help="Open the workbench afterwards.")] = True,
) -> None:
    """Build the demonstration study, run every stage, export, open it."""
    exports = exports or folder / "exports"
    if (folder / SETTINGS_FILE).exists():
        study = open_study(folder)
        if read_study_settings(study).title != TITLE:
            study.close()
            raise Refused(
                f"{folder} holds a study of your own.", "Choose another folder: qualbench demo DIR."
            )
        exported = export_all(study, exports)
        tell(
            f"{folder} holds the demonstration already; it is kept as you left it, its exports written anew."
        )
        tell(f"To build it from nothing, remove the folder {folder}.")
    else:
        study, stages, exported = build_demonstration(folder, exports, lambda stage: tell(f"{stage} ..."))
        print_table(("stage", "what it did"), [(stage.name, stage.did) for stage in stages])
        print()
    print_table(("file", "what it holds"), [(str(one.path), one.holds) for one in exported])
    study.close()
    tell(f"Open the workbench again with: qualbench --study {folder}")
    if ui and sys.stdin.isatty() and sys.stdout.isatty():
        from qualbench.tui.app import run_workbench

        run_workbench(folder)
