"""Reviewing a theme: all its passages in one scroll, each kept, moved to another code or uncoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qualbench.analysis.code_use import passages_of
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.codebook.versions import list_versions
from qualbench.coding.applying import set_exemplar
from qualbench.coding.codings import CodingRead, recent_codes
from qualbench.coding.examples import KINDS, add_example
from qualbench.coding.memos import CODING, add_memo, edit_memo, list_memos, on_coding
from qualbench.coding.reviewing import keep, recode, theme_passages, uncode
from qualbench.errors import BadInput, Refused
from qualbench.study.tables import AGREED
from qualbench.tui.actions import REVIEW, bindings
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.memo_editor import MemoEditor
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.reviewing import Reviewing, passages_counted
from qualbench.tui.widgets.passage_list import ShownPassage


class ReviewScreen(Reviewing):
    """The passages of an entry and of those below it, code by code: each is kept, moved or uncoded.

    Args:
        code_id: The id of the entry.
        layer: The layer whose codings are shown.
        stakeholder: Only words of participants of this type; None for any.
        timepoint: Only sources of this timepoint; None for any.
    """

    place = REVIEW
    BINDINGS = bindings(REVIEW)

    def __init__(
        self, code_id: str, layer: str, stakeholder: str | None = None, timepoint: str | None = None
    ) -> None:
        super().__init__(layer)
        self._code, self._stakeholder, self._timepoint = code_id, stakeholder, timepoint
        self.book = Codebook([])
        self._codings: dict[str, CodingRead] = {}
        self._version = 0

    # What is shown

    @property
    def entry(self) -> CodeEntry:
        """The entry that is reviewed; it is what took it in, if it was merged."""
        return self.book.find(self._code)

    def read(self) -> Sequence[ShownPassage]:
        """Read the passages of the entry, code by code."""
        study = self.workbench.study
        self.book = read_codebook(study)
        versions = list_versions(study)
        self._version = versions[-1].number if versions else 0
        codings = self.read_passages()
        self._codings = {coding.id: coding for coding in codings}
        noted = {memo.coding for memo in list_memos(study, about=CODING)}
        counts = Counter(coding.code for coding in codings)
        return [self._shown(coding, counts[coding.code], coding.id in noted) for coding in codings]

    def read_passages(self) -> list[CodingRead]:
        """Read the codings that are reviewed, in the order in which they are shown."""
        study = self.workbench.study
        if self._stakeholder is None and self._timepoint is None:
            return theme_passages(study, self._code, self.shown_layer)
        codes = self.book.at_and_below(self.entry.id)
        found = passages_of(study, codes, self.shown_layer, self._stakeholder, self._timepoint)
        return sorted(found, key=lambda coding: codes.index(coding.code))

    def _shown(self, coding: CodingRead, count: int, noted: bool) -> ShownPassage:
        entry = self.book.by_id[coding.code]
        marks = ["exemplar"] if coding.exemplar else []
        marks += [coding.meaning] if coding.meaning else []
        marks += ["✎ memo"] if noted else []
        heading = f"{entry.label}, {passages_counted(count)}"
        note = entry.short_definition or entry.definition
        done = coding.kept_under is not None and coding.kept_under >= self._version
        return ShownPassage(
            coding.id, coding.source, coding.span, coding.code, heading, note, ", ".join(marks), done
        )

    def named(self, passage: ShownPassage) -> str:
        """Name a passage by its code and source."""
        label = self.book.by_id[self._codings[passage.id].code].label
        return f"'{label}' in {super().named(passage)}"

    def about(self) -> str:
        """Say what is reviewed, and how much of it has been read again."""
        groups = ", ".join(part for part in (self._stakeholder, self._timepoint) if part)
        what = f"{self.entry.label} ({groups})" if groups else self.entry.label
        done = sum(passage.done for passage in self.view.passages)
        return f"{done} of {len(self.view.passages)} read again: {what}"

    def when_empty(self) -> str:
        """Say that there are no passages."""
        return (
            f"Here will be the passages of '{self.entry.label}': layer {self.shown_layer} has none.\n\n"
            "L goes on to the next layer, esc goes back."
        )

    # Acting on a passage

    def _present(self, *layers: str | None) -> CodingRead:
        """The coding under the cursor, if it is of one of some layers."""
        passage = self.view.present
        if passage is None:
            raise BadInput("There is no passage here.", "L goes on to the next layer, esc goes back.")
        if self.shown_layer not in layers:
            raise Refused(f"That passage is of the layer {self.shown_layer}.", "L goes on to the next layer.")
        return self._codings[passage.id]

    def _reviewed(self) -> CodingRead:
        return self._present(self.workbench.study.coder, AGREED)

    def action_keep(self) -> None:
        """Say that the passage was read again and its code stays, and go to the next."""
        coding = self._reviewed()
        keep(self.workbench.study, [coding.id])
        self.kept()

    def kept(self) -> None:
        """Show that the present passage was kept."""
        view = self.view
        if view.present is not None:
            view.change(view.cursor, replace(view.present, done=True))
        self.note_own_change()
        done = sum(passage.done for passage in view.passages)
        view.step(1)
        self.show_about()
        self.say(f"Kept. {done} of {len(view.passages)} read again.")

    def action_move(self) -> None:
        """Give the passage another code."""
        coding = self._reviewed()
        study = self.workbench.study
        counts = Counter(one.code for one in self._codings.values())
        picker = CodePicker(
            f"Instead of '{self.book.by_id[coding.code].label}'",
            self.book,
            recent_codes(study),
            counts,
            creates=False,
        )

        def move(picked: Picked | None) -> None:
            if picked is not None:
                self.attempt(lambda: self.send(coding, picked.codes[0]))

        self.app.push_screen(picker, move)

    def send(self, coding: CodingRead, code: str) -> None:
        """Give a passage another code, and show what is left."""
        self.view.step(1)  # the passage goes elsewhere, the cursor on to the next
        entry = recode(self.workbench.study, [coding.id], code)
        self.refresh_passages()
        self.say(f"It has the code '{entry.label}' now; u takes that back.")

    def action_uncode(self) -> None:
        """Take the code off the passage."""
        coding = self._reviewed()
        label = self.book.by_id[coding.code].label
        uncode(self.workbench.study, [coding.id])
        self.refresh_passages()
        self.say(f"'{label}' taken off; u brings it back.")

    def action_exemplar(self) -> None:
        """Mark the passage as a good example of its code, or take that back."""
        coding = self._present(self.workbench.study.coder)
        set_exemplar(self.workbench.study, coding.id, not coding.exemplar)
        self.refresh_passages()
        self.say(f"{'No longer an' if coding.exemplar else 'An'} exemplar.")

    def action_example(self) -> None:
        """Give the passage as an example of its code: typical, atypical, or close but not it."""
        passage = self.view.present
        if passage is None:
            return
        coding = self._codings[passage.id]
        label = self.book.by_id[coding.code].label

        def give(kind: str | None) -> None:
            if kind is not None:
                self.attempt(lambda: self._give_example(coding, kind))

        self.app.push_screen(Picker(f"An example of '{label}'", [(kind, kind) for kind in KINDS]), give)

    def _give_example(self, coding: CodingRead, kind: str) -> None:
        add_example(self.workbench.study, coding.code, kind, coding.source, coding.span)
        self.note_own_change()
        self.say(f"Given as {kind} example; the entry of the code shows it, u takes that back.")

    def action_memo(self) -> None:
        """Write a memo on the coding, or go on with one's own."""
        passage = self.view.present
        if passage is None:
            return
        study, coding = self.workbench.study, self._codings[passage.id]
        mine = list_memos(study, about=CODING, source=coding.source, by=study.coder)
        there = next((memo for memo in mine if memo.coding == coding.id), None)

        def save(text: str, seen: str) -> None:
            if there is None:
                add_memo(study, text, on_coding(coding.id))
            else:
                edit_memo(study, there.id, text, seen)

        def kept(text: str | None) -> None:
            if text is not None:
                self.say("The memo is kept; 8 lists all of them.")

        title = f"Memo on '{self.book.by_id[coding.code].label}' in {coding.source}"
        self.app.push_screen(MemoEditor(title, there.text if there else "", save), kept)
