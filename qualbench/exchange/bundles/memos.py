"""The memos of a bundle, and the passages that the coder has given as examples of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualbench.coding import memos
from qualbench.exchange.bundles.contents import BundledExample, BundledMemo, unsound
from qualbench.exchange.bundles.incoming import NO_CODING, NO_WORDS, Incoming
from qualbench.exchange.bundles.texts import MISSING
from qualbench.exchange.bundles.work import EXAMPLE, MEMO
from qualbench.study.rows import rows_at
from qualbench.study.tables import CodeExample, Coding, Memo, table_of
from qualbench.text.spans import Span
from qualbench.text.words import normalise

_ABOUT = ("source_id", "start", "end", "code_id", "coding_id")
_EXAMPLE = ("code_id", "kind", "source_id", "start", "end")


def remove_memos(incoming: Incoming) -> None:
    """Take away memos that the coder has removed and not changed here; before the codings they are on."""
    kept = {memo.id for memo in incoming.bundle.memos}
    present = incoming.present(Memo, "created_by", sorted(kept))
    gone = []
    for id_ in incoming.to_bring(MEMO):
        if id_ in kept:
            continue
        if id_ in present and f"{MEMO}:{id_}" in incoming.differing.removed:
            if incoming.is_ours(MEMO, id_):
                incoming.conflict(MEMO, id_)
                continue
            gone.append({"id": id_})
        incoming.settle(MEMO, id_)
    incoming.changed.delete(Memo, gone)
    incoming.outcome.count(MEMO, "removed", len(gone))


def merge_memos(incoming: Incoming, stays: Mapping[str, str]) -> None:
    """Bring the memos of a bundle that it has something new on; finished sources take them too.

    Names that have been sealed here are replaced in them.

    Args:
        incoming: The bundle.
        stays: For each coding that became one with another, the id of that one.

    Raises:
        BadInput: If one lies outside its text, is about nothing, or is another coder's here.
    """
    rows = {memo.id: memo for memo in incoming.bundle.memos}
    present = incoming.present(Memo, "created_by", list(rows))
    wanted = [rows[id_] for id_ in incoming.to_bring(MEMO) if id_ in rows]
    subjects = _subjects(incoming, wanted, stays)
    new, differing, reworded = [], [], 0
    for memo in wanted:
        if (subject := subjects[memo.id]) is None:
            continue
        text = incoming.reword(normalise(memo.text).strip())
        row = {"id": memo.id, "about": memo.about, **subject, "text": text, "changed_at": memo.changed_at}
        here = present.get(memo.id)
        if here is not None and all(here[name] == row[name] for name in (*_ABOUT, "text")):
            incoming.settle(MEMO, memo.id)
        elif incoming.is_ours(MEMO, memo.id):
            incoming.conflict(MEMO, memo.id)
        else:
            incoming.settle(MEMO, memo.id)
            reworded += text != memo.text
            if here is not None:
                differing.append(row)
            else:
                new.append({**row, "created_by": incoming.coder, "created_at": memo.created_at})
    incoming.changed.insert(Memo, new)
    incoming.changed.update(Memo, differing)
    incoming.outcome.count(MEMO, "new", len(new))
    incoming.outcome.count(MEMO, "changed", len(differing))
    if reworded:
        incoming.outcome.notices.append("Names that have been sealed here were replaced in memos.")


def merge_examples(incoming: Incoming) -> None:
    """Bring the examples of codes that the bundle has something new on, and take away those that were.

    Raises:
        BadInput: If one lies outside its text, or is another coder's here.
    """
    rows = {example.id: example for example in incoming.bundle.examples}
    present = incoming.present(CodeExample, "added_by", list(rows))
    there = {tuple(row[name] for name in _EXAMPLE): id_ for id_, row in present.items()}
    places = incoming.places(rows.values())
    new, gone = [], []
    for id_ in incoming.to_bring(EXAMPLE):
        example = rows.get(id_)
        if example is None:
            if id_ in present and f"{EXAMPLE}:{id_}" in incoming.differing.removed:
                gone.append({"id": id_})
            incoming.settle(EXAMPLE, id_)
        elif (row := _example(incoming, example, places.get(id_))) is not None:
            incoming.settle(EXAMPLE, id_)
            if id_ not in present and there.setdefault(tuple(row[name] for name in _EXAMPLE), id_) == id_:
                new.append(row)
    incoming.changed.delete(CodeExample, gone)
    incoming.changed.insert(CodeExample, new)
    incoming.outcome.count(EXAMPLE, "new", len(new))
    incoming.outcome.count(EXAMPLE, "removed", len(gone))


def _example(incoming: Incoming, example: BundledExample, place: Span | None) -> dict[str, Any] | None:
    """An example as it would be here; None if it cannot come."""
    fault = incoming.fault_of(example.source_id)
    entry = incoming.frame.find(example.code_id)
    if fault is not None:
        incoming.wait_for_source(EXAMPLE, example.source_id, fault)
    elif entry is None:
        incoming.wait_for_code(EXAMPLE, example.code_id)
    elif place is None:
        incoming.wait(EXAMPLE, NO_WORDS)
    else:
        return {
            "id": example.id,
            "code_id": entry.id,
            "kind": example.kind,
            "source_id": incoming.sources[example.source_id].id,
            "start": place.start,
            "end": place.end,
            "added_by": incoming.coder,
            "added_at": example.added_at,
        }
    return None


def _subjects(
    incoming: Incoming, wanted: Sequence[BundledMemo], stays: Mapping[str, str]
) -> dict[str, dict[str, Any] | None]:
    """For each memo the columns that say what it is about; None for one that waits for that."""
    on = {stays.get(memo.coding_id, memo.coding_id) for memo in wanted if memo.coding_id is not None}
    keys = [{"id": id_} for id_ in sorted(on)]
    found = rows_at(incoming.changed.db, table_of(Coding), ["id", "source_id"], keys)
    codings = {id_: source_id for id_, source_id in found}
    places = incoming.places(memo for memo in wanted if memo.about == memos.TURN)
    subjects = {memo.id: _subject(incoming, memo, stays, codings) for memo in wanted}
    for id_, place in places.items():
        subject = subjects[id_]
        if subject is not None and place is not None:
            subjects[id_] = subject | {"start": place.start, "end": place.end}
        elif subject is not None:
            incoming.wait(MEMO, NO_WORDS)
            subjects[id_] = None
    return subjects


def _subject(
    incoming: Incoming, memo: BundledMemo, stays: Mapping[str, str], codings: Mapping[str, str]
) -> dict[str, Any] | None:
    """The columns that say what a memo is about; None if that is not here, and the memo waits."""
    columns: dict[str, Any] = dict.fromkeys(_ABOUT)
    if not memo.text.strip():
        raise unsound("a memo is empty")
    match memo.about:
        case memos.STUDY:
            return columns
        case memos.CODE:
            entry = incoming.frame.find(memo.code_id) if memo.code_id is not None else None
            if entry is None:
                incoming.wait_for_code(MEMO, memo.code_id or "")
                return None
            return columns | {"code_id": entry.id}
        case memos.CODING:
            coding_id = stays.get(memo.coding_id or "", memo.coding_id or "")
            if coding_id not in codings:
                incoming.wait(MEMO, NO_CODING)
                return None
            return columns | {"coding_id": coding_id, "source_id": codings[coding_id]}
    fault = incoming.fault_of(memo.source_id)
    if fault is not None and not (memo.about == memos.SOURCE and fault != MISSING):
        incoming.wait_for_source(MEMO, str(memo.source_id), fault)
        return None
    return columns | {"source_id": incoming.sources[str(memo.source_id)].id}
