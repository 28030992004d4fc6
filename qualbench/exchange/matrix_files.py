"""A matrix as a file, in each of the forms that it can have, through the gate of all exports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.heat_map import heat_map_as_svg
from qualbench.analysis.matrix_model import Matrix
from qualbench.analysis.matrix_views import laid_out, quotes_as_csv, sheet_as_csv
from qualbench.analysis.matrix_words import readable
from qualbench.errors import Refused
from qualbench.exchange.gates import gate
from qualbench.exchange.small_cells import refuse_small_cells
from qualbench.study.database import Study

WORD, WORKBOOK, NVIVO, TEXT, DRAWING, PICTURE = "word", "workbook", "nvivo", "csv", "svg", "png"
ENDINGS = {
    WORD: ".docx",
    WORKBOOK: ".xlsx",
    NVIVO: ".xlsx",
    TEXT: ".csv",
    DRAWING: ".svg",
    PICTURE: ".png",
}
"""What a matrix can be written as, each with the ending of its file."""


@dataclass(frozen=True)
class Layout:
    """How a matrix is laid out in a file; see `matrix_views.laid_out`.

    Attributes:
        heat: Whether the cells of a Word table are shaded.
    """

    totals: bool = False
    normalise: str | None = None
    turned: bool = False
    heat: bool = False


def write_matrix_file(
    study: Study,
    matrix: Matrix,
    file: Path,
    form: str,
    layout: Layout,
    *,
    allow_unsealed: bool = False,
    allow_small_cells: bool = False,
    reason: str = "",
) -> None:
    """Write a matrix to a file.

    Args:
        study: The study.
        matrix: The matrix, with its rows in the order that is wanted.
        file: The file.
        form: One of `ENDINGS`; NVivo's layout holds the numbers as they were counted, whatever the layout.
        layout: How it is laid out.
        allow_unsealed: As for `gates.gate`.
        allow_small_cells: Let columns of too few people out; NVivo's layout, for the team, may have them.
        reason: Why they are let out.

    Raises:
        BadInput: If the numbers cannot be normalised so, or small cells are let out without a reason.
        Refused: If it has no cells, or has small ones (`small_cells`), or as `gates.gate`.
    """
    if not matrix.rows or not matrix.columns:
        raise Refused("The matrix has no cells.", "It needs codes, and sources in which participants speak.")
    small = ""
    if form != NVIVO:
        small = refuse_small_cells(study, matrix, allow=allow_small_cells, reason=reason)
    why = reason if small else ""
    with gate(study, file, allow_unsealed=allow_unsealed, let_out=[small], reason=why) as draft:
        if form == NVIVO:
            from qualbench.exchange.spreadsheets import write_matrix_workbook

            write_matrix_workbook(matrix, draft)
        elif form == TEXT:
            draft.write_text(_as_csv(matrix, layout), "utf-8")
        else:
            _write_for_readers(matrix, draft, form, layout)


def _as_csv(matrix: Matrix, layout: Layout) -> str:
    if matrix.quotes is not None:
        return quotes_as_csv(matrix)
    sheet = laid_out(matrix, totals=layout.totals, normalise=layout.normalise, turned=layout.turned)
    return sheet_as_csv(sheet)


def _write_for_readers(matrix: Matrix, draft: Path, form: str, layout: Layout) -> None:
    words = readable(matrix, totals=layout.totals, normalise=layout.normalise, turned=layout.turned)
    if form == WORKBOOK:
        from qualbench.exchange.matrix_sheet import write_readable_matrix

        write_readable_matrix(words, draft)
    elif form == WORD:
        from qualbench.exchange.word_matrix import write_matrix_document

        write_matrix_document(words, draft, heat=layout.heat)
    else:
        from qualbench.analysis.theme_drawing import map_as_png

        svg = heat_map_as_svg(words)
        draft.with_suffix(".svg").write_text(svg, "utf-8")  # names in a picture would not be found
        draft.write_bytes(map_as_png(svg) if form == PICTURE else svg.encode())
