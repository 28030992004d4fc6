"""The theory of change as a drawing, with what themes say of it: SVG. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from qualbench.evaluation.theory import Theory
from qualbench.evaluation.theory_layout import (
    FONT,
    LINE,
    MARGIN,
    PADDING,
    SMALL,
    WIDTH,
    Layout,
    PlacedArrow,
    PlacedBox,
    lay_out,
)
from qualbench.evaluation.theory_versions import CHALLENGES, MARKS, RELATIONS, LinkRead
from qualbench.text.measure import wrap_drawn

EVERYWHERE = "all sites"

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _LINE = "#1A1A1A", "#5C5C5C", "#555555"
_GROUND = {
    "context": "#F0F0F0",
    "input": "#E3EEF7",
    "activity": "#E4F3EC",
    "mechanism": "#FBF1DC",
    "outcome": "#F6E7F0",
    "": "#FFFFFF",
}


def marks_of(links: Sequence[LinkRead], sites: Sequence[str]) -> dict[str, list[str]]:
    """Give what stands below each box or arrow: how many themes say what of it, a line each site.

    Args:
        links: What themes say.
        sites: In the order of the study.
    """
    found: dict[str, list[str]] = {}
    for element in dict.fromkeys(link.element for link in links):
        lines = []
        for site in (None, *sites):
            of_site = {
                (link.code, link.relation) for link in links if (link.element, link.site) == (element, site)
            }
            counts = Counter(relation for _, relation in of_site)
            told = [
                f"{MARKS[name]} {counts[name]} {_word(name, counts[name])}"
                for name in RELATIONS
                if counts[name]
            ]
            if told:
                lines.append(f"{site or EVERYWHERE}: {', '.join(told)}")
        found[element] = lines
    return found


def theory_as_svg(theory: Theory, links: Sequence[LinkRead], sites: Sequence[str]) -> str:
    """Draw a theory: a light ground, words in full, a list of what is said of arrows, a legend.

    What themes say is told by mark and word, not by colour.
    """
    marks = marks_of(links, sites)
    layout = lay_out(theory, marks)
    below, bottom = _below(theory, layout, marks)
    width = layout.width
    parts = [
        *map(_arrow, layout.arrows),
        *map(_box, layout.boxes),
        *filter(None, map(_number, layout.arrows)),
        *below,
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{bottom:.0f}" '
        f'viewBox="0 0 {width:.0f} {bottom:.0f}" role="img" aria-label="Theory of change" '
        f'font-family="{_FONTS}">'
    )
    tip = (
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0L10 5L0 10z" fill="{_LINE}"/></marker></defs>'
    )
    ground = f'<rect width="{width:.0f}" height="{bottom:.0f}" fill="#FFFFFF"/>'
    return "\n".join([head, tip, ground, *parts, "</svg>\n"])


def _box(one: PlacedBox) -> str:
    challenged = any(f"{MARKS[CHALLENGES]} " in mark for mark in one.marks)
    y = one.y + PADDING
    parts = [
        f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{WIDTH:g}" height="{one.height:.1f}" rx="5" '
        f'fill="{_GROUND[one.box.kind]}" stroke="{_INK}" stroke-width="{2.2 if challenged else 1}"/>'
    ]
    if one.box.kind:
        parts.append(_text(one.x + PADDING, y + SMALL, one.box.kind, SMALL, _QUIET))
        y += SMALL * LINE
    for line in one.lines:
        parts.append(_text(one.x + PADDING, y + FONT, line, FONT, _INK))
        y += FONT * LINE
    y += 4 if one.marks else 0
    for mark in one.marks:
        parts.append(_text(one.x + PADDING, y + SMALL, mark, SMALL, _INK, bold=True))
        y += SMALL * LINE
    return "".join(parts)


def _arrow(one: PlacedArrow) -> str:
    (x, y), *rest = one.points
    path = f"M{x:.1f} {y:.1f}"
    if one.back:
        (mx, my), (bx, by) = rest
        path += f"Q{mx:.1f} {2 * my - (y + by) / 2:.1f} {bx:.1f} {by:.1f}"
    else:
        for to_x, to_y in rest:
            middle = (x + to_x) / 2
            flat = abs(to_y - y) < 0.05
            path += (
                f"H{to_x:.1f}"
                if flat
                else (f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
            )
            x, y = to_x, to_y
    dashes = ' stroke-dasharray="6 4"' if one.back else ""
    return (
        f'<path d="{path}" fill="none" stroke="{_LINE}" stroke-width="1.3"{dashes} marker-end="url(#tip)"/>'
    )


def _number(one: PlacedArrow) -> str:
    """The number of an arrow, a third of its last stretch before its end."""
    if not one.number:
        return ""
    if one.back:
        x, y = one.points[1]
    else:
        (ax, ay), (bx, by) = one.points[:2]
        x, y = ax + 0.34 * (bx - ax), ay + 0.26 * (by - ay)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="#FFFFFF" stroke="{_LINE}"/>'
        f'<text x="{x:.1f}" y="{y + 3.8:.1f}" font-size="{SMALL:g}" fill="{_INK}" text-anchor="middle">'
        f"{one.number}</text>"
    )


def _below(theory: Theory, layout: Layout, marks: Mapping[str, Sequence[str]]) -> tuple[list[str], float]:
    """What is said of arrows, what is new, and the legend; and where it ends."""
    y = layout.height + 4
    parts = [f'<path d="M{MARGIN:g} {y:.1f}H{layout.width - MARGIN:.1f}" stroke="#D0D0D0"/>']
    said = []
    for one in layout.arrows:
        if one.number:
            told = "; ".join(filter(None, (one.arrow.label, *marks.get(one.arrow.id, ()))))
            said.append(f"{one.number}  {theory.named(one.arrow.id)}: {told}")
    if theory.id in marks:
        said.append(f"Not in the theory yet: {'; '.join(marks[theory.id])}")
    said.append(
        "+ supports, ! challenges, * new: how many themes say so, by site; a thick frame is challenged. "
        "Broken arrow: leads back."
    )
    for text in said:
        for line in wrap_drawn(text, SMALL, (layout.width - 2 * MARGIN) / 0.86):
            y += SMALL * 1.45
            parts.append(_text(MARGIN, y, line, SMALL, _INK))
        y += 3
    return parts, y + MARGIN / 2


def _text(x: float, y: float, text: str, size: float, ink: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    safe = escape("".join(c for c in text if c.isprintable()))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{ink}"{weight}>{safe}</text>'


def _word(relation: str, count: int) -> str:
    """The relation as a verb to so many themes."""
    if relation == "new":
        return relation
    return relation if count == 1 else {"supports": "support", "challenges": "challenge"}[relation]
