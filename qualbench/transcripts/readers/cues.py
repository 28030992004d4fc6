"""Captions: cues with times, as WebVTT and SubRip have them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from qualbench.transcripts.model import Block
from qualbench.transcripts.timecodes import seconds

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"\s*({_TIME})\s*-->\s*({_TIME})")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_NOT_CUES = ("NOTE", "STYLE", "REGION")


@dataclass
class _Cue:
    begins_at: float
    ends_at: float
    lines: list[str] = field(default_factory=list)


def read_cues(lines: Iterable[str]) -> list[Block]:
    """Give a block for each voice of each cue, with its times and, where a voice is named, its speaker."""
    return [block for cue in _cues(lines) for block in _voices(cue)]


def _cues(lines: Iterable[str]) -> Iterator[_Cue]:
    """The cues of a file; a line of times begins one even where the blank line before it is missing."""
    cue: _Cue | None = None
    passing_over = False
    for line in lines:
        times = _TIMES.match(line) if "-->" in line and not passing_over else None
        if times is not None:
            if cue is not None:
                yield _without_number(cue)
            cue = _Cue(seconds(times[1]), seconds(times[2]))
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


def _without_number(cue: _Cue) -> _Cue:
    """A cue without the number of the next, which runs into it where no blank line parts them."""
    if len(cue.lines) > 1 and cue.lines[-1].isdigit():
        cue.lines.pop()
    return cue


def _voices(cue: _Cue) -> Iterator[Block]:
    said = " ".join(cue.lines)
    starts = [match.start() for match in _VOICE.finditer(said)] or [0]
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(said)], strict=True):
        voice = _VOICE.search(said, start, end)
        words = " ".join(html.unescape(_TAG.sub("", said[start:end])).split())
        if words:
            speaker = " ".join(html.unescape(voice[1]).split()) if voice else None
            yield Block(words, speaker, begins_at=cue.begins_at, ends_at=cue.ends_at)
