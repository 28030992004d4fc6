"""The people of a project: cases grouped by person, their words in each source, and the times of sources."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qualbench.exchange.refi_qda.opening_facts import (
    FAMILY,
    SITE,
    STAKEHOLDER,
    TIMEPOINT,
    CaseFacts,
    SourceFacts,
    cases_of,
    is_code,
    part_name,
    sources_of,
)
from qualbench.exchange.refi_qda.opening_model import ProjectXml, Report
from qualbench.exchange.refi_qda.opening_texts import TextRead
from qualbench.text.spans import Span
from qualbench.text.words import fold
from qualbench.transcripts.labels import INTERVIEWER

DEFAULT_STAKEHOLDER = "Participant"
"""The stakeholder type of people of whom a project does not say which they are."""


@dataclass
class Person:
    """A participant.

    Attributes:
        id: A code such as P07.
        names: What the project calls them and their cases, folded; a speaker label may be one of these.
        called: What the project calls them, where that is no code; "" where it is.
        columns: Stakeholder type, site and family, as far as they are given.
        attributes: All other values by name.
    """

    id: str
    names: set[str]
    called: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """Words of a source that are somebody's: the spans, or None for the whole of it."""

    person: str
    spans: Sequence[Span] | None


@dataclass
class People:
    """Who there is, and which words are theirs.

    Attributes:
        persons: By id, in the order of the project.
        claims: By the number of the text.
        sources: What is known of each text as a source.
        cases: For each case its GUID, the id of the person and the time, None where it has none.
    """

    persons: dict[str, Person]
    claims: Mapping[int, Sequence[Claim]]
    sources: Sequence[SourceFacts]
    cases: Sequence[tuple[str, str, str | None]]


def people_of(project: ProjectXml, texts: Sequence[TextRead]) -> People:
    """Find the people of a project.

    Args:
        project: The project.
        texts: Its texts, with their passages placed and their turns.
    """
    cases = cases_of(project)
    sources = sources_of(project, texts)
    labels = {fold(turn.label) for text in texts for turn in text.turns if turn.label}
    ids = _ids(cases, labels)
    persons: dict[str, Person] = {}
    claims: dict[int, list[Claim]] = defaultdict(list)
    times: dict[int, list[str]] = defaultdict(list)
    keys = []
    words = _words_of_cases(cases, texts)
    for case, spans in zip(cases, words, strict=True):
        person = persons.setdefault(ids[fold(case.who)], Person(ids[fold(case.who)], set()))
        person.names |= {fold(case.name), fold(case.who)}
        person.called = person.called or (case.who if not is_code(_bare(case.who)) else "")
        _add_values(person, case, project.report)
        for n, of_text in spans.items():
            claims[n].append(Claim(person.id, of_text))
            times[n] += [case.timepoint] if case.timepoint else []
        if case.timepoint and not spans:
            person.attributes.setdefault(TIMEPOINT, case.timepoint)
        if case.guid:
            keys.append((case.guid, person.id, case.timepoint))
    _give_times(texts, sources, times, project.report)
    for n, facts in enumerate(sources):
        if claims[n]:
            lost = len(facts.of_people)
            project.report.add("values of documents, for which there is no place", texts[n].name, lost)
            continue
        sole = {column: min(values) for column, values in facts.of_sets.items() if len(values) == 1}
        facts.of_people = sole | facts.of_people
        if facts.of_people:
            claims[n] = _people_of_document(texts[n], facts, persons, labels)
    return People(persons, claims, sources, keys)


def _ids(cases: Sequence[CaseFacts], labels: set[str]) -> dict[str, str]:
    """The ids of those whose cases they are, by name folded: the name if it is a code, else a new one that is
    no label of a speaker either."""
    names = {fold(case.who): _bare(case.who) for case in cases}
    ids = {name: bare for name, bare in names.items() if is_code(bare)}
    for name in names:
        if name not in ids:
            ids[name] = _new_id(ids.values(), labels)
    return ids


def _new_id(taken: Iterable[str], labels: set[str]) -> str:
    known = labels | {fold(id_) for id_ in taken}
    return next(id_ for n in range(1, 10_000) if fold(id_ := f"P{n:02}") not in known)


def _bare(name: str) -> str:
    """A name as a code: "p 07" is P07, but "Ann 7" stays a name."""
    bare = re.sub(r"\s+", "", name)
    return bare.upper() if re.fullmatch(r"[A-Z]{1,5}[-_]?\d{1,4}|[a-z][-_]?\d{1,4}", bare) else name


def _words_of_cases(
    cases: Sequence[CaseFacts], texts: Sequence[TextRead]
) -> list[dict[int, Sequence[Span] | None]]:
    """For each case, by the number of the text, the spans that are its words; None for all of it."""
    by_code = {code: n for n, case in reversed(list(enumerate(cases))) for code in case.codes}
    by_selection = {guid: n for n, case in reversed(list(enumerate(cases))) for guid in case.selections}
    place = {guid: n for n, text in reversed(list(enumerate(texts))) for guid in text.guids}
    spans: list[dict[int, list[Span]]] = [defaultdict(list) for _ in cases]
    whole: list[set[int]] = [set() for _ in cases]
    for n, text in enumerate(texts):
        for span, one in text.passages:
            owners = {by_code[coding.code] for coding in one.codings if coding.code in by_code}
            if one.guid in by_selection:
                owners.add(by_selection[one.guid])
            for owner in owners:
                spans[owner][n].append(span)
        for coding in text.holder.codings:
            if coding.code in by_code:
                whole[by_code[coding.code]].add(n)
    for owner, case in enumerate(cases):
        whole[owner] |= {place[guid] for guid in case.sources if guid in place}
    return [
        {n: sorted(marked[n]) if n in marked else None for n in sorted({*marked, *whole_of})}
        for marked, whole_of in zip(spans, whole, strict=True)
    ]


def _add_values(person: Person, case: CaseFacts, report: Report) -> None:
    for column, value in case.known.items():
        if person.columns.setdefault(column, value) != value:
            report.add("values that one person has two of, the first of which was taken", column)
    for name, value in case.others.items():
        if person.attributes.setdefault(name, value) != value:
            number = sum(known.startswith(f"{name} (") for known in person.attributes) + 2
            person.attributes[f"{name} ({case.timepoint or number})"] = value


def _give_times(
    texts: Sequence[TextRead],
    sources: Sequence[SourceFacts],
    times: Mapping[int, Sequence[str]],
    report: Report,
) -> None:
    """Give each source the timepoint of the cases in it, where it has none yet and they agree."""
    for n, found in times.items():
        distinct = {fold(time) for time in found}
        if len(distinct) == 1:
            sources[n].columns.setdefault(TIMEPOINT, found[0])
        elif distinct and TIMEPOINT not in sources[n].columns:
            report.add("texts with cases of several timepoints, which have none now", texts[n].name)


def _people_of_document(
    text: TextRead, facts: SourceFacts, persons: dict[str, Person], known_labels: set[str]
) -> list[Claim]:
    """The people that the values of a document are about: its speaker labels that are codes, else one person
    named after the document."""
    labels = dict.fromkeys(turn.label for turn in text.turns if turn.label)
    codes = [label for label in labels if is_code(label) and not INTERVIEWER.fullmatch(label)]
    claims = []
    for code in codes:
        spans = [Span(turn.start, turn.end) for turn in text.turns if turn.label == code]
        claims.append(Claim(_told(persons, code, code, facts).id, spans))
    if not codes:
        who, time = part_name(text.name)
        if time is not None and is_code(_bare(who)):
            facts.columns.setdefault(TIMEPOINT, time)
        known = next((person.id for person in persons.values() if fold(who) in person.names), None)
        bare = _bare(who)
        id_ = known or (bare if is_code(bare) else _new_id(persons, known_labels))
        claims.append(Claim(_told(persons, id_, who, facts).id, None))
    return claims


def _told(persons: dict[str, Person], id_: str, name: str, facts: SourceFacts) -> Person:
    """The person with an id, with what a document says of them."""
    person = persons.setdefault(id_, Person(id_, {fold(name)}, "" if is_code(_bare(name)) else name))
    for column, value in facts.of_people.items():
        known = column in (STAKEHOLDER, SITE, FAMILY)
        (person.columns if known else person.attributes).setdefault(column, value)
    return person
