"""A matrix in words, for readers of a paper: title, what is counted, of how many, every blank. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.findings import layer_named
from qualbench.analysis.heat import heat_step
from qualbench.analysis.matrix_counting import CELLS
from qualbench.analysis.matrix_model import BLANK, HIDDEN, NOT_ASKED, NOT_COLLECTED, Cell, Matrix, Size
from qualbench.analysis.matrix_views import ALL, NUMBER, RATE, SHARE, Sheet, laid_out

_ROWS = {
    "themes": ("Themes", "Theme"),
    "subthemes": ("Sub-themes", "Sub-theme"),
    "codes": ("Codes", "Code"),
    "tree": ("Themes, sub-themes and codes", "Entry"),
}
_BLANKS = {
    NOT_ASKED: ("–", "not asked about"),
    NOT_COLLECTED: (NOT_COLLECTED, "nobody was talked to"),
    HIDDEN: (HIDDEN, "not to be seen before the coder has finished the sources"),
}
_COUNTED = CELLS | {
    "sources": "sources with a coding that holds words of a participant",
    "participants": "participants whose words are coded",
}
_SHARES = {
    "row": "as shares of the row",
    "column": "as shares of the column",
    "n": "as shares of how many there could be",
}


@dataclass(frozen=True)
class ReadableCell:
    """A cell.

    Attributes:
        text: What is printed.
        number: The number behind it; None where there is none.
        step: Of its shading, 0 to 5 (`heat`).
        state: One of `matrix_model.STATES`.
        of: How many it could count at most, where that differs from the N of its column; else None.
    """

    text: str
    number: float | None
    step: int
    state: str
    of: int | None


@dataclass(frozen=True)
class ReadableMatrix:
    """A matrix as a reader sees it.

    Attributes:
        title: Such as "Themes by stakeholder and timepoint".
        counted: What the numbers are, in a sentence.
        corner: What the rows are.
        levels: The names over the columns, a list a level, the widest first.
        sizes: The N of each column, such as "n = 6"; of each row if it is turned.
        rows: The names of the rows.
        depths: How far each is indented.
        cells: A list a row.
        notes: What a reader has to know, a sentence each.
        turned: Whether the themes are the columns.
        form: NUMBER, SHARE or RATE.
    """

    title: str
    counted: str
    corner: str
    levels: list[list[str]]
    sizes: list[str]
    rows: list[str]
    depths: list[int]
    cells: list[list[ReadableCell]]
    notes: list[str]
    turned: bool
    form: str


def readable(
    matrix: Matrix, *, totals: bool = False, normalise: str | None = None, turned: bool = False
) -> ReadableMatrix:
    """Put a matrix into words.

    Args:
        matrix: The matrix.
        totals: As for `matrix_views.laid_out`.
        normalise: As for `matrix_views.laid_out`.
        turned: As for `matrix_views.laid_out`.

    Raises:
        BadInput: As `matrix_views.laid_out`.
    """
    sheet = laid_out(matrix, totals=totals, normalise=normalise, turned=turned)
    last = -1 if totals else None
    most = most_shaded(sheet, totals=totals)
    sizes = [number_of(size, matrix.counts) for size in sheet.sizes]
    rows, columns = len(sheet.rows[:last]), len(sheet.columns[:last])
    cells = [
        [
            _cell(
                cell,
                sizes[n if turned else m],
                sheet.form,
                most=most if n < rows and m < columns else 0,
                tells_of=matrix.counts in ("sources", "participants"),
            )
            for m, cell in enumerate(line)
        ]
        for n, line in enumerate(sheet.cells)
    ]
    return ReadableMatrix(
        title_of(matrix),
        what_is_counted(matrix, sheet),
        _ROWS[matrix.request.rows][1] if not turned else in_words(matrix.attributes).capitalize(),
        levels_of(matrix, sheet),
        [f"n = {size}" for size in sizes],
        sheet.rows,
        sheet.depths,
        cells,
        _notes(matrix, cells),
        turned,
        sheet.form,
    )


def title_of(matrix: Matrix) -> str:
    """Give the title of a matrix, such as "Themes by stakeholder and timepoint (only Glasgow)"."""
    only = in_words([value for _, value in matrix.request.only])
    title = f"{_ROWS[matrix.request.rows][0]} by {in_words(matrix.attributes)}"
    return f"{title} (only {only})" if only else title


def what_is_counted(matrix: Matrix, sheet: Sheet) -> str:
    """Say in a sentence what the numbers of a matrix are, as it is laid out."""
    how = f", {_SHARES[sheet.normalised]}" if sheet.normalised else ""
    if sheet.form == RATE:
        how = ", for each participant of the column"
    what = _COUNTED[matrix.counts]
    version = matrix.request.version
    by = f", by version {version} of the codebook" if version is not None else ""
    return f"{what[0].upper()}{what[1:]}, in {layer_named(matrix.layer)}{how}{by}."


def levels_of(matrix: Matrix, sheet: Sheet) -> list[list[str]]:
    """Give the names over the columns of a matrix as it is laid out, a list a level, the widest first."""
    if sheet.turned:
        return [sheet.columns]
    levels = [[column[n] for column in matrix.columns] for n in range(len(matrix.attributes))]
    if len(sheet.columns) > len(matrix.columns):
        levels = [[*level, ALL if n == 0 else ""] for n, level in enumerate(levels)]
    return levels


def number_of(size: Size, counts: str) -> int:
    """Give the N of a column: how many sources where these are counted, else how many participants."""
    return size.sources if counts == "sources" else size.participants


def number_told(number: float, form: str) -> str:
    """Write a number of a matrix, in one of the forms of a sheet."""
    if form == SHARE and 0 < number < 0.005:
        return "<1%"
    return {NUMBER: f"{number:,}", SHARE: f"{number:.0%}", RATE: f"{number:.1f}"}[form]


def most_shaded(sheet: Sheet, *, totals: bool) -> float:
    """Give the number that has the darkest shade; what is of all is not shaded, for it would dwarf the rest.

    Args:
        sheet: The matrix as it is laid out.
        totals: Whether its last row and column are of all.
    """
    if sheet.counts == "presence":
        return 0  # two shades would say no more than the numbers
    last = -1 if totals else None
    return max((cell.number or 0 for line in sheet.cells[:last] for cell in line[:last]), default=0)


def _cell(cell: Cell, size: int, form: str, *, most: float, tells_of: bool) -> ReadableCell:
    if cell.state in BLANK or cell.number is None:
        text = _BLANKS[cell.state][0] if cell.state in BLANK else ""
        return ReadableCell(text, None, 0, cell.state, None)
    of = cell.out_of if tells_of and form == NUMBER and cell.out_of != size else None
    text = number_told(cell.number, form)
    told = text if of is None else f"{text} of {of}"
    return ReadableCell(told, cell.number, heat_step(cell.number, most), cell.state, of)


def _notes(matrix: Matrix, cells: Sequence[Sequence[ReadableCell]]) -> list[str]:
    states = {cell.state for line in cells for cell in line}
    what = "sources" if matrix.counts == "sources" else "participants who were talked to"
    notes = [f"n: {what}."]
    if any(cell.number == 0 for line in cells for cell in line):
        notes.append("0: nobody said such a thing.")
    notes += [f"{sign}: {meaning}." for state, (sign, meaning) in _BLANKS.items() if state in states]
    if matrix.hidden:
        sources = counted(matrix.hidden, "source")
        notes.append(f"Left out: {sources} that the coder at work has still to finish.")
    if matrix.left_out:
        notes.append(f"Left out: {counted(matrix.left_out, 'coding')} of entries above these rows.")
    return notes
