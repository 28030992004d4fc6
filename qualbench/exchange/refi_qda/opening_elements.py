"""The small parts of a project's XML: names, references, times, values, codings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING

from qualbench.exchange.refi_qda.opening_model import CodingXml, Guid
from qualbench.exchange.refi_qda.reading import read_guid
from qualbench.text.words import normalise
from qualbench.transcripts.readers import printable

if TYPE_CHECKING:
    from lxml.etree import _Element

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_000)
def tag_name(tag: str) -> str:
    """Give a name of an element without its namespace, in small letters."""
    return intern(str(tag).rpartition("}")[2].casefold())


@lru_cache(maxsize=50_000)
def shared_guid(text: str | None) -> Guid:
    """Give a GUID that comes back thousands of times, as one string."""
    return read_guid(text)


def coding_of(element: _Element) -> CodingXml:
    """Give a coding."""
    code: Guid = None
    notes: tuple[str, ...] = ()
    for child in element:
        name = tag_name(child.tag)
        if name == "coderef" and code is None:
            code = shared_guid(child.get("targetGUID"))
        elif name == "noteref":
            notes += tuple(filter(None, [target_of(child)]))
    return CodingXml(
        read_guid(element.get("guid")),
        code,
        shared_guid(element.get("creatingUser")),
        read_time(element.get("creationDateTime")),
        notes,
    )


def value_of(element: _Element) -> dict[str, str]:
    """Give the value of a variable, by its GUID; nothing if it has none."""
    guid: Guid = None
    value = ""
    for child in element:
        if tag_name(child.tag) == "variableref":
            guid = target_of(child)
        elif tag_name(child.tag).endswith("value"):
            value = " ".join(normalise(child.text or "").split())
    return {guid: value} if guid is not None and value else {}


def target_of(element: _Element) -> Guid:
    """Give the GUID that an element refers to."""
    return read_guid(element.get("targetGUID") or element.get("guid"))


def targets_of(element: _Element, tag: str) -> tuple[str, ...]:
    """Give the GUIDs that those elements right within refer to that have a name."""
    return tuple(filter(None, (target_of(child) for child in element if tag_name(child.tag) == tag)))


def words_of(element: _Element) -> str:
    """Give all words of an element, without blanks around them."""
    return normalise("".join(element.itertext())).strip()  # type: ignore[arg-type]


def one_line(text: str | None) -> str:
    """Give a text in one line and fit to be printed."""
    return printable(" ".join(normalise(text or "").split()))


def number_of(text: str | None) -> int | None:
    """Give a whole number; None if it is none, or far too large."""
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"[+-]?\d{1,12}", text) else None


def read_time(text: str | None) -> str | None:
    """Give an xsd:dateTime of any form as ISO 8601 in UTC; None if it is none.

    Times without a zone are taken for UTC; a date alone is its beginning.
    """
    return _time(text.strip()) if text else None


@lru_cache(maxsize=50_000)
def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    try:
        moment = datetime(year, month, day, 0, minute, min(second, 59), tzinfo=_zone(found[8]))
        moment += timedelta(hours=hour, microseconds=int((found[7] or "0")[:6].ljust(6, "0")))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z") if hour <= 24 else None


def _zone(text: str | None) -> timezone:
    if not text or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
