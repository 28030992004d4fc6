"""Noticing what others change: PostgreSQL tells it (LISTEN), on SQLite the file is asked twice a second."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from threading import Event
from typing import Any

import sqlalchemy as sa

from qualbench.errors import Unreachable
from qualbench.study import tables
from qualbench.study.database import CHANNEL, CONNECTION_ERRORS, Study
from qualbench.study.journal import newest_event
from qualbench.study.local import DATABASE_FILE

_PAUSE = 0.5  # seconds between two looks at a file


def watch(study: Study, stopped: Event) -> Iterator[None]:
    """Yield each time the study has been changed, by whomever, at once or within a second.

    Args:
        study: The study.
        stopped: Set by another thread to end it.

    Raises:
        Unreachable: If the database does not answer.
    """
    try:
        yield from _watch_file(study, stopped) if study.on_sqlite else _watch_server(study, stopped)
    except (*CONNECTION_ERRORS, sqlite3.Error) as error:
        raise Unreachable(f"The database does not answer: {error}.") from None


def changed_by_others(study: Study, since: int) -> bool:
    """Tell whether somebody else has changed the study since an event, by its number.

    Events that the database withholds count as others'.
    """
    event = tables.table_of(tables.Event)
    newest = newest_event(study)
    with study.read() as db:
        mine = db.execute(
            sa.select(sa.func.count()).where(
                event.c.seq > since, event.c.seq <= newest, event.c.coder == study.coder
            )
        ).scalar_one()
    return newest - since > int(mine)


def _watch_file(study: Study, stopped: Event) -> Iterator[None]:
    # data_version changes with every commit of another connection, and costs no look at any table.
    with closing(sqlite3.connect(study.folder / DATABASE_FILE)) as connection:
        (before,) = connection.execute("PRAGMA data_version").fetchone()
        while not stopped.wait(_PAUSE):
            (now,) = connection.execute("PRAGMA data_version").fetchone()
            if now != before:
                before = now
                yield


def _watch_server(study: Study, stopped: Event) -> Iterator[None]:
    import psycopg  # there only where a team uses PostgreSQL

    engine = study.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"LISTEN {CHANNEL}"))
        listener: Any = connection.connection.driver_connection
        try:
            while not stopped.is_set():
                for _ in listener.notifies(timeout=_PAUSE, stop_after=1):
                    yield
        except psycopg.OperationalError as error:
            raise Unreachable(f"The database does not answer: {error}.") from None
        finally:
            connection.invalidate()  # not back into the pool: it would go on listening
