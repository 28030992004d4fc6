"""The blind rule: a coder sees another's layer of a source only once both have finished that source."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log
from qualbench.study.settings import require_coder
from qualbench.study.tables import AGREED, Assignment, Coding, Event, Layer, Source, table_of
from qualbench.transcripts.sources import source_ids

HIDDEN = "(another coder's coding)"


def finish(study: Study, sources: Sequence[str]) -> None:
    """Mark sources as finished by the coder at work.

    Raises:
        NotFound: If the coder or one of the sources does not exist.
    """
    coder = study.coder or ""
    with change(study, "finish", f"{coder} finished {', '.join(sources)}") as changed:
        require_coder(changed.db, coder)
        ids = source_ids(changed.db, list(sources))
        table = table_of(Assignment)
        known = set(changed.db.execute(sa.select(table.c.source_id).where(table.c.layer == coder)).scalars())
        fresh = [ids[name] for name in dict.fromkeys(sources) if ids[name] not in known]
        changed.insert(Assignment, [{"source_id": one, "layer": coder, "state": "finished"} for one in fresh])


def finished_by(study: Study) -> dict[str, set[str]]:
    """Give for each source that somebody has finished, by name, those who have."""
    assignment, source = table_of(Assignment), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(source.c.name, assignment.c.layer)
            .join_from(assignment, source, assignment.c.source_id == source.c.id)
            .where(assignment.c.state == "finished")
        )
        finished: dict[str, set[str]] = {}
        for name, layer in rows:
            finished.setdefault(name, set()).add(layer)
    return finished


def in_view(db: Session, study: Study, layer: str) -> sa.ColumnElement[bool]:
    """Give the condition on codings that keeps to what the coder at work may see of a layer.

    Raises:
        NotFound: If there is no such layer.
        Refused: If it is another coder's and no source of it may be seen yet.
    """
    coding, assignment = table_of(Coding), table_of(Assignment)
    if db.get(Layer, layer) is None:
        names = ", ".join(sorted(db.execute(sa.select(table_of(Layer).c.name)).scalars()))
        raise NotFound(f"There is no layer '{layer}'.", f"There are: {names}.")
    if layer in (AGREED, study.coder):
        return coding.c.layer == layer
    open_sources = set(
        db.execute(
            sa.select(assignment.c.source_id)
            .where(assignment.c.layer.in_([layer, study.coder]), assignment.c.state == "finished")
            .group_by(assignment.c.source_id)
            .having(sa.func.count() == 2)
        ).scalars()
    )
    if not open_sources:
        raise Refused(
            f"{layer}'s codings are hidden until both of you have finished a source.",
            "Mark your own work with 'qualbench finish SOURCE'.",
        )
    return sa.and_(coding.c.layer == layer, coding.c.source_id.in_(open_sources))


def log_in_view(study: Study) -> list[Event]:
    """Give the journal with the particulars of other coders' codings left out."""
    events = read_log(study)
    for event in events:
        if event.coder != study.coder and event.action in ("code", "uncode", "undo", "redo"):
            event.summary = HIDDEN
    return events
