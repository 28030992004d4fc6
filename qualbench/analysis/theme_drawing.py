"""The theme map as a drawing: SVG, and PNG made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from qualbench.analysis.theme_map import MARGIN, Link, Node, ThemeMap
from qualbench.errors import NotFound
from qualbench.text.measure import wrap_drawn

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _LINK = "#1A1A1A", "#5C5C5C", "#444444"
_NARROWEST = 760.0  # px of a drawing, so that the legend has room
_FARTHEST = 230.0  # how far an arc goes out
_THINNEST, _THICKEST = 1.2, 6.0  # of arcs
_LEGEND = 11.5  # size of its font
_MOST_PIXELS = 24_000_000


def map_as_svg(drawn: ThemeMap) -> str:
    """Write a theme map as SVG: a light ground, names in full, a legend that says what is shown of how many.

    Nothing is told by colour alone, and there is no title in it: a figure has its caption.
    """
    y = {node.id: node.y for node in drawn.nodes}
    by_id = {node.id: node for node in drawn.nodes}
    reach = max((_reach(y[link.a], y[link.b]) for link in drawn.links), default=0.0)
    width = max(_NARROWEST, drawn.links_x + reach * 0.75 + MARGIN)
    legend, bottom = _legend(drawn, width)
    turns = sorted({node.x - drawn.largest_circle for node in drawn.nodes})
    parts = [
        *(_branch(by_id[node.parent], node, turns) for node in drawn.nodes if node.parent is not None),
        *_leaders(drawn, by_id),
        *(_arc(link, drawn, by_id) for link in reversed(drawn.links)),
        *(_circle(node) for node in drawn.nodes),
        *(_label(node) for node in drawn.nodes),
        *legend,
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{bottom:.0f}" '
            f'viewBox="0 0 {width:.0f} {bottom:.0f}" role="img" aria-label="Theme map" '
            f'font-family="{_FONTS}">',
            f'<rect width="{width:.0f}" height="{bottom:.0f}" fill="#FFFFFF"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _branch(parent: Node, node: Node, turns: Sequence[float]) -> str:
    """The line from an entry to one on it: a curve to the right, or an elbow to one indented under it.

    The curve ends before the next column, where circles begin at one of `turns`; what lies farther right is
    reached on the height of the node, where nothing else stands.
    """
    left = node.x - node.radius
    if node.x < parent.label_x + parent.label_width:
        path = f"M{parent.x:.1f} {parent.y + parent.radius:.1f}V{node.y:.1f}H{left:.1f}"
    else:
        start = _end_of_label(parent)
        turn = next(x for x in turns if x >= parent.label_x + parent.label_width)
        middle = (start + turn) / 2
        path = (
            f"M{start:.1f} {parent.y:.1f}C{middle:.1f} {parent.y:.1f} {middle:.1f} {node.y:.1f} "
            f"{turn:.1f} {node.y:.1f}H{left:.1f}"
        )
    return f'<path d="{path}" fill="none" stroke="{_lighter(_darker(node.colour), 0.4)}" stroke-width="1.3"/>'


def _end_of_label(node: Node) -> float:
    """About where a label ends in Arial; it has a white rim for where another font needs its whole room."""
    return node.label_x + 0.8 * node.label_width + 8


def _leaders(drawn: ThemeMap, by_id: Mapping[str, Node]) -> list[str]:
    lines = []
    for code in dict.fromkeys(i for link in drawn.links for i in (link.a, link.b)):
        node = by_id[code]
        start = _end_of_label(node)
        lines.append(
            f'<line x1="{start:.1f}" y1="{node.y:.1f}" x2="{drawn.links_x:.1f}" y2="{node.y:.1f}" '
            f'stroke="#B5B5B5" stroke-width="0.8" stroke-dasharray="1.5 2.5"/>'
        )
    return lines


def _arc(link: Link, drawn: ThemeMap, by_id: Mapping[str, Node]) -> str:
    a, b = by_id[link.a], by_id[link.b]
    x, out = drawn.links_x, drawn.links_x + _reach(a.y, b.y)
    title = f"{' '.join(a.lines)} and {' '.join(b.lines)}: {link.count}"
    return (
        f'<path d="M{x:.1f} {a.y:.1f}C{out:.1f} {a.y:.1f} {out:.1f} {b.y:.1f} {x:.1f} {b.y:.1f}" fill="none" '
        f'stroke="{_LINK}" stroke-opacity="0.5" stroke-width="{_thickness(link.count, drawn):.1f}" '
        f'stroke-linecap="round">'
        f"<title>{_safe(title)}</title></path>"
    )


def _reach(a: float, b: float) -> float:
    """How far right the control points of an arc between two heights lie."""
    return min(_FARTHEST, 22 + 0.45 * abs(a - b))


def _thickness(count: int, drawn: ThemeMap) -> float:
    most = drawn.links[0].count
    share = (count - drawn.threshold) / (most - drawn.threshold) if most > drawn.threshold else 0.0
    return _THINNEST + share * (_THICKEST - _THINNEST)


def _circle(node: Node) -> str:
    shade = {"theme": 0.0, "subtheme": 0.3, "code": 0.55}[node.level]
    fill = _lighter(node.colour, shade) if node.participants else "#FFFFFF"
    dashes = ' stroke-dasharray="2 1.6"' if node.candidate else ""
    return (
        f'<circle cx="{node.x:.1f}" cy="{node.y:.1f}" r="{node.radius:.1f}" fill="{fill}" '
        f'stroke="{_darker(node.colour)}" stroke-width="1.3"{dashes}/>'
    )


def _label(node: Node) -> str:
    weight = ' font-weight="bold"' if node.level == "theme" else ""
    y = node.y - node.label_height / 2 + node.font * 0.97
    spans = []
    for n, line in enumerate(node.lines):
        number = ""
        if n == len(node.lines) - 1:
            number = f'<tspan dx="5" fill="{_QUIET}" font-weight="normal">{node.participants}</tspan>'
        spans.append(
            f'<text x="{node.label_x:.1f}" y="{y:.1f}" font-size="{node.font:g}" fill="{_INK}"{weight} '
            f'stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
            f"{_safe(line)}{number}</text>"
        )
        y += node.font * 1.25
    y -= node.font * 1.25 - 10.5 * 1.3
    for line in node.note:
        spans.append(_words(node.label_x, y, line, 10.5))
        y += 10.5 * 1.25
    return "".join(spans)


def _words(x: float, y: float, text: str, size: float = _LEGEND) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{_QUIET}">{_safe(text)}</text>'


def _legend(drawn: ThemeMap, width: float) -> tuple[list[str], float]:
    """The legend below the map, and where it ends."""
    parts = [
        f'<line x1="{MARGIN:g}" y1="{drawn.height:.1f}" x2="{width - MARGIN:.1f}" y2="{drawn.height:.1f}" '
        f'stroke="#D0D0D0"/>'
    ]
    y = drawn.height + 8
    for mark, text in (_of_circles(drawn), _of_links(drawn), _of_candidates(drawn)):
        if not text:
            continue
        lines = wrap_drawn(text, _LEGEND, (width - 2 * MARGIN - 130) / 0.85)
        height = max(len(lines) * _LEGEND * 1.35, 2 * drawn.largest_circle if mark == "circles" else 16) + 6
        middle = y + height / 2
        parts += {"circles": _sample_circles, "links": _sample_links, "dashes": _sample_dashes}[mark](
            drawn, middle
        )
        first = middle - len(lines) * _LEGEND * 1.35 / 2 + _LEGEND
        parts += [_words(MARGIN + 130, first + n * _LEGEND * 1.35, line) for n, line in enumerate(lines)]
        y += height
    return parts, y + 10


def _of_circles(drawn: ThemeMap) -> tuple[str, str]:
    if not drawn.nodes:
        return "circles", "There are no codes yet."
    if not drawn.participants:
        return (
            "circles",
            "Nothing is coded yet. A circle grows with the participants whose words an entry holds.",
        )
    unused = " White: no participant's words yet." if any(not n.participants for n in drawn.nodes) else ""
    people = "1 participant has" if drawn.participants == 1 else f"{drawn.participants} participants have"
    return "circles", (
        "Size of a circle, and number after a name: the participants whose words an entry holds, with all "
        f"entries below it, each counted once. {people} words that are coded.{unused}"
    )


def _of_links(drawn: ThemeMap) -> tuple[str, str]:
    if not drawn.pairs:
        return "links", "No two codes lie on the same words." if drawn.participants else ""
    if not drawn.links:
        return "links", f"{drawn.pairs:,} pairs of codes lie on the same words, too many alike to be drawn."
    shown = "all" if len(drawn.links) == drawn.pairs else f"{len(drawn.links)} of {drawn.pairs:,}"
    return "links", (
        "Line: two codes on the same words, the thicker the more often. Drawn where passages of the two "
        f"overlap {_times(drawn.threshold)} or more ({shown} pairs)."
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _of_candidates(drawn: ThemeMap) -> tuple[str, str]:
    return "dashes", "Broken outline: a candidate, not agreed yet." if any(
        n.candidate for n in drawn.nodes
    ) else ""


def _sample_circles(drawn: ThemeMap, y: float) -> list[str]:
    if not drawn.participants:
        return []
    parts, x = [], MARGIN + 4
    for number in sorted({1, max(1, drawn.participants // 4), drawn.participants}):
        radius = max(2.5, drawn.largest_circle * (number / drawn.participants) ** 0.5)
        parts.append(
            f'<circle cx="{x + radius:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#DDDDDD" stroke="{_QUIET}"/>'
        )
        parts.append(_words(x + 2 * radius + 3, y + 4, str(number), 10.5))
        x += 2 * radius + 10 + 7 * len(str(number))
    return parts


def _sample_links(drawn: ThemeMap, y: float) -> list[str]:
    if not drawn.links:
        return []
    parts, x = [], MARGIN + 4
    for count in sorted({drawn.threshold, drawn.links[0].count}):
        parts.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + 26:.1f}" y2="{y:.1f}" stroke="{_LINK}" '
            f'stroke-opacity="0.5" stroke-width="{_thickness(count, drawn):.1f}"/>'
        )
        parts.append(_words(x + 30, y + 4, str(count), 10.5))
        x += 38 + 7 * len(str(count))
    return parts


def _sample_dashes(drawn: ThemeMap, y: float) -> list[str]:
    return [
        f'<circle cx="{MARGIN + 11:.1f}" cy="{y:.1f}" r="6" fill="#FFFFFF" stroke="{_QUIET}" '
        f'stroke-width="1.2" stroke-dasharray="2 1.6"/>'
    ]


def _lighter(colour: str, share: float) -> str:
    """A colour mixed with a share of white."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)


def _darker(colour: str) -> str:
    """A colour mixed with black, so that its line shows on white."""
    return "#" + "".join(f"{round(int(colour[n : n + 2], 16) * 0.75):02X}" for n in (1, 3, 5))


def _safe(text: str) -> str:
    return escape("".join(c for c in text if c.isprintable()))


def map_as_png(svg: str) -> bytes:
    """Turn a drawing into PNG at twice its size, or less if it is very large.

    Raises:
        NotFound: If this machine has no font to write the names with.
    """
    import resvg_py

    found = re.search(r'width="(\d+)" height="(\d+)"', svg)
    assert found is not None
    pixels = int(found[1]) * int(found[2])
    text = f'<text y="9" font-family="{_FONTS}">m</text>'
    if _rendered(text) == _rendered(""):
        raise NotFound("This machine has no font to draw names with.", "Take the map as SVG.")
    zoom = min(2.0, (_MOST_PIXELS / pixels) ** 0.5)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom))


def _rendered(inside: str) -> bytes:
    import resvg_py

    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))
