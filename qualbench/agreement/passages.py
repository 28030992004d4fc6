"""The passages behind a figure: what two coders have both coded, or only one of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.agreement.comparison import read_pair
from qualbench.agreement.units import PARTICIPANTS
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import Source, table_of
from qualbench.text.spans import Span, intersect, overlaps

CELLS = ("both", "a_only", "b_only")
"""The cells of a 2 x 2 table that have passages to look at."""


@dataclass(frozen=True)
class PassageBehind:
    """A turn, a sentence or a run of characters that was counted in a cell.

    Attributes:
        source: The name of the source.
        span: Where it stands: code points of the text, half-open.
        words: What stands there.
        a: The codings of A that reach into it, as they stand in the text.
        b: Those of B.
    """

    source: str
    span: Span
    words: str
    a: tuple[Span, ...]
    b: tuple[Span, ...]


def behind(
    study: Study,
    code: str,
    cell: str,
    *,
    unit: str = "turn",
    coders: tuple[str, str] | None = None,
    counted: str = PARTICIPANTS,
    sources: Collection[str] | None = None,
) -> list[PassageBehind]:
    """Give the passages that a figure of a code counts, in order of source and place.

    With the arguments of `agree` there are as many turns or sentences, or characters in them, as the cell
    says.

    Args:
        study: The study, with the coder at work.
        code: The code, by id or label; not what is below it.
        cell: One of `CELLS`.
        unit: One of `UNITS`.
        coders: The two layers; None where only two coders have finished anything.
        counted: One of `COUNTED`.
        sources: Only these, by name.

    Raises:
        BadInput: If the cell, the unit or what is counted is unknown.
        NotFound: If the code, a coder or a source does not exist.
        Refused: If the two cannot be compared.
    """
    if cell not in CELLS:
        raise BadInput(f"'{cell}' is not a cell with passages.", f"Use one of {', '.join(CELLS)}.")
    with study.read() as db:
        code = codebook_of(db).find(code).id
    layers = read_pair(study, unit=unit, coders=coders, counted=counted, sources=sources, codes=[code])
    spans: dict[str, list[Span]] = {}
    for name, units in layers.units.items():
        a, b = (layers.ranges[coder].get(code, {}).get(name, ()) for coder in layers.pair)
        spans[name] = [s for numbers in _numbers(cell, a, b) for s in units.stretches(numbers)]
    source = table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(source.c.name, source.c.text).where(
                source.c.name.in_([n for n, s in spans.items() if s])
            )
        )
        texts = dict(rows.all())
    found = []
    for name, text in sorted(texts.items()):
        a, b = (layers.codings[coder].get(code, {}).get(name, ()) for coder in layers.pair)
        for span in spans[name]:
            reaching = (tuple(s for s in of if overlaps(s, span)) for of in (a, b))
            found.append(PassageBehind(name, span, text[span.start : span.end], *reaching))
    return found


def _numbers(cell: str, a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    if cell == "both":
        return intersect(a, b)
    return _without(a, b) if cell == "a_only" else _without(b, a)


def _without(these: Sequence[Span], those: Sequence[Span]) -> list[Span]:
    """What merged, ordered spans cover and others do not."""
    edges = [0, *(edge for span in those for edge in span), max((s.end for s in these), default=0)]
    between = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return intersect(these, between)
