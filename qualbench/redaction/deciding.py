"""A person's decisions on entities and their mentions; each is one change that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused
from qualbench.redaction.entities import ACCEPTED, PENDING, REJECTED, reopen_sources
from qualbench.redaction.forms import variant_columns
from qualbench.redaction.records import (
    check_kind,
    entity_of,
    is_sealed,
    new_entity,
    open_mention,
    pseudonym_for,
    remember,
    set_entity,
    text_of,
)
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Entity, Mention, Variant, new_id, table_of


def decide(
    study: Study,
    entity_id: str,
    decision: str,
    *,
    term: str | None = None,
    kind: str | None = None,
    pseudonym: str | None = None,
) -> str | None:
    """Accept or reject an entity in all its mentions, but for those decided on by themselves.

    Args:
        study: The study.
        entity_id: The entity.
        decision: ACCEPTED or REJECTED.
        term: The general word of its pseudonym, such as "Nursery"; None takes the one of its kind.
        kind: A kind of `TERMS`, to correct the one suggested.
        pseudonym: The whole pseudonym, such as "[a town nearby]", instead of one made from a term.

    Returns:
        The pseudonym, if it was accepted.

    Raises:
        BadInput: If term or pseudonym cannot be used.
        NotFound: If there is no such entity.
        Refused: If the kind is unknown, or a mention has been sealed and what is asked would change it.
    """
    secret = read_secret(study)
    check_kind(kind)
    with change(study, "redact") as changed:
        entity = entity_of(changed.db, entity_id)
        if is_sealed(changed.db, entity_id) and (decision == REJECTED or term or pseudonym):
            raise Refused(
                f"{entity.pseudonym} has been sealed in a source.",
                "What is sealed stays so; split what differs.",
            )
        given = None
        if decision == ACCEPTED:
            given = pseudonym_for(changed.db, secret, entity, kind or entity.kind, term, pseudonym)
        stands = given or (entity.pseudonym if _has_place(changed.db, entity_id, ACCEPTED) else None)
        set_entity(changed, entity_id, kind=kind or entity.kind, decision=decision, pseudonym=stands)
        reopen_sources(changed)
        changed.summary = f"Accepted a redaction as {given}" if given else "Rejected a redaction"
    return given


def _has_place(db: Session, entity_id: str, decision: str) -> bool:
    """Whether a place of an entity was decided on in this way by itself."""
    table = table_of(Mention)
    wanted = sa.select(table.c.id).where(table.c.entity_id == entity_id, table.c.decision == decision)
    return db.execute(wanted.limit(1)).first() is not None


def set_kind(study: Study, entity_id: str, kind: str) -> None:
    """Correct the kind of an entity, whatever is decided on it.

    Raises:
        BadInput: If there is no such kind.
        NotFound: If there is no such entity.
    """
    check_kind(kind)
    with change(study, "redact", f"Changed the kind of an entity to {kind}") as changed:
        entity_of(changed.db, entity_id)
        changed.update(Entity, [{"id": entity_id, "kind": kind, "confirmed_by": None}])


def decide_rest(study: Study, entity_ids: Sequence[str], decision: str) -> int:
    """Decide alike on all of some entities that nobody has decided on; give their number.

    Raises:
        NotFound: If one of them does not exist.
    """
    secret = read_secret(study)
    with change(study, "redact") as changed:
        pending = [e for e in (entity_of(changed.db, one) for one in entity_ids) if e.decision == PENDING]
        for entity in pending:
            given = pseudonym_for(changed.db, secret, entity, entity.kind) if decision == ACCEPTED else None
            set_entity(changed, entity.id, decision=decision, pseudonym=given)
        reopen_sources(changed)
        changed.summary = f"{decision.capitalize()} {len(pending)} redactions at once"
    return len(pending)


def except_mention(study: Study, mention_id: str, decision: str | None) -> None:
    """Decide on one place otherwise than on its entity, or, with None, no longer.

    Raises:
        NotFound: If there is no such mention.
        Refused: If it is sealed, or is to be replaced though its entity has no pseudonym yet.
    """
    with change(study, "redact") as changed:
        mention = open_mention(changed.db, mention_id)
        entity = entity_of(changed.db, mention.entity_id)
        if decision == ACCEPTED and entity.decision != ACCEPTED:
            raise Refused(
                "A place can be replaced only where its entity is.",
                "Accept the entity, or split the place off.",
            )
        changed.update(Mention, [{"id": mention_id, "decision": decision}])
        set_entity(changed, entity.id)
        reopen_sources(changed)
        changed.summary = "Decided on one place of a redaction by itself"


def confirm(study: Study, entity_id: str) -> None:
    """Agree, as a second reader, that what another has let stand may stay.

    Raises:
        NotFound: If there is no such entity.
        Refused: If the same person decided on it.
    """
    with change(study, "redact", "Confirmed as a second reader what stays") as changed:
        entity = entity_of(changed.db, entity_id)
        if entity.decided_by == changed.coder:
            raise Refused("You decided on it yourself.", "A second reader is somebody else: --coder.")
        if entity.decision != REJECTED and not _has_place(changed.db, entity_id, REJECTED):
            raise Refused("Nothing of it was let stand.", "There is nothing for a second reader to confirm.")
        changed.update(Entity, [{"id": entity_id, "confirmed_by": changed.coder}])


def join_entities(study: Study, entity_id: str, same_as: str) -> str | None:
    """Make one entity of two: the mentions of the first go to the second, with its decision and pseudonym.

    Returns:
        The pseudonym they now share, if it has one.

    Raises:
        NotFound: If one of them does not exist.
        Refused: If a mention of the first has been sealed.
    """
    with change(study, "redact") as changed:
        gone = entity_of(changed.db, entity_id)
        target = changed.db.get(Entity, same_as)
        if target is None or same_as == entity_id:
            raise NotFound(f"There is no other entity '{same_as}'.", "'qualbench redact list' gives them.")
        if is_sealed(changed.db, entity_id):
            raise Refused(
                f"{gone.pseudonym} has been sealed in a source.", "Join the other one with it instead."
            )
        pseudonym = target.pseudonym
        _move(changed, entity_id, same_as)
        set_entity(changed, same_as)
        reopen_sources(changed)
        changed.summary = f"Joined an entity with {pseudonym or 'another'}"
    return pseudonym


def split_entity(study: Study, mention_ids: Sequence[str]) -> str:
    """Make an entity of its own of some mentions of one; give its id. It waits to be decided on.

    Forms that only these mentions have are known as the new entity from now on.

    Raises:
        NotFound: If there is no such mention.
        Refused: If one is sealed, they are of several entities, or they are all there are of one.
    """
    secret = read_secret(study)
    with change(study, "redact", "Split an entity in two") as changed:
        mentions = [open_mention(changed.db, one) for one in mention_ids]
        owners = {mention.entity_id for mention in mentions}
        if len(owners) != 1:
            raise Refused("Mentions of one entity only can be split off.", "Choose them again.")
        old = entity_of(changed.db, owners.pop())
        table = table_of(Mention)
        rest = changed.db.execute(
            sa.select(table).where(table.c.entity_id == old.id, table.c.id.not_in(list(mention_ids)))
        ).all()
        if not rest:
            raise Refused(
                "These are all the mentions of that entity.", "Change its pseudonym or kind instead."
            )
        entity_id = new_id()
        changed.insert(Entity, [new_entity(entity_id, old.kind)])
        changed.update(Mention, [{"id": m.id, "entity_id": entity_id, "decision": None} for m in mentions])
        stay = {digest(secret, _words(changed.db, row)) for row in rest if not row.sealed}
        remember(changed, {digest(secret, _words(changed.db, m)) for m in mentions} - stay, entity_id)
    return entity_id


def ignore(study: Study, words: Sequence[str]) -> int:
    """Remember strings that identify nobody, so that they are not asked about; give how many are new.

    One that waits to be decided on is rejected with all that is grouped with it.
    """
    secret = read_secret(study)
    with change(study, "redact") as changed:
        fresh, settled = {}, 0
        for one in filter(str.strip, words):
            columns = variant_columns(secret, one)
            known = changed.db.get(Variant, columns["digest"])
            if known is None:
                fresh[columns["digest"]] = columns
            elif entity_of(changed.db, known.entity_id).decision == PENDING:
                set_entity(changed, known.entity_id, decision=REJECTED)
                settled += 1
        ids = {key: new_id() for key in fresh}
        changed.insert(
            Entity,
            [
                new_entity(ids[key], "name") | {"decision": REJECTED, "decided_by": changed.coder}
                for key in fresh
            ],
        )
        changed.insert(Variant, [{**columns, "entity_id": ids[key]} for key, columns in fresh.items()])
        changed.summary = f"Added {len(fresh) + settled} strings not to ask about"
    return len(fresh) + settled


def _move(changed: Change, from_entity: str, to_entity: str) -> None:
    """Give all mentions and variants of one entity to another and remove it."""
    mention, variant = table_of(Mention), table_of(Variant)
    mentions = changed.db.execute(sa.select(mention.c.id).where(mention.c.entity_id == from_entity)).scalars()
    changed.update(Mention, [{"id": one, "entity_id": to_entity, "decision": None} for one in mentions])
    variants = changed.db.execute(
        sa.select(variant.c.digest).where(variant.c.entity_id == from_entity)
    ).scalars()
    changed.update(Variant, [{"digest": one, "entity_id": to_entity} for one in variants])
    changed.delete(Entity, [{"id": from_entity}])


def _words(db: Session, mention: Any) -> str:
    return text_of(db, mention.source_id)[mention.start : mention.end]
