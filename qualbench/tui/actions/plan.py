"""The actions of the page of the sampling plan."""

from __future__ import annotations

from qualbench.tui.actions.action import PLAN, Action

PLANNING = (
    Action("plan.row_down", "j", "j", "Down", "Move the cursor down.", PLAN),
    Action("plan.row_up", "k", "k", "Up", "Move the cursor up.", PLAN),
    Action("plan.other_pane", "tab", "tab", "Pane", "Go from the plan to the families and back.", PLAN, True),
    Action("plan.back", "escape", "esc", "Back", "Go back to the sources.", PLAN, True),
)
