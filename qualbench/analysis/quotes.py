"""Quotes: coded words with a label that says whose they are without pointing at a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, select

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_view
from qualbench.study.database import Study
from qualbench.study.tables import (
    AGREED,
    Coding,
    Participant,
    Source,
    Speaker,
    StakeholderType,
    Turn,
    table_of,
)
from qualbench.transcripts.attributes import item_of

SMALLEST_GROUP = 3
"""A label that would fit fewer people than this is made coarser."""


@dataclass(frozen=True)
class Quote:
    """The words that one participant said within a coding.

    Attributes:
        label: Such as "Parent, follow-up, Glasgow"; coarser where that would fit fewer than three people.
    """

    code: str
    source: str
    participant: str
    stakeholder: str
    timepoint: str | None
    site: str | None
    start: int
    end: int
    text: str
    label: str


def list_quotes(
    study: Study, *, code: str | None = None, stakeholder: str | None = None, layer: str = AGREED
) -> list[Quote]:
    """Give the quotes of a layer in order of source and place.

    A coding that runs over several speakers gives a quote for each turn of a participant in it.

    Args:
        study: The study.
        code: Only this code, sub-theme or theme, and what is below it.
        stakeholder: Only this stakeholder type.
        layer: The layer.

    Raises:
        NotFound: If there is no such code or layer.
        BadInput: If there is no such stakeholder type.
    """
    coding, turn, speaker, participant, source = (
        table_of(table) for table in (Coding, Turn, Speaker, Participant, Source)
    )
    with study.read() as db:
        book = codebook_of(db)
        wanted = [in_view(db, study, layer)]
        if code is not None:
            entry = book.find(code)
            wanted.append(coding.c.code_id.in_(book.at_and_below(entry.id)))
        if stakeholder is not None:
            types = list(db.exec(select(StakeholderType.name)))
            wanted.append(
                participant.c.stakeholder == item_of("--stakeholder", "stakeholder", stakeholder, types)
            )
        start = sa.case((turn.c.start > coding.c.start, turn.c.start), else_=coding.c.start)
        end = sa.case((turn.c.end < coding.c.end, turn.c.end), else_=coding.c.end)
        rows = db.execute(
            sa.select(
                coding.c.code_id,
                source.c.name,
                participant.c.id,
                participant.c.stakeholder,
                source.c.timepoint,
                participant.c.site,
                start,
                end,
                sa.func.substr(source.c.text, start + 1, end - start),
            )
            .join_from(
                coding,
                turn,
                sa.and_(
                    turn.c.source_id == coding.c.source_id,
                    turn.c.start < coding.c.end,
                    turn.c.end > coding.c.start,
                ),
            )
            .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
            .join(participant, participant.c.id == speaker.c.participant_id)
            .join(source, source.c.id == coding.c.source_id)
            .where(*wanted)
        ).all()
        label = _labeller(db)
    quotes = [
        Quote(code_id, name, person, group, timepoint, site, first, last, text, label(group, timepoint, site))
        for code_id, name, person, group, timepoint, site, first, last, text in rows
    ]
    return sorted(quotes, key=lambda quote: (quote.source, quote.start, quote.end, quote.code))


def choose_quotes(quotes: Sequence[Quote], wanted: int = 2) -> list[Quote]:
    """Choose quotes to show a theme by: of different people and groups, and neither a scrap nor a page.

    The choice is always the same for the same quotes; a person should look at it before it is printed.
    """
    chosen: list[Quote] = []
    left = list(dict.fromkeys(quotes))
    while left and len(chosen) < wanted:
        people = {quote.participant for quote in chosen}
        groups = {quote.stakeholder for quote in chosen}
        best = min(
            left,
            key=lambda q: (
                q.participant in people,
                q.stakeholder in groups,
                abs(len(q.text) - 220) > 140,  # code points: about one to four printed lines
                abs(len(q.text) - 220),
                q.source,
                q.start,
            ),
        )
        chosen.append(best)
        left = [quote for quote in left if quote.text != best.text]
    return chosen


def _labeller(db: Session) -> Callable[[str, str | None, str | None], str]:
    """A function from stakeholder, timepoint and site to a label that fits at least three people.

    Where it does not, the site is left out, then the timepoint, then the group itself.
    """
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    people: dict[tuple[str | None, ...], set[str]] = defaultdict(set)
    for person, stakeholder, timepoint, site in db.execute(
        sa.select(participant.c.id, participant.c.stakeholder, source.c.timepoint, participant.c.site)
        .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == speaker.c.source_id)
    ):
        full = (stakeholder, timepoint, site)
        for length in range(1, 4):
            people[full[:length]].add(person)

    def label(stakeholder: str, timepoint: str | None, site: str | None) -> str:
        full = (stakeholder, timepoint, site)
        for length in (3, 2, 1):
            if len(people[full[:length]]) >= SMALLEST_GROUP:
                first, *rest = (part for part in full[:length] if part)
                return ", ".join([first, *(part.lower() if part == timepoint else part for part in rest)])
        return "Participant"

    return label
