"""Everything that a study exports, in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.matrix import build_matrix, matrix_as_csv
from qualbench.exchange.gates import gate
from qualbench.exchange.refi_qda.project import write_project
from qualbench.exchange.spreadsheets import write_matrix_workbook
from qualbench.exchange.word import write_theme_table
from qualbench.study.database import Study

MATRIX_COLUMNS = ("stakeholder", "timepoint")


@dataclass(frozen=True)
class Exported:
    """A file written, and what is in it, in a phrase."""

    path: Path
    holds: str


def export_all(study: Study, folder: Path, *, allow_unsealed: bool = False) -> list[Exported]:
    """Write the project for NVivo, the theme matrix, and the theme table of the agreed layer.

    Raises:
        Refused: If a gate stays shut (see `exchange.gates`); nothing is written then.
    """
    with gate(study, folder, allow_unsealed=allow_unsealed) as draft:
        draft.mkdir()
        written = write_project(study, draft / "project.qdpx")
        matrix = build_matrix(study, "themes", MATRIX_COLUMNS)
        write_matrix_workbook(matrix, draft / "matrix.xlsx")
        (draft / "matrix.csv").write_text(matrix_as_csv(matrix), "utf-8")
        rows = write_theme_table(study, draft / "themes.docx")
    size = f"{len(matrix.rows)} themes x {len(matrix.columns)} groups, {sum(map(sum, matrix.cells))} codings"
    return [
        Exported(
            folder / "project.qdpx",
            f"NVivo project: {written.sources} sources, {written.codes} codes, {written.cases} cases, "
            f"{written.codings} codings",
        ),
        Exported(folder / "matrix.xlsx", f"matrix in NVivo's layout: {size}"),
        Exported(folder / "matrix.csv", "the same, as text"),
        Exported(folder / "themes.docx", f"theme table: {rows} sub-themes with quotes"),
    ]
