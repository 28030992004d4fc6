"""A bundle on its way in: what the parts of a merge have in common, and what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from qualbench.exchange.bundles.codes import Frame, Rewording
from qualbench.exchange.bundles.contents import Bundle, Lying, unsound
from qualbench.exchange.bundles.texts import SourceHere, carry
from qualbench.exchange.bundles.work import Differing, keys_in
from qualbench.study.journal import Change
from qualbench.study.rows import rows_at
from qualbench.study.tables import Row, table_of
from qualbench.text.spans import Span

NO_CODE, NO_WORDS, CLOSED, NO_CODING, HELD = "code", "words", "closed", "coding", "held"
"""Why a row must wait, besides the faults of its source: its code is not here; none of its words are left;
another coder may have seen the source as it is; the coding it is on is not here; the source cannot be called
finished while something of it waits."""


@dataclass(frozen=True)
class Waiting:
    """A row that cannot come, or not yet.

    Attributes:
        table: Its table.
        reason: One of the constants above or of `texts`.
        name: Of the source or code that it waits for; empty where neither is to be told.
    """

    table: str
    reason: str
    name: str = ""


@dataclass
class Outcome:
    """What has become of the rows of a bundle so far.

    Attributes:
        settled: Rows that are now as the bundle has them.
        waiting: Those that cannot come.
        conflicts: Those that were changed here too, and stay as they are.
        held: Ids of the sources in which a coding waits or conflicts.
        counts: How many rows came, changed or went, by table and the words "new", "changed" and "removed".
        sources: Ids of the sources in which codings did.
        notices: Sentences on what came otherwise than it was.
    """

    settled: set[str] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)

    def count(self, table: str, what: str, rows: int) -> None:
        """Add to a count."""
        self.counts[table, what] = self.counts.get((table, what), 0) + rows


@dataclass(frozen=True)
class Incoming:
    """A bundle on its way in.

    Attributes:
        changed: The change it takes part in.
        bundle: The bundle.
        differing: What it knows that this copy does not, and the other way round.
        sources: Its sources as they are here, by their ids in the bundle.
        closed: Ids of those in which another coder may have seen the work, for both have finished.
        frame: The codebook here.
        reword: For the coder's own words.
        outcome: What comes of it.
    """

    changed: Change
    bundle: Bundle
    differing: Differing
    sources: Mapping[str, SourceHere]
    closed: frozenset[str]
    frame: Frame
    reword: Rewording
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def coder(self) -> str:
        """Whose work it is."""
        return self.bundle.coder

    def to_bring(self, table: str) -> list[str]:
        """Give the keys of the rows of a table that the bundle has something new on."""
        return keys_in(self.differing.there, table)

    def present(self, model: type[Row], owner: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Give the coder's rows of a table that are here, by id.

        Args:
            model: The table.
            owner: Its column that says whose a row is.
            ids: Of the rows that the bundle has.

        Raises:
            BadInput: If one of those is another coder's here.
        """
        table = table_of(model)
        rows = self.changed.db.execute(sa.select(table).where(table.c[owner] == self.coder)).mappings()
        found = {row["id"]: dict(row) for row in rows}
        there = rows_at(self.changed.db, table, ["id"], [{"id": id_} for id_ in ids if id_ not in found])
        if there:
            raise unsound("it would change another coder's work")
        return found

    def fault_of(self, source_id: str | None) -> str | None:
        """Give why nothing on words of a source can come, one of the constants of `texts`; None if it can.

        Raises:
            BadInput: If the bundle says nothing of that source.
        """
        if source_id is None or source_id not in self.sources:
            raise unsound("something in it lies in no source")
        return self.sources[source_id].fault

    def places(self, rows: Iterable[Lying]) -> dict[str, Span | None]:
        """Give for rows their places in the present texts, by id; None where none of the words are left.

        Rows whose sources have a fault are left out.

        Raises:
            BadInput: If one lies outside its text.
        """
        by_source: dict[str, list[Lying]] = {}
        for row in rows:
            if self.fault_of(row.source_id) is None:
                by_source.setdefault(str(row.source_id), []).append(row)
        found: dict[str, Span | None] = {}
        for source_id, lying in by_source.items():
            spans = [Span(row.start or 0, row.end or 0) for row in lying]
            moved = carry(self.sources[source_id], spans)
            found |= zip((row.id for row in lying), moved, strict=True)
        return found

    def wait(self, table: str, reason: str, name: str = "") -> None:
        """Say that a row cannot come, or not yet (see `Waiting`)."""
        self.outcome.waiting.append(Waiting(table, reason, name))

    def wait_for_source(self, table: str, source_id: str, fault: str) -> None:
        """Say that a row cannot come because of its source."""
        self.wait(table, fault, self.sources[source_id].name)

    def wait_for_code(self, table: str, code_id: str) -> None:
        """Say that a row cannot come because its code is not here."""
        self.wait(table, NO_CODE, self.bundle.labels.get(code_id, code_id))

    def settle(self, table: str, key: str) -> None:
        """Say that a row is as the bundle has it, or is to stay otherwise for good."""
        self.outcome.settled.add(f"{table}:{key}")

    def is_new(self, table: str, key: str) -> bool:
        """Tell whether the bundle has something new on a row."""
        return f"{table}:{key}" in self.differing.there

    def is_ours(self, table: str, key: str) -> bool:
        """Tell whether the coder has changed a row here, of which the bundle does not know."""
        return f"{table}:{key}" in self.differing.here

    def conflict(self, table: str, key: str) -> None:
        """Say that a row was changed on both machines, and stays as it is here."""
        self.outcome.conflicts.append(f"{table}:{key}")
