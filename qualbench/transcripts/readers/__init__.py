"""Readers of transcript files, one module a format; each turns the bytes of a file into blocks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qualbench.errors import BadInput
from qualbench.transcripts.labels import attribute
from qualbench.transcripts.model import Reading, Transcript, compose
from qualbench.transcripts.readers import (
    opendocument,
    pdf,
    plain,
    praat,
    richtext,
    subrip,
    webpage,
    webvtt,
    word,
)

READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".docx": word.read,
    ".txt": plain.read,
    ".md": plain.read_markdown,
    ".vtt": webvtt.read,
    ".srt": subrip.read,
    ".rtf": richtext.read,
    ".odt": opendocument.read,
    ".pdf": pdf.read,
    ".html": webpage.read,
    ".htm": webpage.read,
    ".textgrid": praat.read,
}
"""From file ending in small letters to the function that reads such a file, given its bytes and its name."""

LARGEST = 50 * 1024 * 1024
"""Bytes beyond which a file is no transcript."""

_HINTS = {
    ".doc": "Open it in Word and save it as .docx.",
    ".docm": "It is a Word file with macros: save it as .docx.",
    ".pages": "Export it from Pages as .docx.",
}


def printable(name: str) -> str:
    """Give the name of a file without what a terminal would obey, composed, and as a string that encodes."""
    encodes = name.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", "".join(c if c.isprintable() else "?" for c in encodes))


def read_transcript(path: Path) -> Transcript:
    """Read a transcript file into text and turns.

    Raises:
        BadInput: If the file cannot be read, is empty, is not what its ending says, or is protected.
    """
    name = printable(path.name)
    ending = path.suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        hint = _HINTS.get(ending, f"Save it as one of {', '.join(READERS)}.")
        raise BadInput(f"{name}: files ending in '{printable(path.suffix)}' are not read.", hint)
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise BadInput(f"{name}: it is no file.", "Give a file, or a folder of files.")
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{name}: it is larger than 50 MB.", "A transcript is not; check what it holds.")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{name}: it cannot be opened ({error.strerror}).",
            "Check that it is there and that you may read it.",
        ) from None
    if not data.strip():
        raise BadInput(f"{name}: the file is empty.", "Export the transcript again.")
    reading = reader(data, name)
    blocks = [block for block in reading.blocks if block.speaker or block.text.strip()]
    if not blocks:
        raise BadInput(f"{name}: there is no text in it.", "Export the transcript again.")
    utterances, label_notes, roles, doubtful = attribute(blocks)
    transcript = compose(utterances, reading.notes + label_notes, roles, doubtful)
    if not transcript.turns:
        raise BadInput(
            f"{name}: there is no talk in it, only labels, headings or tables whose columns cannot be told.",
            "Export it again, or as text with a label before each turn.",
        )
    return replace(transcript, encoding=reading.encoding, metadata=reading.metadata)
