"""Codes on talk that they are not meant for: pointed out, never forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import CodeEntry, codebook_of
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.study.database import Study
from qualbench.study.tables import Participant, Source, Speaker, Turn, table_of
from qualbench.text.spans import Span


@dataclass(frozen=True)
class OutsideScope:
    """A coding on talk that its code is not meant for.

    Attributes:
        coding: The coding.
        said_by: The stakeholder types or the timepoint concerned.
        meant_for: Those that the code is for.
    """

    coding: CodingRead
    said_by: tuple[str, ...]
    meant_for: tuple[str, ...]


def codings_outside_scope(study: Study, layer: str | None = None) -> list[OutsideScope]:
    """Give the codings of a layer on talk of other stakeholder types or timepoints than their code is for.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    with study.read() as db:
        limited = {
            entry.id: entry
            for entry in codebook_of(db).by_id.values()
            if entry.stakeholders or entry.timepoints
        }
        if not limited:
            return []
        timepoints = dict(db.execute(sa.select(table_of(Source).c.name, table_of(Source).c.timepoint)).all())
        codings = [coding for coding in list_codings(study, layer=layer) if coding.code in limited]
        speakers = _speakers(db, {coding.source for coding in codings})
    found = []
    for coding in codings:
        entry = limited[coding.code]
        who = _types_at(speakers.get(coding.source, ()), coding.span)
        for said_by, meant_for in _outside(entry, who, timepoints[coding.source]):
            found.append(OutsideScope(coding, said_by, meant_for))
    return found


def scope_notices(db: Session, entries: Sequence[CodeEntry], source: str, spans: Iterable[Span]) -> list[str]:
    """Give a sentence for each code that is not meant for what it was put on.

    Args:
        db: The session.
        entries: The codes.
        source: The name of the source.
        spans: Where they were put, in code points of its text.
    """
    limited = [entry for entry in entries if entry.stakeholders or entry.timepoints]
    if not limited:
        return []
    table = table_of(Source)
    timepoint = db.execute(sa.select(table.c.timepoint).where(table.c.name == source)).scalar()
    speakers = _speakers(db, {source}).get(source, [])
    who = {name for span in spans for name in _types_at(speakers, span)}
    return [
        f"'{entry.label}' is meant for {', '.join(meant_for)}, and this is {', '.join(said_by)}."
        for entry in limited
        for said_by, meant_for in _outside(entry, who, timepoint)
    ]


def _outside(
    entry: CodeEntry, who: set[str], timepoint: str | None
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What the talk is and what the code is meant for, where the two have nothing in common."""
    found = []
    if entry.stakeholders and who and not who & set(entry.stakeholders):
        found.append((tuple(sorted(who)), entry.stakeholders))
    if entry.timepoints and timepoint is not None and timepoint not in entry.timepoints:
        found.append(((timepoint,), entry.timepoints))
    return found


_Said = tuple[Span, str]


def _speakers(db: Session, sources: set[str]) -> dict[str, list[_Said]]:
    """The turns of participants with their stakeholder types, by the name of the source."""
    turn, speaker, participant, source = (table_of(model) for model in (Turn, Speaker, Participant, Source))
    rows = db.execute(
        sa.select(source.c.name, turn.c.start, turn.c.end, participant.c.stakeholder)
        .join_from(turn, source, source.c.id == turn.c.source_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .join(participant, participant.c.id == speaker.c.participant_id)
        .where(source.c.name.in_(sources))
        .order_by(turn.c.start)
    )
    found: dict[str, list[_Said]] = {}
    for name, start, end, stakeholder in rows:
        found.setdefault(name, []).append((Span(start, end), stakeholder))
    return found


def _types_at(turns: Iterable[_Said], span: Span) -> set[str]:
    return {who for turn, who in turns if turn.start < span.end and span.start < turn.end}
