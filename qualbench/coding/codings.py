"""Adding, removing and listing codings one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import codebook_of
from qualbench.coding.applying import Passage, apply_codes, remove_codings
from qualbench.coding.blind import in_view
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Coding, Source, table_of
from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.transcripts.sources import participants_talk, source_ids


@dataclass(frozen=True)
class CodingRead:
    """A coding with its words."""

    id: str
    source: str
    start: int
    end: int
    code: str
    layer: str
    quote: str
    created_at: str
    exemplar: bool
    meaning: str | None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


def add_coding(study: Study, source: str, span: Span, code: str) -> str:
    """Put a code on a span of a source, in the layer of the coder at work (see `apply_codes`).

    Returns:
        The id of the coding that now holds the span.

    Raises:
        NotFound: If source, code or coder does not exist.
        BadInput: If the span is empty or leaves the text.
        Refused: If the same words have that code already.
    """
    return apply_codes(study, [Passage(source, span)], [code]).ids[0]


def remove_coding(study: Study, coding_id: str) -> None:
    """Take a coding away; only its own coder may.

    Raises:
        NotFound: If there is no such coding in the coder's own layer.
    """
    remove_codings(study, [coding_id])


def list_codings(
    study: Study, *, source: str | None = None, layer: str | None = None, code: str | None = None
) -> list[CodingRead]:
    """Give codings in order of source and place.

    Args:
        study: The study; what its coder may not see yet is left out.
        source: Only those of one source.
        layer: The layer; None means the coder's own.
        code: Only those of one code.

    Raises:
        NotFound: If there is no such source, layer or code.
        Refused: If another coder's layer is asked for and may not be seen yet.
    """
    layer = layer or study.coder or AGREED
    coding, table = table_of(Coding), table_of(Source)
    with study.read() as db:
        source_id = source_ids(db, [source])[source] if source is not None else None
        wanted = [in_view(db, study, layer, source_id)]
        if source_id is not None:
            wanted.append(coding.c.source_id == source_id)
        if code is not None:
            wanted.append(coding.c.code_id == codebook_of(db).find(code).id)
        rows = db.execute(sa.select(coding).where(*wanted)).all()
        texts = {
            row.id: (row.name, row.text)
            for row in db.execute(
                sa.select(table.c.id, table.c.name, table.c.text).where(
                    table.c.id.in_({row.source_id for row in rows})
                )
            )
        }
    found = [
        CodingRead(
            row.id,
            texts[row.source_id][0],
            row.start,
            row.end,
            row.code_id,
            row.layer,
            texts[row.source_id][1][row.start : row.end],
            row.created_at,
            row.exemplar,
            row.meaning,
        )
        for row in rows
    ]
    return sorted(found, key=lambda c: (c.source, c.start, c.end, c.code))


def recent_codes(study: Study) -> list[str]:
    """Give the ids of the codes of the coder at work, the one put on words last first."""
    coding = table_of(Coding)
    with study.read() as db:
        last = sa.func.max(coding.c.created_at)
        rows = db.execute(
            sa.select(coding.c.code_id)
            .where(coding.c.layer == study.coder)
            .group_by(coding.c.code_id)
            .order_by(last.desc(), coding.c.code_id)
        )
        return list(rows.scalars())


def share_coded(study: Study, layer: str) -> dict[str, float | None]:
    """Give for each source, by name, the share of participants' talk that a layer has coded.

    Returns:
        A fraction of the code points; None where no participant speaks.
    """
    source, coding = table_of(Source), table_of(Coding)
    with study.read() as db:
        names = dict(db.execute(sa.select(source.c.id, source.c.name)).all())
        talk = participants_talk(db)
        coded: dict[str, list[Span]] = {}
        for source_id, start, end in db.execute(
            sa.select(coding.c.source_id, coding.c.start, coding.c.end).where(in_view(db, study, layer))
        ):
            coded.setdefault(source_id, []).append(Span(start, end))
    return {name: coded_share(talk.get(i, []), coded.get(i, [])) for i, name in names.items()}


def coded_share(talk: Sequence[Span], coded: Iterable[Span]) -> float | None:
    """Give the share of the code points of some talk that is coded; None if there is no talk."""
    length = covered(talk)
    return covered(intersect(merge(coded), merge(talk))) / length if length else None
