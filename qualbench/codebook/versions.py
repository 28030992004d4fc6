"""Versions of the codebook: frozen by agreement, shown and compared later."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.diff import CodeChange, diff_codebooks
from qualbench.codebook.tree import Codebook, codebook_of, columns_of, entry_of
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.tables import CodebookVersion, CodeVersion, Coding, now, table_of

_VERSION, _CODE_VERSION = table_of(CodebookVersion), table_of(CodeVersion)


@dataclass(frozen=True)
class Version:
    """A version of the codebook.

    Attributes:
        number: Counted from 1.
        note: What it is about.
        agreed_by: Who agreed, as the team wrote it.
        released_by: Initials.
        released_at: ISO 8601, UTC.
        codes: How many entries it has in use.
    """

    number: int
    note: str
    agreed_by: str
    released_by: str
    released_at: str
    codes: int


def release(study: Study, note: str, agreed_by: str) -> Version:
    """Freeze the codebook as it is now as the next version.

    Args:
        study: The study.
        note: What it is about.
        agreed_by: Who agreed on it, such as "AB, CD".

    Raises:
        BadInput: If note or names are missing.
        Refused: If there are no codes, nothing has changed since the last version, or a name that has been
            sealed is in the words.
    """
    # The search for names is slow to load, and only releasing needs it.
    from qualbench.codebook.drafts import one_line
    from qualbench.redaction.own_words import refuse_sealed_names

    note, agreed_by = one_line(note), one_line(agreed_by)
    if not note or not agreed_by:
        raise BadInput("A version needs a note and who agreed.", "Say what it is about, and give initials.")
    with change(study, "codebook", undoable=False) as changed:
        refuse_sealed_names(changed.db, study, f"{note}\n{agreed_by}")
        book = codebook_of(changed.db)
        last = latest_version(changed.db)
        if not len(book):
            raise Refused("There are no codes to release.", "Import a codebook, or add codes.")
        if last and not diff_codebooks(_book_of(changed.db, last), book):
            raise Refused(f"Nothing has changed since version {last}.", "Change something first.")
        version = Version(
            last + 1,
            note,
            agreed_by,
            changed.coder,
            now(),
            sum(entry.in_use for entry in book.by_id.values()),
        )
        changed.insert(
            CodebookVersion,
            [
                {
                    "number": version.number,
                    "note": version.note,
                    "agreed_by": version.agreed_by,
                    "released_by": version.released_by,
                    "released_at": version.released_at,
                }
            ],
        )
        _freeze(changed, book, version.number)
        changed.summary = f"Released version {version.number} of the codebook, {version.codes} entries"
    return version


def list_versions(study: Study) -> list[Version]:
    """Give the versions of the codebook, the first one first."""
    in_use = sa.func.count().filter(_CODE_VERSION.c.status.in_(("candidate", "agreed")))
    with study.read() as db:
        rows = db.execute(
            sa.select(_VERSION, in_use.label("codes"))
            .join_from(_VERSION, _CODE_VERSION, _CODE_VERSION.c.version == _VERSION.c.number, isouter=True)
            .group_by(*_VERSION.c)
            .order_by(_VERSION.c.number)
        ).mappings()
        return [Version(**row) for row in rows]


def read_version(study: Study, number: int | None) -> Codebook:
    """Give the codebook as it stood in a version; None gives it as it is now.

    Raises:
        NotFound: If there is no such version.
    """
    with study.read() as db:
        return version_of(db, number)


def version_of(db: Session, number: int | None) -> Codebook:
    """Give the codebook of a version in an open session; None gives it as it is now.

    Raises:
        NotFound: If there is no such version.
    """
    if number is None:
        return codebook_of(db)
    last = latest_version(db)
    if not 1 <= number <= last:
        there = f"There are versions 1 to {last}." if last else "Nothing has been released yet."
        raise NotFound(f"The codebook has no version {number}.", there)
    return _book_of(db, number)


def latest_version(db: Session) -> int:
    """Give the number of the newest version, 0 if nothing has been released."""
    return int(db.execute(sa.select(sa.func.coalesce(sa.func.max(_VERSION.c.number), 0))).scalar_one())


def compare_versions(study: Study, old: int, new: int | None = None) -> list[CodeChange]:
    """Give what became of each entry from one version to another, or to the codebook as it is now.

    Raises:
        NotFound: If there is no such version.
    """
    with study.read() as db:
        return diff_codebooks(version_of(db, old), version_of(db, new))


def codings_of_version(number: int | None) -> tuple[sa.ColumnElement[str], sa.ColumnElement[bool]]:
    """Give, for a query of codings, the code each had in a version and the condition that it was there.

    Args:
        number: The version; None for the codebook as it is now. A coding made under a later version was not
            there; one that a merge, a split or a review has given another code since had the one it was made
            with.
    """
    coding = table_of(Coding)
    if number is None:
        return coding.c.code_id, sa.true()
    return sa.func.coalesce(coding.c.made_as, coding.c.code_id), coding.c.version <= number


def _freeze(changed: Change, book: Codebook, number: int) -> None:
    rows = []
    for position, entry in enumerate(book.by_id.values()):
        columns = columns_of(entry)
        columns["code_id"] = columns.pop("id")
        rows.append({"version": number, "position": position, **columns})
    changed.insert(CodeVersion, rows)


def _book_of(db: Session, number: int) -> Codebook:
    columns = [c.label("id") if c.name == "code_id" else c for c in _CODE_VERSION.c]
    rows = db.execute(
        sa.select(*columns).where(_CODE_VERSION.c.version == number).order_by(_CODE_VERSION.c.position)
    ).mappings()
    return Codebook([entry_of(row) for row in rows])
