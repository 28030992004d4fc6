"""Reading the XML of a project as a stream: untrusted, of any namespace and order, larger than memory.

Every element that is complete in itself, such as a selection with its codings, is read when it ends and taken
out of the tree. Elements that are not known are counted, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.codebook_reading import code_set, nodes_of
from qualbench.exchange.refi_qda.opening_archive import READ_ERRORS, ProjectFile
from qualbench.exchange.refi_qda.opening_elements import (
    coding_of,
    number_of,
    one_line,
    read_time,
    shared_guid,
    tag_name,
    target_of,
    targets_of,
    value_of,
    words_of,
)
from qualbench.exchange.refi_qda.opening_model import (
    CaseXml,
    Guid,
    HolderXml,
    LinkXml,
    ProjectXml,
    SelectionXml,
    SetXml,
    UserXml,
)
from qualbench.exchange.refi_qda.reading import local_name, read_guid
from qualbench.transcripts.readers import printable

if TYPE_CHECKING:
    from lxml.etree import _Element

TEXTS = ("textsource", "representation", "textdescription", "transcript", "note")
"""Elements that hold a text."""

MEDIA = ("pdfsource", "picturesource", "audiosource", "videosource")
"""Elements of sources that are no texts; a text may represent them."""

_HOLDERS = frozenset((*TEXTS, *MEDIA))
_AROUND = frozenset(("users", "variables", "cases", "sources", "notes", "links", "sets", "graphs"))
_ELEMENT = re.compile(rb"<[A-Za-z_:]")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)[\"']")
_MARKS = (
    *((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
    *((b"<\0", "utf-16le"), (b"\0<", "utf-16be")),
)


def read_project(file: ProjectFile) -> ProjectXml:
    """Read the XML of a project.

    Args:
        file: The project file.

    Raises:
        BadInput: If it is damaged, no XML, no project, nested too deep, or declares a document type.
    """
    try:
        with file.open_xml() as stream:
            head = stream.read(65_536)
        if _declares_type(head):
            raise _document_type(file)
        with file.open_xml() as stream:
            return _Reader(file).read(stream, _encoding(head))
    except READ_ERRORS:
        raise BadInput(
            f"{file.name}: {file.xml_name} in it is damaged.", "Export it again from the program it is from."
        ) from None


class _Reader:
    """What has been read so far, and what is open."""

    def __init__(self, file: ProjectFile) -> None:
        self.file = file
        self.project = ProjectXml()
        self.open: list[HolderXml] = []
        self.units: dict[str, Callable[[_Element], None]] = {
            "user": self._user,
            "codebook": self._codes,
            "codes": self._codes,
            "variable": self._variable,
            "case": self._case,
            "link": self._link,
            "set": self._set,
            "graph": self._graph,
            "description": self._description,
            "noteref": self._note_ref,
            "plaintextcontent": self._content,
            "plaintextselection": self._selection,
            "transcriptselection": self._selection,
            "syncpoint": self._sync_point,
            "coding": self._coding,
            "variablevalue": self._value,
            **dict.fromkeys(
                ("pdfselection", "pictureselection", "audioselection", "videoselection"), self._elsewhere
            ),
        }

    def read(self, stream: IO[bytes], encoding: str | None) -> ProjectXml:
        from lxml import etree

        events = etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
            encoding=encoding,
        )
        try:
            self._walk(events)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise BadInput(f"{self.file.name}: its elements are nested too deep.", "Check it.") from None
            raise BadInput(
                f"{self.file.name}, line {error.lineno or 1} of {self.file.xml_name}: it is not XML.",
                "Export it again from the program it is from.",
            ) from None
        return self.project

    def _walk(self, events: Iterator[tuple[str, _Element]]) -> None:
        began = False
        inside = 0  # how deep in a unit, whose parts are read with it
        unknown = False
        for event, element in events:
            if event == "start":
                if inside:
                    inside += 1
                elif not began:
                    self._root(element)
                    began = True
                elif (name := tag_name(element.tag)) in _HOLDERS:
                    self._begin(name, element)
                elif name not in _AROUND:
                    inside = 1
                    unknown = name not in self.units
            elif inside > 1:
                inside -= 1
                if unknown:
                    _let_go(element)
            else:
                name = tag_name(element.tag)
                if inside:
                    inside = 0
                    if unknown:
                        self.project.report.add("elements of a kind that is not known", printable(name)[:40])
                    else:
                        self.units[name](element)
                elif name in _HOLDERS and self.open:
                    self.open.pop()
                _let_go(element)

    def _root(self, element: _Element) -> None:
        if element.getroottree().docinfo.internalDTD is not None:
            raise _document_type(self.file)
        name = local_name(element)
        if name == "codebook":
            raise BadInput(
                f"{self.file.name}: it is a codebook, not a project.",
                "Bring it into a study: qualbench codebook import FILE.qdc.",
            )
        if name != "project":
            raise BadInput(f"{self.file.name}: it is not a project.", "Export it as REFI-QDA (.qdpx).")
        project = self.project
        project.name = one_line(element.get("name"))
        project.origin = one_line(element.get("origin"))
        project.user = self._guid(element.get("creatingUserGUID"))
        project.time = read_time(element.get("creationDateTime"))

    def _guid(self, text: str | None) -> Guid:
        guid = read_guid(text)
        if guid is not None and guid != guid.upper() and text is not None and text != text.upper():
            self.project.capitals = False
        return guid

    def _begin(self, name: str, element: _Element) -> None:
        times = [read_time(element.get(one)) for one in ("creationDateTime", "modifiedDateTime")]
        holder = HolderXml(
            name,
            self._guid(element.get("guid")),
            one_line(element.get("name")),
            read_guid(element.get("creatingUser")) or read_guid(element.get("modifyingUser")),
            times[0] or times[1],
            times[1],
            self.open[-1] if self.open else None,
            {
                one: path
                for one in ("plainTextPath", "richTextPath", "path")
                if (path := (element.get(one) or "").strip())
            },
        )
        self.open.append(holder)
        self.project.holders.append(holder)

    def _user(self, element: _Element) -> None:
        user = UserXml(
            self._guid(element.get("guid")), one_line(element.get("name")), one_line(element.get("id"))
        )
        self.project.users.append(user)

    def _codes(self, element: _Element) -> None:
        before = len(self.project.codes)  # there may be several lists
        self.project.codes += [
            node if node.above is None else replace(node, above=node.above + before)
            for node in nodes_of(element, self.file.name)
        ]

    def _variable(self, element: _Element) -> None:
        guid = read_guid(element.get("guid"))
        if guid is not None:
            self.project.variables.setdefault(
                guid, one_line(element.get("name")) or "Variable without a name"
            )

    def _case(self, element: _Element) -> None:
        values: dict[str, str] = {}
        description = ""
        for child in element:
            if (name := tag_name(child.tag)) == "variablevalue":
                values.update(value_of(child))
            elif name == "description":
                description = words_of(child)
        self.project.cases.append(
            CaseXml(
                read_guid(element.get("guid")),
                one_line(element.get("name")),
                description,
                values,
                targets_of(element, "coderef"),
                targets_of(element, "sourceref"),
                targets_of(element, "selectionref"),
            )
        )

    def _link(self, element: _Element) -> None:
        guids = [read_guid(element.get(one)) for one in ("guid", "originGUID", "targetGUID")]
        self.project.links.append(LinkXml(*guids))

    def _set(self, element: _Element) -> None:
        one = code_set(element)
        self.project.code_sets.append(one)
        sources, notes = targets_of(element, "membersource"), targets_of(element, "membernote")
        self.project.sets.append(SetXml(one.guid, one_line(one.name), sources, notes))

    def _graph(self, element: _Element) -> None:
        self.project.report.add("maps (graphs)", one_line(element.get("name")))

    def _description(self, element: _Element) -> None:
        holder = self.open[-1] if self.open else self.project
        holder.description = words_of(element)

    def _note_ref(self, element: _Element) -> None:
        guid = target_of(element)
        if guid is not None:
            (self.open[-1] if self.open else self.project).notes.append(guid)

    def _content(self, element: _Element) -> None:
        if self.open:
            self.open[-1].text = "".join(element.itertext())  # type: ignore[arg-type]

    def _selection(self, element: _Element) -> None:
        if not self.open:
            self.project.report.add("passages that stand in no source")
            return
        holder = self.open[-1]
        coded = []
        notes: list[str] = []
        description = ""
        for child in element:
            name = tag_name(child.tag)
            if name == "coding":
                coded.append(coding_of(child))
            elif name == "noteref":
                notes += filter(None, [target_of(child)])
            elif name == "description":
                description = words_of(child)
        if tag_name(element.tag) == "transcriptselection":
            marks = (element.get("fromSyncPoint") or "", element.get("toSyncPoint") or "")
            start, end = map(holder.sync_points.get, marks)
        else:
            start, end = number_of(element.get("startPosition")), number_of(element.get("endPosition"))
        holder.selections.append(
            SelectionXml(
                read_guid(element.get("guid")),
                start,
                end,
                shared_guid(element.get("creatingUser")),
                read_time(element.get("creationDateTime")),
                description,
                tuple(coded),
                tuple(notes),
            )
        )

    def _sync_point(self, element: _Element) -> None:
        place, guid = number_of(element.get("position")), element.get("guid")
        if self.open and guid and place is not None:
            self.open[-1].sync_points[guid] = place

    def _coding(self, element: _Element) -> None:
        if self.open:
            self.open[-1].codings.append(coding_of(element))
        else:
            self.project.report.add("codings that stand in no source")

    def _value(self, element: _Element) -> None:
        if self.open:
            self.open[-1].values.update(value_of(element))

    def _elsewhere(self, element: _Element) -> None:
        if self.open:
            coded = sum(tag_name(child.tag) == "coding" for child in element)
            self.open[-1].elsewhere[tag_name(element.tag)] += max(1, coded)


def _encoding(head: bytes) -> str | None:
    """The encoding where the XML says a wrong one, as .NET programs do, or none; else None."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.search(head[:200])
    wide = declared is not None and declared[1].lower().startswith((b"utf-16", b"utf16", b"ucs"))
    return "utf-8" if wide else None  # readable as ASCII, so it has one byte a letter


def _declares_type(head: bytes) -> bool:
    """Whether a document type stands before the first element; behind a long comment it is found later."""
    head = head.replace(b"\0", b"")
    first = _ELEMENT.search(head)
    return 0 <= head.find(b"<!DOCTYPE") < (first.start() if first else len(head))


def _document_type(file: ProjectFile) -> BadInput:
    return BadInput(
        f"{file.name}: it declares a document type, as no such file should.", "Take the line <!DOCTYPE out."
    )


def _let_go(element: _Element) -> None:
    """Take an element that has been read, and all before it, out of the tree."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
