"""A login of PostgreSQL for each member of the team, so that the server keeps what the blind rule says.

The tables belong to a role of the study that nobody can log in as; a lead's login acts as that role, to
which row-level security does not apply. Coders and readers have the rights listed here, and see the rows
that the policies of migration 0006 let them see. (PostgreSQL 16, "Row Security Policies", "GRANT".)
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.database import NOT_ALLOWED
from qualbench.study.journal import Change
from qualbench.study.tables import (
    CodebookVersion,
    Coder,
    CodeVersion,
    Event,
    HiddenChange,
    Layer,
    MergedBundle,
    Reason,
    Row,
    StudyRecord,
    TextMove,
    table_of,
)

_DERIVED = ("search_block", "search_source", "alembic_version")
_READ_ONLY = {
    *(table_of(model).name for model in (StudyRecord, Coder, Layer, TextMove)),
    "alembic_version",
}
_APPEND_ONLY = {
    table_of(model).name
    for model in (Event, HiddenChange, Reason, CodebookVersion, CodeVersion, MergedBundle)
}


def add_login(changed: Change, uid: str, initials: str, role: str) -> tuple[str, str]:
    """Make the login of a member of the team, in the place of the one there may be.

    Args:
        changed: The change to take part in; it notes the login with the coder.
        uid: The study's own identifier; logins are shared by all databases of a server, so they carry it.
        initials: Of the member.
        role: lead, coder or reader.

    Returns:
        The name of the login and its password, which is kept nowhere.

    Raises:
        Refused: If the login at work may not make others.
    """
    db = changed.db
    owner = _owner(uid)
    login = f"{owner}_{initials.lower()}"
    password = secrets.token_urlsafe(18)
    try:
        _own(db, owner)
        if _exists(db, login):
            _drop(db, login, owner)
        if role == "lead":  # made by who is at work: a role cannot be a member of one that it has made
            _run(db, "CREATE ROLE {} LOGIN", login)
            _run(db, "GRANT {} TO {}", owner, login)
            _run(db, "ALTER ROLE {} SET role = {}", login, owner)
        else:  # made by the role of the study, so that any lead can remove it
            _run(db, "SET LOCAL ROLE {}", owner)
            _run(db, "CREATE ROLE {} LOGIN", login)
        _set_password(db, login, password)
        _run(db, "SET LOCAL ROLE {}", owner)
        _grant(db, login, role)
    except sa.exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        raise Refused(
            "The login of this study may not make other logins.",
            "Use the address of the database's owner, with the right CREATEROLE.",
        ) from None
    changed.update(Coder, [{"initials": initials, "login": login}])
    return login, password


def remove_login(changed: Change, uid: str, initials: str, login: str) -> None:
    """Take a login away; sessions it has open can do nothing any more."""
    if _exists(changed.db, login):
        _drop(changed.db, login, _owner(uid))
    changed.update(Coder, [{"initials": initials, "login": None}])


def renew_rights(db: Session) -> None:
    """Give the logins there are the rights on tables that a migration has added.

    Args:
        db: A session of whom the tables belong to, in the transaction of the migration.
    """
    coder = table_of(Coder)
    members = db.execute(sa.select(coder.c.login, coder.c.role).where(coder.c.login.is_not(None))).all()
    if not members:
        return
    owner = _owner(str(db.execute(sa.select(table_of(StudyRecord).c.uid)).scalar_one()))
    _own(db, owner)
    _run(db, "SET LOCAL ROLE {}", owner)
    for login, role in members:
        _grant(db, login, role)


def _owner(uid: str) -> str:
    return f"qualbench_{uid[:8]}"


def _own(db: Session, owner: str) -> None:
    """Give the study to a role of its own, of which the login at work is a member."""
    if not _exists(db, owner):
        _run(db, "CREATE ROLE {} NOLOGIN CREATEROLE", owner)
        _run(db, "GRANT {} TO {}", owner, _scalar(db, "SELECT session_user"))
        database, schema = _place(db)
        _run(db, "GRANT CONNECT ON DATABASE {} TO {} WITH GRANT OPTION", database, owner)
        _run(db, "GRANT USAGE, CREATE ON SCHEMA {} TO {} WITH GRANT OPTION", schema, owner)
    present = db.execute(
        sa.text("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = current_schema()")
    ).all()
    ours = {*Row.metadata.tables, *_DERIVED}
    for table, belongs_to in present:
        if table in ours and belongs_to != owner:
            _run(db, "ALTER TABLE {} OWNER TO {}", table, owner)
    functions = db.execute(
        sa.text(
            "SELECT proname, pg_get_userbyid(proowner) FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'qualbench\\_%'"
        )
    ).all()
    for function, belongs_to in functions:
        if belongs_to != owner:
            _run(db, "ALTER FUNCTION {} OWNER TO {}", function, owner)


def _grant(db: Session, login: str, role: str) -> None:
    database, schema = _place(db)
    _run(db, "GRANT CONNECT ON DATABASE {} TO {}", database, login)
    _run(db, "GRANT USAGE ON SCHEMA {} TO {}", schema, login)
    for table in [*Row.metadata.tables, *_DERIVED]:
        rights = "SELECT"
        if role != "reader" and table in _APPEND_ONLY:
            rights = "SELECT, INSERT"
        elif role != "reader" and table not in _READ_ONLY:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        _run(db, f"GRANT {rights} ON {{}} TO {{}}", table, login)


def _drop(db: Session, login: str, owner: str) -> None:
    """Remove a login with all its rights."""
    database, schema = _place(db)
    _run(db, "SET LOCAL ROLE {}", owner)
    _run(db, "REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema, login)
    _run(db, "REVOKE ALL ON SCHEMA {} FROM {}", schema, login)
    _run(db, "REVOKE ALL ON DATABASE {} FROM {}", database, login)
    if _scalar(db, f"SELECT pg_has_role('{login}', '{owner}', 'member')") == "True":
        _run(db, "RESET ROLE")
    _run(db, "DROP ROLE {}", login)
    _run(db, "RESET ROLE")


def _place(db: Session) -> tuple[str, str]:
    """The database and the schema."""
    return _scalar(db, "SELECT current_database()"), _scalar(db, "SELECT current_schema()")


def _set_password(db: Session, login: str, password: str) -> None:
    # The server is sent a digest, so that a password stands in none of its logs.
    connection: Any = db.connection().connection.driver_connection
    digest = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    _run(db, f"ALTER ROLE {{}} PASSWORD '{digest}'", login)


def _exists(db: Session, role: str) -> bool:
    known = db.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    return known.first() is not None


def _scalar(db: Session, query: str) -> str:
    return str(db.execute(sa.text(query)).scalar_one())


def _run(db: Session, statement: str, *names: str) -> None:
    """Run a statement that takes names, quoted, where it has braces."""
    quote = db.get_bind().dialect.identifier_preparer.quote_identifier
    db.connection().exec_driver_sql(statement.format(*map(quote, names)).replace("%", "%%"))
