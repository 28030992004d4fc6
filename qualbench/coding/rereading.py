"""What is to be read again because the codebook has changed since it was coded."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.codebook.diff import CodeChange, diff_codebooks
from qualbench.codebook.versions import latest_version, version_of
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.study.database import Study


@dataclass(frozen=True)
class ToReread:
    """A passage, and what has become of its code since it was coded.

    Attributes:
        coding: The passage with its code.
        changes: Those that ask for it to be read again, of the code it was made with or has now.
        under: The version of the codebook under which it was made or last read again, at least 1.
    """

    coding: CodingRead
    changes: tuple[CodeChange, ...]
    under: int


def passages_to_reread(
    study: Study, layer: str | None = None, *, since: int | None = None, until: int | None = None
) -> list[ToReread]:
    """Give the passages of a layer that a change of the codebook asks to be read again, in order.

    A coding made before the first version counts as made under that one: it is the first that says what the
    code meant.

    Args:
        study: The study.
        layer: The layer; None means the coder's own.
        since: The version to compare from; None compares, for each coding, from the one it was made under.
        until: The version to compare to; None takes the newest one.

    Raises:
        NotFound: If there is no such version or layer.
        Refused: If the layer may not be seen.
    """
    with study.read() as db:
        for number in (since, until):
            version_of(db, number)  # that there is one
        codings = list_codings(study, layer=layer)
        last = until if until is not None else latest_version(db)
        if not last:
            return []
        book = version_of(db, last)
        bases = {since if since is not None else _under(coding) for coding in codings}
        changes = {base: _asking(diff_codebooks(version_of(db, base), book)) for base in bases if base < last}
    found = []
    for coding in codings:
        under = _under(coding)
        base = since if since is not None else under
        if under >= last or base not in changes:
            continue
        asking = dict.fromkeys(
            change for code in (coding.made_as, coding.code) for change in changes[base].get(code or "", ())
        )
        if asking:
            found.append(ToReread(coding, tuple(asking), under))
    return found


def count_to_reread(passages: list[ToReread]) -> dict[str, int]:
    """Give how many passages each changed code has to be read again, by the id of the code."""
    counts: dict[str, int] = {}
    for passage in passages:
        for code in dict.fromkeys(change.id for change in passage.changes):
            counts[code] = counts.get(code, 0) + 1
    return counts


def _under(coding: CodingRead) -> int:
    return max(1, coding.version if coding.kept_under is None else coding.kept_under)


def _asking(changes: list[CodeChange]) -> dict[str, list[CodeChange]]:
    by_code: dict[str, list[CodeChange]] = {}
    for change in changes:
        if change.asks_for_reading:
            by_code.setdefault(change.id, []).append(change)
    return by_code
