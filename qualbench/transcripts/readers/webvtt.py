"""WebVTT (W3C) as Teams (`<v Name>`) and Zoom (`Name: words`) write it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualbench.errors import BadInput
from qualbench.transcripts.model import Block
from qualbench.transcripts.readers.plain import decode

_TIMES = re.compile(r"\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
_NOT_CUES = ("NOTE", "STYLE", "REGION")


@dataclass
class _Cue:
    begins_at: float
    ends_at: float
    lines: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    """Read WebVTT: a block for each voice of a cue, with its times and, in the Teams layout, its speaker.

    Raises:
        BadInput: If the file is not WebVTT or has no cue.
    """
    text = decode(data, name)
    if not text.startswith("WEBVTT"):
        raise BadInput(
            f"{name}: this is not WebVTT: its first line is not WEBVTT.", "Export the captions again."
        )
    blocks = [block for cue in _cues(text.split("\n")) for block in _voices(cue)]
    if not blocks:
        raise BadInput(f"{name}: there is no caption in it.", "Export the captions again.")
    return blocks, []


def _cues(lines: list[str]) -> Iterator[_Cue]:
    """The cues of a file; a line of times begins one even where the blank line before it is missing."""
    cue: _Cue | None = None
    passing_over = False
    for line in lines:
        times = None if passing_over else _TIMES.match(line)
        if times is not None:
            if cue is not None:
                yield cue
            cue = _Cue(_seconds(times[1]), _seconds(times[2]))
        elif not line.strip():
            if cue is not None:
                yield cue
            cue, passing_over = None, False
        elif cue is not None:
            cue.lines.append(line.strip())
        elif line.startswith(_NOT_CUES):
            passing_over = True
    if cue is not None:
        yield cue


def _voices(cue: _Cue) -> Iterator[Block]:
    said = " ".join(cue.lines)
    starts = [match.start() for match in _VOICE.finditer(said)] or [0]
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(said)], strict=True):
        voice = _VOICE.search(said, start, end)
        words = " ".join(html.unescape(_TAG.sub("", said[start:end])).split())
        if words:
            speaker = " ".join(html.unescape(voice[1]).split()) if voice else None
            yield Block(words, speaker, begins_at=cue.begins_at, ends_at=cue.ends_at)


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)
