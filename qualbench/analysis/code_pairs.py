"""How often two codes go together: on the same words, in the same turn, or within some turns of each other.

What is counted are pairs of a coding of the one with a coding of the other. As in the matrix, a coding
counts once for each participant whose words it holds, and interviewers' words count for nobody: two codings
that share only a question do not meet.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.co_occurrence import Pair
from qualbench.analysis.matrix import ROWS
from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.coding.blind import hidden_sources, in_view
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Coding, Source, Speaker, Turn, table_of
from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class CodePairs:
    """How often each two of some codes go together; all lists are in the order of the rows.

    Attributes:
        codes: The ids of the rows: those that occur, in the order of the codebook.
        rows: Their labels.
        counts: A list a row, symmetric: pairs of codings; on the diagonal the codings of the row itself.
        jaccard: The same, symmetric: of the talk that has one of the two, the share that has both
            (Jaccard 1901), in code points for the same words, else in turns; within n turns, the share of
            turns that have the other one no farther away. None on the diagonal.
        within: How many turns apart the two may be, 0 for the same turn; None for the same words.
        layer: Whose codings were counted.
        sources: The names of the sources looked at.
        hidden: The names of those that were left out because the coder at work may not see the layer there.
        left_out: How many more codings there are, of entries above the level of the rows.
    """

    codes: list[str]
    rows: list[str]
    counts: list[list[int]]
    jaccard: list[list[float | None]]
    within: int | None
    layer: str
    sources: list[str]
    hidden: list[str]
    left_out: int


class Placed(NamedTuple):
    """A coding of a source, with the row it counts for."""

    id: str
    row: str
    span: Span


class Talk(NamedTuple):
    """A turn of a participant; `n` counts all turns of the source, those of interviewers too."""

    n: int
    span: Span
    participant: str


@dataclass
class Meetings:
    """What meets in some sources, summed up.

    Attributes:
        single: How many codings x participants each row has.
        pairs: How many pairs of them meet.
        covers: How much of the talk each row has, in code points or turns.
        shared: How much both of a pair have.
        near: How much of what either has is in the other's reach.
    """

    single: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)
    covers: Counter[str] = field(default_factory=Counter)
    shared: Counter[Pair] = field(default_factory=Counter)
    near: Counter[Pair] = field(default_factory=Counter)

    def jaccard(self, pair: Pair) -> float:
        """Give the share of the talk of either that goes together."""
        a, b = pair
        return self.near[pair] / (self.covers[a] + self.covers[b] - self.shared[pair])


def code_pairs(
    study: Study,
    rows: str = "codes",
    within: int | None = None,
    layer: str = AGREED,
    sources: Sequence[str] = (),
) -> CodePairs:
    """Count how often two codes, sub-themes or themes go together.

    Args:
        study: The study; what its coder may not see yet is not counted.
        rows: One of `ROWS` of the matrix; codes are counted for the theme or sub-theme above them.
        within: How many turns apart the two may be, 0 for the same turn; None for the same words.
        layer: The layer.
        sources: Only these, by name; all if empty.

    Raises:
        BadInput: If the rows are unknown, or `within` is below 0.
        NotFound: If there is no such layer or source.
        Refused: If the layer may not be seen.
    """
    if rows not in ROWS:
        raise BadInput(f"'{rows}' cannot be rows.", f"Use one of {', '.join(ROWS)}.")
    if within is not None and within < 0:
        raise BadInput("Turns are counted from 0.", "0 is the same turn, 1 the next one too.")
    with study.read() as db:
        names = {id_: name for name, id_ in source_ids(db, list(sources)).items()} or _all_sources(db)
        hidden = hidden_sources(db, study, layer) & names.keys()
        book = codebook_of(db)
        row_of = _rows_by_code(book, ROWS[rows])
        found, left_out = _codings(db, in_view(db, study, layer), names, row_of)
        talk = _talk(db, names)
    met = Meetings()
    for source_id, codings in found.items():
        add_meetings(met, codings, talk[source_id], within)
    order = [entry.id for _, entry in book.walk(whole=True) if met.single[entry.id]]
    return CodePairs(
        order,
        [book.by_id[code].label for code in order],
        [[met.single[a] if a == b else met.pairs[_pair(a, b)] for b in order] for a in order],
        [[None if a == b else met.jaccard(_pair(a, b)) for b in order] for a in order],
        within,
        layer,
        sorted(name for id_, name in names.items() if id_ not in hidden),
        sorted(names[id_] for id_ in hidden),
        left_out,
    )


def add_meetings(met: Meetings, codings: Iterable[Placed], talk: Sequence[Talk], within: int | None) -> None:
    """Add what meets in one source; pure but for the sums it adds to.

    Args:
        met: The sums so far.
        codings: Those of the source.
        talk: The turns of its participants, in order; turns do not overlap.
        within: As in `code_pairs`.
    """
    said = _said(codings, talk)
    met.single.update(row for row, _, _ in {(c.row, c.id, t.participant) for t, c, _ in said})
    pairs = {
        ((a.row, a.id, one.participant), (b.row, b.id, other.participant))
        for (one, a, _), (other, b, _) in _meeting(said, within)
    }
    together = Counter((a[0], b[0]) for a, b in pairs)
    met.pairs += together
    if within is None:
        places: dict[str, list[Span]] = defaultdict(list)
        for _, coding, words in said:
            places[coding.row].append(words)
        spans = {row: merge(words) for row, words in places.items()}
        met.covers.update({row: covered(words) for row, words in spans.items()})
        both = {pair: covered(intersect(spans[pair[0]], spans[pair[1]])) for pair in together}
        met.shared.update(both)
        met.near.update(both)
    else:
        turns: dict[str, set[int]] = defaultdict(set)
        for turn, coding, _ in said:
            turns[coding.row].add(turn.n)
        met.covers.update({row: len(numbers) for row, numbers in turns.items()})
        met.shared.update({(a, b): len(turns[a] & turns[b]) for a, b in together})
        met.near.update({(a, b): len(_in_reach(turns[a], turns[b], within)) for a, b in together})


_Said = tuple[Talk, Placed, Span]
"""Words of a turn that a coding holds: the turn, the coding, the words."""


def _said(codings: Iterable[Placed], talk: Sequence[Talk]) -> list[_Said]:
    """What the codings hold of the turns, in the order of the turns."""
    ends = [turn.span.end for turn in talk]
    said = []
    for coding in codings:
        n = bisect_right(ends, coding.span.start)
        while n < len(talk) and talk[n].span.start < coding.span.end:
            start, end = talk[n].span
            words = Span(max(start, coding.span.start), min(end, coding.span.end))
            if words.start < words.end:
                said.append((talk[n], coding, words))
            n += 1
    return sorted(said)


def _meeting(said: Sequence[_Said], within: int | None) -> Iterator[tuple[_Said, _Said]]:
    """Each two that meet and count for different rows, that of the row first in the alphabet first."""
    by_turn: dict[int, list[_Said]] = defaultdict(list)
    for one in said:
        by_turn[one[0].n].append(one)
    last = max(by_turn, default=0)
    for n, here in by_turn.items():
        met = [
            (a, b)
            for a, b in combinations(here, 2)
            if within is not None or (a[2].start < b[2].end and b[2].start < a[2].end)
        ]
        for later in range(n + 1, min(n + (within or 0), last) + 1):
            met += [(a, b) for a in here for b in by_turn.get(later, ())]
        for a, b in met:
            if a[1].row != b[1].row:
                yield (a, b) if a[1].row < b[1].row else (b, a)


def _in_reach(a: set[int], b: set[int], within: int) -> set[int]:
    """The turns of either that have one of the other no more than some turns away."""

    def near(some: set[int], others: set[int]) -> set[int]:
        order = sorted(others)
        first = {n: bisect_left(order, n - within) for n in some}
        return {n for n, at in first.items() if at < len(order) and order[at] <= n + within}

    return near(a, b) | near(b, a)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _rows_by_code(book: Codebook, level: str) -> dict[str, str]:
    above = {entry.id: book.ancestor(entry.id, level) for _, entry in book.walk(whole=True)}
    return {code: ancestor.id for code, ancestor in above.items() if ancestor is not None}


def _all_sources(db: Session) -> dict[str, str]:
    source = table_of(Source)
    return dict(db.execute(sa.select(source.c.id, source.c.name)).all())


def _codings(
    db: Session, seen: sa.ColumnElement[bool], names: Mapping[str, str], row_of: Mapping[str, str]
) -> tuple[dict[str, list[Placed]], int]:
    """The codings that count, by source, and how many do not because no row is theirs."""
    coding = table_of(Coding)
    found: dict[str, list[Placed]] = defaultdict(list)
    left_out = 0
    for id_, source_id, start, end, code in db.execute(
        sa.select(coding.c.id, coding.c.source_id, coding.c.start, coding.c.end, coding.c.code_id).where(
            seen, coding.c.source_id.in_(names)
        )
    ):
        if code in row_of:
            found[source_id].append(Placed(id_, row_of[code], Span(start, end)))
        else:
            left_out += 1
    return found, left_out


def _talk(db: Session, names: Mapping[str, str]) -> dict[str, list[Talk]]:
    """The turns of participants by source, in order."""
    turn, speaker = table_of(Turn), table_of(Speaker)
    talk: dict[str, list[Talk]] = defaultdict(list)
    for source_id, n, start, end, who in db.execute(
        sa.select(turn.c.source_id, turn.c.n, turn.c.start, turn.c.end, speaker.c.participant_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .where(speaker.c.participant_id.is_not(None), turn.c.source_id.in_(names))
        .order_by(turn.c.source_id, turn.c.start)
    ):
        talk[source_id].append(Talk(n, Span(start, end), who))
    return talk
