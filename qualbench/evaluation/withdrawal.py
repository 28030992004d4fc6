"""Withdrawal of a participant: what there is of them, and what is done with it by their choice.

Who withdraws chooses what becomes of the words already given. Retained, they stay and are counted, coded
ones and those still to be coded, but they are no longer quoted or archived unless that was asked for.
Removed, they are taken out of the texts and out of everything that rests on them or quotes them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.evaluation.consent import find_participant
from qualbench.evaluation.holdings import Holdings, KnownExport, read_holdings
from qualbench.evaluation.removing import remove_words
from qualbench.evaluation.their_words import TheirTalk, read_their_talk
from qualbench.evaluation.whose_words import read_said
from qualbench.redaction.keyfile import KeyFile, read_key, remove_from_key
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.redaction.sealing import scrub
from qualbench.study.access import require_whole
from qualbench.study.backups import backup_daily
from qualbench.study.blinding import require_sighted
from qualbench.study.database import Study
from qualbench.study.journal import WITHDRAW, change
from qualbench.study.tables import ExportRecord, Participant, Row, Withdrawal, now, table_of
from qualbench.transcripts.attributes import check_date

RETAIN, REMOVE = "retain", "remove"
CHOICES = (RETAIN, REMOVE)
"""What can become of the words of who withdraws."""


@dataclass(frozen=True)
class WithdrawalRead:
    """A withdrawal on record.

    Attributes:
        date: The day on which the participant withdrew.
        choice: One of `CHOICES`.
        counts: How much there was of each kind of thing, which says nothing of what it was.
        files: How many files in the study's folder were deleted.
        exports: The exports on record with their words in them.
        by: Who recorded it, and `at` when.
    """

    participant: str
    date: str
    choice: str
    counts: Mapping[str, int]
    files: int
    exports: list[KnownExport]
    by: str
    at: str


@dataclass(frozen=True)
class Done:
    """What a withdrawal did.

    Attributes:
        backups: Automatic backups that were removed.
        files: Files of the study's folder that were deleted.
        in_key: Sealings that were taken out of the key file.
    """

    withdrawal: WithdrawalRead
    backups: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    in_key: int = 0


def holdings_of(study: Study, participant: str) -> Holdings:
    """Give all that a study holds of a participant.

    Raises:
        NotFound: If there is no such participant.
    """
    with study.read() as db:
        who = find_participant(db, participant)
        talk = read_their_talk(db, who)
        said = read_said(db).get(who)
    return read_holdings(study, talk, said)


def find_withdrawal(study: Study, participant: str) -> WithdrawalRead | None:
    """Give the withdrawal of a participant; None if they have not withdrawn.

    Raises:
        NotFound: If there is no such participant.
    """
    with study.read() as db:
        who = find_participant(db, participant)
        row = db.get(Withdrawal, who)
        if row is None:
            return None
        scope = json.loads(row.scope)
        return WithdrawalRead(
            who,
            row.date,
            row.choice,
            scope["counts"],
            scope["files"],
            _exports(db, who),
            row.withdrawn_by,
            row.withdrawn_at,
        )


def clean_key(study: Study, participant: str, key: KeyFile) -> int:
    """Take the originals of names in what a removal took away out of the key file; give how many sealings.

    A source of a group can then be unsealed no more, which it cannot be anyway: its text has changed.

    Raises:
        NotFound: If there is no such participant.
        Refused: If nothing of theirs was removed, or the passphrase is wrong.
    """
    with study.read() as db:
        who = find_participant(db, participant)
        row = db.get(Withdrawal, who)
        if row is None or row.choice != REMOVE:
            raise Refused(f"Nothing of {who}'s was removed.", "Add --remove, with --date.")
        sources = json.loads(row.scope)["sources"]
    return remove_from_key(key, sources)


def withdraw(
    study: Study,
    participant: str,
    choice: str,
    day: str,
    *,
    reason: str = "",
    quote: bool = False,
    delete_files: bool = False,
    key: KeyFile | None = None,
) -> Done:
    """Record that a participant has withdrawn, and do what they chose. It cannot be undone.

    Args:
        study: The study.
        participant: The id.
        choice: One of `CHOICES`.
        day: The day on which they withdrew.
        reason: Theirs, or the team's.
        quote: Whether words that are retained may still be quoted.
        delete_files: Delete the files in the study's folder that hold words that are removed.
        key: The key file, to be cleaned too (`clean_key`).

    Raises:
        NotFound: If there is no such participant.
        BadInput: If it is not a date, lies ahead or before their consent, or there is no such choice.
        Refused: If they have withdrawn before; files in the study's folder hold their words and are not to
            be deleted; the login at work does not see all of the study; or another program has the study
            open and so keeps what was removed.
    """
    check_date(day, participant)
    if day > date.today().isoformat():
        raise BadInput(f"{day} lies ahead.", "Give the day on which they withdrew.")
    if choice not in CHOICES:
        raise BadInput(f"'{choice}' is no choice.", f"Use one of {', '.join(CHOICES)}.")
    earlier = find_withdrawal(study, participant)
    if earlier is not None:
        if earlier.choice == REMOVE:
            _leave_nothing(study, earlier.participant)  # another program may have been in the way then
        raise Refused(
            f"{earlier.participant} has withdrawn already, on {earlier.date}: {earlier.choice}.",
            "'qualbench participants withdraw ID --receipt FILE' writes the receipt again.",
        )
    held = holdings_of(study, participant)
    _check_after_consent(study, held.participant, day)
    if choice == RETAIN:
        _retain(study, held, day, reason, quote=quote)
        return Done(_read(study, held.participant))
    if held.files and not delete_files:
        named = ", ".join(path.relative_to(study.folder).as_posix() for path in held.files[:5])
        more = f" and {len(held.files) - 5} more" if len(held.files) > 5 else ""
        raise Refused(
            f"Files in the study's folder hold words of {held.participant}: {named}{more}.",
            "Move them away, or add --delete-exports.",
        )
    if key is not None:
        read_key(key)  # a wrong passphrase is told before anything is done
    _remove(study, held, day, reason)
    in_key = clean_key(study, held.participant, key) if key is not None else 0
    for path in held.files:
        path.unlink(missing_ok=True)
    backups = _leave_nothing(study, held.participant)
    return Done(_read(study, held.participant), backups, held.files, in_key)


def _read(study: Study, who: str) -> WithdrawalRead:
    found = find_withdrawal(study, who)
    assert found is not None
    return found


def _retain(study: Study, held: Holdings, day: str, reason: str, *, quote: bool) -> None:
    with change(study, "participants", undoable=False) as changed:
        refuse_sealed_names(changed.db, study, reason)
        changed.reason = reason.strip()
        row = {"id": held.participant, "consent_archive": False}
        changed.update(Participant, [row if quote else {**row, "consent_quote": False}])
        _refuse_second(changed.db, held.participant)
        changed.insert(Withdrawal, [_row(held, day, RETAIN, held.counts(), 0, changed.coder)])
        changed.summary = f"{held.participant} has withdrawn; what they gave is retained"


def _check_after_consent(study: Study, who: str, day: str) -> None:
    with study.read() as db:
        consented = db.get_one(Participant, who).consent_date
    if consented and day < consented:
        raise BadInput(
            f"{who} consented on {consented}, after {day}.", "Give the day on which they withdrew."
        )


def _refuse_second(db: Session, who: str) -> None:
    """Refuse a second withdrawal that was recorded meanwhile."""
    if db.get(Withdrawal, who) is not None:
        raise Refused(f"Somebody has just recorded that {who} has withdrawn.", "Look at it first.")


def _remove(study: Study, held: Holdings, day: str, reason: str) -> None:
    with change(study, WITHDRAW, undoable=False) as changed:
        require_whole(changed.db, "A withdrawal")
        require_sighted(changed.db, changed.coder, "Words are removed")
        _refuse_second(changed.db, held.participant)
        refuse_sealed_names(changed.db, study, reason)
        talk: TheirTalk = read_their_talk(changed.db, held.participant)
        changed.reason = talk.reworded(reason.strip())
        counts = remove_words(changed, talk)
        row = _row(held, day, REMOVE, counts, len(held.files), changed.coder, list(talk.sources))
        changed.insert(Withdrawal, [row])
        changed.summary = f"{held.participant} has withdrawn; what they gave was removed"


def _row(
    held: Holdings,
    day: str,
    choice: str,
    counts: Mapping[str, int],
    files: int,
    by: str,
    sources: Sequence[str] = (),
) -> dict[str, object]:
    scope = json.dumps({"counts": dict(sorted(counts.items())), "files": files, "sources": list(sources)})
    return {
        "participant_id": held.participant,
        "date": day,
        "choice": choice,
        "scope": scope,
        "withdrawn_by": by,
        "withdrawn_at": now(),
    }


def _leave_nothing(study: Study, who: str) -> list[Path]:
    """Remove the backups from before a removal, have the database give up old pages, and back up anew."""
    removed = []
    for file in sorted((study.folder / "backups").glob("*.db*")):
        if file.suffix != ".db" or not _knows_withdrawal(file, who):
            file.unlink()
            removed.append(file)
    scrub(
        study,
        tables=sorted(Row.metadata.tables),
        held=Refused(
            f"The words of {who} are out of the study, but the database still holds pages with them: another "
            "program has the study open, or the disk is full.",
            f"Put that right and run 'qualbench participants withdraw {who} --remove' again.",
        ),
    )
    with suppress(QualbenchError):  # tomorrow's backup will do
        backup_daily(study)
    return removed


def _knows_withdrawal(file: Path, who: str) -> bool:
    """Whether a backup was made after a removal."""
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        try:
            return bool(
                connection.execute(
                    "SELECT 1 FROM withdrawal WHERE participant_id = ? AND choice = ?", (who, REMOVE)
                ).fetchone()
            )
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _exports(db: Session, who: str) -> list[KnownExport]:
    table = table_of(ExportRecord)
    rows = db.execute(sa.select(table).order_by(table.c.made_at, table.c.id)).all()
    return [
        KnownExport(row.name, row.kind, row.sha256, row.made_by, row.made_at)
        for row in rows
        if who in row.participants.split(",")
    ]
