"""Who must not know the arms of the trial sees only sources that were cleared for them, and no arm.

A clearance holds for the text that was looked at: if that changes, so does its fingerprint, and the source
is out of sight again. While a blinded coder is at work the program puts temporary views before the tables,
which the database looks up first, so that no reading of sources, now or to come, can forget the rule. On
PostgreSQL policies keep a coder's own login to the same rows (migration 0009); the two must not differ.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.access import is_restricted
from qualbench.study.tables import Coder, ParticipantArm, Row, table_of

_BLINDED = sa.select(table_of(Coder).c.blinded).where(table_of(Coder).c.initials == sa.bindparam("coder"))
_CLEARED = (
    "SELECT s.id FROM {schema}.source s "
    "JOIN {schema}.clearance c ON c.source_id = s.id AND c.fingerprint = s.fingerprint"
)
_IN_WRITING = {"source": f"id IN ({_CLEARED})", "participant_arm": "1 = 0"}
_IN_READING = {
    **_IN_WRITING,
    **{
        name: f"{'source_id IS NULL OR ' if table.c.source_id.nullable else ''}source_id IN ({_CLEARED})"
        for name, table in Row.metadata.tables.items()
        if "source_id" in table.c and name != "clearance"
    },
    "search_block": f"source_id IN ({_CLEARED})",
}
"""The rows of a table that a blinded coder sees. Views stand for what hangs on a source while they read only,
for they write codings and memos."""

_NOT_THEIRS = frozenset({"source", "participant_arm", "clearance"})
NOT_FOR_BLINDED = "Who reads blind to the arms changes no sources and no clearances."
_KEY = "blinded"  # in what a session carries with it


def is_blinded(db: Session, coder: str | None) -> bool:
    """Tell whether a coder must not know the arms."""
    return coder is not None and bool(db.connection().execute(_BLINDED, {"coder": coder}).scalar())


def blind(db: Session, *, writing: bool = False) -> None:
    """Keep a session to what a blinded coder may see until its transaction ends, or `see_again`.

    Args:
        db: The session.
        writing: Whether the coder is about to change something.
    """
    db.info[_KEY] = True
    if is_restricted(db):  # the policies do it, at no cost
        return
    schema = "main"
    if db.get_bind().dialect.name != "sqlite":
        schema = str(_run(db, "SELECT quote_ident(current_schema())").scalar_one())
        # Another path makes the server look up anew what it has prepared.
        _run(db, f"SET LOCAL search_path TO pg_temp, {schema}")
    for table, condition in (_IN_WRITING if writing else _IN_READING).items():
        shown = condition.format(schema=schema)
        _run(db, f"CREATE TEMPORARY VIEW {table} AS SELECT * FROM {schema}.{table} WHERE {shown}")


def see_again(db: Session) -> None:
    """Take the views of writing away, before what was written is kept."""
    if not db.info.pop(_KEY, False) or is_restricted(db):
        return
    temporary = "temp" if db.get_bind().dialect.name == "sqlite" else "pg_temp"
    for table in _IN_WRITING:
        _run(db, f"DROP VIEW {temporary}.{table}")


def arms_of(db: Session) -> dict[str, str]:
    """Give the arm of each participant; nothing before the arms are unsealed, or while a blinded coder is
    at work."""
    arm = table_of(ParticipantArm)
    return {who: value for who, value in db.execute(sa.select(arm.c.participant_id, arm.c.arm))}


def arms_are_sealed() -> Refused:
    """Give what is said to who asks for the arms and may not know them."""
    return Refused(
        "The arms are sealed, or you read blind to them.",
        "'qualbench arms' says how it is; whoever holds their file can unseal them.",
    )


def how_many_withheld(db: Session, coder: str | None) -> int:
    """Give how many sources a blinded coder does not see; 0 for anybody else.

    On PostgreSQL a login of theirs does not learn it, and gets 0.
    """
    if not is_blinded(db, coder):
        return 0
    on_sqlite = db.get_bind().dialect.name == "sqlite"
    schema = "main" if on_sqlite else str(_run(db, "SHOW search_path").scalar_one()).rpartition(", ")[2]
    total, seen = (
        int(_run(db, f"SELECT count(*) FROM {table}").scalar_one())
        for table in (f"{schema}.source", "source")
    )
    return total - seen


def require_sighted(db: Session, coder: str | None, what: str) -> None:
    """Check that a coder may know the arms.

    Args:
        db: The session.
        coder: The coder.
        what: What only others may do, as the beginning of a sentence.

    Raises:
        Refused: If not.
    """
    if is_blinded(db, coder):
        raise Refused(
            f"{what} by somebody who may know the arms; {coder} reads blind to them.", "Ask a lead."
        )


def refuse_blinded(db: Session, table: str) -> None:
    """Refuse that a blinded coder at work changes a table that is withheld from them in part.

    Raises:
        Refused: If it is such a table.
    """
    if table in _NOT_THEIRS and db.info.get(_KEY):
        raise Refused(NOT_FOR_BLINDED, "Ask a lead.")


def _run(db: Session, statement: str) -> sa.CursorResult[Any]:
    return db.connection().exec_driver_sql(statement.replace("%", "%%"))
