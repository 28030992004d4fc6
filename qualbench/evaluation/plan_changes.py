"""Changing the sampling plan: from a file, row by row, and who could not be talked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.evaluation.plan import Key, PlannedRow, check_target, find_row, list_plan, rows_of
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.settings import StudySettings, read_study_settings
from qualbench.study.tables import (
    EmergentIssue,
    Participant,
    PlanOutcome,
    PlanRow,
    new_id,
    now,
    table_of,
)
from qualbench.transcripts.attributes import KINDS, item_of

DECLINED, NOT_REACHED = "declined", "not reached"
OUTCOMES = (DECLINED, NOT_REACHED)
"""Why somebody who was to be talked to was not."""


@dataclass(frozen=True)
class PlanImport:
    """What a file makes, or would make, of the plan.

    Attributes:
        added: Rows that are new.
        changed: Rows with another target or note.
        removed: Rows that the file lacks; emergent ones stay.
        left_out: What keeps rows of the file from being rows of this study, such as a group that is not in
            its list; each thing once.
    """

    added: tuple[PlannedRow, ...]
    changed: tuple[PlannedRow, ...]
    removed: tuple[PlannedRow, ...]
    left_out: tuple[QualbenchError, ...]

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.added or self.changed or self.removed)


def compare_plan(study: Study, rows: Sequence[PlannedRow], name: str) -> PlanImport:
    """Say what a file would make of the plan; nothing is changed.

    Args:
        study: The study.
        rows: What the file holds, in order.
        name: What to call it in messages.
    """
    wanted, faults = _fitting(rows, read_study_settings(study), name)
    return _compared(list_plan(study), wanted, faults)


def import_plan(study: Study, rows: Sequence[PlannedRow], name: str) -> PlanImport:
    """Take a plan into the study in one change; rows are known by group, timepoint, site and kind.

    Args:
        study: The study.
        rows: All that there are to be, in order; a row that is missing is removed unless it is emergent.
        name: What to call the file in messages.

    Raises:
        Refused: If a row that is missing has been noted on, or an issue led to it; or a note holds a sealed
            name.
    """
    wanted, faults = _fitting(rows, read_study_settings(study), name)
    with change(study, "plan") as changed:
        present = rows_of(changed.db)
        done = _compared(present, wanted, faults)
        for row in wanted:
            refuse_sealed_names(changed.db, study, row.note)
        for row in done.removed:
            _require_free(changed.db, row)
        there = {row.key: row for row in present}
        gone = {row.key for row in done.removed}
        kept = [row for row in present if row.key not in gone and row.key not in {w.key for w in wanted}]
        placed = [
            replace(row, number=n, id=there[row.key].id if row.key in there else new_id())
            for n, row in enumerate([*wanted, *kept], start=1)
        ]
        changed.delete(PlanRow, [{"id": row.id} for row in done.removed])
        changed.insert(PlanRow, [_columns(row) for row in placed if row.key not in there])
        changed.update(PlanRow, [_columns(row) for row in placed if row.key in there])
        changed.summary = f"Imported a sampling plan of {len(wanted)} rows"
    return done


def add_row(study: Study, row: PlannedRow) -> PlannedRow:
    """Add a row at the end of the plan.

    Raises:
        BadInput: If a value is not one of the study's, or the target cannot be.
        Refused: If there is such a row, or its note holds a sealed name.
    """
    with change(study, "plan") as changed:
        row = put_row(changed, study, row)
        changed.summary = f"Added row {row.number} to the sampling plan: {row.told}"
    return row


def put_row(changed: Change, study: Study, row: PlannedRow) -> PlannedRow:
    """Add a row at the end of the plan within a change; errors are those of `add_row`."""
    row = _checked(row, read_study_settings(study), "the row")
    present = rows_of(changed.db)
    if any(other.key == row.key for other in present):
        raise Refused(f"The plan has a row '{row.told}' already.", "Edit it: qualbench plan edit.")
    refuse_sealed_names(changed.db, study, row.note)
    row = replace(row, number=max((r.number for r in present), default=0) + 1, id=new_id())
    changed.insert(PlanRow, [_columns(row)])
    return row


def edit_row(study: Study, named: str, values: Mapping[str, object]) -> PlannedRow:
    """Give a row another target, note, group, timepoint, site or kind.

    Args:
        study: The study.
        named: Its number or id.
        values: The fields of `PlannedRow` that are to be others.

    Raises:
        NotFound: If there is no such row.
        BadInput: If a value is not one of the study's, or the target cannot be.
        Refused: If it would be like another row, or its note holds a sealed name.
    """
    settings = read_study_settings(study)
    with change(study, "plan") as changed:
        present = rows_of(changed.db)
        before = find_row(present, named)
        row = _checked(replace(before, **values), settings, f"row {before.number}")  # type: ignore[arg-type]
        if any(other.key == row.key and other.id != row.id for other in present):
            raise Refused(f"The plan has a row '{row.told}' already.", "Edit that one.")
        refuse_sealed_names(changed.db, study, row.note)
        changed.update(PlanRow, [_columns(row)])
        changed.summary = f"Changed row {row.number} of the sampling plan: {row.told}"
    return row


def remove_row(study: Study, named: str) -> PlannedRow:
    """Take a row out of the plan; the numbers of the others stay.

    Raises:
        NotFound: If there is no such row.
        Refused: If it has been noted on, or an issue led to it.
    """
    with change(study, "plan") as changed:
        row = find_row(rows_of(changed.db), named)
        _require_free(changed.db, row)
        changed.delete(PlanRow, [{"id": row.id}])
        changed.summary = f"Took row {row.number} out of the sampling plan: {row.told}"
    return row


def note_outcome(
    study: Study, named: str, outcome: str, participant: str | None = None, reason: str = ""
) -> str:
    """Note that somebody who was to be talked to was not.

    Args:
        study: The study; its coder is who notes it.
        named: The number or id of the row.
        outcome: One of `OUTCOMES`.
        participant: Who, if they are a participant; somebody who declined before they were one has no id.
        reason: Why, as far as it was said.

    Returns:
        The id of the note.

    Raises:
        BadInput: If it is no outcome.
        NotFound: If there is no such row or participant.
        Refused: If the participant is not of the row's group or site, is noted already, or the reason holds a
            sealed name.
    """
    if outcome not in OUTCOMES:
        raise BadInput(f"'{outcome}' is not an outcome.", "Use declined or not-reached.")
    with change(study, "plan") as changed:
        row = find_row(rows_of(changed.db), named)
        who = _of_row(changed.db, row, participant) if participant is not None else None
        refuse_sealed_names(changed.db, study, reason)
        table, id_ = table_of(PlanOutcome), new_id()
        same = sa.and_(table.c.plan_row_id == row.id, table.c.participant_id == who)
        if who and changed.db.execute(sa.select(table.c.id).where(same)).first():
            raise Refused(f"{who} is noted in row {row.number} already.", "Undo that first: qualbench undo.")
        made = {"reason": " ".join(reason.split()), "noted_by": changed.coder, "noted_at": now()}
        key = {"id": id_, "plan_row_id": row.id, "participant_id": who, "outcome": outcome}
        changed.insert(PlanOutcome, [key | made])
        changed.summary = f"Noted in row {row.number} of the sampling plan: {outcome}"
    return id_


def _of_row(db: Session, row: PlannedRow, participant: str) -> str:
    person = db.get(Participant, participant)
    if person is None:
        raise NotFound(
            f"The study has no participant '{participant}'.", "'qualbench participants' lists them."
        )
    if person.stakeholder != row.stakeholder or row.site not in (None, person.site):
        raise Refused(f"{participant} is not of row {row.number}: {row.told}.", "Choose their own row.")
    return person.id


def _compared(
    present: Sequence[PlannedRow], wanted: Sequence[PlannedRow], faults: Sequence[QualbenchError]
) -> PlanImport:
    there: dict[Key, PlannedRow] = {row.key: row for row in present}
    named = {row.key for row in wanted}
    return PlanImport(
        tuple(row for row in wanted if row.key not in there),
        tuple(
            row
            for row in wanted
            if row.key in there and row != replace(there[row.key], number=row.number, id=row.id)
        ),
        tuple(row for row in present if row.key not in named and not row.emergent),
        tuple(faults),
    )


def _fitting(
    rows: Sequence[PlannedRow], settings: StudySettings, name: str
) -> tuple[list[PlannedRow], list[QualbenchError]]:
    """The rows whose group, timepoint and site are the study's, and what is wrong with the others."""
    fitting: list[PlannedRow] = []
    faults: list[QualbenchError] = []
    for row in rows:
        try:
            fitting.append(_checked(row, settings, name))
        except BadInput as fault:
            if fault.message not in (other.message for other in faults):  # a group may have several rows
                faults.append(fault)
    return fitting, faults


def _checked(row: PlannedRow, settings: StudySettings, where: str) -> PlannedRow:
    """A row with its values as the study's lists write them."""
    if row.kind not in KINDS:
        raise BadInput(f"{where}: '{row.kind}' is not a kind of source.", f"Use one of {', '.join(KINDS)}.")
    check_target(row.least, row.most, where)
    return replace(
        row,
        stakeholder=item_of(where, "stakeholder", row.stakeholder, settings.stakeholder_types) or "",
        timepoint=item_of(where, "timepoint", row.timepoint, settings.timepoints),
        site=item_of(where, "site", row.site, settings.sites),
        note=" ".join(row.note.split()),
    )


def _require_free(db: Session, row: PlannedRow) -> None:
    for model, why in (
        (PlanOutcome, "has been noted on"),
        (EmergentIssue, "was added for an emergent issue"),
    ):
        table = table_of(model)
        if db.execute(sa.select(table.c.id).where(table.c.plan_row_id == row.id)).first():
            raise Refused(f"Row {row.number} ({row.told}) {why}.", "Keep it in the plan.")


def _columns(row: PlannedRow) -> dict[str, object]:
    return {
        "id": row.id,
        "position": row.number,
        "stakeholder": row.stakeholder,
        "timepoint": row.timepoint,
        "site": row.site,
        "kind": row.kind,
        "least": row.least,
        "most": row.most,
        "emergent": row.emergent,
        "note": row.note,
    }
