"""The payload of an event: what changed, in one piece that everybody may read and pieces that only one may.

A payload is a JSON list with an item for each table changed: `[table, columns, before, after]`. Where the
rows tell what a coder thinks of a source, the item is `[table, [digest], null, null]`, and the rows are kept
apart (`hidden_change`), so that a database can withhold them and the chain can prove them all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.study.rows import TableChange
from qualbench.study.tables import (
    Bookmark,
    CellSummary,
    CodeExample,
    Coding,
    Decision,
    Event,
    HiddenChange,
    Memo,
    MergedEvent,
    ParticipantArm,
    table_of,
)

ALONE = frozenset({"code", "uncode", "memo", "read", "bookmark"})
"""Actions of which even the summary is for the eyes of their author alone."""

_HIDDEN = frozenset(
    table_of(model).name
    for model in (
        Coding,
        Memo,
        Decision,
        CodeExample,
        CellSummary,
        Bookmark,
        MergedEvent,
        ParticipantArm,
    )
)


def pack(key: bytes, changes: Sequence[TableChange]) -> tuple[str, list[tuple[int, str, str]]]:
    """Write changes as a payload.

    Args:
        key: Keys the digests.
        changes: In the order in which they were made.

    Returns:
        The payload, and of each piece kept apart its place, its own payload, and the digest of that.
    """
    items: list[list[Any]] = []
    apart = []
    for n, change in enumerate(changes):
        item = [change.table, change.columns, change.before, change.after]
        if change.table in _HIDDEN:
            payload = _json(item)
            apart.append((n, payload, digest(key, payload)))
            item = [change.table, [apart[-1][2]], None, None]
        items.append(item)
    return _json(items), apart


def unpack(db: Session, event: Event) -> list[TableChange]:
    """Read the changes of an event, in the order in which they were made.

    Raises:
        Refused: If a part has been blanked, or may not be seen by the login at work.
    """
    table = table_of(HiddenChange)
    apart: Mapping[int, str | None] = {
        row.n: row.payload for row in db.execute(sa.select(table).where(table.c.event == event.seq))
    }
    if event.payload is None or None in apart.values():
        raise Refused(f"Event {event.seq} can no longer be taken back: its contents were blanked.")
    changes = []
    for n, (name, columns, before, after) in enumerate(json.loads(event.payload)):
        if before is None and after is None:
            if n not in apart:
                raise Refused(f"Event {event.seq} cannot be taken back by you: a part of it is hidden.")
            name, columns, before, after = json.loads(apart[n] or "")
        changes.append(TableChange(name, columns, before, after))
    return changes


def digest(key: bytes, payload: str) -> str:
    """Give the keyed digest of a payload (HMAC-SHA256)."""
    return hmac.new(key, payload.encode(), hashlib.sha256).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
