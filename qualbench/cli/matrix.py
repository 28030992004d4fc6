"""Matrices from the command line, and the marks of what was not asked about."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.matrix import COLUMNS, ROWS, TREE, Matrix, Request, count_matrix
from qualbench.analysis.matrix_counting import CELLS
from qualbench.analysis.matrix_model import CellPassage
from qualbench.analysis.matrix_views import (
    NORMALISE,
    SORTS,
    Sheet,
    laid_out,
    quotes_as_csv,
    sheet_as_csv,
    sorted_rows,
)
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.matrix_table import print_sheet, tell_of
from qualbench.cli.options import AllowSmallCells, AllowUnsealed, AsJson, Coder, Pool, Reason
from qualbench.cli.output import json_text, print_json, print_table, tell
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import AGREED

commands = typer.Typer()

FORMATS = ("table", "csv", "xlsx", "json")

Only = Annotated[list[str] | None, typer.Option(metavar="VALUE", help="Only those; may be repeated.")]


@commands.command("matrix")
def matrix(
    ctx: typer.Context,
    rows: Annotated[
        str | None, typer.Option(help=f"{', '.join(ROWS)}; {TREE}, with --code if not given: all levels.")
    ] = None,
    columns: Annotated[
        str, typer.Option(help=f"Some of {', '.join(COLUMNS)}, or what else is known of participants.")
    ] = "stakeholder",
    cells: Annotated[str, typer.Option(help=f"What to count: {', '.join(CELLS)}.")] = "codings",
    code: Annotated[list[str] | None, typer.Option(help="Only this entry and what is below it.")] = None,
    own: Annotated[bool, typer.Option("--own", help="Count nothing of what is below a row.")] = False,
    layer: Annotated[str, typer.Option(help="'agreed', or a coder.")] = AGREED,
    version: Annotated[int | None, typer.Option(help="Count by a version of the codebook.")] = None,
    stakeholder: Only = None,
    timepoint: Only = None,
    site: Only = None,
    kind: Only = None,
    mode: Only = None,
    participant: Only = None,
    family: Only = None,
    source: Only = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="The same, by what else is known.")
    ] = None,
    all_columns: Annotated[
        bool, typer.Option("--all-columns", help="Also the columns of which nobody was talked to.")
    ] = False,
    totals: Annotated[bool, typer.Option("--totals", help="Also all columns, and all rows, as one.")] = False,
    normalise: Annotated[str | None, typer.Option(help=f"As shares of {', '.join(NORMALISE)}.")] = None,
    sort: Annotated[str, typer.Option(help=f"Rows by {', '.join(SORTS)}.")] = SORTS[0],
    transpose: Annotated[bool, typer.Option("--transpose", help="Themes in columns.")] = False,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    pool: Pool = False,
    allow_unsealed: AllowUnsealed = False,
    allow_small_cells: AllowSmallCells = False,
    reason: Reason = "",
    coder: Coder = None,
) -> None:
    """Themes by stakeholder, timepoint and other attributes."""
    form = _format(form, output)
    if (transpose and form in ("xlsx", "json")) or (form == "xlsx" and (normalise or totals)):
        raise BadInput(f"'{form}' holds the numbers as they were counted.", "Use --format table or csv.")
    given = {
        "stakeholder": stakeholder,
        "timepoint": timepoint,
        "site": site,
        "kind": kind,
        "mode": mode,
        "participant": participant,
        "family": family,
        "source": source,
    }
    request = Request(
        rows or (TREE if code else next(iter(ROWS))),
        tuple(name.strip() for name in columns.split(",")),
        cells,
        layer,
        version,
        own,
        tuple(code or ()),
        (*((name, one) for name, values in given.items() for one in values or ()), *map(_pair, only or ())),
        all_columns,
        totals or normalise == "column",
    )
    study = opened(ctx, coder)
    if pool:
        request = replace(request, pooled_below=read_study_settings(study).smallest_group)
    built = sorted_rows(count_matrix(study, request), sort)
    sheet = laid_out(built, totals=totals, normalise=normalise, turned=transpose)
    if output is not None:
        why = reason if allow_small_cells else None
        _write(study, built, sheet, form, output, allow_unsealed=allow_unsealed, small_cells_for=why)
    elif form == "table":
        print_sheet(sheet)
    else:
        print(_as_text(built, sheet, form), end="")
    tell_of(built, totals=totals)


def _format(form: str | None, output: Path | None) -> str:
    """The format that is wanted: as it is named, or by the ending of the file."""
    wanted = form or (output.suffix.lower().removeprefix(".") if output is not None else "table")
    if wanted not in FORMATS:
        raise BadInput(f"'{wanted}' is not a format.", f"Use --format with one of {', '.join(FORMATS)}.")
    if wanted == "xlsx" and output is None:
        raise BadInput("A workbook needs a file.", "Add -o FILE.xlsx.")
    if wanted == "table" and output is not None:
        raise BadInput("A table goes to standard output.", "Use --format csv, xlsx or json with -o.")
    return wanted


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise BadInput(f"'{text}' is no name and value.", "Write --only 'Age group=25-34'.")
    return name.strip(), value.strip()


def _write(
    study: Study,
    matrix: Matrix,
    sheet: Sheet,
    form: str,
    path: Path,
    *,
    allow_unsealed: bool,
    small_cells_for: str | None,
) -> None:
    """Write a matrix; small cells go out for a reason, or in NVivo's layout, which is for the team."""
    from qualbench.exchange.gates import gate, warning_of_few_people
    from qualbench.exchange.small_cells import refuse_small_cells

    small, why = "", small_cells_for or ""
    if form != "xlsx":
        small = refuse_small_cells(study, matrix, allow=small_cells_for is not None, reason=why)
    with gate(
        study, path, allow_unsealed=allow_unsealed, let_out=[small], reason=why if small else ""
    ) as draft:
        if form == "xlsx":
            from qualbench.exchange.spreadsheets import write_matrix_workbook

            write_matrix_workbook(matrix, draft)
        else:
            draft.write_text(_as_text(matrix, sheet, form), "utf-8")
    tell(f"Wrote {path}.")
    if warning := warning_of_few_people(matrix):
        tell(warning)


def _as_text(matrix: Matrix, sheet: Sheet, form: str) -> str:
    if form == "json":
        return json_text(_as_json(matrix, sheet))
    return sheet_as_csv(sheet) if matrix.quotes is None else quotes_as_csv(matrix)


def _as_json(matrix: Matrix, sheet: Sheet) -> dict[str, object]:
    """A matrix as other programs read it; cells hold what was counted even if shares of it are given too."""
    request, totals = matrix.request, matrix.totals
    found: dict[str, object] = {
        "rows": matrix.rows,
        "columns": [list(column) for column in matrix.columns],
        "cells": matrix.cells,
        "counts": matrix.counts,
        "layer": matrix.layer,
        "version": request.version,
        "own": request.own,
        "only": [list(pair) for pair in request.only],
        "codes": matrix.codes,
        "depths": matrix.depths,
        "attributes": list(matrix.attributes),
        "n": [size._asdict() for size in matrix.sizes],
        "out_of": matrix.out_of,
        "states": matrix.states,
        "left_out": matrix.left_out,
        "hidden_sources": matrix.hidden,
    }
    if totals is not None:
        found["totals"] = {
            "rows": [cell.number for cell in totals.rows],
            "columns": totals.columns and [cell.number for cell in totals.columns],
            "all": totals.whole and totals.whole.number,
            "n": totals.size._asdict(),
        }
    if sheet.normalised:
        rows, columns = range(len(matrix.rows)), range(len(matrix.columns))
        found["normalised"] = sheet.normalised
        found["shares"] = [[sheet.cells[n][m].number for m in columns] for n in rows]
    if matrix.quotes is not None:
        found["withheld"] = matrix.withheld
        found["quotes"] = [[[_quote_json(one) for one in cell] for cell in line] for line in matrix.quotes]
    return found


def _quote_json(passage: CellPassage) -> dict[str, object]:
    return {
        "source": passage.source,
        "start": passage.parts[0].start,
        "end": passage.parts[-1].end,
        "text": passage.text,
        "label": passage.label,
    }


@commands.command("unasked")
def unasked(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]")] = None,
    code: Annotated[
        list[str] | None, typer.Option(help="What was not asked about, with all below it.")
    ] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="It was asked about.")] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Mark topics as not asked about in sources, or list such marks."""
    from qualbench.coding.not_asked import list_not_asked, mark_not_asked

    if sources or code or take_back:
        done = mark_not_asked(opened_to_change(ctx, coder), sources or [], code or [], take_back=take_back)
        tell(f"{done} {'mark' if done == 1 else 'marks'} {'taken back' if take_back else 'made'}.")
        return
    marks = list_not_asked(opened(ctx, coder))
    if as_json:
        print_json([asdict(mark) for mark in marks])
        return
    print_table(
        ("source", "not asked about", "by"), [(mark.source, mark.label, mark.marked_by) for mark in marks]
    )
    if not marks:
        tell("Nothing is marked: where nobody spoke of a topic, they count as silent on it.")
