"""Passages in one scroll, each in the turn it lies in, under a heading for each code."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from qualbench.coding.talk import Said, Talk
from qualbench.text.layout import GAP, Row, TranscriptLayout
from qualbench.text.spans import Span
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.transcript_rows import MEASURE, WIDE

WORDS_ALONE, WIDEST = -1, 5
"""The least and the most that is shown around a passage: its words alone; five turns to either side."""


@dataclass(frozen=True)
class ShownPassage:
    """A passage as the list shows it.

    Attributes:
        id: Its own id.
        span: Code points of the source's text, half-open.
        group: What it has in common with the others under one heading.
        heading: What stands above the first of them.
        note: What stands below that heading.
        marks: What is noted beside its place, such as "exemplar".
        done: Whether it has been read again.
    """

    id: str
    source: str
    span: Span
    group: str
    heading: str
    note: str = ""
    marks: str = ""
    done: bool = False


@dataclass(frozen=True)
class _Laid:
    """A passage laid out: the rows of its heading, then its place, then its turns, then a blank row."""

    head: tuple[tuple[str, str], ...]
    said: Sequence[Said]
    rows: Sequence[Row]


class PassageList(BlockList):
    """Passages to read again, with a cursor on one.

    Attributes:
        passages: What is shown, in order.
        context: Turns shown to either side of the passage's own; `WORDS_ALONE` for less than that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passages: Sequence[ShownPassage] = ()
        self.context = 0
        self._talk: Mapping[str, Talk] = {}
        self._laid: list[_Laid] = []
        self._wrapped: dict[tuple[str, Span], tuple[list[Said], list[Row]]] = {}
        self._wrapped_for: tuple[int, int] | None = None  # the width and context of those
        self._speaker, self._left = 8, 0

    def show(self, passages: Sequence[ShownPassage], talk: Mapping[str, Talk], cursor: int) -> None:
        """Show passages, with the cursor on one by its number.

        Args:
            passages: In order; those of a heading follow one another.
            talk: Of their sources, by name.
            cursor: The number of the one to stand on.
        """
        if any(talk.get(source) is not known for source, known in self._talk.items()):
            self._wrapped = {}  # a text may have changed
        self.passages, self._talk = passages, talk
        self.lay_out(cursor)

    def change(self, at: int, passage: ShownPassage) -> None:
        """Show one passage with other marks."""
        self.passages = [*self.passages[:at], passage, *self.passages[at + 1 :]]
        self.redraw(at)

    @property
    def present(self) -> ShownPassage | None:
        """The passage under the cursor."""
        return self.passages[self.cursor] if self.cursor < len(self.passages) else None

    def widen(self, by: int) -> bool:
        """Show more turns around the passages, or fewer; False if there is no more or less."""
        context = self.context + by
        if not WORDS_ALONE <= context <= WIDEST:
            return False
        self.context = context
        self.lay_out()
        return True

    # Layout

    def measure(self, width: int) -> Sequence[int]:
        """Lay the passages out for a width, and give the rows of each."""
        self._speaker = 12 if width >= WIDE else 8
        text = min(MEASURE, width - self._speaker - 1)
        self._left = (width - self._speaker - 1 - text) // 2
        if self._wrapped_for != (text, self.context):
            self._wrapped, self._wrapped_for = {}, (text, self.context)
        self._laid = list(self._lay_passages(text))
        return [len(laid.head) + len(laid.rows) + 2 for laid in self._laid]

    def _lay_passages(self, width: int) -> Iterator[_Laid]:
        above: str | None = None
        for passage in self.passages:
            head: tuple[tuple[str, str], ...] = ()
            if passage.group != above:
                room = width + self._speaker
                blank = [("plain", "")]
                title = [("heading", row) for row in textwrap.wrap(passage.heading, room)]
                note = [("muted", row) for row in textwrap.wrap(passage.note, room)]
                head = (*(blank if above is not None else []), *title, *note, *blank)
                above = passage.group
            yield _Laid(head, *self._wrap(passage.source, passage.span, width))

    def _wrap(self, source: str, span: Span, width: int) -> tuple[list[Said], list[Row]]:
        """What is said around a passage and its rows, wrapped once: most stay when one goes."""
        if (source, span) not in self._wrapped:
            talk = self._talk[source]
            said = self._said(talk, span)
            rows = TranscriptLayout(talk.text, [one.span for one in said], width).rows
            self._wrapped[source, span] = said, rows
        return self._wrapped[source, span]

    def _said(self, talk: Talk, span: Span) -> list[Said]:
        said = talk.around(span, max(0, self.context))
        if self.context != WORDS_ALONE:
            return said
        cut = [Span(max(one.span.start, span.start), min(one.span.end, span.end)) for one in said]
        return [
            replace(one, span=part) for one, part in zip(said, cut, strict=True) if part.start < part.end
        ] or said

    def point(self, block: int) -> int:
        """Give the row of a passage where its coded words begin."""
        laid, start = self._laid[block], self.passages[block].span.start
        rows = (n for n, row in enumerate(laid.rows) if row.block != GAP and row.end > start)
        return len(laid.head) + 1 + next(rows, 0)

    # Drawing

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a row of a passage."""
        laid = self._laid[block]
        plain = self.style("plain")
        yield Segment(" " * self._left, plain)
        if row < len(laid.head):
            part, words = laid.head[row]
            yield Segment(words, self.style(part))
        elif row == len(laid.head):
            yield from self._place(self.passages[block], laid.said)
        elif row <= len(laid.head) + len(laid.rows):
            yield from self._words(block, laid, row - len(laid.head) - 1)

    def _place(self, passage: ShownPassage, said: Sequence[Said]) -> Iterator[Segment]:
        own = [one for one in said if one.span.start < passage.span.end and passage.span.start < one.span.end]
        who = ", ".join(dict.fromkeys(one.stakeholder for one in own if one.stakeholder))
        turn = next((f"turn {one.turn}" for one in own if one.turn is not None), "")
        where = [passage.source, who, self._talk[passage.source].timepoint or "", turn]
        marks = f"{passage.marks}  " if passage.marks else ""
        yield Segment(f"{'✓' if passage.done else ' '} {marks}", self.style("strong"))
        yield Segment("  ".join(part for part in where if part), self.style("muted"))

    def _words(self, block: int, laid: _Laid, at: int) -> Iterator[Segment]:
        row, coded = laid.rows[at], self.passages[block].span
        if row.block == GAP:
            return
        said = laid.said[row.block]
        opens = at == 0 or laid.rows[at - 1].block != row.block
        name = (said.speaker or "") if opens else ""
        shown = name if cell_len(name) <= self._speaker else set_cell_size(name, self._speaker - 1) + "…"
        yield Segment(f"{' ' * (self._speaker - cell_len(shown))}{shown} ", self.style("muted"))
        text = self._talk[self.passages[block].source].text
        edges = {row.start, row.end, *(edge for edge in coded if row.start < edge < row.end)}
        for left, right in pairwise(sorted(edges)):
            inside = coded.start <= left and right <= coded.end
            yield Segment(text[left:right], self.style("strong" if inside else "muted"))
