"""Saturation: how many codes each further source brings that were not there before, in order of collection.

The measure is that of Guest, Namey & Chen (2020), "A simple method to assess and report thematic saturation
in qualitative research", PLOS ONE 15(5) e0232076: the codes of the first sources are the base; the new codes
of a run of sources after them are told as a share of the codes of the base; runs overlap, each beginning one
source after the one before. The sources before the first run whose share is at or below the threshold are
those at which it is met, written "6+2": six sources, and a run of two that brought hardly anything new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.matrix import ROWS
from qualbench.analysis.spoken import collected_groups, spoken_codings
from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.coding.blind import hidden_sources, in_view
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.states import FINISHED
from qualbench.study.tables import AGREED, Assignment, Coding, Source, table_of

BASE, RUN, THRESHOLD = 4, 2, 5.0
"""Base size and run length in sources, new-information threshold in percent (Guest, Namey & Chen 2020)."""


@dataclass(frozen=True)
class Step:
    """A source in the order of collection.

    Attributes:
        source: Its name.
        date: When it was collected, ISO 8601; None where nobody said.
        codes: How many different codes it has.
        new: The labels of those that no source before it has, in the order of the codebook.
        so_far: How many different codes there are up to here.
    """

    source: str
    date: str | None
    codes: int
    new: tuple[str, ...]
    so_far: int


@dataclass(frozen=True)
class Run:
    """Some sources in a row after the base; `first` and `last` are counted from 1.

    Attributes:
        new: How many codes they have that no source before the run has.
        ratio: Those as a share of the codes of the base; None if the base has none.
    """

    first: int
    last: int
    new: int
    ratio: float | None


@dataclass(frozen=True)
class Curve:
    """The codes of a group of people, source by source.

    Attributes:
        group: Their stakeholder type; empty for everybody.
        steps: The sources in which one of them speaks, in the order of collection.
        base: How many codes the first sources have; None if there are too few sources for a base.
        runs: The runs after it.
        met_at: After how many sources the threshold was met; None if it was not.
    """

    group: str
    steps: tuple[Step, ...]
    base: int | None
    runs: tuple[Run, ...]
    met_at: int | None


@dataclass(frozen=True)
class Saturation:
    """New codes by source, with all that the figures depend on.

    Attributes:
        curves: One for everybody, or one for each stakeholder type.
        rows: What counts as a code, one of `analysis.matrix.ROWS`.
        layer: Whose codings.
        base_size: In sources.
        run_length: In sources.
        threshold: In percent.
        undated: The names of sources without a date, which stand last, in the order of import.
        uncoded: The names of sources left out since they are not coded yet in the layer.
        hidden: The names of those left out because the coder at work may not see the layer there.
    """

    curves: tuple[Curve, ...]
    rows: str
    layer: str
    base_size: int
    run_length: int
    threshold: float
    undated: list[str]
    uncoded: list[str]
    hidden: list[str]


def saturation(
    study: Study,
    rows: str = "codes",
    layer: str = AGREED,
    *,
    by_stakeholder: bool = False,
    base_size: int = BASE,
    run_length: int = RUN,
    threshold: float = THRESHOLD,
) -> Saturation:
    """Follow how many new codes each source brings, in the order of collection.

    The order is that of the sources' dates, then that of their import. A source counts once the layer has a
    coding in it, or its coder has finished it: one that is not coded yet would look as if it brought nothing.
    Interviewers' words count for nobody.

    Args:
        study: The study; what its coder may not see yet is not counted.
        rows: What counts as a code: one of `ROWS` of the matrix.
        layer: The layer.
        by_stakeholder: Whether to follow each stakeholder type apart, by what its people say.
        base_size: How many sources the base has.
        run_length: How many a run has.
        threshold: How many percent of the codes of the base a run may bring that are new.

    Raises:
        BadInput: If rows, base size, run length or threshold cannot be.
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    if rows not in ROWS:
        raise BadInput(f"'{rows}' cannot be counted.", f"Use one of {', '.join(ROWS)}.")
    if base_size < 1 or run_length < 1:
        raise BadInput("Base and run have at least one source.", "Guest, Namey & Chen (2020) use 4 and 2.")
    if not 0 <= threshold <= 100:
        raise BadInput(f"A threshold of {threshold:g} % cannot be.", "Use 5, or 0 for nothing new at all.")
    with study.read() as db:
        book = codebook_of(db)
        found = _codes_said(db, in_view(db, study, layer), book, ROWS[rows])
        coded = _coded(db, in_view(db, study, layer), layer)
        hidden = hidden_sources(db, study, layer)
        collected = _collected(db)
        speak = collected_groups(db, ("source", "stakeholder"))
        groups = [group for (group,) in collected_groups(db, ("stakeholder",))] if by_stakeholder else [""]
    talked = {name for name, _ in speak}
    counted = [one for one in collected if one.name in talked and one.id in coded - hidden]
    curves = []
    for group in groups:
        of_group = {name for name, who in speak if group in ("", who)}
        sources = [(one.name, one.date) for one in counted if one.name in of_group]
        codes = [
            frozenset(code for where, who, code in found if where == name and group in ("", who))
            for name, _ in sources
        ]
        steps = _steps(sources, codes, book)
        base, runs, met_at = assess([len(step.new) for step in steps], base_size, run_length, threshold)
        curves.append(Curve(group, tuple(steps), base, tuple(runs), met_at))
    return Saturation(
        tuple(curves),
        rows,
        layer,
        base_size,
        run_length,
        threshold,
        [one.name for one in counted if one.date is None],
        [one.name for one in collected if one.name in talked and one.id not in coded | hidden],
        [one.name for one in collected if one.name in talked and one.id in hidden],
    )


def assess(
    new: Sequence[int], base_size: int, run_length: int, threshold: float
) -> tuple[int | None, list[Run], int | None]:
    """Give base, runs, and after how many sources the threshold was met (Guest, Namey & Chen 2020); pure.

    Args:
        new: How many codes each source has that those before it have not, in the order of collection.
        base_size: In sources, at least 1.
        run_length: In sources, at least 1.
        threshold: In percent of the codes of the base.
    """
    if len(new) < base_size:
        return None, [], None
    base = sum(new[:base_size])
    runs = []
    for before in range(base_size, len(new) - run_length + 1):
        come = sum(new[before : before + run_length])
        runs.append(Run(before + 1, before + run_length, come, come / base if base else None))
    return base, runs, next((run.first - 1 for run in runs if meets(run, base, threshold)), None)


def meets(run: Run, base: int, threshold: float) -> bool:
    """Tell whether a run brings no more than a percentage of the codes of the base; of none nothing does."""
    return base > 0 and run.new * 100 <= threshold * base


def _steps(
    sources: Sequence[tuple[str, str | None]], codes: Sequence[frozenset[str]], book: Codebook
) -> list[Step]:
    seen: set[str] = set()
    steps = []
    for (name, date), here in zip(sources, codes, strict=True):
        new = [entry.label for _, entry in book.walk(whole=True) if entry.id in here - seen]
        seen |= here
        steps.append(Step(name, date, len(here), tuple(new), len(seen)))
    return steps


def _codes_said(
    db: Session, seen: sa.ColumnElement[bool], book: Codebook, level: str
) -> set[tuple[str, str, str]]:
    """Which codes of a level the people of each stakeholder type have in each source."""
    spoken = spoken_codings(("source", "stakeholder"), table_of(Coding).c.code_id, seen)
    rows = db.execute(sa.select(spoken.c.value_0, spoken.c.value_1, spoken.c.code).distinct())
    above = [(name, group, book.ancestor(code, level)) for name, group, code in rows]
    return {(name, group, entry.id) for name, group, entry in above if entry is not None}


def _collected(db: Session) -> Sequence[sa.Row[tuple[str, str, str | None]]]:
    """Id, name and date of the sources in the order of collection."""
    source = table_of(Source)
    order = (source.c.date.is_(None), source.c.date, source.c.imported_at, source.c.name)
    return db.execute(sa.select(source.c.id, source.c.name, source.c.date).order_by(*order)).all()


def _coded(db: Session, seen: sa.ColumnElement[bool], layer: str) -> set[str]:
    """The ids of sources in which a layer has a coding, or whose coder is done with them.

    Nobody says that they are done agreeing on a source, so the agreed layer needs a coding there.
    """
    coding, assignment = table_of(Coding), table_of(Assignment)
    has = sa.select(coding.c.source_id).where(seen)
    done = sa.select(assignment.c.source_id).where(
        assignment.c.layer == layer, assignment.c.state == FINISHED
    )
    return set(db.execute(has.union(done)).scalars())
