"""Quotes: coded words with a label that says whose they are without pointing at a person.

Who did not agree to be quoted is in no quote: their passages are only counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.matrix_counting import said_in
from qualbench.analysis.matrix_reading import read_people, read_talk, read_texts
from qualbench.analysis.quotes_labels import DEFAULT_LABEL, labels, read_template
from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import examples_in_view, hidden_sources, in_any_view, in_view
from qualbench.study.database import Study
from qualbench.study.settings import smallest_group_of
from qualbench.study.tables import AGREED, CodeExample, Coding, table_of
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.consent import not_to_be_quoted as not_to_be_quoted


@dataclass(frozen=True)
class QuoteFilter:
    """Which quotes are wanted; None asks for all.

    Attributes:
        code: Id or label of a code, sub-theme or theme: quotes of it and of what is below it.
        only: Pairs of an attribute of a participant, or of the source they speak in, and a value: only the
            words of those who have it, or one of those given for the attribute.
        exemplar: Only what somebody marked as an exemplar of its code, or gave as a typical example.
        layer: The layer.
    """

    code: str | None = None
    only: tuple[tuple[str, str], ...] = ()
    exemplar: bool = False
    layer: str = AGREED


@dataclass(frozen=True)
class Quote:
    """The words that one participant said in one turn within a coding.

    Attributes:
        code: The id of the code.
        source: The name of the source.
        participant: The id.
        start: Code point of the source's text.
        end: The same, half-open.
        label: Such as "Parent, follow-up, Glasgow"; coarser where that would fit too few people.
        coding: The id of the coding.
        exemplar: Whether it shows well what its code means, in the eyes of somebody of the team.
    """

    code: str
    source: str
    participant: str
    stakeholder: str
    timepoint: str | None
    site: str | None
    start: int
    end: int
    text: str
    label: str
    coding: str = ""
    exemplar: bool = False


@dataclass(frozen=True)
class QuotesFound:
    """Quotes, and what is not among them.

    Attributes:
        quotes: In order of source and place.
        people: The ids of all participants that were looked for, quoted or not.
        withheld: How many quotes more there are of each who did not agree to be quoted; those of whom
            there are none are in it too.
        label_ids: The fields of the labels that name one person or conversation.
        hidden: How many sources are left out, for the coder at work may not see the layer there yet.
    """

    quotes: list[Quote]
    people: list[str]
    withheld: Mapping[str, int]
    label_ids: tuple[str, ...] = ()
    hidden: int = 0


def list_quotes(
    study: Study, *, code: str | None = None, stakeholder: str | None = None, layer: str = AGREED
) -> list[Quote]:
    """Give the quotes of a layer in order of source and place; see `find_quotes`.

    Args:
        study: The study.
        code: Only this code, sub-theme or theme, and what is below it.
        stakeholder: Only this stakeholder type.
        layer: The layer.

    Raises:
        NotFound: If there is no such code or layer.
        BadInput: If there is no such stakeholder type.
    """
    only = (("stakeholder", stakeholder),) if stakeholder is not None else ()
    return find_quotes(study, QuoteFilter(code, only, layer=layer)).quotes


def find_quotes(
    study: Study, wanted: QuoteFilter | None = None, *, label: str = DEFAULT_LABEL
) -> QuotesFound:
    """Find quotes and label them.

    A coding that runs over several speakers gives a quote for each turn of a participant in it;
    interviewers' words give none.

    Args:
        study: The study; what its coder may not see yet is left out.
        wanted: Which quotes; None asks for all of the agreed layer.
        label: The template of the labels (`quotes_labels.read_template`).

    Raises:
        NotFound: If there is no such code or layer, or nobody has a value that was asked for.
        BadInput: If a stakeholder type, timepoint or site is not in its list, or the template cannot be read.
        Refused: If the layer may not be seen.
    """
    wanted = wanted or QuoteFilter()
    coding = table_of(Coding)
    with study.read() as db:
        everybody = read_people(db)
        template = read_template(label, everybody.attribute)
        people = everybody.only(wanted.only)
        counted = [in_view(db, study, wanted.layer)]
        if wanted.code is not None:
            book = codebook_of(db)
            counted.append(coding.c.code_id.in_(book.at_and_below(book.find(wanted.code).id)))
        columns = (coding.c.source_id, coding.c.start, coding.c.end, coding.c.code_id, coding.c.id)
        rows = db.execute(sa.select(*columns).where(*counted)).all()
        talk = read_talk(db, people.facts)
        texts = read_texts(db, {row.source_id for row in rows})
        marked = _marked(db, study)
        smallest = smallest_group_of(db)
        hidden = hidden_sources(db, study, wanted.layer) & {source for source, _ in people.facts}
        withheld = dict.fromkeys(sorted(not_to_be_quoted(db) & {who for _, who in people.facts}), 0)
    named = labels(everybody.facts, template, smallest)
    quotes: list[Quote] = []
    for source, start, end, code, coding_id in rows:
        span = Span(start, end)
        exemplar = any(overlaps(span, mark) for mark in marked.get((source, code), ()))
        if wanted.exemplar and not exemplar:
            continue
        for first, last, who in said_in(talk.get(source, ()), span):
            words = texts[source][first:last]
            if not words.strip():
                continue
            if who in withheld:
                withheld[who] += 1
                continue
            known = people.facts[source, who]
            quotes.append(
                Quote(
                    code,
                    known["source"],
                    who,
                    known["stakeholder"],
                    known.get("timepoint"),
                    known.get("site"),
                    first,
                    last,
                    words,
                    named[source, who],
                    coding_id,
                    exemplar,
                )
            )
    quotes.sort(key=lambda quote: (quote.source, quote.start, quote.end, quote.code))
    return QuotesFound(quotes, sorted({who for _, who in people.facts}), withheld, template.ids, len(hidden))


def choose_quotes(
    quotes: Sequence[Quote], wanted: int = 2, quoted: Counter[str] | None = None
) -> list[Quote]:
    """Choose quotes to show a theme by: exemplars first, then of different people, neither a scrap nor a
    page, of different groups, and of people who have been quoted least.

    The choice is always the same for the same quotes; a person should look at it before it is printed.

    Args:
        quotes: Those to choose from.
        wanted: How many at most.
        quoted: How often each participant has been quoted so far.
    """
    chosen: list[Quote] = []
    so_far = quoted or Counter()
    left = list(dict.fromkeys(quotes))
    while left and len(chosen) < wanted:
        people = {quote.participant for quote in chosen}
        groups = {quote.stakeholder for quote in chosen}
        best = min(
            left,
            key=lambda q: (
                not q.exemplar,
                q.participant in people,
                abs(len(q.text) - 220) > 140,  # code points: about one to four printed lines
                q.stakeholder in groups,
                so_far[q.participant],
                abs(len(q.text) - 220),
                q.source,
                q.start,
            ),
        )
        chosen.append(best)
        left = [quote for quote in left if quote.text != best.text]
    return chosen


def _marked(db: Session, study: Study) -> dict[tuple[str, str], list[Span]]:
    """What the team has marked as showing well what a code means, as far as the coder at work may see it, by
    source and code. The agreed layer has no marks of its own: those of the coders count in every layer."""
    coding, example = table_of(Coding), table_of(CodeExample)
    marked: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for table, seen in (
        (coding, sa.and_(coding.c.exemplar, in_any_view(study.coder))),
        (example, sa.and_(example.c.kind == "typical", examples_in_view(study))),
    ):
        rows = db.execute(
            sa.select(table.c.source_id, table.c.code_id, table.c.start, table.c.end).where(seen)
        )
        for source, code, start, end in rows:
            marked[source, code].append(Span(start, end))
    return marked
