"""Words, lines and places in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum

from qualbench.text.spans import Edit, Span, apply_edits

WORD = re.compile(r"\w+(?:['’\-]\w+)*")
"""A word, with its inner apostrophes and hyphens."""
CUT = "[...]"
"""Stands for words that are left out of a quote."""

_NEAR = 200  # code points in which the next word is looked for
_NEWLINES = "\r\x0b\x0c\x85\u2028\u2029"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_NEWLINE = re.compile(f"\r\n|[{_NEWLINES}]")
_NEWLINE_OR_CONTROL = re.compile(f"{_NEWLINE.pattern}|{_CONTROL.pattern}")


def normalise(text: str) -> str:
    """Make every kind of line end an LF, drop a byte order mark and controls, and compose accents (NFC)."""
    if any(end in text for end in _NEWLINES):
        text = _NEWLINE.sub("\n", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.removeprefix("\ufeff")))


def normalised(text: str) -> tuple[str, list[list[Edit]]]:
    """Give a text as `normalise` does, with the edits that lead there, one list after the other."""
    changes = _NEWLINE_OR_CONTROL.finditer(text)
    first = [Edit(0, 1, "")] if text.startswith("\ufeff") else []
    first += [Edit(*match.span(), "\n" if match[0][0] in _NEWLINES else "") for match in changes]
    text = apply_edits(text, first)
    if unicodedata.is_normalized("NFC", text):
        return text, [first]
    import regex

    second = []
    for match in regex.finditer(r"\X", text):  # letters with all that is written with them
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            second.append(Edit(*match.span(), composed))
    return apply_edits(text, second), [first, second]


def count_words(text: str) -> int:
    """Count the words of a text as word processors do: whatever stands between white space."""
    return len(text.split())


def count_words_held(text: str, spans: Sequence[Span]) -> int:
    """Count the words of which spans hold at least a part, each once.

    Args:
        text: The text.
        spans: In order and apart from each other, none empty.
    """
    held = 0
    before = 0
    for start, end in spans:
        held += count_words(text[start:end])
        if before and not any(map(str.isspace, text[before - 1 : start + 1])):
            held -= 1  # the word that the span before ended in
        before = end
    return held


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
