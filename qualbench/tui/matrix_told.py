"""The matrix in words: what a cell counts and of how many, what the whole shows, what its signs mean."""

from __future__ import annotations

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.matrix_model import (
    BLANK,
    HIDDEN,
    MEANINGS,
    NOT_ASKED,
    NOT_COLLECTED,
    SIGNS,
    SILENT,
    Cell,
    Size,
)
from qualbench.analysis.matrix_words import number_told, title_of, what_is_counted
from qualbench.tui.matrix_shown import BY_COLUMN, UNDEFINED, ShownMatrix

MARKS = (" ", "▁", "▂", "▄", "▆", "█")
"""What stands beside a number by its step, so that shades are told apart without colour."""

_ORDERS = {"total": "largest first", "label": "by name"}
_NOUNS = {"codings": "coding", "passages": "passage", "quotes": "quote"}


def title_told(shown: ShownMatrix, labels: list[str]) -> str:
    """Say what the matrix shows.

    Args:
        shown: The matrix.
        labels: Those of the entries that rows are limited to.
    """
    look = shown.look
    parts = [title_of(shown.matrix), f"layer {shown.matrix.layer}"]
    if labels:
        parts.append(f"at and below {in_words(labels, 2)}")
    if look.request.own:
        parts.append("own codings only")
    if look.request.pooled_below:
        parts.append(f"groups of fewer than {look.request.pooled_below} as one")
    if look.sort == BY_COLUMN:
        parts.append(f"by {', '.join(look.column)}")
    elif look.sort in _ORDERS:
        parts.append(_ORDERS[look.sort])
    return "   ".join(parts)


def counted_told(shown: ShownMatrix) -> str:
    """Say what the numbers are, in which layer, and what is not among them."""
    matrix = shown.matrix
    parts = [what_is_counted(matrix, shown.sheet)]
    if matrix.hidden:
        parts.append(f"{counted(matrix.hidden, 'source')} hidden until you have finished them too.")
    if matrix.left_out:
        parts.append(f"{counted(matrix.left_out, 'coding')} of entries in no row.")
    if matrix.withheld:
        parts.append(f"{counted(matrix.withheld, 'passage')} not to be quoted.")
    return " ".join(parts)


def legend_told(shown: ShownMatrix) -> str:
    """Say what shades and signs mean."""
    signs = [f"{sign} {MEANINGS[state]}" for state, sign in SIGNS.items() if state in shown.states]
    if SILENT in shown.states:
        signs.append("0 nobody spoke of it")
    if any(cell.number is None for line in shown.sheet.cells for cell in line):
        signs.append(f"{UNDEFINED} a share of nothing")
    return "   ".join([f"{''.join(MARKS[1:])} little to much", *signs])


def cell_told(shown: ShownMatrix, row: int, column: int) -> str:
    """Say of a cell what it counts, of how many, and of whom; of a blank one, why it is blank."""
    matrix, cell = shown.matrix, shown.counted.cells[row][column]
    theme, of = shown.behind(row, column)
    about = matrix.rows[theme] if theme is not None else "all rows as one"
    where = ", ".join(matrix.columns[of]) if of is not None else "all columns as one"
    if cell.state == NOT_COLLECTED:
        return f"Not collected: nobody was talked to. {where}: {about}"
    size = matrix.sizes[of] if of is not None else _whole(shown)
    if cell.state in BLANK:
        return f"{_why_blank(cell, size)} {where}: {about}"
    share = _share_told(shown, row, column, theme, of)
    told = _silent(shown, cell, size) if cell.state == SILENT else _number(shown, cell, size)
    if shown.sheet.counts not in ("participants", "sources"):  # these tell of how many
        where += f" ({counted(size.participants, 'participant')}, {counted(size.sources, 'source')})"
    return f"{share}{told} {where}: {about}"


def _why_blank(cell: Cell, size: Size) -> str:
    if cell.state == HIDDEN:
        return "Hidden until you have finished those sources too."
    sources = "the one source" if size.sources == 1 else f"any of {size.sources} sources"
    assert cell.state == NOT_ASKED
    return f"Not asked about in {sources}."


def _silent(shown: ShownMatrix, cell: Cell, size: Size) -> str:
    if shown.sheet.counts in ("participants", "sources"):
        return f"Silent: {_number(shown, cell, size)}"
    return "Silent: nobody spoke of it."


def _number(shown: ShownMatrix, cell: Cell, size: Size) -> str:
    counts, number, of = shown.sheet.counts, cell.number or 0, cell.out_of or 0
    if counts == "participants":
        return f"{number} of {counted(of, 'participant')}{_unasked(of, size.participants)}."
    if counts == "sources":
        return f"{number} of {counted(of, 'source')}{_unasked(of, size.sources)}."
    if counts == "words":
        return f"{number:,} of {of:,} words."
    if counts == "share":
        return f"{number:.1%} of {of:,} words."
    if counts == "presence":
        return "Present."
    return f"{counted(int(number), _NOUNS[counts])}."


def _unasked(asked: int, all_of_them: int) -> str:
    """How many of a column count for nothing, for they were not asked."""
    more = all_of_them - asked
    return f" ({more} more not asked)" if more > 0 else ""


def _share_told(shown: ShownMatrix, row: int, column: int, theme: int | None, of: int | None) -> str:
    """What a share is of; nothing if numbers are shown as counted."""
    normalise, cell = shown.look.normalise, shown.sheet.cells[row][column]
    if normalise is None:
        return ""
    told = UNDEFINED if cell.number is None else number_told(cell.number, shown.sheet.form)
    totals = shown.matrix.totals
    assert totals is not None
    if normalise == "n":
        return f"{told} for each participant: " if shown.sheet.form == "rate" else f"{told}: "
    if normalise == "row":
        whole = totals.rows[theme] if theme is not None else totals.whole
    else:
        whole = (totals.columns or [])[of] if of is not None else totals.whole
    return f"{told} of the {normalise}'s {(whole.number or 0) if whole is not None else 0:,}: "


def _whole(shown: ShownMatrix) -> Size:
    totals = shown.matrix.totals
    assert totals is not None
    return totals.size
