"""Rows of codings as the writing functions need them: what is there already, what may be put there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.versions import latest_version
from qualbench.coding.progress import begin
from qualbench.study.journal import Change
from qualbench.study.retext import hand_over
from qualbench.study.tables import Coding, new_id, now, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.consent import require_consent

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
    """Insert those codings into a layer that are not there yet, and give their ids.

    The coder whose layer it is has then begun with the sources concerned.

    Raises:
        Refused: If somebody who speaks in one of the sources has not consented, and the study requires that.
    """
    require_consent(changed.db, {source_id for source_id, _, _ in codings})
    present = present_codings(changed.db, layer, (source_id for source_id, _, _ in codings))
    made_at, version = now(), latest_version(changed.db)
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
            "version": version,
            "kept_under": None,
            "kept_at": None,
            "made_as": None,
        }
        for source_id, span, code_id in dict.fromkeys(codings)
        if (source_id, span, code_id) not in present
    ]
    changed.insert(Coding, rows)
    begin(changed, layer, {str(row["source_id"]) for row in rows})
    return [str(row["id"]) for row in rows]


def codings_of(changed: Change, layer: str, source_id: str, code_id: str) -> list[sa.Row[Any]]:
    """Give the codings of one code in a layer of a source, the first made first."""
    table = table_of(Coding)
    return list(
        changed.db.execute(
            sa.select(table)
            .where(table.c.source_id == source_id, table.c.code_id == code_id, table.c.layer == layer)
            .order_by(table.c.created_at, table.c.id)
        )
    )


def grow(changed: Change, row: sa.Row[Any], absorbed: Sequence[sa.Row[Any]], span: Span) -> None:
    """Give a coding a span, with what the codings have that it takes in: their memos, and being exemplars.

    Raises:
        Refused: As `insert_codings`.
    """
    require_consent(changed.db, [row.source_id])
    hand_over(changed, {one.id: row.id for one in absorbed})
    changed.delete(Coding, [{"id": one.id} for one in absorbed])
    changed.update(Coding, [{"id": row.id, "start": span.start, "end": span.end}])
