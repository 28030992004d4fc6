"""Families over time: when somebody of them was talked to, and which follow-ups are missing."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.evaluation.plan_changes import DECLINED, NOT_REACHED
from qualbench.evaluation.plan_material import Material, Person, read_material
from qualbench.study.database import Study

TALKED, MISSING, NOTHING = "talked", "missing", "none"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wave:
    """A family at a timepoint.

    Attributes:
        state: "talked", "missing", "declined", "not reached", "withdrawn", or "none" where no talk was to be:
            before the first, or where the plan has nobody of the family.
        sources: The names of the sources.
    """

    timepoint: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FamilyWaves:
    """A family over time.

    Attributes:
        family: The family.
        people: The ids of its members who take part in the study.
        waves: One for each timepoint, in order.
        last: The day of the last talk, where it is known.
    """

    family: str
    people: tuple[str, ...]
    waves: tuple[Wave, ...]
    last: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The timepoints at which a follow-up is missing."""
        return tuple(wave.timepoint for wave in self.waves if wave.state == MISSING)


def follow_ups(study: Study) -> list[FamilyWaves]:
    """Give the families of a study over time, in order of their ids."""
    return waves_of(read_material(study))


def waves_of(material: Material) -> list[FamilyWaves]:
    """Give the families over time. Pure."""
    families: dict[str, list[Person]] = {}
    for person in material.people.values():
        if person.family:
            families.setdefault(person.family, []).append(person)
    return [_family(name, families[name], material) for name in sorted(families)]


def _family(name: str, people: list[Person], material: Material) -> FamilyWaves:
    ids = {person.id for person in people}
    talks = [talk for talk in material.talks if ids & set(talk.voices)]
    waves: list[Wave] = []
    spoke: set[str] = set()
    for timepoint in material.timepoints:
        here = [talk for talk in talks if talk.timepoint == timepoint]
        if here:
            state = TALKED
        elif not spoke or not _is_planned(people, timepoint, material):
            state = NOTHING
        else:
            state = _why_not(spoke, timepoint, material)
        waves.append(Wave(timepoint, state, tuple(talk.source for talk in here)))
        spoke |= {who for talk in here for who in talk.voices if who in ids}
    last = max((talk.date for talk in talks if talk.date), default=None)
    return FamilyWaves(name, tuple(sorted(ids)), tuple(waves), last)


def _is_planned(people: list[Person], timepoint: str, material: Material) -> bool:
    """Whether the plan has somebody of a family at a timepoint; without a plan every timepoint has."""
    if not any(row.timepoint for row in material.rows):
        return True
    return any(
        row.stakeholder == person.stakeholder
        and row.timepoint == timepoint
        and row.site in (None, person.site)
        and row.most != 0
        for row in material.rows
        for person in people
    )


def _why_not(spoke: set[str], timepoint: str, material: Material) -> str:
    """Why nobody of those who spoke before was talked to; missing where that is not on record of each."""
    rows = {row.id for row in material.rows if row.timepoint in (None, timepoint)}
    noted = {note.who: note.outcome for note in material.noted if note.row in rows and note.who}
    reasons = {WITHDRAWN if who in material.withdrawn else noted.get(who) for who in spoke}
    for reason in (None, DECLINED, NOT_REACHED, WITHDRAWN):
        if reason in reasons:
            return reason or MISSING
    return MISSING
