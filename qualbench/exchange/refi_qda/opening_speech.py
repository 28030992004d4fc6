"""Who speaks where: the turns of a text, brought together with the words of it that are somebody's."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualbench.exchange.refi_qda.opening_people import Claim, Person
from qualbench.exchange.refi_qda.opening_texts import TextRead
from qualbench.text.spans import Span, covered, intersect, merge, overlaps, trimmed
from qualbench.text.words import fold
from qualbench.transcripts.labels import INTERVIEWER
from qualbench.transcripts.model import TurnSpan

_MOST = 0.5  # of a turn that must be somebody's for the turn to be theirs
_LONGEST_LABEL = 64  # characters


@dataclass(frozen=True)
class Spoken:
    """A turn and who speaks: the id of a participant, or None."""

    turn: TurnSpan
    person: str | None

    @property
    def role(self) -> str:
        """The role of who speaks: participant, interviewer or other."""
        if self.person is not None:
            return "participant"
        return "interviewer" if self.turn.label and INTERVIEWER.fullmatch(self.turn.label) else "other"


def speech_of(
    text: TextRead, claims: Sequence[Claim], persons: Mapping[str, Person], *, exact: bool
) -> list[Spoken]:
    """Give the turns of a text, with who speaks in each.

    Where there are speaker labels, turns are as these say. A turn is the person's whose words it mostly
    holds; of one whose whole the source is, all turns are but an interviewer's, or those under their name if
    there are such. Otherwise, and without labels, a turn is cut where the words of somebody begin and end.

    Args:
        text: The text.
        claims: Whose words there are.
        persons: Everybody, by id.
        exact: Whether the words of people are turns exactly, as in what qualbench writes.
    """
    whole = [claim.person for claim in claims if claim.spans is None]
    marked: dict[str, list[Span]] = {}
    for claim in claims:
        if claim.spans is not None:
            marked[claim.person] = sorted([*marked.get(claim.person, []), *claim.spans])
    if exact and marked:
        return _exactly(text, marked)
    marked = {person: merge(spans) for person, spans in marked.items()}
    spoken = _by_label([Spoken(turn, _mostly(turn, marked)) for turn in text.turns])
    spoken = _by_name(spoken, persons)
    if len(whole) == 1:
        spoken = _of_the_whole(spoken, whole[0])
    return [piece for one in spoken for piece in (_cut(text, one, marked) if one.person is None else [one])]


def _mostly(turn: TurnSpan, marked: Mapping[str, Sequence[Span]]) -> str | None:
    """The person whose words a turn with a label, but no interviewer's, mostly holds."""
    if turn.label is None or INTERVIEWER.fullmatch(turn.label):
        return None
    own = [Span(turn.start, turn.end)]
    held = {person: covered(intersect(own, spans)) for person, spans in marked.items()}
    best = max(held, key=lambda person: held[person], default=None)
    return best if best is not None and held[best] > _MOST * (turn.end - turn.start) else None


def _by_label(spoken: Sequence[Spoken]) -> list[Spoken]:
    """Turns that nobody has claimed, given to the one person to whom most turns with their label belong."""
    people: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for one in spoken:
        people[one.turn.label][one.person] += 1
    sole = {
        label: next(iter(counts.keys() - {None}))
        for label, counts in people.items()
        if label and len(counts.keys() - {None}) == 1 and 2 * counts[None] <= sum(counts.values())
    }
    return [Spoken(one.turn, one.person or sole.get(one.turn.label or "")) for one in spoken]


def _by_name(spoken: Sequence[Spoken], persons: Mapping[str, Person]) -> list[Spoken]:
    """Turns of nobody yet, given to those whose id or name their label is."""
    named: dict[str, set[str]] = defaultdict(set)
    for person in persons.values():
        for name in {fold(person.id), *person.names}:
            named[name].add(person.id)
    sole = {name: min(ids) for name, ids in named.items() if len(ids) == 1}
    return [
        Spoken(one.turn, sole.get(fold(one.turn.label or ""))) if one.role == "other" else one
        for one in spoken
    ]


def _of_the_whole(spoken: Sequence[Spoken], person: str) -> list[Spoken]:
    """Turns of nobody yet, given to the one whose whole the source is, unless some are under their name."""
    if any(one.person == person and one.turn.label for one in spoken):
        return list(spoken)
    return [Spoken(one.turn, person) if one.role == "other" else one for one in spoken]


def _exactly(text: TextRead, marked: Mapping[str, Sequence[Span]]) -> list[Spoken]:
    """The words of people as turns, with the labels before them, and the turns of others between."""
    spoken = []
    for person, spans in marked.items():
        for start, end in spans:
            line = text.text.rfind("\n", 0, start) + 1
            label = text.text[line:start].removesuffix(": ")
            has_label = 0 < len(label) < start - line <= _LONGEST_LABEL
            turn = TurnSpan(label, line, start, end, None, None)
            spoken.append(Spoken(turn if has_label else turn._replace(label=None, label_start=start), person))
    taken = sorted(Span(one.turn.label_start, one.turn.end) for one in spoken)
    ends = [span.end for span in taken]
    for turn in text.turns:
        n = bisect_right(ends, turn.start)
        end = min(turn.end, taken[n].start) if n < len(taken) else turn.end
        own = trimmed(text.text, Span(turn.start, end)) if turn.start < end else Span(0, 0)
        if own.start < own.end:
            spoken.append(Spoken(turn._replace(start=own.start, end=own.end), None))
    return sorted(spoken, key=lambda one: one.turn.start)


def _cut(text: TextRead, one: Spoken, marked: Mapping[str, Sequence[Span]]) -> list[Spoken]:
    """A turn of nobody, cut where the words of somebody begin and end; of two claims the first counts.

    Words that go beyond an interviewer's turn are of a whole conversation, and leave it to the interviewer.
    """
    turn = one.turn
    own = Span(turn.start, turn.end)
    held: list[tuple[Span, str | None]] = []
    for person, spans in marked.items():
        if one.role == "interviewer":
            spans = [span for span in spans if turn.label_start <= span.start and span.end <= turn.end]
        for piece in intersect([own], spans):
            if not any(overlaps(piece, other) for other, _ in held):
                held.append((piece, person))
    if not held:
        return [one]
    at = turn.start
    for piece, _ in sorted([*held, (Span(turn.end, turn.end), None)], key=_place):
        held.append((Span(at, piece.start), None))
        at = piece.end
    spoken = []
    for piece, who in sorted(held, key=_place):
        start, end = trimmed(text.text, piece)
        if start < end:
            label_start = turn.label_start if who is None and start == turn.start else start
            label = turn.label if who is None else None
            spoken.append(
                Spoken(turn._replace(label=label, label_start=label_start, start=start, end=end), who)
            )
    return spoken


def _place(held: tuple[Span, str | None]) -> Span:
    return held[0]
