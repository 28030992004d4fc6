"""The page of a transcript: its columns, and drawing a row of it: gutter, stripes, words, note."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from qualbench.text.lanes import LanedSpan, SpanIndex
from qualbench.text.layout import GAP, TranscriptLayout
from qualbench.text.spans import Span

MEASURE = 88
"""Cells of the longest row of text that reads well."""
WIDE = 95
"""Cells from which turn numbers, longer labels and more lanes have room."""
_MARGIN = 36  # cells; the widest note beside the text
_TINT = 0.22  # how much of a code's colour is mixed into the background behind its words


@dataclass(frozen=True)
class ShownBlock:
    """A turn, heading or piece of preamble, with what the gutter says of it.

    Attributes:
        role: participant, interviewer or other; empty for what is no turn.
        who: The stakeholder type of a participant, or that an interviewer asks.
        time: Seconds into the recording at which it begins.
    """

    span: Span
    speaker: str = ""
    role: str = ""
    number: int | None = None
    who: str = ""
    time: float | None = None


class Stripe(NamedTuple):
    """What a code is shown by."""

    label: str
    letter: str
    colour: str | None


@dataclass(frozen=True)
class ShownCoding:
    """A coding, or another marked place, as the transcript shows it.

    Attributes:
        id: Its own id.
        code: The id of its code.
        foreign: Whether it is of another layer than the coder's own.
        exemplar: Whether it shows well what its code means.
        meaning: semantic, latent or None.
    """

    id: str
    span: Span
    code: str
    label: str
    letter: str
    colour: str | None
    layer: str = ""
    foreign: bool = False
    exemplar: bool = False
    meaning: str | None = None


@dataclass(frozen=True)
class Columns:
    """Cells of each column of the page; what is left over stands to both sides of it."""

    left: int
    number: int
    speaker: int
    lanes: int
    text: int
    margin: int = 0

    @property
    def gutter(self) -> int:
        """Cells before the text, without those left of the page."""
        return self.number + self.speaker + 1 + self.lanes + 1


PARTS = (
    "gutter",
    "participant",
    "interviewer",
    "caret",
    "resting-caret",
    "selection",
    "hit",
    "label",
    "note",
)
"""What has a style of its own, as the theme names it, in the order of `Styles`."""


@dataclass(frozen=True)
class Styles:
    """The styles of the theme, resolved."""

    base: Style
    background: Color
    gutter: Style
    participant: Style
    interviewer: Style
    caret: Style
    resting_caret: Style
    selection: Style
    hit: Style
    label: Style
    note: Style


@dataclass
class Page:
    """What is shown, laid out.

    Attributes:
        codings: By their ids, as in `index`.
        noted: Numbers of the blocks that have a note.
        margin: By row, a line of a note.
        hits: Places found, in order.
        labels: By code point, a letter shown there to jump to.
    """

    text: str
    blocks: Sequence[ShownBlock]
    layout: TranscriptLayout
    index: SpanIndex
    columns: Columns
    codings: Mapping[str, ShownCoding] = field(default_factory=dict)
    noted: frozenset[int] = frozenset()
    margin: Mapping[int, str] = field(default_factory=dict)
    hits: Sequence[Span] = ()
    labels: Mapping[int, str] = field(default_factory=dict)

    def change_codings(self, new: Mapping[str, ShownCoding]) -> set[int]:
        """Take other codings of the same text, by their ids, and give the rows that look different."""
        rows: set[int] = set()
        for id_, coding in self.codings.items():
            if id_ not in new or new[id_].span != coding.span:
                rows.update(self.index.remove(id_))
            elif new[id_] != coding:
                rows.update(self.index.rows_of(id_))
        for id_, coding in new.items():
            if id_ not in self.codings or self.codings[id_].span != coding.span:
                rows.update(self.index.add(id_, coding.span))
        self.codings = new
        return rows

    def cells_of(self, offset: int) -> tuple[int, int, int]:
        """Give where the character at a code point is drawn: first cell, row, and number of cells."""
        character = self.layout.character_at(offset)
        x = self.columns.left + self.columns.gutter + self.layout.column(character.start)
        width = cell_len(self.text[character.start : character.end])
        return x, self.layout.row_at(offset), max(1, width)

    def offset_at(self, x: int, row: int) -> int | None:
        """Give the code point that is drawn at a cell of a row, or the nearest one; None between blocks."""
        if not 0 <= row < len(self.layout) or self.layout.rows[row].block == GAP:
            return None
        return self.layout.offset_at(row, max(0, x - self.columns.left - self.columns.gutter))


@dataclass(frozen=True)
class Caret:
    """Where the caret stands: the character under it, and what is selected."""

    character: Span
    selection: Span
    resting: bool  # the focus is elsewhere


def columns_for(width: int, *, notes: bool) -> Columns:
    """Give the columns of a page so many cells wide, with room for notes beside the text if asked."""
    number, speaker, lanes = (5, 12, 6) if width >= WIDE else (0, 8, 5)
    room = width - (number + speaker + 1 + lanes + 1) - 2
    margin = min(_MARGIN, room // 3) if notes else 0
    text = min(MEASURE, room - margin)
    return Columns(max(0, (room - margin - text) // 2), number, speaker, lanes, text, margin)


def margin_lines(layout: TranscriptLayout, notes: Mapping[int, str], width: int) -> dict[int, str]:
    """Give the lines of notes by row: each from where its words begin, no further than the next note.

    Args:
        layout: The rows.
        notes: By the code point that each stands beside.
        width: Cells of a line.
    """
    lines: dict[int, str] = {}
    firsts = sorted((layout.row_at(offset), note) for offset, note in notes.items())
    ends = [*(row for row, _ in firsts), len(layout)][1:] if firsts else []
    for (row, note), end in zip(firsts, ends, strict=True):
        wrapped = textwrap.wrap(" ".join(note.split()), max(8, width))
        if len(wrapped) > end - row:
            wrapped = [*wrapped[: end - row - 1], wrapped[end - row - 1][:-1] + "…"]
        lines |= dict(enumerate(wrapped, start=row))
    return lines


def draw_row(page: Page, row: int, caret: Caret, styles: Styles) -> list[Segment]:
    """Draw a row of a page.

    Args:
        page: What is shown.
        row: Its number in the layout.
        caret: The caret, wherever it is.
        styles: The styles.
    """
    start, end, block = page.layout.rows[row]
    laned = page.index.on_row(row)
    segments = [
        Segment(" " * page.columns.left, styles.base),
        *draw_gutter(page, row, block, styles),
        *_stripes(page, row, laned, styles),
        Segment(" ", styles.base),
    ]
    drawn = 0
    if block != GAP:
        text = _text(page, start, end, laned, caret, styles)
        drawn = sum(cell_len(segment.text) for segment in text)
        segments += text
    if row in page.margin:
        segments.append(Segment(" " * (page.columns.text - drawn + 2), styles.base))
        segments.append(Segment(page.margin[row], styles.note))
    return segments


def draw_gutter(page: Page, row: int, block: int, styles: Styles) -> list[Segment]:
    """Number and speaker on the first row of a block, who and when on the two after it."""
    columns, number, name, style = page.columns, "", "", styles.gutter
    shown = page.blocks[block] if block != GAP else None
    line = 0
    while line < 3 and row - line > 0 and page.layout.rows[row - line - 1].block == block:
        line += 1
    if shown is not None and line == 0:
        number = str(shown.number) if shown.number is not None else ""
        name = shown.speaker
        style = styles.participant if shown.role == "participant" else styles.interviewer
    elif shown is not None and line < 3:
        further = [shown.who, clock(shown.time) if shown.time is not None else ""]
        name = next(iter([one for one in further if one][line - 1 : line]), "")
    mark = "✎" if line == 0 and block in page.noted else " "
    return [
        Segment(f"{number:>{columns.number - 1}} " if columns.number else "", styles.gutter),
        Segment(_fitted(name, columns.speaker), style),
        Segment(mark, styles.note),
    ]


def _stripes(page: Page, row: int, laned: Sequence[LanedSpan], styles: Styles) -> list[Segment]:
    lanes = page.columns.lanes
    stripes: list[Segment] = [Segment(" ", styles.base)] * lanes
    for span in laned:
        if span.lane >= lanes:
            stripes[lanes - 1] = Segment("+", styles.base)
            continue
        coding = page.codings[span.key]
        first = row == span.first_row
        mark = coding.letter if first else "╵" if row == span.last_row else "│"
        colour = Style(color=coding.colour, bold=first) if coding.colour else Style(bold=True)
        stripes[span.lane] = Segment(mark, styles.base + colour)
    return stripes


def _text(
    page: Page, start: int, end: int, laned: Sequence[LanedSpan], caret: Caret, styles: Styles
) -> list[Segment]:
    hits = [hit for hit in page.hits if hit.start < end and start < hit.end] if page.hits else []
    cuts = {start, end}
    for span in (*(one.span for one in laned), caret.character, caret.selection, *hits):
        cuts.update(edge for edge in span if start < edge < end)
    if page.labels:
        cuts.update(at for label in page.labels for at in (label, label + 1) if start < at < end)
    heading = not page.blocks[page.layout.rows[page.layout.row_at(start)].block].speaker
    segments = []
    for left, right in pairwise(sorted(cuts)):
        here = [one for one in laned if one.span.start <= left and right <= one.span.end]
        style = styles.base + _coded(page, here, styles)
        if heading:
            style += Style(italic=True)
        if any(hit.start <= left and right <= hit.end for hit in hits):
            style += styles.hit
        if caret.selection.start <= left and right <= caret.selection.end:
            style += styles.selection
        if caret.character.start <= left < caret.character.end:
            style += styles.resting_caret if caret.resting else styles.caret
        words = page.text[left:right]
        if left in page.labels:
            words, style = set_cell_size(page.labels[left], cell_len(words)), styles.label
        segments.append(Segment(words, style))
    if segments and segments[-1].text.endswith(" ") and caret.character.start != end - 1:
        # the blank at which a row was broken carries no tint
        segments[-1] = Segment(segments[-1].text.rstrip(), segments[-1].style)
    return segments


def _coded(page: Page, here: Sequence[LanedSpan], styles: Styles) -> Style:
    """A tint of the shortest coding's colour; underlined where two overlap, bold where more do."""
    if not here:
        return Style.null()
    shortest = page.codings[min(here, key=lambda one: one.span.end - one.span.start).key]
    tint = None
    if shortest.colour:
        tint = styles.background.blend(Color.parse(shortest.colour), _TINT).rich_color
    return Style(bgcolor=tint, underline=len(here) > 1, bold=len(here) > 2, italic=shortest.foreign or None)


def _fitted(name: str, width: int) -> str:
    """A name at the right edge of its column, cut if it is too long."""
    if cell_len(name) > width:
        name = set_cell_size(name, width - 1) + "…"
    return " " * (width - cell_len(name)) + name


def clock(seconds: float) -> str:
    """Write a time in a recording as hours, minutes and seconds."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def letters_for(codes: Sequence[str], taken: Collection[str | None] = ()) -> Mapping[str, str]:
    """Give each code a letter by which its stripes are known: a to z, then A to Z, but for those taken."""
    free = [letter for letter in ascii_lowercase + ascii_uppercase if letter not in taken] or ["*"]
    return {code: free[n % len(free)] for n, code in enumerate(codes)}
