"""The transcript that two coders have coded, A's stripes to the left and B's to the right of the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size

from qualbench.text.lanes import SpanIndex
from qualbench.text.layout import TranscriptLayout
from qualbench.text.spans import Span
from qualbench.tui.widgets.compared_rows import (
    AtHand,
    ComparedPage,
    HandStyles,
    compared_columns,
    draw_compared,
)
from qualbench.tui.widgets.transcript_rows import MEASURE, PARTS, WIDE, Caret, ShownBlock, ShownCoding, Styles
from qualbench.tui.widgets.transcript_view import TranscriptView

_ABOVE = 4
"""The share of the view that stays above a passage which is brought into it: one part of so many."""


class ComparedView(TranscriptView):
    """A transcript with two layers and a passage at hand."""

    HAND: ClassVar[tuple[str, ...]] = ("a", "b", "both", "bar")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"compared--{part}" for part in HAND}
    DEFAULT_CSS = """
    ComparedView {
        overflow-y: scroll;
        & > .compared--a { background: $accent 30%; color: $foreground; text-style: underline; }
        & > .compared--b { background: $warning 30%; color: $foreground; text-style: italic; }
        & > .compared--both { background: $foreground 22%; color: $foreground; text-style: bold; }
        & > .compared--bar { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        layout, columns = TranscriptLayout("", [], MEASURE), compared_columns(WIDE)
        self._compared = ComparedPage("", (), layout, SpanIndex(layout, {}), columns)
        self._page = self._compared
        self._right: set[str] = set()
        self._hand: HandStyles | None = None

    # What is shown

    def show_both(
        self, text: str, blocks: Sequence[ShownBlock], a: Iterable[ShownCoding], b: Iterable[ShownCoding]
    ) -> None:
        """Show a source with what A and B have coded, without a passage at hand."""
        to_right = list(b)
        self._right = {coding.id for coding in to_right}
        self._compared.at_hand, self._compared.settled = AtHand(), frozenset()
        self.show(text, blocks, [*a, *to_right])

    def show_settled(self, settled: frozenset[str]) -> None:
        """Take other codings, by their ids, for those about which there is nothing to decide."""
        page = self._compared
        changed, page.settled = page.settled ^ settled, settled
        for id_ in changed & page.codings.keys():
            self._redraw((page.right if id_ in self._right else page.index).rows_of(id_))

    def show_at_hand(self, at_hand: AtHand) -> None:
        """Mark another passage as the one that is looked at, and bring it into view."""
        before, self._compared.at_hand = self._compared.at_hand, at_hand
        self.select(False)
        self._redraw_spans(*before.spans, *at_hand.spans)
        if at_hand.spans:
            self.move_to(min(at_hand.spans).start)
            self._bring(at_hand)

    def stay_at(self, caret: int, top: int) -> None:
        """Put the caret back on a code point, and a row of the page at the top of the view."""
        self.move_to(caret)
        self.scroll_to(y=top, animate=False)

    @property
    def at_hand(self) -> AtHand:
        """The passage that is looked at."""
        return self._compared.at_hand

    def _bring(self, at_hand: AtHand) -> None:
        """Scroll, unless all of the passage is in view, so that it begins with some talk above it."""
        row_at, top, height = self._page.layout.row_at, round(self.scroll_y), self.size.height
        first = row_at(min(span.start for span in at_hand.spans))
        last = row_at(max(span.end for span in at_hand.spans) - 1)
        if first < top + 1 or last >= top + height - 1:
            self.scroll_to(y=max(0, first - height // _ABOVE), animate=False)

    # Layout and drawing

    def _lay_out(self) -> None:
        page = self._compared
        page.columns = compared_columns(self.scrollable_content_region.width or WIDE)
        page.layout = TranscriptLayout(page.text, self._blocks, page.columns.text)
        spans = {id_: coding.span for id_, coding in page.codings.items()}
        page.index = SpanIndex(page.layout, {id_: s for id_, s in spans.items() if id_ not in self._right})
        page.right = SpanIndex(page.layout, {id_: s for id_, s in spans.items() if id_ in self._right})
        self.caret = page.layout.clamp(self.caret)
        self.virtual_size = Size(self.scrollable_content_region.width, len(page.layout))
        self._redraw_all()

    def _keep_in_view(self) -> None:
        spans = self.at_hand.spans
        if spans and self.caret in (min(spans).start, max(span.end for span in spans) - 1):
            self._bring(self.at_hand)  # nobody has gone elsewhere
        else:
            self._follow()

    def notify_style_update(self) -> None:
        """Forget drawn rows when the theme changes."""
        super().notify_style_update()
        self._hand = None

    def _draw_row(self, row: int) -> list[Segment]:
        if self._styles is None or self._hand is None:
            parts = [self.get_component_rich_style(f"transcript--{part}") for part in PARTS]
            self._styles = Styles(self.rich_style, self.background_colors[1], *parts)
            self._hand = HandStyles(
                *(self.get_component_rich_style(f"compared--{part}") for part in self.HAND)
            )
        character = self._page.layout.character_at(self.caret)
        caret = Caret(character, self.selection or Span(-1, -1), not self.has_focus)
        return draw_compared(self._compared, row, caret, self._styles, self._hand)
