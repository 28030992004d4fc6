"""What came of merging a bundle, in numbers and sentences.

Whoever merges another coder's bundle is told no more of hidden codings than how many came in how many
sources, and not even that number if they are all in one; what waits is counted only for sources that are
not here, for there is nothing to be blind in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qualbench.analysis.document import counted, in_words
from qualbench.exchange.bundles.contents import Bundle
from qualbench.exchange.bundles.incoming import (
    CLOSED,
    HELD,
    NO_CODE,
    NO_CODING,
    NO_WORDS,
    Incoming,
)
from qualbench.exchange.bundles.texts import MISSING, NEWER, NO_CONSENT, OTHER
from qualbench.exchange.bundles.work import CODING, EXAMPLE, MEMO, READ, STATE

_NOUNS = {CODING: "coding", MEMO: "memo", EXAMPLE: "example", STATE: "state", READ: "reading"}
_NAMED = 5  # sources or codes in a sentence

_SENTENCES = {
    MISSING: "Not in this study: {names}.",
    NEWER: "Redacted or corrected on the other machine, which has to be done here first: {names}.",
    OTHER: "Not the same text on both machines, nor an earlier one of it: {names}.",
    NO_CONSENT: "Waiting here for the consent of who speaks in it: {names}.",
    NO_CODE: "Not in the codebook here: {names}.",
    NO_WORDS: "None of the words that were coded or noted are left in the text.",
    CLOSED: "What {coder} and another have finished no longer changes, for it may have been seen.",
    NO_CODING: "The codings that memos are on are not here.",
    HELD: "Not yet finished here, for something waits: {names}.",
}
"""By reason."""


@dataclass(frozen=True)
class LeftOut:
    """Something that did not come, and will when the bundle is merged again after its cause is mended.

    Attributes:
        reason: Why, one of the constants of `texts` and `incoming`.
        names: Of the sources or codes that it waits for; empty where these are not to be told.
        rows: How many codings, memos and so on; None where that is not to be told.
        sentence: The same in words.
    """

    reason: str
    names: tuple[str, ...]
    rows: int | None
    sentence: str


@dataclass(frozen=True)
class Merged:
    """What came of merging a bundle.

    Attributes:
        coder: Whose work it is.
        made_at: When the bundle was made.
        codings: How many are new, changed and removed; None where that is not to be told.
        sources: In how many sources these are.
        memos: How many are new, changed and removed.
        examples: The same of the passages given as examples of codes.
        codes: Labels of the codes that came as candidates.
        finished: How many sources the coder has finished by it, and `read` how many they have read.
        left_out: What did not come.
        conflicts: Rows that the coder has changed on both machines, and which stay here as they are, by their
            tables and ids.
        notices: Sentences on what came otherwise than it was.
        dry_run: Whether it was only tried.
    """

    coder: str
    made_at: str
    codings: tuple[int, int, int] | None
    sources: int
    memos: tuple[int, int, int]
    examples: tuple[int, int, int]
    codes: tuple[str, ...]
    finished: int
    read: int
    left_out: tuple[LeftOut, ...]
    conflicts: tuple[str, ...]
    notices: tuple[str, ...]
    dry_run: bool

    @property
    def is_whole(self) -> bool:
        """Whether everything came."""
        return not self.left_out and not self.conflicts

    def sentences(self) -> list[str]:
        """Say what came, what did not and why."""
        came = [self._codings(), *self._others()]
        said = in_words([one for one in came if one]) or "nothing new"
        sentences = [f"{'Would come' if self.dry_run else 'Came'} from {self.coder}: {said}.", *self.notices]
        sentences += [one.sentence for one in self.left_out]
        if self.conflicts:
            what = _kinds(name.partition(":")[0] for name in self.conflicts)
            sentences.append(f"Changed on both machines, and here left as it is: {what}.")
        return sentences

    def _codings(self) -> str:
        if not self.sources:
            return ""
        where = counted(self.sources, "source")
        if self.codings is None:
            return f"codings in {where}"
        return f"{_changes(self.codings, 'coding')} in {where}"

    def _others(self) -> list[str]:
        codes = [f"'{label}'" for label in self.codes]
        return [
            _changes(self.memos, "memo"),
            _changes(self.examples, "example"),
            f"the proposed {'code' if len(codes) == 1 else 'codes'} {in_words(codes)}" if codes else "",
            f"{counted(self.finished, 'source')} finished" if self.finished else "",
            f"{counted(self.read, 'source')} read" if self.read else "",
        ]


@dataclass(frozen=True)
class SourceHeld:
    """A source that a bundle has work on, and how far its coder is with it."""

    name: str
    state: str | None


@dataclass(frozen=True)
class Held:
    """What a bundle holds.

    Attributes:
        coder: Whose work it is.
        made_at: ISO 8601, UTC.
        codings: How many; None where that is not to be told.
        codes: Labels of the codes that the coder proposes, and of those above them.
        events: How many events of the coder's journal.
        sources: The sources, in order of their names.
    """

    coder: str
    made_at: str
    codings: int | None
    memos: int
    examples: int
    codes: tuple[str, ...]
    events: int
    sources: tuple[SourceHeld, ...]


def held_by(bundle: Bundle, reader: str | None) -> Held:
    """Give what a bundle holds, as far as the person at work may know it."""
    tells = reader == bundle.coder or len({coding.source_id for coding in bundle.codings}) != 1
    return Held(
        coder=bundle.coder,
        made_at=bundle.made_at,
        codings=len(bundle.codings) if tells else None,
        memos=len(bundle.memos),
        examples=len(bundle.examples),
        codes=tuple(one.entry.label for one in bundle.codes),
        events=sum(bool(event.hash) for event in bundle.events),
        sources=tuple(
            SourceHeld(one.name, one.state) for one in sorted(bundle.sources, key=lambda one: one.name)
        ),
    )


def report_of(incoming: Incoming, reader: str | None, *, dry_run: bool) -> Merged:
    """Give what came of a bundle, as far as the person at work may know it."""
    outcome, own = incoming.outcome, reader == incoming.coder
    tells = own or len(outcome.sources) != 1
    return Merged(
        coder=incoming.coder,
        made_at=incoming.bundle.made_at,
        codings=_counts(incoming, CODING) if tells else None,
        sources=len(outcome.sources),
        memos=_counts(incoming, MEMO),
        examples=_counts(incoming, EXAMPLE),
        codes=tuple(entry.label for entry in incoming.frame.added),
        finished=outcome.counts.get((STATE, "finished"), 0),
        read=outcome.counts.get((READ, "new"), 0),
        left_out=tuple(_left_out(incoming, own)),
        conflicts=tuple(sorted(outcome.conflicts)),
        notices=(*incoming.frame.notices, *outcome.notices),
        dry_run=dry_run,
    )


def _counts(incoming: Incoming, table: str) -> tuple[int, int, int]:
    counts = incoming.outcome.counts
    return counts.get((table, "new"), 0), counts.get((table, "changed"), 0), counts.get((table, "removed"), 0)


def _left_out(incoming: Incoming, own: bool) -> Iterator[LeftOut]:
    for reason, sentence in _SENTENCES.items():
        rows = [one for one in incoming.outcome.waiting if one.reason == reason]
        names = tuple(sorted({one.name for one in rows if one.name}))
        tells = own or reason == MISSING
        said = sentence.format(names=in_words(names, _NAMED), coder=incoming.coder)
        if tells:
            said = f"{said} Waiting: {_kinds(one.table for one in rows)}."
        if rows:
            yield LeftOut(reason, names, len(rows) if tells else None, said)


def _kinds(tables: Iterable[str]) -> str:
    counts = Counter(_NOUNS[table] for table in tables)
    return in_words([counted(n, noun) for noun, n in sorted(counts.items())])


def _changes(counts: Sequence[int], noun: str) -> str:
    new, changed, removed = counts
    parts = [f"{n} {what}" for n, what in ((new, "new"), (changed, "changed"), (removed, "removed")) if n]
    return f"{noun}s ({', '.join(parts)})" if parts else ""
