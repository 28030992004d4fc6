"""The index of words: every block of every source with its words, so that a search need not read all texts.

The index is derived data and no part of the study's record: it is filled by the search that finds it
wanting, in transactions of its own that write no event, for nothing a person did is in it and nothing in it
can be lost. It is a sieve, not a judge: it names blocks that hold some words, and what is a hit is decided
on their text, so that SQLite and PostgreSQL give the same hits.

It holds the words of texts that may not be sealed yet. Hence whoever changes a text or deletes a source
forgets the whole index in the same transaction (`forget`); nothing is taken out singly, for FTS5 would
leave a word that is taken out where it stood until it is merged away. SQLite zeroes the pages that are given
up (secure_delete), PostgreSQL rewrites the tables when a source is sealed (`redaction.sealing`).

`search_block` has a row a block. The words are in a column `tokens` of it on PostgreSQL, in an FTS5 table
`search_words` without contents on SQLite. Both take our own tokens as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.study.database import WRITER_LOCK, Study
from qualbench.study.tables import Source, Turn, table_of
from qualbench.text.blocks import blocks_between
from qualbench.text.tokens import tokens_of

LONGEST = 64
"""Code points of a word that are indexed; PostgreSQL takes 2,046 bytes."""

_BATCH = 200_000  # words indexed in one transaction: about a second in which nobody else can write
_PATIENCE = 50  # milliseconds to wait for another writer, who may be busy for long

# Not among the tables of the study: nothing of them is journaled, backed up or compared.
_METADATA = sa.MetaData()
BLOCK = sa.Table(
    "search_block",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.String),
    sa.Column("turn", sa.Integer),  # its number; None between turns
    sa.Column("start", sa.Integer),
    sa.Column("end", sa.Integer),
    sa.Column("words", sa.String),
)
INDEXED = sa.Table(
    "search_source",
    _METADATA,
    sa.Column("source_id", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String),
)


class Sought(NamedTuple):
    """A word that a block must hold, or the beginning of one."""

    word: str
    prefix: bool = False


Sieve = Sequence[Sequence[Sequence[Sought]]]
"""Alternatives, each with what it requires, each of these with the words that meet it."""


def is_current(db: Session) -> bool:
    """Tell whether the index holds every source as it is now."""
    return db.execute(_wanting().limit(1)).first() is None


def fill(study: Study) -> bool:
    """Bring the index up to date, if the study can be written to at once.

    What is done is kept, batch by batch, so that a large study may be interrupted and gone on with.

    Returns:
        Whether it is up to date. It is not where somebody else is writing, or nothing can be written: a
        search then reads the texts themselves.
    """
    try:
        while True:
            with _writing(study) as db:
                if db is None:
                    return False
                if not _index_batch(db):
                    return True
    except sa.exc.DBAPIError:  # read-only, full or locked: in no way the searcher's concern
        return False


def forget(db: Session) -> None:
    """Empty the index in a transaction that changes a text or deletes a source."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(sa.text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
    db.execute(sa.delete(BLOCK))
    db.execute(sa.delete(INDEXED))


def holding(db: Session, sieve: Sieve) -> sa.ColumnElement[bool]:
    """Give the condition on `BLOCK` that keeps to blocks that may hold what is sought.

    Args:
        db: The session.
        sieve: Tokens as `text.tokens` makes them, of letters and digits only; at least one alternative, each
            with at least one requirement, each with at least one word.
    """
    if db.get_bind().dialect.name == "sqlite":
        matched = sa.text("SELECT rowid FROM search_words WHERE search_words MATCH :sought")
        sought = _expression(sieve, '"{}"', '"{}"*', " AND ", " OR ")
        return BLOCK.c.id.in_(matched.bindparams(sought=sought).columns(rowid=sa.Integer))
    sought = _expression(sieve, "'{}'", "'{}':*", " & ", " | ")
    from sqlalchemy.dialects.postgresql import TSQUERY  # a twentieth of a second that others need not pay

    return sa.literal_column("search_block.tokens").bool_op("@@")(sa.cast(sought, TSQUERY))


def vocabulary(db: Session) -> list[str]:
    """Give every word of the index once, cut to `LONGEST` code points."""
    if db.get_bind().dialect.name == "sqlite":
        words = sa.text("SELECT term FROM search_vocabulary")
    else:
        words = sa.text("SELECT word FROM ts_stat('SELECT tokens FROM search_block')")
    return list(db.execute(words).scalars())


def _expression(sieve: Sieve, word: str, prefix: str, all_: str, any_: str) -> str:
    def one(sought: Sought) -> str:
        return (prefix if sought.prefix else word).format(sought.word[:LONGEST])

    def alternative(required: Sequence[Sequence[Sought]]) -> str:
        return all_.join(f"({any_.join(map(one, choices))})" for choices in required)

    return any_.join(f"({alternative(required)})" for required in sieve)


def _wanting() -> sa.Select[tuple[str, str, int]]:
    """The sources that are not in the index as they are now."""
    source = table_of(Source)
    return (
        sa.select(source.c.id, source.c.fingerprint, source.c.words)
        .join_from(
            source,
            INDEXED,
            sa.and_(INDEXED.c.source_id == source.c.id, INDEXED.c.fingerprint == source.c.fingerprint),
            isouter=True,
        )
        .where(INDEXED.c.source_id.is_(None))
        .order_by(source.c.id)
    )


@contextmanager
def _writing(study: Study) -> Iterator[Session | None]:
    """A session that alone writes to the study, so that no text is changed while its words are taken; None
    if somebody else is at it."""
    with study.engine.connect().execution_options(writing=True) as connection, Session(connection) as db:
        if not study.on_sqlite:
            free = db.execute(sa.select(sa.func.pg_try_advisory_xact_lock(WRITER_LOCK))).scalar_one()
            yield db if free else None
            db.commit()
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        ((usual,),) = driver.execute("PRAGMA busy_timeout")
        driver.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        try:
            yield db
            db.commit()
        finally:
            driver.execute(f"PRAGMA busy_timeout = {usual}")


def _index_batch(db: Session) -> bool:
    """Index some of the sources that are wanting; False if there is none."""
    wanting = db.execute(_wanting()).all()
    known = db.execute(sa.select(INDEXED.c.source_id)).scalars().all()
    if {row.id for row in wanting} & set(known):
        forget(db)  # a text was changed past us
        return True
    batch: list[dict[str, str]] = []
    words = 0
    for row in wanting:
        if batch and words + row.words > _BATCH:
            break
        batch.append({"source_id": row.id, "fingerprint": row.fingerprint})
        words += row.words
    if not batch:
        return False
    rows = _rows(db, [row["source_id"] for row in batch])
    if db.get_bind().dialect.name == "sqlite":
        _insert(db, "INSERT INTO search_block VALUES (?, ?, ?, ?, ?, ?)", [row[:6] for row in rows])
        words_of = [(row[0], " ".join(row[6])) for row in rows]
        _insert(db, "INSERT INTO search_words (rowid, words) VALUES (?, ?)", words_of)
    else:
        placed = "%s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[])"
        _insert(db, f"INSERT INTO search_block VALUES ({placed})", rows)
    db.execute(sa.insert(INDEXED), batch)
    return True


def _rows(db: Session, source_ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """The rows of `BLOCK` for some sources, each with its different tokens after the columns."""
    source, turn = table_of(Source), table_of(Turn)
    number = int(db.execute(sa.select(sa.func.coalesce(sa.func.max(BLOCK.c.id), 0))).scalar_one())
    rows: list[tuple[Any, ...]] = []
    for source_id in source_ids:
        text = str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
        turns = db.execute(
            sa.select(turn.c.n, turn.c.label_start, turn.c.start, turn.c.end)
            .where(turn.c.source_id == source_id)
            .order_by(turn.c.n)
        ).all()
        for (start, end), at in blocks_between(text, (row[1:] for row in turns)):
            number += 1
            words = text[start:end]
            tokens = list({token[:LONGEST] for token in tokens_of(words)})
            rows.append((number, source_id, None if at is None else turns[at].n, start, end, words, tokens))
    return rows


def _insert(db: Session, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        db.connection().exec_driver_sql(statement, list(rows))
