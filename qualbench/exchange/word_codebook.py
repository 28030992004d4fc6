"""The codebook as an appendix of a paper, as a Word document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.codebook_appendix import Appendix, AppendixRow
from qualbench.analysis.quotes_writing import one_line
from qualbench.exchange.word_parts import (
    PARTICIPANTS,
    WIDE,
    add_caption,
    add_notes,
    new_document,
    new_table,
    rule,
    save,
    write,
)
from qualbench.text.words import CUT

if TYPE_CHECKING:
    from docx.table import _Cell

_HEADERS = ("Code", "Definition", "When to use it, and when not", "Example")
_WIDTHS = (4.0, 6.2, 8.5, 6.0)  # cm, of a landscape page
_COUNT = 2.4
_INDENT = 0.35  # cm a level
_DEEPEST_INDENT = 7  # levels; deeper ones stand under these


def write_codebook_appendix(appendix: Appendix, path: Path, *, participants: bool = False) -> None:
    """Write the appendix: themes in bold, the entries below others indented.

    Args:
        appendix: The appendix.
        path: The file to write.
        participants: Whether the number of participants is a column.
    """
    from docx.shared import Cm

    document = new_document(landscape=True)
    add_caption(document, appendix.title)
    counted = (PARTICIPANTS,) if participants else ()
    table, cells = new_table(document, (*_HEADERS, *counted), len(appendix.rows))
    for row, of_row in zip(appendix.rows, cells, strict=True):
        _write_row(row, of_row)
        indent = min(row.depth, _DEEPEST_INDENT) * _INDENT
        of_row[0].paragraphs[0].paragraph_format.left_indent = Cm(indent)
        if participants:
            write(of_row[4], f"{row.participants} of {appendix.participants}")
    share = (WIDE - _COUNT) / WIDE if participants else 1.0
    rule(table, [*(width * share for width in _WIDTHS), *([_COUNT] if participants else [])])
    add_notes(document, _notes(appendix))
    save(document, path)


def _write_row(row: AppendixRow, cells: Sequence[_Cell]) -> None:
    entry = row.entry
    name = write(cells[0], entry.label)
    name.runs[0].bold = entry.level == "theme"
    name.runs[0].italic = entry.level == "subtheme"
    _write_lines(cells[1], _meaning(row))
    _write_lines(cells[2], _use(row))
    _write_lines(cells[3], _examples(row))


def _write_lines(cell: _Cell, lines: Iterator[str]) -> None:
    for n, line in enumerate(lines):
        write(cell, line, first=n == 0)


def _meaning(row: AppendixRow) -> Iterator[str]:
    entry = row.entry
    if entry.definition or entry.short_definition:
        yield entry.definition or entry.short_definition
    if entry.central_concept:
        yield f"Central concept: {entry.central_concept}"
    if entry.status == "candidate":
        yield "A candidate, not agreed yet."


def _use(row: AppendixRow) -> Iterator[str]:
    entry = row.entry
    if entry.when_to_use:
        yield entry.when_to_use
    if entry.when_not_to_use:
        says_so = entry.when_not_to_use.casefold().startswith("not ")
        yield entry.when_not_to_use if says_so else f"Not: {entry.when_not_to_use}"


def _examples(row: AppendixRow) -> Iterator[str]:
    """Its quotes; what the team wrote as an example where there are none."""
    for passage in row.quotes:
        yield f"“{one_line(passage.text)}” [{passage.quote.label}]"
    if not row.quotes and row.entry.typical_example:
        yield f"In the team's words: {row.entry.typical_example}"


def _notes(appendix: Appendix) -> list[str]:
    texts = [passage.text for row in appendix.rows for passage in row.quotes]
    notes = ["Themes are in bold, sub-themes in italics; what belongs to an entry stands indented below it."]
    if any(CUT in text for text in texts):
        notes.append(f"{CUT} stands for words left out.")
    if any("[" in text.replace(CUT, "") for text in texts):
        notes.append("Words in brackets within a quote stand for names that were replaced.")
    return notes
