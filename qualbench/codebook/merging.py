"""Making one code of two, and several of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from qualbench.codebook.editing import NewCode, give_reason, insert_code, put_entry, to_change
from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of
from qualbench.errors import BadInput, Refused
from qualbench.study.access import require_whole
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark
from qualbench.study.retext import hand_over
from qualbench.study.tables import (
    AGREED,
    CellSummary,
    CodeExample,
    Coding,
    Decision,
    Memo,
    Row,
    new_id,
    now,
    table_of,
)


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    Attributes:
        into: The entry that took the other in.
        codings: How many codings came to it, of the coder's own layer and the agreed one.
        joined: How many of those lay on words that had the code already, and became one with it.
    """

    into: CodeEntry
    codings: int
    joined: int


def merge_codes(study: Study, code: str, into: str, reason: str = "") -> Merged:
    """Merge a code into another one; the old name stays findable.

    Codings of both on the same words are kept once, as one coding of all the words of either, with the memos
    of each. Memos, examples and entries below the code go to the other one too; what cells of the framework
    matrix hold on it is put below what they hold on the other.

    Args:
        study: The study.
        code: Id or label of the code that goes.
        into: Id or label of the code that stays, with its definition.
        reason: Why.

    Raises:
        NotFound: If there is no such code.
        BadInput: If both are one, or the one that stays lies below the other.
        Refused: If the one that stays is retired, or the other one is, or goes by another name since a merge;
            or a candidate theme that groups codes would go into what is no candidate theme.
    """
    with change(study, "codebook") as changed:
        require_whole(changed.db, "Merging codes")
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        gone, kept = to_change(book, code), book.find(into)
        _check_merge(book, gone, kept)
        moved, joined = _merge_codings(changed, gone.id, kept.id)
        _hand_on(changed, gone.id, kept.id)
        _carry_cells(changed, gone.id, kept.id)
        put_entry(changed, book, *_entries_after(book, gone, kept))
        changed.summary = f"Merged '{code_mark(gone.id)}' into '{code_mark(kept.id)}'"
    return Merged(kept, moved, joined)


def split_code(study: Study, code: str, labels: Sequence[str], reason: str = "") -> list[CodeEntry]:
    """Begin to split a code: make the codes that its passages are to be sent to, beside it.

    Its codings stay until each coder has sent theirs on (`coding.reviewing`).

    Args:
        study: The study.
        code: Id or label.
        labels: Names of the new codes, at least one.
        reason: Why.

    Raises:
        NotFound: If there is no such code.
        BadInput: If no name is given, or one cannot be that of a code.
        Refused: If it is retired, or there is a code of such a name there already.
    """
    if not labels:
        raise BadInput("A code is split into others.", "Give the names of the new codes.")
    with change(study, "codebook") as changed:
        give_reason(changed, study, reason)
        book = codebook_of(changed.db)
        entry = to_change(book, code)
        if not entry.in_use:
            raise Refused(f"'{entry.label}' is retired.", "Bring it back first.")
        parts = []
        for label in labels:
            new = NewCode(label, entry.parent_id, level=entry.level, split_from=entry.id)
            part = insert_code(changed, study, book, new)
            if part.id in book.by_id:
                raise Refused(f"There is a code '{part.label}' there already.", "Choose another name.")
            parts.append(part)
            book = Codebook([*book.by_id.values(), part])
        inherited = {name: getattr(entry, name) for name in ("tags", "stakeholders", "timepoints", "origin")}
        parts = [replace(part, **inherited) for part in parts]
        put_entry(changed, book, *parts)
        marks = ", ".join(f"'{code_mark(part.id)}'" for part in parts)
        changed.summary = f"Began to split '{code_mark(entry.id)}' into {marks}"
    return parts


def parts_of(book: Codebook, code_id: str) -> list[CodeEntry]:
    """Give the codes in use that a code is being split into, in the order of the tree."""
    return [entry for _, entry in book.walk() if entry.split_from == code_id]


def _check_merge(book: Codebook, gone: CodeEntry, kept: CodeEntry) -> None:
    if gone.id == kept.id:
        raise BadInput(f"'{gone.label}' cannot be merged into itself.", "Give two codes.")
    if gone in book.path(kept.id):
        raise BadInput(
            f"'{gone.label}' cannot be merged into '{kept.label}', which stands below it.",
            f"Merge '{kept.label}' into '{gone.label}', or move it out first.",
        )
    for entry in (gone, kept):
        if not entry.in_use:
            raise Refused(f"'{entry.label}' is retired.", "Bring it back first.")
    if gone.level != "code" and kept.level == "code" and book.children(gone.id):
        raise Refused(
            f"'{gone.label}' is a theme with codes below it, and '{kept.label}' a code.",
            "Move its codes first, or merge it into a theme.",
        )
    groups = any(gone.id in entry.also_in for entry in book.by_id.values())
    if groups and (kept.level == "code" or kept.status != "candidate"):
        raise Refused(
            f"'{gone.label}' groups codes as a candidate theme, and '{kept.label}' is none.",
            f"Agree on '{gone.label}' first, or take its codes out.",
        )


def _entries_after(book: Codebook, gone: CodeEntry, kept: CodeEntry) -> list[CodeEntry]:
    """The entries that a merge changes, as they are after it; none sits in itself or in what it holds."""

    def instead(ids: Iterable[str], of: CodeEntry) -> tuple[str, ...]:
        renamed = dict.fromkeys(kept.id if id_ == gone.id else id_ for id_ in ids)
        own = (gone, kept) if of is kept else (of,)
        return tuple(id_ for id_ in renamed if not any(one in book.path(id_) for one in own))

    after = {
        entry.id: replace(
            entry,
            parent_id=kept.id if entry.parent_id == gone.id else entry.parent_id,
            also_in=instead(entry.also_in, entry),
        )
        for entry in book.by_id.values()
        if entry.parent_id == gone.id or gone.id in entry.also_in
    }
    survivor = after.pop(kept.id, kept)
    after[kept.id] = replace(
        survivor,
        tags=tuple(dict.fromkeys((*kept.tags, *gone.tags))),
        also_in=instead((*kept.also_in, *gone.also_in), kept),
    )
    after[gone.id] = replace(gone, status="merged", merged_into=kept.id, key=None, also_in=())
    return list(after.values())


def _merge_codings(changed: Change, gone: str, kept: str) -> tuple[int, int]:
    """Give the codings of one code to another, of all layers.

    Returns:
        How many those are that the coder may know of, and how many of them became one with another.
    """
    table = table_of(Coding)
    lying = (table.c.source_id, table.c.layer, table.c.start, table.c.end, table.c.id, table.c.code_id)
    both = sa.select(*lying).where(table.c.code_id.in_((gone, kept))).order_by(*lying)
    rows = list(map(_Lying._make, changed.db.connection().execute(both).all()))
    groups = _overlapping(rows)
    joining = table.c.id.in_([row.id for group in groups for row in group])
    told = (table.c.id, table.c.created_at, table.c.version, table.c.meaning)
    more = {row.id: row for row in changed.db.execute(sa.select(*told).where(joining))}
    stays: dict[str, str] = {}  # for each coding that goes, the one that takes it in
    bounds: list[dict[str, Any]] = []
    for group in groups:
        # The coding that has the code already stays, of several the one that was made first.
        first = min(group, key=lambda row: (row.code != kept, more[row.id].created_at, row.id))
        stays |= {row.id: first.id for row in group if row.id != first.id}
        meanings = (more[row.id].meaning for row in (first, *group))
        bounds.append(
            {
                "id": first.id,
                "start": group[0].start,
                "end": max(row.end for row in group),
                "version": min(more[row.id].version for row in group),
                "meaning": next(filter(None, meanings), None),
            }
        )
    if stays:
        hand_over(changed, stays)
        changed.delete(Coding, [{"id": id_} for id_ in stays])
    comes = table.c.code_id == gone
    first_time = sa.and_(comes, table.c.made_as.is_(None))
    changed.update_where(Coding, first_time, {"code_id": kept, "made_as": gone})
    changed.update_where(Coding, comes, {"code_id": kept})
    changed.update(Coding, bounds)
    seen = [row.id for row in rows if row.code == gone and row.layer in (changed.coder, AGREED)]
    return len(seen), sum(id_ in stays for id_ in seen)


class _Lying(NamedTuple):
    """Where a coding lies."""

    source_id: str
    layer: str
    start: int
    end: int
    id: str
    code: str


def _overlapping(rows: Sequence[_Lying]) -> list[list[_Lying]]:
    """Codings in order of source, layer and place: those that share words, together; no others."""
    groups: list[list[_Lying]] = []
    place, reach, open_ = ("", ""), 0, [rows[0]] if rows else []
    for row in rows:
        if row.start < reach and (row.source_id, row.layer) == place:
            if len(open_) == 1:
                groups.append(open_)
            open_.append(row)
            reach = max(reach, row.end)
        else:
            place, reach, open_ = (row.source_id, row.layer), row.end, [row]
    return groups


def _hand_on(changed: Change, gone: str, kept: str) -> None:
    """Give what hangs on a code itself to another: memos, examples, decisions."""
    example = table_of(CodeExample)
    place = (example.c.kind, example.c.source_id, example.c.start, example.c.end, example.c.added_by)
    there = sa.select(*place).where(example.c.code_id == kept)
    doubled = sa.select(example.c.id).where(example.c.code_id == gone, sa.tuple_(*place).in_(there))
    changed.delete(CodeExample, [{"id": id_} for id_ in changed.db.execute(doubled).scalars()])
    places: tuple[tuple[type[Row], str], ...] = (
        (Memo, "code_id"),
        (CodeExample, "code_id"),
        (Decision, "code_a"),
        (Decision, "code_b"),
        (Decision, "code_chosen"),
    )
    for model, column in places:
        table = table_of(model)
        ids = changed.db.execute(sa.select(table.c.id).where(table.c[column] == gone)).scalars()
        changed.update(model, [{"id": id_, column: kept} for id_ in ids])


def _carry_cells(changed: Change, gone: str, kept: str) -> None:
    """Put the cells written on a code below those of another, as a version in the name of who wrote them; the
    earlier versions stay with the code that goes."""
    table = table_of(CellSummary)
    written = sa.select(table).where(table.c.code_id.in_((gone, kept))).order_by(table.c.version)
    newest = {(row.code_id, row.participant_id, row.timepoint): row for row in changed.db.execute(written)}
    rows = []
    for (code, who, when), row in newest.items():
        if code == gone:
            there = newest.get((kept, who, when))
            rows.append(
                {
                    "id": new_id(),
                    "participant_id": who,
                    "timepoint": when,
                    "code_id": kept,
                    "version": there.version + 1 if there else 1,
                    "text": f"{there.text}\n\n{row.text}" if there else row.text,
                    "written_by": row.written_by,
                    "written_at": now(),
                }
            )
    changed.insert(CellSummary, rows)
