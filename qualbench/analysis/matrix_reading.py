"""What a matrix is counted from, read once: who was talked to, what they said, and how it is coded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.matrix_counting import Coded, Talk, Turn, Voice
from qualbench.analysis.spoken import ATTRIBUTES, NOT_STATED, in_order, read_lists
from qualbench.errors import BadInput, NotFound
from qualbench.study.blinding import arms_are_sealed, arms_of
from qualbench.study.tables import (
    Coding,
    NotAsked,
    Participant,
    ParticipantAttribute,
    Source,
    Speaker,
    table_of,
)
from qualbench.study.tables import Turn as TurnRow
from qualbench.transcripts.attributes import item_of

_MOST_COLUMNS = 2_000  # that a full crossing may have
_NAMED = 12  # values in a hint

ARM = "arm"
"""The attribute that a participant has once the arms of the trial are unsealed."""


@dataclass(frozen=True)
class People:
    """Who was talked to in which source, and what is known of them.

    Attributes:
        facts: The value of each attribute of each voice.
        lists: The items of those attributes that have a list in the study, in its order.
    """

    facts: Mapping[Voice, Mapping[str, str]]
    lists: Mapping[str, Sequence[str]]

    def attribute(self, name: str, what: str = "columns") -> str:
        """Give an attribute as the study writes it.

        Raises:
            BadInput: If there is none of that name.
            Refused: If it is the arm, and that is sealed.
        """
        known = [*ATTRIBUTES, *sorted({n for facts in self.facts.values() for n in facts} - set(ATTRIBUTES))]
        for one in known:
            if one.casefold() == name.strip().casefold():
                return one
        if name.strip().casefold() == ARM:
            raise arms_are_sealed()
        raise BadInput(f"'{name}' cannot be {what}.", f"Use some of {', '.join(known)}.")

    def value(self, attribute: str, value: str) -> str:
        """Give a value of an attribute as the study writes it.

        Raises:
            BadInput: If it is not in the study's list.
            NotFound: If there is no list, and nobody has it.
        """
        if attribute in self.lists and value != NOT_STATED:
            return str(item_of(f"--{attribute}", attribute, value, list(self.lists[attribute])))
        known = sorted({facts.get(attribute, NOT_STATED) for facts in self.facts.values()})
        for one in (*known, NOT_STATED):
            if one.casefold() == value.strip().casefold():
                return one
        some = ", ".join(known[:_NAMED]) + (" ..." if len(known) > _NAMED else "")
        raise NotFound(f"Nobody has the {attribute} '{value}'.", f"There are: {some}." if known else "")

    def only(self, wanted: Iterable[tuple[str, str]]) -> People:
        """Keep to those with one of the values given for each attribute.

        Raises:
            BadInput: If there is no such attribute, or the value is not in the study's list.
            NotFound: If nobody has the value.
        """
        allowed: dict[str, set[str]] = defaultdict(set)
        for name, value in wanted:
            attribute = self.attribute(name, "looked for")
            allowed[attribute].add(self.value(attribute, value))
        facts = {
            voice: facts
            for voice, facts in self.facts.items()
            if all(facts.get(name, NOT_STATED) in values for name, values in allowed.items())
        }
        lists = {
            name: [item for item in items if item in allowed.get(name, items)]
            for name, items in self.lists.items()
        }
        return People(facts, lists)

    def columns(self, attributes: Sequence[str], *, every: bool) -> dict[tuple[str, ...], set[Voice]]:
        """Give the voices of each crossing of attributes, in the order of the study's lists.

        Args:
            attributes: Those to cross.
            every: Whether crossings of which nobody was talked to are given too.

        Raises:
            BadInput: If there would be more than 2,000 crossings with nobody in them.
        """
        found: dict[tuple[str, ...], set[Voice]] = defaultdict(set)
        for voice, facts in self.facts.items():
            found[tuple(facts.get(name, NOT_STATED) for name in attributes)].add(voice)
        if every:
            crossings: list[tuple[str, ...]] = [()]
            for n, name in enumerate(attributes):
                values = dict.fromkeys([*self.lists.get(name, ()), *(column[n] for column in found)])
                crossings = [(*before, value) for before in crossings for value in values]
                if len(crossings) > _MOST_COLUMNS:
                    raise BadInput(
                        f"All crossings of {', '.join(attributes)} are more than {_MOST_COLUMNS:,} columns.",
                        "Cross fewer attributes, or leave out --all-columns.",
                    )
            found |= {crossing: set() for crossing in crossings if crossing not in found}
        return {column: found[column] for column in in_order(found, attributes, self.lists)}


def read_people(db: Session) -> People:
    """Read who speaks in which source, with all that is known of them."""
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    more: dict[str, dict[str, str]] = defaultdict(dict)
    attribute = table_of(ParticipantAttribute)
    for who, name, value in db.execute(sa.select(attribute)):
        more[who][name] = value
    for who, value in arms_of(db).items():
        more[who][ARM] = value
    rows = db.execute(
        sa.select(speaker.c.source_id, speaker.c.participant_id, *ATTRIBUTES.values())
        .distinct()
        .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == speaker.c.source_id)
    )
    facts: dict[Voice, dict[str, str]] = {}
    for source_id, who, *values in rows:
        own = {name: value for name, value in zip(ATTRIBUTES, values, strict=True) if value is not None}
        facts[source_id, who] = {**more[who], **own}
    return People(facts, read_lists(db, ATTRIBUTES))


def read_codings(
    db: Session, code: sa.ColumnElement[str], counted: sa.ColumnElement[bool], sources: Collection[str]
) -> list[Coded]:
    """Read the codings of some sources that meet a condition, with what is to be taken for their codes."""
    coding = table_of(Coding)
    rows = db.execute(sa.select(coding.c.source_id, coding.c.start, coding.c.end, code).where(counted)).all()
    return [Coded(*row) for row in rows if row[0] in sources]


def read_talk(db: Session, voices: Collection[Voice]) -> Talk:
    """Read the turns of some voices by source, in order; empty ones are left out."""
    turn, speaker = table_of(TurnRow), table_of(Speaker)
    rows = db.execute(
        sa.select(turn.c.source_id, turn.c.start, turn.c.end, speaker.c.participant_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .where(speaker.c.participant_id.is_not(None), turn.c.start < turn.c.end)
        .order_by(turn.c.source_id, turn.c.start)
    ).all()
    talk: dict[str, list[Turn]] = defaultdict(list)
    for source, start, end, who in rows:
        if (source, who) in voices:
            talk[source].append(Turn(start, end, who))
    return talk


def read_texts(db: Session, sources: Collection[str]) -> dict[str, str]:
    """Read the texts of some sources by id."""
    source = table_of(Source)
    return {id_: text for id_, text in db.execute(sa.select(source.c.id, source.c.text)) if id_ in sources}


def read_not_asked(db: Session) -> dict[str, set[str]]:
    """Read the sources in which each code was not asked about."""
    table = table_of(NotAsked)
    marked: dict[str, set[str]] = defaultdict(set)
    for source, code in db.execute(sa.select(table.c.source_id, table.c.code_id)):
        marked[code].add(source)
    return marked
