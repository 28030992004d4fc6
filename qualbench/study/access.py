"""What the database lets a login see: on PostgreSQL a coder's login sees no other coder's hidden rows.

On SQLite, and for the owner of the tables on PostgreSQL, nothing is withheld; there the blind rule is kept
by the program (`coding.blind`).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused


def is_restricted(db: Session) -> bool:
    """Tell whether the database withholds rows from the login at work."""
    if db.get_bind().dialect.name == "sqlite":
        return False
    return bool(db.execute(sa.text("SELECT row_security_active('coding')")).scalar())


def require_whole(db: Session, what: str) -> None:
    """Check that every row of the study is in sight, for what would pass over rows that are not.

    Args:
        db: The session.
        what: What is to be done, as a noun phrase that begins the sentence.

    Raises:
        Refused: If the database withholds rows from the login at work.
    """
    if is_restricted(db):
        raise Refused(
            f"{what} concerns other coders' work, which your login does not see.",
            "Ask a lead, whose login does.",
        )
