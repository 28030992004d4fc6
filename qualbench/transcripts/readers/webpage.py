"""Web pages (.html), as some transcription services export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualbench.errors import BadInput
from qualbench.transcripts.encoding import decode
from qualbench.transcripts.model import Block, Reading
from qualbench.transcripts.readers.tables import only_tables_talk, read_table

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "title"}
_NOT_SHOWN = {"script", "style", "noscript", "template", "head", "svg", "button", "nav", "del"}
_IN_LINE = {"a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "ins", "label", "mark"} | {
    "o:p", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "u"}  # fmt: skip
_BOLD = {"b", "strong"}


def read(data: bytes, name: str) -> Reading:
    """Read a web page: a block a paragraph, list item or line; tables as their columns say.

    Raises:
        BadInput: If the page has no text, or is nested without end.
    """
    from lxml import etree, html

    declared = _CHARSET.search(data[:4096])
    text, encoding, notes = decode(_recoded(data, declared[1]) if declared else data, name)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_DECLARATION.sub("", text), parser=parser)
        blocks = only_tables_talk(list(_Page().blocks(root)))
    except (etree.ParserError, etree.XMLSyntaxError, RecursionError, ValueError):
        raise BadInput(f"{name}: there is no text in the page.", "Export the transcript again.") from None
    return Reading(blocks, notes, encoding)


def _recoded(data: bytes, charset: bytes) -> bytes:
    """The page in UTF-8, if it is what it says it is."""
    try:
        return data.decode(charset.decode("ascii")).encode("utf-8")
    except (UnicodeError, LookupError):
        return data


class _Page:
    """The line being gathered while a page is walked."""

    def __init__(self) -> None:
        self._text = ""
        self._bold = 0

    def blocks(self, element: _Element, bold: bool = False, heading: bool = False) -> Iterator[Block]:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _NOT_SHOWN or not tag:
            return
        if tag == "table":
            yield from self._flush(heading)
            yield from read_table(
                [_cells(row) for row in element.iter("tr") if next(row.iterancestors("table")) is element]
            )
            return
        apart = tag not in _IN_LINE
        heading = heading or tag in _HEADINGS
        bold = bold or tag in _BOLD
        if apart:
            yield from self._flush(heading)
        self._add(element.text, bold)
        for child in element:
            yield from self.blocks(child, bold, heading)
            self._add(child.tail, bold)
        if apart:
            yield from self._flush(heading)

    def _add(self, text: str | None, bold: bool) -> None:
        words = re.sub(r"\s+", " ", text or "")
        if not self._text:
            words = words.lstrip()
        at_start = self._bold == len(self._text)
        self._text += words
        if bold and at_start:
            self._bold = len(self._text)

    def _flush(self, heading: bool) -> Iterator[Block]:
        text = self._text.strip()
        if text:
            yield Block(text, bold=0 if heading else min(self._bold, len(text)), heading=heading)
        self._text, self._bold = "", 0


def _cells(row: _Element) -> list[list[str]]:
    """The cells of a row, each followed by empty ones for the further columns that it spans."""
    cells: list[list[str]] = []
    for cell in row:
        if cell.tag in ("td", "th"):
            cells.append([block.text for block in _Page().blocks(cell)])
            span = cell.get("colspan", "1")
            cells += [[]] * (min(int(span), 50) - 1 if span.isdigit() and int(span) else 0)
    return cells
