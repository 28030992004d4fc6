"""The blind rule: a coder sees another's layer of a source only once both have finished that source.

Nor do they see what is agreed on in a source that they have still to finish and another has finished. On
PostgreSQL the database says the same (migration 0006); the two must not differ.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.study.states import FINISHED, ahead_of
from qualbench.study.tables import (
    AGREED,
    Assignment,
    CodeExample,
    Coder,
    Coding,
    Decision,
    Event,
    Layer,
    Memo,
    Source,
    table_of,
)

_HINT = "Mark your own work with 'qualbench finish SOURCE'."


def in_view(db: Session, study: Study, layer: str, source_id: str | None = None) -> sa.ColumnElement[bool]:
    """Give the condition on codings that keeps to what the coder at work may see of a layer.

    Args:
        db: The session.
        study: The study, with the coder at work.
        layer: The layer.
        source_id: The one source that is looked at; None means all that may be seen.

    Raises:
        NotFound: If there is no such layer.
        Refused: If it may not be seen yet in that source; if it is another coder's, or not anywhere.
    """
    coding = table_of(Coding)
    if db.get(Layer, layer) is None:
        names = ", ".join(sorted(db.execute(sa.select(table_of(Layer).c.name)).scalars()))
        raise NotFound(f"There is no layer '{layer}'.", f"There are: {names}.")
    if layer == study.coder:
        return coding.c.layer == layer
    if layer == AGREED:
        hidden = hidden_sources(db, study, layer)
        if source_id in hidden:
            raise Refused(
                "What others agreed on in this source is hidden until you have finished it too.", _HINT
            )
        return sa.and_(coding.c.layer == layer, coding.c.source_id.not_in(hidden) if hidden else sa.true())
    seen = _open_sources(db, layer, study.coder)
    if not seen or (source_id is not None and source_id not in seen):
        raise Refused(
            f"{layer}'s codings are hidden until both of you have finished "
            f"{'a source' if source_id is None else 'this source'}.",
            _HINT,
        )
    return sa.and_(coding.c.layer == layer, coding.c.source_id.in_(seen))


def in_any_view(coder: str | None) -> sa.ColumnElement[bool]:
    """Give the condition on codings that keeps to all layers that a coder may see, each where they may."""
    coding = table_of(Coding)
    agreed = sa.and_(coding.c.layer == AGREED, coding.c.source_id.not_in(ahead_of(coder)))
    return sa.or_(agreed, _shared(coder, coding, coding.c.layer))


def sees_coding(db: Session, study: Study, layer: str, source_id: str) -> bool:
    """Tell whether the coder at work may see the codings of a layer in a source, by its id."""
    return source_id not in hidden_sources(db, study, layer)


def hidden_sources(db: Session, study: Study, layer: str) -> set[str]:
    """Give the ids of the sources in which the coder at work may not see a layer."""
    if layer == study.coder:
        return set()
    if layer == AGREED:
        return set(db.execute(ahead_of(study.coder)).scalars())
    everything = set(db.execute(sa.select(table_of(Source).c.id)).scalars())
    return everything - _open_sources(db, layer, study.coder)


def visible_layers(study: Study, source: str | None = None) -> list[str]:
    """Give the layers that the coder at work may see: the agreed one, their own, then those open to them.

    Args:
        study: The study, with the coder at work.
        source: The name of the source looked at; None asks for other coders' layers open in every source,
            and gives the agreed one although sources may be left out of it.
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
        hidden = bool(source and wanted) and wanted <= hidden_sources(db, study, AGREED)
    agreed = [] if hidden else [AGREED]
    return [*agreed, *([study.coder] if study.coder in coders else []), *others]


def sees_everything(db: Session, study: Study) -> bool:
    """Tell whether the coder at work may see every layer in every source."""
    layers = db.execute(sa.select(table_of(Layer).c.name)).scalars().all()
    return not any(hidden_sources(db, study, layer) for layer in layers)


def left_out(study: Study) -> list[str]:
    """Give the names of the sources of which the coder at work does not see what is agreed on: those still
    theirs to finish that another has finished. What counts the agreed layer over all sources leaves them out.
    """
    table = table_of(Source)
    with study.read() as db:
        names = db.execute(sa.select(table.c.name).where(table.c.id.in_(ahead_of(study.coder))))
        return sorted(names.scalars())


def memos_in_view(study: Study) -> sa.ColumnElement[bool]:
    """Give the condition on memos that keeps to what the coder at work may see.

    One's own are seen, and all on the study or on a code; another's on a source, on words of it or on a
    coding there is hidden until both have finished that source.
    """
    memo = table_of(Memo)
    return sa.or_(memo.c.source_id.is_(None), _shared(study.coder, memo, memo.c.created_by))


def examples_in_view(study: Study) -> sa.ColumnElement[bool]:
    """Give the condition on examples of codes that keeps to what the coder at work may see: their own, and
    another's only once both have finished the source, for an example tells what its giver thought there."""
    example = table_of(CodeExample)
    return _shared(study.coder, example, example.c.added_by)


def decisions_in_view(study: Study) -> sa.ColumnElement[bool]:
    """Give the condition on decisions that keeps to what the coder at work may see: those on their own
    codings, and those in sources that they have finished. While nobody is at work it keeps to all."""
    decision, assignment = table_of(Decision), table_of(Assignment)
    if study.coder is None:
        return sa.true()
    finished = sa.select(assignment.c.source_id).where(
        assignment.c.layer == study.coder, assignment.c.state == FINISHED
    )
    return sa.or_(
        decision.c.layer_a == study.coder,
        decision.c.layer_b == study.coder,
        decision.c.source_id.in_(finished),
    )


def log_in_view(study: Study) -> list[Event]:
    """Give the journal without what tells of codings that the coder at work may not see.

    Others' codings, memos and bookmarks are left out, and their reconciling too while the coder has a source
    to finish that others have finished: it tells where these differ.
    """
    with study.read() as db:
        reconciling_is_hidden = bool(hidden_sources(db, study, AGREED))
    reconciling: set[int] = set()
    seen = []
    for event in read_log(study):
        if event.action == "reconcile" or event.target in reconciling:
            reconciling.add(event.seq)
        withheld = event.hidden or (reconciling_is_hidden and event.seq in reconciling)
        if event.coder == study.coder or not withheld:
            seen.append(event)
    return seen


def _shared(coder: str | None, table: sa.Table, author: sa.Column[str]) -> sa.ColumnElement[bool]:
    """Rows with a source and an author: the coder's own, and others' on sources that both have finished."""
    mine, theirs = table_of(Assignment).alias("own"), table_of(Assignment).alias("others")
    finished = sa.select(mine.c.source_id).where(mine.c.layer == coder, mine.c.state == FINISHED)
    finished_too = (
        sa.exists()
        .where(
            theirs.c.layer == author,
            theirs.c.source_id == table.c.source_id,
            theirs.c.state == FINISHED,
        )
        .correlate(table)
    )
    return sa.or_(author == coder, sa.and_(table.c.source_id.in_(finished), finished_too))


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
