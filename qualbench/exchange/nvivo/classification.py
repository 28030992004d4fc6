"""The classification sheet: the attributes of the cases, for a project that has the cases already.

Layout after NVivo's help: the name of the classification in the first cell, attributes beside it, a case a
row, named exactly as in the project. NVivo for Windows reads workbooks, NVivo for Mac only text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from qualbench.exchange.refi_qda.contents import Contents
from qualbench.exchange.refi_qda.elements import CLASSIFICATION
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.refi_qda.positions import Convention
from qualbench.exchange.spreadsheets import write_rows

_WIDTH = 26  # of a column, in characters


def write_classification_workbook(contents: Contents, path: Path) -> None:
    """Write the sheet as a workbook; every cell is text, lest Excel take a value for a date."""
    headers, *rows = _rows(contents)
    write_rows(path, headers, rows, title=CLASSIFICATION, widths=[_WIDTH] * len(headers))


def write_classification_text(contents: Contents, path: Path, how: Convention) -> None:
    """Write the sheet as text in UTF-8, cells parted by tabs."""
    with path.open("w", encoding="utf-8-sig" if how.mark else "utf-8", newline="") as file:
        csv.writer(file, "excel-tab", lineterminator=how.newline).writerows(_rows(contents))


def _rows(contents: Contents) -> Iterator[list[str]]:
    names = contents.attribute_names
    yield [CLASSIFICATION, *(clean(name.rpartition(":")[2]) for name in names)]
    for case in contents.cases:
        yield [case.name, *(clean(case.attributes.get(name, "")) for name in names)]
