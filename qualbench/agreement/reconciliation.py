"""Reconciling two coders: decisions that write the agreed layer and never touch theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.comparison import comparable
from qualbench.agreement.differences import CodedSpan, Comparison, Difference, compare_source
from qualbench.coding.places import check_span, text_length
from qualbench.coding.rows import insert_codings
from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.tables import AGREED, Coding, Decision, Source, new_id, now, table_of
from qualbench.text.spans import Span, merge
from qualbench.transcripts.manifest import read_rows
from qualbench.transcripts.sources import source_ids

OUTCOMES = ("keep A", "keep B", "both", "neither", "redraw", "agree to differ")
COLUMNS = ("source", "start", "end", "code_a", "code_b", "outcome", "reason")


@dataclass(frozen=True)
class SourceDifference:
    """A difference in a source, with its words, and the outcome if it has been decided."""

    source: str
    difference: Difference
    words: str
    outcome: str | None


@dataclass
class DecisionsImport:
    """What came of a table of decisions."""

    decided: int = 0
    faults: list[QualbenchError] = field(default_factory=list)


def list_differences(study: Study, coders: tuple[str, str] | None = None) -> list[SourceDifference]:
    """Give the differences of two coders in the sources that both have finished, in order.

    Raises:
        Refused: If it is not clear who is meant, or no source is finished by both.
    """
    coders, names = comparable(study, coders)
    found = []
    source = table_of(Source)
    with study.read() as db:
        for name, source_id in sorted(source_ids(db, names).items()):
            decided = _decided(db, source_id, coders)
            text = str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
            for difference in _comparison(db, source_id, coders).differences:
                start, end = difference.span
                found.append(
                    SourceDifference(name, difference, text[start:end], decided.get(_key(difference)))
                )
    return found


def fill_agreed(study: Study, coders: tuple[str, str] | None = None) -> int:
    """Put into the agreed layer what two coders have coded alike to the letter; give how much was new.

    Raises:
        Refused: If it is not clear who is meant, or no source is finished by both.
    """
    coders, names = comparable(study, coders)
    with change(study, "reconcile") as changed:
        added = 0
        for source_id in source_ids(changed.db, names).values():
            same = _comparison(changed.db, source_id, coders).agreed
            added += _insert_agreed(changed, source_id, [(coded.span, coded.code) for coded in same])
        changed.summary = f"Took {added} passages that {coders[0]} and {coders[1]} coded alike"
    return added


def decide(
    study: Study,
    source: str,
    span: Span,
    outcome: str,
    *,
    codes: tuple[str | None, str | None] = (None, None),
    reason: str = "",
    redrawn: Span | None = None,
    coders: tuple[str, str] | None = None,
) -> None:
    """Decide on one difference and write the outcome into the agreed layer.

    Args:
        study: The study; its coder is who decides.
        source: The source.
        span: All the words concerned, as `list_differences` gives them.
        outcome: One of `OUTCOMES`. "both" keeps each code; of one code with two boundaries, their union.
        codes: A's and B's code there, None where one has none; needed only where two differences have
            the same words.
        reason: Why.
        redrawn: The words to be coded, with the outcome "redraw".
        coders: The two layers; None where only two coders have finished anything.

    Raises:
        NotFound: If there is no such difference.
        BadInput: If the outcome is unknown, or a redrawn span is missing or outside the text.
        Refused: If it has been decided already.
    """
    coders, _ = comparable(study, coders)
    with change(study, "reconcile") as changed:
        source_id = source_ids(changed.db, [source])[source]
        places = {_key(d): d for d in _comparison(changed.db, source_id, coders).differences}
        settled = _decided(changed.db, source_id, coders)
        key = _only_key(source, span, codes, places)
        _decide(changed, source, source_id, coders, places, settled, key, outcome, reason, redrawn)
        changed.summary = f"Decided '{outcome}' in {source_mark(source_id)} at {span.start}-{span.end}"


def import_decisions(study: Study, path: Path, coders: tuple[str, str] | None = None) -> DecisionsImport:
    """Apply a table of decisions in one change; a row that cannot be applied is left out and reported.

    Columns: `source`, `start`, `end`, `code_a`, `code_b` (as `list_differences` gives them), `outcome`,
    `reason`, and `redrawn_start`, `redrawn_end` for the outcome "redraw".

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    report = DecisionsImport()
    rows = list(read_rows(path, COLUMNS[:6]))
    coders, names = comparable(study, coders)
    with change(study, "reconcile") as changed:
        ids = source_ids(changed.db, names)
        places = {
            name: {_key(d): d for d in _comparison(changed.db, ids[name], coders).differences}
            for name in names
        }
        settled = {name: _decided(changed.db, ids[name], coders) for name in names}
        for number, cells in rows:
            where = f"{path.name}, row {number}"
            name = cells["source"]
            try:
                if name not in ids:
                    raise BadInput(f"'{name}' is not a source that both have finished.", "Take out the row.")
                key = (_whole_span(cells, "start", "end"), cells["code_a"] or None, cells["code_b"] or None)
                redrawn = (
                    _whole_span(cells, "redrawn_start", "redrawn_end") if cells.get("redrawn_start") else None
                )
                _decide(
                    changed,
                    name,
                    ids[name],
                    coders,
                    places[name],
                    settled[name],
                    key,
                    cells["outcome"],
                    cells.get("reason", ""),
                    redrawn,
                )
                settled[name][key] = cells["outcome"]
                report.decided += 1
            except QualbenchError as fault:
                report.faults.append(BadInput(f"{where}: {fault.message}", fault.hint))
        changed.summary = f"Decided {report.decided} differences of {coders[0]} and {coders[1]} from a table"
    return report


_Key = tuple[Span, str | None, str | None]


def _key(difference: Difference) -> _Key:
    return difference.span, difference.code_a, difference.code_b


def _only_key(
    source: str, span: Span, codes: tuple[str | None, str | None], places: Mapping[_Key, Difference]
) -> _Key:
    """The difference meant: that with these codes, or the only one at the span."""
    there = [key for key in places if key[0] == span]
    if codes == (None, None) and len(there) > 1:
        pairs = "; ".join(f"{a or 'nothing'} and {b or 'nothing'}" for _, a, b in there)
        raise BadInput(
            f"{len(there)} differences stand at {source} {span.start}-{span.end}: {pairs}.",
            "Say which by --code-a and --code-b.",
        )
    return there[0] if codes == (None, None) and there else (span, *codes)


def _comparison(db: Session, source_id: str, coders: tuple[str, str]) -> Comparison:
    table = table_of(Coding)
    layers: dict[str, list[CodedSpan]] = {coder: [] for coder in coders}
    rows = db.execute(
        sa.select(table.c.layer, table.c.start, table.c.end, table.c.code_id)
        .where(table.c.source_id == source_id, table.c.layer.in_(coders))
        .order_by(table.c.start, table.c.end, table.c.code_id)
    )
    for layer, start, end, code in rows:
        layers[layer].append(CodedSpan(Span(start, end), code))
    return compare_source(layers[coders[0]], layers[coders[1]])


def _decided(db: Session, source_id: str, coders: tuple[str, str]) -> dict[_Key, str]:
    table = table_of(Decision)
    rows = db.execute(
        sa.select(table).where(
            table.c.source_id == source_id, table.c.layer_a == coders[0], table.c.layer_b == coders[1]
        )
    )
    return {(Span(row.start, row.end), row.code_a, row.code_b): row.outcome for row in rows}


def _decide(
    changed: Change,
    source: str,
    source_id: str,
    coders: tuple[str, str],
    places: Mapping[_Key, Difference],
    settled: Mapping[_Key, str],
    key: _Key,
    outcome: str,
    reason: str,
    redrawn: Span | None,
) -> None:
    span, code_a, code_b = key
    where = f"{source} {span.start}-{span.end}"
    outcome = {known.casefold(): known for known in OUTCOMES}.get(outcome.casefold(), outcome)
    if outcome not in OUTCOMES:
        raise BadInput(f"'{outcome}' is not an outcome.", f"Use one of {', '.join(OUTCOMES)}.")
    if key not in places:
        raise NotFound(f"There is no such difference at {where}.", "'qualbench reconcile list' gives them.")
    if key in settled:
        raise Refused(f"{where} was decided already: {settled[key]}.", "Undo that decision to change it.")
    if redrawn is not None:
        check_span(redrawn, text_length(changed.db, source_id), where)
    _insert_agreed(changed, source_id, _result(where, places[key], outcome, redrawn))
    changed.insert(
        Decision,
        [
            {
                "id": new_id(),
                "source_id": source_id,
                "layer_a": coders[0],
                "layer_b": coders[1],
                "start": span.start,
                "end": span.end,
                "code_a": code_a,
                "code_b": code_b,
                "outcome": outcome,
                "reason": reason,
                "decided_by": changed.coder,
                "decided_at": now(),
            }
        ],
    )


def _result(where: str, difference: Difference, outcome: str, redrawn: Span | None) -> list[tuple[Span, str]]:
    """The codings that an outcome leaves in the agreed layer."""
    a, b = ([(coded.span, coded.code) for coded in side] for side in (difference.a, difference.b))
    if outcome == "keep A":
        return a
    if outcome == "keep B":
        return b
    if outcome == "both":
        return [
            (span, code)
            for code in dict.fromkeys(code for _, code in a + b)
            for span in merge(span for span, of_code in a + b if of_code == code)
        ]
    if outcome == "redraw":
        if redrawn is None:
            raise BadInput(
                f"{where}: 'redraw' needs the new words.",
                "Give --redrawn START-END, or redrawn_start and redrawn_end in a table.",
            )
        return [(redrawn, difference.code_a or difference.code_b or "")]
    return []


def _insert_agreed(changed: Change, source_id: str, codings: list[tuple[Span, str]]) -> int:
    return len(insert_codings(changed, AGREED, [(source_id, span, code) for span, code in codings]))


def _whole_span(cells: Mapping[str, str], first: str, last: str) -> Span:
    start, end = cells.get(first, ""), cells.get(last, "")
    if not (start.isdecimal() and end.isdecimal()):
        raise BadInput(f"{first} and {last} must be whole numbers.", "Correct the row.")
    return Span(int(start), int(end))
