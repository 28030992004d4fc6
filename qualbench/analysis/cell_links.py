"""Links from a written cell to quotes: `[words](coding:ID)` in Markdown. Pure.

Brackets in the words are escaped when a link is made. A pseudonym that sealing puts there later is not, so
one pair of brackets inside the words is read too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Bounded, so that a text of brackets alone does not take for ever.
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\]|\[[^\[\]]{0,200}\]){0,1000})\]\(coding:([^()\s]{1,64})\)")
_TO_ESCAPE = re.compile(r"[\\\[\]]")
_ESCAPED = re.compile(r"\\([\\\[\]])")
_LIST_MARKS = re.compile(r"[-*+>\s]*")


@dataclass(frozen=True)
class QuoteLink:
    """A link to a coding, and the words that stand for it."""

    words: str
    coding: str


def link(words: str, coding: str) -> str:
    """Write a link; runs of white space in the words are one blank."""
    escaped = _TO_ESCAPE.sub(r"\\\g<0>", " ".join(words.split()))
    return f"[{escaped}](coding:{coding})"


def list_of_links(links: Iterable[tuple[str, str]]) -> str:
    """Write links as a list, an item each: words and coding."""
    return "\n".join(f"- {link(words, coding)}" for words, coding in links)


def links_in(text: str) -> list[QuoteLink]:
    """Give the links of a text in order."""
    return [_read(found) for found in _LINK.finditer(text)]


def with_links(text: str, written: Callable[[QuoteLink], str]) -> str:
    """Give a text with each link written in another way."""
    return _LINK.sub(lambda found: written(_read(found)), text)


def has_own_words(text: str) -> bool:
    """Tell whether a text says anything besides its links: a cell that was only started does not."""
    return _LIST_MARKS.fullmatch(_LINK.sub("", text)) is None


def _read(found: re.Match[str]) -> QuoteLink:
    return QuoteLink(_ESCAPED.sub(r"\1", found[1]), found[2])
