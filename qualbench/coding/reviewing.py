"""Reading coded passages again: keeping them, giving them another code, taking the code off.

This is how the passages of a theme are reviewed (Braun & Clarke 2006, phase 4), those of a code that is being
split are sent on, and those under a changed definition are checked. One's own codings can be reviewed, and
those of the agreed layer, which belongs to the team; another coder's never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.editing import put_entry
from qualbench.codebook.merging import parts_of
from qualbench.codebook.moving import entries_without
from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of
from qualbench.codebook.versions import latest_version
from qualbench.coding.blind import hidden_sources, sees_everything
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.progress import require_open
from qualbench.coding.rows import codings_of, grow
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.access import is_restricted
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark, source_mark
from qualbench.study.tables import AGREED, Code, Coding, Memo, now, table_of
from qualbench.text.spans import Span, merge, overlaps
from qualbench.transcripts.consent import require_consent


def theme_passages(study: Study, theme: str, layer: str | None = None) -> list[CodingRead]:
    """Give all passages of an entry and of those below it or grouped by it, code by code as in the tree.

    Args:
        study: The study.
        theme: Id or label.
        layer: The layer; None means the coder's own.

    Raises:
        NotFound: If there is no such entry or layer.
        Refused: If the layer may not be seen.
    """
    with study.read() as db:
        book = codebook_of(db)
    entry = book.find(theme)
    place = {code: n for n, code in enumerate(book.at_and_below(entry.id))}
    found = list_codings(study, layer=layer, codes=list(place))
    return sorted(found, key=lambda c: (place[c.code], c.source, c.start, c.end))


def passages_to_split(study: Study, code: str, layer: str | None = None) -> list[CodingRead]:
    """Give the passages of a code that is being split which have not been sent on or kept since.

    Raises:
        NotFound: If there is no such code or layer.
        Refused: If the code is not being split.
    """
    with study.read() as db:
        book = codebook_of(db)
        entry = book.find(code)
        begun = _split_begun(db, book, entry)
    return [
        coding
        for coding in list_codings(study, layer=layer, code=entry.id)
        if coding.kept_at is None or coding.kept_at < begun
    ]


def keep(study: Study, coding_ids: Sequence[str]) -> None:
    """Say that passages have been read again, under the newest version of the codebook, and keep their code.

    Passages of a finished source can be kept too: nothing of them changes.

    Raises:
        NotFound: If one is neither the coder's own nor of the agreed layer.
    """
    with _reviewing(study, coding_ids) as (changed, rows):
        version, at = latest_version(changed.db), now()
        changed.update(Coding, [{"id": row.id, "kept_under": version, "kept_at": at} for row in rows])
        changed.summary = f"Read again and kept {_what(rows)}"


def recode(study: Study, coding_ids: Sequence[str], code: str) -> CodeEntry:
    """Give passages another code; one that then has a word twice under it becomes one with what has it.

    A code that is being split and has no passage left in any layer is retired, unless there are layers that
    the coder at work may not see. Passages go on to its parts in finished sources too.

    Args:
        study: The study.
        coding_ids: Ids of codings of one layer.
        code: Id or label of the code they are given.

    Returns:
        The code.

    Raises:
        NotFound: If there is no such code, or one is neither the coder's own nor of the agreed layer.
        BadInput: If they are of several layers.
        Refused: If the source of one is finished by the coder, the code is retired, or they have it already.
    """
    with _reviewing(study, coding_ids) as (changed, rows):
        book = codebook_of(changed.db)
        entry = book.find(code)
        if not entry.in_use:
            raise Refused(f"'{entry.label}' is retired.", "Bring it back first, or choose another code.")
        rows = [row for row in rows if row.code_id != entry.id]
        if not rows:
            raise Refused(f"They have the code '{entry.label}' already.", "Choose another code.")
        # A split is carried out in finished sources too, as a merge is: it changes the frame, not the coding.
        _require_open(changed, [row for row in rows if row.code_id != entry.split_from])
        require_consent(changed.db, [row.source_id for row in rows])
        changed.summary = f"Gave the code '{code_mark(entry.id)}' to {_what(rows)}"
        version, at = latest_version(changed.db), now()
        for row in rows:
            _recode(changed, row, entry.id, {"kept_under": version, "kept_at": at})
        _retire_if_split(changed, study, book, {row.code_id for row in rows})
    return entry


def uncode(study: Study, coding_ids: Sequence[str]) -> None:
    """Take the code off passages, with the memos on those codings.

    Raises:
        NotFound: If one is neither the coder's own nor of the agreed layer.
        BadInput: If they are of several layers.
        Refused: If the source of one is finished by the coder.
    """
    with _reviewing(study, coding_ids, "uncode") as (changed, rows):
        _require_open(changed, rows)
        memo = table_of(Memo)
        memos = changed.db.execute(sa.select(memo.c.id).where(memo.c.coding_id.in_(coding_ids)))
        changed.delete(Memo, [{"id": id_} for id_ in memos.scalars()])
        changed.delete(Coding, [{"id": row.id} for row in rows])
        changed.summary = f"Removed {_what(rows)}"
        _retire_if_split(changed, study, codebook_of(changed.db), {row.code_id for row in rows})


@contextmanager
def _reviewing(
    study: Study, coding_ids: Sequence[str], action: str = "code"
) -> Iterator[tuple[Change, list[sa.Row[Any]]]]:
    """A change of codings of the coder's own layer, or of the agreed one."""
    table = table_of(Coding)
    with study.read() as db:
        layers = set(db.execute(sa.select(table.c.layer).where(table.c.id.in_(coding_ids))).scalars())
    # What is done to the agreed layer everybody may know of; what a coder does to their own, nobody else.
    with change(study, "reconcile" if AGREED in layers else action) as changed:
        hidden = hidden_sources(changed.db, study, AGREED)
        agreed = sa.and_(table.c.layer == AGREED, table.c.source_id.not_in(hidden))
        reviewable = sa.or_(table.c.layer == changed.coder, agreed)
        rows = {
            row.id: row
            for row in changed.db.execute(sa.select(table).where(table.c.id.in_(coding_ids), reviewable))
        }
        for coding_id in coding_ids:
            if coding_id not in rows:
                raise NotFound(
                    f"Neither {changed.coder} nor the agreed layer has a coding '{coding_id}'.",
                    "'qualbench code list' gives the ids.",
                )
        if len({row.layer for row in rows.values()}) > 1:
            raise BadInput("These passages are of several layers.", "Review one layer at a time.")
        yield changed, [rows[coding_id] for coding_id in dict.fromkeys(coding_ids)]


def _require_open(changed: Change, rows: Sequence[sa.Row[Any]]) -> None:
    require_open(changed.db, changed.coder, [row.source_id for row in rows if row.layer != AGREED])


def _recode(changed: Change, row: sa.Row[Any], code_id: str, read_again: dict[str, Any]) -> None:
    there = codings_of(changed, row.layer, row.source_id, code_id)
    reached = [one for one in there if overlaps(Span(one.start, one.end), Span(row.start, row.end))]
    if reached:
        span = merge([Span(row.start, row.end), *(Span(one.start, one.end) for one in reached)])[0]
        grow(changed, reached[0], [row, *reached[1:]], span)
        changed.update(Coding, [{"id": reached[0].id, **read_again}])
    else:
        made_as = row.made_as or row.code_id
        changed.update(Coding, [{"id": row.id, "code_id": code_id, "made_as": made_as, **read_again}])


def _split_begun(db: Session, book: Codebook, entry: CodeEntry) -> str:
    """When the newest part of a code was made."""
    parts = parts_of(book, entry.id)
    if not parts:
        raise Refused(
            f"'{entry.label}' is not being split.",
            f"Begin with 'qualbench codebook split {entry.id} --into NAME --into NAME'.",
        )
    table = table_of(Code)
    ids = [part.id for part in parts]
    return db.execute(sa.select(sa.func.max(table.c.created_at)).where(table.c.id.in_(ids))).scalar() or ""


def _retire_if_split(changed: Change, study: Study, book: Codebook, code_ids: set[str]) -> None:
    """Retire codes that were split and have nothing left in any layer; who does not see all layers leaves
    that to others, for a code that stays would tell them that somebody still has a passage of it."""
    if is_restricted(changed.db) or not sees_everything(changed.db, study):
        return
    table = table_of(Coding)
    for code_id in sorted(code_ids):
        entry = book.by_id[code_id]
        if not entry.in_use or not parts_of(book, code_id) or any(book.walk(code_id)):
            continue
        left = changed.db.execute(sa.select(table.c.id).where(table.c.code_id == code_id).limit(1)).first()
        if left is None:
            put_entry(changed, book, *entries_without(book, entry))
            book = codebook_of(changed.db)


def _what(rows: Sequence[sa.Row[Any]]) -> str:
    marks = ", ".join(f"'{code_mark(code)}'" for code in dict.fromkeys(row.code_id for row in rows))
    if len(rows) == 1:
        return f"{marks} in {source_mark(rows[0].source_id)} at {rows[0].start}-{rows[0].end}"
    return f"{marks} on {len(rows)} passages"
