"""Decisions from a table, such as a meeting sheet that has been filled in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from qualbench.agreement.agreed_layer import holds
from qualbench.agreement.comparable import comparable
from qualbench.agreement.deciding import Choice, SourceAt, record, require_in_view
from qualbench.agreement.decisions import Pair, Place
from qualbench.agreement.items import Key
from qualbench.agreement.outcomes import known_outcome
from qualbench.agreement.queue import id_of
from qualbench.codebook.sheets import unguarded
from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.errors import BadInput, QualbenchError
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.text.spans import Span
from qualbench.transcripts.manifest import read_rows

COLUMNS = (
    "source",
    "start",
    "end",
    "code_a",
    "code_b",
    "outcome",
    "other_code",
    "redrawn_start",
    "redrawn_end",
    "reason",
    "id",
    "coder_a",
    "coder_b",
)
"""The columns of a table of decisions; those after `outcome` may be missing."""


class _OnlyTried(Exception):
    """Takes back what a trial has written."""


@dataclass
class DecisionsImport:
    """What came of a table of decisions.

    Attributes:
        decided: How many rows were written.
        skipped: How many have no outcome: those have not been decided.
        already: How many had been decided just so before.
        faults: What was wrong with the others.
    """

    decided: int = 0
    skipped: int = 0
    already: int = 0
    faults: list[QualbenchError] = field(default_factory=list)


def import_decisions(
    study: Study, path: Path, coders: Pair | None = None, *, dry_run: bool = False
) -> DecisionsImport:
    """Write the decisions of a table in one change; a row that cannot be used is left out and reported.

    Args:
        study: The study, with the coder at work.
        path: A .csv or .xlsx file with `COLUMNS`; further ones are passed over. `source`, `start`, `end`,
            `code_a` and `code_b` are as the queue gives them, a code being empty where a coder has none; an
            `id` must be that of the same difference.
        coders: The two; None takes them from each row, or the only two who have finished anything.
        dry_run: Whether everything is to be tried only, and nothing kept.

    Raises:
        BadInput: If the file as a whole cannot be read.
        Refused: If it is not clear who is meant, or they can be compared nowhere.
    """
    report = DecisionsImport()
    written: dict[str, str] = {}
    rows = list(read_rows(path, COLUMNS[:6]))
    named_in_rows = bool(rows) and {"coder_a", "coder_b"} <= set(rows[0][1])
    if coders is not None or not named_in_rows:
        coders, _ = comparable(study, coders)
    with suppress(_OnlyTried), change(study, "reconcile") as changed:
        table = _Table(study, changed, coders, codebook_of(changed.db))
        for number, cells in rows:
            cells = {name: unguarded(cell) for name, cell in cells.items()}
            if not cells["outcome"]:
                report.skipped += 1
                continue
            try:
                at = _decide(table, cells)
                if at is None:
                    report.already += 1
                else:
                    report.decided += 1
                    written[at.source_id] = source_mark(at.source_id)
            except QualbenchError as fault:
                where = f"{path.name}, row {number}"
                report.faults.append(BadInput(f"{where}: {fault.message}", fault.hint))
        changed.summary = f"Decided from a table in {', '.join(written.values())}"
        if dry_run:
            raise _OnlyTried
    return report


@dataclass
class _Table:
    """What the rows of a table are held against.

    Attributes:
        coders: The two; None where each row names them.
        at: The sources so far, by pair and name.
    """

    study: Study
    changed: Change
    coders: Pair | None
    book: Codebook
    at: dict[tuple[Pair, str], SourceAt] = field(default_factory=dict)

    def source(self, name: str, coders: Pair) -> SourceAt:
        """Give a source with the differences of a pair."""
        if (coders, name) not in self.at:
            require_in_view(self.study, coders, name)
            self.at[coders, name] = SourceAt(self.changed, name, coders)
        return self.at[coders, name]


def _decide(table: _Table, cells: Mapping[str, str]) -> SourceAt | None:
    """Write the decision of a row; give its source, or None if it had been decided just so."""
    changed = table.changed
    named = (cells.get("coder_a", ""), cells.get("coder_b", ""))
    coders = table.coders or named
    if not all(coders):
        raise BadInput("The coders are not named.", "Fill in coder_a and coder_b.")
    if any(named) and named != coders:
        raise BadInput(f"It is of '{named[0]}' and '{named[1]}'.", "Import it without --coders.")
    at = table.source(cells["source"], coders)
    span = _span(cells, "start", "end")
    key = Key(at.name, coders, span, cells["code_a"] or None, cells["code_b"] or None)
    place = at.place(key)
    if cells.get("id") and cells["id"] != id_of(at.source_id, key):
        raise BadInput(
            "Its id is that of another difference.", "Take id and place of one row from the same sheet."
        )
    is_redrawn = cells.get("redrawn_start") or cells.get("redrawn_end")
    redrawn = (_span(cells, "redrawn_start", "redrawn_end"),) if is_redrawn else ()
    choice = Choice(
        known_outcome(cells["outcome"]), cells.get("other_code") or None, redrawn, cells.get("reason", "")
    )
    if choice.reason:
        refuse_sealed_names(changed.db, table.study, choice.reason)
    if _is_decided_so(changed, at, place, choice, table.book):
        return None
    record(changed, at, place, choice, table.book)
    return at


def _is_decided_so(changed: Change, at: SourceAt, place: Place, choice: Choice, book: Codebook) -> bool:
    """Whether a difference has been decided just as a row says."""
    there = place.decision
    if there is None or there.outcome != choice.outcome:
        return False
    if (book.find(choice.code).id if choice.code else None) != there.code_chosen:
        return False
    return all(holds(changed.db, at.source_id, span, there.id) for span in choice.redrawn)


def _span(cells: Mapping[str, str], first: str, last: str) -> Span:
    start, end = cells.get(first, ""), cells.get(last, "")
    if not (start.isdecimal() and end.isdecimal()):
        raise BadInput(f"{first} and {last} must be whole numbers.", "Correct the row.")
    return Span(int(start), int(end))
