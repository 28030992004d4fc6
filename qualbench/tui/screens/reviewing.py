"""What the screens share that show passages in one scroll to be read again."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from qualbench.coding.talk import Talk, read_talk
from qualbench.coding.undoing import redo, undo
from qualbench.study.journal import newest_event
from qualbench.tui.screens.base import MODES, told
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Header, Status
from qualbench.tui.widgets.passage_list import WORDS_ALONE, PassageList, ShownPassage

_CONTEXT = {WORDS_ALONE: "words alone", 0: "in their turn", 1: "1 turn around"}


class Reviewing(Scrolling):
    """Passages in one scroll, with a line above that says which.

    Args:
        layer: The layer whose codings are shown.
    """

    DEFAULT_CSS = """
    Reviewing #about {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    Reviewing #empty { height: 1fr; padding: 2 4; }
    Reviewing #below { height: auto; max-height: 4; padding: 0 1; border-top: hkey $panel; }
    """

    def __init__(self, layer: str) -> None:
        super().__init__()
        self.shown_layer = layer
        self._talk: dict[str, Talk] = {}
        self._seen: int | None = None  # the newest event when the passages were read

    # What a kind of review says

    def read(self) -> Sequence[ShownPassage]:
        """Read the passages to be shown from the study."""
        raise NotImplementedError

    def about(self) -> str:
        """Say what is reviewed, and how far it is."""
        raise NotImplementedError

    def when_empty(self) -> str:
        """Say why there is nothing, or nothing left, and what can be done."""
        raise NotImplementedError

    def below(self) -> str:
        """Say what stands below the passages; nothing, unless there is a need."""
        return ""

    # Laying out

    def header(self) -> Header:
        """Make the header, with the codebook as the present mode."""
        settings = self.workbench.settings
        return Header(settings.title, self.workbench.study.coder, MODES, "Codebook")

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="about", markup=False)
        yield PassageList()
        yield Static("", id="empty", markup=False)
        yield Static("", id="below", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the cursor of the list."""
        self.view.moved.subscribe(self, self._moved, immediate=True)
        self.view.focus()

    def on_screen_resume(self) -> None:
        """Read the passages anew if anything has changed, as it may have in another mode."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:  # a list or a form that closes is a resume too
            self.reload()

    @property
    def view(self) -> PassageList:
        """The passages that are shown."""
        return self.query_one(PassageList)

    # Reading and showing

    @told
    def reload(self) -> None:
        """Read the passages and the talk around them, and show them."""
        self._talk = {}
        self.refresh_passages()

    def refresh_passages(self) -> None:
        """Read the passages, and show them with the cursor where it was, or on the one that came back."""
        study, view = self.workbench.study, self.view
        newest = newest_event(study)  # before: what changes meanwhile is read again
        there, present = {passage.id for passage in view.passages}, view.present
        passages = self.read()
        self._seen = newest
        self._talk |= read_talk(study, {passage.source for passage in passages} - self._talk.keys())
        places = {passage.id: n for n, passage in enumerate(passages)}
        came = [n for id_, n in places.items() if id_ not in there] if there else []
        cursor = places.get(present.id, view.cursor) if present is not None else 0
        view.show(passages, self._talk, came[0] if len(came) == 1 else cursor)
        view.display = bool(passages)
        empty, below = self.query_one("#empty", Static), self.query_one("#below", Static)
        empty.display = not passages
        empty.update(self.when_empty() if not passages else "")
        below.update(self.below())
        below.display = bool(self.below())
        if passages and self.focused is None:
            view.focus()
        self.show_about()

    def note_own_change(self) -> None:
        """Take it that what is shown holds the newest change, which was made here."""
        self._seen = newest_event(self.workbench.study)

    def show_about(self) -> None:
        """Show what is reviewed, in which layer, and with how much around it."""
        around = _CONTEXT.get(self.view.context, f"{self.view.context} turns around")
        line = f"layer {self.shown_layer}, {around}   {self.about()}"
        self.query_one("#about", Static).update(line, layout=False)

    def _moved(self, view: BlockList) -> None:
        self.show_here()

    def show_here(self) -> None:
        """Say which passage is current."""
        passage, count = self.view.present, len(self.view.passages)
        here = f"{self.view.cursor + 1} of {count}: {self.named(passage)}" if passage else ""
        self.query_one(Status).show_here(here)

    def named(self, passage: ShownPassage) -> str:
        """Name a passage in the status row."""
        return ", ".join(part for part in (passage.source, passage.marks) if part)

    # Moving about

    def action_wider(self) -> None:
        """Show a turn more to either side."""
        self._widen(1)

    def action_narrower(self) -> None:
        """Show a turn less to either side, at last the words alone."""
        self._widen(-1)

    def _widen(self, by: int) -> None:
        if self.view.widen(by):
            self.show_about()
        else:
            self.say("That is all there is around them." if by > 0 else "These are the words alone.")

    def action_open(self) -> None:
        """Open the place in its transcript."""
        passage = self.view.present
        if passage is not None:
            self.workbench.open_source(passage.source, passage.span.start)

    def action_next_layer(self) -> None:
        """Show the passages of the next layer that may be seen."""
        self.shown_layer = self.workbench.next_layer(self.shown_layer)
        self.refresh_passages()
        self.say(f"Layer {self.shown_layer}.")

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        event = undo(self.workbench.study)
        self.refresh_passages()
        self.say(f"Undid: {event.summary}.")

    def action_redo(self) -> None:
        """Make it again."""
        event = redo(self.workbench.study)
        self.refresh_passages()
        self.say(f"Redid: {event.summary}.")

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.app.pop_screen()


def passages_counted(count: int) -> str:
    """Give how many passages there are, in words."""
    return "1 passage" if count == 1 else f"{count} passages"
