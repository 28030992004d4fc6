"""Mode 4: a transcript with what is coded in it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Footer, Static

from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.coding.blind import visible_layers
from qualbench.coding.codings import list_codings
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from qualbench.transcripts.sources import SourceRead, list_sources, read_source
from qualbench.tui.actions import TRANSCRIPT, bindings
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.moving import Moving
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.transcript_view import (
    ShownBlock,
    ShownCoding,
    TranscriptView,
    letters_for,
)

EMPTY = "No source is open. Press 1 for the study, choose one there and press enter."


class CodeScreen(Moving, ModeScreen):
    """A transcript in its reading measure, stripes and tints for the codings of one layer."""

    place = TRANSCRIPT
    BINDINGS = bindings(TRANSCRIPT)
    DEFAULT_CSS = """
    CodeScreen #title { height: 1; padding: 0 1; color: $text-muted; }
    CodeScreen #empty { height: 1fr; padding: 2 4; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._source: SourceRead | None = None
        self._book = Codebook([])
        self._layer = AGREED

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="title", markup=False)
        yield TranscriptView(id="transcript")
        yield Static(EMPTY, id="empty", markup=False)
        yield Status()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Open the source that was asked for, if one was."""
        self._open_asked()

    def on_screen_resume(self) -> None:
        """Open another source if another was asked for."""
        self._open_asked()

    @told
    def _open_asked(self) -> None:
        name = self.workbench.source_name
        view = self.query_one(TranscriptView)
        view.display, self.query_one("#empty").display = name is not None, name is None
        if name is None:
            return
        study = self.workbench.study
        before = self._source
        self._source, self._book = read_source(study, name), read_codebook(study)
        if self._layer not in visible_layers(study, name):
            self._layer = AGREED
        if before is not None and (before.summary, before.text) == (self._source.summary, self._source.text):
            view.show_codings(self._shown_codings())
        else:
            view.show(self._source.text, shown_blocks(self._source), self._shown_codings())
        view.focus()

    def _shown_codings(self) -> list[ShownCoding]:
        if self._source is None:
            return []
        name = self._source.summary.name
        layer = self._layer
        codings = list_codings(self.workbench.study, source=name, layer=layer)
        order = [entry.id for _, entry in self._book.walk()]
        letters = letters_for(sorted(order, key=lambda code: self._book.by_id[code].level != "code"))
        shown = [
            ShownCoding(
                Span(c.start, c.end),
                c.code,
                self._book.by_id[c.code].label,
                letters[c.code],
                self._book.colour(c.code),
            )
            for c in codings
        ]
        summary = self._source.summary
        where = ", ".join(part for part in (summary.timepoint, summary.site, summary.mode) if part)
        title = f"{name}   layer {layer}: {len(shown)} codings   {where}   {summary.words:,} words"
        self.query_one("#title", Static).update(title)
        return shown

    @on(TranscriptView.CaretMoved)
    def _name_codes(self, event: TranscriptView.CaretMoved) -> None:
        if not event.codings:
            self.say("No code here. n goes to the next coded passage." if self._source else "")
            return
        names = ", ".join(f"{coding.letter} {coding.label}" for coding in event.codings)
        codes = "1 code" if len(event.codings) == 1 else f"{len(event.codings)} codes"
        self.say(f"{codes} here ({self._layer}): {names}")

    def action_next_coding(self) -> None:
        """Move to the next coded passage."""
        self.query_one(TranscriptView).step_coding(forward=True)

    def action_previous_coding(self) -> None:
        """Move to the coded passage before."""
        self.query_one(TranscriptView).step_coding(forward=False)

    def action_next_source(self) -> None:
        """Open the next source of the list."""
        self._step_source(1)

    def action_previous_source(self) -> None:
        """Open the source before."""
        self._step_source(-1)

    def _step_source(self, step: int) -> None:
        names = [summary.name for summary in list_sources(self.workbench.study)]
        if self._source is None or not names:
            return
        at = names.index(self._source.summary.name) + step
        if 0 <= at < len(names):
            self.workbench.source_name = names[at]
            self._open_asked()
        else:
            self.say("There is no further source that way.")

    def action_next_layer(self) -> None:
        """Show the codings of the next layer that may be seen of this source."""
        if self._source is None:
            return
        self._layer = self.workbench.next_layer(self._layer, self._source.summary.name)
        self.query_one(TranscriptView).show_codings(self._shown_codings())

    def action_to_study(self) -> None:
        """Go back to the study."""
        self.app.switch_mode("study")


def shown_blocks(source: SourceRead) -> list[ShownBlock]:
    """Give what is shown of a source: its turns without labels, and what stands between them."""
    blocks: list[ShownBlock] = []
    position = 0

    def between(start: int, end: int) -> None:
        at = start
        for paragraph in source.text[start:end].split("\n\n"):
            if paragraph.strip():
                lead = len(paragraph) - len(paragraph.lstrip())
                blocks.append(ShownBlock(Span(at + lead, at + len(paragraph.rstrip()))))
            at += len(paragraph) + 2

    for turn in source.turns:
        between(position, turn.label_start)
        blocks.append(ShownBlock(Span(turn.start, turn.end), turn.speaker or "·", turn.role, turn.n))
        position = turn.end
    between(position, len(source.text))
    return blocks
