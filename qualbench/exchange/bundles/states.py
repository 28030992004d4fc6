"""How far the coder of a bundle is with each source, and which they have read."""

from __future__ import annotations

import sqlalchemy as sa

from qualbench.agreement.finishing import fill
from qualbench.exchange.bundles.incoming import CLOSED, HELD, Incoming
from qualbench.exchange.bundles.texts import MISSING, SourceHere
from qualbench.exchange.bundles.work import READ, STATE
from qualbench.study.states import ASSIGNED, FINISHED, IN_PROGRESS
from qualbench.study.tables import Assignment, Reading, table_of


def merge_states(incoming: Incoming) -> None:
    """Bring how far the coder is with sources; after the codings.

    A source is called finished only when all codings of it have come: it then shows the layer to whoever has
    finished it too, and what both have coded alike goes to the agreed layer. Finished work that another may
    have seen is not reopened.
    """
    table = table_of(Assignment)
    rows = incoming.changed.db.execute(sa.select(table).where(table.c.layer == incoming.coder))
    here: dict[str, str | None] = {row.source_id: row.state for row in rows}
    there = {source.id: source for source in incoming.bundle.sources}
    final = dict(here)
    for key in incoming.to_bring(STATE):
        source = incoming.sources.get(key)
        if source is not None and source.fault == MISSING:
            incoming.wait_for_source(STATE, key, MISSING)
            continue
        source_id = source.id if source is not None else key
        wanted, present = there[key].state if source is not None else None, here.get(source_id)
        if wanted == present:
            incoming.settle(STATE, key)
        elif incoming.is_ours(STATE, source_id):
            incoming.conflict(STATE, source_id)
        elif source_id in incoming.closed:
            incoming.wait(STATE, CLOSED)
        elif wanted == FINISHED and source is not None and _is_held(incoming, source):
            incoming.wait(STATE, HELD, source.name)
            final[source_id] = IN_PROGRESS if present in (None, ASSIGNED) else present
        else:
            incoming.settle(STATE, key)
            final[source_id] = wanted
    _write(incoming, here, final)


def merge_readings(incoming: Incoming) -> None:
    """Bring which sources the coder has read, and take away those that were."""
    table = table_of(Reading)
    rows = incoming.changed.db.execute(sa.select(table.c.source_id).where(table.c.coder == incoming.coder))
    here, there = set(rows.scalars()), {source.id: source for source in incoming.bundle.sources}
    new, gone = [], []
    for key in incoming.to_bring(READ):
        source = incoming.sources.get(key)
        read_at = there[key].read_at if source is not None else None
        if source is not None and source.fault == MISSING:
            incoming.wait_for_source(READ, key, MISSING)
            continue
        row = {"source_id": source.id if source is not None else key, "coder": incoming.coder}
        if read_at is not None and row["source_id"] not in here:
            new.append({**row, "read_at": read_at})
        elif read_at is None and row["source_id"] in here and not incoming.is_ours(READ, row["source_id"]):
            gone.append(row)
        incoming.settle(READ, key)
    incoming.changed.insert(Reading, new)
    incoming.changed.delete(Reading, gone)
    incoming.outcome.count(READ, "new", len(new))


def _is_held(incoming: Incoming, source: SourceHere) -> bool:
    return source.id in incoming.outcome.held or source.fault is not None


def _write(incoming: Incoming, here: dict[str, str | None], final: dict[str, str | None]) -> None:
    changed = incoming.changed
    rows = [
        {"source_id": source_id, "layer": incoming.coder, "state": state}
        for source_id, state in sorted(final.items())
        if state is not None and state != here.get(source_id)
    ]
    changed.insert(Assignment, [row for row in rows if row["source_id"] not in here])
    changed.update(Assignment, [row for row in rows if row["source_id"] in here])
    gone = [source_id for source_id, state in sorted(final.items()) if state is None and source_id in here]
    changed.delete(Assignment, [{"source_id": id_, "layer": incoming.coder} for id_ in gone])
    finished = [str(row["source_id"]) for row in rows if row["state"] == FINISHED]
    incoming.outcome.count(STATE, "finished", len(finished))
    fill(changed, finished, incoming.coder)
