"""Word documents (.docx), paragraph by paragraph."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Block

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_UNPACKED_LIMIT = 200 * 1024 * 1024  # bytes; a longer document.xml is no transcript


def read(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    """Read a Word document: a block a paragraph, with its leading bold and its heading style.

    Raises:
        BadInput: If the file is not a Word document, is protected by a password, or is damaged.
    """
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
    except zipfile.BadZipFile:
        raise BadInput(
            f"{name}: this is not a Word document, or is damaged.", "Save it as .docx again."
        ) from None
    return _paragraph_blocks(data, name)


def _paragraph_blocks(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    try:
        document = docx.Document(io.BytesIO(data))
        blocks = [_block(paragraph) for paragraph in document.paragraphs]
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, XMLSyntaxError):
        raise BadInput(
            f"{name}: the Word document is damaged.", "Open it in Word and save it again."
        ) from None
    notes = []
    if document.tables:
        notes.append(f"{len(document.tables)} tables were left out.")
    return blocks, notes


def _block(paragraph: Paragraph) -> Block:
    bold = 0
    for run in paragraph.runs:
        if run.text.strip() and not run.bold:
            break
        bold += len(run.text)
    text = normalise(paragraph.text).replace("\n", " ")
    style = paragraph.style.name if paragraph.style is not None else ""
    heading = (style or "").startswith(("Heading", "Title", "Subtitle"))
    leading = len(text) - len(text.lstrip())
    return Block(text.strip(), bold=0 if heading else max(0, bold - leading), heading=heading)
