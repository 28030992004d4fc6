"""Blocks of written text in one scroll, such as the entries of a codebook or what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment

from qualbench.text.layout import TranscriptLayout
from qualbench.text.spans import Span
from qualbench.tui.widgets.block_list import BlockList

MEASURE = 92
"""Cells of the longest row."""

Piece = tuple[str, str]
"""A part of the style, one of `BlockList.PARTS` or "plain", and words."""


@dataclass(frozen=True)
class Line:
    """A paragraph, wrapped where it is shown.

    Attributes:
        pieces: Its words.
        indent: Cells before each of its rows.
    """

    pieces: tuple[Piece, ...]
    indent: int = 0


@dataclass(frozen=True)
class TextBlock:
    """Paragraphs that belong together; the cursor can stand on them if they have an id."""

    lines: tuple[Line, ...]
    id: str = ""


@dataclass(frozen=True)
class _Row:
    line: Line
    start: int
    end: int


class TextBlocks(BlockList):
    """Written text with a cursor on one of its blocks.

    Attributes:
        blocks: What is shown.
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        self.blocks: Sequence[TextBlock] = ()
        self._rows: list[list[_Row]] = []

    def show(self, blocks: Sequence[TextBlock], cursor: int = 0) -> None:
        """Show blocks, with the cursor on one by its number, or the next that it can stand on."""
        self.blocks = blocks
        self.scroll_to(y=0, animate=False)
        self.lay_out(cursor)

    @property
    def present(self) -> TextBlock | None:
        """The block under the cursor."""
        block = self.blocks[self.cursor] if self.cursor < len(self.blocks) else None
        return block if block is not None and block.id else None

    def measure(self, width: int) -> Sequence[int]:
        """Wrap the blocks for a width, and give the rows of each, with a blank one below it."""
        width = min(MEASURE, width)
        self._rows = [[row for line in block.lines for row in _wrapped(line, width)] for block in self.blocks]
        return [len(rows) + 1 for rows in self._rows]

    def can_rest(self, block: int) -> bool:
        """Tell whether the cursor can stand on a block."""
        return bool(self.blocks[block].id)

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a row of a block."""
        if row >= len(self._rows[block]):
            return
        shown = self._rows[block][row]
        yield Segment(" " * shown.line.indent, self.style("plain"))
        position = 0
        for part, words in shown.line.pieces:
            start, end = max(position, shown.start), min(position + len(words), shown.end)
            if start < end:
                yield Segment(words[start - position : end - position], self.style(part))
            position += len(words)


def _wrapped(line: Line, width: int) -> list[_Row]:
    text = "".join(words for _, words in line.pieces)
    rows = TranscriptLayout(text, [Span(0, len(text))], width - line.indent).rows
    return [_Row(line, row.start, row.end) for row in rows]
