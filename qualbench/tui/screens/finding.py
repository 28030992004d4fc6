"""Going to places in a source by keys: found words, uncoded talk, marks, letters, turn numbers."""

from __future__ import annotations

from qualbench.coding.reading import find_bookmark, set_bookmark
from qualbench.coding.search.hits import Limits, search
from qualbench.coding.uncoded import uncoded_stretches
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span
from qualbench.tui.screens.open_source import OpenSource
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.widgets.chrome import Status

_LETTERS = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM"


class Finding(OpenSource):
    """The actions that go to a place."""

    def __init__(self) -> None:
        super().__init__()
        self._query = ""

    # Words

    def action_find(self) -> None:
        """Find words in this source."""
        if self.source_name is None:
            return
        hint = 'words, "a phrase", begin*, near NEAR/5 far, typo~, /regular expression/'
        self.app.push_screen(Prompt("Find in this source", self._query, hint), self._find)

    def _find(self, query: str | None) -> None:
        if query is not None:
            self.attempt(lambda: self._show_hits(query))

    def _show_hits(self, query: str) -> None:
        assert self.source_name is not None
        hits = search(self.workbench.study, query, Limits(sources=(self.source_name,)))
        self._query, self.pane.hits = query, [Span(hit.start, hit.end) for hit in hits]
        self.transcript.show_hits(self.pane.hits)
        if not hits:
            self.say(f"{query}: not found in this source.")
            return
        after = [hit.start for hit in hits if hit.start >= self.transcript.caret]
        self.transcript.move_to(after[0] if after else hits[0].start)
        self._say_hit()

    def action_next_hit(self) -> None:
        """Move to the next place found."""
        self._step_hit(forward=True)

    def action_previous_hit(self) -> None:
        """Move to the place found before."""
        self._step_hit(forward=False)

    def _step_hit(self, *, forward: bool) -> None:
        hits = self.pane.hits
        if not hits:
            self.say("Nothing was searched for here; / finds words.")
            return
        starts = [hit.start for hit in hits]
        if not self.transcript.step_among(starts, forward):
            self.transcript.move_to(starts[0 if forward else -1])
        self._say_hit()

    def _say_hit(self) -> None:
        starts = [hit.start for hit in self.pane.hits]
        at = starts.index(self.transcript.caret) + 1 if self.transcript.caret in starts else 0
        self.say(f"{self._query}: {at} of {len(starts)}. n next, N before, esc ends.")

    # Uncoded talk, coded passages, memos

    def action_next_uncoded(self) -> None:
        """Move to the next talk of participants that nobody coded."""
        self._step_uncoded(forward=True)

    def action_previous_uncoded(self) -> None:
        """Move to the uncoded talk before."""
        self._step_uncoded(forward=False)

    def _step_uncoded(self, *, forward: bool) -> None:
        if self.source_name is None:
            return
        stretches = uncoded_stretches(self.workbench.study, self.source_name)
        length = sum(stretch.end - stretch.start for stretch in stretches)
        if not stretches:
            self.say("All that participants say here is coded.")
        elif self.transcript.step_among([stretch.start for stretch in stretches], forward):
            self.say(f"Uncoded: {len(stretches)} stretches of participants' talk, {length:,} characters.")
        else:
            self.say("No uncoded talk further on." if forward else "No uncoded talk before.")

    def action_next_coding(self) -> None:
        """Move to the next coded passage."""
        if not self.transcript.step_coding(forward=True):
            self.say("No coded passage further on.")

    def action_previous_coding(self) -> None:
        """Move to the coded passage before."""
        if not self.transcript.step_coding(forward=False):
            self.say("No coded passage before.")

    def action_next_memo(self) -> None:
        """Move to the next place with a memo."""
        self._step_memo(forward=True)

    def action_previous_memo(self) -> None:
        """Move to the place with a memo before."""
        self._step_memo(forward=False)

    def _step_memo(self, *, forward: bool) -> None:
        places = sorted({memo.start for memo in self.pane.memos if memo.start is not None})
        if not self.transcript.step_among(places, forward):
            self.say("No memo further on." if forward else "No memo before.")

    # Marks, turns, letters

    def action_set_mark(self, letter: str) -> None:
        """Mark this place with a letter."""
        if self.source_name is not None:
            set_bookmark(self.workbench.study, letter, self.source_name, self.transcript.caret)
            self.say(f"This place has the mark {letter}; ` {letter} comes back to it from anywhere.")

    def action_to_mark(self, letter: str) -> None:
        """Go to the place with a letter, in whichever source it is."""
        place = find_bookmark(self.workbench.study, letter)
        self.open(place.source, place.position)

    def action_go_to(self) -> None:
        """Go to a turn by its number."""
        if self.source_name is not None:
            self.app.push_screen(Prompt("Go to turn", hint="its number"), self._go_to)

    def _go_to(self, typed: str | None) -> None:
        source = self.pane.source
        if typed is None or source is None:
            return
        turn = next((turn for turn in source.turns if str(turn.n) == typed), None)
        if turn is None:
            self.say(f"There is no turn {typed}; this source has {len(source.turns)}.")
        else:
            self.transcript.move_to(turn.start)

    def action_jump(self) -> None:
        """Show letters at the sentences in view, and wait for one."""
        source = self.pane.source
        if source is None:
            return
        view = self.transcript
        seen = view.visible_span()
        starts = [
            piece.start
            for block in view.blocks
            if block.start < seen.end and seen.start < block.end
            for piece in sentences(source.text, block)
            if seen.start <= piece.start < seen.end
        ]
        labels = dict(zip(_LETTERS, starts, strict=False))
        view.show_labels({start: letter for letter, start in labels.items()})
        self.say("Press a letter to go there; esc stays.")

        def jump(letter: str | None) -> None:
            view.show_labels({})
            self.query_one(Status).clear()
            view.move_to(labels.get(letter or "", view.caret))

        self.letter = jump
