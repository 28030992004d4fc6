"""Pseudonyms: what stands in the place of an entity, the same in every source and wave."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, Refused
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.lexicon import read_words
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.secret import digest
from qualbench.study.tables import Entity, Source, StudyRecord, Variant, table_of

STYLES = {
    "numbered": "a term and a number: [Mother 1]",
    "names": "an invented first name for people: [Ailsa]; else numbered",
    "general": "a term alone: [a mother]",
}
"""The styles a study can have."""

_LONGEST = 60  # code points in a pseudonym


def set_style(study: Study, style: str) -> None:
    """Choose the style of the pseudonyms given from now on.

    Raises:
        BadInput: If there is no such style.
    """
    if style not in STYLES:
        raise BadInput(f"'{style}' is not a style of pseudonyms.", f"Use one of {', '.join(STYLES)}.")
    with change(study, "settings", f"Pseudonyms are given as {style}") as changed:
        changed.update(StudyRecord, [{"id": 1, "pseudonyms": style}])


def read_style(study: Study) -> str:
    """Give the style of a study's pseudonyms, one of `STYLES`."""
    with study.read() as db:
        return str(db.execute(sa.select(table_of(StudyRecord).c.pseudonyms)).scalar_one())


def next_pseudonym(db: Session, secret: bytes, kind: str, term: str | None = None) -> str:
    """Give the next free pseudonym of a kind in the study's style.

    Args:
        db: A session on the study.
        secret: The study's secret.
        kind: A kind of `TERMS`.
        term: The general word to use, such as "Nursery"; None takes the one of the kind. In the style
            of names, a term asks for a number all the same.

    Raises:
        BadInput: If the term is not words.
    """
    if term is not None and not re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", term):
        raise BadInput(f"'{term}' cannot be the word of a pseudonym.", "Use words only, such as Nursery.")
    style = db.execute(sa.select(table_of(StudyRecord).c.pseudonyms)).scalar_one()
    if style == "general":
        return _general(term or TERMS[kind])
    if style == "names" and term is None and kind in ("person", "name"):
        invented = _invented_name(db, secret)
        if invented is not None:
            return invented
    return _numbered(db, term or TERMS[kind])


def check_pseudonym(db: Session, entity_id: str, wanted: str) -> str:
    """Give a pseudonym that a person has written, in brackets.

    Raises:
        BadInput: If it is empty, too long, or has a line end or brackets inside.
        Refused: If another entity has it, unless it is a general term such as [a town nearby].
    """
    words = wanted.strip().removeprefix("[").removesuffix("]").strip()
    if not words or len(words) > _LONGEST or re.search(r"[\[\]\n\r:]", words):
        raise BadInput(
            f"'{wanted}' cannot be a pseudonym.",
            f"Use up to {_LONGEST} characters, without brackets or colons inside: [a town nearby].",
        )
    pseudonym = f"[{words}]"
    table = table_of(Entity)
    taken = db.execute(sa.select(table.c.id).where(table.c.pseudonym == pseudonym, table.c.id != entity_id))
    if taken.first() is not None and not re.match(r"(?:an?|the|some|another) ", words):
        raise Refused(f"Another entity is {pseudonym} already.", "Join them, if they are the same.")
    return pseudonym


def _numbered(db: Session, term: str) -> str:
    table = table_of(Entity)
    taken = db.execute(
        sa.select(table.c.pseudonym).where(table.c.pseudonym.startswith(f"[{term} "))
    ).scalars()
    numbers = [int(m[1]) for p in taken if (m := re.fullmatch(rf"\[{re.escape(term)} (\d+)\]", p or ""))]
    return f"[{term} {max(numbers, default=0) + 1}]"


def _general(term: str) -> str:
    spelt = term[:2].isupper()  # NHS number: the article goes by the name of the letter
    small = term if spelt or (" " in term and term.split()[1][0].isupper()) else term[0].lower() + term[1:]
    vowel = small[0] in ("AEFHILMNORSX" if spelt else "aeiouAEIOU")
    return f"[{'an' if vowel else 'a'} {small}]"


def _invented_name(db: Session, secret: bytes) -> str | None:
    """The first name of the list that nobody in the study bears, redacted or not."""
    entity, variant, source = table_of(Entity), table_of(Variant), table_of(Source)
    taken = set(db.execute(sa.select(entity.c.pseudonym)).scalars())
    forms = set(db.execute(sa.select(variant.c.digest)).scalars())
    for name in sorted(read_words("invented_names.txt")):
        if f"[{name}]" not in taken and digest(secret, name) not in forms:
            stands = sa.select(source.c.id).where(source.c.text.icontains(name)).limit(1)
            if db.execute(stands).first() is None:
                return f"[{name}]"
    return None
