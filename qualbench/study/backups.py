"""Backups: one file that holds a whole study, checked after it is written.

The file is a SQLite study database whatever the study itself is kept in, so any backup can be restored
to a folder without a server.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from qualbench.errors import BadInput, Damaged, Refused
from qualbench.study.access import is_restricted, require_whole
from qualbench.study.database import (
    HEAD_REVISION,
    Study,
    copy_rows,
    create_study,
    migrate,
    open_study,
)
from qualbench.study.integrity import check_study
from qualbench.study.local import DATABASE_FILE
from qualbench.study.tables import Event, HiddenChange, Source, table_of

KEPT = 7
"""Automatic backups kept."""


def backup(study: Study, file: Path) -> None:
    """Write the whole study to one file, then open that file and check it.

    Raises:
        Refused: If the file exists or cannot be written.
        Damaged: If what was written does not check.
    """
    file = file.expanduser().absolute()
    if file.exists():
        raise Refused(f"{file} exists already.", "Choose another name.")
    with study.read() as db:
        require_whole(db, "A backup")
    partial = file.with_name(file.name + ".partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        _copy_database(study, partial)
    except (OSError, sqlite3.Error, sa.exc.SQLAlchemyError) as error:
        partial.unlink(missing_ok=True)
        raise Refused(f"The backup cannot be written: {error}.", "Choose another place.") from None
    faults = check_file(partial)
    if faults:
        partial.unlink()
        raise Damaged(f"The backup did not check and was not kept: {faults[0]}", "Run 'qualbench check'.")
    os.replace(partial, file)


def restore(file: Path, folder: Path, *, coder: str | None = None) -> Study:
    """Make a study folder from a backup.

    Raises:
        BadInput: If the file is not a backup or does not check; nothing is written then.
        Refused: If the folder holds a study already.
    """
    file = file.expanduser().absolute()
    faults = check_file(file)
    if faults:
        raise BadInput(f"{file} is not a whole backup: {faults[0]}", "Try an older one.")
    study = create_study(folder, coder=coder)
    study.close()
    for leftover in folder.glob(DATABASE_FILE + "*"):
        leftover.unlink()
    shutil.copyfile(file, folder / DATABASE_FILE)
    os.chmod(folder / DATABASE_FILE, 0o600)
    return open_study(folder)


def check_file(file: Path) -> list[str]:
    """Check a backup as `check_study` checks a study, and give a sentence for each fault."""
    if not file.is_file():
        return ["There is no such file."]
    reader = sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    )
    try:
        with reader.connect() as connection:
            revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if revision is None or revision > HEAD_REVISION:
            return ["A newer version of qualbench made it."]
        return check_study(Study(file.parent, reader))
    except sa.exc.DatabaseError:
        return ["It is not a study database, or is damaged."]
    finally:
        reader.dispose()


def backup_daily(study: Study, today: date | None = None) -> Path | None:
    """Write the automatic backup of the day unless it is there, and keep the newest seven.

    Returns:
        The file written, or None if the day has one.
    """
    folder = study.folder / "backups"
    file = folder / f"{(today or date.today()).isoformat()}.db"
    with study.read() as db:
        if file.exists() or is_restricted(db):  # a lead's machine makes it
            return None
    backup(study, file)
    folder.chmod(0o700)
    for old in sorted(folder.glob("*.db"))[:-KEPT]:
        old.unlink()
    return file


def remove_unsealed_backups(study: Study) -> list[Path]:
    """Remove the automatic backups that hold a text or an event from before something of it was sealed.

    Returns:
        The files removed.
    """
    source = table_of(Source)
    with study.read() as db:
        rows = db.execute(sa.select(source.c.id, source.c.fingerprint).where(source.c.state == "sealed"))
        sealed = {id_: fingerprint for id_, fingerprint in rows}
        blanked = {
            (table.name, *row)
            for table in (table_of(Event), table_of(HiddenChange))
            for row in db.execute(sa.select(*table.primary_key).where(table.c.payload.is_(None)))
        }
    removed = []
    for file in sorted((study.folder / "backups").glob("*.db*")):
        if file.suffix != ".db" or _holds_more(file, sealed, blanked):
            file.unlink()
            removed.append(file)
    return removed


def _holds_more(file: Path, sealed: dict[str, str], blanked: set[tuple[Any, ...]]) -> bool:
    """Whether a backup has another text of a sealed source, or the contents of an event since blanked."""
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT id, fingerprint FROM source").fetchall()
        kept = connection.execute("SELECT 'event', seq FROM event WHERE payload IS NOT NULL").fetchall()
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'hidden_change'").fetchone():
            kept += connection.execute(
                "SELECT 'hidden_change', event, n FROM hidden_change WHERE payload IS NOT NULL"
            ).fetchall()
        return not blanked.isdisjoint(kept) or any(
            sealed.get(id_, fingerprint) != fingerprint for id_, fingerprint in rows
        )
    finally:
        connection.close()


def _copy_database(study: Study, file: Path) -> None:
    if study.on_sqlite:
        source = sqlite3.connect(study.folder / DATABASE_FILE)
        target = sqlite3.connect(file)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        finally:
            source.close()
            target.close()
        return
    engine = sa.create_engine(f"sqlite:///{file}")
    migrate(engine)
    snapshot = study.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with snapshot, engine.begin() as target_connection:
        copy_rows(snapshot, target_connection)
    engine.dispose()
