"""The cells of the framework matrix as they are kept: cases, versions, and who may see which.

A case is a participant at a timepoint. A note on what changed between two timepoints is kept as a cell too,
with both of them in the place of the timepoint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.cell_links import link, with_links
from qualbench.analysis.matrix_reading import read_people
from qualbench.analysis.quotes import not_to_be_quoted
from qualbench.analysis.quotes_passages import NOT_SHOWN
from qualbench.analysis.spoken import NOT_STATED
from qualbench.codebook.tree import Codebook
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.states import FINISHED
from qualbench.study.tables import (
    Assignment,
    CellSummary,
    Coding,
    Participant,
    Timepoint,
    table_of,
)
from qualbench.transcripts.attributes import item_of

_BETWEEN = "\n"  # a timepoint has no line break in its name

CaseKey = tuple[str, str]
"""A participant and a timepoint; two timepoints for a note (`between`), and nothing where none is stated."""

CellKey = tuple[str, str, str]
"""Those, and the id of a code."""


@dataclass(frozen=True)
class Version:
    """A version of a written cell.

    Attributes:
        code: The id of the code it was written on; another one than its cell's if a merge brought it there.
        text: Markdown with links to quotes (`analysis.cell_links`).
        written_by: Initials.
        written_at: ISO 8601, UTC.
    """

    code: str
    version: int
    text: str
    written_by: str
    written_at: str


class Cells:
    """Which cases there are, which cells are written, and which of them the coder at work may see.

    What another has written on a case is hidden from a coder until both have finished every source of it that
    they have a part in: that is assigned to them, or that they have coded in. It tells what its author found
    there. Who has no part in a source looks on from outside, as at a comparison of coders.

    Attributes:
        sources: The names of the sources of each case, by their ids.
    """

    def __init__(self, db: Session, study: Study) -> None:
        self.sources = _sources(db)
        self._order = timepoints_of(db)
        self._open = _open_sources(db)
        self._coder = study.coder
        self._versions = _versions(db)

    def timepoints(self) -> list[str]:
        """Give the timepoints at which somebody was talked to, in order; that of sources without one last."""
        known = {name: n for n, name in enumerate(self._order)}
        return sorted({when for _, when in self.sources}, key=lambda when: known.get(when, len(known)))

    def written(self) -> set[CellKey]:
        """Give the cells that somebody has written in, seen or not."""
        return set(self._versions)

    def newest(self, key: CellKey) -> Version | None:
        """Give the version of a cell that counts, None if nobody has written in it."""
        versions = self._versions.get(key)
        return versions[-1] if versions else None

    def sees(self, key: CellKey, version: Version) -> bool:
        """Tell whether the coder at work may see a version of a cell."""
        if version.written_by == self._coder:
            return True
        busy = self._open.get(self._coder or "", set()) | self._open.get(version.written_by, set())
        who, when, _ = key
        return not any(busy & self.sources.get((who, one), {}).keys() for one in parts_of(when))

    def history(self, key: CellKey, book: Codebook) -> list[Version]:
        """Give the versions of a cell that the coder at work may see, the oldest first, with those written on
        codes that were merged into its own."""
        who, when, code = key
        merged = [entry.id for entry in book.by_id.values() if book.survivor(entry).id == code]
        found = [version for one in merged for version in self._versions.get((who, when, one), [])]
        found = [version for version in found if self.sees((who, when, version.code), version)]
        return sorted(found, key=lambda version: (version.written_at, version.version))


def between(earlier: str, later: str) -> str:
    """Give what stands in the place of a timepoint for a note on what changed between two."""
    return f"{earlier}{_BETWEEN}{later}"


def parts_of(timepoint: str) -> list[str]:
    """Give the one timepoint, or the two of a note."""
    return timepoint.split(_BETWEEN)


def named(timepoint: str) -> str:
    """Give what a timepoint, or two, are called: "Baseline → Follow-up"."""
    return " → ".join(one or NOT_STATED for one in parts_of(timepoint))


def is_between(timepoint: str) -> bool:
    """Tell whether these are two timepoints."""
    return _BETWEEN in timepoint


def find_case(db: Session, cells: Cells, participant: str, timepoint: str, since: str | None) -> CaseKey:
    """Give the case that a person names, whatever the case of the letters.

    Args:
        db: The session.
        cells: The cells.
        participant: The id.
        timepoint: As the list has it, or "(not stated)".
        since: The timepoint before it, for a note on what changed since then.

    Raises:
        BadInput: If there is no such timepoint, or the one before is not before it.
        NotFound: If there is no such participant, or they were not talked to then.
    """
    ids = {id_.casefold(): id_ for id_ in db.execute(sa.select(table_of(Participant).c.id)).scalars()}
    who = ids.get(participant.strip().casefold())
    if who is None:
        raise NotFound(
            f"The study has no participant '{participant}'.", "'qualbench participants' lists them."
        )
    times = [time for time in (since, timepoint) if time is not None]
    order = timepoints_of(db)
    found = [
        "" if time == NOT_STATED else str(item_of("The timepoint", "timepoint", time, order))
        for time in times
    ]
    for time in found:
        if (who, time) not in cells.sources:
            raise NotFound(f"{who} was not talked to at {named(time)}.", "'qualbench sources' tells when.")
    if since is not None and (found[1] == "" or found[0] not in order[: order.index(found[1])]):
        raise BadInput(
            f"{named(found[0])} is not before {named(found[1])}.", "--since names the timepoint before."
        )
    return who, _BETWEEN.join(found)


def timepoints_of(db: Session) -> list[str]:
    """Give the study's timepoints in order."""
    table = table_of(Timepoint)
    return list(db.execute(sa.select(table.c.name).order_by(table.c.position)).scalars())


def _sources(db: Session) -> dict[CaseKey, dict[str, str]]:
    found: dict[CaseKey, dict[str, str]] = defaultdict(dict)
    people = read_people(db).facts
    for (source, who), facts in sorted(people.items(), key=lambda one: one[1]["source"]):
        found[who, facts.get("timepoint", "")][source] = facts["source"]
    return found


def _open_sources(db: Session) -> Mapping[str, set[str]]:
    """The ids of the sources that each coder has a part in and has not finished."""
    assignment, coding = table_of(Assignment), table_of(Coding)
    states = db.execute(sa.select(assignment.c.layer, assignment.c.source_id, assignment.c.state)).all()
    coded = db.execute(sa.select(coding.c.layer, coding.c.source_id).distinct()).all()
    finished = {(layer, source) for layer, source, state in states if state == FINISHED}
    open_: dict[str, set[str]] = defaultdict(set)
    parts: Iterable[tuple[str, str]] = [*((layer, source) for layer, source, _ in states), *map(tuple, coded)]
    for layer, source in parts:
        if (layer, source) not in finished:
            open_[layer].add(source)
    return open_


def _versions(db: Session) -> dict[CellKey, list[Version]]:
    """All versions; the words of those who did not agree to be quoted, or no longer do, are left out."""
    table = table_of(CellSummary)
    withheld = not_to_be_quoted(db)
    found: dict[CellKey, list[Version]] = defaultdict(list)
    for row in db.execute(sa.select(table).order_by(table.c.version)):
        text = row.text
        if row.participant_id in withheld:
            text = with_links(text, lambda one: link(NOT_SHOWN, one.coding))
        found[row.participant_id, row.timepoint, row.code_id].append(
            Version(row.code_id, row.version, text, row.written_by, row.written_at)
        )
    return found
