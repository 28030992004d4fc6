"""The codings of a bundle, put into the coder's layer.

A coding that was merged with another here, because a merge of codes or a redaction made one of them, stays
part of it; if that one goes or changes, it comes again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qualbench.exchange.bundles.contents import BundledCoding
from qualbench.exchange.bundles.incoming import CLOSED, NO_WORDS, Incoming
from qualbench.exchange.bundles.joining import Columns, joined, parts_of_others
from qualbench.exchange.bundles.work import CODING, MEMO
from qualbench.study.retext import hand_over
from qualbench.study.tables import Coding, Memo, table_of
from qualbench.text.spans import Span

_COMPARED = (
    "source_id",
    "start",
    "end",
    "code_id",
    "exemplar",
    "meaning",
    "version",
    "kept_under",
    "kept_at",
    "made_as",
)
_WORDS_AND_WHAT = ("source_id", "start", "end", "exemplar", "meaning")
"""What of a coding in a closed source stays; it may be read again still, and follow a split of its code."""

_PLACE = ("start", "end", "code_id")


@dataclass(frozen=True)
class _Plan:
    """What is to become of a layer.

    Attributes:
        present: The codings that are here, by id.
        wanted: Those that come, as they are to be.
        gone: Ids of those that go.
    """

    present: Mapping[str, Columns]
    wanted: dict[str, Columns]
    gone: set[str]


def merge_codings(incoming: Incoming, versions: int) -> tuple[dict[str, str], set[str]]:
    """Bring the codings of a bundle that it has something new on, and take away those that were.

    Args:
        incoming: The bundle.
        versions: How many versions of the codebook are the same here and there, from the first one on. A
            coding made under a later one counts as made under the last of them.

    Returns:
        For each coding that has become one with another, now or before, the id of that one; and the ids of
        those that are to go, by `remove_codings` after the memos on them.

    Raises:
        BadInput: If one lies outside its text, or is another coder's here.
    """
    rows = {row.id: row for row in incoming.bundle.codings}
    present = incoming.present(Coding, "layer", list(rows))
    targets = _targets(incoming, rows, versions)
    plan = _Plan(present, {}, set())
    for id_ in incoming.to_bring(CODING):
        row = rows.get(id_)
        if row is not None and id_ not in targets:
            _wait(incoming, row)
        elif row is None and f"{CODING}:{id_}" not in incoming.differing.removed:
            incoming.settle(CODING, id_)  # it became one with another there
        else:
            _plan(incoming, plan, id_, targets.get(id_))
    _keep_those_with_memos(incoming, plan)
    plan.wanted.update(_freed(incoming, plan, targets))
    _tell_of_codes(incoming, plan, rows, versions)
    own_id = {id_: incoming.frame.id_of(rows[id_].code_id) for id_ in plan.wanted}
    renamed = {id_ for id_, row in plan.wanted.items() if row["code_id"] != own_id[id_]}
    final, stays = _write(incoming, plan, renamed)
    gone_here = {id_: row for id_, row in targets.items() if id_ not in (final.keys() | stays)}
    return stays | parts_of_others(final, gone_here), plan.gone


def remove_codings(incoming: Incoming, gone: Collection[str]) -> None:
    """Take codings away, after the memos that were on them."""
    incoming.changed.delete(Coding, [{"id": id_} for id_ in sorted(gone)])


def _targets(incoming: Incoming, rows: Mapping[str, BundledCoding], versions: int) -> dict[str, Columns]:
    """The codings of a bundle as they would be here, but for those that cannot come."""
    targets: dict[str, Columns] = {}
    for id_, span in incoming.places(rows.values()).items():
        row = rows[id_]
        entry = incoming.frame.find(row.code_id)
        if span is None or entry is None:
            continue
        made_as = row.made_as or (row.code_id if entry.id != incoming.frame.id_of(row.code_id) else None)
        targets[id_] = {
            "source_id": incoming.sources[row.source_id].id,
            "start": span.start,
            "end": span.end,
            "code_id": entry.id,
            "created_at": row.created_at,
            "exemplar": row.exemplar,
            "meaning": row.meaning,
            "version": min(row.version, versions),
            "kept_under": min(row.kept_under, versions) if row.kept_under is not None else None,
            "kept_at": row.kept_at,
            "made_as": incoming.frame.id_of(made_as) if made_as is not None else None,
        }
    return targets


def _wait(incoming: Incoming, row: BundledCoding) -> None:
    fault = incoming.fault_of(row.source_id)
    incoming.outcome.held.add(incoming.sources[row.source_id].id)
    if fault is not None:
        incoming.wait_for_source(CODING, row.source_id, fault)
    elif incoming.frame.find(row.code_id) is None:
        incoming.wait_for_code(CODING, row.code_id)
    else:
        incoming.wait(CODING, NO_WORDS)


def _plan(incoming: Incoming, plan: _Plan, id_: str, target: Columns | None) -> None:
    """Plan what becomes of a coding; a target of None is that it goes."""
    here = plan.present.get(id_)
    source_id = str((target or here or {}).get("source_id"))
    if _same(here, target):
        incoming.settle(CODING, id_)
    elif incoming.is_ours(CODING, id_):
        incoming.conflict(CODING, id_)
        incoming.outcome.held.add(source_id)
    elif source_id in incoming.closed and not _follows(incoming, here, target):
        incoming.wait(CODING, CLOSED)
    elif target is None:
        plan.gone.add(id_)
    else:
        plan.wanted[id_] = target


def _same(here: Columns | None, target: Columns | None) -> bool:
    if here is None or target is None:
        return here is target
    return all(here[name] == target[name] for name in _COMPARED)


def _follows(incoming: Incoming, here: Columns | None, target: Columns | None) -> bool:
    """Whether a coding was only read again, or followed a split of its code."""
    if here is None or target is None or any(here[name] != target[name] for name in _WORDS_AND_WHAT):
        return False
    entry = incoming.frame.book.by_id[target["code_id"]]
    return here["code_id"] in (entry.id, entry.split_from)


def _keep_those_with_memos(incoming: Incoming, plan: _Plan) -> None:
    """Let codings stay that have memos here which neither go with them nor to another; settle the rest."""
    memo = table_of(Memo)
    stay = (plan.present.keys() | plan.wanted.keys()) - plan.gone
    leaving = {
        one.id
        for one in incoming.bundle.memos
        if one.coding_id in stay and incoming.is_new(MEMO, one.id) and not incoming.is_ours(MEMO, one.id)
    }
    rows = incoming.changed.db.execute(
        sa.select(memo.c.id, memo.c.coding_id).where(memo.c.coding_id.is_not(None))
    )
    held = {row.coding_id for row in rows if row.coding_id in plan.gone and row.id not in leaving}
    for id_ in sorted(held):
        incoming.conflict(CODING, id_)
        incoming.outcome.held.add(plan.present[id_]["source_id"])
    plan.gone.difference_update(held)
    for id_ in (*plan.gone, *plan.wanted):
        incoming.settle(CODING, id_)


def _tell_of_codes(incoming: Incoming, plan: _Plan, rows: Mapping[str, BundledCoding], versions: int) -> None:
    """Say if codings came with a code that is not as it was; not how many, for that may be hidden."""
    book = incoming.frame.book
    if not all(book.by_id[row["code_id"]].in_use for row in plan.wanted.values()):
        incoming.outcome.notices.append("Codings came with a code that is retired here.")
    if any(rows[id_].version > versions for id_ in plan.wanted):
        under = f"version {versions}" if versions else "none"
        incoming.outcome.notices.append(
            "Codings came that were made under a version of the codebook which is not here; "
            f"they count as made under {under}."
        )


def _freed(incoming: Incoming, plan: _Plan, targets: Mapping[str, Columns]) -> dict[str, Columns]:
    """Codings that became part here of one that now goes or changes, and that the coder still has there."""
    changing: dict[tuple[str, str], list[Span]] = {}
    for id_ in (*plan.gone, *(plan.wanted.keys() & plan.present.keys())):
        row = plan.present[id_]
        if row["source_id"] not in incoming.closed:
            changing.setdefault((row["source_id"], row["code_id"]), []).append(Span(row["start"], row["end"]))
    return {
        id_: target
        for id_, target in targets.items()
        if id_ not in plan.present
        and id_ not in plan.wanted
        and not incoming.is_ours(CODING, id_)
        and any(
            span.start <= target["start"] and target["end"] <= span.end
            for span in changing.get((target["source_id"], target["code_id"]), ())
        )
    }


def _write(
    incoming: Incoming, plan: _Plan, renamed: Collection[str]
) -> tuple[dict[str, Columns], dict[str, str]]:
    """Write a layer as planned; give it, and for each coding that becomes part of another the id of that."""
    changed, present = incoming.changed, plan.present
    final: dict[str, Columns] = {id_: row for id_, row in present.items() if id_ not in plan.gone}
    final |= {id_: {**row, "id": id_} for id_, row in plan.wanted.items()}
    grown, stays = joined(final, plan.wanted.keys(), renamed)
    final = {id_: {**row, **grown.get(id_, {})} for id_, row in final.items() if id_ not in stays}
    differing = [id_ for id_ in final if id_ in present and not _same(present[id_], final[id_])]
    new = [id_ for id_ in plan.wanted if id_ in final and id_ not in present]
    absorbed = [id_ for id_ in stays if id_ in present]
    moving = [id_ for id_ in differing if any(present[id_][name] != final[id_][name] for name in _PLACE)]
    aside = [*moving, *absorbed, *sorted(plan.gone)]  # so that none comes to lie where another one still is
    changed.update(Coding, [{"id": id_, "start": -n, "end": -n} for n, id_ in enumerate(aside, start=1)])
    owner = {"layer": incoming.coder, "created_by": incoming.coder}
    changed.insert(Coding, [{"id": id_, **_columns(final[id_], "created_at"), **owner} for id_ in new])
    changed.update(Coding, [{"id": id_, **_columns(final[id_])} for id_ in differing])
    hand_over(changed, {id_: stays[id_] for id_ in absorbed})
    changed.delete(Coding, [{"id": id_} for id_ in absorbed])
    for what, ids in (("new", new), ("changed", differing), ("removed", sorted(plan.gone))):
        incoming.outcome.count(CODING, what, len(ids))
        incoming.outcome.sources |= {(final.get(id_) or present[id_])["source_id"] for id_ in ids}
    return final, stays


def _columns(row: Columns, *more: str) -> dict[str, Any]:
    return {name: row[name] for name in (*_COMPARED, *more)}
