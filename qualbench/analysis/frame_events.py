"""What the journal tells of the coding frame, without what was taken back again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.document import counted, in_words
from qualbench.codebook.tree import codebook_of
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.study.tables import Event, Reason, table_of

IMPORT, MERGE, SPLIT, RELEASE, STANCE, SOURCES, OTHER = (
    "import",
    "merge",
    "split",
    "release",
    "stance",
    "sources",
    "other",
)

_CODEBOOK, _WHILE_CODING, _BUNDLE = "codebook", ("code", "reconcile"), "bundle"
_LOOKS = frozenset({"id", "key", "position", "colour"})
"""The columns of an entry that say nothing of what it means or where it belongs."""
_CODES_IN_PAYLOAD = '["code",['
_RELEASED = re.compile(r"Released version (\d+)")


@dataclass(frozen=True)
class FrameEvent:
    """Something that was done to the coding frame, or that it was done for.

    Attributes:
        number: Its number in the journal.
        at: ISO 8601, UTC.
        coder: Initials of who did it.
        kind: One of the constants of this module.
        sentence: What was done.
        reason: Why, in the person's own words; may be empty.
        released: The number of the version, of a release.
    """

    number: int
    at: str
    coder: str
    kind: str
    sentence: str
    reason: str = ""
    released: int | None = None


@dataclass(frozen=True)
class _Row:
    """A row of the table of codes in a payload; before is None where it was added."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def came_to_be(self, column: str, value: str) -> bool:
        """Whether a column got a value that it did not have."""
        return (self.after or {}).get(column) == value != (self.before or {}).get(column)


def frame_events(study: Study) -> list[FrameEvent]:
    """Give what was done to the codebook and the stance, and which sources came in, in order.

    What was undone and not made again is left out, and so are letters, colours and the order of siblings.
    Of other coders' codings nothing is told, only of the codes that were made, or used up, by them.
    """
    log = read_log(study)
    standing = _standing(log)
    with study.read() as db:
        codes = _code_rows(db)
        reasons = {row.event: row.text for row in db.execute(sa.select(table_of(Reason)))}
        labels = {entry.id: entry.label for entry in codebook_of(db).by_id.values()}
    events = []
    for event in log:
        if standing.get(event.seq, True):
            read = _read(event, codes.get(event.seq), labels)
            if read is not None:
                events.append(replace(read, reason=" ".join(reasons.get(event.seq, "").split())))
    return list(_joined(events))


def _standing(log: Sequence[Event]) -> dict[int, bool]:
    """For each event that was undone or redone, and for each undo and redo, whether it is to be told."""
    first: dict[int, int] = {}
    standing: dict[int, bool] = {}
    for event in log:
        if event.target is not None:
            first[event.seq] = first.get(event.target, event.target)
            standing[first[event.seq]] = event.action == "redo"
            standing[event.seq] = False
    return standing


def _code_rows(db: Session) -> dict[int, list[_Row]]:
    """The rows of codes that events changed, by their numbers; one that was blanked is not among them."""
    event = table_of(Event)
    concerned = sa.or_(
        event.c.action == _CODEBOOK,
        sa.and_(event.c.action.in_((*_WHILE_CODING, _BUNDLE)), event.c.payload.contains(_CODES_IN_PAYLOAD)),
    )
    found = {}
    for seq, payload in db.execute(sa.select(event.c.seq, event.c.payload).where(concerned)):
        if payload is not None:
            found[seq] = list(_rows(payload))
    return found


def _rows(payload: str) -> Iterator[_Row]:
    for table, columns, before, after in json.loads(payload):
        if table == "code":
            was = [dict(zip(columns, row, strict=True)) for row in before or []]
            now = [dict(zip(columns, row, strict=True)) for row in after or []]
            for n in range(max(len(was), len(now))):
                yield _Row(was[n] if was else None, now[n] if now else None)


def _read(event: Event, rows: list[_Row] | None, labels: Mapping[str, str]) -> FrameEvent | None:
    """What an event tells, None if it is none of the coding frame's."""
    told = FrameEvent(event.seq, event.at, event.coder, OTHER, f"{event.summary}.")
    if event.action == "stance":
        return replace(told, kind=STANCE)
    if event.action == "import":
        return replace(told, kind=SOURCES, sentence="A source came in.")
    if event.action in _WHILE_CODING and rows is not None:
        sentence = _by_the_way(rows, labels)
        return replace(told, sentence=sentence) if sentence else None
    if event.action == _BUNDLE and rows is not None:
        return told
    if event.action != _CODEBOOK:
        return None
    released = _RELEASED.match(event.summary)
    if released:
        return replace(told, kind=RELEASE, released=int(released[1]))
    if event.summary.startswith("Imported "):
        return replace(told, kind=IMPORT)
    if rows is None:
        return told
    if all(_only_looks(row) for row in rows):
        return None
    kind, sentence = _change(rows, labels)
    return replace(told, kind=kind, sentence=sentence or told.sentence)


def _change(rows: Sequence[_Row], labels: Mapping[str, str]) -> tuple[str, str]:
    """The kind of a change and the sentence on it, empty where the journal's own says it best."""
    for row in rows:
        if row.came_to_be("status", "merged") and row.after and row.after.get("merged_into"):
            gone, kept = (labels.get(row.after[name], row.after[name]) for name in ("id", "merged_into"))
            return MERGE, f"Merged '{gone}' into '{kept}'."
    parts = [row.after for row in rows if row.before is None and row.after and row.after.get("split_from")]
    if parts:
        names = in_words([f"'{labels.get(part['id'], part['label'])}'" for part in parts])
        whole = labels.get(parts[0]["split_from"], parts[0]["split_from"])
        return SPLIT, f"Began to split '{whole}' into {names}."
    for row in rows:
        if row.before and row.after and row.before.get("label") != row.after.get("label"):
            others = [name.replace("_", " ") for name in row.after if name not in (*_LOOKS, "label")]
            more = f", and changed its {in_words(others)}" if others else ""
            return OTHER, f"Renamed '{row.before['label']}' to '{row.after['label']}'{more}."
    return OTHER, ""


def _by_the_way(rows: Sequence[_Row], labels: Mapping[str, str]) -> str:
    """What became of codes while passages were coded or reviewed."""
    added = [row.after for row in rows if row.before is None and row.after]
    retired = [row.after for row in rows if row.after and row.came_to_be("status", "retired")]
    sentences = []
    if added:
        names = in_words([f"'{labels.get(code['id'], code['label'])}'" for code in added])
        sentences.append(f"Added {names} while coding.")
    if retired:
        names = in_words([f"'{labels.get(code['id'], code['id'])}'" for code in retired])
        sentences.append(f"Retired {names}, all passages having been sent on.")
    return " ".join(sentences)


def _only_looks(row: _Row) -> bool:
    return row.before is not None and row.after is not None and set(row.after) <= _LOOKS


def _joined(events: Sequence[FrameEvent]) -> Iterator[FrameEvent]:
    """Say of sources that one person brought in on one day, one after the other, how many they were."""
    run = 0
    for n, event in enumerate(events):
        if event.kind != SOURCES:
            yield event
            continue
        run += 1
        after = events[n + 1] if n + 1 < len(events) else None
        if after is None or (after.kind, after.coder, after.at[:10]) != (SOURCES, event.coder, event.at[:10]):
            yield replace(event, sentence=f"{counted(run, 'source')} came in.")
            run = 0
