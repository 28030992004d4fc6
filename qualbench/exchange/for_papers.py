"""The files of an export that are for a paper, or to work on: matrices, tables, quotes, figures, a record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualbench.analysis.co_occurrence import co_occurrence
from qualbench.analysis.code_use import code_use
from qualbench.analysis.codebook_appendix import codebook_appendix
from qualbench.analysis.document import counted
from qualbench.analysis.frame_history import frame_history
from qualbench.analysis.heat_map import heat_map_as_svg
from qualbench.analysis.matrix import Matrix, build_matrix, matrix_as_csv
from qualbench.analysis.matrix_words import readable
from qualbench.analysis.quotes import find_quotes
from qualbench.analysis.quotes_passages import as_passages
from qualbench.analysis.quotes_writing import quotes_as_csv, quotes_as_rows
from qualbench.analysis.reporting import checklists
from qualbench.analysis.saturation import saturation
from qualbench.analysis.saturation_drawing import saturation_as_svg
from qualbench.analysis.theme_drawing import map_as_png, map_as_svg
from qualbench.analysis.theme_map import theme_map
from qualbench.codebook.tree import read_codebook
from qualbench.exchange.frame_document import write_history_document
from qualbench.exchange.small_cells import coarser, few_people, left_out_of
from qualbench.exchange.spreadsheets import write_matrix_workbook, write_rows
from qualbench.exchange.word import write_theme_table
from qualbench.exchange.word_codebook import write_codebook_appendix
from qualbench.exchange.word_matrix import write_matrix_document
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.tables import AGREED

MATRIX_COLUMNS = ("stakeholder", "timepoint")

_QUOTE_WIDTHS = (30, 30, 8, 8, 34, 90)  # of the columns of the workbook, in characters


def _matrix_workbook(study: Study, path: Path) -> str:
    matrix = build_matrix(study, "themes", MATRIX_COLUMNS)
    write_matrix_workbook(matrix, path)
    size = f"{len(matrix.rows)} themes x {len(matrix.columns)} groups, {sum(map(sum, matrix.cells))} codings"
    return "; ".join(filter(None, (f"matrix in NVivo's layout: {size}", few_people(matrix))))


def _matrix_text(study: Study, path: Path) -> str:
    fine = build_matrix(study, "themes", MATRIX_COLUMNS)
    matrix = coarser(study, fine)
    path.write_text(matrix_as_csv(matrix), "utf-8")
    return _with_what_is_left_out("the same, as text", fine, matrix)


def _matrix_document(study: Study, path: Path) -> str:
    fine = _participants(study)
    if not fine.rows or not fine.columns:
        return ""
    matrix = coarser(study, fine)
    write_matrix_document(readable(matrix), path)
    return _with_what_is_left_out("matrix of participants (n of N), as a table", fine, matrix)


def _heat_map(study: Study, path: Path) -> str:
    matrix = _participants(study)
    if not matrix.rows or not matrix.columns:
        return ""
    drawn = heat_map_as_svg(readable(coarser(study, matrix)))
    return _drawn(drawn, path, "the same, as a heat map")


def _with_what_is_left_out(holds: str, fine: Matrix, coarse: Matrix) -> str:
    """What a file for readers holds, and what it does without so that nobody can be known by it."""
    return "; ".join(filter(None, (holds, left_out_of(fine, coarse))))


def _participants(study: Study) -> Matrix:
    return build_matrix(study, "themes", MATRIX_COLUMNS, cells="participants")


def _theme_table(study: Study, path: Path) -> str:
    return f"theme table: {counted(write_theme_table(study, path), 'sub-theme')} with quotes"


def _theme_map(study: Study, path: Path) -> str:
    book = read_codebook(study)
    if not len(book):
        return ""
    svg = map_as_svg(theme_map(book, code_use(study, AGREED), co_occurrence(study, AGREED)))
    return _drawn(svg, path, "themes and codes by how many speak of them")


def _saturation(study: Study, path: Path) -> str:
    found = saturation(study, "codes", AGREED)
    return _drawn(saturation_as_svg(found, read_stance(study)), path, "new codes per source")


def _codebook(study: Study, path: Path) -> str:
    appendix = codebook_appendix(study)
    if not appendix.rows:
        return ""
    write_codebook_appendix(appendix, path)
    return f"codebook as an appendix: {counted(len(appendix.rows), 'entry', 'entries')}"


def _quotes_workbook(study: Study, path: Path) -> str:
    found = find_quotes(study)
    headers, *rows = quotes_as_rows(as_passages(study, found.quotes, together=False))
    write_rows(path, list(map(str, headers)), rows, title="Quotes", widths=_QUOTE_WIDTHS)
    withheld = sum(found.withheld.values())
    left_out = f"; {withheld} left out of who did not agree to be quoted" if withheld else ""
    return f"{counted(len(rows), 'quote')} with labels{left_out}"


def _quotes_text(study: Study, path: Path) -> str:
    passages = as_passages(study, find_quotes(study).quotes, together=False)
    path.write_text(quotes_as_csv(passages), "utf-8")
    return "the same, as text"


def _history(study: Study, path: Path) -> str:
    write_history_document(frame_history(study), checklists(study), path)
    return "history of the coding frame, and the checklists"


def _drawn(svg: str, path: Path, holds: str) -> str:
    """Write a drawing, and a picture of it beside it."""
    path.write_text(svg, "utf-8")
    path.with_suffix(".png").write_bytes(map_as_png(svg))
    return f"{holds}; {path.with_suffix('.png').name} is a picture of it"


FOR_PAPERS: tuple[tuple[str, Callable[[Study, Path], str]], ...] = (
    ("matrix.xlsx", _matrix_workbook),
    ("matrix.csv", _matrix_text),
    ("matrix.docx", _matrix_document),
    ("heatmap.svg", _heat_map),
    ("themes.docx", _theme_table),
    ("theme_map.svg", _theme_map),
    ("saturation.svg", _saturation),
    ("codebook.docx", _codebook),
    ("quotes.xlsx", _quotes_workbook),
    ("quotes.csv", _quotes_text),
    ("history.docx", _history),
)
"""Names of files of the agreed layer, each with what writes it and says what it holds; nothing if it has not
been written, for there is nothing to put in."""
