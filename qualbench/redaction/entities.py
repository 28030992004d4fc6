"""Entities: each person, place or organisation once, over the whole study, with all its mentions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import sqlalchemy as sa

from qualbench.errors import NotFound
from qualbench.redaction.kinds import INDIRECT
from qualbench.redaction.patterns import STRONG
from qualbench.study.database import Study
from qualbench.study.journal import Change
from qualbench.study.tables import Entity, Mention, Source, new_id, table_of
from qualbench.text.spans import Span
from qualbench.text.words import fold

PENDING, ACCEPTED, REJECTED = "pending", "accepted", "rejected"

NAMES, DETAILS, SECOND, DECIDED = "names", "details", "second", "decided"
QUEUES = {
    NAMES: "what names somebody or something, to be decided",
    DETAILS: "what identifies indirectly, to be decided",
    SECOND: "what another reader has let stand",
    DECIDED: "what has been decided and is not sealed",
}
"""The lists to work through, and what each holds."""

_AROUND = 60  # code points of context either side of a mention


@dataclass(frozen=True)
class MentionRead:
    """A place where an entity is named, with its words and those around them on one line.

    Attributes:
        decision: What holds here: PENDING, ACCEPTED or REJECTED.
        exception: Whether that was decided for this place alone.
    """

    id: str
    source: str
    start: int
    end: int
    text: str
    before: str
    after: str
    tier: str
    detector: str
    reason: str
    decision: str
    exception: bool


@dataclass(frozen=True)
class EntityRead:
    """An entity with those of its mentions that are not sealed.

    Attributes:
        decided_by: Initials of who decided on it.
        confirmed_by: Initials of the second reader who agreed that it stays.
        fixed: Whether other mentions are sealed, so that its pseudonym cannot change any more.
    """

    id: str
    kind: str
    pseudonym: str | None
    decision: str
    decided_by: str | None
    confirmed_by: str | None
    fixed: bool
    mentions: list[MentionRead]

    @cached_property
    def texts(self) -> list[str]:
        """The forms under which it appears, the most frequent first."""
        return [text for text, _ in Counter(mention.text for mention in self.mentions).most_common()]

    @cached_property
    def tier(self) -> str:
        """The tier of its strongest mention."""
        return min((mention.tier for mention in self.mentions), key=lambda tier: tier != STRONG)


def list_entities(study: Study) -> list[EntityRead]:
    """Give the entities with mentions that are not sealed: undecided first, the strongest, the most named."""
    entity, mention, source = table_of(Entity), table_of(Mention), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(mention, entity.c.decision.label("general"))
            .join_from(mention, entity, mention.c.entity_id == entity.c.id)
            .where(~mention.c.sealed)
            .order_by(mention.c.source_id, mention.c.start)
        ).all()
        sources = {row.source_id for row in rows}
        texts = {
            row.id: (row.name, row.text)
            for row in db.execute(sa.select(source.c.id, source.c.name, source.c.text))
            if row.id in sources
        }
        known = db.execute(sa.select(entity)).all()
        fixed = set(db.execute(sa.select(mention.c.entity_id).where(mention.c.sealed)).scalars())
    mentions: dict[str, list[MentionRead]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (texts[row.source_id][0], row.start)):
        name, text = texts[row.source_id]
        mentions[row.entity_id].append(
            MentionRead(
                row.id,
                name,
                row.start,
                row.end,
                text[row.start : row.end],
                text[max(0, row.start - _AROUND) : row.start].replace("\n", " "),
                text[row.end : row.end + _AROUND].replace("\n", " "),
                row.tier,
                row.detector,
                row.reason,
                row.decision or row.general,
                row.decision is not None,
            )
        )
    entities = [
        EntityRead(
            row.id,
            row.kind,
            row.pseudonym,
            row.decision,
            row.decided_by,
            row.confirmed_by,
            row.id in fixed,
            mentions[row.id],
        )
        for row in known
        if mentions[row.id]
    ]
    return sorted(
        entities,
        key=lambda e: (
            e.decision != PENDING,
            e.tier != STRONG,
            -len(e.mentions),
            e.texts[0].casefold(),
            e.id,
        ),
    )


def in_queue(entities: Iterable[EntityRead], queue: str, reader: str | None = None) -> list[EntityRead]:
    """Give those entities that stand in one of `QUEUES`.

    Args:
        entities: Entities, whose order is kept.
        queue: One of `QUEUES`.
        reader: Initials of who reads: what they rejected themselves is not theirs to read a second time.
    """
    if queue == SECOND:
        return [
            e
            for e in entities
            if e.confirmed_by is None
            and e.decided_by != reader
            and any(mention.decision == REJECTED for mention in e.mentions)
        ]
    if queue == DECIDED:
        return [e for e in entities if e.decision != PENDING]
    return [e for e in entities if e.decision == PENDING and (e.kind == INDIRECT) == (queue == DETAILS)]


def decided(entity: EntityRead, decision: str, pseudonym: str | None, by: str) -> EntityRead:
    """Give an entity as it is once somebody has decided on it; places with an exception keep theirs."""
    mentions = [m if m.exception else replace(m, decision=decision) for m in entity.mentions]
    return replace(
        entity, decision=decision, pseudonym=pseudonym, decided_by=by, confirmed_by=None, mentions=mentions
    )


def find_entity(study: Study, id_or_form: str) -> str:
    """Give the id of an entity by its id, or by a form under which only it appears unsealed.

    Raises:
        NotFound: If there is none, or several have that form.
    """
    entities = list_entities(study)
    if id_or_form in {entity.id for entity in entities}:
        return id_or_form
    named = [e for e in entities if fold(id_or_form) in map(fold, e.texts) or id_or_form == e.pseudonym]
    if len(named) == 1:
        return named[0].id
    many = "Several entities appear" if named else "No entity appears"
    raise NotFound(
        f"{many} as '{id_or_form}' in an unsealed source.", "'qualbench redact list' gives the ids."
    )


def whole_words(text: str, words: str) -> list[Span]:
    """Find a string in a text where it stands as whole words, in the same case; over a line end too."""
    pattern = re.sub("['’]", "['’]", re.escape(words)).replace(r"\ ", r"\s")
    before, after = r"(?<!\w)" if words[:1].isalnum() else "", r"(?!\w)" if words[-1:].isalnum() else ""
    return [Span(*match.span()) for match in re.finditer(before + pattern + after, text)]


def insert_mentions(changed: Change, source_id: str, entity_id: str, spans: Sequence[Span]) -> None:
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
                "tier": STRONG,
                "detector": "reviewer",
                "reason": "decided by a reviewer",
                "decision": None,
                "sealed": False,
            }
            for span in spans
        ],
    )


def reopen_sources(changed: Change) -> None:
    """Take the seal off those sources that have something left to decide on or to replace."""
    source, mention, entity = table_of(Source), table_of(Mention), table_of(Entity)
    decision = sa.func.coalesce(mention.c.decision, entity.c.decision)
    rows = changed.db.execute(
        sa.select(source.c.id)
        .join_from(mention, entity, mention.c.entity_id == entity.c.id)
        .join(source, source.c.id == mention.c.source_id)
        .where(source.c.state == "sealed", ~mention.c.sealed, decision != REJECTED)
        .distinct()
    ).scalars()
    changed.update(Source, [{"id": id_, "state": "suggested"} for id_ in rows])
