"""Finding out how a project counts places, from its coded passages themselves.

Passages begin and end at the edges of words, so each way of counting is scored by the share of their ends
that lie there: on a project of NVivo 12 for Windows the right one had 0.992, with the byte order mark counted
0.894, all others 0.30 to 0.44.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from qualbench.errors import Refused
from qualbench.exchange.refi_qda.opening_offsets import KINDS, Counting, RawText

GOOD_ENOUGH = 0.9
"""The share of ends at edges of words below which nothing is guessed."""

ENOUGH = 10
"""Ends that must be there for a share to mean anything."""

_SLIPS = 2  # ends by which another way may fit better than the program's own before that is doubted
_MOST = 4_000  # ends that are looked at; more tell nothing new
_FEWEST = 40  # of each text all the same
_PROGRAMS = (("nvivo", "utf16"), ("atlas", "points-lf"))
"""What a program counts, by what its name begins with, where it does not keep to the standard."""

_NO_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


class Tally(NamedTuple):
    """How well a way of counting fits: ends looked at, those at edges of words, those beside a blank."""

    ends: int = 0
    good: int = 0
    tight: int = 0

    @property
    def share(self) -> float:
        """The share of the ends that lie at edges of words."""
        return self.good / self.ends if self.ends else 0.0

    @property
    def merit(self) -> float:
        """What ways are ordered by: a shift by one back, from a word into blanks and marks, shows only in
        `tight`."""
        return (self.good + self.tight) / self.ends if self.ends else 0.0


@dataclass(frozen=True)
class Coded:
    """A text with the places of its coded passages, start and end of each as the file counts."""

    raw: RawText
    ranges: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Judgement:
    """How places are counted.

    Attributes:
        counting: In the project as a whole.
        tally: How well that fits.
        following: How well the best fits of those that lead to other places; None if none does.
        why: What it was taken for, in words.
        apart: Other ways for texts that those fit much better, by the number of the text.
    """

    counting: Counting
    tally: Tally
    following: Tally | None
    why: str
    apart: Mapping[int, Counting] = field(default_factory=dict)

    def of(self, n: int) -> Counting:
        """Give the way of counting in a text, by its number."""
        return self.apart.get(n, self.counting)

    @property
    def sentence(self) -> str:
        """Say what was taken and how well it fits."""
        said = f"Places are counted in {self.counting.words} ({self.counting.name}): {self.why}."
        if self.tally.ends:
            said += f" {self.tally.share:.1%} of {self.tally.ends} ends of passages lie at edges of words"
            said += f"; with the next best way, {self.following.share:.1%}." if self.following else "."
        return said


def judge(
    texts: Sequence[Coded], origin: str, told: Counting | None = None, certain: Counting | None = None
) -> Judgement:
    """Find out how places are counted.

    Args:
        texts: The texts with their passages.
        origin: The program that wrote the project, as it says; of two ways that fit alike its own is taken.
        told: The way that somebody has said.
        certain: The way that the file itself says.

    Raises:
        Refused: If none fits and nobody has said which it is.
    """
    tallies = {counting: [Tally()] * len(texts) for counting in KINDS.values()}
    for n, coded in enumerate(texts):
        if coded.ranges:
            found: dict[Counting, Tally] = {}
            for counting, of_texts in tallies.items():
                same = coded.raw.same(counting)
                of_texts[n] = found[same] = found.get(same) or _tally(coded, same, len(texts))
    total = {counting: _sum(of_texts) for counting, of_texts in tallies.items()}
    own = next((KINDS[kind] for name, kind in _PROGRAMS if origin.casefold().startswith(name)), None)
    taken = told or certain or _best(total, own)
    tally = total[taken]
    elsewhere = [
        total[one]
        for one in total
        if any(coded.raw.same(one) != coded.raw.same(taken) for coded in texts if coded.ranges)
    ]
    following = max(elsewhere, key=lambda one: one.share, default=None)
    if told is not None or certain is not None:
        return Judgement(taken, tally, following, "as you said" if told else "the file says so")
    if following is None:
        return Judgement(taken, tally, None, "any other way comes to the same")
    if tally.ends < ENOUGH:
        return Judgement(taken, tally, following, "there are few passages to judge by")
    apart = _apart(tallies, taken)
    tally = _sum(one for n, one in enumerate(tallies[taken]) if n not in apart)
    if tally.share < GOOD_ENOUGH:
        raise Refused(
            f"It cannot be told how places in the texts are counted: with the likeliest way ({taken.name}) "
            f"only {tally.share:.1%} of the ends of passages lie at edges of words.",
            f"Say which it is with --offsets, and look at the quotes then: {', '.join(KINDS)}.",
        )
    return Judgement(taken, tally, following, "it fits best", apart)


def _best(total: Mapping[Counting, Tally], own: Counting | None) -> Counting:
    """The way that fits best; the program's own, or else the standard's, unless another fits better."""
    best = max(total, key=lambda counting: total[counting].merit)  # of two alike the likelier, which is first
    usual = own or KINDS["points"]
    lead = (total[best].merit - total[usual].merit) * total[best].ends
    if total[best].ends < ENOUGH:
        doubtful = total[usual].share < GOOD_ENOUGH <= total[best].share
        return best if doubtful else usual
    return usual if lead <= 2 * _SLIPS * bool(own) else best


def _apart(tallies: Mapping[Counting, Sequence[Tally]], taken: Counting) -> dict[int, Counting]:
    """The texts that the way taken does not fit, but another does."""
    found = {}
    for n, tally in enumerate(tallies[taken]):
        if tally.ends >= ENOUGH and tally.share < GOOD_ENOUGH:
            best = max(tallies, key=lambda counting: tallies[counting][n].merit)
            if tallies[best][n].share >= GOOD_ENOUGH:
                found[n] = best
    return found


def _sum(tallies: Iterable[Tally]) -> Tally:
    columns = list(zip(*tallies, strict=True))
    return Tally(*map(sum, columns)) if columns else Tally()


def _tally(coded: Coded, counting: Counting, texts: int) -> Tally:
    ranges = list(dict.fromkeys(coded.ranges))
    step = 1 + 2 * len(ranges) // max(_FEWEST, _MOST // texts)
    text, places = coded.raw.text, coded.raw.places(counting)
    ends = good = tight = 0
    for start, end in ranges[::step]:
        for place, begins in ((start, True), (end, False)):
            at, inside = places.at(place)
            if inside or not 0 <= at <= len(text):
                ends += 1
            elif (edge := _is_edge(text, at)) is not None:
                ends += 1
                good += edge
                tight += edge and _is_beside_blank(text, at, begins=begins)
    return Tally(ends, good, tight)


def _is_edge(text: str, at: int) -> bool | None:
    """Whether a word begins or ends at a place; None in writing without blanks, where nobody can tell."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    if _joins(after) or before == "\u200d" or (before, after) == ("\r", "\n"):
        return False
    if not (_in_word(before) and _in_word(after)):
        return True
    return None if _without_blanks(before) or _without_blanks(after) else False


def _is_beside_blank(text: str, at: int, *, begins: bool) -> bool:
    """Whether the blank is outside the passage that begins or ends there, and the word inside."""
    before = at == 0 or text[at - 1].isspace()
    after = at == len(text) or text[at].isspace()
    return before and not after if begins else after and not before


@lru_cache(maxsize=4_096)
def _joins(letter: str) -> bool:
    return letter == "\u200d" or unicodedata.category(letter).startswith("M")


@lru_cache(maxsize=4_096)
def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_" or _joins(letter)


@lru_cache(maxsize=4_096)
def _without_blanks(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_NO_BLANKS)
