"""Applying, removing and listing codings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_view, require_open
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.tables import (
    AGREED,
    Coding,
    Source,
    new_id,
    now,
    table_of,
)
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

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


def add_coding(study: Study, source: str, span: Span, code: str) -> str:
    """Put a code on a span of a source, in the layer of the coder at work.

    Returns:
        The id of the coding.

    Raises:
        NotFound: If source, code or coder does not exist.
        BadInput: If the span is empty or leaves the text.
        Refused: If the same words have that code already.
    """
    with change(study, "code") as changed:
        source_id = source_ids(changed.db, [source])[source]
        require_open(changed.db, changed.coder, [source_id])
        entry = codebook_of(changed.db).find(code)
        length = text_length(changed.db, source_id)
        check_span(span, length, source)
        (coding_id,) = insert_codings(changed, changed.coder, [(source_id, span, entry.id)])
        changed.summary = f"Coded '{entry.label}' in {source_mark(source_id)} at {span.start}-{span.end}"
    return coding_id


def remove_coding(study: Study, coding_id: str) -> None:
    """Take a coding away; only its own coder may.

    Raises:
        NotFound: If there is no such coding in the coder's own layer.
    """
    table = table_of(Coding)
    with change(study, "uncode") as changed:
        row = changed.db.execute(
            sa.select(table).where(table.c.id == coding_id, table.c.layer == study.coder)
        ).first()
        if row is None:
            raise NotFound(
                f"{study.coder} has no coding '{coding_id}'.", "'qualbench code list' gives the ids."
            )
        require_open(changed.db, changed.coder, [row.source_id])
        label = codebook_of(changed.db).by_id[row.code_id].label
        changed.delete(Coding, [{"id": coding_id}])
        changed.summary = f"Removed '{label}' at {row.start}-{row.end}"


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
        rows = db.execute(
            sa.select(
                coding.c.id,
                table.c.name,
                coding.c.start,
                coding.c.end,
                coding.c.code_id,
                coding.c.layer,
                sa.func.substr(table.c.text, coding.c.start + 1, coding.c.end - coding.c.start),
                coding.c.created_at,
            )
            .join_from(coding, table, coding.c.source_id == table.c.id)
            .where(*wanted)
        ).all()
    return sorted((CodingRead(*row) for row in rows), key=lambda c: (c.source, c.start, c.end, c.code))


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
    return {
        name: covered(intersect(merge(coded.get(i, [])), merge(talk[i]))) / covered(talk[i])
        if i in talk
        else None
        for i, name in names.items()
    }


def insert_codings(changed: Change, layer: str, codings: Sequence[tuple[str, Span, str]]) -> list[str]:
    """Insert codings (source id, span, code id) into a layer and give their ids.

    Raises:
        Refused: If the same words of a source have that code in that layer already.
    """
    table = table_of(Coding)
    sources = {source_id for source_id, _, _ in codings}
    present = {
        tuple(row)
        for row in changed.db.execute(
            sa.select(table.c.source_id, table.c.start, table.c.end, table.c.code_id).where(
                table.c.layer == layer, table.c.source_id.in_(sources)
            )
        )
    }
    made_at = now()
    rows = []
    for source_id, span, code_id in codings:
        if (source_id, span.start, span.end, code_id) in present:
            raise Refused("The same words have that code already.", "Choose other words or another code.")
        present.add((source_id, span.start, span.end, code_id))
        rows.append(
            {
                "id": new_id(),
                "source_id": source_id,
                "start": span.start,
                "end": span.end,
                "code_id": code_id,
                "layer": layer,
                "created_by": changed.coder,
                "created_at": made_at,
            }
        )
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
