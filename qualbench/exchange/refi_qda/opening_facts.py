"""What the cases, variables and sets of a project say of people and of sources, under names known here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.names import safe_name
from qualbench.exchange.refi_qda.opening_model import ProjectXml
from qualbench.exchange.refi_qda.opening_texts import TextRead, said_of
from qualbench.text.words import fold
from qualbench.transcripts.attributes import KINDS, MODES, check_date, check_participant_id

STAKEHOLDER, TIMEPOINT, SITE, FAMILY = "Stakeholder", "Timepoint", "Site", "Family"
OF_PEOPLE = (STAKEHOLDER, TIMEPOINT, SITE, FAMILY)
"""What a participant, or their sources, have columns for; everything else is an attribute by its name."""

_KNOWN = {
    **dict.fromkeys(("stakeholder", "stakeholders", "stakeholder type", "stakeholder group"), STAKEHOLDER),
    **dict.fromkeys(("timepoint", "time point", "wave"), TIMEPOINT),
    "site": SITE,
    **dict.fromkeys(("family", "family id"), FAMILY),
}
_NOTHING = ("unassigned", "not applicable", "n/a", "-")  # what NVivo and others write for no value
_SET = re.compile(r"(.+?)\s*[=:]\s*(.+)")
_TIME = (
    r"(?:t|tp|wave|time|visit|round|interview)[ _-]?\d{1,2}|baseline|follow[ -]?up(?:[ _-]?\d{1,2})?"
    r"|fu\d?|pre|post|before|after|\d{1,2}[ _-]?(?:m|months?|w|weeks?|y|years?)|endline|exit|midpoint"
)
_BETWEEN = r"[\s_|,;:/~–—(\[-]+"


@dataclass(frozen=True)
class CaseFacts:
    """A case as it is known here.

    Attributes:
        guid: Its GUID.
        name: What it is called in the file.
        who: The part of its name that says who it is.
        timepoint: What its variables or its name say of the time; None if nothing.
        known: Stakeholder type, site and family, as far as they are given.
        others: All other values, by the name of their variable.
        codes: The GUIDs of codes whose passages are its words, its own twin first.
        sources: The GUIDs of sources that are its own.
        selections: The GUIDs of passages that are its words.
    """

    guid: str | None
    name: str
    who: str
    timepoint: str | None
    known: Mapping[str, str]
    others: Mapping[str, str]
    codes: Sequence[str] = ()
    sources: Sequence[str] = ()
    selections: Sequence[str] = ()


@dataclass
class SourceFacts:
    """What is known of a source: kind, timepoint, site, mode and date; and of the people in it, by values of
    the document and by sets that it is in."""

    columns: dict[str, str] = field(default_factory=dict)
    of_people: dict[str, str] = field(default_factory=dict)
    of_sets: dict[str, set[str]] = field(default_factory=dict)


def variable_name(name: str) -> str:
    """Give the name under which an attribute is kept: as it is, without the classification of our own."""
    return name.removeprefix("Participant:").strip() or name


def known_as(name: str) -> str | None:
    """Give what a variable is called here that the study has a column for; None for every other."""
    return _KNOWN.get(fold(name.rpartition(":")[2]).replace("-", " "))


def cases_of(project: ProjectXml) -> list[CaseFacts]:
    """Give the cases that have a name."""
    named = [case for case in project.cases if case.name]
    facts = []
    for case in named:
        known, others = _sorted_values(project, case.values)
        if case.description:
            others.setdefault("Description", case.description)
        codes = [*([case.guid] if case.guid else []), *case.codes]
        facts.append(
            CaseFacts(
                case.guid,
                case.name,
                case.name,
                known.pop(TIMEPOINT, None),
                known,
                others,
                codes,
                case.sources,
                case.selections,
            )
        )
    return _parted(facts)


def sources_of(project: ProjectXml, texts: Sequence[TextRead]) -> list[SourceFacts]:
    """Give what is known of each text as a source: from its description, its variables, cases without a name,
    and sets that are named like a value ("Timepoint = Baseline")."""
    facts = [SourceFacts() for _ in texts]
    place = {guid: n for n, text in reversed(list(enumerate(texts))) for guid in text.guids}
    for n, text in enumerate(texts):
        facts[n].columns = said_of(text.holder)
        if facts[n].columns:
            text.holder.description = ""
        _take_values(facts[n], project, text.holder.values)
    for case in project.cases:
        if not case.name:
            ours = [place[guid] for guid in case.sources if guid in place]
            for n in ours:
                _take_values(facts[n], project, case.values)
            if not ours:
                project.report.add("cases without a name and a text")
    for one in project.sets:
        members = [place[guid] for guid in one.sources if guid in place]
        said = _SET.fullmatch(one.name)
        known = known_as(said[1]) if said else None
        if said is None or known is None:
            if one.sources:
                project.report.add("sets of sources", one.name)
            continue
        for n in members:
            if known in (TIMEPOINT, SITE):
                facts[n].columns.setdefault(known, said[2])
            else:
                facts[n].of_sets.setdefault(known, set()).add(said[2])
    for one_facts in facts:
        one_facts.columns = dict(_usable(one_facts.columns))
    return facts


def is_code(name: str) -> bool:
    """Tell whether a name can be the id of a participant: a code such as P07."""
    try:
        check_participant_id(name, "")
    except BadInput:
        return False
    return True


def in_order(timepoints: Iterable[str]) -> list[str]:
    """Give timepoints in the order in which they come: what is called a baseline first, numbers by size."""

    def key(name: str) -> tuple[bool, list[tuple[int, str]]]:
        parts = re.split(r"(\d+)", fold(name))
        first = fold(name).startswith(("baseline", "pre", "before", "start"))
        return not first, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]

    return sorted(dict.fromkeys(timepoints), key=key)


def part_name(name: str, timepoint: str | None = None) -> tuple[str, str | None]:
    """Give the part of a name that says who it is, and the part that is a timepoint or looks like one."""
    forms = [re.escape(safe_name(timepoint))] if timepoint else []
    for form in (*forms, _TIME):
        who, time = "(?P<who>.+?)", f"(?P<time>{form})"
        for pattern in (rf"{who}{_BETWEEN}{time}[)\]]?", f"{time}{_BETWEEN}{who}"):
            found = re.fullmatch(pattern, name, re.IGNORECASE)
            if found is not None:
                return found["who"].strip(), found["time"]
    return name, None


def _sorted_values(project: ProjectXml, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Values under the names that the study has columns for, and all others."""
    known: dict[str, str] = {}
    others: dict[str, str] = {}
    for guid, value in values.items():
        name = project.variables.get(guid)
        if name is None:
            project.report.add("values of variables that are not there")
            continue
        column = known_as(name)
        if column is None or (column in known and known[column] != value):
            if fold(value) != "unassigned":
                others[variable_name(name)] = value
        elif fold(value) not in _NOTHING:
            known[column] = value
    return known, others


def _take_values(facts: SourceFacts, project: ProjectXml, values: Mapping[str, str]) -> None:
    """Values of a document: what it says of the source, and what it says of who is talked to."""
    known, others = _sorted_values(project, values)
    for column in (TIMEPOINT, SITE):
        if column in known:
            facts.columns.setdefault(column, known[column])
    for name in list(others):
        column = name.rpartition(":")[2].strip().capitalize()
        if column in ("Kind", "Mode", "Date") and column not in facts.columns:
            facts.columns[column] = others.pop(name)
    facts.of_people |= others
    facts.of_people |= {name: known[name] for name in (STAKEHOLDER, FAMILY) if name in known}


def _usable(columns: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for column, value in columns.items():
        if column in ("Kind", "Mode"):
            choices = KINDS if column == "Kind" else MODES
            value = next((choice for choice in choices if fold(choice) == fold(value)), "")
        elif column == "Date":
            value = value[:10]
            try:
                check_date(value, "")
            except BadInput:
                value = ""
        if value:
            yield column, value


def _parted(cases: Sequence[CaseFacts]) -> list[CaseFacts]:
    """Cases with the name of the person and the time parted: "P01 Baseline", "P01_T0", "T0 | P01"."""
    parts = [part_name(case.name, case.timepoint) for case in cases]
    people = Counter(fold(who) for who, _ in parts)
    times = Counter(fold(time) for _, time in parts if time)
    parted = []
    for case, (who, time) in zip(cases, parts, strict=True):
        sure = time is not None and (
            case.timepoint is not None or is_code(who) or people[fold(who)] > 1 or times[fold(time)] > 1
        )
        time = case.timepoint or (time if sure else None)
        parted.append(replace(case, who=who if sure else case.name, timepoint=time))
    return parted
