"""What people write themselves, memos and codes and reasons, and redacted names in it.

People write names into memos, and a code made of a participant's words may hold one. Sealing puts the
pseudonym there too, and blanks what the journal kept of such words; afterwards no memo takes such a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.redaction.entities import ACCEPTED
from qualbench.redaction.forms import Forms, Found, form_rows
from qualbench.study.database import Study
from qualbench.study.journal import Change
from qualbench.study.rows import set_columns
from qualbench.study.secret import read_secret
from qualbench.study.tables import (
    CellSummary,
    Code,
    CodebookVersion,
    CodeVersion,
    Criterion,
    Decision,
    EmergentIssue,
    Entity,
    Event,
    Evidence,
    FlowReason,
    FrameworkTag,
    HiddenChange,
    Judgement,
    Memo,
    Mention,
    ParticipantAttribute,
    PlanOutcome,
    PlanRow,
    Reason,
    Row,
    TheoryLink,
    TheoryVersion,
    table_of,
)
from qualbench.text.spans import Edit, apply_edits

_ENTRY = (
    "label",
    "short_definition",
    "definition",
    "when_to_use",
    "when_not_to_use",
    "typical_example",
    "atypical_example",
    "near_miss_example",
    "central_concept",
    "question",
    "tags",
)
OWN_WORDS: tuple[tuple[type[Row], tuple[str, ...]], ...] = (
    (Memo, ("text",)),
    (Code, _ENTRY),
    (CodeVersion, _ENTRY),
    (CodebookVersion, ("note", "agreed_by")),
    (FrameworkTag, ("label", "definition")),
    (Decision, ("reason",)),
    (Reason, ("text",)),
    (CellSummary, ("text",)),
    (ParticipantAttribute, ("value",)),
    (Criterion, ("outcome", "element", "measurement", "target", "green", "amber", "red")),
    (FlowReason, ("reason",)),
    (Judgement, ("reason",)),
    (Evidence, ("note",)),
    (PlanRow, ("note",)),
    (PlanOutcome, ("reason",)),
    (EmergentIssue, ("title", "action", "owner", "response")),
    (TheoryVersion, ("text", "note")),
    (TheoryLink, ("element", "note")),
)
"""The tables that hold words of people who code, with the columns they are in."""

_COLUMNS = {table_of(model).name: columns for model, columns in OWN_WORDS}
_VIEWS: tuple[dict[int, int], ...] = (str.maketrans("_*`~", "    "), {})
"""How words are looked at: without the marks of Markdown, which would hide a name; as they are, for the marks
may be part of a name."""


@dataclass(frozen=True)
class Reworded:
    """Where pseudonyms were put into people's own words.

    Attributes:
        rows: How many rows, by the name of their table: memo, code, decision, reason and so on.
        events: How many events of the journal no longer hold their rows.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    events: int = 0

    def sentence(self) -> str:
        """Say what was changed; nothing if nothing was."""
        rows = {table.replace("_", " "): n for table, n in self.rows.items()}
        parts = [f"{n} {table}{'s' if n > 1 else ''}" for table, n in rows.items()]
        if self.events:
            parts.append(f"{self.events} old entr{'ies' if self.events > 1 else 'y'} of the journal")
        return f"Redacted names were taken out of {', '.join(parts)}." if parts else ""


def reword(changed: Change, forms: Forms) -> Reworded:
    """Replace forms of names by pseudonyms in people's own words, and blank what the journal has of them.

    The rows are written past the record of the change, which would hold them as they were; hence the change
    must be one that is not undone. The chain of the journal stays whole: it is made of digests.

    Args:
        changed: The change to take part in.
        forms: Forms of accepted entities.
    """
    entity = table_of(Entity)
    pseudonyms = {
        id_: pseudonym or "[...]"
        for id_, pseudonym in changed.db.execute(
            sa.select(entity.c.id, entity.c.pseudonym).where(entity.c.decision == ACCEPTED)
        )
    }
    counts = {}
    for model, columns in OWN_WORDS:
        table = table_of(model)
        rows = []
        named = [table.c[name] for name in columns]
        for row in changed.db.execute(sa.select(*table.primary_key, *named)).mappings():
            words = {name: _replaced(forms, pseudonyms, row[name]) for name in columns}
            if any(words[name] != row[name] for name in columns):
                rows.append({**row, **words})
        if rows:
            set_columns(changed.db, table, list(rows[0]), rows)
            counts[table.name] = len(rows)
    return Reworded(counts, _blank(changed.db, forms))


def refuse_sealed_names(db: Session, study: Study, words: str) -> None:
    """Refuse words with a form of a name that has been sealed somewhere, as it was redacted.

    Raises:
        Refused: If there is one, giving its pseudonym; or the secret of the study is not on this machine.
    """
    sealed = _sealed(db)
    if not sealed:
        return
    forms = _forms_of_sealed(db, study, sealed)
    for one in (one for view in _VIEWS for one in _named(forms, words, view)):
        raise Refused(
            f"These words hold the name that was sealed as {sealed[one.entity_id]}.",
            "Write the pseudonym instead.",
        )


def sealed_names_replaced(db: Session, study: Study) -> Callable[[str], str]:
    """Give a function that puts pseudonyms for sealed names into words that come from elsewhere.

    Raises:
        Refused: If something is sealed and the secret of the study is not on this machine.
    """
    sealed = _sealed(db)
    if not sealed:
        return str
    forms = _forms_of_sealed(db, study, sealed)
    return lambda words: _replaced(forms, sealed, words)


def _sealed(db: Session) -> dict[str, str]:
    """The pseudonyms of what has been sealed somewhere, by entity."""
    entity, mention = table_of(Entity), table_of(Mention)
    rows = db.execute(
        sa.select(entity.c.id, entity.c.pseudonym)
        .join(mention, mention.c.entity_id == entity.c.id)
        .where(mention.c.sealed)
        .distinct()
    )
    return {id_: pseudonym or "[...]" for id_, pseudonym in rows}


def _forms_of_sealed(db: Session, study: Study, sealed: Mapping[str, str]) -> Forms:
    return Forms(read_secret(study), [row for row in form_rows(db, ACCEPTED) if row[0] in sealed])


def _named(forms: Forms, words: str, view: dict[int, int]) -> list[Found]:
    """The names in words that are spelt as they were redacted."""
    return [one for one in forms.find(words.translate(view)) if one.exact]


def _replaced(forms: Forms, pseudonyms: Mapping[str, str], words: str) -> str:
    for view in _VIEWS:
        found = _named(forms, words, view)
        words = apply_edits(words, [Edit(*one.span, pseudonyms[one.entity_id]) for one in found])
    return words


def _blank(db: Session, forms: Forms) -> int:
    """Blank the payloads of events, and the parts kept apart, that hold such a name in people's own words."""
    known: dict[str, bool] = {}

    def is_named(words: str) -> bool:
        if words not in known:
            known[words] = any(_named(forms, words, view) for view in _VIEWS)
        return known[words]

    blanked: set[int] = set()
    for table, seq in ((table_of(Event), "seq"), (table_of(HiddenChange), "event")):
        key = list(table.primary_key)
        concerned = sa.or_(*(table.c.payload.contains(f'["{name}",[', autoescape=True) for name in _COLUMNS))
        rows = db.execute(sa.select(*key, table.c.payload).where(concerned)).mappings().all()
        held = [row for row in rows if any(map(is_named, _own_words(row["payload"])))]
        for row in held:
            place = sa.and_(*(column == row[column.name] for column in key))
            db.execute(sa.update(table).where(place).values(payload=None))
        blanked |= {row[seq] for row in held}
    return len(blanked)


def _own_words(payload: str) -> Iterator[str]:
    """The words of people that an event keeps, from before and after it."""
    read = json.loads(payload)
    items = read if isinstance(read[0], list) else [read]  # a part kept apart is one item
    for table, columns, before, after in items:
        for n, column in enumerate(columns):
            if column in _COLUMNS.get(table, ()):
                yield from (row[n] for row in [*(before or []), *(after or [])] if row[n])
