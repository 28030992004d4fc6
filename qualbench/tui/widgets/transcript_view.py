"""The transcript: laid out by our own rows, drawn a line at a time, with stripes for what is coded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qualbench.text.layout import GAP, LanedSpan, SpanIndex, TranscriptLayout
from qualbench.text.spans import Span
from qualbench.text.words import WORD

MEASURE = 88  # cells; the longest row of text that reads well
SPEAKER_WIDTHS = (8, 12)  # on a narrow screen and on a wide one
NUMBER_WIDTH = 5
WIDE = 95  # cells from which turn numbers and longer labels have room
LANES_SHOWN = 5
SCROLL_MARGIN = 3  # rows kept visible beyond the caret

_TINT = 0.22  # how much of a code's colour is mixed into the background behind its words


@dataclass(frozen=True)
class ShownBlock:
    """A turn, heading or piece of preamble, with what the gutter says of it."""

    span: Span
    speaker: str = ""
    role: str = ""
    number: int | None = None


@dataclass(frozen=True)
class ShownCoding:
    """A coding as the transcript shows it."""

    span: Span
    code: str
    label: str
    letter: str
    colour: str | None


class TranscriptView(ScrollView, can_focus=True):
    """A read-only transcript with a caret; posts `CaretMoved`."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--gutter",
        "transcript--participant",
        "transcript--interviewer",
        "transcript--caret",
        "transcript--selection",
    }
    DEFAULT_CSS = """
    TranscriptView {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .transcript--gutter { color: $text-muted; }
        & > .transcript--participant { color: $accent; text-style: bold; }
        & > .transcript--interviewer { color: $text-muted; text-style: bold; }
        & > .transcript--caret { background: $foreground; color: $background; }
        & > .transcript--selection { background: $primary 60%; color: $foreground; }
    }
    """

    class CaretMoved(Message):
        """The caret stands elsewhere, or other codings are shown."""

        def __init__(self, offset: int, codings: list[ShownCoding]) -> None:
            super().__init__()
            self.offset = offset
            self.codings = codings

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TranscriptView.CaretMoved)

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        self._text = ""
        self._blocks: Sequence[ShownBlock] = ()
        self._codings: Sequence[ShownCoding] = ()
        self._layout = TranscriptLayout("", [], MEASURE)
        self._index = SpanIndex(self._layout, [])
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._goal_column: int | None = None
        self._anchor: int | None = None
        self.caret = 0

    # What is shown

    def show(self, text: str, blocks: Sequence[ShownBlock], codings: Sequence[ShownCoding]) -> None:
        """Show another source, from its start."""
        self._text, self._blocks, self._codings = text, blocks, codings
        self._anchor = None
        self._lay_out()
        self.caret = self._layout.clamp(0)
        self.scroll_to(0, 0, animate=False)
        self._tell()

    def show_codings(self, codings: Sequence[ShownCoding]) -> None:
        """Show other codings of the same source."""
        self._codings = codings
        self._reindex()
        self._tell()

    def codings_at(self, offset: int) -> list[ShownCoding]:
        """Give the codings that hold a code point, the shortest first."""
        found = [c for c in self._codings if c.span.start <= offset < c.span.end]
        return sorted(found, key=lambda c: (c.span.end - c.span.start, c.label))

    # The selection

    @property
    def selection(self) -> Span | None:
        """What is selected, the character under the caret included."""
        if self._anchor is None:
            return None
        return Span(min(self._anchor, self.caret), max(self._anchor, self.caret) + 1)

    def select(self, on: bool) -> None:
        """Begin a selection at the caret, or drop the one there is."""
        self._anchor = self.caret if on else None
        self._strips.clear()
        self.refresh()

    def word_at_caret(self) -> Span | None:
        """Give the word under the caret."""
        row = self._layout.rows[self._layout.row_at(self.caret)]
        for match in WORD.finditer(self._text, row.start, row.end):
            if match.start() <= self.caret < match.end():
                return Span(*match.span())
        return None

    # The caret

    def move_to_end(self) -> None:
        """Put the caret on the last character."""
        self.move_to(len(self._text))

    def move_to(self, offset: int, *, keep_column: bool = False) -> None:
        """Put the caret on a code point and bring it into view."""
        if not keep_column:
            self._goal_column = None
        before, self.caret = self.caret, self._layout.clamp(offset)
        if self._anchor is not None:  # the rows between have changed too
            self._strips.clear()
            self.refresh()
        for row in {self._layout.row_at(before), self._layout.row_at(self.caret)}:
            self._strips.discard(row)
            self.refresh_lines(row - round(self.scroll_y), 1)
        self._follow()
        self._tell()

    def step(self, characters: int) -> None:
        """Move the caret by shown characters, from row to row."""
        target = self.caret + characters
        row = self._layout.row_at(self.caret)
        start, end, _ = self._layout.rows[row]
        if target < start:
            target = self._layout.step_rows(self.caret, -1, 10_000) if row else self.caret
        elif target >= end:
            target = self._layout.step_rows(self.caret, 1, 0) if row < len(self._layout) - 1 else self.caret
        self.move_to(target)

    def step_rows(self, rows: int) -> None:
        """Move the caret up or down, keeping its column where rows are long enough."""
        if self._goal_column is None:
            self._goal_column = self._layout.column(self.caret)
        self.move_to(self._layout.step_rows(self.caret, rows, self._goal_column), keep_column=True)

    def step_page(self, pages: int) -> None:
        """Move the caret by the height of the view."""
        self.step_rows(pages * max(1, self.size.height - 2))

    def step_word(self, forward: bool) -> None:
        """Move the caret to the beginning of the next word, or of the one before."""
        self._step_among([m.start() for m in WORD.finditer(self._text)], forward, self._is_shown)

    def step_turn(self, forward: bool) -> None:
        """Move the caret to the beginning of the next turn, or of the one before."""
        self._step_among([block.span.start for block in self._blocks], forward)

    def step_coding(self, forward: bool) -> None:
        """Move the caret to the beginning of the next coded passage, or of the one before."""
        self._step_among(sorted({coding.span.start for coding in self._codings}), forward)

    def _step_among(
        self, places: Sequence[int], forward: bool, fits: Callable[[int], bool] = lambda place: True
    ) -> None:
        at = bisect_right(places, self.caret) if forward else bisect_left(places, self.caret) - 1
        while 0 <= at < len(places) and not fits(places[at]):
            at += 1 if forward else -1
        if 0 <= at < len(places):
            self.move_to(places[at])

    def _is_shown(self, offset: int) -> bool:
        return self._layout.clamp(offset) == offset

    def _follow(self) -> None:
        row, top, height = self._layout.row_at(self.caret), round(self.scroll_y), self.size.height
        margin = min(SCROLL_MARGIN, max(0, (height - 1) // 2))
        if row < top + margin:
            self.scroll_to(y=max(0, row - margin), animate=False)
        elif row >= top + height - margin:
            self.scroll_to(y=row - height + margin + 1, animate=False)

    def _tell(self) -> None:
        self.post_message(self.CaretMoved(self.caret, self.codings_at(self.caret)))

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew for the new width, keeping the caret in view."""
        self._lay_out()
        self._follow()

    def notify_style_update(self) -> None:
        """Forget drawn rows when the theme changes."""
        super().notify_style_update()
        self._strips.clear()

    @property
    def _width(self) -> int:
        """Cells for a row, the scroll bar left out."""
        return self.scrollable_content_region.width

    @property
    def _number_width(self) -> int:
        """Cells for turn numbers; none on a narrow screen."""
        return NUMBER_WIDTH if self._width >= WIDE else 0

    @property
    def _speaker_width(self) -> int:
        """Cells for the label of a speaker."""
        return SPEAKER_WIDTHS[self._width >= WIDE]

    @property
    def _gutter_width(self) -> int:
        return self._number_width + self._speaker_width + 1 + min(self._index.lanes, LANES_SHOWN) + 1

    @property
    def _left(self) -> int:
        """Blank columns that centre the page."""
        return max(0, (self._width - self._gutter_width - MEASURE - 2) // 2)

    def _lay_out(self) -> None:
        gutter = self._number_width + self._speaker_width + 1 + LANES_SHOWN + 1
        width = min(MEASURE, self._width - gutter - 2)
        self._layout = TranscriptLayout(self._text, [block.span for block in self._blocks], width)
        self.caret = self._layout.clamp(self.caret)
        self._reindex()

    def _reindex(self) -> None:
        self._index = SpanIndex(self._layout, [coding.span for coding in self._codings])
        self.virtual_size = Size(self._width, len(self._layout))
        self._strips.clear()
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        row = y + round(self.scroll_y)
        width = self._width
        if row >= len(self._layout):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(row)
        if strip is None or strip.cell_length != width:
            strip = Strip(self._draw_row(row)).adjust_cell_length(width, self.rich_style)
            self._strips[row] = strip
        return strip

    def _draw_row(self, row: int) -> list[Segment]:
        base = self.rich_style
        start, end, block = self._layout.rows[row]
        laned = self._index.on_row(row)
        segments = [Segment(" " * self._left, base), *self._draw_gutter(row, block)]
        segments += self._draw_stripes(row, laned)
        segments.append(Segment(" ", base))
        if block != GAP:
            segments += self._draw_text(start, end, laned, base, heading=not self._blocks[block].speaker)
        return segments

    def _draw_gutter(self, row: int, block: int) -> list[Segment]:
        quiet = self.get_component_rich_style("transcript--gutter")
        first = block != GAP and (row == 0 or self._layout.rows[row - 1].block != block)
        shown = self._blocks[block] if first else ShownBlock(Span(0, 0))
        segments = []
        if self._number_width:
            number = str(shown.number) if shown.number is not None else ""
            segments.append(Segment(f"{number:>{NUMBER_WIDTH - 1}} ", quiet))
        role = "participant" if shown.role == "participant" else "interviewer"
        style = self.get_component_rich_style(f"transcript--{role}")
        name = (
            shown.speaker
            if len(shown.speaker) <= self._speaker_width
            else shown.speaker[: self._speaker_width - 1] + "…"
        )
        segments.append(Segment(f"{name:>{self._speaker_width}} ", style))
        return segments

    def _draw_stripes(self, row: int, laned: Sequence[LanedSpan]) -> list[Segment]:
        width = min(self._index.lanes, LANES_SHOWN)
        stripes: list[Segment] = [Segment(" ", self.rich_style)] * width
        for span in laned:
            if span.lane >= LANES_SHOWN:
                stripes[LANES_SHOWN - 1] = Segment("+", self.rich_style)
                continue
            coding = self._codings[span.number]
            mark = coding.letter if row == span.first_row else "╵" if row == span.last_row else "│"
            colour = (
                Style(color=coding.colour, bold=row == span.first_row) if coding.colour else Style(bold=True)
            )
            stripes[span.lane] = Segment(mark, self.rich_style + colour)
        return stripes

    def _draw_text(
        self, start: int, end: int, laned: Sequence[LanedSpan], base: Style, *, heading: bool
    ) -> list[Segment]:
        caret = self.caret
        cuts = {start, end}
        for span in laned:
            cuts.update(edge for edge in span.span if start < edge < end)
        if start <= caret < end:
            cuts.update((caret, min(end, caret + 1)))
        selected = self.selection or Span(0, 0)
        cuts.update(edge for edge in selected if start < edge < end)
        ordered = sorted(cuts)
        segments = []
        for left, right in pairwise(ordered):
            here = [s for s in laned if s.span.start <= left and right <= s.span.end]
            style = base + self._coded_style(here)
            if heading:
                style += Style(italic=True)
            if selected.start <= left and right <= selected.end:
                style += self.get_component_rich_style("transcript--selection")
            if left == caret and start <= caret < end:
                style += self.get_component_rich_style("transcript--caret")
            segments.append(Segment(self._text[left:right], style))
        if segments and segments[-1].text.endswith(" ") and caret != end - 1:
            words = segments[-1].text.rstrip()  # the blank at which a row was broken carries no tint
            segments[-1] = Segment(words, segments[-1].style)
        return segments

    def _coded_style(self, here: Sequence[LanedSpan]) -> Style:
        """A tint of the shortest coding's colour, underlined where codings overlap."""
        if not here:
            return Style.null()
        shortest = min(here, key=lambda s: s.span.end - s.span.start)
        colour = self._codings[shortest.number].colour
        tint = self.background_colors[1].blend(Color.parse(colour), _TINT).rich_color if colour else None
        return Style(bgcolor=tint, underline=len(here) > 1)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Put the caret where the mouse was clicked."""
        row = event.y + round(self.scroll_y)
        if row < len(self._layout) and self._layout.rows[row].block != GAP:
            self.move_to(self._layout.offset_at(row, max(0, event.x - self._left - self._gutter_width)))


def letters_for(codes: Sequence[str]) -> Mapping[str, str]:
    """Give each code a letter, a to z and then A to Z, by which its stripes are known."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {code: alphabet[n % len(alphabet)] for n, code in enumerate(codes)}
