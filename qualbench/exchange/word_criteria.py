"""The progression criteria as a Word document: one page on its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.exchange.criteria_report import TITLE, CriteriaReport, ReportRow, in_colour
from qualbench.exchange.word_parts import (
    HEADING,
    NOTE,
    TEXT,
    add_caption,
    add_notes,
    new_document,
    new_table,
    rule,
    save,
    shade,
    write,
)
from qualbench.text.measure import wrap_drawn

_HEADERS = ("No.", "Criterion", "Number", "Rule as printed", "Colour, and whose", "Linked themes")
_WIDTHS = (1.0, 6.3, 5.9, 6.4, 4.8, 3.3)  # cm
_ROOM = 18.8  # cm between the margins, from top to bottom
_MARGIN = 1.0  # cm
_SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0)  # points, the first at which all of it fits
_SHORTER = (220, 140, 100, 70)  # characters of a text, where it fits at none of them
_DRAWN = 0.72  # of the widest usual font, the one that the page is set in takes no more than this
_CELL = 0.38  # cm of a cell's width that its words cannot take
_POINT = 2.54 / 72
_GROUND = {"green": "#CDE8CF", "amber": "#FBE0A6", "red": "#F2C0BA"}


@dataclass(frozen=True)
class _Page:
    size: float
    longest: int | None  # characters of a text; None cuts nothing


def write_criteria_document(report: CriteriaReport, path: Path) -> None:
    """Write the report on one page: type as small as it must be for that, never below 6 points; where even
    that is too large, long texts end in "…" and a note says where all of it can be read.

    Args:
        report: The report.
        path: The file to write.
    """
    from docx.shared import Cm, Pt

    page = _fitting(report)
    document = new_document(landscape=True)
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)
    for name in (TEXT, HEADING, NOTE):
        style = document.styles[name]
        style.font.size, style.paragraph_format.space_after = Pt(page.size), Pt(0)
    add_caption(document, f"{TITLE}: {report.tally}")
    table, cells = new_table(document, _HEADERS, len(report.rows))
    for row, of_row in zip(report.rows, cells, strict=True):
        for n, lines in enumerate(_texts(row, page.longest)):
            write(of_row[n], "\n".join(lines))
        for cell, bold in ((of_row[1], row.element), (of_row[4], in_colour(row.colour))):
            first = cell.paragraphs[0].runs[0]
            assert first.text == bold
            first.bold = True
        if row.colour:
            shade(of_row[4], _GROUND[row.colour], "#000000")
    rule(table, _WIDTHS)
    add_notes(document, [*report.notes, *(_note_of_cuts(page.longest))])
    save(document, path)


def _texts(row: ReportRow, longest: int | None) -> list[list[str]]:
    """The lines of each cell of a row."""
    kind = ["by what people say"] if row.qualitative and not row.numbers else []
    told = [row.why] if row.colour or row.why != "not decided" else []
    return [
        [row.id],
        [row.element, _cut(row.what, longest)],
        [_cut(line, longest) for line in row.numbers] or kind or ["-"],
        [_cut(line, longest) for line in row.rule] or ["none printed"],
        [in_colour(row.colour), *(_cut(line, longest) for line in told)],
        [_cut("; ".join(row.themes), longest) or "-"],
    ]


def _cut(text: str, longest: int | None) -> str:
    if longest is None or len(text) <= longest:
        return text
    return f"{text[: longest - 1].rsplit(' ', 1)[0]}…"


def _note_of_cuts(longest: int | None) -> list[str]:
    return [] if longest is None else ["… : cut to fit the page; 'qualbench criteria report' tells all."]


def _fitting(report: CriteriaReport) -> _Page:
    """The largest type in which the report fits its page."""
    pages = [_Page(size, None) for size in _SIZES] + [_Page(_SIZES[-1], longest) for longest in _SHORTER]
    return next((page for page in pages if _height(report, page) <= _ROOM), pages[-1])


def _height(report: CriteriaReport, page: _Page) -> float:
    """How high all of it is at most, in cm."""
    line = page.size * 1.24 * _POINT
    room = sum(_WIDTHS) / _DRAWN / _POINT
    notes = [*report.notes, *_note_of_cuts(page.longest)]
    lines = 1 + sum(len(wrap_drawn(note, page.size, room)) for note in notes)
    for row in report.rows:
        cells = zip(_texts(row, page.longest), _WIDTHS, strict=True)
        lines += max(_lines(texts, width, page.size) for texts, width in cells)
    rules = (len(report.rows) + 1) * 0.03
    return lines * line + rules + 1.1  # caption, space above the notes, the line that Word ends with


def _lines(texts: Sequence[str], width: float, size: float) -> int:
    room = (width - _CELL) / _DRAWN / _POINT
    return sum(len(wrap_drawn(text, size, room)) for text in texts)
