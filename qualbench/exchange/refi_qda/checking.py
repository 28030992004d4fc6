"""Reading a project file back before it goes out: whether it is whole, and its words are the study's.

Written apart from the writer: places are checked by cutting the bytes that lie in the archive.
"""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualbench.exchange.refi_qda.positions import Convention

_KINDS = {
    "CodeRef": "Code",
    "MemberCode": "Code",
    "SourceRef": "TextSource",
    "MemberSource": "TextSource",
    "NoteRef": "Note",
    "MemberNote": "Note",
    "VariableRef": "Variable",
    "SelectionRef": "PlainTextSelection",
}
"""What each element that refers to something refers to."""

_USERS = ("creatingUser", "modifyingUser", "creatingUserGUID", "modifyingUserGUID")


@dataclass
class _Text:
    """A text of the archive, with the places and codings of its selections as they are written."""

    guid: str
    path: str
    selections: list[tuple[int, int, list[str]]] = field(default_factory=list)


class _Gathering:
    """Gathers what stands in project.qde while it is parsed: lxml takes an object for that (its "target")."""

    def __init__(self) -> None:
        self.given: dict[str, list[str]] = defaultdict(list)  # GUIDs by kind
        self.wanted: dict[str, set[str]] = defaultdict(set)  # GUIDs that are referred to, by kind
        self.texts: list[_Text] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = tag[tag.index("}") + 1 :]
        guid = attributes.get("guid")
        if guid is not None:
            self.given[kind].append(guid)
            self.wanted["User"].update(attributes[name] for name in _USERS if name in attributes)
            if kind == "PlainTextSelection":
                place = int(attributes["startPosition"]), int(attributes["endPosition"])
                self.texts[-1].selections.append((*place, []))
            elif kind == "Coding":
                self.texts[-1].selections[-1][2].append(guid)
            elif kind in ("TextSource", "Note"):
                self.texts.append(_Text(guid, attributes.get("plainTextPath", "")))
            elif kind == "Link":
                self.wanted["Note"].add(attributes["originGUID"])
                self.wanted["PlainTextSelection"].add(attributes["targetGUID"])
        elif kind in _KINDS:
            self.wanted[_KINDS[kind]].add(attributes["targetGUID"])

    def end(self, tag: str) -> None:
        """Nothing is done at the end of an element."""

    def close(self) -> None:
        """Nor at the end of the file."""


def check_project(path: Path, how: Convention, words: Mapping[str, str]) -> list[str]:
    """Give what is wrong with a project file, in sentences without its words; nothing if it is whole.

    Every GUID is one thing's, but for a case and its code; everything that is referred to is there and of
    the right kind; every text is in the archive; every selection has at most one coding, lies in its text
    and, cut out of the bytes there, holds the words expected.

    Args:
        path: The file.
        how: How it was written.
        words: The words of each coding, by its GUID.
    """
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    found = _Gathering()
    parser = etree.XMLParser(target=found, resolve_entities=False, huge_tree=True)  # type: ignore[arg-type]
    etree.fromstring(members["project.qde"], parser)
    times = Counter(guid for guids in found.given.values() for guid in guids)
    times.subtract(set(found.given["Case"]) & set(found.given["Code"]))
    faults = [f"The GUID {guid} is not one thing's alone." for guid, n in times.items() if n > 1]
    for kind, wanted in found.wanted.items():
        faults += [f"{guid} is no {kind}." for guid in sorted(wanted - set(found.given[kind]))]
    seen: dict[str, str] = {}
    for text in found.texts:
        faults += _faults_of_text(text, members, how, seen)
    faults += [f"The coding {guid} is missing." for guid in sorted(words.keys() - seen.keys())]
    faults += [
        f"The coding {guid} holds other words than in the study."
        for guid, cut in seen.items()
        if guid in words and cut != words[guid]
    ]
    return faults


def _faults_of_text(
    text: _Text, members: Mapping[str, bytes], how: Convention, seen: dict[str, str]
) -> Iterator[str]:
    """Check the selections of one text, and note the words that each coding holds."""
    member = text.path.replace("internal://", "sources/")
    if member not in members:
        yield f"The text of {text.guid} is missing."
        return
    width, encoding = (2, "utf-16-le") if how.for_nvivo else (4, "utf-32-le")
    units = members[member].decode("utf-8").removeprefix("\ufeff").encode(encoding)
    for start, end, codings in text.selections:
        if not 0 <= start < end <= len(units) // width:
            yield f"A selection in {text.guid} lies outside its text, at {start}-{end}."
        if len(codings) > 1:
            yield f"A selection in {text.guid} has {len(codings)} codings, at {start}-{end}."
        cut = units[width * start : width * end].decode(encoding, "replace").replace("\r\n", "\n")
        seen.update(dict.fromkeys(codings, cut))
