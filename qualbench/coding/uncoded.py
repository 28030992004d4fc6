"""What nobody has coded yet, as far as the person at work may know."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qualbench.coding.blind import in_any_view
from qualbench.study.database import Study
from qualbench.study.tables import Coding, Source, table_of
from qualbench.text.spans import Span, merge, trimmed
from qualbench.text.tokens import TOKEN
from qualbench.transcripts.sources import participants_talk, source_ids


def uncoded_stretches(study: Study, source_name: str) -> list[Span]:
    """Give the stretches of participants' talk in a source that no layer in view has coded.

    Another coder's layer counts only where it may be seen: what is missing here tells nothing of it.

    Returns:
        In order, cut at turns, without white space at their ends, each with at least one word.

    Raises:
        NotFound: If there is no such source.
    """
    coding, source = table_of(Coding), table_of(Source)
    with study.read() as db:
        source_id = source_ids(db, [source_name])[source_name]
        text = str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
        talk = participants_talk(db, [source_name]).get(source_id, [])
        coded = db.execute(
            sa.select(coding.c.start, coding.c.end).where(
                coding.c.source_id == source_id, in_any_view(study.coder)
            )
        ).all()
    return uncoded_in(text, talk, [Span(*row) for row in coded])


def uncoded_in(text: str, talk: Sequence[Span], coded: Sequence[Span]) -> list[Span]:
    """Give the stretches of some spans of a text that others leave free, trimmed, with a word in each.

    Args:
        text: The text.
        talk: In order, not overlapping.
        coded: In any order, none of them empty.
    """
    taken = merge(coded)
    free: list[Span] = []
    first = 0
    for start, end in talk:
        while first < len(taken) and taken[first].end <= start:
            first += 1
        at, position = first, start
        while at < len(taken) and taken[at].start < end:
            free.append(Span(position, taken[at].start))
            position = taken[at].end
            at += 1
        free.append(Span(position, end))
    return [trimmed(text, span) for span in free if TOKEN.search(text, span.start, max(span))]
