"""Where a search matches in the words of a block. Pure: what is a hit is decided here, for every database."""

from __future__ import annotations

import math
import re
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import regex
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from qualbench.coding.search.query import Alternative, Near, Pattern, Term, Words
from qualbench.errors import BadInput
from qualbench.text.spans import Span
from qualbench.text.tokens import TOKEN, fold_case

Finder = Callable[[str], list[Span]]
"""Gives the hits in the words of one block, in order, in offsets of these words."""

SECONDS = 5.0
"""How long a regular expression may take over a whole search."""

_LONGEST_FUZZY = 60  # code points; the index cuts words somewhat above
_REPEATS = 100_000  # how often a regular expression may say a thing by number, all numbers multiplied
_NO_WORD = "(?!)"
_GAP = r"[\W_]+"  # between two words
_COUNT = re.compile(r"\{(\d+)")
_RECURSION = re.compile(r"(?<!\\)(?:\\\\)*\(\?(?:R|&|P>|[+-]?\d)")


def typos_allowed(word: str) -> int:
    """Give how many slips may part a word from one it is taken for: none in short ones, two in long ones."""
    if len(word) < 4 or len(word) > _LONGEST_FUZZY:
        return 0
    return 1 if len(word) < 8 else 2


def resolved(query: Words, vocabulary: Sequence[str]) -> Words:
    """Put the words of a vocabulary that are spelt much like them in the place of fuzzy words.

    A slip is a letter left out, put in, exchanged, or swapped with the next one (optimal string alignment).
    """

    def spread(term: Term) -> Term:
        if not term.fuzzy:
            return term
        return replace(
            term, words=tuple(_alike(choices[0], vocabulary) for choices in term.words), fuzzy=False
        )

    def one(part: Term | Near) -> Term | Near:
        if isinstance(part, Near):
            return replace(part, left=spread(part.left), right=spread(part.right))
        return spread(part)

    return Words(
        tuple(
            Alternative(tuple(map(one, alternative.wanted)), tuple(map(spread, alternative.unwanted)))
            for alternative in query.alternatives
        )
    )


def _alike(word: str, vocabulary: Sequence[str]) -> tuple[str, ...]:
    found = extract(word, vocabulary, scorer=OSA.distance, score_cutoff=typos_allowed(word), limit=None)
    return tuple(sorted({choice for choice, _, _ in found}))


# What asks for more than the matched words: anchors, lookarounds, inline flags, atomic and possessive parts.
_BEYOND = re.compile(r"[$^]|\(\?|\\[AZzGKmMB]|[+*?}]\+")


def word_finder(query: Words) -> Finder:
    """Give the finder of words, phrases and neighbours.

    In a block that meets an alternative each of its words and phrases is a hit, wherever it stands, and so
    is each pair of neighbours, from the first to the last word.

    Args:
        query: The search, its fuzzy words resolved.
    """
    alternatives = [
        ([_part_finder(part) for part in one.wanted], [_expression(term) for term in one.unwanted])
        for one in query.alternatives
    ]

    def find(words: str) -> list[Span]:
        folded = fold_case(words)
        hits: set[Span] = set()
        for wanted, unwanted in alternatives:
            found: list[Span] = []
            for part in wanted:
                spans = part(folded.text)
                if not spans:
                    break
                found += spans
            else:
                if not any(term.search(folded.text) for term in unwanted):
                    hits.update(map(folded.original, found))
        return sorted(hits)

    return find


def pattern_finder(pattern: Pattern, seconds: float = SECONDS) -> Finder:
    """Give the finder of a regular expression, case ignored; ^ and $ are the ends of a block.

    Args:
        pattern: The search.
        seconds: How long the finder may take, over all blocks.

    Raises:
        BadInput: If it is no regular expression, or one that would fill the memory; so does the finder, if
            it takes too long.
    """
    return _finder(_compiled(pattern.expression), seconds)


def pattern_sieve(pattern: Pattern, seconds: float = SECONDS) -> Finder | None:
    """Give what finds, in the text of a whole source, where the regular expression can match in a block.

    It passes over no block that has a match: wherever one begins, a match of the whole text begins there too,
    or one that began before reaches over it. That does not hold where an expression looks at what is around
    it or takes no step back; then there is none.

    Args:
        pattern: The search.
        seconds: How long the finder may take, over all texts.
    """
    if _BEYOND.search(pattern.expression.replace("(?:", "(").replace("[^", "[")):
        return None
    return _finder(_compiled(pattern.expression), seconds)


def _finder(compiled: regex.Pattern[str], seconds: float) -> Finder:
    left = seconds

    def find(words: str) -> list[Span]:
        nonlocal left
        began = time.monotonic()
        try:
            matches = [Span(*m.span()) for m in compiled.finditer(words, timeout=max(left, 0.001))]
        except TimeoutError:
            raise BadInput(
                f"The regular expression takes longer than {seconds:g} seconds.",
                "Write it without repeats inside repeats, such as (a+)+.",
            ) from None
        left -= time.monotonic() - began
        return [span for span in matches if span.start < span.end]

    return find


def _compiled(expression: str) -> regex.Pattern[str]:
    counts = _COUNT.findall(expression)
    repeats = math.prod(max(1, int(count)) if len(count) < 7 else _REPEATS + 1 for count in counts)
    if repeats > _REPEATS or _RECURSION.search(expression):
        raise BadInput(
            "The regular expression repeats too much, or itself.", "Use smaller numbers, or * and +."
        )
    try:
        return regex.compile(expression, regex.IGNORECASE)
    except (regex.error, ValueError, RecursionError) as error:
        raise BadInput(f"The regular expression cannot be read: {error}.", "Correct it.") from None


def _part_finder(part: Term | Near) -> Callable[[str], list[Span]]:
    if isinstance(part, Near):
        left, right, between = _expression(part.left), _expression(part.right), part.between
        return lambda folded: _neighbours(folded, _spans(left, folded), _spans(right, folded), between)
    expression = _expression(part)
    return lambda folded: _spans(expression, folded)


def _spans(expression: re.Pattern[str], folded: str) -> list[Span]:
    return [Span(*match.span()) for match in expression.finditer(folded)]


def _expression(term: Term) -> re.Pattern[str]:
    """What matches a term in a folded text, whole words only."""
    places = [f"(?:{'|'.join(choices)})" if choices else _NO_WORD for choices in term.words]
    rest = r"[^\W_]*" if term.prefix else ""
    if len(term.words[0]) == 1:  # an expression that begins with letters is found many times faster
        (first,) = term.words[0]
        places[0] = rf"{first}(?<![^\W_]{first})"
    else:
        places[0] = rf"(?<![^\W_]){places[0]}"
    return re.compile(rf"{_GAP.join(places)}{rest}(?![^\W_])")


def _neighbours(folded: str, left: Sequence[Span], right: Sequence[Span], between: int) -> list[Span]:
    """The stretches from one of the left to the next of the right, or the other way round."""
    pairs = {*_next_pairs(left, right), *_next_pairs(right, left)}
    return [
        Span(a.start, b.end)
        for a, b in sorted(pairs)
        if sum(1 for _ in TOKEN.finditer(folded, a.end, b.start)) <= between
    ]


def _next_pairs(first: Sequence[Span], second: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each of the second with the last of the first before it, unless another of the second lies between."""
    ends = [span.end for span in first]
    taken = 0
    for follower in second:
        before = bisect_right(ends, follower.start)
        if before > taken:
            yield first[before - 1], follower
            taken = before
