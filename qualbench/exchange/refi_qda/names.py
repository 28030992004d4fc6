"""What the files of REFI-QDA share: stable GUIDs, and names that NVivo takes."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from qualbench.codebook.outline import Place
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import ForeignGuid, table_of
from qualbench.text.words import fold

_RESERVED = re.compile(r'[\\/:*?"<>|]')  # in NVivo's names of codes and cases
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Guids:
    """Stable GUIDs: of the same thing always the same, so that exports can be compared and merged.

    What came from another program keeps the GUID that it had there.

    Args:
        study_uid: The study's own UUID.
        foreign: GUIDs of other programs, by kind and by what they stand for (`ForeignGuid`).
        capitals: Whether they are written in capitals.
    """

    def __init__(
        self,
        study_uid: str,
        foreign: Mapping[tuple[str, str], str] | None = None,
        *,
        capitals: bool = False,
    ) -> None:
        self._space = hashlib.sha1(uuid.UUID(study_uid).bytes, usedforsecurity=False)
        self._foreign = foreign or {}
        self._capitals = capitals

    def __call__(self, kind: str, name: str) -> str:
        guid = self._foreign.get((kind, name)) or self._made(f"{kind}/{name}")
        return guid.upper() if self._capitals else guid

    def _made(self, name: str) -> str:
        """The UUID of version 5 (RFC 9562, 5.5); a project has tens of thousands, and `uuid.uuid5` takes four
        times as long."""
        digest = self._space.copy()
        digest.update(name.encode())
        h = digest.hexdigest()
        return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{int(h[16], 16) & 3 | 8:x}{h[17:20]}-{h[20:32]}"


def guids_of(study: Study, *, capitals: bool = False) -> Guids:
    """Give the GUIDs of a study; of two things that came with one GUID only the first has it."""
    table = table_of(ForeignGuid)
    with study.read() as db:
        rows = db.execute(
            sa.select(table.c.guid, table.c.kind, table.c.key).order_by(table.c.kind, table.c.key)
        )
        first: dict[str, tuple[str, str]] = {}
        for guid, kind, key in rows:
            first.setdefault(guid.lower(), (kind, key))
    return Guids(read_study_settings(study).uid, {of: guid for guid, of in first.items()}, capitals=capitals)


def case_key(participant: str, timepoint: str | None) -> str:
    """Give the name of a case: a participant at a timepoint."""
    return f"{participant} {timepoint}" if timepoint else participant


def clean(text: str) -> str:
    """Give a text without the characters that XML does not allow."""
    return _NOT_XML.sub("", text)


def safe_name(name: str) -> str:
    """Put `~` for what NVivo does not allow in a name, as its own auto-coding does."""
    return _RESERVED.sub("~", clean(name)).strip()


def own_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give each thing of a kind a name of its own that NVivo takes, by id.

    Args:
        names: Id and name of each, in order; where two names differ only in what NVivo does not allow, or in
            capitals, the second gets a number.
    """
    taken: set[str] = set()
    given: dict[str, str] = {}
    for id_, name in names:
        safe = safe_name(name) or id_
        number, own = 1, safe
        while fold(own) in taken:
            number += 1
            own = f"{safe} ({number})"
        taken.add(fold(own))
        given[id_] = own
    return given


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
