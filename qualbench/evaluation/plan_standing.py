"""How far the sampling plan is: of each row planned, done, declined, withdrawn, and what is wanting. Pure
but for `plan_standing`."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualbench.evaluation.plan import PlannedRow
from qualbench.evaluation.plan_changes import DECLINED, NOT_REACHED
from qualbench.evaluation.plan_material import Material, Talk, read_material
from qualbench.study.database import Study


@dataclass(frozen=True)
class RowStanding:
    """How far a row of the plan is.

    Attributes:
        done: How many people, groups or documents there are.
        declined: How many said no.
        not_reached: How many could not be reached.
        withdrawn: How many of the row's people have withdrawn and are not among those done.
        wanting: How many are missing; 0 where there are none by design, or nobody can say how many.
        over: How many there are beyond the most that was planned.
        missing: Who of all there are has not been talked to; only where all are wanted.
    """

    row: PlannedRow
    done: int
    declined: int
    not_reached: int
    withdrawn: int
    wanting: int
    over: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class PlanStanding:
    """How far the plan is.

    Attributes:
        unplanned: The names and kinds of sources that fit no row.
        uncleared: How many sources a blinded coder does not see; they are not counted.
    """

    rows: tuple[RowStanding, ...]
    unplanned: tuple[tuple[str, str], ...]
    uncleared: int

    @property
    def gaps(self) -> int:
        """In how many rows something is wanting."""
        return sum(row.wanting > 0 for row in self.rows)


def plan_standing(study: Study) -> PlanStanding:
    """Say how far the plan of a study is."""
    return standing_of(read_material(study))


def standing_of(material: Material) -> PlanStanding:
    """Say how far a plan is. A source counts for the row that fits it most closely, by group."""
    done: dict[str, set[str]] = defaultdict(set)
    unplanned = []
    for talk in material.talks:
        found = list(_places(talk, material))
        for row, what in found:
            done[row.id].add(what)
        if not found:
            unplanned.append((talk.source, talk.kind))
    return PlanStanding(
        tuple(_row(row, done[row.id], material) for row in material.rows),
        tuple(unplanned),
        material.uncleared,
    )


def fitting_row(
    rows: Iterable[PlannedRow], stakeholder: str, timepoint: str | None, site: str | None, kind: str
) -> PlannedRow | None:
    """Give the row that fits talk most closely: one of its timepoint and site before one for any."""
    fits = [
        row
        for row in rows
        if (row.stakeholder, row.kind) == (stakeholder, kind)
        and row.timepoint in (None, timepoint)
        and row.site in (None, site)
    ]
    return min(fits, key=lambda row: (row.timepoint is None, row.site is None, row.number), default=None)


def _places(talk: Talk, material: Material) -> Iterable[tuple[PlannedRow, str]]:
    """The rows that a source counts for, with what is counted: a person, or the source itself."""
    for who in talk.voices:
        person = material.people[who]
        own = talk.site or person.site, person.site or talk.site
        people = PlannedRow("", None, None, talk.kind).counted == "people"
        row = fitting_row(material.rows, person.stakeholder, talk.timepoint, own[people], talk.kind)
        if row is not None:
            yield row, who if people else talk.source
    if not talk.voices:  # minutes, say, in which nobody has a label
        fits = [
            row
            for stakeholder in dict.fromkeys(row.stakeholder for row in material.rows)
            if (row := fitting_row(material.rows, stakeholder, talk.timepoint, talk.site, talk.kind))
        ]
        if len(fits) == 1 and fits[0].counted != "people":
            yield fits[0], talk.source


def _row(row: PlannedRow, done: set[str], material: Material) -> RowStanding:
    of_row = {
        person.id
        for person in material.people.values()
        if person.stakeholder == row.stakeholder and row.site in (None, person.site)
    }
    notes = [note for note in material.noted if note.row == row.id]
    named = {note.who for note in notes if note.who}
    # Who declined and was talked to after all counts as talked to.
    still = [note for note in notes if note.who is None or note.who not in done]
    withdrawn = (of_row & material.withdrawn) - done
    missing: list[str] = []
    if row.counted == "people" and row.least is None and not row.is_open:
        missing = sorted(of_row - done - named - withdrawn)
        wanting = max(0, len(missing) - sum(note.who is None for note in notes))
    else:
        wanting = max(0, (row.least or 0) - len(done))
    if row.most is not None:
        wanting = min(wanting, max(0, row.most - len(done)))
    return RowStanding(
        row,
        len(done),
        sum(note.outcome == DECLINED for note in still),
        sum(note.outcome == NOT_REACHED for note in still),
        len(withdrawn),
        wanting,
        max(0, len(done) - row.most) if row.most is not None else 0,
        tuple(missing) if wanting else (),
    )


HEADERS = ("group", "timepoint", "site", "method", "planned", "done", "counted", "declined", "not reached")
MORE_HEADERS = ("withdrawn", "wanting", "emergent", "note")


def standing_as_csv(standing: PlanStanding) -> str:
    """Write how far the plan is as CSV, a line a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("row", *HEADERS, *MORE_HEADERS))
    for one in standing.rows:
        row = one.row
        writer.writerow(
            (
                row.number,
                row.stakeholder,
                row.timepoint or "",
                row.site or "",
                row.kind,
                row.planned,
                one.done,
                row.counted,
                one.declined,
                one.not_reached,
                one.withdrawn,
                one.wanting,
                "yes" if row.emergent else "no",
                row.note,
            )
        )
    return out.getvalue()


def table_rows(standing: PlanStanding) -> Sequence[Sequence[str]]:
    """Give what a table of the plan shows: number, group, when, where, how, planned, done, not, gap."""
    return [
        (
            str(one.row.number),
            one.row.stakeholder + (" (emergent)" if one.row.emergent else ""),
            one.row.timepoint or "as needed",
            one.row.site or "all",
            one.row.kind,
            one.row.planned,
            one.row.so_many(one.done),
            not_talked(one),
            gap_of(one),
        )
        for one in standing.rows
    ]


TABLE = ("", "group", "timepoint", "site", "method", "planned", "done", "not talked to", "gap")
"""The headers of `table_rows`."""


def not_talked(one: RowStanding) -> str:
    """Say who was not talked to and why, in short; nothing where there is nobody."""
    counts: Mapping[str, int] = {
        DECLINED: one.declined,
        NOT_REACHED: one.not_reached,
        "withdrawn": one.withdrawn,
    }
    return ", ".join(f"{n} {why}" for why, n in counts.items() if n)


def gap_of(one: RowStanding) -> str:
    """Say what is wanting, or beyond the plan; nothing where it is as planned."""
    if one.wanting:
        return f"{one.wanting} wanting"
    return f"{one.over} more" if one.over else ""


def sentences(standing: PlanStanding) -> list[str]:
    """Say what is to be known beside the table: gaps, sources that fit no row, and what is not counted."""
    said = []
    if not standing.rows:
        said.append("There is no plan yet: qualbench plan import ips_feasibility")
    elif standing.gaps:
        said.append(f"Something is wanting in {standing.gaps} of {len(standing.rows)} rows.")
    else:
        said.append("Nothing is wanting.")
    if standing.rows and standing.unplanned:
        names = ", ".join(f"{name} ({kind})" for name, kind in standing.unplanned)
        said.append(f"In no row of the plan: {names}.")
    if standing.uncleared:
        said.append(f"Not counted: {standing.uncleared} sources that are not cleared for you.")
    return said
