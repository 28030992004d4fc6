"""What each participant says within the codings of a layer, by timepoint: the quotes behind a cell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.framework_cells import CaseKey
from qualbench.analysis.matrix_counting import said_in
from qualbench.analysis.matrix_reading import read_people, read_talk, read_texts
from qualbench.analysis.quotes import not_to_be_quoted
from qualbench.analysis.quotes_passages import NOT_SHOWN
from qualbench.coding.blind import in_view
from qualbench.study.database import Study
from qualbench.study.tables import Coding, table_of
from qualbench.text.spans import Span
from qualbench.text.words import CUT

"""Stands for what others say within a coding."""


@dataclass(frozen=True)
class CaseQuote:
    """What one participant says within one coding.

    Attributes:
        coding: Its id.
        code: The id of its code.
        source: The name of the source.
        start: Where the words begin, in code points of the source's text.
        text: The words in one line, with [...] for what others say between them; `NOT_SHOWN` if the
            participant did not agree to be quoted.
    """

    coding: str
    code: str
    source: str
    start: int
    text: str


def case_quotes(db: Session, study: Study, layer: str) -> dict[CaseKey, list[CaseQuote]]:
    """Give the quotes of each case, in order of source and place; interviewers' words are in none.

    Args:
        db: The session.
        study: The study; what its coder may not see yet is left out.
        layer: The layer.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    coding = table_of(Coding)
    columns = (coding.c.source_id, coding.c.start, coding.c.end, coding.c.id, coding.c.code_id)
    rows = db.execute(sa.select(*columns).where(in_view(db, study, layer))).all()
    facts = read_people(db).facts
    talk = read_talk(db, facts)
    texts = read_texts(db, {row.source_id for row in rows})
    withheld = not_to_be_quoted(db)
    found: dict[CaseKey, list[CaseQuote]] = defaultdict(list)
    for source, start, end, id_, code in rows:
        said: dict[str, list[Span]] = defaultdict(list)
        for first, last, who in said_in(talk.get(source, ()), Span(start, end)):
            said[who].append(Span(first, last))
        for who, parts in said.items():
            known = facts[source, who]
            words = f" {CUT} ".join(" ".join(texts[source][first:last].split()) for first, last in parts)
            text = NOT_SHOWN if who in withheld else words
            quote = CaseQuote(id_, code, known["source"], parts[0].start, text)
            found[who, known.get("timepoint", "")].append(quote)
    for quotes in found.values():
        quotes.sort(key=lambda quote: (quote.source, quote.start, quote.code, quote.coding))
    return found
