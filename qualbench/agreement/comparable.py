"""Who can be compared, and where: finished sources only, and nothing that would end somebody's blinding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, Refused
from qualbench.study.access import is_restricted
from qualbench.study.database import Study, login_of
from qualbench.study.settings import require_coder
from qualbench.study.states import FINISHED
from qualbench.study.tables import Assignment, Coding, Source, table_of
from qualbench.transcripts.sources import source_ids

_HINT = "Each marks finished work with 'qualbench finish SOURCE'."


def comparable(study: Study, coders: tuple[str, str] | None = None) -> tuple[tuple[str, str], list[str]]:
    """Give the two coders to compare and the names of the sources in which they can be compared now.

    Args:
        study: The study, with the coder at work.
        coders: The two layers; None where only two coders have finished anything.

    Raises:
        BadInput: If the two are one.
        NotFound: If one of them is not a coder of the study.
        Refused: If it is not clear who is meant, or there is no such source.
    """
    if coders is None:
        with study.read() as db:
            everybody = sorted({coder for who in _finished(db).values() for coder in who})
        if len(everybody) != 2:
            raise Refused(
                f"Two coders are compared; finished sources so far: {', '.join(everybody) or 'nobody'}.",
                f"{_HINT[:-1]}; of several, name --coders AB,CD.",
            )
        coders = (everybody[0], everybody[1])
    # one order, so that a decision is found again whoever asks
    pair, finished = compared_sources(study, sorted(coders))
    return (pair[0], pair[1]), sorted(finished)


def pairs(study: Study) -> list[tuple[tuple[str, str], list[str]]]:
    """Give all pairs of coders who can be compared now, with the names of the sources."""
    with study.read() as db:
        finished = _in_view(db, study, _finished(db))
    found = []
    for a, b in combinations(sorted({coder for who in finished.values() for coder in who}), 2):
        if names := sorted(name for name, who in finished.items() if {a, b} <= who):
            found.append(((a, b), names))
    return found


def compared_sources(
    study: Study, coders: Sequence[str] | None = None, sources: Collection[str] | None = None
) -> tuple[tuple[str, ...], dict[str, frozenset[str]]]:
    """Give coders and the sources in which at least two of them can be compared now, with those who can.

    Args:
        study: The study, with the coder at work.
        coders: Two or more; None means all who have finished a source that another has finished too.
        sources: Only these, by name; None means all.

    Raises:
        BadInput: If a coder is named twice, or only one is.
        NotFound: If there is no such coder or source.
        Refused: If there is no such source, or one of those named is not one.
    """
    if coders is not None and len(coders) < 2:
        raise BadInput("One coder cannot be compared.", "Name two coders or more.")
    for coder in coders or ():
        if coders and list(coders).count(coder) > 1:
            raise BadInput(f"{coder} cannot be compared with themselves.", "Name two coders.")
    with study.read() as db:
        for coder in coders or ():
            require_coder(db, coder)
        wanted = None if sources is None else set(source_ids(db, list(sources)))
        everywhere = _finished(db)
        in_view = _in_view(db, study, everywhere)
    shared = {name for (name, _), who in everywhere.items() if len(_of(coders, who)) > 1}
    found = {
        name: _of(coders, who)
        for name, who in in_view.items()
        if name in shared and (wanted is None or name in wanted)
    }
    for name in sorted((wanted or set()) - shared):
        raise Refused(f"{name} is not finished by two of the coders compared.", _HINT)
    for name in sorted((wanted or set()) - set(found)):
        raise Refused(f"{name} is hidden from you until you have finished it too.", _HINT)
    if not found:
        named = " and ".join(coders) if coders else "Coders"
        if shared:
            raise Refused(f"What {named} have in common is hidden until you have finished it too.", _HINT)
        raise Refused(f"{named} have finished no source in common.", _HINT)
    return tuple(coders or sorted({coder for who in found.values() for coder in who})), found


def _of(coders: Sequence[str] | None, who: frozenset[str]) -> frozenset[str]:
    return who if coders is None else who & set(coders)


def _in_view(
    db: Session, study: Study, finished: dict[tuple[str, str], frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Those finished sources, by name, of which the coder at work may know how coders agree there.

    Who has still to code a source must not learn from a comparison what others found in it. So whoever has a
    part in a source (is assigned to it, or has coded there) must have finished it; who has none looks on from
    outside. A login from which the database withholds rows sees none of the codings of a source that its
    person has not finished, and what it would count there would be wrong.
    """
    if study.coder is not None:
        assignment, coding = table_of(Assignment), table_of(Coding)
        mine = (
            sa.select(assignment.c.source_id)
            .where(assignment.c.layer == study.coder)
            .union(sa.select(coding.c.source_id).where(coding.c.layer == study.coder))
        )
        part = set(db.execute(mine).scalars())
        finished = {key: who for key, who in finished.items() if study.coder in who or key[1] not in part}
    if is_restricted(db):
        member = login_of(study.engine)
        finished = {key: who for key, who in finished.items() if member in who}
    return {name: who for (name, _), who in finished.items()}


def _finished(db: Session) -> dict[tuple[str, str], frozenset[str]]:
    """Who has finished each source that anybody has, by its name and id."""
    assignment, source = table_of(Assignment), table_of(Source)
    rows = db.execute(
        sa.select(source.c.name, source.c.id, assignment.c.layer)
        .join_from(assignment, source, assignment.c.source_id == source.c.id)
        .where(assignment.c.state == FINISHED)
    )
    finished: dict[tuple[str, str], set[str]] = {}
    for name, source_id, layer in rows:
        finished.setdefault((name, source_id), set()).add(layer)
    return {key: frozenset(who) for key, who in finished.items()}
