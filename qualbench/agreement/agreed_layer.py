"""The agreed layer: what stands behind each passage of it, putting passages there, taking them back.

In the agreed layer a code covers a word once. Where two pairs of coders agree on overlapping words of one
code, they are one passage of all the words of either. To take back what one decision put there, the passage
is made again from what else stands behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.decisions import DecisionRead, match_pair
from qualbench.agreement.outcomes import CHOSEN, results_of
from qualbench.coding.rows import grow, insert_codings
from qualbench.errors import Refused
from qualbench.study.journal import Change
from qualbench.study.states import FINISHED
from qualbench.study.tables import AGREED, Assignment, Coding, Memo, table_of
from qualbench.text.spans import Span, overlaps

_TAKE_OFF = "Look at it with 'qualbench code list --layer agreed'; 'qualbench code remove ID' takes it off."


@dataclass(frozen=True)
class Claim:
    """Words that should have a code in the agreed layer.

    Attributes:
        decision_id: The decision that says so; None if two coders have coded them alike.
    """

    span: Span
    code: str
    decision_id: str | None


def finished_pairs(db: Session, source_ids: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Give the pairs of coders who have finished each of some sources, by source id."""
    table = table_of(Assignment)
    rows = db.execute(
        sa.select(table.c.source_id, table.c.layer)
        .where(table.c.source_id.in_(source_ids), table.c.state == FINISHED)
        .order_by(table.c.layer)
    ).all()
    return {
        id_: list(combinations([row.layer for row in rows if row.source_id == id_], 2)) for id_ in source_ids
    }


def claims_in(db: Session, source_id: str) -> list[Claim]:
    """Give what stands behind the agreed layer of a source, as far as it is known: what any two coders have
    coded alike, and what the decisions that stand have put there."""
    claims = []
    chosen = []
    for pair in finished_pairs(db, [source_id])[source_id]:
        matched = match_pair(db, [source_id], pair)[source_id]
        claims += [Claim(coded.span, coded.code, None) for coded in matched.alike]
        for place in matched.places:
            decision = place.decision
            if decision is not None and decision.outcome in CHOSEN:
                chosen.append(decision.id)
            elif decision is not None:
                results = results_of(place.difference, decision.outcome)
                claims += [Claim(span, code, decision.id) for span, code in results]
    rows = [row for row in _agreed(db, source_id) if row.decision_id in chosen]
    return [*claims, *(Claim(_span(row), row.code_id, row.decision_id) for row in rows)]


def holds(db: Session, source_id: str, span: Span, decision_id: str) -> bool:
    """Tell whether a decision has put exactly these words into the agreed layer."""
    return any(row.decision_id == decision_id and _span(row) == span for row in _agreed(db, source_id))


def put(changed: Change, source_id: str, claims: Sequence[Claim]) -> int:
    """Put passages into the agreed layer of a source.

    One that a passage with the code holds already changes nothing; one that overlaps some becomes one with
    them.

    Args:
        changed: The change to take part in.
        source_id: The source.
        claims: All of one decision, or all of none.

    Returns:
        How many passages are new or have grown.
    """
    present = _agreed(changed.db, source_id)
    new: list[Claim] = []
    grown = 0
    for code in dict.fromkeys(claim.code for claim in claims):
        rows = [row for row in present if row.code_id == code]
        wanted = [
            claim
            for claim in claims
            if claim.code == code
            and not any(row.start <= claim.span.start and claim.span.end <= row.end for row in rows)
        ]
        reached = [row for row in rows if any(overlaps(_span(row), claim.span) for claim in wanted)]
        for span in _joined([*(claim.span for claim in wanted), *map(_span, reached)]):
            decision_id = wanted[0].decision_id
            inside = [row for row in reached if overlaps(_span(row), span)]
            if inside:
                _grow(changed, source_id, inside, Claim(span, code, decision_id))
                grown += 1
            else:
                new.append(Claim(span, code, decision_id))
    _insert(changed, source_id, new)
    return grown + len(new)


def take_back(
    changed: Change,
    source_id: str,
    decision: DecisionRead,
    own: Sequence[Claim] | None,
    others: Sequence[Claim],
) -> None:
    """Take out of the agreed layer what a decision put there, but for what else stands behind it.

    Args:
        changed: The change to take part in.
        source_id: The source.
        decision: The decision.
        own: What it put there; None where that cannot be known from what the coders have.
        others: What else stands behind the agreed layer of the source.

    Raises:
        Refused: If what it put there has been changed since.
    """
    present = _agreed(changed.db, source_id)
    as_they_are = _as_they_are(changed.db, source_id, present)
    has_own = any(row.decision_id == decision.id for row in present)
    for row in present:
        whole, left = _pieces(row, [*others, *(own or ())]), _pieces(row, others)
        if row.decision_id == decision.id:
            cut = any(_same(row, claim) and not _inside(row, claim) for claim in own or ())
            explained = own is None or (whole == [_span(row)] and not cut)
            if row.code_id not in decision.codes or not explained:
                raise Refused(
                    "What that decision put into the agreed layer has been changed since.", _TAKE_OFF
                )
            _replace(changed, source_id, row, left, others)
        elif row.decision_id in as_they_are and _may_hold(row, decision, own, has_own):
            raise Refused(
                "What that decision put into the agreed layer is part of a passage that another one redrew, "
                "or put there before its codings changed.",
                f"Reopen that one first, or decide it anew: qualbench reconcile reopen {row.decision_id}.",
            )
        elif own and whole == [_span(row)] and left != whole:
            _replace(changed, source_id, row, left, others)


def replace_stale(
    changed: Change, source_id: str, stale: Collection[DecisionRead], claims: Sequence[Claim]
) -> None:
    """Take out of the agreed layer what decisions put there that count no more.

    A passage that has been given another code since stays: the team has looked at it.

    Args:
        changed: The change to take part in.
        source_id: The source.
        stale: The decisions.
        claims: What stands behind the agreed layer of the source, the decision that replaces them included.

    Raises:
        Refused: If somebody has written a memo on such a passage (see `refuse_memos`).
    """
    by_id = {decision.id: decision for decision in stale}
    for row in _agreed(changed.db, source_id):
        if row.decision_id not in by_id:
            continue
        if row.code_id in by_id[row.decision_id].codes:
            _replace(changed, source_id, row, _pieces(row, claims), claims)
        else:
            changed.update(Coding, [{"id": row.id, "decision_id": None}])


def refuse_memos(db: Session, source_id: str, stale: Iterable[DecisionRead]) -> None:
    """Check, before anything is written, that no memo hangs on what some decisions put there.

    Raises:
        Refused: If one does.
    """
    ids = {decision.id for decision in stale}
    _refuse_memos_on(db, [row for row in _agreed(db, source_id) if row.decision_id in ids])


def _refuse_memos_on(db: Session, rows: Iterable[sa.Row[Any]]) -> None:
    memo = table_of(Memo)
    if db.execute(sa.select(memo.c.id).where(memo.c.coding_id.in_([row.id for row in rows]))).first():
        raise Refused(
            "There is a memo on a passage that would leave the agreed layer.",
            "Remove the memo first, or write it on the source: qualbench memo list.",
        )


def _replace(
    changed: Change, source_id: str, row: sa.Row[Any], pieces: Sequence[Span], claims: Sequence[Claim]
) -> None:
    """Make a passage over into those pieces that something stands behind."""
    held = [_span(one) for one in _agreed(changed.db, source_id) if _apart_from(one, row)]
    pieces = [p for p in pieces if not any(h.start <= p.start and p.end <= h.end for h in held)]
    behind = [_behind(piece, row.code_id, claims) for piece in pieces]
    if pieces:
        start, end = pieces[0]
        changed.update(Coding, [{"id": row.id, "start": start, "end": end, "decision_id": behind[0]}])
        rest = zip(pieces[1:], behind[1:], strict=True)
        _insert(changed, source_id, [Claim(piece, row.code_id, whose) for piece, whose in rest])
        return
    _refuse_memos_on(changed.db, [row])
    changed.delete(Coding, [{"id": row.id}])


def _behind(piece: Span, code: str, claims: Iterable[Claim]) -> str | None:
    """The decision that a passage is put down to; None if two have coded it, or some of it, alike."""
    there = [claim for claim in claims if claim.code == code and overlaps(claim.span, piece)]
    whole = [claim for claim in there if claim.span == piece]
    return min(((claim.decision_id or "") for claim in whole or there), default="") or None


def _pieces(row: sa.Row[Any], claims: Iterable[Claim]) -> list[Span]:
    """What those claims make of a passage that lie inside it; one that does not has never been put there, or
    has been taken off."""
    return _joined(claim.span for claim in claims if _same(row, claim) and _inside(row, claim))


def _same(row: sa.Row[Any], claim: Claim) -> bool:
    return bool(row.code_id == claim.code) and overlaps(_span(row), claim.span)


def _inside(row: sa.Row[Any], claim: Claim) -> bool:
    return bool(row.start <= claim.span.start and claim.span.end <= row.end)


def _apart_from(one: sa.Row[Any], row: sa.Row[Any]) -> bool:
    return bool(one.code_id == row.code_id and one.id != row.id)


def _may_hold(row: sa.Row[Any], decision: DecisionRead, own: Sequence[Claim] | None, has_own: bool) -> bool:
    """Whether a passage of another decision may hold what a decision put there."""
    if own is not None:
        return any(_same(row, claim) for claim in own)
    return not has_own and row.code_id in decision.codes and overlaps(_span(row), decision.span)


def _grow(changed: Change, source_id: str, rows: Sequence[sa.Row[Any]], claim: Claim) -> None:
    """Make passages one; it is put down to a decision from which it cannot be made again, and else to the
    claim."""
    as_they_are = _as_they_are(changed.db, source_id, rows)
    first = next((row for row in rows if row.decision_id in as_they_are), rows[0])
    grow(changed, first, [row for row in rows if row.id != first.id], claim.span)
    decision_id = first.decision_id if first.decision_id in as_they_are else claim.decision_id
    if decision_id is not None and decision_id != first.decision_id:
        changed.update(Coding, [{"id": first.id, "decision_id": decision_id}])


def _insert(changed: Change, source_id: str, claims: Sequence[Claim]) -> None:
    if not claims:
        return
    ids = insert_codings(changed, AGREED, [(source_id, claim.span, claim.code) for claim in claims])
    rows = [
        {"id": id_, "decision_id": claim.decision_id}
        for id_, claim in zip(ids, claims, strict=True)
        if claim.decision_id is not None
    ]
    changed.update(Coding, rows)


def _agreed(db: Session, source_id: str) -> list[sa.Row[Any]]:
    table = table_of(Coding)
    return list(
        db.execute(
            sa.select(table)
            .where(table.c.source_id == source_id, table.c.layer == AGREED)
            .order_by(table.c.start, table.c.end, table.c.code_id)
        )
    )


def _as_they_are(db: Session, source_id: str, rows: Iterable[sa.Row[Any]]) -> set[str]:
    """Those of the decisions behind some passages from which the passages cannot be made again: the words or
    code were chosen then, or what was decided about is no longer there."""
    ids = {row.decision_id for row in rows} - {None}
    if not ids:
        return set()
    made_again = {
        place.decision.id
        for pair in finished_pairs(db, [source_id])[source_id]
        for place in match_pair(db, [source_id], pair)[source_id].places
        if place.decision is not None and place.decision.outcome not in CHOSEN
    }
    return ids - made_again


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap made one; those that only touch stay apart."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _span(row: sa.Row[Any]) -> Span:
    return Span(row.start, row.end)
