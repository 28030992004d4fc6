"""What every table of a study shares, and the ids and times in them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """Make a random id of 60 bits in twelve letters and digits that cannot be mistaken for one another."""
    bits = secrets.randbits(60)
    return "".join(_ID_ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5))


def now() -> str:
    """Give the time in UTC, to the microsecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Row(SQLModel):
    """What every table of a study shares: one naming scheme for its constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Row]) -> Table:
    """Give the SQLAlchemy table behind a class of this module."""
    return model.metadata.tables[str(model.__tablename__)]
