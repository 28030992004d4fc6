"""The bytes of a text file as text, in whatever encoding they are."""

from __future__ import annotations

import re
from typing import NamedTuple

from qualbench.errors import BadInput
from qualbench.text.words import normalise

_MAGIC = {
    b"PK\x03\x04": "a Word or other zipped file",
    b"\xd0\xcf\x11\xe0": "an old or protected Office file",
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF file",
}
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r\x0b\x0c")
_SAMPLE = 32 * 1024  # bytes with letters beyond ASCII; enough to tell an encoding, and quick
_MARKS = "‘’“”‚„–—…•·«»‹›€°§©®™´\xa0\xad"
_NOT_WESTERN = re.compile(
    rf"[^\x00-\x7f{_MARKS}¿¡£½¼¾²³ºªàáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÙÚÛÜŒ]"
    r"|[^\W\d_a-zA-Z]{3}|£[^\W\d_]|[^\W\d_][¿£²³ºª]"
)
_NOT_CENTRAL = re.compile(
    rf"[^\x00-\x7f{_MARKS}áâăäąćčçďđéęěëíîĺľłńňóôőöŕřśšşťţúůűüýźżžßÁÂĂÄĄĆČÇĎĐÉĘĚËÍÎŁŃÓÔŐÖŘŚŠŞŤŢÚŮŰÜÝŹŻŽ]"
    r"|[^\W\d_a-zA-Z]{3}"
)
_HINT = "Export the transcript as text or Word."


class Decoded(NamedTuple):
    """A text, the encoding it was in, and what a person should know of it."""

    text: str
    encoding: str
    notes: list[str]


def decode(data: bytes, name: str) -> Decoded:
    """Turn the bytes of a text file into text, telling the encoding where it is not UTF-8.

    Raises:
        BadInput: If the bytes are not text.
    """
    text, encoding, notes = decode_as_it_is(data, name)
    return Decoded(normalise(text), encoding, notes)


def decode_as_it_is(data: bytes, name: str) -> Decoded:
    """Turn the bytes of a text file into text as `decode` does, but with its own line ends and accents.

    Raises:
        BadInput: If the bytes are not text.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise BadInput(
                f"{name}: this is {what}, not text.", "Give it its right ending, or save it as text."
            )
    encoding = _wide(data)
    if encoding is None:
        try:
            return _checked(data.decode("utf-8"), "UTF-8", name)
        except UnicodeDecodeError:
            encoding = _guess(data)
    if encoding is None:
        raise BadInput(f"{name}: its encoding cannot be told.", "Save it as UTF-8.")
    try:
        return _checked(data.decode(encoding), encoding, name)
    except (UnicodeDecodeError, LookupError):
        raise BadInput(f"{name}: it is not {encoding} throughout.", "Save it as UTF-8.") from None


def _wide(data: bytes) -> str | None:
    """The encoding, if it has two or four bytes a character; such text without its mark is full of NULs."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding, nuls in (("utf-16-le", data[1::2].count(0)), ("utf-16-be", data[::2].count(0))):
        if nuls * 5 > len(data):
            return encoding
    return None


def _guess(data: bytes) -> str | None:
    """The encoding of bytes that are not UTF-8.

    Short texts have too few letters beyond ASCII for statistics, so the Western code pages, and that of
    Poland and Romania, are taken where they give nothing but letters and marks that belong there.
    """
    import charset_normalizer

    telling = b"\n".join(line for line in data.split(b"\n") if not line.isascii())[:_SAMPLE]
    for likely, unlikely in (("cp1252", _NOT_WESTERN), ("mac-roman", _NOT_WESTERN), ("cp1250", _NOT_CENTRAL)):
        if not unlikely.search(telling.decode(likely, "replace")):
            return likely
    best = charset_normalizer.from_bytes(telling).best()
    return best.encoding if best is not None else None


def _checked(text: str, encoding: str, name: str) -> Decoded:
    encoded = text.encode("utf-8", "surrogatepass")
    controls = len(encoded) - len(encoded.translate(None, _CONTROLS))
    if controls > len(text) // 100:
        raise BadInput(f"{name}: this is not text.", _HINT)
    notes = [f"Control characters were left out: {controls}."] if controls else []
    return Decoded(text, encoding.replace("_", "-"), notes)
