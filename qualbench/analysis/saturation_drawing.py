"""The curve of new codes as a drawing: bars and a line, one panel a group of people.

Sources are numbered, not named: their names may tell who took part. Nothing is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from qualbench.analysis.saturation import Curve, Saturation
from qualbench.analysis.saturation_report import finding, notes
from qualbench.text.measure import drawn_width, wrap_drawn

_FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _GRID = "#1A1A1A", "#5C5C5C", "#E2E2E2"
_BAR, _BAR_EDGE, _LINE = "#9ECAE9", "#0072B2", "#A64500"  # after Okabe & Ito, darkened for a light ground
_WIDTH = 760.0  # px, as are all lengths
_LEFT, _RIGHT, _TOP = 58.0, 24.0, 20.0
_ROOM = _WIDTH - _LEFT - _RIGHT
_PLOT = 190.0  # height of the axes
_WIDEST_SLOT = 60.0  # of a source
_AS_DRAWN = 0.85  # how wide words are in Arial, as a share of the width that no font exceeds
_TITLE, _TICK, _WORDS = 14.0, 11.0, 11.5  # sizes of the font
_MOST_TICKS = 5


def saturation_as_svg(found: Saturation, stance: str) -> str:
    """Write the curves as SVG on a light ground; there is no title in it, for a figure has its caption.

    Args:
        found: What to draw.
        stance: The kind of thematic analysis, which sets what the legend says of saturation.
    """
    parts: list[str] = []
    y = _TOP
    for curve in found.curves:
        panel, y = _panel(curve, found, y)
        parts += panel
    legend, bottom = _legend(found, stance, y)
    size = f'width="{_WIDTH:.0f}" height="{bottom:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH:.0f} {bottom:.0f}" '
            f'role="img" aria-label="New codes by source" font-family="{_FONTS}">',
            f'<rect {size} fill="#FFFFFF"/>',
            *parts,
            *legend,
            "</svg>\n",
        ]
    )


def _panel(curve: Curve, found: Saturation, top: float) -> tuple[list[str], float]:
    """The panel of a group, and where it ends."""
    parts = []
    if curve.group:
        for line in wrap_drawn(curve.group, _TITLE, _ROOM, bold=True):
            parts.append(_text(_LEFT, top + _TITLE, line, _TITLE, _INK, ' font-weight="bold"'))
            top += _TITLE * 1.25
        top += 8
    if len(curve.steps) > 1:
        parts += _plot(curve, found, top)
        top += _PLOT + (50 if curve.base is not None else 30)
    for line in wrap_drawn(finding(curve, found), _WORDS, _ROOM):
        top += _WORDS * 1.35
        parts.append(_text(_LEFT, top, line, _WORDS, _INK))
    return parts, top + 22


def _plot(curve: Curve, found: Saturation, top: float) -> list[str]:
    bottom, slot = top + _PLOT, min(_WIDEST_SLOT, _ROOM / len(curve.steps))
    step = _rounded_up(max(1, math.ceil(curve.steps[-1].so_far / _MOST_TICKS)))
    highest = max(step, math.ceil(curve.steps[-1].so_far / step) * step)

    def x(n: float) -> float:
        return _LEFT + n * slot

    def y(codes: float) -> float:
        return bottom - codes / highest * _PLOT

    parts = []
    for codes in range(0, highest + 1, step):
        parts.append(_rule(x(0), y(codes), x(len(curve.steps)), y(codes), _GRID if codes else _INK))
        width = drawn_width(str(codes), _TICK)
        parts.append(_text(_LEFT - 8 - width, y(codes) + 4, str(codes), _TICK))
    for n, one in enumerate(curve.steps):
        if one.new:
            parts.append(
                f'<rect x="{x(n + 0.2):.1f}" y="{y(len(one.new)):.1f}" width="{slot * 0.6:.1f}" '
                f'height="{bottom - y(len(one.new)):.1f}" fill="{_BAR}" stroke="{_BAR_EDGE}"/>'
            )
    if curve.met_at is not None:
        parts.append(_rule(x(curve.met_at), top - 6, x(curve.met_at), bottom, _INK, "6 4"))
    points = [(x(n + 0.5), y(one.so_far)) for n, one in enumerate(curve.steps)]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    for colour, width in (("#FFFFFF", 5), (_LINE, 2)):
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
    radius = min(3.5, slot / 3)
    parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius:.1f}" fill="{_LINE}"/>' for a, b in points]
    every = _rounded_up(math.ceil((drawn_width(str(len(points)), _TICK) + 6) / slot))
    for n in range(1, len(points) + 1):
        if n % every == 0 or (n == 1 and every > 2):
            left = x(n - 0.5) - drawn_width(str(n), _TICK) * _AS_DRAWN / 2
            parts.append(_text(left, bottom + 16, str(n), _TICK))
    parts += _brackets(curve, found, slot, bottom + 24)
    return parts


def _brackets(curve: Curve, found: Saturation, slot: float, y: float) -> Iterator[str]:
    """Which sources are the base, and which the run that met the threshold."""
    spans = [("base", 0, found.base_size)] if curve.base is not None else []
    if curve.met_at is not None:
        spans.append(("run", curve.met_at, curve.met_at + found.run_length))
    for name, first, last in spans:
        left, right = _LEFT + first * slot + 2, _LEFT + last * slot - 2
        yield _rule(left, y, right, y, _INK)
        for end in (left, right):
            yield _rule(end, y - 4, end, y, _INK)
        width = drawn_width(name, _TICK)
        if width <= right - left + 4:
            yield _text((left + right - width * _AS_DRAWN) / 2, y + 14, name, _TICK)


def _legend(found: Saturation, stance: str, top: float) -> tuple[list[str], float]:
    """What bars and lines mean and what the figures depend on, and where the drawing ends."""
    parts = [_rule(_LEFT, top, _WIDTH - _RIGHT, top, "#D0D0D0")]
    y = top + 18
    left, right = _LEFT, _LEFT + 26
    said = ["Bar: new in this source.", "Line: so far in all.", "Broken line: threshold met."]
    for name, sentence in zip(("bar", "line", "met"), said, strict=True):
        if name == "bar":
            parts.append(
                f'<rect x="{left:.1f}" y="{y - 9:.1f}" width="26" height="10" fill="{_BAR}" '
                f'stroke="{_BAR_EDGE}"/>'
            )
        elif name == "line":
            parts.append(_rule(left, y - 4, right, y - 4, _LINE, width=2))
            parts.append(f'<circle cx="{left + 13:.1f}" cy="{y - 4:.1f}" r="3.5" fill="{_LINE}"/>')
        else:
            parts.append(_rule(left, y - 4, right, y - 4, _INK, "6 4"))
        parts.append(_text(right + 8, y, sentence, _WORDS))
        left = right + 8 + drawn_width(sentence, _WORDS) + 14
        right = left + 26
    y += 8
    for note in notes(found, stance):
        for line in wrap_drawn(note, _WORDS, _ROOM):
            y += _WORDS * 1.35
            parts.append(_text(_LEFT, y, line, _WORDS))
        y += 4
    return parts, y + 14


def _rounded_up(number: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    power = int("1" + "0" * (len(str(number)) - 1))
    return next(factor * power for factor in (1, 2, 5, 10) if number <= factor * power)


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def _text(x: float, y: float, words: str, size: float, colour: str = _QUIET, more: str = "") -> str:
    safe = escape("".join(character for character in words if character.isprintable()))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{more}>{safe}</text>'
