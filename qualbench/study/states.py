"""How far a coder is with a source, and in which sources others are ahead of them."""

from __future__ import annotations

import sqlalchemy as sa

from qualbench.study.tables import Assignment, table_of

ASSIGNED, IN_PROGRESS, FINISHED = "assigned", "in progress", "finished"
STATES = (ASSIGNED, IN_PROGRESS, FINISHED)
"""The states of a coder's work on a source, in the order in which it goes through them."""


def ahead_of(coder: str | None) -> sa.Select[tuple[str]]:
    """Give the query for the ids of sources in which others are ahead of a coder.

    These are the sources that the coder has still to finish and that somebody else has finished. What is
    agreed on there would tell the coder what the others found. The function `qualbench_ahead` of the
    database says the same on PostgreSQL.
    """
    mine, theirs = table_of(Assignment).alias("mine"), table_of(Assignment).alias("theirs")
    return sa.select(mine.c.source_id).where(
        mine.c.layer == coder,
        mine.c.state != FINISHED,
        sa.exists().where(
            theirs.c.source_id == mine.c.source_id,
            theirs.c.layer != mine.c.layer,
            theirs.c.state == FINISHED,
        ),
    )
