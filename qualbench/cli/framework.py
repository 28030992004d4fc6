"""The framework matrix from the command line: cells are started, shown, edited and checked."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis import framework_writing as writing
from qualbench.analysis.document import counted
from qualbench.analysis.framework import STATES, Framework, read_framework, read_history
from qualbench.analysis.framework_cells import named
from qualbench.analysis.framework_links import dead_ends
from qualbench.analysis.framework_views import (
    case_in_words,
    cell_in_words,
    framework_as_json,
    framework_as_rows,
    table_as_markdown,
)
from qualbench.analysis.matrix import ROWS
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import json_text, print_json, print_table, tell
from qualbench.cli.tables import as_csv, form_of, put_text, shortened
from qualbench.codebook.tree import read_codebook
from qualbench.errors import BadInput, Refused
from qualbench.exchange.gates import gate
from qualbench.study.tables import AGREED

commands = typer.Typer()
framework = typer.Typer(help="Written summaries, case by theme, with links to quotes.")
commands.add_typer(framework, name="framework")

FORMATS = ("table", "md", "csv", "xlsx", "json")
_SHOWN = 70  # characters of a cell in the list
_WIDTHS = (12, 22, 14, 60)  # of the columns of a workbook, in characters; the last for all themes

Participant = Annotated[str, typer.Argument(metavar="PARTICIPANT", help="Such as P07.")]
Timepoint = Annotated[str, typer.Argument(metavar="TIMEPOINT", help="'(not stated)' if there is none.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Id or label of a theme, sub-theme or code.")]
Rows = Annotated[str, typer.Option("--rows", help="Which entries are columns here: " + ", ".join(ROWS))]
OnlyCode = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Only this one.")]
OnlyParticipant = Annotated[str | None, typer.Option("--participant", metavar="ID", help="Only this one.")]
Layer = Annotated[str, typer.Option(help="Whose codings give the quotes: 'agreed', or a coder.")]
Since = Annotated[
    str | None, typer.Option(metavar="TIMEPOINT", help="A note on what changed since this one.")
]


@framework.command("start")
def start(
    ctx: typer.Context,
    code: OnlyCode = None,
    participant: OnlyParticipant = None,
    rows: Rows = "themes",
    layer: Layer = AGREED,
    coder: Coder = None,
) -> None:
    """Begin the cells that nobody has written in, each with links to its quotes."""
    study = opened_to_change(ctx, coder)
    done = writing.start_cells(study, rows, code=code, participant=participant, layer=layer)
    if done.cells:
        tell(f"Started {counted(done.cells, 'cell')} with {counted(done.quotes, 'quote')}.")
    else:
        tell(f"No cell to start: each has words already, or no quotes in the layer '{layer}'.")


@framework.command("show")
def show(
    ctx: typer.Context,
    code: OnlyCode = None,
    participant: OnlyParticipant = None,
    rows: Rows = "themes",
    layer: Layer = AGREED,
    all_cases: Annotated[
        bool, typer.Option("--all", help="Timepoints too at which a participant was not talked to.")
    ] = False,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    as_json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Show the matrix: a line a cell, or as a table of cases by themes."""
    wanted = form_of(form, output, FORMATS, "table", as_json=as_json)
    study = opened(ctx, coder)
    found = read_framework(study, rows, code=code, participant=participant, layer=layer, all_cases=all_cases)
    headers, lines = framework_as_rows(found)
    if wanted == "table":
        _print_cells(found)
    elif wanted == "xlsx" and output is not None:
        from qualbench.exchange.sheets_of_words import write_sheets

        with gate(study, output, allow_unsealed=allow_unsealed) as draft:
            write_sheets({"Framework": [headers, *lines]}, draft, _WIDTHS, still=3)
        tell(f"Wrote {output}.")
    else:
        if wanted == "json":
            text = json_text(framework_as_json(found))
        else:
            text = table_as_markdown(headers, lines) if wanted == "md" else as_csv(headers, lines)
        put_text(study, text, output, allow_unsealed=allow_unsealed)
    _tell_of(found)


@framework.command("cell")
def cell(
    ctx: typer.Context,
    participant: Participant,
    timepoint: Timepoint,
    code: Code,
    since: Since = None,
    history: Annotated[bool, typer.Option("--history", help="All versions, the oldest first.")] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Print the text of a cell, or of a note on what changed."""
    versions = read_history(opened(ctx, coder), participant, timepoint, code, since)
    if as_json:
        print_json([asdict(one) for one in (versions if history else versions[-1:])])
        return
    if not versions:
        tell("Nobody has written here, or it is hidden until both of you have finished.")
    for one in versions if history else versions[-1:]:
        tell(f"Version {one.version}, by {one.written_by}, {one.written_at[:10]}:")
        print(one.text)


@framework.command("edit")
def edit(
    ctx: typer.Context,
    participant: Participant,
    timepoint: Timepoint,
    code: Code,
    text: Annotated[str | None, typer.Option(help="In Markdown; '-' reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Take the text from a file.")] = None,
    since: Since = None,
    version: Annotated[
        int | None, typer.Option(help="The version you have read; refused if there is a newer one.")
    ] = None,
    coder: Coder = None,
) -> None:
    """Write a cell, in your editor unless the text is given; each edit is a version of its own."""
    study = opened_to_change(ctx, coder)
    if text is not None and file is not None:
        raise BadInput("Give the text once.", "With --text or --file; without, your editor opens.")
    present, number = writing.open_cell(study, participant, timepoint, code, since)
    if text is not None:
        words = sys.stdin.read() if text == "-" else text
    elif file is not None:
        words = _read(file)
    else:
        words, version = _in_editor(present), number if version is None else version
    try:
        saved = writing.edit_cell(study, participant, timepoint, code, words, since=since, seen=version)
    except Refused as refused:  # what somebody has typed is not to be lost
        if isinstance(refused, writing.CellConflict):
            print(f"--- as it is now: version {refused.theirs.version} by {refused.theirs.written_by}")
            print(refused.theirs.text)
        print("--- yours, not saved")
        print(words.rstrip("\n"))
        raise
    tell("Nothing was changed." if saved == number else f"Version {saved}; 'qualbench undo' takes it back.")


@framework.command("check")
def check(ctx: typer.Context, as_json: AsJson = False, coder: Coder = None) -> None:
    """Find links that lead to no coding any more; exit code 1 if there are any."""
    study = opened(ctx, coder)
    found = dead_ends(study)
    if as_json:
        print_json([asdict(one) | {"timepoint": named(one.timepoint)} for one in found])
    elif found:
        book = read_codebook(study)
        print_table(
            ("participant", "timepoint", "theme", "what"),
            [(one.participant, named(one.timepoint), book.by_id[one.code].label, one.what) for one in found],
        )
    if found:
        raise typer.Exit(1)
    tell("Every link in the cells that you may see leads to a coding.")


def _print_cells(found: Framework) -> None:
    labels = {entry.id: entry.label for entry in found.codes}
    print_table(
        ("participant", "timepoint", "theme", "state", "by", "cell"),
        [
            (
                case.participant,
                case_in_words(case)[2],
                shortened(labels[cell.code], 30),
                cell.state,
                cell.newest.written_by if cell.newest else None,
                shortened(cell_in_words(cell), _SHOWN),
            )
            for case, cells in zip(found.cases, found.cells, strict=True)
            for cell in cells
        ],
    )


def _tell_of(found: Framework) -> None:
    cells = [cell for line in found.cells for cell in line]
    counts = [(state, sum(cell.state == state for cell in cells)) for state in STATES]
    said = ", ".join(f"{count} {state}" for state, count in counts if count)
    tell(f"{counted(len(cells), 'cell')}: {said or 'none'}. Quotes are those of the layer '{found.layer}'.")
    tell("The matrix names participants: for the team only.")
    dead = sum(len(cell.dead) for cell in cells)
    if dead:
        tell(f"{counted(dead, 'link')} of them lead nowhere: qualbench framework check")


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{file.name} is not text in UTF-8.", "Save it as such.") from None


def _in_editor(text: str) -> str:
    """Let the person edit a text in their editor, in a folder of their own that is gone afterwards."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise BadInput("No editor is set.", "Set EDITOR, or give the text: --text TEXT or --file FILE.")
    with tempfile.TemporaryDirectory(prefix="qualbench-") as folder:
        draft = Path(folder) / "cell.md"
        draft.write_text(text, "utf-8")
        if subprocess.run([*shlex.split(editor), str(draft)], check=False).returncode:
            raise Refused("The editor ended with an error; nothing was changed.", "Try again.")
        return _read(draft)
