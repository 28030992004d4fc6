"""The arms of the trial: sealed in a file outside the study until its holder opens it on record.

The file holds who is in which arm, encrypted (`redaction.encrypted`). Before it is unsealed the study holds
no arm, so nothing in it or from it can tell one. Afterwards the arm is one more thing known of a
participant, but for coders who read blind to it (`study.blinding`).
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.redaction.encrypted import COST, Kind, check_place, damaged, read_encrypted, write_encrypted
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.blinding import arms_of, is_blinded, require_sighted
from qualbench.study.database import Study
from qualbench.study.journal import UNSEAL_ARMS, change
from qualbench.study.tables import Event, Participant, ParticipantArm, StudyRecord, table_of

KIND = Kind("qualbench arms", "file of arms")
_COST = COST
_IDS, _ARMS = ("id", "participant"), ("arm", "group")
_LARGEST = 1024 * 1024  # bytes of a table


@dataclass(frozen=True)
class Sealed:
    """What went into a file of arms.

    Attributes:
        participants: How many participants have an arm there.
        arms: How many arms there are.
        without: Participants of the same stakeholder types who are not in the table.
    """

    participants: int
    arms: int
    without: tuple[str, ...]


@dataclass(frozen=True)
class ArmsRead:
    """What the study knows of the arms.

    Attributes:
        state: "sealed", "unsealed", or "withheld" from a coder who reads blind to them.
        by: Who unsealed them last, and `at` when.
        counts: How many participants there are of each arm, where they may be known.
    """

    state: str
    by: str | None
    at: str | None
    counts: Mapping[str, int]


def seal_arms(study: Study, table: Path, file: Path, passphrase: str) -> Sealed:
    """Make the encrypted file from a table; nothing of it comes into the study.

    Args:
        study: The study whose participants they are.
        table: CSV with columns id and arm. It is left where it is, for its owner to destroy.
        file: What to make; must not be there.
        passphrase: What will open it.

    Raises:
        NotFound: If there is no such table.
        BadInput: If the table cannot be read, names unknown ids, lacks one, or has one twice; or the
            passphrase is too short.
        Refused: If the file or the table lies in the study's folder, the file is there already, or the coder
            at work reads blind to the arms.
    """
    check_place(study, file, passphrase, KIND, "--file")
    if study.folder.resolve() in table.resolve().parents:
        raise Refused("The table of arms lies in the study's folder.", "Move it out of there first.")
    if file.exists():
        raise Refused(f"{file.name} exists already.", "Choose another name for the file.")
    with study.read() as db:
        require_sighted(db, study.coder, "The arms are sealed")
        types = dict(
            db.execute(sa.select(table_of(Participant).c.id, table_of(Participant).c.stakeholder)).all()
        )
        uid = str(db.execute(sa.select(table_of(StudyRecord).c.uid)).scalar_one())
    arms = _read_table(table, types)
    data = json.dumps({"study": uid, "arms": arms}, ensure_ascii=False).encode()
    write_encrypted(file, passphrase, KIND, data, _COST)
    concerned = {types[who] for who in arms}
    without = sorted(who for who, type_ in types.items() if type_ in concerned and who not in arms)
    return Sealed(len(arms), len(set(arms.values())), tuple(without))


def unseal_arms(study: Study, file: Path, passphrase: str, reason: str) -> int:
    """Bring the arms into the study, on record and for good.

    Args:
        study: The study; its coder is on record as who did it.
        file: The file of arms.
        passphrase: What opens it.
        reason: Why.

    Returns:
        How many participants have an arm now.

    Raises:
        NotFound: If there is no such file.
        BadInput: If no reason is given, or the file names unknown ids.
        Refused: If the passphrase is wrong, the file is another study's, the coder at work reads blind to the
            arms, or they are in the study already.
        Damaged: If the file is none of arms, or has been changed.
    """
    if not reason.strip():
        raise BadInput("Unsealing the arms needs its reason.", "Add --reason with what it is for.")
    if not file.is_file():
        raise NotFound(f"There is no file {file}.", "Name the file that 'qualbench arms seal' made: --file.")
    arms, uid = _opened(file, passphrase)
    with change(study, UNSEAL_ARMS, undoable=False) as changed:
        require_sighted(changed.db, study.coder, "The arms are unsealed")
        refuse_sealed_names(changed.db, study, reason)
        if uid != changed.db.execute(sa.select(table_of(StudyRecord).c.uid)).scalar_one():
            raise Refused(f"{file.name} holds the arms of another study.", "Name the file of this one.")
        known = set(changed.db.execute(sa.select(table_of(Participant).c.id)).scalars())
        if unknown := set(arms) - known:
            raise BadInput(
                f"{file.name} names {_some(sorted(unknown))}: not among the participants of this study.",
                "Import them first, or seal a table without them.",
            )
        there = arms_of(changed.db)
        if there == arms:
            raise Refused("The arms are unsealed already.", "'qualbench log' says when and by whom.")
        changed.reason = " ".join(reason.split())
        changed.summary = f"Unsealed the arms of {len(arms)} participants"
        changed.delete(ParticipantArm, [{"participant_id": who} for who in there])
        changed.insert(ParticipantArm, [{"participant_id": who, "arm": arm} for who, arm in arms.items()])
    return len(arms)


def read_arms(study: Study) -> ArmsRead:
    """Say whether the arms are sealed, and how many participants are in each where that may be known."""
    event = table_of(Event)
    with study.read() as db:
        last = db.execute(
            sa.select(event.c.coder, event.c.at)
            .where(event.c.action == UNSEAL_ARMS)
            .order_by(event.c.seq.desc())
            .limit(1)
        ).first()
        by, at = last if last is not None else (None, None)
        if is_blinded(db, study.coder):
            return ArmsRead("withheld", by, at, {})
        counts = Counter(arms_of(db).values())
    return ArmsRead("unsealed" if counts else "sealed", by, at, dict(sorted(counts.items())))


def _opened(file: Path, passphrase: str) -> tuple[dict[str, str], str]:
    data = read_encrypted(file, passphrase, KIND)
    try:
        read = json.loads(data)
        arms, uid = read["arms"], read["study"]
        if not (isinstance(uid, str) and all(isinstance(one, str) for pair in arms.items() for one in pair)):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged(file, KIND) from None
    return arms, uid


def _read_table(path: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Read who is in which arm; no message holds an arm."""
    rows = _rows(path)
    names = [name.strip().casefold() for name in (rows[0] if rows else [])]
    columns = [next((n for n, name in enumerate(names) if name in wanted), None) for wanted in (_IDS, _ARMS)]
    if columns[0] is None or columns[1] is None:
        raise BadInput(f"{path.name}: its first row has no columns 'id' and 'arm'.", "Write id,arm there.")
    arms: dict[str, str] = {}
    unknown: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        who, arm = ((row[n].strip() if n is not None and n < len(row) else "") for n in columns)
        where = f"{path.name}, row {number}"
        if not who:
            raise BadInput(f"{where}: there is no id.", "Write the participant's id, or take the row out.")
        if not arm:
            raise BadInput(f"{where}: {who} has no arm.", "Write it, or take the row out.")
        if who in arms:
            raise BadInput(f"{where}: {who} is there twice.", "Keep one of the two rows.")
        if who not in known:
            unknown.append(who)
        arms[who] = arm
    if unknown:
        raise BadInput(
            f"{path.name} names {_some(sorted(unknown))}: not among the participants of this study.",
            "'qualbench participants' lists them.",
        )
    if not arms:
        raise BadInput(f"{path.name}: it has no row below the first.", "Write a row for each participant.")
    return arms


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path.name}: it is larger than 1 MB.", "A table of arms is not; check the file.")
        return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BadInput(
            f"{path.name}: it cannot be read as a CSV table.", "Save it as CSV in UTF-8."
        ) from None


def _some(ids: list[str]) -> str:
    shown = ", ".join(ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5} more"
