"""The six phases of the analysis: what is there of each, what is missing, and where to go for it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import get_current_worker

from qualbench.analysis.findings import Finding
from qualbench.analysis.phases import Phase, phases
from qualbench.codebook.tree import read_codebook
from qualbench.coding.rereading import passages_to_reread
from qualbench.errors import QualbenchError
from qualbench.study.journal import newest_event
from qualbench.study.stance import wording
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import list_sources
from qualbench.tui.actions import PHASES, bindings
from qualbench.tui.screens.base import MODES, told
from qualbench.tui.screens.review import review_theme, review_uncaptured
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.screens.versions import VersionsScreen
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Header, Status
from qualbench.tui.widgets.text_blocks import Line, TextBlock, TextBlocks

_MODES = {
    ("import",): ("import", "the files to bring in"),
    ("memo",): ("memos", "the memos"),
    ("code",): ("code", "the transcripts"),
    ("codebook",): ("codebook", "the codebook"),
    ("reconcile",): ("reconcile", "the differences of coders"),
    ("matrix",): ("matrix", "the matrix"),
}
"""By the beginning of a command, the mode in which the same can be done, and what it is called."""

Way = tuple[str, Callable[[], object]]
"""Where something missing can be mended, in words, and what goes there."""


class PhasesScreen(Scrolling):
    """The phases one below the other; the cursor stands on what is missing."""

    place = PHASES
    BINDINGS = bindings(PHASES)
    DEFAULT_CSS = """
    PhasesScreen TextBlocks { padding: 1 0 0 0; }
    """

    @dataclass
    class Found(Message):
        """The phases have been looked at."""

        phases: list[Phase]
        newest: int

    def __init__(self) -> None:
        super().__init__()
        self._missing: dict[str, Finding] = {}
        self._seen: int | None = None  # the newest event when the phases were looked at

    def header(self) -> Header:
        """Make the header, with the study as the present mode."""
        settings = self.workbench.settings
        return Header(settings.title, self.workbench.study.coder, MODES, "Study")

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        yield self.header()
        yield TextBlocks()
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the cursor."""
        self._blocks.moved.subscribe(self, self._show_way, immediate=True)
        self._blocks.focus()

    def on_screen_resume(self) -> None:
        """Look again if anything has changed."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    def reload(self) -> None:
        """Look at the phases of the study as it is now."""
        self.say("Looking at the study ...")
        self._look()

    @work(thread=True, exclusive=True, group="phases", exit_on_error=False)
    def _look(self) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            newest = newest_event(study)  # before: what changes meanwhile is looked at again
            message: Message = self.Found(phases(study), newest)
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    def on_phases_screen_found(self, event: Found) -> None:
        """Show what there is and what is missing."""
        view = self._blocks
        present = view.present
        self._seen = event.newest
        self._missing = {}
        stance = wording(self.workbench.settings.stance)
        intro = f"{stance.kind[0].upper()}{stance.kind[1:]}. {stance.themes} One goes back and forth between "
        blocks = [TextBlock((Line((("muted", f"{intro}the phases; none is locked."),), 2),))]
        for phase in event.phases:
            blocks += self._of_phase(phase)
        ids = [block.id for block in blocks]
        view.show(blocks, ids.index(present.id) if present is not None and present.id in ids else 0)
        self.query_one(Status).clear()
        self._show_way(view)

    def _of_phase(self, phase: Phase) -> list[TextBlock]:
        number, there, missing = phase.number, len(phase.there), len(phase.missing)
        title = Line(
            (("heading", f"{number}  {phase.title}"), ("muted", f"  {there} there, {missing} missing"))
        )
        lines = [Line((("plain", f"✓ {finding.sentence}"),), 3) for finding in phase.there]
        blocks = [TextBlock((title, *lines))]
        for n, finding in enumerate(phase.missing):
            id_ = f"{number}.{n}"
            self._missing[id_] = finding
            blocks.append(TextBlock((Line((("strong", f"missing: {finding.sentence}"),), 3),), id_))
        return blocks

    # Where it leads

    def _show_way(self, view: BlockList) -> None:
        finding = self._present()
        if finding is None:
            self.query_one(Status).show_here("")
            return
        way = self._way(finding.leads_on)
        command = f"In a terminal: {finding.leads_on}" if finding.leads_on else ""
        self.query_one(Status).show_here(f"enter goes to {way[0]}." if way else command)

    def _present(self) -> Finding | None:
        block = self._blocks.present
        return self._missing.get(block.id) if block is not None else None

    def _way(self, command: str) -> Way | None:
        """Where the workbench does what a command does; None where only the command does it."""
        app = self.workbench
        words = shlex.split(command)[1:]
        layer = words[words.index("--layer") + 1] if "--layer" in words[:-1] else AGREED
        match words:
            case ["read" | "code", *_] if words[-1] in self._names():
                return words[-1], lambda: app.open_source(words[-1])
            case ["code", "uncoded", *_]:
                return "what no theme captures", lambda: app.push_screen(review_uncaptured(layer))
            case ["checked", *_]:
                return "the sources; c marks one as checked there", app.pop_screen
            case ["codebook", "release", *_]:
                return "the versions", lambda: app.push_screen(VersionsScreen())
            case ["codebook", "reread", *_]:
                return "the passages to be read again", self._reread
            case ["codebook", "review", theme, *_] if theme in read_codebook(app.study).by_id:
                return "its passages", lambda: app.push_screen(review_theme(theme, layer))
            case [first, *_] if (first,) in _MODES and _MODES[first,][0] in app.MODES:
                mode, name = _MODES[first,]
                return name, lambda: app.switch_mode(mode)
        return None

    def _names(self) -> set[str]:
        return {source.name for source in list_sources(self.workbench.study)}

    def _reread(self) -> None:
        waiting = passages_to_reread(self.workbench.study)
        if waiting:
            self.workbench.open_source(waiting[0].coding.source, waiting[0].coding.start)
        else:
            self.say("None of your own passages has to be read again.")

    def action_follow(self) -> None:
        """Go where what is missing can be mended."""
        finding = self._present()
        if finding is None:
            return
        way = self._way(finding.leads_on)
        if way is not None:
            way[1]()
        elif finding.leads_on:
            self.say(f"In a terminal: {finding.leads_on}")

    @property
    def _blocks(self) -> TextBlocks:
        return self.query_one(TextBlocks)

    def action_back(self) -> None:
        """Go back to the sources."""
        self.app.pop_screen()
