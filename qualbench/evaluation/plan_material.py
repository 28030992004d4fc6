"""What a sampling plan is held against: who there is, who was talked to, and who will not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.evaluation.plan import PlannedRow, rows_of
from qualbench.study.blinding import how_many_withheld
from qualbench.study.database import Study
from qualbench.study.tables import (
    Participant,
    PlanOutcome,
    Source,
    Speaker,
    Timepoint,
    Withdrawal,
    table_of,
)


@dataclass(frozen=True)
class Person:
    """A participant as far as the plan is concerned."""

    id: str
    family: str | None
    stakeholder: str
    site: str | None


@dataclass(frozen=True)
class Talk:
    """A source, with the ids of the participants who speak in it."""

    source: str
    kind: str
    timepoint: str | None
    site: str | None
    date: str | None
    voices: tuple[str, ...]


@dataclass(frozen=True)
class Noted:
    """That somebody of a row, by its id, was not talked to; who is None for people without an id."""

    row: str
    outcome: str
    who: str | None


@dataclass(frozen=True)
class Material:
    """What a plan is held against.

    Attributes:
        people: By id.
        withdrawn: The ids of those who have withdrawn.
        timepoints: In their order.
        uncleared: How many sources the coder at work, who is blinded, does not see; they are not counted.
    """

    rows: tuple[PlannedRow, ...]
    people: Mapping[str, Person]
    talks: tuple[Talk, ...]
    noted: tuple[Noted, ...]
    withdrawn: frozenset[str]
    timepoints: tuple[str, ...]
    uncleared: int = 0


def read_material(study: Study) -> Material:
    """Read what the plan of a study is held against."""
    person, source, speaker, outcome = (table_of(m) for m in (Participant, Source, Speaker, PlanOutcome))
    timepoint = table_of(Timepoint)
    with study.read() as db:
        voices: dict[str, list[str]] = defaultdict(list)
        spoken = sa.select(speaker.c.source_id, speaker.c.participant_id).distinct()
        for source_id, who in db.execute(
            spoken.where(speaker.c.participant_id.is_not(None)).order_by(
                speaker.c.source_id, speaker.c.participant_id
            )
        ):
            voices[source_id].append(who)
        sources = db.execute(
            sa.select(
                source.c.id, source.c.name, source.c.kind, source.c.timepoint, source.c.site, source.c.date
            ).order_by(source.c.name)
        ).all()
        people = db.execute(
            sa.select(person.c.id, person.c.family, person.c.stakeholder, person.c.site).order_by(person.c.id)
        ).all()
        notes = db.execute(
            sa.select(outcome.c.plan_row_id, outcome.c.outcome, outcome.c.participant_id).order_by(
                outcome.c.noted_at, outcome.c.id
            )
        ).all()
        return Material(
            tuple(rows_of(db)),
            {one.id: Person(*one) for one in people},
            tuple(
                Talk(one.name, one.kind, one.timepoint, one.site, one.date, tuple(voices[one.id]))
                for one in sources
            ),
            tuple(Noted(*one) for one in notes),
            frozenset(db.execute(sa.select(table_of(Withdrawal).c.participant_id)).scalars()),
            tuple(db.execute(sa.select(timepoint.c.name).order_by(timepoint.c.position)).scalars()),
            how_many_withheld(db, study.coder),
        )
