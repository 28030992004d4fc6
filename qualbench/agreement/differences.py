"""Where two coders of a source agree to the letter, and where they differ. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualbench.text.spans import Span

BOUNDARY = "boundary"
ONE_CODER = "one coder"
DIFFERENT_CODES = "different codes"


@dataclass(frozen=True)
class CodedSpan:
    """A coding as far as comparison goes."""

    span: Span
    code: str


@dataclass(frozen=True)
class Difference:
    """A place where two coders differ.

    Attributes:
        kind: BOUNDARY (one code, other edges), ONE_CODER, or DIFFERENT_CODES (on the same words).
        a: What A has there; empty if only B coded. All have one code.
        b: What B has there, likewise.
    """

    kind: str
    a: tuple[CodedSpan, ...]
    b: tuple[CodedSpan, ...]

    @property
    def span(self) -> Span:
        """All the words concerned."""
        spans = [coded.span for coded in (*self.a, *self.b)]
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    @property
    def code_a(self) -> str | None:
        """A's code there."""
        return self.a[0].code if self.a else None

    @property
    def code_b(self) -> str | None:
        """B's code there."""
        return self.b[0].code if self.b else None


@dataclass(frozen=True)
class Comparison:
    """Two coders' layers of one source, sorted out."""

    agreed: list[CodedSpan]
    differences: list[Difference]


def compare_source(a: Sequence[CodedSpan], b: Sequence[CodedSpan]) -> Comparison:
    """Sort two layers of one source into what is the same and what differs, in order of place.

    Codings of one code that overlap, directly or through others, are one place. What only one coder has
    there is then paired with what only the other has under another code, where at least half of the
    shorter passage is shared; the pair that shares most is taken first.
    """
    agreed: list[CodedSpan] = []
    differences: list[Difference] = []
    only_a: list[tuple[CodedSpan, ...]] = []
    only_b: list[tuple[CodedSpan, ...]] = []
    for code in dict.fromkeys(coded.code for coded in (*a, *b)):
        for in_a, in_b in _places([c for c in a if c.code == code], [c for c in b if c.code == code]):
            if in_a == in_b:
                agreed += in_a
            elif in_a and in_b:
                differences.append(Difference(BOUNDARY, in_a, in_b))
            else:
                (only_a if in_a else only_b).append(in_a or in_b)
    differences += _paired(only_a, only_b)
    agreed.sort(key=lambda coded: (coded.span, coded.code))
    differences.sort(key=lambda d: (d.span, d.code_a or "", d.code_b or ""))
    return Comparison(agreed, differences)


def _places(
    a: Sequence[CodedSpan], b: Sequence[CodedSpan]
) -> Iterable[tuple[tuple[CodedSpan, ...], tuple[CodedSpan, ...]]]:
    """Group codings of one code that overlap one another."""
    everything = sorted([(c.span, 0, c) for c in a] + [(c.span, 1, c) for c in b], key=lambda row: row[:2])
    place: dict[int, list[CodedSpan]] = defaultdict(list)
    reach = -1
    for span, side, coded in everything:
        if place and span.start >= reach:
            yield tuple(place[0]), tuple(place[1])
            place = defaultdict(list)
            reach = -1
        place[side].append(coded)
        reach = max(reach, span.end)
    if place:
        yield tuple(place[0]), tuple(place[1])


def _paired(
    only_a: Sequence[tuple[CodedSpan, ...]], only_b: Sequence[tuple[CodedSpan, ...]]
) -> list[Difference]:
    candidates = []
    for n, a in enumerate(only_a):
        for m, b in enumerate(only_b):
            shared = sum(_shared(x.span, y.span) for x in a for y in b)
            shorter = min(sum(_length(x) for x in a), sum(_length(y) for y in b))
            if 2 * shared >= shorter:
                candidates.append((-shared, n, m))
    left_a, left_b = set(range(len(only_a))), set(range(len(only_b)))
    differences = []
    for _, n, m in sorted(candidates):
        if n in left_a and m in left_b:
            differences.append(Difference(DIFFERENT_CODES, only_a[n], only_b[m]))
            left_a.remove(n)
            left_b.remove(m)
    differences += [Difference(ONE_CODER, only_a[n], ()) for n in left_a]
    return differences + [Difference(ONE_CODER, (), only_b[m]) for m in left_b]


def _shared(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def _length(coded: CodedSpan) -> int:
    return coded.span.end - coded.span.start
