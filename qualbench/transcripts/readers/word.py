"""Word documents (.docx): the paragraphs of the body, with what is bold and what is a heading.

Read from the XML itself (ECMA-376, Part 1, section 17), for python-docx passes over words that were
inserted under tracked changes, and those in content controls, fields and text boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualbench.text.words import normalise
from qualbench.transcripts.model import Block, Reading
from qualbench.transcripts.readers.packages import Package
from qualbench.transcripts.readers.tables import only_tables_talk, read_table

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _RUN, _TABLE, _ROW, _CELL = (f"{_W}{name}" for name in ("p", "r", "tbl", "tr", "tc"))
_TEXT, _TAB, _HYPHEN = f"{_W}t", f"{_W}tab", f"{_W}noBreakHyphen"
_BREAKS = (f"{_W}br", f"{_W}cr")
_PASSED_OVER = (  # what was deleted or moved away, and the copy of a text box for old programs
    f"{_W}del",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_CHANGES = (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo")
_HEADINGS = ("heading", "title", "subtitle")
_OFF = ("0", "false", "off", "none")
_FURNITURE = re.compile(r"word/(?:header|footer)\d*\.xml")
_EMBEDDED = ("word/embeddings/", "word/afchunk")
_NOTES = {
    "comments": ("word/comments.xml", f"{_W}comment"),
    "footnotes": ("word/footnotes.xml", f"{_W}footnote"),
    "endnotes": ("word/endnotes.xml", f"{_W}endnote"),
}


def read(data: bytes, name: str) -> Reading:
    """Read a Word document: a block a line, with its leading bold and whether its style is a heading.

    Tables are read as their columns say. Tracked insertions are taken as accepted and deletions as made;
    that, and what is left out (headers, footers, comments, footnotes), is told of.

    Raises:
        BadInput: If the file is not a Word document, is protected by a password, or is damaged.
    """
    package = Package(data, name, "a Word document", ".docx")
    root = package.require("word/document.xml")
    blocks = only_tables_talk(list(_blocks_in(root)))
    changes = sum(1 for _ in root.iter(*_CHANGES))
    notes = [f"Tracked changes were taken as accepted: {changes}."] if changes else []
    return Reading(blocks, notes + _left_out(package))


def _left_out(package: Package) -> list[str]:
    furniture = sum(
        1 for part in package.parts if _FURNITURE.fullmatch(part) and _has_words(package.require(part))
    )
    counts = {"headers and footers": furniture}
    for what, (part, tag) in _NOTES.items():
        root = package.read(part)
        counts[what] = sum(map(_has_words, root.iter(tag))) if root is not None else 0
    counts["embedded documents"] = sum(part.startswith(_EMBEDDED) for part in package.parts)
    return [f"Left out: {what} ({count})." for what, count in counts.items() if count]


def _has_words(element: _Element) -> bool:
    return any((text.text or "").strip() for text in element.iter(_TEXT))


def _blocks_in(element: _Element) -> Iterator[Block]:
    """The blocks of the paragraphs and tables below an element, however deep, in order."""
    waiting = [element]
    while waiting:
        element = waiting.pop()
        if element.tag == _PARAGRAPH:
            yield from _lines(element)
            waiting += reversed(_boxes(element))
        elif element.tag == _TABLE:
            yield from read_table(_rows(element))
        elif element.tag not in _PASSED_OVER:
            waiting += reversed(element)


def _boxes(paragraph: _Element) -> list[_Element]:
    """The paragraphs of text boxes in a paragraph, but for the copy for old programs."""
    return [
        inner
        for inner in paragraph.iter(_PARAGRAPH)
        if inner is not paragraph
        and next(inner.iterancestors(_PARAGRAPH)) is paragraph
        and not any(above.tag in _PASSED_OVER for above in inner.iterancestors())
    ]


def _rows(table: _Element) -> list[list[list[str]]]:
    rows = (row for row in table.iter(_ROW) if next(row.iterancestors(_TABLE)) is table)
    return [[cell for found in _cells(row) for cell in found] for row in rows]


def _cells(row: _Element) -> Iterator[list[list[str]]]:
    """Each cell of a row, followed by empty ones for the further columns that it spans."""
    for cell in row.iter(_CELL):
        if next(cell.iterancestors(_ROW)) is row:
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            width = (span.get(f"{_W}val") or "1") if span is not None else "1"
            further = min(int(width), 50) - 1 if width.isdigit() else 0
            yield [[_whole(block) for block in _blocks_in(cell) if block.text], *([] for _ in range(further))]


def _whole(block: Block) -> str:
    """The text of a block of a cell, with the speaker that a table within the cell gives."""
    return f"{block.speaker}: {block.text}" if block.speaker else block.text


def _lines(paragraph: _Element) -> Iterator[Block]:
    """A block for each line of a paragraph; the bold that counts is that at the start of its line."""
    heading = _is_heading(paragraph)
    text, bold, still_bold = "", 0, True
    for words, is_bold in _runs(paragraph):
        for n, piece in enumerate(words.split("\n")):
            if n:
                yield _block(text, bold, heading)
                text, bold, still_bold = "", 0, True
            still_bold = still_bold and (is_bold or not piece.strip())
            text += piece
            if still_bold and piece:
                bold = len(text)
    yield _block(text, bold, heading)


def _block(text: str, bold: int, heading: bool) -> Block:
    whole = normalise(text).replace("\n", " ")
    leading = len(whole) - len(whole.lstrip())
    return Block(whole.strip(), bold=0 if heading else max(0, bold - leading), heading=heading)


def _runs(paragraph: _Element) -> Iterator[tuple[str, bool]]:
    """The words of each run of a paragraph, line breaks as LF, with whether they are bold."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == _RUN:
            words = "".join(_words(element))
            if words:
                bold = element.find(f"{_W}rPr/{_W}b")
                yield words, bold is not None and bold.get(f"{_W}val", "1") not in _OFF
        elif element.tag not in _PASSED_OVER and element.tag != _PARAGRAPH:
            waiting += reversed(element)


def _words(run: _Element) -> Iterator[str]:
    for part in run:
        if part.tag == _TEXT:
            yield part.text or ""
        elif part.tag == _TAB:
            yield "\t"
        elif part.tag in _BREAKS:
            yield "\n"
        elif part.tag == _HYPHEN:
            yield "-"


def _is_heading(paragraph: _Element) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and (style.get(f"{_W}val") or "").casefold().startswith(_HEADINGS)
