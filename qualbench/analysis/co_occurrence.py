"""Which codes lie on the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from qualbench.coding.blind import in_view
from qualbench.study.database import Study
from qualbench.study.tables import Coding, table_of
from qualbench.text.spans import Span

Pair = tuple[str, str]
"""Two codes by id, in the order of the alphabet."""


def co_occurrence(study: Study, layer: str) -> dict[Pair, int]:
    """Count how often two codes lie on the same words: a pair of codings that share a code point counts once.

    Args:
        study: The study; what its coder may not see yet is not counted.
        layer: The layer.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    coding = table_of(Coding)
    with study.read() as db:
        rows = db.execute(
            sa.select(coding.c.source_id, coding.c.start, coding.c.end, coding.c.code_id).where(
                in_view(db, study, layer)
            )
        ).all()
    by_source: dict[str, list[tuple[Span, str]]] = {}
    for source, start, end, code in rows:
        by_source.setdefault(source, []).append((Span(start, end), code))
    counts: Counter[Pair] = Counter()
    for codings in by_source.values():
        counts.update(pairs_on_the_same_words(codings))
    return dict(counts)


def pairs_on_the_same_words(codings: Iterable[tuple[Span, str]]) -> Counter[Pair]:
    """Count the pairs of overlapping codings of one source by the two codes they have; pure."""
    counts: Counter[Pair] = Counter()
    still: list[tuple[int, str]] = []  # ends and codes of those that may reach the next one
    for span, code in sorted(codings):
        still = [(end, other) for end, other in still if end > span.start]
        for _, other in still:
            if other != code:
                counts[(code, other) if code < other else (other, code)] += 1
        still.append((span.end, code))
    return counts
