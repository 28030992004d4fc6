"""The sources beside a transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.text import Text
from textual.widgets.option_list import Option

from qualbench.study.states import ASSIGNED, FINISHED, IN_PROGRESS
from qualbench.transcripts.sources import SourceSummary
from qualbench.tui.widgets.lines import SideList

STATE_MARKS: Mapping[str | None, str] = {ASSIGNED: "○", IN_PROGRESS: "◐", FINISHED: "✓"}
"""What a coder's state with a source is shown by."""


@dataclass(frozen=True)
class ListedSource:
    """A source with how far the coder at work is with it.

    Attributes:
        share: Share of participants' talk coded in the layer that is shown.
        state: The state of that coder, one of `study.states.STATES`; None where it is not theirs.
        finished: Initials of those who have finished it.
        readers: Initials of those who have read it.
    """

    summary: SourceSummary
    share: float | None
    state: str | None
    finished: frozenset[str]
    readers: frozenset[str]

    def traits(self) -> set[str]:
        """Give what it can be filtered by, each as `what: value`."""
        summary = self.summary
        found = {f"stakeholder: {stakeholder}" for stakeholder in summary.stakeholders}
        found |= {f"finished by {coder}" for coder in self.finished}
        found |= {f"read by {coder}" for coder in self.readers}
        if self.state is not None:
            found.add(f"yours: {self.state}")
        for what in ("timepoint", "site", "kind", "state"):
            if getattr(summary, what):
                found.add(f"{what}: {getattr(summary, what)}")
        if not self.share:
            found.add("nothing coded yet")
        return found


class SourceList(SideList):
    """Names of sources with the share coded; `enter` opens one."""

    def __init__(self) -> None:
        super().__init__()
        self._listed: dict[str, ListedSource] = {}
        self._opened: str | None = None

    def show(self, sources: Iterable[ListedSource], opened: str | None, width: int) -> None:
        """List sources, with the cursor on the one that is open."""
        self._listed, self._opened = {listed.summary.name: listed for listed in sources}, opened
        self.clear_options()
        for at, (name, listed) in enumerate(self._listed.items()):
            self.add_option(Option(_row(listed, name == opened, width), id=name))
            if name == opened:
                self.highlighted = at

    def show_opened(self, opened: str, width: int) -> None:
        """Mark another source of the list as the one that is open, with the cursor on it."""
        before, self._opened = self._opened, opened
        for name in self._listed.keys() & {before, opened}:
            self._show_row(name, width)
        self.highlighted = self.get_option_index(opened) if opened in self._listed else None

    def show_share(self, listed: ListedSource, width: int) -> None:
        """Show the share coded of one source anew."""
        if listed.summary.name in self._listed:
            self._listed[listed.summary.name] = listed
            self._show_row(listed.summary.name, width)

    def _show_row(self, name: str, width: int) -> None:
        self.replace_option_prompt(name, _row(self._listed[name], name == self._opened, width))


def filters(sources: Iterable[ListedSource]) -> Mapping[str, int]:
    """Give what the sources can be filtered by, with the number of sources that have it."""
    counts: dict[str, int] = {}
    for listed in sources:
        for trait in listed.traits():
            counts[trait] = counts.get(trait, 0) + 1
    return dict(sorted(counts.items()))


def _row(listed: ListedSource, opened: bool, width: int) -> Text:
    share = "  - " if listed.share is None else f"{listed.share:4.0%}"
    done = STATE_MARKS.get(listed.state, "·" if listed.readers else " ")
    room = max(4, width - 8)
    name = listed.summary.name
    name = name if len(name) <= room else f"{name[: room - 1]}…"
    row = Text(f"{'>' if opened else ' '} {name:<{room}} {done}{share}", no_wrap=True, overflow="crop")
    row.stylize("bold" if opened else "", 0, room + 2)
    return row
