"""The transcript: laid out by our own rows, drawn a line at a time, with stripes for what is coded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.signal import Signal
from textual.strip import Strip

from qualbench.text.lanes import SpanIndex
from qualbench.text.layout import GAP, TranscriptLayout
from qualbench.text.motions import Unit, next_end, next_start, piece_at, previous_start, turns, words
from qualbench.text.spans import Span
from qualbench.tui.widgets.transcript_rows import (
    MEASURE,
    PARTS,
    WIDE,
    Caret,
    Columns,
    Page,
    ShownBlock,
    ShownCoding,
    Styles,
    columns_for,
    draw_row,
    margin_lines,
)

SCROLL_MARGIN = 3  # rows kept visible beyond the caret


class TranscriptView(ScrollView, can_focus=True, inherit_bindings=False):
    """A read-only transcript with a caret and a selection; tells by a signal when it moves.

    Attributes:
        moved: Published when the caret stands elsewhere, or something else is shown there. A message would
            come a frame later than the rows that it is about.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{part}" for part in PARTS}
    DEFAULT_CSS = """
    TranscriptView {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .transcript--gutter { color: $text-muted; }
        & > .transcript--participant { color: $accent; text-style: bold; }
        & > .transcript--interviewer { color: $text-muted; text-style: bold; }
        & > .transcript--caret { background: $foreground; color: $background; }
        & > .transcript--resting-caret { text-style: underline; }
        & > .transcript--selection { background: $primary 60%; color: $foreground; }
        & > .transcript--hit { background: $warning 45%; color: $foreground; text-style: bold; }
        & > .transcript--label { background: $accent; color: $background; text-style: bold; }
        & > .transcript--note { color: $accent; text-style: italic; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        layout = TranscriptLayout("", [], MEASURE)
        self._page = Page("", (), layout, SpanIndex(layout, {}), Columns(0, 0, 8, 5, MEASURE))
        self._blocks: list[Span] = []
        self._notes: Mapping[int, str] = {}
        self._in_margin = False
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._styles: Styles | None = None
        self._goal_column: int | None = None
        self._anchor: int | None = None
        self._dragging = False
        self.caret = 0
        self.moved: Signal[TranscriptView] = Signal(self, "moved")

    # What is shown

    def show(
        self, text: str, blocks: Sequence[ShownBlock], codings: Iterable[ShownCoding], at: int = 0
    ) -> None:
        """Show another source, with the caret at a code point."""
        self._page.text, self._page.blocks = text, blocks
        self._page.codings = {coding.id: coding for coding in codings}
        self._page.hits, self._page.labels = (), {}
        self._notes, self._page.noted = {}, frozenset()
        self._blocks = [block.span for block in blocks]
        self._anchor, self.caret = None, at
        self._lay_out()
        self.scroll_to(0, 0, animate=False)
        self._follow()
        self._tell()

    def show_codings(self, codings: Iterable[ShownCoding]) -> None:
        """Show other codings of the same source, drawing anew only the rows that they touch."""
        self._redraw(self._page.change_codings({coding.id: coding for coding in codings}))
        self._tell()

    def show_notes(self, notes: Mapping[int, str], *, in_margin: bool) -> None:
        """Mark the blocks that have a note, by their numbers, and show the notes beside them if asked."""
        before, self._notes = self._notes, notes
        self._page.noted = frozenset(notes)
        if in_margin != self._in_margin or (in_margin and notes != before):
            self._in_margin = in_margin
            self._lay_out()
            self._follow()
        else:
            row_at = self._page.layout.row_at
            self._redraw(row_at(self._blocks[block].start) for block in before.keys() ^ notes.keys())

    def show_hits(self, hits: Sequence[Span]) -> None:
        """Show places found, in order."""
        self._page.hits = hits
        self._redraw_all()

    def show_labels(self, labels: Mapping[int, str]) -> None:
        """Show letters at code points, to jump to."""
        self._page.labels = labels
        self._redraw_all()

    @property
    def codings(self) -> list[ShownCoding]:
        """The codings that are shown."""
        return list(self._page.codings.values())

    def codings_at(self, offset: int) -> list[ShownCoding]:
        """Give the codings that hold a code point, the shortest first."""
        return [self._page.codings[key] for key in self._page.index.at(offset)]

    def block_at(self, offset: int) -> int | None:
        """Give the number of the block that holds a code point, or the nearest before it."""
        block = self._page.layout.rows[self._page.layout.row_at(offset)].block
        return block if block != GAP else None

    def shown_block(self) -> ShownBlock | None:
        """Give the turn or heading at the caret."""
        block = self.block_at(self.caret)
        return self._page.blocks[block] if block is not None else None

    @property
    def blocks(self) -> list[Span]:
        """What is shown of the text, in order."""
        return self._blocks

    def visible_span(self) -> Span:
        """Give the text that is in view."""
        rows = self._page.layout.rows
        top = round(self.scroll_y)
        bottom = min(len(rows), top + self.size.height) - 1
        return Span(rows[top].start, rows[bottom].end)

    # The selection

    @property
    def selection(self) -> Span | None:
        """What is selected, the character under the caret included."""
        if self._anchor is None:
            return None
        character = self._page.layout.character_at
        low, high = sorted((self._anchor, self.caret))
        return Span(low, max(high + 1, character(high).end))

    def select(self, on: bool) -> None:
        """Begin a selection at the caret, or drop the one there is."""
        before = self.selection
        self._anchor = self.caret if on else None
        self._redraw_spans(before, self.selection)

    def select_span(self, span: Span) -> None:
        """Select a span, with the caret on its last character."""
        before, self._anchor = self.selection, None
        self._redraw_spans(before)
        self.move_to(span.start)
        self._anchor = span.start
        self.move_to(span.end - 1)
        self._redraw_spans(span)

    def swap_ends(self) -> None:
        """Put the caret at the other end of the selection."""
        if self._anchor is not None:
            anchor, self._anchor = self._anchor, self.caret
            self.move_to(anchor)

    def piece_at_caret(self, unit: Unit) -> Span | None:
        """Give the word, sentence or turn at the caret."""
        return piece_at(self._page.text, self._blocks, unit, self.caret)

    def piece_after(self, unit: Unit, offset: int) -> Span | None:
        """Give the first word, sentence or turn that begins at or after a code point."""
        start = next_start(self._page.text, self._blocks, unit, offset - 1)
        return None if start is None else piece_at(self._page.text, self._blocks, unit, start)

    # The caret

    def move_to(self, offset: int, *, keep_column: bool = False) -> None:
        """Put the caret on a code point and bring it into view."""
        if not keep_column:
            self._goal_column = None
        before, layout = self.caret, self._page.layout
        self.caret = layout.character_at(layout.clamp(offset)).start
        if self._anchor is None:
            self._redraw_character(before)
            self._redraw_character(self.caret)
        else:
            rows = sorted((layout.row_at(before), layout.row_at(self.caret)))
            self._redraw(range(rows[0], rows[1] + 1))
        self._follow()
        self._tell()

    def move_to_end(self) -> None:
        """Put the caret on the last character."""
        self.move_to(len(self._page.text))

    def step(self, characters: int) -> None:
        """Move the caret by one shown character to the right (left, if negative), from row to row."""
        layout, row = self._page.layout, self._page.layout.row_at(self.caret)
        start, end, _ = layout.rows[row]
        target = layout.character_at(self.caret).end if characters > 0 else self.caret - 1
        if target < start:
            target = layout.step_rows(self.caret, -1, 10_000) if row else self.caret
        elif target >= end:
            target = layout.step_rows(self.caret, 1, 0) if row < len(layout) - 1 else self.caret
        self.move_to(target)

    def step_rows(self, rows: int) -> None:
        """Move the caret up or down, keeping its column where rows are long enough."""
        layout = self._page.layout
        if self._goal_column is None:
            self._goal_column = layout.column(self.caret)
        self.move_to(layout.step_rows(self.caret, rows, self._goal_column), keep_column=True)

    def step_page(self, pages: int) -> None:
        """Move the caret by the height of the view, and the view with it."""
        rows, layout = pages * max(1, self.size.height - 2), self._page.layout
        if self._goal_column is None:
            self._goal_column = layout.column(self.caret)
        target = max(0, min(len(layout) - 1, layout.row_at(self.caret) + rows))
        if layout.rows[target].block == GAP and len(layout) > 1:
            target += 1 if pages > 0 else -1
        self.scroll_to(y=max(0, self.scroll_y + rows), animate=False)
        self.move_to(layout.offset_at(target, self._goal_column), keep_column=True)

    def step_unit(self, unit: Unit, forward: bool) -> None:
        """Move the caret to the beginning of the next word, sentence or turn, or of the one before."""
        step = next_start if forward else previous_start
        target = step(self._page.text, self._blocks, unit, self.caret)
        if target is not None:
            self.move_to(target)

    def step_word_end(self) -> None:
        """Move the caret to the end of a word."""
        target = next_end(self._page.text, self._blocks, words, self.caret)
        if target is not None:
            self.move_to(target)

    def step_coding(self, forward: bool) -> bool:
        """Move to the beginning of the next coded passage, or the one before; False if there is none."""
        return self.step_among(sorted({coding.span.start for coding in self.codings}), forward)

    def step_among(self, places: Sequence[int], forward: bool) -> bool:
        """Move to the next of some code points in order, or the one before; False if there is none."""
        at = bisect_right(places, self.caret) if forward else bisect_left(places, self.caret) - 1
        if 0 <= at < len(places):
            self.move_to(places[at])
            return True
        return False

    def _follow(self) -> None:
        row, top, height = self._page.layout.row_at(self.caret), round(self.scroll_y), self.size.height
        margin = min(SCROLL_MARGIN, max(0, (height - 1) // 2))
        if row < top + margin:
            self.scroll_to(y=max(0, row - margin), animate=False)
        elif row >= top + height - margin:
            self.scroll_to(y=row - height + margin + 1, animate=False)

    def _tell(self) -> None:
        self.moved.publish(self)

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew if the width is another, keeping the caret in view."""
        if self.virtual_size.width != self.scrollable_content_region.width:
            self._lay_out()
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        self._follow()

    def notify_style_update(self) -> None:
        """Forget drawn rows when the theme changes."""
        super().notify_style_update()
        self._styles = None
        self._strips.clear()

    def _lay_out(self) -> None:
        page = self._page
        # before the first resize there is no width, and a narrow one would cost thousands of rows
        page.columns = columns_for(self.scrollable_content_region.width or WIDE, notes=self._in_margin)
        page.layout = TranscriptLayout(page.text, self._blocks, page.columns.text)
        page.index = SpanIndex(page.layout, {id_: coding.span for id_, coding in page.codings.items()})
        if self._in_margin:
            notes = {self._blocks[block].start: note for block, note in self._notes.items()}
            page.margin = margin_lines(page.layout, notes, page.columns.margin - 2)
        else:
            page.margin = {}
        self.caret = page.layout.clamp(self.caret)
        self.virtual_size = Size(self.scrollable_content_region.width, len(page.layout))
        self._redraw_all()

    # Drawing

    def _redraw(self, rows: Iterable[int]) -> None:
        top, height = round(self.scroll_y), self.size.height
        for row in rows:
            self._strips.discard(row)
            if top <= row < top + height:
                self.refresh(Region(0, row - top, self.scrollable_content_region.width, 1))

    def _redraw_character(self, offset: int) -> None:
        """Draw a row anew, but send no more of it than the character at a code point."""
        x, row, width = self._page.cells_of(offset)
        self._strips.discard(row)
        self.refresh(Region(x, row - round(self.scroll_y), width, 1))

    def _redraw_spans(self, *spans: Span | None) -> None:
        layout = self._page.layout
        for span in spans:
            if span is not None:
                self._redraw(range(layout.row_at(span.start), layout.row_at(span.end - 1) + 1))

    def _redraw_all(self) -> None:
        self._strips.clear()
        self.refresh()

    def on_focus(self) -> None:
        """Show the caret."""
        self._redraw([self._page.layout.row_at(self.caret)])

    def on_blur(self) -> None:
        """Show that the caret rests."""
        self._redraw([self._page.layout.row_at(self.caret)])

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        row = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        if row >= len(self._page.layout):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(row)
        if strip is None or strip.cell_length != width:
            # simplified, for each segment sends its colours again
            strip = Strip(self._draw_row(row)).adjust_cell_length(width, self.rich_style).simplify()
            self._strips[row] = strip
        return strip

    def _draw_row(self, row: int) -> list[Segment]:
        if self._styles is None:
            parts = [self.get_component_rich_style(f"transcript--{part}") for part in PARTS]
            self._styles = Styles(self.rich_style, self.background_colors[1], *parts)
        character = self._page.layout.character_at(self.caret)
        caret = Caret(character, self.selection or Span(-1, -1), not self.has_focus)
        return draw_row(self._page, row, caret, self._styles)

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a selection where the mouse is pressed."""
        offset = self._offset_under(event)
        if offset is None or event.button != 1:
            return
        self.select(False)
        self.move_to(offset)
        self._dragging = True
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Extend the selection to where the mouse is dragged."""
        offset = self._offset_under(event) if self._dragging else None
        if offset is not None and offset != self.caret:
            if self._anchor is None:
                self._anchor = self.caret
            self.move_to(offset)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the selection."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Select the word that was clicked twice, or the turn that was clicked three times."""
        if event.chain > 1 and self._offset_under(event) is not None:
            piece = self.piece_at_caret(words if event.chain == 2 else turns)
            if piece is not None:
                self.select_span(piece)

    def _offset_under(self, event: events.MouseEvent) -> int | None:
        return self._page.offset_at(event.x, event.y + round(self.scroll_y))
