"""Taking a participant's words out of a study: the texts, what rests on them, and what the journal kept.

Rows are deleted and reworded past the record of the change, which would hold them as they were; what stays
of the change is that it was made. The chain of the journal stays whole, for it is made of digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from qualbench.evaluation.holdings import INSTRUMENTS, Holding, all_holdings
from qualbench.evaluation.their_words import GONE, SourceOfTheirs, TheirTalk
from qualbench.redaction.own_words import OWN_WORDS
from qualbench.study.fulltext import forget
from qualbench.study.journal import Change
from qualbench.study.retext import retext
from qualbench.study.rows import set_columns
from qualbench.study.tables import (
    CellSummary,
    Code,
    Coding,
    Entity,
    Event,
    Evidence,
    ForeignGuid,
    HiddenChange,
    IssueQuote,
    Memo,
    Mention,
    Participant,
    ParticipantArm,
    ParticipantAttribute,
    ParticipantLabel,
    PlanOutcome,
    Row,
    Source,
    Speaker,
    TheoryLink,
    Turn,
    Variant,
    table_of,
)
from qualbench.text.spans import Edit

_LABEL = "Withdrawn"
_LAST = (Turn, Speaker, Source)  # what others of a source refer to
_TOKEN = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_BY_ID = ("coding", "code_example", "decision", "memo", "cell_summary", "plan_outcome")


def remove_words(changed: Change, talk: TheirTalk) -> dict[str, int]:
    """Take out what a participant said, and what holds or quotes it; give how much there was, by kind.

    Args:
        changed: The change to take part in, one that is not undone.
        talk: What the participant says.
    """
    held = list(all_holdings(changed.db, talk))
    going = [one for one in held if one.goes]
    named = _entities(changed, [one.id for one in going if one.table == "mention"])
    marks = {one.id for one in going if one.table in _BY_ID} | {talk.participant}
    _delete_on_codings(changed, [one.id for one in going if one.table == "coding"])
    _delete_held(changed, going)
    _delete_about(changed, talk.participant)
    for source in talk.sources.values():
        marks.add(source.id) if source.alone else None
        _delete_source(changed, source) if source.alone else _blank_turns(changed, source)
    _delete_unmentioned(changed, named)
    _reword(changed, talk)
    blanked = _blank_journal(changed, talk, marks)
    counts: dict[str, int] = {}
    for one in held:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return {**counts, "journal entry": blanked}


def _delete_on_codings(changed: Change, codings: Sequence[str]) -> None:
    """Take away what rests on codings that go."""
    for model in (Evidence, IssueQuote):
        table = table_of(model)
        changed.db.execute(sa.delete(table).where(table.c.coding_id.in_(codings)))
    link = table_of(TheoryLink)  # what a theme says of the theory stays, without the passage that shows it
    changed.db.execute(sa.update(link).where(link.c.coding_id.in_(codings)).values(coding_id=None))
    memo = table_of(Memo)
    changed.db.execute(sa.delete(memo).where(memo.c.coding_id.in_(codings)))


def _delete_held(changed: Change, going: Iterable[Holding]) -> None:
    ids: dict[str, list[str]] = {}
    for one in going:
        ids.setdefault(one.table, []).append(one.id)
    for name in ("memo", "coding", "code_example", "decision", "mention", "cell_summary", "plan_outcome"):
        table = Row.metadata.tables[name]
        changed.db.execute(sa.delete(table).where(table.c.id.in_(ids.get(name, []))))
    bookmark = Row.metadata.tables["bookmark"]
    for key in ids.get("bookmark", []):
        coder, letter = key.split(" ", 1)
        at = sa.and_(bookmark.c.coder == coder, bookmark.c.letter == letter)
        changed.db.execute(sa.delete(bookmark).where(at))


def _delete_about(changed: Change, participant: str) -> None:
    """Take away what is known of the participant, but for the group and site that the plan counts them in."""
    for model in (ParticipantLabel, ParticipantAttribute, ParticipantArm, CellSummary, PlanOutcome):
        table = table_of(model)
        changed.db.execute(sa.delete(table).where(table.c.participant_id == participant))
    guid = table_of(ForeignGuid)
    case = sa.and_(guid.c.kind == "case", guid.c.key.startswith(participant, autoescape=True))
    for key in changed.db.execute(sa.select(guid.c.key).where(case)).scalars().all():
        if _TOKEN.findall(key)[:1] == _TOKEN.findall(participant)[:1]:
            changed.db.execute(sa.delete(guid).where(guid.c.kind == "case", guid.c.key == key))
    person = {"id": participant, "family": None, "consent_quote": False, "consent_archive": False}
    set_columns(changed.db, table_of(Participant), list(person), [person])


def _delete_source(changed: Change, source: SourceOfTheirs) -> None:
    """Take away a source in which nobody else was asked, with all that hangs on it."""
    db = changed.db
    forget(db)
    coding, memo = table_of(Coding), table_of(Memo)
    ids = list(db.execute(sa.select(coding.c.id).where(coding.c.source_id == source.id)).scalars())
    _delete_on_codings(changed, ids)
    last = [table_of(model) for model in _LAST]
    hanging = [
        table for table in Row.metadata.tables.values() if "source_id" in table.c and table not in last
    ]
    for table in (memo, *(one for one in hanging if one is not memo), *last[:-1]):
        db.execute(sa.delete(table).where(table.c.source_id == source.id))
    db.execute(sa.delete(last[-1]).where(last[-1].c.id == source.id))
    guid = table_of(ForeignGuid)
    db.execute(sa.delete(guid).where(guid.c.key.in_([source.id, *ids])))


def _blank_turns(changed: Change, source: SourceOfTheirs) -> None:
    """Put a mark in the place of what the participant says in a source, and of the label before it."""
    label = _free_label(changed, source)
    edits = []
    for words, before in zip(source.turns, source.labels, strict=True):
        if before.start < before.end:
            edits.append(Edit(before.start, before.end, f"{label}: "))
        if words.start < words.end:
            edits.append(Edit(words.start, words.end, GONE))
    retext(changed, source.id, edits, rewritten=True)
    speaker = table_of(Speaker)
    for n in source.speakers:
        place = sa.and_(speaker.c.source_id == source.id, speaker.c.n == n)
        present = changed.db.execute(sa.select(speaker.c.label).where(place)).scalar()
        row = {"source_id": source.id, "n": n, "role": "other", "participant_id": None}
        set_columns(
            changed.db, speaker, [*row, "label"], [{**row, "label": label if present is not None else None}]
        )


def _free_label(changed: Change, source: SourceOfTheirs) -> str:
    speaker = table_of(Speaker)
    there = changed.db.execute(sa.select(speaker.c.label).where(speaker.c.source_id == source.id)).scalars()
    taken = {(label or "").casefold() for label in there}
    label, n = _LABEL, 1
    while label.casefold() in taken:
        n += 1
        label = f"{_LABEL} {n}"
    return label


def _entities(changed: Change, mentions: Sequence[str]) -> set[str]:
    mention = table_of(Mention)
    return set(changed.db.execute(sa.select(mention.c.entity_id).where(mention.c.id.in_(mentions))).scalars())


def _delete_unmentioned(changed: Change, named: set[str]) -> None:
    """Take away those of some entities that are mentioned nowhere any more."""
    entity, mention, variant = table_of(Entity), table_of(Mention), table_of(Variant)
    gone = sorted(named - set(changed.db.execute(sa.select(mention.c.entity_id)).scalars()))
    changed.db.execute(sa.delete(variant).where(variant.c.entity_id.in_(gone)))
    changed.db.execute(sa.delete(entity).where(entity.c.id.in_(gone)))


def _reword(changed: Change, talk: TheirTalk) -> None:
    """Take words that only the participant uses out of what people have written."""
    for model, columns in OWN_WORDS:
        table, instrument = table_of(model), model in INSTRUMENTS
        named = [table.c[name] for name in columns]
        rows = []
        for row in changed.db.execute(sa.select(*table.primary_key, *named)).mappings().all():
            words = {
                name: talk.reworded(row[name], instrument=instrument) if row[name] else row[name]
                for name in columns
            }
            if any(words[name] != row[name] for name in columns):
                rows.append({**row, **words})
        if model is Code:
            _keep_labels_apart(changed, rows)
        if rows:
            set_columns(changed.db, table, list(rows[0]), rows)


def _keep_labels_apart(changed: Change, rows: Sequence[dict[str, Any]]) -> None:
    """Number labels of codes that would come to be the same."""
    code = table_of(Code)
    changing = {row["id"] for row in rows}
    present = changed.db.execute(sa.select(code.c.id, code.c.label)).all()
    taken = {label.casefold() for id_, label in present if id_ not in changing}
    for row in rows:
        label, n = row["label"], 1
        while row["label"].casefold() in taken:
            n += 1
            row["label"] = f"{label} {n}"
        taken.add(row["label"].casefold())


def _blank_journal(changed: Change, talk: TheirTalk, marks: set[str]) -> int:
    """Blank the payloads of events that hold their words, or what has been taken away; give how many."""
    wanted = {mark.casefold() for mark in marks} | {
        part.casefold() for mark in marks for part in _TOKEN.findall(mark) if len(part) > 8
    }
    blanked: set[int] = set()
    for table, seq in ((table_of(Event), "seq"), (table_of(HiddenChange), "event")):
        keys = list(table.primary_key)
        rows = changed.db.execute(sa.select(*keys, table.c.payload).where(table.c.payload.is_not(None)))
        for row in rows.mappings().all():
            text = _ESCAPE.sub(" ", row["payload"])
            held = not wanted.isdisjoint(map(str.casefold, _TOKEN.findall(text))) or talk.is_in(text)
            if held or f'"{talk.participant}"' in row["payload"]:
                place = sa.and_(*(column == row[column.name] for column in keys))
                changed.db.execute(sa.update(table).where(place).values(payload=None))
                blanked.add(row[seq])
    return len(blanked)
