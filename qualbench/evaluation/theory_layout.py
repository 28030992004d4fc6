"""Where the boxes and arrows of a theory of change stand when it is drawn, from left to right. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

from qualbench.evaluation.theory import Arrow, Box, Theory
from qualbench.text.measure import wrap_drawn

MARGIN = 24.0  # all lengths are px of the drawing
WIDTH = 196.0  # of a box
FONT, SMALL = 12.5, 10.5
LINE = 1.28  # the height of a line, in sizes of the font
PADDING = 9.0
_BETWEEN_COLUMNS = 92.0
_BETWEEN_BOXES = 20.0
_LANE = 12.0  # the height that an arrow takes in a column that it only passes
_SWEEPS = 8

Marks = Mapping[str, Sequence[str]]
"""What is written below the label of a box or arrow, by its id, a line each."""


@dataclass(frozen=True)
class PlacedBox:
    """A box with its place.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        lines: Its label, broken into lines.
        marks: What stands below it.
    """

    box: Box
    x: float
    y: float
    height: float
    lines: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class PlacedArrow:
    """An arrow with its way.

    Attributes:
        points: Those it goes through, from edge to edge.
        back: Whether it goes back, closing a circle.
        number: Of its words in the list below the drawing; 0 for none.
    """

    arrow: Arrow
    points: tuple[tuple[float, float], ...]
    back: bool
    number: int


@dataclass(frozen=True)
class Layout:
    """A theory as it is drawn."""

    boxes: tuple[PlacedBox, ...]
    arrows: tuple[PlacedArrow, ...]
    width: float
    height: float


def lay_out(theory: Theory, marks: Marks) -> Layout:
    """Place a theory: a box stands right of all that lead to it; arrows that close a circle go back below.

    Args:
        theory: The theory.
        marks: What stands below a label.
    """
    back = closing(theory)
    forward = [arrow for arrow in theory.arrows if arrow.id not in back]
    layer = _layers(theory, forward)
    boxes = {box.id: _sized(box, tuple(marks.get(box.id, ()))) for box in theory.boxes}
    columns, ways = _columns(theory, forward, layer)
    places = _places(columns, boxes)
    placed = tuple(_at(boxes[box.id], *places[box.id]) for box in theory.boxes)
    bottom = max(one.y + one.height for one in placed)
    numbers = _numbers(theory, marks)
    by_id = {one.box.id: one for one in placed}
    arrows = []
    for arrow in theory.arrows:
        if arrow.id in back:
            points = _way_back(by_id[arrow.start], by_id[arrow.end])
        else:
            points = _way(by_id[arrow.start], by_id[arrow.end], [places[way] for way in ways[arrow.id]])
        arrows.append(PlacedArrow(arrow, points, arrow.id in back, numbers.get(arrow.id, 0)))
    width = max(one.x for one in placed) + WIDTH + MARGIN
    lowest = max([bottom, *(y for arrow in arrows for _, y in arrow.points)])
    return Layout(placed, tuple(arrows), width, lowest + MARGIN)


def closing(theory: Theory) -> set[str]:
    """Give the ids of the arrows that close a circle, the boxes being gone through in their order."""
    out: dict[str, list[Arrow]] = defaultdict(list)
    for arrow in theory.arrows:
        out[arrow.start].append(arrow)
    back: set[str] = set()
    done: set[str] = set()
    for box in theory.boxes:
        path: list[tuple[str, int]] = [] if box.id in done else [(box.id, 0)]
        while path:
            at, n = path.pop()
            if n == len(out[at]):
                done.add(at)
                continue
            path.append((at, n + 1))
            arrow = out[at][n]
            if any(arrow.end == one for one, _ in path):
                back.add(arrow.id)
            elif arrow.end not in done:
                path.append((arrow.end, 0))
    return back


def _layers(theory: Theory, forward: Sequence[Arrow]) -> dict[str, int]:
    """The column of each box: the longest way to it; what nothing leads to stands just before what it
    leads to."""
    before: dict[str, set[str]] = {box.id: set() for box in theory.boxes}
    after: dict[str, set[str]] = defaultdict(set)
    for arrow in forward:
        before[arrow.end].add(arrow.start)
        after[arrow.start].add(arrow.end)
    layer: dict[str, int] = {}
    for id_ in TopologicalSorter(before).static_order():
        layer[id_] = max((layer[one] + 1 for one in before[id_]), default=0)
    for box in theory.boxes:
        if not before[box.id] and after[box.id]:
            layer[box.id] = min(layer[one] for one in after[box.id]) - 1
    return layer


def _columns(
    theory: Theory, forward: Sequence[Arrow], layer: Mapping[str, int]
) -> tuple[list[list[str]], dict[str, list[str]]]:
    """The boxes, and lanes of arrows that pass by, of each column in an order with few crossings; and the
    lanes of each arrow."""
    columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for box in theory.boxes:
        columns[layer[box.id]].append(box.id)
    ways: dict[str, list[str]] = {}
    joined: dict[str, list[str]] = defaultdict(list)
    for arrow in forward:
        lanes = [f"{arrow.id}|{n}" for n in range(layer[arrow.start] + 1, layer[arrow.end])]
        for n, lane in enumerate(lanes, start=layer[arrow.start] + 1):
            columns[n].append(lane)
        ways[arrow.id] = lanes
        stops = [arrow.start, *lanes, arrow.end]
        for one, other in pairwise(stops):
            joined[one].append(other)
            joined[other].append(one)
    for sweep in range(_SWEEPS):
        for n in range(len(columns)) if sweep % 2 == 0 else reversed(range(len(columns))):
            beside = n - 1 if sweep % 2 == 0 else n + 1
            if 0 <= beside < len(columns):
                at = {one: m / max(1, len(columns[beside]) - 1) for m, one in enumerate(columns[beside])}
                columns[n] = _by_neighbours(columns[n], joined, at)
    return columns, ways


def _by_neighbours(
    column: Sequence[str], joined: Mapping[str, Sequence[str]], at: Mapping[str, float]
) -> list[str]:
    """A column in the order of what its boxes are joined to; those that are not stay where they are."""

    def wanted(n: int) -> float:
        heights = [at[other] for other in joined[column[n]] if other in at]
        return sum(heights) / len(heights) if heights else n / max(1, len(column) - 1)

    return [column[n] for n in sorted(range(len(column)), key=lambda n: (wanted(n), n))]


def _places(
    columns: Sequence[Sequence[str]], boxes: Mapping[str, PlacedBox]
) -> dict[str, tuple[float, float]]:
    """The upper left corner of each box, and the left end of each lane."""

    def height(one: str) -> float:
        return boxes[one].height if one in boxes else _LANE

    heights = [sum(map(height, column)) + _BETWEEN_BOXES * (len(column) - 1) for column in columns]
    tallest = max(heights)
    places = {}
    for n, column in enumerate(columns):
        y = MARGIN + (tallest - heights[n]) / 2
        for one in column:
            middle = 0.0 if one in boxes else _LANE / 2
            places[one] = (MARGIN + n * (WIDTH + _BETWEEN_COLUMNS), y + middle)
            y += height(one) + _BETWEEN_BOXES
    return places


def _sized(box: Box, marks: tuple[str, ...]) -> PlacedBox:
    lines = tuple(wrap_drawn(box.label, FONT, (WIDTH - 2 * PADDING) / 0.86))
    marked = tuple(line for mark in marks for line in wrap_drawn(mark, SMALL, (WIDTH - 2 * PADDING) / 0.86))
    height = 2 * PADDING + len(lines) * FONT * LINE + len(marked) * SMALL * LINE
    if box.kind:
        height += SMALL * LINE
    if marked:
        height += 4
    return PlacedBox(box, 0, 0, height, lines, marked)


def _at(one: PlacedBox, x: float, y: float) -> PlacedBox:
    return PlacedBox(one.box, x, y, one.height, one.lines, one.marks)


def _way(
    start: PlacedBox, end: PlacedBox, lanes: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    through = [point for x, y in lanes for point in ((x, y), (x + WIDTH, y))]
    return ((start.x + WIDTH, start.y + start.height / 2), *through, (end.x, end.y + end.height / 2))


def _way_back(start: PlacedBox, end: PlacedBox) -> tuple[tuple[float, float], ...]:
    """From the lower edge of a box to the lower edge of an earlier one, below both."""
    a = (start.x + WIDTH / 2, start.y + start.height)
    b = (end.x + WIDTH / 2, end.y + end.height)
    return a, ((a[0] + b[0]) / 2, max(a[1], b[1]) + 34), b


def _numbers(theory: Theory, marks: Marks) -> dict[str, int]:
    told = [arrow.id for arrow in theory.arrows if arrow.label or marks.get(arrow.id)]
    return {id_: n for n, id_ in enumerate(told, start=1)}
