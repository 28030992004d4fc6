"""How wide words are when they are drawn, without asking a font."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]/\\ -")
_BROAD = frozenset('#&*+<=>^~`"')
_WIDE = frozenset("mwMW@%")


def drawn_width(text: str, size: float, *, bold: bool = False) -> float:
    """Give a width that a text does not exceed in the usual sans-serif fonts, DejaVu Sans being the widest.

    Args:
        text: One line.
        size: Of the font, in any unit; the width is in the same.
        bold: Whether it is bold.
    """
    return sum(map(_character, text)) * size * (1.12 if bold else 1)


def _character(character: str) -> float:
    """The width of a character as a share of the size of the font."""
    if not character.isascii():
        return _past_ascii(character)
    if character in _NARROW:
        return 0.46
    if character in _BROAD:
        return 0.86
    if character in _WIDE:
        return 1.03
    return 0.8 if character.isupper() else 0.645


def _past_ascii(character: str) -> float:
    if character in "’‘“”–·":
        return 0.6
    if unicodedata.combining(character):
        return 0.0
    base = unicodedata.normalize("NFD", character)[0]
    if base.isascii():
        return _character(base)
    broad = ord(character) > 0xFFFF or unicodedata.east_asian_width(character) in "WF"
    return 1.35 if broad else 1.1


def wrap_drawn(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that are no wider than a width; a word that is wider is broken itself.

    Args:
        text: The text; runs of white space are one blank.
        size: Of the font.
        width: In the same unit.
        bold: Whether it is bold.

    Returns:
        At least one line.
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if drawn_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and drawn_width(lines[-1] + character, size, bold=bold) > width:
                lines.append("")
            lines[-1] += character
    return lines
