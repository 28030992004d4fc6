"""Clearing sources for coders who must not know the arms: a text with words that tell the arm is not cleared.

A clearance is that of a text: once it changes, by redaction, say, the source has to be cleared anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.errors import BadInput, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.redaction.unmasking import Unmasking, find_unmasking, unmasking_in
from qualbench.study.blinding import require_sighted
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.study.tables import Clearance, Source, now, table_of
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class SourceClearance:
    """What tells the arm in a source, and whether it is cleared.

    Attributes:
        source: Its name.
        cleared_by: Who cleared the text as it is; None if nobody has.
        cleared_at: When.
        lapsed: Whether a text before it was cleared.
        in_name: Words that tell the arm in its name.
        places: Those in its text.
    """

    source: str
    cleared_by: str | None
    cleared_at: str | None
    lapsed: bool
    in_name: tuple[str, ...]
    places: tuple[Unmasking, ...]

    @property
    def tells(self) -> bool:
        """Whether something in it tells the arm."""
        return bool(self.in_name or self.places)


def check_sources(study: Study, names: Sequence[str] = ()) -> list[SourceClearance]:
    """Say of sources what in them tells the arm, and whether they are cleared.

    Args:
        study: The study.
        names: Their names; none means all.

    Raises:
        NotFound: If one of the names is not a source.
        Refused: If the coder at work reads blind to the arms.
    """
    source, clearance = table_of(Source), table_of(Clearance)
    with study.read() as db:
        require_sighted(db, study.coder, "Sources are looked through")
        source_ids(db, list(names))
        rows = db.execute(
            sa.select(
                source.c.name,
                source.c.fingerprint,
                clearance.c.fingerprint.label("looked_at"),
                clearance.c.cleared_by,
                clearance.c.cleared_at,
            )
            .join_from(source, clearance, clearance.c.source_id == source.c.id, isouter=True)
            .where(source.c.name.in_(names) if names else sa.true())
            .order_by(source.c.name)
        ).all()
    found: dict[str, list[Unmasking]] = defaultdict(list)
    for one in find_unmasking(study, names):
        found[one.source].append(one)
    in_names = unmasking_in(study, [row.name.replace("_", " ") for row in rows])
    checked = []
    for row, in_name in zip(rows, in_names, strict=True):
        holds = row.looked_at == row.fingerprint
        by, at = (row.cleared_by, row.cleared_at) if holds else (None, None)
        lapsed = row.looked_at is not None and not holds
        checked.append(SourceClearance(row.name, by, at, lapsed, tuple(in_name), tuple(found[row.name])))
    return checked


def clear_sources(
    study: Study, names: Sequence[str], *, despite: bool = False, reason: str = ""
) -> list[str]:
    """Clear sources for blinded readers.

    Args:
        study: The study; its coder is on record.
        names: Their names.
        despite: Whether to clear those too in which something tells the arm.
        reason: Why despite that; needed then.

    Returns:
        The names of those in which something tells the arm.

    Raises:
        NotFound: If one of the names is not a source.
        BadInput: If the reason is missing.
        Refused: If something in one tells the arm, the coder at work reads blind to the arms, or the reason
            holds a sealed name.
    """
    telling = [one for one in check_sources(study, names) if one.tells]
    if telling and not despite:
        first = telling[0]
        more = f", and so do {len(telling) - 1} others" if len(telling) > 1 else ""
        raise Refused(
            f"{first.source} tells the arm in {_how_many(first)}{more}.",
            "See them with 'qualbench arms clear --check', redact them, or add --despite --reason TEXT.",
        )
    if telling and not reason.strip():
        raise BadInput("Clearing what tells the arm needs its reason.", "Add --reason TEXT.")
    with change(study, "clear") as changed:
        require_sighted(changed.db, study.coder, "Sources are cleared")
        refuse_sealed_names(changed.db, study, reason)
        ids = source_ids(changed.db, list(names))
        source, clearance = table_of(Source), table_of(Clearance)
        prints = changed.db.execute(
            sa.select(source.c.id, source.c.fingerprint).where(source.c.id.in_(ids.values()))
        )
        rows = [
            {"source_id": id_, "fingerprint": print_, "cleared_by": changed.coder, "cleared_at": now()}
            for id_, print_ in prints
        ]
        there = set(changed.db.execute(sa.select(clearance.c.source_id)).scalars())
        changed.update(Clearance, [row for row in rows if row["source_id"] in there])
        changed.insert(Clearance, [row for row in rows if row["source_id"] not in there])
        changed.reason = " ".join(reason.split()) if telling else ""
        marks = ", ".join(source_mark(ids[name]) for name in dict.fromkeys(names))
        despite_that = f", {len(telling)} of them despite words that tell the arm" if telling else ""
        changed.summary = f"Cleared for blinded readers: {marks}{despite_that}"
    return [one.source for one in telling]


def take_clearance_back(study: Study, names: Sequence[str]) -> None:
    """Take the clearance of sources back; those that are not cleared are passed over.

    Raises:
        NotFound: If one of the names is not a source.
        Refused: If none is cleared, or the coder at work reads blind to the arms.
    """
    with change(study, "clear") as changed:
        require_sighted(changed.db, study.coder, "Clearances are taken back")
        ids = source_ids(changed.db, list(names))
        there = set(changed.db.execute(sa.select(table_of(Clearance).c.source_id)).scalars())
        back = [id_ for id_ in ids.values() if id_ in there]
        if not back:
            raise Refused("None of these sources is cleared.", "'qualbench arms clear --check' lists them.")
        changed.delete(Clearance, [{"source_id": id_} for id_ in back])
        changed.summary = f"No longer cleared for blinded readers: {', '.join(map(source_mark, back))}"


def _how_many(one: SourceClearance) -> str:
    places = f"{len(one.places)} place{'' if len(one.places) == 1 else 's'}"
    if not one.in_name:
        return places
    return f"{places} and in its name" if one.places else "its name"
