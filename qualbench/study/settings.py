"""What the team shares: title, coders, and the lists of sites, stakeholder types and timepoints."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import make_secret
from qualbench.study.stance import WORDINGS, wording
from qualbench.study.tables import (
    AGREED,
    CodebookVersion,
    Coder,
    Coding,
    Layer,
    ListItem,
    Site,
    StakeholderType,
    StudyRecord,
    Timepoint,
    UnmaskingWord,
    now,
    table_of,
)

LISTS: dict[str, type[ListItem]] = {
    "site": Site,
    "stakeholder": StakeholderType,
    "timepoint": Timepoint,
    "unmasking": UnmaskingWord,
}
STANCES = tuple(WORDINGS)
"""The kinds of thematic analysis that a study can be (`study.stance`)."""

REQUIRED, NOT_REQUIRED = "required", "not required"
"""Whether coding and exports wait for everybody's consent (`transcripts.consent`)."""

# The groups, sites and waves of the IPS feasibility trial (its protocol, "Process evaluation").
DEFAULT_SITES = ("Glasgow", "Bromley")
DEFAULT_STAKEHOLDER_TYPES = (
    "Parent",
    "Parent collaborator",
    "Family engagement worker",
    "IPS practitioner",
    "SAU practitioner",
    "Social worker",
    "Recruitment co-ordinator",
)
DEFAULT_TIMEPOINTS = ("Baseline", "Follow-up")
DEFAULT_UNMASKING_WORDS = (
    "IPS",
    "Infant Parent Support",
    "SAU",
    "services as usual",
    "intervention group",
    "control group",
    "randomised to",
    "allocated to",
)


@dataclass(frozen=True)
class StudySettings:
    """What the team shares; the lists are in the order in which they are shown.

    Attributes:
        uid: The study's own identifier, a UUID.
        unmasking_words: Words that tell the arm of the trial to a reader who must not know it.
        stance: The kind of thematic analysis, one of `STANCES`.
        consent: Whether coding waits for everybody's consent: `REQUIRED` or `NOT_REQUIRED`.
        smallest_group: Fewer people than this are not told apart in labels, matrices and counts.
    """

    uid: str
    title: str
    sites: list[str]
    stakeholder_types: list[str]
    timepoints: list[str]
    unmasking_words: list[str]
    coders: list[str]
    stance: str
    consent: str
    smallest_group: int


def set_up(
    study: Study,
    title: str,
    lists: Mapping[str, Sequence[str]] | None = None,
    *,
    consent: str = NOT_REQUIRED,
) -> None:
    """Give a newly made study its title, its agreed layer, its coder and its lists.

    Args:
        study: The study.
        title: Its title.
        lists: Names for some of `LISTS`; the others get those of the trial that this was made for.
        consent: Whether coding waits for everybody's consent: `REQUIRED` or `NOT_REQUIRED`.
    """
    uid = str(uuid.uuid4())
    with change(
        study.by(study.coder or "setup"), "new study", f"Made the study '{title}'", undoable=False
    ) as made:
        made.insert(
            StudyRecord,
            [
                {
                    "id": 1,
                    "uid": uid,
                    "title": title,
                    "created_at": now(),
                    "journal_key": secrets.token_hex(32),
                    "secret_check": make_secret(uid),
                    "consent": consent,
                }
            ],
        )
        made.insert(Layer, [{"name": AGREED, "coder": None}])
        defaults = (DEFAULT_SITES, DEFAULT_STAKEHOLDER_TYPES, DEFAULT_TIMEPOINTS, DEFAULT_UNMASKING_WORDS)
        for (list_name, model), usual in zip(LISTS.items(), defaults, strict=True):
            names = (lists or {}).get(list_name) or usual
            made.insert(model, [{"name": name, "position": n} for n, name in enumerate(names)])
        if study.coder:
            insert_coder(made, study.coder, "lead")


def read_study_settings(study: Study) -> StudySettings:
    """Give title, lists and coders of a study."""
    with study.read() as db:
        record = db.exec(select(StudyRecord)).one()
        lists = {
            name: list(db.exec(select(model.name).order_by(col(model.position))))
            for name, model in LISTS.items()
        }
        coders = list(db.exec(select(Coder.initials).order_by(Coder.added_at)))
    return StudySettings(
        record.uid,
        record.title,
        lists["site"],
        lists["stakeholder"],
        lists["timepoint"],
        lists["unmasking"],
        coders,
        record.stance,
        record.consent,
        record.smallest_group,
    )


def read_stance(study: Study) -> str:
    """Give the kind of thematic analysis that the study is, one of `STANCES`."""
    with study.read() as db:
        return str(db.execute(sa.select(table_of(StudyRecord).c.stance)).scalar_one())


def smallest_group_of(db: Session) -> int:
    """Give how many people there must be to be told apart in labels, matrices and counts."""
    return int(db.execute(sa.select(table_of(StudyRecord).c.smallest_group)).scalar_one())


def set_stance(study: Study, stance: str, reason: str = "") -> None:
    """Say which kind of thematic analysis the study is, which sets its wording and what is asked of it.

    Args:
        study: The study.
        stance: One of `STANCES`.
        reason: Why; needed once something has been coded or released, for a study declares this once.

    Raises:
        BadInput: If there is no such stance.
        Refused: If the study is of that kind already, or a reason is needed.
    """
    if stance not in STANCES:
        raise BadInput(f"'{stance}' is not a stance.", f"Use one of {', '.join(STANCES)}.")
    with change(study, "stance", f"The study is now {wording(stance).kind}") as changed:
        changed.reason = " ".join(reason.split())
        before = changed.db.execute(sa.select(table_of(StudyRecord).c.stance)).scalar_one()
        if before == stance:
            raise Refused(f"The study is {wording(stance).kind} already.")
        if not changed.reason and _begun(changed.db):
            raise Refused(
                "A study declares its stance once, before it is coded.",
                "If it has to change now, say why: --reason TEXT.",
            )
        changed.update(StudyRecord, [{"id": 1, "stance": stance}])


def add_to_list(study: Study, list_name: str, name: str) -> None:
    """Add a site, stakeholder type, timepoint or unmasking word at the end of its list.

    Raises:
        Refused: If it is there already.
    """
    model = LISTS[list_name]
    name = " ".join(name.split())
    with change(study, "settings", f"Added the {list_name} '{name}'") as changed:
        names = list(changed.db.exec(select(model.name)))
        if name.casefold() in (present.casefold() for present in names):
            raise Refused(f"The {list_name} '{name}' is in the list already.")
        changed.insert(model, [{"name": name, "position": len(names)}])


def add_coder(study: Study, initials: str) -> None:
    """Add a coder with a layer of codings of their own.

    Raises:
        BadInput: If the initials are not 2-8 letters or digits.
        Refused: If there is such a coder already.
    """
    with change(study.by(study.coder or initials), "settings", f"Added the coder {initials}") as changed:
        alone = changed.db.execute(sa.select(table_of(Coder).c.initials).limit(1)).first() is None
        insert_coder(changed, initials, "lead" if alone else "coder")


def require_coder(db: Session, initials: str) -> None:
    """Check that a coder belongs to the study.

    Raises:
        NotFound: If not.
    """
    if db.get(Coder, initials) is None:
        raise NotFound(
            f"The study has no coder '{initials}'.",
            f"Add one with 'qualbench settings add coder {initials}'.",
        )


def insert_coder(changed: Change, initials: str, role: str) -> None:
    """Add a coder with a layer of codings of their own to a change that is under way.

    Raises:
        BadInput: If the initials are not 2-8 letters or digits.
        Refused: If there is such a coder already.
    """
    check_initials(initials)
    known = changed.db.execute(sa.select(table_of(Coder).c.initials)).scalars()
    if initials.casefold() in (coder.casefold() for coder in known):
        raise Refused(f"The study has a coder '{initials}' already.")
    changed.insert(Coder, [{"initials": initials, "added_at": now(), "role": role}])
    changed.insert(Layer, [{"name": initials, "coder": initials}])


def check_initials(initials: str) -> None:
    """Check that initials can be those of a coder.

    Raises:
        BadInput: If they are not 2-8 letters or digits.
    """
    if not (2 <= len(initials) <= 8 and initials.isalnum()) or initials.casefold() == AGREED:
        raise BadInput(f"'{initials}' cannot be a coder.", "Use initials: 2 to 8 letters or digits.")


def _begun(db: Session) -> bool:
    """Whether anything has been coded or released."""
    tables = (table_of(Coding).c.id, table_of(CodebookVersion).c.number)
    return any(db.execute(sa.select(column).limit(1)).first() is not None for column in tables)
