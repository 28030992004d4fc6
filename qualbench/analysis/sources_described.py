"""Sources in figures: how many, how long, of whom, where, when and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

import sqlalchemy as sa

from qualbench.analysis.matrix_reading import read_people, read_texts
from qualbench.analysis.spoken import NOT_STATED, in_order
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Speaker, Turn, table_of
from qualbench.text.words import count_words

ATTRIBUTES = ("stakeholder", "site", "timepoint", "mode")
HEADERS = ("group", "site", "timepoint", "mode", "participants", "sources", "median words", "median minutes")
ANY, OTHER = "any", "other"
"""Stand for the values of cells that are told together, few people being in each: all of them, or some."""


@dataclass(frozen=True)
class Told:
    """What the people of a group say in a source.

    Attributes:
        words: Theirs, not the interviewer's.
        minutes: Of the whole source, from its first time to its last; None where its turns have none.
    """

    source: str
    people: frozenset[str]
    words: int
    minutes: float | None


@dataclass(frozen=True)
class DescribedRow:
    """Sources of a group at a site, timepoint and in a mode.

    Attributes:
        values: Of `ATTRIBUTES`; `OTHER` where cells of few people are told together.
        participants: How many different people.
        minutes: The median over the sources that have times; None if none has.
        timed: How many have.
    """

    values: tuple[str, ...]
    participants: int
    sources: int
    words: float
    minutes: float | None
    timed: int


@dataclass(frozen=True)
class Described:
    """Sources in figures.

    Attributes:
        rows: By group, site, timepoint and mode, in the order of the study's lists.
        by_place: By group and site only.
        total: All of them; a source with people of several groups counts once there.
        smallest: Fewer people than this are not told apart; 0 if all are.
    """

    rows: tuple[DescribedRow, ...]
    by_place: tuple[DescribedRow, ...]
    total: DescribedRow
    smallest: int

    @property
    def notes(self) -> list[str]:
        """What the figures depend on, a sentence each."""
        timed = self.total.timed
        notes = [
            "Words are the group's own, without the interviewer's; minutes are from the first time of a "
            f"transcript to its last: {timed} of {self.total.sources} sources have times, else it is blank.",
            "A source with people of several groups counts with each, and once in the last row.",
        ]
        if any({OTHER, ANY} & {*row.values} for row in self.rows):
            few = f"for fewer than {self.smallest} people are in a cell"
            notes.append(f"'{ANY}' and '{OTHER}': all, or some, told together, {few}.")
        return notes


Cells = Mapping[tuple[str, ...], Sequence[Told]]


def describe_sources(study: Study, *, whole: bool = False) -> Described:
    """Give the sources of a study in figures.

    Args:
        study: The study.
        whole: Whether cells of few people are told too: for the team, not for readers.
    """
    smallest = 0 if whole else read_study_settings(study).smallest_group
    turn, speaker = table_of(Turn), table_of(Speaker)
    with study.read() as db:
        people = read_people(db)
        rows = db.execute(
            sa.select(turn.c.source_id, turn.c.start, turn.c.end, speaker.c.participant_id)
            .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
            .where(speaker.c.participant_id.is_not(None))
        ).all()
        times = db.execute(
            sa.select(
                turn.c.source_id,
                sa.func.min(turn.c.begins_at),
                sa.func.max(sa.func.coalesce(turn.c.ends_at, turn.c.begins_at)),
            )
            .where(turn.c.begins_at.is_not(None))
            .group_by(turn.c.source_id)
        ).all()
        texts = read_texts(db, {source for source, _ in people.facts})
    said: dict[tuple[str, str], int] = defaultdict(int)
    for source, start, end, who in rows:
        said[source, who] += count_words(texts[source][start:end])
    minutes = {source: (last - first) / 60 for source, first, last in times if last > first}
    found: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (source, who), facts in people.facts.items():
        found[tuple(facts.get(name, NOT_STATED) for name in ATTRIBUTES)][source].append(who)
    cells = {
        values: [
            Told(source, frozenset(who), sum(said[source, one] for one in who), minutes.get(source))
            for source, who in sorted(found[values].items())
        ]
        for values in in_order(found, ATTRIBUTES, people.lists)
    }
    return described(cells, smallest)


def described(cells: Cells, smallest: int) -> Described:
    """Give figures of cells, those of few people told together. Pure.

    Args:
        cells: What is told in each.
        smallest: Fewer people than this are not told apart.
    """
    by_source: dict[str, list[Told]] = defaultdict(list)
    for told in (told for of_cell in cells.values() for told in of_cell):
        by_source[told.source].append(told)
    whole = [_together(of_source) for of_source in by_source.values()]
    rows = tuple(_row(values, told) for values, told in pooled(cells, smallest).items())
    places = {key: [t for values in same for t in cells[values]] for key, same in groupby(cells, _place)}
    by_place = {key: _joined(told) for key, told in places.items()}
    places_told = tuple(_row(values, told) for values, told in pooled(by_place, smallest).items())
    return Described(rows, places_told, _row((ANY,) * len(ATTRIBUTES), whole), smallest)


def pooled(cells: Cells, smallest: int) -> dict[tuple[str, ...], list[Told]]:
    """Tell cells of few people together with their neighbours: first other modes, then timepoints, sites,
    groups, until there are enough. Pure.

    A cell that is large enough joins them if the small ones alone are too few. What stays too small when
    everything is together is left out.
    """
    present = {values: list(told) for values, told in cells.items()}
    width = max(map(len, present), default=0)
    for known in range(width - 1, -1, -1):
        present = _pooled_below(present, known, smallest)
    return {values: told for values, told in present.items() if len(_people(told)) >= smallest}


def _pooled_below(
    cells: Mapping[tuple[str, ...], list[Told]], known: int, smallest: int
) -> dict[tuple[str, ...], list[Told]]:
    """Cells that have the first values in common, the small ones of these told together."""
    done: dict[tuple[str, ...], list[Told]] = {}
    for prefix, group in groupby(cells, key=lambda values: values[:known]):
        members = list(group)
        small = [values for values in members if len(_people(cells[values])) < smallest]
        others = sorted((v for v in members if v not in small), key=lambda v: len(_people(cells[v])))
        together = _people(told for values in small for told in cells[values])
        while small and len(together) < smallest and others:
            small.append(others.pop(0))
            together = _people(told for values in small for told in cells[values])
        done |= {values: cells[values] for values in members if values not in small}
        if small:
            rest = (OTHER if len(small) < len(members) else ANY,) * (len(members[0]) - known)
            done[(*prefix, *rest)] = _joined([told for values in small for told in cells[values]])
    return done


def _place(values: tuple[str, ...]) -> tuple[str, ...]:
    return values[:2]


def _joined(told: Iterable[Told]) -> list[Told]:
    by_source: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_source[one.source].append(one)
    return [_together(of_source) for of_source in by_source.values()]


def _together(told: Sequence[Told]) -> Told:
    words = sum(one.words for one in told)
    return Told(told[0].source, frozenset(_people(told)), words, told[0].minutes)


def _people(told: Iterable[Told]) -> set[str]:
    return {who for one in told for who in one.people}


def _row(values: tuple[str, ...], told: Sequence[Told]) -> DescribedRow:
    minutes = [one.minutes for one in told if one.minutes is not None]
    return DescribedRow(
        values,
        len(_people(told)),
        len(told),
        median([one.words for one in told]) if told else 0,
        median(minutes) if minutes else None,
        len(minutes),
    )


def described_rows(found: Described) -> list[list[str | int]]:
    """Give the figures as rows of a table, the last one of all sources."""
    return [
        [
            *row.values,
            row.participants,
            row.sources,
            f"{row.words:.0f}",
            "" if row.minutes is None else f"{row.minutes:.0f}",
        ]
        for row in (*found.rows, found.total)
    ]
