"""Shortening quotes with [...], at the ends of sentences or as a person has cut them in a summary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from qualbench.analysis.cell_links import links_in
from qualbench.analysis.quotes import Quote
from qualbench.study.database import Study
from qualbench.study.tables import CellSummary, table_of
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span
from qualbench.text.words import CUT, count_words

_CUTS = re.compile(r"\[(?:\.\.\.|…)\]")


def cut_at_sentences(text: str, longest: int, *, from_the_end: bool = False) -> str:
    """Give the first sentences of a text that have no more than so many words, and [...] for the rest.

    A first sentence that is longer is cut after a word.

    Args:
        text: The text; white space is made one blank.
        longest: Words, at least 1.
        from_the_end: Whether the last sentences are kept instead.
    """
    words = text.split()
    text = " ".join(words)
    if len(words) <= longest:
        return text
    found = sentences(text, Span(0, len(text)))
    kept = 0
    for sentence in reversed(found) if from_the_end else found:
        more = count_words(text[sentence.start : sentence.end])
        if kept + more > longest:
            break
        kept += more
    kept = kept or longest
    return " ".join([CUT, *words[-kept:]] if from_the_end else [*words[:kept], CUT])


def cut_by_hand(study: Study, quotes: Sequence[Quote]) -> dict[Quote, str]:
    """Give those quotes that a person has cut, as they are cut.

    That is done in a summary of the framework matrix, in the words of a link to a coding: `[I was feart [...]
    They judge ye](coding:ID)`. What is not in the quote, word for word and in order, is no cut of it.
    """
    links = _links(study)
    return {
        quote: cut for quote in quotes for cut in links.get(quote.coding, ()) if _is_cut_of(cut, quote.text)
    }


def _links(study: Study) -> Mapping[str, list[str]]:
    """The words of links that have a cut in them, by the id of the coding; of the newest summaries only."""
    summary = table_of(CellSummary)
    cell = (summary.c.participant_id, summary.c.timepoint, summary.c.code_id)
    with study.read() as db:
        rows = db.execute(sa.select(*cell, summary.c.text).order_by(*cell, summary.c.version)).all()
    newest = {tuple(row[:3]): row.text for row in rows}
    found: dict[str, list[str]] = defaultdict(list)
    for text in newest.values():
        for link in links_in(text):
            if _CUTS.search(link.words):
                words = _CUTS.sub(f" {CUT} ", link.words.strip().strip('“”"'))
                found[link.coding].append(" ".join(words.split()))
    return found


def _is_cut_of(cut: str, text: str) -> bool:
    """Whether all that stands between the cuts is in a text, in that order."""
    text, at = " ".join(text.split()), 0
    for piece in cut.split(CUT):
        place = text.find(piece.strip(), at)
        if place < 0:
            return False
        at = place + len(piece.strip())
    return True
