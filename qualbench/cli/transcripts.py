"""Importing transcripts, and what is said of sources afterwards."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from qualbench.cli.app import opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, progress_line, tell, tell_faults
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.transcripts.candidates import Candidate
from qualbench.transcripts.duplicates import CHOICES
from qualbench.transcripts.importing import ImportReport, find_files, import_files
from qualbench.transcripts.manifest import write_template
from qualbench.transcripts.participants import assign_speaker
from qualbench.transcripts.sources import mark_checked, rename_source

commands = typer.Typer()

_PASSAGES_SHOWN = 10


@commands.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files, or folders of files.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .csv or .xlsx table with a row a file.")
    ] = None,
    pattern: Annotated[
        str | None, typer.Option(help="What file names say: '{participant}_{timepoint}_{site}'.")
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="A=B", help="Take label A for B; may be repeated.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="A", help="Take A before a colon for a label; may be repeated."),
    ] = None,
    not_a_label: Annotated[
        list[str] | None, typer.Option(metavar="A", help="Take label A for words; may be repeated.")
    ] = None,
    duplicates: Annotated[
        str | None, typer.Option(help="Of files like a source: skip, keep (both) or replace (the source).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; import nothing.")] = False,
    template: Annotated[
        bool, typer.Option("--template", help="Write an empty manifest and list of participants.")
    ] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Import transcripts."""
    if template:
        _write_template(paths or [])
        return
    if not paths:
        raise BadInput("No file or folder is named.", "qualbench import FOLDER --manifest FILE")
    if duplicates is not None and duplicates not in CHOICES:
        raise BadInput(f"'{duplicates}' is not one of {', '.join(CHOICES)}.")
    study = opened_to_change(ctx, coder)
    report = import_files(
        study,
        paths,
        manifest=manifest,
        pattern=pattern,
        labels=_labels(merge or [], label or [], not_a_label or []),
        duplicates=duplicates,
        dry_run=dry_run,
        progress=progress_line("Reading"),
    )
    if as_json:
        print_json(_report_json(report))
    else:
        _print_report(study, report, dry_run)
    tell_faults(report.faults)
    for note in report.notes:
        tell(note)
    if manifest is None and pattern is None and report.imported:
        tell("Without --manifest or --pattern sources have no timepoint, site or mode.")
    if report.skipped:
        tell(f"Left out as in the study already: {len(report.skipped)}.")
    if report.stopped:
        tell("Stopped; what had come in stays.")
    verb = "that would come in" if dry_run else "imported"
    tell(f"Transcripts {verb}: {len(report.imported)}. Problems: {len(report.faults)}.")
    if report.faults or report.stopped:
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


@commands.command("speaker")
def speaker(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    label: Annotated[str, typer.Argument(metavar="LABEL", help="The label, or '*' for talk without one.")],
    participant: Annotated[str | None, typer.Option(metavar="ID", help="A participant speaks.")] = None,
    interviewer: Annotated[bool, typer.Option("--interviewer", help="An interviewer speaks.")] = False,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody whose words count speaks.")] = False,
    coder: Coder = None,
) -> None:
    """Say who speaks under a label of a source."""
    if (participant is not None) + interviewer + nobody != 1:
        raise BadInput(
            "Who speaks is to be said once.", "Give one of --participant ID, --interviewer, --nobody."
        )
    assign_speaker(opened_to_change(ctx, coder), source, label, participant, interviewer=interviewer)
    who = f"is {participant}" if participant else "is an interviewer" if interviewer else "counts for nobody"
    tell(f"In {source}, {label} {who}.")


@commands.command("checked")
def checked(
    ctx: typer.Context,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...")],
    take_back: Annotated[bool, typer.Option("--take-back", help="It was not checked after all.")] = False,
    coder: Coder = None,
) -> None:
    """Mark sources as checked against their recordings."""
    study = opened_to_change(ctx, coder)
    mark_checked(study, sources, take_back=take_back)
    verb = "has taken back the check of" if take_back else "has checked"
    tell(f"{study.coder} {verb} {', '.join(sources)}.")


def _write_template(paths: list[Path]) -> None:
    files, notes = find_files(paths)
    folder = next((path if path.is_dir() else path.parent for path in paths), Path("."))
    for file in write_template(folder, [file.name for file in files]):
        print(file)
    for note in notes:
        tell(note)
    tell(
        f"Files listed: {len(files)}. Fill in the columns, then: "
        f"qualbench import {folder} --manifest {folder / 'manifest.csv'}"
    )


def _labels(merge: list[str], also: list[str], not_labels: list[str]) -> dict[str, str | None]:
    labels: dict[str, str | None] = {**dict.fromkeys(not_labels), **{label: label for label in also}}
    for pair in merge:
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not (old and equals and new):
            raise BadInput(
                f"'{pair}' does not say which label is which.", "Write --merge 'Intervewer=Interviewer'."
            )
        labels[old] = new
    return labels


def _print_report(study: Study, report: ImportReport, dry_run: bool) -> None:
    for file in [*report.imported, *report.waiting] if dry_run else report.imported:
        instead = f" (now the text of {file.file})" if file.replacement is not None else ""
        print(f"{file.name}{instead}: {_described(file)}")
        if dry_run:
            _print_preview(file)
        _print_likeness(study, file)
        for note in file.notes:
            tell(f"  {file.name}: {note}")
    for file in [] if dry_run else report.waiting:
        _print_likeness(study, file)


def _described(file: Candidate) -> str:
    speakers = ", ".join(
        f"{found.label or 'no label'} {found.turns} ({found.participant or found.role})"
        for found in file.speakers
    )
    encoding = f", {file.transcript.encoding}" if file.transcript.encoding else ""
    turns = len(file.transcript.turns)
    return f"{file.format}{encoding}, {file.words} words, {turns} turns: {speakers}"


def _print_preview(file: Candidate) -> None:
    a = file.attributes
    said = [value for value in (a.kind, a.timepoint, a.site, a.date, a.mode) if value]
    if said:
        print(f"  {', '.join(said)}")
    for found in file.speakers:
        print(f"  {found.label or 'no label'}: {found.sample}")
    text, turns = file.transcript.text, file.transcript.turns
    for which, turn in (("first turn", turns[0]), ("last turn", turns[-1])):
        print(f"  {which}: {shorten(text[turn.label_start : turn.end], 100, placeholder=' …')}")


def _print_likeness(study: Study, file: Candidate) -> None:
    like = file.likeness
    if like is None or like.same:
        return
    print(
        f"  {file.file} is {like.percent} the same as {like.source}; "
        f"passages that differ: {len(like.differing)}"
    )
    for old, new in like.relabelled[:_PASSAGES_SHOWN]:
        print(f"    label {old} is now {new}")
    for before, after in like.passages(_PASSAGES_SHOWN):
        print(f"    - {before}\n    + {after}")
    if len(like.differing) > _PASSAGES_SHOWN:
        print(f"    and {len(like.differing) - _PASSAGES_SHOWN} more")
    if file.replacement is None:
        return
    print(f"  codings, decisions and memos that move along: {file.replacement.moved}")
    hidden = 0
    for lost in file.replacement.stranded:
        if lost.layer in (study.coder, AGREED, None):
            start, end = lost.span
            words = " ".join(like.text[start:end].split())[:80]
            print(f"    cannot be placed: {lost.layer or 'decision'} {start}-{end}: {words}")
        else:
            hidden += 1
    if hidden:
        print(f"    cannot be placed: {hidden} of other coders")


def _report_json(report: ImportReport) -> dict[str, object]:
    return {
        "imported": [_candidate_json(file) for file in report.imported],
        "skipped": [_candidate_json(file) for file in report.skipped],
        "waiting": [_candidate_json(file) for file in report.waiting],
        "faults": [{"message": fault.message, "hint": fault.hint} for fault in report.faults],
    }


def _candidate_json(file: Candidate) -> dict[str, object]:
    a, like = file.attributes, file.likeness
    return {
        "file": file.file,
        "name": file.name,
        "format": file.format,
        "encoding": file.transcript.encoding,
        "words": file.words,
        "turns": len(file.transcript.turns),
        "kind": a.kind,
        "timepoint": a.timepoint,
        "site": a.site,
        "date": a.date,
        "mode": a.mode,
        "speakers": [
            {
                "label": found.label,
                "turns": found.turns,
                "role": found.role,
                "participant": found.participant,
                "sample": found.sample,
                "like": found.like,
            }
            for found in file.speakers
        ],
        "notes": file.notes,
        "like": {"source": like.source, "share": like.share, "passages": len(like.differing)}
        if like
        else None,
    }
