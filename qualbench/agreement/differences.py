"""Where two coders of a source agree to the letter, and where they differ. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.text.words import WORD

BOUNDARY = "boundary"
ONE_CODER = "one coder"
DIFFERENT_CODES = "different codes"
KINDS = (DIFFERENT_CODES, ONE_CODER, BOUNDARY)


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

    @property
    def codes(self) -> tuple[str, ...]:
        """A's code and B's, each once."""
        return tuple(dict.fromkeys(code for code in (self.code_a, self.code_b) if code is not None))

    @property
    def edges(self) -> list[Span]:
        """The stretches that only one of the two has coded, in order."""
        a, b = _spans(self.a), _spans(self.b)
        return sorted([*_without(a, b), *_without(b, a)])


@dataclass(frozen=True)
class Apart:
    """How far the edges of two coders lie apart: the longest stretch that only one of them has coded."""

    characters: int
    words: int


@dataclass(frozen=True)
class Comparison:
    """Two coders' layers of one source, sorted out."""

    agreed: list[CodedSpan]
    differences: list[Difference]


def edges_apart(text: str, difference: Difference) -> Apart:
    """Measure how far the edges of a difference lie apart; a word that is cut counts as one.

    Args:
        text: The text of its source.
        difference: The difference.
    """
    edges = difference.edges
    return Apart(
        max((edge.end - edge.start for edge in edges), default=0),
        max((len(WORD.findall(text, edge.start, edge.end)) for edge in edges), default=0),
    )


def compare_source(a: Sequence[CodedSpan], b: Sequence[CodedSpan]) -> Comparison:
    """Sort two layers of one source into what is the same and what differs, in order of place.

    Codings of one code that overlap, directly or through others, are one place. What only one coder has
    there is then paired with what only the other has under another code, where at least half of the
    shorter passage is shared; the pair that shares most is taken first.
    """
    agreed: list[CodedSpan] = []
    differences: list[Difference] = []
    only_a: list[_Place] = []
    only_b: list[_Place] = []
    for in_a, in_b in _places(a, b):
        if in_a == in_b:
            agreed += in_a
        elif in_a and in_b:
            differences.append(Difference(BOUNDARY, in_a, in_b))
        elif in_a:
            only_a.append(in_a)
        else:
            only_b.append(in_b)
    differences += _paired(only_a, only_b)
    agreed.sort(key=lambda coded: (coded.span, coded.code))
    differences.sort(key=lambda d: (d.span, d.code_a or "", d.code_b or ""))
    return Comparison(agreed, differences)


_Place = tuple[CodedSpan, ...]


def _places(a: Iterable[CodedSpan], b: Iterable[CodedSpan]) -> Iterator[tuple[_Place, _Place]]:
    """Group codings of one code that overlap one another."""
    by_code: dict[str, list[tuple[Span, int, CodedSpan]]] = defaultdict(list)
    for side, codings in enumerate((a, b)):
        for coded in codings:
            by_code[coded.code].append((coded.span, side, coded))
    for _, codings_of_code in sorted(by_code.items()):
        place: tuple[list[CodedSpan], list[CodedSpan]] = ([], [])
        reach = -1
        for span, side, coded in sorted(codings_of_code, key=lambda row: row[:2]):
            if span.start >= reach and reach >= 0:
                yield tuple(place[0]), tuple(place[1])
                place = ([], [])
            place[side].append(coded)
            reach = max(reach, span.end)
        yield tuple(place[0]), tuple(place[1])


def _paired(only_a: Sequence[_Place], only_b: Sequence[_Place]) -> list[Difference]:
    candidates = sorted(
        (-shared, n, m)
        for n, m, shared, shorter in _sharing([_spans(a) for a in only_a], [_spans(b) for b in only_b])
        if 2 * shared >= shorter
    )
    left_a, left_b = dict.fromkeys(range(len(only_a))), dict.fromkeys(range(len(only_b)))
    differences = []
    for _, n, m in candidates:
        if n in left_a and m in left_b:
            differences.append(Difference(DIFFERENT_CODES, only_a[n], only_b[m]))
            del left_a[n], left_b[m]
    differences += [Difference(ONE_CODER, only_a[n], ()) for n in left_a]
    return differences + [Difference(ONE_CODER, (), only_b[m]) for m in left_b]


def _sharing(a: Sequence[list[Span]], b: Sequence[list[Span]]) -> Iterator[tuple[int, int, int, int]]:
    """Places of two coders that share words: their numbers, how many characters they share, and how many the
    shorter one has. One sweep over the text, for most places lie far apart."""
    sides = (a, b)
    lengths = tuple([covered(spans) for spans in side] for side in sides)
    beginnings = sorted((spans[0].start, side, n) for side in (0, 1) for n, spans in enumerate(sides[side]))
    reaching: tuple[list[int], list[int]] = ([], [])  # places that begin before this one and may reach it
    for start, side, n in beginnings:
        other = 1 - side
        reaching[other][:] = [m for m in reaching[other] if sides[other][m][-1].end > start]
        for m in reaching[other]:
            shared = covered(intersect(sides[side][n], sides[other][m]))
            if shared:
                in_a, in_b = (n, m) if side == 0 else (m, n)
                yield in_a, in_b, shared, min(lengths[0][in_a], lengths[1][in_b])
        reaching[side].append(n)


def _spans(place: Iterable[CodedSpan]) -> list[Span]:
    return merge(coded.span for coded in place)


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of some merged spans lies in none of others."""
    left = []
    for start, end in spans:
        for span in taken:
            if span.start < end and start < span.end:
                if start < span.start:
                    left.append(Span(start, span.start))
                start = span.end
        if start < end:
            left.append(Span(start, end))
    return left
