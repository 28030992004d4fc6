"""The codebook as an appendix of a paper: what each entry means, when to use it, a quote that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.analysis.code_use import UNUSED, code_use, rolled_up
from qualbench.analysis.document import day_of
from qualbench.analysis.quotes import Quote, QuoteFilter, QuotesFound, choose_quotes, find_quotes
from qualbench.analysis.quotes_labels import DEFAULT_LABEL
from qualbench.analysis.quotes_passages import Passage, as_passages
from qualbench.analysis.theme_table import people_talked_to
from qualbench.codebook.outline import outline
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.codebook.versions import compare_versions, list_versions
from qualbench.study.database import Study
from qualbench.study.tables import AGREED


@dataclass(frozen=True)
class AppendixRow:
    """An entry of the codebook.

    Attributes:
        entry: The entry.
        depth: How many entries stand above it.
        quotes: Quotes of the code itself, exemplars first.
        participants: How many people's words it holds, with those of all entries below it.
    """

    entry: CodeEntry
    depth: int
    quotes: tuple[Passage, ...]
    participants: int


@dataclass(frozen=True)
class Appendix:
    """The entries in use, in the order of the codebook, and what the numbers are of.

    Attributes:
        title: Which codebook it is: "Codebook, version 2 (3 March 2025)".
        rows: The entries.
        participants: How many people were talked to, in the sources that the coder at work may see.
        found: All quotes that these were chosen from, and how many were withheld.
    """

    title: str
    rows: list[AppendixRow]
    participants: int
    found: QuotesFound


def codebook_appendix(
    study: Study,
    layer: str = AGREED,
    *,
    quotes: int = 1,
    longest: int | None = 40,
    label: str = DEFAULT_LABEL,
) -> Appendix:
    """Make the appendix from the codebook as it is now.

    Args:
        study: The study.
        layer: Whose codings the quotes are of.
        quotes: How many a code has at most.
        longest: Words of a quote; a longer one is cut.
        label: The template of the labels.

    Raises:
        NotFound: If there is no such layer.
        BadInput: If the template cannot be read.
        Refused: If the layer may not be seen.
    """
    book = read_codebook(study)
    found = find_quotes(study, QuoteFilter(layer=layer), label=label)
    by_code: dict[str, list[Quote]] = {}
    for quote in found.quotes:
        by_code.setdefault(quote.code, []).append(quote)
    chosen = {code: choose_quotes(theirs, quotes) for code, theirs in by_code.items()}
    shown = as_passages(
        study, [quote for theirs in chosen.values() for quote in theirs], together=False, longest=longest
    )
    passages: dict[str, list[Passage]] = {}
    for passage in shown:
        passages.setdefault(passage.quote.code, []).append(passage)
    use = rolled_up(code_use(study, layer), book)
    rows = [
        AppendixRow(
            place.entry,
            place.depth,
            tuple(passages.get(place.entry.id, ())),
            len(use.get(place.entry.id, UNUSED).participants),
        )
        for place in outline(book)
    ]
    return Appendix(_title(study), rows, people_talked_to(study, layer), found)


def _title(study: Study) -> str:
    versions = list_versions(study)
    if not versions:
        return "Codebook"
    newest = max(versions, key=lambda version: version.number)
    title = f"Codebook, version {newest.number} ({day_of(newest.released_at)})"
    return f"{title}, with changes since" if compare_versions(study, newest.number) else title
