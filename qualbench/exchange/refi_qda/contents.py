"""What goes into a project for another program, read from the study once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.document import in_words
from qualbench.codebook.outline import Place, outline
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.coding.blind import hidden_sources, visible_layers
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.memos import MemoRead, list_memos
from qualbench.exchange.refi_qda.names import Guids, case_key, code_names, guids_of, own_names
from qualbench.study.blinding import arms_of
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import (
    AGREED,
    Participant,
    ParticipantAttribute,
    Source,
    StudyRecord,
    table_of,
)
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import SourceRead, read_sources

ARM = "Arm"
"""What the arm of the trial goes out as, once it is unsealed."""

CASES = "Cases"
"""The name of the branch of the code tree that holds the cases."""


@dataclass(frozen=True)
class Case:
    """A participant at a timepoint: a case of NVivo has one value an attribute.

    Attributes:
        key: What it is called here (`names.case_key`).
        name: What it goes out as.
        participant: The id of the participant.
        attributes: Those that are known, by name, such as Stakeholder.
        turns: The words that are theirs, by name of source, in order.
    """

    key: str
    name: str
    participant: str
    attributes: Mapping[str, str]
    turns: Mapping[str, Sequence[Span]]


@dataclass(frozen=True)
class Contents:
    """A study as it goes out.

    Attributes:
        made_at: When the study was made; ISO 8601 in UTC, as all times.
        guid: The GUIDs of everything in it.
        book: The codebook; retired entries that still have codings count as in use.
        places: The entries in use, each after the one above it.
        code_names: What entries go out as, by id.
        source_names: What sources go out as, by name.
        imported_at: When sources came in, by name.
        layers: The layers whose codings go out.
        codings: The codings by name of source, in order.
        memos: The memos that may be seen.
        lists: The values that attributes have a list of in the study, in its order.
        left_out: For each layer that is not seen in full, the names of the sources in which it is hidden.
    """

    title: str
    made_at: str
    guid: Guids
    book: Codebook
    places: Sequence[Place]
    code_names: Mapping[str, str]
    sources: Sequence[SourceRead]
    source_names: Mapping[str, str]
    imported_at: Mapping[str, str]
    cases: Sequence[Case]
    layers: Sequence[str]
    codings: Mapping[str, Sequence[CodingRead]]
    memos: Sequence[MemoRead]
    lists: Mapping[str, Sequence[str]]
    left_out: Mapping[str, Sequence[str]]

    @property
    def main_layer(self) -> str:
        """The layer that is counted: the agreed one, or the first with codings if nothing is agreed on."""
        coded = {coding.layer for of_source in self.codings.values() for coding in of_source}
        return next((layer for layer in self.layers if layer in coded), self.layers[0])

    @property
    def attribute_names(self) -> list[str]:
        """The names of the attributes that some case has."""
        return list(dict.fromkeys(name for case in self.cases for name in case.attributes))


def read_contents(study: Study, layers: Sequence[str] | None = None, *, capitals: bool = False) -> Contents:
    """Read what goes into a project.

    Args:
        study: The study, with the coder at work.
        layers: The layers whose codings go out; None takes all with codings that the coder may see in full.
            Of a layer that is named but seen only in part goes out what may be seen.
        capitals: Whether GUIDs are written in capitals.

    Raises:
        NotFound: If there is no such layer.
        Refused: If a layer may not be seen.
    """
    found = {
        layer: list_codings(study, layer=layer)
        for layer in (layers if layers is not None else visible_layers(study))
    }
    layers = [layer for layer, of_layer in found.items() if of_layer or layers is not None] or [AGREED]
    codings: dict[str, list[CodingRead]] = defaultdict(list)
    for coding in (coding for of_layer in found.values() for coding in of_layer):
        codings[coding.source].append(coding)
    used = {coding.code for of_source in codings.values() for coding in of_source}
    book = read_codebook(study)
    book = Codebook(
        [replace(e, status="agreed") if e.id in used and not e.in_use else e for e in book.by_id.values()]
    )
    sources = read_sources(study)
    names = {source.summary.id: source.summary.name for source in sources}
    with study.read() as db:
        record = db.execute(sa.select(table_of(StudyRecord))).one()
        came = db.execute(sa.select(table_of(Source).c.id, table_of(Source).c.imported_at))
        imported_at = {names[id_]: time for id_, time in came if id_ in names}
        hidden = {layer: hidden_sources(db, study, layer) for layer in found}
        more = _own_attributes(db)
    places, known = outline(book), read_study_settings(study)
    return Contents(
        record.title,
        record.created_at,
        guids_of(study, capitals=capitals),
        book,
        places,
        code_names(places, [CASES]),
        sources,
        own_names((name, name) for name in names.values()),
        imported_at,
        _cases(sources, list_participants(study), more),
        layers,
        codings,
        list_memos(study),
        {"Stakeholder": known.stakeholder_types, "Timepoint": known.timepoints, "Site": known.sites},
        {layer: sorted(names[id_] for id_ in ids) for layer, ids in hidden.items() if ids},
    )


def on_words(contents: Contents) -> list[MemoRead]:
    """Give the memos on words of a source, and those on codings that do not go out."""
    written = {coding.id for codings in contents.codings.values() for coding in codings}
    return [memo for memo in contents.memos if memo.start is not None and memo.coding not in written]


def not_seen(left_out: Mapping[str, Sequence[str]]) -> list[str]:
    """Say what does not go out for the coder may not see it yet, a sentence a layer (`Contents.left_out`)."""
    return [
        f"Not in it: what {'is agreed on' if layer == AGREED else f'{layer} coded'} in {in_words(names, 3)}, "
        "which you may not see yet."
        for layer, names in left_out.items()
    ]


def renamed(contents: Contents) -> list[tuple[str, str, str]]:
    """Give what goes out under another name than it has here: what it is, its name, the other name."""
    found = [
        ("code", entry.label, contents.code_names[entry.id])
        for entry in (place.entry for place in contents.places)
    ]
    found += [("source", name, outside) for name, outside in contents.source_names.items()]
    found += [("case", case.key, case.name) for case in contents.cases]
    return [one for one in found if one[1] != one[2]]


def _own_attributes(db: Session) -> Mapping[str, Mapping[str, str]]:
    """What else is known of participants, by id and name."""
    table = table_of(ParticipantAttribute)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = db.execute(
        sa.select(table.c.participant_id, table.c.name, table.c.value).order_by(
            table.c.participant_id, table.c.name
        )
    )
    for who, name, value in rows:
        found[who][name] = value
    for who, value in arms_of(db).items():
        found[who][ARM] = value
    return found


def _cases(
    sources: Iterable[SourceRead], participants: Iterable[Participant], more: Mapping[str, Mapping[str, str]]
) -> list[Case]:
    people = {participant.id: participant for participant in participants}
    turns: dict[tuple[str, str], dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for source in sources:
        for turn in source.turns:
            if turn.participant is not None and turn.start < turn.end:
                of_case = turns[turn.participant, source.summary.timepoint or ""]
                of_case[source.summary.name].append(Span(turn.start, turn.end))
    keys = {(who, timepoint): case_key(who, timepoint) for who, timepoint in sorted(turns)}
    names = own_names((key, key) for key in keys.values())
    cases = []
    for (who, timepoint), key in keys.items():
        person = people[who]
        own = {
            "Stakeholder": person.stakeholder,
            "Timepoint": timepoint,
            "Site": person.site,
            "Family": person.family,
        }
        attributes = {name: value for name, value in own.items() if value}
        attributes |= {name: value for name, value in more.get(who, {}).items() if name not in own}
        cases.append(Case(key, names[key], who, attributes, turns[who, timepoint]))
    return cases
