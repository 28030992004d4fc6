"""Reading and writing the tree of codes of a study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from sqlmodel import Session, select

from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import Code

LEVELS = ("theme", "subtheme", "code")


@dataclass(frozen=True)
class CodeEntry:
    """An entry of the codebook.

    Attributes:
        id: Stable through renames, unique in the book.
        parent_id: The entry above, None for a theme.
        level: One of `LEVELS`.
        colour: `#RRGGBB`, on themes; the entries below take it over.
        key: The letter or digit that applies it in the workbench.
    """

    id: str
    parent_id: str | None
    level: str
    label: str
    definition: str = ""
    when_to_use: str = ""
    when_not_to_use: str = ""
    typical_example: str = ""
    colour: str | None = None
    key: str | None = None
    status: str = "agreed"


class Codebook:
    """The entries of a codebook as a tree.

    Args:
        entries: Siblings in their order.
    """

    def __init__(self, entries: Sequence[CodeEntry]) -> None:
        self.by_id: Mapping[str, CodeEntry] = {entry.id: entry for entry in entries}
        self._children: dict[str | None, list[CodeEntry]] = defaultdict(list)
        for entry in entries:
            self._children[entry.parent_id].append(entry)

    def __len__(self) -> int:
        return len(self.by_id)

    def children(self, parent_id: str | None) -> list[CodeEntry]:
        """Give the entries right below one, in their order; those below None are the roots."""
        return self._children.get(parent_id, [])

    def walk(self, parent_id: str | None = None, depth: int = 0) -> Iterator[tuple[int, CodeEntry]]:
        """Give the entries below one, each followed by those below it, with their depth."""
        for entry in self.children(parent_id):
            yield depth, entry
            yield from self.walk(entry.id, depth + 1)

    def path(self, code_id: str) -> list[CodeEntry]:
        """Give an entry and those above it, the root first."""
        path = [self.by_id[code_id]]
        while path[0].parent_id is not None:
            path.insert(0, self.by_id[path[0].parent_id])
        return path

    def ancestor(self, code_id: str, level: str) -> CodeEntry | None:
        """Give the entry of a level at or above an entry, None if there is none."""
        return next((entry for entry in self.path(code_id) if entry.level == level), None)

    def colour(self, code_id: str) -> str | None:
        """Give the colour of an entry: its own, or the nearest one above it."""
        return next((entry.colour for entry in reversed(self.path(code_id)) if entry.colour), None)

    def find(self, id_or_label: str) -> CodeEntry:
        """Give an entry by its id, or by its label where that is unambiguous.

        Raises:
            NotFound: If there is none, or several have that label.
        """
        if id_or_label in self.by_id:
            return self.by_id[id_or_label]
        same = [e for e in self.by_id.values() if e.label.casefold() == id_or_label.casefold()]
        if len(same) == 1:
            return same[0]
        if same:
            ids = ", ".join(entry.id for entry in same)
            raise NotFound(f"{len(same)} codes are labelled '{id_or_label}'.", f"Give the id: {ids}.")
        raise NotFound(f"There is no code '{id_or_label}'.", "'qualbench codebook show' lists them.")


@dataclass(frozen=True)
class CodebookImport:
    """What an import of a codebook changed, by id."""

    added: list[str]
    updated: list[str]
    unchanged: list[str]


def read_codebook(study: Study) -> Codebook:
    """Give the codebook of a study."""
    with study.read() as db:
        return codebook_of(db)


def codebook_of(db: Session) -> Codebook:
    """Give the codebook in an open session."""
    rows = sorted(db.exec(select(Code)), key=lambda code: code.position)
    names = [field.name for field in fields(CodeEntry)]
    return Codebook([CodeEntry(**{name: getattr(row, name) for name in names}) for row in rows])


def import_entries(study: Study, entries: Sequence[CodeEntry], origin: str) -> CodebookImport:
    """Bring entries into the study's codebook in one change; entries are known by id, none is removed.

    Args:
        study: The study.
        entries: Parents before children.
        origin: What they come from, for the journal.

    Raises:
        BadInput: If the entries would make a cycle.
    """
    with change(study, "codebook") as changed:
        present = codebook_of(changed.db)
        entries = _with_keys(present, entries)
        positions = {entry.id: n for n, entry in enumerate(entries)}
        kept = [i for i in present.by_id if i not in positions]  # in their order, after those of the file
        positions |= {code_id: len(entries) + n for n, code_id in enumerate(kept)}
        added = [entry for entry in entries if entry.id not in present.by_id]
        updated = [
            entry for entry in entries if entry.id in present.by_id and entry != present.by_id[entry.id]
        ]
        _refuse_cycles(present, entries)
        columns = [field.name for field in fields(CodeEntry)]
        keys = {entry.key: entry.id for entry in entries if entry.key is not None}
        let_go = [e for e in present.by_id.values() if e.key and keys.get(e.key, e.id) != e.id]
        changed.update(Code, [{"id": e.id, "key": None} for e in let_go])  # before another has it
        changed.insert(
            Code,
            [
                {name: getattr(entry, name) for name in columns} | {"position": positions[entry.id]}
                for entry in added
            ],
        )
        changed.update(Code, [{name: getattr(entry, name) for name in columns} for entry in updated])
        changed.update(Code, [{"id": code_id, "position": positions[code_id]} for code_id in present.by_id])
        changed.summary = f"Imported {origin}: {len(added)} codes added, {len(updated)} changed"
    touched = {entry.id for entry in (*added, *updated)}
    unchanged = [entry.id for entry in entries if entry.id not in touched]
    return CodebookImport([e.id for e in added], [e.id for e in updated], unchanged)


def _with_keys(present: Codebook, entries: Sequence[CodeEntry]) -> list[CodeEntry]:
    """Entries that give no key keep the one they have, unless another entry takes it."""
    taken = {entry.key for entry in entries}
    return [
        replace(entry, key=present.by_id[entry.id].key)
        if entry.key is None and entry.id in present.by_id and present.by_id[entry.id].key not in taken
        else entry
        for entry in entries
    ]


def _refuse_cycles(present: Codebook, entries: Sequence[CodeEntry]) -> None:
    parents = {i: entry.parent_id for i, entry in present.by_id.items()}
    parents |= {entry.id: entry.parent_id for entry in entries}
    for start in parents:
        seen: set[str] = set()
        at: str | None = start
        while at is not None:
            if at in seen:
                raise BadInput(f"The code '{start}' would stand below itself.", "Give it another parent.")
            seen.add(at)
            at = parents.get(at)
