"""Writing memos on what is open, by a key."""

from __future__ import annotations

from qualbench.coding.memos import (
    MemoRead,
    Subject,
    add_memo,
    edit_memo,
    list_memos,
    on_code,
    on_coding,
    on_source,
    on_words,
)
from qualbench.errors import BadInput
from qualbench.text.motions import turns
from qualbench.tui.screens.memo_editor import MemoEditor
from qualbench.tui.screens.open_source import OpenSource
from qualbench.tui.screens.picker import Picker


class Noting(OpenSource):
    """The action that writes a memo on the coding, words, source or code here."""

    def action_memo(self) -> None:
        """Write a memo on what is here."""
        subjects = self._subjects()
        if len(subjects) == 1:
            self._write_memo(subjects["0"])
            return

        def write(choice: str | None) -> None:
            if choice is not None:
                self._write_memo(subjects[choice])

        labels = [(key, label) for key, (label, _) in subjects.items()]
        self.app.push_screen(Picker("A memo on", labels), write)

    def _subjects(self) -> dict[str, tuple[str, Subject]]:
        source = self.pane.source
        if source is None:
            raise BadInput("No source is open.", "Press 8 for memos on the study.")
        name, view = source.summary.name, self.transcript
        found: list[tuple[str, Subject]] = []
        for coding in self.pane.here():
            found.append((f"this coding: {coding.label}", on_coding(coding.id)))
        turn = view.piece_at_caret(turns)
        if view.selection is not None:
            found.append(("the selected words", on_words(name, view.selection)))
        elif turn is not None:
            found.append(("this turn", on_words(name, turn)))
        found.append((f"the source {name}", on_source(name)))
        for code in dict.fromkeys(coding.code for coding in self.pane.here()):
            found.append((f"the code {self.book.by_id[code].label}", on_code(code)))
        return {str(n): one for n, one in enumerate(found)}

    def _write_memo(self, subject: tuple[str, Subject]) -> None:
        label, about = subject
        study = self.workbench.study
        code = self.book.find(about.code).id if about.code is not None else None
        mine = list_memos(study, about=about.about, source=about.source, by=study.coder)
        there = next((memo for memo in mine if _is_about(memo, about, code)), None)

        def keep(text: str, seen: str) -> None:
            if there is None:
                add_memo(study, text, about)
            else:
                edit_memo(study, there.id, text, seen)

        def kept(text: str | None) -> None:
            if text is not None:
                self.transcript.select(False)
                self.attempt(self.read_memos)
                self.say("The memo is kept; 8 lists all of them.")

        self.app.push_screen(MemoEditor(f"Memo on {label}", there.text if there else "", keep), kept)


def _is_about(memo: MemoRead, subject: Subject, code: str | None) -> bool:
    """Whether a memo is about a subject of its kind, so that it is gone on with."""
    if subject.coding is not None:
        return memo.coding == subject.coding
    if subject.span is not None:
        return memo.start == subject.span.start
    return memo.code == code
