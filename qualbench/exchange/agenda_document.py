"""The sheet of a meeting as a Word document, to be printed and written on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench.agreement.agenda import Agenda, Point, Said
from qualbench.agreement.outcomes import OUTCOMES
from qualbench.codebook.tree import Codebook
from qualbench.exchange.agenda import (
    OUTCOME_HEADERS,
    OUTCOME_MEANS,
    decided_before,
    heading_of,
    meaning_of,
    opening,
    other_meanings,
    readings,
    standing_of,
    title_of,
)
from qualbench.exchange.frame_document import set_up_page, set_up_styles, shade
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import fix_times

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

_OUTCOME_WIDTHS = (3.2, 13.4)  # cm; the page leaves 16.6
_WIDTHS = (2.4, 14.2)
_BOX = "\N{BALLOT BOX}"
_ROOM = 1.7  # cm, to write the reason in
_PADDING = 108  # twentieths of a point, of the cells of a table


def write_agenda_document(agenda: Agenda, book: Codebook, path: Path) -> None:
    """Write the sheet of a meeting: what can be decided, then the differences by code, a table each.

    Args:
        agenda: The agenda.
        book: The codebook.
        path: The file to write; the same agenda gives the same bytes.
    """
    import docx

    document = docx.Document()
    set_up_styles(document)
    set_up_page(document.sections[0], sideways=False)
    _number_pages(document)
    document.add_heading(clean(title_of(agenda)), 1)
    document.add_paragraph("Date: ________________    Present: ________________________________")
    for sentence in opening(agenda):
        document.add_paragraph(clean(sentence))
    _write_outcomes(document)
    for code, points in agenda.by_code():
        document.add_heading(clean(book.by_id[code].label), 2)
        _keep(document.add_paragraph(clean(standing_of(agenda, code))))
        for name, text in meaning_of(book.by_id[code]):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{name}. ").bold = True
            paragraph.add_run(clean(" ".join(text.split())))
            _keep(paragraph)
        for point in points:
            _write_point(document, point, book)
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))
    fix_times(path)


def _write_outcomes(document: Document) -> None:
    table = document.add_table(rows=1, cols=2)
    for cell, name in zip(table.rows[0].cells, OUTCOME_HEADERS, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
        shade(cell)
    for outcome in OUTCOMES:
        _row(table, outcome)[1].text = OUTCOME_MEANS[outcome]
    _finish(table, _OUTCOME_WIDTHS)


def _write_point(document: Document, point: Point, book: Codebook) -> None:
    """A difference in a table: where it stands, the talk, both readings, and room for what is decided."""
    space = document.add_paragraph()
    space.paragraph_format.space_after = 0
    _keep(space)
    table = document.add_table(rows=1, cols=2)
    head = table.rows[0].cells[0].merge(table.rows[0].cells[1])
    head.paragraphs[0].add_run(clean(heading_of(point))).bold = True
    head.paragraphs[0].add_run(f"   {point.item.id}")
    shade(head)
    _, cell = _row(table, "Talk")
    for n, said in enumerate(point.said):
        _write_talk(cell.paragraphs[0] if n == 0 else cell.add_paragraph(), said)
    for who, code, words in readings(point, book):
        _, cell = _row(table, who)
        cell.paragraphs[0].add_run(clean(code)).bold = bool(words)
        cell.paragraphs[0].add_run(clean(f": {words}" if words else ""))
    for label, text in other_meanings(point, book):
        _, cell = _row(table, "Means")
        cell.paragraphs[0].add_run(clean(label)).bold = True
        cell.paragraphs[0].add_run(clean(f": {' '.join(text.split())}"))
    for told in decided_before(point, book):
        _row(table, "Before")[1].text = clean(told)
    _, cell = _row(table, "Decision")
    cell.text = "     ".join(f"{_BOX}\N{NO-BREAK SPACE}{_unbroken(outcome)}" for outcome in OUTCOMES)
    _row(table, "Reason")
    _finish(table, _WIDTHS)
    _leave_room(table)


def _write_talk(paragraph: Paragraph, said: Said) -> None:
    """A turn, the words at issue in bold."""
    if said.speaker:
        paragraph.add_run(clean(f"{said.speaker}: ")).italic = True
    for words, inside in said.pieces:
        paragraph.add_run(clean(" ".join(f".{words}.".split())[1:-1])).bold = inside


def _row(table: Table, name: str = "") -> tuple[_Cell, _Cell]:
    first, second = table.add_row().cells  # type: ignore[no-untyped-call]
    first.text = clean(name)
    return first, second


def _finish(table: Table, widths: Sequence[float]) -> None:
    """Fix the widths, in cm, repeat the first row on every page, and keep the table together if it fits."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table.style, table.autofit = "Table Grid", False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _indent(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for n, row in enumerate(table.rows):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            if n:
                cell.width = Cm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                if n + 1 < len(table.rows):
                    _keep(paragraph)


def _indent(table: Table) -> None:
    """Let the rule of a table stand under the text above it, not left of it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    indent: Any = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), str(_PADDING))
    indent.set(qn("w:type"), "dxa")
    later = ("w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    table._tbl.tblPr.insert_element_before(indent, *later)


def _leave_room(table: Table) -> None:
    from docx.shared import Cm

    table.rows[-1].height = Cm(_ROOM)


def _keep(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _unbroken(words: str) -> str:
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _number_pages(document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        _field_part(paragraph, kind, text)


def _field_part(paragraph: Paragraph, kind: str, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    part = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        part.set(qn("w:fldCharType"), kind)
    else:
        part.text = text
    paragraph.add_run()._r.append(part)
