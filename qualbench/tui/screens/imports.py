"""Mode 2: files read and looked at, then brought in; nothing is stored before that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import DataTable, Static
from textual.worker import Worker, get_current_worker

from qualbench.errors import BadInput, QualbenchError
from qualbench.transcripts.attributes import KINDS, MODES, Attributes, check_date
from qualbench.transcripts.candidates import INTERVIEWER, Candidate
from qualbench.transcripts.duplicates import CHOICES
from qualbench.transcripts.importing import commit, find_files
from qualbench.transcripts.intake import Intake
from qualbench.transcripts.participants import list_participants
from qualbench.tui.actions import IMPORT, bindings
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.import_form import ImportForm, ToRead
from qualbench.tui.screens.picker import Picker
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.file_row import FILE_WIDTH, FileRow
from qualbench.tui.widgets.import_preview import details, headline
from qualbench.tui.widgets.table import RowTable

EMPTY = (
    "Here will be the files to bring in: how each reads, who speaks, and what is odd about it. Nothing is "
    "stored before you say so.\n\nPress o to read a file or a folder."
)
_NO_LABEL = "\0no label"


class ImportScreen(ModeScreen):
    """Files at the left, the file under the cursor at the right: its speakers, first and last turn, notes."""

    place = IMPORT
    BINDINGS = bindings(IMPORT)
    DEFAULT_CSS = """
    ImportScreen #empty { height: 1fr; padding: 2 4; }
    ImportScreen #panes { height: 1fr; }
    ImportScreen #files { width: 60; height: 1fr; scrollbar-size-horizontal: 0; }
    ImportScreen #preview { width: 1fr; height: 1fr; padding: 0 1 0 2; }
    ImportScreen #headline { height: 4; }
    ImportScreen #speakers { height: auto; max-height: 40%; margin-bottom: 1; scrollbar-size-horizontal: 0; }
    ImportScreen DataTable { background: $background; }
    ImportScreen #details { height: auto; }
    ImportScreen.narrow #panes { layout: vertical; }
    ImportScreen.narrow #files { width: 1fr; height: 2fr; }
    ImportScreen.narrow #preview { height: 3fr; padding: 1 1 0 1; }
    ImportScreen.narrow #headline { height: 3; }
    """

    class FileRead(Message):
        """A file was read, or could not be."""

        def __init__(self, number: int, row: FileRow, total: int) -> None:
            super().__init__()
            self.number, self.row, self.total = number, row, total

    class FileImported(Message):
        """A file came in, or could not."""

        def __init__(self, row: FileRow, fault: QualbenchError | None, done: int, total: int) -> None:
            super().__init__()
            self.row, self.fault, self.done, self.total = row, fault, done, total

    class Opened(Message):
        """The study and the manifest were read; these are the files."""

        def __init__(self, intake: Intake, files: list[Path], notes: list[str]) -> None:
            super().__init__()
            self.intake, self.files, self.notes = intake, files, notes

    class Ended(Message):
        """A worker has ended, by itself or because it was stopped."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self) -> None:
        super().__init__()
        self._intake: Intake | None = None
        self._rows: list[FileRow] = []
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static(EMPTY, id="empty", markup=False)
        with Horizontal(id="panes"):
            yield RowTable(id="files", cursor_type="row")
            with Vertical(id="preview"):
                yield Static("", id="headline", markup=False)
                yield RowTable(id="speakers", cursor_type="row")
                with VerticalScroll(can_focus=False):
                    yield Static("", id="details", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Show that there is nothing yet."""
        files = self.query_one("#files", RowTable)
        for name, width in ((" ", 1), ("file", FILE_WIDTH), ("turns", 5), ("state", 18)):
            files.add_column(name, width=width)
        self.query_one("#speakers", RowTable).add_columns("speaker", "turns", "who", "says")
        self._show_list()

    def on_resize(self) -> None:
        """Put the panes above one another where there is no room beside."""
        self.set_class(self.app.size.width < 110, "narrow")

    def action_open(self) -> None:
        """Ask what to read, and read it."""
        if self._busy():
            return

        def read(asked: ToRead | None) -> None:
            if asked is not None:
                self.read(asked)

        self.app.push_screen(ImportForm(), read)

    def read(self, asked: ToRead) -> None:
        """Read files in the background."""
        self._rows = []
        self._worker = self._read(asked)

    @work(thread=True, exclusive=True, group="import")
    def _read(self, asked: ToRead) -> None:
        worker = get_current_worker()
        try:
            intake = Intake(self.workbench.study, asked.manifest, asked.pattern)
            files, notes = find_files([asked.path])
        except QualbenchError as fault:
            self.post_message(self.Ended(str(fault)))
            return
        self.post_message(self.Opened(intake, files, [*notes, *(str(fault) for fault in intake.faults)]))
        for number, path in enumerate(files):
            if worker.is_cancelled:
                self.post_message(self.Ended(f"Stopped: {number} of {len(files)} files read."))
                return
            row = FileRow(path)
            try:
                row.candidate = intake.prepare(path)
            except QualbenchError as fault:
                row.fault = fault
            self.post_message(self.FileRead(number, row, len(files)))
        told = " ".join(notes)
        self.post_message(self.Ended(f"{len(files)} files read, none stored yet. i brings them in. {told}"))

    @on(Opened)
    def _show_opened(self, event: Opened) -> None:
        self._intake = event.intake
        self._rows = [FileRow(path) for path in event.files]
        self._show_list()

    @on(FileRead)
    def _show_read(self, event: FileRead) -> None:
        self._rows[event.number] = event.row
        self._show_row(event.number)
        if event.number == self.query_one("#files", RowTable).cursor_row:
            self._show_preview()
        self.say(f"Reading {event.number + 1} of {event.total}: {event.row.name}. esc stops.")

    @on(Ended)
    def _show_end(self, event: Ended) -> None:
        self._worker = None
        self._show_list()
        self.say(event.sentence)

    @on(DataTable.RowHighlighted, "#files")
    def _show_other(self) -> None:
        self._show_preview()

    def action_row_down(self) -> None:
        """Move the cursor down in the pane that has it."""
        self._move(1)

    def action_row_up(self) -> None:
        """Move the cursor up in the pane that has it."""
        self._move(-1)

    def _move(self, step: int) -> None:
        table = self.focused
        if not isinstance(table, RowTable):
            return
        table.move_cursor(row=table.cursor_row + step)
        row = self._row()
        if row is not None and table.id == "files" and self._worker is None:
            self.say(f"{row.name}: {row.state(self._intake)}.")

    def action_mark(self) -> None:
        """Mark the file under the cursor, or take the mark off."""
        row = self._row()
        if row is not None:
            row.marked = not row.marked
            files = self.query_one("#files", RowTable)
            self._show_row(files.cursor_row)
            files.action_cursor_down()

    def action_mark_all(self) -> None:
        """Mark every file, or none if all are."""
        every = all(row.marked for row in self._rows)
        for row in self._rows:
            row.marked = not every
        self._show_list()

    def action_speaker(self) -> None:
        """Say who the speaker under the cursor is."""
        row, label = self._row(), self._label()
        if row is None or row.candidate is None or label is None or self._busy():
            return
        people = [(p.id, f"{p.id}  {p.stakeholder}") for p in list_participants(self.workbench.study)]
        title = f"Who is {label[0] or 'the talk without a label'}?"

        def assign(who: str | None) -> None:
            if who is not None:
                self._revise([row], lambda intake, file: intake.revise(file, assigned={label[0]: who}))

        self.app.push_screen(Picker(title, [(INTERVIEWER, "an interviewer"), *people]), assign)

    def action_merge(self) -> None:
        """Say that the label under the cursor is another misspelt, or no label at all."""
        row, label = self._row(), self._label()
        if row is None or row.candidate is None or label is None or label[0] is None or self._busy():
            return
        old = label[0]
        others = [found for found in row.candidate.speakers if found.label and found.label != old]
        like = next((found.like for found in row.candidate.speakers if found.label == old), None)
        others.sort(key=lambda found: found.label != like)
        choices = [
            (found.label or "", f"the same as {found.label} ({found.turns} turns)") for found in others
        ]

        def merge(new: str | None) -> None:
            if new is not None:
                labels = {old: None if new == _NO_LABEL else new}
                self._revise([row], lambda intake, file: intake.revise(file, labels=labels))

        self.app.push_screen(
            Picker(f"What is {old}?", [*choices, (_NO_LABEL, "no label: these are words")]), merge
        )

    def action_label(self) -> None:
        """Say that what was taken as words is a speaker after all."""
        row = self._row()
        if row is None or row.candidate is None or self._busy():
            return
        doubtful = row.candidate.transcript.doubtful
        if not doubtful:
            self.say("Nothing in this file looks like a label and was taken as words.")
            return

        def accept(label: str | None) -> None:
            if label is not None:
                self._revise([row], lambda intake, file: intake.revise(file, labels={label: label}))

        choices = [(label, f"{label}:") for label in doubtful]
        self.app.push_screen(Picker("A speaker after all", choices), accept)

    def action_attributes(self) -> None:
        """Set kind, timepoint, site, mode or date of the marked files, or of the one under the cursor."""
        rows = self._chosen_rows()
        if not rows or self._busy():
            return
        settings = self.workbench.settings
        lists = {"timepoint": settings.timepoints, "site": settings.sites, "kind": KINDS, "mode": MODES}
        choices = [(f"{name}={item}", f"{name}: {item}") for name, items in lists.items() for item in items]

        def as_date(text: str) -> tuple[str, str] | None:
            try:
                check_date(text, "")
            except BadInput:
                return None
            return f"date={text}", f"date: {text}"

        def give(chosen: str | None) -> None:
            if chosen is not None:
                name, _, value = chosen.partition("=")
                self._revise(
                    rows, lambda intake, file: intake.revise(file, attributes=Attributes(**{name: value}))
                )

        title = f"For {len(rows)} marked files" if len(rows) > 1 else f"For {rows[0].name}"
        self.app.push_screen(Picker(f"{title} (or type a date)", choices, as_date), give)

    def action_duplicate(self) -> None:
        """Choose what to do with a file that is like a source: leave it out, keep both, replace."""
        alike = [row for row in self._chosen_rows() if row.candidate and row.candidate.likeness]
        if not alike:
            self.say("This file is like no source of the study.")
            return
        if self._busy():
            return
        first = alike[0].candidate
        present = CHOICES.index(first.choice) if first is not None and first.choice else -1
        choice = CHOICES[(present + 1) % len(CHOICES)]
        self._revise(alike, lambda intake, file: intake.revise(file, choice=choice))

    def action_import(self) -> None:
        """Bring in the marked files, or all if none is marked, each in a change of its own."""
        if self._busy() or self._intake is None:
            return
        wanted = [row for row in self._rows if row.marked] or self._rows
        rows = [row for row in wanted if row.candidate is not None and not row.imported]
        skipped = [row for row in rows if row.candidate is not None and row.candidate.choice == "skip"]
        unready = sum(row.candidate is None for row in wanted)
        self._worker = self._import(self._intake, [row for row in rows if row not in skipped], unready)

    @work(thread=True, exclusive=True, group="import")
    def _import(self, intake: Intake, rows: list[FileRow], unready: int) -> None:
        worker = get_current_worker()
        came_in, faults = 0, 0
        for done, row in enumerate(rows):
            if worker.is_cancelled:
                self.post_message(self.Ended(f"Stopped: {came_in} of {len(rows)} files came in and stay."))
                return
            fault: QualbenchError | None = None
            try:
                assert row.candidate is not None
                row.candidate = intake.refreshed(row.candidate)
                fault = intake.obstacle(row.candidate)
                if fault is None:
                    commit(self.workbench.study, row.candidate)
                    intake.note_imported(row.candidate)
                    came_in += 1
            except QualbenchError as error:
                fault = error
            faults += fault is not None
            self.post_message(self.FileImported(row, fault, done + 1, len(rows)))
        left = f" Look at the {faults} that could not." if faults else ""
        rest = f" {unready} are not ready." if unready else ""
        self.post_message(
            self.Ended(f"{came_in} of {len(rows)} files came in.{left}{rest} 1 goes to the study.")
        )

    @on(FileImported)
    def _show_imported(self, event: FileImported) -> None:
        event.row.fault, event.row.imported = event.fault, event.fault is None
        event.row.marked = event.row.marked and event.fault is not None
        self._show_row(self._rows.index(event.row))
        self.say(f"{event.done} of {event.total}: {event.row.name}. esc stops.")

    def action_to_study(self) -> None:
        """Stop what is running, or go back to the study."""
        if self._worker is not None:
            self._worker.cancel()
        else:
            self.app.switch_mode("study")

    def action_other_pane(self) -> None:
        """Go from the files to the speakers and back."""
        files, speakers = self.query_one("#files", RowTable), self.query_one("#speakers", RowTable)
        (speakers if files.has_focus else files).focus()

    def _busy(self) -> bool:
        if self._worker is not None:
            self.say("Files are being read or brought in; esc stops that.")
        return self._worker is not None

    def _revise(self, rows: list[FileRow], revised: Callable[[Intake, Candidate], Candidate]) -> None:
        """Change candidates, and tell what cannot be."""
        intake = self._intake
        if intake is None:
            return
        for row in rows:
            if row.candidate is not None and not row.imported:
                try:
                    row.candidate, row.fault = revised(intake, row.candidate), None
                except QualbenchError as fault:
                    self.say(str(fault))
        self._show_list()

    def _row(self) -> FileRow | None:
        cursor = self.query_one("#files", RowTable).cursor_row
        return self._rows[cursor] if 0 <= cursor < len(self._rows) else None

    def _chosen_rows(self) -> list[FileRow]:
        row = self._row()
        return [r for r in self._rows if r.marked] or ([row] if row is not None else [])

    def _label(self) -> tuple[str | None] | None:
        """The label under the cursor of the speakers, in a tuple, for it may be None."""
        row, cursor = self._row(), self.query_one("#speakers", RowTable).cursor_row
        if row is None or row.candidate is None or not 0 <= cursor < len(row.candidate.speakers):
            return None
        return (row.candidate.speakers[cursor].label,)

    @told
    def _show_list(self) -> None:
        files = self.query_one("#files", RowTable)
        self.query_one("#panes").display = bool(self._rows)
        self.query_one("#empty").display = not self._rows
        cursor, had_focus = files.cursor_row, self.focused
        files.clear()
        for row in self._rows:
            files.add_row(*row.cells(self._intake))
        files.move_cursor(row=max(0, min(cursor, len(self._rows) - 1)), animate=False)
        if self._rows and had_focus is None:
            files.focus()
        self._show_preview()

    def _show_row(self, number: int) -> None:
        files = self.query_one("#files", RowTable)
        for column, cell in enumerate(self._rows[number].cells(self._intake)):
            files.update_cell_at((number, column), cell)  # type: ignore[arg-type]

    def _show_preview(self) -> None:
        row, speakers = self._row(), self.query_one("#speakers", RowTable)
        cursor = speakers.cursor_row
        speakers.clear()
        speakers.display = row is not None and row.candidate is not None
        head, below = self.query_one("#headline", Static), self.query_one("#details", Static)
        if row is None or row.candidate is None:
            head.update(row.name if row is not None else "")
            below.update(Text(str(row.fault)) if row is not None and row.fault is not None else "")
            return
        head.update(headline(row.candidate))
        fault = f"{row.fault}\n\n" if row.fault is not None else ""
        below.update(Text.assemble((fault, "bold"), details(row.candidate)))
        for found in row.candidate.speakers:
            who = found.participant or found.role
            speakers.add_row(found.label or "no label", f"{found.turns:>5}", who, found.sample)
        speakers.move_cursor(row=max(0, min(cursor, len(row.candidate.speakers) - 1)), animate=False)
