"""The agenda of a meeting: the differences to talk about first, as many as fit its time, with their talk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from qualbench.agreement.deciding import require_in_view
from qualbench.agreement.decisions import Pair
from qualbench.agreement.items import CodeStanding, Item, choose
from qualbench.agreement.queue import around, read_queue
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span, overlaps
from qualbench.text.words import CUT, count_words
from qualbench.transcripts.sources import SourceRead, TurnRead, blocks_of, read_source, source_ids

TALK = 3.0
"""Minutes of talk that a difference is given if nothing else is said."""
PACE = 200
"""Words that are read in a minute."""

_AROUND = 40  # words shown before and after the passage, in the turns that hold it and the turn before them


@dataclass(frozen=True)
class Said:
    """A turn, or as much of it as the meeting needs.

    Attributes:
        turn: Its number in the source; None for a heading or other text between turns.
        speaker: Who speaks: the participant's id with the stakeholder type, or the role; never a label.
        pieces: Its words in stretches, each with whether it belongs to the difference.
    """

    turn: int | None
    speaker: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(count_words(piece) for piece, _ in self.pieces)


@dataclass(frozen=True)
class Point:
    """A difference on the agenda.

    Attributes:
        number: Its place on the agenda, from 1.
        item: The difference.
        said: The turns that hold its words, and the one before them.
        minutes: How long it is given.
    """

    number: int
    item: Item
    said: tuple[Said, ...]
    minutes: float

    @property
    def turns(self) -> list[int]:
        """The numbers of the turns that hold words of the difference."""
        return [s.turn for s in self.said if s.turn is not None and any(inside for _, inside in s.pieces)]


@dataclass(frozen=True)
class Agenda:
    """What two coders are to talk about in a meeting.

    Attributes:
        coders: A and B.
        minutes: The length of the meeting.
        talk: Minutes of talk for each difference.
        points: The differences, in the order of the queue.
        open: How many differences are still to be decided, these with them.
        standings: How the codes stand that the points are listed under, by id.
    """

    coders: Pair
    minutes: float
    talk: float
    points: Sequence[Point]
    open: int
    standings: Mapping[str, CodeStanding]

    @property
    def taken(self) -> float:
        """The minutes that the points take."""
        return sum(point.minutes for point in self.points)

    def by_code(self) -> Iterator[tuple[str, list[Point]]]:
        """Give the points by the code that they are listed under, in order."""
        for code in dict.fromkeys(point.item.code for point in self.points):
            yield code, [point for point in self.points if point.item.code == code]


def plan_agenda(
    study: Study,
    minutes: float,
    coders: Pair | None = None,
    source: str | None = None,
    talk: float = TALK,
) -> Agenda:
    """Take from the front of the queue as many open differences as fit a meeting.

    Each is given some minutes of talk, and the time to read its turns at `PACE` words a minute.

    Args:
        study: The study, with the coder at work, who sees nothing of what they have still to code.
        minutes: The length of the meeting.
        coders: The two; None where only two coders have finished anything.
        source: Only differences in this source.
        talk: Minutes of talk for each difference.

    Raises:
        BadInput: If not one difference fits.
        NotFound: If there is no such source or coder, or the two cannot be compared in it.
        Refused: If nothing is left to be decided, or the two can be compared nowhere.
    """
    if minutes <= 0 or talk < 0:
        raise BadInput("That is no length of time.", "Give minutes above 0.")
    queue = read_queue(study, coders)
    if source is not None:
        with study.read() as db:
            source_ids(db, [source])
        require_in_view(study, queue.coders, source)
    open_items = choose(queue.items, source=source, open_only=True)
    if not open_items:
        where = f" in {source}" if source is not None else ""
        raise Refused(f"{' and '.join(queue.coders)} have nothing left to decide{where}.")
    texts: dict[str, SourceRead] = {}
    points: list[Point] = []
    left = minutes
    for number, item in enumerate(open_items, start=1):
        if item.source not in texts:
            texts[item.source] = read_source(study, item.source)
        said = tuple(talk_around(texts[item.source], item.span))
        takes = talk + sum(one.words for one in said) / PACE
        if takes > left and not points:
            raise BadInput(
                f"{minutes:g} minutes are too few: the first difference takes {ceil(10 * takes) / 10:g}.",
                "Give more with --minutes, or less talk to each with --talk.",
            )
        if takes > left:
            break
        points.append(Point(number, item, said, takes))
        left -= takes
    standings = {standing.code: standing for standing in queue.standings}
    return Agenda(queue.coders, minutes, talk, points, len(open_items), standings)


def talk_around(source: SourceRead, span: Span) -> Iterator[Said]:
    """Give the turns that hold some words of a source, and the turn before them, long ones shortened. Pure.

    Args:
        source: The source.
        span: The words: code points of the text, half-open.
    """
    blocks = blocks_of(source)
    holding = [n for n, block in enumerate(blocks) if overlaps(block.span, span)]
    if not holding:
        return
    first = holding[0]
    if first and blocks[first - 1].turn is not None:
        yield _said(source, blocks[first - 1].turn, _end_of(source.text, blocks[first - 1].span))
    for n in holding:
        yield _said(source, blocks[n].turn, _marked(source.text, blocks[n].span, span))


def _said(source: SourceRead, turn: int | None, pieces: tuple[tuple[str, bool], ...]) -> Said:
    if turn is None:
        return Said(None, "", pieces)
    read = source.turns[turn]
    return Said(read.n, _speaker(read), pieces)


def _speaker(turn: TurnRead) -> str:
    if turn.participant is None:
        return turn.role.capitalize()
    return f"{turn.participant} ({turn.stakeholder})" if turn.stakeholder else turn.participant


def _end_of(text: str, block: Span) -> tuple[tuple[str, bool], ...]:
    """The last words of a turn."""
    last = around(text[: block.end], Span(block.end, block.end), _AROUND)
    return ((_from(text, max(block.start, last.start), block), False),)


def _marked(text: str, block: Span, span: Span) -> tuple[tuple[str, bool], ...]:
    """The words of a turn that belong to a difference, with some before and after."""
    start, end = max(block.start, span.start), min(block.end, span.end)
    near = around(text[: block.end], Span(start, end), _AROUND)
    before = _from(text, max(block.start, near.start), Span(block.start, start))
    cut = f" {CUT}" if text[near.end : block.end].strip() else ""
    after = text[end : near.end if cut else block.end] + cut
    return tuple(
        (words, inside)
        for words, inside in ((before, False), (text[start:end], True), (after, False))
        if words
    )


def _from(text: str, start: int, block: Span) -> str:
    """The words of a stretch from some place on, with a mark if that leaves words out."""
    if not text[block.start : start].strip():
        return text[block.start : block.end]
    return f"{CUT} {text[start : block.end]}"
