"""Reading a codebook (.qdc) of qualbench, NVivo, ATLAS.ti, MAXQDA, QualCoder, Taguette and others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry
from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.codebook import SET_PREFIX, level_by_place
from qualbench.exchange.refi_qda.descriptions import read_description
from qualbench.exchange.refi_qda.names import Guids, safe_name
from qualbench.exchange.refi_qda.reading import local_name, read_colour, read_guid, read_xml
from qualbench.text.words import fold, normalise

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 20_000_000  # bytes; 2,000 codes with long descriptions are 2 MB
DEEPEST = 100  # levels
_LONGEST_SLUG = 48  # characters


@dataclass(frozen=True)
class _Node:
    """A code as it stands in the file; `above` is the place of its parent in the list of nodes."""

    above: int | None
    depth: int
    guid: str | None
    name: str
    colour: str | None
    codable: bool
    has_below: bool
    fields: Mapping[str, Any]


def read_qdc(path: Path, book: Codebook | None = None, study_uid: str | None = None) -> list[CodeEntry]:
    """Read the entries of a .qdc file, parents before children.

    An entry is the one of the study that has its GUID; else the one named in its description (`Id: ...`),
    which qualbench writes; else its id is made from its name. Levels go by depth where the description
    says nothing. A code of the study that comes back without any description keeps its own. Sets of codes
    that do not come from qualbench become candidate themes.

    Args:
        path: The file.
        book: The codebook of the study that it is to come into.
        study_uid: The study's own UUID; with it, codes are known by their GUIDs.

    Raises:
        BadInput: If it is no codebook, holds no codes, is too large or nested too deep.
    """
    root = read_xml(path, LARGEST)
    if local_name(root) != "codebook":
        hint = (
            "Export the codebook alone."
            if local_name(root) == "project"
            else "Export it as REFI-QDA codebook."
        )
        raise BadInput(f"{path.name}: it is not a codebook (.qdc).", hint)
    nodes = list(_nodes(path, root))
    if not nodes:
        raise BadInput(f"{path.name}: it holds no codes.", "Check whether the export had any.")
    book = book or Codebook([])
    known: dict[str, str] = {}
    if study_uid is not None:
        guid = Guids(study_uid)
        known = {guid("code", code_id): code_id for code_id in book.by_id}
    ids = _ids(nodes, known, book)
    entries = _entries(nodes, ids, book)
    sets = next((child for child in root if local_name(child) == "sets"), None)
    if sets is None:  # many programs know no sets of codes
        return [replace(e, also_in=book.by_id[e.id].also_in) if e.id in book.by_id else e for e in entries]
    return _with_sets(sets, entries, dict(_by_guid(nodes, ids)), book)


def _nodes(path: Path, root: _Element) -> Iterator[_Node]:
    container = next((child for child in root if local_name(child) == "codes"), root)
    n = 0
    stack: list[tuple[_Element, int | None, int]] = [(code, None, 0) for code in reversed(_below(container))]
    while stack:
        element, above, depth = stack.pop()
        if depth >= DEEPEST:
            raise BadInput(f"{path.name}: its codes stand more than {DEEPEST} deep.", "Check the file.")
        below = _below(element)
        text = next((_text(child) for child in element if local_name(child) == "description"), "")
        yield _Node(
            above,
            depth,
            read_guid(element.get("guid")),
            " ".join(normalise(element.get("name") or "").split()) or "Code without a name",
            read_colour(element.get("color") or element.get("colour")),
            (element.get("isCodable") or "true").strip().casefold() not in ("false", "0"),
            bool(below),
            read_description(text),
        )
        stack += [(child, n, depth + 1) for child in reversed(below)]
        n += 1


def _below(element: _Element) -> list[_Element]:
    """The codes right below an element, in a container of their own or not."""
    found = []
    for child in element:
        if local_name(child) == "code":
            found.append(child)
        elif local_name(child) == "codes":
            found += [code for code in child if local_name(code) == "code"]
    return found


def _text(element: _Element) -> str:
    """The words of an element; what other programs write as elements within is a line each."""
    return "\n".join(str(part) for part in element.itertext()) if len(element) else element.text or ""


def _ids(nodes: Sequence[_Node], known: Mapping[str, str], book: Codebook) -> list[str]:
    """The ids of the nodes: by GUID, then by what the description says, then by name."""
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for claims in (
        [known.get(node.guid or "") for node in nodes],
        [node.fields.get("id") for node in nodes],
    ):
        for n, claimed in enumerate(claims):
            if claimed is not None and n not in ids and claimed not in taken:
                ids[n] = claimed
                taken.add(claimed)
    for n, node in enumerate(nodes):
        if n not in ids:
            ids[n] = _id_of_name(node.name, taken, book)
            taken.add(ids[n])
    return [ids[n] for n in range(len(nodes))]


def _id_of_name(name: str, taken: set[str], book: Codebook) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", letters))
    slug = words[:_LONGEST_SLUG].strip("-") or "code"
    candidate, number = slug, 1
    while candidate in taken or (candidate in book.by_id and fold(book.by_id[candidate].label) != fold(name)):
        number += 1
        candidate = f"{slug}-{number}"
    return candidate


def _entries(nodes: Sequence[_Node], ids: Sequence[str], book: Codebook) -> list[CodeEntry]:
    entries: list[CodeEntry] = []
    colours: list[str | None] = []
    labels: set[tuple[str | None, str]] = set()
    for node, code_id in zip(nodes, ids, strict=True):
        parent = ids[node.above] if node.above is not None else None
        inherited = colours[node.above] if node.above is not None else None
        colours.append(node.colour or inherited)
        label = _unlike(_label(node, code_id), parent, labels)
        own_colour = node.colour if node.colour != inherited else None
        entry = _entry(node, code_id, parent, label)
        old = book.by_id.get(code_id)
        if old is not None:
            entry = _kept(entry, old, told=bool(node.fields))
            same = (book.colour(code_id) or "").upper() == (colours[-1] or "") and old.parent_id == parent
            own_colour = old.colour if same else own_colour
        entries.append(replace(entry, colour=own_colour))
    return entries


def _label(node: _Node, code_id: str) -> str:
    """The label that the description tells, unless the code was renamed outside."""
    label = str(node.fields.get("label", ""))
    went_out = safe_name(label)
    return label if label and node.name in (went_out, f"{went_out} ({code_id})") else node.name


def _unlike(label: str, parent: str | None, taken: set[tuple[str | None, str]]) -> str:
    """A label that no other code under the parent has; doubles are numbered."""
    candidate, number = label, 1
    while (parent, fold(candidate)) in taken:
        number += 1
        candidate = f"{label} ({number})"
    taken.add((parent, fold(candidate)))
    return candidate


def _entry(node: _Node, code_id: str, parent: str | None, label: str) -> CodeEntry:
    by_place = level_by_place(node.depth, node.has_below)
    if not node.codable and not node.has_below:  # an empty folder
        by_place = LEVELS[min(node.depth, 1)]
    told = {name: value for name, value in node.fields.items() if name not in ("id", "label", "level")}
    return CodeEntry(code_id, parent, str(node.fields.get("level", by_place)), label, **told)


def _kept(entry: CodeEntry, old: CodeEntry, *, told: bool) -> CodeEntry:
    """An entry with what the file does not say of it as the study has it: all, if it has no description."""
    if not told:
        entry = replace(
            old, parent_id=entry.parent_id, label=entry.label, status=entry.status, merged_into=None
        )
    return replace(entry, key=old.key, split_from=old.split_from)


def _by_guid(nodes: Sequence[_Node], ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for node, code_id in reversed(list(zip(nodes, ids, strict=True))):  # the first of doubles counts
        if node.guid is not None:
            yield node.guid, code_id


def _with_sets(
    sets: _Element, entries: list[CodeEntry], by_guid: Mapping[str, str], book: Codebook
) -> list[CodeEntry]:
    """Entries with the candidate themes they sit in, and sets of other programs as such themes."""
    by_id = {entry.id: entry for entry in entries}
    for element in sets:
        guids = [
            read_guid(m.get("guid") or m.get("targetGUID")) for m in element if local_name(m) == "membercode"
        ]
        members = [by_guid[guid] for guid in guids if guid is not None and guid in by_guid]
        if not members:
            continue
        theme = _theme_of_set(element, by_id, book)
        by_id.setdefault(theme.id, theme)
        for member in members:
            entry = by_id[member]
            if theme.id not in (member, *entry.also_in):
                by_id[member] = replace(entry, also_in=(*entry.also_in, theme.id))
    return list(by_id.values())


def _theme_of_set(element: _Element, by_id: Mapping[str, CodeEntry], book: Codebook) -> CodeEntry:
    """The theme that a set stands for: the one it names, one of its name at the top, or a new one."""
    fields = read_description(next((_text(d) for d in element if local_name(d) == "description"), ""))
    if fields.get("id") in by_id:
        return by_id[str(fields["id"])]
    name = (
        " ".join(normalise(element.get("name") or "").split()).removeprefix(SET_PREFIX)
        or "Set without a name"
    )
    for entry in by_id.values():
        if entry.parent_id is None and entry.level != "code" and fold(entry.label) == fold(name):
            return entry
    labels = {(entry.parent_id, fold(entry.label)) for entry in by_id.values()}
    codes = {entry.id for entry in book.by_id.values() if entry.level == "code"}  # a set is none of them
    return CodeEntry(
        _id_of_name(name, by_id.keys() | codes, Codebook([])),
        None,
        "theme",
        _unlike(name, None, labels),
        definition=str(fields.get("definition", "")),
        status="candidate",
    )
