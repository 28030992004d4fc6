"""Writing a study as a REFI-QDA project (.qdpx).

Structure after REFI-QDA 1.5 and its Project.xsd; conventions after what NVivo 12.6 for Windows writes: one
Coding a PlainTextSelection, cases twice (a Case, and a Code of the same GUID that codes the talk), Variables
named `Participant:Stakeholder`, a memo on words as a Note linked to a selection without coding.
"""

from __future__ import annotations

import os
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualbench import __version__
from qualbench.analysis.document import counted
from qualbench.coding.memos import CODE, CODING, SOURCE
from qualbench.errors import Damaged
from qualbench.exchange.refi_qda.checking import check_project
from qualbench.exchange.refi_qda.contents import Contents, on_words, read_contents
from qualbench.exchange.refi_qda.elements import Notes, after_sources, before_sources, seconds, users_of
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.refi_qda.positions import NVIVO, Convention
from qualbench.study.collecting import collecting_seldom
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import SourceRead, SourceSummary

if TYPE_CHECKING:
    from lxml.etree import _IncrementalFileWriter

NAMESPACE = "urn:QDA-XML:project:1.0"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # one date for all members: two exports of a study are the same bytes
_PACKING = 3  # of zlib's 1 to 9: half the time of the usual 6, for a file a sixth larger


@dataclass(frozen=True)
class Written:
    """What a project file holds, by number.

    Attributes:
        left_out: For each layer that is not seen in full, the names of the sources in which it is hidden.
    """

    sources: int
    codes: int
    cases: int
    codings: int
    memos: int
    users: int
    left_out: Mapping[str, Sequence[str]]

    def sentence(self) -> str:
        """Say what it holds."""
        memos = f", {counted(self.memos, 'memo')}" if self.memos else ""
        things = (
            counted(self.sources, "source"),
            counted(self.codes, "code"),
            counted(self.cases, "case"),
            counted(self.codings, "coding"),
        )
        return f"{', '.join(things)} of {counted(self.users, 'user')}{memos}"


@dataclass(frozen=True)
class _Selection:
    """A place in a text that somebody coded, or wrote a memo on if `code` is None; code points."""

    start: int
    end: int
    guid: str
    user: str
    time: str
    coding: str = ""
    code: str | None = None
    notes: Sequence[str] = ()


def write_project(
    study: Study, path: Path, layers: Sequence[str] | None = None, how: Convention = NVIVO
) -> Written:
    """Write texts, code tree, codings, memos, cases with their attributes, users and sets to a .qdpx file.

    Args:
        study: The study; the gates of `exchange.gates` are the caller's.
        path: The file.
        layers: The layers whose codings are written, each as a user; None for all that may be seen in full.
        how: The convention to write by.

    Raises:
        NotFound: If there is no such layer.
        Refused: If a layer may not be seen.
        Damaged: If what was written is not whole.
    """
    with collecting_seldom():
        return write_contents(read_contents(study, layers, capitals=not how.for_nvivo), path, how)


def write_contents(contents: Contents, path: Path, how: Convention = NVIVO) -> Written:
    """Write what was read of a study to a .qdpx file, which is checked before it comes to its place.

    Args:
        contents: What was read.
        path: The file; written beside it first.
        how: The convention to write by.

    Raises:
        Damaged: If what was written is not whole.
    """
    guid = contents.guid
    texts = {guid("source", source.summary.id): source.text for source in contents.sources}
    texts |= {guid("memo", memo.id): memo.text for memo in contents.memos}
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING) as archive:
        with archive.open("project.qde", "w") as stream:
            _write_xml(stream, contents, how)
        for id_, text in sorted(texts.items()):
            archive.writestr(
                zipfile.ZipInfo(f"sources/{id_}.txt", _ZIP_DATE),
                how.data(text),
                zipfile.ZIP_DEFLATED,
                _PACKING,
            )
    codings = [coding for of_source in contents.codings.values() for coding in of_source]
    faults = check_project(partial, how, {guid("coding", one.id): one.quote for one in codings})
    if faults:
        partial.unlink()
        raise Damaged(
            f"The project did not pass its own check, so it was not written. {faults[0]}",
            "Look with 'qualbench check' whether the study is whole.",
        )
    os.replace(partial, path)
    return Written(
        len(contents.sources),
        len(contents.places),
        len(contents.cases),
        len(codings),
        len(contents.memos),
        len(users_of(contents)),
        contents.left_out,
    )


def _write_xml(stream: Any, contents: Contents, how: Convention) -> None:
    """Write project.qde as a stream: as one tree its tens of thousands of selections take twice the time."""
    from lxml import etree

    notes = _notes_by_target(contents)
    project = {
        "name": clean(contents.title),
        "origin": f"qualbench {__version__}",
        "creatingUserGUID": contents.guid("user", AGREED),
        "creationDateTime": seconds(contents.made_at),
        "basePath": "",
    }
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("Project", project, nsmap={None: NAMESPACE}):
            for element in before_sources(contents, how, notes):
                xml.write(element)
            if contents.sources:
                _write_sources(xml, contents, how, notes)
            for element in after_sources(contents):
                xml.write(element)
            with xml.element("Description"):
                xml.write(how.sentence)
            _write_note_refs(xml, notes.get(("project", ""), ()))


def _write_sources(xml: _IncrementalFileWriter, contents: Contents, how: Convention, notes: Notes) -> None:
    selections = _selections(contents, how, notes)
    agreed = contents.guid("user", AGREED)
    with xml.element("Sources"):
        for source in contents.sources:
            name, guid = source.summary.name, contents.guid("source", source.summary.id)
            came = contents.imported_at[name]
            coded = max((coding.created_at for coding in contents.codings.get(name, ())), default=came)
            attributes = {
                "guid": guid,
                "name": contents.source_names[name],
                "plainTextPath": f"internal://{guid}.txt",
                "creatingUser": agreed,
                "creationDateTime": seconds(came),
                "modifyingUser": agreed,
                "modifiedDateTime": seconds(coded),
            }
            with xml.element("TextSource", attributes):
                with xml.element("Description"):
                    xml.write(clean(_described(source.summary, attributes["name"])))
                _write_selections(xml, selections[name], how.places(source.text))
                _write_note_refs(xml, notes.get((SOURCE, name), ()))


def _write_selections(
    xml: _IncrementalFileWriter, selections: Iterable[_Selection], place: Callable[[int], int]
) -> None:
    for one in selections:
        made = {"creatingUser": one.user, "creationDateTime": one.time}
        start, end = str(place(one.start)), str(place(one.end))
        where = {"guid": one.guid, "name": "", "startPosition": start, "endPosition": end}
        with xml.element("PlainTextSelection", where | made):
            if one.code is not None:
                with xml.element("Coding", {"guid": one.coding} | made):
                    with xml.element("CodeRef", {"targetGUID": one.code}):
                        pass
                    _write_note_refs(xml, one.notes)


def _write_note_refs(xml: _IncrementalFileWriter, notes: Iterable[str]) -> None:
    for note in notes:
        with xml.element("NoteRef", {"targetGUID": note}):
            pass


def _described(source: SourceSummary, outside: str) -> str:
    """What is known of a source, a line each: NVivo reads attributes of cases, but none of sources; and its
    own name where it goes out under another."""
    known = {
        "Name": source.name if source.name != outside else None,
        "Kind": source.kind,
        "Timepoint": source.timepoint,
        "Site": source.site,
        "Mode": source.mode,
        "Date": source.date,
    }
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in known.items() if value)


def _selections(contents: Contents, how: Convention, notes: Notes) -> Mapping[str, list[_Selection]]:
    """The selections of each source by its name: codings, memos on words, and for NVivo the cases' talk."""
    guid = contents.guid
    found: dict[str, list[_Selection]] = defaultdict(list)
    users = {user: guid("user", user) for user in users_of(contents)}
    codes = {place.entry.id: guid("code", place.entry.id) for place in contents.places}
    for name, codings in contents.codings.items():
        found[name] += [
            _Selection(
                one.start,
                one.end,
                guid("selection-coding", one.id),
                users[one.layer],
                seconds(one.created_at),
                guid("coding", one.id),
                codes[one.code],
                notes.get((CODING, one.id), ()),
            )
            for one in codings
        ]
    for memo in on_words(contents):
        assert memo.source is not None and memo.start is not None and memo.end is not None
        place = (memo.start, memo.end, guid("selection-memo", memo.id))
        found[memo.source].append(_Selection(*place, users[memo.created_by], seconds(memo.created_at)))
    if how.for_nvivo:
        _add_talk_of_cases(found, contents)
    return found


def _add_talk_of_cases(found: Mapping[str, list[_Selection]], contents: Contents) -> None:
    guid, agreed = contents.guid, contents.guid("user", AGREED)
    by_name: dict[str, SourceRead] = {source.summary.name: source for source in contents.sources}
    for case in contents.cases:
        code = guid("case", case.key)
        for name, spans in case.turns.items():
            came = seconds(contents.imported_at[name])
            for start, end in spans:
                key = f"{case.key}/{by_name[name].summary.id}/{start}"
                selection, coding = guid("selection-case-turn", key), guid("case-turn", key)
                found[name].append(_Selection(start, end, selection, agreed, came, coding, code))


def _notes_by_target(contents: Contents) -> Notes:
    """The GUIDs of memos by what they are on; a memo on a code that does not go out is on the project."""
    written = {coding.id for codings in contents.codings.values() for coding in codings}
    linked = {memo.id for memo in on_words(contents)}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for memo in contents.memos:
        if memo.id in linked:
            continue
        target = ("project", "")
        if memo.about == CODE and memo.code in contents.code_names:
            target = (CODE, str(memo.code))
        elif memo.about == SOURCE:
            target = (SOURCE, str(memo.source))
        elif memo.coding in written:
            target = (CODING, str(memo.coding))
        found[target].append(contents.guid("memo", memo.id))
    return found
