"""What a matrix is, and what is asked of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from qualbench.analysis.matrix_counting import Number
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span

COUNTED = "counted"
SILENT = "silent"
NOT_COLLECTED = "not collected"
NOT_ASKED = "not asked"
HIDDEN = "hidden"
BLANK = (NOT_COLLECTED, NOT_ASKED, HIDDEN)
STATES = (COUNTED, SILENT, *BLANK)
"""What a cell is: a number; 0 because nobody said such a thing; or no number, since nobody of the column was
talked to, nobody was asked about the row, or the coder at work may not see the layer in any of its sources
yet."""

OTHERS = "Others"
"""What a column of several small groups is called."""

SIGNS = {NOT_COLLECTED: "·", NOT_ASKED: "/", HIDDEN: "?"}
"""What stands on a screen in a cell without a number."""

MEANINGS = {
    NOT_COLLECTED: "nobody of the column was talked to",
    NOT_ASKED: "not asked about",
    HIDDEN: "hidden until you have finished those sources too",
}
"""What the signs mean, in words."""


@dataclass(frozen=True)
class Request:
    """What a matrix is to show.

    Attributes:
        rows: One of `matrix.ROWS`, or `matrix.TREE`.
        columns: The attributes that are crossed: some of `matrix.COLUMNS`, or of what else is known of
            participants.
        cells: One of `matrix_counting.CELLS`.
        layer: The layer to count.
        version: The version of the codebook to count by, only what was coded under it or before; None for
            the codebook as it is now.
        own: Whether a row counts its own codings only, and not those of the entries below it.
        codes: Only rows at these entries, by id or label, or below them.
        only: Pairs of an attribute and a value: only those who have it, or one of those given for the
            attribute.
        all_columns: Whether crossings of which nobody was talked to are columns too.
        totals: Whether columns are counted over all rows as well.
        pooled_below: Columns of fewer participants than this are one column, `OTHERS`; if that has too few
            as well, the next smallest ones are in it too.
    """

    rows: str = "themes"
    columns: tuple[str, ...] = ("stakeholder",)
    cells: str = "codings"
    layer: str = AGREED
    version: int | None = None
    own: bool = False
    codes: tuple[str, ...] = ()
    only: tuple[tuple[str, str], ...] = ()
    all_columns: bool = False
    totals: bool = False
    pooled_below: int = 0


class Size(NamedTuple):
    """How many there are of a column: sources and participants in view, and words of theirs if counted."""

    sources: int
    participants: int
    words: int | None = None


class Cell(NamedTuple):
    """A cell: its number, how many it could count at most, and one of `STATES`; None is undefined."""

    number: Number | None
    out_of: int | None
    state: str


@dataclass(frozen=True)
class Totals:
    """Rows over all columns, columns over all rows, and all over all.

    Each is counted anew, as if all columns were one or all rows one theme, and is no sum: a participant of
    two columns is one participant. Columns and whole are None unless they were asked for; size is that of all
    columns.
    """

    rows: list[Cell]
    size: Size
    columns: list[Cell] | None = None
    whole: Cell | None = None


@dataclass(frozen=True)
class CellPassage:
    """What one participant says in a passage.

    Attributes:
        source: Its name.
        span: The passage, in code points of the text: codings of a row that overlap or adjoin, joined.
        participant: The id.
        parts: What the participant says within it, turn by turn.
        text: The words of the parts, with [...] for what stands between them.
        label: Such as "Parent, follow-up, Glasgow"; coarser where that would fit fewer than three people.
        quotable: False where the participant did not agree to be quoted.
    """

    source: str
    span: Span
    participant: str
    parts: tuple[Span, ...]
    text: str
    label: str
    quotable: bool


@dataclass(frozen=True)
class Matrix:
    """Themes by attributes of those who spoke.

    Attributes:
        attributes: What the columns cross, such as ("stakeholder", "timepoint").
        rows: Labels, in the order of the codebook.
        columns: A value of each attribute; those crossings in which somebody was talked to, unless all were
            asked for.
        cells: A list a row; whole numbers but for shares. What is not counted is 0 here; see `states`.
        layer: Whose codings were counted.
        left_out: How many more codings there are, once for each participant, of entries in no row.
        counts: What is counted, one of `CELLS`.
        request: What was asked for.
        codes: The id of each row's entry.
        depths: How far each row is indented in a tree.
        sizes: Of each column.
        states: Of each cell, one of `STATES`.
        out_of: How many each cell could count at most; None where there is no such number.
        totals: See there.
        quotes: The passages of each cell that may be quoted, where these were asked for.
        withheld: How many more there are, of participants who did not agree to be quoted.
        hidden: How many sources are left out, for the coder at work may not see the layer there yet.
        smallest_group: Fewer people than this are not told apart in what is for readers.
    """

    attributes: tuple[str, ...]
    rows: list[str]
    columns: list[tuple[str, ...]]
    cells: list[list[Number]]
    layer: str
    left_out: int = 0
    counts: str = "codings"
    request: Request = field(default_factory=Request)
    codes: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    states: list[list[str]] = field(default_factory=list)
    out_of: list[list[int | None]] = field(default_factory=list)
    totals: Totals | None = None
    quotes: list[list[list[CellPassage]]] | None = None
    withheld: int = 0
    hidden: int = 0
    smallest_group: int = 3
