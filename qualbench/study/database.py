"""Making, opening and migrating a study, on SQLite or PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url
from sqlmodel import Session

from qualbench.errors import BadInput, Damaged, QualbenchError, Refused, Unreachable
from qualbench.study.blinding import blind, is_blinded
from qualbench.study.local import DATABASE_FILE, SETTINGS_FILE, read_settings, write_address
from qualbench.study.tables import Row

HEAD_REVISION = "0009"
"""The migration this version of the program works with; a test holds it against the migrations."""

CONNECTION_ERRORS = (sa.exc.OperationalError, sa.exc.InterfaceError)
"""What SQLAlchemy raises when a database has gone."""

# A server that has gone is noticed within seconds, whether it refuses or stays silent (libpq's names).
_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}

NOT_ALLOWED = "42501"
"""PostgreSQL's code (SQLSTATE) for what a login may not do; row-level security gives it too."""

IN_USE = "23503"
"""PostgreSQL's code for a row that others refer to."""

TAKEN = "23505"
"""PostgreSQL's code for a row with a key that is there already."""

CHANNEL = "qualbench"
"""The channel of PostgreSQL (NOTIFY) on which every change is told; each database has its own."""

WRITER_LOCK = 7_143_200  # held on PostgreSQL by whoever writes
_MIGRATION_LOCK = 7_143_201  # arbitrary; one number a program on a PostgreSQL


@dataclass(frozen=True)
class Study:
    """An open study: where it is, its database, and who is at work.

    Attributes:
        folder: The study folder, absolute.
        engine: The database.
        coder: Initials of the person at work, or None if nobody has said.
    """

    folder: Path
    engine: Engine
    coder: str | None = None

    @property
    def on_sqlite(self) -> bool:
        """Whether the study is a SQLite file rather than a PostgreSQL database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one state of the study and writes nothing; who is blinded to the arms sees
        only what was cleared (`study.blinding`).

        Raises:
            Unreachable: If the database does not answer.
        """
        try:
            connection = self.engine.connect()
            if not self.on_sqlite:  # where each statement would see the commits before it
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection, Session(connection) as db:
                if is_blinded(db, self.coder):
                    blind(db)
                yield db
        except CONNECTION_ERRORS as error:
            raise Unreachable(
                f"The database does not answer: {reason(error)}.", "See that it runs and can be reached."
            ) from None

    def by(self, coder: str | None) -> Study:
        """Give the same study with another person at work; None keeps the present one."""
        return replace(self, coder=coder) if coder else self

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def create_study(folder: Path, *, coder: str | None = None, database: str | None = None) -> Study:
    """Make the folder and the empty tables of a new study.

    `study.settings.set_up` fills in title and lists.

    Args:
        folder: Made if it is not there; must not hold a study.
        coder: Initials of the person whose machine this is.
        database: A PostgreSQL address, or None for a SQLite file in the folder.

    Raises:
        Refused: If there is a study already, in the folder or at the address.
    """
    folder = folder.expanduser().absolute()
    if (folder / SETTINGS_FILE).exists():
        raise Refused(f"{folder} holds a study already.", "Choose another folder, or open this one.")
    engine = empty_database(folder, database)
    _make_folder(folder)
    migrate(engine)
    write_address(folder, database or DATABASE_FILE, coder)
    return Study(folder, engine, coder)


def empty_database(folder: Path, database: str | None) -> Engine:
    """Reach a database that is to hold a study, making the file if it is one.

    Args:
        folder: The study folder, absolute.
        database: A PostgreSQL address, or None for a SQLite file in the folder.

    Raises:
        BadInput: If the address cannot be read.
        Refused: If it holds a study already.
        Damaged: If it cannot be opened.
    """
    if database is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / DATABASE_FILE).touch(mode=0o600)
    engine = _engine(_address(folder, database))
    try:
        with _reachable(engine):
            if sa.inspect(engine).has_table("study"):
                raise Refused("That database holds a study already.", "Give the address of an empty one.")
    except QualbenchError:
        engine.dispose()
        raise
    return engine


def attach_study(folder: Path, database: str) -> Study:
    """Make a folder for a study that lies on a server already, and open it.

    Args:
        folder: Made if it is not there; must not hold a study.
        database: Its address, with a login of one's own.

    Raises:
        Refused: If the folder holds a study already.
        Damaged: If there is none at the address; no folder is left behind.
    """
    folder = folder.expanduser().absolute()
    if (folder / SETTINGS_FILE).exists():
        raise Refused(f"{folder} holds a study already.", "Choose another folder, or open this one.")
    new = not folder.exists()
    _make_folder(folder)
    write_address(folder, database, None)
    try:
        return open_study(folder)
    except QualbenchError:
        (folder / SETTINGS_FILE).unlink()
        if new:
            shutil.rmtree(folder)
        raise


def open_study(folder: Path, *, coder: str | None = None) -> Study:
    """Open the study in a folder, bringing its tables up to date if an older version made them.

    Args:
        folder: The study folder.
        coder: Initials of the person at work; None takes those in the settings file.

    Raises:
        NotFound: If the folder holds no study.
        Damaged: If its settings or its database cannot be read.
        Refused: If a newer version of the program made it.
    """
    folder = folder.expanduser().absolute()
    settings = read_settings(folder)
    database = settings.database
    if database in (None, DATABASE_FILE) and not (folder / DATABASE_FILE).is_file():
        raise Damaged(
            f"{folder / DATABASE_FILE} is missing.", "Restore a backup: qualbench restore FILE DIR."
        )
    engine = _engine(_address(folder, database))
    try:
        with _reachable(engine):
            revision = _revision(engine)
        if revision is None:
            raise Damaged("The database has no study in it.", "Restore a backup: qualbench restore FILE DIR.")
        if revision > HEAD_REVISION:
            raise Refused("A newer version of qualbench made this study.", "Install that version to open it.")
        if revision < HEAD_REVISION:
            _bring_up_to_date(engine)
        member = login_of(engine)
        if member and coder not in (None, member):
            raise Refused(f"This login is {member}'s, not {coder}'s.", "Leave out --coder.")
    except QualbenchError:
        engine.dispose()
        raise
    return Study(folder, engine, member or coder or settings.coder)


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest revision, all or nothing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def login_of(engine: Engine) -> str | None:
    """Give the initials of the member of the team whose login of PostgreSQL this is; None if nobody's."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT initials FROM coder WHERE login = session_user")).scalar()
    return str(found) if found else None


def _bring_up_to_date(engine: Engine) -> None:
    try:
        migrate(engine)
    except sa.exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        raise Refused(
            "An older version of qualbench made this study.", "A lead must open it first, with this version."
        ) from None


def copy_rows(source: sa.Connection, target: sa.Connection) -> None:
    """Copy every row of every table into empty tables of the same revision."""
    for table in Row.metadata.sorted_tables:
        query = sa.select(table).order_by(*table.primary_key)
        rows = _parents_first(table, [dict(row) for row in source.execute(query).mappings()])
        for first in range(0, len(rows), 5_000):
            target.execute(table.insert(), rows[first : first + 5_000])


def _parents_first(table: sa.Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order in which each comes after that of the same table that it refers to."""
    links = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    for link, key in links:
        waiting: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            waiting.setdefault(row[link], []).append(row)
        rows = list(waiting.get(None, []))
        for row in rows:  # grows while it is walked
            rows += waiting.get(row[key], [])
    return rows


def reason(error: sa.exc.DBAPIError) -> str:
    """Give what the database said, in a line."""
    return (str(error.orig).splitlines() or ["no answer"])[0].rstrip(".")


def _make_folder(folder: Path) -> None:
    for part in (folder, folder / "codebooks", folder / "exports"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)


def _address(folder: Path, database: str | None) -> URL:
    if database is None or database == DATABASE_FILE:
        return URL.create("sqlite", database=str(folder / DATABASE_FILE))
    try:
        url = make_url(database)
    except sa.exc.ArgumentError:
        raise BadInput(
            "The database address cannot be read.", "Write it as postgresql+psycopg://user@host/name."
        ) from None
    if url.drivername != "postgresql+psycopg":
        raise BadInput(
            f"A study cannot be kept in '{url.drivername}'.", "Use postgresql+psycopg://user@host/name."
        )
    return url


def _engine(url: URL) -> Engine:
    if url.drivername != "sqlite":
        try:
            return sa.create_engine(url, pool_pre_ping=True, connect_args=_PATIENCE)
        except ModuleNotFoundError:
            raise Refused(
                "PostgreSQL needs the driver psycopg.", "Install it: pip install 'qualbench[team]'."
            ) from None
    engine = sa.create_engine(url, connect_args={"timeout": 10})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite
    # A transcript fills fewer pages of 8 kB than of 4: an import takes a quarter less to store. Only a new
    # file takes the size.
    pragmas = (
        "page_size=8192",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the lock at once: a transaction that read first could not wait for it later.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _reachable(engine: Engine) -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise Damaged(
            f"{where} cannot be opened: {reason(error)}.", "Check the address and that it runs."
        ) from None
    except sa.exc.DatabaseError:
        raise Damaged(
            f"{engine.url.database} is not a study database, or is damaged.",
            "Restore a backup: qualbench restore FILE DIR.",
        ) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        try:
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
            if "alembic_version" in str(error.orig):
                return None
            raise
