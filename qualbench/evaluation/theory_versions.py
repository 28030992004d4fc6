"""Versions of the theory of change, and what themes say of its boxes and arrows."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_any_view
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.theory import Theory, parse_theory, theory_as_yaml
from qualbench.evaluation.theory_diff import TheoryChange, diff_theories
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Coding, TheoryLink, TheoryVersion, new_id, now, table_of
from qualbench.transcripts.attributes import item_of

SUPPORTS, CHALLENGES, NEW = "supports", "challenges", "new"
RELATIONS = (SUPPORTS, CHALLENGES, NEW)
MARKS = {SUPPORTS: "+", CHALLENGES: "!", NEW: "*"}
"""Stands beside each word where there is room for no more."""


@dataclass(frozen=True)
class Version:
    """A version of the theory, with who made it when and why."""

    number: int
    theory: Theory
    note: str
    made_by: str
    made_at: str


@dataclass(frozen=True)
class LinkRead:
    """What a theme says of a box or an arrow.

    Attributes:
        element: The id of the box or arrow; of the theory itself, or of what it is near to, for what is new.
        relation: One of `RELATIONS`.
        site: Where; None for all sites.
        coding: The id of the passage that shows it; None where it is the code as a whole.
    """

    id: str
    element: str
    code: str
    relation: str
    site: str | None
    coding: str | None
    note: str
    added_by: str
    added_at: str


@dataclass(frozen=True)
class TheoryImport:
    """What came of a file: the changes, and the number of the version; None if nothing has changed."""

    changes: list[TheoryChange]
    version: int | None


def list_theories(study: Study) -> list[Version]:
    """Give the versions of the theory, oldest first."""
    with study.read() as db:
        return _versions(db)


def find_theory(study: Study, number: int | None = None) -> Version:
    """Give a version of the theory, the newest if none is named.

    Raises:
        NotFound: If there is no theory, or no such version.
    """
    return _found(list_theories(study), number)


def compare_theory(study: Study, theory: Theory) -> list[TheoryChange]:
    """Give what a theory changes against the newest version."""
    versions = list_theories(study)
    return diff_theories(versions[-1].theory if versions else None, theory)


def import_theory(study: Study, theory: Theory, note: str = "") -> TheoryImport:
    """Make a version of a theory; where nothing differs from the newest, nothing is made.

    Args:
        study: The study, with the coder at work.
        theory: The theory.
        note: Why it was changed.

    Raises:
        Refused: If a sealed name is in it.
    """
    with change(study, "theory") as changed:
        versions = _versions(changed.db)
        changes = diff_theories(versions[-1].theory if versions else None, theory)
        if not changes:
            return TheoryImport([], None)
        text = theory_as_yaml(theory)
        for words in (text, note):
            refuse_sealed_names(changed.db, study, words)
        number = versions[-1].number + 1 if versions else 1
        row = {"number": number, "text": text, "note": " ".join(note.split())}
        changed.insert(TheoryVersion, [row | {"made_by": changed.coder, "made_at": now()}])
        changed.summary = f"Made version {number} of the theory of change"
    return TheoryImport(changes, number)


def link_theory(
    study: Study,
    element: str,
    code: str,
    relation: str,
    *,
    site: str | None = None,
    coding: str | None = None,
    note: str = "",
) -> str:
    """Say what a theme says of a box or an arrow; give the id of that.

    Args:
        study: The study, with the coder at work.
        element: The id of a box or arrow of the newest version; for what is new also the theory's own.
        code: Id or label of a theme or code.
        relation: One of `RELATIONS`.
        site: Where; None for all sites.
        coding: The id of a passage that shows it, of any layer in sight.
        note: What it shows.

    Raises:
        BadInput: If it is no such relation or site, or is there already.
        NotFound: If there is no such element, code or coding.
        Refused: If a sealed name is in the note.
    """
    if relation not in RELATIONS:
        raise BadInput(f"'{relation}' is no relation to a theory.", f"Use one of {', '.join(RELATIONS)}.")
    at = item_of("--site", "site", site, read_study_settings(study).sites) if site else None
    theory = find_theory(study).theory
    element = theory.find(element)
    if relation != NEW and element == theory.id:
        raise BadInput(
            f"A theme that {relation} something {relation} a box or an arrow.",
            "'qualbench theory show' gives their ids; only what is new is put to the theory itself.",
        )
    with change(study, "theory", "Put a theme to the theory of change") as changed:
        refuse_sealed_names(changed.db, study, note)
        code_id = codebook_of(changed.db).find(code).id
        if coding is not None:
            _require_coding(changed.db, study, coding)
        made = {"element": element, "code_id": code_id, "relation": relation, "site": at, "coding_id": coding}
        table = table_of(TheoryLink)
        same = sa.and_(*(table.c[name] == value for name, value in made.items()))
        if changed.db.execute(sa.select(table.c.id).where(same)).first():
            raise BadInput("That is there already.", "Remove it first to change its note.")
        id_ = new_id()
        told = {"note": " ".join(note.split()), "added_by": changed.coder, "added_at": now()}
        changed.insert(TheoryLink, [{"id": id_, **made, **told}])
    return id_


def unlink_theory(study: Study, id_: str) -> None:
    """Take a theme off the theory again.

    Raises:
        NotFound: If there is no link of that id.
    """
    with change(study, "theory") as changed:
        found = changed.db.get(TheoryLink, id_)
        if found is None:
            raise NotFound(f"There is no link '{id_}'.", "'qualbench theory show' gives their ids.")
        changed.summary = "Took a theme off the theory of change"
        changed.delete(TheoryLink, [{"id": id_}])


def list_links(study: Study) -> list[LinkRead]:
    """Give what themes say of the theory, oldest first; what rests on a passage out of sight is left out."""
    table, coding = table_of(TheoryLink), table_of(Coding)
    with study.read() as db:
        rows = db.execute(
            sa.select(table)
            .join_from(table, coding, table.c.coding_id == coding.c.id, isouter=True)
            .where(sa.or_(table.c.coding_id.is_(None), in_any_view(study.coder)))
            .order_by(table.c.added_at, table.c.id)
        ).all()
    return [
        LinkRead(
            row.id,
            row.element,
            row.code_id,
            row.relation,
            row.site,
            row.coding_id,
            row.note,
            row.added_by,
            row.added_at,
        )
        for row in rows
    ]


def _versions(db: Session) -> list[Version]:
    table = table_of(TheoryVersion)
    return [
        Version(
            row.number,
            parse_theory(row.text, f"version {row.number} of the theory", strict=False),
            row.note,
            row.made_by,
            row.made_at,
        )
        for row in db.execute(sa.select(table).order_by(table.c.number))
    ]


def _found(versions: list[Version], number: int | None) -> Version:
    if not versions:
        raise NotFound("The study has no theory of change yet.", "qualbench theory import ips_feasibility")
    if number is None:
        return versions[-1]
    for version in versions:
        if version.number == number:
            return version
    raise NotFound(f"There is no version {number} of the theory.", f"There are 1 to {versions[-1].number}.")


def _require_coding(db: Session, study: Study, coding_id: str) -> None:
    coding = table_of(Coding)
    seen = sa.select(coding.c.id).where(coding.c.id == coding_id, in_any_view(study.coder))
    if db.execute(seen).first() is None:
        raise NotFound(f"There is no coding '{coding_id}'.", "'qualbench code list' gives their ids.")
