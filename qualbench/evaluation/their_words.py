"""What one participant says, and the words that nobody else does, which a withdrawal has to find."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.lexicon import load_lexicon
from qualbench.study.tables import Site, Source, Speaker, StakeholderType, Timepoint, Turn, table_of
from qualbench.text.spans import Span, overlaps

GONE = "[withdrawn]"
"""Stands for words of somebody who has withdrawn."""

_SHORTEST = 5  # letters of a word that may tell whose it is
_WORD = re.compile(rf"\w{{{_SHORTEST},}}|[^\W\d_]{{{_SHORTEST},}}")
_TOKEN = re.compile(r"\w+")
_PART = re.compile(rf"[^\W\d_]{{{_SHORTEST},}}")
_RUN = 3  # words of theirs in a row make a quote of ordinary ones
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")


@dataclass(frozen=True)
class SourceOfTheirs:
    """A source in which they speak.

    Attributes:
        turns: The spans of their words, in order.
        labels: The spans of their labels, in order; empty ones where there is no label.
        others: The spans of what others say who are no interviewers.
        speakers: Their numbers among the speakers of the source.
        alone: Whether nobody else speaks but interviewers, so that the whole source is theirs.
    """

    id: str
    name: str
    text: str
    turns: Sequence[Span]
    labels: Sequence[Span]
    others: Sequence[Span]
    speakers: Sequence[int]
    alone: bool

    def touches(self, span: Span) -> bool:
        """Tell whether a span holds words of theirs."""
        return any(overlaps(span, turn) for turn in self.turns)

    def is_theirs(self, span: Span) -> bool:
        """Tell whether of what was said by those asked, a span holds words of theirs only."""
        return self.touches(span) and not any(
            overlaps(span, other)
            and self.text[max(span.start, other.start) : min(span.end, other.end)].strip()
            for other in self.others
        )


@dataclass(frozen=True)
class TheirTalk:
    """What a participant says.

    Attributes:
        participant: The id.
        sources: By id.
        words: Words of five letters or more, in small letters, that nobody else uses.
        runs: Each three words in a row that they say, in small letters.
    """

    participant: str
    sources: Mapping[str, SourceOfTheirs]
    words: frozenset[str]
    runs: frozenset[tuple[str, ...]]

    def reworded(self, text: str, *, instrument: bool = False) -> str:
        """Give a text without the words that only they use.

        Args:
            text: What somebody of the team has written.
            instrument: Whether it is of an instrument, such as the codebook or the criteria. An ordinary
                English word there is the team's own, unless it is part of a quote of three words or more.
        """
        quoted = self._quoted(text) if instrument else []

        def replaced(match: re.Match[str]) -> str:
            word, span = match[0], Span(*match.span())
            if not self._is_theirs(word):
                return word
            own = instrument and load_lexicon().is_word(word) and not any(overlaps(span, q) for q in quoted)
            return word if own else GONE

        return _TOKEN.sub(replaced, text)

    def is_in(self, payload: str, but_for: Collection[str] = ()) -> bool:
        """Tell whether a payload of the journal, or any text with escapes, holds one of their words.

        Args:
            payload: The text.
            but_for: Words in small letters that are passed over.
        """
        tokens = _TOKEN.findall(_ESCAPE.sub(" ", payload))
        return any(self._is_theirs(token) for token in tokens if token.casefold() not in but_for)

    def kept_in(self, instruments: Iterable[str]) -> frozenset[str]:
        """Give the words of instruments, in small letters, that stay there although only they say them."""
        kept = (self.reworded(text, instrument=True) for text in instruments)
        words = {token.casefold() for text in kept for token in _TOKEN.findall(text)}
        return frozenset(word for word in words if self._is_theirs(word))

    def _is_theirs(self, token: str) -> bool:
        small = token.casefold()
        if len(small) < _SHORTEST:
            return False
        return small in self.words or any(part in self.words for part in _PART.findall(small))

    def _quoted(self, text: str) -> list[Span]:
        tokens = [(match[0].casefold(), Span(*match.span())) for match in _TOKEN.finditer(text)]
        found = []
        for n in range(len(tokens) - _RUN + 1):
            if tuple(word for word, _ in tokens[n : n + _RUN]) in self.runs:
                found.append(Span(tokens[n][1].start, tokens[n + _RUN - 1][1].end))
        return found


def read_their_talk(db: Session, participant: str) -> TheirTalk:
    """Read what a participant says, held against what everybody else does."""
    source, turn, speaker = table_of(Source), table_of(Turn), table_of(Speaker)
    texts = {row.id: row for row in db.execute(sa.select(source.c.id, source.c.name, source.c.text))}
    rows = db.execute(
        sa.select(turn, speaker.c.role, speaker.c.participant_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .order_by(turn.c.source_id, turn.c.start)
    ).all()
    theirs = {row.source_id for row in rows if row.participant_id == participant}
    speaks = db.execute(
        sa.select(speaker.c.source_id).where(speaker.c.participant_id == participant)
    ).scalars()
    sources = {
        id_: _source(texts[id_], [row for row in rows if row.source_id == id_], participant)
        for id_ in sorted(theirs | set(speaks))
    }
    said = [text for one in sources.values() for text in (one.text[s:e] for s, e in one.turns)]
    elsewhere = [row.text for id_, row in texts.items() if id_ not in sources]
    elsewhere += [_without(one.text, [*one.turns, *one.labels]) for one in sources.values()]
    for model in (Site, StakeholderType, Timepoint):
        elsewhere += db.execute(sa.select(table_of(model).c.name)).scalars()
    mine = _words(said) | _words(one.text[s:e] for one in sources.values() for s, e in one.labels)
    words = mine - _words(elsewhere) - _words([participant])
    runs = frozenset(run for text in said for run in _runs(text))
    return TheirTalk(participant, sources, frozenset(words), runs)


def _source(row: sa.Row[Any], turns: Sequence[sa.Row[Any]], who: str) -> SourceOfTheirs:
    mine = [turn for turn in turns if turn.participant_id == who]
    others = [turn for turn in turns if turn.participant_id != who and turn.role != "interviewer"]
    return SourceOfTheirs(
        row.id,
        row.name,
        row.text,
        [Span(turn.start, turn.end) for turn in mine],
        [Span(turn.label_start, turn.start) for turn in mine],
        [Span(turn.start, turn.end) for turn in others],
        sorted({turn.speaker_n for turn in mine}),
        not any(row.text[turn.start : turn.end].strip() for turn in others),
    )


def _words(texts: Iterator[str] | Sequence[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        small = text.casefold()
        found.update(_WORD.findall(small))
        found.update(_PART.findall(small))
    return found


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    tokens = _TOKEN.findall(text.casefold())
    return zip(*(tokens[n:] for n in range(_RUN)), strict=False)


def _without(text: str, spans: Sequence[Span]) -> str:
    """A text with blanks in the place of some spans."""
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        pieces += (text[position:start], " ")
        position = max(position, end)
    return "".join([*pieces, text[position:]])
