"""Every action of the workbench, once: bindings, footer, help and palette are made from this list."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from qualbench.tui.actions.action import (
    AGREEMENT,
    BEHIND,
    BEHIND_CELL,
    CODE,
    CODEBOOK,
    COMPARE,
    EVERYWHERE,
    IMPORT,
    MARK,
    MATRIX,
    MEMOS,
    PHASES,
    PLAN,
    REDACT,
    REDRAW,
    REVIEW,
    SEARCH,
    SPLIT,
    STUDY,
    UNCAPTURED,
    VERSIONS,
    Action,
)
from qualbench.tui.actions.codebook import FRAME
from qualbench.tui.actions.matrix import TABLE
from qualbench.tui.actions.modes import MODES
from qualbench.tui.actions.plan import PLANNING
from qualbench.tui.actions.reconcile import RECONCILE
from qualbench.tui.actions.transcript import TRANSCRIPT

__all__ = [
    "AGREEMENT",
    "BEHIND",
    "BEHIND_CELL",
    "CODE",
    "CODEBOOK",
    "COMPARE",
    "EVERYWHERE",
    "IMPORT",
    "MARK",
    "MATRIX",
    "MEMOS",
    "PHASES",
    "PLAN",
    "REDACT",
    "REDRAW",
    "REVIEW",
    "SEARCH",
    "SPLIT",
    "STUDY",
    "UNCAPTURED",
    "VERSIONS",
    "Action",
]

ACTIONS: tuple[Action, ...] = (*MODES, *TRANSCRIPT, *FRAME, *RECONCILE, *PLANNING, *TABLE)


def bindings(place: str) -> list[BindingType]:
    """Give the key bindings of a place; an action of two keys has one without a key, for a keymap to fill."""
    return [
        Binding(
            f"none_{action.method}" if action.is_chord else action.keys,
            action.method,
            action.title,
            key_display=action.shown,
            show=action.in_footer,
            id=action.id,
            tooltip=action.help,
        )
        for action in ACTIONS
        if action.place == place
    ]


def chords(place: str) -> dict[str, dict[str, Action]]:
    """Give the actions of two keys of a place, by the first and the second."""
    found: dict[str, dict[str, Action]] = {}
    for action in ACTIONS:
        if action.place == place and action.is_chord:
            first, second = action.keys.split()
            found.setdefault(first, {})[second] = action
    return found


def actions_for(place: str) -> list[Action]:
    """Give the actions of a place first, then those that work everywhere."""
    return [a for a in ACTIONS if a.place == place] + [a for a in ACTIONS if a.place == EVERYWHERE]
