"""Changing single entries of the codebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.drafts import one_line
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import FIELDS, LISTS, Codebook, CodeEntry, codebook_of, columns_of
from qualbench.errors import BadInput, Conflict, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark
from qualbench.study.settings import LISTS as STUDY_LISTS
from qualbench.study.tables import Code, new_id, now, table_of
from qualbench.text.words import fold, normalise

LONGEST_LABEL = 80  # characters
EDITABLE = tuple(
    name for name in FIELDS if name not in ("id", "parent_id", "key", "status", "merged_into", "split_from")
)
"""The fields that `edit_code` sets; parent, key and status have functions of their own."""


@dataclass(frozen=True)
class NewCode:
    """A code to be made.

    Attributes:
        label: Its name.
        parent_id: The entry it stands below; None for none yet.
        level: One of `tree.LEVELS`.
        split_from: Id of the entry it is split from.
    """

    label: str
    parent_id: str | None = None
    level: str = "code"
    split_from: str | None = None


def add_code(study: Study, code: NewCode, reason: str = "") -> CodeEntry:
    """Add a candidate entry to the codebook.

    Raises:
        BadInput: If the label is empty or too long, or the level is unknown.
        NotFound: If there is no such entry to stand below.
        Refused: If there is one of that name there, the name holds one that was sealed, or the entry to stand
            below is retired, or a code and the new one a theme.
    """
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = insert_code(changed, study, book, code)
        if entry.id in book.by_id:
            raise Refused(f"There is a code '{entry.label}' there already.", "Choose another name.")
        changed.summary = f"Added '{code_mark(entry.id)}'"
    return entry


def insert_code(changed: Change, study: Study, book: Codebook, code: NewCode) -> CodeEntry:
    """Add a candidate entry as part of a change; one in use with that name there is taken as it is.

    Raises:
        BadInput: If the label is empty or too long, or the level is unknown.
        NotFound: If there is no such entry to stand below.
        Refused: If the name holds one that was sealed, or the entry to stand below is retired, or a code and
            the new one a theme.
    """
    parent = book.find(code.parent_id) if code.parent_id is not None else None
    parent_id = parent.id if parent is not None else None
    label = checked_label(code.label)
    for entry in book.by_id.values():
        if fold(entry.label) == fold(label) and entry.parent_id == parent_id and entry.in_use:
            return entry
    refuse_sealed_names(changed.db, study, label)
    entry = CodeEntry(
        new_id(),  # tells nothing of the label: an id stays when a name in that is redacted
        parent_id,
        code.level,
        label,
        origin="data",
        status="candidate",
        split_from=code.split_from,
    )
    check_place(entry, parent)
    check_entries([*book.by_id.values(), entry])
    last = changed.db.execute(sa.select(sa.func.max(table_of(Code).c.position))).scalar()
    changed.insert(
        Code,
        [
            columns_of(entry)
            | {
                "position": 0 if last is None else last + 1,
                "created_by": changed.coder,
                "created_at": now(),
            }
        ],
    )
    return entry


def edit_code(
    study: Study,
    code: str,
    values: Mapping[str, Any],
    *,
    seen: CodeEntry | None = None,
    reason: str = "",
) -> CodeEntry:
    """Set fields of an entry: rename it, define it, tag it, say whose talk it is for, and so on.

    Args:
        study: The study.
        code: Id or label.
        values: New values by field, one of `EDITABLE`; tuples for the fields that hold several items.
        seen: The entry as it was looked at; None does not ask whether somebody has changed it since.
        reason: Why.

    Returns:
        The entry as it is now.

    Raises:
        NotFound: If there is no such code.
        BadInput: If a value cannot be that of its field.
        Conflict: If it is no longer as it was seen.
        Refused: If nothing would change, a sealed name is in the words, only a candidate theme could
            group it, a theme would stand below a code, or it goes by another name since a merge.
    """
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        raise BadInput(f"'{unknown[0]}' is not a field to be set.", f"Set some of {', '.join(EDITABLE)}.")
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = to_change(book, code) if seen is None else book.find(code)
        if seen is not None and seen != entry:
            raise Conflict(
                f"'{seen.label}' has been changed by somebody else since you opened it.",
                "Look at both versions and decide.",
            )
        clean = {name: _clean(name, value) for name, value in values.items()}
        edited = replace(entry, **clean)
        if edited == entry:
            raise Refused(f"'{entry.label}' is so already.")
        _check_lists(changed.db, book, entry, edited)
        if edited.level != entry.level:
            _check_level(book, edited)
        words = (value if isinstance(value, str) else "\n".join(value or ()) for value in clean.values())
        refuse_sealed_names(changed.db, study, "\n".join(words))
        put_entry(changed, book, edited)
        changed.summary = _edit_summary(entry, edited)
    return edited


def set_key(study: Study, code: str, key: str | None) -> CodeEntry | None:
    """Give a code the letter that applies it in the workbench, or take it away.

    Args:
        study: The study.
        code: Id or label.
        key: A letter or digit; None takes it away.

    Returns:
        The code that had that letter before, if another had.

    Raises:
        NotFound: If there is no such code.
        BadInput: If it is not one letter or digit.
        Refused: If the code has it already, or is retired.
    """
    if key is not None and not (len(key) == 1 and key.isascii() and key.isalnum()):
        raise BadInput(f"'{key}' cannot be the key of a code.", "Use one letter or digit.")
    with change(study, "codebook") as changed:
        book = codebook_of(changed.db)
        entry = to_change(book, code)
        if key and not entry.in_use:
            raise Refused(f"'{entry.label}' is retired.", "Bring it back first.")
        if entry.key == key:
            raise Refused(f"'{entry.label}' has that key already." if key else f"'{entry.label}' has no key.")
        before = next((other for other in book.by_id.values() if key and other.key == key), None)
        if before is not None:
            changed.update(Code, [{"id": before.id, "key": None}])
        changed.update(Code, [{"id": entry.id, "key": key}])
        changed.summary = f"'{code_mark(entry.id)}' has " + (f"the key {key}" if key else "no key any more")
    return before


def to_change(book: Codebook, code: str) -> CodeEntry:
    """Give an entry that is to be changed, by its id or label.

    The old name of one that was merged finds the entry that took it in, which is as good for coding; but who
    retires or renames by that name does not mean the other one.

    Raises:
        NotFound: If there is no such entry.
        Refused: If it was merged.
    """
    entry = book.find(code)
    if code != entry.id and fold(code) != fold(entry.label):
        raise Refused(
            f"'{code}' was merged into '{entry.label}'.",
            f"Give {entry.id} if you mean that, or bring the old one back.",
        )
    return entry


def check_place(entry: CodeEntry, parent: CodeEntry | None) -> None:
    """Check that an entry may stand below another one.

    Raises:
        Refused: If that is retired, or is a code and the entry a theme.
    """
    if parent is None:
        return
    if not parent.in_use:
        raise Refused(f"'{parent.label}' is retired.", "Choose an entry in use, or bring it back first.")
    if parent.level == "code" and entry.level != "code":
        raise Refused(f"'{entry.label}' is a theme, and '{parent.label}' a code.", "Choose a theme.")


def give_reason(changed: Change, study: Study, reason: str) -> None:
    """Say why a change is made.

    Raises:
        Refused: If a name that has been sealed is in the words.
    """
    refuse_sealed_names(changed.db, study, reason)
    changed.reason = normalise(reason).strip()


def checked_label(label: str) -> str:
    """Give the name of a code as it is kept, on one line and with single blanks.

    Raises:
        BadInput: If it is empty or too long.
    """
    label = one_line(label)
    if not label or len(label) > LONGEST_LABEL:
        raise BadInput(
            f"The name of a code has 1 to {LONGEST_LABEL} characters.", "Choose fewer words, or type a name."
        )
    return label


def put_entry(changed: Change, book: Codebook, *entries: CodeEntry) -> None:
    """Write entries that are there already, if the book is still as it must be with them.

    Raises:
        BadInput: If it would not be.
    """
    edited = {entry.id: entry for entry in entries}
    check_entries([edited.get(entry.id, entry) for entry in book.by_id.values()])
    for entry in entries:
        before, after = columns_of(book.by_id[entry.id]), columns_of(entry)
        differing = {name: value for name, value in after.items() if value != before[name]}
        if differing:
            changed.update(Code, [{"id": entry.id, **differing}])


def _clean(name: str, value: Any) -> Any:
    if name in LISTS:
        items = (one_line(str(item)) for item in value)
        return tuple(dict.fromkeys(item for item in items if item))
    if name == "label":
        return checked_label(str(value))
    if name == "colour":
        if value and not re.fullmatch(r"#[0-9A-Fa-f]{6}", str(value)):
            raise BadInput(f"'{value}' is not a colour.", "Write it as #RRGGBB.")
        return str(value) if value else None
    return one_line(str(value)) if value else ""


def _check_lists(db: Session, book: Codebook, before: CodeEntry, after: CodeEntry) -> None:
    for field, list_name in (("stakeholders", "stakeholder"), ("timepoints", "timepoint")):
        table = table_of(STUDY_LISTS[list_name])
        known = set(db.execute(sa.select(table.c.name)).scalars())
        for name in getattr(after, field):
            if name not in known and name not in getattr(before, field):
                raise BadInput(
                    f"The study has no {list_name} '{name}'.", f"Use some of {', '.join(sorted(known))}."
                )
    for theme_id in set(after.also_in) - set(before.also_in):
        theme = book.find(theme_id)
        if theme.level == "code" or theme.status != "candidate":
            raise Refused(
                f"'{theme.label}' is not a candidate theme, and only those group codes besides their parent.",
                "Move the code there instead.",
            )


def _check_level(book: Codebook, entry: CodeEntry) -> None:
    check_place(entry, book.by_id[entry.parent_id] if entry.parent_id is not None else None)
    below = [under for under in book.children(entry.id) if under.in_use and under.level != "code"]
    if entry.level == "code" and below:
        raise Refused(
            f"'{below[0].label}' below '{entry.label}' is a theme, and a code holds none.", "Move it first."
        )


def _edit_summary(before: CodeEntry, after: CodeEntry) -> str:
    mark = f"'{code_mark(after.id)}'"
    names = [name for name in EDITABLE if getattr(before, name) != getattr(after, name)]
    if names == ["label"]:
        return f"Renamed a code to {mark}"
    if names == ["also_in"]:
        came = [theme for theme in after.also_in if theme not in before.also_in]
        went = [theme for theme in before.also_in if theme not in after.also_in]
        acts = [f"put {mark} into '{code_mark(theme)}'" for theme in came]
        acts += [f"took {mark} out of '{code_mark(theme)}'" for theme in went]
        return ", ".join(acts)[0].upper() + ", ".join(acts)[1:]
    return f"Changed {', '.join(name.replace('_', ' ') for name in names)} of {mark}"
