"""Participants of a study, and the resolving of speaker labels to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, col, select

from qualbench.errors import BadInput, NotFound, QualbenchError
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.secret import digest, read_secret
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Participant, ParticipantLabel, Source, Speaker
from qualbench.transcripts.attributes import item_of
from qualbench.transcripts.consent import SpokenIn, check_in_time, refuse_withdrawn, withdrawn
from qualbench.transcripts.labels import INTERVIEWER
from qualbench.transcripts.manifest import ParticipantRow, read_participants


@dataclass(frozen=True)
class ParticipantsImport:
    """What came of importing a list of participants."""

    added: list[str]
    updated: list[str]
    faults: list[QualbenchError]


def list_participants(study: Study) -> list[Participant]:
    """Give the participants in order of their ids."""
    with study.read() as db:
        return sorted(db.exec(select(Participant)), key=lambda participant: participant.id)


def import_participants(study: Study, path: Path) -> ParticipantsImport:
    """Import a list of participants in one change; rows that cannot be used are left out and reported.

    Participants known already take the new attributes. Speakers of sources imported before are resolved.
    A row with a consent dated after an interview, or of somebody who has withdrawn, is left out too.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    rows, unread = read_participants(path)
    faults: list[QualbenchError] = [*unread]
    secret = read_secret(study)
    settings = read_study_settings(study)
    usable = []
    for row in rows:
        where = f"{path.name}, row {row.number}"
        try:
            stakeholder = item_of(where, "stakeholder", row.stakeholder, settings.stakeholder_types)
            site = item_of(where, "site", row.site, settings.sites)
        except BadInput as fault:
            faults.append(fault)
        else:
            usable.append(replace(row, stakeholder=stakeholder or "", site=site))
    with change(study, "participants") as changed:
        usable = _accepted(changed.db, secret, usable, path.name, faults)
        known = {one.id: one for one in changed.db.exec(select(Participant))}
        added = [row for row in usable if row.id not in known]
        updated = [row for row in usable if row.id in known]
        changed.insert(Participant, [_columns(row) for row in added])
        changed.update(Participant, [_columns(row, known[row.id]) for row in updated])
        give_labels(
            changed,
            {
                label_digest(secret, source, label): row.id
                for row in usable
                for source, label in row.labels.items()
            },
        )
        _resolve_all(changed, secret)
        changed.summary = f"Imported {len(added)} participants and updated {len(updated)}"
    return ParticipantsImport([row.id for row in added], [row.id for row in updated], faults)


class Resolver:
    """Resolves the speaker labels of sources to participants and roles."""

    def __init__(self, db: Session, secret: bytes) -> None:
        self._secret = secret
        self._ids = {participant.casefold(): participant for participant in db.exec(select(Participant.id))}
        self._given = {row.digest: row.participant_id for row in db.exec(select(ParticipantLabel))}

    def resolve(self, source_name: str, label: str | None, interviewer: str | None) -> tuple[str, str | None]:
        """Give the role of a speaker, and the participant if it is one.

        Args:
            source_name: The source in which the label stands.
            label: The label, None for talk without one.
            interviewer: The labels of interviewers, parted by semicolons, where somebody gave them.
        """
        named = [name.strip().casefold() for name in (interviewer or "").split(";")]
        folded = (label or "*").casefold()
        if label and folded in named:
            return "interviewer", None
        participant = self._given.get(label_digest(self._secret, source_name, label)) or self._ids.get(folded)
        if participant is not None:
            return "participant", participant
        return ("interviewer" if label and INTERVIEWER.fullmatch(label) else "other"), None

    def participant(self, id_: str) -> str | None:
        """Give a participant's id as the study writes it; None if there is no such participant."""
        return self._ids.get(id_.casefold())


def label_digest(secret: bytes, source_name: str, label: str | None) -> str:
    """Give the digest under which a label in a source is kept; None stands for talk without one."""
    folded = (label or "*").casefold()
    return digest(secret, f"{source_name}\n[{folded}]")  # in brackets, lest "*" be taken for an outer mark


def give_labels(changed: Change, given: Mapping[str, str | None]) -> None:
    """Keep whose label it is: participants by digest of the label, None taking what was given back."""
    known = {row.digest: row.participant_id for row in changed.db.exec(select(ParticipantLabel))}
    gone = [key for key, who in given.items() if key in known and known[key] != who]
    changed.delete(ParticipantLabel, [{"digest": key} for key in gone])
    come = {key: who for key, who in given.items() if who is not None and known.get(key) != who}
    changed.insert(ParticipantLabel, [{"digest": key, "participant_id": who} for key, who in come.items()])


def assign_speaker(
    study: Study, source: str, label: str, participant: str | None, *, interviewer: bool
) -> None:
    """Say who speaks under a label of a source.

    Args:
        study: The study.
        source: The name of the source.
        label: The speaker label, "*" for talk without one.
        participant: The id of the participant, or None.
        interviewer: Whether an interviewer speaks; False without a participant means nobody that counts.

    Raises:
        NotFound: If there is no such source, label or participant.
    """
    secret = read_secret(study)
    with change(study, "speaker") as changed:
        resolver = Resolver(changed.db, secret)
        row = changed.db.exec(select(Source).where(Source.name == source)).first()
        if row is None:
            raise NotFound(f"There is no source '{source}'.", "'qualbench sources' lists them.")
        wanted = None if label == "*" else label.casefold()
        speakers = changed.db.exec(select(Speaker).where(Speaker.source_id == row.id)).all()
        speaker = next((s for s in speakers if (s.label and s.label.casefold()) == wanted), None)
        if speaker is None:
            raise NotFound(
                f"Nobody speaks as '{label}' in {source}.",
                "'qualbench sources NAME --json' gives the labels.",
            )
        if participant is not None and resolver.participant(participant) is None:
            raise NotFound(
                f"The study has no participant '{participant}'.", "'qualbench participants' lists them."
            )
        who = resolver.participant(participant) if participant is not None else None
        if who is not None and who in (gone := withdrawn(changed.db)):
            raise refuse_withdrawn(who, gone[who])
        give_labels(changed, {label_digest(secret, source, speaker.label): who})
        named = [n.strip() for n in (row.interviewer or "").split(";") if n.strip()]
        others = [name for name in named if name.casefold() != wanted]
        now_named = [*others, speaker.label] if interviewer and speaker.label else others
        if now_named != named:
            changed.update(Source, [{"id": row.id, "interviewer": "; ".join(now_named) or None}])
        role = "participant" if who is not None else "interviewer" if interviewer else "other"
        key = {"source_id": row.id, "n": speaker.n}
        changed.update(Speaker, [{**key, "role": role, "participant_id": who}])
        changed.summary = f"Said who speaks in {source_mark(row.id)}"


def _accepted(
    db: Session, secret: bytes, rows: list[ParticipantRow], file: str, faults: list[QualbenchError]
) -> list[ParticipantRow]:
    """Those rows that do not go against a withdrawal or the dates of interviews; the others become faults."""
    gone = withdrawn(db)
    speakers = db.exec(
        select(Speaker, Source.name, Source.date).join(Source, col(Speaker.source_id) == Source.id)
    ).all()
    accepted = []
    for row in rows:
        where, day = f"{file}, row {row.number}", row.consent.get("consent_date")
        given = {label_digest(secret, source, label) for source, label in row.labels.items()}
        theirs = [
            SpokenIn(source, date)
            for speaker, source, date in speakers
            if speaker.participant_id == row.id
            or (speaker.label or "").casefold() == row.id.casefold()
            or label_digest(secret, source, speaker.label) in given
        ]
        try:
            if row.id in gone:
                raise refuse_withdrawn(row.id, gone[row.id], where)
            if isinstance(day, str):
                check_in_time(row.id, day, theirs, where)
        except QualbenchError as fault:
            faults.append(fault)
        else:
            accepted.append(row)
    return accepted


def _columns(row: ParticipantRow, known: Participant | None = None) -> dict[str, str | bool | None]:
    """The columns of a participant; an empty cell takes back no consent that is on record."""
    consent = {
        name: getattr(known, name, None) if value is None else value for name, value in row.consent.items()
    }
    return {
        "id": row.id,
        "family": row.family,
        "stakeholder": row.stakeholder,
        "site": row.site,
        **consent,
    }


def _resolve_all(changed: Change, secret: bytes) -> None:
    """Resolve every speaker anew; in a sealed source, whose labels may be pseudonyms now, nobody is lost."""
    resolver = Resolver(changed.db, secret)
    rows = changed.db.exec(
        select(Speaker, Source.name, Source.interviewer, Source.state).join(
            Source, col(Speaker.source_id) == Source.id
        )
    )
    moved = []
    for speaker, source_name, interviewer, state in rows:
        role, participant = resolver.resolve(source_name, speaker.label, interviewer)
        if state == "sealed" and participant is None:
            continue
        if (role, participant) != (speaker.role, speaker.participant_id):
            moved.append(
                {"source_id": speaker.source_id, "n": speaker.n, "role": role, "participant_id": participant}
            )
    changed.update(Speaker, moved)
