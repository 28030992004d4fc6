"""Writing what a project becomes into a new study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from qualbench.codebook.importing import import_entries
from qualbench.coding.memos import CODING, SOURCE, TURN
from qualbench.exchange.refi_qda.names import case_key
from qualbench.exchange.refi_qda.opening_codings import CodingPlan
from qualbench.exchange.refi_qda.opening_facts import (
    FAMILY,
    SITE,
    STAKEHOLDER,
    TIMEPOINT,
    known_as,
    variable_name,
)
from qualbench.exchange.refi_qda.opening_memos import MemoPlan
from qualbench.exchange.refi_qda.opening_plan import Plan
from qualbench.exchange.refi_qda.opening_speech import Spoken
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.retext import fingerprint
from qualbench.study.secret import read_secret, text_digest
from qualbench.study.settings import insert_coder, set_up
from qualbench.study.tables import (
    Coder,
    Coding,
    ForeignGuid,
    Memo,
    Participant,
    ParticipantAttribute,
    Source,
    Speaker,
    Turn,
    new_id,
    now,
    table_of,
)
from qualbench.text.words import count_words, fold
from qualbench.transcripts.participants import give_labels, label_digest

_AT_ONCE = 20_000  # codings in one change: a journal entry of a few MB
_PROGRAMS = ("qualbench", "NVivo", "MAXQDA", "ATLAS.ti", "QualCoder", "Taguette", "Quirkos", "Dedoose")

Values = dict[str, Any]


class Kept:
    """The GUIDs of another program that are kept: each is one thing's, and each thing has one."""

    def __init__(self) -> None:
        self._rows: list[Values] = []
        self._guids: set[str] = set()
        self._keys: set[tuple[str, str]] = set()

    def keep(self, kind: str, key: str, guid: str | None) -> None:
        """Keep the GUID that something came with, unless something else came with it before."""
        if guid is not None and guid not in self._guids and (kind, key) not in self._keys:
            self._guids.add(guid)
            self._keys.add((kind, key))
            self._rows.append({"kind": kind, "key": key, "guid": guid})

    def write(self, made: Change) -> None:
        """Write what has been kept since the last time."""
        made.insert(ForeignGuid, self._rows)
        self._rows = []


def write_plan(study: Study, plan: Plan, title: str) -> None:
    """Write everything into a newly made study, in a few changes.

    Args:
        study: The study, empty; its coder may be nobody yet.
        plan: What the project becomes.
        title: The title of the study.
    """
    set_up(study, title, plan.lists)
    at_work = study.by(study.coder or plan.coders.default)
    if plan.codes.entries:
        import_entries(at_work, plan.codes.entries, "the codes of a project")
    kept = Kept()
    source_ids = [new_id() for _ in plan.texts]
    with change(at_work, "open", undoable=False) as made:
        made.summary = f"Opened a project of {program_of(plan)}: {len(plan.texts)} sources"
        _insert_coders(made, plan)
        made.insert(Participant, _participants(plan))
        made.insert(ParticipantAttribute, _attributes(plan))
        _insert_sources(made, plan, source_ids, read_secret(study))
        _keep_guids(plan, source_ids, kept)
        kept.write(made)
    coding_ids = []
    for first in range(0, len(plan.codings), _AT_ONCE):
        some = plan.codings[first : first + _AT_ONCE]
        with change(at_work, "open", f"Opened {len(some)} codings", undoable=False) as made:
            rows = [_coding(one, source_ids) for one in some]
            made.insert(Coding, rows)
            for row, one in zip(rows, some, strict=True):
                coding_ids.append(row["id"])
                kept.keep("coding", row["id"], one.guid)
            kept.write(made)
    if plan.memos:
        with change(at_work, "open", f"Opened {len(plan.memos)} memos", undoable=False) as made:
            memos = [_memo(plan, memo, source_ids, coding_ids) for memo in plan.memos]
            made.insert(Memo, memos)
            for row, memo in zip(memos, plan.memos, strict=True):
                kept.keep("memo", row["id"], memo.guid)
            kept.write(made)


def program_of(plan: Plan) -> str:
    """Give the program that wrote a project, by the name under which it is known."""
    origin = fold(plan.project.origin)
    return next((name for name in _PROGRAMS if origin.startswith(fold(name))), "another program")


def _participants(plan: Plan) -> list[Values]:
    return [
        {
            "id": person.id,
            "family": person.columns.get(FAMILY),
            "stakeholder": person.columns[STAKEHOLDER],
            "site": person.columns.get(SITE),
        }
        for person in plan.people.persons.values()
    ]


def _attributes(plan: Plan) -> list[Values]:
    return [
        {"participant_id": person.id, "name": name, "value": value}
        for person in plan.people.persons.values()
        for name, value in person.attributes.items()
    ]


def _insert_sources(made: Change, plan: Plan, source_ids: Sequence[str], secret: bytes) -> None:
    """Insert the sources with their turns, and keep under which labels people speak."""
    given: dict[str, str | None] = {}
    for n, (source_id, text) in enumerate(zip(source_ids, plan.texts, strict=True)):
        speakers, turns = _rows_of_speech(source_id, plan.spoken[n])
        made.insert(Source, [_source(plan, n, source_id, secret)])
        made.insert(Speaker, speakers)
        made.insert(Turn, turns)
        for row in speakers:
            if row["participant_id"] and fold(row["label"] or "") != fold(row["participant_id"]):
                given[label_digest(secret, text.name, row["label"])] = row["participant_id"]
    give_labels(made, given)


def _source(plan: Plan, n: int, source_id: str, secret: bytes) -> Values:
    text, columns = plan.texts[n], plan.people.sources[n].columns
    return {
        "id": source_id,
        "name": text.name,
        "kind": columns.get("Kind", "field note" if text.holder.tag == "note" else "interview"),
        "timepoint": columns.get(TIMEPOINT),
        "site": columns.get(SITE),
        "date": columns.get("Date"),
        "mode": columns.get("Mode"),
        "format": "qdpx",
        "state": "imported",
        "words": count_words(text.text),
        "fingerprint": fingerprint(text.text),
        "imported_fingerprint": text_digest(secret, text.text),
        "imported_at": now(),
        "text": text.text,
    }


def _rows_of_speech(source_id: str, spoken: Sequence[Spoken]) -> tuple[list[Values], list[Values]]:
    """The rows of the speakers and of the turns.

    Where a label, or talk without one, is of several people, each is known by the id instead.
    """
    people = Counter(label for label, _ in {(fold(one.turn.label or ""), one.person) for one in spoken})
    numbers: dict[tuple[str | None, str | None], int] = {}
    speakers: list[Values] = []
    turns: list[Values] = []
    for n, one in enumerate(spoken, start=1):
        turn = one.turn
        shared = people[fold(turn.label or "")] > 1 and one.person is not None
        label = one.person if shared else turn.label
        number = numbers.setdefault((label, one.person), len(numbers) + 1)
        if number > len(speakers):
            speakers.append(
                {
                    "source_id": source_id,
                    "n": number,
                    "label": label,
                    "role": one.role,
                    "participant_id": one.person,
                }
            )
        turns.append(
            {
                "source_id": source_id,
                "n": n,
                "speaker_n": number,
                "label_start": turn.label_start,
                "start": turn.start,
                "end": turn.end,
                "begins_at": turn.begins_at,
                "ends_at": turn.ends_at,
            }
        )
    return speakers, turns


def _coding(one: CodingPlan, source_ids: Sequence[str]) -> Values:
    return {
        "id": new_id(),
        "source_id": source_ids[one.text],
        "start": one.span.start,
        "end": one.span.end,
        "code_id": one.code,
        "layer": one.layer,
        "created_by": one.author,
        "created_at": one.time,
        "exemplar": False,
        "meaning": None,
        "version": 0,
        "kept_under": None,
        "kept_at": None,
        "made_as": None,
        "decision_id": None,
    }


def _memo(plan: Plan, memo: MemoPlan, source_ids: Sequence[str], coding_ids: Sequence[str]) -> Values:
    about, text, span, code, place = memo.about
    coding = plan.coding_places.get(place) if place is not None else None
    if about == CODING:  # its words are the coding's; where that came to nothing they are its own
        about, span = (CODING, None) if coding is not None else (TURN if span else SOURCE, span)
    time = memo.time or plan.project.time or now()
    return {
        "id": new_id(),
        "about": about,
        "source_id": source_ids[text] if text is not None else None,
        "start": span.start if span is not None else None,
        "end": span.end if span is not None else None,
        "code_id": code,
        "coding_id": coding_ids[coding] if coding is not None else None,
        "text": memo.text,
        "created_by": plan.coders.author(memo.user),
        "created_at": time,
        "changed_at": memo.changed or time,
    }


def _keep_guids(plan: Plan, source_ids: Sequence[str], kept: Kept) -> None:
    """Keep the GUIDs of all but codings and memos, each of which is kept when it is written."""
    for source_id, text in zip(source_ids, plan.texts, strict=True):
        for guid in text.guids:  # the first that is not another's
            kept.keep("source", source_id, guid)
    for code_id, guid in plan.codes.guids.items():
        kept.keep("code", code_id, guid)
    for theme, guid in plan.codes.sets.items():
        kept.keep("candidates", theme, guid)
    for guid, layer in plan.coders.by_guid.items():
        kept.keep("user", layer, guid)
    kept.keep("branch", "cases", plan.folder)
    times = _times_of_people(plan)
    for guid, person, timepoint in plan.people.cases:
        spoken = times.get(person, {})
        own = fold(timepoint or "")
        for time in [spoken[own]] if own in spoken else [*spoken.values(), timepoint]:
            kept.keep("case", case_key(person, time), guid)
    for guid, name in plan.project.variables.items():
        kept.keep("variable", known_as(name) or variable_name(name), guid)


def _times_of_people(plan: Plan) -> Mapping[str, dict[str, str]]:
    """The timepoints of the sources in which each person speaks, by their folded forms; "" for none."""
    found: dict[str, dict[str, str]] = {}
    for spoken, facts in zip(plan.spoken, plan.people.sources, strict=True):
        time = facts.columns.get(TIMEPOINT, "")
        for person in {one.person for one in spoken if one.person is not None}:
            found.setdefault(person, {})[fold(time)] = time
    return found


def _insert_coders(made: Change, plan: Plan) -> None:
    known = set(made.db.execute(sa.select(table_of(Coder).c.initials)).scalars())
    for initials in plan.coders.names:
        if initials not in known:
            insert_coder(made, initials, "coder" if known else "lead")
            known.add(initials)
