"""Entities: each person, place or organisation once, over the whole study, with all its mentions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import digest
from qualbench.study.tables import Entity, Mention, Source, Variant, new_id, table_of
from qualbench.text.spans import Span
from qualbench.text.words import fold

PENDING, ACCEPTED, REJECTED = "pending", "accepted", "rejected"

_AROUND = 30  # code points of context either side of a mention

TERMS = {
    "name": "Name",
    "person": "Person",
    "place": "Place",
    "organisation": "Organisation",
    "address": "Address",
    "postcode": "Postcode",
    "phone": "Phone number",
    "email": "E-mail address",
    "url": "Web address",
    "handle": "User name",
    "nhs_number": "NHS number",
    "chi_number": "CHI number",
    "ni_number": "National Insurance number",
    "date": "Date",
    "date_of_birth": "Date of birth",
    "age": "Age",
    "car_registration": "Car registration",
    "case_reference": "Case reference",
}
"""The general term that stands for each kind of identifier; the kinds there are."""


@dataclass(frozen=True)
class MentionRead:
    """A place where an entity is named, with its words and those around them."""

    source: str
    start: int
    end: int
    text: str
    context: str
    tier: str
    detector: str
    reason: str


@dataclass(frozen=True)
class EntityRead:
    """An entity with its mentions in unsealed sources."""

    id: str
    kind: str
    pseudonym: str | None
    decision: str
    mentions: list[MentionRead]

    @property
    def texts(self) -> list[str]:
        """The forms under which it appears."""
        return list(dict.fromkeys(mention.text for mention in self.mentions))


def list_entities(study: Study) -> list[EntityRead]:
    """Give the entities of unsealed sources: undecided first, then those named most."""
    entity, mention, source = table_of(Entity), table_of(Mention), table_of(Source)
    with study.read() as db:
        texts = {
            row.id: (row.name, row.text)
            for row in db.execute(
                sa.select(source.c.id, source.c.name, source.c.text).where(source.c.state != "sealed")
            )
        }
        mentions: dict[str, list[MentionRead]] = defaultdict(list)
        for row in db.execute(sa.select(mention).order_by(mention.c.source_id, mention.c.start)):
            if row.source_id in texts:
                name, text = texts[row.source_id]
                mentions[row.entity_id].append(
                    MentionRead(
                        name,
                        row.start,
                        row.end,
                        text[row.start : row.end],
                        " ".join(text[max(0, row.start - _AROUND) : row.end + _AROUND].split()),
                        row.tier,
                        row.detector,
                        row.reason,
                    )
                )
        entities = [
            EntityRead(row.id, row.kind, row.pseudonym, row.decision, mentions[row.id])
            for row in db.execute(sa.select(entity))
            if mentions[row.id]
        ]
    return sorted(entities, key=lambda e: (e.decision != PENDING, -len(e.mentions), e.texts[0].casefold()))


def find_entity(study: Study, id_or_form: str) -> str:
    """Give the id of an entity by its id, or by a form under which only it appears in unsealed sources.

    Raises:
        NotFound: If there is none, or several have that form.
    """
    entities = list_entities(study)
    if id_or_form in {entity.id for entity in entities}:
        return id_or_form
    named = [e for e in entities if fold(id_or_form) in map(fold, e.texts)]
    if len(named) == 1:
        return named[0].id
    many = "Several entities appear" if named else "No entity appears"
    raise NotFound(
        f"{many} as '{id_or_form}' in an unsealed source.", "'qualbench redact list' gives the ids."
    )


def decide(
    study: Study,
    entity_id: str,
    decision: str,
    *,
    term: str | None = None,
    kind: str | None = None,
) -> str | None:
    """Accept or reject an entity, in all its mentions.

    Args:
        study: The study.
        entity_id: The entity.
        decision: ACCEPTED or REJECTED.
        term: The general word of its pseudonym, such as "Nursery"; None takes the one of its kind.
        kind: A kind of `TERMS`, to correct the one suggested.

    Returns:
        The pseudonym, if it was accepted.

    Raises:
        NotFound: If there is no such entity.
        Refused: If the kind is unknown, or a mention of it has been sealed.
    """
    if kind is not None and kind not in TERMS:
        raise Refused(f"'{kind}' is not a kind of identifier.", f"Use one of {', '.join(TERMS)}.")
    with change(study, "redact") as changed:
        entity = _undecided(changed.db, entity_id)
        pseudonym = None
        if decision == ACCEPTED:
            pseudonym = entity.pseudonym or next_pseudonym(changed.db, term or TERMS[kind or entity.kind])
        changed.update(
            Entity,
            [
                {
                    "id": entity_id,
                    "kind": kind or entity.kind,
                    "decision": decision,
                    "pseudonym": pseudonym,
                }
            ],
        )
        changed.summary = f"Accepted a redaction as {pseudonym}" if pseudonym else "Rejected a redaction"
    return pseudonym


def join_entities(study: Study, entity_id: str, same_as: str) -> EntityRead:
    """Make one entity of two: the mentions of the first go to the second, with its decision and pseudonym.

    Raises:
        NotFound: If one of them does not exist.
        Refused: If a mention of the first has been sealed.
    """
    with change(study, "redact") as changed:
        _undecided(changed.db, entity_id)
        target = changed.db.get(Entity, same_as)
        if target is None or same_as == entity_id:
            raise NotFound(f"There is no other entity '{same_as}'.", "'qualbench redact list' gives them.")
        joined = EntityRead(target.id, target.kind, target.pseudonym, target.decision, [])
        _move_mentions(changed, entity_id, same_as)
        changed.summary = f"Joined an entity with {joined.pseudonym or 'another'}"
    return joined


def _undecided(db: Session, entity_id: str) -> Entity:
    """An entity on which a decision can still be taken or changed."""
    entity = db.get(Entity, entity_id)
    if entity is None:
        raise NotFound(f"There is no entity '{entity_id}'.", "'qualbench redact list' gives them.")
    mention, source = table_of(Mention), table_of(Source)
    sealed = db.execute(
        sa.select(source.c.name)
        .join_from(mention, source, mention.c.source_id == source.c.id)
        .where(mention.c.entity_id == entity_id, source.c.state == "sealed")
    ).first()
    if sealed is not None:
        raise Refused(f"{sealed.name} has been sealed with that decision.", "What is sealed stays so.")
    return entity


def next_pseudonym(db: Session, term: str) -> str:
    """Give the next free pseudonym of a term: `[Nursery 3]` after `[Nursery 2]`.

    Raises:
        BadInput: If the term is not words.
    """
    if not re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", term):
        raise BadInput(f"'{term}' cannot be the word of a pseudonym.", "Use words only, such as Nursery.")
    table = table_of(Entity)
    taken = db.execute(
        sa.select(table.c.pseudonym).where(table.c.pseudonym.startswith(f"[{term} "))
    ).scalars()
    numbers = [int(m[1]) for p in taken if (m := re.fullmatch(rf"\[{re.escape(term)} (\d+)\]", p or ""))]
    return f"[{term} {max(numbers, default=0) + 1}]"


def _move_mentions(changed: Change, from_entity: str, to_entity: str) -> None:
    """Give all mentions and variants of one entity to another and remove it."""
    mention, variant = table_of(Mention), table_of(Variant)
    mentions = changed.db.execute(sa.select(mention.c.id).where(mention.c.entity_id == from_entity)).scalars()
    changed.update(Mention, [{"id": one, "entity_id": to_entity} for one in mentions])
    variants = changed.db.execute(
        sa.select(variant.c.digest).where(variant.c.entity_id == from_entity)
    ).scalars()
    changed.update(Variant, [{"digest": one, "entity_id": to_entity} for one in variants])
    changed.delete(Entity, [{"id": from_entity}])


def variant_columns(secret: bytes, words: str) -> dict[str, str]:
    """Give what the study remembers of a form of words: digests of the whole and of its first word."""
    first = re.search(r"\w+", words)
    return {
        "digest": digest(secret, words),
        "first_word_digest": digest(secret, first[0] if first else words),
    }


def whole_words(text: str, words: str) -> list[Span]:
    """Find a string in a text where it stands as whole words, in the same case, whatever its apostrophes."""
    pattern = re.sub("['’]", "['’]", re.escape(words))
    before, after = r"(?<!\w)" if words[:1].isalnum() else "", r"(?!\w)" if words[-1:].isalnum() else ""
    return [Span(*match.span()) for match in re.finditer(before + pattern + after, text)]


def insert_mentions(changed: Change, source_id: str, entity_id: str, spans: Iterable[Span]) -> None:
    """Add mentions that a reviewer has decided on."""
    changed.insert(
        Mention,
        [
            {
                "id": new_id(),
                "source_id": source_id,
                "start": span.start,
                "end": span.end,
                "entity_id": entity_id,
                "tier": "strong",
                "detector": "reviewer",
                "reason": "decided by a reviewer",
            }
            for span in spans
        ],
    )
