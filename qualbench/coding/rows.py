"""Rows of codings as the writing functions need them: what is there already, what may be put there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput
from qualbench.study.journal import Change
from qualbench.study.tables import Coding, Source, new_id, now, table_of
from qualbench.text.spans import Span

Placed = tuple[str, Span, str]
"""The id of a source, a span of it, and the id of a code."""


def present_codings(db: Session, layer: str, source_ids: Iterable[str]) -> set[Placed]:
    """Give the codings of a layer in some sources."""
    table = table_of(Coding)
    rows = db.execute(
        sa.select(table.c.source_id, table.c.start, table.c.end, table.c.code_id).where(
            table.c.layer == layer, table.c.source_id.in_(set(source_ids))
        )
    )
    return {(source_id, Span(start, end), code_id) for source_id, start, end, code_id in rows}


def insert_codings(changed: Change, layer: str, codings: Sequence[Placed]) -> list[str]:
    """Insert those codings into a layer that are not there yet, and give their ids."""
    present = present_codings(changed.db, layer, (source_id for source_id, _, _ in codings))
    made_at = now()
    rows = [
        {
            "id": new_id(),
            "source_id": source_id,
            "start": span.start,
            "end": span.end,
            "code_id": code_id,
            "layer": layer,
            "created_by": changed.coder,
            "created_at": made_at,
            "exemplar": False,
            "meaning": None,
        }
        for source_id, span, code_id in dict.fromkeys(codings)
        if (source_id, span, code_id) not in present
    ]
    changed.insert(Coding, rows)
    return [str(row["id"]) for row in rows]


def check_span(span: Span, length: int, where: str) -> None:
    """Check that a span holds something and lies inside a text.

    Raises:
        BadInput: If not.
    """
    if not 0 <= span.start < span.end <= length:
        raise BadInput(
            f"{where}: {span.start}-{span.end} lies outside the text, which has {length} characters.",
            "Give the first character and the one after the last, counted from 0.",
        )


def text_length(db: Session, source_id: str) -> int:
    """Give the length of a source's text in code points."""
    table = table_of(Source)
    return int(
        db.execute(sa.select(sa.func.length(table.c.text)).where(table.c.id == source_id)).scalar_one()
    )
