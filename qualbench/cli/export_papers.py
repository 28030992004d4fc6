"""Exports for a paper: tables as Word documents and workbooks, and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.analysis.matrix import COLUMNS, ROWS, TREE, Matrix, Request, count_matrix
from qualbench.analysis.matrix_counting import CELLS
from qualbench.analysis.matrix_views import NORMALISE, SORTS, sorted_rows
from qualbench.analysis.quotes_labels import DEFAULT_LABEL
from qualbench.analysis.theme_table import SUMMARIES, theme_table
from qualbench.cli.app import opened
from qualbench.cli.matrix_table import tell_of
from qualbench.cli.options import AllowSmallCells, AllowUnsealed, Coder, Pool, Reason
from qualbench.cli.output import tell
from qualbench.cli.quotes import tell_of_ids, tell_of_left_out
from qualbench.errors import BadInput, Refused
from qualbench.exchange.gates import gate, warning_of_few_people
from qualbench.exchange.matrix_files import NVIVO, WORD, WORKBOOK, Layout, write_matrix_file
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import AGREED

papers = typer.Typer()

FIGURES = ("heatmap", "map", "saturation")
_PICTURES = (".svg", ".png")

File = Annotated[Path, typer.Argument(metavar="FILE")]
Layer = Annotated[str, typer.Option(help="'agreed', or a coder.")]
Label = Annotated[str, typer.Option(help="How a quote is labelled.")]
Participants = Annotated[
    bool, typer.Option("--participants", help="Also how many participants, of how many; else no counts.")
]
Rows = Annotated[str, typer.Option(help=f"{', '.join(ROWS)}, or {TREE}: all levels.")]
Columns = Annotated[str, typer.Option(help=f"Some of {', '.join(COLUMNS)}, or what else is known.")]
Cells = Annotated[str, typer.Option(help=f"What to count: {', '.join(CELLS)}.")]
Code = Annotated[list[str] | None, typer.Option(help="Only this entry and what is below it.")]
AllColumns = Annotated[
    bool, typer.Option("--all-columns", help="Also the columns of which nobody was talked to.")
]
WithTotals = Annotated[bool, typer.Option("--totals", help="Also all columns, and all rows, as one.")]
Normalise = Annotated[str | None, typer.Option(help=f"As shares of {', '.join(NORMALISE)}.")]
Sort = Annotated[str, typer.Option(help=f"Rows by {', '.join(SORTS)}.")]
Transpose = Annotated[bool, typer.Option("--transpose", help="Themes in columns.")]


@papers.command("themes")
def themes(
    ctx: typer.Context,
    file: File,
    quotes: Annotated[int, typer.Option(min=1, help="Quotes of a sub-theme, at most.")] = 2,
    longest: Annotated[int | None, typer.Option(min=1, help="Words of a quote; longer ones are cut.")] = None,
    label: Label = DEFAULT_LABEL,
    summary: Annotated[str, typer.Option(help=f"What it is about: {', '.join(SUMMARIES)}.")] = SUMMARIES[0],
    participants: Participants = False,
    landscape: Annotated[bool, typer.Option("--landscape/--portrait", help="How the page lies.")] = True,
    layer: Layer = AGREED,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write the theme table with quotes as a Word document."""
    from qualbench.exchange.word import write_themes

    _check_ending(file, (".docx",))
    study = opened(ctx, coder)
    table = theme_table(study, layer, quotes=quotes, longest=longest, label=label, summary=summary)
    with gate(study, file, allow_unsealed=allow_unsealed) as draft:
        write_themes(table, draft, landscape=landscape, participants=participants)
    tell(f"Wrote {file}: {counted(len(table.rows), 'sub-theme')}.")
    if table.quoted:
        most = max(table.quoted.values())
        tell(
            f"{counted(table.quoted.total(), 'quote')} of {counted(len(table.quoted), 'participant')} of "
            f"{table.participants}; nobody is quoted more than {'once' if most == 1 else f'{most} times'}."
        )
    tell_of_left_out(table.found)
    tell_of_ids(table.found)


@papers.command("codebook")
def codebook(
    ctx: typer.Context,
    file: File,
    quotes: Annotated[int, typer.Option(min=0, help="Quotes of a code, at most.")] = 1,
    longest: Annotated[int, typer.Option(min=1, help="Words of a quote; longer ones are cut.")] = 40,
    label: Label = DEFAULT_LABEL,
    participants: Participants = False,
    layer: Layer = AGREED,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write the codebook as an appendix of a paper, a Word document."""
    from qualbench.analysis.codebook_appendix import codebook_appendix
    from qualbench.exchange.word_codebook import write_codebook_appendix

    _check_ending(file, (".docx",))
    study = opened(ctx, coder)
    appendix = codebook_appendix(study, layer, quotes=quotes, longest=longest, label=label)
    if not appendix.rows:
        raise Refused("There are no codes to be written.", "Import a codebook, or add codes.")
    with gate(study, file, allow_unsealed=allow_unsealed, holds_texts=quotes > 0) as draft:
        write_codebook_appendix(appendix, draft, participants=participants)
    tell(f"Wrote {file}: {counted(len(appendix.rows), 'entry', 'entries')}.")
    if quotes:
        tell_of_left_out(appendix.found)
        tell_of_ids(appendix.found)


@papers.command("matrix")
def matrix(
    ctx: typer.Context,
    file: File,
    rows: Rows = "themes",
    columns: Columns = "stakeholder,timepoint",
    cells: Cells = "codings",
    code: Code = None,
    layer: Layer = AGREED,
    readable: Annotated[
        bool, typer.Option("--readable", help="A workbook for people to read, instead of NVivo's layout.")
    ] = False,
    all_columns: AllColumns = False,
    totals: WithTotals = False,
    normalise: Normalise = None,
    sort: Sort = SORTS[0],
    transpose: Transpose = False,
    heat: Annotated[bool, typer.Option("--heat", help="Shade the cells of a Word table.")] = False,
    pool: Pool = False,
    allow_unsealed: AllowUnsealed = False,
    allow_small_cells: AllowSmallCells = False,
    reason: Reason = "",
    coder: Coder = None,
) -> None:
    """Write a matrix: .docx, or .xlsx in NVivo's layout."""
    _check_ending(file, (".docx", ".xlsx"))
    for_nvivo = file.suffix.lower() == ".xlsx" and not readable
    if for_nvivo and (totals or normalise or transpose):
        raise BadInput("NVivo's layout holds the numbers as they were counted.", "Add --readable.")
    study = opened(ctx, coder)
    built = _counted(
        study,
        rows,
        columns,
        cells,
        code,
        layer,
        sort,
        all_columns=all_columns,
        totals=totals or normalise == "column",
        pool=pool,
    )
    form = NVIVO if for_nvivo else WORKBOOK if file.suffix.lower() == ".xlsx" else WORD
    layout = Layout(totals, normalise, transpose, heat)
    write_matrix_file(
        study,
        built,
        file,
        form,
        layout,
        allow_unsealed=allow_unsealed,
        allow_small_cells=allow_small_cells,
        reason=reason,
    )
    tell(f"Wrote {file}.")
    tell_of(built, totals=totals)
    if warning := warning_of_few_people(built):
        tell(warning)


@papers.command("figure")
def figure(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(metavar="|".join(FIGURES))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".svg or .png.")],
    rows: Rows = "themes",
    columns: Columns = "stakeholder,timepoint",
    cells: Cells = "participants",
    code: Code = None,
    layer: Layer = AGREED,
    all_columns: AllColumns = False,
    totals: WithTotals = False,
    normalise: Normalise = None,
    sort: Sort = SORTS[0],
    transpose: Transpose = False,
    pool: Pool = False,
    allow_unsealed: AllowUnsealed = False,
    allow_small_cells: AllowSmallCells = False,
    reason: Reason = "",
    coder: Coder = None,
) -> None:
    """Draw a heat map of a matrix, the theme map, or the curve of new codes.

    Rows, columns and what follows them are those of the heat map.
    """
    if which not in FIGURES:
        raise BadInput(f"'{which}' is not a figure.", f"Use one of {', '.join(FIGURES)}.")
    _check_ending(file, _PICTURES)
    study = opened(ctx, coder)
    if which == "heatmap":
        built = _counted(
            study,
            rows,
            columns,
            cells,
            code,
            layer,
            sort,
            all_columns=all_columns,
            totals=totals or normalise == "column",
            pool=pool,
        )
        form = file.suffix.lower().removeprefix(".")
        layout = Layout(totals, normalise, transpose)
        write_matrix_file(
            study,
            built,
            file,
            form,
            layout,
            allow_unsealed=allow_unsealed,
            allow_small_cells=allow_small_cells,
            reason=reason,
        )
        tell(f"Wrote {file}.")
        if warning := warning_of_few_people(built):
            tell(warning)
    elif which == "map":
        _draw(study, _theme_map(study, layer), file, allow_unsealed=allow_unsealed, holds_texts=False)
    else:
        _draw(study, _saturation(study, layer), file, allow_unsealed=allow_unsealed)


def _counted(
    study: Study,
    rows: str,
    columns: str,
    cells: str,
    code: list[str] | None,
    layer: str,
    sort: str,
    *,
    all_columns: bool,
    totals: bool,
    pool: bool,
) -> Matrix:
    request = Request(
        rows,
        tuple(name.strip() for name in columns.split(",")),
        cells,
        layer,
        codes=tuple(code or ()),
        all_columns=all_columns,
        totals=totals,
        pooled_below=read_study_settings(study).smallest_group if pool else 0,
    )
    built = sorted_rows(count_matrix(study, request), sort)
    if not built.rows or not built.columns:
        raise Refused("The matrix has no cells.", "It needs codes, and sources in which participants speak.")
    return built


def _theme_map(study: Study, layer: str) -> str:
    from qualbench.analysis.co_occurrence import co_occurrence
    from qualbench.analysis.code_use import code_use
    from qualbench.analysis.theme_drawing import map_as_svg
    from qualbench.analysis.theme_map import theme_map
    from qualbench.codebook.tree import read_codebook

    return map_as_svg(theme_map(read_codebook(study), code_use(study, layer), co_occurrence(study, layer)))


def _saturation(study: Study, layer: str) -> str:
    from qualbench.analysis.saturation import saturation
    from qualbench.analysis.saturation_drawing import saturation_as_svg
    from qualbench.study.settings import read_stance

    return saturation_as_svg(saturation(study, "codes", layer), read_stance(study))


def _draw(study: Study, svg: str, file: Path, *, allow_unsealed: bool, holds_texts: bool = True) -> None:
    from qualbench.analysis.theme_drawing import map_as_png

    with gate(study, file, allow_unsealed=allow_unsealed, holds_texts=holds_texts) as draft:
        draft.with_suffix(".svg").write_text(svg, "utf-8")  # names in a picture would not be found
        draft.write_bytes(map_as_png(svg) if file.suffix.lower() == ".png" else svg.encode())
    tell(f"Wrote {file}.")


def _check_ending(file: Path, known: tuple[str, ...]) -> None:
    if file.suffix.lower() not in known:
        raise BadInput(f"{file.name} does not end in {' or '.join(known)}.", "Name the file so.")
