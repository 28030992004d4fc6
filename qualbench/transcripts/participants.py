"""Participants of a study, and the resolving of speaker labels to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, col, select

from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import digest, read_secret
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Participant, ParticipantLabel, Source, Speaker
from qualbench.transcripts.labels import INTERVIEWER
from qualbench.transcripts.manifest import ParticipantRow, read_participants


@dataclass(frozen=True)
class ParticipantsImport:
    """What came of importing a list of participants."""

    added: list[str]
    updated: list[str]
    faults: list[BadInput]


def list_participants(study: Study) -> list[Participant]:
    """Give the participants in order of their ids."""
    with study.read() as db:
        return sorted(db.exec(select(Participant)), key=lambda participant: participant.id)


def import_participants(study: Study, path: Path) -> ParticipantsImport:
    """Import a list of participants in one change; rows that cannot be used are left out and reported.

    Participants known already take the new attributes. Speakers of sources imported before are resolved.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    rows, faults = read_participants(path)
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
        known = set(changed.db.exec(select(Participant.id)))
        added = [row for row in usable if row.id not in known]
        updated = [row for row in usable if row.id in known]
        changed.insert(Participant, [_columns(row) for row in added])
        changed.update(Participant, [_columns(row) for row in updated])
        _replace_labels(changed, secret, usable)
        _resolve_all(changed, secret)
        changed.summary = f"Imported {len(added)} participants and updated {len(updated)}"
    return ParticipantsImport([row.id for row in added], [row.id for row in updated], faults)


def item_of(where: str, list_name: str, name: str | None, known: list[str]) -> str | None:
    """Give an item of one of the study's lists as the list writes it; None stays None.

    Raises:
        BadInput: If it is not in the list.
    """
    if name is None:
        return None
    for item in known:
        if item.casefold() == name.casefold():
            return item
    what = {"stakeholder": "stakeholder type"}.get(list_name, list_name)
    raise BadInput(
        f"{where}: '{name}' is not a {what} of this study.",
        f"Use one of {', '.join(known)}, or add it: qualbench settings add {list_name} '{name}'.",
    )


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
            interviewer: The label or name of the interviewer, where the manifest gives it.
        """
        folded = (label or "*").casefold()
        participant = self._given.get(_label_digest(self._secret, source_name, folded)) or self._ids.get(
            folded
        )
        if participant is not None:
            return "participant", participant
        if label and (INTERVIEWER.fullmatch(label) or folded == (interviewer or "").casefold()):
            return "interviewer", None
        return "other", None


def _columns(row: ParticipantRow) -> dict[str, str | None]:
    return {"id": row.id, "family": row.family, "stakeholder": row.stakeholder, "site": row.site}


def _label_digest(secret: bytes, source_name: str, label: str) -> str:
    return digest(secret, f"{source_name}\n[{label}]")  # in brackets, lest "*" be taken for an outer mark


def _replace_labels(changed: Change, secret: bytes, rows: list[ParticipantRow]) -> None:
    """Keep for each of these participants the labels now given, and no others."""
    given = {
        _label_digest(secret, source, label): row.id for row in rows for source, label in row.labels.items()
    }
    known = {row.digest: row.participant_id for row in changed.db.exec(select(ParticipantLabel))}
    people = {row.id for row in rows}
    gone = [key for key, who in known.items() if given.get(key) != who and (who in people or key in given)]
    changed.delete(ParticipantLabel, [{"digest": key} for key in gone])
    kept = known.keys() - set(gone)
    changed.insert(
        ParticipantLabel,
        [{"digest": key, "participant_id": who} for key, who in given.items() if key not in kept],
    )


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
