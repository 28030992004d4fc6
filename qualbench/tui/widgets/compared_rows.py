"""Drawing a row of a transcript that two have coded: A's stripes left of the words, B's right of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from qualbench.text.lanes import LanedSpan, SpanIndex
from qualbench.text.layout import GAP, TranscriptLayout
from qualbench.text.spans import Span
from qualbench.tui.widgets.transcript_rows import (
    MEASURE,
    WIDE,
    Caret,
    Columns,
    Page,
    Styles,
    draw_gutter,
)


@dataclass(frozen=True)
class AtHand:
    """The passage that is looked at: what A has there, and what B has."""

    a: tuple[Span, ...] = ()
    b: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """All of it."""
        return (*self.a, *self.b)


@dataclass(frozen=True)
class ComparedColumns(Columns):
    """The columns of the page, with those right of the text.

    Attributes:
        right: Cells of B's stripes.
    """

    right: int = 0


@dataclass
class ComparedPage(Page):
    """What is shown, laid out: `index` has A's codings.

    Attributes:
        right: B's codings.
        settled: Ids of the codings about which there is nothing to decide; their stripes are dim.
        at_hand: The passage that is looked at.
    """

    right: SpanIndex = field(default_factory=lambda: SpanIndex(TranscriptLayout("", [], MEASURE), {}))
    settled: frozenset[str] = frozenset()
    at_hand: AtHand = AtHand()


@dataclass(frozen=True)
class HandStyles:
    """The styles of the words at hand: of A alone, of B alone, of both, and of the bars beside them."""

    a: Style
    b: Style
    both: Style
    bar: Style


def compared_columns(width: int) -> ComparedColumns:
    """Give the columns of a page so many cells wide; the last lane on either side is for what is at hand."""
    number, speaker, lanes = (5, 12, 6) if width >= WIDE else (0, 8, 4)
    room = width - (number + speaker + 1 + lanes + 1) - (1 + lanes)
    text = min(MEASURE, room)
    return ComparedColumns(max(0, (room - text) // 2), number, speaker, lanes, text, 0, lanes)


def draw_compared(
    page: ComparedPage, row: int, caret: Caret, styles: Styles, hand: HandStyles
) -> list[Segment]:
    """Draw a row of a page.

    Args:
        page: What is shown.
        row: Its number in the layout.
        caret: The caret, wherever it is.
        styles: The styles of a transcript.
        hand: The styles of the words at hand.
    """
    start, end, block = page.layout.rows[row]
    columns, blank = page.columns, Segment(" ", styles.base)
    assert isinstance(columns, ComparedColumns)
    left = _stripes(page, row, page.index.on_row(row), columns.lanes - 1, styles)
    right = _stripes(page, row, page.right.on_row(row), columns.right - 1, styles)
    text = [] if block == GAP else _text(page, start, end, caret, styles, hand)
    drawn = sum(cell_len(segment.text) for segment in text)
    return [
        Segment(" " * columns.left, styles.base),
        *draw_gutter(page, row, block, styles),
        *left,
        _bar(page, row, page.at_hand.a, "A", styles, hand),
        blank,
        *text,
        Segment(" " * (columns.text - drawn + 1), styles.base),
        _bar(page, row, page.at_hand.b, "B", styles, hand),
        *right,
    ]


def _bar(
    page: ComparedPage, row: int, spans: Sequence[Span], letter: str, styles: Styles, hand: HandStyles
) -> Segment:
    """The letter of the coder where a passage at hand begins, a bar where it goes on."""
    for span in spans:
        first, last = page.layout.row_at(span.start), page.layout.row_at(max(span.start, span.end - 1))
        if row == first:
            return Segment(letter, hand.bar)
        if first < row <= last:
            return Segment("┃" if row < last else "╹", hand.bar)
    return Segment(" ", styles.base)


def _stripes(
    page: ComparedPage, row: int, laned: Sequence[LanedSpan], lanes: int, styles: Styles
) -> list[Segment]:
    """The codings of a side, each in its lane, the outermost telling by + that there are more."""
    stripes = [Segment(" ", styles.base)] * lanes
    for span in laned:
        if span.lane >= lanes:
            stripes[lanes - 1] = Segment("+", styles.base)
            continue
        coding = page.codings[span.key]
        first = row == span.first_row
        mark = coding.letter if first else "╵" if row == span.last_row else "│"
        style = Style(color=coding.colour, bold=first)
        if span.key in page.settled:
            style = Style(color=coding.colour, dim=True)
        stripes[span.lane] = Segment(mark, styles.base + style)
    return stripes


def _text(
    page: ComparedPage, start: int, end: int, caret: Caret, styles: Styles, hand: HandStyles
) -> list[Segment]:
    cuts = {start, end}
    for span in (*page.at_hand.spans, caret.character, caret.selection):
        cuts.update(edge for edge in span if start < edge < end)
    heading = not page.blocks[page.layout.rows[page.layout.row_at(start)].block].speaker
    segments = []
    for left, right in pairwise(sorted(cuts)):
        in_a, in_b = (
            any(span.start <= left and right <= span.end for span in side)
            for side in (page.at_hand.a, page.at_hand.b)
        )
        style = styles.base + Style(italic=heading or None)
        if in_a or in_b:
            style += hand.both if in_a and in_b else hand.a if in_a else hand.b
        if caret.selection.start <= left and right <= caret.selection.end:
            style += styles.selection
        if caret.character.start <= left < caret.character.end:
            style += styles.resting_caret if caret.resting else styles.caret
        segments.append(Segment(page.text[left:right], style))
    if segments and segments[-1].text.endswith(" ") and caret.character.start != end - 1:
        segments[-1] = Segment(segments[-1].text.rstrip(), segments[-1].style)
    return segments
