"""Putting codes on passages, and changing the codings there are: each act is one change that can be undone.

Within a layer a code covers a word once: where it is put on a passage of which it holds a part already, the
coding that is there grows, and those it then reaches become one with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.editing import NewCode, insert_code
from qualbench.codebook.tree import CodeEntry, codebook_of
from qualbench.coding.places import check_span
from qualbench.coding.progress import require_open
from qualbench.coding.rows import codings_of, grow, insert_codings
from qualbench.coding.scope import scope_notices
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark, source_mark
from qualbench.study.tables import Coding, Memo, Source, table_of
from qualbench.text.spans import Span, merge, overlaps, trimmed
from qualbench.transcripts.sources import source_ids

MEANINGS = (None, "semantic", "latent")
"""What a coding reads out of the words: their surface, or what lies under it (Braun & Clarke 2006)."""


@dataclass(frozen=True)
class Passage:
    """Words of a source: code points of its text, half-open."""

    source: str
    span: Span


@dataclass(frozen=True)
class Applied:
    """What came of putting codes on passages.

    Attributes:
        codes: The codes, those made for it included.
        ids: The codings that now hold the passages.
        new: How many of them were made.
        extended: How many were there with a part of the passage, and grew.
        there: How many held the whole passage already.
        notices: A sentence for each code that is not meant for this talk.
    """

    codes: list[CodeEntry]
    ids: list[str]
    new: int
    extended: int
    there: int
    notices: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Say what happened, the growing of codings included."""
        labels = ", ".join(f"'{code.label}'" for code in self.codes)
        parts = []
        if self.new:
            parts.append(f"{_codings(self.new)} made" if len(self.ids) > 1 else "coded")
        if self.extended:
            grown = "was" if self.extended == 1 else "were"
            parts.append(f"{self.extended} {grown} here already and now reach{_s(self.extended)} further")
        if self.there:
            parts.append(f"{self.there} held these words already")
        return " ".join([f"{labels}: {', '.join(parts)}.", *self.notices])


def apply_codes(
    study: Study, passages: Sequence[Passage], codes: Sequence[str], new: Sequence[NewCode] = ()
) -> Applied:
    """Put codes on passages in the layer of the coder at work, in one change.

    Args:
        study: The study, with the coder at work.
        passages: What is coded; white space at the ends is left out.
        codes: Ids or labels of codes.
        new: Codes to make and put there too.

    Raises:
        NotFound: If a source, a code or the coder does not exist.
        BadInput: If a passage is empty or leaves the text, or there is neither passage nor code.
        Refused: If every passage has every code already, a code is retired, or a source is finished.
    """
    if not passages or not (codes or new):
        raise BadInput("There is nothing to code.", "Choose words and a code.")
    with change(study, "code") as changed:
        sources = source_ids(changed.db, [passage.source for passage in passages])
        require_open(changed.db, changed.coder, sources.values())
        book = codebook_of(changed.db)
        entries = [_in_use(book.find(code)) for code in codes]
        for code in new:
            entries.append(insert_code(changed, study, book, code))
            book = codebook_of(changed.db)  # the next may have the same name
        spans = _joined(_trimmed(changed, passages, sources))
        applied = _apply(changed, spans, list(dict.fromkeys(entries)))
        if not applied.new and not applied.extended:
            raise Refused("The same words have that code already.", "Choose other words or another code.")
        marks = ", ".join(f"'{code_mark(entry.id)}'" for entry in applied.codes)
        changed.summary = f"Coded {marks} {_where(spans)}"
        return replace(applied, notices=_notices(changed.db, applied.codes, sources, spans))


def _notices(
    db: Session, codes: Sequence[CodeEntry], sources: Mapping[str, str], spans: Sequence[tuple[str, Span]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name, source_id in sources.items():
        there = [span for id_, span in spans if id_ == source_id]
        found |= dict.fromkeys(scope_notices(db, codes, name, there))
    return tuple(found)


def add_coding(study: Study, source: str, span: Span, code: str) -> str:
    """Put a code on a span of a source, in the layer of the coder at work (see `apply_codes`).

    Returns:
        The id of the coding that now holds the span.

    Raises:
        NotFound: If source, code or coder does not exist.
        BadInput: If the span is empty or leaves the text.
        Refused: If the same words have that code already.
    """
    return apply_codes(study, [Passage(source, span)], [code]).ids[0]


def rebound(study: Study, coding_id: str, span: Span) -> None:
    """Give a coding of one's own other words of its source; codings of the code it comes to reach join it.

    Raises:
        NotFound: If the coder has no such coding.
        BadInput: If the span is empty or leaves the text.
        Refused: If the source is finished, or the coding has those words already.
    """
    with change(study, "code") as changed:
        row = _own(changed, [coding_id])[0]
        (moved,) = _trimmed(changed, [Passage(row.name, span)], {row.name: row.source_id})
        if moved[1] == _span(row):
            raise Refused("The coding has these bounds already.", "Select other words first.")
        rows = [
            one
            for one in codings_of(changed, changed.coder, row.source_id, row.code_id)
            if one.id != coding_id
        ]
        reached = [one for one in rows if overlaps(_span(one), moved[1])]
        grow(changed, row, reached, _with_reached(moved[1], reached))
        changed.summary = f"Set new bounds of '{code_mark(row.code_id)}' {_where([moved])}"


def remove_codings(study: Study, coding_ids: Sequence[str]) -> None:
    """Take codings of one's own away, with their memos.

    Raises:
        NotFound: If the coder has no such coding.
        Refused: If the source is finished.
    """
    with change(study, "uncode") as changed:
        rows = _own(changed, coding_ids)
        memo = table_of(Memo)
        memos = changed.db.execute(sa.select(memo.c.id).where(memo.c.coding_id.in_(coding_ids)))
        changed.delete(Memo, [{"id": id_} for id_ in memos.scalars()])
        changed.delete(Coding, [{"id": row.id} for row in rows])
        marks = ", ".join(f"'{code_mark(row.code_id)}'" for row in rows)
        changed.summary = f"Removed {marks} {_where([(row.source_id, _span(row)) for row in rows])}"


def set_exemplar(study: Study, coding_id: str, exemplar: bool) -> None:
    """Say that a coding of one's own shows well what its code means, or take that back.

    Raises:
        NotFound: If the coder has no such coding.
        Refused: If the source is finished.
    """
    _set(study, coding_id, "exemplar", exemplar, "Marked as exemplar" if exemplar else "No longer exemplar")


def set_meaning(study: Study, coding_id: str, meaning: str | None) -> None:
    """Say what a coding of one's own reads out of the words, one of `MEANINGS`.

    Raises:
        NotFound: If the coder has no such coding.
        Refused: If the source is finished.
    """
    if meaning not in MEANINGS:
        raise BadInput(f"'{meaning}' is neither semantic nor latent.", "Use semantic or latent.")
    _set(study, coding_id, "meaning", meaning, f"Marked as {meaning or 'neither semantic nor latent'}")


def _set(study: Study, coding_id: str, column: str, value: object, what: str) -> None:
    with change(study, "code") as changed:
        row = _own(changed, [coding_id])[0]
        changed.update(Coding, [{"id": coding_id, column: value}])
        changed.summary = f"{what}: '{code_mark(row.code_id)}' {_where([(row.source_id, _span(row))])}"


def _apply(changed: Change, spans: Sequence[tuple[str, Span]], entries: Sequence[CodeEntry]) -> Applied:
    ids: list[str] = []
    new = extended = there = 0
    for entry in entries:
        for source_id, span in spans:
            rows = codings_of(changed, changed.coder, source_id, entry.id)
            reached = [row for row in rows if overlaps(_span(row), span)]
            holding = [row for row in reached if row.start <= span.start and span.end <= row.end]
            if holding:
                there += 1
                ids.append(holding[0].id)
            elif reached:
                extended += 1
                grow(changed, reached[0], reached[1:], _with_reached(span, reached))
                ids.append(reached[0].id)
            else:
                new += 1
                ids += insert_codings(changed, changed.coder, [(source_id, span, entry.id)])
    return Applied(list(entries), ids, new, extended, there)


def _in_use(entry: CodeEntry) -> CodeEntry:
    if not entry.in_use:
        raise Refused(
            f"'{entry.label}' is retired.", f"Bring it back with 'qualbench codebook restore {entry.id}'."
        )
    return entry


def _own(changed: Change, coding_ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """The coder's codings with these ids and the names of their sources, if they may be changed."""
    table, source = table_of(Coding), table_of(Source)
    rows = {
        row.id: row
        for row in changed.db.execute(
            sa.select(table, source.c.name)
            .join(source, source.c.id == table.c.source_id)
            .where(table.c.id.in_(coding_ids), table.c.layer == changed.coder)
        )
    }
    for coding_id in coding_ids:
        if coding_id not in rows:
            raise NotFound(
                f"{changed.coder} has no coding '{coding_id}'.", "'qualbench code list' gives the ids."
            )
    require_open(changed.db, changed.coder, [row.source_id for row in rows.values()])
    return [rows[coding_id] for coding_id in dict.fromkeys(coding_ids)]


def _trimmed(
    changed: Change, passages: Iterable[Passage], sources: Mapping[str, str]
) -> list[tuple[str, Span]]:
    """Passages by source id, without white space at their ends."""
    table = table_of(Source)
    rows = changed.db.execute(sa.select(table.c.id, table.c.text).where(table.c.id.in_(sources.values())))
    texts: dict[str, str] = {row.id: row.text for row in rows}
    spans = []
    for passage in passages:
        source_id = sources[passage.source]
        check_span(passage.span, len(texts[source_id]), passage.source)
        span = trimmed(texts[source_id], passage.span)
        if span.start == span.end:
            raise BadInput("There are no words there.", "Choose words to code.")
        spans.append((source_id, span))
    return spans


def _joined(spans: Iterable[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Spans by source id, in order, those that overlap made one."""
    joined: list[tuple[str, Span]] = []
    for source_id, span in sorted(spans):
        last_id, last = joined[-1] if joined else ("", span)
        if last_id == source_id and overlaps(last, span):
            joined[-1] = (source_id, Span(last.start, max(last.end, span.end)))
        else:
            joined.append((source_id, span))
    return joined


def _with_reached(span: Span, rows: Iterable[sa.Row[Any]]) -> Span:
    """A span and the codings that overlap it, as one."""
    return merge([span, *map(_span, rows)])[0]


def _span(row: sa.Row[Any]) -> Span:
    return Span(row.start, row.end)


def _where(spans: Sequence[tuple[str, Span]]) -> str:
    if len(spans) == 1:
        source_id, span = spans[0]
        return f"in {source_mark(source_id)} at {span.start}-{span.end}"
    marks = ", ".join(source_mark(source_id) for source_id in dict.fromkeys(s for s, _ in spans))
    return f"on {len(spans)} passages of {marks}"


def _codings(count: int) -> str:
    return "1 coding" if count == 1 else f"{count} codings"


def _s(count: int) -> str:
    return "es" if count == 1 else ""
