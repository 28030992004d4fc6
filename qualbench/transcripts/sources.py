"""Reading the sources of a study, and naming them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.study.tables import Participant, Source, Speaker, Turn, now, table_of
from qualbench.text.blocks import Block, blocks_between
from qualbench.text.spans import Span

_NAME = re.compile(r"[^/\\\x00-\x1f]+")


@dataclass(frozen=True)
class SourceSummary:
    """A source without its text.

    Attributes:
        state: "imported", "suggested" (looked through for identifiers) or "sealed".
        checked_by: Who checked it against the recording, and `checked_at` when.
        stakeholders: The stakeholder types of those who speak in it, in order of their turns.
    """

    id: str
    name: str
    kind: str
    timepoint: str | None
    site: str | None
    date: str | None
    mode: str | None
    state: str
    words: int
    checked_by: str | None
    checked_at: str | None
    stakeholders: tuple[str, ...]


@dataclass(frozen=True)
class TurnRead:
    """A turn of a source: [start, end) holds its words, [label_start, start) its label."""

    n: int
    label_start: int
    start: int
    end: int
    speaker: str | None
    role: str
    participant: str | None
    stakeholder: str | None
    time: float | None


@dataclass(frozen=True)
class SourceRead:
    """A source with its text and turns."""

    summary: SourceSummary
    text: str
    turns: list[TurnRead]


def list_sources(study: Study) -> list[SourceSummary]:
    """Give all sources in order of name."""
    with study.read() as db:
        return sorted(_summaries(db).values(), key=lambda summary: summary.name)


def read_source(study: Study, name: str) -> SourceRead:
    """Give one source by its name.

    Raises:
        NotFound: If there is no such source.
    """
    with study.read() as db:
        return _read(db, source_ids(db, [name])[name])[0]


def read_sources(study: Study) -> list[SourceRead]:
    """Give all sources with their texts and turns, in order of name."""
    with study.read() as db:
        return sorted(_read(db), key=lambda source: source.summary.name)


def blocks_of(source: SourceRead) -> list[Block]:
    """Give what is shown of a source, and searched: turns without their labels, and what stands between."""
    return blocks_between(source.text, ((turn.label_start, turn.start, turn.end) for turn in source.turns))


def participants_talk(db: Session, names: Sequence[str] | None = None) -> dict[str, list[Span]]:
    """Give the turns of participants by source id, in order.

    Args:
        db: The session.
        names: Only those of sources with these names; None means all.
    """
    source, turn, speaker = table_of(Source), table_of(Turn), table_of(Speaker)
    rows = db.execute(
        sa.select(turn.c.source_id, turn.c.start, turn.c.end)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .join(source, source.c.id == turn.c.source_id)
        .where(
            speaker.c.role == "participant",
            sa.true() if names is None else source.c.name.in_(names),
        )
        .order_by(turn.c.source_id, turn.c.start)
    )
    talk: dict[str, list[Span]] = defaultdict(list)
    for source_id, start, end in rows:
        talk[source_id].append(Span(start, end))
    return talk


def rename_source(study: Study, name: str, new_name: str) -> None:
    """Give a source another name; the journal then shows that name throughout.

    Raises:
        NotFound: If there is no such source.
        Refused: If the new name is taken or empty.
    """
    with change(study, "rename") as changed:
        source_id = source_ids(changed.db, [name])[name]
        table = table_of(Source)
        taken = changed.db.execute(sa.select(table.c.id).where(table.c.name == new_name)).first()
        if taken is not None or not new_name.strip() or not _NAME.fullmatch(new_name):
            raise Refused(
                f"'{new_name}' cannot be the name of a source.",
                "Choose another that is not taken and has no slashes.",
            )
        changed.update(Source, [{"id": source_id, "name": new_name}])
        changed.summary = f"Renamed a source to {source_mark(source_id)}"


def mark_checked(study: Study, names: Sequence[str], *, take_back: bool = False) -> None:
    """Record that the coder at work has checked sources against their recordings, or take that back.

    Raises:
        NotFound: If one of the names is not a source.
    """
    with change(study, "listening check") as changed:
        ids = source_ids(changed.db, list(names))
        table = table_of(Source)
        checked = changed.db.execute(
            sa.select(table.c.id).where(table.c.id.in_(ids.values()), table.c.checked_by.is_not(None))
        )
        have = set(checked.scalars())
        names = [name for name in names if (ids[name] in have) == take_back]
        if not names:
            raise Refused(
                "Nothing to do: that is on record already." if not take_back else "It was not checked."
            )
        by, at = (None, None) if take_back else (changed.coder, now())
        changed.update(Source, [{"id": ids[name], "checked_by": by, "checked_at": at} for name in names])
        marks = ", ".join(source_mark(ids[name]) for name in names)
        verb = "Took back the listening check of" if take_back else "Checked against the recording:"
        changed.summary = f"{verb} {marks}"


def source_ids(db: Session, names: list[str]) -> Mapping[str, str]:
    """Give the ids of sources by name.

    Raises:
        NotFound: If one of the names is not a source.
    """
    source = table_of(Source)
    found = {
        name: source_id
        for name, source_id in db.execute(
            sa.select(source.c.name, source.c.id).where(source.c.name.in_(names))
        )
    }
    for name in names:
        if name not in found:
            raise NotFound(f"There is no source '{name}'.", "'qualbench sources' lists them.")
    return found


def _read(db: Session, source_id: str | None = None) -> list[SourceRead]:
    source, turn, speaker, participant = (table_of(t) for t in (Source, Turn, Speaker, Participant))
    one = sa.true() if source_id is None else source.c.id == source_id
    texts = dict(db.execute(sa.select(source.c.id, source.c.text).where(one)).all())
    rows = db.execute(
        sa.select(
            turn.c.source_id,
            turn.c.n,
            turn.c.label_start,
            turn.c.start,
            turn.c.end,
            speaker.c.label,
            speaker.c.role,
            speaker.c.participant_id,
            participant.c.stakeholder,
            turn.c.begins_at,
        )
        .join_from(
            turn,
            speaker,
            sa.and_(turn.c.source_id == speaker.c.source_id, turn.c.speaker_n == speaker.c.n),
        )
        .join(participant, speaker.c.participant_id == participant.c.id, isouter=True)
        .where(sa.true() if source_id is None else turn.c.source_id == source_id)
        .order_by(turn.c.source_id, turn.c.n)
    )
    turns: dict[str, list[TurnRead]] = defaultdict(list)
    for of_source, *columns in rows.all():
        turns[of_source].append(TurnRead(*columns))
    return [
        SourceRead(summary, texts[id_], turns.get(id_, []))
        for id_, summary in _summaries(db, source_id).items()
    ]


def _summaries(db: Session, source_id: str | None = None) -> dict[str, SourceSummary]:
    source, speaker, participant = table_of(Source), table_of(Speaker), table_of(Participant)
    one = sa.true() if source_id is None else source.c.id == source_id
    spoken = (
        sa.select(speaker.c.source_id, participant.c.stakeholder)
        .join_from(speaker, participant, speaker.c.participant_id == participant.c.id)
        .join(source, source.c.id == speaker.c.source_id)
        .where(one)
        .order_by(speaker.c.source_id, speaker.c.n)
    )
    stakeholders: dict[str, list[str]] = defaultdict(list)
    for of_source, stakeholder in db.execute(spoken):
        if stakeholder not in stakeholders[of_source]:
            stakeholders[of_source].append(stakeholder)
    columns = (
        "id",
        "name",
        "kind",
        "timepoint",
        "site",
        "date",
        "mode",
        "state",
        "words",
        "checked_by",
        "checked_at",
    )
    rows = db.execute(sa.select(*(source.c[name] for name in columns)).where(one))
    return {
        row["id"]: SourceSummary(**row, stakeholders=tuple(stakeholders[row["id"]]))
        for row in rows.mappings()
    }
