"""The theme map: themes, sub-themes and codes as a tree from left to right, and which codes go together.

This is the layout only: every node has its place, its circle and the lines of its label. Themes stand in
the first column, sub-themes in the second, codes in the third; an entry below one of its own level stands
indented under it. All links are right of the columns, so that no line crosses a name.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qualbench.analysis.co_occurrence import Pair
from qualbench.analysis.code_use import UNUSED, Use, rolled_up
from qualbench.codebook.outline import Place, outline
from qualbench.codebook.tree import LEVELS, Codebook
from qualbench.text.measure import drawn_width, wrap_drawn

MOST_LINKS = 30
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#B8A800", "#555555")
"""The hues of Okabe & Ito, yellow darkened for a light ground; for themes without a colour of their own."""

MARGIN = 20.0  # all lengths are px of the drawing
_LARGEST_CIRCLE = 17.0  # the radius that stands for all participants
_LARGEST_OF_MANY = 9.0  # the same on a map of many entries, which would else be too tall
_MANY = 100  # entries
_SMALLEST_CIRCLE = 2.5
_FONT = {"theme": 15.0, "subtheme": 13.0, "code": 12.0}
_WRAP = {"theme": 215.0, "subtheme": 240.0, "code": 360.0}
_LINE = 1.25  # the height of a line, in sizes of the font
_NOTE = 10.5
_GAP = 7.0  # between circle and label
_BETWEEN_COLUMNS = 26.0
_BETWEEN_ROOTS = 14.0
_INDENT = 16.0
_DEEPEST_INDENT = 10  # levels; deeper ones stand under these
_LANE = 9.0  # room beside an entry for the line to its links, above what stands right of it
_TO_LINKS = 14.0


@dataclass(frozen=True)
class Node:
    """An entry on the map.

    Attributes:
        id: The entry.
        parent: The node it hangs on; None for none.
        level: Of the entry.
        lines: Its label, broken into lines.
        note: What is said below in small letters, such as the themes it also sits in; a line each.
        participants: How many people's words it holds, with those of the entries below it.
        codings: How many codings, likewise.
        candidate: Whether it is not agreed yet.
        colour: `#RRGGBB`, that of its theme.
        x: Centre of the circle.
        y: The same, downwards; the label is centred on it.
        radius: Of the circle.
        label_x: Where the label begins.
        label_width: No line of it is wider.
    """

    id: str
    parent: str | None
    level: str
    lines: tuple[str, ...]
    note: tuple[str, ...]
    participants: int
    codings: int
    candidate: bool
    colour: str
    x: float
    y: float
    radius: float
    label_x: float
    label_width: float

    @property
    def font(self) -> float:
        """The size of the label."""
        return _FONT[self.level]

    @property
    def label_height(self) -> float:
        """The height of the label with its note."""
        return len(self.lines) * self.font * _LINE + len(self.note) * _NOTE * _LINE


@dataclass(frozen=True)
class Link:
    """Two codes that lie on the same words, and how often."""

    a: str
    b: str
    count: int


@dataclass(frozen=True)
class ThemeMap:
    """A map with everything in its place.

    Attributes:
        nodes: Each after the one it hangs on.
        links: The strongest ones, strongest first.
        participants: Those whose words are coded at all.
        largest_circle: The radius that stands for them all.
        pairs: How many pairs of codes lie on the same words.
        threshold: How often they do so at least where a link is drawn.
        links_x: Right of all labels, where links begin.
        height: Of all nodes.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    participants: int
    largest_circle: float
    pairs: int
    threshold: int
    links_x: float
    height: float


def theme_map(book: Codebook, use: Mapping[str, Use], links: Mapping[Pair, int]) -> ThemeMap:
    """Lay out the map of a codebook. Pure: the same in, the same out.

    Args:
        book: The codebook; entries that are not in use are left out.
        use: The own use of entries by id (`code_use`).
        links: How often two codes lie on the same words (`co_occurrence`).
    """
    places = outline(book)
    above = {place.entry.id: place.parent for place in places}
    apart = {pair: n for pair, n in links.items() if n > 0 and _are_apart(pair, above)}
    shown, threshold = strongest(apart)
    together = rolled_up(use, book)
    everybody = len(frozenset().union(*(one.participants for one in use.values())))
    largest = _LARGEST_CIRCLE if len(places) <= _MANY else _LARGEST_OF_MANY
    nodes = _placed(
        [_node(place, book, together.get(place.entry.id, UNUSED), largest, everybody) for place in places],
        largest,
        linked={code for link in shown for code in (link.a, link.b)},
    )
    right = max((node.label_x + node.label_width for node in nodes), default=MARGIN)
    bottom = max((node.y + max(node.radius, node.label_height / 2) for node in nodes), default=MARGIN)
    return ThemeMap(
        tuple(nodes),
        tuple(shown),
        everybody,
        largest,
        len(apart),
        threshold,
        right + _TO_LINKS,
        bottom + MARGIN,
    )


def strongest(links: Mapping[Pair, int], most: int = MOST_LINKS) -> tuple[list[Link], int]:
    """Give the links that are drawn, the strongest first, and the count from which on all are drawn.

    Links of one count are drawn together or not at all; so if more than `most` share the highest, none is.
    """
    per_count = Counter(links.values())
    threshold, number = max(per_count, default=0) + 1, 0
    for count in sorted(per_count, reverse=True):
        if number + per_count[count] > most:
            break
        threshold, number = count, number + per_count[count]
    drawn = [Link(a, b, count) for (a, b), count in links.items() if count >= threshold]
    return sorted(drawn, key=lambda link: (-link.count, link.a, link.b)), threshold


def _are_apart(pair: Pair, above: Mapping[str, str | None]) -> bool:
    """Whether both are on the map and neither stands above the other: that those go together is no news."""
    for code, other in (pair, pair[::-1]):
        at: str | None = code
        if code not in above:
            return False
        while at is not None:
            if at == other:
                return False
            at = above[at]
    return True


def _node(place: Place, book: Codebook, use: Use, largest: float, everybody: int) -> Node:
    """A node that has its circle and label, but no place yet."""
    entry = place.entry
    size, bold = _FONT[entry.level], entry.level == "theme"
    number = f" {len(use.participants)}"
    lines = wrap_drawn(entry.label, size, _WRAP[entry.level], bold=bold)
    themes = [book.by_id[i].label for i in entry.also_in if i in book.by_id]
    note = wrap_drawn(f"also in {', '.join(themes)}", _NOTE, _WRAP[entry.level]) if themes else []
    widths = [drawn_width(line, size, bold=bold) for line in lines]
    widths[-1] += drawn_width(number, size) + 5
    radius = largest * math.sqrt(len(use.participants) / everybody) if everybody else 0.0
    return Node(
        entry.id,
        place.parent,
        entry.level,
        tuple(lines),
        tuple(note),
        len(use.participants),
        use.codings,
        entry.status == "candidate",
        _colour(place, book),
        0.0,
        0.0,
        max(radius, _SMALLEST_CIRCLE),
        0.0,
        max([*widths, *(drawn_width(line, _NOTE) for line in note)]),
    )


def _colour(place: Place, book: Codebook) -> str:
    own = book.colour(place.entry.id)
    if own is not None:
        return own
    root = book.path(place.entry.id)[0]
    if root.level == "code":
        return PALETTE[-1]
    return PALETTE[[entry.id for entry in book.children(None)].index(root.id) % len(PALETTE)]


def _placed(nodes: Sequence[Node], largest: float, linked: set[str]) -> list[Node]:
    """Give nodes their places, from the heights of what hangs on them."""
    by_id = {node.id: node for node in nodes}
    beside: defaultdict[str | None, list[str]] = defaultdict(list)
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    column: dict[str, int] = {}
    indent: dict[str, int] = {}
    for node in nodes:
        left_of = column[node.parent] if node.parent is not None else -1
        column[node.id] = max(LEVELS.index(node.level), left_of)
        under = node.parent is not None and column[node.id] == left_of
        indent[node.id] = indent[node.parent] + 1 if under and node.parent is not None else 0
        (below if under else beside)[node.parent].append(node.id)
    own = {node.id: max(2 * node.radius + 5, node.label_height + 6) for node in nodes}
    lane = {node.id: _LANE if node.id in linked and beside[node.id] else 0.0 for node in nodes}
    block, right = _heights([node.id for node in nodes], own, lane, beside, below)
    x = _columns(nodes, largest, column, indent)
    tops: dict[str, float] = {}
    y = MARGIN
    for root in beside[None]:
        tops[root] = y
        y += block[root] + (_BETWEEN_ROOTS if by_id[root].level == "theme" else 0.0)
    placed = []
    for node in nodes:
        top, i = tops[node.id], node.id
        height = max(own[i], right[i])
        at = top + own[i] / 2 if lane[i] else top + height / 2
        start = at + lane[i] if lane[i] else top + (height - right[i]) / 2
        for child in beside[i]:
            tops[child] = start
            start += block[child]
        start = top + height
        for child in below[i]:
            tops[child] = start
            start += block[child]
        placed.append(replace(node, x=x[i], y=at, label_x=x[i] + largest + _GAP))
    return placed


def _heights(
    ids: Sequence[str],
    own: Mapping[str, float],
    lane: Mapping[str, float],
    beside: Mapping[str | None, Sequence[str]],
    below: Mapping[str | None, Sequence[str]],
) -> tuple[dict[str, float], dict[str, float]]:
    """The height of each node with all that hangs on it, and that of what is right of it."""
    block: dict[str, float] = {}
    right: dict[str, float] = {}
    for i in reversed(ids):
        right[i] = sum(block[child] for child in beside.get(i, ()))
        if lane[i]:
            right[i] += own[i] / 2 + lane[i]
        block[i] = max(own[i], right[i]) + sum(block[child] for child in below.get(i, ()))
    return block, right


def _columns(
    nodes: Sequence[Node], largest: float, column: Mapping[str, int], indent: Mapping[str, int]
) -> dict[str, float]:
    """Where the circle of each node stands; a column is as wide as its widest label asks for."""
    steps = {node.id: min(indent[node.id], _DEEPEST_INDENT) * _INDENT for node in nodes}
    x: dict[str, float] = {}
    left = MARGIN + largest
    for number in range(len(LEVELS)):
        here = [node for node in nodes if column[node.id] == number]
        x |= {node.id: left + steps[node.id] for node in here}
        if here:
            widest = max(steps[node.id] + node.label_width for node in here)
            left += largest + _GAP + widest + _BETWEEN_COLUMNS + largest
    return x
