"""Saying who codes what, so that some sources are coded by two: all, those listed, or a drawn sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.coding.progress import require_coding_role
from qualbench.coding.sampling import Drawn, Stratum, draw_sample
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.study.settings import require_coder
from qualbench.study.states import ASSIGNED, FINISHED, IN_PROGRESS
from qualbench.study.tables import Assignment, Coding, table_of
from qualbench.study.team import require_lead
from qualbench.transcripts.sources import SourceSummary, list_sources, source_ids

BY = ("stakeholder", "timepoint", "site")
"""What a sample can be drawn by."""

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Sample:
    """A sample of sources.

    Attributes:
        share: Of all sources that it was drawn from.
        seed: What makes it this sample and no other.
        by: What its strata have in common, some of `BY`.
        drawn: Its strata, with what was drawn from each.
    """

    share: Fraction
    seed: int
    by: tuple[str, ...]
    drawn: list[Drawn]

    @property
    def chosen(self) -> list[str]:
        """The names of the sources drawn, in order."""
        return sorted(name for one in self.drawn for name in one.chosen)

    @property
    def method(self) -> str:
        """How it was drawn, in a phrase that a report can quote."""
        of = sum(len(one.sources) for one in self.drawn)
        strata = f" by {' x '.join(self.by)}" if self.by else ""
        return (
            f"{len(self.chosen)} of {of} sources, a sample of {float(self.share):g}{strata}, seed {self.seed}"
        )


@dataclass(frozen=True)
class Assigned:
    """What came of assigning.

    Attributes:
        sources: The names of the sources.
        new: How many assignments were made, one a source and coder.
        there: How many there were already.
    """

    sources: list[str]
    new: int
    there: int


def sample(
    study: Study,
    share: Fraction,
    seed: int,
    by: Sequence[str] = BY,
    sources: Sequence[str] | None = None,
) -> Sample:
    """Draw a sample of sources; nothing is changed.

    The stakeholder type of a source is that of its participants; sources with several types, such as focus
    groups, are strata of their own.

    Args:
        study: The study.
        share: Of all sources, more than 0 and at most 1.
        seed: Any whole number; the same gives the same sample.
        by: What the sample is to be spread over, some of `BY`; none makes one stratum of all.
        sources: The names of those to draw from; None for all.

    Raises:
        BadInput: If the share is none, there are no sources, or they cannot be told apart by that.
        NotFound: If there is no such source.
    """
    unknown = [name for name in by if name not in BY]
    if unknown:
        raise BadInput(f"'{unknown[0]}' is nothing to draw by.", f"Use some of {', '.join(BY)}.")
    if sources is not None:
        with study.read() as db:
            source_ids(db, list(sources))  # that there are such
    strata: dict[Stratum, list[str]] = {}
    for summary in list_sources(study):
        if sources is None or summary.name in sources:
            strata.setdefault(tuple(_value(summary, name) for name in by), []).append(summary.name)
    return Sample(share, seed, tuple(by), draw_sample(strata, share, seed))


def assign(study: Study, sources: Sequence[str], coders: Sequence[str], how: str = "") -> Assigned:
    """Assign sources to coders, in one change; who has begun with one or finished it stays where they are.

    Args:
        study: The study, with the person at work: a lead, unless they assign themselves or there is none.
        sources: Names.
        coders: Initials.
        how: How the sources were chosen, for the journal; empty names them there.

    Raises:
        NotFound: If there is no such source or coder.
        BadInput: If no coder is named.
        Refused: If a coder is a reader, or the person at work may not assign others.
    """
    with change(study, "assign") as changed:
        rows, assigned = _planned(changed.db, changed.coder, sources, coders)
        changed.insert(Assignment, rows)
        changed.summary = f"Assigned to {_and(coders)}: {how or _marks(changed.db, assigned.sources)}"
    return assigned


def plan_assignment(study: Study, sources: Sequence[str], coders: Sequence[str]) -> Assigned:
    """Give what `assign` would do, and do nothing; arguments and errors are the same."""
    with study.read() as db:
        return _planned(db, study.coder, sources, coders)[1]


def unassign(study: Study, sources: Sequence[str], coders: Sequence[str]) -> Assigned:
    """Take assignments back with which nobody has begun; `new` in what is given counts them.

    Nobody takes themselves off a source that another has finished: what is agreed on there would be open to
    them, and they could still code it.

    Raises:
        NotFound: If there is no such source or coder.
        BadInput: If no coder is named.
        Refused: If there is no such assignment, somebody has begun, or the person at work may not.
    """
    with change(study, "assign") as changed:
        _check_people(changed.db, changed.coder, coders)
        ids = source_ids(changed.db, list(sources))
        present = _states(changed.db)
        gone = []
        for name in dict.fromkeys(sources):
            for coder in dict.fromkeys(coders):
                if (ids[name], coder) in present:
                    _check_removal(present, name, ids[name], coder, changed.coder)
                    gone.append({"source_id": ids[name], "layer": coder})
        if not gone:
            raise Refused(f"{_and(coders)}: not assigned there.", "'qualbench assign --list' shows who is.")
        changed.delete(Assignment, gone)
        from_ = [name for name in ids if any(row["source_id"] == ids[name] for row in gone)]
        changed.summary = f"No longer assigned to {_and(coders)}: {_marks(changed.db, from_)}"
    return Assigned(sorted(from_), len(gone), 0)


def _planned(
    db: Session, at_work: str | None, sources: Sequence[str], coders: Sequence[str]
) -> tuple[list[dict[str, str]], Assigned]:
    """The rows to insert, and what that comes to."""
    _check_people(db, at_work, coders)
    ids = source_ids(db, list(sources))
    wanted = [(ids[name], coder) for name in dict.fromkeys(sources) for coder in dict.fromkeys(coders)]
    present, begun = _states(db), _begun(db, coders)
    rows = [
        {"source_id": pair[0], "layer": pair[1], "state": IN_PROGRESS if pair in begun else ASSIGNED}
        for pair in wanted
        if pair not in present
    ]
    return rows, Assigned(sorted(ids), len(rows), len(wanted) - len(rows))


def _check_people(db: Session, at_work: str | None, coders: Sequence[str]) -> None:
    if not coders:
        raise BadInput("Nobody is named.", "Say who: --coders AB,CD.")
    for coder in coders:
        require_coder(db, coder)
        require_coding_role(db, coder)
    if set(coders) != {at_work}:
        require_lead(db, at_work)


def _check_removal(
    present: Mapping[tuple[str, str], str], name: str, source_id: str, coder: str, at_work: str
) -> None:
    state = present[source_id, coder]
    if state != ASSIGNED:
        done = "finished" if state == FINISHED else "begun with"
        raise Refused(f"{coder} has {done} {name}.", "An assignment is taken back only before that.")
    others = sorted(who for (source, who), at in present.items() if source == source_id and at == FINISHED)
    if coder == at_work and others:
        raise Refused(
            f"{_and(others)} finished {name}: you would see what is agreed on there and could code it.",
            "Finish it, or ask another lead.",
        )


def _marks(db: Session, names: Sequence[str]) -> str:
    ids = source_ids(db, list(names))
    return ", ".join(source_mark(ids[name]) for name in names)


def _states(db: Session) -> dict[tuple[str, str], str]:
    """All states, by source id and coder."""
    table = table_of(Assignment)
    return {(row.source_id, row.layer): row.state for row in db.execute(sa.select(table))}


def _begun(db: Session, coders: Sequence[str]) -> set[tuple[str, str]]:
    """Where some coders have codings, as source ids with their initials."""
    table = table_of(Coding)
    rows = db.execute(
        sa.select(table.c.source_id, table.c.layer).where(table.c.layer.in_(set(coders))).distinct()
    )
    return {(source_id, layer) for source_id, layer in rows}


def _value(source: SourceSummary, attribute: str) -> str:
    if attribute == "stakeholder":
        return " + ".join(sorted(source.stakeholders)) or NOT_KNOWN
    value: str | None = getattr(source, attribute)
    return value or NOT_KNOWN


def _and(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last
