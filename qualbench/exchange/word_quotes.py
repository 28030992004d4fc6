"""Quotes as a Word document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.quotes_passages import Around, Passage
from qualbench.analysis.quotes_writing import AFTER, BEFORE, codes_in_words, one_line
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.word_parts import NOTE, new_document, save

if TYPE_CHECKING:
    from docx.document import Document

_INDENT = 0.8  # cm of what is no quote


def write_quotes_document(
    passages: Sequence[Passage], path: Path, names: Mapping[str, str], *, where: bool = False
) -> None:
    """Write quotes one after the other, each with its label in brackets and its codes below.

    Talk around a quote is in small type, indented, and marked "Before" or "After".

    Args:
        passages: The quotes.
        path: The file to write.
        names: The label of each code by id.
        where: Whether source and place are told.
    """
    document = new_document(landscape=False)
    document.add_heading("Quotes", 1)
    for passage in passages:
        for around in passage.before:
            _write_around(document, BEFORE, around)
        paragraph = document.add_paragraph(
            clean(f"“{one_line(passage.text)}” [{passage.quote.label}]"), style="Normal"
        )
        paragraph.paragraph_format.keep_together = paragraph.paragraph_format.keep_with_next = True
        for around in passage.after:
            _write_around(document, AFTER, around)
        _write_codes(document, f"Codes: {codes_in_words(passage, names, where=where)}")
    save(document, path)


def _write_around(document: Document, which: str, around: Around) -> None:
    from docx.shared import Cm

    paragraph = document.add_paragraph(style=NOTE)
    paragraph.add_run(f"{which}, {around.who}: ").italic = True
    paragraph.add_run(clean(around.text))
    paragraph.paragraph_format.left_indent = Cm(_INDENT)
    paragraph.paragraph_format.keep_with_next = True


def _write_codes(document: Document, text: str) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph(clean(text), style=NOTE)
    paragraph.paragraph_format.space_after = Pt(10)
