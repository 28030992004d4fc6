"""What bears on a progression criterion: codes and coded passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_any_view
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.criteria import find_criterion, list_criteria
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.tables import AGREED, Coding, Evidence, new_id, now, table_of


@dataclass(frozen=True)
class EvidenceRead:
    """A code, or a coding, that bears on a criterion.

    Attributes:
        criterion: The id of the criterion.
        code: The id of the code; that of the coding, if it is one.
        coding: The id of the coding; None for a whole code.
    """

    id: str
    criterion: str
    code: str
    coding: str | None
    note: str
    added_by: str
    added_at: str


def put_evidence(
    study: Study, criterion: str, *, code: str | None = None, coding: str | None = None, note: str = ""
) -> str:
    """Put a code, or a coding of the agreed layer or of one's own, to a criterion; give the id of that.

    Args:
        study: The study, with the coder at work.
        criterion: Its id.
        code: Id or label of a code; or
        coding: The id of a coding.
        note: What it shows.

    Raises:
        BadInput: If both or neither of code and coding are given, or it is there already.
        NotFound: If there is no such criterion, code or coding, or it is hidden.
        Refused: If a sealed name is in the note.
    """
    if (code is None) == (coding is None):
        raise BadInput("Evidence is a code or a coded passage.", "Give --code or --coding.")
    find_criterion(list_criteria(study), criterion)
    with change(study, "evidence", f"Put evidence to criterion {criterion}") as changed:
        refuse_sealed_names(changed.db, study, note)
        code_id = codebook_of(changed.db).find(code).id if code is not None else None
        if coding is not None:
            _require_coding(changed, coding)
        table = table_of(Evidence)
        same = sa.and_(
            table.c.criterion_id == criterion, table.c.code_id == code_id, table.c.coding_id == coding
        )
        if changed.db.execute(sa.select(table.c.id).where(same)).first():
            raise BadInput("That is there already.", "Remove it first to change its note.")
        id_ = new_id()
        row = {"id": id_, "criterion_id": criterion, "code_id": code_id, "coding_id": coding}
        made = {"note": note.strip(), "added_by": changed.coder, "added_at": now()}
        changed.insert(Evidence, [row | made])
    return id_


def remove_evidence(study: Study, id_: str) -> None:
    """Take evidence off again.

    Raises:
        NotFound: If there is none of that id.
    """
    with change(study, "evidence") as changed:
        found = changed.db.get(Evidence, id_)
        if found is None:
            raise NotFound(f"There is no evidence '{id_}'.", "The lists give their ids.")
        changed.summary = f"Took evidence off criterion {found.criterion_id}"
        changed.delete(Evidence, [{"id": id_}])


def list_evidence(study: Study, criterion: str) -> list[EvidenceRead]:
    """Give the evidence on a criterion, oldest first.

    What stands on a coding out of sight is left out, and so is a passage that is no longer coded.
    """
    table, coding = table_of(Evidence), table_of(Coding)
    with study.read() as db:
        rows: Sequence[sa.Row[tuple[object, ...]]] = db.execute(
            sa.select(table, coding.c.code_id.label("coded_as"))
            .join_from(table, coding, table.c.coding_id == coding.c.id, isouter=True)
            .where(
                table.c.criterion_id == criterion,
                sa.or_(table.c.coding_id.is_(None), in_any_view(study.coder)),
            )
            .order_by(table.c.added_at, table.c.id)
        ).all()
    return [
        EvidenceRead(
            row.id,
            row.criterion_id,
            row.code_id or row.coded_as,
            row.coding_id,
            row.note,
            row.added_by,
            row.added_at,
        )
        for row in rows
    ]


def _require_coding(changed: Change, coding_id: str) -> None:
    coding = table_of(Coding)
    mine = sa.and_(coding.c.layer.in_((AGREED, changed.coder)), in_any_view(changed.coder))
    if changed.db.execute(sa.select(coding.c.id).where(coding.c.id == coding_id, mine)).first() is None:
        raise NotFound(
            f"There is no coding '{coding_id}' of the agreed layer or of yours.",
            "'qualbench code list --layer agreed' gives their ids.",
        )
