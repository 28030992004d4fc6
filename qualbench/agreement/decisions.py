"""Decisions on differences as the study holds them, and which difference each is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.differences import CodedSpan, Comparison, Difference, compare_source
from qualbench.study.tables import Coding, Decision, Source, table_of
from qualbench.text.spans import Span, overlaps

Pair = tuple[str, str]
"""Two coders in alphabetical order; the first is A."""


@dataclass(frozen=True)
class DecisionRead:
    """What was decided about a difference.

    Attributes:
        source: The name of the source.
        coders: The two coders.
        span: All the words of the difference.
        code_a: A's code there when it was decided, or what has become of it since by merging; None if A had
            none.
        code_b: B's, likewise.
        code_chosen: A code that was chosen.
        decided_at: ISO 8601, UTC.
    """

    id: str
    source: str
    coders: Pair
    span: Span
    code_a: str | None
    code_b: str | None
    outcome: str
    code_chosen: str | None
    reason: str
    decided_by: str
    decided_at: str

    @property
    def codes(self) -> frozenset[str]:
        """The codes that it may have put into the agreed layer."""
        return frozenset(code for code in (self.code_a, self.code_b, self.code_chosen) if code is not None)


@dataclass(frozen=True)
class Place:
    """A difference with what was decided about it.

    Attributes:
        decision: The decision that stands; None if it is open.
        before: Decisions on what stood there before the codings changed; they count no more.
    """

    difference: Difference
    decision: DecisionRead | None
    before: tuple[DecisionRead, ...]


@dataclass(frozen=True)
class Matched:
    """The differences of a pair in one source, with the decisions on them.

    Attributes:
        alike: What both have coded alike to the letter.
        places: In order of place.
        stale: All decisions that count no more, for the codings have changed since.
    """

    alike: list[CodedSpan]
    places: list[Place]
    stale: list[DecisionRead]


PlaceKey = tuple[Span, str | None, str | None]
"""What tells a difference from the others of a pair in a source: all its words, A's code and B's."""


def key_of(one: Difference | DecisionRead) -> PlaceKey:
    """Give what tells a difference, or the one that a decision is about, from others in its source."""
    return one.span, one.code_a, one.code_b


def match(comparison: Comparison, decisions: Iterable[DecisionRead]) -> Matched:
    """Find for each difference the decision on it. Pure.

    A decision whose difference is no longer there is stale. Where a stale one was about words of a place that
    is decided too, and about the same code, what one coder has there has changed: the place is open again.
    """
    there = {key_of(difference) for difference in comparison.differences}
    standing: dict[PlaceKey, DecisionRead] = {}
    stale: list[DecisionRead] = []
    for decision in sorted(decisions, key=lambda d: (d.decided_at, d.id)):
        key = key_of(decision)
        if key not in there:
            stale.append(decision)
            continue
        if key in standing:  # a merge of codes has made two differences one
            stale.append(standing[key])
        standing[key] = decision
    places = []
    for difference in comparison.differences:
        decision_there = standing.get(key_of(difference))
        if decision_there is None:
            before = [old for old in stale if _concerns(old, difference)]
        else:
            before = [old for old in stale if _was_part_of(old, difference)]
            if before:
                before.append(decision_there)
                decision_there = None
        places.append(Place(difference, decision_there, tuple(before)))
    void = {old.id: old for place in places for old in place.before}
    stale = [*stale, *(old for old in void.values() if old not in stale)]
    return Matched(comparison.agreed, places, stale)


def _concerns(old: DecisionRead, difference: Difference) -> bool:
    same_code = {old.code_a, old.code_b} & set(difference.codes)
    return overlaps(old.span, difference.span) and (bool(same_code) or old.span == difference.span)


def _was_part_of(old: DecisionRead, difference: Difference) -> bool:
    inside = difference.span.start <= old.span.start and old.span.end <= difference.span.end
    same_a = old.code_a is not None and old.code_a == difference.code_a
    same_b = old.code_b is not None and old.code_b == difference.code_b
    return inside and (same_a or same_b)


def compare_pair(db: Session, source_ids: Collection[str], coders: Pair) -> dict[str, Comparison]:
    """Compare two coders in some sources, by source id."""
    table = table_of(Coding)
    rows = db.execute(
        sa.select(table.c.source_id, table.c.layer, table.c.start, table.c.end, table.c.code_id)
        .where(table.c.source_id.in_(source_ids), table.c.layer.in_(coders))
        .order_by(table.c.start, table.c.end, table.c.code_id)
    )
    layers: dict[tuple[str, str], list[CodedSpan]] = defaultdict(list)
    for source_id, layer, start, end, code in rows:
        layers[source_id, layer].append(CodedSpan(Span(start, end), code))
    a, b = coders
    return {id_: compare_source(layers[id_, a], layers[id_, b]) for id_ in source_ids}


def match_pair(db: Session, source_ids: Collection[str], coders: Pair) -> dict[str, Matched]:
    """Compare two coders in some sources and find the decisions on their differences, by source id."""
    decisions = read_decisions(db, source_ids, coders)
    return {
        source_id: match(comparison, decisions.get(source_id, ()))
        for source_id, comparison in compare_pair(db, source_ids, coders).items()
    }


def read_decisions(
    db: Session, source_ids: Collection[str], coders: Pair
) -> Mapping[str, Sequence[DecisionRead]]:
    """Give the decisions on two coders' differences in some sources, by source id."""
    table = table_of(Decision)
    of_pair = sa.and_(table.c.layer_a == coders[0], table.c.layer_b == coders[1])
    found: dict[str, list[DecisionRead]] = defaultdict(list)
    for source_id, decision in _decisions(db, sa.and_(of_pair, table.c.source_id.in_(source_ids))):
        found[source_id].append(decision)
    return found


def find_decision(db: Session, decision_id: str) -> tuple[str, DecisionRead] | None:
    """Give a decision by its id, and the id of its source; None if there is none."""
    found = _decisions(db, table_of(Decision).c.id == decision_id)
    return found[0] if found else None


def _decisions(db: Session, condition: sa.ColumnElement[bool]) -> list[tuple[str, DecisionRead]]:
    table, source = table_of(Decision), table_of(Source)
    rows = db.execute(
        sa.select(table, source.c.name)
        .join_from(table, source, table.c.source_id == source.c.id)
        .where(condition)
        .order_by(source.c.name, table.c.start, table.c.end, table.c.decided_at, table.c.id)
    )
    return [
        (
            row.source_id,
            DecisionRead(
                row.id,
                row.name,
                (row.layer_a, row.layer_b),
                Span(row.start, row.end),
                row.code_a,
                row.code_b,
                row.outcome,
                row.code_chosen,
                row.reason,
                row.decided_by,
                row.decided_at,
            ),
        )
        for row in rows
    ]
