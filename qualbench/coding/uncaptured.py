"""What of participants' talk no theme captures, the second level of reviewing them (Braun & Clarke 2006)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.coding.blind import hidden_sources, in_view
from qualbench.coding.uncoded import uncoded_in
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Coding, Source, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.sources import participants_talk


@dataclass(frozen=True)
class Uncaptured:
    """Words that no theme captures.

    Attributes:
        source: The name of the source.
        span: Code points of its text, half-open.
        code: The id of the code they have, which stands in no theme; None if nobody in view coded them.
        coding: The id of that coding.
    """

    source: str
    span: Span
    code: str | None = None
    coding: str | None = None


def uncaptured(study: Study, layer: str | None = None) -> list[Uncaptured]:
    """Give the words that no theme captures, in order of source and place.

    They are the stretches of participants' talk that a layer has not coded, and its passages whose code
    stands in no theme. Sources in which the layer may not be seen are left out. All texts and codings are
    read once.

    Args:
        study: The study, with the coder at work.
        layer: The layer; None means the coder's own.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    coding, source = table_of(Coding), table_of(Source)
    place = (coding.c.source_id, coding.c.start, coding.c.end)
    layer = layer or study.coder or AGREED
    with study.read() as db:
        loose = set(codes_in_no_theme(codebook_of(db)))
        wanted = in_view(db, study, layer)
        hidden = hidden_sources(db, study, layer)
        rows_of_sources = db.execute(sa.select(source.c.id, source.c.name, source.c.text))
        texts = {row.id: (row.name, row.text) for row in rows_of_sources if row.id not in hidden}
        talk = participants_talk(db)
        rows = db.execute(sa.select(coding.c.id, coding.c.code_id, *place).where(wanted)).all()
    coded: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        coded[row.source_id].append(Span(row.start, row.end))
    found = [
        Uncaptured(texts[row.source_id][0], Span(row.start, row.end), row.code_id, row.id)
        for row in rows
        if row.code_id in loose
    ]
    for source_id, (name, text) in texts.items():
        free = uncoded_in(text, talk.get(source_id, []), coded.get(source_id, []))
        found += [Uncaptured(name, span) for span in free]
    return sorted(found, key=lambda one: (one.source, one.span, one.code or ""))


def codes_in_no_theme(book: Codebook) -> list[str]:
    """Give the ids of the entries that are no theme, and that lie neither in one nor in a candidate theme."""
    loose: dict[str, bool] = {}
    for _, entry in book.walk(whole=True):  # what stands above comes first
        alone = entry.parent_id is None or loose[entry.parent_id]
        loose[entry.id] = alone and entry.level == "code" and not entry.also_in
    return [id_ for id_, is_loose in loose.items() if is_loose]
