"""The blind rule: a coder sees another's layer of a source only once both have finished that source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log, source_mark
from qualbench.study.tables import (
    AGREED,
    Assignment,
    CodeExample,
    Coder,
    Coding,
    Event,
    Layer,
    Memo,
    Source,
    table_of,
)
from qualbench.transcripts.sources import source_ids

FINISHED, IN_PROGRESS = "finished", "in progress"


def finish(study: Study, sources: Sequence[str]) -> None:
    """Mark sources as finished by the coder at work; their codings then no longer change.

    Raises:
        NotFound: If one of the sources does not exist.
    """
    _set_state(study, sources, FINISHED)


def reopen(study: Study, sources: Sequence[str]) -> None:
    """Take back that sources are finished, while nobody else has finished them.

    Raises:
        NotFound: If one of the sources does not exist.
        Refused: If another coder has finished one: their codings may have been seen.
    """
    _set_state(study, sources, IN_PROGRESS)


def _set_state(study: Study, sources: Sequence[str], state: str) -> None:
    # Not undoable: taking "finished" back after a look at the other layer would end the blinding.
    with change(study, "finish", undoable=False) as changed:
        coder = changed.coder
        ids = source_ids(changed.db, list(sources))
        table = table_of(Assignment)
        states = {(row.source_id, row.layer): row.state for row in changed.db.execute(sa.select(table))}
        for name in sources if state == IN_PROGRESS else ():
            others = [who for (source, who), at in states.items() if source == ids[name] and at == FINISHED]
            if set(others) - {coder}:
                raise Refused(
                    f"{' and '.join(sorted(set(others) - {coder}))} has finished {name} too.",
                    "Settle what is still to change by reconciling.",
                )
        rows = [{"source_id": ids[name], "layer": coder, "state": state} for name in dict.fromkeys(sources)]
        changed.insert(Assignment, [row for row in rows if (row["source_id"], coder) not in states])
        changed.update(Assignment, [row for row in rows if (row["source_id"], coder) in states])
        done = "finished" if state == FINISHED else "reopened"
        changed.summary = f"{coder} {done} {', '.join(map(source_mark, ids.values()))}"


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
    ).first()
    if finished is not None:
        raise Refused(
            f"{coder} has finished {finished.name}; its codings no longer change.",
            f"Take that back with 'qualbench finish --reopen {finished.name}'.",
        )


def finished_by(study: Study) -> dict[str, set[str]]:
    """Give for each source that somebody has finished, by name, those who have."""
    assignment, source = table_of(Assignment), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(source.c.name, assignment.c.layer)
            .join_from(assignment, source, assignment.c.source_id == source.c.id)
            .where(assignment.c.state == FINISHED)
        )
        finished: dict[str, set[str]] = {}
        for name, layer in rows:
            finished.setdefault(name, set()).add(layer)
    return finished


def in_view(db: Session, study: Study, layer: str, source_id: str | None = None) -> sa.ColumnElement[bool]:
    """Give the condition on codings that keeps to what the coder at work may see of a layer.

    Args:
        db: The session.
        study: The study, with the coder at work.
        layer: The layer.
        source_id: The one source that is looked at; None means all that may be seen.

    Raises:
        NotFound: If there is no such layer.
        Refused: If it is another coder's and may not be seen yet, there or anywhere.
    """
    coding = table_of(Coding)
    if db.get(Layer, layer) is None:
        names = ", ".join(sorted(db.execute(sa.select(table_of(Layer).c.name)).scalars()))
        raise NotFound(f"There is no layer '{layer}'.", f"There are: {names}.")
    if layer in (AGREED, study.coder):
        return coding.c.layer == layer
    seen = _open_sources(db, layer, study.coder)
    if not seen or (source_id is not None and source_id not in seen):
        raise Refused(
            f"{layer}'s codings are hidden until both of you have finished "
            f"{'a source' if source_id is None else 'this source'}.",
            "Mark your own work with 'qualbench finish SOURCE'.",
        )
    return sa.and_(coding.c.layer == layer, coding.c.source_id.in_(seen))


def memos_in_view(study: Study) -> sa.ColumnElement[bool]:
    """Give the condition on memos that keeps to what the coder at work may see.

    One's own are seen, and all on the study or on a code; another's on a source, on words of it or on a
    coding there is hidden until both have finished that source.
    """
    memo = table_of(Memo)
    return sa.or_(memo.c.source_id.is_(None), _shared(study, memo, memo.c.created_by))


def examples_in_view(study: Study) -> sa.ColumnElement[bool]:
    """Give the condition on examples of codes that keeps to what the coder at work may see: their own, and
    another's only once both have finished the source, for an example tells what its giver thought there."""
    example = table_of(CodeExample)
    return _shared(study, example, example.c.added_by)


def sees_coding(db: Session, study: Study, layer: str, source_id: str) -> bool:
    """Tell whether the coder at work may see the codings of a layer in a source, by its id."""
    return layer in (AGREED, study.coder) or source_id in _open_sources(db, layer, study.coder)


def visible_layers(study: Study, source: str | None = None) -> list[str]:
    """Give the layers that the coder at work may see: the agreed one, their own, then those open to them.

    Args:
        study: The study, with the coder at work.
        source: The name of the source looked at; None asks for layers open in every source.
    """
    with study.read() as db:
        table = table_of(Source)
        wanted = set(
            db.execute(sa.select(table.c.id).where(table.c.name == (source or table.c.name))).scalars()
        )
        coders = sorted(db.execute(sa.select(table_of(Coder).c.initials)).scalars())
        others = [
            coder
            for coder in coders
            if coder != study.coder and wanted and wanted <= _open_sources(db, coder, study.coder)
        ]
    return [AGREED, *([study.coder] if study.coder in coders else []), *others]


def _shared(study: Study, table: sa.Table, author: sa.Column[str]) -> sa.ColumnElement[bool]:
    """Rows with a source and an author: the coder's own, and others' on sources that both have finished."""
    assignment = table_of(Assignment)
    finished = (
        sa.select(sa.func.count())
        .where(
            assignment.c.source_id == table.c.source_id,
            assignment.c.layer.in_([author, study.coder]),
            assignment.c.state == FINISHED,
        )
        .correlate(table)
        .scalar_subquery()
    )
    return sa.or_(author == study.coder, finished == 2)


def _open_sources(db: Session, layer: str, coder: str | None) -> set[str]:
    """Ids of the sources that both have finished."""
    table = table_of(Assignment)
    return set(
        db.execute(
            sa.select(table.c.source_id)
            .where(table.c.layer.in_([layer, coder]), table.c.state == FINISHED)
            .group_by(table.c.source_id)
            .having(sa.func.count() == 2)
        ).scalars()
    )


def log_in_view(study: Study) -> list[Event]:
    """Give the journal without other coders' codings, memos and bookmarks, not even their number."""
    hidden = ("code", "uncode", "memo", "read", "bookmark", "undo", "redo")
    return [e for e in read_log(study) if e.coder == study.coder or e.action not in hidden]
