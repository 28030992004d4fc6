"""Which codes go together, from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.code_pairs import CodePairs, code_pairs
from qualbench.analysis.document import counted
from qualbench.analysis.matrix import ROWS
from qualbench.cli.app import opened
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import json_text, print_table, tell
from qualbench.cli.tables import as_csv, form_of, put_text
from qualbench.errors import BadInput
from qualbench.exchange.gates import gate
from qualbench.exchange.spreadsheets import column_letter
from qualbench.study.tables import AGREED

commands = typer.Typer()

FORMATS = ("table", "csv", "xlsx", "json")
ON = {"words": None, "turn": 0}
SHOWN = ("counts", "jaccard")
_WIDTHS = (44, 14)  # of the columns of a workbook, in characters


@commands.command("cooccurrence")
def cooccurrence(
    ctx: typer.Context,
    rows: Annotated[str, typer.Option("--rows", help=", ".join(ROWS))] = "codes",
    same: Annotated[str, typer.Option("--same", help="What two share: " + ", ".join(ON))] = "words",
    within: Annotated[
        int | None, typer.Option("--within", metavar="N", help="Or no more than N turns apart.")
    ] = None,
    show: Annotated[str, typer.Option("--show", help=", ".join(SHOWN))] = "counts",
    layer: Annotated[str, typer.Option(help="'agreed', or a coder.")] = AGREED,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this; may be repeated.")] = None,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    as_json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """How often two codes are on the same words, or near each other."""
    wanted = form_of(form, output, FORMATS, "table", as_json=as_json)
    if same not in ON:
        raise BadInput(f"Two codes cannot share a '{same}'.", f"Use --same with one of {', '.join(ON)}.")
    if show not in SHOWN:
        raise BadInput(f"'{show}' is nothing to show.", f"Use one of {', '.join(SHOWN)}.")
    study = opened(ctx, coder)
    found = code_pairs(study, rows, ON[same] if within is None else within, layer, source or ())
    if wanted == "table":
        _print(found, show)
    elif wanted == "json":
        put_text(study, json_text(_json(found)), output, allow_unsealed=allow_unsealed)
    elif wanted == "csv":
        headers, *lines = _table(found, show)
        put_text(study, as_csv(headers, lines), output, allow_unsealed=allow_unsealed)
    elif output is not None:
        from qualbench.exchange.sheets_of_words import write_sheets

        sheets = {name.capitalize(): _table(found, name) for name in SHOWN}
        with gate(study, output, allow_unsealed=allow_unsealed) as draft:
            write_sheets(sheets, draft, _WIDTHS)
        tell(f"Wrote {output}.")
    _tell_of(found)


def _table(found: CodePairs, show: str) -> list[list[str | int | float | None]]:
    """The header and the rows of one of `SHOWN`."""
    cells: Sequence[Sequence[int | float | None]] = found.counts if show == "counts" else found.jaccard
    return [["", *found.rows], *([row, *line] for row, line in zip(found.rows, cells, strict=True))]


def _reach(found: CodePairs) -> str:
    """Say what two codes share to be counted."""
    if found.within is None:
        return "on the same words"
    if not found.within:
        return "in the same turn"
    return f"in turns no more than {found.within} apart, those of interviewers counted"


def _print(found: CodePairs, show: str) -> None:
    letters = [column_letter(n) for n in range(1, len(found.rows) + 1)]
    for letter, row in zip(letters, found.rows, strict=True):
        print(f"{letter}  {row}")
    print()
    _, *lines = _table(found, show)
    print_table(("", *letters), [(letter, *line[1:]) for letter, line in zip(letters, lines, strict=True)])


def _json(found: CodePairs) -> dict[str, object]:
    return {
        "codes": found.codes,
        "rows": found.rows,
        "counts": found.counts,
        "jaccard": found.jaccard,
        "within": found.within,
        "layer": found.layer,
        "sources": found.sources,
        "hidden": found.hidden,
    }


def _tell_of(found: CodePairs) -> None:
    tell(
        f"Cells count pairs of codings {_reach(found)}, in the layer '{found.layer}', each coding once for "
        "each participant whose words it holds; the diagonal the codings of the row. "
        f"{counted(len(found.sources), 'source')}."
    )
    if found.left_out:
        tell(f"{found.left_out} codings more are of entries above the level of the rows, and are left out.")
    if found.hidden:
        tell(f"Hidden until you have finished them, and left out: {', '.join(found.hidden)}.")
