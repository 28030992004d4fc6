"""Taking changes back and making them again, where others may have built on them meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput, Refused
from qualbench.study import journal
from qualbench.study.database import Study
from qualbench.study.tables import Code, Coding, Event, table_of


def undo(study: Study) -> Event:
    """Take back the last change of the coder at work that has not been taken back.

    Returns:
        The event that was undone.

    Raises:
        Refused: If there is none, its rows have been changed since, or others have built on it.
    """
    return journal.undo(study, _check_codebook)


def redo(study: Study) -> Event:
    """Make again the change that the coder at work took back last, if nothing was changed since.

    Returns:
        The event that was redone.

    Raises:
        Refused: If there is none, its rows have been changed since, or others have built on it.
    """
    return journal.redo(study, _check_codebook)


def _check_codebook(db: Session, tables: frozenset[str]) -> None:
    """Refuse what leaves a codebook that breaks a rule, or codings on a code that was merged into another."""
    if not tables & {"code", "coding"}:
        return
    code, coding = table_of(Code), table_of(Coding)
    if "code" in tables:
        try:
            check_entries(list(codebook_of(db).by_id.values()))
        except BadInput as fault:
            raise Refused(
                f"That cannot be taken back: others have built on it. {fault.message}",
                "Change the codebook by hand instead.",
            ) from None
    left = db.execute(
        sa.select(code.c.label)
        .join_from(coding, code, code.c.id == coding.c.code_id)
        .where(code.c.status == "merged")
        .limit(1)
    ).scalar()
    if left is not None:
        raise Refused(
            f"That cannot be taken back: somebody has coded with '{left}' since.",
            "Merge it again, or give those passages another code first.",
        )
