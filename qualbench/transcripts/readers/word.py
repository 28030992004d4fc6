"""Word documents (.docx): the paragraphs of the body, with what is bold and what is a heading.

Read from the XML itself (ECMA-376, Part 1, section 17), for python-docx passes over words that were
inserted under tracked changes, and those in content controls, fields and text boxes.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Block

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNPACKED_LIMIT = 200 * 1024 * 1024  # bytes; a longer document is no transcript
_HEADINGS = ("heading", "title", "subtitle")
_OFF = ("0", "false", "off", "none")


def read(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    """Read a Word document: a block a line, with its leading bold and whether its style is a heading.

    Tracked insertions are taken as accepted and deletions as made; tables are left out and told of.

    Raises:
        BadInput: If the file is not a Word document, is protected by a password, or is damaged.
    """
    body = _body(data, name)
    tables = sum(1 for _ in body.iter(f"{_W}tbl"))
    blocks = [block for paragraph in _paragraphs(body) for block in _blocks(paragraph)]
    if tables and not any(block.text for block in blocks):
        raise BadInput(f"{name}: all its text is in tables.", "Convert the tables to text in Word.")
    notes = [f"{tables} tables were left out."] if tables else []
    changes = sum(1 for _ in body.iter(f"{_W}ins", f"{_W}del"))
    if changes:
        notes.append(f"{changes} tracked changes were taken as accepted.")
    return blocks, notes


def _body(data: bytes, name: str) -> _Element:
    from lxml import etree

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(
            f"{name}: it is protected by a password, or in the old .doc format.",
            "Open it in Word and save it as .docx without a password.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED_LIMIT:
                raise BadInput(f"{name}: it unpacks to more than 200 MB.", "A transcript does not; check it.")
            if "word/document.xml" not in archive.namelist():
                raise BadInput(f"{name}: this is not a Word document.", "Save it as .docx from Word.")
            xml = archive.read("word/document.xml")
    except zipfile.BadZipFile:
        raise BadInput(
            f"{name}: this is not a Word document, or is damaged.", "Save it as .docx again."
        ) from None
    except (zlib.error, RuntimeError, NotImplementedError, EOFError):  # damaged, encrypted, packed oddly
        raise BadInput(
            f"{name}: the Word document is damaged or protected.", "Save it as .docx again."
        ) from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        body = etree.fromstring(xml, parser).find(f"{_W}body")
    except etree.XMLSyntaxError:
        body = None
    if body is None:
        raise BadInput(f"{name}: the Word document is damaged.", "Open it in Word and save it again.")
    return body


def _paragraphs(body: _Element) -> Iterator[_Element]:
    """The paragraphs of the document, those of text boxes among them, those of tables not."""
    for paragraph in body.iter(f"{_W}p"):
        above = {str(element.tag) for element in paragraph.iterancestors()}
        if f"{_W}tbl" not in above and _FALLBACK not in above:
            yield paragraph


def _blocks(paragraph: _Element) -> Iterator[Block]:
    """A block for each line of a paragraph; the bold that counts is that at the start of its line."""
    heading = _is_heading(paragraph)
    text, bold, still_bold = "", 0, True
    for words, is_bold in [*_runs(paragraph), ("\n", False)]:
        for n, piece in enumerate(words.split("\n")):
            if n:
                yield _block(text, bold, heading)
                text, bold, still_bold = "", 0, True
            still_bold = still_bold and (is_bold or not piece.strip())
            text += piece
            if still_bold and piece:
                bold = len(text)


def _block(text: str, bold: int, heading: bool) -> Block:
    whole = normalise(text).replace("\n", " ")
    leading = len(whole) - len(whole.lstrip())
    return Block(whole.strip(), bold=0 if heading else max(0, bold - leading), heading=heading)


def _runs(paragraph: _Element) -> Iterator[tuple[str, bool]]:
    """The words of each run of a paragraph, line breaks as LF, with whether they are bold."""
    for run in paragraph.iter(f"{_W}r"):
        if next(run.iterancestors(f"{_W}p")) is not paragraph:
            continue  # of a text box in this paragraph, which comes as a paragraph of its own
        words = "".join(_words(run))
        if words:
            bold = run.find(f"{_W}rPr/{_W}b")
            yield words, bold is not None and bold.get(f"{_W}val", "1") not in _OFF


def _words(run: _Element) -> Iterator[str]:
    for part in run:
        if part.tag == f"{_W}t":
            yield part.text or ""
        elif part.tag == f"{_W}tab":
            yield "\t"
        elif part.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif part.tag == f"{_W}noBreakHyphen":
            yield "-"


def _is_heading(paragraph: _Element) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and (style.get(f"{_W}val") or "").casefold().startswith(_HEADINGS)
