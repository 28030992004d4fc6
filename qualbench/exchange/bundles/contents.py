"""What a bundle holds: one coder's work on a copy of a study, and no word of a transcript.

A bundle holds the coder's rows as they are, and which rows each event of the coder's journal touched. From
the latter the copy that takes it in knows what is new to it, and what it has itself that the bundle has not
(`work.differing`); so a bundle can be merged twice, late, or after a newer one, and does no harm.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from qualbench.codebook.tree import CodeEntry
from qualbench.coding.applying import MEANINGS
from qualbench.coding.examples import KINDS
from qualbench.coding.memos import ABOUT
from qualbench.errors import BadInput
from qualbench.study.states import STATES

_ID = re.compile(r"[^\x00\n{}]{1,200}")  # braces mark ids in summaries


def _one_of(*known: str | None) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value not in known:
            raise ValueError("unknown")
        return value

    return AfterValidator(check)


def _sound_time(time: str) -> str:
    datetime.fromisoformat(time)
    return time


def _sound_entry(entry: CodeEntry) -> CodeEntry:
    words = ["".join(value) for value in asdict(entry).values() if value]
    sound = (
        _ID.fullmatch(entry.id)
        and not any("\0" in value for value in words)
        and (entry.colour is None or re.fullmatch("#[0-9A-Fa-f]{6}", entry.colour))
        and (entry.key is None or re.fullmatch("[0-9A-Za-z]", entry.key))
    )
    if not sound:
        raise ValueError("no entry")
    return entry


_Word = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
_Id = Annotated[str, StringConstraints(pattern=f"^{_ID.pattern}$")]
_Time = Annotated[str, StringConstraints(pattern="Z$"), AfterValidator(_sound_time)]
_Number = Annotated[int, Field(ge=0, lt=2**31)]
_STRICT = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class BundledSource:
    """A source that the coder has worked on.

    Attributes:
        text: Digest of its text, keyed by the study's secret.
        earlier: The same of the texts that it had before.
        state: How far the coder is with it, one of `states.STATES`; None if they are not assigned.
        read_at: When they marked it as read.
    """

    id: _Id
    name: _Word
    text: _Id
    earlier: tuple[_Id, ...]
    state: Annotated[str | None, _one_of(None, *STATES)]
    read_at: _Word | None


@dataclass(frozen=True, config=_STRICT)
class BundledCode:
    """A code that the coder proposes, or an entry above it; who made it and when tells it from others."""

    entry: Annotated[CodeEntry, AfterValidator(_sound_entry)]
    created_by: _Word | None
    created_at: _Word | None


@dataclass(frozen=True, config=_STRICT)
class BundledCoding:
    """A coding of the coder's layer; its columns are those of the table."""

    id: _Id
    source_id: _Id
    start: _Number
    end: _Number
    code_id: _Id
    created_at: _Word
    exemplar: bool
    meaning: Annotated[str | None, _one_of(*MEANINGS)]
    version: _Number
    kept_under: _Number | None
    kept_at: _Word | None
    made_as: _Id | None


@dataclass(frozen=True, config=_STRICT)
class BundledMemo:
    """A memo of the coder's."""

    id: _Id
    about: Annotated[str, _one_of(*ABOUT)]
    source_id: _Id | None
    start: _Number | None
    end: _Number | None
    code_id: _Id | None
    coding_id: _Id | None
    text: _Word
    created_at: _Word
    changed_at: _Word


@dataclass(frozen=True, config=_STRICT)
class BundledExample:
    """A passage that the coder has given as an example of a code."""

    id: _Id
    code_id: _Id
    kind: Annotated[str, _one_of(*KINDS)]
    source_id: _Id
    start: _Number
    end: _Number
    added_at: _Word


Lying = BundledCoding | BundledMemo | BundledExample
"""A row that may lie on words of a source."""


@dataclass(frozen=True, config=_STRICT)
class Deed:
    """An event of the coder's journal, without its payload.

    Attributes:
        hash: In the chain of that journal, which makes it the same event in every copy; empty for what is
            there without an event.
        seq: Its number there.
        touched: The rows it changed, as "table:key", and whether it took them away.
    """

    hash: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
    seq: _Number
    at: _Word
    action: _Word
    summary: _Word
    touched: dict[_Word, bool]


@dataclass(frozen=True, config=_STRICT)
class Bundle:
    """One coder's work.

    Attributes:
        coder: Initials of whose it is; nothing in it is anybody else's.
        made_at: ISO 8601, UTC.
        versions: Of the codebook, the first one first: when each was released.
        labels: Of the codes used, by id.
        events: The first one first.
    """

    id: _Id
    coder: _Id
    made_at: _Time
    versions: tuple[_Word, ...]
    sources: tuple[BundledSource, ...]
    codes: tuple[BundledCode, ...]
    labels: dict[_Id, _Word]
    codings: tuple[BundledCoding, ...]
    memos: tuple[BundledMemo, ...]
    examples: tuple[BundledExample, ...]
    events: tuple[Deed, ...]


_BUNDLE: TypeAdapter[Bundle] = TypeAdapter(Bundle)


def to_json(bundle: Bundle) -> bytes:
    """Write a bundle as JSON, in UTF-8."""
    return _BUNDLE.dump_json(bundle)


def from_json(data: bytes) -> Bundle:
    """Read a bundle from JSON.

    Raises:
        BadInput: If it is not one, or two of its rows have one id.
    """
    try:
        bundle = _BUNDLE.validate_json(data)
    except ValidationError:
        raise unsound() from None
    kinds: tuple[tuple[Any, ...], ...] = (bundle.sources, bundle.codings, bundle.memos, bundle.examples)
    entries = [one.entry for one in bundle.codes]
    if any(len({row.id for row in rows}) < len(rows) for rows in (*kinds, entries)):
        raise unsound()
    return bundle


def unsound(what: str = "") -> BadInput:
    """Give the error for a bundle that holds what no study could."""
    return BadInput(f"The bundle is not sound{what and f': {what}'}.", "Make it again on the other machine.")
