"""OpenDocument texts (.odt), as LibreOffice writes them (OASIS OpenDocument 1.3, Part 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Block, Reading
from qualbench.transcripts.readers.packages import Package
from qualbench.transcripts.readers.tables import only_tables_talk, read_table

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE, _STYLE = (f"{_NAMES}{name}:1.0}}" for name in ("office", "text", "table", "style"))
_FO = f"{_NAMES}xsl-fo-compatible:1.0}}"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_ANNOTATION, _NOTE = f"{_OFFICE}annotation", f"{_TEXT}note"
_TRACKED = f"{_TEXT}tracked-changes"  # holds what was deleted, and comes before the text
_PASSED_OVER = (_ANNOTATION, _NOTE, _TRACKED)


def read(data: bytes, name: str) -> Reading:
    """Read an OpenDocument text: a block a line; tables as their columns say.

    Tracked changes are taken as accepted; that, and what is left out, is told of.

    Raises:
        BadInput: If the file is not such a document, is protected by a password, or is damaged.
    """
    package = Package(data, name, "an OpenDocument text", ".odt")
    manifest = package.read("META-INF/manifest.xml")
    if manifest is not None and any("encryption-data" in str(element.tag) for element in manifest.iter()):
        raise BadInput(f"{name}: it is protected by a password.", "Save it without one.")
    root = package.require("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise BadInput(f"{name}: this is not an OpenDocument text.", "Save it as .odt again.")
    blocks = only_tables_talk(list(_blocks_in(body, _bold_styles(root))))
    changes = sum(1 for _ in body.iter(f"{_TEXT}changed-region"))
    notes = [f"Tracked changes were taken as accepted: {changes}."] if changes else []
    counts = {
        "headers and footers": _furniture(package.read("styles.xml")),
        "comments": sum(1 for _ in body.iter(_ANNOTATION)),
        "footnotes": sum(1 for _ in body.iter(_NOTE)),
    }
    return Reading(blocks, notes + [f"Left out: {what} ({n})." for what, n in counts.items() if n])


def _bold_styles(root: _Element) -> set[str]:
    """The names of the automatic styles that are bold."""
    return {
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        if any(part.get(f"{_FO}font-weight") == "bold" for part in style)
    }


def _furniture(styles: _Element | None) -> int:
    if styles is None:
        return 0
    parts = styles.iter(f"{_STYLE}header", f"{_STYLE}footer")
    return sum(1 for part in parts if "".join(str(text) for text in part.itertext()).strip())


def _blocks_in(element: _Element, bold_styles: set[str]) -> Iterator[Block]:
    waiting = [element]
    while waiting:
        element = waiting.pop()
        if element.tag in _PARAGRAPHS:
            yield from _lines(element, bold_styles)
        elif element.tag == f"{_TABLE}table":
            yield from read_table(
                [
                    [
                        [block.text for block in _blocks_in(cell, bold_styles) if block.text]
                        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
                    ]
                    for row in element.iter(f"{_TABLE}table-row")
                ]
            )
        elif element.tag not in _PASSED_OVER:
            waiting += reversed(element)


def _lines(paragraph: _Element, bold_styles: set[str]) -> Iterator[Block]:
    heading = paragraph.tag == f"{_TEXT}h"
    runs = list(_runs(paragraph, bold_styles, False))
    text, bold = "", 0
    for words, is_bold in [*runs, ("\n", False)]:
        for n, piece in enumerate(words.split("\n")):
            if n:
                whole = normalise(text)
                leading = len(whole) - len(whole.lstrip())
                yield Block(whole.strip(), bold=0 if heading else max(0, bold - leading), heading=heading)
                text, bold = "", 0
            if is_bold and bold == len(text):
                bold += len(piece)
            text += piece


def _runs(element: _Element, bold_styles: set[str], bold: bool) -> Iterator[tuple[str, bool]]:
    """The words of a paragraph, line breaks as LF, with whether they are bold."""
    if element.text:
        yield _one_line(element.text), bold
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(_count(child), 100), bold
        elif child.tag == f"{_TEXT}tab":
            yield "\t", bold
        elif child.tag == f"{_TEXT}line-break":
            yield "\n", bold
        elif child.tag not in _PASSED_OVER and isinstance(child.tag, str):
            inner = bold or child.get(f"{_TEXT}style-name") in bold_styles
            yield from _runs(child, bold_styles, inner)
        if child.tail:
            yield _one_line(child.tail), bold


def _one_line(text: str) -> str:
    """White space as the format means it: any run of it is one space."""
    words = " ".join(text.split())
    before = " " if text[:1].isspace() else ""
    after = " " if words and text[-1:].isspace() else ""
    return f"{before}{words}{after}"


def _count(spaces: _Element) -> int:
    given = spaces.get(f"{_TEXT}c", "1")
    return int(given) if given.isdigit() else 1
