"""The talk of several sources at once, to show passages in the turns around them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from qualbench.study.database import Study
from qualbench.study.tables import Participant, Source, Speaker, Turn, table_of
from qualbench.text.blocks import blocks_between
from qualbench.text.spans import Span


@dataclass(frozen=True)
class Said:
    """A turn, a heading or other text between turns.

    Attributes:
        span: Code points of the source's text, half-open, without the label.
        turn: Its number, counted from 0; None for what is no turn, as are speaker and role.
        role: "participant", "interviewer" or "other".
        stakeholder: The type of a participant.
    """

    span: Span
    turn: int | None = None
    speaker: str | None = None
    role: str | None = None
    stakeholder: str | None = None


@dataclass(frozen=True)
class Talk:
    """The text of a source and what is said in it, in order."""

    source: str
    timepoint: str | None
    text: str
    said: Sequence[Said]

    def around(self, span: Span, further: int = 0) -> list[Said]:
        """Give what is said in a span, with as many turns or headings before and after it.

        Args:
            span: Code points of the text, half-open, not empty.
            further: How many to either side.
        """
        first = max(0, bisect_right(self._starts, span.start) - 1)
        end = bisect_left(self._starts, span.end)
        return list(self.said[max(0, first - further) : max(first + 1, end) + further])

    @cached_property
    def _starts(self) -> list[int]:
        return [one.span.start for one in self.said]


def read_talk(study: Study, names: Iterable[str]) -> dict[str, Talk]:
    """Give the talk of sources by name; names that no source has are passed over.

    Args:
        study: The study.
        names: The names of the sources.
    """
    source, turn, speaker, participant = (table_of(t) for t in (Source, Turn, Speaker, Participant))
    with study.read() as db:
        sources = db.execute(
            sa.select(source.c.id, source.c.name, source.c.timepoint, source.c.text).where(
                source.c.name.in_(set(names))
            )
        ).all()
        turns: dict[str, list[sa.Row[tuple[str, int, int, int, str, str, str]]]] = defaultdict(list)
        for row in db.execute(
            sa.select(
                turn.c.source_id,
                turn.c.label_start,
                turn.c.start,
                turn.c.end,
                speaker.c.label,
                speaker.c.role,
                participant.c.stakeholder,
            )
            .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
            .join(participant, participant.c.id == speaker.c.participant_id, isouter=True)
            .where(turn.c.source_id.in_({one.id for one in sources}))
            .order_by(turn.c.source_id, turn.c.n)
        ):
            turns[row.source_id].append(row)
    talk = {}
    for one in sources:
        rows = turns[one.id]
        said = [
            Said(block.span)
            if block.turn is None
            else Said(
                block.span,
                block.turn,
                rows[block.turn].label,
                rows[block.turn].role,
                rows[block.turn].stakeholder,
            )
            for block in blocks_between(one.text, ((row.label_start, row.start, row.end) for row in rows))
        ]
        talk[one.name] = Talk(one.name, one.timepoint, one.text, said)
    return talk
