"""What the codebook screen shows, and how it is read from the study."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from textual import on, work
from textual.containers import VerticalScroll
from textual.message import Message
from textual.worker import get_current_worker

from qualbench.analysis.code_use import UNUSED, Use
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.blind import visible_layers
from qualbench.errors import NotFound, QualbenchError, Refused
from qualbench.study.journal import newest_event
from qualbench.study.tables import AGREED
from qualbench.tui.entry_details import Details, History, read_details, read_history, read_uses
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.code_tree import CodeTree, TreeHeading
from qualbench.tui.widgets.cross_table import CrossTable
from qualbench.tui.widgets.entry_view import EntryView, entry_text

RESTS = 0.03
"""Seconds for which the cursor rests before its entry is read: while a key is held, none is."""


class OpenCodebook(ModeScreen):
    """The codebook in one layer, with the entry under the cursor."""

    @dataclass
    class Counted(Message):
        """How often the entries are used has been counted."""

        layer: str
        uses: Mapping[str, Use]
        history: History

    @dataclass
    class Described(Message):
        """What hangs on an entry has been read."""

        details: Details

    def __init__(self) -> None:
        super().__init__()
        self.shown_layer = ""  # until the first reading
        self._history = History()
        self._uses: Mapping[str, Use] = {}
        self._seen: int | None = None  # the newest event when the codebook was read

    # What is there

    @property
    def codes(self) -> CodeTree:
        """The tree."""
        return self.query_one(CodeTree)

    @property
    def book(self) -> Codebook:
        """The codebook as it is shown."""
        return self.codes.book

    def chosen(self) -> CodeEntry:
        """Give the entry under the cursor.

        Raises:
            NotFound: If there is none.
        """
        entry = self.codes.entry
        if entry is None:
            raise NotFound(
                "There is no entry here.",
                "esc shows all of them." if self.codes.typed else "a adds one, b brings in a codebook.",
            )
        return entry

    def chosen_in_use(self) -> CodeEntry:
        """Give the entry under the cursor, if it can be changed.

        Raises:
            NotFound: If there is none.
            Refused: If it is retired, or merged into another.
        """
        entry = self.chosen()
        if entry.merged_into is not None:
            raise Refused(
                f"'{entry.label}' was merged into '{self.book.survivor(entry).label}'.", "R brings it back."
            )
        if not entry.in_use:
            raise Refused(f"'{entry.label}' is retired.", "R brings it back.")
        return entry

    # Reading it from the study

    def reload(self) -> None:
        """Read the codebook and show it; the cursor stays on its entry."""
        study = self.workbench.study
        layers = visible_layers(study)
        if self.shown_layer not in layers:
            self.shown_layer = study.coder if study.coder in layers else AGREED
        self._seen = newest_event(study)
        book = read_codebook(study)
        self.query_one("#book").display, self.query_one("#empty").display = bool(len(book)), not len(book)
        self.codes.show_book(book)
        if len(book) and self.focused is None:
            self.codes.focus()
        self.show_heading()
        self._count(self.shown_layer)
        self.describe()

    @told
    def look_again(self) -> None:
        """Read it anew if anything has changed, as it may have in another mode or by somebody else."""
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    @work(thread=True, exclusive=True, group="uses", exit_on_error=False)
    def _count(self, layer: str) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            message: Message = self.Counted(layer, read_uses(study, layer), read_history(study))
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(Counted)
    def _show_counted(self, event: Counted) -> None:
        if event.layer == self.shown_layer:
            self._uses, self._history = event.uses, event.history
            self.codes.show_uses(event.uses)
            self.describe()

    # The entry under the cursor

    @on(CodeTree.Moved)
    @work(exclusive=True, group="entry", exit_on_error=False)
    async def describe(self) -> None:
        """Read what hangs on the entry under the cursor once it rests there, and show it."""
        await asyncio.sleep(RESTS)
        entry = self.codes.entry
        if entry is None:
            self.query_one(CrossTable).show(None)
            return
        try:
            details = await asyncio.to_thread(read_details, self.workbench.study, entry.id, self.shown_layer)
        except QualbenchError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Described(details))

    @on(Described)
    def _show_described(self, event: Described) -> None:
        entry, details = self.codes.entry, event.details
        if entry is None or entry.id != details.code or details.table.layer != self.shown_layer:
            return
        view = self.query_one(EntryView)
        if view.code != entry.id:
            self.query_one("#entry", VerticalScroll).scroll_home(animate=False)
        view.show(entry.id, entry_text(self.book, entry, details, self._history))
        self.query_one(CrossTable).show(details.table)
        self.query_one(Status).show_here(self._here(entry))

    def _here(self, entry: CodeEntry) -> str:
        """Say in a line what stands under the cursor."""
        if entry.merged_into is not None:
            kept = self.book.survivor(entry).label
            return f"'{entry.label}' was merged into '{kept}'; enter shows the passages of that."
        use = self._uses.get(entry.id, UNUSED)
        sources, people = len(use.sources), len(use.participants)
        if not use.codings:
            return f"'{entry.label}' is not used in layer {self.shown_layer}."
        return (
            f"'{entry.label}': {use.codings} coding{'s' * (use.codings != 1)} in {sources} "
            f"source{'s' * (sources != 1)}, of {people} participant{'s' * (people != 1)}, "
            f"layer {self.shown_layer}."
        )

    def show_heading(self) -> None:
        """Show above the tree whose codings are counted, and how much of it is shown."""
        in_use = sum(entry.in_use for entry in self.book.by_id.values())
        shown = f"{len(self.codes.rows)} of {len(self.book)}" if self.codes.typed else f"{in_use} entries"
        self.query_one(TreeHeading).show(f"layer {self.shown_layer}   {shown}")
