"""Tables for a paper, as Word documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.quotes import Quote, choose_quotes, list_quotes
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.exchange.spreadsheets import fix_times
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_WIDTHS = (3.6, 4.2, 6.6, 10.3)  # cm, of the theme table's columns on A4 landscape with 2.5 cm margins
_HEADERS = ("Theme", "Sub-theme", "What it is about", "Quotes")


def write_theme_table(study: Study, path: Path, layer: str = AGREED) -> int:
    """Write the theme table: theme, sub-theme, definition, two labelled quotes; give the number of rows.

    One row a sub-theme; no counts, as is the custom in thematic analysis. Labels come after the quotes
    and are no finer than fits three people.
    """
    import docx

    book = read_codebook(study)
    document = docx.Document()
    _set_up_page(document)
    table = document.add_table(rows=1, cols=len(_HEADERS))
    _header_row(table)
    rows = 0
    for theme in book.children(None):
        for n, subtheme in enumerate(book.children(theme.id) or [theme]):
            quotes = choose_quotes(list_quotes(study, code=subtheme.id, layer=layer))
            _theme_row(table, theme if n == 0 else None, subtheme, quotes)
            rows += 1
    _rule_table(table)
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))
    fix_times(path)
    return rows


def _set_up_page(document: Document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.0)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10)
    style.paragraph_format.space_after = Pt(4)


def _header_row(table: Table) -> None:
    from docx.oxml import OxmlElement

    for cell, name in zip(table.rows[0].cells, _HEADERS, strict=True):
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


def _rule_table(table: Table) -> None:
    """Fix the widths and draw horizontal rules only."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Cm(width)
    for column, width in zip(table.columns, _WIDTHS, strict=True):
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
