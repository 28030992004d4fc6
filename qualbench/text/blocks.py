"""Cutting the text of a source into what is shown: turns without their labels, and what lies between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qualbench.text.spans import Span, trimmed


class Block(NamedTuple):
    """A stretch of a source that is shown by itself.

    Attributes:
        span: Where it stands.
        turn: The turn whose words it holds, counted from 0; None for a heading or other text between turns.
    """

    span: Span
    turn: int | None


def blocks_between(text: str, turns: Iterable[tuple[int, int, int]]) -> list[Block]:
    """Give the blocks of a text in order.

    Args:
        text: The text.
        turns: Label start, start and end of each turn, in order.
    """
    blocks: list[Block] = []
    position = 0
    for n, (label_start, start, end) in enumerate(turns):
        blocks += _paragraphs(text, position, label_start)
        blocks.append(Block(Span(start, end), n))
        position = end
    blocks += _paragraphs(text, position, len(text))
    return blocks


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    at = start
    for paragraph in text[start:end].split("\n\n"):
        span = trimmed(text, Span(at, at + len(paragraph)))
        if span.start < span.end:
            yield Block(span, None)
        at += len(paragraph) + 2
