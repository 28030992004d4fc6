"""Where an entry stands: its place in the tree, the themes that group it, whether it is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from qualbench.codebook.editing import check_place, give_reason, put_entry, to_change
from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry, codebook_of
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, code_mark
from qualbench.study.tables import Code, table_of
from qualbench.text.words import fold


def move_code(study: Study, code: str, under: str | None, reason: str = "") -> CodeEntry:
    """Put an entry, with all below it, below another one or at the top; it comes last there.

    A theme that is put below another entry becomes a sub-theme; a sub-theme at the top, a theme.

    Args:
        study: The study.
        code: Id or label.
        under: Id or label of the entry to stand below; None for the top.
        reason: Why.

    Raises:
        NotFound: If there is no such entry.
        BadInput: If it would stand below itself, or beside one of the same name.
        Refused: If it stands there already, or a theme would stand below a code.
    """
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = to_change(book, code)
        parent = book.find(under) if under is not None else None
        if entry.parent_id == (parent.id if parent else None):
            raise Refused(f"'{entry.label}' stands there already.")
        _check_move(book, entry, parent)
        moved = replace(entry, parent_id=parent.id if parent else None, level=_level_below(entry, parent))
        put_entry(changed, book, moved)
        last = changed.db.execute(sa.select(sa.func.max(table_of(Code).c.position))).scalar_one()
        changed.update(Code, [{"id": entry.id, "position": last + 1}])
        where = f"below '{code_mark(parent.id)}'" if parent else "to the top"
        changed.summary = f"Moved '{code_mark(entry.id)}' {where}"
    return moved


def shift_code(study: Study, code: str, step: int) -> None:
    """Move an entry up or down among those beside it that are in use.

    Args:
        study: The study.
        code: Id or label.
        step: -1 for up, 1 for down.

    Raises:
        NotFound: If there is no such entry.
        Refused: If it is the first or last already.
    """
    with change(study, "codebook") as changed:
        book = codebook_of(changed.db)
        entry = to_change(book, code)
        beside = [other for other in book.children(entry.parent_id) if other.in_use or other == entry]
        at = beside.index(entry)
        if not 0 <= at + step < len(beside):
            raise Refused(f"'{entry.label}' is the {'first' if step < 0 else 'last'} there already.")
        table = table_of(Code)
        siblings = table.c.parent_id == entry.parent_id  # of None too: IS NULL
        positions = dict(changed.db.execute(sa.select(table.c.id, table.c.position).where(siblings)).all())
        places = [positions[other.id] for other in beside]
        if len(set(places)) < len(places):  # two came to have one place by an undo between other changes
            places = [places[0] + n for n in range(len(places))]
        beside[at], beside[at + step] = beside[at + step], beside[at]
        moved = [
            {"id": other.id, "position": place}
            for other, place in zip(beside, places, strict=True)
            if positions[other.id] != place
        ]
        changed.update(Code, moved)
        changed.summary = f"Moved '{code_mark(entry.id)}' {'up' if step < 0 else 'down'}"


def retire_code(study: Study, code: str, reason: str = "") -> None:
    """Take an entry out of use; its codings stay, and it stays findable.

    Raises:
        NotFound: If there is no such entry.
        Refused: If it is retired, or entries in use stand below it.
    """
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = to_change(book, code)
        if not entry.in_use:
            raise Refused(f"'{entry.label}' is retired already.")
        below = [under.label for _, under in book.walk(entry.id)]
        if below:
            raise Refused(
                f"{len(below)} entries below '{entry.label}' are in use, such as '{below[0]}'.",
                "Move or retire them first.",
            )
        put_entry(changed, book, *entries_without(book, entry))
        changed.summary = f"Retired '{code_mark(entry.id)}'"


def entries_without(book: Codebook, entry: CodeEntry) -> list[CodeEntry]:
    """Give the entries that change when one is retired, as they are then: no key is left, nothing grouped."""
    sitting = [
        replace(other, also_in=tuple(theme for theme in other.also_in if theme != entry.id))
        for other in book.by_id.values()
        if entry.id in other.also_in
    ]
    return [replace(entry, status="retired", key=None, also_in=()), *sitting]


def restore_code(study: Study, code_id: str, reason: str = "") -> None:
    """Bring a retired or merged entry back as a candidate; codings that a merge took along stay there.

    Args:
        study: The study.
        code_id: The id, or the label where no entry in use has it.
        reason: Why.

    Raises:
        NotFound: If there is no such entry, or several have that label.
        BadInput: If another one of its name stands there.
        Refused: If it is in use, or the entry above it is not.
    """
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = book.by_id.get(code_id) or _out_of_use(book, code_id) or book.find(code_id)
        if entry.in_use:
            raise Refused(f"'{entry.label}' is in use.")
        check_place(entry, book.by_id[entry.parent_id] if entry.parent_id is not None else None)
        put_entry(changed, book, replace(entry, status="candidate", merged_into=None))
        changed.summary = f"Brought '{code_mark(entry.id)}' back"


def agree_codes(study: Study, codes: Sequence[str], reason: str = "") -> list[CodeEntry]:
    """Agree on candidates; the codes that a theme groups then stand below it, their one parent.

    Raises:
        NotFound: If there is no such entry.
        BadInput: If two entries of one name would come to stand beside each other.
        Refused: If none of them is a candidate, or a code sits in several of the themes.
    """
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        agreed = [entry for entry in dict.fromkeys(map(book.find, codes)) if entry.status == "candidate"]
        if not agreed:
            raise Refused("None of them is a candidate.")
        edited = {entry.id: replace(entry, status="agreed") for entry in agreed}
        for code in book.by_id.values():
            themes = [theme for theme in agreed if theme.id in code.also_in]
            if len(themes) > 1:
                names = " and ".join(f"'{theme.label}'" for theme in themes)
                raise Refused(f"'{code.label}' sits in {names}.", "Decide where it belongs first.")
            for theme in themes:
                _check_move(book, code, theme)
                edited[code.id] = replace(
                    edited.get(code.id, code),
                    parent_id=theme.id,
                    also_in=tuple(other for other in code.also_in if other != theme.id),
                    level=_level_below(code, theme),
                )
        put_entry(changed, book, *edited.values())
        marks = ", ".join(f"'{code_mark(entry.id)}'" for entry in agreed)
        changed.summary = f"Agreed on {marks}"
    return [edited[entry.id] for entry in agreed]


def _check_move(book: Codebook, entry: CodeEntry, parent: CodeEntry | None) -> None:
    if parent is None:
        return
    if entry in book.path(parent.id):
        raise BadInput(f"'{entry.label}' would stand below itself.", "Choose an entry outside of it.")
    check_place(entry, parent)


def _level_below(entry: CodeEntry, parent: CodeEntry | None) -> str:
    if entry.level == LEVELS[0] and parent is not None:
        return LEVELS[1]
    return LEVELS[0] if entry.level == LEVELS[1] and parent is None else entry.level


def _out_of_use(book: Codebook, label: str) -> CodeEntry | None:
    same = [entry for entry in book.by_id.values() if not entry.in_use and fold(entry.label) == fold(label)]
    if len(same) > 1:
        ids = ", ".join(entry.id for entry in same)
        raise NotFound(f"{len(same)} entries out of use are labelled '{label}'.", f"Give the id: {ids}.")
    return same[0] if same else None
