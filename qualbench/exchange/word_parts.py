"""What the Word documents for papers share: pages, styles, and tables as journals take them.

A table has one font, a header row that is repeated on every page, horizontal rules only, and no row that
breaks over pages unless it is long. Its paragraphs have styles of their own, so that an editor changes them
in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import fix_times

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

WIDE, UPRIGHT = 24.7, 16.0  # cm between the margins, of A4 landscape and upright
PARTICIPANTS = "Participants (n of N)"
TEXT, HEADING, NOTE = "Table text", "Table heading", "Table note"
_MARGINS = (2.5, 2.0)  # cm, at the sides and above
_LONG = 900  # characters in a cell above which its row may break over pages
_FONT = "Calibri"
_SAME_DATE = datetime(2000, 1, 1)
_AFTER_BORDERS = ("shd", "tblLayout", "tblCellMar", "tblLook")  # the order of the schema (ECMA-376, 17.4.59)


def new_document(*, landscape: bool) -> Document:
    """Begin a document of A4 pages with the styles of tables."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    sides = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    section.page_width, section.page_height = sides
    section.left_margin = section.right_margin = Cm(_MARGINS[0])
    section.top_margin = section.bottom_margin = Cm(_MARGINS[1])
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(4), 1.0
    for name, size, bold, after in ((TEXT, 10, False, 3), (HEADING, 10, True, 3), (NOTE, 9, False, 2)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size, style.font.bold = Pt(size), bold
        style.paragraph_format.space_after = Pt(after)
    for name, size in (("Caption", 10), ("Heading 1", 14)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(0), Pt(6)
        style.paragraph_format.keep_with_next = True
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # the theme's font would go before the one named
    return document


def save(document: Document, path: Path) -> None:
    """Write a document; the same document gives the same bytes."""
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = _SAME_DATE
    document.save(str(path))
    fix_times(path)


def add_caption(document: Document, text: str) -> None:
    """Write what stands above a table; the number of the table is left to the paper."""
    document.add_paragraph(clean(text), style="Caption")


def add_notes(document: Document, notes: Sequence[str]) -> None:
    """Write what stands below a table, a line each."""
    for n, note in enumerate(notes):
        paragraph = document.add_paragraph(clean(note), style=NOTE)
        if n == 0:
            _space_before(paragraph, 6)


def new_table(document: Document, headers: Sequence[str], rows: int) -> tuple[Table, list[list[_Cell]]]:
    """Begin a table with a header row, which is repeated on every page; give its cells by row, without it."""
    table = document.add_table(rows=1 + rows, cols=len(headers))
    cells = cells_by_row(table)
    for cell, name in zip(cells[0], headers, strict=True):
        write(cell, name, HEADING)
    repeat(table, 1)
    return table, cells[1:]


def cells_by_row(table: Table) -> list[list[_Cell]]:
    """All cells at once; to ask each row for its own takes time that grows with the square of the rows."""
    cells, width = table._cells, len(table.columns)
    return [cells[n : n + width] for n in range(0, len(cells), width)]


def write(cell: _Cell, text: str, style: str = TEXT, *, first: bool = True) -> Paragraph:
    """Write a text into a cell, a paragraph a line; give the last.

    Args:
        cell: The cell.
        text: The text.
        style: The style of the paragraphs.
        first: Whether the cell is empty so far; else the paragraphs come after what is there.
    """
    paragraph: Paragraph = cell.paragraphs[0]
    for n, line in enumerate(clean(text).split("\n")):
        if n or not first:
            paragraph = cell.add_paragraph()
        paragraph.style = style
        paragraph.add_run(line)
    return paragraph


def repeat(table: Table, rows: int) -> None:
    """Have the first rows repeated on every page."""
    from docx.oxml import OxmlElement

    for row in table.rows[:rows]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def rule(table: Table, widths: Sequence[float], *, headers: int = 1) -> None:
    """Fix the widths, draw horizontal rules only, and keep rows together unless they are long.

    Args:
        table: The table, with all its text.
        widths: Of the columns, in cm.
        headers: How many rows are header rows; a thicker rule stands below them.
    """
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table.autofit = False
    for row, cells in zip(table.rows, cells_by_row(table), strict=True):
        if all(len(cell.text) <= _LONG for cell in cells):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    borders = OxmlElement("w:tblBorders")
    for edge, size in (("top", 12), ("bottom", 12), ("insideH", 4)):
        borders.append(_line(edge, size, "808080" if edge == "insideH" else "000000"))
    properties = table._tbl.tblPr
    later = [one for one in properties if one.tag in map(_name, _AFTER_BORDERS)]
    later[0].addprevious(borders) if later else properties.append(borders)
    for cell in cells_by_row(table)[headers - 1]:
        set_border(cell, "bottom", 8)


def set_border(cell: _Cell, edge: str, size: int) -> None:
    """Draw the top or bottom edge of a cell, in eighths of a point; 0 draws none."""
    from docx.oxml import OxmlElement

    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(_name("tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line = _line(edge, size, "000000")
    borders.insert(0, line) if edge == "top" else borders.append(line)


def keep_with_next(cells: Sequence[_Cell]) -> None:
    """Keep a row on one page with the next."""
    for cell in cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def shade(cell: _Cell, ground: str, ink: str) -> None:
    """Fill a cell with a colour, `#RRGGBB`, and write its text in another."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", ground.removeprefix("#"))):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)
    for paragraph in cell.paragraphs:
        for run in paragraph.runs:
            run.font.color.rgb = RGBColor.from_string(ink.removeprefix("#"))


def _line(edge: str, size: int, colour: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    line = OxmlElement(f"w:{edge}")
    kind = "single" if size else "nil"
    for name, value in (("val", kind), ("sz", str(size)), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    return line


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{tag}"))


def _space_before(paragraph: Paragraph, points: float) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = Pt(points)
