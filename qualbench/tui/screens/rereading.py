"""Going through the passages that a change of the codebook asks to read again, in their transcripts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from qualbench.codebook.diff import CodeChange
from qualbench.codebook.versions import compare_versions, list_versions
from qualbench.coding.rereading import ToReread, passages_to_reread
from qualbench.coding.reviewing import keep
from qualbench.errors import Refused
from qualbench.study.journal import newest_event
from qualbench.tui.screens.open_source import OpenSource

_BECAME = {
    "split": "was split",
    "merged": "was merged",
    "retired": "was retired",
    "removed": "was removed",
    "redefined": "was redefined",
}
"""What became of a code, by the kind of change that asks for reading."""


class Rereading(OpenSource):
    """The actions that go to passages to be read again, and keep their code."""

    def __init__(self) -> None:
        super().__init__()
        self._reread_code: str | None = None  # only passages that this changed code concerns
        self._reread: list[ToReread] = []
        self._reread_at: int | None = None  # the newest event when they were read
        self._reread_id: str | None = None  # the coding that was gone to last

    def reread_asked(self) -> None:
        """Begin with the passages of a changed code, if another screen asked for it."""
        code, self.workbench.reread_code = self.workbench.reread_code, None
        if code is not None:
            self._reread_code = code
            queue = self._queue()
            caret = (self.source_name, self.transcript.caret)
            places = [(one.coding.source, one.coding.start) for one in queue]
            if caret in places:
                self._go_to_reread(places.index(caret))

    def action_next_reread(self) -> None:
        """Go to the next passage that a change of the codebook asks to read again."""
        self._step_reread(forward=True)

    def action_previous_reread(self) -> None:
        """Go to the one before."""
        self._step_reread(forward=False)

    def action_keep(self) -> None:
        """Say that the passage here was read again and keeps its code, and go to the next."""
        here = [coding.id for coding in self.pane.here()] if self.source_name is not None else []
        queue = self._queue()
        waiting = [one.coding.id for one in queue]
        kept = next((id_ for id_ in here if id_ in waiting), None)
        if kept is None:
            raise Refused("Nothing here has to be read again.", "] r goes to what has.")
        at = waiting.index(kept)
        keep(self.workbench.study, [kept])
        self.read_codings()
        left = self._queue()
        if left:
            self._go_to_reread(min(at, len(left) - 1), "Kept. ")
        else:
            self.say(f"Kept. {self._none_left()}")

    def _step_reread(self, *, forward: bool) -> None:
        queue = self._queue()
        if not queue:
            self.say(self._none_left())
            return
        at = self._beside(queue, forward=forward)
        if 0 <= at < len(queue):
            self._go_to_reread(at)
        else:
            way = "after" if forward else "before"
            self.say(f"Nothing {way} this has to be read again; {len(queue)} in all.")

    def _beside(self, queue: list[ToReread], *, forward: bool) -> int:
        """The number of the passage after or before the one that was gone to, or the caret."""
        caret = (self.source_name or "", self.transcript.caret)
        for n, one in enumerate(queue):
            if one.coding.id == self._reread_id and (one.coding.source, one.coding.start) == caret:
                return n + (1 if forward else -1)
        places = [(one.coding.source, one.coding.start) for one in queue]
        return bisect_right(places, caret) if forward else bisect_left(places, caret) - 1

    def _go_to_reread(self, at: int, done: str = "") -> None:
        queue = self._queue()
        one = queue[at]
        self._reread_id = one.coding.id
        hidden = self.only is not None and one.coding.code not in self.only
        if hidden or self.reading or self.shown_layer != self.workbench.study.coder:
            self.shown_layer, self.reading, self.only = self.workbench.study.coder, False, None
            self.read_codings()
        if one.coding.source == self.source_name:
            self.transcript.move_to(one.coding.start)
        else:
            self.open(one.coding.source, one.coding.start)
        self._act_on(one.coding.id)
        self.say(f"{done}{at + 1} of {len(queue)} to read again, y keeps: {self._because(one)}")

    def _act_on(self, coding_id: str) -> None:
        """Let keys act on a coding at the caret."""
        self.pane.settle()
        for _ in self.pane.here():
            if self.pane.here()[0].id == coding_id:
                break
            self.pane.cycle()
        self.show_here()

    def _queue(self) -> list[ToReread]:
        """The coder's own passages to be read again, in order of sources and places."""
        study = self.workbench.study
        newest = newest_event(study)
        if self._reread_at != newest:
            self._reread_at = newest
            self._reread = passages_to_reread(study) if study.coder is not None else []
        if self._reread_code is None:
            return self._reread
        return [one for one in self._reread if self._reread_code in {change.id for change in one.changes}]

    def _none_left(self) -> str:
        self._reread_code = None
        others = len(self._reread)
        return f"Of other codes {others} are left: ] r." if others else "Nothing is left to read again."

    def _because(self, one: ToReread) -> str:
        """Say what became of the code, and when: "'Fear' was redefined in version 2: definition."."""
        change = one.changes[0]
        into = [self.book.by_id[id_].label for id_ in change.names if id_ in self.book.by_id]
        what = ", ".join(into) or ", ".join(field.replace("_", " ") for field in change.names)
        version = self._version_of(change, one.under)
        return f"'{change.label}' {_BECAME[change.kind]} in version {version}{f': {what}' if what else ''}."

    def _version_of(self, change: CodeChange, under: int) -> int:
        """The last version after one in which a code came to be so."""
        study = self.workbench.study
        for number in range(list_versions(study)[-1].number, under + 1, -1):
            found = compare_versions(study, number - 1, number)
            if any((other.id, other.kind) == (change.id, change.kind) for other in found):
                return number
        return under + 1

    def show_here(self) -> None:
        """Show what is at the caret."""
        raise NotImplementedError
