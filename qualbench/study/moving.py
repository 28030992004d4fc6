"""Moving a study between SQLite and PostgreSQL: copied, compared row by row, and only then switched over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from qualbench.errors import Damaged, QualbenchError, Refused
from qualbench.study.access import require_whole
from qualbench.study.database import (
    WRITER_LOCK,
    Study,
    copy_rows,
    empty_database,
    migrate,
    reason,
)
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, note
from qualbench.study.local import DATABASE_FILE, read_settings, write_address
from qualbench.study.logins import remove_login
from qualbench.study.tables import Coder, Row, StudyRecord, table_of

SQLITE = "sqlite"
"""Where to move a study to that is to lie in a file in its folder."""


def move_study(study: Study, to: str, tell: Callable[[str], None] = lambda _: None) -> Study:
    """Move a study to another database, compare the two in full, and remove the old one.

    Nobody can change the study meanwhile. If anything fails, the study stays where it is and nothing is left
    at the new place.

    Args:
        study: The study; it is closed if all goes well.
        to: A PostgreSQL address, or `SQLITE`.
        tell: Told what is being done, in a sentence.

    Returns:
        The study at its new place.

    Raises:
        BadInput: If the address cannot be read.
        Refused: If the study is there already, another one is, or the login at work does not see all rows.
        Damaged: If the copy is not the same, row for row.
    """
    with study.read() as db:
        require_whole(db, "Moving the study")
    if study.on_sqlite and to == SQLITE:
        raise Refused("The study lies in a file already.", "Give a PostgreSQL address to move it to.")
    engine = empty_database(study.folder, None if to == SQLITE else to)
    try:
        migrate(engine)
        with _nobody_writing(study) as source:
            tell("Copying ...")
            with engine.begin() as target:
                copy_rows(source, target)
            tell("Comparing ...")
            _compare(source, engine)
        moved = replace(study, engine=engine)
        if faults := check_study(moved):
            raise Damaged(f"The copy is not whole: {faults[0]}", "The study stays where it is.")
    except (QualbenchError, sa.exc.SQLAlchemyError, KeyboardInterrupt) as error:
        _remove(study.folder, engine)
        if isinstance(error, sa.exc.DBAPIError):
            raise Refused(f"The study cannot be moved: {reason(error)}.", "It stays where it is.") from None
        raise
    _hand_over(study, moved, to)
    return moved


def _hand_over(study: Study, moved: Study, to: str) -> None:
    """Switch this machine to the new place, note it there, and remove the old one."""
    write_address(study.folder, DATABASE_FILE if to == SQLITE else to, read_settings(study.folder).coder)
    note(moved, "move", f"Moved the study to {'a file' if to == SQLITE else 'PostgreSQL'}")
    if not study.on_sqlite:
        _remove_logins(study, moved)
    _remove(study.folder, study.engine)


def _remove_logins(study: Study, moved: Study) -> None:
    """Take the team's logins from the server that the study has left."""
    coder = table_of(Coder)
    with moved.read() as db:
        rows = db.execute(sa.select(coder.c.initials, coder.c.login).where(coder.c.login.is_not(None)))
        logins = {row.initials: row.login for row in rows}
    if not logins:
        return
    with change(study, "team", "Removed all logins", undoable=False) as changed:
        uid = changed.db.exec(select(StudyRecord.uid)).one()
        for initials, login in logins.items():
            remove_login(changed, uid, initials, login)
    with change(moved, "team", "All logins stayed behind", undoable=False) as changed:
        changed.update(Coder, [{"initials": initials, "login": None} for initials in logins])


@contextmanager
def _nobody_writing(study: Study) -> Iterator[sa.Connection]:
    """A connection that sees one state of the study and keeps everybody from changing it."""
    with study.engine.connect().execution_options(writing=True) as connection:
        if not study.on_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
        yield connection
        connection.rollback()


def _compare(source: sa.Connection, engine: Engine) -> None:
    with engine.connect() as target:
        for table in Row.metadata.sorted_tables:
            if _rows(source, table) != _rows(target, table):
                raise Damaged(
                    f"The copy of '{table.name}' is not the same.", "The study stays where it is; try again."
                )


def _rows(connection: sa.Connection, table: sa.Table) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Rows by their keys: two databases need not sort texts alike."""
    keys = [column.name for column in table.primary_key]
    return {
        tuple(row[key] for key in keys): dict(row) for row in connection.execute(sa.select(table)).mappings()
    }


def _remove(folder: Path, engine: Engine) -> None:
    """Remove every trace of a study from a database."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        for file in folder.glob(DATABASE_FILE + "*"):
            file.unlink()
        return
    with engine.begin() as connection:
        policies = connection.execute(
            sa.text("SELECT policyname, tablename FROM pg_policies WHERE schemaname = current_schema()")
        )
        for policy, table in policies.all():  # those of one table ask others
            connection.execute(sa.text(f"DROP POLICY {policy} ON {table}"))
        Row.metadata.drop_all(connection)
        for table in ("search_block", "search_source", "alembic_version"):
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {table}"))
        names = connection.execute(
            sa.text(
                "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
                "AND proname LIKE 'qualbench\\_%'"
            )
        ).scalars()
        for name in names.all():
            connection.execute(sa.text(f"DROP FUNCTION {name}"))
    engine.dispose()
