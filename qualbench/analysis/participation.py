"""Who was to be talked to, who was, and how: what items 10 to 23 of COREQ ask, in sentences with figures.

Groups of fewer people than the study tells apart are told together; nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.findings import layer_named
from qualbench.analysis.saturation import Saturation, saturation
from qualbench.analysis.saturation_report import finding
from qualbench.analysis.sources_described import Described, describe_sources
from qualbench.coding.blind import memos_in_view
from qualbench.study.database import Study
from qualbench.study.tables import (
    FlowReason,
    Memo,
    PlanOutcome,
    PlanRow,
    Source,
    Speaker,
    Turn,
    Withdrawal,
    table_of,
)


@dataclass(frozen=True)
class Participation:
    """What the study holds of sampling and collecting.

    Attributes:
        planned: How many rows the sampling plan has.
        emergent: How many of these came up on the way.
        missed: How many who were to be talked to were not, by outcome.
        reasoned: For how many of these the reason is on record.
        withdrawn: How many withdrew.
        left: How many families left the trial before a step for a known reason.
        kinds: The sources by kind.
        participants: How many speak in a source.
        again: How many of these speak in more than one.
        timed: In how many sources the turns have times.
        memos: How many memos on sources are in sight.
    """

    planned: int
    emergent: int
    missed: Mapping[str, int]
    reasoned: int
    withdrawn: int
    left: int
    kinds: Mapping[str, int]
    participants: int
    again: int
    timed: int
    memos: int
    described: Described
    saturation: Saturation


def read_participation(study: Study) -> Participation:
    """Read what the study holds of sampling and collecting."""
    plan, outcome, source, speaker = (table_of(m) for m in (PlanRow, PlanOutcome, Source, Speaker))
    turn, memo, reason = (table_of(model) for model in (Turn, Memo, FlowReason))
    count = sa.func.count()
    spoke = (
        sa.select(speaker.c.participant_id, sa.func.count(sa.distinct(speaker.c.source_id)).label("n"))
        .where(speaker.c.participant_id.is_not(None))
        .group_by(speaker.c.participant_id)
        .subquery()
    )
    timed = sa.select(sa.func.count(sa.distinct(turn.c.source_id))).where(turn.c.begins_at.is_not(None))
    on_sources = sa.and_(memo.c.source_id.is_not(None), memos_in_view(study))
    described, curve = describe_sources(study), saturation(study)
    with study.read() as db:

        def number(query: sa.Select[Any]) -> int:
            return int(db.execute(query).scalar_one() or 0)

        def by(column: sa.Column[str]) -> dict[str, int]:
            return dict(db.execute(sa.select(column, count).group_by(column).order_by(column)).all())

        return Participation(
            planned=number(sa.select(count).select_from(plan)),
            emergent=number(sa.select(count).select_from(plan).where(plan.c.emergent)),
            missed=by(outcome.c.outcome),
            reasoned=number(sa.select(count).select_from(outcome).where(outcome.c.reason != "")),
            withdrawn=number(sa.select(count).select_from(table_of(Withdrawal))),
            left=number(sa.select(sa.func.sum(reason.c.number))),
            kinds=by(source.c.kind),
            participants=number(sa.select(count).select_from(spoke)),
            again=number(sa.select(count).select_from(spoke).where(spoke.c.n > 1)),
            timed=number(timed),
            memos=number(sa.select(count).select_from(memo).where(on_sources)),
            described=described,
            saturation=curve,
        )


def sampling(found: Participation) -> Iterator[str]:
    """Say what the sampling plan has."""
    if found.planned:
        rows = counted(found.planned, "row")
        yield f"The sampling plan has {rows}: group, timepoint, site, kind of source."
        if found.emergent:
            yield f"{found.emergent} of them came up on the way."


def sample_size(found: Participation) -> Iterator[str]:
    """Say how many were talked to in how many sources."""
    if found.participants:
        kinds = in_words([f"{number} {kind}" for kind, number in found.kinds.items()])
        sources = counted(sum(found.kinds.values()), "source")
        yield f"{counted(found.participants, 'participant')} in {sources}: {kinds}."


def non_participation(found: Participation) -> Iterator[str]:
    """Say how many could not be talked to, withdrew, or left the trial."""
    if found.missed:
        told = in_words([f"{number} {outcome}" for outcome, number in found.missed.items()])
        yield f"Of those to be talked to: {told}; {found.reasoned} with a reason on record."
    if found.withdrawn:
        yield f"{counted(found.withdrawn, 'participant')} withdrew."
    if found.left:
        families = counted(found.left, "family", "families")
        yield f"{families} did not go on in the trial, for a reason on record."


def sample(found: Participation) -> Iterator[str]:
    """Say how many of each group at each site were talked to, few people told together."""
    people: dict[tuple[str, ...], int] = {}
    for row in found.described.by_place:
        people[row.values] = row.participants
    told = [f"{', '.join(dict.fromkeys(values))} {number}" for values, number in people.items()]
    if told:
        yield f"Participants by group and site: {'; '.join(told)}."


def repeats(found: Participation) -> Iterator[str]:
    """Say how many were talked to more than once."""
    if found.participants:
        yield f"{found.again} of {counted(found.participants, 'participant')} speak in more than one source."


def recording(found: Participation) -> Iterator[str]:
    """Say in how many sources times show that they were recorded."""
    sources = sum(found.kinds.values())
    if found.timed:
        yield f"{found.timed} of {counted(sources, 'transcript')} have the times of a recording."


def field_notes(found: Participation) -> Iterator[str]:
    """Say how many field notes and memos on sources there are."""
    notes = found.kinds.get("field note", 0)
    if notes:
        yield f"{counted(notes, 'field note')} among the sources."
    if found.memos:
        yield f"{counted(found.memos, 'memo')} on sources or words in them."


def duration(found: Participation) -> Iterator[str]:
    """Say how long sources are, at the median."""
    total = found.described.total
    if total.sources:
        yield f"Median {total.words:.0f} words of participants in a source."
    if total.minutes is not None:
        yield f"Median {total.minutes:.0f} minutes, of the {total.timed} of {total.sources} that have times."


def new_codes(found: Participation) -> Iterator[str]:
    """Say how many new codes the last sources brought."""
    for curve in found.saturation.curves:
        if curve.steps:
            yield f"In {layer_named(found.saturation.layer)}: {finding(curve, found.saturation)}"


def participation_evidence(study: Study) -> dict[int, Iterator[str]]:
    """Give what the study shows on items 10 to 23 of COREQ; on the others it holds nothing."""
    found = read_participation(study)
    return {
        10: sampling(found),
        12: sample_size(found),
        13: non_participation(found),
        16: sample(found),
        18: repeats(found),
        19: recording(found),
        20: field_notes(found),
        21: duration(found),
        22: new_codes(found),
    }
