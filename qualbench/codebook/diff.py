"""What differs between two versions of a codebook, and what that asks for."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.codebook.tree import DEFINITION, FIELDS, Codebook, CodeEntry

KINDS = (
    "added",
    "split",
    "merged",
    "retired",
    "removed",
    "restored",
    "renamed",
    "moved",
    "redefined",
    "agreed",
    "changed",
)
"""What can have become of an entry; "changed" is any other field than those the others are about."""

REREAD = frozenset({"split", "merged", "retired", "removed", "redefined"})
"""The kinds after which passages coded before are to be read again."""

_OTHERS = frozenset(FIELDS) - {
    "id", "parent_id", "label", "key", "status", "merged_into", *DEFINITION
}  # fmt: skip


@dataclass(frozen=True)
class CodeChange:
    """What became of one entry from one version to the next.

    Attributes:
        kind: One of `KINDS`.
        id: The entry.
        before: As it was; None if it was not there.
        after: As it is; None if it is no longer there.
        names: The fields that differ, for "redefined" and "changed"; the ids of the parts for "split"; the
            id of the entry that took it in for "merged".
    """

    kind: str
    id: str
    before: CodeEntry | None
    after: CodeEntry | None
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name of the entry, the later one if it has changed."""
        entry = self.after or self.before
        assert entry is not None
        return entry.label

    @property
    def asks_for_reading(self) -> bool:
        """Whether passages coded before are to be read again."""
        return self.kind in REREAD


def diff_codebooks(old: Codebook, new: Codebook) -> list[CodeChange]:
    """Give what became of each entry, in the order of the new tree; an entry can have several changes.

    Entries are known by their ids, so one that was renamed and moved is still the same.
    """
    changes: list[CodeChange] = []
    parts: dict[str, list[str]] = {}
    for _, entry in new.walk(whole=True):
        if entry.split_from is not None and entry.id not in old.by_id:
            parts.setdefault(entry.split_from, []).append(entry.id)
    for _, entry in new.walk(whole=True):
        before = old.by_id.get(entry.id)
        if before is None:
            changes += _of_new(entry, old)
        elif before != entry or entry.id in parts:
            changes += _of_present(before, entry, tuple(parts.get(entry.id, ())))
    changes += [
        CodeChange("removed", entry.id, entry, None)
        for _, entry in old.walk(whole=True)
        if entry.id not in new.by_id
    ]
    return changes


def _of_new(entry: CodeEntry, old: Codebook) -> list[CodeChange]:
    if entry.status == "merged" and entry.merged_into is not None:  # made and merged in between
        return []
    return [CodeChange("added", entry.id, None, entry)] if entry.in_use else []


def _of_present(before: CodeEntry, after: CodeEntry, parts: tuple[str, ...]) -> list[CodeChange]:
    kinds: list[tuple[str, tuple[str, ...]]] = []
    if parts:
        kinds.append(("split", parts))
    if after.merged_into is not None and after.merged_into != before.merged_into:
        kinds.append(("merged", (after.merged_into,)))  # it may have been merged into another one before
    elif after.status != before.status:
        if after.status == "retired":
            kinds.append(("retired", ()))
        elif not before.in_use:
            kinds.append(("restored", ()))
        elif after.status == "agreed":
            kinds.append(("agreed", ()))
        else:
            kinds.append(("changed", ("status",)))
    if after.label != before.label:
        kinds.append(("renamed", ()))
    if after.parent_id != before.parent_id:
        kinds.append(("moved", ()))
    redefined = tuple(name for name in DEFINITION if getattr(before, name) != getattr(after, name))
    if redefined:
        kinds.append(("redefined", redefined))
    others = tuple(
        name for name in FIELDS if name in _OTHERS and getattr(before, name) != getattr(after, name)
    )
    if others:
        kinds.append(("changed", others))
    return [CodeChange(kind, after.id, before, after, names) for kind, names in kinds]
