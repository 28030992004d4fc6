"""Words, lines and places in a text."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from qualbench.text.spans import Span

WORD = re.compile(r"\w+(?:['’\-]\w+)*")
"""A word, with its inner apostrophes and hyphens."""

_NEAR = 200  # code points in which the next word is looked for
_NEWLINES = "\r\x0b\x0c\x85\u2028\u2029"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_NEWLINE = re.compile(f"\r\n|[{_NEWLINES}]")


def normalise(text: str) -> str:
    """Make every kind of line end an LF, drop a byte order mark and controls, and compose accents (NFC)."""
    if any(end in text for end in _NEWLINES):
        text = _NEWLINE.sub("\n", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.removeprefix("\ufeff")))


def count_words(text: str) -> int:
    """Count the words of a text as word processors do: whatever stands between white space."""
    return len(text.split())


def fold(text: str) -> str:
    """Give the form under which variants of one name are the same: case-folded, plain quotes, one space."""
    return " ".join(text.replace("’", "'").casefold().split())


class Edge(Enum):
    """An end of a span."""

    START = "start"
    END = "end"


def stretch(text: str, span: Span, edge: Edge, *, outwards: bool) -> Span | None:
    """Move one end of a span by a word, or give None where there is no word that way."""
    low, high = max(0, span.start - _NEAR), span.end + _NEAR
    words = [Span(*match.span()) for match in WORD.finditer(text, low, high)]
    if edge is Edge.START:
        before = [word.start for word in words if word.start < span.start]
        after = [word.start for word in words if span.start < word.start < span.end]
        start = max(before, default=None) if outwards else min(after, default=None)
        return Span(start, span.end) if start is not None else None
    after = [word.end for word in words if word.end > span.end]
    before = [word.end for word in words if span.start < word.end < span.end]
    end = min(after, default=None) if outwards else max(before, default=None)
    return Span(span.start, end) if end is not None else None
