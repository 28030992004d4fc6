"""Settling runs of trivial differences in boundaries together, under a stated tolerance."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.agreement.deciding import Choice, SourceAt, record
from qualbench.agreement.decisions import Pair
from qualbench.agreement.differences import BOUNDARY, Apart, Difference, edges_apart
from qualbench.agreement.items import Item, choose
from qualbench.agreement.outcomes import BOTH, KEEP_A, KEEP_B, REDRAW
from qualbench.agreement.queue import read_queue
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.text.spans import Span, intersect, merge

RULES = ("union", "shared", "A", "B")
"""Which words are taken: those of either coder, those that both have coded, A's or B's."""

_OUTCOMES = {"union": BOTH, "shared": REDRAW, "A": KEEP_A, "B": KEEP_B}
_SAID = {
    "union": "the words of either were taken",
    "shared": "the words that both had coded were taken",
    "A": "A's words were taken",
    "B": "B's words were taken",
}


@dataclass(frozen=True)
class Tolerance:
    """How far edges may lie apart for a difference in boundaries to be trivial.

    Attributes:
        amount: At most so many.
        unit: "words" or "characters".
    """

    amount: int
    unit: str

    def allows(self, apart: Apart) -> bool:
        """Tell whether edges lie no farther apart than that."""
        return (apart.words if self.unit == "words" else apart.characters) <= self.amount


def settleable(
    study: Study,
    tolerance: Tolerance,
    coders: Pair | None = None,
    source: str | None = None,
    rule: str = "union",
) -> list[Item]:
    """Give the open differences in boundaries that a tolerance takes for trivial, in the order of the queue.

    One that comes up again because codings have changed is not among them: it was looked at before. Nor is,
    under the rule "shared", one whose coders share no words.

    Args:
        study: The study, with the coder at work.
        tolerance: How far edges may lie apart.
        coders: The two; None where only two coders have finished anything.
        source: Only differences in this source.
        rule: The rule that they are to be settled by.

    Raises:
        BadInput: If tolerance or rule is none.
        Refused: If it is not clear who is meant, or they can be compared nowhere.
    """
    if tolerance.amount < 0 or tolerance.unit not in ("words", "characters"):
        raise BadInput("That is no tolerance.", "Give a number of words or of characters, 0 or more.")
    rule = _known(rule)
    items = choose(read_queue(study, coders).items, source=source, kind=BOUNDARY, open_only=True)
    return [
        item
        for item in items
        if not item.before
        and item.apart is not None
        and tolerance.allows(item.apart)
        and (rule != "shared" or shared_words(item.words, item.span.start, item.difference))
    ]


def settle(
    study: Study,
    tolerance: Tolerance,
    rule: str,
    coders: Pair | None = None,
    source: str | None = None,
) -> list[Item]:
    """Decide all trivial differences in boundaries by one rule, in one change of the study.

    The reason of each decision states tolerance and rule. What somebody else decides meanwhile is left out.

    Args:
        study: The study, with the coder at work.
        tolerance: How far edges may lie apart.
        rule: One of `RULES`.
        coders: The two; None where only two coders have finished anything.
        source: Only differences in this source.

    Returns:
        The differences that were settled, as they were before.

    Raises:
        BadInput: If tolerance or rule is none.
        Refused: If it is not clear who is meant, or they can be compared nowhere.
    """
    rule = _known(rule)
    items = settleable(study, tolerance, coders, source, rule)
    reason = reason_for(tolerance, rule)
    settled = []
    with change(study, "reconcile") as changed:
        book = codebook_of(changed.db)
        at: dict[str, SourceAt] = {}
        for item in items:
            if item.source not in at:
                at[item.source] = SourceAt(changed, item.source, item.key.coders)
            here = at[item.source]
            place = here.find(item.key)
            if place is None or place.decision or place.before:
                continue  # somebody else has been there meanwhile
            if not tolerance.allows(edges_apart(here.text, place.difference)):
                continue
            redrawn = shared_words(here.text, 0, place.difference) if rule == "shared" else []
            record(changed, here, place, Choice(_OUTCOMES[rule], None, tuple(redrawn), reason), book)
            settled.append(item)
        marks = ", ".join(source_mark(one.source_id) for one in at.values())
        changed.summary = f"Settled trivial boundaries in {marks}"
    return settled


def reason_for(tolerance: Tolerance, rule: str) -> str:
    """Say under which tolerance and rule a difference was settled."""
    unit = tolerance.unit.removesuffix("s") if tolerance.amount == 1 else tolerance.unit
    return f"Settled with others: edges at most {tolerance.amount} {unit} apart; {_SAID[rule]}."


def shared_words(text: str, begins: int, difference: Difference) -> list[Span]:
    """Give the stretches that both coders have coded, but for those that hold only white space.

    Args:
        text: A text, or the stretch of one that holds the difference.
        begins: Where that stretch begins in the text of the source.
        difference: The difference.
    """
    a, b = (merge(coded.span for coded in side) for side in (difference.a, difference.b))
    return [span for span in intersect(a, b) if text[span.start - begins : span.end - begins].strip()]


def _known(rule: str) -> str:
    found = {known.casefold(): known for known in RULES}.get(rule.strip().casefold())
    if found is None:
        raise BadInput(f"'{rule}' is not a rule.", f"Use one of {', '.join(RULES)}.")
    return found
