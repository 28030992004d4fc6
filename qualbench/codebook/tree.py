"""The entries of a codebook and the tree they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound
from qualbench.study.database import Study
from qualbench.study.tables import Code, table_of
from qualbench.text.words import fold

LEVELS = ("theme", "subtheme", "code")
STATUSES = ("candidate", "agreed", "retired", "merged")
ORIGINS = ("", "theory", "data")
IN_USE = ("candidate", "agreed")
"""The statuses of entries that can be applied."""

LISTS = ("tags", "stakeholders", "timepoints", "also_in")
"""The fields that hold several items."""

DEFINITION = (
    "short_definition",
    "definition",
    "when_to_use",
    "when_not_to_use",
    "central_concept",
)
"""The fields that say what a code means: a change of one asks for its passages to be read again."""


@dataclass(frozen=True)
class CodeEntry:
    """An entry of the codebook (fields after MacQueen et al. 1998 and Braun & Clarke 2006).

    Attributes:
        id: Stable through renames, unique in the book.
        parent_id: The entry above, None for one at the top.
        level: One of `LEVELS`.
        definition: The full definition.
        near_miss_example: Talk that is close, but not to be given this code.
        central_concept: What holds a theme together, its central organising concept.
        origin: One of `ORIGINS`: whether it comes from theory or from the data.
        question: The question, or row of the protocol's Table 1, that it serves.
        tags: Constructs of frameworks, such as `tfa:burden`.
        stakeholders: The stakeholder types whose talk it is for; empty for all.
        timepoints: The timepoints it is for; empty for all.
        also_in: Ids of the candidate themes it sits in besides its parent, while themes are developed.
        colour: `#RRGGBB`; the entries below take it over.
        key: The letter or digit that applies it in the workbench.
        status: One of `STATUSES`.
        merged_into: Id of the entry that took it in, if it is merged.
        split_from: Id of the entry that it was split from.
    """

    id: str
    parent_id: str | None
    level: str
    label: str
    definition: str = ""
    short_definition: str = ""
    when_to_use: str = ""
    when_not_to_use: str = ""
    typical_example: str = ""
    atypical_example: str = ""
    near_miss_example: str = ""
    central_concept: str = ""
    origin: str = ""
    question: str = ""
    tags: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    timepoints: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    colour: str | None = None
    key: str | None = None
    status: str = "agreed"
    merged_into: str | None = None
    split_from: str | None = None

    @property
    def in_use(self) -> bool:
        """Whether it can be applied: it is neither retired nor merged into another."""
        return self.status in IN_USE


FIELDS = tuple(field.name for field in fields(CodeEntry))


class Codebook:
    """The entries of a codebook as a tree.

    Args:
        entries: Siblings in their order.
    """

    def __init__(self, entries: Sequence[CodeEntry]) -> None:
        self.by_id: Mapping[str, CodeEntry] = {entry.id: entry for entry in entries}
        self._children: dict[str | None, list[CodeEntry]] = defaultdict(list)
        self._grouped: dict[str, list[CodeEntry]] = defaultdict(list)  # by the candidate theme they sit in
        for entry in entries:
            self._children[entry.parent_id].append(entry)
            for theme in entry.also_in:
                self._grouped[theme].append(entry)

    def __len__(self) -> int:
        return len(self.by_id)

    def children(self, parent_id: str | None) -> list[CodeEntry]:
        """Give the entries right below one, in their order; those below None are the roots."""
        return self._children.get(parent_id, [])

    def walk(self, parent_id: str | None = None, *, whole: bool = False) -> Iterator[tuple[int, CodeEntry]]:
        """Give the entries in use below one, each followed by those below it, with their depth.

        Args:
            parent_id: The entry to begin below; None begins at the roots.
            whole: Whether retired and merged entries are given too.
        """
        ahead = [(0, entry) for entry in reversed(self.children(parent_id))]
        while ahead:
            depth, entry = ahead.pop()
            if whole or entry.in_use:
                yield depth, entry
            ahead += [(depth + 1, below) for below in reversed(self.children(entry.id))]

    def members(self, theme_id: str) -> list[CodeEntry]:
        """Give the entries in use below a theme, and those that sit in it as a candidate, once each."""
        below = [entry for _, entry in self.walk(theme_id)]
        for entry in self._grouped.get(theme_id, ()):
            if entry.in_use:
                below += [entry, *(under for _, under in self.walk(entry.id))]
        return list(dict.fromkeys(below))

    def at_and_below(self, code_id: str) -> list[str]:
        """Give the ids of an entry, of all below it, retired or not, and of those in it as candidates."""
        below = (entry.id for _, entry in self.walk(code_id, whole=True))
        return list(dict.fromkeys([code_id, *below, *(entry.id for entry in self.members(code_id))]))

    def path(self, code_id: str) -> list[CodeEntry]:
        """Give an entry and those above it, the root first."""
        path = [self.by_id[code_id]]
        while path[-1].parent_id is not None:
            path.append(self.by_id[path[-1].parent_id])
        return path[::-1]

    def ancestor(self, code_id: str, level: str) -> CodeEntry | None:
        """Give the entry of a level at or above an entry, None if there is none."""
        return next((entry for entry in self.path(code_id) if entry.level == level), None)

    def colour(self, code_id: str) -> str | None:
        """Give the colour of an entry: its own, or the nearest one above it."""
        return next((entry.colour for entry in reversed(self.path(code_id)) if entry.colour), None)

    def survivor(self, entry: CodeEntry) -> CodeEntry:
        """Give the entry that an entry has come to be part of by merging; itself if it was not merged."""
        while entry.merged_into is not None:
            entry = self.by_id[entry.merged_into]
        return entry

    def find(self, id_or_label: str) -> CodeEntry:
        """Give an entry by its id or label; one that was merged gives the entry that took it in.

        A label is looked for among the entries in use first, so that the names of those retired and merged
        stay findable without standing in the way.

        Raises:
            NotFound: If there is none, or several have that label.
        """
        if id_or_label in self.by_id:
            return self.survivor(self.by_id[id_or_label])
        same = [entry for entry in self.by_id.values() if fold(entry.label) == fold(id_or_label)]
        same = [entry for entry in same if entry.in_use] or list(
            dict.fromkeys(self.survivor(entry) for entry in same)
        )
        if len(same) == 1:
            return same[0]
        if same:
            ids = ", ".join(entry.id for entry in same)
            raise NotFound(f"{len(same)} codes are labelled '{id_or_label}'.", f"Give the id: {ids}.")
        raise NotFound(f"There is no code '{id_or_label}'.", "'qualbench codebook show' lists them.")


def read_codebook(study: Study) -> Codebook:
    """Give the codebook of a study as it is now."""
    with study.read() as db:
        return codebook_of(db)


def codebook_of(db: Session) -> Codebook:
    """Give the codebook in an open session."""
    table = table_of(Code)
    rows = db.execute(sa.select(table).order_by(table.c.position, table.c.id)).mappings()
    return Codebook([entry_of(row) for row in rows])


def entry_of(row: Mapping[Any, Any]) -> CodeEntry:
    """Give the entry that a row of the table `code` holds."""
    values = {name: row[name] for name in FIELDS}
    return CodeEntry(**values | {name: tuple(row[name].split("\n")) if row[name] else () for name in LISTS})


def columns_of(entry: CodeEntry) -> dict[str, Any]:
    """Give an entry as the columns of its row, but for its position."""
    return {
        name: "\n".join(getattr(entry, name)) if name in LISTS else getattr(entry, name) for name in FIELDS
    }
