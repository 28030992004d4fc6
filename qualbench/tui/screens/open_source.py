"""What is open in the coding screen, and how it is read from the study."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from textual.widgets import OptionList

from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.coding.blind import visible_layers
from qualbench.coding.codings import list_codings, recent_codes, share_coded
from qualbench.coding.memos import list_memos
from qualbench.coding.progress import state_of, states_of
from qualbench.coding.reading import readers_of
from qualbench.study.journal import newest_event
from qualbench.study.states import FINISHED
from qualbench.study.tables import AGREED
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.moving import Moving
from qualbench.tui.widgets.code_list import CodeList
from qualbench.tui.widgets.source_list import ListedSource, SourceList
from qualbench.tui.widgets.source_pane import SourcePane
from qualbench.tui.widgets.transcript_rows import Stripe, letters_for
from qualbench.tui.widgets.transcript_view import TranscriptView

SOURCES_WIDTH, CODES_WIDTH = 22, 28
"""Cells of the side panes, the rule beside each included."""


class OpenSource(Moving, ModeScreen):
    """The sources that are open, one or two, in one layer; the one with the focus is acted on."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Codebook([])
        self.stripes: dict[str, Stripe] = {}
        self.shown_layer: str | None = None
        self.only: set[str] | None = None  # the codes that are shown; None for all
        self.reading = False
        self.recent: list[str] = []
        self.last: list[str] = []  # what "repeat" puts on words
        self.listed: list[ListedSource] = []
        self.traits: set[str] = set()  # what the listed sources must have
        self.panes = [SourcePane()]
        self._at = 0
        self._seen = 0  # the newest event when the codings were read
        self._listed_at: int | None = None  # `_seen` when the sources were listed

    # What is there

    @property
    def pane(self) -> SourcePane:
        """The pane that keys act on."""
        for n, pane in enumerate(self.panes):
            if pane.view is self.focused:
                self._at = n
        return self.panes[min(self._at, len(self.panes) - 1)]

    @property
    def transcript(self) -> TranscriptView:
        """The transcript that keys act on."""
        return self.pane.view

    @property
    def source_name(self) -> str | None:
        """The name of the source that keys act on."""
        source = self.pane.source
        return source.summary.name if source else None

    def passage(self) -> Span | None:
        """Give what is to be coded: the selection, or the sentence at the caret."""
        return self.transcript.selection or self.transcript.piece_at_caret(sentences)

    def uses(self) -> Counter[str]:
        """Count the codings of each code in the source."""
        return Counter(coding.code for coding in self.pane.codings)

    # Reading it from the study

    def open(self, name: str, at: int | None = None) -> None:
        """Show a source in the pane that keys act on.

        Args:
            name: Its name.
            at: Where to put the caret, a code point; None for its beginning, or where it was.
        """
        study = self.workbench.study
        source = read_source(study, name)
        self.workbench.source_name = name
        self.query_one("#open").display, self.query_one("#empty").display = True, False
        if self.shown_layer is None:
            self.shown_layer = study.coder if study.coder in visible_layers(study, name) else AGREED
        self.pane.show_source(source, at)
        self.read_codebook()
        if not self.recent:
            self.recent = recent_codes(study)
            self.last = self.recent[:1]
        self.read_codings()
        self.read_memos()
        if self._listed_at == self._seen:
            self.query_one(SourceList).show_opened(name, SOURCES_WIDTH - 2)
        else:
            self.list_sources()

    def read_codebook(self) -> None:
        """Read the codebook, and deal letters."""
        self.book = read_codebook(self.workbench.study)
        # what was made and used may have been undone
        self.recent = [code for code in self.recent if code in self.book.by_id]
        self.last = [code for code in self.last if code in self.book.by_id]
        self.stripes = stripes_of(self.book)

    def read_codings(self) -> None:
        """Read the codings of the layer, in every pane, and show them with their counts."""
        study = self.workbench.study
        self._seen = newest_event(study)
        for pane in self.panes:
            if pane.source is None:
                continue
            name = pane.source.summary.name
            layers = visible_layers(study, name)
            layer = self.shown_layer if self.shown_layer in layers else layers[0]
            codings = list_codings(study, source=name, layer=layer)
            if not self.stripes.keys() >= {coding.code for coding in codings}:
                self.read_codebook()  # somebody has made a code meanwhile
            only = set() if self.reading else self.only
            pane.show_codings(codings, self.stripes, only, study.coder)
            pane.state = state_of(study, name)  # the first coding has begun what was assigned
            pane.show_title(self._title(pane, layer))
        codes = self.query_one(CodeList)
        if codes.display:
            codes.show(self.book, self.stripes, self.uses(), CODES_WIDTH - 3)
        self._show_share()

    def read_memos(self) -> None:
        """Read the memos, in every pane."""
        for pane in self.panes:
            if pane.source is not None:
                memos = list_memos(self.workbench.study, source=pane.source.summary.name)
                pane.show_memos(memos, in_margin=self.reading)

    def list_sources(self) -> None:
        """Read the list of sources, if it is shown."""
        view = self.query_one(SourceList)
        if not view.display:
            return
        study = self.workbench.study
        layers = visible_layers(study)
        shares = share_coded(study, self.shown_layer if self.shown_layer in layers else layers[0])
        states, readers = states_of(study), readers_of(study)
        self.listed = [
            ListedSource(
                summary,
                shares.get(summary.name),
                of_source.get(study.coder or ""),
                frozenset(coder for coder, state in of_source.items() if state == FINISHED),
                frozenset(coder for coder, _ in readers.get(summary.name, ())),
            )
            for summary in list_sources(study)
            for of_source in [states.get(summary.name, {})]
        ]
        view.show(self.matching_sources(), self.source_name, SOURCES_WIDTH - 2)
        self._listed_at = self._seen

    def matching_sources(self) -> list[ListedSource]:
        """Give the sources that pass the filter."""
        return [listed for listed in self.listed if self.traits <= listed.traits()]

    def is_stale(self) -> bool:
        """Whether something has changed in the study since the codings were read."""
        return newest_event(self.workbench.study) != self._seen

    def reload(self) -> None:
        """Read again what is open."""
        if self.source_name is not None:
            self.open(self.source_name)

    def _show_share(self) -> None:
        view, pane = self.query_one(SourceList), self.pane
        if not view.display or pane.source is None:
            return
        for n, listed in enumerate(self.listed):
            shown = replace(listed, share=pane.share, state=pane.state)
            if listed.summary.id == pane.source.summary.id and listed != shown:
                self.listed[n] = shown
                view.show_share(self.listed[n], SOURCES_WIDTH - 2)

    def _title(self, pane: SourcePane, layer: str) -> str:
        assert pane.source is not None
        summary, share = pane.source.summary, pane.share
        parts = [summary.name, *([pane.state] if pane.state else [])]
        if self.reading:
            parts.append("reading, codes hidden")
        else:
            coded = "" if share is None else f", {share:.0%} coded"
            count = len(pane.codings)
            parts.append(f"layer {layer}: {count} coding{'s' * (count != 1)}{coded}")
            if self.only is not None:
                parts.append(f"only {len(self.only)} codes")
        where = ", ".join(part for part in (summary.timepoint, summary.site, summary.mode) if part)
        return "   ".join([*parts, where, f"{summary.words:,} words"])

    def next_focus(self) -> None:
        """Give the focus to the next pane."""
        places: list[OptionList | TranscriptView] = [pane.view for pane in self.panes]
        if self.query_one(SourceList).display:
            places.insert(0, self.query_one(SourceList))
        if self.query_one("#codes").display:
            places.append(self.query_one(CodeList))
        at = next((n for n, place in enumerate(places) if place.has_focus), -1)
        self.set_focus(places[(at + 1) % len(places)])


def stripes_of(book: Codebook) -> dict[str, Stripe]:
    """Give what each code is shown by: a code with a key has that for its letter, the others what is left."""
    entries = [entry for _, entry in book.walk(whole=True)]
    keyed = {entry.id: entry.key for entry in entries if entry.key}
    rest = sorted((e for e in entries if e.id not in keyed), key=lambda e: e.level != "code")
    letters = {**letters_for([e.id for e in rest], frozenset(keyed.values())), **keyed}
    return {e.id: Stripe(e.label, letters[e.id], book.colour(e.id)) for e in entries}
