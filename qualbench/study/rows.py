"""Rows of a table as the journal records and writes them: plain lists, by primary key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.tables import Row, table_of

PRIVATE_COLUMNS = {"source": {"text", "fingerprint", "name", "interviewer"}, "speaker": {"label"}}
"""Columns that hold words of a transcript, or may hold a name or tell one to whoever tries a list of names on
it (a plain digest of a text from before a sealing), and so never enter a payload."""

_CHUNK = 400  # keys in one IN (...): SQLite takes 32,766 parameters, PostgreSQL 65,535

Values = Mapping[str, Any]


@dataclass(frozen=True)
class TableChange:
    """Rows of one table before and after; None before means inserted, None after means deleted."""

    table: str
    columns: list[str]
    before: list[list[Any]] | None
    after: list[list[Any]] | None

    def inverse(self) -> TableChange:
        """Give the change that takes this one back, its rows in reverse order."""
        return TableChange(
            self.table,
            self.columns,
            self.after[::-1] if self.after is not None else None,
            self.before[::-1] if self.before is not None else None,
        )

    @property
    def private(self) -> bool:
        """Whether rows were inserted or deleted of which the payload holds only a part."""
        return self.table in PRIVATE_COLUMNS and (self.before is None or self.after is None)


def public_columns(model: type[Row], columns: Values | Sequence[str]) -> list[str]:
    """Give those columns that may enter a payload, in the order given."""
    private = PRIVATE_COLUMNS.get(table_of(model).name, set())
    return [column for column in columns if column not in private]


def listed(rows: Sequence[Values], columns: list[str]) -> list[list[Any]]:
    """Give rows as lists of some of their columns."""
    if len(columns) < 2:
        return [[row[column] for column in columns] for row in rows]
    return list(map(list, map(itemgetter(*columns), rows)))


def rows_at(db: Session, table: sa.Table, columns: list[str], keys: Sequence[Values]) -> list[list[Any]]:
    """Rows with these primary keys, in the order of the keys; those that are not there are left out."""
    key_names = [column.name for column in table.primary_key]
    wanted = [tuple(key[name] for name in key_names) for key in keys]
    found: dict[tuple[Any, ...], list[Any]] = {}
    selected = [table.c[name] for name in key_names] + [table.c[name] for name in columns]
    for first in range(0, len(wanted), _CHUNK):
        condition = sa.tuple_(*table.primary_key).in_(wanted[first : first + _CHUNK])
        for row in db.execute(sa.select(*selected).where(condition)):
            found[tuple(row[: len(key_names)])] = list(row[len(key_names) :])
    return [found[key] for key in wanted if key in found]


def insert_rows(db: Session, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert rows, all with the same columns.

    Rows that leave no default to be filled in go straight to the driver: through SQLAlchemy's handling of
    each row an import of thousands of turns took a third longer.
    """
    connection = db.connection()
    statement, names = _insertion(table, tuple(rows[0]), connection.dialect)
    if statement is None:
        db.execute(table.insert(), rows)
    elif names is None:
        connection.exec_driver_sql(statement, rows)
    else:
        connection.exec_driver_sql(statement, list(map(tuple, listed(rows, names))))


@lru_cache(maxsize=200)
def _insertion(
    table: sa.Table, columns: tuple[str, ...], dialect: sa.Dialect
) -> tuple[str | None, list[str] | None]:
    """The statement that inserts such rows, None if it has defaults to fill in, and the order of its values
    where they go by place."""
    compiled = table.insert().compile(dialect=dialect, column_keys=list(columns))
    if compiled.binds.keys() != set(columns):
        return None, None
    return str(compiled), compiled.positiontup


def set_columns(db: Session, table: sa.Table, columns: list[str], rows: Sequence[Values]) -> None:
    """Set columns of rows found by primary key."""
    key_names = [column.name for column in table.primary_key]
    statement = (
        sa.update(table)
        .where(*(table.c[name] == sa.bindparam(f"key_{name}") for name in key_names))
        .values({name: sa.bindparam(f"new_{name}") for name in columns if name not in key_names})
    )
    done = db.connection().execute(
        statement,
        [
            {f"key_{name}": row[name] for name in key_names}
            | {f"new_{name}": row[name] for name in columns if name not in key_names}
            for row in rows
        ],
    )
    _check_all(done, rows)


def delete_rows(db: Session, table: sa.Table, rows: Sequence[Values]) -> None:
    """Delete rows by primary key."""
    key_names = [column.name for column in table.primary_key]
    statement = sa.delete(table).where(*(table.c[name] == sa.bindparam(f"key_{name}") for name in key_names))
    keys = [{f"key_{name}": row[name] for name in key_names} for row in rows]
    _check_all(db.connection().execute(statement, keys), rows)


def _check_all(done: sa.CursorResult[Any], rows: Sequence[Values]) -> None:
    """Check that every row was written: those a login may not write are passed over in silence."""
    if done.rowcount != len(rows):
        raise Refused("Some of what was to be changed is not yours to change.", "Ask a lead.")
