"""The screens in which passages are read again in one scroll; each is made here, to be pushed."""

from __future__ import annotations

from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.review_uncaptured import UncapturedScreen


def review_theme(code_id: str, layer: str) -> ModeScreen:
    """Make the screen with all passages of an entry and of those below it, to keep, move or uncode.

    Args:
        code_id: The id of the entry.
        layer: The layer whose codings are shown.
    """
    return ReviewScreen(code_id, layer)


def review_split(code_id: str, layer: str) -> ModeScreen:
    """Make the screen that sends the passages of a code that is being split to its parts, one by one.

    Args:
        code_id: The id of the code that is being split.
        layer: The layer whose codings are sent on.
    """
    return SplitScreen(code_id, layer)


def review_cell(code_id: str, layer: str, stakeholder: str | None, timepoint: str | None) -> ModeScreen:
    """Make the screen with the passages of one cell of the table of an entry.

    Args:
        code_id: The id of the entry; the codes below it count too.
        layer: The layer whose codings are shown.
        stakeholder: The stakeholder type; None for any.
        timepoint: The timepoint; None for any.
    """
    return ReviewScreen(code_id, layer, stakeholder, timepoint)


def review_uncaptured(layer: str) -> ModeScreen:
    """Make the screen with participants' talk that no theme captures.

    Args:
        layer: The layer whose passages in no theme are shown.
    """
    return UncapturedScreen(layer)
