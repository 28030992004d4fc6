"""A coder's work as a copy of a study knows it: which rows were touched by which event of the coder's.

An event has one hash in all copies: those from before the copy was made are in both journals, and those of
another machine come with its bundles (`merged_event`). So two copies can compare what each knows of a coder's
work, event by event and row by row, and need no clock for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.exchange.bundles.contents import Deed
from qualbench.study.tables import (
    Assignment,
    CodeExample,
    Coding,
    Event,
    HiddenChange,
    Memo,
    MergedEvent,
    Reading,
    Row,
    table_of,
)

CODING, MEMO, EXAMPLE, STATE, READ = "coding", "memo", "code_example", "assignment", "reading"
"""The tables that hold a coder's work; with a colon and a key they name a row."""

_OWNED: Mapping[str, tuple[type[Row], str, str]] = {  # by table: the key, and whose it is
    CODING: (Coding, "id", "layer"),
    MEMO: (Memo, "id", "created_by"),
    EXAMPLE: (CodeExample, "id", "added_by"),
    STATE: (Assignment, "source_id", "layer"),
    READ: (Reading, "source_id", "coder"),
}
_ON_SOURCES = frozenset({"finish", "assign"})  # these put passages into the agreed layer too
_ACTIONS = frozenset({"code", "uncode", "memo", "read"}) | _ON_SOURCES
"""The actions by which coders do their own work. What merging codes, sealing and the like do to their rows is
left out: each copy does that by itself, to everybody's."""


@dataclass(frozen=True)
class Differing:
    """What two copies know of a coder's work that the other does not, as rows.

    Attributes:
        there: Rows that an event touched of which only the bundle knows, or has the outcome.
        here: The same of this copy.
        removed: Of all rows that the bundle knows of, those that were taken away last.
    """

    there: frozenset[str]
    here: frozenset[str]
    removed: frozenset[str]


def deeds_of(db: Session, coder: str) -> list[Deed]:
    """Give what is known here of a coder's work: own events, then those that came with bundles.

    Rows of which no event tells, for an older version or another person brought them, go under an event of
    no hash. An event with a blanked part may have touched any memo of the coder's, and counts so.
    """
    deeds = {deed.hash: deed for deed in _own_deeds(db, coder)}
    table = table_of(MergedEvent)
    for row in db.execute(sa.select(table).where(table.c.coder == coder)).mappings():
        known = deeds.get(row["hash"])
        touched = json.loads(row["touched"]) | dict(known.touched if known else {})
        deeds[row["hash"]] = Deed(row["hash"], row["seq"], row["at"], row["action"], row["summary"], touched)
    told = {name for deed in deeds.values() for name in deed.touched}
    untold = [
        name for table in (CODING, MEMO, EXAMPLE) for name in _rows_of(db, coder, table) if name not in told
    ]
    ordered = sorted(deeds.values(), key=lambda deed: (deed.at, deed.seq))
    return [Deed("", 0, "", "", "", dict.fromkeys(sorted(untold), False)), *ordered] if untold else ordered


def differing(there: Iterable[Deed], here: Iterable[Deed]) -> Differing:
    """Compare what a bundle and this copy know of a coder's work.

    Args:
        there: What the bundle knows, the first one first.
        here: What this copy knows.
    """
    there = list(there)
    theirs = {(deed.hash, name) for deed in there for name in deed.touched}
    ours = {(deed.hash, name) for deed in here for name in deed.touched}
    last = {name: removed for deed in there for name, removed in deed.touched.items()}
    return Differing(
        frozenset(name for _, name in theirs - ours),
        frozenset(name for _, name in ours - theirs),
        frozenset(name for name, removed in last.items() if removed),
    )


def keys_in(names: Iterable[str], table: str) -> list[str]:
    """Give the keys of those rows that are of one table, in order."""
    prefix = f"{table}:"
    return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _own_deeds(db: Session, coder: str) -> Iterable[Deed]:
    event, hidden = table_of(Event), table_of(HiddenChange)
    rows = db.execute(sa.select(event).where(event.c.coder == coder).order_by(event.c.seq)).all()
    pieces: dict[int, dict[int, str | None]] = {}
    for seq, n, payload in db.execute(
        sa.select(hidden.c.event, hidden.c.n, hidden.c.payload)
        .join_from(hidden, event, event.c.seq == hidden.c.event)
        .where(event.c.coder == coder)
    ):
        pieces.setdefault(seq, {})[n] = payload
    actions: dict[int, str] = {}
    memos: dict[str, bool] | None = None
    for row in rows:
        action = actions[row.seq] = actions.get(row.target, row.action)  # of what an undo or redo reversed
        if action not in _ACTIONS:
            continue
        apart = pieces.get(row.seq, {})
        touched = _touched(row.payload, apart, coder, {STATE} if action in _ON_SOURCES else _OWNED.keys())
        if None in apart.values():
            memos = dict.fromkeys(_rows_of(db, coder, MEMO), False) if memos is None else memos
            touched = memos | touched
        if touched:
            yield Deed(row.hash, row.seq, row.at, row.action, row.summary, touched)


def _touched(
    payload: str | None, apart: Mapping[int, str | None], coder: str, tables: Iterable[str]
) -> dict[str, bool]:
    """The rows of a coder's that an event changed, and whether it took them away."""
    items: dict[int, list[Any]] = dict(enumerate(json.loads(payload or "[]")))
    items |= {n: json.loads(piece) for n, piece in apart.items() if piece is not None}
    touched: dict[str, bool] = {}
    for _, (table, columns, before, after) in sorted(items.items()):
        if table not in tables or (before is None and after is None):
            continue
        _, key, owner = _OWNED[table]
        for values in after if after is not None else before:
            row = dict(zip(columns, values, strict=True))
            if row.get(owner, coder) == coder:
                touched[f"{table}:{row[key]}"] = after is None
    return touched


def _rows_of(db: Session, coder: str, table: str) -> list[str]:
    """The names of a coder's rows that are there."""
    model, key, owner = _OWNED[table]
    columns = table_of(model).c
    return [
        f"{table}:{id_}"
        for id_ in db.execute(sa.select(columns[key]).where(columns[owner] == coder)).scalars()
    ]
