"""Sentences of a stretch of talk. Pure."""

from __future__ import annotations

import re

from qualbench.text.spans import Span, trimmed

# After these, and after a single capital, a full stop ends no sentence.
_GOING_ON = frozenset(["mr", "mrs", "ms", "dr", "st", "prof", "rev", "vs", "e.g", "i.e", "approx"])
# After these it ends one before a capital.
_UNLESS_CAPITAL = frozenset(["etc", "dept", "a.m", "p.m"])
_BEFORE_NUMBERS = frozenset(["no", "nos"])
_CLOSING = tuple("\"'”’)]")
_END = re.compile(r"""([.!?…]+["'”’)\]]*)\s+|\n+""")
_LAST_WORD = re.compile(r"([\w.]+)\.$")


def sentences(text: str, span: Span) -> list[Span]:
    """Give the sentences of a stretch of text, in order, without the white space between them.

    A sentence ends at a line end, or at a full stop, question or exclamation mark with white space after
    it. It goes on after an abbreviation, and in small letters after a closing quote or dots: "Why?" she said.
    """
    found: list[Span] = []
    start = span.start
    for match in _END.finditer(text, span.start, span.end):
        if match[1] and "\n" not in match[0] and _goes_on(text, Span(start, span.end), match):
            continue
        found.append(Span(start, match.end(1) if match[1] else match.start()))
        start = match.end()
    found.append(Span(start, span.end))
    return [one for one in (trimmed(text, piece) for piece in found) if one.start < one.end]


def _goes_on(text: str, rest: Span, mark: re.Match[str]) -> bool:
    """Whether a sentence goes on after a mark that may end it; `rest` is from where it begins."""
    follows = text[mark.end() : min(mark.end() + 1, rest.end)]
    if mark[1] != ".":
        return follows.islower() and mark[1].endswith((*_CLOSING, "…", "..."))
    word = _LAST_WORD.search(text[max(rest.start, mark.start() - 20) : mark.end(1)])
    last = word[1] if word else ""
    if last.casefold() in _UNLESS_CAPITAL:
        return not follows.isupper()
    if last.casefold() in _BEFORE_NUMBERS:
        return follows.isdigit()
    return last.casefold() in _GOING_ON or (len(last) == 1 and last.isupper() and last != "I")
