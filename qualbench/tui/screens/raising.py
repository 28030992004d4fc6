"""Raising an issue from what is coded here, by a key."""

from __future__ import annotations

from qualbench.evaluation.issues_changes import add_issue
from qualbench.tui.screens.open_source import OpenSource
from qualbench.tui.screens.prompt import Prompt


class Raising(OpenSource):
    """The action that raises an issue from the coding that keys act on."""

    def action_issue(self) -> None:
        """Raise an issue from the code here: something the trial has to act on."""
        here = self.pane.here() if self.pane.source is not None else []
        if not here:
            self.say("No code stands here; an issue is raised from a coded passage.")
            return
        coding = here[0]

        def keep(title: str | None) -> None:
            if title is not None:
                self.attempt(lambda: self._raise_issue(title, coding.id))

        self.app.push_screen(
            Prompt("What came up", hint=f"an issue from {coding.label}, in a sentence"), keep
        )

    def _raise_issue(self, title: str, coding: str) -> None:
        made = add_issue(self.workbench.study, title, [coding])
        self.say(f"Raised issue {made.number}. Owner, day and action: qualbench issues edit {made.number}")
