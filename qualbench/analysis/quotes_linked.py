"""The quotes behind what the team put to something: to a criterion, an issue, a box of a theory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.analysis.quotes import Quote, QuoteFilter, choose_quotes, find_quotes
from qualbench.analysis.quotes_passages import Passage, as_passages
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.blind import in_any_view
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Coding, table_of

LONGEST = 60
"""Words of a quote; a longer one is cut."""


@dataclass(frozen=True)
class LinkedQuotes:
    """Quotes that may be printed, of the agreed layer by code, and of some codings.

    Attributes:
        book: The codebook.
        of_code: By the code they are coded with itself, without what is below it.
        of_coding: By the id of the coding; codings out of sight have none.
    """

    study: Study
    book: Codebook
    of_code: Mapping[str, Sequence[Quote]]
    of_coding: Mapping[str, Sequence[Quote]]

    def passages(
        self,
        code: str,
        coding: str | None = None,
        most: int = 1,
        site: str | None = None,
        before: Sequence[Passage] = (),
    ) -> list[Passage]:
        """Give quotes ready to be shown: those of a coding, or a choice of those of a code and what is below.

        Args:
            code: The id of the code.
            coding: The id of the coding; None for the code as a whole.
            most: Of a code, at most.
            site: Only quotes with a label that names the site, for it will stand beside them; a coarser
                label would be undone by it. None for all.
            before: What is shown already: of a code, not chosen again, and its speakers last.
        """
        if coding is not None:
            found = [quote for quote in self.of_coding.get(coding, ()) if _names(quote, site)]
        else:
            below = self.book.at_and_below(self.entry(code).id)
            found = [quote for one in self.of_code if one in below for quote in self.of_code[one]]
            found = [quote for quote in found if _names(quote, site)]
            shown = {passage.quote.text for passage in before}
            found = [quote for quote in found if quote.text not in shown]
            heard = Counter(passage.quote.participant for passage in before)
            found = choose_quotes(sorted(found, key=_place), most, heard)
        return as_passages(self.study, found, longest=LONGEST)

    def entry(self, code: str) -> CodeEntry:
        """Give a code; of one that was merged, the entry that took it in."""
        return self.book.survivor(self.book.by_id[code])


def linked_quotes(study: Study, codings: Collection[str] = ()) -> LinkedQuotes:
    """Read the quotes of the agreed layer, and of some codings of any layer that may be seen.

    Args:
        study: The study; what its coder may not see is left out, and who did not agree to be quoted.
        codings: Ids.
    """
    coding = table_of(Coding)
    with study.read() as db:
        wanted = sa.and_(coding.c.id.in_(codings), in_any_view(study.coder))
        layers = set(db.execute(sa.select(coding.c.layer).where(wanted).distinct()).scalars())
    of_code: dict[str, list[Quote]] = defaultdict(list)
    of_coding: dict[str, list[Quote]] = defaultdict(list)
    for layer in sorted({AGREED, *layers}):
        for quote in find_quotes(study, QuoteFilter(layer=layer)).quotes:
            if layer == AGREED:
                of_code[quote.code].append(quote)
            if quote.coding in codings:
                of_coding[quote.coding].append(quote)
    return LinkedQuotes(study, read_codebook(study), of_code, of_coding)


def quoted(passage: Passage) -> str:
    """Write a quote on one line, in quotation marks and with its label in brackets."""
    return f"“{' '.join(passage.text.split())}” [{passage.quote.label}]"


def _names(quote: Quote, site: str | None) -> bool:
    return site is None or (quote.site == site and site in quote.label)


def _place(quote: Quote) -> tuple[str, int]:
    return quote.source, quote.start
