"""Sources in figures, as a Word document and a workbook."""

from __future__ import annotations

from pathlib import Path

from qualbench.analysis.sources_described import HEADERS, Described, described_rows
from qualbench.exchange.sheets_of_words import write_sheets
from qualbench.exchange.word_parts import add_caption, add_notes, new_document, new_table, rule, save, write

_WIDTHS = (5.2, 3.2, 3.2, 3.2, 2.6, 2.0, 2.6, 2.7)  # cm
_IN_CHARACTERS = (30, 16, 16, 16, 12)


def write_sources_document(found: Described, path: Path) -> None:
    """Write the figures as a Word document."""
    document = new_document(landscape=True)
    add_caption(document, "Sources by group, site, timepoint and mode")
    rows = described_rows(found)
    table, cells = new_table(document, [name.capitalize() for name in HEADERS], len(rows))
    for row, of_row in zip(rows, cells, strict=True):
        for cell, value in zip(of_row, row, strict=True):
            write(cell, str(value))
    for cell in cells[-1]:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    rule(table, _WIDTHS)
    add_notes(document, found.notes)
    save(document, path)


def write_sources_workbook(found: Described, path: Path) -> None:
    """Write the figures as a workbook."""
    rows = [HEADERS, *described_rows(found), *([note] for note in found.notes)]
    write_sheets({"Sources": rows}, path, _IN_CHARACTERS)
