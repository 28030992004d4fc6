"""The chain of the journal: each event's hash covers the hash before it and a digest of its payload."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.study.access import is_restricted
from qualbench.study.database import Study
from qualbench.study.payloads import digest
from qualbench.study.tables import Event, HiddenChange, StudyRecord, table_of

_COVERED = ("seq", "at", "coder", "action", "summary", "target", "undoable", "payload_digest")
_JOURNAL_KEY = sa.select(table_of(StudyRecord).c.journal_key)  # made once: every change asks for it


def chain_hash(previous: str, event: Mapping[Any, Any]) -> str:
    """Give the hash of an event (SHA-256, hexadecimal).

    Args:
        previous: The hash of the event before it; empty for the first.
        event: Its columns.
    """
    return hashlib.sha256(json.dumps([previous, *(event[name] for name in _COVERED)]).encode()).hexdigest()


def journal_key(db: Session) -> bytes:
    """Give the key of the digests of payloads."""
    return bytes.fromhex(str(db.execute(_JOURNAL_KEY).scalar_one()))


def chain_faults(study: Study) -> list[str]:
    """Recompute the chain of the journal and give a sentence for each event that does not fit.

    A login from which the database withholds events proves only those it sees, and the links between those
    that follow each other.
    """
    faults = []
    previous: str | None = ""
    expected = 1
    with study.read() as db:
        key = journal_key(db)
        gaps_are_hidden = is_restricted(db)
        apart = _pieces(db)
        for event in db.execute(sa.select(table_of(Event)).order_by(table_of(Event).c.seq)).mappings():
            if event["seq"] != expected:
                if not gaps_are_hidden:
                    faults.append(f"Event {expected} of the journal is missing.")
                    break
                previous = None
            faults += _payload_faults(key, event, apart.get(event["seq"], {}), gaps_are_hidden)
            if previous is not None and event["hash"] != chain_hash(previous, event):
                faults.append(f"Event {event['seq']} was altered, or one before it.")
            previous = event["hash"]
            expected = event["seq"] + 1
    return faults


def _pieces(db: Session) -> dict[int, dict[int, tuple[str | None, str]]]:
    """What is kept apart of events: payload and digest by number of the event and place in its payload."""
    pieces: dict[int, dict[int, tuple[str | None, str]]] = {}
    for row in db.execute(sa.select(table_of(HiddenChange))):
        pieces.setdefault(row.event, {})[row.n] = (row.payload, row.payload_digest)
    return pieces


def _payload_faults(
    key: bytes,
    event: Mapping[Any, Any],
    apart: Mapping[int, tuple[str | None, str]],
    some_are_withheld: bool,
) -> list[str]:
    if event["payload"] is None:
        return []
    seq = event["seq"]
    if event["payload_digest"] != digest(key, event["payload"]):
        return [f"The payload of event {seq} was altered."]
    for n, (_, columns, before, after) in enumerate(json.loads(event["payload"])):
        if before is None and after is None and not _holds(key, columns, apart.get(n), some_are_withheld):
            return [f"A hidden part of event {seq} was altered or is missing."]
    return []


def _holds(
    key: bytes, digests: Sequence[str], piece: tuple[str | None, str] | None, some_are_withheld: bool
) -> bool:
    if piece is None:
        return some_are_withheld
    payload, proof = piece
    return [proof] == list(digests) and (payload is None or digest(key, payload) == proof)
