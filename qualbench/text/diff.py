"""What differs between two versions of a text, as edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qualbench.text.spans import Edit, Span

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w")
_LARGEST = 400_000_000  # pairs of tokens compared at once: 50 MB of bits, about two seconds


def edits_between(old: str, new: str) -> list[Edit]:
    """Give the edits that make one text of another, whole words each, as few as can be.

    Lines that are the same in both are set against each other first, then the words between them.
    Edits with nothing but spaces between them are joined.

    Returns:
        In order, not overlapping, in offsets of the old text.
    """
    lines_a, lines_b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    at_a, at_b = _starts(lines_a), _starts(lines_b)
    edits: list[Edit] = []
    for a0, a1, b0, b1 in _differing(lines_a, lines_b):
        tokens_a, tokens_b = (
            _TOKEN.findall("".join(lines_a[a0:a1])),
            _TOKEN.findall("".join(lines_b[b0:b1])),
        )
        if len(tokens_a) * len(tokens_b) > _LARGEST:
            edits.append(Edit(at_a[a0], at_a[a1], new[at_b[b0] : at_b[b1]]))
            continue
        places_a, places_b = _starts(tokens_a, at_a[a0]), _starts(tokens_b, at_b[b0])
        for i0, i1, j0, j1 in _differing(tokens_a, tokens_b):
            edits.append(Edit(places_a[i0], places_a[i1], new[places_b[j0] : places_b[j1]]))
    return _joined(old, edits)


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    """Give two versions of a text as one run of pieces, to show what went and what came.

    Returns:
        In order, "same", "gone" or "new" and words: the old text but for the new, the new but for the gone.
    """
    found: list[tuple[str, str]] = []
    position = 0
    for edit in edits_between(old, new):
        found += [
            ("same", old[position : edit.start]),
            ("gone", old[edit.start : edit.end]),
            ("new", edit.replacement),
        ]
        position = edit.end
    found.append(("same", old[position:]))
    return [piece for piece in found if piece[1]]


def keeps_a_word(old: str, span: Span, edits: Sequence[Edit]) -> bool:
    """Tell whether any word of a span of the old text is still there after the edits."""
    position = span.start
    kept = []
    for edit in edits:
        if edit.end > span.start and edit.start < span.end:
            kept.append(old[position : max(position, edit.start)])
            position = max(position, edit.end)
    kept.append(old[position : span.end])
    return any(_WORD.search(piece) for piece in kept)


def _starts(pieces: Iterable[str], first: int = 0) -> list[int]:
    """Where each piece of a text starts, and where the last one ends."""
    starts = [first]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return starts


def _differing(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """The stretches of two sequences that are not in their longest common subsequence."""
    from rapidfuzz.distance import Indel

    stretches: list[tuple[int, int, int, int]] = []
    for operation in Indel.opcodes(a, b):
        if operation.tag == "equal":
            continue
        a0, a1, b0, b1 = operation.src_start, operation.src_end, operation.dest_start, operation.dest_end
        if stretches and stretches[-1][1] == a0 and stretches[-1][3] == b0:
            a0, b0 = stretches[-1][0], stretches[-1][2]
            stretches.pop()
        stretches.append((a0, a1, b0, b1))
    return stretches


def _joined(old: str, edits: Sequence[Edit]) -> list[Edit]:
    joined: list[Edit] = []
    for edit in edits:
        if joined and not old[joined[-1].end : edit.start].strip(" "):  # not over a label's colon, nor a line
            last = joined.pop()
            between = old[last.end : edit.start]
            edit = Edit(last.start, edit.end, last.replacement + between + edit.replacement)
        joined.append(edit)
    return joined
