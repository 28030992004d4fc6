"""Quotes as text: for the terminal, as CSV, as Markdown, as JSON. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qualbench.analysis.document import escaped
from qualbench.analysis.quotes_passages import Around, Passage

_BRACKETS = re.compile(r"\\([\[\]])(?![(:])")
BEFORE, AFTER = "Before", "After"
"""What marks talk around a quote, so that nobody takes it for the quote."""


def quotes_as_text(passages: Sequence[Passage], *, where: bool = False) -> str:
    """Write passages for the terminal, a blank line after each.

    Args:
        passages: The passages.
        where: Whether source and place are told, to look it up.
    """
    lines: list[str] = []
    for passage in passages:
        quote = passage.quote
        place = f"; {quote.source} {quote.start}" if where else ""
        lines += [f"  {BEFORE.lower()}  {_said(around)}" for around in passage.before]
        lines.append(f"{one_line(passage.text)} [{quote.label}] ({', '.join(passage.codes)}{place})")
        lines += [f"  {AFTER.lower()}  {_said(around)}" for around in passage.after]
        lines.append("")
    return "".join(f"{line}\n" for line in lines)


def quotes_as_rows(passages: Sequence[Passage]) -> Iterator[tuple[str | int, ...]]:
    """Give passages as rows of a table, the first of them its header."""
    context = any(passage.before or passage.after for passage in passages)
    yield ("code", "source", "start", "end", "label", "text", *(("before", "after") if context else ()))
    for passage in passages:
        quote = passage.quote
        around = (_lines(passage.before), _lines(passage.after)) if context else ()
        codes = "; ".join(passage.codes)
        yield (codes, quote.source, quote.start, quote.end, quote.label, passage.text, *around)


def quotes_as_csv(passages: Sequence[Passage]) -> str:
    """Write passages as CSV, with source and place."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(quotes_as_rows(passages))
    return out.getvalue()


def quotes_as_json(passages: Iterable[Passage]) -> list[dict[str, object]]:
    """Give passages as the JSON that other programs read; offsets are code points, half-open."""
    return [
        {
            "code": passage.quote.code,
            "source": passage.quote.source,
            "start": passage.quote.start,
            "end": passage.quote.end,
            "text": passage.text,
            "label": passage.quote.label,
            "exemplar": passage.quote.exemplar,
            "before": [{"who": around.who, "text": around.text} for around in passage.before],
            "after": [{"who": around.who, "text": around.text} for around in passage.after],
        }
        for passage in passages
    ]


def quotes_as_markdown(passages: Sequence[Passage], names: Mapping[str, str], *, where: bool = False) -> str:
    """Write passages as Markdown, with the labels of their codes.

    Args:
        passages: The passages.
        names: The label of each code by id.
        where: Whether source and place are told.
    """
    parts = ["# Quotes"]
    for passage in passages:
        parts += [f"{BEFORE}: {_marked(_said(around))}" for around in passage.before]
        parts.append(f"> “{_marked(passage.text)}” {_marked(f'[{passage.quote.label}]')}")
        parts += [f"{AFTER}: {_marked(_said(around))}" for around in passage.after]
        parts.append(f"Codes: {_marked(codes_in_words(passage, names, where=where))}")
    return "\n\n".join(parts) + "\n"


def _marked(text: str) -> str:
    """A text as Markdown; brackets that begin no link stay as they are, so that a pseudonym is known for one
    when the finished file is looked through."""
    return _BRACKETS.sub(r"\1", escaped(text))


def codes_in_words(passage: Passage, names: Mapping[str, str], *, where: bool) -> str:
    """Give the labels of the codes of a passage, and its place if that is to be told."""
    place = f" ({passage.quote.source} {passage.quote.start})" if where else ""
    return "; ".join(names.get(code, code) for code in passage.codes) + place


def one_line(text: str) -> str:
    """Give a text in one line."""
    return " ".join(text.split())


def _said(around: Around) -> str:
    return f"{around.who}: {around.text}"


def _lines(talk: Sequence[Around]) -> str:
    return "\n".join(map(_said, talk))
