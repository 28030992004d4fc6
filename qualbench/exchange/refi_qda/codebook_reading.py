"""Reading a codebook (.qdc) of qualbench, NVivo, ATLAS.ti, MAXQDA, QualCoder, Taguette and others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry, read_codebook
from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.codebook import SET_PREFIX, level_by_place
from qualbench.exchange.refi_qda.descriptions import read_description
from qualbench.exchange.refi_qda.names import Guids, guids_of, safe_name
from qualbench.exchange.refi_qda.reading import local_name, read_colour, read_guid, read_xml
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.text.words import fold, normalise

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 20_000_000  # bytes; 2,000 codes with long descriptions are 2 MB
DEEPEST = 100  # levels
UNNAMED = "Code without a name"
_LONGEST_SLUG = 48  # characters


@dataclass(frozen=True)
class CodeNode:
    """A code as it stands in a file; `above` is the place of its parent in the list of nodes."""

    above: int | None
    depth: int
    guid: str | None
    name: str
    colour: str | None
    codable: bool
    has_below: bool
    fields: Mapping[str, Any]
    notes: tuple[str, ...] = ()


class CodeSet(NamedTuple):
    """A set of codes, by their GUIDs."""

    guid: str | None
    name: str
    description: str
    codes: tuple[str, ...]


class CodesRead(NamedTuple):
    """What the codes of a file make.

    Attributes:
        entries: Parents before children.
        guids: The GUIDs that the file gives the entries, by id; one that it gives twice is the first one's.
        sets: The GUIDs that it gives sets which have become candidate themes, by id of the theme.
    """

    entries: list[CodeEntry]
    guids: Mapping[str, str]
    sets: Mapping[str, str]


def read_qdc(path: Path, book: Codebook | None = None, study_uid: str | None = None) -> list[CodeEntry]:
    """Read the entries of a .qdc file as `read_qdc_file` does, knowing only GUIDs of the study's own."""
    known = {}
    if study_uid is not None and book is not None:
        guid = Guids(study_uid)
        known = {guid("code", code_id): code_id for code_id in book.by_id}
    return read_qdc_file(path, book, known).entries


def read_qdc_into(study: Study, path: Path) -> CodesRead:
    """Read a .qdc file that is to come into a study, whose codes are known by the GUIDs that they go out with
    and by those that they came with.

    Returns:
        Its entries, and those of its GUIDs that are another program's.

    Raises:
        BadInput: As `read_qdc_file`.
    """
    book = read_codebook(study)
    own, going_out = Guids(read_study_settings(study).uid), guids_of(study)
    known = {guid("code", code_id): code_id for guid in (own, going_out) for code_id in book.by_id}
    read = read_qdc_file(path, book, known)
    theirs = {code_id: guid for code_id, guid in read.guids.items() if guid != own("code", code_id)}
    return read._replace(guids=theirs)


def read_qdc_file(path: Path, book: Codebook | None, known: Mapping[str, str]) -> CodesRead:
    """Read a .qdc file.

    An entry is the one of the study that has its GUID; else the one named in its description (`Id: ...`),
    which qualbench writes; else its id is made from its name. Levels go by depth where the description
    says nothing. A code of the study that comes back without any description keeps its own. Sets of codes
    that do not come from qualbench become candidate themes.

    Args:
        path: The file.
        book: The codebook of the study that it is to come into.
        known: The ids of the entries of the study by their GUIDs.

    Raises:
        BadInput: If it is no codebook, holds no codes, is too large or nested too deep.
    """
    root = read_xml(path, LARGEST)
    if local_name(root) != "codebook":
        hint = (
            "Open it as a study of its own: qualbench open FILE DIR."
            if local_name(root) == "project"
            else "Export it as REFI-QDA codebook."
        )
        raise BadInput(f"{path.name}: it is not a codebook (.qdc).", hint)
    nodes = nodes_of(root, path.name)
    if not nodes:
        raise BadInput(f"{path.name}: it holds no codes.", "Check whether the export had any.")
    sets = next((child for child in root if local_name(child) == "sets"), None)
    return codes_of(nodes, [] if sets is None else map(code_set, sets), book, known)


def codes_of(
    nodes: Sequence[CodeNode],
    sets: Iterable[CodeSet],
    book: Codebook | None = None,
    known: Mapping[str, str] | None = None,
) -> CodesRead:
    """Give the entries that codes and sets of codes of a file make; the arguments as in `read_qdc_file`."""
    book = book or Codebook([])
    ids = _ids(nodes, known or {}, book)
    by_guid = dict(_by_guid(nodes, ids))
    entries = _entries(nodes, ids, book)
    grouping = [one for one in sets if any(guid in by_guid for guid in one.codes)]
    themes: dict[str, str] = {}
    if grouping:
        entries, themes = _with_sets(grouping, entries, by_guid, book)
    else:  # many programs know no sets of codes
        entries = [replace(e, also_in=book.by_id[e.id].also_in) if e.id in book.by_id else e for e in entries]
    return CodesRead(entries, {code_id: guid for guid, code_id in by_guid.items()}, themes)


def nodes_of(root: _Element, file: str) -> list[CodeNode]:
    """Give the codes below an element `CodeBook`, each after the one above it.

    Args:
        root: The element.
        file: The name of the file, for messages.

    Raises:
        BadInput: If they stand too deep.
    """
    return list(_nodes(file, root))


def code_set(element: _Element) -> CodeSet:
    """Give the codes of an element `Set`."""
    members = [
        read_guid(m.get("guid") or m.get("targetGUID")) for m in element if local_name(m) == "membercode"
    ]
    return CodeSet(
        read_guid(element.get("guid")),
        element.get("name") or "",
        next((_text(child) for child in element if local_name(child) == "description"), ""),
        tuple(guid for guid in members if guid is not None),
    )


def _nodes(file: str, root: _Element) -> Iterator[CodeNode]:
    container = next((child for child in root if local_name(child) == "codes"), root)
    n = 0
    stack: list[tuple[_Element, int | None, int]] = [(code, None, 0) for code in reversed(_below(container))]
    while stack:
        element, above, depth = stack.pop()
        if depth >= DEEPEST:
            raise BadInput(f"{file}: its codes stand more than {DEEPEST} deep.", "Check the file.")
        below = _below(element)
        text = next((_text(child) for child in element if local_name(child) == "description"), "")
        notes = [read_guid(child.get("targetGUID")) for child in element if local_name(child) == "noteref"]
        yield CodeNode(
            above,
            depth,
            read_guid(element.get("guid")),
            " ".join(normalise(element.get("name") or "").split()) or UNNAMED,
            read_colour(element.get("color") or element.get("colour")),
            (element.get("isCodable") or "true").strip().casefold() not in ("false", "0"),
            bool(below),
            read_description(text),
            tuple(guid for guid in notes if guid is not None),
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


def _ids(nodes: Sequence[CodeNode], known: Mapping[str, str], book: Codebook) -> list[str]:
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


def _entries(nodes: Sequence[CodeNode], ids: Sequence[str], book: Codebook) -> list[CodeEntry]:
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


def _label(node: CodeNode, code_id: str) -> str:
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


def _entry(node: CodeNode, code_id: str, parent: str | None, label: str) -> CodeEntry:
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


def _by_guid(nodes: Sequence[CodeNode], ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for node, code_id in reversed(list(zip(nodes, ids, strict=True))):  # the first of doubles counts
        if node.guid is not None:
            yield node.guid, code_id


def _with_sets(
    sets: Iterable[CodeSet], entries: list[CodeEntry], by_guid: Mapping[str, str], book: Codebook
) -> tuple[list[CodeEntry], dict[str, str]]:
    """Entries with the candidate themes they sit in, and sets of other programs as such themes; and the GUIDs
    of the sets by theme."""
    by_id = {entry.id: entry for entry in entries}
    guids: dict[str, str] = {}
    for one in sets:
        theme = _theme_of_set(one, by_id, book)
        by_id.setdefault(theme.id, theme)
        if one.guid is not None:
            guids.setdefault(theme.id, one.guid)
        for member in (by_guid[guid] for guid in one.codes if guid in by_guid):
            entry = by_id[member]
            if theme.id not in (member, *entry.also_in):
                by_id[member] = replace(entry, also_in=(*entry.also_in, theme.id))
    return list(by_id.values()), guids


def _theme_of_set(one: CodeSet, by_id: Mapping[str, CodeEntry], book: Codebook) -> CodeEntry:
    """The theme that a set stands for: the one it names, one of its name at the top, or a new one."""
    fields = read_description(one.description)
    if fields.get("id") in by_id:
        return by_id[str(fields["id"])]
    name = " ".join(normalise(one.name).split()).removeprefix(SET_PREFIX) or "Set without a name"
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
