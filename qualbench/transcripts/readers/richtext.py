"""Rich Text Format (.rtf), by the library striprtf."""

from __future__ import annotations

import re
from itertools import groupby

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Block, Reading
from qualbench.transcripts.readers.tables import read_table

_HIDDEN = re.compile(rb"\\(?:deleted|v)(?![a-z0-9])")
_LEFT_OUT = {
    "headers and footers": re.compile(rb"\\(?:header|footer)[lrf]?\b"),
    "footnotes": re.compile(rb"\{\\footnote\b"),
    "comments": re.compile(rb"\{\\\*\\annotation\b"),
}


def read(data: bytes, name: str) -> Reading:
    """Read Rich Text: a block a line; rows of a table as their columns say.

    Raises:
        BadInput: If the file is not RTF or is damaged.
    """
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise BadInput(f"{name}: this is not an RTF file.", "Save it as .rtf or .docx from Word.")
    try:
        text = rtf_to_text(data.decode("cp1252", "replace"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, OverflowError, TypeError, AttributeError):
        raise BadInput(f"{name}: the RTF file is damaged.", "Save it as .docx from Word.") from None
    blocks: list[Block] = []
    for is_table, lines in groupby(normalise(text).split("\n"), key=lambda line: line.endswith("|")):
        if is_table:
            rows = [line.rstrip("|").split("|") for line in lines]
            blocks += read_table([[[cell.strip()] if cell.strip() else [] for cell in row] for row in rows])
        else:
            blocks += [Block(line.strip()) for line in lines if line.strip()]
    counts = {what: len(pattern.findall(data)) for what, pattern in _LEFT_OUT.items()}
    notes = [f"Left out: {what} ({count})." for what, count in counts.items() if count]
    hidden = len(_HIDDEN.findall(data))
    if hidden:
        notes.append(f"Deleted or hidden text may be among the words: {hidden} places.")
    return Reading(blocks, notes)
