"""Decisions of a reviewer read from a table, for a team that reviews on paper or in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import BadInput
from qualbench.redaction.entities import (
    ACCEPTED,
    PENDING,
    REJECTED,
    insert_mentions,
    reopen_sources,
    whole_words,
)
from qualbench.redaction.forms import variant_columns
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.pseudonyms import next_pseudonym
from qualbench.redaction.records import new_entity, remember, set_entity
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Entity, Mention, Source, Variant, new_id, table_of
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.manifest import read_rows

COLUMNS = ("source", "text", "kind", "decision", "entity", "term")


@dataclass(frozen=True)
class _Row:
    number: int
    source: str
    text: str
    kind: str
    decision: str
    entity: str
    term: str


@dataclass
class DecisionsImport:
    """What came of a table of decisions.

    Attributes:
        accepted: Mentions that will be replaced.
        added: How many of those no detector had suggested.
        rejected: Mentions that stay.
    """

    accepted: int = 0
    added: int = 0
    rejected: int = 0
    faults: list[BadInput] = field(default_factory=list)


def import_decisions(study: Study, path: Path) -> DecisionsImport:
    """Apply a reviewer's table of decisions to all unsealed sources, in one change.

    Columns: `source` (empty means every source), `text` (whole words, the same case), `kind`, `decision`
    (accept or reject), `entity` (rows that share a key are one entity and get one pseudonym) and `term`
    (the general word of the pseudonym). Longer strings are settled before shorter ones they contain. What
    is accepted is replaced wherever it stands, suggested or not; what is kept and has no capital is settled
    only where it was suggested. Rows for one source go before rows for all.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    report = DecisionsImport()
    rows = _read(path, report)
    secret = read_secret(study)
    with change(study, "redact") as changed:
        texts = {
            row.name: (row.id, row.text)
            for row in changed.db.execute(
                sa.select(table_of(Source)).where(table_of(Source).c.state != "sealed").order_by("name")
            )
        }
        settled: dict[str, list[Span]] = {name: [] for name in texts}
        entities: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: (row.source == "", -len(row.text))):
            if row.source and row.source not in texts:
                report.faults.append(
                    BadInput(
                        f"{path.name}, row {row.number}: there is no unsealed source '{row.source}'.",
                        "Take out the row, or leave the source empty.",
                    )
                )
                continue
            if not any(
                whole_words(text, row.text) for name, (_, text) in texts.items() if row.source in ("", name)
            ):
                where = row.source or "any unsealed source"
                report.faults.append(
                    BadInput(
                        f"{path.name}, row {row.number}: its text stands nowhere in {where} as whole words.",
                        "Check spelling and capitals.",
                    )
                )
                continue
            _settle(changed, secret, row, texts, settled, entities, report)
        reopen_sources(changed)
        changed.summary = (
            f"Decided on redactions from a table: {report.accepted} accepted, {report.rejected} not"
        )
    return report


def _settle(
    changed: Change,
    secret: bytes,
    row: _Row,
    texts: Mapping[str, tuple[str, str]],
    settled: dict[str, list[Span]],
    entities: dict[str, str],
    report: DecisionsImport,
) -> None:
    key = f"{row.decision}:{row.entity or row.text}"
    for name in [row.source] if row.source else texts:
        source_id, text = texts[name]
        spans = [s for s in whole_words(text, row.text) if not any(overlaps(s, t) for t in settled[name])]
        if not spans:
            continue
        settled[name] += spans
        if key not in entities:
            entities[key] = _entity_for(changed, secret, row)
        covered = _clear(changed, source_id, spans)
        if row.decision == REJECTED and row.text == row.text.casefold():
            spans = covered  # an ordinary word or a number: the decision is on what was suggested only
        insert_mentions(changed, source_id, entities[key], spans)
        if row.decision == ACCEPTED:
            report.accepted += len(spans)
            report.added += len(spans) - len(covered)
        else:
            report.rejected += len(spans)
    if key in entities:
        _remember(changed, variant_columns(secret, row.text), entities[key], row.decision)


def _entity_for(changed: Change, secret: bytes, row: _Row) -> str:
    """The entity of a row: the one that holds its words already, unless that was decided otherwise.

    What a detector has only grouped with other words, and nobody has decided on, is left out of the group.
    """
    table, variant = table_of(Entity), table_of(Variant)
    known = changed.db.execute(
        sa.select(table)
        .join(variant, variant.c.entity_id == table.c.id)
        .where(variant.c.digest == digest(secret, row.text))
    ).first()
    if known is not None and known.decision == PENDING:
        forms = sa.select(sa.func.count()).where(variant.c.entity_id == known.id)
        known = known if changed.db.execute(forms).scalar_one() == 1 else None
    if known is not None and known.decision == row.decision:
        return str(known.id)
    entity_id = str(known.id) if known is not None and known.decision == PENDING else new_id()
    if known is None or entity_id != known.id:
        changed.insert(Entity, [new_entity(entity_id, row.kind)])
    pseudonym = None
    if row.decision == ACCEPTED:
        pseudonym = next_pseudonym(changed.db, secret, row.kind, row.term or None)
    set_entity(changed, entity_id, kind=row.kind, decision=row.decision, pseudonym=pseudonym)
    return entity_id


def _remember(changed: Change, forms: Mapping[str, str], entity_id: str, decision: str) -> None:
    """Let a form of words stand for the entity from now on; acceptance in one place outweighs rejection."""
    holder = changed.db.get(Variant, forms["digest"], populate_existing=True)
    held = changed.db.get(Entity, holder.entity_id, populate_existing=True) if holder is not None else None
    if held is None or decision == ACCEPTED or held.decision == PENDING:
        remember(changed, {forms["digest"]}, entity_id, forms)


def _clear(changed: Change, source_id: str, spans: list[Span]) -> list[Span]:
    """Remove the suggestions in the way of a decision; give those of the spans that had one."""
    table = table_of(Mention)
    present = changed.db.execute(
        sa.select(table.c.id, table.c.start, table.c.end).where(table.c.source_id == source_id)
    ).all()
    touched = [(one, Span(start, end)) for one, start, end in present]
    gone = [one for one, place in touched if any(overlaps(place, span) for span in spans)]
    changed.delete(Mention, [{"id": one} for one in gone])
    return [span for span in spans if any(overlaps(place, span) for _, place in touched)]


def _read(path: Path, report: DecisionsImport) -> list[_Row]:
    rows = []
    decisions = {"accept": ACCEPTED, "reject": REJECTED}
    for number, cells in read_rows(path, COLUMNS[1:4]):
        where = f"{path.name}, row {number}"
        kind, decision = cells["kind"] or "name", decisions.get(cells["decision"].casefold())
        if not cells["text"]:
            report.faults.append(BadInput(f"{where}: there is no text.", "Fill in the column 'text'."))
        elif decision is None:
            report.faults.append(
                BadInput(f"{where}: the decision is not accept or reject.", "Write one of them.")
            )
        elif kind not in TERMS:
            report.faults.append(
                BadInput(f"{where}: '{kind}' is not a kind of identifier.", f"Use one of {', '.join(TERMS)}.")
            )
        else:
            term = cells.get("term", "")
            entity = cells.get("entity", "")
            rows.append(_Row(number, cells.get("source", ""), cells["text"], kind, decision, entity, term))
    return rows
