"""The language of searches, read into what must stand in a block. Pure.

words               all in the same block          refer*              words that begin so
"two words"         next to each other             wrod~               words spelt much like it
forms NEAR bus      at most 10 words between       /colou?r/           a regular expression, alone
forms NEAR/3 bus    at most 3 words between        a OR b              either; OR parts all before and after
-word               not in the same block
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from qualbench.errors import BadInput
from qualbench.text.tokens import tokens_of

NEAR_WORDS = 10
"""Words that may stand between two with NEAR."""


@dataclass(frozen=True)
class Term:
    """Words that stand next to each other: one word, or a phrase.

    Attributes:
        words: For each place, the folded words that may stand there; none means that nothing can.
        prefix: Whether the last one may go on.
        fuzzy: Whether the words of the study that are spelt much alike are still to be added.
    """

    words: tuple[tuple[str, ...], ...]
    prefix: bool = False
    fuzzy: bool = False


@dataclass(frozen=True)
class Near:
    """Two terms in either order with at most so many words between them."""

    left: Term
    right: Term
    between: int


@dataclass(frozen=True)
class Alternative:
    """What a block must hold, all of it, and what it must not hold."""

    wanted: tuple[Term | Near, ...]
    unwanted: tuple[Term, ...] = ()

    def required(self) -> Iterator[Term]:
        """Give the terms that a block must hold."""
        for one in self.wanted:
            yield from (one.left, one.right) if isinstance(one, Near) else (one,)


@dataclass(frozen=True)
class Words:
    """A search for words: alternatives, of which a block must meet one."""

    alternatives: tuple[Alternative, ...]

    def terms(self) -> Iterator[Term]:
        """Give all its terms."""
        for alternative in self.alternatives:
            yield from alternative.required()
            yield from alternative.unwanted


@dataclass(frozen=True)
class Pattern:
    """A search for a regular expression."""

    expression: str


Query = Words | Pattern

_LONGEST = 1_000  # code points; what a database takes has an end too
_QUOTES = str.maketrans("“”„‟", '""""')
_ITEM = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"(?P<after>[*~]?)|(?P<plain>[^\s"]+))')
_NEAR = re.compile(r"NEAR(?:/(.*))?")


def parse_query(text: str) -> Query:
    """Read a search.

    Raises:
        BadInput: If it cannot be read; the message says where.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > _LONGEST:
        raise BadInput(f"The search is longer than {_LONGEST} characters.", "Search for less at a time.")
    if text.startswith("/"):
        return _pattern(text)
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        raise BadInput("A quotation mark is not closed.", 'Write a phrase as "two words".')
    groups: list[list[re.Match[str]]] = [[]]
    for item in _ITEM.finditer(text):
        if item[0] == "OR":
            groups.append([])
        elif item[0] != "AND":  # that is what a blank means
            groups[-1].append(item)
    if groups == [[]]:
        raise BadInput("The search is empty.", "Write the words to look for.")
    if not all(groups):
        raise BadInput("OR has nothing on one side.", "Write it between words: forms OR letters.")
    return Words(tuple(map(_alternative, groups)))


def _pattern(text: str) -> Pattern:
    if len(text) < 3 or not text.endswith("/"):
        raise BadInput(
            "A regular expression stands between two slashes and alone.",
            "Write /colou?r/, or leave the slash out to look for words.",
        )
    return Pattern(text[1:-1])


def _alternative(items: list[re.Match[str]]) -> Alternative:
    parts = [part for part in map(_part, items) if part is not None]
    if not parts:
        raise BadInput("The search holds no letter or digit.", "Write the words to look for.")
    wanted: list[Term | Near] = []
    unwanted: list[Term] = []
    nears = [n for n, part in enumerate(parts) if isinstance(part, int)]
    if any(after - before < 3 for before, after in pairwise(nears)):
        raise BadInput("NEAR joins two words only.", "Write: forms NEAR/5 bus NEAR is one NEAR too many.")
    joined: set[int] = set()
    for n in nears:
        sides = [parts[at] if 0 <= at < len(parts) else None for at in (n - 1, n + 1)]
        left, right = (side[0] if isinstance(side, tuple) and not side[1] else None for side in sides)
        if left is None or right is None:
            raise BadInput("NEAR has no word on one side.", "Write: forms NEAR/5 bus.")
        between = parts[n]
        assert isinstance(between, int)
        wanted.append(Near(left, right, between))
        joined |= {n - 1, n, n + 1}
    for n, part in enumerate(parts):
        if n not in joined and isinstance(part, tuple):
            term, excluded = part
            (unwanted if excluded else wanted).append(term)
    if not wanted:
        raise BadInput("The search only says what to leave out.", "Add a word to look for.")
    return Alternative(tuple(wanted), tuple(unwanted))


def _part(item: re.Match[str]) -> tuple[Term, bool] | int | None:
    """A term and whether it is left out, or the words between of a NEAR, or None for mere punctuation."""
    near = _NEAR.fullmatch(item[0])
    if near is not None:
        return _words_between(near[1])
    plain = item["plain"]
    if plain is None:
        words, mark = item["quoted"], item["after"]
    else:
        words, mark = (plain[:-1], plain[-1]) if plain[-1] in "*~" else (plain, "")
        _refuse_odd_signs(words)
    tokens = tokens_of(words)
    if not tokens:
        if mark or plain is None:
            raise BadInput("A sign of the search stands by no word.", 'Write refer*, wrod~ or "two words".')
        return None
    term = Term(tuple((token,) for token in tokens), prefix=mark == "*", fuzzy=mark == "~")
    return term, bool(item["minus"])


def _words_between(number: str | None) -> int:
    if number is None:
        return NEAR_WORDS
    if not re.fullmatch(r"[0-9]{1,4}", number):
        raise BadInput("NEAR/ needs a number of words.", "Write: forms NEAR/5 bus.")
    return int(number)


def _refuse_odd_signs(words: str) -> None:
    if "(" in words or ")" in words:
        raise BadInput(
            "A search has no brackets.",
            "OR parts all before and after: forms bus OR forms tram; or use quotes.",
        )
    if "*" in words or "~" in words:
        raise BadInput("* and ~ stand at the end of a word.", "Write refer* or wrod~.")
