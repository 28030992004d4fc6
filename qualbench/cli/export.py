"""Exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.matrix import build_matrix
from qualbench.cli.app import opened
from qualbench.cli.options import Coder
from qualbench.cli.output import print_table, tell
from qualbench.exchange.everything import export_all
from qualbench.exchange.gates import gate
from qualbench.exchange.refi_qda.project import write_project
from qualbench.exchange.spreadsheets import write_matrix_workbook
from qualbench.exchange.word import write_theme_table
from qualbench.redaction.unmasking import find_unmasking
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

commands = typer.Typer()
export = typer.Typer(help="Write files for NVivo, Word and Excel.")
commands.add_typer(export, name="export")

File = Annotated[Path, typer.Argument(metavar="FILE")]
AllowUnsealed = Annotated[bool, typer.Option("--allow-unsealed", help="Let unsealed sources out; journaled.")]


@export.command("qdpx")
def qdpx(
    ctx: typer.Context,
    file: File,
    layers: Annotated[str, typer.Option(help="Layers to write, parted by commas.")] = AGREED,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write a REFI-QDA project that NVivo opens."""
    study = opened(ctx, coder)
    with gate(study, file, allow_unsealed=allow_unsealed) as draft:
        written = write_project(study, draft, [name.strip() for name in layers.split(",")])
    tell(
        f"Wrote {file}: {written.sources} sources, {written.codes} codes, {written.cases} cases, "
        f"{written.codings} codings."
    )
    _warn_of_the_arm(study)


@export.command("matrix")
def matrix(
    ctx: typer.Context,
    file: File,
    rows: Annotated[str, typer.Option()] = "themes",
    columns: Annotated[str, typer.Option()] = "stakeholder,timepoint",
    layer: Annotated[str, typer.Option()] = AGREED,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write a matrix workbook in NVivo's layout."""
    study = opened(ctx, coder)
    with gate(study, file, allow_unsealed=allow_unsealed) as draft:
        built = build_matrix(study, rows, [c.strip() for c in columns.split(",")], layer)
        write_matrix_workbook(built, draft)
    tell(f"Wrote {file}.")


@export.command("themes")
def themes(
    ctx: typer.Context,
    file: File,
    layer: Annotated[str, typer.Option()] = AGREED,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write the theme table with quotes as a Word document."""
    study = opened(ctx, coder)
    with gate(study, file, allow_unsealed=allow_unsealed) as draft:
        subthemes = write_theme_table(study, draft, layer)
    tell(f"Wrote {file}: {subthemes} sub-themes.")


@export.command("all")
def all_(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write everything into a folder."""
    study = opened(ctx, coder)
    exported = export_all(study, folder, allow_unsealed=allow_unsealed)
    print_table(("file", "what it holds"), [(str(one.path), one.holds) for one in exported])
    _warn_of_the_arm(study)


def _warn_of_the_arm(study: Study) -> None:
    """Say that transcripts that go out tell which arm somebody was in, if they do."""
    found = find_unmasking(study)
    if found:
        sources = len({one.source for one in found})
        tell(
            f"{len(found)} places in {sources} sources may tell the arm of the trial: not for a reader who "
            "must stay blind to it. 'qualbench redact unmasking' lists them."
        )
