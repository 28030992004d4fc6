"""Reading and setting the rows behind redaction, inside a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.redaction.entities import ACCEPTED, PENDING
from qualbench.redaction.forms import Forms, form_rows
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.pseudonyms import check_pseudonym, next_pseudonym
from qualbench.study.journal import Change
from qualbench.study.tables import Entity, Mention, Source, Turn, Variant, table_of
from qualbench.text.spans import Span


def check_kind(kind: str | None) -> None:
    """Check that a kind is one of `TERMS`.

    Raises:
        BadInput: If not.
    """
    if kind is not None and kind not in TERMS:
        raise BadInput(f"'{kind}' is not a kind of identifier.", f"Use one of {', '.join(TERMS)}.")


def entity_of(db: Session, entity_id: str) -> Entity:
    """Give an entity as it stands in this transaction.

    Raises:
        NotFound: If there is none.
    """
    entity = db.get(Entity, entity_id, populate_existing=True)
    if entity is None:
        raise NotFound(f"There is no entity '{entity_id}'.", "'qualbench redact list' gives them.")
    return entity


def is_sealed(db: Session, entity_id: str) -> bool:
    """Tell whether a mention of an entity is sealed."""
    mention = table_of(Mention)
    sealed = sa.select(mention.c.id).where(mention.c.entity_id == entity_id, mention.c.sealed).limit(1)
    return db.execute(sealed).first() is not None


def open_mention(db: Session, mention_id: str) -> Any:
    """Give the row of a mention that can still be changed.

    Raises:
        NotFound: If there is none.
        Refused: If it is sealed.
    """
    table = table_of(Mention)
    mention = db.execute(sa.select(table).where(table.c.id == mention_id)).first()
    if mention is None:
        raise NotFound(f"There is no mention '{mention_id}'.", "'qualbench redact show ENTITY' gives them.")
    if mention.sealed:
        raise Refused("That place is sealed.", "What is sealed stays so.")
    return mention


def mentions_of_source(db: Session, source_id: str) -> Sequence[Any]:
    """Give the rows of the mentions in a source."""
    table = table_of(Mention)
    return db.execute(sa.select(table).where(table.c.source_id == source_id)).all()


def check_labels(db: Session, source_id: str, span: Span) -> None:
    """Check that a passage lies within one speaker label, or outside them all.

    Raises:
        Refused: If it takes in a label and its colon, which the turns of the source hang on.
    """
    turn = table_of(Turn)
    rows = db.execute(
        sa.select(turn.c.label_start, turn.c.start).where(
            turn.c.source_id == source_id,
            turn.c.label_start < turn.c.start,
            turn.c.label_start < span.end,
            turn.c.start > span.start,
        )
    )
    for label_start, start in rows:
        if span.start < label_start or span.end > start - len(": "):
            raise Refused(
                "A redaction cannot take in a speaker label and its colon.",
                "Mark the label alone, or the talk.",
            )


def text_of(db: Session, source_id: str) -> str:
    """Give the text of a source by its id."""
    source = table_of(Source)
    return str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())


def new_entity(entity_id: str, kind: str) -> dict[str, str | None]:
    """Give the columns of an entity that nobody has decided on."""
    return {
        "id": entity_id,
        "kind": kind,
        "decision": PENDING,
        "pseudonym": None,
        "decided_by": None,
        "confirmed_by": None,
    }


def set_entity(changed: Change, entity_id: str, **columns: str | None) -> None:
    """Set columns of an entity; a second reader has to look at it again."""
    by = {"decided_by": changed.coder, "confirmed_by": None}
    changed.update(Entity, [{"id": entity_id, **columns, **by}])


def pseudonym_for(
    db: Session, secret: bytes, entity: Entity, kind: str, term: str | None = None, wanted: str | None = None
) -> str:
    """Give the pseudonym of an entity: the one asked for, the one it has, or the next free one.

    Raises:
        BadInput: If it cannot be one, or holds what is, or may yet be, redacted.
        Refused: If another entity has it.
    """
    if wanted is None and term is None:
        return entity.pseudonym or next_pseudonym(db, secret, kind)
    given = (
        check_pseudonym(db, entity.id, wanted)
        if wanted is not None
        else next_pseudonym(db, secret, kind, term)
    )
    forms = Forms(secret, [*form_rows(db, ACCEPTED), *form_rows(db, PENDING)])
    if any(one.exact for one in forms.find(given)):
        raise BadInput("That pseudonym holds a name that is to be redacted.", "Use a general word.")
    return given


def remember(
    changed: Change, digests: set[str], entity_id: str, columns: Mapping[str, str] | None = None
) -> None:
    """Let forms of words stand for an entity from now on."""
    for key in sorted(digests):
        if changed.db.get(Variant, key) is not None:
            changed.update(Variant, [{"digest": key, "entity_id": entity_id}])
        elif columns is not None:
            changed.insert(Variant, [{**columns, "entity_id": entity_id}])
