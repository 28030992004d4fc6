"""SubRip captions (.srt), as Whisper, Otter and Premiere write them."""

from __future__ import annotations

from qualbench.errors import BadInput
from qualbench.transcripts.encoding import decode
from qualbench.transcripts.model import Reading
from qualbench.transcripts.readers.cues import read_cues


def read(data: bytes, name: str) -> Reading:
    """Read SubRip: a block a caption, with its times.

    Raises:
        BadInput: If there is no caption in the file.
    """
    text, encoding, notes = decode(data, name)
    blocks = read_cues(text.split("\n"))
    if not blocks:
        raise BadInput(f"{name}: there is no caption in it.", "Export the captions again.")
    return Reading(blocks, notes, encoding)
