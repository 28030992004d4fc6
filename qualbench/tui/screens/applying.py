"""Putting codes on words, and changing the codings there are, by keys."""

from __future__ import annotations

from collections.abc import Sequence

from qualbench.codebook.editing import LONGEST_LABEL, NewCode, set_key
from qualbench.coding.applying import (
    MEANINGS,
    Passage,
    apply_codes,
    rebound,
    remove_codings,
    set_exemplar,
    set_meaning,
)
from qualbench.coding.undoing import redo, undo
from qualbench.errors import BadInput, Refused
from qualbench.study.tables import Event
from qualbench.text.spans import Span
from qualbench.text.words import count_words
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.open_source import OpenSource
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.screens.selecting import Selecting
from qualbench.tui.widgets.code_list import CodeList
from qualbench.tui.widgets.transcript_rows import ShownCoding


class Applying(Selecting, OpenSource):
    """The actions on the selection, and on the coding here."""

    def action_cycle(self) -> None:
        """Go on to the next of the codings here; in a selection, to its other end."""
        if self.transcript.selection is not None:
            self.transcript.swap_ends()
        else:
            self.pane.cycle()
            self.show_here()

    # Putting codes

    def action_code(self) -> None:
        """Choose codes for the selection, or for the sentence at the caret."""
        passage = self._passage()

        def put(picked: Picked | None) -> None:
            if picked is not None:
                self.attempt(lambda: self._put(passage, picked.codes, [picked.new] if picked.new else []))

        picker = CodePicker(
            f"Code {_words(self.transcript_text(passage))}",
            self.book,
            self.recent,
            self.uses(),
            parent=self._parent_of_new(),
        )
        self.app.push_screen(picker, put)

    def action_repeat(self) -> None:
        """Put the last code on the selection, or on the sentence at the caret."""
        if not self.last:
            self.say("No code was used yet; c chooses one.")
            return
        self._put(self._passage(), self.last)

    def action_by_key(self, key: str) -> None:
        """Put the code that has this key there."""
        entry = next((entry for entry in self.book.by_id.values() if entry.key == key), None)
        if entry is None:
            self.say(f"No code has the key {key}; K gives one to the code here.")
            return
        self._put(self._passage(), [entry.id])

    def action_create(self) -> None:
        """Make a code and put it there."""
        passage = self._passage()

        def put(label: str | None) -> None:
            if label is not None:
                self.attempt(lambda: self._put(passage, [], [NewCode(label, self._parent_of_new())]))

        parent = self._parent_of_new()
        under = f" under {self.book.by_id[parent].label}" if parent else ""
        self.app.push_screen(Prompt(f"Name of the new code{under}"), put)

    def action_in_vivo(self) -> None:
        """Make a code named by the selected words, and put it on them."""
        passage = self._passage()
        label = " ".join(self.transcript_text(passage).split())
        if len(label) > LONGEST_LABEL:
            label = label[: LONGEST_LABEL - 1].rsplit(" ", 1)[0] + "…"
        self._put(passage, [], [NewCode(label, self._parent_of_new())])

    def choose_listed(self, code: str) -> None:
        """Put a code that was chosen in the list of codes."""
        self._put(self._passage(), [code])
        self.set_focus(self.transcript)

    def _put(self, passage: Span, codes: Sequence[str], new: Sequence[NewCode] = ()) -> None:
        assert self.source_name is not None
        text = self.transcript_text(passage)
        if self.reading:
            raise Refused("Codes are hidden while you read.", "R goes back to coding.")
        self.shown_layer = self.workbench.study.coder  # what is coded is seen
        applied = apply_codes(self.workbench.study, [Passage(self.source_name, passage)], codes, new)
        self.last = [entry.id for entry in applied.codes]
        if self.only is not None:
            self.only |= {*self.last}
        self.recent = list(dict.fromkeys([*self.last, *self.recent]))
        self.transcript.select(False)
        if new:
            self.read_codebook()
        self.read_codings()
        self.say(f"{applied.sentence()} {_words(text)}.")

    def _passage(self) -> Span:
        passage = self.passage()
        if self.source_name is None or passage is None:
            raise BadInput("There is nothing to code.", "Press 1 and choose a source.")
        return passage

    def transcript_text(self, span: Span) -> str:
        """Give the words of a span of the source."""
        assert self.pane.source is not None
        return self.pane.source.text[span.start : span.end]

    def _parent_of_new(self) -> str | None:
        """Where a new code goes: beside the one used last."""
        entry = self.book.by_id.get(self.last[0]) if self.last else None
        return entry.parent_id if entry else None

    # Changing the coding here

    def _here(self) -> ShownCoding:
        here = self.pane.here() if self.source_name is not None else []
        if not here:
            raise BadInput("No code stands here.", "] c goes to the next coded passage.")
        if here[0].foreign:
            raise Refused(f"That coding is of the layer {here[0].layer}.", "L goes back to your own.")
        return here[0]

    def action_remove(self) -> None:
        """Take the coding here away."""
        coding = self._here()
        remove_codings(self.workbench.study, [coding.id])
        self.read_codings()
        self.read_memos()
        self.say(f"'{coding.label}' taken away; u brings it back.")

    def action_rebound(self) -> None:
        """Give the coding here the selected words."""
        coding, selected = self._here(), self.transcript.selection
        if selected is None:
            self.say("Select the words it shall have first; v begins a selection.")
            return
        rebound(self.workbench.study, coding.id, selected)
        self.transcript.select(False)
        self.read_codings()
        self.say(f"'{coding.label}' has new bounds: {_words(self.transcript_text(selected))}.")

    def action_exemplar(self) -> None:
        """Mark the coding here as a good example of its code, or take that back."""
        coding = self._here()
        set_exemplar(self.workbench.study, coding.id, not coding.exemplar)
        self.read_codings()
        self.say(f"'{coding.label}': {'no longer an' if coding.exemplar else 'an'} exemplar.")

    def action_meaning(self) -> None:
        """Say whether the coding here is semantic or latent: each press goes on to the next."""
        coding = self._here()
        meaning = MEANINGS[(MEANINGS.index(coding.meaning) + 1) % len(MEANINGS)]
        set_meaning(self.workbench.study, coding.id, meaning)
        self.read_codings()
        self.say(f"'{coding.label}': {meaning or 'neither semantic nor latent'}.")

    def action_give_key(self) -> None:
        """Give the code here, or the one under the cursor of the list, a key of its own."""
        listed = self.query_one(CodeList)
        code = (listed.code if listed.has_focus else None) or self._here().code
        entry = self.book.by_id[code]

        def give(key: str | None) -> None:
            if key is not None:
                self.attempt(lambda: self._give_key(code, key))

        self.app.push_screen(Prompt(f"Key of '{entry.label}'", entry.key or "", "a letter or digit"), give)

    def _give_key(self, code: str, key: str) -> None:
        before = set_key(self.workbench.study, code, key)
        self.read_codebook()
        self.read_codings()
        taken = f", which '{before.label}' had" if before else ""
        self.say(f"' {key} now puts '{self.book.by_id[code].label}'{taken}.")

    # Undo and redo

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        event = undo(self.workbench.study)
        self._show_change(event)
        self.say(f"Undid: {event.summary}.")

    def action_redo(self) -> None:
        """Make it again."""
        event = redo(self.workbench.study)
        self._show_change(event)
        self.say(f"Redid: {event.summary}.")

    def _show_change(self, event: Event) -> None:
        if event.action in ("code", "uncode"):
            self.read_codebook()
            self.read_codings()
            self.read_memos()
        else:
            self.reload()


def _words(text: str) -> str:
    count = count_words(text)
    return "1 word" if count == 1 else f"{count} words"
