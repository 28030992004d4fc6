"""Differences as two coders work through them: the queue, parts of it, how far it has got. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qualbench.agreement.decisions import DecisionRead, Pair
from qualbench.agreement.differences import Apart, Difference
from qualbench.agreement.outcomes import AGREE_TO_DIFFER
from qualbench.text.spans import Span


class Key(NamedTuple):
    """What names a difference: its source, the two coders, all its words, A's code and B's."""

    source: str
    coders: Pair
    span: Span
    code_a: str | None
    code_b: str | None


@dataclass(frozen=True)
class Item:
    """A difference in the queue.

    Attributes:
        id: Twelve letters and digits, the same for everybody while what the coders have there stays.
        key: What names it.
        difference: What each of the two has.
        words: All its words.
        code: The code that it stands under in the queue: of two, that with the worse agreement.
        apart: How far the edges lie apart, of a difference in boundaries.
        decision: The decision on it; None if it is open.
        before: Decisions on what stood there before the codings changed.
    """

    id: str
    key: Key
    difference: Difference
    words: str
    code: str
    apart: Apart | None
    decision: DecisionRead | None
    before: tuple[DecisionRead, ...]

    @property
    def source(self) -> str:
        """The name of the source."""
        return self.key.source

    @property
    def span(self) -> Span:
        """All the words concerned."""
        return self.key.span

    @property
    def outcome(self) -> str | None:
        """What was decided; None if it is open."""
        return self.decision.outcome if self.decision else None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.decision is None

    @property
    def is_kept(self) -> bool:
        """Whether the two have agreed to differ."""
        return self.outcome == AGREE_TO_DIFFER


@dataclass(frozen=True)
class CodeStanding:
    """How a code stands in the queue.

    Attributes:
        code: Its id.
        dice: Dice's coefficient by turn; None where it is undefined, or the study is reflexive.
        differences: How many differences there are under it or with it on one side.
        open: How many of them are still to be decided.
    """

    code: str
    dice: float | None
    differences: int
    open: int


@dataclass(frozen=True)
class Queue:
    """The differences of two coders in the sources that both have finished.

    Attributes:
        coders: A and B.
        sources: Names of the sources.
        items: All differences: the codes with the worst agreement first, within a code by source and place.
        standings: The codes in that order.
        alike: How many passages both have coded alike to the letter.
        stale: Decisions that count no more, for the codings have changed since.
    """

    coders: Pair
    sources: list[str]
    items: list[Item]
    standings: list[CodeStanding]
    alike: int
    stale: list[DecisionRead]


@dataclass(frozen=True)
class Progress:
    """How far a queue has been worked through.

    Attributes:
        total: All differences.
        decided: Those that have been decided, with those that are kept.
        kept: Those in which the two have agreed to differ.
        by_source: Decided and all, by source.
        by_code: Decided and all, by the code that they stand under.
    """

    total: int
    decided: int
    kept: int
    by_source: Mapping[str, tuple[int, int]]
    by_code: Mapping[str, tuple[int, int]]

    @property
    def open(self) -> int:
        """Those still to be decided."""
        return self.total - self.decided


def choose(
    items: Iterable[Item],
    *,
    source: str | None = None,
    codes: Collection[str] | None = None,
    kind: str | None = None,
    open_only: bool = False,
    kept_only: bool = False,
) -> list[Item]:
    """Give some of the differences, in the order given.

    Args:
        items: The differences.
        source: Only those of one source.
        codes: Only those with one of these codes on either side, by their ids.
        kind: Only those of one kind (`differences.KINDS`).
        open_only: Only those still to be decided.
        kept_only: Only those in which the two have agreed to differ.
    """
    return [
        item
        for item in items
        if (source is None or item.source == source)
        and (codes is None or any(code in codes for code in item.difference.codes))
        and (kind is None or item.difference.kind == kind)
        and (item.is_open or not open_only)
        and (item.is_kept or not kept_only)
    ]


def progress_of(items: Sequence[Item]) -> Progress:
    """Count how far differences have been decided."""
    by_source: Counter[str] = Counter(item.source for item in items)
    by_code: Counter[str] = Counter(item.code for item in items)
    decided = [item for item in items if not item.is_open]
    source_decided = Counter(item.source for item in decided)
    code_decided = Counter(item.code for item in decided)
    return Progress(
        len(items),
        len(decided),
        sum(item.is_kept for item in items),
        {name: (source_decided[name], total) for name, total in sorted(by_source.items())},
        {code: (code_decided[code], total) for code, total in by_code.items()},
    )


def where_left_off(items: Iterable[Item]) -> Item | None:
    """Give the first difference that is still to be decided, None if all are."""
    return next((item for item in items if item.is_open), None)
