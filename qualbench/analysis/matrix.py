"""Theme matrices: how often each theme occurs with each attribute of the people who spoke.

Attributes belong to the speaker. A coding counts for the participants whose words it holds, once for each
of them; interviewers' words count for nobody. A number says what it is out of, and a cell without one says
why: nobody was talked to, nobody was asked, or the coder at work may not see it yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from qualbench.analysis.matrix_counting import (
    Voice,
    asked,
    count_rows,
    measure,
    out_of,
    words_spoken,
)
from qualbench.analysis.matrix_material import ROWS as ROWS
from qualbench.analysis.matrix_material import TREE as TREE
from qualbench.analysis.matrix_material import Material, read_material
from qualbench.analysis.matrix_model import (
    COUNTED,
    HIDDEN,
    NOT_ASKED,
    NOT_COLLECTED,
    SILENT,
    Cell,
    CellPassage,
    Size,
    Totals,
)
from qualbench.analysis.matrix_model import Matrix as Matrix
from qualbench.analysis.matrix_model import Request as Request
from qualbench.analysis.matrix_passages import passages_of_cell as passages_of_cell
from qualbench.analysis.matrix_passages import passages_said
from qualbench.analysis.matrix_views import matrix_as_csv as matrix_as_csv
from qualbench.analysis.spoken import ATTRIBUTES
from qualbench.analysis.spoken import NOT_STATED as NOT_STATED
from qualbench.analysis.spoken import collected_groups as collected_groups
from qualbench.analysis.spoken import spoken_codings as spoken_codings
from qualbench.study.collecting import collecting_seldom
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

COLUMNS = tuple(ATTRIBUTES)
"""What can be columns in any study; what else is known of participants can be too, by its name."""


def build_matrix(
    study: Study,
    rows: str = "themes",
    columns: Sequence[str] = ("stakeholder",),
    layer: str = AGREED,
    version: int | None = None,
    *,
    cells: str = "codings",
    own: bool = False,
    codes: Sequence[str] = (),
    only: Sequence[tuple[str, str]] = (),
    all_columns: bool = False,
    totals: bool = False,
) -> Matrix:
    """Count a matrix; see `Request` for what can be asked for, and `count_matrix`."""
    return count_matrix(
        study,
        Request(
            rows, tuple(columns), cells, layer, version, own, tuple(codes), tuple(only), all_columns, totals
        ),
    )


@collecting_seldom()
def count_matrix(study: Study, request: Request) -> Matrix:
    """Count a layer by theme and attributes.

    A row counts what is below it too, also as a candidate in a candidate theme; such a theme is a row only
    if it is named, or if something below it in the tree is coded, and so are retired entries.

    Raises:
        BadInput: If rows, columns, cells or a value are unknown.
        NotFound: If there is no such layer, version or code, or no row.
        Refused: If the layer may not be seen.
    """
    return matrix_of(read_material(study, request), request)


def matrix_of(material: Material, request: Request) -> Matrix:
    """Count a matrix from what was read for it; pure."""
    rows, cells = material.rows, request.cells
    numbers = material.numbers(totals=request.totals)
    quotes, withheld = None, 0
    if cells == "quotes":
        quotes, withheld, counts = _quotes(material, numbers)
    else:
        counts = count_rows(cells, material.codings, numbers, material.talk, material.texts)
    words = words_spoken(material.talk, material.texts) if cells in ("words", "share") else None
    lines = [
        _line(cells, material, row.not_asked, counts.get(n, {}), words or {}) for n, row in enumerate(rows)
    ]
    below: list[Cell] = []
    if request.totals:
        unasked = frozenset.intersection(*(row.not_asked for row in rows)) if rows else frozenset()
        below = _line(cells, material, unasked, counts.get(len(rows), {}), words or {})
    return Matrix(
        attributes=material.attributes,
        rows=[row.entry.label for row in rows],
        columns=material.columns,
        cells=[[cell.number or 0 for cell in line[:-1]] for line in lines],
        layer=request.layer,
        left_out=0 if request.codes else _left_out(material, numbers),
        counts=cells,
        request=request,
        codes=[row.entry.id for row in rows],
        depths=[row.depth for row in rows],
        sizes=[_size(voices, words) for voices in material.voices],
        states=[[cell.state for cell in line[:-1]] for line in lines],
        out_of=[[cell.out_of for cell in line[:-1]] for line in lines],
        totals=Totals(
            [line[-1] for line in lines],
            _size(set().union(*material.voices), words),
            below[:-1] or None,
            below[-1] if below else None,
        ),
        quotes=quotes,
        withheld=withheld,
        hidden=material.hidden,
        smallest_group=material.smallest,
    )


def _line(
    cells: str,
    material: Material,
    not_asked: Collection[str],
    counts: Mapping[Voice, int],
    words: Mapping[Voice, int],
) -> list[Cell]:
    """The cells of a row, and last that of all columns."""
    line = []
    for voices, collected in zip(material.voices, material.collected, strict=True):
        held = {voice: counts[voice] for voice in voices & counts.keys()}
        line.append(_cell(cells, collected, voices, not_asked, held, words))
    everybody = set().union(*material.voices)
    return [*line, _cell(cells, any(material.collected), everybody, not_asked, counts, words)]


def _cell(
    cells: str,
    collected: bool,
    voices: Collection[Voice],
    not_asked: Collection[str],
    held: Mapping[Voice, int],
    words: Mapping[Voice, int],
) -> Cell:
    base = asked(voices, not_asked, held)
    most = out_of(cells, base, words)
    number: float = measure(cells, held)
    if cells == "share":
        number = number / most if most else 0.0
    if held:
        state = COUNTED
    elif not collected:
        state = NOT_COLLECTED
    elif not voices:
        state = HIDDEN
    else:
        state = SILENT if base else NOT_ASKED
    return Cell(number, most, state)


def _size(voices: Collection[Voice], words: Mapping[Voice, int] | None) -> Size:
    return Size(
        len({source for source, _ in voices}),
        len({who for _, who in voices}),
        None if words is None else sum(words.get(voice, 0) for voice in voices),
    )


def _left_out(material: Material, numbers: Mapping[str, Sequence[int]]) -> int:
    """How many codings are in no row, once for each participant."""
    left = [coded for coded in material.codings if coded.code not in numbers]
    counts = count_rows("codings", left, {coded.code: [0] for coded in left}, material.talk, {})
    return sum(sum(held.values()) for held in counts.values())


def _quotes(
    material: Material, numbers: Mapping[str, Sequence[int]]
) -> tuple[list[list[list[CellPassage]]], int, dict[int, Counter[Voice]]]:
    """The quotes of each cell, how many are withheld, and how many passages each voice has in each row."""
    quotes: list[list[list[CellPassage]]] = [[[] for _ in material.columns] for _ in material.rows]
    counts: dict[int, Counter[Voice]] = defaultdict(Counter)
    column_of = {voice: n for n, voices in enumerate(material.voices) for voice in voices}
    withheld = 0
    for row, voice, passage in passages_said(material, numbers):
        counts[row][voice] += 1
        if row == len(quotes):  # that of the totals
            continue
        if passage.quotable:
            quotes[row][column_of[voice]].append(passage)
        else:
            withheld += 1
    return quotes, withheld, counts
