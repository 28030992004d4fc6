"""Reading what other programs write: XML that is not trusted, GUIDs and colours in every form found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.errors import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_GUID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.IGNORECASE)
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\b[^)]*\)", re.IGNORECASE)
_NAMED = {  # the sixteen of HTML and what .NET programs use besides
    "aqua": "#00FFFF", "black": "#000000", "blue": "#0000FF", "brown": "#A52A2A", "cyan": "#00FFFF",
    "fuchsia": "#FF00FF", "gold": "#FFD700", "gray": "#808080", "green": "#008000", "grey": "#808080",
    "lime": "#00FF00", "magenta": "#FF00FF", "maroon": "#800000", "navy": "#000080", "olive": "#808000",
    "orange": "#FFA500", "pink": "#FFC0CB", "purple": "#800080", "red": "#FF0000", "silver": "#C0C0C0",
    "teal": "#008080", "white": "#FFFFFF", "yellow": "#FFFF00",
}  # fmt: skip


def read_xml(path: Path, limit: int) -> _Element:
    """Read an XML file that is not trusted: no entities, no network, no document type.

    Args:
        path: The file.
        limit: How large it may be, in bytes.

    Raises:
        BadInput: If it cannot be read, is too large, is no XML, or declares a document type.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= limit else b""
    except OSError:
        raise BadInput(f"{path.name}: it cannot be read.", "Check the file.") from None
    if size > limit:
        raise BadInput(
            f"{path.name}: it has {size / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB that are read.",
            "Check whether it is the right file.",
        )
    if data.startswith(b"PK"):
        raise BadInput(f"{path.name}: it is an archive, not bare XML.", "A project (.qdpx) is another thing.")
    head = data[:4096].replace(b"\0", b"")  # in UTF-16 too
    root = None if b"<!DOCTYPE" in head else _as_it_says(path, data)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise BadInput(
            f"{path.name}: it declares a document type, as no such file should.",
            "Take the line <!DOCTYPE out.",
        )
    return root


def _as_it_says(path: Path, data: bytes) -> _Element:
    from lxml import etree

    try:
        return _parsed(data)
    except etree.XMLSyntaxError as error:
        root = _as_utf8(data)
        if root is not None:
            return root
        if "depth" in str(error).lower():
            raise BadInput(f"{path.name}: its elements are nested too deep.", "Check the file.") from None
        raise BadInput(
            f"{path.name}, line {error.lineno or 1}: it is not XML that can be read.",
            "Export it again from the program that it comes from.",
        ) from None


def _parsed(data: bytes) -> _Element:
    from lxml import etree

    return etree.fromstring(
        data,
        etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ),
    )


def _as_utf8(data: bytes) -> _Element | None:
    """What is UTF-8, or UTF-16, whatever it says of itself; .NET programs write a wrong declaration."""
    from lxml import etree

    for encoding in ("utf-8-sig", "utf-16"):
        try:
            return _parsed(_DECLARATION.sub("", data.decode(encoding)).encode())
        except (UnicodeError, etree.XMLSyntaxError):
            continue
    return None


def local_name(element: _Element) -> str:
    """Give the name of an element without its namespace, in small letters."""
    return str(element.tag).rpartition("}")[2].casefold()


def read_guid(text: str | None) -> str | None:
    """Give a GUID in small letters without braces; None if it is none."""
    found = _GUID.fullmatch((text or "").strip())
    return found[1].lower() if found else None


def read_colour(text: str | None) -> str | None:
    """Give a colour as #RRGGBB; None if it is none.

    Known are #RGB, #ARGB, #RRGGBB, #AARRGGBB, rgb(), signed whole numbers as .NET writes them, and the
    commonest names.
    """
    text = (text or "").strip()
    if _HEX.fullmatch(text):
        digits = text[1:].upper()
        if len(digits) < 6:
            digits = "".join(2 * digit for digit in digits)
        return f"#{digits[-6:]}"
    if found := _RGB.fullmatch(text):
        parts = [min(255, int(part)) for part in found.groups()]
        return "#{:02X}{:02X}{:02X}".format(*parts)
    if re.fullmatch(r"[+-]?\d{1,10}", text):
        return f"#{int(text) & 0xFFFFFF:06X}"
    return _NAMED.get(text.casefold())
