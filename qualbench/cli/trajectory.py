"""The trajectory view from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.analysis.framework_views import table_as_markdown
from qualbench.analysis.trajectory import BY, Trajectory, trajectory_as_rows
from qualbench.analysis.trajectory import trajectory as follow
from qualbench.cli.app import opened
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import json_text, print_table, tell
from qualbench.cli.tables import as_csv, form_of, put_text, shortened
from qualbench.study.tables import AGREED

commands = typer.Typer()

FORMATS = ("table", "md", "csv", "json")
_SHOWN = 48  # characters of a cell in the terminal


@commands.command("trajectory")
def trajectory(
    ctx: typer.Context,
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="A theme, sub-theme or code.")],
    by: Annotated[str, typer.Option(help="A row a: " + ", ".join(BY))] = "family",
    layer: Annotated[str, typer.Option(help="'agreed', or a coder.")] = AGREED,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    as_json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """A theme over time: a row a family, a column a timepoint."""
    wanted = form_of(form, output, FORMATS, "table", as_json=as_json)
    study = opened(ctx, coder)
    found = follow(study, code, by, layer)
    headers, rows = trajectory_as_rows(found)
    if wanted == "table":
        print_table(headers, [line for row in rows for line in _lines(row)])
    else:
        if wanted == "json":
            text = json_text(_json(found))
        else:
            text = table_as_markdown(headers, rows) if wanted == "md" else as_csv(headers, rows)
        put_text(study, text, output, allow_unsealed=allow_unsealed)
    tell(f"'{found.label}' in the layer '{found.layer}': in brackets the codings, once for each participant.")
    if found.without_family:
        left = counted(len(found.without_family), "participant")
        tell(f"Left out: {left} of no family; --by participant shows them.")
    tell("The view names participants: for the team only.")


def _lines(row: Sequence[str]) -> list[list[str]]:
    """The lines that a row needs in the terminal."""
    parts = [cell.split("\n") for cell in row]
    return [[shortened(part, _SHOWN) for part in line] for line in zip_longest(*parts, fillvalue="")]


def _json(found: Trajectory) -> dict[str, object]:
    return asdict(found) | {"timepoints": [time or None for time in found.timepoints]}
