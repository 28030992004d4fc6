"""From what a search found to what is coded of it."""

from __future__ import annotations

from qualbench.coding.applying import Passage
from qualbench.coding.search.hits import Hit
from qualbench.text.motions import Unit, piece_at, turns
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span

EXTENTS: dict[str, Unit | None] = {"words": None, "sentence": sentences, "turn": turns}
"""How much is coded around a place found, by name: what divides its block."""


def passage_of(hit: Hit, extent: str) -> Passage:
    """Give the passage to code for a place found: its words alone, or to the ends of sentence or turn.

    Args:
        hit: The place.
        extent: One of `EXTENTS`.
    """
    unit = EXTENTS[extent]
    if unit is None:
        return Passage(hit.source, hit.span)
    words, at = hit.block.words, hit.block.start
    block = Span(0, len(words))
    first = piece_at(words, [block], unit, hit.start - at)
    last = piece_at(words, [block], unit, hit.end - 1 - at)
    if first is None or last is None:
        return Passage(hit.source, hit.span)
    return Passage(hit.source, Span(at + first.start, at + last.end))
