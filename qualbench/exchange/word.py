"""The theme table of a paper, and the codebook as NVivo exports it, as Word documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.quotes_writing import one_line
from qualbench.analysis.theme_table import ThemeTable, ThemeTableRow, theme_table
from qualbench.exchange.codebook_table import HEADERS, CodebookRow
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.word_parts import (
    PARTICIPANTS,
    add_caption,
    add_notes,
    new_document,
    new_table,
    rule,
    save,
    set_border,
    write,
)
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.text.words import CUT

if TYPE_CHECKING:
    from docx.table import _Cell

_THEME_HEADERS = ("Theme", "Sub-theme", "What it is about", "Quotes")
_WIDTHS = {  # cm of the columns, by whether the page lies on its side and whether participants are counted
    (True, False): (3.6, 4.2, 6.6, 10.3),
    (True, True): (3.4, 3.9, 5.8, 9.1, 2.5),
    (False, False): (2.7, 2.8, 4.0, 6.5),
    (False, True): (2.5, 2.5, 3.4, 5.2, 2.4),
}
_CODEBOOK_WIDTHS = (4.0, 7.7, 1.5, 2.8)  # cm, of an upright page
_INDENT = 0.35  # cm a level
_DEEPEST_INDENT = 7  # levels; deeper ones stand under these


def write_theme_table(study: Study, path: Path, layer: str = AGREED) -> int:
    """Write the theme table of a layer as it is by default, and give the number of its rows."""
    table = theme_table(study, layer)
    write_themes(table, path)
    return len(table.rows)


def write_themes(
    table: ThemeTable, path: Path, *, landscape: bool = True, participants: bool = False
) -> None:
    """Write a theme table: theme, sub-theme, what it is about, quotes with their labels in brackets.

    Args:
        table: The table.
        path: The file to write.
        landscape: Whether the page lies on its side.
        participants: Whether the number of participants is a column; there are no counts by default, as is
            the custom in thematic analysis.
    """
    document = new_document(landscape=landscape)
    add_caption(document, "Themes, sub-themes and quotes")
    headers = (*_THEME_HEADERS, *((PARTICIPANTS,) if participants else ()))
    word_table, cells = new_table(document, headers, len(table.rows))
    for row, of_row in zip(table.rows, cells, strict=True):
        _write_theme(row, of_row)
        if participants:
            write(of_row[4], f"{row.participants} of {table.participants}")
    rule(word_table, _WIDTHS[landscape, participants])
    for n, row in enumerate(table.rows):
        if row.theme is None:  # no rule within a theme
            set_border(cells[n - 1][0], "bottom", 0)
            set_border(cells[n][0], "top", 0)
    add_notes(document, _theme_notes(table, participants=participants))
    save(document, path)


def _write_theme(row: ThemeTableRow, cells: Sequence[_Cell]) -> None:
    if row.theme is not None:
        write(cells[0], row.theme.label).runs[0].bold = True
    if row.entry != row.theme:
        write(cells[1], row.entry.label)
    write(cells[2], row.summary)
    for n, passage in enumerate(row.quotes):
        write(cells[3], f"“{one_line(passage.text)}” [{passage.quote.label}]", first=n == 0)
    if not row.quotes:
        write(cells[3], "Nothing is coded yet." if not row.participants else "No quote that may be printed.")


def _theme_notes(table: ThemeTable, *, participants: bool) -> list[str]:
    texts = [passage.text for row in table.rows for passage in row.quotes]
    notes = []
    if participants:
        notes.append(
            f"Participants: how many of the {table.participants} who were talked to say something on the "
            "sub-theme; each counts once."
        )
    if any(CUT in text for text in texts):
        notes.append(f"{CUT} stands for words left out.")
    if any("[" in text.replace(CUT, "") for text in texts):
        notes.append("Words in brackets within a quote stand for names that were replaced.")
    return notes


def write_codebook_document(rows: Sequence[CodebookRow], path: Path) -> None:
    """Write a codebook as NVivo exports one to Word: a table of Name, Description, Files and References
    under the heading Codes, names of the entries below others indented."""
    from docx.shared import Cm

    document = new_document(landscape=False)
    document.add_paragraph().add_run("Codes").bold = True
    table, cells = new_table(document, HEADERS, len(rows))
    for row, of_row in zip(rows, cells, strict=True):
        values = (row.name, row.description, str(row.files), str(row.references))
        for cell, text in zip(of_row, values, strict=True):
            cell.text = clean(text)
        indent = min(row.depth, _DEEPEST_INDENT) * _INDENT
        of_row[0].paragraphs[0].paragraph_format.left_indent = Cm(indent)
    rule(table, _CODEBOOK_WIDTHS)
    save(document, path)
