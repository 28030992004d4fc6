"""Matrices and quotes from the command line."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.matrix import COLUMNS, ROWS, Matrix, build_matrix, matrix_as_csv
from qualbench.analysis.quotes import list_quotes
from qualbench.cli.app import opened
from qualbench.cli.options import AsJson
from qualbench.cli.output import print_json, print_table, tell
from qualbench.errors import BadInput
from qualbench.exchange.gates import gate
from qualbench.exchange.spreadsheets import column_letter, write_matrix_workbook
from qualbench.study.tables import AGREED

commands = typer.Typer()

Layer = Annotated[str, typer.Option(help="'agreed', or a coder.")]


@commands.command("matrix")
def matrix(
    ctx: typer.Context,
    rows: Annotated[str, typer.Option(help=", ".join(ROWS))] = "themes",
    columns: Annotated[str, typer.Option(help="Some of " + ", ".join(COLUMNS))] = "stakeholder",
    layer: Layer = AGREED,
    form: Annotated[str, typer.Option("--format", help="table, csv, xlsx or json.")] = "table",
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    version: Annotated[int | None, typer.Option(help="Count by a version of the codebook.")] = None,
) -> None:
    """Themes by stakeholder, timepoint and other attributes."""
    study = opened(ctx)
    if form not in ("table", "csv", "xlsx", "json"):
        raise BadInput(f"'{form}' is not a format.", "Use table, csv, xlsx or json.")
    built = build_matrix(study, rows, [name.strip() for name in columns.split(",")], layer, version)
    if form == "xlsx":
        if output is None:
            raise BadInput("A workbook needs a file.", "Add -o FILE.xlsx.")
        with gate(study, output) as draft:
            write_matrix_workbook(built, draft)
    elif output is not None:
        if form != "csv":
            raise BadInput(f"'{form}' goes to standard output.", "Use --format csv or xlsx with -o.")
        with gate(study, output) as draft:
            draft.write_text(matrix_as_csv(built), "utf-8")
    elif form == "csv":
        print(matrix_as_csv(built), end="")
    elif form == "json":
        print_json(
            {
                "rows": built.rows,
                "columns": [list(column) for column in built.columns],
                "cells": built.cells,
                "counts": built.counts,
                "layer": built.layer,
            }
        )
    else:
        _print_matrix(built)
    if output is not None:
        tell(f"Wrote {output}.")


@commands.command("quotes")
def quotes(
    ctx: typer.Context,
    code: Annotated[str | None, typer.Option(help="A code, sub-theme or theme.")] = None,
    stakeholder: Annotated[str | None, typer.Option(help="A stakeholder type.")] = None,
    layer: Layer = AGREED,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, with source and place.")] = False,
    where: Annotated[bool, typer.Option("--where", help="Say source and place, to look it up.")] = False,
    as_json: AsJson = False,
) -> None:
    """Coded words with labels that point at nobody."""
    found = list_quotes(opened(ctx), code=code, stakeholder=stakeholder, layer=layer)
    if as_json:
        print_json(
            [
                {
                    "code": q.code,
                    "source": q.source,
                    "start": q.start,
                    "end": q.end,
                    "text": q.text,
                    "label": q.label,
                }
                for q in found
            ]
        )
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("code", "source", "start", "end", "label", "text"))
        writer.writerows((q.code, q.source, q.start, q.end, q.label, q.text) for q in found)
    else:
        for quote in found:
            words = " ".join(quote.text.split())
            place = f"; {quote.source} {quote.start}" if where else ""
            print(f"{words} [{quote.label}] ({quote.code}{place})\n")
    tell(f"{len(found)} quotes of the layer '{layer}'.")


def _print_matrix(matrix: Matrix) -> None:
    letters = [column_letter(n) for n in range(1, len(matrix.columns) + 1)]
    for letter, column in zip(letters, matrix.columns, strict=True):
        print(f"{letter}  {', '.join(column)}")
    print()
    print_table(("", *letters), [(row, *cells) for row, cells in zip(matrix.rows, matrix.cells, strict=True)])
    tell(
        f"Cells count codings of the layer '{matrix.layer}', once for each participant whose words they "
        f"hold; {sum(map(sum, matrix.cells))} in all."
    )
    if matrix.left_out:
        tell(f"{matrix.left_out} more are of entries above the rows shown, and are left out.")
