"""Splitting a code: its passages, each sent to one of the new codes by one key."""

from __future__ import annotations

from collections import Counter

from textual.binding import Binding

from qualbench.codebook.merging import parts_of
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.reviewing import passages_to_split
from qualbench.errors import BadInput
from qualbench.tui.actions import SPLIT, bindings
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.reviewing import passages_counted

PARTS = 9
"""Parts that have a digit."""


class SplitScreen(ReviewScreen):
    """The passages of a code that is being split, each sent to one of the parts by a digit."""

    place = SPLIT
    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        *(Binding(str(n), f"send_to({n})", show=False) for n in range(1, PARTS + 1)),
        *bindings(SPLIT),
    ]

    def read_passages(self) -> list[CodingRead]:
        """Read the passages that are still to be sent on or kept."""
        return passages_to_split(self.workbench.study, self._code, self.shown_layer)

    def about(self) -> str:
        """Say how many passages are left."""
        return f"{passages_counted(len(self.view.passages))} left to be sent on: {self.entry.label}"

    def below(self) -> str:
        """Name the parts with their digits."""
        if not self._codings:
            return ""
        parts = [f"{n} {part.label}" for n, part in enumerate(self._parts()[:PARTS], start=1)]
        further = ["m another"] if len(self._parts()) > PARTS else []
        return "   ".join([*parts, f"0 keep '{self.entry.label}'", *further])

    def when_empty(self) -> str:
        """Say what went where, and what has become of the code."""
        study, entry = self.workbench.study, self.entry
        codings = list_codings(study, layer=self.shown_layer)
        went = Counter(coding.code for coding in codings if coding.made_as == entry.id)
        kept = sum(coding.code == entry.id for coding in codings)
        lines = [f"No passage of '{entry.label}' is left to be sent on in layer {self.shown_layer}.", ""]
        lines += [
            f"{passages_counted(n)} went to '{self.book.by_id[code].label}'."
            for code, n in sorted(went.items(), key=lambda one: -one[1])
            if code != entry.id
        ]
        lines += [f"{passages_counted(kept)} kept '{entry.label}'."] if kept else []
        if not entry.in_use:
            lines.append(f"'{entry.label}' has been retired: no passage has it any more.")
        elif kept:
            lines.append(f"'{entry.label}' stays in use.")
        else:
            lines.append(f"'{entry.label}' stays in use, for others may have passages of it still.")
            lines.append("Retire it once everybody has sent theirs on.")
        return "\n".join([*lines, "", "u takes the last step back, esc goes back."])

    def _parts(self) -> list[CodeEntry]:
        return parts_of(self.book, self.entry.id)

    def action_send(self) -> None:
        """Choose the part to send the passage to."""
        coding = self._reviewed()
        choices = [(part.id, part.label) for part in self._parts()]

        def send(part: str | None) -> None:
            if part is not None:
                self.attempt(lambda: self.send(coding, part))

        self.app.push_screen(Picker("Send it to", choices), send)

    def action_send_to(self, number: int) -> None:
        """Send the passage to the part that has a digit."""
        coding, parts = self._reviewed(), self._parts()
        if number > len(parts):
            raise BadInput(f"There is no part {number}.", f"The parts are 1 to {len(parts)}; 0 keeps it.")
        self.send(coding, parts[number - 1].id)

    def kept(self) -> None:
        """Show what is left after the present passage was kept."""
        self.refresh_passages()
        self.say(f"It keeps '{self.entry.label}'. {passages_counted(len(self.view.passages))} left.")
