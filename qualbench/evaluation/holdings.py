"""Everything in a study that holds a participant: what a withdrawal is about, before anything is done."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.coding.blind import decisions_in_view, examples_in_view, in_any_view, memos_in_view
from qualbench.evaluation.their_words import TheirTalk
from qualbench.evaluation.whose_words import Said, people_in
from qualbench.redaction.leaks import texts_of
from qualbench.redaction.own_words import OWN_WORDS
from qualbench.study.database import Study
from qualbench.study.local import DATABASE_FILE
from qualbench.study.tables import (
    Bookmark,
    CellSummary,
    Code,
    CodebookVersion,
    CodeExample,
    CodeVersion,
    Coding,
    Criterion,
    Decision,
    Evidence,
    ExportRecord,
    FrameworkTag,
    IssueQuote,
    Memo,
    Mention,
    ParticipantAttribute,
    PlanOutcome,
    Row,
    TheoryLink,
    TheoryVersion,
    table_of,
)
from qualbench.text.spans import Span, overlaps

_FORMAT = re.compile(r"(?:styles\w*|theme\d*|settings|webSettings|fontTable|Types\])\.xml$|\.rels$")
"""Members of an Office file that say how it looks."""

INSTRUMENTS = frozenset({Code, CodeVersion, CodebookVersion, FrameworkTag, Criterion, TheoryVersion})
"""Tables of what the team works with, in whose ordinary words nobody is quoted."""

_PLACED: tuple[tuple[str, type[Row], str], ...] = (
    ("coding", Coding, "layer"),
    ("example", CodeExample, "added_by"),
    ("decision", Decision, "decided_by"),
)
_ON_CODINGS: tuple[tuple[str, type[Row], str], ...] = (
    ("evidence", Evidence, "id"),
    ("issue quote", IssueQuote, "issue_id"),
    ("theory link", TheoryLink, "id"),
)


@dataclass(frozen=True)
class Holding:
    """Something in the study that holds a participant.

    Attributes:
        kind: Turn, coding, memo and so on.
        id: Of the row; of a turn its number.
        source: The name of the source; empty where it lies in none.
        start: Code point of the text; None where it has no place.
        end: The same, half-open.
        by: Whose it is, initials or a layer.
        goes: Whether removal takes it away; what is not taken away is reworded, or holds others' words too.
        table: The name of its table.
    """

    kind: str
    id: str
    source: str = ""
    start: int | None = None
    end: int | None = None
    by: str = ""
    goes: bool = True
    table: str = ""


@dataclass(frozen=True)
class KnownExport:
    """A file on record that has left the study with words of a participant in it."""

    name: str
    kind: str
    sha256: str
    made_by: str
    made_at: str


@dataclass(frozen=True)
class Holdings:
    """What holds a participant.

    Attributes:
        seen: What the person at work may see.
        hidden: How much more there is, by kind.
        exports: Those on record.
        files: Files in the study's own folder that hold their words.
    """

    participant: str
    seen: list[Holding]
    hidden: Mapping[str, int] = field(default_factory=dict)
    exports: list[KnownExport] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Give how much there is of each kind, hidden or not."""
        return dict(Counter(one.kind for one in self.seen) + Counter(self.hidden))


def all_holdings(db: Session, talk: TheirTalk) -> Iterator[Holding]:
    """Give all that holds a participant, whoever may see it, but for exports and files."""
    yield from _turns(talk)
    codings: dict[str, bool] = {}
    for kind, model, whose in _PLACED:
        for row in _rows(db, model, talk):
            source = talk.sources[row["source_id"]]
            span = Span(row["start"], row["end"])
            if source.alone or source.touches(span):
                goes = source.alone or source.is_theirs(span)
                yield Holding(kind, row["id"], source.name, *span, row[whose], goes, table_of(model).name)
                if model is Coding:
                    codings[row["id"]] = goes
    yield from _marks(db, talk)
    memo = table_of(Memo)
    seen = set()
    for note in db.execute(sa.select(memo)).mappings():
        one = _memo(dict(note), talk, codings)
        if one is not None:
            seen.add(one.id)
            yield one
    for kind, model, key in _ON_CODINGS:
        table = table_of(model)
        for id_, coding in db.execute(
            sa.select(table.c[key], table.c.coding_id).where(table.c.coding_id.in_(list(codings)))
        ):
            yield Holding(kind, id_, goes=codings[coding], table=table.name)
    for kind, model, whose in (
        ("cell summary", CellSummary, "written_by"),
        ("plan outcome", PlanOutcome, "noted_by"),
    ):
        table = table_of(model)
        theirs = table.c.participant_id == talk.participant
        for id_, by in db.execute(sa.select(table.c.id, table.c[whose]).where(theirs)):
            yield Holding(kind, id_, by=by, table=table.name)
    attribute = table_of(ParticipantAttribute)
    named = sa.select(attribute.c.name).where(attribute.c.participant_id == talk.participant)
    for name in db.execute(named).scalars():
        yield Holding("attribute", name, table=attribute.name)
    yield from _quoting(db, talk, seen)


def read_holdings(study: Study, talk: TheirTalk, said: Said | None) -> Holdings:
    """Give what holds a participant, as far as the person at work may see it, with counts of the rest.

    Args:
        study: The study, with the person at work.
        talk: What the participant says.
        said: The same, for finding files; None if they say nothing.
    """
    with study.read() as db:
        everything = list(all_holdings(db, talk))
        visible = _visible(db, study)
        table = table_of(ExportRecord)
        records = db.execute(sa.select(table).order_by(table.c.made_at, table.c.id)).all()
    seen = [one for one in everything if one.table not in visible or one.id in visible[one.table]]
    shown = set(map(id, seen))
    hidden = Counter(one.kind for one in everything if id(one) not in shown)
    exports = [
        KnownExport(row.name, row.kind, row.sha256, row.made_by, row.made_at)
        for row in records
        if talk.participant in row.participants.split(",")
    ]
    return Holdings(talk.participant, seen, dict(hidden), exports, files_holding(study, talk, said))


def files_holding(study: Study, talk: TheirTalk, said: Said | None) -> list[Path]:
    """Give the files in the study's folder, besides the database and its backups, that hold their words.

    The team's instruments may be printed there, in ordinary words; the picture of a drawing goes with it.
    """
    with study.read() as db:
        kept = talk.kept_in(_instruments(db))
    own = {study.folder / "qualbench.toml", *study.folder.glob(DATABASE_FILE + "*")}
    backups = study.folder / "backups"
    found = []
    for path in sorted(study.folder.rglob("*")):
        if not path.is_file() or path in own or backups in path.parents:
            continue
        held = any(talk.is_in(text, kept) for text in _texts(path))
        if held or (said is not None and people_in([path], {talk.participant: said})):
            found.append(path)
    pictures = [path.with_suffix(".png") for path in found if path.suffix == ".svg"]
    return sorted({*found, *(path for path in pictures if path.is_file())})


def _instruments(db: Session) -> Iterator[str]:
    for model, columns in OWN_WORDS:
        if model in INSTRUMENTS:
            for row in db.execute(sa.select(*(table_of(model).c[name] for name in columns))):
                yield from filter(None, row)


def _texts(path: Path) -> Iterator[str]:
    """The texts of a file; of an Office file only those that somebody wrote."""
    data = path.read_bytes()
    if path.suffix.lower() not in (".docx", ".xlsx") or not zipfile.is_zipfile(io.BytesIO(data)):
        yield from texts_of(data, path.name)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if not _FORMAT.search(member):
                yield from texts_of(archive.read(member), member)


def _turns(talk: TheirTalk) -> Iterator[Holding]:
    for source in talk.sources.values():
        for n, span in enumerate(source.turns, start=1):
            yield Holding("turn", str(n), source.name, *span)


def _rows(db: Session, model: type[Row], talk: TheirTalk) -> Iterable[Mapping[str, Any]]:
    table = table_of(model)
    wanted = sa.select(table).where(table.c.source_id.in_(list(talk.sources))).order_by(table.c.source_id)
    return [dict(row) for row in db.execute(wanted).mappings()]


def _marks(db: Session, talk: TheirTalk) -> Iterator[Holding]:
    """Bookmarks and places of redaction among their words."""
    for row in _rows(db, Bookmark, talk):
        source = talk.sources[row["source_id"]]
        at = row["position"]
        if source.alone or any(turn.start <= at < turn.end for turn in source.turns):
            key = f"{row['coder']} {row['letter']}"
            yield Holding("bookmark", key, source.name, at, at, row["coder"], table="bookmark")
    for row in _rows(db, Mention, talk):
        source = talk.sources[row["source_id"]]
        span = Span(row["start"], row["end"])
        if source.alone or any(overlaps(span, one) for one in (*source.turns, *source.labels)):
            yield Holding("mention", row["id"], source.name, *span, table="mention")


def _memo(row: Mapping[str, Any], talk: TheirTalk, codings: Mapping[str, bool]) -> Holding | None:
    source = talk.sources.get(row["source_id"] or "")
    by, table = row["created_by"], "memo"
    if row["coding_id"] in codings:
        where = source.name if source else ""
        return Holding("memo", row["id"], where, by=by, goes=codings[row["coding_id"]], table=table)
    if source is not None and row["start"] is not None:
        span = Span(row["start"], row["end"])
        if source.alone or source.touches(span):
            goes = source.alone or source.is_theirs(span)
            return Holding("memo", row["id"], source.name, *span, by, goes, table)
    elif source is not None and source.alone:
        return Holding("memo", row["id"], source.name, by=by, table=table)
    return None


def _quoting(db: Session, talk: TheirTalk, memos: Iterable[str]) -> Iterator[Holding]:
    """What people wrote elsewhere with words that only the participant uses."""
    counted = set(memos)
    for model, columns in OWN_WORDS:
        table = table_of(model)
        keys = list(table.primary_key)
        for row in db.execute(sa.select(*keys, *(table.c[name] for name in columns))).mappings():
            key = " ".join(str(row[column.name]) for column in keys)
            if model is Memo and key in counted:
                continue
            words = [row[name] for name in columns if row[name]]
            if any(talk.reworded(one, instrument=model in INSTRUMENTS) != one for one in words):
                kind = "memo" if model is Memo else f"words in {table.name.replace('_', ' ')}"
                yield Holding(kind, key, goes=False, table=table.name)


def _visible(db: Session, study: Study) -> dict[str, set[str]]:
    """The ids that the person at work may see, of the tables of which not all may see everything."""
    conditions: tuple[tuple[type[Row], sa.ColumnElement[bool]], ...] = (
        (Coding, in_any_view(study.coder)),
        (CodeExample, examples_in_view(study)),
        (Memo, memos_in_view(study)),
        (Decision, decisions_in_view(study)),
    )
    return {
        table_of(model).name: set(db.execute(sa.select(table_of(model).c.id).where(seen)).scalars())
        for model, seen in conditions
    }
