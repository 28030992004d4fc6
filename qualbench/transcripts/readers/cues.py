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
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}", re.IGNORECASE
)
_NOT_CUES = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_LABELLED = re.compile(r"[^\s:<][^:<]{0,59}:\s")


@dataclass
class _Cue:
    begins_at: float
    ends_at: float
    lines: list[str] = field(default_factory=list)


def read_cues(lines: Iterable[str]) -> list[Block]:
    """Give a block for each voice of each cue, with its times and, where a voice is named, its speaker."""
    return [block for cue in _cues(lines) for block in _voices(cue)]


def _cues(lines: Iterable[str]) -> Iterator[_Cue]:
    """The cues of a file; a line of times begins one even where the blank line before it is missing.

    The line before the times is the id of the cue if a blank line, or the file's start, comes before it; any
    other text goes with the cue before, for typists put blank lines into cues.
    """
    cue: _Cue | None = None
    waiting: list[str] = []  # lines since the last blank one, after a cue
    after_blank = passing_over = False
    for line in lines:
        times = _TIMES.match(line) if "-->" in line else None
        if times is not None and not passing_over:
            if cue is not None:
                cue.lines += waiting[:-1]
                yield _without_number(cue)
            cue, waiting, after_blank = _Cue(seconds(times[1]), seconds(times[2])), [], False
        elif not line.strip():
            if cue is not None and waiting:
                cue.lines += waiting
            waiting, after_blank, passing_over = [], True, False
        elif passing_over or ((after_blank or cue is None) and _NOT_CUES.match(line)):
            passing_over = True
        elif after_blank:
            waiting.append(line.strip())
        elif cue is not None:
            cue.lines.append(line.strip())
    if cue is not None:
        cue.lines += waiting
        yield cue


def _without_number(cue: _Cue) -> _Cue:
    """A cue without the number of the next, which runs into it where no blank line parts them."""
    if len(cue.lines) > 1 and cue.lines[-1].isdigit():
        cue.lines.pop()
    return cue


def _voices(cue: _Cue) -> Iterator[Block]:
    each_labelled = len(cue.lines) > 1 and all(_LABELLED.match(line) for line in cue.lines)
    for said in cue.lines if each_labelled else [" ".join(cue.lines)]:
        yield from _voices_in(cue, said)


def _voices_in(cue: _Cue, said: str) -> Iterator[Block]:
    starts = [match.start() for match in _VOICE.finditer(said)] or [0]
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(said)], strict=True):
        voice = _VOICE.search(said, start, end)
        words = " ".join(html.unescape(_TAG.sub("", said[start:end])).split())
        if words:
            speaker = " ".join(html.unescape(voice[1]).split()) if voice else None
            yield Block(words, speaker, begins_at=cue.begins_at, ends_at=cue.ends_at)
