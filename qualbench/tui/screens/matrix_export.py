"""Writing the matrix to a file: in which form, where, and what may go out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label
from textual.worker import get_current_worker

from qualbench.analysis.document import in_words
from qualbench.errors import QualbenchError
from qualbench.exchange.matrix_files import (
    DRAWING,
    ENDINGS,
    NVIVO,
    PICTURE,
    TEXT,
    WORD,
    WORKBOOK,
    Layout,
    write_matrix_file,
)
from qualbench.exchange.small_cells import few_people, small_columns
from qualbench.transcripts.sources import list_sources
from qualbench.tui.matrix_shown import ShownMatrix
from qualbench.tui.screens.import_form import PathSuggester
from qualbench.tui.widgets.choices import Choices

if TYPE_CHECKING:
    from qualbench.tui.app import Workbench

FORMS = {
    WORD: "Word table",
    WORKBOOK: "workbook to read",
    NVIVO: "workbook in NVivo's layout",
    TEXT: "CSV",
    DRAWING: "heat map (SVG)",
    PICTURE: "heat map (PNG)",
}
UNSEALED, SMALL = "unsealed", "small"
_HINTS = {
    "--allow-unsealed": "Seal them in mode 3, or let them out above.",
    "--allow-small-cells": "Cross fewer attributes (c), take small groups as one (P), or let them out above.",
}
"""What can be done here where a hint names an option of the command."""
_NAMED = 3  # how many of many are named in a sentence
_KEYS = "tab goes on, arrows and space choose, enter writes, esc cancels"


class ExportForm(ModalScreen[str | None]):
    """Asks what to write and where, and writes it; gives the name of the file, None if nothing was written.

    What the gate refuses is told in the form, which stays.

    Args:
        matrix: The matrix as it is shown.
    """

    @dataclass
    class Written(Message):
        """The file is in its place."""

        file: Path

    @dataclass
    class NotWritten(Message):
        """Nothing was written."""

        error: QualbenchError

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("enter", "write", "Write"),
        Binding("escape", "cancel", "Cancel", key_display="esc"),
    ]
    DEFAULT_CSS = """
    ExportForm { align: center middle; }
    ExportForm > Vertical {
        width: 78; max-width: 98%; height: auto; max-height: 96%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    ExportForm #few { height: auto; }
    ExportForm Label { color: $text-muted; width: 100%; height: auto; }
    ExportForm Input, ExportForm Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    ExportForm Choices, ExportForm Input { margin: 0 0 1 0; background: $surface; }
    ExportForm Input { background: $panel; }
    ExportForm #told { color: $error; }
    """

    def __init__(self, matrix: ShownMatrix) -> None:
        super().__init__()
        self._matrix = matrix
        self._unsealed: list[str] = []
        self._writing = False

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        self._unsealed = [one.name for one in list_sources(self._workbench.study) if one.state != "sealed"]
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Export the matrix", _KEYS
            yield Label("As", markup=False)
            yield Choices(list(FORMS.items()), [WORD], several=False, id="form")
            yield Choices([("heat", "shade the cells")], ["heat"], several=True, id="heat")
            yield Label("File, in the study's folder unless it begins with / or ~", markup=False)
            yield Input(f"exports/matrix{ENDINGS[WORD]}", id="file", suggester=PathSuggester())
            if self._unsealed:
                yield Label(f"Not sealed: {in_words(self._unsealed, _NAMED)}", markup=False)
                let_out = "let them out all the same; that is written to the journal"
                yield Choices([(UNSEALED, let_out)], [], several=True, id=UNSEALED)
            with Vertical(id="few"):
                yield Label(few_people_told(self._matrix), markup=False)
                let_out = "let them out all the same, for a reason"
                yield Choices([(SMALL, let_out)], [], several=True, id=SMALL)
                yield Input(placeholder="why; it is written to the journal", id="reason")
            yield Label("", id="note", markup=False)
            yield Label("", id="told", markup=False)

    def on_mount(self) -> None:
        """Begin with the form of the file."""
        self.query_one("#form", Choices).focus()
        self._fit()

    @property
    def _workbench(self) -> Workbench:
        return cast("Workbench", self.app)

    @property
    def _form(self) -> str:
        return self.query_one("#form", Choices).chosen[0]

    def _file(self) -> Path | None:
        typed = self.query_one("#file", Input).value.strip()
        return self._workbench.study.folder / Path(typed).expanduser() if typed else None

    def _lets_out(self, what: str) -> bool:
        """Whether it was chosen to let something out although a rule is against it."""
        return any(what in choices.chosen for choices in self.query(f"#{what}").results(Choices))

    @on(Choices.Changed)
    def _fit(self) -> None:
        """Let the form ask what its form of file needs, and the name of the file end as it should."""
        line, form = self.query_one("#file", Input), self._form
        stem, point, ending = line.value.rpartition(".")
        if point and f".{ending.lower()}" in ENDINGS.values():
            line.value = f"{stem}{ENDINGS[form]}"
        self.query_one("#heat").display = form == WORD
        # NVivo's layout is for the team
        self.query_one("#few").display = form != NVIVO and bool(small_columns(self._matrix.matrix))
        self.query_one("#reason").display = self._lets_out(SMALL)
        self._show_note()

    @on(Input.Changed)
    def _show_note(self) -> None:
        """Tell what is not written as it is shown, and what the file takes the place of."""
        look, file = self._matrix.look, self._file()
        notes = []
        if file is not None and file.is_file():
            notes.append(f"{file.name} is there already and will be replaced.")
        if self._form == NVIVO and (look.normalise or look.totals or look.turned):
            notes.append("NVivo's layout holds the numbers as they were counted, themes in rows.")
        self.query_one("#note", Label).update("\n".join(notes))

    # Writing

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write the file."""
        file, reason = self._file(), self.query_one("#reason", Input)
        if file is None or self._writing:
            return
        small = self._lets_out(SMALL) and self._form != NVIVO
        if small and not reason.value.strip():
            self.query_one("#told", Label).update("Say why they go out all the same.")
            reason.focus()
            return
        if file.suffix.lower() != ENDINGS[self._form]:
            file = file.with_name(file.name + ENDINGS[self._form])
        self._writing = True
        self.query_one("#told", Label).update("Writing ...")
        look = self._matrix.look
        heat = "heat" in self.query_one("#heat", Choices).chosen
        layout = Layout(look.totals, look.normalise, look.turned, heat)
        self._write(
            file, self._form, layout, self._lets_out(UNSEALED), reason.value.strip() if small else None
        )

    @work(thread=True, exit_on_error=False)
    def _write(self, file: Path, form: str, layout: Layout, unsealed: bool, reason: str | None) -> None:
        """Write the file; small cells go out where a reason is given."""
        worker, study, matrix = get_current_worker(), self._workbench.study, self._matrix.matrix
        try:
            write_matrix_file(
                study,
                matrix,
                file,
                form,
                layout,
                allow_unsealed=unsealed,
                allow_small_cells=reason is not None,
                reason=reason or "",
            )
            message: Message = self.Written(file)
        except QualbenchError as error:
            message = self.NotWritten(error)
        except OSError as error:
            message = self.NotWritten(QualbenchError(f"{file} cannot be written: {error.strerror}."))
        if not worker.is_cancelled:
            self.post_message(message)

    @on(Written)
    def _close(self, event: Written) -> None:
        folder = self._workbench.study.folder
        file = event.file
        self.dismiss(str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file))

    @on(NotWritten)
    def _tell(self, event: NotWritten) -> None:
        self._writing = False
        error = event.error
        hint = next((ours for theirs, ours in _HINTS.items() if theirs in error.hint), error.hint)
        self.query_one("#told", Label).update(f"{error.message} {hint}".strip())

    def action_cancel(self) -> None:
        """Close and write nothing."""
        self.dismiss(None)


def few_people_told(shown: ShownMatrix) -> str:
    """Name the columns of too few people, who could be known by it; nothing if there are none."""
    small = small_columns(shown.matrix)
    more = f" and {len(small) - _NAMED} more" if len(small) > _NAMED else ""
    return f"{few_people(shown.matrix)}: {'; '.join(small[:_NAMED])}{more}" if small else ""
