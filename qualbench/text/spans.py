"""Spans of a text and how they move when the text is edited."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of text: code points, half-open."""

    start: int
    end: int


class Edit(NamedTuple):
    """A replacement of one stretch of a text by another text."""

    start: int
    end: int
    replacement: str


def overlaps(a: Span, b: Span) -> bool:
    """Tell whether two spans share at least one code point."""
    return a.start < b.end and b.start < a.end


def trimmed(text: str, span: Span) -> Span:
    """Give a span without the white space at its ends; an empty one where it holds nothing else."""
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def merge(spans: Iterable[Span]) -> list[Span]:
    """Join overlapping and touching spans into the fewest that cover the same text, in order."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def covered(spans: Iterable[Span]) -> int:
    """Count the code points that lie in at least one of the spans."""
    return sum(span.end - span.start for span in merge(spans))


def intersect(a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    """Give the stretches covered by both of two merged, ordered lists of spans."""
    shared: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].end, b[j].end)
        if start < end:
            shared.append(Span(start, end))
        if a[i].end < b[j].end:
            i += 1
        else:
            j += 1
    return shared


def check_edits(edits: Sequence[Edit], length: int) -> None:
    """Check that edits are in order, apart from each other, and inside a text of that length.

    Raises:
        ValueError: If they are not.
    """
    if any(not 0 <= edit.start <= edit.end <= length for edit in edits):
        raise ValueError("an edit lies outside the text")
    if any(after.start < before.end for before, after in pairwise(edits)):
        raise ValueError("edits overlap or are out of order")


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Replace each edited stretch of a text.

    Args:
        text: The text before.
        edits: In order and not overlapping, in offsets of the text before.

    Raises:
        ValueError: If the edits overlap, are out of order, or leave the text.
    """
    check_edits(edits, len(text))
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.replacement)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def move_spans(spans: Iterable[Span], edits: Sequence[Edit]) -> list[Span]:
    """Move spans along with an edited text, so that each still holds the same words.

    An edge that falls inside a replaced stretch moves outward to the edge of the replacement: a
    coding that began in the middle of a name then begins at its pseudonym. A span is empty
    afterwards only if it was empty before or all it held was replaced by nothing.

    Args:
        spans: In offsets of the text before.
        edits: In order and not overlapping, in offsets of the text before.

    Returns:
        The spans in offsets of the text after, in the order given.
    """
    starts = [edit.start for edit in edits]
    ends = [edit.end for edit in edits]
    shifts = [0]
    for edit in edits:
        shifts.append(shifts[-1] + len(edit.replacement) - (edit.end - edit.start))

    def move_start(position: int) -> int:
        before = bisect_right(ends, position)
        if before < len(edits) and starts[before] < position:
            return starts[before] + shifts[before]
        return position + shifts[before]

    def move_end(position: int) -> int:
        before = bisect_left(starts, position)
        if before and position < ends[before - 1]:
            return ends[before - 1] + shifts[before]
        return position + shifts[before]

    return [Span(move_start(span.start), move_end(span.end)) for span in spans]
