"""Mode 1: the sources of the study, how far each is, and what is next."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Footer, Static

from qualbench.coding.codings import share_coded
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import SourceSummary, list_sources
from qualbench.tui.actions import STUDY, bindings
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.widgets.chrome import Status

EMPTY = (
    "Here will be the sources of the study: one row each, with who speaks, when and where, and how far "
    "it is.\n\n"
    "Bring transcripts in from the command line:\n\n"
    "    qualbench import FOLDER --manifest CSV"
)


class StudyScreen(ModeScreen):
    """Sources by stakeholder and timepoint, with their state and the share coded in a layer."""

    place = STUDY
    BINDINGS = bindings(STUDY)
    DEFAULT_CSS = """
    StudyScreen DataTable { height: 1fr; background: $background; }
    StudyScreen #empty { height: 1fr; padding: 2 4; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._layer = AGREED

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield DataTable[str](id="sources", cursor_type="row", zebra_stripes=False)
        yield Static(EMPTY, id="empty", markup=False)
        yield Status()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the table."""
        self.fill()

    def on_screen_resume(self) -> None:
        """Show what has changed while another mode was open."""
        self.fill()

    def fill(self) -> None:
        """Read the sources and show them, keeping the cursor where it was."""
        study = self.workbench.study
        sources = list_sources(study)
        shares = share_coded(study, self._layer)
        table = self.query_one("#sources", DataTable)
        cursor = table.cursor_row
        table.clear(columns=True)
        table.display, self.query_one("#empty").display = bool(sources), not sources
        wide = self.app.size.width >= 100
        columns = [
            "source",
            "stakeholders",
            "timepoint",
            *(["site", "mode"] if wide else []),
            "state",
            "coded",
        ]
        table.add_columns(*columns)
        for source in sources:
            table.add_row(*_cells(source, shares.get(source.name), wide), key=source.name)
        table.move_cursor(row=max(0, min(cursor, len(sources) - 1)), animate=False)
        self.say(self._next_step(sources))

    def action_open(self) -> None:
        """Open the source under the cursor."""
        table = self.query_one("#sources", DataTable)
        if table.row_count:
            self.workbench.open_source(str(table.ordered_rows[table.cursor_row].key.value))

    @on(DataTable.RowSelected)
    def _row_selected(self, event: DataTable.RowSelected) -> None:
        self.workbench.open_source(str(event.row_key.value))

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self.query_one("#sources", DataTable).action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self.query_one("#sources", DataTable).action_cursor_up()

    def action_next_layer(self) -> None:
        """Show the share coded in the next layer that may be seen."""
        self._layer = self.workbench.next_layer(self._layer)
        self.fill()

    def _next_step(self, sources: list[SourceSummary]) -> str:
        if not sources:
            return "No sources yet."
        unsealed = sum(source.state != "sealed" for source in sources)
        layer = f"coded: share of participants' talk in the layer '{self._layer}'"
        if unsealed:
            return f"{len(sources)} sources, {unsealed} not sealed yet; {layer}."
        return f"{len(sources)} sources, all sealed; {layer}."


def _cells(source: SourceSummary, share: float | None, wide: bool) -> list[str]:
    people = ", ".join(source.stakeholders) or "not known"
    if not wide and len(people) > 22:
        people = people[:21] + "…"
    extra = [source.site or "-", source.mode or "-"] if wide else []
    coded = "-" if share is None else f"{share:4.0%}"
    return [source.name, people, source.timepoint or "-", *extra, source.state, coded]
