"""Entries as a file gives them, made into those of a codebook; every fault is told with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import FIELDS, LEVELS, LISTS, ORIGINS, STATUSES, CodeEntry
from qualbench.errors import BadInput
from qualbench.text.words import fold, normalise

FILE_FIELDS = (
    "id",
    "level",
    "label",
    "short_definition",
    "definition",
    "central_concept",
    "when_to_use",
    "when_not_to_use",
    "typical_example",
    "atypical_example",
    "near_miss_example",
    "origin",
    "question",
    "tags",
    "stakeholders",
    "timepoints",
    "also_in",
    "colour",
    "key",
    "status",
    "merged_into",
    "split_from",
)
"""The fields of an entry in the order in which files give them; its parent is said by where it stands."""

DEEPEST = 100  # levels

UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What neither YAML nor a workbook can hold, and nobody sees; byte order marks too."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NEVER_EMPTY = ("id", "level", "label", "status")
_KNOWN = {"level": LEVELS, "status": STATUSES, "origin": ORIGINS}
_FORMS = {
    "colour": (re.compile("#[0-9A-Fa-f]{6}"), "is not a colour", "Write it as #RRGGBB."),
    "key": (re.compile("[0-9A-Za-z]"), "cannot be the key of a code", "Use one letter or digit."),
    "merged_into": (_ID, "cannot be an id", "Give the id of the entry that took it in."),
    "split_from": (_ID, "cannot be an id", "Give the id of the entry that it was split from."),
}


@dataclass(frozen=True)
class BookFile:
    """A codebook as a file holds it.

    Attributes:
        name: The short name, such as `npt`.
        entries: Parents before children, siblings in their order.
        given: By id, the fields that the file mentions, be it to leave them empty.
        title: In words.
        framework: The prefix of its tags, such as `tfa`, if it is a published framework.
        source: Where its constructs come from.
        version: The version of the study's codebook that it holds, if it holds one.
        ignored: Columns of a sheet that are no fields.
    """

    name: str
    entries: list[CodeEntry]
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    title: str = ""
    framework: str = ""
    source: str = ""
    version: str = ""
    ignored: tuple[str, ...] = ()


@dataclass(eq=False)
class Draft:
    """An entry as a file gives it.

    Attributes:
        place: Where it stands, such as `book.yaml, line 4, column 5`.
        values: What it says by field, on one line; a tuple for the fields that hold several items.
        places: Where each field stands.
        parent: The entry above it.
    """

    place: str
    values: dict[str, Any]
    places: Mapping[str, str]
    parent: Draft | None = None

    def at(self, name: str) -> str:
        """Give the place of a field, that of the entry if it has none."""
        return self.places.get(name, self.place)


def one_line(text: str) -> str:
    """Give a text as files and the codebook hold it: one line, single blanks, composed accents."""
    return " ".join(UNREADABLE.sub("", normalise(text)).split())


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Give the known name that one may have been meant to be."""
    return next(iter(get_close_matches(name.casefold().replace(" ", "_"), known, 1, 0.7)), None)


def entries_of(drafts: Sequence[Draft]) -> tuple[list[CodeEntry], dict[str, frozenset[str]]]:
    """Give the entries that drafts make, and by id the fields that the file mentions.

    Args:
        drafts: Parents before children.

    Raises:
        BadInput: If one is not as it should be or they do not make a codebook, with the place.
    """
    entries: list[CodeEntry] = []
    levels: dict[Draft, int] = {}
    for draft in drafts:
        levels[draft] = levels[draft.parent] + 1 if draft.parent else 0
        if levels[draft] >= DEEPEST:
            raise BadInput(f"{draft.place}: it stands more than {DEEPEST} levels deep.", "Flatten the tree.")
        entries.append(_entry(draft, levels[draft]))
    _refuse_doubles(drafts, entries)
    by_id = {entry.id: (draft, entry) for draft, entry in zip(drafts, entries, strict=True)}
    for draft, entry in by_id.values():
        _check_links(draft, entry, by_id)
    _check_merges(by_id)
    check_entries(entries)
    return entries, {entry.id: _given(draft) for draft, entry in by_id.values()}


def _given(draft: Draft) -> frozenset[str]:
    """The fields that are mentioned; one that no entry can be without, only if something stands there."""
    return frozenset(name for name, value in draft.values.items() if value or name not in _NEVER_EMPTY)


def _entry(draft: Draft, depth: int) -> CodeEntry:
    values = {name: value for name, value in draft.values.items() if value}
    code_id = values.pop("id", "")
    if not _ID.fullmatch(code_id):
        raise BadInput(
            f"{draft.at('id')}: '{code_id}' cannot be an id.", "Use small letters, digits and hyphens."
        )
    if not values.get("label"):
        raise BadInput(f"{draft.at('label')}: {code_id} has no label.", "Give it one.")
    for name, known in _KNOWN.items():
        if name in values and values[name] not in known:
            what = f"{'an' if name == 'origin' else 'a'} {name}"
            raise BadInput(
                f"{draft.at(name)}: '{values[name]}' is not {what}.",
                f"Use one of {', '.join(filter(None, known))}.",
            )
    for name, (form, problem, hint) in _FORMS.items():
        if name in values and not form.fullmatch(values[name]):
            raise BadInput(f"{draft.at(name)}: '{values[name]}' {problem}.", hint)
    level = values.pop("level", LEVELS[min(depth, len(LEVELS) - 1)])
    return CodeEntry(code_id, draft.parent.values["id"] if draft.parent else None, level, **values)


def _refuse_doubles(drafts: Sequence[Draft], entries: Sequence[CodeEntry]) -> None:
    first: dict[tuple[str | None, ...], Draft] = {}
    for draft, entry in zip(drafts, entries, strict=True):
        label = ("label", entry.parent_id, fold(entry.label)) if entry.in_use else None
        for what, problem, hint in (
            (("id", entry.id), f"the id '{entry.id}' is used twice", "Give one of the two another id."),
            (
                label,
                f"two codes under one parent are labelled '{entry.label}'",
                "Rename one of them.",
            ),
            (("key", entry.key), f"two codes have the key '{entry.key}'", "Give one another key."),
        ):
            if what is None or what[-1] is None:
                continue
            if first.setdefault(what, draft) is not draft:
                other = first[what].at(str(what[0])).partition(", ")[2]
                raise BadInput(f"{draft.at(str(what[0]))}: {problem}, first in {other}.", hint)


def _check_links(draft: Draft, entry: CodeEntry, by_id: Mapping[str, tuple[Draft, CodeEntry]]) -> None:
    for name, ids in (("merged_into", (entry.merged_into,)), ("also_in", entry.also_in)):
        for other in ids:
            if other is not None and other not in by_id:
                raise BadInput(
                    f"{draft.at(name)}: '{entry.id}' refers to '{other}', which is not in the file.",
                    "Add it, or correct it.",
                )
    for theme in entry.also_in:
        if by_id[theme][1].level == "code":
            raise BadInput(
                f"{draft.at('also_in')}: '{entry.id}' cannot sit in the code '{theme}'.",
                "Only themes group codes.",
            )
    if entry.status == "merged" and entry.merged_into is None:
        raise BadInput(
            f"{draft.at('status')}: '{entry.id}' is merged, but not said into which.", "Give merged_into."
        )
    if entry.status != "merged" and entry.merged_into is not None:
        raise BadInput(
            f"{draft.at('merged_into')}: '{entry.id}' says into which it was merged, but not that it was.",
            "Write 'merged' for its status, or take merged_into out.",
        )


def _check_merges(by_id: Mapping[str, tuple[Draft, CodeEntry]]) -> None:
    sound: set[str] = set()
    for draft, entry in by_id.values():
        seen: set[str] = set()
        at: str | None = entry.id
        while at is not None and at not in sound:
            if at in seen:
                raise BadInput(
                    f"{draft.at('merged_into')}: '{entry.id}' would be merged into itself.",
                    "Give another entry.",
                )
            seen.add(at)
            at = by_id[at][1].merged_into
        sound |= seen


assert set(FILE_FIELDS) | {"parent_id"} == set(FIELDS)
assert set(LISTS) < set(FILE_FIELDS)
