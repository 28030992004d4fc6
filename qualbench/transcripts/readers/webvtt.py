"""WebVTT (W3C) as Teams (`<v Name>`) and Zoom (`Name: words`) write it."""

from __future__ import annotations

from qualbench.errors import BadInput
from qualbench.transcripts.encoding import decode
from qualbench.transcripts.model import Reading
from qualbench.transcripts.readers.cues import read_cues


def read(data: bytes, name: str) -> Reading:
    """Read WebVTT: a block for each voice of a cue, with its times and, in the Teams layout, its speaker.

    Raises:
        BadInput: If the file is not WebVTT or has no cue.
    """
    text, encoding, notes = decode(data, name)
    if not text.startswith("WEBVTT"):
        raise BadInput(
            f"{name}: this is not WebVTT: its first line is not WEBVTT.", "Export the captions again."
        )
    blocks = read_cues(text.split("\n"))
    if not blocks:
        raise BadInput(f"{name}: there is no caption in it.", "Export the captions again.")
    return Reading(blocks, notes, encoding)
