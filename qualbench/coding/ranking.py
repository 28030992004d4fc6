"""Which codes a person means by what they have typed so far. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process, utils

from qualbench.codebook.tree import Codebook, CodeEntry

RECENT = 9
"""How many codes used last have a digit of their own."""

_LEAST = 60.0  # a WRatio below it is a code that was not meant
_FOR_RECENCY, _FOR_USE, _FOR_BEGINNING = 12.0, 8.0, 25.0  # on top of the WRatio, which goes to 100


def rank_codes(book: Codebook, typed: str, recent: Sequence[str], uses: Mapping[str, int]) -> list[CodeEntry]:
    """Give the codes that fit what was typed, the likeliest first.

    The score is rapidfuzz's WRatio of what was typed and the label, and more for a code whose words begin so,
    that was used lately, or that is used much in this source. Nothing typed: those used last, then the others
    in the order of the book.

    Args:
        book: The codebook.
        typed: What was typed.
        recent: Ids of codes used, the last first.
        uses: How often each code is used in this source, by id.
    """
    entries = [entry for _, entry in book.walk()]
    place = {code: n for n, code in enumerate(recent)}
    if not typed.strip():
        used = [entry for entry in entries if place.get(entry.id, RECENT) < RECENT]
        rest = [entry for entry in entries if place.get(entry.id, RECENT) >= RECENT]
        return sorted(used, key=lambda entry: place[entry.id]) + sorted(
            rest, key=lambda entry: -uses.get(entry.id, 0)
        )
    most = max(uses.values(), default=0) or 1
    wanted = utils.default_process(typed)
    scored = []
    for _, score, n in process.extract(
        wanted,
        [entry.label for entry in entries],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=None,
    ):
        entry = entries[n]
        words = utils.default_process(entry.label).split()
        begins = all(any(word.startswith(part) for word in words) for part in wanted.split())
        if score < _LEAST and not begins:
            continue
        score += _FOR_BEGINNING * begins + _FOR_USE * uses.get(entry.id, 0) / most
        score += _FOR_RECENCY * (1 - place[entry.id] / RECENT) if place.get(entry.id, RECENT) < RECENT else 0
        scored.append((-score, n, entry))
    return [entry for _, _, entry in sorted(scored, key=lambda one: one[:2])]
