"""Topics that were not asked about in a source, so that silence on them there means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, code_mark, source_mark
from qualbench.study.tables import Code, NotAsked, Source, now, table_of
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class NotAskedMark:
    """That an entry of the codebook, with all below it, was not asked about in a source.

    Attributes:
        source: The name of the source.
        code: The id of the entry.
        label: That of the entry.
        marked_by: Initials.
        marked_at: ISO 8601, UTC.
    """

    source: str
    code: str
    label: str
    marked_by: str
    marked_at: str


def mark_not_asked(
    study: Study, sources: Sequence[str], codes: Sequence[str], *, take_back: bool = False
) -> int:
    """Mark entries of the codebook as not asked about in sources, or take such marks back.

    Args:
        study: The study.
        sources: Names.
        codes: Ids or labels; what is below an entry counts as not asked about too.
        take_back: Whether to take marks back.

    Returns:
        How many marks were made or taken back.

    Raises:
        BadInput: If no source or no code is named.
        NotFound: If there is no such source or code.
        Refused: If all of it is on record already, or none of it is.
    """
    if not sources or not codes:
        raise BadInput("A mark needs sources and a code.", "Write SOURCE... --code CODE.")
    table = table_of(NotAsked)
    with change(study, "not asked") as changed:
        ids = source_ids(changed.db, list(sources))
        book = codebook_of(changed.db)
        entries = dict.fromkeys(book.find(code).id for code in codes)
        there = set(map(tuple, changed.db.execute(sa.select(table.c.source_id, table.c.code_id))))
        pairs = [
            (source, code) for source in (ids[name] for name in dict.fromkeys(sources)) for code in entries
        ]
        pairs = [pair for pair in pairs if (pair in there) == take_back]
        if not pairs:
            raise Refused("There is no such mark." if take_back else "That is on record already.")
        at = now()
        rows = [
            {"source_id": source, "code_id": code, "marked_by": changed.coder, "marked_at": at}
            for source, code in pairs
        ]
        (changed.delete if take_back else changed.insert)(NotAsked, rows)
        about = ", ".join(f"'{code_mark(code)}'" for code in dict.fromkeys(code for _, code in pairs))
        where = ", ".join(source_mark(source) for source in dict.fromkeys(source for source, _ in pairs))
        verb = "No longer marked as not asked about" if take_back else "Marked as not asked about"
        changed.summary = f"{verb}: {about} in {where}"
    return len(pairs)


def list_not_asked(study: Study) -> list[NotAskedMark]:
    """Give what was not asked about, by source and in the order of the codebook."""
    table, source, code = table_of(NotAsked), table_of(Source), table_of(Code)
    with study.read() as db:
        rows = db.execute(
            sa.select(source.c.name, table.c.code_id, code.c.label, table.c.marked_by, table.c.marked_at)
            .join_from(table, source, source.c.id == table.c.source_id)
            .join(code, code.c.id == table.c.code_id)
        ).all()
        places = {entry.id: n for n, (_, entry) in enumerate(codebook_of(db).walk(whole=True))}
    marks = [NotAskedMark(*row) for row in rows]
    return sorted(marks, key=lambda mark: (mark.source, places[mark.code]))
