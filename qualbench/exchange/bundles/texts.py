"""The texts of a bundle held against those here: the same, an earlier one of the same source, or neither.

Places in an earlier text are moved along with the edits that were made since (`study.retext` keeps them
without their words), as the codings were that were here then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.exchange.bundles.contents import BundledSource, unsound
from qualbench.study.secret import text_digest
from qualbench.study.tables import Source, TextMove, table_of
from qualbench.text.spans import Edit, Span, move_spans
from qualbench.transcripts.consent import waiting_sources

MISSING, NEWER, OTHER, NO_CONSENT = "missing", "newer", "other", "consent"
"""Why nothing on the words of a source can come: it is not here; its text there was changed since; neither
text is an earlier one of the other; somebody who speaks in it has still to consent."""

_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Move:
    """One change of a text, its replacements by as many characters of no meaning."""

    edits: list[Edit]
    rewritten: bool


@dataclass(frozen=True)
class SourceHere:
    """A source of a bundle as it is here.

    Attributes:
        id: Its id here; empty if it is not here.
        name: As it is called here, or in the bundle if it is not here.
        text: Its present text; empty if it is not here.
        moves: What was done to the text of the bundle since, the first change first.
        fault: Why no place can be found in it, one of the constants of this module; None if all can.
    """

    id: str
    name: str
    text: str
    moves: tuple[Move, ...] = ()
    fault: str | None = None

    @property
    def length(self) -> int:
        """The length of the text that the places of the bundle are in, in code points."""
        edits = (edit for move in self.moves for edit in move.edits)
        return len(self.text) - sum(len(edit.replacement) - (edit.end - edit.start) for edit in edits)


def find_sources(db: Session, secret: bytes, wanted: Sequence[BundledSource]) -> dict[str, SourceHere]:
    """Find the sources of a bundle, and what has become of their texts.

    A source is known by its id, or, where it was imported on each machine, by its text.

    Args:
        db: The session.
        secret: The study's secret, which keys the digests of texts.
        wanted: The sources of the bundle.

    Returns:
        Each as it is here, by its id in the bundle.
    """
    source, move = table_of(Source), table_of(TextMove)
    texts = {
        row.id: (row.name, row.text)
        for row in db.execute(sa.select(source.c.id, source.c.name, source.c.text))
    }
    moves: dict[str, list[Any]] = {}
    for row in db.execute(sa.select(move).order_by(move.c.source_id, move.c.n)):
        moves.setdefault(row.source_id, []).append(row)
    ids = {one.id for one in wanted}
    if not ids <= texts.keys():
        ids |= texts.keys()
    waiting = {one.source for one in waiting_sources(db)}
    digests = {id_: text_digest(secret, text) for id_, (_, text) in texts.items() if id_ in ids}
    known: dict[str, str] = {}  # sources by their texts, those that had them once and those that have them
    for id_, rows in moves.items():
        known |= dict.fromkeys((row.digest_before for row in rows), id_)
    known |= {digest: id_ for id_, digest in digests.items()}
    found = {}
    for one in wanted:
        here = one.id if one.id in texts else known.get(one.text)
        if here is None:
            found[one.id] = SourceHere("", one.name, "", fault=MISSING)
            continue
        since = _since(moves.get(here, []), one.text) if digests[here] != one.text else ()
        fault = NO_CONSENT if texts[here][0] in waiting else None
        if since is None:
            fault = NEWER if digests[here] in one.earlier else OTHER
        found[one.id] = SourceHere(here, *texts[here], since or (), fault)
    return found


def carry(source: SourceHere, spans: Sequence[Span]) -> list[Span | None]:
    """Move places in the text of a bundle to the present text of their source.

    Returns:
        For each its place now; None if none of the words that it held is left: they were replaced by
        nothing, or by others in a new version of the transcript.

    Raises:
        BadInput: If one lies outside the text.
    """
    if any(not 0 <= span.start < span.end <= source.length for span in spans):
        raise unsound("something in it lies outside its text")
    places: list[Span | None] = list(spans)
    kept = [[span] for span in spans]
    for move in source.moves:
        moved = iter(move_spans([place for place in places if place is not None], move.edits))
        places = [next(moved) if place is not None else None for place in places]
        places = [place if place is not None and place.start < place.end else None for place in places]
        if move.rewritten:
            kept = [_outside(pieces, move.edits) for pieces in kept]
        kept = [move_spans(pieces, move.edits) for pieces in kept]
    if not any(move.rewritten for move in source.moves):
        return places
    return [
        place if any(_WORD.search(source.text, *piece) for piece in pieces) else None
        for place, pieces in zip(places, kept, strict=True)
    ]


def _since(moves: Sequence[Any], digest: str) -> tuple[Move, ...] | None:
    """What was done to a text since it had a digest; None if it never had."""
    first = max((n for n, row in enumerate(moves) if row.digest_before == digest), default=None)
    if first is None:
        return None
    return tuple(
        Move([Edit(start, end, "." * length) for start, end, length in json.loads(row.edits)], row.rewritten)
        for row in moves[first:]
    )


def _outside(spans: Sequence[Span], edits: Sequence[Edit]) -> list[Span]:
    """What of some spans is not replaced by edits."""
    pieces = []
    for start, end in spans:
        for edit in edits:
            if start < edit.end and edit.start < end:
                pieces.append(Span(start, edit.start))
                start = max(start, edit.end)
        pieces.append(Span(start, end))
    return [piece for piece in pieces if piece.start < piece.end]
