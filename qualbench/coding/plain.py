"""A coded transcript as plain text, as a screen reader or a printer takes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualbench.codebook.tree import Codebook
from qualbench.coding.codings import CodingRead
from qualbench.coding.memos import MemoRead
from qualbench.transcripts.sources import SourceRead, blocks_of


def coded_text(
    source: SourceRead, codings: Sequence[CodingRead], book: Codebook, memos: Sequence[MemoRead] = ()
) -> str:
    """Write a source turn by turn, after each the codes and memos that begin in it.

    Args:
        source: The source.
        codings: Codings of it, of one layer.
        book: The codebook.
        memos: Memos on it, on words of it, and on its codings.
    """
    lines: list[str] = [f"Memo by {m.created_by}: {_line(m.text)}" for m in memos if m.about == "source"]
    blocks = blocks_of(source)
    for n, block in enumerate(blocks):
        until = blocks[n + 1].span.start if n + 1 < len(blocks) else len(source.text)
        if block.turn is not None:
            turn = source.turns[block.turn]
            who = turn.stakeholder or turn.role
            lines += ["", f"Turn {turn.n}, {turn.speaker or 'nobody named'}, {who}:"]
        else:
            lines.append("")
        lines.append(source.text[block.span.start : block.span.end])
        begin = 0 if n == 0 else block.span.start
        here = [coding for coding in codings if begin <= coding.start < until]
        for coding in here:
            lines += _coding(coding, book, memos, goes_on=coding.end > until)
        lines += [
            f"  memo by {memo.created_by}: {_line(memo.text)}"
            for memo in memos
            if memo.about == "turn" and memo.start is not None and begin <= memo.start < until
        ]
    return "\n".join(lines).strip("\n") + "\n"


def _coding(coding: CodingRead, book: Codebook, memos: Sequence[MemoRead], *, goes_on: bool) -> Iterator[str]:
    path = " > ".join(entry.label for entry in book.path(coding.code))
    marks = [mark for mark in ("exemplar" if coding.exemplar else "", coding.meaning or "") if mark]
    marks += ["goes on into the next turn"] if goes_on else []
    note = f" ({', '.join(marks)})" if marks else ""
    yield f'  code: {path}{note}: "{_line(coding.quote)}"'
    for memo in memos:
        if memo.coding == coding.id:
            yield f"    memo by {memo.created_by}: {_line(memo.text)}"


def _line(text: str) -> str:
    return " ".join(text.split())
