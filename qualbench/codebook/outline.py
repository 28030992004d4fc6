"""The codebook as an outline: the entries in use, each with its depth and what stands above it."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.codebook.tree import Codebook, CodeEntry


@dataclass(frozen=True)
class Place:
    """Where an entry stands among those in use.

    Attributes:
        entry: The entry.
        depth: How many entries in use stand above it.
        parent: Id of the nearest entry in use above it; None at the top.
    """

    entry: CodeEntry
    depth: int
    parent: str | None


def outline(book: Codebook) -> list[Place]:
    """Give the entries in use, each followed by those below it.

    What stands below a retired entry takes the place of that entry.
    """
    places: dict[str, Place] = {}
    for _, entry in book.walk():
        parent = entry.parent_id
        while parent is not None and parent not in places:
            parent = book.by_id[parent].parent_id
        places[entry.id] = Place(entry, places[parent].depth + 1 if parent else 0, parent)
    return list(places.values())
