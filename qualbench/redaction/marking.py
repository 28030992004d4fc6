"""Marking by hand what no detector found, and moving the ends of what one did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qualbench.errors import Refused
from qualbench.redaction.entities import ACCEPTED, insert_mentions, reopen_sources, whole_words
from qualbench.redaction.forms import variant_columns
from qualbench.redaction.records import (
    check_kind,
    check_labels,
    entity_of,
    is_sealed,
    mentions_of_source,
    new_entity,
    open_mention,
    pseudonym_for,
    remember,
    set_entity,
    text_of,
)
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import read_secret
from qualbench.study.tables import Entity, Mention, Source, Variant, new_id, table_of
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class Added:
    """What a person has marked: its entity, the pseudonym, and how many places have the same words."""

    entity_id: str
    pseudonym: str
    places: int


def add_mention(
    study: Study,
    source: str,
    span: Span,
    *,
    kind: str = "person",
    term: str | None = None,
    pseudonym: str | None = None,
    entity_id: str | None = None,
) -> Added:
    """Accept a passage that no detector found, here and wherever the same whole words stand in the study.

    A source that is sealed already can be added to: its codings move when it is sealed again.

    Args:
        study: The study.
        source: The name of the source.
        span: The passage, in code points, half-open.
        kind: A kind of `TERMS`.
        term: The general word of its pseudonym.
        pseudonym: The whole pseudonym instead.
        entity_id: An entity that it is; None takes the one that has the same words, or makes one.

    Raises:
        NotFound: If there is no such source or entity.
        Refused: If the passage is empty or has been redacted already, or the kind is unknown.
    """
    secret = read_secret(study)
    check_kind(kind)
    with change(study, "redact") as changed:
        source_id = source_ids(changed.db, [source])[source]
        text = text_of(changed.db, source_id)
        words = text[span.start : span.end].strip() if 0 <= span.start < span.end <= len(text) else ""
        if not words:
            raise Refused(f"{span.start}-{span.end} is not a passage of {source}.", "Give offsets inside it.")
        start = text.index(words, span.start)
        check_labels(changed.db, source_id, Span(start, start + len(words)))
        columns = variant_columns(secret, words)
        known = changed.db.get(Variant, columns["digest"])
        target = entity_id or (known.entity_id if known is not None else None)
        if target is None:
            target = new_id()
            changed.insert(Entity, [new_entity(target, kind)])
        entity = entity_of(changed.db, target)
        if entity.decision != ACCEPTED or ((pseudonym or term) and not is_sealed(changed.db, target)):
            given = pseudonym_for(changed.db, secret, entity, kind, term, pseudonym)
            set_entity(changed, target, kind=kind, decision=ACCEPTED, pseudonym=given)
        remember(changed, {columns["digest"]}, target, columns)
        places = _mark(changed, target, words, (source_id, Span(start, start + len(words))))
        reopen_sources(changed)
        given = str(entity_of(changed.db, target).pseudonym)
        changed.summary = f"Marked {places} places as {given}"
    return Added(target, given, places)


def resize_mention(study: Study, mention_id: str, span: Span) -> None:
    """Move the ends of a mention, where a detector has taken too much or too little.

    Raises:
        NotFound: If there is no such mention.
        Refused: If it is sealed, or would overlap another or hold nothing but white space.
    """
    secret = read_secret(study)
    with change(study, "redact", "Moved the ends of a redaction") as changed:
        mention = open_mention(changed.db, mention_id)
        text = text_of(changed.db, mention.source_id)
        if not (0 <= span.start < span.end <= len(text)) or not text[span.start : span.end].strip():
            raise Refused("A redaction must hold some text.", "Move the other end.")
        check_labels(changed.db, mention.source_id, span)
        for other in mentions_of_source(changed.db, mention.source_id):
            if other.id != mention_id and overlaps(Span(other.start, other.end), span):
                raise Refused("Another redaction stands there.", "Make that one smaller first.")
        changed.update(Mention, [{"id": mention_id, "start": span.start, "end": span.end}])
        columns = variant_columns(secret, text[span.start : span.end])
        if changed.db.get(Variant, columns["digest"]) is None:
            changed.insert(Variant, [{**columns, "entity_id": mention.entity_id}])


def _mark(changed: Change, entity_id: str, words: str, here: tuple[str, Span]) -> int:
    """Make mentions of an entity where its words stand whole; what was suggested within is taken over."""
    source, places = table_of(Source), 0
    for source_id, text in changed.db.execute(sa.select(source.c.id, source.c.text)).all():
        spans = whole_words(text, words)
        if source_id == here[0] and here[1] not in spans:
            spans = [here[1], *(span for span in spans if not overlaps(span, here[1]))]
        if not spans:
            continue
        present = mentions_of_source(changed.db, source_id)
        marked = {Span(m.start, m.end) for m in present if m.entity_id == entity_id and m.decision is None}
        blocked = [
            Span(m.start, m.end)
            for m in present
            if m.sealed
            or not any(_within(m, span) for span in spans)
            or _decided_elsewhere(m, entity_id, here)
        ]
        free = [s for s in spans if s not in marked and not any(overlaps(s, one) for one in blocked)]
        if source_id == here[0] and here[1] not in marked and here[1] not in free:
            raise Refused("Another redaction stands there.", "Decide on that one, or move its ends.")
        gone = [m.id for m in present if any(_within(m, span) for span in free)]
        changed.delete(Mention, [{"id": id_} for id_ in gone])
        insert_mentions(changed, source_id, entity_id, free)
        places += len(free) + sum(span in marked for span in spans)
    return places


def _decided_elsewhere(mention: Any, entity_id: str, here: tuple[str, Span]) -> bool:
    """Whether somebody has decided on a place of the entity by itself, and it is not the one marked now."""
    is_here = mention.source_id == here[0] and overlaps(Span(mention.start, mention.end), here[1])
    return mention.entity_id == entity_id and mention.decision is not None and not is_here


def _within(mention: Any, span: Span) -> bool:
    return bool(span.start <= mention.start and mention.end <= span.end)
