"""What one matrix is counted from: its rows, its columns, and the codings and talk that it may count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.matrix_counting import CELLS, NEEDS_TEXT, Coded, Talk, Voice
from qualbench.analysis.matrix_model import OTHERS, Request
from qualbench.analysis.matrix_reading import (
    People,
    read_codings,
    read_not_asked,
    read_people,
    read_talk,
    read_texts,
)
from qualbench.analysis.quotes import not_to_be_quoted
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.codebook.versions import codings_of_version, version_of
from qualbench.coding.blind import hidden_sources, in_view
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.settings import smallest_group_of

ROWS = {"themes": "theme", "subthemes": "subtheme", "codes": "code"}
"""What can be rows, with the level of those entries."""

TREE = "tree"
"""Rows of all levels, each followed by those below it."""


@dataclass(frozen=True)
class MatrixRow:
    """A row.

    Attributes:
        depth: How far it is indented.
        codes: The ids of the entries whose codings it counts.
        not_asked: The sources in which it was not asked about, by id.
    """

    entry: CodeEntry
    depth: int
    codes: Collection[str]
    not_asked: frozenset[str]


@dataclass(frozen=True)
class Material:
    """What a matrix is counted from, as far as it may be seen.

    Attributes:
        attributes: What the columns cross.
        columns: The values of each.
        voices: Those of each column; who speaks in sources that are hidden is in none.
        collected: Whether anybody of each column was talked to, hidden or not.
        texts: By source; empty if they were not asked for.
        hidden: How many sources are left out.
        everybody: Whoever was talked to in the study, for labels of quotes are measured against all.
        unquotable: Those who did not agree to be quoted.
        smallest: How many people a label must fit at least.
    """

    rows: list[MatrixRow]
    attributes: tuple[str, ...]
    columns: list[tuple[str, ...]]
    voices: list[set[Voice]]
    collected: list[bool]
    codings: list[Coded]
    talk: Talk
    texts: Mapping[str, str]
    hidden: int
    everybody: People
    unquotable: Collection[str]
    smallest: int

    def numbers(self, *, totals: bool = False) -> dict[str, list[int]]:
        """Give the numbers of the rows that each code counts for; with totals, that of a last row for all."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for n, row in enumerate(self.rows):
            for code in row.codes:
                numbers[code].append(n)
        if totals:
            for of_code in numbers.values():
                of_code.append(len(self.rows))
        return numbers


def read_material(study: Study, request: Request, *, texts: bool = False) -> Material:
    """Read what a matrix is counted from.

    Args:
        study: The study.
        request: The matrix.
        texts: Whether texts are needed though its cells do without.

    Raises:
        BadInput: If rows, columns, cells or a value are unknown.
        NotFound: If there is no such layer, version or code, or no row.
        Refused: If the layer may not be seen.
    """
    if request.rows not in (*ROWS, TREE):
        raise BadInput(f"'{request.rows}' cannot be rows.", f"Use one of {', '.join((*ROWS, TREE))}.")
    if request.cells not in CELLS:
        raise BadInput(f"'{request.cells}' cannot be counted.", f"Use one of {', '.join(CELLS)}.")
    with study.read() as db:
        everybody = read_people(db)
        attributes = tuple(dict.fromkeys(everybody.attribute(name) for name in request.columns or ("",)))
        people = everybody.only(request.only)
        columns = people.columns(attributes, every=request.all_columns)
        hidden = hidden_sources(db, study, request.layer)
        seen = {voice for voice in people.facts if voice[0] not in hidden}
        columns = _pooled(columns, seen, request.pooled_below, len(attributes))
        sources = {source for source, _ in seen}
        code, was_there = codings_of_version(request.version)
        counted = sa.and_(in_view(db, study, request.layer), was_there)
        codings = read_codings(db, code, counted, sources)
        return Material(
            _rows(db, request, {coded.code for coded in codings}),
            attributes,
            list(columns),
            [voices & seen for voices in columns.values()],
            [bool(voices) for voices in columns.values()],
            codings,
            read_talk(db, seen),
            read_texts(db, sources) if texts or request.cells in NEEDS_TEXT else {},
            len({source for source, _ in people.facts} & hidden),
            everybody,
            not_to_be_quoted(db),
            smallest_group_of(db),
        )


def _pooled(
    columns: Mapping[tuple[str, ...], set[Voice]], seen: Collection[Voice], below: int, attributes: int
) -> dict[tuple[str, ...], set[Voice]]:
    """Columns with those of too few participants taken together as the last."""
    people = {column: len({who for _, who in voices & set(seen)}) for column, voices in columns.items()}
    by_size = sorted((size, n, column) for n, (column, size) in enumerate(people.items()) if size)
    pooled: list[tuple[str, ...]] = []
    together: set[str] = set()
    for size, _, column in by_size:
        if size >= below and (not pooled or len(together) >= below):
            break
        pooled.append(column)
        together |= {who for _, who in columns[column] & set(seen)}
    kept = {column: voices for column, voices in columns.items() if column not in pooled}
    if not pooled:
        return kept
    return {**kept, (OTHERS,) * attributes: set().union(*(columns[column] for column in pooled))}


def _rows(db: Session, request: Request, used: Collection[str]) -> list[MatrixRow]:
    book = version_of(db, request.version)
    not_asked = read_not_asked(db)
    named = {book.find(code).id for code in request.codes}
    at_and_below = {code for entry in named for code in book.at_and_below(entry)}
    rows = []
    for depth, entry in book.walk(whole=True):
        if request.rows != TREE and entry.level != ROWS[request.rows]:
            continue
        if named and entry.id not in at_and_below:
            continue
        if entry.status == "agreed" or entry.id in named or _is_used(book, entry, used):
            codes = [entry.id] if request.own else book.at_and_below(entry.id)
            unasked = (not_asked.get(above.id, ()) for above in book.path(entry.id))
            rows.append(MatrixRow(entry, depth, codes, frozenset().union(*unasked)))
    if named and not rows:
        raise NotFound(
            f"There are no {request.rows} at or below {', '.join(request.codes)}.", "Use --rows tree."
        )
    top = min((row.depth for row in rows), default=0)
    return [replace(row, depth=row.depth - top if request.rows == TREE else 0) for row in rows]


def _is_used(book: Codebook, entry: CodeEntry, used: Collection[str]) -> bool:
    """Whether an entry, or one below it in the tree, is among those used."""
    return entry.id in used or any(below.id in used for _, below in book.walk(entry.id, whole=True))
