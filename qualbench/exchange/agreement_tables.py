"""Agreement as tables to be taken away: what each report has in its rows, as CSV and as Excel workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualbench.agreement.alpha import Alphas
from qualbench.agreement.coefficients import COEFFICIENTS, Cells, why_undefined
from qualbench.agreement.comparison import Agreement
from qualbench.agreement.decisions import Pair
from qualbench.agreement.intervals import Interval, Intervals
from qualbench.agreement.matching import NO_SEGMENTS, Match, SegmentMatch
from qualbench.agreement.nvivo import NvivoRow
from qualbench.agreement.unitizing import Unitizing
from qualbench.agreement.units import EVERYBODY, PARTICIPANTS, WHOLE_TEXT
from qualbench.codebook.sheets import guarded
from qualbench.codebook.tree import Codebook
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.spreadsheets import save_workbook, shade

Value = str | int | float | None
ALL_CODES = "all codes, cells summed"
"""What the last row of a table is called."""

_COUNTED = {PARTICIPANTS: "participants", EVERYBODY: "everybody", WHOLE_TEXT: "the whole text"}
_WIDEST = 44  # characters of a column
_LONGEST_CELL = 32_767  # characters, by Excel's own limit
_PLACES = 6  # of a share in CSV


@dataclass(frozen=True)
class Table:
    """A table with a header.

    Attributes:
        title: Its name, in a word or two.
        headers: The names of the columns.
        rows: The cells; None is left empty.
        notes: What the figures count and rest on, a sentence each.
    """

    title: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> set[str]:
        """What people wrote of it: names and labels."""
        return {value for row in self.rows for value in row if isinstance(value, str)}


def agreement_table(found: Sequence[tuple[Agreement, Intervals]], book: Codebook) -> Table:
    """Give the 2 x 2 tables of codes with every coefficient and the intervals there are.

    Args:
        found: For each pair of coders the comparison and its intervals, of the same coefficients.
        book: The codebook.
    """
    bounded = tuple(found[0][1].pooled)
    headers = ["code", "label", "coder_a", "coder_b", "both", "a_only", "b_only", "neither"]
    for name in COEFFICIENTS:
        headers += [name, *([f"{name}_low", f"{name}_high"] if name in bounded else [])]
    rows: list[tuple[Value, ...]] = []
    notes: list[str] = []
    for agreement, intervals in found:
        pair = agreement.coders
        for one in agreement.codes:
            row = (one.code, book.by_id[one.code].label, *pair)
            rows.append((*row, *_figures(one.cells, intervals.codes[one.code]), _reasons(one.cells)))
        rows.append(
            ("", ALL_CODES, *pair, *_figures(agreement.pooled, intervals.pooled), _reasons(agreement.pooled))
        )
        notes += agreement_notes(agreement, intervals)
    return Table("Agreement", (*headers, "why_undefined"), rows, tuple(dict.fromkeys(notes)))


def agreement_notes(agreement: Agreement, intervals: Intervals) -> list[str]:
    """Say what a comparison counts, where, and what its intervals rest on."""
    a, b = agreement.coders
    return [
        f"A is {a}, B is {b}. Counted in {what_is_counted(agreement.unit, agreement.counted)} in "
        f"{', '.join(agreement.sources)}.",
        "The row of all codes sums the cells over the codes: each unit counts once for each code.",
        intervals.why
        or f"Intervals hold {intervals.level:.0%} of {intervals.resamples:,} resamples of the sources, "
        f"drawn with seed {intervals.seed}.",
    ]


def what_is_counted(unit: str, counted: str) -> str:
    """Say what is counted, such as "turns of participants"."""
    return f"{unit}s of {_COUNTED[counted]}"


def alpha_table(found: Alphas, book: Codebook) -> Table:
    """Give Krippendorff's alpha of each code."""
    rows: list[tuple[Value, ...]] = [
        (code, book.by_id[code].label, figure.value, figure.why) for code, figure in found.codes.items()
    ]
    rows.append(("", ALL_CODES, found.pooled.value, found.pooled.why))
    return Table("Alpha", ("code", "label", "alpha", "why_undefined"), rows)


def unitizing_table(found: Sequence[tuple[Pair, Unitizing]], book: Codebook) -> Table:
    """Give the u-alpha family of each pair: a row for each code, then one for all together."""
    headers = ("code", "label", "coder_a", "coder_b", "u_alpha", "binary_u_alpha", "ku_alpha", "ku_coverage")
    rows: list[tuple[Value, ...]] = []
    for pair, family in found:
        for code, u in family.codes.items():
            value = family.values[code]
            figures = (u.value, None, value.alpha.value, value.coverage, None, None)
            why = _said({"u_alpha": u.why, "ku_alpha": value.alpha.why})
            rows.append((code, book.by_id[code].label, *pair, *figures, why))
        of_all = (family.u.value, family.binary.value, None, None, family.cu.value, family.coverage)
        why = _said({"u_alpha": family.u.why, "binary_u_alpha": family.binary.why, "cu_alpha": family.cu.why})
        rows.append(("", "all codes", *pair, *of_all, why))
    return Table("u-alpha", (*headers, "cu_alpha", "cu_coverage", "why_undefined"), rows)


def segment_table(found: Sequence[tuple[Pair, SegmentMatch]], book: Codebook) -> Table:
    """Give how many passages of each code were matched one to one."""
    headers = ("code", "label", "coder_a", "coder_b", "passages_a", "passages_b", "pairs", "agreement")
    rows: list[tuple[Value, ...]] = []
    for pair, matches in found:
        for code, match in matches.codes.items():
            rows.append((code, book.by_id[code].label, *pair, *_matched(match)))
        rows.append(("", "all codes, passages summed", *pair, *_matched(matches.pooled)))
    share, of = found[0][1].share, found[0][1].of
    base = "the words that either holds" if of == "union" else "the shorter passage"
    note = f"Two passages match that share at least {share:.0%} of {base}; each is matched once at most."
    return Table("Segments", (*headers, "why_undefined"), rows, (note,))


def nvivo_table(found: Iterable[tuple[Pair, Sequence[NvivoRow]]], book: Codebook) -> Table:
    """Give the rows of NVivo's coding comparison under the names of its columns, in percent."""
    headers = ("Code", "File", "File Size", "Kappa", "Agreement (%)", "A and B (%)", "Not A and Not B (%)")
    more = ("Disagreement (%)", "A and Not B (%)", "B and Not A (%)", "User A", "User B", "Id")
    rows: list[tuple[Value, ...]] = [
        (
            book.by_id[row.code].label,
            row.source,
            row.size,
            row.kappa,
            row.agreement,
            row.both,
            row.neither,
            row.disagreement,
            row.a_only,
            row.b_only,
            *pair,
            row.code,
        )
        for pair, of_pair in found
        for row in of_pair
    ]
    return Table("Coding comparison", (*headers, *more), rows)


def table_as_csv(table: Table) -> str:
    """Write a table as CSV; no text in it is a formula, and shares have six places."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.headers)
    for row in table.rows:
        writer.writerow([_plain(value) for value in row])
    return out.getvalue()


def write_table_workbook(table: Table, path: Path) -> None:
    """Write a table as an Excel workbook: the header stays in sight, numbers are numbers, notes apart."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = table.title
    for number, row in enumerate((table.headers, *table.rows), start=1):
        for n, value in enumerate(row, start=1):
            _put(sheet.cell(number, n), value)
    for cell in sheet[1]:
        cell.font = Font(name="Calibri", size=11, bold=True)
    shade(sheet[1])
    for n, column in enumerate(zip(table.headers, *table.rows, strict=True), start=1):
        if any(isinstance(value, int | float) for value in column):
            sheet.cell(1, n).alignment = Alignment(horizontal="right")
        longest = max(len(_plain(value)) for value in column)
        sheet.column_dimensions[get_column_letter(n)].width = min(_WIDEST, longest + 3)
    sheet.freeze_panes = "C2"
    if table.notes:
        notes: Any = book.create_sheet("Notes")
        notes.column_dimensions["A"].width = 110
        for n, note in enumerate(table.notes, start=1):
            _put(notes.cell(n, 1), note)
            notes.cell(n, 1).alignment = Alignment(wrap_text=True, vertical="top")
    save_workbook(book, path)


def _put(cell: Any, value: Value) -> None:
    if isinstance(value, str):
        cell.value = clean(value)[:_LONGEST_CELL]
        cell.data_type = "s"  # else what begins with = would be a formula
    elif value is not None:
        cell.value = value
        cell.number_format = "0.000" if isinstance(value, float) else "0"


def _plain(value: Value) -> str:
    if isinstance(value, float):
        return str(round(value, _PLACES))
    return guarded(value) if isinstance(value, str) else "" if value is None else str(value)


def _figures(cells: Cells, intervals: Mapping[str, Interval | None]) -> Iterator[Value]:
    yield from (cells.both, cells.a_only, cells.b_only, cells.neither)
    for name, measure in COEFFICIENTS.items():
        yield measure(cells)
        if name in intervals:
            interval = intervals[name]
            yield from (interval.low, interval.high) if interval else (None, None)


def _reasons(cells: Cells) -> str:
    return _said({name: why_undefined(name, cells) for name in COEFFICIENTS})


def _said(reasons: Mapping[str, str]) -> str:
    """Each reason once, with the figures that it is about."""
    given = dict.fromkeys(why for why in reasons.values() if why)
    return " ".join(
        f"{', '.join(name for name, of_name in reasons.items() if of_name == why)}: {why}" for why in given
    )


def _matched(match: Match) -> tuple[Value, ...]:
    why = "" if match.agreement is not None else NO_SEGMENTS
    return match.of_a, match.of_b, match.pairs, match.agreement, why
