"""How far each coder is with each source: assigned, in progress, finished, and back again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.states import ASSIGNED, FINISHED, IN_PROGRESS
from qualbench.study.tables import Assignment, Coder, Source, table_of
from qualbench.study.team import CODER, LEAD
from qualbench.transcripts.sources import source_ids


def finish(study: Study, sources: Sequence[str]) -> None:
    """Mark sources as finished by the coder at work; their codings then no longer change.

    Raises:
        NotFound: If one of the sources does not exist.
        Refused: If the person at work is no coder.
    """
    # Not undoable: taking "finished" back after a look at the other layer would end the blinding.
    with change(study, "finish", undoable=False) as changed:
        mark_finished(changed, sources)


def mark_finished(changed: Change, sources: Sequence[str]) -> dict[str, str]:
    """Mark sources as finished by the coder at work, in a change that is under way and cannot be undone.

    Args:
        changed: The change; its summary is set.
        sources: Names.

    Returns:
        The ids, by name, of those that were not finished before.

    Raises:
        NotFound: If one of the sources does not exist.
        Refused: If the person at work is no coder.
    """
    require_coding_role(changed.db, changed.coder)
    ids = source_ids(changed.db, list(sources))
    present = _states(changed.db, ids.values())
    new = {name: ids[name] for name in sources if present.get((ids[name], changed.coder)) != FINISHED}
    _put(changed, new.values(), FINISHED, present)
    changed.summary = f"{changed.coder} finished {', '.join(map(source_mark, new.values()))}"
    return new


def reopen(study: Study, sources: Sequence[str]) -> None:
    """Take back that sources are finished, while nobody else has finished them.

    Raises:
        NotFound: If one of the sources does not exist.
        Refused: If one is not finished, or another coder has finished it: their codings may have been seen.
    """
    with change(study, "finish", undoable=False) as changed:
        found = source_ids(changed.db, list(sources))
        ids = {name: found[name] for name in sources}
        present = _states(changed.db, ids.values())
        for name, source_id in ids.items():
            who = {coder for (source, coder), at in present.items() if source == source_id and at == FINISHED}
            others = sorted(who - {changed.coder})
            if changed.coder not in who:
                raise Refused(f"{changed.coder} has not finished {name}.", "There is nothing to take back.")
            if others:
                raise Refused(
                    f"{' and '.join(others)} {'have' if len(others) > 1 else 'has'} finished {name} too.",
                    "Settle what is still to change by reconciling.",
                )
        _put(changed, ids.values(), IN_PROGRESS, present)
        changed.summary = f"{changed.coder} reopened {', '.join(map(source_mark, ids.values()))}"


def begin(changed: Change, coder: str, source_ids_: Iterable[str]) -> None:
    """Put sources in progress that a coder has been assigned; who has no assignment gets none by coding.

    Part of the change that brings the first coding, so that undoing that takes the state back.
    """
    table = table_of(Assignment)
    waiting = changed.db.execute(
        sa.select(table.c.source_id)
        .where(table.c.layer == coder, table.c.state == ASSIGNED, table.c.source_id.in_(set(source_ids_)))
        .order_by(table.c.source_id)
    )
    rows = [{"source_id": id_, "layer": coder, "state": IN_PROGRESS} for id_ in waiting.scalars()]
    changed.update(Assignment, rows)


def require_open(db: Session, coder: str, source_ids_: Iterable[str]) -> None:
    """Check that a coder has not finished any of some sources.

    Args:
        db: The session.
        coder: The coder.
        source_ids_: Ids of the sources.

    Raises:
        Refused: If one is finished.
    """
    assignment, source = table_of(Assignment), table_of(Source)
    finished = db.execute(
        sa.select(source.c.name)
        .join_from(assignment, source, assignment.c.source_id == source.c.id)
        .where(
            assignment.c.layer == coder,
            assignment.c.state == FINISHED,
            source.c.id.in_(set(source_ids_)),
        )
        .order_by(source.c.name)
    ).first()
    if finished is not None:
        raise Refused(
            f"{coder} has finished {finished.name}; its codings no longer change.",
            f"Take that back with 'qualbench finish --reopen {finished.name}'.",
        )


def require_coding_role(db: Session, initials: str) -> None:
    """Check that somebody codes in the team, rather than only looks on or has left it.

    Raises:
        Refused: If not.
    """
    table = table_of(Coder)
    role = db.execute(sa.select(table.c.role).where(table.c.initials == initials)).scalar()
    if role is not None and role not in (LEAD, CODER):
        what = "is a reader and codes nothing" if role == "reader" else "is no longer in the team"
        raise Refused(f"{initials} {what}.", f"A lead gives a role: qualbench team add {initials}.")


def states_of(study: Study) -> dict[str, dict[str, str]]:
    """Give for each source that somebody is to code, by name, the state of each of them, by initials."""
    assignment, source = table_of(Assignment), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(source.c.name, assignment.c.layer, assignment.c.state).join_from(
                assignment, source, assignment.c.source_id == source.c.id
            )
        ).all()
    states: dict[str, dict[str, str]] = {}
    for name, coder, state in sorted(rows):
        states.setdefault(name, {})[coder] = state
    return states


def state_of(study: Study, source: str) -> str | None:
    """Give the state of the coder at work on a source, by its name; None where it is not theirs."""
    assignment, table = table_of(Assignment), table_of(Source)
    with study.read() as db:
        state: str | None = db.execute(
            sa.select(assignment.c.state)
            .join_from(assignment, table, assignment.c.source_id == table.c.id)
            .where(table.c.name == source, assignment.c.layer == study.coder)
        ).scalar()
    return state


def finished_by(study: Study) -> dict[str, set[str]]:
    """Give for each source that somebody has finished, by name, those who have."""
    finished = {
        name: {coder for coder, state in coders.items() if state == FINISHED}
        for name, coders in states_of(study).items()
    }
    return {name: coders for name, coders in finished.items() if coders}


def _states(db: Session, source_ids_: Iterable[str]) -> dict[tuple[str, str], str]:
    """The states on some sources, by source id and coder."""
    table = table_of(Assignment)
    rows = db.execute(sa.select(table).where(table.c.source_id.in_(set(source_ids_))))
    return {(row.source_id, row.layer): row.state for row in rows}


def _put(
    changed: Change, source_ids_: Iterable[str], state: str, present: dict[tuple[str, str], str]
) -> None:
    """Put sources of the coder at work into a state."""
    rows = [{"source_id": id_, "layer": changed.coder, "state": state} for id_ in dict.fromkeys(source_ids_)]
    there = [row for row in rows if (row["source_id"], changed.coder) in present]
    changed.insert(Assignment, [row for row in rows if row not in there])
    changed.update(Assignment, there)
