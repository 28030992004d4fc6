"""Who has consented to be interviewed, and which sources wait for whose consent.

Consent is given per person: date, version of the form, and whether words may be quoted and archived. It is
apart from consent to the trial, which says nothing of an interview. Where a study requires consent, a source
is neither coded nor exported before everybody who speaks in it has given theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, Refused
from qualbench.study.settings import REQUIRED
from qualbench.study.tables import Participant, Source, Speaker, StudyRecord, Withdrawal, table_of

_NAMED = 3  # how many of many are named in a sentence


@dataclass(frozen=True)
class SpokenIn:
    """A source in which a participant speaks; its date is None where it is not on record."""

    source: str
    date: str | None


@dataclass(frozen=True)
class Waiting:
    """A source that waits for consent.

    Attributes:
        source: Its name.
        missing: The ids of those without consent, or whose consent is dated after it.
    """

    source: str
    missing: tuple[str, ...]


def is_required(db: Session) -> bool:
    """Tell whether coding and exports wait for consent in this study."""
    return bool(db.execute(sa.select(table_of(StudyRecord).c.consent)).scalar() == REQUIRED)


def waiting_sources(db: Session, source_ids: Iterable[str] | None = None) -> list[Waiting]:
    """Give the sources that wait for somebody's consent, by name; none where the study requires none.

    Args:
        db: The session.
        source_ids: Only these sources; None means all.
    """
    if not is_required(db):
        return []
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    wanted = sa.true() if source_ids is None else source.c.id.in_(set(source_ids))
    late = participant.c.consent_date > source.c.date
    rows = db.execute(
        sa.select(source.c.name, participant.c.id)
        .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
        .join(source, source.c.id == speaker.c.source_id)
        .where(wanted, sa.or_(participant.c.consent_date.is_(None), late))
        .distinct()
        .order_by(source.c.name, participant.c.id)
    ).all()
    found: dict[str, list[str]] = {}
    for name, who in rows:
        found.setdefault(name, []).append(who)
    return [Waiting(name, tuple(missing)) for name, missing in found.items()]


def require_consent(db: Session, source_ids: Iterable[str], what: str = "coded") -> None:
    """Check that everybody who speaks in some sources has consented, if the study requires that.

    Args:
        db: The session.
        source_ids: Ids of the sources.
        what: What is to be done with them, such as "coded".

    Raises:
        Refused: If somebody has not; says who.
    """
    refuse_waiting(waiting_sources(db, source_ids), what)


def refuse_waiting(waiting: Collection[Waiting], what: str) -> None:
    """Refuse what is to be done with sources that wait for consent.

    Raises:
        Refused: If there are any.
    """
    if not waiting:
        return
    missing = sorted({who for one in waiting for who in one.missing})
    names = [one.source for one in waiting]
    raise Refused(
        f"No consent to the interview is on record of {_listed(missing)}: {_listed(names)} cannot be {what}.",
        f"Record it: qualbench consent record {missing[0]} --date YYYY-MM-DD --version V; "
        "'qualbench consent show' lists who is missing.",
    )


def not_to_be_quoted(db: Session) -> frozenset[str]:
    """Give the ids of participants whose words are counted, but not quoted.

    These are who did not agree to it; where the study requires consent, also who was not asked.
    """
    table = table_of(Participant)
    unasked = sa.and_(table.c.consent_quote.is_(None), sa.true() if is_required(db) else sa.false())
    refused = sa.or_(table.c.consent_quote.is_(False), unasked)
    return frozenset(db.execute(sa.select(table.c.id).where(refused)).scalars())


def check_in_time(who: str, day: str, spoken: Iterable[SpokenIn], where: str = "") -> None:
    """Check that a consent is not dated after an interview.

    Args:
        who: The id of the participant.
        day: The date of the consent.
        spoken: The sources in which they speak.
        where: The file and row, for messages.

    Raises:
        BadInput: If it is.
    """
    for one in spoken:
        if one.date is not None and day > one.date:
            raise BadInput(
                f"{f'{where}: ' if where else ''}the consent of {who} is dated {day}, after their interview "
                f"{one.source} of {one.date}.",
                "Correct the date; who did not consent before is not interviewed.",
            )


def spoken_by(db: Session) -> Mapping[str, list[SpokenIn]]:
    """Give the sources in which each participant speaks, by name."""
    speaker, source = table_of(Speaker), table_of(Source)
    rows = db.execute(
        sa.select(speaker.c.participant_id, source.c.name, source.c.date)
        .join_from(speaker, source, source.c.id == speaker.c.source_id)
        .where(speaker.c.participant_id.is_not(None))
        .distinct()
        .order_by(source.c.name)
    ).all()
    found: dict[str, list[SpokenIn]] = {}
    for who, name, day in rows:
        found.setdefault(who, []).append(SpokenIn(name, day))
    return found


def withdrawn(db: Session) -> dict[str, str]:
    """Give the participants who have withdrawn, each with the date."""
    table = table_of(Withdrawal)
    return dict(db.execute(sa.select(table.c.participant_id, table.c.date)).all())


def refuse_withdrawn(who: str, day: str, where: str = "") -> Refused:
    """Give the refusal of something that concerns who has withdrawn."""
    return Refused(
        f"{f'{where}: ' if where else ''}{who} has withdrawn, on {day}.",
        "Nothing more of theirs is taken in, and their consent stays as they left it.",
    )


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:_NAMED]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more if more or len(shown) < 2 else f"{', '.join(shown[:-1])} and {shown[-1]}"
