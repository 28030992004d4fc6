"""Where a caret goes: words, sentences and turns of a text whose blocks alone are shown. Pure.

Blocks are spans in order that do not overlap; what lies between them is passed over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from qualbench.text.spans import Span
from qualbench.text.words import WORD

Unit = Callable[[str, Span], list[Span]]
"""What divides a block of a text into the pieces that a caret moves by."""


def words(text: str, block: Span) -> list[Span]:
    """Give the words of a block."""
    return [Span(*match.span()) for match in WORD.finditer(text, block.start, block.end)]


def turns(text: str, block: Span) -> list[Span]:
    """Give the block itself."""
    return [block]


def next_start(text: str, blocks: Sequence[Span], unit: Unit, offset: int) -> int | None:
    """Give the start of the first piece that begins after a code point, None behind the last."""
    return _first(piece.start for piece in _onwards(text, blocks, unit, offset) if piece.start > offset)


def next_end(text: str, blocks: Sequence[Span], unit: Unit, offset: int) -> int | None:
    """Give the last code point of the first piece that ends after one, None behind the last."""
    return _first(piece.end - 1 for piece in _onwards(text, blocks, unit, offset) if piece.end - 1 > offset)


def previous_start(text: str, blocks: Sequence[Span], unit: Unit, offset: int) -> int | None:
    """Give the start of the last piece that begins before a code point, None before the first."""
    for block in reversed(blocks[: _block_at(blocks, offset) + 1]):
        starts = [piece.start for piece in unit(text, block) if piece.start < offset]
        if starts:
            return starts[-1]
    return None


def piece_at(text: str, blocks: Sequence[Span], unit: Unit, offset: int) -> Span | None:
    """Give the piece that holds a code point, or else the next in its block, or else the last there."""
    if not blocks:
        return None
    pieces = unit(text, blocks[max(0, _block_at(blocks, offset))])
    return next((piece for piece in pieces if piece.end > offset), pieces[-1] if pieces else None)


def _onwards(text: str, blocks: Sequence[Span], unit: Unit, offset: int) -> Iterable[Span]:
    for block in blocks[max(0, _block_at(blocks, offset)) :]:
        yield from unit(text, block)


def _block_at(blocks: Sequence[Span], offset: int) -> int:
    """The number of the last block that begins at or before a code point, -1 if there is none."""
    return bisect_right(blocks, (offset, float("inf"))) - 1


def _first(places: Iterable[int]) -> int | None:
    return next(iter(places), None)
