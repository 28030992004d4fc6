"""Putting a corrected version in the place of a source, with everything that hangs on its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change
from qualbench.study.retext import retext
from qualbench.study.tables import (
    CodeExample,
    Coding,
    Decision,
    Memo,
    Mention,
    Row,
    Source,
    Speaker,
    Turn,
    now,
    table_of,
)
from qualbench.text.diff import keeps_a_word
from qualbench.text.spans import Edit, Span
from qualbench.transcripts.duplicates import Likeness

# What means nothing without its words.
_ON_WORDS: tuple[type[Row], ...] = (Coding, Decision, Memo, CodeExample)


@dataclass(frozen=True)
class Stranded:
    """A coding, decision, memo or example none of whose words are in the new version.

    Attributes:
        layer: The layer of the coding, or who wrote the memo or gave the example; None for a decision.
    """

    span: Span
    layer: str | None


@dataclass(frozen=True)
class Replacement:
    """What putting a version in the place of another does to what hangs on the words.

    Attributes:
        edits: What makes the new text of the old one.
        moved: Codings and decisions that keep a word.
        stranded: Those that do not; with any of these nothing can be replaced.
        uncovered: Pseudonyms of a sealed source that the new version has other words for; likewise.
    """

    edits: list[Edit]
    moved: int = 0
    stranded: list[Stranded] = field(default_factory=list)
    uncovered: int = 0


def plan_replacement(study: Study, like: Likeness) -> Replacement:
    """Tell what would become of the codings and decisions of a source if its new version replaced it."""
    source = table_of(Source)
    with study.read() as db:
        source_id = db.execute(sa.select(source.c.id).where(source.c.name == like.source)).scalar_one()
        return _plan(db, source_id, like.text, like.edits)


def replace_text(changed: Change, like: Likeness, columns: dict[str, str | None]) -> str:
    """Put a new version in the place of a source; its codings, mentions and decisions move along.

    Its turns and speakers go; those of the new version are for the caller to insert.

    Args:
        changed: The change to take part in.
        like: The source, its text as it was when the two were compared, and the edits.
        columns: Further columns of the source to set.

    Returns:
        The id of the source.

    Raises:
        Refused: If the source has been changed since, or a coding would be left without its words.
    """
    source = table_of(Source)
    row = changed.db.execute(
        sa.select(source.c.id, source.c.text).where(source.c.name == like.source)
    ).first()
    if row is None or row.text != like.text:
        raise Refused(f"{like.source} has been changed meanwhile.", "Look at the differences again.")
    planned = _plan(changed.db, row.id, like.text, like.edits)
    if planned.stranded or planned.uncovered:
        raise Refused(f"{like.source} has been coded or sealed meanwhile.", "Look at the differences again.")
    _delete(changed, Turn, row.id)
    _delete(changed, Speaker, row.id)
    mention = table_of(Mention)
    mentions = changed.db.execute(sa.select(mention).where(mention.c.source_id == row.id)).mappings().all()
    emptied = [m["id"] for m in mentions if not _keeps_anything(Span(m["start"], m["end"]), like.edits)]
    changed.delete(Mention, [{"id": id_} for id_ in emptied])
    retext(changed, row.id, like.edits, rewritten=True)
    changed.update(
        Source, [{"id": row.id, "state": "imported", "imported_at": now(), **_unchecked(), **columns}]
    )
    return str(row.id)


def _plan(db: Session, source_id: str, text: str, edits: list[Edit]) -> Replacement:
    moved, stranded = 0, []
    for model in _ON_WORDS:
        table = table_of(model)
        for row in db.execute(sa.select(table).where(table.c.source_id == source_id)).mappings():
            if row["start"] is None:  # a memo on the source as a whole
                continue
            span = Span(row["start"], row["end"])
            if keeps_a_word(text, span, edits):
                moved += 1
            else:
                whose = row.get("layer") or row.get("created_by") or row.get("added_by")
                stranded.append(Stranded(span, whose))
    return Replacement(edits, moved, stranded, _uncovered(db, source_id, edits))


def _uncovered(db: Session, source_id: str, edits: Sequence[Edit]) -> int:
    """How many pseudonyms of a sealed source would be replaced, by what they stand for or by other words."""
    mention = table_of(Mention)
    rows = db.execute(
        sa.select(mention.c.start, mention.c.end).where(mention.c.source_id == source_id, mention.c.sealed)
    )
    return sum(any(edit.start < end and start < edit.end for edit in edits) for start, end in rows)


def _keeps_anything(span: Span, edits: Sequence[Edit]) -> bool:
    """Whether something stands where the span was: words of it, or others in their place."""
    return not any(not e.replacement and e.start <= span.start and span.end <= e.end for e in edits)


def _delete(changed: Change, model: type[Row], source_id: str) -> None:
    table = table_of(model)
    keys = changed.db.execute(sa.select(table.c.n).where(table.c.source_id == source_id)).scalars()
    changed.delete(model, [{"source_id": source_id, "n": n} for n in keys])


def _unchecked() -> dict[str, None]:
    return {"checked_by": None, "checked_at": None}
