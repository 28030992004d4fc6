"""The codes of a bundle in the codebook here: those that it knows, and those that the coder proposes.

Codes are known by their ids. A code proposed on two machines under one id, as ids from files can be, or under
one name at one place, is two codes: the one that comes gets another id or name, for whether they mean the
same is for the team to say, which then merges them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import sqlalchemy as sa

from qualbench.codebook.drafts import one_line
from qualbench.codebook.editing import LONGEST_LABEL, checked_label
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of, columns_of
from qualbench.errors import BadInput
from qualbench.exchange.bundles.contents import Bundle, BundledCode, unsound
from qualbench.study.journal import Change
from qualbench.study.tables import Code, table_of
from qualbench.text.words import fold

Rewording = Callable[[str], str]
"""Puts pseudonyms in the place of names that have been sealed."""

_WORDS = (
    "label",
    "definition",
    "short_definition",
    "when_to_use",
    "when_not_to_use",
    "typical_example",
    "atypical_example",
    "near_miss_example",
    "central_concept",
    "question",
)


@dataclass(frozen=True)
class Frame:
    """The codebook here with what has come to it.

    Attributes:
        book: The codebook.
        ids: For codes of the bundle that go by another id here, that one.
        added: The entries that have come.
        notices: A sentence for each that came otherwise than it was.
    """

    book: Codebook
    ids: dict[str, str]
    added: list[CodeEntry]
    notices: list[str]

    def id_of(self, code_id: str) -> str:
        """Give the id here of a code of the bundle, whether it is here or not."""
        return self.ids.get(code_id, code_id)

    def find(self, code_id: str) -> CodeEntry | None:
        """Give the entry here for a code of the bundle, or the one that took it in; None if there is none."""
        entry = self.book.by_id.get(self.id_of(code_id))
        return self.book.survivor(entry) if entry is not None else None


def bring_codes(changed: Change, bundle: Bundle, reword: Rewording) -> Frame:
    """Add the entries that a coder proposes to the codebook, as candidates, with those above them.

    An entry that is here already stays as it is. One whose parent here is retired, or no theme as it is one
    itself, comes to the top.

    Args:
        changed: The change to take part in.
        bundle: The bundle.
        reword: For their words.

    Raises:
        BadInput: If they do not make a codebook.
    """
    code = table_of(Code)
    made = {
        row.id: (row.created_by, row.created_at)
        for row in changed.db.execute(sa.select(code.c.id, code.c.created_by, code.c.created_at))
    }
    frame = Frame(codebook_of(changed.db), {}, [], [])
    created: list[dict[str, str | None]] = []
    for one in _parents_first(bundle.codes):
        id_ = next(id_ for id_ in _ids(one.entry.id, bundle.coder) if _is_free(frame, one, id_, made))
        frame.ids[one.entry.id] = id_
        if id_ not in frame.book.by_id:
            entry = replace(_placed(frame, _reworded(one.entry, reword), bundle.coder), id=id_)
            if id_ != one.entry.id:
                frame.notices.append(
                    f"'{entry.label}' came under the id {id_}: another code has {one.entry.id}."
                )
            frame.added.append(entry)
            frame = replace(frame, book=Codebook([*frame.book.by_id.values(), entry]))
            created.append({"created_by": one.created_by, "created_at": one.created_at})
    if frame.added:
        frame.added[:] = [_linked(frame, entry) for entry in frame.added]
        linked = {entry.id: entry for entry in frame.added}
        frame = replace(frame, book=Codebook([linked.get(e.id, e) for e in frame.book.by_id.values()]))
        check_entries(list(frame.book.by_id.values()))
        last = changed.db.execute(sa.select(sa.func.max(code.c.position))).scalar()
        first = 0 if last is None else last + 1
        changed.insert(
            Code,
            [columns_of(entry) | {"position": first + n} | created[n] for n, entry in enumerate(frame.added)],
        )
    return frame


def _ids(code_id: str, coder: str) -> Iterator[str]:
    """The ids that a code may come under, in order."""
    yield code_id
    yield f"{code_id}-{coder.casefold()}"
    yield from (f"{code_id}-{coder.casefold()}-{n}" for n in count(2))


def _is_free(
    frame: Frame, one: BundledCode, id_: str, made: Mapping[str, tuple[str | None, str | None]]
) -> bool:
    """Whether no other code has an id: none has, or it is this one, which may have another name by now."""
    there = frame.book.by_id.get(id_)
    if there is None:
        return True
    return made.get(id_) == (one.created_by, one.created_at) or fold(there.label) == fold(one.entry.label)


def _placed(frame: Frame, entry: CodeEntry, coder: str) -> CodeEntry:
    """An entry as it can stand in the codebook here, but for its id and what else it refers to."""
    parent = frame.find(entry.parent_id) if entry.parent_id is not None else None
    if parent is not None and (not parent.in_use or (parent.level == "code" and entry.level != "code")):
        frame.notices.append(f"'{entry.label}' came to the top: it cannot stand below '{parent.label}' here.")
        parent = None
    parent_id = parent.id if parent is not None else None
    taken = {fold(other.label) for other in frame.book.children(parent_id) if other.in_use}
    label = next(label for label in _labels(entry.label, coder) if fold(label) not in taken)
    if label != entry.label:
        frame.notices.append(
            f"'{entry.label}' came as '{label}': there is a code of that name there already."
        )
    keys = {other.key for other in frame.book.by_id.values()}
    return replace(
        entry,
        parent_id=parent_id,
        label=label,
        key=entry.key if entry.key not in keys else None,
        status="candidate",
        merged_into=None,
    )


def _linked(frame: Frame, entry: CodeEntry) -> CodeEntry:
    """An entry with what it refers to besides its parent, as far as that is here."""
    themes = [found for theme in entry.also_in if (found := frame.find(theme)) is not None]
    split_from = frame.find(entry.split_from) if entry.split_from is not None else None
    return replace(
        entry,
        also_in=tuple(theme.id for theme in themes if theme.level != "code" and theme.status == "candidate"),
        split_from=split_from.id if split_from is not None else None,
    )


def _labels(label: str, coder: str) -> Iterator[str]:
    """The names that a code may come under, in order."""
    yield label
    for ending in (f" ({coder})", *(f" ({coder} {n})" for n in range(2, 1_000))):
        yield label[: LONGEST_LABEL - len(ending)].rstrip() + ending


def _reworded(entry: CodeEntry, reword: Rewording) -> CodeEntry:
    words: dict[str, Any] = {name: reword(one_line(getattr(entry, name))) for name in _WORDS}
    words["tags"] = tuple(map(reword, entry.tags))
    try:
        words["label"] = checked_label(words["label"][:LONGEST_LABEL])
    except BadInput:
        raise unsound("a code has no name") from None
    return replace(entry, **words)


def _parents_first(codes: Sequence[BundledCode]) -> list[BundledCode]:
    """Entries in an order in which each comes after the one above it; raises where they stand in a ring."""
    waiting = {one.entry.id: one for one in codes}
    ordered: list[BundledCode] = []
    while waiting:
        ready = [one for one in waiting.values() if one.entry.parent_id not in waiting]
        if not ready:
            raise unsound("its codes stand below one another")
        ordered += ready
        for one in ready:
            del waiting[one.entry.id]
    return ordered
