"""Notes, annotations and comments of a project as memos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from qualbench.coding.memos import CODE, CODING, SOURCE, STUDY, TURN
from qualbench.exchange.refi_qda.opening_archive import ProjectFile
from qualbench.exchange.refi_qda.opening_model import Guid, ProjectXml
from qualbench.exchange.refi_qda.opening_texts import TextRead, is_coded, text_of
from qualbench.text.spans import Span
from qualbench.text.words import fold, normalise

CodingPlace = tuple[int, int, int]
"""Where a coding stands: the number of its text, that of the passage, and its own there."""

WHOLE = -1
"""The number of the passage that is the whole text."""


class About(NamedTuple):
    """What a memo is on: one of `coding.memos.ABOUT`, the number of the text, words, code, coding."""

    about: str
    text: int | None = None
    span: Span | None = None
    code: str | None = None
    coding: CodingPlace | None = None


class MemoPlan(NamedTuple):
    """A memo to be written."""

    about: About
    text: str
    user: Guid
    time: str | None
    changed: str | None
    guid: Guid = None


THE_STUDY = About(STUDY)


def memos_of(
    file: ProjectFile, project: ProjectXml, texts: Sequence[TextRead], code_ids: Mapping[str, str]
) -> list[MemoPlan]:
    """Give the memos that a project holds: notes by what refers to them, and comments on what is commented.

    A note that several things refer to becomes a memo on each; one that nothing refers to, on the study.

    Args:
        file: The project file.
        project: Its XML.
        texts: Its texts, with their passages placed.
        code_ids: The codes by GUID.
    """
    own = project.origin.startswith("qualbench")
    memos = list(_comments(project, texts, own))
    targets = _targets(project, texts, code_ids)
    for holder in project.holders:
        if holder.tag != "note" or is_coded(holder):
            continue
        raw = text_of(file, holder, project.report)
        if raw is None:
            continue
        words = normalise(raw.text).strip()
        title = "" if own or fold(words).startswith(fold(holder.name)) else holder.name
        text = f"# {title}\n\n{words}" if title else words
        for n, about in enumerate(targets.get(holder.guid or "", [THE_STUDY])):
            guid = holder.guid if n == 0 else None
            memos.append(MemoPlan(about, text, holder.user, holder.time, holder.changed, guid))
    return memos


def _comments(project: ProjectXml, texts: Sequence[TextRead], own: bool) -> Iterator[MemoPlan]:
    """What is written right on a thing."""
    if project.description and not own:
        yield MemoPlan(THE_STUDY, project.description, project.user, project.time, None)
    for n, text in enumerate(texts):
        holder = text.holder
        if holder.description:
            about = About(SOURCE, n)
            yield MemoPlan(about, holder.description, holder.user, holder.time, holder.changed)
        for span, one in text.passages:
            if one.description:
                yield MemoPlan(About(TURN, n, span), one.description, one.user, one.time, None)


def _targets(
    project: ProjectXml, texts: Sequence[TextRead], code_ids: Mapping[str, str]
) -> Mapping[str, list[About]]:
    """What refers to each note, by its GUID."""
    found: dict[str, list[About]] = defaultdict(list)
    things: dict[str, About] = {}  # what a link may lead to
    for node in project.codes:
        if node.guid is not None and node.guid in code_ids:
            about = things.setdefault(node.guid, About(CODE, code=code_ids[node.guid]))
            _refer(found, node.notes, about)
    marked: set[str] = set()
    for n, text in enumerate(texts):
        about = About(SOURCE, n)
        things.update(dict.fromkeys(text.guids, about))
        _refer(found, text.holder.notes, about)
        for place, (span, one) in enumerate(text.passages):
            on_words = About(TURN, n, span)
            _refer(found, one.notes, on_words)
            if one.guid is not None:
                things[one.guid] = on_words
                if not (one.codings or one.notes or one.description):
                    marked.add(one.guid)
            for which, coding in enumerate(one.codings):
                on_coding = About(CODING, n, span, coding=(n, place, which))
                _refer(found, coding.notes, on_coding)
                if coding.guid is not None:
                    things.setdefault(coding.guid, on_coding)
        for which, coding in enumerate(text.holder.codings):
            _refer(found, coding.notes, About(CODING, n, coding=(n, WHOLE, which)))
    _refer(found, project.notes, THE_STUDY)
    marked -= _follow_links(project, found, things)
    selections = {guid for case in project.cases for guid in case.selections}
    bare = len(marked - selections)
    project.report.add("passages that are marked, but neither coded nor noted on", count=bare)
    return found


def _follow_links(
    project: ProjectXml, found: dict[str, list[About]], things: Mapping[str, About]
) -> set[str]:
    """Add what links lead from notes to, either way round, and give the GUIDs of those things."""
    notes = {holder.guid for holder in project.holders if holder.tag == "note"}
    reached: set[str] = set()
    for link in project.links:
        ends = [(link.origin, link.target), (link.target, link.origin)]
        note, thing = next(((a, b) for a, b in ends if a in notes and b in things), (None, None))
        if note is None or thing is None:
            project.report.add("links between things")
            continue
        _refer(found, [note], things[thing])
        reached.add(thing)
    for one in project.sets:
        project.report.add("notes in sets", one.name, len(one.notes))
    return reached


def _refer(found: dict[str, list[About]], notes: Sequence[str], about: About) -> None:
    for note in notes:
        if about not in found[note]:
            found[note].append(about)
