"""Making a bundle of what a coder has done on this copy of a study."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.errors import Refused
from qualbench.exchange.bundles.contents import (
    Bundle,
    BundledCode,
    BundledCoding,
    BundledExample,
    BundledMemo,
    BundledSource,
    Lying,
)
from qualbench.exchange.bundles.work import deeds_of
from qualbench.study.database import Study
from qualbench.study.secret import read_secret, text_digest
from qualbench.study.settings import require_coder
from qualbench.study.tables import (
    Assignment,
    Code,
    CodebookVersion,
    CodeExample,
    Coding,
    Memo,
    Reading,
    Row,
    Source,
    TextMove,
    new_id,
    now,
    table_of,
)

_T = TypeVar("_T", BundledCoding, BundledMemo, BundledExample)


def make_bundle(study: Study) -> Bundle:
    """Gather what the coder at work has done: codings, memos, proposed codes, examples, how far they are.

    Entries of the codebook come along that the coder has made and that are candidates still, with those
    above them. Bookmarks stay: they are of use on one machine.

    Args:
        study: The study, with the coder at work.

    Raises:
        NotFound: If the study has no such coder.
        Refused: If nobody is at work, they have done nothing yet, or the study's secret is not on this
            machine.
    """
    if study.coder is None:
        raise Refused("Nobody has said whose work it is.", "Add --coder with the initials.")
    secret, coder = read_secret(study), study.coder
    with study.read() as db:
        require_coder(db, coder)
        codings = [_filled(BundledCoding, row) for row in _rows(db, Coding, "layer", coder)]
        memos = [_filled(BundledMemo, row) for row in _rows(db, Memo, "created_by", coder)]
        examples = [_filled(BundledExample, row) for row in _rows(db, CodeExample, "added_by", coder)]
        everything: list[Lying] = [*codings, *memos, *examples]
        on = {source for row in everything if (source := row.source_id) is not None}
        book = codebook_of(db)
        named = {code for row in everything if (code := row.code_id) is not None}
        released = db.execute(
            sa.select(table_of(CodebookVersion).c.released_at).order_by(table_of(CodebookVersion).c.number)
        )
        bundle = Bundle(
            id=new_id(),
            coder=coder,
            made_at=now(),
            versions=tuple(released.scalars()),
            sources=tuple(_sources(db, secret, coder, on)),
            codes=tuple(_codes(db, book, coder)),
            labels={code: book.by_id[code].label for code in sorted(named)},
            codings=tuple(codings),
            memos=tuple(memos),
            examples=tuple(examples),
            events=tuple(deeds_of(db, coder)),
        )
    if not (bundle.events or bundle.codes):
        raise Refused(f"{coder} has done nothing in this study yet.")
    return bundle


def _sources(db: Session, secret: bytes, coder: str, on: set[str]) -> list[BundledSource]:
    """Those that something lies in, that the coder is to code, or has read."""
    states = {row.source_id: row.state for row in _rows(db, Assignment, "layer", coder)}
    read_at = {row.source_id: row.read_at for row in _rows(db, Reading, "coder", coder)}
    source, move = table_of(Source), table_of(TextMove)
    wanted = on | states.keys() | read_at.keys()
    earlier: dict[str, list[str]] = {}
    for source_id, digest in db.execute(
        sa.select(move.c.source_id, move.c.digest_before).order_by(move.c.source_id, move.c.n)
    ):
        earlier.setdefault(source_id, []).append(digest)
    rows = db.execute(
        sa.select(source.c.id, source.c.name, source.c.text)
        .where(source.c.id.in_(wanted))
        .order_by(source.c.id)
    )
    return [
        BundledSource(
            id=row.id,
            name=row.name,
            text=text_digest(secret, row.text),
            earlier=tuple(dict.fromkeys(earlier.get(row.id, ()))),
            state=states.get(row.id),
            read_at=read_at.get(row.id),
        )
        for row in rows
    ]


def _codes(db: Session, book: Codebook, coder: str) -> list[BundledCode]:
    """The entries that a coder proposes and those above them, parents before children."""
    code = table_of(Code)
    made = {
        row.id: (row.created_by, row.created_at)
        for row in db.execute(sa.select(code.c.id, code.c.created_by, code.c.created_at))
    }
    wanted = {
        above.id
        for entry in book.by_id.values()
        if entry.status == "candidate" and made[entry.id][0] == coder
        for above in book.path(entry.id)
    }
    walk = (entry for _, entry in book.walk(whole=True))
    return [BundledCode(entry, *made[entry.id]) for entry in walk if entry.id in wanted]


def _rows(db: Session, model: type[Row], owner: str, coder: str) -> list[sa.Row[Any]]:
    """The rows of a table that are a coder's, in order."""
    table = table_of(model)
    return list(db.execute(sa.select(table).where(table.c[owner] == coder).order_by(*table.primary_key)))


def _filled(kind: Callable[..., _T], row: sa.Row[Any]) -> _T:
    """A row as a bundle holds it, which is with some of its columns."""
    return kind(**{name: row._mapping[name] for name in signature(kind).parameters})
