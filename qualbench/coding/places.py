"""Places in the text of a source: whether a span lies inside it, how long it is."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput
from qualbench.study.tables import Source, table_of
from qualbench.text.spans import Span


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
