"""Where the codes are used: in how many sources, by how many people, and in which passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.analysis.matrix import NOT_STATED, collected_groups, spoken_codings
from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.codebook.versions import codings_of_version, version_of
from qualbench.coding.blind import in_view
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.study.database import Study
from qualbench.study.tables import Coding, Source, table_of


@dataclass(frozen=True)
class Use:
    """How a code is used in a layer.

    Attributes:
        codings: How many there are.
        sources: The names of the sources that have one.
        participants: The ids of the participants whose words one holds; interviewers' words are nobody's.
    """

    codings: int = 0
    sources: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()


UNUSED = Use()


def code_use(study: Study, layer: str, version: int | None = None) -> dict[str, Use]:
    """Give the use of each entry of the codebook by id, own codings only (see `rolled_up`).

    Args:
        study: The study; what its coder may not see yet is not counted.
        layer: The layer.
        version: The version of the codebook to count by, as in `build_matrix`; None for the one as it is.

    Raises:
        NotFound: If there is no such layer or version.
        Refused: If the layer may not be seen.
    """
    coding, source = table_of(Coding), table_of(Source)
    with study.read() as db:
        book = version_of(db, version)
        code, was_there = codings_of_version(version)
        wanted = sa.and_(in_view(db, study, layer), was_there)
        counted = db.execute(
            sa.select(code.label("code"), source.c.name, sa.func.count())
            .join_from(coding, source, source.c.id == coding.c.source_id)
            .where(wanted)
            .group_by(code, source.c.name)
        ).all()
        spoken = spoken_codings((), code, wanted)
        people = db.execute(sa.select(spoken.c.code, spoken.c.participant).distinct()).all()
    codings: defaultdict[str, int] = defaultdict(int)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    participants: defaultdict[str, set[str]] = defaultdict(set)
    for code_id, name, count in counted:
        codings[code_id] += count
        sources[code_id].add(name)
    for code_id, person in people:
        participants[code_id].add(person)
    return {i: Use(codings[i], frozenset(sources[i]), frozenset(participants[i])) for i in book.by_id}


def rolled_up(use: Mapping[str, Use], book: Codebook) -> dict[str, Use]:
    """Give the use of each entry together with those below it: a person counts once, however many codes.

    Entries that sit in a theme as candidates count for it too, and so do retired ones below it that still
    have codings, as in the matrix.
    """
    return {
        code_id: _together([use.get(below, UNUSED) for below in book.at_and_below(code_id)])
        for code_id in book.by_id
    }


def _together(uses: Sequence[Use]) -> Use:
    return Use(
        sum(use.codings for use in uses),
        frozenset().union(*(use.sources for use in uses)),
        frozenset().union(*(use.participants for use in uses)),
    )


@dataclass(frozen=True)
class CodeTable:
    """Where a code occurs, with all below it: stakeholder types by timepoints.

    Attributes:
        code: The id of the entry.
        layer: Whose codings were counted.
        rows: Stakeholder types of whom somebody was talked to, in the study's order.
        columns: Timepoints, in the study's order.
        cells: A list a row: the number of codings that hold words of such a participant; None where none
            was talked to at that time. A coding that holds words of two groups is in both.
        codings: How many there are in all, those of interviewers' words among them.
    """

    code: str
    layer: str
    rows: list[str]
    columns: list[str]
    cells: list[list[int | None]]
    codings: int


def where_used(study: Study, code: str, layer: str) -> CodeTable:
    """Count the codings of an entry and of those below it by stakeholder type and timepoint.

    Each cell is the number of passages that `passages_of` gives for it. (A cell of the matrix counts codings
    x participants, so it may be larger.)

    Args:
        study: The study; what its coder may not see yet is not counted.
        code: Id or label.
        layer: The layer.

    Raises:
        NotFound: If there is no such code or layer.
        Refused: If the layer may not be seen.
    """
    coding = table_of(Coding)
    columns = ("stakeholder", "timepoint")
    with study.read() as db:
        book = codebook_of(db)
        entry = book.find(code)
        ids = book.at_and_below(entry.id)
        wanted = sa.and_(in_view(db, study, layer), coding.c.code_id.in_(ids))
        spoken = spoken_codings(columns, coding.c.code_id, wanted)
        groups = (spoken.c.value_0, spoken.c.value_1)
        counted = db.execute(
            sa.select(*groups, sa.func.count(spoken.c.id.distinct())).group_by(*groups)
        ).all()
        total = db.execute(sa.select(sa.func.count()).select_from(coding).where(wanted)).scalar_one()
        talked_to = set(collected_groups(db, columns))
        types = [group for (group,) in collected_groups(db, ("stakeholder",))]
        times = [time for (time,) in collected_groups(db, ("timepoint",))]
    cells = {(group or NOT_STATED, time or NOT_STATED): int(count) for group, time, count in counted}
    return CodeTable(
        entry.id,
        layer,
        types,
        times,
        [[cells.get((g, t), 0) if (g, t) in talked_to else None for t in times] for g in types],
        int(total),
    )


def passages_of(
    study: Study,
    codes: Sequence[str],
    layer: str,
    stakeholder: str | None = None,
    timepoint: str | None = None,
) -> list[CodingRead]:
    """Give the codings of some codes, such as those behind a cell of `where_used`, by source and place.

    Args:
        study: The study; what its coder may not see yet is left out.
        codes: Ids; `Codebook.at_and_below` gives those of an entry and all below it.
        layer: The layer.
        stakeholder: Only those that hold words of a participant of this type.
        timepoint: Only those from sources of this timepoint that hold words of a participant; `NOT_STATED`
            for sources without one.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    coding = table_of(Coding)
    asked = {"stakeholder": stakeholder, "timepoint": timepoint}
    columns = [name for name, value in asked.items() if value is not None]
    found = list_codings(study, layer=layer, codes=codes)
    if not columns:
        return found
    with study.read() as db:
        wanted = sa.and_(in_view(db, study, layer), coding.c.code_id.in_(codes))
        spoken = spoken_codings(columns, coding.c.code_id, wanted)
        ids = db.execute(
            sa.select(spoken.c.id)
            .distinct()
            .where(
                *(
                    spoken.c[f"value_{n}"].is_(None)
                    if asked[name] == NOT_STATED
                    else spoken.c[f"value_{n}"] == asked[name]
                    for n, name in enumerate(columns)
                )
            )
        ).scalars()
        behind = set(ids)
    return [read for read in found if read.id in behind]
