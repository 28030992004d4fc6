"""Importing transcripts and reading sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened
from qualbench.cli.output import print_json, print_table, progress_line, tell, tell_faults
from qualbench.cli.study import AsJson, Coder
from qualbench.transcripts.importing import FileImported, import_files
from qualbench.transcripts.sources import SourceRead, SourceSummary, list_sources, read_source

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
    study = opened(ctx, coder)
    report = import_files(study, paths, manifest=manifest, dry_run=dry_run, progress=progress_line("Reading"))
    for file in report.imported:
        print(f"{file.name}: {_described(file)}")
        for note in file.notes:
            tell(f"  {note}")
    tell_faults(report.faults)
    verb = "would come in" if dry_run else "imported"
    tell(f"{len(report.imported)} transcripts {verb}, {len(report.faults)} problems.")
    if report.faults:
        raise typer.Exit(1)


@commands.command("sources")
def sources(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One source, to print it.")] = None,
    as_json: AsJson = False,
) -> None:
    """List sources, or print one."""
    study = opened(ctx)
    if name is not None:
        source = read_source(study, name)
        if as_json:
            print_json(_source_json(source))
        else:
            print(source.text)
        return
    found = list_sources(study)
    if as_json:
        print_json([_summary_json(summary) for summary in found])
        return
    print_table(
        ("source", "kind", "stakeholders", "timepoint", "site", "mode", "state", "words"),
        [
            (s.name, s.kind, ", ".join(s.stakeholders) or None, s.timepoint, s.site, s.mode, s.state, s.words)
            for s in found
        ],
    )
    if not found:
        tell("No sources yet. Bring some in: qualbench import FOLDER --manifest CSV")


def _described(file: FileImported) -> str:
    speakers = ", ".join(
        f"{found.label or 'no label'} {found.turns} ({found.participant or found.role})"
        for found in file.speakers
    )
    return f"{file.format}, {file.words} words, {file.turns} turns: {speakers}"


def _summary_json(summary: SourceSummary) -> dict[str, object]:
    return {
        "name": summary.name,
        "kind": summary.kind,
        "timepoint": summary.timepoint,
        "site": summary.site,
        "mode": summary.mode,
        "state": summary.state,
        "words": summary.words,
        "stakeholders": list(summary.stakeholders),
        "date": summary.date,
    }


def _source_json(source: SourceRead) -> dict[str, object]:
    turns = [
        {
            "n": turn.n,
            "start": turn.start,
            "end": turn.end,
            "speaker": turn.speaker,
            "participant": turn.participant,
            "role": turn.role,
            "time": turn.time,
        }
        for turn in source.turns
    ]
    return {**_summary_json(source.summary), "text": source.text, "turns": turns}
