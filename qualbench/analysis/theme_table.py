"""The theme table of a paper: theme, sub-theme, what it is about, quotes that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qualbench.analysis.code_use import UNUSED, Use, code_use, rolled_up
from qualbench.analysis.matrix_reading import read_people
from qualbench.analysis.quotes import Quote, QuoteFilter, QuotesFound, choose_quotes, find_quotes
from qualbench.analysis.quotes_labels import DEFAULT_LABEL
from qualbench.analysis.quotes_passages import Passage, as_passages
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.blind import hidden_sources
from qualbench.coding.memos import CODE, list_memos
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

SUMMARIES = ("definition", "concept", "memo")
"""What can stand under "What it is about": the definition, the central organising concept, or the memo on the
entry that was changed last. Where there is none, it is the definition."""


@dataclass(frozen=True)
class ThemeTableRow:
    """A row of the table.

    Attributes:
        theme: The theme, None if it is that of the row before.
        entry: The sub-theme; the theme itself where nothing stands below it.
        summary: What it is about.
        quotes: The quotes that show it, ready to be printed.
        participants: How many people's words it holds, with those of all entries below it.
    """

    theme: CodeEntry | None
    entry: CodeEntry
    summary: str
    quotes: tuple[Passage, ...]
    participants: int


@dataclass(frozen=True)
class ThemeTable:
    """The rows, and what the numbers are of.

    Attributes:
        rows: In the order of the codebook.
        participants: How many people were talked to, in the sources that the coder at work may see.
        found: All quotes that these were chosen from, and how many were withheld.
        quoted: How often each participant who is quoted in the table is quoted.
    """

    rows: list[ThemeTableRow]
    participants: int
    found: QuotesFound
    quoted: Counter[str]


def theme_table(
    study: Study,
    layer: str = AGREED,
    *,
    quotes: int = 2,
    longest: int | None = None,
    label: str = DEFAULT_LABEL,
    summary: str = "definition",
) -> ThemeTable:
    """Make the theme table of a layer, one row a sub-theme.

    The quotes are chosen by `choose_quotes`, over the table so that the same few people do not carry it, and
    so that no passage stands in it twice where there is another.

    Args:
        study: The study.
        layer: The layer.
        quotes: How many there are in a row at most.
        longest: Words of a quote; a longer one is cut.
        label: The template of the labels.
        summary: One of `SUMMARIES`.

    Raises:
        NotFound: If there is no such layer.
        BadInput: If there is no such summary, or the template cannot be read.
        Refused: If the layer may not be seen.
    """
    if summary not in SUMMARIES:
        raise BadInput(f"'{summary}' is no summary.", f"Use one of {', '.join(SUMMARIES)}.")
    book = read_codebook(study)
    found = find_quotes(study, QuoteFilter(layer=layer), label=label)
    by_code: dict[str, list[Quote]] = {}
    for quote in found.quotes:
        by_code.setdefault(quote.code, []).append(quote)
    use = rolled_up(code_use(study, layer), book)
    memos = _memos(study) if summary == "memo" else {}
    quoted: Counter[str] = Counter()
    printed: set[str] = set()
    rows: list[ThemeTableRow] = []
    last: CodeEntry | None = None
    for theme, entry in _entries(book, use):
        theirs = [quote for code in book.at_and_below(entry.id) for quote in by_code.get(code, ())]
        theirs.sort(key=lambda quote: (quote.source, quote.start, quote.end, quote.code))
        chosen = choose_quotes([q for q in theirs if q.text not in printed] or theirs, quotes, quoted)
        quoted.update(quote.participant for quote in chosen)
        printed.update(quote.text for quote in chosen)
        shown = as_passages(study, chosen, together=False, longest=longest)
        about = {"concept": entry.central_concept, "memo": memos.get(entry.id, "")}.get(summary, "")
        rows.append(
            ThemeTableRow(
                theme if theme is not last else None,
                entry,
                about or entry.definition,
                tuple(shown),
                len(use.get(entry.id, UNUSED).participants),
            )
        )
        last = theme
    return ThemeTable(rows, people_talked_to(study, layer), found, quoted)


def people_talked_to(study: Study, layer: str) -> int:
    """Give how many participants speak in the sources in which the coder at work may see a layer."""
    with study.read() as db:
        hidden = hidden_sources(db, study, layer)
        return len({who for source, who in read_people(db).facts if source not in hidden})


def _entries(book: Codebook, use: Mapping[str, Use]) -> Iterator[tuple[CodeEntry, CodeEntry]]:
    """The entries that are rows, each with its theme: agreed ones, and candidates that hold something."""
    for theme in book.children(None):
        if not theme.in_use:
            continue
        for entry in [one for one in book.children(theme.id) if one.in_use] or [theme]:
            # What a candidate theme only groups stands where it belongs, and has its quotes there.
            only_groups = entry.level != "code" and not book.children(entry.id)
            if entry.status == "agreed" or (use.get(entry.id, UNUSED).codings and not only_groups):
                yield theme, entry


def _memos(study: Study) -> dict[str, str]:
    """The memo on each entry that was changed last, by the entry's id."""
    memos = sorted(list_memos(study, about=CODE), key=lambda memo: memo.changed_at)
    return {memo.code: memo.text for memo in memos if memo.code is not None}
