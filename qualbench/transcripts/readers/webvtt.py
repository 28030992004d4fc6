"""WebVTT as Teams (`<v Name>`) and Zoom (`Name: words`) write it."""

from __future__ import annotations

import html
import re

from qualbench.errors import BadInput
from qualbench.transcripts.model import Block
from qualbench.transcripts.readers.plain import decode

_TIMES = re.compile(r"\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<\d[\d:.]*>")


def read(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    """Read WebVTT: a block a cue, with its times and, in the Teams layout, its speaker.

    Raises:
        BadInput: If the file is not WebVTT or has no cue.
    """
    text = decode(data, name)
    if not text.startswith("WEBVTT"):
        raise BadInput(
            f"{name}: this is not WebVTT: its first line is not WEBVTT.", "Export the captions again."
        )
    blocks = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = paragraph.strip("\n").split("\n")
        times = next((n for n, line in enumerate(lines) if _TIMES.match(line)), None)
        if times is None:
            continue  # the header, a note or a style
        match = _TIMES.match(lines[times])
        assert match is not None
        said = " ".join(line.strip() for line in lines[times + 1 :])
        voice = _VOICE.search(said)
        words = " ".join(html.unescape(_TAG.sub("", said)).split())
        speaker = " ".join(html.unescape(voice[1]).split()) if voice else None
        blocks.append(Block(words, speaker, begins_at=_seconds(match[1]), ends_at=_seconds(match[2])))
    if not blocks:
        raise BadInput(f"{name}: there is no caption in it.", "Export the captions again.")
    return [block for block in blocks if block.text], []


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)
