"""Changing single entries of the codebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark
from qualbench.study.tables import Code, new_id, table_of
from qualbench.text.words import fold, normalise

LONGEST_LABEL = 80  # characters

_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class NewCode:
    """A code to be made.

    Attributes:
        label: Its name.
        parent_id: The entry it stands below; None for none yet.
        in_vivo: Whether its name is words of a transcript. Its id then tells nothing of them, for an id
            stays in the journal when a name is redacted.
    """

    label: str
    parent_id: str | None = None
    in_vivo: bool = False


def insert_code(changed: Change, book: Codebook, code: NewCode) -> CodeEntry:
    """Add a candidate code as part of a change; one of that name in the same place is taken as it is.

    Raises:
        BadInput: If the label is empty or too long.
        NotFound: If there is no such entry to stand below.
    """
    if code.parent_id is not None:
        book.find(code.parent_id)
    label = " ".join(normalise(code.label).split())
    if not label or len(label) > LONGEST_LABEL:
        raise BadInput(
            f"The name of a code has 1 to {LONGEST_LABEL} characters.", "Choose fewer words, or type a name."
        )
    for entry in book.by_id.values():
        if fold(entry.label) == fold(label) and entry.parent_id == code.parent_id:
            return entry
    slug = _SLUG.sub("-", label.casefold()).strip("-")
    taken = not slug or slug in book.by_id
    entry = CodeEntry(
        new_id() if code.in_vivo or taken else slug, code.parent_id, "code", label, status="candidate"
    )
    table = table_of(Code)
    last = changed.db.execute(sa.select(sa.func.max(table.c.position))).scalar()
    changed.insert(
        Code,
        [
            {
                "id": entry.id,
                "parent_id": entry.parent_id,
                "level": entry.level,
                "label": entry.label,
                "status": entry.status,
                "position": 0 if last is None else last + 1,
            }
        ],
    )
    return entry


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
    """
    if key is not None and not (len(key) == 1 and key.isascii() and key.isalnum()):
        raise BadInput(f"'{key}' cannot be the key of a code.", "Use one letter or digit.")
    with change(study, "codebook") as changed:
        book = codebook_of(changed.db)
        entry = book.find(code)
        if entry.key == key:
            raise Refused(f"'{entry.label}' has that key already." if key else f"'{entry.label}' has no key.")
        before = next((other for other in book.by_id.values() if key and other.key == key), None)
        if before is not None:
            changed.update(Code, [{"id": before.id, "key": None}])
        changed.update(Code, [{"id": entry.id, "key": key}])
        changed.summary = f"'{code_mark(entry.id)}' has " + (f"the key {key}" if key else "no key any more")
    return before
