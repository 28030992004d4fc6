"""Theme matrices: how often each theme occurs with each attribute of the people who spoke.

Attributes belong to the speaker. A coding counts for the participants whose words it holds, once for each
of them; interviewers' words count for nobody.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import Codebook
from qualbench.codebook.versions import codings_of_version, version_of
from qualbench.coding.blind import in_view
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.settings import LISTS
from qualbench.study.tables import (
    AGREED,
    Coding,
    Participant,
    Source,
    Speaker,
    Turn,
    table_of,
)

ROWS = {"themes": "theme", "subthemes": "subtheme", "codes": "code"}
_COLUMNS = {
    "stakeholder": table_of(Participant).c.stakeholder,
    "timepoint": table_of(Source).c.timepoint,
    "site": table_of(Participant).c.site,
    "participant": table_of(Participant).c.id,
    "family": table_of(Participant).c.family,
    "source": table_of(Source).c.name,
    "kind": table_of(Source).c.kind,
    "mode": table_of(Source).c.mode,
}
COLUMNS = tuple(_COLUMNS)
NOT_STATED = "(not stated)"


@dataclass(frozen=True)
class Matrix:
    """Counts of codings by theme and attribute.

    Attributes:
        attributes: What the columns cross, such as ("stakeholder", "timepoint").
        rows: Labels, in the order of the codebook.
        columns: A value of each attribute; those crossings in which somebody was talked to.
        cells: A list a row; a coding counts once for each participant whose words it holds.
        layer: Whose codings were counted.
        left_out: How many more there are of entries above the level of the rows.
    """

    attributes: tuple[str, ...]
    rows: list[str]
    columns: list[tuple[str, ...]]
    cells: list[list[int]]
    layer: str
    left_out: int = 0
    counts: str = "codings"


def build_matrix(
    study: Study,
    rows: str = "themes",
    columns: Sequence[str] = ("stakeholder",),
    layer: str = AGREED,
    version: int | None = None,
) -> Matrix:
    """Count the codings of a layer by theme and attributes.

    Args:
        study: The study.
        rows: One of `ROWS`; codes are counted for the theme or sub-theme above them.
        columns: Some of `COLUMNS`, to be crossed.
        layer: The layer to count.
        version: The version of the codebook to count by, only what was coded under it or before; None for
            the codebook as it is now.

    Raises:
        BadInput: If rows or columns are unknown.
        NotFound: If there is no such layer or version.
    """
    if rows not in ROWS:
        raise BadInput(f"'{rows}' cannot be rows.", f"Use one of {', '.join(ROWS)}.")
    unknown = [name for name in columns if name not in _COLUMNS]
    if unknown or not columns:
        raise BadInput(
            f"'{unknown[0] if unknown else ''}' cannot be columns.", f"Use some of {', '.join(COLUMNS)}."
        )
    with study.read() as db:
        book = version_of(db, version)
        collected = collected_groups(db, columns)
        code, was_there = codings_of_version(version)
        wanted = sa.and_(in_view(db, study, layer), was_there)
        counted = db.execute(_count_codings(columns, code, wanted)).all()
    row_of = _rows_by_code(book, ROWS[rows])
    cells: Counter[tuple[str, tuple[str, ...]]] = Counter()
    left_out = 0
    for code, *values, count in counted:
        if code in row_of:
            cells[row_of[code], _named(values)] += count
        else:
            left_out += count
    used = {code for code, _ in cells}
    order = [
        entry.id
        for _, entry in book.walk(whole=True)
        if entry.level == ROWS[rows] and (entry.status == "agreed" or entry.id in used)
    ]
    return Matrix(
        tuple(columns),
        [book.by_id[code].label for code in order],
        collected,
        [[cells[code, column] for column in collected] for code in order],
        layer,
        left_out,
    )


def _count_codings(
    columns: Sequence[str], code: sa.ColumnElement[str], counted: sa.ColumnElement[bool]
) -> sa.Select[tuple[str | int, ...]]:
    """The query behind a matrix: code id, a value of each column, number of codings x participants."""
    spoken = spoken_codings(columns, code, counted)
    groups = [spoken.c.code, *(spoken.c[f"value_{n}"] for n in range(len(columns)))]
    return sa.select(*groups, sa.func.count()).group_by(*groups)


def spoken_codings(
    columns: Sequence[str], code: sa.ColumnElement[str], counted: sa.ColumnElement[bool]
) -> sa.Subquery:
    """Give the query of codings and the participants whose words they hold, a row for each pair.

    Args:
        columns: Some of `COLUMNS`, whose values are wanted.
        code: What to take for the code of a coding.
        counted: The condition on codings.

    Returns:
        Columns `id` of the coding, `code`, `participant`, and `value_0`, `value_1` ...
    """
    coding, turn, speaker, participant, source = (
        table_of(table) for table in (Coding, Turn, Speaker, Participant, Source)
    )
    before = turn.alias()
    first_turn = (  # turns do not overlap, so this bound lets the index find the few that matter
        sa.select(sa.func.max(before.c.start))
        .where(before.c.source_id == coding.c.source_id, before.c.start <= coding.c.start)
        .scalar_subquery()
    )
    values = [_COLUMNS[name].label(f"value_{n}") for n, name in enumerate(columns)]
    return (
        sa.select(
            coding.c.id,
            code.label("code"),
            participant.c.id.label("participant"),
            *values,
        )
        .distinct()
        .join_from(
            coding,
            turn,
            sa.and_(
                turn.c.source_id == coding.c.source_id,
                turn.c.start < coding.c.end,
                turn.c.start >= sa.func.coalesce(first_turn, 0),
                turn.c.end > coding.c.start,
            ),
        )
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .join(participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == coding.c.source_id)
        .where(counted)
        .subquery()
    )


def matrix_as_csv(matrix: Matrix) -> str:
    """Write a matrix as CSV, the values of a column's attributes joined by commas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *(", ".join(column) for column in matrix.columns)])
    writer.writerows([row, *cells] for row, cells in zip(matrix.rows, matrix.cells, strict=True))
    return out.getvalue()


def _rows_by_code(book: Codebook, level: str) -> dict[str, str]:
    ancestors = {entry.id: book.ancestor(entry.id, level) for _, entry in book.walk(whole=True)}
    return {code: ancestor.id for code, ancestor in ancestors.items() if ancestor is not None}


def collected_groups(db: Session, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the crossings of some of `COLUMNS` in which a participant speaks, in the order of the lists."""
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    found = db.execute(
        sa.select(*(_COLUMNS[name].label(f"value_{n}") for n, name in enumerate(columns)))
        .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == speaker.c.source_id)
        .distinct()
    )
    positions = {
        name: dict(db.execute(sa.select(table_of(model).c.name, table_of(model).c.position)).all())
        for name, model in LISTS.items()
    }

    def place(column: tuple[str, ...]) -> list[tuple[int, str]]:
        return [
            (positions.get(name, {}).get(value, len(positions.get(name, {}))), value)
            for name, value in zip(columns, column, strict=True)
        ]

    return sorted({_named(row) for row in found}, key=place)


def _named(values: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(value if value is not None else NOT_STATED for value in values)
