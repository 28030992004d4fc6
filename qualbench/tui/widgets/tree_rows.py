"""The rows of the tree of codes: which entries have one, and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from qualbench.analysis.code_use import UNUSED, Use
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.text.words import fold

MARKS = {"agreed": "■", "candidate": "?", "retired": "†", "merged": "⇒"}
"""What stands before an entry of each status."""
PARTS = ("theme", "muted", "cursor", "resting-cursor")
"""What has a style of its own, as the theme names it, in the order of `Styles`."""

_LABEL = 16  # cells that a label has at least, however deep it stands
_DEEPEST = 8  # steps of the indent, where there is room


@dataclass(frozen=True)
class TreeRow:
    """An entry as the tree shows it.

    Attributes:
        entry: The entry.
        depth: How many shown entries stand above it.
        fold: "▾" if entries below it are shown, "▸" if they are folded away, a blank if there are none.
    """

    entry: CodeEntry
    depth: int
    fold: str = " "


@dataclass(frozen=True)
class Styles:
    """The styles of the theme, resolved."""

    base: Style
    theme: Style
    muted: Style
    cursor: Style
    resting_cursor: Style


@dataclass(frozen=True)
class Shown:
    """What the rows are drawn from.

    Attributes:
        book: The codebook.
        rows: Its entries that have a row, in order.
        uses: How often each is used, by its id; without those that are not.
        grouped: How many codes each candidate theme groups, by its id.
        width: Cells of a row.
    """

    book: Codebook
    rows: list[TreeRow]
    uses: Mapping[str, Use]
    grouped: Mapping[str, int]
    width: int


def tree_rows(
    book: Codebook, *, folded: Set[str] = frozenset(), whole: bool = False, only: Set[str] | None = None
) -> list[TreeRow]:
    """Give the rows of the tree; what stands below an entry that has none moves up.

    Args:
        book: The codebook.
        folded: Ids of the entries whose own are hidden; a filter shows those too.
        whole: Whether retired and merged entries have a row.
        only: Ids of the entries that a filter lets through; None for all.
    """
    rows: list[TreeRow] = []
    ahead = [(0, entry) for entry in reversed(book.children(None))]
    while ahead:
        depth, entry = ahead.pop()
        shown = entry.in_use or whole if only is None else entry.id in only
        if shown and rows and depth > rows[-1].depth:
            rows[-1] = TreeRow(rows[-1].entry, rows[-1].depth, "▾")
        if shown and only is None and entry.id in folded:
            below = next(book.walk(entry.id, whole=whole), None)
            rows.append(TreeRow(entry, depth, "▸" if below else " "))
            continue
        if shown:
            rows.append(TreeRow(entry, depth))
        ahead += [(depth + shown, below) for below in reversed(book.children(entry.id))]
    return rows


def matches(book: Codebook, typed: str) -> list[str]:
    """Give the ids of the entries whose names hold every word typed, retired and merged ones too."""
    words = fold(typed).split()
    found = []
    for _, entry in book.walk(whole=True):
        name = fold(entry.label)
        if all(word in name for word in words):
            found.append(entry.id)
    return found


def with_way(book: Codebook, ids: list[str]) -> set[str]:
    """Give entries and all those above them, by id."""
    way: set[str] = set()
    for id_ in ids:
        at: str | None = id_
        while at is not None and at not in way:
            way.add(at)
            at = book.by_id[at].parent_id
    return way


def grouped_by(book: Codebook) -> dict[str, int]:
    """Count the codes in use that each candidate theme groups besides those below it, by its id."""
    counts: dict[str, int] = {}
    for entry in book.by_id.values():
        for theme in entry.also_in if entry.in_use else ():
            counts[theme] = counts.get(theme, 0) + 1
    return counts


def count_cells(width: int) -> tuple[int, int, int]:
    """Give the cells of the columns of codings, sources and participants in a row of a width."""
    return (8, 8, 7) if width >= 54 else (5, 4, 4)


def draw_row(shown: Shown, n: int, styles: Styles, cursor: Style | None) -> list[Segment]:
    """Draw a row of the tree.

    Args:
        shown: What is shown.
        n: The row, from 0.
        styles: The styles of the theme.
        cursor: What the row is drawn over with, if the cursor stands on it.
    """
    row, book = shown.rows[n], shown.book
    entry = row.entry
    over = cursor or Style()
    base, muted = styles.base + over, styles.muted + over
    use = shown.uses.get(entry.id, UNUSED)
    figures = (use.codings, len(use.sources), len(use.participants))
    counts = "".join(
        f"{count or '':>{cells}}" for count, cells in zip(figures, count_cells(shown.width), strict=True)
    )
    counts = counts if use.codings else ""
    room = shown.width - len(counts)
    deepest = max(1, min(_DEEPEST, (room - _LABEL - 4) // 2))
    indent = "  " * min(row.depth, deepest)
    if row.depth > deepest:  # said in figures, where it can no longer be shown
        indent = f"{row.depth:>{len(indent) - 1}} "
    notes = _notes(book, entry, shown.grouped.get(entry.id, 0))
    left = max(1, room - len(indent) - 4 - min(cell_len(notes), max(0, room - len(indent) - 4 - _LABEL)))
    label = _cut(entry.label, left)
    notes = _cut(notes, max(0, room - len(indent) - 4 - cell_len(label)))
    gap = " " * max(0, room - len(indent) - 4 - cell_len(label) - cell_len(notes))
    colour = book.colour(entry.id)
    mark = base + Style.parse(colour) if colour else base
    name = styles.theme + over if entry.level == "theme" else base
    return [
        Segment(indent + row.fold + " ", muted),
        Segment(MARKS[entry.status] + " ", mark),
        Segment(label, name if entry.in_use else muted),
        Segment(notes + gap + counts, muted),
    ]


def _notes(book: Codebook, entry: CodeEntry, grouped: int) -> str:
    if entry.merged_into is not None:
        return f"  merged into {book.survivor(entry).label}"
    key = f" '{entry.key}" if entry.key else ""
    return f"{key} +{grouped}" if grouped else key


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, max(0, cells - 1)) + "…"[:cells]
