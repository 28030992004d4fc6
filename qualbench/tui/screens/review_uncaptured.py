"""Reviewing themes against the data as a whole: participants' talk that no theme captures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.codings import recent_codes
from qualbench.coding.uncaptured import uncaptured
from qualbench.errors import BadInput
from qualbench.tui.actions import UNCAPTURED, bindings
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.reviewing import Reviewing, passages_counted
from qualbench.tui.widgets.passage_list import ShownPassage


class UncapturedScreen(Reviewing):
    """Participants' talk that no theme captures: what nobody coded, and what has a code in no theme."""

    place = UNCAPTURED
    BINDINGS = bindings(UNCAPTURED)

    def __init__(self, layer: str) -> None:
        super().__init__(layer)
        self.book = Codebook([])

    def read(self) -> Sequence[ShownPassage]:
        """Read what no theme captures, source by source."""
        study = self.workbench.study
        self.book = read_codebook(study)
        found = uncaptured(study, self.shown_layer)
        counts = Counter(one.source for one in found)
        return [
            ShownPassage(
                one.coding or f"{one.source}:{one.span.start}-{one.span.end}",
                one.source,
                one.span,
                one.source,
                f"{one.source}, {passages_counted(counts[one.source])}",
                "",
                f"{self.book.by_id[one.code].label}, in no theme" if one.code else "not coded",
            )
            for one in found
        ]

    def about(self) -> str:
        """Say how much there is."""
        passages = self.view.passages
        uncoded = sum(passage.marks == "not coded" for passage in passages)
        return f"{uncoded} not coded, {len(passages) - uncoded} with a code in no theme"

    def when_empty(self) -> str:
        """Say that everything is captured."""
        return (
            "Here will be participants' talk that no theme captures: there is none.\n\n"
            "L goes on to the next layer, esc goes back."
        )

    def action_code(self) -> None:
        """Choose codes for the words here."""
        passage = self.view.present
        if passage is None:
            raise BadInput("There is nothing to code.", "esc goes back.")
        study = self.workbench.study

        def put(picked: Picked | None) -> None:
            if picked is not None:
                self.attempt(lambda: self._put(passage, picked))

        self.app.push_screen(CodePicker("Code these words", self.book, recent_codes(study), {}), put)

    def _put(self, passage: ShownPassage, picked: Picked) -> None:
        new = [picked.new] if picked.new else []
        applied = apply_codes(
            self.workbench.study, [Passage(passage.source, passage.span)], picked.codes, new
        )
        self.refresh_passages()
        self.say(f"{applied.sentence()} u takes that back.")
