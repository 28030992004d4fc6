"""What a study holds that speaks of how its analysis was done, read once, as far as the coder may see it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of
from qualbench.codebook.versions import Version, list_versions
from qualbench.coding.blind import (
    decisions_in_view,
    examples_in_view,
    in_any_view,
    left_out,
    memos_in_view,
)
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.states import FINISHED
from qualbench.study.tables import (
    AGREED,
    Assignment,
    CodeExample,
    Coder,
    Coding,
    Decision,
    Memo,
    Reading,
    Source,
    Speaker,
    Turn,
    table_of,
)
from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.text.words import count_words


@dataclass(frozen=True)
class Passage:
    """A coding, without its words.

    Attributes:
        version: Of the codebook, under which it was made; 0 before the first.
        read_under: The version under which it was last read: made, or kept since.
        kept: Whether it was read again and kept.
    """

    layer: str
    source: str
    span: Span
    code: str
    exemplar: bool
    meaning: str | None
    version: int
    read_under: int
    kept: bool
    made_at: str


@dataclass(frozen=True)
class Note:
    """A memo, without its words; `words` is how many there are."""

    about: str
    source: str | None
    code: str | None
    author: str
    words: int


@dataclass(frozen=True)
class Spread:
    """Where the passages of an entry, and of those below it or grouped by it, are from.

    Attributes:
        participants: How many of the passages hold words of each participant.
    """

    passages: list[Passage]
    sources: frozenset[str]
    participants: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """What phases and checklists are filled from; sources are known by their names.

    Attributes:
        coder: Who is at work.
        checked: The sources that were checked against their recordings.
        talk: The turns of participants in each source, with whose they are.
        passages: The codings of all layers in view.
        quoted_words: How many words the passages marked as exemplars hold, by layer.
        readers: Who has read each source through.
        finished: Who has finished each source.
        left_out: The sources of which what is agreed on may not be seen.
        outcomes: The outcome of each decided difference in view, and whether a reason was given.
        examples: How many passages in view show what a code means, by its id.
    """

    coder: str | None
    stance: str
    book: Codebook
    versions: list[Version]
    coders: list[str]
    sources: list[str]
    checked: frozenset[str]
    talk: Mapping[str, list[tuple[Span, str]]]
    passages: list[Passage]
    quoted_words: Mapping[str, int]
    readers: Mapping[str, set[str]]
    finished: Mapping[str, set[str]]
    left_out: frozenset[str]
    notes: list[Note]
    outcomes: list[tuple[str, bool]]
    examples: Mapping[str, int]

    @cached_property
    def entries(self) -> list[CodeEntry]:
        """The entries in use, in the order of the tree."""
        return [entry for _, entry in self.book.walk()]

    @cached_property
    def themes(self) -> list[CodeEntry]:
        """The themes and sub-themes in use, in the order of the tree."""
        return [entry for entry in self.entries if entry.level != "code"]

    @cached_property
    def participants(self) -> frozenset[str]:
        """Those who speak."""
        return frozenset(who for turns in self.talk.values() for _, who in turns)

    @cached_property
    def layer(self) -> str:
        """The layer that themes are looked at in: the agreed one, or the coder's own while that is empty."""
        layers = {passage.layer for passage in self.passages}
        if self.coder is not None and self.coder in layers and AGREED not in layers:
            return self.coder
        return AGREED

    @cached_property
    def in_layer(self) -> list[Passage]:
        """The passages of that layer."""
        return [passage for passage in self.passages if passage.layer == self.layer]

    def seen_in(self, layer: str) -> list[str]:
        """Give the sources in which the coder at work may see a layer."""
        if layer == self.coder:
            return self.sources
        if layer == AGREED:
            return [name for name in self.sources if name not in self.left_out]
        return [name for name in self.sources if {layer, self.coder} <= self.finished.get(name, set())]

    def share(self, passages: Iterable[Passage], sources: Sequence[str]) -> float | None:
        """Give the share of participants' talk in some sources that passages cover; None without talk."""
        spans = defaultdict(list)
        for passage in passages:
            spans[passage.source].append(passage.span)
        length = held = 0
        for name in sources:
            turns = merge(span for span, _ in self.talk.get(name, ()))
            length += covered(turns)
            held += covered(intersect(turns, merge(spans[name])))
        return held / length if length else None

    @cached_property
    def spreads(self) -> Mapping[str, Spread]:
        """Where the passages of each theme and sub-theme are from, by id."""
        by_code = defaultdict(list)
        for passage in self.in_layer:
            by_code[passage.code].append((passage, self._speakers(passage)))
        spreads = {}
        for theme in self.themes:
            found = [
                one for code in (theme, *self.book.members(theme.id)) for one in by_code.get(code.id, ())
            ]
            sources = frozenset(passage.source for passage, _ in found)
            people = Counter(who for _, speakers in found for who in speakers)
            spreads[theme.id] = Spread([passage for passage, _ in found], sources, people)
        return spreads

    def speakers_of(self, passages: Iterable[Passage]) -> set[str]:
        """Give the participants whose words some passages hold."""
        return {who for passage in passages for who in self._speakers(passage)}

    def _speakers(self, passage: Passage) -> set[str]:
        turns = self.talk.get(passage.source, [])
        first = bisect_right(turns, passage.span.start, key=lambda turn: turn[0].end)
        return {who for span, who in takewhile(lambda t: t[0].start < passage.span.end, turns[first:])}


def read_evidence(study: Study) -> Evidence:
    """Read what a study holds that speaks of how its analysis was done.

    Codings, memos, decisions and examples are read only where the coder at work may see them.
    """
    stance, versions, hidden = read_stance(study), list_versions(study), left_out(study)
    source, coder, decision = table_of(Source), table_of(Coder), table_of(Decision)
    reading, assignment, example = table_of(Reading), table_of(Assignment), table_of(CodeExample)
    seen = in_any_view(study.coder)
    with study.read() as db:
        rows = db.execute(sa.select(source.c.id, source.c.name, source.c.checked_by)).all()
        names = {row.id: row.name for row in rows}
        readers = sa.select(reading.c.source_id, reading.c.coder)
        finished = sa.select(assignment.c.source_id, assignment.c.layer).where(assignment.c.state == FINISHED)
        outcomes = db.execute(
            sa.select(decision.c.outcome, decision.c.reason != "").where(decisions_in_view(study))
        ).all()
        examples = (
            sa.select(example.c.code_id, sa.func.count())
            .where(examples_in_view(study))
            .group_by(example.c.code_id)
        )
        return Evidence(
            coder=study.coder,
            stance=stance,
            book=codebook_of(db),
            versions=versions,
            coders=list(db.execute(sa.select(coder.c.initials).order_by(coder.c.initials)).scalars()),
            sources=sorted(names.values()),
            checked=frozenset(row.name for row in rows if row.checked_by),
            talk=_talk(db, names),
            passages=_passages(db, names, seen),
            quoted_words=_quoted_words(db, seen),
            readers=_people(db, readers, names),
            finished=_people(db, finished, names),
            left_out=frozenset(hidden),
            notes=_notes(db, names, memos_in_view(study)),
            outcomes=[(outcome, bool(reasoned)) for outcome, reasoned in outcomes],
            examples=dict(db.execute(examples).all()),
        )


def _talk(db: Session, names: Mapping[str, str]) -> dict[str, list[tuple[Span, str]]]:
    turn, speaker = table_of(Turn), table_of(Speaker)
    rows = db.execute(
        sa.select(turn.c.source_id, turn.c.start, turn.c.end, speaker.c.participant_id)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .where(speaker.c.role == "participant", speaker.c.participant_id.is_not(None))
        .order_by(turn.c.source_id, turn.c.start)
    )
    talk: dict[str, list[tuple[Span, str]]] = {}
    for source_id, start, end, who in rows:
        talk.setdefault(names[source_id], []).append((Span(start, end), who))
    return talk


def _passages(db: Session, names: Mapping[str, str], seen: sa.ColumnElement[bool]) -> list[Passage]:
    table = table_of(Coding)
    columns = (
        "layer",
        "source_id",
        "start",
        "end",
        "code_id",
        "exemplar",
        "meaning",
        "version",
        "kept_under",
        "kept_at",
        "created_at",
    )
    rows = db.execute(
        sa.select(*(table.c[name] for name in columns)).where(seen).order_by(table.c.created_at)
    )
    return [
        Passage(
            row.layer,
            names[row.source_id],
            Span(row.start, row.end),
            row.code_id,
            row.exemplar,
            row.meaning,
            row.version,
            row.version if row.kept_under is None else row.kept_under,
            row.kept_at is not None,
            row.created_at,
        )
        for row in rows
    ]


def _quoted_words(db: Session, seen: sa.ColumnElement[bool]) -> dict[str, int]:
    table, source = table_of(Coding), table_of(Source)
    words = sa.func.substr(source.c.text, table.c.start + 1, table.c.end - table.c.start)
    rows = db.execute(
        sa.select(table.c.layer, words)
        .join_from(table, source, source.c.id == table.c.source_id)
        .where(table.c.exemplar, seen)
    )
    counts: Counter[str] = Counter()
    for layer, text in rows:
        counts[layer] += count_words(text)
    return dict(counts)


def _people(db: Session, rows: sa.Select[tuple[str, str]], names: Mapping[str, str]) -> dict[str, set[str]]:
    people: dict[str, set[str]] = {}
    for source_id, who in db.execute(rows):
        people.setdefault(names[source_id], set()).add(who)
    return people


def _notes(db: Session, names: Mapping[str, str], seen: sa.ColumnElement[bool]) -> list[Note]:
    table = table_of(Memo)
    rows = db.execute(sa.select(table).where(seen).order_by(table.c.created_at))
    return [
        Note(row.about, names.get(row.source_id), row.code_id, row.created_by, count_words(row.text))
        for row in rows
    ]
