"""What the review shows of an entity and of its places."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from qualbench.redaction.entities import (
    ACCEPTED,
    PENDING,
    QUEUES,
    REJECTED,
    EntityRead,
    MentionRead,
    in_queue,
)
from qualbench.redaction.patterns import STRONG

MARKS = {PENDING: "?", ACCEPTED: "✓", REJECTED: "·"}
"""One character for each decision, told apart without colour."""


def queue_line(entities: Sequence[EntityRead], present: str, reader: str | None) -> str:
    """Give how much is in each list, the present one in brackets, and how much of it is strong."""
    counts = {queue: len(in_queue(entities, queue, reader)) for queue in QUEUES}
    lists = "  ".join(f"[{q} {n}]" if q == present else f"{q} {n}" for q, n in counts.items())
    strong = sum(entity.tier == STRONG for entity in in_queue(entities, present, reader))
    return f"{lists}    here: {strong} strong ●, {counts[present] - strong} possible ○"


def entity_cells(entity: EntityRead) -> tuple[str, str, Text, Text, str]:
    """Give the cells of the list: decision, tier, forms, kind or pseudonym, number of places."""
    forms = " | ".join(entity.texts)
    said = entity.pseudonym or entity.kind.replace("_", " ")
    return (
        MARKS[entity.decision],
        "●" if entity.tier == STRONG else "○",
        Text(forms),
        Text(said),
        str(len(entity.mentions)),
    )


def entity_headline(entity: EntityRead, mention: MentionRead) -> Text:
    """Give the forms of an entity, what it is, what has been decided, and why one place is listed."""
    decision = {
        PENDING: "not decided",
        ACCEPTED: f"becomes {entity.pseudonym}",
        REJECTED: "stays as it is",
    }[entity.decision]
    by = f" (by {entity.decided_by})" if entity.decided_by else ""
    also = ", sealed in other sources" if entity.fixed else ""
    return Text.assemble(
        (" | ".join(entity.texts)[:60], "bold"),
        f"\n{entity.kind.replace('_', ' ')}, {entity.tier}: {decision}{by}{also}",
        (f"\n{mention.source}: {mention.reason} ({mention.detector})", "dim"),
    )


def mention_line(mention: MentionRead, marked: bool, width: int) -> tuple[str, str, Text]:
    """Give the cells of a place: decision, source, and its words in the middle of so many cells."""
    mark = MARKS[mention.decision] + ("!" if mention.exception else "") + ("■" if marked else "")
    around = max(4, (width - len(mention.text)) // 2)
    before = mention.before[-around:].rjust(around)
    context = Text.assemble((before, "dim"), (mention.text, "bold reverse"), (mention.after[:around], "dim"))
    context.no_wrap = True
    return mark, mention.source, context
