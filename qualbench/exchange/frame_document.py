"""The history of the coding frame and the checklists, as a Word document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.document import Block, Bullets, Grid, Heading, Paragraph
from qualbench.analysis.frame_history import VersionHistory, history_blocks
from qualbench.analysis.reporting import Checklist, checklist_blocks
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import fix_times

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import _Cell

_PAGE = (21.0, 29.7)  # cm, A4
_MARGIN = 2.2  # cm, on all sides
_FONT = "Calibri"


def write_history_document(
    history: Sequence[VersionHistory], checklists: Sequence[Checklist], path: Path
) -> None:
    """Write the history of the coding frame on upright pages, then each checklist on pages turned sideways.

    Args:
        history: As `analysis.frame_history` gives it; empty leaves that part out.
        checklists: As `analysis.reporting` gives them; may be empty.
        path: The file to write; the same study gives the same bytes.
    """
    import docx

    document = docx.Document()
    set_up_styles(document)
    set_up_page(document.sections[0], sideways=not history)
    if history:
        write_blocks(document, history_blocks(history))
    for n, checklist in enumerate(checklists):
        if history or n:
            set_up_page(document.add_section(), sideways=True)
        write_blocks(document, checklist_blocks(checklist))
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))
    fix_times(path)


def set_up_styles(document: Document) -> None:
    """Give the styles of a document the font and sizes that all reports have."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size, before, after in (
        ("Normal", 10, 0, 4),
        ("List Bullet", 10, 0, 2),
        ("Heading 1", 18, 0, 8),
        ("Heading 2", 14, 16, 4),
        ("Heading 3", 11, 8, 3),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        if name.startswith("Heading"):
            style.font.color.rgb = RGBColor(0, 0, 0)
            fonts = style.element.rPr.rFonts  # the theme's font would go before the one named
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)


def set_up_page(section: Section, *, sideways: bool) -> None:
    """Make a section A4, upright or turned sideways."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
    width, height = _PAGE[::-1] if sideways else _PAGE
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin = section.bottom_margin = Cm(_MARGIN)


def write_blocks(document: Document, blocks: Iterable[Block]) -> None:
    """Write blocks at the end of a document; tables take the width of a page turned sideways."""
    for block in blocks:
        match block:
            case Heading(text, level):
                document.add_heading(clean(text), level)
            case Paragraph(text):
                document.add_paragraph(clean(text))
            case Bullets(items):
                for item in items:
                    document.add_paragraph(clean(item), style="List Bullet")
            case Grid():
                _write_table(document, block)


def _write_table(document: Document, grid: Grid) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=1, cols=len(grid.headers))
    table.style, table.autofit = "Table Grid", False
    for cell, header in zip(table.rows[0].cells, grid.headers, strict=True):
        cell.paragraphs[0].add_run(header).bold = True
        shade(cell)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for values in grid.rows:
        for cell, value in zip(table.add_row().cells, values, strict=True):
            first, *others = clean(value).split("\n")
            cell.paragraphs[0].text = first
            for line in others:
                cell.add_paragraph(line)
    width = _PAGE[1] - 2 * _MARGIN
    for column, part in zip(table.columns, grid.parts, strict=True):
        column.width = Cm(width * part)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, part in zip(row.cells, grid.parts, strict=True):
            cell.width = Cm(width * part)
            cell.paragraphs[0].paragraph_format.space_before = Pt(2)


def shade(cell: _Cell) -> None:
    """Give a cell the ground of a header."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F0F0F0")):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)
