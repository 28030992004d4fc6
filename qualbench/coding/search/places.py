"""The blocks that a search looks at, with who speaks there: from the index, or from the texts themselves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.coding.search.query import Words
from qualbench.study.fulltext import BLOCK, LONGEST, Sieve, Sought, holding
from qualbench.study.fulltext import vocabulary as indexed_vocabulary
from qualbench.study.tables import Participant, Source, Speaker, Turn, table_of
from qualbench.text.blocks import blocks_between
from qualbench.text.spans import Span
from qualbench.text.tokens import tokens_of

_CHUNK = 500  # ids in one IN (...)


class Place(NamedTuple):
    """A block of a source; who speaks is None between turns."""

    source_id: str
    start: int
    end: int
    words: str
    speaker: str | None
    role: str | None
    participant: str | None
    stakeholder: str | None
    site: str | None


def indexed_places(db: Session, sieve: Sieve | None, source_ids: Sequence[str] | None) -> Iterator[Place]:
    """Give the blocks of the index, which must be current.

    Args:
        db: The session.
        sieve: What they must hold; None means anything.
        source_ids: The sources; None means all.
    """
    selected = _selected()
    if sieve is not None:
        selected = selected.where(holding(db, sieve))
    for chunk in _chunks(source_ids):
        wanted = sa.true() if chunk is None else BLOCK.c.source_id.in_(chunk)
        yield from map(Place._make, db.execute(selected.where(wanted)).all())


def _selected() -> sa.Select[Any]:
    """The blocks of the index with who speaks."""
    turn, speaker = table_of(Turn), table_of(Speaker)
    return (
        sa.select(BLOCK.c.source_id, BLOCK.c.start, BLOCK.c.end, BLOCK.c.words, *_who())
        .join_from(
            BLOCK,
            turn,
            sa.and_(turn.c.source_id == BLOCK.c.source_id, turn.c.n == BLOCK.c.turn),
            isouter=True,
        )
        .join(speaker, _speaks(turn, speaker), isouter=True)
        .join(table_of(Participant), speaker.c.participant_id == table_of(Participant).c.id, isouter=True)
    )


def crossed_places(
    db: Session, crosses: Callable[[str], Sequence[Span]], source_ids: Sequence[str] | None
) -> Iterator[Place]:
    """Give the blocks of the index, which must be current, that share a code point with something in a text.

    Args:
        db: The session.
        crosses: Gives from the text of a source the spans in question, in order.
        source_ids: The sources; None means all.
    """
    source = table_of(Source)
    for chunk in _chunks(source_ids):
        wanted = sa.true() if chunk is None else source.c.id.in_(chunk)
        texts = db.execute(sa.select(source.c.id, source.c.text).where(wanted))
        spans = {id_: crosses(text) for id_, text in texts}
        blocks = db.execute(
            sa.select(BLOCK.c.id, BLOCK.c.source_id, BLOCK.c.start, BLOCK.c.end).where(
                BLOCK.c.source_id.in_([source_id for source_id, found in spans.items() if found])
            )
        )
        crossed = [
            id_ for id_, source_id, start, end in blocks if _crosses(spans[source_id], Span(start, end))
        ]
        for first in range(0, len(crossed), _CHUNK):
            here = BLOCK.c.id.in_(crossed[first : first + _CHUNK])
            yield from map(Place._make, db.execute(_selected().where(here)).all())


def _crosses(spans: Sequence[Span], block: Span) -> bool:
    """Whether one of some spans, in order and apart from each other, shares a code point with a block."""
    before = bisect_left(spans, (block.end, 0))
    return before > 0 and spans[before - 1].end > block.start


def scanned_places(db: Session, source_ids: Sequence[str] | None) -> Iterator[Place]:
    """Give all blocks from the texts themselves, for where there is no index."""
    source, turn, speaker = table_of(Source), table_of(Turn), table_of(Speaker)
    for chunk in _chunks(source_ids):
        wanted = sa.true() if chunk is None else source.c.id.in_(chunk)
        texts = {id_: text for id_, text in db.execute(sa.select(source.c.id, source.c.text).where(wanted))}
        rows = db.execute(
            sa.select(turn.c.source_id, turn.c.label_start, turn.c.start, turn.c.end, *_who())
            .join_from(turn, speaker, _speaks(turn, speaker))
            .join(table_of(Participant), speaker.c.participant_id == table_of(Participant).c.id, isouter=True)
            .where(turn.c.source_id.in_(list(texts)))
            .order_by(turn.c.source_id, turn.c.n)
        )
        turns = {source_id: list(of_source) for source_id, of_source in groupby(rows, lambda row: row[0])}
        for source_id, text in texts.items():
            spoken = turns.get(source_id, [])
            for (start, end), at in blocks_between(text, (row[1:4] for row in spoken)):
                who = (None,) * 5 if at is None else spoken[at][4:]
                yield Place(source_id, start, end, text[start:end], *who)


def vocabulary(db: Session, *, current: bool) -> Sequence[str]:
    """Give the different words of the study, folded.

    Args:
        db: The session.
        current: Whether the index may be asked.
    """
    if current:
        return indexed_vocabulary(db)
    return sorted({token[:LONGEST] for place in scanned_places(db, None) for token in tokens_of(place.words)})


def sieve_of(query: Words) -> Sieve:
    """Give what a block must hold to be worth a look; no alternative is left where none can be met."""
    sieve: list[list[list[Sought]]] = []
    for alternative in query.alternatives:
        required = [
            [Sought(word, term.prefix and n == len(term.words)) for word in choices]
            for term in alternative.required()
            for n, choices in enumerate(term.words, start=1)
        ]
        if all(required):
            sieve.append(required)
    return sieve


def _who() -> tuple[sa.ColumnElement[str | None], ...]:
    speaker, participant = table_of(Speaker), table_of(Participant)
    return (
        speaker.c.label,
        speaker.c.role,
        participant.c.id,
        participant.c.stakeholder,
        participant.c.site,
    )


def _speaks(turn: sa.Table, speaker: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n)


def _chunks(ids: Sequence[str] | None) -> Iterator[Sequence[str] | None]:
    if ids is None:
        yield None
        return
    for first in range(0, len(ids), _CHUNK):
        yield ids[first : first + _CHUNK]
