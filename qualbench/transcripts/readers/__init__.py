"""Readers of transcript files, one module a format; each turns the bytes of a file into blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualbench.errors import BadInput
from qualbench.transcripts.labels import attribute
from qualbench.transcripts.model import Block, Transcript, compose
from qualbench.transcripts.readers import plain, webvtt, word

Reader = Callable[[bytes, str], tuple[list[Block], list[str]]]

READERS: dict[str, Reader] = {".txt": plain.read, ".md": plain.read, ".docx": word.read, ".vtt": webvtt.read}
"""From file ending to the function that reads such a file, given its bytes and its name."""

LARGEST = 50 * 1024 * 1024
"""Bytes beyond which a file is no transcript."""


def read_transcript(path: Path) -> Transcript:
    """Read a transcript file into text and turns.

    Raises:
        BadInput: If the file cannot be read, is empty, is not what its ending says, or is protected.
    """
    name = path.name
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise BadInput(
            f"{name}: files ending in '{path.suffix}' are not read.", f"Save it as one of {known}."
        )
    try:
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
    blocks, notes = reader(data, name)
    blocks = [block for block in blocks if block.text.strip() or block.speaker]
    if not blocks:
        raise BadInput(f"{name}: there is no text in it.", "Export the transcript again.")
    utterances, label_notes = attribute(blocks)
    transcript = compose(utterances, notes + label_notes)
    if not transcript.text:
        raise BadInput(f"{name}: there are labels in it but no talk.", "Export the transcript again.")
    return transcript
