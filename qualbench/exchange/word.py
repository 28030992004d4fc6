"""Tables for a paper, as Word documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.quotes import Quote, choose_quotes, list_quotes
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.exchange.codebook_table import HEADERS, CodebookRow
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import fix_times
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_THEME_WIDTHS = (3.6, 4.2, 6.6, 10.3)  # cm, on A4 landscape with margins of 2.5 cm
_THEME_HEADERS = ("Theme", "Sub-theme", "What it is about", "Quotes")
_CODEBOOK_WIDTHS = (4.0, 7.7, 1.5, 2.8)  # cm, on A4 upright with the same margins
_INDENT = 0.35  # cm a level
_DEEPEST_INDENT = 7  # levels; deeper ones stand under these


def write_theme_table(study: Study, path: Path, layer: str = AGREED) -> int:
    """Write the theme table: theme, sub-theme, definition, two labelled quotes; give the number of rows.

    One row a sub-theme; no counts, as is the custom in thematic analysis. Labels come after the quotes
    and are no finer than fits three people.
    """
    import docx

    book = read_codebook(study)
    document = docx.Document()
    _set_up_page(document, landscape=True)
    table = document.add_table(rows=1, cols=len(_THEME_HEADERS))
    _header_row(table, _THEME_HEADERS)
    rows = 0
    for theme in (entry for entry in book.children(None) if entry.in_use):
        first: CodeEntry | None = theme
        for subtheme in [entry for entry in book.children(theme.id) if entry.in_use] or [theme]:
            quotes = choose_quotes(list_quotes(study, code=subtheme.id, layer=layer))
            # What a candidate theme only groups stands where it belongs, and has its quotes there.
            only_groups = subtheme.level != "code" and not book.children(subtheme.id)
            if subtheme.status == "agreed" or (quotes and not only_groups):
                _theme_row(table, first, subtheme, quotes)
                first = None
                rows += 1
    _rule_table(table, _THEME_WIDTHS)
    _save(document, path)
    return rows


def write_codebook_document(rows: Sequence[CodebookRow], path: Path) -> None:
    """Write a codebook as NVivo exports one to Word: a table of Name, Description, Files and References
    under the heading Codes, names of the entries below others indented."""
    import docx
    from docx.shared import Cm

    document = docx.Document()
    _set_up_page(document, landscape=False)
    document.add_paragraph().add_run("Codes").bold = True
    table = document.add_table(rows=1 + len(rows), cols=len(HEADERS))
    _header_row(table, HEADERS)
    for row, cells in zip(rows, _cells_by_row(table)[1:], strict=True):
        values = (row.name, row.description, str(row.files), str(row.references))
        for cell, text in zip(cells, values, strict=True):
            cell.text = clean(text)
        indent = min(row.depth, _DEEPEST_INDENT) * _INDENT
        cells[0].paragraphs[0].paragraph_format.left_indent = Cm(indent)
    _rule_table(table, _CODEBOOK_WIDTHS, rows_break=True)
    _save(document, path)


def _cells_by_row(table: Table) -> list[list[_Cell]]:
    """All cells at once; to ask each row for its own takes time that grows with the square of the rows."""
    cells, width = table._cells, len(table.columns)
    return [cells[n : n + width] for n in range(0, len(cells), width)]


def _save(document: Document, path: Path) -> None:
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))
    fix_times(path)


def _set_up_page(document: Document, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    sides = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    section.page_width, section.page_height = sides
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.0)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10)
    style.paragraph_format.space_after = Pt(4)


def _header_row(table: Table, headers: Sequence[str]) -> None:
    from docx.oxml import OxmlElement

    for cell, name in zip(table.rows[0].cells, headers, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _theme_row(table: Table, theme: CodeEntry | None, subtheme: CodeEntry, quotes: Sequence[Quote]) -> None:
    row = table.add_row()  # type: ignore[no-untyped-call]
    cells = row.cells
    if theme is not None:
        cells[0].paragraphs[0].add_run(theme.label).bold = True
    cells[1].text = subtheme.label
    cells[2].text = subtheme.definition
    for n, quote in enumerate(quotes):
        paragraph = cells[3].paragraphs[0] if n == 0 else cells[3].add_paragraph()
        paragraph.add_run(f"“{' '.join(quote.text.split())}” [{quote.label}]")
    if not quotes:
        cells[3].text = "No agreed coding yet."


def _rule_table(table: Table, widths: Sequence[float], *, rows_break: bool = False) -> None:
    """Fix the widths, in cm, and draw horizontal rules only; long rows may break over pages if told so."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    for row, cells in zip(table.rows, _cells_by_row(table), strict=True):
        if not rows_break:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "808080")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    _thicken(table.rows[0].cells)


def _thicken(cells: Sequence[_Cell]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in cells:
        borders = OxmlElement("w:tcBorders")
        line = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)
