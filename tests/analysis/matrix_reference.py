"""A matrix counted the slow way, code point by code point, to hold the quick way against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Voice = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """A source: its text, and its turns as start, end and who speaks, None for an interviewer."""

    text: str
    turns: Sequence[tuple[int, int, str | None]]


@dataclass(frozen=True)
class Coded:
    """A coding."""

    source: str
    start: int
    end: int
    code: str


def number(
    cells: str,
    told: Mapping[str, Told],
    codings: Sequence[Coded],
    codes: Collection[str],
    voices: Collection[Voice],
) -> float:
    """The number of one cell: a row that counts some codes, a column of some voices."""
    of_row = [coding for coding in codings if coding.code in codes]
    held = {voice: count for voice in voices if (count := _held(cells, told, of_row, voice)) is not None}
    if cells == "sources":
        return len({source for source, _ in held})
    if cells == "participants":
        return len({who for _, who in held})
    if cells == "presence":
        return 1 if held else 0
    if cells == "share":
        spoken = sum(len(_words(told[source], who)) for source, who in voices)
        return sum(held.values()) / spoken if spoken else 0
    return sum(held.values())


def _held(cells: str, told: Mapping[str, Told], codings: Sequence[Coded], voice: Voice) -> int | None:
    """What a voice has of a row; None if the row holds nothing it says."""
    source, who = voice
    own = {n for start, end, speaker in told[source].turns if speaker == who for n in range(start, end)}
    spans = [set(range(c.start, c.end)) for c in codings if c.source == source]
    covered = set().union(*spans)
    if not covered & own:
        return None
    if cells in ("passages", "quotes"):
        return sum(bool(run & own) for run in _runs(covered))
    if cells in ("words", "share"):
        return sum(bool(word & covered) for word in _words(told[source], who))
    return sum(bool(span & own) for span in spans)


def _runs(places: set[int]) -> list[set[int]]:
    """Places in a row, put together."""
    runs: list[set[int]] = []
    for place in sorted(places):
        if runs and place - 1 in runs[-1]:
            runs[-1].add(place)
        else:
            runs.append({place})
    return runs


def _words(told: Told, who: str) -> list[set[int]]:
    """Where each word of somebody stands, turn by turn."""
    words = []
    for start, end, speaker in told.turns:
        if speaker == who:
            words += _runs({n for n in range(start, end) if not told.text[n].isspace()})
    return words
