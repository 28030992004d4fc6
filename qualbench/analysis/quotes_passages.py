"""Quotes as they are shown: a passage once with all its codes, cut where it is long, with talk around it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.matrix_reading import read_people, read_texts
from qualbench.analysis.quotes import Quote, QuotesFound, not_to_be_quoted
from qualbench.analysis.quotes_cutting import cut_at_sentences, cut_by_hand
from qualbench.analysis.quotes_labels import DEFAULT_LABEL, labels, read_template
from qualbench.study.database import Study
from qualbench.study.settings import smallest_group_of
from qualbench.study.tables import Participant, Source, Speaker, Turn, table_of

INTERVIEWER = "Interviewer"
SOMEBODY = "Somebody else"
NOT_SHOWN = "[may not be quoted]"


@dataclass(frozen=True)
class Around:
    """Talk around a quote.

    Attributes:
        who: "Interviewer", the label of a participant, or "Somebody else".
        text: The words; `NOT_SHOWN` where they are not to be quoted.
    """

    who: str
    text: str


@dataclass(frozen=True)
class Passage:
    """What one participant says in one turn, as it is shown.

    Attributes:
        quote: The quote; the first of them, if the same words have several codes.
        codes: The ids of all codes on just these words.
        text: The words as they stand in the transcript, or in one line with [...] for what was cut.
        before: What comes before it in the transcript.
        after: What comes after it.
    """

    quote: Quote
    codes: tuple[str, ...]
    text: str
    before: tuple[Around, ...] = ()
    after: tuple[Around, ...] = ()


class Quoted(NamedTuple):
    """How often a participant is quoted.

    Attributes:
        passages: Each counted once, however many codes it has; those not to be quoted are not counted.
        share: Of all passages; None where there are none.
        agreed: False where they did not agree to be quoted, None where it is not on record.
    """

    participant: str
    passages: int
    share: float | None
    agreed: bool | None


def as_passages(
    study: Study,
    quotes: Sequence[Quote],
    *,
    together: bool = True,
    longest: int | None = None,
    context: int = 0,
    label: str = DEFAULT_LABEL,
) -> list[Passage]:
    """Make quotes ready to be shown.

    Args:
        study: The study.
        quotes: In order of source and place.
        together: Whether codings of the same words are one passage.
        longest: Words of a quote; a longer one is cut by hand or at the end of a sentence
            (`quotes_cutting`). None cuts nothing.
        context: How many turns around it are given, besides the rest of its own.
        label: The template of the labels in the context.
    """
    same_words: dict[tuple[str, int, int, str], list[Quote]] = defaultdict(list)
    for quote in quotes:
        key = (quote.source, quote.start, quote.end, "" if together else quote.coding)
        same_words[key].append(quote)
    by_hand = cut_by_hand(study, quotes) if longest is not None else {}
    passages = []
    for found in same_words.values():
        text = found[0].text
        if longest is not None and len(text.split()) > longest:
            cuts = [by_hand[quote] for quote in found if quote in by_hand]
            text = cuts[0] if cuts else cut_at_sentences(text, longest)
        codes = tuple(dict.fromkeys(quote.code for quote in found))
        passages.append(Passage(found[0], codes, text))
    return _with_context(study, passages, context, longest, label) if context else passages


def how_often_quoted(study: Study, found: QuotesFound) -> list[Quoted]:
    """Count the passages of each participant that was looked for, the most quoted first."""
    passages = {(q.source, q.start, q.end, q.participant) for q in found.quotes}
    times = Counter(who for _, _, _, who in passages)
    with study.read() as db:
        agreed = consents(db)
    rows = [
        Quoted(who, times[who], times[who] / len(passages) if passages else None, agreed[who])
        for who in found.people
    ]
    return sorted(rows, key=lambda row: (-row.passages, row.participant))


def consents(db: Session) -> dict[str, bool | None]:
    """Give whether each participant agreed to be quoted; None where it is not on record."""
    participant = table_of(Participant)
    return dict(db.execute(sa.select(participant.c.id, participant.c.consent_quote)).all())


class _Said(NamedTuple):
    start: int
    end: int
    who: str
    text: str


def _with_context(
    study: Study, passages: Sequence[Passage], turns: int, longest: int | None, label: str
) -> list[Passage]:
    with study.read() as db:
        said = _turns(db, {passage.quote.source for passage in passages}, label)
    return [_in_its_place(passage, said[passage.quote.source], turns, longest) for passage in passages]


def _in_its_place(passage: Passage, said: Sequence[_Said], turns: int, longest: int | None) -> Passage:
    """A passage with the rest of its turn and some turns around it."""
    quote = passage.quote
    n = bisect_right(said, quote.start, key=attrgetter("start")) - 1
    own = said[n]
    head = Around(quote.label, own.text[: quote.start - own.start])
    tail = Around(quote.label, own.text[quote.end - own.start :])
    before = [*(Around(one.who, one.text) for one in said[max(0, n - turns) : n]), head]
    after = [tail, *(Around(one.who, one.text) for one in said[n + 1 : n + 1 + turns])]

    def shown(around: Sequence[Around], *, from_the_end: bool) -> tuple[Around, ...]:
        lines = ((one.who, " ".join(one.text.split())) for one in around)
        return tuple(
            Around(who, cut_at_sentences(line, longest, from_the_end=from_the_end) if longest else line)
            for who, line in lines
            if line
        )

    return replace(passage, before=shown(before, from_the_end=True), after=shown(after, from_the_end=False))


def _turns(db: Session, names: Collection[str], label: str) -> dict[str, list[_Said]]:
    """The turns of some sources in order; words are there only of interviewers, and of participants who did
    not refuse to be quoted."""
    everybody = read_people(db)
    named = labels(everybody.facts, read_template(label, everybody.attribute), smallest_group_of(db))
    refused = not_to_be_quoted(db)
    turn, speaker, source = table_of(Turn), table_of(Speaker), table_of(Source)
    rows = db.execute(
        sa.select(
            source.c.id, source.c.name, turn.c.start, turn.c.end, speaker.c.role, speaker.c.participant_id
        )
        .join_from(turn, source, source.c.id == turn.c.source_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .where(source.c.name.in_(names))
        .order_by(source.c.id, turn.c.start)
    ).all()
    texts = read_texts(db, {row.id for row in rows})
    said: dict[str, list[_Said]] = defaultdict(list)
    for id_, name, start, end, role, participant in rows:
        words = texts[id_][start:end]
        if participant is not None and participant not in refused:
            said[name].append(_Said(start, end, named[id_, participant], words))
        elif role == "interviewer":
            said[name].append(_Said(start, end, INTERVIEWER, words))
        else:
            said[name].append(_Said(start, end, SOMEBODY, NOT_SHOWN))
    return said
