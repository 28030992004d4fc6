"""Writing a study as a REFI-QDA project (.qdpx), in the profile that NVivo reads.

Structure after REFI-QDA 1.5 and its Project.xsd; conventions after what NVivo 12.6 for Windows writes: one
Coding a PlainTextSelection, cases twice (a Case, and a Code of the same GUID that codes the talk), Variables
named `Participant:Stakeholder`, texts with CR LF, positions in UTF-16 units.
"""

from __future__ import annotations

import os
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import select

from qualbench import __version__
from qualbench.codebook.outline import outline
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.exchange.refi_qda.codebook import add_codes
from qualbench.exchange.refi_qda.names import Guids, clean, code_names, safe_name
from qualbench.exchange.refi_qda.positions import nvivo_position, nvivo_text
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import AGREED, Participant, StudyRecord
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import SourceRead, list_sources, read_source

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "urn:QDA-XML:project:1.0"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # one date for all members: two exports of a study are the same bytes


@dataclass(frozen=True)
class Written:
    """What a project file holds, by number."""

    sources: int
    codes: int
    cases: int
    codings: int


@dataclass(frozen=True)
class _Case:
    """A participant at a timepoint, with the turns that are theirs by source name."""

    name: str
    guid: str
    attributes: Mapping[str, str]
    turns: Mapping[str, Sequence[Span]]


def write_project(study: Study, path: Path, layers: Sequence[str] = (AGREED,)) -> Written:
    """Write texts, code tree, codings, cases with their attributes, users and sets to a .qdpx file.

    Args:
        study: The study; the gates of `exchange.gates` are the caller's.
        path: The file; written beside it first, then moved into place.
        layers: The layers whose codings are written, each as a user.
    """
    layers = list(dict.fromkeys(layers))
    guid = Guids(read_study_settings(study).uid)
    book = read_codebook(study)
    sources = [read_source(study, summary.name) for summary in list_sources(study)]
    cases = _cases(sources, {p.id: p for p in list_participants(study)}, guid)
    codings = [coding for layer in layers for coding in list_codings(study, layer=layer)]
    project = _project_element(study, guid)
    _add_users(project, guid, layers)
    codes = _add_codebook(project, guid, book, cases, {coding.code for coding in codings})
    _add_variables(project, guid, cases)
    _add_cases(project, guid, cases, sources)
    _add_sources(project, guid, sources, codings, cases)
    _add_sets(project, guid, sources)
    _write_archive(path, project, {f"{guid('source', s.summary.id)}.txt": s.text for s in sources})
    return Written(len(sources), codes, len(cases), len(codings))


def _cases(
    sources: Sequence[SourceRead], participants: Mapping[str, Participant], guid: Guids
) -> list[_Case]:
    turns: dict[tuple[str, str | None], dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for source in sources:
        for turn in source.turns:
            if turn.participant is not None and turn.start < turn.end:
                key = (turn.participant, source.summary.timepoint)
                turns[key][source.summary.name].append(Span(turn.start, turn.end))
    cases = []
    for (who, timepoint), by_source in sorted(turns.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        person = participants[who]
        attributes = {"Stakeholder": person.stakeholder, "Timepoint": timepoint, "Site": person.site}
        name = f"{who} {timepoint}" if timepoint else who
        cases.append(
            _Case(
                safe_name(name),
                guid("case", name),
                {attribute: value for attribute, value in attributes.items() if value},
                by_source,
            )
        )
    return cases


def _project_element(study: Study, guid: Guids) -> _Element:
    from lxml import etree

    with study.read() as db:
        record = db.exec(select(StudyRecord)).one()
    return etree.Element(
        f"{{{NAMESPACE}}}Project",
        {
            "name": clean(record.title),
            "origin": f"qualbench {__version__}",
            "creatingUserGUID": guid("user", AGREED),
            "creationDateTime": _seconds(record.created_at),
            "basePath": "",
        },
        nsmap={None: NAMESPACE},  # type: ignore[dict-item]
    )


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)


def _add_users(project: _Element, guid: Guids, layers: Sequence[str]) -> None:
    users = _add(project, "Users")
    for layer in dict.fromkeys((AGREED, *layers)):
        name = "Agreed" if layer == AGREED else layer
        _add(users, "User", guid=guid("user", layer), name=name, id=name)


def _add_codebook(
    project: _Element, guid: Guids, book: Codebook, cases: Sequence[_Case], used: set[str]
) -> int:
    """Add the entries in use, those that are not but still have codings, and a branch of the cases."""
    book = Codebook(
        [replace(e, status="agreed") if e.id in used and not e.in_use else e for e in book.by_id.values()]
    )
    places = outline(book)
    if not places and not cases:
        return 0
    codes = _add(_add(project, "CodeBook"), "Codes")
    add_codes(codes, book, places, code_names(places, ["Cases"]), guid)
    if cases:
        branch = _add(codes, "Code", guid=guid("branch", "cases"), name="Cases", isCodable="false")
        for case in cases:
            _add(branch, "Code", guid=case.guid, name=case.name, isCodable="true")
    return len(places)


def _attribute_names(cases: Iterable[_Case]) -> list[str]:
    return list(dict.fromkeys(name for case in cases for name in case.attributes))


def _add_variables(project: _Element, guid: Guids, cases: Sequence[_Case]) -> None:
    names = _attribute_names(cases)
    if not names:
        return
    variables = _add(project, "Variables")
    for name in names:
        _add(
            variables,
            "Variable",
            guid=guid("variable", name),
            name=f"Participant:{name}",
            typeOfVariable="Text",
        )


def _add_cases(project: _Element, guid: Guids, cases: Sequence[_Case], sources: Sequence[SourceRead]) -> None:
    if not cases:
        return
    source_ids = {source.summary.name: source.summary.id for source in sources}
    container = _add(project, "Cases")
    for case in cases:
        element = _add(container, "Case", guid=case.guid, name=case.name)
        for name, value in case.attributes.items():
            given = _add(element, "VariableValue")
            _add(given, "VariableRef", targetGUID=guid("variable", name))
            _add(given, "TextValue").text = clean(value)
        for source in case.turns:
            _add(element, "SourceRef", targetGUID=guid("source", source_ids[source]))


def _add_sources(
    project: _Element,
    guid: Guids,
    sources: Sequence[SourceRead],
    codings: Sequence[CodingRead],
    cases: Sequence[_Case],
) -> None:
    if not sources:
        return
    by_source: dict[str, list[CodingRead]] = defaultdict(list)
    for coding in codings:
        by_source[coding.source].append(coding)
    container = _add(project, "Sources")
    agreed = guid("user", AGREED)
    for source in sources:
        summary = source.summary
        made_at = max((coding.created_at for coding in by_source[summary.name]), default="")
        element = _add(
            container,
            "TextSource",
            guid=guid("source", summary.id),
            name=safe_name(summary.name),
            plainTextPath=f"internal://{guid('source', summary.id)}.txt",
            creatingUser=agreed,
            **({"modifiedDateTime": _seconds(made_at)} if made_at else {}),
        )
        place = nvivo_position(source.text)
        for coding in by_source[summary.name]:
            _add_selection(
                element,
                guid,
                ("coding", coding.id),
                (place(coding.start), place(coding.end)),
                guid("code", coding.code),
                guid("user", coding.layer),
                _seconds(coding.created_at),
            )
        for case in cases:
            for span in case.turns.get(summary.name, ()):
                _add_selection(
                    element,
                    guid,
                    ("case-turn", f"{case.guid}/{summary.id}/{span.start}"),
                    (place(span.start), place(span.end)),
                    case.guid,
                    agreed,
                    None,
                )


def _add_selection(
    source: _Element,
    guid: Guids,
    key: tuple[str, str],
    places: tuple[int, int],
    code: str,
    user: str,
    time: str | None,
) -> None:
    made = {"creatingUser": user} | ({"creationDateTime": time} if time else {})
    selection = _add(
        source,
        "PlainTextSelection",
        guid=guid(f"selection-{key[0]}", key[1]),
        name="",
        startPosition=str(places[0]),
        endPosition=str(places[1]),
        **made,
    )
    coding = _add(selection, "Coding", guid=guid(*key), **made)
    _add(coding, "CodeRef", targetGUID=code)


def _add_sets(project: _Element, guid: Guids, sources: Sequence[SourceRead]) -> None:
    members: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        for stakeholder in source.summary.stakeholders:
            members[f"Stakeholder = {stakeholder}"].append(source.summary.id)
        if source.summary.timepoint:
            members[f"Timepoint = {source.summary.timepoint}"].append(source.summary.id)
    if not members:
        return
    sets = _add(project, "Sets")
    for name in sorted(members):
        element = _add(sets, "Set", guid=guid("set", name), name=clean(name))
        for source_id in members[name]:
            _add(element, "MemberSource", targetGUID=guid("source", source_id))


def _write_archive(path: Path, project: _Element, texts: Mapping[str, str]) -> None:
    from lxml import etree

    xml = etree.tostring(project, xml_declaration=True, encoding="utf-8", pretty_print=True)
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("project.qde", _ZIP_DATE), xml, zipfile.ZIP_DEFLATED)
        for name, text in sorted(texts.items()):
            data = nvivo_text(text).encode("utf-8")
            archive.writestr(zipfile.ZipInfo(f"sources/{name}", _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    os.replace(partial, path)


def _seconds(time: str) -> str:
    """ISO 8601 to the second with Z, as the vendors write it."""
    return f"{time[:19]}Z"
