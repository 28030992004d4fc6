"""The codebook as the table that NVivo exports: Name, Description, Files, References."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qualbench.analysis.code_use import UNUSED, Use
from qualbench.codebook.outline import outline
from qualbench.codebook.tree import Codebook
from qualbench.exchange.refi_qda.descriptions import describe

HEADERS = ("Name", "Description", "Files", "References")


@dataclass(frozen=True)
class CodebookRow:
    """A row of the table.

    Attributes:
        name: The label.
        depth: How many entries stand above it; the name is indented by it.
        description: What the team wrote, a field a line.
        files: The number of sources with a coding of it, without those of the entries below it.
        references: The number of codings, likewise.
    """

    name: str
    depth: int
    description: str
    files: int
    references: int


def codebook_rows(book: Codebook, use: Mapping[str, Use]) -> list[CodebookRow]:
    """Give the rows of the table, in the order of the tree.

    Args:
        book: The codebook; entries that are not in use are left out.
        use: The own use of entries by id (`analysis.code_use.code_use`).
    """
    rows = []
    for place in outline(book):
        own = use.get(place.entry.id, UNUSED)
        rows.append(
            CodebookRow(place.entry.label, place.depth, describe(place.entry), len(own.sources), own.codings)
        )
    return rows
