"""Whose words a file holds: found by runs of words that stand in it and in what somebody has said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.leaks import texts_of
from qualbench.study.tables import Coding, Source, Speaker, Turn, table_of

_RUN = 4  # words: shorter runs are anybody's
_WORD = re.compile(r"\w+")
_MOST = 512 * 1024 * 1024  # bytes of a file that is looked into; a larger one is taken to hold everybody's


@dataclass(frozen=True)
class Said:
    """What a participant says: each turn, and the coded parts of turns that are shorter than a run."""

    turns: Sequence[str]
    short: Sequence[str] = ()


def read_said(db: Session, sources: Collection[str] | None = None) -> dict[str, Said]:
    """Read what each participant says.

    Args:
        db: The session.
        sources: Names of the sources that are looked at; None means all.
    """
    source, turn, speaker, coding = (table_of(one) for one in (Source, Turn, Speaker, Coding))
    names = dict(db.execute(sa.select(source.c.id, source.c.name)).all())
    wanted = {id_ for id_, name in names.items() if sources is None or name in sources}
    texts = {id_: text for id_, text in db.execute(sa.select(source.c.id, source.c.text)) if id_ in wanted}
    rows = db.execute(
        sa.select(turn.c.source_id, turn.c.start, turn.c.end, speaker.c.participant_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .where(speaker.c.participant_id.is_not(None), turn.c.start < turn.c.end)
    ).all()
    coded: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for id_, start, end in db.execute(sa.select(coding.c.source_id, coding.c.start, coding.c.end).distinct()):
        if end - start < 60:  # code points; a run of three words is no longer
            coded[id_].append((start, end))
    turns: dict[str, list[str]] = defaultdict(list)
    short: dict[str, list[str]] = defaultdict(list)
    for id_, start, end, who in rows:
        if id_ not in wanted:
            continue
        turns[who].append(texts[id_][start:end])
        for first, last in coded.get(id_, ()):
            if first < end and start < last:
                short[who].append(texts[id_][max(first, start) : min(last, end)])
    return {who: Said(said, short[who]) for who, said in turns.items()}


def people_in(files: Iterable[Path], said: Mapping[str, Said]) -> set[str]:
    """Give the participants of whom a run of four words stands in some files, or shorter words as coded.

    Args:
        files: The files; the members of a zip are looked into.
        said: What each participant says.
    """
    runs: set[tuple[str, ...]] = set()
    for path in files:
        if path.stat().st_size > _MOST:
            return set(said)
        for text in texts_of(path.read_bytes(), path.name):
            words = _words(text)
            for length in range(2, _RUN + 1):
                runs.update(_runs(words, length))
    return {who for who, theirs in said.items() if runs and _stands_in(theirs, runs)}


def _stands_in(said: Said, runs: Collection[tuple[str, ...]]) -> bool:
    if any(run in runs for turn in said.turns for run in _runs(_words(turn), _RUN)):
        return True
    return any(
        2 <= len(words) < _RUN and tuple(words) in runs for words in (_words(part) for part in said.short)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(length)), strict=False)
