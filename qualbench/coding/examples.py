"""Passages that show what a code means, and what it does not: they go along with the text they lie in."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import examples_in_view
from qualbench.coding.places import check_span, text_length
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, code_mark, source_mark
from qualbench.study.tables import CodeExample, Source, new_id, now, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.consent import require_consent
from qualbench.transcripts.sources import source_ids

KINDS = ("typical", "atypical", "near miss")
"""What a passage can be an example of: the code as usual, at its edge, or of what is close but not it."""

_ACTION = "code"  # not "codebook", which all may read of: an example tells how its giver has coded the words


@dataclass(frozen=True)
class Example:
    """A passage given as an example of a code.

    Attributes:
        code: The id of the code.
        kind: One of `KINDS`.
        source: The name of the source.
        span: Code points of its text, half-open.
        quote: The words there.
        added_by: Initials.
    """

    id: str
    code: str
    kind: str
    source: str
    span: Span
    quote: str
    added_by: str


def add_example(study: Study, code: str, kind: str, source: str, span: Span) -> str:
    """Give a passage as an example of a code, and give its id.

    Args:
        study: The study.
        code: Id or label.
        kind: One of `KINDS`.
        source: The name of the source.
        span: Code points of its text, half-open.

    Raises:
        NotFound: If there is no such code or source.
        BadInput: If the kind is unknown, or the span is empty or leaves the text.
        Refused: If it is such an example already, or somebody in the source has still to consent.
    """
    if kind not in KINDS:
        raise BadInput(f"'{kind}' is not a kind of example.", f"Use one of {', '.join(KINDS)}.")
    table = table_of(CodeExample)
    with change(study, _ACTION) as changed:
        entry = codebook_of(changed.db).find(code)
        source_id = source_ids(changed.db, [source])[source]
        require_consent(changed.db, [source_id])
        check_span(span, text_length(changed.db, source_id), source)
        row = {
            "code_id": entry.id,
            "kind": kind,
            "source_id": source_id,
            "start": span.start,
            "end": span.end,
        }
        same = sa.and_(*(table.c[name] == value for name, value in row.items()), examples_in_view(study))
        if changed.db.execute(sa.select(table.c.id).where(same)).first() is not None:
            raise Refused(f"These words are a {kind} example of '{entry.label}' already.")
        example_id = new_id()
        changed.insert(CodeExample, [{"id": example_id, **row, "added_by": changed.coder, "added_at": now()}])
        changed.summary = f"Gave a {kind} example of '{code_mark(entry.id)}' in {source_mark(source_id)}"
    return example_id


def remove_example(study: Study, example_id: str) -> None:
    """Take a passage away from the examples of its code.

    Raises:
        NotFound: If there is no such example in view.
    """
    table = table_of(CodeExample)
    with change(study, _ACTION) as changed:
        row = changed.db.execute(
            sa.select(table).where(table.c.id == example_id, examples_in_view(study))
        ).first()
        if row is None:
            raise NotFound(
                f"There is no example '{example_id}'.", "'qualbench codebook show CODE' gives ids."
            )
        changed.delete(CodeExample, [{"id": example_id}])
        changed.summary = f"Took back a {row.kind} example of '{code_mark(row.code_id)}'"


def list_examples(study: Study, code: str) -> list[Example]:
    """Give the passages given as examples of a code that the coder at work may see, by kind.

    Raises:
        NotFound: If there is no such code.
    """
    table, source = table_of(CodeExample), table_of(Source)
    with study.read() as db:
        entry = codebook_of(db).find(code)
        rows = db.execute(
            sa.select(
                table,
                source.c.name,
                sa.func.substr(source.c.text, table.c.start + 1, table.c.end - table.c.start).label("quote"),
            )
            .join_from(table, source, source.c.id == table.c.source_id)
            .where(table.c.code_id == entry.id, examples_in_view(study))
            .order_by(source.c.name, table.c.start)
        ).all()
    found = [
        Example(row.id, row.code_id, row.kind, row.name, Span(row.start, row.end), row.quote, row.added_by)
        for row in rows
    ]
    return sorted(found, key=lambda example: KINDS.index(example.kind))
