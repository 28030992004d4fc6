"""Bars of text that show how a whole is shared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

FILLS = ("█", "▒", "░")
"""What the parts of a bar are drawn with, in order; they differ in black and white too."""


def shared_bar(shares: Sequence[int], width: int) -> str:
    """Draw how a whole is shared; what is not nothing has a cell at least.

    Args:
        shares: At most as many as there are `FILLS`.
        width: In cells, no fewer than there are shares.

    Returns:
        The bar, or blanks if there is nothing to share.
    """
    total = sum(shares)
    if not total:
        return " " * width
    cells = [max(1, round(width * share / total)) if share else 0 for share in shares]
    while sum(cells) != width:
        widest = max(range(len(cells)), key=cells.__getitem__)
        cells[widest] += 1 if sum(cells) < width else -1
    return "".join(fill * count for fill, count in zip(FILLS, cells, strict=False))
