"""A file in the list of the import screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qualbench.errors import QualbenchError
from qualbench.transcripts.candidates import Candidate
from qualbench.transcripts.intake import Intake
from qualbench.transcripts.readers import printable

FILE_WIDTH = 26
"""Cells that the name of a file may take."""


@dataclass
class FileRow:
    """A file of the list.

    Attributes:
        candidate: The file as read; None while it is not, or where it cannot be.
        fault: Why it cannot come in, if it cannot.
        marked: Whether it is among those that the next action is for.
        imported: Whether it is in the study now.
    """

    path: Path
    candidate: Candidate | None = None
    fault: QualbenchError | None = None
    marked: bool = False
    imported: bool = False

    @property
    def name(self) -> str:
        """The name of the file, fit to be shown."""
        return printable(self.path.name)

    def state(self, intake: Intake | None) -> str:
        """Give in a few words how it stands with the file."""
        if self.imported:
            return "in"
        if self.candidate is None:
            return "not ready" if self.fault else "…"
        like, choice = self.candidate.likeness, self.candidate.choice
        if like is not None:
            return {"keep": "keep both"}.get(choice, choice) if choice else "duplicate: press d"
        if self.fault is not None or (intake is not None and intake.obstacle(self.candidate)):
            return "cannot come in"
        unknown = any(found.role == "other" for found in self.candidate.speakers)
        return "ready, who speaks?" if unknown else "ready"

    def cells(self, intake: Intake | None) -> tuple[str, str, str, str]:
        """Give what the list of files shows of it: mark, name, turns, state."""
        turns = f"{len(self.candidate.transcript.turns):>5}" if self.candidate is not None else ""
        name = self.name
        if len(name) > FILE_WIDTH:  # the end tells versions apart, so the cut is in the middle
            name = f"{name[: FILE_WIDTH - 13]}…{name[-12:]}"
        return ("•" if self.marked else " "), name, turns, self.state(intake)
