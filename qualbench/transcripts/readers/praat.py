"""Praat TextGrids, long and short: one tier a speaker, interleaved by time.

Format: P. Boersma and D. Weenink, Praat manual, "TextGrid file formats". Only strings, free-standing
numbers and flags count in such a file; all else is comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualbench.errors import BadInput
from qualbench.transcripts.encoding import decode
from qualbench.transcripts.model import Block, Reading

_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<!\S)([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\S)|<(exists|absent)>')
_NOT_HEARD = re.compile(r"<(?:UNIN|INAUDIBLE(?:_SPEECH)?)/>")
_TAG = re.compile(r"</?[A-Z_]+/?>")


def read(data: bytes, name: str) -> Reading:
    """Read a TextGrid: a block an interval (or point) with words in it, its tier's name being the speaker.

    `<INAUDIBLE_SPEECH/>` and `<UNIN/>` become `[inaudible]`; other tags are left out and told of.

    Raises:
        BadInput: If the file is not a TextGrid, is cut off, or has no words.
    """
    text, encoding, notes = decode(data, name)
    if "ooTextFile" not in text[:200] or "TextGrid" not in text[:200]:
        raise BadInput(f"{name}: this is not a TextGrid.", "Save it from Praat as text.")
    try:
        tiers = list(_tiers(_tokens(text)))
    except (StopIteration, RuntimeError, TypeError, ValueError, OverflowError):
        raise BadInput(f"{name}: the TextGrid is damaged or cut off.", "Save it from Praat again.") from None
    blocks = sorted((block for tier in tiers for block in tier), key=lambda block: block.begins_at or 0.0)
    if not blocks:
        raise BadInput(f"{name}: no interval of it has words.", "Save it from Praat again.")
    tags = sum(len(_TAG.findall(_NOT_HEARD.sub("", block.text))) for block in blocks)
    if tags:
        notes.append(f"Tags such as <UNSURE> were left out: {tags}.")
    if sum(bool(tier) for tier in tiers) == 1:
        notes.append("Only one tier has words: each of its intervals is a turn.")
        blocks = [block._replace(apart=True) for block in blocks]
    return Reading([block._replace(text=_plain(block.text)) for block in blocks], notes, encoding)


def _plain(text: str) -> str:
    return " ".join(_TAG.sub("", _NOT_HEARD.sub("[inaudible]", text)).split())


def _tokens(text: str) -> Iterator[str | float]:
    """The strings and numbers after the header (file type and class), flags left out."""
    matches = _TOKEN.finditer(text)
    next(matches)
    next(matches)
    for match in matches:
        if match[1] is not None:
            yield match[1].replace('""', '"')
        elif match[2] is not None:
            yield float(match[2])


def _tiers(tokens: Iterator[str | float]) -> Iterator[list[Block]]:
    _begin, _end, count = (_number(tokens) for _ in range(3))
    for _ in range(int(count)):
        kind, speaker = next(tokens), next(tokens)
        if not isinstance(kind, str) or not isinstance(speaker, str):
            raise TypeError("a tier has no class and name")
        _begin, _end, size = (_number(tokens) for _ in range(3))
        blocks = []
        for _ in range(int(size)):
            begins_at = _number(tokens)
            ends_at = _number(tokens) if kind == "IntervalTier" else begins_at
            words = next(tokens)
            if not isinstance(words, str):
                raise TypeError("an interval has no text")
            if words.strip():
                blocks.append(Block(words.strip(), speaker.strip() or None, 0, False, begins_at, ends_at))
        yield blocks


def _number(tokens: Iterator[str | float]) -> float:
    token = next(tokens)
    if isinstance(token, str):
        raise TypeError("a string where a number belongs")
    return round(token, 3)
