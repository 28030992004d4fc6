"""The codebook as REFI-QDA (.qdc): out for NVivo and other programs, and in from them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench import __version__
from qualbench.codebook.outline import Place, outline
from qualbench.codebook.tree import LEVELS, Codebook
from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.descriptions import describe_for_exchange
from qualbench.exchange.refi_qda.names import Guids, clean, code_names

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "urn:QDA-XML:codebook:1.0"
SET_PREFIX = "Candidate theme: "
"""What the name of a set begins with that holds the codes of a candidate theme."""


def write_qdc(book: Codebook, path: Path, guid: Guids) -> int:
    """Write the entries in use to a .qdc file, and the candidate themes they sit in as sets.

    Args:
        book: The codebook, as it is or as a version has it.
        path: The file; written beside it first, then moved into place.
        guid: The GUIDs of the study (`names.guids_of`).

    Returns:
        The number of entries written.

    Raises:
        BadInput: If no entry is in use: such a file would not be valid.
    """
    from lxml import etree

    places = outline(book)
    if not places:
        raise BadInput("There are no codes to export.", "Import a codebook, or add codes.")
    root = etree.Element(
        f"{{{NAMESPACE}}}CodeBook",
        {"origin": f"qualbench {__version__}"},
        nsmap={None: NAMESPACE},  # type: ignore[dict-item]
    )
    names = code_names(places)
    add_codes(etree.SubElement(root, f"{{{NAMESPACE}}}Codes"), book, places, names, guid)
    _add_sets(root, candidate_themes(places, names, guid))
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
    os.replace(partial, path)
    return len(places)


def add_codes(
    codes: _Element,
    book: Codebook,
    places: Sequence[Place],
    names: Mapping[str, str],
    guid: Guids,
    notes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Add entries to an element `Codes`, in its namespace if it has one.

    Args:
        codes: The element.
        book: The codebook, for the colours that entries take over.
        places: The entries, each after the one above it.
        names: What they are called outside, by id.
        guid: The GUIDs.
        notes: The GUIDs of memos on entries, by id; a codebook alone has none.
    """
    from lxml import etree

    namespace = str(codes.tag).removesuffix("Codes")
    above = {place.parent for place in places}
    elements: dict[str | None, _Element] = {None: codes}
    for place in places:
        entry = place.entry
        attributes = {"guid": guid("code", entry.id), "name": names[entry.id], "isCodable": "true"}
        colour = book.colour(entry.id)
        element = etree.SubElement(
            elements[place.parent],
            f"{namespace}Code",
            attributes | ({"color": colour} if colour else {}),
        )
        level = level_by_place(place.depth, entry.id in above)
        description = describe_for_exchange(entry, names[entry.id], level)
        etree.SubElement(element, f"{namespace}Description").text = clean(description)
        for note in (notes or {}).get(entry.id, ()):
            etree.SubElement(element, f"{namespace}NoteRef", {"targetGUID": note})
        elements[entry.id] = element


def level_by_place(depth: int, has_below: bool) -> str:
    """Give the level that an entry of a tree is taken for that says nothing of levels.

    Args:
        depth: How many entries stand above it.
        has_below: Whether entries stand below it.
    """
    return LEVELS[depth] if has_below and depth < 2 else "code"


@dataclass(frozen=True)
class CandidateTheme:
    """A candidate theme as a set of the codes that sit in it."""

    guid: str
    name: str
    description: str
    codes: Sequence[str]


def candidate_themes(places: Iterable[Place], names: Mapping[str, str], guid: Guids) -> list[CandidateTheme]:
    """Give the candidate themes that codes sit in, with the GUIDs of the codes.

    Args:
        places: The entries.
        names: What they are called outside, by id, in the order wanted.
        guid: The GUIDs.
    """
    members: dict[str, list[str]] = {}
    for place in places:
        for theme in place.entry.also_in:
            if theme in names:
                members.setdefault(theme, []).append(guid("code", place.entry.id))
    return [
        CandidateTheme(
            guid("candidates", theme), f"{SET_PREFIX}{names[theme]}", f"Id: {theme}", members[theme]
        )
        for theme in names
        if theme in members
    ]


def _add_sets(root: _Element, themes: Sequence[CandidateTheme]) -> None:
    from lxml import etree

    if not themes:
        return
    sets = etree.SubElement(root, f"{{{NAMESPACE}}}Sets")
    for theme in themes:
        element = etree.SubElement(sets, f"{{{NAMESPACE}}}Set", {"guid": theme.guid, "name": theme.name})
        etree.SubElement(element, f"{{{NAMESPACE}}}Description").text = theme.description
        for code in theme.codes:
            etree.SubElement(element, f"{{{NAMESPACE}}}MemberCode", {"guid": code})
