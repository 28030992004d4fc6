"""Suggesting redactions: looking through sources and keeping what is new, by entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.detectors import suggest
from qualbench.redaction.entities import PENDING, variant_columns
from qualbench.redaction.patterns import Suggestion
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Entity, Mention, Source, Turn, Variant, new_id, table_of
from qualbench.text.spans import Span
from qualbench.text.words import fold
from qualbench.transcripts.sources import source_ids


def suggest_in_sources(
    study: Study,
    names: Sequence[str] = (),
    sources: Sequence[str] = (),
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> dict[str, int]:
    """Look for identifiers in unsealed sources and keep what is new as suggestions.

    What was decided before is remembered: a name accepted or rejected once is so wherever it comes back.

    Args:
        study: The study.
        names: Names known to the team; they are not kept.
        sources: Names of sources; none means all that are not sealed.
        progress: Called before each source with the number done, the number of all, and its name.

    Returns:
        The number of new mentions by source.
    """
    wanted = _unsealed(study, sources)
    secret = read_secret(study)
    counts = {}
    for done, (source_id, name) in enumerate(wanted):
        progress(done, len(wanted), name)
        with change(study, "suggest") as changed:
            text, labels = _text_and_labels(changed.db, source_id)
            found = suggest(text, names, labels)
            counts[name] = _keep(changed, secret, source_id, text, found)
            changed.update(Source, [{"id": source_id, "state": "suggested"}])
            changed.summary = f"Suggested {counts[name]} redactions in {source_mark(source_id)}"
    return counts


def _unsealed(study: Study, sources: Sequence[str]) -> list[tuple[str, str]]:
    table = table_of(Source)
    with study.read() as db:
        if sources:
            source_ids(db, list(sources))
        rows = db.execute(sa.select(table.c.id, table.c.name).where(table.c.state != "sealed")).all()
    return sorted(((i, name) for i, name in rows if not sources or name in sources), key=lambda row: row[1])


def _text_and_labels(db: Session, source_id: str) -> tuple[str, list[Span]]:
    source, turn = table_of(Source), table_of(Turn)
    text = str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
    rows = db.execute(
        sa.select(turn.c.label_start, turn.c.start)
        .where(turn.c.source_id == source_id, turn.c.label_start < turn.c.start)
        .order_by(turn.c.start)
    )
    return text, [Span(start, end - len(": ")) for start, end in rows]


def _keep(changed: Change, secret: bytes, source_id: str, text: str, found: Sequence[Suggestion]) -> int:
    """Store suggestions that are new, each with the entity of its words; give their number."""
    mention, variant = table_of(Mention), table_of(Variant)
    taken = bytearray(len(text))
    for start, end in changed.db.execute(
        sa.select(mention.c.start, mention.c.end).where(mention.c.source_id == source_id)
    ):
        taken[start:end] = b"\1" * (end - start)
    fresh = [s for s in found if not any(taken[s.start : s.end])]
    digests = {words: digest(secret, words) for words in {fold(text[s.start : s.end]) for s in fresh}}
    known: Mapping[str, str] = {
        row.digest: row.entity_id
        for row in changed.db.execute(sa.select(variant.c.digest, variant.c.entity_id))
    }
    new_entities: dict[str, tuple[str, str]] = {}
    for s in fresh:
        key = digests[fold(text[s.start : s.end])]
        if key not in known:
            new_entities.setdefault(key, (new_id(), s.kind))
    changed.insert(
        Entity,
        [
            {"id": entity_id, "kind": kind, "decision": PENDING, "pseudonym": None}
            for entity_id, kind in new_entities.values()
        ],
    )
    words_of = {key: words for words, key in digests.items()}
    changed.insert(
        Variant,
        [
            {**variant_columns(secret, words_of[key]), "entity_id": entity_id}
            for key, (entity_id, _) in new_entities.items()
        ],
    )
    changed.insert(
        Mention,
        [
            {
                "id": new_id(),
                "source_id": source_id,
                "start": s.start,
                "end": s.end,
                "entity_id": known.get(key) or new_entities[key][0],
                "tier": s.tier,
                "detector": s.detector,
                "reason": s.reason,
            }
            for s in fresh
            for key in [digests[fold(text[s.start : s.end])]]
        ],
    )
    return len(fresh)
