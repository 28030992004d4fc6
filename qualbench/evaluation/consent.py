"""Recording consent to an interview, and the rules of a study that rest on it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.settings import NOT_REQUIRED, REQUIRED
from qualbench.study.tables import Participant, StudyRecord, table_of
from qualbench.transcripts.attributes import check_date
from qualbench.transcripts.consent import (
    check_in_time,
    is_required,
    refuse_withdrawn,
    spoken_by,
    waiting_sources,
    withdrawn,
)

CONSENT_RULES = (REQUIRED, NOT_REQUIRED)


@dataclass(frozen=True)
class ConsentRead:
    """The consent of a participant to be interviewed.

    Attributes:
        date: When; None if they have not consented.
        version: Of the form.
        quote: Whether they may be quoted; None where it is not on record.
        archive: Whether their words may be archived.
        trial_date: When they consented to the trial, which is no consent to an interview.
        withdrawn: When they withdrew.
        sources: The names of those in which they speak.
        waiting: Those of them that wait for this participant.
    """

    participant: str
    date: str | None
    version: str | None
    quote: bool | None
    archive: bool | None
    trial_date: str | None
    withdrawn: str | None
    sources: tuple[str, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class Consents:
    """The consent of everybody.

    Attributes:
        required: Whether coding and exports wait for it.
        people: In order of their ids.
    """

    required: bool
    people: list[ConsentRead]


def read_consents(study: Study) -> Consents:
    """Give who has consented to what, and which sources wait for whom."""
    table = table_of(Participant)
    with study.read() as db:
        rows = db.execute(sa.select(table).order_by(table.c.id)).all()
        spoken, gone, waiting = spoken_by(db), withdrawn(db), waiting_sources(db)
        required = is_required(db)
    people = [
        ConsentRead(
            row.id,
            row.consent_date,
            row.consent_version,
            row.consent_quote,
            row.consent_archive,
            row.trial_consent_date,
            gone.get(row.id),
            tuple(one.source for one in spoken.get(row.id, ())),
            tuple(one.source for one in waiting if row.id in one.missing),
        )
        for row in rows
    ]
    return Consents(required, people)


def record_consent(
    study: Study,
    participant: str,
    day: str,
    version: str,
    *,
    quote: bool | None = None,
    archive: bool | None = None,
) -> str:
    """Record that a participant consented to be interviewed; give their id as the study writes it.

    Args:
        study: The study.
        participant: The id.
        day: The date on the form.
        version: Of the form.
        quote: Whether they may be quoted; None leaves what is on record.
        archive: Whether their words may be archived; likewise.

    Raises:
        NotFound: If there is no such participant.
        BadInput: If it is not a date, there is no version, or the date is after one of their interviews.
        Refused: If they have withdrawn, or that is on record already.
    """
    check_date(day, participant)
    version = " ".join(version.split())
    if not version:
        raise BadInput("The version of the consent form is missing.", "Give it: --version 2.")
    with change(study, "consent") as changed:
        refuse_sealed_names(changed.db, study, version)
        who = find_participant(changed.db, participant)
        gone = withdrawn(changed.db)
        if who in gone:
            raise refuse_withdrawn(who, gone[who])
        check_in_time(who, day, spoken_by(changed.db).get(who, ()))
        row: dict[str, object] = {"id": who, "consent_date": day, "consent_version": version}
        row |= {} if quote is None else {"consent_quote": quote}
        row |= {} if archive is None else {"consent_archive": archive}
        changed.update(Participant, [row])
        if not changed.tables:
            raise Refused(f"That consent of {who} is on record already.")
        changed.summary = f"Recorded the consent of {who}, of {day}, version {version}"
    return who


def find_participant(db: Session, participant: str) -> str:
    """Give a participant's id as the study writes it, whatever its case.

    Raises:
        NotFound: If there is no such participant.
    """
    ids = db.execute(sa.select(table_of(Participant).c.id)).scalars()
    for id_ in ids:
        if id_.casefold() == participant.strip().casefold():
            return str(id_)
    raise NotFound(f"The study has no participant '{participant}'.", "'qualbench participants' lists them.")


def set_consent_rule(study: Study, rule: str, reason: str) -> None:
    """Say whether coding and exports wait for everybody's consent.

    Args:
        study: The study.
        rule: One of `CONSENT_RULES`; a hyphen stands for a blank.
        reason: Why.

    Raises:
        BadInput: If there is no such rule, or no reason is given.
        Refused: If the rule holds already, or a sealed name is in the reason.
    """
    rule = read_rule(rule)
    with change(study, "settings", f"Consent is now {rule} before coding") as changed:
        _take_reason(study, changed, reason)
        if is_required(changed.db) == (rule == REQUIRED):
            raise Refused(f"Consent is {rule} already.")
        changed.update(StudyRecord, [{"id": 1, "consent": rule}])


def read_rule(rule: str) -> str:
    """Read whether consent is required, as the command line has it.

    Raises:
        BadInput: If it is neither.
    """
    wanted = rule.strip().casefold().replace("-", " ")
    if wanted not in CONSENT_RULES:
        raise BadInput(f"'{rule}' is neither required nor not-required.", "Use one of the two.")
    return wanted


def set_smallest_group(study: Study, number: int, reason: str) -> None:
    """Say how many people there must be to be told apart in labels, matrices and counts.

    Args:
        study: The study.
        number: 1 or more; 1 tells everybody apart.
        reason: Why.

    Raises:
        BadInput: If the number is below 1, or no reason is given.
        Refused: If it is that already, or a sealed name is in the reason.
    """
    if number < 1:
        raise BadInput("The smallest group has at least one person.", "Give a number from 1.")
    with change(study, "settings", f"The smallest group told apart is now of {number}") as changed:
        _take_reason(study, changed, reason)
        table = table_of(StudyRecord)
        if changed.db.execute(sa.select(table.c.smallest_group)).scalar_one() == number:
            raise Refused(f"The smallest group is of {number} already.")
        changed.update(StudyRecord, [{"id": 1, "smallest_group": number}])


def _take_reason(study: Study, changed: Change, reason: str) -> None:
    changed.reason = " ".join(reason.split())
    if not changed.reason:
        raise BadInput("This needs a reason.", "Say why: --reason TEXT.")
    refuse_sealed_names(changed.db, study, changed.reason)
