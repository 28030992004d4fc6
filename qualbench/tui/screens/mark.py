"""The text behind the review: what is marked in it, and marking more."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from qualbench.redaction.entities import REJECTED, MentionRead, list_entities
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.marking import add_mention
from qualbench.text.motions import words
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source
from qualbench.tui.actions import MARK, bindings
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.moving import Moving
from qualbench.tui.screens.picker import Picker
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.entity_row import MARKS
from qualbench.tui.widgets.source_pane import shown_blocks
from qualbench.tui.widgets.transcript_rows import ShownCoding
from qualbench.tui.widgets.transcript_view import TranscriptView

_COLOURS = {"pending": "#c9a227", "accepted": "#6f8fa6", "rejected": None}


class MarkScreen(Moving, ModeScreen):
    """A source with its marked places; a selection, or the word at the caret, is marked by a key.

    Args:
        source: The name of the source.
        offset: Where the caret begins, a code point of its text.
    """

    place = MARK
    BINDINGS = bindings(MARK)
    DEFAULT_CSS = """
    MarkScreen #title { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, source: str, offset: int) -> None:
        super().__init__()
        self._source, self._offset = source, offset

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="title", markup=False)
        yield TranscriptView(id="transcript")
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Show the source at the place it was opened for."""
        self.transcript.moved.subscribe(self, self._say_what, immediate=True)
        self._show(self._offset)
        self.query_one(TranscriptView).focus()

    def _show(self, offset: int) -> None:
        study = self.workbench.study
        source = read_source(study, self._source)
        marked = [
            _shown(mention, entity.pseudonym or entity.kind)
            for entity in list_entities(study)
            for mention in entity.mentions
            if mention.source == self._source
        ]
        view = self.query_one(TranscriptView)
        view.show(source.text, shown_blocks(source), sorted(marked, key=lambda one: one.span))
        view.move_to(offset)
        self.query_one("#title", Static).update(
            f"{self._source}   {source.summary.state}   {len(marked)} places: ? open, ✓ replaced, · kept"
        )

    def _say_what(self, view: TranscriptView) -> None:
        here = ", ".join(f"{one.letter} {one.label}" for one in view.codings_at(view.caret))
        self.query_one(Status).show_here(
            here or "Nothing is marked here. v begins a selection, a replaces it or the word at the caret."
        )

    def action_select(self) -> None:
        """Begin a selection at the caret, or drop it."""
        view = self.query_one(TranscriptView)
        view.select(view.selection is None)

    def action_next_mention(self) -> None:
        """Move to the next place that is marked."""
        self.query_one(TranscriptView).step_coding(forward=True)

    def action_previous_mention(self) -> None:
        """Move to the place marked before."""
        self.query_one(TranscriptView).step_coding(forward=False)

    def action_add(self) -> None:
        """Replace the selection, or the word at the caret."""
        view = self.query_one(TranscriptView)
        span = view.selection or view.piece_at_caret(words)
        if span is None:
            self.say("The caret stands on no word.")
            return

        def add(kind: str | None) -> None:
            if kind is not None:
                self.attempt(lambda: self._add(span, kind))

        self.app.push_screen(
            Picker("What is it? It is replaced wherever it stands", list(TERMS.items())), add
        )

    def _add(self, span: Span, kind: str) -> None:
        added = add_mention(self.workbench.study, self._source, span, kind=kind)
        self._show(span.start)
        self.say(f"{added.places} places become {added.pseudonym}; u in the list undoes it.")

    def action_back(self) -> None:
        """Drop the selection, or go back to the list."""
        view = self.query_one(TranscriptView)
        if view.selection is not None:
            view.select(False)
        else:
            self.dismiss()


def _shown(mention: MentionRead, label: str) -> ShownCoding:
    words = "kept" if mention.decision == REJECTED else label
    return ShownCoding(
        mention.id,
        Span(mention.start, mention.end),
        mention.decision,
        f"{words} ({mention.reason})",
        MARKS[mention.decision],
        _COLOURS[mention.decision],
    )
