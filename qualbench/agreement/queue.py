"""Reading the queue of differences that a pair of coders works through, what the talk is about first."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.agreement.coefficients import dice
from qualbench.agreement.comparable import comparable, pairs
from qualbench.agreement.comparison import compare
from qualbench.agreement.decisions import Matched, Pair, Place, match_pair
from qualbench.agreement.differences import BOUNDARY, edges_apart
from qualbench.agreement.items import CodeStanding, Item, Key, Queue
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.stance import wording
from qualbench.study.tables import Source, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class Context:
    """The words of a difference with those around it.

    Attributes:
        start: Where the words before it begin, in code points.
        end: Where the words after it end.
        before: The words before it.
        words: All the words of the difference.
        after: The words after it.
    """

    start: int
    end: int
    before: str
    words: str
    after: str


def read_queue(study: Study, coders: Pair | None = None) -> Queue:
    """Give the queue of two coders.

    In a reflexive study no coefficient is computed: there the codes with most differences come first.

    Args:
        study: The study, with the coder at work, who sees nothing of what they have still to code.
        coders: The two; None where only two coders have finished anything.

    Raises:
        BadInput: If the two are one.
        NotFound: If one of them is no coder of the study.
        Refused: If it is not clear who is meant, or they can be compared nowhere.
    """
    coders, names = comparable(study, coders)
    agreement: dict[str, float | None] = {}
    if wording(read_stance(study)).coefficients:
        agreement = {one.code: dice(one.cells) for one in compare(study, "turn", coders).codes}
    source = table_of(Source)
    with study.read() as db:
        order = [entry.id for _, entry in codebook_of(db).walk(whole=True)]
        rows = db.execute(
            sa.select(source.c.id, source.c.name, source.c.text).where(source.c.name.in_(names))
        )
        texts = {row.id: (row.name, row.text) for row in rows}
        matched = match_pair(db, list(texts), coders)
    standings = _standings(matched.values(), agreement, order)
    rank = {standing.code: n for n, standing in enumerate(standings)}
    items = [
        _item(source_id, *texts[source_id], coders, place, rank)
        for source_id, of_source in matched.items()
        for place in of_source.places
    ]
    items.sort(key=lambda item: (rank[item.code], item.source, item.span, item.difference.codes))
    return Queue(
        coders,
        names,
        items,
        standings,
        sum(len(of_source.alike) for of_source in matched.values()),
        [decision for of_source in matched.values() for decision in of_source.stale],
    )


def read_queues(study: Study, coders: Pair | None = None) -> list[Queue]:
    """Give the queue of two coders, or those of all pairs that can be compared if none are named.

    Raises:
        BadInput: If the two are one.
        NotFound: If one of them is no coder of the study.
        Refused: If there is nobody to be compared.
    """
    named = [coders] if coders is not None else [pair for pair, _ in pairs(study)]
    return [read_queue(study, pair) for pair in named] or [read_queue(study)]


def find_item(study: Study, item_id: str) -> Item:
    """Give a difference by its id, whichever pair it is of.

    Raises:
        NotFound: If there is none, or it is hidden from the coder at work.
    """
    for queue in read_queues(study):
        for item in queue.items:
            if item.id == item_id:
                return item
    raise NotFound(
        f"There is no difference '{item_id}'.",
        "'qualbench reconcile list' gives the ids; one changes when the codings there change.",
    )


def find_at(
    study: Study,
    source: str,
    span: Span,
    codes: tuple[str | None, str | None] = (None, None),
    coders: Pair | None = None,
) -> Item:
    """Give a difference by its place.

    Args:
        study: The study.
        source: The name of the source.
        span: All its words.
        codes: A's and B's code there, None where one has none; needed only where two differences have the
            same words.
        coders: The two coders; None looks through all pairs.

    Raises:
        NotFound: If there is none, or it is hidden from the coder at work.
        BadInput: If there are several.
    """
    there = [
        item
        for queue in read_queues(study, coders)
        for item in queue.items
        if (item.source, item.span) == (source, span)
        and codes in ((None, None), (item.key.code_a, item.key.code_b))
    ]
    where = f"{source} {span.start}-{span.end}"
    if not there:
        raise NotFound(f"There is no such difference at {where}.", "'qualbench reconcile list' gives them.")
    if len(there) > 1:
        said = "; ".join(
            f"{item.key.coders[0]} {item.key.code_a or 'nothing'}, "
            f"{item.key.coders[1]} {item.key.code_b or 'nothing'}"
            for item in there
        )
        raise BadInput(
            f"{len(there)} differences stand at {where}: {said}.",
            "Say which by --code-a and --code-b, by --coders, or by its id.",
        )
    return there[0]


def context_of(study: Study, key: Key, words: int = 40) -> Context:
    """Give the words around a difference.

    Args:
        study: The study.
        key: What names the difference; only its source and words matter.
        words: How many words before it and how many after it.
    """
    table = table_of(Source)
    with study.read() as db:
        source_id = source_ids(db, [key.source])[key.source]
        text = str(db.execute(sa.select(table.c.text).where(table.c.id == source_id)).scalar_one())
    return around(text, key.span, words)


def around(text: str, span: Span, words: int) -> Context:
    """Give a stretch of a text with some words before and after it. Pure.

    Args:
        text: The text.
        span: The stretch.
        words: How many words before it and how many after it.
    """
    start = _steps(text[: span.start][::-1], words)
    start = span.start - start
    end = span.end + _steps(text[span.end :], words)
    return Context(start, end, text[start : span.start], text[span.start : span.end], text[span.end : end])


def _steps(text: str, words: int) -> int:
    """How many characters the first words of a text take up."""
    position = 0
    for part in text.split(maxsplit=words)[:words]:
        position = text.index(part, position) + len(part)
    return position


def id_of(source_id: str, key: Key) -> str:
    """Give the id by which a difference is known, from that of its source and what names it."""
    codes = (key.code_a or "", key.code_b or "")
    named = "\n".join((source_id, *key.coders, str(key.span.start), str(key.span.end), *codes))
    return hashlib.blake2b(named.encode(), digest_size=6).hexdigest()


def _item(source_id: str, name: str, text: str, coders: Pair, place: Place, rank: Mapping[str, int]) -> Item:
    difference = place.difference
    span = difference.span
    key = Key(name, coders, span, difference.code_a, difference.code_b)
    return Item(
        id_of(source_id, key),
        key,
        difference,
        text[span.start : span.end],
        min(difference.codes, key=lambda code: rank[code]),
        edges_apart(text, difference) if difference.kind == BOUNDARY else None,
        place.decision,
        place.before,
    )


def _standings(
    matched: Iterable[Matched], agreement: Mapping[str, float | None], order: Sequence[str]
) -> list[CodeStanding]:
    """The codes with differences: the lowest Dice first, then those with most differences; where Dice is
    undefined, the code stands at the end, for none of the talk that counts has it."""
    differences: Counter[str] = Counter()
    still_open: Counter[str] = Counter()
    for of_source in matched:
        for place in of_source.places:
            for code in place.difference.codes:
                differences[code] += 1
                still_open[code] += place.decision is None
    standings = [
        CodeStanding(code, agreement.get(code), differences[code], still_open[code])
        for code in order
        if code in differences
    ]

    def worst_first(one: CodeStanding) -> tuple[bool, float, int]:
        return (one.dice is None, one.dice or 0.0, -one.differences)

    return sorted(standings, key=worst_first)
