"""The team: who is in it and in which role; on PostgreSQL each with a login of their own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, select

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.blinding import is_blinded
from qualbench.study.database import Study, attach_study
from qualbench.study.journal import change
from qualbench.study.logins import add_login, remove_login
from qualbench.study.secret import read_secret, store_secret, write_private
from qualbench.study.settings import check_initials, insert_coder
from qualbench.study.tables import Coder, StudyRecord, table_of

LEAD, CODER, READER, FORMER = "lead", "coder", "reader", "former"
ROLES = (LEAD, CODER, READER)
"""What a member may do: a lead everything, a coder code and reconcile, a reader only look."""


@dataclass(frozen=True)
class Member:
    """A member of the team.

    Attributes:
        initials: Who.
        role: One of `ROLES`, or "former".
        login: The login on PostgreSQL, None if there is none.
        blinded: Whether they must not know the arms of the trial.
    """

    initials: str
    role: str
    login: str | None
    blinded: bool


@dataclass(frozen=True)
class Invitation:
    """What a member needs to open the study on their machine; as good as a key, for it holds a password.

    Attributes:
        database: The address, with the member's login and password.
        coder: The member's initials.
        uid: The study's own identifier.
        secret: The study's secret in hexadecimal; empty for a reader, who needs none.
    """

    database: str
    coder: str
    uid: str
    secret: str


def list_team(study: Study) -> list[Member]:
    """Give everybody who is or was in the team, in the order in which they came."""
    coder = table_of(Coder)
    with study.read() as db:
        rows = db.execute(sa.select(coder).order_by(coder.c.added_at, coder.c.initials))
        return [Member(row.initials, row.role, row.login, row.blinded) for row in rows]


def add_member(study: Study, initials: str, role: str = CODER) -> Invitation | None:
    """Take somebody into the team, or give a member another role or a new password.

    Returns:
        On PostgreSQL the invitation to hand over; None on SQLite.

    Raises:
        BadInput: If the initials or the role cannot be.
        Refused: If the person at work is no lead, would leave the study without one, or the login at work
            may not make others.
    """
    check_initials(initials)
    if role not in ROLES:
        raise BadInput(f"'{role}' is not a role.", f"Use one of {', '.join(ROLES)}.")
    secret = "" if study.on_sqlite or role == READER else read_secret(study).hex()
    with change(study, "team", f"{initials} is now a {role}", undoable=False) as changed:
        require_lead(changed.db, changed.coder)
        if changed.db.get(Coder, initials) is None:
            insert_coder(changed, initials, role)
        else:
            _require_another_lead(changed.db, initials, role)
            if role == LEAD and is_blinded(changed.db, initials):
                raise Refused(
                    f"{initials} reads blind to the arms; a lead sees everything.",
                    f"Take that back first: qualbench team blind {initials} --take-back --reason TEXT.",
                )
            changed.update(Coder, [{"initials": initials, "role": role}])
        if study.on_sqlite:
            return None
        uid = changed.db.exec(select(StudyRecord.uid)).one()
        login, password = add_login(changed, uid, initials, role)
    address = study.engine.url.set(username=login, password=password)
    return Invitation(address.render_as_string(hide_password=False), initials, uid, secret)


def remove_member(study: Study, initials: str) -> None:
    """Take somebody out of the team: their login goes, their work stays.

    Raises:
        NotFound: If there is no such member.
        Refused: If the person at work is no lead, or nobody would be.
    """
    with change(study, "team", f"{initials} is no longer in the team", undoable=False) as changed:
        require_lead(changed.db, changed.coder)
        member = changed.db.get(Coder, initials)
        if member is None or member.role == FORMER:
            raise NotFound(f"The team has no '{initials}'.", "'qualbench team list' gives its members.")
        _require_another_lead(changed.db, initials, FORMER)
        if member.login is not None:
            uid = changed.db.exec(select(StudyRecord.uid)).one()
            remove_login(changed, uid, initials, member.login)
        changed.update(Coder, [{"initials": initials, "role": FORMER}])


def set_blinded(study: Study, initials: str, *, blinded: bool = True, reason: str = "") -> None:
    """Say that a member must not know the arms of the trial, or take that back; on record either way.

    Who is blinded sees only sources that were cleared for them (`study.blinding`).

    Args:
        study: The study, with a lead at work.
        initials: The member.
        blinded: Whether they are to be.
        reason: Why; needed to take it back.

    Raises:
        NotFound: If there is no such member.
        BadInput: If it is taken back without a reason.
        Refused: If the person at work is no lead, the member is one, or it is so already.
    """
    if not blinded and not reason.strip():
        raise BadInput("Taking back that somebody reads blind needs its reason.", "Add --reason TEXT.")
    now_reads = f"{initials} {'now reads' if blinded else 'no longer reads'} blind to the arms"
    with change(study, "team", now_reads, undoable=False) as changed:
        require_lead(changed.db, changed.coder)
        member = changed.db.get(Coder, initials)
        if member is None or member.role == FORMER:
            raise NotFound(f"The team has no '{initials}'.", "'qualbench team list' gives its members.")
        if member.role == LEAD:
            raise Refused(
                f"{initials} is a lead, who sees everything.",
                f"Make them a coder first: qualbench team add {initials} --role coder.",
            )
        if member.blinded == blinded:
            raise Refused(f"{initials} {'reads' if blinded else 'does not read'} blind already.")
        changed.reason = " ".join(reason.split())
        changed.update(Coder, [{"initials": initials, "blinded": blinded}])


def require_lead(db: Session, coder: str | None) -> None:
    """Check that somebody is a lead, where the team has one.

    Raises:
        Refused: If not.
    """
    roles = dict(db.execute(sa.select(table_of(Coder).c.initials, table_of(Coder).c.role)).all())
    leads = sorted(initials for initials, role in roles.items() if role == LEAD)
    if leads and coder not in leads:
        raise Refused(f"{coder or 'Whoever is at work'} is no lead.", f"Ask {' or '.join(leads)}.")


def write_invitation(invitation: Invitation, file: Path) -> None:
    """Write an invitation to a file that only this person can read.

    Raises:
        Refused: If there is such a file.
    """
    if file.exists():
        raise Refused(f"{file} exists already.", "Choose another name.")
    write_private(file, json.dumps(asdict(invitation), indent=1).encode())


def join(file: Path, folder: Path) -> Study:
    """Make a study folder from an invitation, and keep the study's secret on this machine.

    Raises:
        NotFound: If there is no such file.
        BadInput: If it is no invitation.
        Refused: If the folder holds a study already.
    """
    try:
        read = json.loads(file.read_text("utf-8"))
        invitation = Invitation(**read)
        secret = bytes.fromhex(invitation.secret)
        if not all(isinstance(value, str) for value in read.values()):
            raise TypeError
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.") from None
    except (ValueError, TypeError, AttributeError):
        raise BadInput(
            f"{file} is not an invitation.", "A lead makes one: qualbench team add CD -o FILE."
        ) from None
    study = attach_study(folder, invitation.database)
    if secret:
        store_secret(invitation.uid, secret)
    return study


def _require_another_lead(db: Session, initials: str, role: str) -> None:
    table = table_of(Coder)
    leads = set(db.execute(sa.select(table.c.initials).where(table.c.role == LEAD)).scalars())
    if role != LEAD and leads == {initials}:
        raise Refused(f"{initials} is the only lead.", "Make somebody else a lead first.")
