"""Changing the text of a source: everything that hangs on a span of it moves in the same change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from qualbench.errors import Refused
from qualbench.study.access import require_whole
from qualbench.study.fulltext import forget
from qualbench.study.journal import Change
from qualbench.study.secret import secret_of, text_digest
from qualbench.study.tables import (
    Bookmark,
    CodeExample,
    Coding,
    Decision,
    Evidence,
    IssueQuote,
    Memo,
    Mention,
    Row,
    Source,
    TextMove,
    TheoryLink,
    Turn,
    table_of,
)
from qualbench.text.spans import Edit, Span, apply_edits, check_edits, move_spans
from qualbench.text.words import count_words

# Every table with spans of a source, and the columns that hold them; a place is a span of nothing.
_SPANS: tuple[tuple[type[Row], tuple[tuple[str, str], ...]], ...] = (
    (Turn, (("start", "end"), ("label_start", "label_start"))),
    (Coding, (("start", "end"),)),
    (Mention, (("start", "end"),)),
    (Decision, (("start", "end"),)),
    (Memo, (("start", "end"),)),
    (Bookmark, (("position", "position"),)),
    (CodeExample, (("start", "end"),)),
)


def fingerprint(text: str) -> str:
    """Give the SHA-256 of a text, in hexadecimal: proof that a coded text is the text meant."""
    return hashlib.sha256(text.encode()).hexdigest()


def retext(
    change: Change, source_id: str, edits: Sequence[Edit], *, rewritten: bool = False, **columns: str
) -> str:
    """Edit the text of a source and move all that hangs on it along: turns, codings, memos and so on.

    Codings of one code in one layer that come to cover the same words, such as two halves of a name that
    becomes one pseudonym, become one, with the memos of each. The edits are kept without their words, so that
    work done on a copy with the text from before can be moved along when it comes (`exchange.bundles`).

    Args:
        change: The change to take part in.
        source_id: The source.
        edits: In order, not overlapping, in offsets of the present text.
        rewritten: Whether the edits bring other words, rather than other names for the same.
        columns: Further columns of the source to set, such as `state`.

    Returns:
        The new text.

    Raises:
        Refused: If a coding or another span would be left without any text, or the secret of the study is not
            on this machine.
    """
    require_whole(change.db, "A change of text")
    source = table_of(Source)
    text = str(change.db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
    check_edits(edits, len(text))
    for model, spans in _SPANS:
        _move_rows(change, model, source_id, spans, edits)
    new_text = apply_edits(text, edits)
    forget(change.db)
    _keep_move(change, source_id, (text, new_text), edits, rewritten)
    change.update(
        Source,
        [
            {
                "id": source_id,
                "text": new_text,
                "fingerprint": fingerprint(new_text),
                "words": count_words(new_text),
                **columns,
            }
        ],
    )
    return new_text


def _keep_move(
    change: Change, source_id: str, texts: tuple[str, str], edits: Sequence[Edit], rewritten: bool
) -> None:
    """Keep how a text was changed, for places in it that are elsewhere still."""
    if not edits:
        return
    table, secret = table_of(TextMove), secret_of(change.db)
    count = change.db.execute(
        sa.select(sa.func.count()).select_from(table).where(table.c.source_id == source_id)
    )
    before, after = (text_digest(secret, text) for text in texts)
    change.insert(
        TextMove,
        [
            {
                "source_id": source_id,
                "n": count.scalar_one() + 1,
                "digest_before": before,
                "digest_after": after,
                "edits": json.dumps([[edit.start, edit.end, len(edit.replacement)] for edit in edits]),
                "rewritten": rewritten,
            }
        ],
    )


def _move_rows(
    change: Change,
    model: type[Row],
    source_id: str,
    spans: tuple[tuple[str, str], ...],
    edits: Sequence[Edit],
) -> None:
    table = table_of(model)
    placed = table.c[spans[0][0]].is_not(None)  # a memo on a whole source has no place in it
    rows = change.db.execute(sa.select(table).where(table.c.source_id == source_id, placed)).mappings().all()
    moved = [{column.name: row[column.name] for column in table.primary_key} for row in rows]
    changed: set[int] = set()
    for first, last in spans:
        before = [Span(row[first], row[last]) for row in rows]
        for n, (old, new) in enumerate(zip(before, move_spans(before, edits), strict=True)):
            if old.start < old.end and new.start >= new.end:
                raise Refused(
                    f"A {table.name} would be left without any text.",
                    "Replace the passage by a word in brackets instead of nothing.",
                )
            moved[n][first] = new.start
            if last != first:
                moved[n][last] = new.end
            if new != old:
                changed.add(n)
    final = [moved[n] for n in sorted(changed)]
    if model is Coding:
        final = _merged(change, rows, moved, changed)
        aside = [{**row, "start": -n, "end": -n} for n, row in enumerate(final, start=1)]
        change.update(model, aside)  # so that none comes to lie where another one still is
    change.update(model, final)


def _merged(
    change: Change, rows: Sequence[Any], moved: Sequence[dict[str, Any]], changed: set[int]
) -> list[dict[str, Any]]:
    """Those codings that move; of several in a layer that come to say the same, the earliest stays."""
    first: dict[tuple[str, str, int, int], int] = {}
    stays: dict[int, int] = {}  # for each that goes, the one that stays
    for n in sorted(range(len(rows)), key=lambda n: (rows[n]["created_at"], rows[n]["id"])):
        key = (rows[n]["layer"], rows[n]["code_id"], moved[n]["start"], moved[n]["end"])
        if first.setdefault(key, n) != n:
            stays[n] = first[key]
    hand_over(change, {rows[gone]["id"]: rows[kept]["id"] for gone, kept in stays.items()})
    change.delete(Coding, [{"id": rows[n]["id"]} for n in sorted(stays)])
    return [moved[n] for n in sorted(changed - stays.keys())]


def hand_over(change: Change, to: Mapping[str, str]) -> None:
    """Give what codings that go have to those that stay, by id: memos, the mark of an exemplar, and that they
    show a criterion, an issue or something of the theory of change."""
    memo, coding = table_of(Memo), table_of(Coding)
    rows = change.db.execute(
        sa.select(memo.c.id, memo.c.coding_id).where(memo.c.coding_id.in_(list(to)))
    ).all()
    change.update(Memo, [{"id": row.id, "coding_id": to[row.coding_id]} for row in rows])
    for model in (Evidence, TheoryLink):
        table = table_of(model)
        shown = change.db.execute(
            sa.select(table.c.id, table.c.coding_id).where(table.c.coding_id.in_(list(to)))
        ).all()
        change.update(model, [{"id": row.id, "coding_id": to[row.coding_id]} for row in shown])
    _hand_over_issues(change, to)
    examples = change.db.execute(sa.select(coding.c.id).where(coding.c.id.in_(list(to)), coding.c.exemplar))
    stays = dict.fromkeys(to[id_] for id_ in examples.scalars())
    change.update(Coding, [{"id": id_, "exemplar": True} for id_ in stays])


def _hand_over_issues(change: Change, to: Mapping[str, str]) -> None:
    quote = table_of(IssueQuote)
    concerned = quote.c.coding_id.in_([*to, *to.values()])
    found = change.db.execute(sa.select(quote.c.issue_id, quote.c.coding_id).where(concerned))
    rows = {(issue, coding) for issue, coding in found}
    gone = sorted((issue, coding) for issue, coding in rows if coding in to)
    come = sorted({(issue, to[coding]) for issue, coding in gone} - rows)
    change.delete(IssueQuote, [{"issue_id": issue, "coding_id": coding} for issue, coding in gone])
    change.insert(IssueQuote, [{"issue_id": issue, "coding_id": coding} for issue, coding in come])
