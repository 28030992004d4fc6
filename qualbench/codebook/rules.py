"""What a codebook must keep to, whoever changes it and in whatever way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qualbench.codebook.tree import LEVELS, ORIGINS, STATUSES, CodeEntry
from qualbench.errors import BadInput
from qualbench.text.words import fold


def check_entries(entries: Sequence[CodeEntry]) -> None:
    """Check that entries make a codebook.

    Args:
        entries: All the entries of the book.

    Raises:
        BadInput: If an id or key is used twice, two entries in use under one parent have one name, an entry
            refers to one that is not there, would stand below itself, or has a field with an unknown value.
    """
    by_id: dict[str, CodeEntry] = {}
    keys: dict[str, CodeEntry] = {}
    places: dict[tuple[str | None, str], CodeEntry] = {}
    for entry in entries:
        if by_id.setdefault(entry.id, entry) is not entry:
            raise BadInput(f"The id '{entry.id}' is used twice.", "Give one of the two another id.")
        if entry.key and keys.setdefault(entry.key, entry) is not entry:
            raise BadInput(f"Two codes have the key '{entry.key}'.", "Give one another key.")
        if entry.in_use and places.setdefault((entry.parent_id, fold(entry.label)), entry) is not entry:
            raise BadInput(f"Two codes under one parent are labelled '{entry.label}'.", "Rename one of them.")
    for entry in entries:
        _check_values(entry)
        _check_links(entry, by_id)
    _check_cycles({entry.id: entry.parent_id for entry in entries}, "would stand below itself")
    _check_cycles({entry.id: entry.merged_into for entry in entries}, "would be merged into itself")
    for entry in entries:
        _check_candidate_themes(entry, by_id)


def _check_values(entry: CodeEntry) -> None:
    for what, value, known in (
        ("a level", entry.level, LEVELS),
        ("a status", entry.status, STATUSES),
        ("an origin", entry.origin, ORIGINS),
    ):
        if value not in known:
            names = ", ".join(name for name in known if name)
            raise BadInput(f"{entry.id}: '{value}' is not {what}.", f"Use one of {names}.")
    if (entry.status == "merged") != (entry.merged_into is not None):
        raise BadInput(
            f"{entry.id}: an entry is merged if and only if it says into which.", "Give merged_into."
        )


def _check_links(entry: CodeEntry, by_id: Mapping[str, CodeEntry]) -> None:
    for other in (entry.parent_id, entry.merged_into, *entry.also_in):
        if other is not None and other not in by_id:
            raise BadInput(f"'{entry.id}' refers to '{other}', which is not there.", "Add it, or correct it.")
    for theme in entry.also_in:
        if by_id[theme].level == "code":
            raise BadInput(f"'{entry.id}' cannot sit in the code '{theme}'.", "Only themes group codes.")


def _check_candidate_themes(entry: CodeEntry, by_id: Mapping[str, CodeEntry]) -> None:
    for theme in entry.also_in:
        at: str | None = theme
        while at is not None:
            if at == entry.id:
                raise BadInput(f"'{entry.label}' cannot sit in itself.", "Choose a theme outside of it.")
            at = by_id[at].parent_id


def _check_cycles(above: Mapping[str, str | None], what: str) -> None:
    sound: set[str] = set()
    for start in above:
        seen: set[str] = set()
        at: str | None = start
        while at is not None and at not in sound:
            if at in seen:
                raise BadInput(f"The code '{start}' {what}.", "Give it another parent.")
            seen.add(at)
            at = above.get(at)
        sound |= seen
