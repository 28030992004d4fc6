"""Counting the cells of a matrix from plain rows; pure.

A *voice* is a participant in one source. A row of a matrix is counted for each voice first; a cell then
takes together the voices of its column, so a total is a cell with a wider column.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from qualbench.text.spans import Span, merge
from qualbench.text.words import count_words, count_words_held

CELLS = {
    "codings": "codings, once for each participant whose words they hold",
    "passages": "passages, overlapping and adjoining codings of a row joined, once for each participant "
    "whose words they hold",
    "sources": "sources, of how many",
    "participants": "participants, of how many",
    "words": "words of participants, each once",
    "share": "the share of participants' words",
    "presence": "1 where a coding holds words of a participant, else 0",
    "quotes": "quotes: passages, overlapping and adjoining codings of a row joined, once for each "
    "participant whose words they hold",
}
"""What a cell can hold, in words."""

NEEDS_TEXT = ("words", "share", "quotes")
"""The cells for which the texts are needed."""

Voice = tuple[str, str]
"""A source and a participant who speaks in it, by their ids."""

Number = int | float


class Coded(NamedTuple):
    """A coding: code points of the source's text, half-open."""

    source: str
    start: int
    end: int
    code: str


class Turn(NamedTuple):
    """What a participant says in one go: code points of the text, half-open, not empty."""

    start: int
    end: int
    participant: str


Talk = Mapping[str, Sequence[Turn]]
"""The turns of participants by source, in order and apart from each other."""

_START, _END = attrgetter("start"), attrgetter("end")


def turns_in(turns: Sequence[Turn], span: Span) -> Sequence[Turn]:
    """Give the turns of which a span holds a part, in order, whole."""
    return turns[bisect_right(turns, span.start, key=_END) : bisect_left(turns, span.end, key=_START)]


def said_in(turns: Sequence[Turn], span: Span) -> list[Turn]:
    """Give what participants say within a span, in order."""
    return [
        Turn(max(start, span.start), min(end, span.end), participant)
        for start, end, participant in turns_in(turns, span)
    ]


def passages(
    codings: Iterable[Coded], rows: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, str, list[Span]]]:
    """Give the passages of each row in each source, in order: what overlaps or adjoins is one.

    Args:
        codings: The codings.
        rows: The numbers of the rows that each code counts for.
    """
    spans: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for source, start, end, code in codings:
        for row in rows.get(code, ()):
            spans[row, source].append(Span(start, end))
    for (row, source), found in spans.items():
        yield row, source, merge(found)


def count_rows(
    cells: str,
    codings: Iterable[Coded],
    rows: Mapping[str, Sequence[int]],
    talk: Talk,
    texts: Mapping[str, str],
) -> dict[int, Counter[Voice]]:
    """Count what each voice has of each row.

    Args:
        cells: One of `CELLS`.
        codings: The codings.
        rows: The numbers of the rows that each code counts for; those of other codes are passed over.
        talk: Turns of other participants, and of interviewers, count for nobody.
        texts: By source; used for `NEEDS_TEXT` only.

    Returns:
        Words for `words` and `share`, passages for `passages` and `quotes`, else codings; only voices whose
        words the row holds.
    """
    counts: dict[int, Counter[Voice]] = defaultdict(Counter)
    if cells in ("words", "share"):
        for row, source, spans in passages(codings, rows):
            for voice, words in _words(source, spans, talk.get(source, ()), texts[source]):
                counts[row][voice] += words
    elif cells in ("passages", "quotes"):
        for row, source, spans in passages(codings, rows):
            for span in spans:
                for voice in _voices(source, talk.get(source, ()), span):
                    counts[row][voice] += 1
    else:
        for source, start, end, code in codings:
            if code in rows:
                for voice in _voices(source, talk.get(source, ()), Span(start, end)):
                    for row in rows[code]:
                        counts[row][voice] += 1
    return counts


def _voices(source: str, turns: Sequence[Turn], span: Span) -> set[Voice]:
    """The participants whose words a span holds, in one source."""
    return {(source, turn.participant) for turn in turns_in(turns, span)}


def _words(
    source: str, spans: Sequence[Span], turns: Sequence[Turn], text: str
) -> Iterator[tuple[Voice, int]]:
    """The words that passages hold, turn by turn."""
    held: dict[Turn, list[Span]] = defaultdict(list)
    for span in spans:
        for turn in turns_in(turns, span):
            held[turn].append(Span(max(turn.start, span.start), min(turn.end, span.end)))
    for turn, parts in held.items():
        yield (source, turn.participant), count_words_held(text, parts)


def words_spoken(talk: Talk, texts: Mapping[str, str]) -> Counter[Voice]:
    """Count the words of each voice."""
    words: Counter[Voice] = Counter()
    for source, turns in talk.items():
        text = texts[source]
        for start, end, participant in turns:
            words[source, participant] += count_words(text[start:end])
    return words


def measure(cells: str, counts: Mapping[Voice, int]) -> int:
    """Take what some voices have of a row together into the number of a cell; words for `share`."""
    if cells == "sources":
        return len({source for source, _ in counts})
    if cells == "participants":
        return len({participant for _, participant in counts})
    if cells == "presence":
        return int(bool(counts))
    return sum(counts.values())


def asked(
    voices: Collection[Voice], not_asked: Collection[str], counts: Mapping[Voice, int]
) -> Collection[Voice]:
    """Give those of a column's voices that a cell is measured against.

    Left out are sources in which the row was not asked about, unless one of the voices speaks of it all the
    same.

    Args:
        voices: Those of the column.
        not_asked: The sources in which the row was not asked about.
        counts: What the voices have of the row.
    """
    if not not_asked:
        return voices
    spoke = {source for source, _ in counts}
    return [voice for voice in voices if voice[0] not in not_asked or voice[0] in spoke]


def out_of(cells: str, voices: Collection[Voice], words: Mapping[Voice, int]) -> int | None:
    """Give how many a cell could count at most, None where there is no such number.

    Args:
        cells: One of `CELLS`.
        voices: Those that the cell is measured against.
        words: How many words each voice says in all; used for `words` and `share` only.
    """
    if cells in ("sources", "participants"):
        return measure(cells, dict.fromkeys(voices, 1))
    if cells in ("words", "share"):
        return sum(words[voice] for voice in voices)
    return None
