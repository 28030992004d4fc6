"""Codebooks as sheets that people fill in, one row an entry: read from CSV and Excel."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qualbench.codebook.drafts import DEEPEST, FILE_FIELDS, BookFile, Draft, entries_of, nearest, one_line
from qualbench.codebook.tree import LISTS
from qualbench.errors import BadInput
from qualbench.text.words import fold
from qualbench.transcripts.encoding import decode

COLUMNS = ("id", "parent", *FILE_FIELDS[1:])
"""The columns of a sheet, in this order when it is written."""

LARGEST = 5 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200

_UNPACKED = 100 * 1024 * 1024  # bytes
_GUARDED = re.compile(r"'+[-=+@]")
_PART = re.compile(r"(?:[^;\\]|\\.)+", re.DOTALL)
_SLUG = re.compile(r"[^a-z0-9]+")


def read_sheet(path: Path) -> BookFile:
    """Read a codebook from a .csv or .xlsx sheet whose first row names the columns.

    A parent is given by its id, its label, or the labels from the top (`Trust > Social work`); items are
    parted by semicolons. An id left blank is made from the label. Columns with other names are left out,
    unless one looks like a name misspelt. Columns of a .csv are parted by comma, semicolon or tab.

    Raises:
        BadInput: If it cannot be read or is not a codebook; with the row and the column.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name}: it is larger than 5 MB.", "A codebook is not; check the file.")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    rows = _workbook(data, path.name) if path.suffix.lower() == ".xlsx" else _csv(data, path.name)
    header = [one_line(cell) for cell in rows[0]] if rows else []
    columns = _columns(header, path.name)
    drafts = list(_drafts(rows, columns, path.name))
    if not drafts:
        raise BadInput(f"{path.name}: it has no rows below its header.", "Write one entry a row.")
    _make_ids(drafts)
    _find_parents(drafts)
    entries, given = entries_of(_in_order(drafts))
    ignored = tuple(name for n, name in enumerate(header) if name and n not in columns)
    return BookFile(path.stem, entries, given, ignored=ignored)


def guarded(text: str) -> str:
    """Give a text as a cell that no spreadsheet takes for a formula; reading takes the mark away again."""
    return f"'{text}" if text[:1] in tuple("=+-@") or _GUARDED.match(text) else text


def unguarded(cell: str) -> str:
    """Give the text of a cell written by `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell


def joined(items: Sequence[str]) -> str:
    """Give several items as one cell."""
    return "; ".join(re.sub(r"([;\\])", r"\\\1", item) for item in items)


def parted(cell: str) -> tuple[str, ...]:
    """Give the items of a cell."""
    items = (one_line(re.sub(r"\\(.)", r"\1", part)) for part in _PART.findall(cell))
    return tuple(dict.fromkeys(filter(None, items)))


def _csv(data: bytes, name: str) -> list[list[str]]:
    text = decode(data, name).text
    header = text.partition("\n")[0]
    try:
        read = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count), strict=True)
        rows = [[unguarded(cell.strip()) for cell in row] for row in read]
    except csv.Error as error:
        raise BadInput(f"{name}: it is not a CSV table ({error}).", "Save it as CSV again.") from None
    if len(rows) > MOST_ROWS:
        raise BadInput(f"{name}: it has more than {MOST_ROWS:,} rows.", "A codebook has not; check the file.")
    return rows


def _workbook(data: bytes, name: str) -> list[list[str]]:
    """The cells of the first sheet."""
    import openpyxl
    from lxml.etree import XMLSyntaxError
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
                raise BadInput(f"{name}: it unpacks to more than 100 MB.", "Check what it holds.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that hold no cells
            sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            raise BadInput(
                f"{name}: it has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns.",
                "Take out what lies beside the table.",
            )
        for merged in sheet.merged_cells.ranges:
            raise BadInput(
                f"{name}, row {merged.min_row}: the cells {merged.coord} are merged.", "Unmerge them."
            )
        return [
            [_cell(cell, name) for cell in row]
            for row in sheet.iter_rows(max_row=sheet.max_row, max_col=sheet.max_column)
        ]
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        XMLSyntaxError,
        AttributeError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
    ):
        raise BadInput(f"{name}: it is not a workbook, or is damaged.", "Save it as .xlsx again.") from None


def _cell(cell: Any, name: str) -> str:
    if cell.data_type in ("f", "e"):
        what = "a formula" if cell.data_type == "f" else "an error"
        raise BadInput(
            f"{name}, row {cell.row}, cell {cell.coordinate}: it holds {what}.", "Write the text itself."
        )
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _columns(header: Sequence[str], name: str) -> dict[int, str]:
    """The fields by the number of their column."""
    columns: dict[int, str] = {}
    for n, title in enumerate(header):
        field = title.casefold().replace(" ", "_").replace("-", "_")
        if field in COLUMNS:
            if field in columns.values():
                raise BadInput(f"{name}, row 1: there are two columns '{title}'.", "Keep one of the two.")
            columns[n] = field
        elif title and (meant := nearest(title, COLUMNS)):
            raise BadInput(
                f"{name}, row 1: '{title}' is not a column of a codebook.", f"Did you mean '{meant}'?"
            )
    if "label" not in columns.values():
        raise BadInput(
            f"{name}, row 1: there is no column 'label'.",
            "The first row names the columns: at least label, and parent to make a tree.",
        )
    return columns


def _drafts(rows: Sequence[Sequence[str]], columns: dict[int, str], name: str) -> Iterator[Draft]:
    for number, row in enumerate(rows[1:], start=2):
        if not any(one_line(cell) for cell in row):
            continue
        place = f"{name}, row {number}"
        if any(one_line(cell) for cell in row[len(rows[0]) :]):
            raise BadInput(
                f"{place}: it has more cells than row 1 has columns.", "Put a text with commas in quotes."
            )
        values = {
            field: parted(row[n] if n < len(row) else "")
            if field in LISTS
            else one_line(row[n] if n < len(row) else "")
            for n, field in columns.items()
        }
        if not values["label"]:
            raise BadInput(f"{place}, column label: the entry has no label.", "Give it one.")
        places = {field: f"{place}, column {field}" for field in columns.values()}
        places.setdefault("id", place)
        yield Draft(place, values, places)


def _make_ids(drafts: Sequence[Draft]) -> None:
    """Give rows without an id one that is made from the label, the same each time the sheet is read."""
    taken = {draft.values.get("id") for draft in drafts}
    for draft in drafts:
        if not draft.values.get("id"):
            slug = _SLUG.sub("-", fold(draft.values["label"])).strip("-") or "code"
            made, n = slug, 1
            while made in taken:
                n += 1
                made = f"{slug}-{n}"
            taken.add(made)
            draft.values["id"] = made


def _find_parents(drafts: Sequence[Draft]) -> None:
    """Set the parent of each row, which may stand above or below it in the sheet."""
    named = [(draft, draft.values.pop("parent", "")) for draft in drafts]
    by_id = {draft.values.get("id"): draft for draft in drafts}
    labels = Counter(fold(draft.values["label"]) for draft in drafts)
    by_path: dict[tuple[str, ...], Draft] = {
        (fold(draft.values["label"]),): draft for draft in drafts if labels[fold(draft.values["label"])] == 1
    }
    paths: dict[Draft, tuple[str, ...]] = {}
    for _ in range(DEEPEST + 1):
        left = []
        for draft, parent in named:
            above = by_id.get(parent) or by_path.get(_path(parent)) or by_path.get((fold(parent),))
            if parent and (above is None or above not in paths):
                left.append((draft, parent, above))
                continue
            draft.parent = above
            paths[draft] = (*(paths[above] if above else ()), fold(draft.values["label"]))
            by_path.setdefault(paths[draft], draft)
        if not left:
            return
        if len(left) == len(named):
            break
        named = [(draft, parent) for draft, parent, _ in left]
    draft, parent, above = next((one for one in left if one[2] is None), left[0])
    if above is not None:
        raise BadInput(
            f"{draft.at('parent')}: '{draft.values['label']}' would stand below itself, or too deep.",
            "Give another parent.",
        )
    if labels[fold(parent)] > 1:
        raise BadInput(
            f"{draft.at('parent')}: several entries are labelled '{parent}'.", "Give the id of the one meant."
        )
    raise BadInput(
        f"{draft.at('parent')}: no row has the id or label '{parent}'.",
        "Add it, or write labels as 'Trust > Social work'.",
    )


def _path(parent: str) -> tuple[str, ...]:
    return tuple(fold(part) for part in parent.split(" > "))


def _in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Parents before children, siblings as in the sheet."""
    below: dict[Draft | None, list[Draft]] = {}
    for draft in drafts:
        below.setdefault(draft.parent, []).append(draft)
    ordered: list[Draft] = []
    ahead = below.get(None, [])[::-1]
    while ahead:
        draft = ahead.pop()
        ordered.append(draft)
        ahead += below.get(draft, [])[::-1]
    return ordered
