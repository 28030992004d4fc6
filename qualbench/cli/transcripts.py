"""Importing transcripts and naming sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened_to_change
from qualbench.cli.options import Coder
from qualbench.cli.output import progress_line, tell, tell_faults
from qualbench.transcripts.importing import FileImported, import_files
from qualbench.transcripts.sources import rename_source

commands = typer.Typer()


@commands.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.")],
    manifest: Annotated[Path | None, typer.Option(metavar="CSV", help="A row a file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; import nothing.")] = False,
    coder: Coder = None,
) -> None:
    """Import transcripts."""
    study = opened_to_change(ctx, coder)
    report = import_files(study, paths, manifest=manifest, dry_run=dry_run, progress=progress_line("Reading"))
    for file in report.imported:
        print(f"{file.name}: {_described(file)}")
        for note in file.notes:
            tell(f"  {note}")
    tell_faults(report.faults)
    if manifest is None and report.imported:
        tell("Without --manifest no source has a timepoint, site or mode; 'qualbench undo' takes one back.")
    verb = "would come in" if dry_run else "imported"
    tell(f"{len(report.imported)} transcripts {verb}, {len(report.faults)} problems.")
    if report.faults:
        raise typer.Exit(1)


@commands.command("rename")
def rename(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    coder: Coder = None,
) -> None:
    """Give a source another name."""
    rename_source(opened_to_change(ctx, coder), source, name)
    tell(f"{source} is now {name}.")


def _described(file: FileImported) -> str:
    speakers = ", ".join(
        f"{found.label or 'no label'} {found.turns} ({found.participant or found.role})"
        for found in file.speakers
    )
    return f"{file.format}, {file.words} words, {file.turns} turns: {speakers}"
