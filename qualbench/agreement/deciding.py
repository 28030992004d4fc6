"""Deciding about differences: the outcome goes to the agreed layer, the coders' own layers stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from qualbench.agreement.agreed_layer import Claim, claims_in, put, refuse_memos, replace_stale, take_back
from qualbench.agreement.comparable import comparable
from qualbench.agreement.decisions import (
    DecisionRead,
    Matched,
    Pair,
    Place,
    find_decision,
    key_of,
    match_pair,
)
from qualbench.agreement.items import Key
from qualbench.agreement.outcomes import (
    AGREE_TO_DIFFER,
    CHOSEN,
    NEITHER,
    check_choice,
    known_outcome,
    results_of,
)
from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.coding.places import check_span
from qualbench.errors import BadInput, Conflict, NotFound, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.tables import Decision, Source, new_id, now, table_of
from qualbench.text.spans import Span, trimmed


@dataclass(frozen=True)
class Choice:
    """What is to be decided about a difference.

    Attributes:
        outcome: One of `outcomes.OUTCOMES`.
        code: Id or label of a code, with "other code", or with "redraw" where the two have different ones.
        redrawn: The words to be coded instead.
        reason: Why.
    """

    outcome: str
    code: str | None = None
    redrawn: tuple[Span, ...] = ()
    reason: str = ""


def decide(
    study: Study,
    key: Key,
    outcome: str,
    *,
    code: str | None = None,
    redrawn: Span | None = None,
    reason: str = "",
) -> DecisionRead:
    """Decide about one difference and write the outcome into the agreed layer.

    Decisions on what stood there before the codings changed are replaced.

    Args:
        study: The study; its coder is who decides.
        key: What names the difference, as the queue has it.
        outcome: One of `outcomes.OUTCOMES`. "both" keeps each code; of one code with two boundaries, all the
            words of either. "agree to differ" leaves both readings as they are and puts nothing there.
        code: Id or label of the code with "other code"; with "redraw" A's or B's, A's if it is not given.
        redrawn: The words to be coded: needed with "redraw", possible with "other code".
        reason: Why, in the person's own words.

    Returns:
        The decision.

    Raises:
        NotFound: If there is no such difference, the codings having changed perhaps.
        BadInput: If the outcome is unknown, or code or words are missing or do not fit.
        Conflict: If it has been decided meanwhile; nothing is written.
        Refused: If the difference is hidden from the coder at work, or a sealed name is in the reason.
    """
    choice = Choice(known_outcome(outcome), code, (redrawn,) if redrawn is not None else (), reason.strip())
    require_in_view(study, key.coders, key.source)
    with change(study, "reconcile") as changed:
        if choice.reason:
            refuse_sealed_names(changed.db, study, choice.reason)
        at = SourceAt(changed, key.source, key.coders)
        decision = record(changed, at, at.place(key), choice, codebook_of(changed.db))
        changed.summary = f"Decided a difference of {' and '.join(key.coders)} in {source_mark(at.source_id)}"
    return decision


def reopen(study: Study, decision_id: str) -> DecisionRead:
    """Take a decision back, with what it put into the agreed layer; the difference is open again.

    Words that something else stands behind too, such as another pair's decision, stay there.

    Returns:
        The decision that was taken back.

    Raises:
        NotFound: If there is no such decision, or it is hidden from the coder at work.
        Refused: If what it put into the agreed layer has been changed since.
    """
    with study.read() as db:
        found = find_decision(db, decision_id)
    if found is None:
        raise NotFound(
            f"There is no decision '{decision_id}'.", "'qualbench reconcile list --json' gives their ids."
        )
    source_id, decision = found
    require_in_view(study, decision.coders, decision.source)
    with change(study, "reconcile") as changed:
        if find_decision(changed.db, decision_id) is None:
            raise Conflict("Somebody has reopened that decision meanwhile.", "Look at the queue again.")
        matched = match_pair(changed.db, [source_id], decision.coders)[source_id]
        own = _own_claims(matched, decision)
        changed.delete(Decision, [{"id": decision_id}])
        others = claims_in(changed.db, source_id)
        take_back(changed, source_id, decision, own, others)
        changed.summary = (
            f"Reopened a difference of {' and '.join(decision.coders)} in {source_mark(source_id)}"
        )
    return decision


class SourceAt:
    """The differences of a pair in one source, as they are inside a change.

    Args:
        changed: The change.
        source: The name of the source.
        coders: The pair.
    """

    def __init__(self, changed: Change, source: str, coders: Pair) -> None:
        table = table_of(Source)
        row = changed.db.execute(sa.select(table.c.id, table.c.text).where(table.c.name == source)).first()
        if row is None:
            raise NotFound(f"There is no source '{source}'.", "'qualbench sources' lists them.")
        self.name = source
        self.coders = coders
        self.source_id = str(row.id)
        self.text = str(row.text)
        self._places = {
            key_of(place.difference): place
            for place in match_pair(changed.db, [self.source_id], coders)[self.source_id].places
        }

    def find(self, key: Key) -> Place | None:
        """Give the difference that a key names, None if there is none."""
        return self._places.get((key.span, key.code_a, key.code_b))

    def place(self, key: Key) -> Place:
        """Give the difference that a key names.

        Raises:
            NotFound: If there is none.
        """
        found = self.find(key)
        if found is None:
            raise NotFound(
                f"There is no such difference at {key.source} {key.span.start}-{key.span.end}.",
                "'qualbench reconcile list' gives them; the codings there may have changed.",
            )
        return found

    def decided(self, place: Place, decision: DecisionRead) -> None:
        """Take note that a difference has been decided in this change."""
        self._places[key_of(place.difference)] = replace(place, decision=decision, before=())


def record(changed: Change, at: SourceAt, place: Place, choice: Choice, book: Codebook) -> DecisionRead:
    """Write a decision and put its outcome into the agreed layer.

    Args:
        changed: The change to take part in.
        at: The source, read in the same change.
        place: The difference.
        choice: What is decided.
        book: The codebook.

    Raises:
        BadInput: If code or words are missing or do not fit.
        Conflict: If it has been decided already.
        NotFound: If there is no such code.
        Refused: If the code is not in use, or a memo hangs on what a decision put there that it replaces.
            Nothing has been written then.
    """
    span, code_a, code_b = key_of(place.difference)
    where = f"{at.name} {span.start}-{span.end}"
    if place.decision is not None:
        raise Conflict(
            f"{where} was decided already: {_said(place.decision, book)}, by {place.decision.decided_by}. "
            f"Yours is not written: {_named(choice.outcome, choice.code)}.",
            f"To change it, reopen it first: qualbench reconcile reopen {place.decision.id}.",
        )
    code = _code(book, choice.code, place) if choice.code else None
    redrawn = tuple(_trimmed(at.text, words, where) for words in choice.redrawn)
    check_choice(place.difference, choice.outcome, code, redrawn)
    if place.before:
        refuse_memos(changed.db, at.source_id, place.before)
    decision = DecisionRead(
        new_id(),
        at.name,
        at.coders,
        span,
        code_a,
        code_b,
        choice.outcome,
        code,
        choice.reason,
        changed.coder,
        now(),
    )
    changed.delete(Decision, [{"id": old.id} for old in place.before])
    changed.insert(Decision, [_row(at.source_id, decision)])
    results = results_of(place.difference, choice.outcome, code, redrawn)
    claims = [Claim(words, of_code, decision.id) for words, of_code in results]
    if place.before:
        replace_stale(changed, at.source_id, place.before, [*claims_in(changed.db, at.source_id), *claims])
    put(changed, at.source_id, claims)
    at.decided(place, decision)
    return decision


def require_in_view(study: Study, coders: Pair, source: str) -> None:
    """Check that the coder at work may know how two coders differ in a source.

    Raises:
        BadInput: If the first of the two is not A, so that A's and B's words would be taken for each other's.
        NotFound: If it is not a source that both have finished, or it is hidden from the coder at work.
        Refused: If the two can be compared nowhere.
    """
    pair, names = comparable(study, coders)
    if pair != coders:
        raise BadInput(
            f"'{coders[0]}' and '{coders[1]}' are not A and B.", f"A is the first in the alphabet, {pair[0]}."
        )
    if source not in names:
        raise NotFound(
            f"'{source}' is not a source in which {' and '.join(coders)} can be compared.",
            "Each marks finished work with 'qualbench finish SOURCE', and so do you.",
        )


def _own_claims(matched: Matched, decision: DecisionRead) -> Sequence[Claim] | None:
    """What a decision put into the agreed layer; None if it cannot be known from what the coders have."""
    if decision.outcome in (NEITHER, AGREE_TO_DIFFER):
        return []
    for place in matched.places:
        if place.decision == decision and decision.outcome not in CHOSEN:
            results = results_of(place.difference, decision.outcome)
            return [Claim(span, code, decision.id) for span, code in results]
    return None


def _code(book: Codebook, code: str, place: Place) -> str:
    entry = book.find(code)
    if not entry.in_use and entry.id not in place.difference.codes:
        raise Refused(
            f"'{entry.label}' is retired.", f"Bring it back with 'qualbench codebook restore {entry.id}'."
        )
    return entry.id


def _trimmed(text: str, span: Span, where: str) -> Span:
    check_span(span, len(text), where)
    words = trimmed(text, span)
    if words.start == words.end:
        raise BadInput(f"{where}: the new words are none.", "Give a span with words.")
    return words


def _said(decision: DecisionRead, book: Codebook) -> str:
    chosen = book.by_id.get(decision.code_chosen or "")
    return _named(decision.outcome, chosen.label if chosen else None)


def _named(outcome: str, code: str | None) -> str:
    return f"{outcome} ('{code}')" if code else outcome


def _row(source_id: str, decision: DecisionRead) -> dict[str, object]:
    return {
        "id": decision.id,
        "source_id": source_id,
        "layer_a": decision.coders[0],
        "layer_b": decision.coders[1],
        "start": decision.span.start,
        "end": decision.span.end,
        "code_a": decision.code_a,
        "code_b": decision.code_b,
        "outcome": decision.outcome,
        "code_chosen": decision.code_chosen,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }
