"""Mode 4: reading and coding a transcript, with the sources and the codes beside it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus, Resize
from textual.widgets import OptionList, Static

from qualbench.coding.blind import visible_layers
from qualbench.coding.memos import MemoRead
from qualbench.coding.reading import mark_read, readers_of
from qualbench.transcripts.sources import list_sources
from qualbench.tui.actions import CODE, bindings
from qualbench.tui.memory import read_folded, write_folded
from qualbench.tui.screens.applying import Applying
from qualbench.tui.screens.base import told
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.finding import Finding
from qualbench.tui.screens.finishing import Finishing
from qualbench.tui.screens.noting import Noting
from qualbench.tui.screens.open_source import CODES_WIDTH, SOURCES_WIDTH
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.raising import Raising
from qualbench.tui.screens.rereading import Rereading
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.code_list import CodeList
from qualbench.tui.widgets.lines import Lines
from qualbench.tui.widgets.source_list import SourceList, filters
from qualbench.tui.widgets.source_pane import SourcePane
from qualbench.tui.widgets.transcript_rows import clock
from qualbench.tui.widgets.transcript_view import TranscriptView

EMPTY = "No source is open. Press 1 for the study, choose one there and press enter."
ROOM_FOR_CODES, ROOM_FOR_BOTH = 100, 118
"""Columns of the terminal from which the side panes are shown unless folded."""


HERE_LINES = 11


class CodeScreen(Applying, Noting, Raising, Finding, Rereading, Finishing):
    """Sources to the left, transcript in the middle, codes and what is here to the right."""

    place = CODE
    BINDINGS = bindings(CODE)
    DEFAULT_CSS = f"""
    CodeScreen #empty {{ height: 1fr; padding: 2 4; }}
    CodeScreen SourceList {{ width: {SOURCES_WIDTH}; padding: 0 1 0 0; border-right: vkey $panel; }}
    CodeScreen #codes {{ width: {CODES_WIDTH}; padding: 0 0 0 1; border-left: vkey $panel; }}
    CodeScreen #here {{ height: {HERE_LINES}; margin: 1 0 0 0; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self._folded: dict[str, bool] = {}  # the side panes that a person has shown or hidden

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        with Horizontal(id="open"):
            yield SourceList()
            with Vertical(id="pages"):
                yield self.panes[0]
            with Vertical(id="codes"):
                yield CodeList()
                yield Lines(HERE_LINES, id="here")
        yield Static(EMPTY, id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Open the source that was asked for, if one was."""
        self.transcript.moved.subscribe(self, self._caret_moved, immediate=True)
        self._folded = read_folded(self.workbench.study)
        self._fold()
        self._open_asked()

    def on_screen_resume(self) -> None:
        """Open another source if another was asked for, and see what has changed meanwhile."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        asked = self.workbench.source_name != self.source_name or self.workbench.source_place is not None
        if asked or self.is_stale():  # a list or a line to type that closes is a resume too
            self._open_asked()

    def on_resize(self, event: Resize) -> None:
        """Show the side panes that there is room for."""
        self._fold()

    @told
    def _open_asked(self) -> None:
        name = self.workbench.source_name
        self.query_one("#open").display, self.query_one("#empty").display = name is not None, name is None
        if name is not None:
            self.open(name, self.workbench.source_place)
            self.workbench.source_place = None
            self.reread_asked()
            if not isinstance(self.focused, TranscriptView):
                self.set_focus(self.transcript)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show by its title which half keys act on."""
        if isinstance(event.widget, TranscriptView):
            for pane in self.panes:
                pane.set_class(pane.view is event.widget, "acted-on")

    # What is here

    def _caret_moved(self, view: TranscriptView) -> None:
        if view is self.transcript:
            self.pane.settle()
            self.show_here()

    def show_here(self) -> None:
        """Name every code at the caret, and who speaks."""
        pane, view = self.pane, self.transcript
        here = pane.here()
        names = ", ".join(f"{one.letter} {one.label}{_marks(one.exemplar, one.meaning)}" for one in here)
        if view.selection is not None:
            span = view.selection
            words = len(self.transcript_text(span).split()) if pane.source else 0
            said = f"{words} word{'s' * (words != 1)} selected" + (f"; codes here: {names}" if here else "")
        elif here:
            said = f"{len(here)} code{'s' * (len(here) != 1)} here: {names}"
        elif self.reading:
            said = "\n".join(memo.text for memo in self._memos_here()) or "Reading; M writes a note here."
        else:
            said = "No code here. c codes the sentence, v selects words."
        self.query_one(Status).show_here(" ".join(said.split()) if pane.source else "")
        self._show_beside()

    def _show_beside(self) -> None:
        """Show the same beside the transcript, a line each, the coding that keys act on first."""
        if not self.query_one("#codes").display:
            return
        pane, view = self.pane, self.transcript
        lines = []
        block = view.shown_block()
        if block is not None and block.speaker:  # first, so that it stays where it is while codes change
            time = f", {clock(block.time)}" if block.time is not None else ""
            lines += [f"turn {block.number}: {block.speaker}{time}", block.who, ""]
        for n, one in enumerate(pane.here()):
            noted = " ✎" if any(memo.coding == one.id for memo in pane.memos) else ""
            by = f" · {one.layer}" if one.foreign else ""
            lines.append(f"{'>' if n == 0 else ' '} {one.letter} {one.label}{by}{noted}")
            if marks := _marks(one.exemplar, one.meaning).strip():
                lines.append(f"    {marks}")
        if not pane.here():
            lines.append("no code here")
        lines += [f"✎ {memo.created_by}: {' '.join(memo.text.split())}" for memo in self._memos_here()]
        self.query_one(Lines).show(lines)

    def _memos_here(self) -> list[MemoRead]:
        view = self.transcript
        block = view.block_at(view.caret)
        return [
            memo
            for memo in self.pane.memos
            if memo.coding is None and memo.start is not None and view.block_at(memo.start) == block
        ]

    # Other sources

    @on(OptionList.OptionSelected, "SourceList")
    def _open_listed(self, event: OptionList.OptionSelected) -> None:
        def open_it() -> None:
            self.open(str(event.option.id))
            self.set_focus(self.transcript)

        self.attempt(open_it)

    @on(OptionList.OptionSelected, "CodeList")
    def _choose_code(self, event: OptionList.OptionSelected) -> None:
        self.attempt(lambda: self.choose_listed(str(event.option.id)))

    def action_next_source(self) -> None:
        """Open the next source of the list."""
        self._step_source(1)

    def action_previous_source(self) -> None:
        """Open the source before."""
        self._step_source(-1)

    def _step_source(self, step: int) -> None:
        if self.listed:
            names = [listed.summary.name for listed in self.matching_sources()]
        else:
            names = [summary.name for summary in list_sources(self.workbench.study)]
        if self.source_name is None or not names:
            return
        at = names.index(self.source_name) + step if self.source_name in names else 0
        if 0 <= at < len(names):
            self.open(names[at])
        else:
            self.say("There is no further source that way.")

    def action_filter_sources(self) -> None:
        """List only the sources of some kind, or all again."""
        self._folded["sources"] = False
        self._fold()
        self.list_sources()
        choices = [("", "all sources")] if self.traits else []
        choices += [
            (trait, f"{'✓' if trait in self.traits else ' '} {trait}  ({count})")
            for trait, count in filters(self.listed).items()
        ]

        def keep(choice: str | None) -> None:
            if choice is not None:
                self.traits = self.traits ^ {choice} if choice else set()
                self.attempt(self.list_sources)
                self.say(f"{len(self.matching_sources())} of {len(self.listed)} sources listed.")

        self.app.push_screen(Picker("List the sources with", choices), keep)

    # What is shown of a source

    def action_next_layer(self) -> None:
        """Show the codings of the next layer that may be seen of this source."""
        if self.source_name is None:
            return
        layers = visible_layers(self.workbench.study, self.source_name)
        at = layers.index(self.shown_layer) if self.shown_layer in layers else -1
        self.shown_layer = layers[(at + 1) % len(layers)]
        self.read_codings()
        self.list_sources()
        self.say(f"Layer {self.shown_layer}: {len(self.pane.codings)} codings here.")

    def action_filter(self) -> None:
        """Show some codes or themes only, or all again."""
        if self.only is not None:
            self.only = None
            self.read_codings()
            self.say("All codes are shown.")
            return

        def show(picked: Picked | None) -> None:
            if picked is not None:
                self.only = {e.id for code in picked.codes for _, e in self.book.walk(code)} | {*picked.codes}
                self.attempt(self.read_codings)
                self.say(f"{len(self.only)} codes are shown; f shows all.")

        self.app.push_screen(
            CodePicker("Show only", self.book, self.recent, self.uses(), creates=False), show
        )

    def action_reading(self) -> None:
        """Read without codes, with notes in the margin; or code again."""
        self.reading = not self.reading
        self._fold()
        if self.source_name is not None:
            self.read_codings()
            self.read_memos()
        self.say(
            "Reading: codes are hidden. M writes a note, r marks the source as read, R codes again."
            if self.reading
            else "Coding again."
        )

    def action_read(self) -> None:
        """Mark the source as read by the coder at work, or take that back."""
        name, study = self.source_name, self.workbench.study
        if name is None:
            return
        by = {coder for coder, _ in readers_of(study).get(name, ())}
        mark_read(study, name, take_back=study.coder in by)
        self.list_sources()
        self.say(f"{name}: " + ("no longer marked as read." if study.coder in by else "read by you."))

    def source_at_hand(self) -> str | None:
        """Give the name of the source that keys act on."""
        return self.source_name

    def state_changed(self) -> None:
        """Show what has become of the source."""
        self.read_codings()
        self.list_sources()

    # Panes

    def action_split(self) -> None:
        """Show a second place of this or another source, or close it again."""
        panes = self.panes
        if len(panes) == 1:
            self.run_worker(self._add_pane(), exclusive=True)
        else:
            panes.pop().remove()
            self.workbench.source_name = panes[0].source.summary.name if panes[0].source else None
            self.set_focus(panes[0].view)

    async def _add_pane(self) -> None:
        name, caret = self.source_name, self.transcript.caret
        second = SourcePane()
        await self.query_one("#pages").mount(second)
        self.panes.append(second)
        second.view.moved.subscribe(self, self._caret_moved, immediate=True)
        self.set_focus(second.view)
        if name is not None:
            self.attempt(lambda: self.open(name, caret))
        self.say("] s or the list opens another source in this half; tab goes across, | closes it.")

    def action_other_pane(self) -> None:
        """Give the focus to the next pane."""
        self.next_focus()

    def action_fold_sources(self) -> None:
        """Show or hide the list of sources."""
        self._toggle("sources", self.query_one(SourceList).display)

    def action_fold_codes(self) -> None:
        """Show or hide the list of codes."""
        self._toggle("codes", bool(self.query_one("#codes").display))

    def _toggle(self, pane: str, shown: bool) -> None:
        self._folded[pane] = shown
        write_folded(self.workbench.study, {pane: shown})
        self._fold()
        if self.source_name is not None:
            self.read_codings()
            self.list_sources()
            self.show_here()

    def _fold(self) -> None:
        width = self.app.size.width
        sources, codes = self.query_one(SourceList), self.query_one("#codes")
        folded = {"sources": width < ROOM_FOR_BOTH, "codes": width < ROOM_FOR_CODES} | self._folded
        sources.display = not folded["sources"] and not self.reading
        codes.display = not folded["codes"] and not self.reading
        if self.focused is None or not self.focused.display:
            self.set_focus(self.transcript)

    def action_definition(self) -> None:
        """Go to the codebook, to the code here or the one under the cursor of the list."""
        listed = self.query_one(CodeList)
        here = [one.code for one in self.pane.here()] if self.source_name is not None else []
        code = listed.code if listed.has_focus else next(iter(here), None)
        if code is None:
            self.say("No code stands here; 5 goes to the codebook.")
        else:
            self.workbench.open_code(code)

    def action_back(self) -> None:
        """Drop what is selected or found, or go back to where one came from."""
        if self.transcript.selection is not None:
            self.transcript.select(False)
            self.show_here()
        elif self.pane.hits:
            self.pane.hits = []
            self.transcript.show_hits([])
            self.say("")
        else:
            self.app.switch_mode(self.workbench.came_from)


def _marks(exemplar: bool, meaning: str | None) -> str:
    marks = [mark for mark in ("exemplar" if exemplar else "", meaning or "") if mark]
    return f" ({', '.join(marks)})" if marks else ""
