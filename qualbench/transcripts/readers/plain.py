"""Plain text and Markdown, in any encoding."""

from __future__ import annotations

import re
from itertools import pairwise

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Block

_PAGE_NUMBER = re.compile(r"\s*\d{1,3}\s*/\s*\d{1,3}\s*")
_MAGIC = {
    b"PK\x03\x04": "a Word or other zipped file",
    b"\xd0\xcf\x11\xe0": "an old or protected Office file",
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF file",
}
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r\x0b\x0c")
_WRAPPED_AT = 130  # columns; lines of a hard-wrapped file hardly ever run longer


def read(data: bytes, name: str) -> tuple[list[Block], list[str]]:
    """Read plain text: a block a line, or a block a paragraph where a program has wrapped the lines.

    Raises:
        BadInput: If the bytes are not text.
    """
    lines = decode(data, name).split("\n")
    kept = [line for line in lines if "/" not in line or not _PAGE_NUMBER.fullmatch(line)]
    notes = [f"{len(lines) - len(kept)} page numbers were left out."] if len(kept) < len(lines) else []
    return [Block(line.strip()) for line in _unwrapped(kept) if line.strip()], notes


def decode(data: bytes, name: str) -> str:
    """Turn the bytes of a text file into text with LF newlines, guessing the encoding if it is not UTF-8.

    Raises:
        BadInput: If the bytes are not text.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise BadInput(
                f"{name}: this is {what}, not text.", "Give it its right ending, or save it as text."
            )
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16:
        if b"\0" in data:
            raise BadInput(f"{name}: this is not text.", "Export the transcript as text or Word.")
        try:
            return _clean(data.decode("utf-8"), name)
        except UnicodeDecodeError:
            pass
    import charset_normalizer

    guesses = charset_normalizer.from_bytes(data)
    best = guesses.best()
    if best is None:
        raise BadInput(f"{name}: its encoding cannot be told.", "Save it as UTF-8.")
    # Code pages that differ in a letter or two score alike; of those Windows' Western one is the likeliest.
    alike = [g for g in guesses if (g.chaos, g.coherence) == (best.chaos, best.coherence)]
    return _clean(str(next((g for g in alike if g.encoding == "cp1252"), best)), name)


def _clean(text: str, name: str) -> str:
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) - len(encoded.translate(None, _CONTROLS)) > len(text) // 100:
        raise BadInput(f"{name}: this is not text.", "Export the transcript as text or Word.")
    return normalise(text)


def _unwrapped(lines: list[str]) -> list[str]:
    """Join the lines of a paragraph where a program has broken them at a column.

    Such a file has lines near one length, the next line going on in the middle of a sentence.
    """
    filled = [line for line in lines if line.strip()]
    going_on = sum(
        1
        for line, after in pairwise(lines)
        if len(line) > _WRAPPED_AT // 2 and after[:1].islower() and line.rstrip()[-1:] not in ".?!:"
    )
    if not filled or max(map(len, filled)) > _WRAPPED_AT or going_on < max(3, len(filled) // 50):
        return lines
    joined: list[str] = []
    before = ""
    for line in lines:
        if len(before) > _WRAPPED_AT // 2 and line.strip():
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
        before = line
    return joined
