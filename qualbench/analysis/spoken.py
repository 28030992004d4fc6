"""What is known of those who were talked to, and which codings hold their words, asked of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.study.settings import LISTS
from qualbench.study.tables import Coding, Participant, Source, Speaker, Turn, table_of

ATTRIBUTES = {
    "stakeholder": table_of(Participant).c.stakeholder,
    "timepoint": table_of(Source).c.timepoint,
    "site": table_of(Participant).c.site,
    "participant": table_of(Participant).c.id,
    "family": table_of(Participant).c.family,
    "source": table_of(Source).c.name,
    "kind": table_of(Source).c.kind,
    "mode": table_of(Source).c.mode,
}
"""Each attribute of a participant, or of the source they speak in, with its column."""

NOT_STATED = "(not stated)"


def spoken_codings(
    columns: Sequence[str], code: sa.ColumnElement[str], counted: sa.ColumnElement[bool]
) -> sa.Subquery:
    """Give the query of codings and the participants whose words they hold, a row for each pair.

    Args:
        columns: Some of `ATTRIBUTES`, whose values are wanted.
        code: What to take for the code of a coding.
        counted: The condition on codings.

    Returns:
        Columns `id` of the coding, `code`, `participant`, and `value_0`, `value_1` ...
    """
    coding, turn, speaker, participant, source = (
        table_of(table) for table in (Coding, Turn, Speaker, Participant, Source)
    )
    before = turn.alias()
    first_turn = (  # turns do not overlap, so this bound lets the index find the few that matter
        sa.select(sa.func.max(before.c.start))
        .where(before.c.source_id == coding.c.source_id, before.c.start <= coding.c.start)
        .scalar_subquery()
    )
    return (
        sa.select(coding.c.id, code.label("code"), participant.c.id.label("participant"), *_values(columns))
        .distinct()
        .join_from(
            coding,
            turn,
            sa.and_(
                turn.c.source_id == coding.c.source_id,
                turn.c.start < coding.c.end,
                turn.c.start >= sa.func.coalesce(first_turn, 0),
                turn.c.end > coding.c.start,
            ),
        )
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .join(participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == coding.c.source_id)
        .where(counted)
        .subquery()
    )


def collected_groups(db: Session, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the crossings of some of `ATTRIBUTES` in which a participant speaks, in the order of the lists."""
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    found = db.execute(
        sa.select(*_values(columns))
        .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == speaker.c.source_id)
        .distinct()
    )
    crossings = {tuple(NOT_STATED if value is None else value for value in row) for row in found}
    return in_order(crossings, columns, read_lists(db, columns))


def read_lists(db: Session, columns: Iterable[str]) -> dict[str, list[str]]:
    """Give those of the attributes that have a list in the study, with its items in order."""
    named = [(name, table_of(LISTS[name])) for name in columns if name in ATTRIBUTES and name in LISTS]
    return {
        name: list(db.execute(sa.select(table.c.name).order_by(table.c.position)).scalars())
        for name, table in named
    }


def in_order(
    crossings: Iterable[tuple[str, ...]], columns: Sequence[str], lists: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """Put crossings of attributes into the order of the study's lists, and of the alphabet where there is
    none; what is not in a list comes last."""
    places = [{value: place for place, value in enumerate(lists.get(name, ()))} for name in columns]

    def place(crossing: tuple[str, ...]) -> list[tuple[int, str]]:
        return [(known.get(value, len(known)), value) for known, value in zip(places, crossing, strict=True)]

    return sorted(crossings, key=place)


def _values(columns: Sequence[str]) -> list[sa.Label[str]]:
    return [ATTRIBUTES[name].label(f"value_{n}") for n, name in enumerate(columns)]
