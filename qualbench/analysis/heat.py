"""Shading of numbers in one hue of five steps; the number itself is always printed."""

from __future__ import annotations

import math

STEPS = ("#E3ECF7", "#BCD2EA", "#8FB5DC", "#5F97CB", "#1F5FA0")
"""From the lightest to the darkest; each is darker than the one before in grey as well."""

INK, INK_ON_DARK = "#1A1A1A", "#FFFFFF"


def heat_step(number: float | None, most: float) -> int:
    """Give the step of a number, 1 to 5 for the fifths of the largest one; 0 for none and for nothing.

    Args:
        number: The number.
        most: The largest that is shaded.
    """
    if not number or most <= 0:
        return 0
    return min(len(STEPS), max(1, math.ceil(len(STEPS) * number / most)))


def heat_colour(step: int) -> str:
    """Give the colour of a step; white for 0."""
    return STEPS[step - 1] if step else "#FFFFFF"


def ink_on(step: int) -> str:
    """Give the colour of a number on a step."""
    return INK_ON_DARK if step == len(STEPS) else INK
