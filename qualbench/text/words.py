"""Words, lines and places in a text."""

from __future__ import annotations

import re
import unicodedata

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
