"""Proof that a study is whole: its database, its journal, its texts and what hangs on them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.study.chain import chain_faults
from qualbench.study.database import Study
from qualbench.study.retext import fingerprint
from qualbench.study.tables import CodeExample, Coding, Decision, Memo, Mention, Source, Turn, table_of


def check_study(study: Study) -> list[str]:
    """Check a study through and through and give a sentence for each fault; none if it is whole.

    Checked are the database file (SQLite), the chain of the journal, the fingerprint of every text,
    and that every span lies inside its text.
    """
    with study.read() as db:
        faults = _file_faults(db) if study.on_sqlite else []
        faults += _text_faults(db)
        faults += _span_faults(db)
    return faults + chain_faults(study)


def _file_faults(db: Session) -> list[str]:
    answers = db.execute(sa.text("PRAGMA integrity_check")).scalars().all()
    faults = [f"The database file: {answer}." for answer in answers if answer != "ok"]
    orphans = db.execute(sa.text("PRAGMA foreign_key_check")).all()
    return faults + [
        f"A row of '{row[0]}' refers to a row of '{row[2]}' that is not there." for row in orphans
    ]


def _text_faults(db: Session) -> list[str]:
    source = table_of(Source)
    rows = db.execute(sa.select(source.c.name, source.c.text, source.c.fingerprint).order_by(source.c.name))
    return [
        f"The text of {name} is not the one recorded."
        for name, text, print_ in rows
        if fingerprint(text) != print_
    ]


def _span_faults(db: Session) -> list[str]:
    source = table_of(Source)
    faults = []
    for model in (Turn, Coding, Mention, Decision, Memo, CodeExample):
        table = table_of(model)
        outside = sa.or_(
            table.c.start < 0, table.c.end < table.c.start, table.c.end > sa.func.length(source.c.text)
        )
        counts = db.execute(
            sa.select(source.c.name, sa.func.count())
            .join_from(table, source, table.c.source_id == source.c.id)
            .where(outside)
            .group_by(source.c.name)
        )
        faults += [f"{name}: {count} of its {table.name}s lie outside the text." for name, count in counts]
    return faults
