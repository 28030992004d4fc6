"""Reading before coding: who has read a source through, and places that a coder comes back to."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.coding.places import text_length
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.study.tables import Bookmark, Reading, Source, now, table_of
from qualbench.transcripts.sources import source_ids

_LETTER = re.compile(r"[a-zA-Z]")


def mark_read(study: Study, *names: str, take_back: bool = False) -> None:
    """Record that the coder at work has read sources through, or take that back.

    Raises:
        NotFound: If one of the names is not a source.
        Refused: If that is so already for all of them.
    """
    with change(study, "read") as changed:
        ids = source_ids(changed.db, list(names))
        table = table_of(Reading)
        have = set(
            changed.db.execute(sa.select(table.c.source_id).where(table.c.coder == changed.coder)).scalars()
        )
        to_change = list(dict.fromkeys(ids[name] for name in names if (ids[name] in have) == take_back))
        if not to_change:
            raise Refused(
                "Nothing to do: you had not marked that as read."
                if take_back
                else "You have read that already."
            )
        keys = [{"source_id": source_id, "coder": changed.coder} for source_id in to_change]
        if take_back:
            changed.delete(Reading, keys)
        else:
            read_at = now()
            changed.insert(Reading, [{**key, "read_at": read_at} for key in keys])
        marks = ", ".join(map(source_mark, to_change))
        changed.summary = f"{'No longer marked' if take_back else 'Marked'} as read: {marks}"


def readers_of(study: Study) -> dict[str, list[tuple[str, str]]]:
    """Give for each source that somebody has read, by name, who has and when, in order of initials."""
    reading, source = table_of(Reading), table_of(Source)
    readers: dict[str, list[tuple[str, str]]] = {}
    with study.read() as db:
        for name, coder, read_at in db.execute(
            sa.select(source.c.name, reading.c.coder, reading.c.read_at)
            .join_from(reading, source, reading.c.source_id == source.c.id)
            .order_by(reading.c.coder)
        ):
            readers.setdefault(name, []).append((coder, read_at))
    return readers


@dataclass(frozen=True)
class BookmarkRead:
    """A place in a source, by its letter.

    Attributes:
        position: A code point of the text of the source.
    """

    letter: str
    source: str
    position: int


def set_bookmark(study: Study, letter: str, source: str, position: int) -> None:
    """Remember a place by a letter; one that the coder at work has set before moves there.

    Args:
        study: The study.
        letter: One of a-z and A-Z.
        source: The name of the source.
        position: A code point of its text.

    Raises:
        BadInput: If it is not one letter, or the place lies outside the text.
        NotFound: If there is no such source.
    """
    if not _LETTER.fullmatch(letter):
        raise BadInput(f"'{letter}' cannot be a bookmark.", "Use a letter from a to z or from A to Z.")
    with change(study, "bookmark") as changed:
        source_id = source_ids(changed.db, [source])[source]
        if not 0 <= position <= text_length(changed.db, source_id):
            raise BadInput(f"{source} has no place {position}.", "Count its characters from 0.")
        key = {"coder": changed.coder, "letter": letter}
        row = {**key, "source_id": source_id, "position": position}
        if changed.db.get(Bookmark, key) is None:
            changed.insert(Bookmark, [row])
        else:
            changed.update(Bookmark, [row])
        changed.summary = f"Set bookmark {letter} in {source_mark(source_id)}"


def find_bookmark(study: Study, letter: str) -> BookmarkRead:
    """Give the place that the coder at work remembers by a letter.

    Raises:
        NotFound: If there is none.
    """
    found = next((bookmark for bookmark in list_bookmarks(study) if bookmark.letter == letter), None)
    if found is None:
        raise NotFound(f"There is no bookmark '{letter}'.", "Set one there first.")
    return found


def list_bookmarks(study: Study) -> list[BookmarkRead]:
    """Give the bookmarks of the coder at work in order of letters, small ones first."""
    bookmark, source = table_of(Bookmark), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(bookmark.c.letter, source.c.name, bookmark.c.position)
            .join_from(bookmark, source, bookmark.c.source_id == source.c.id)
            .where(bookmark.c.coder == study.coder)
        ).all()
    return sorted((BookmarkRead(*row) for row in rows), key=lambda b: (b.letter.isupper(), b.letter))
