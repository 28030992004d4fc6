"""What the files of REFI-QDA share: stable GUIDs, and names that NVivo takes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from qualbench.codebook.outline import Place
from qualbench.text.words import fold

_RESERVED = re.compile(r'[\\/:*?"<>|]')  # in NVivo's names of codes and cases
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Guids:
    """Stable GUIDs: of the same thing always the same, so that exports can be compared and merged.

    Args:
        study_uid: The study's own UUID.
    """

    def __init__(self, study_uid: str) -> None:
        self._space = uuid.UUID(study_uid)

    def __call__(self, kind: str, name: str) -> str:
        return str(uuid.uuid5(self._space, f"{kind}/{name}"))


def clean(text: str) -> str:
    """Give a text without the characters that XML does not allow."""
    return _NOT_XML.sub("", text)


def safe_name(name: str) -> str:
    """Put `~` for what NVivo does not allow in a name, as its own auto-coding does."""
    return _RESERVED.sub("~", clean(name)).strip()


def code_names(places: Iterable[Place], at_the_top: Iterable[str] = ()) -> dict[str, str]:
    """Give each entry the name that it goes out under, by id.

    Two entries under one parent whose labels differ only in what NVivo does not allow, or in capitals, are
    told apart by the id of the second.

    Args:
        places: The entries, in the order of the book.
        at_the_top: Names at the top that are taken already.
    """
    taken: set[tuple[str | None, str]] = {(None, fold(name)) for name in at_the_top}
    names: dict[str, str] = {}
    for place in places:
        entry = place.entry
        name = safe_name(entry.label) or entry.id
        while (place.parent, fold(name)) in taken:
            name = f"{name} ({entry.id})"
        taken.add((place.parent, fold(name)))
        names[entry.id] = name
    return names
