"""Everything that a project becomes, settled before a study is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualbench.errors import Refused
from qualbench.exchange.refi_qda.codebook_reading import CodesRead
from qualbench.exchange.refi_qda.opening_archive import ProjectFile
from qualbench.exchange.refi_qda.opening_coders import Coders, coders_of
from qualbench.exchange.refi_qda.opening_codes import read_codes, twins_of
from qualbench.exchange.refi_qda.opening_codings import CodingPlan, codings_of
from qualbench.exchange.refi_qda.opening_facts import SITE, STAKEHOLDER, TIMEPOINT, in_order
from qualbench.exchange.refi_qda.opening_judging import Judgement
from qualbench.exchange.refi_qda.opening_memos import CodingPlace, MemoPlan, memos_of
from qualbench.exchange.refi_qda.opening_model import ProjectXml, Report
from qualbench.exchange.refi_qda.opening_offsets import Counting
from qualbench.exchange.refi_qda.opening_people import DEFAULT_STAKEHOLDER, People, people_of
from qualbench.exchange.refi_qda.opening_speech import Spoken, speech_of
from qualbench.exchange.refi_qda.opening_texts import (
    TextRead,
    certain_counting,
    place_passages,
    read_texts,
)
from qualbench.exchange.refi_qda.opening_xml import read_project
from qualbench.text.words import fold


@dataclass
class Plan:
    """What a project becomes.

    Attributes:
        judgement: How its places are counted.
        folder: The GUID of the folder of its cases.
        spoken: The turns of each text.
        coding_places: Where among the codings those are that memos are on.
        lists: The values of the study's lists, by name of the list, in order.
    """

    project: ProjectXml
    judgement: Judgement
    texts: Sequence[TextRead]
    codes: CodesRead
    folder: str | None
    coders: Coders
    people: People
    spoken: Sequence[Sequence[Spoken]]
    codings: Sequence[CodingPlan]
    coding_places: Mapping[CodingPlace, int]
    memos: Sequence[MemoPlan]
    lists: Mapping[str, Sequence[str]]

    @property
    def report(self) -> Report:
        """What was not understood, or not taken."""
        return self.project.report


def read_plan(file: ProjectFile, coder: str | None = None, offsets: Counting | None = None) -> Plan:
    """Read a project, and settle what it becomes.

    Args:
        file: The project file.
        coder: Initials of the person at work.
        offsets: How places are counted, if somebody has said so.

    Raises:
        BadInput: If it cannot be read.
        Refused: If there is no text in it, or it cannot be told how places are counted.
    """
    project = read_project(file)
    texts = read_texts(file, project)
    if not texts:
        raise Refused(
            f"{file.name}: there is no text in it that can be read. {project.report.sentence}".strip(),
            "Recordings, pictures and PDFs need a transcript in the project.",
        )
    project.report.add_all("further projects in the file", file.others)
    judgement = place_passages(project, texts, offsets, certain_counting(project))
    people = people_of(project, texts)
    exact = project.origin.startswith("qualbench")
    spoken = [
        speech_of(text, people.claims.get(n, ()), people.persons, exact=exact) for n, text in enumerate(texts)
    ]
    twins = twins_of(project)
    codes, folder = read_codes(project, texts)
    code_ids = {guid: code_id for code_id, guid in codes.guids.items()}
    memos = memos_of(file, project, texts, code_ids)
    coders = coders_of(project, texts, coder)
    wanted = {memo.about.coding for memo in memos if memo.about.coding is not None}
    codings, places = codings_of(project, texts, code_ids, twins, coders, wanted)
    lists = _lists(people, codes)
    return Plan(
        project, judgement, texts, codes, folder, coders, people, spoken, codings, places, memos, lists
    )


def _lists(people: People, codes: CodesRead) -> dict[str, list[str]]:
    """The values that the study's lists must have; the people and sources take the spelling of the lists."""
    for person in people.persons.values():
        person.columns.setdefault(STAKEHOLDER, DEFAULT_STAKEHOLDER)
    of_people = [person.columns for person in people.persons.values()]
    of_sources = [facts.columns for facts in people.sources]
    entries = codes.entries
    return {
        "stakeholder": _one_spelling(STAKEHOLDER, of_people, (s for e in entries for s in e.stakeholders)),
        "timepoint": in_order(
            _one_spelling(TIMEPOINT, of_sources, (time for e in entries for time in e.timepoints))
        ),
        "site": _one_spelling(SITE, [*of_people, *of_sources], ()),
    }


def _one_spelling(column: str, rows: Sequence[dict[str, str]], more: Iterable[str]) -> list[str]:
    """The values of a column in order, each as it is first spelt, and the rows made to agree."""
    spellings: dict[str, str] = {}
    for value in more:
        spellings.setdefault(fold(value), value)
    first = dict.fromkeys(row[column] for row in rows if column in row)
    for value in first:
        spellings.setdefault(fold(value), value)
    for row in rows:
        if column in row:
            row[column] = spellings[fold(row[column])]
    return list(dict.fromkeys([*(spellings[fold(value)] for value in first), *spellings.values()]))
