"""Mode 1: the sources of the study, how far each is, and what is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from qualbench.coding.codings import share_coded
from qualbench.coding.progress import states_of
from qualbench.evaluation.issues import count_issues, this_day
from qualbench.study.journal import newest_event
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import SourceSummary, list_sources, mark_checked
from qualbench.tui.actions import STUDY, bindings
from qualbench.tui.screens.base import told
from qualbench.tui.screens.finishing import Finishing
from qualbench.tui.screens.phases import PhasesScreen
from qualbench.tui.screens.plan import PlanScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.source_list import STATE_MARKS
from qualbench.tui.widgets.table import RowTable

EMPTY = (
    "Here will be the sources of the study: one row each, with who speaks, when and where, and how far "
    "it is.\n\n"
    "Press 2 to read transcripts and bring them in, or do so from the command line:\n\n"
    "    qualbench import FOLDER --manifest FILE"
)


WIDE = (
    ("source", 27),
    ("stakeholders", 18),
    ("timepoint", 9),
    ("site", 7),
    ("mode", 12),
    (" words", 6),
    ("state", 9),
    ("heard", 5),
    ("  coded", 7),
)
NARROW = (("source", 26), ("people", 9), ("timepoint", 9), ("state", 9), ("heard", 5), ("  coded", 7))
"""The columns, each with the cells it may take, on a screen of at least 110 columns and on a narrower one."""


class StudyScreen(Finishing):
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
        self._shown: tuple[int, bool] | None = None  # the newest event, and whether for a wide screen

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield RowTable(id="sources", cursor_type="row")
        yield Static(EMPTY, id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Fill the table."""
        self.fill()

    def on_screen_resume(self) -> None:
        """Show what has changed while another mode was open."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if self._shown != self._as_now():  # a form that closes is a resume too
            self.fill()

    def reload(self) -> None:
        """Show what the study holds now."""
        self.fill()

    def _as_now(self) -> tuple[int, bool]:
        return newest_event(self.workbench.study), self.app.size.width >= 110

    @told
    def fill(self) -> None:
        """Read the sources and show them, keeping the cursor where it was."""
        study = self.workbench.study
        self._shown = self._as_now()
        wide = self._shown[1]
        sources = list_sources(study)
        shares, states = share_coded(study, self._layer), states_of(study)
        mine = {name: of_source.get(study.coder or "") for name, of_source in states.items()}
        table = self.query_one(RowTable)
        cursor = table.cursor_row
        table.clear(columns=True)
        table.display, self.query_one("#empty").display = bool(sources), not sources
        rows = [_cells(source, shares.get(source.name), mine.get(source.name), wide) for source in sources]
        for n, (name, widest) in enumerate(WIDE if wide else NARROW):
            widths = [len(name), *(len(row[n]) for row in rows)]
            table.add_column(name, width=min(widest, max(widths)))
        for source, row in zip(sources, rows, strict=True):
            table.add_row(*row, key=source.name)
        table.move_cursor(row=max(0, min(cursor, len(sources) - 1)), animate=False)
        self.say(self._next_step(sources, Counter(mine.values())))

    def action_open(self) -> None:
        """Open the source under the cursor."""
        name = self.source_at_hand()
        if name is not None:
            self.workbench.open_source(name)

    @on(DataTable.RowSelected)
    def _open_clicked(self, event: DataTable.RowSelected) -> None:
        self.workbench.open_source(str(event.row_key.value))

    @told
    def action_checked(self) -> None:
        """Mark the source under the cursor as checked against its recording, or take that back."""
        name = self.source_at_hand()
        if name is None:
            return
        checked = next(s.checked_by for s in list_sources(self.workbench.study) if s.name == name)
        mark_checked(self.workbench.study, [name], take_back=checked is not None)
        self.fill()
        self.say(f"{name}: " + ("no longer checked." if checked else "checked against its recording."))

    def source_at_hand(self) -> str | None:
        """Give the name of the source under the cursor."""
        table = self.query_one(RowTable)
        return str(table.ordered_rows[table.cursor_row].key.value) if table.row_count else None

    def state_changed(self) -> None:
        """Show what has become of the source."""
        self.fill()

    def action_phases(self) -> None:
        """Show what is there and what is missing of each phase of the analysis."""
        self.app.push_screen(PhasesScreen())

    def action_plan(self) -> None:
        """Show how far the sampling plan is."""
        self.app.push_screen(PlanScreen())

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self.query_one(RowTable).action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self.query_one(RowTable).action_cursor_up()

    def action_next_layer(self) -> None:
        """Show the share coded in the next layer that may be seen."""
        self._layer = self.workbench.next_layer(self._layer)
        self.fill()

    def _next_step(self, sources: list[SourceSummary], mine: Mapping[str | None, int]) -> str:
        if not sources:
            return "No sources yet."
        unsealed = sum(source.state != "sealed" for source in sources)
        state = f"{unsealed} not sealed yet" if unsealed else "all sealed"
        yours = ", ".join(f"{mark} {mine[of]} {of}" for of, mark in STATE_MARKS.items() if mine[of])
        coded = f"Coded: participants' talk, layer '{self._layer}'."
        issues = self._issues()
        return f"{len(sources)} sources, {state}. {f'Yours: {yours}. ' if yours else ''}{issues}{coded}"

    def _issues(self) -> str:
        """How many issues are open and overdue, if there are any."""
        found = count_issues(self.workbench.study, this_day())
        if not found.open:
            return ""
        overdue = f", ! {found.overdue} overdue" if found.overdue else ""
        return f"{found.open} issue{'s' * (found.open > 1)} open{overdue}. "


def _cells(source: SourceSummary, share: float | None, state: str | None, wide: bool) -> list[str]:
    people = ", ".join(source.stakeholders) or "not known"
    percent = f"{STATE_MARKS.get(state, ' ')} {'   -' if share is None else f'{share:4.0%}'}"
    room = 19 if wide else 9
    heard = source.checked_by or "-"
    people = people if len(people) <= room else f"{people[: room - 1]}…"
    if not wide:
        return [source.name, people, source.timepoint or "-", source.state, heard, percent]
    where = [source.timepoint or "-", source.site or "-", source.mode or "-"]
    return [source.name, people, *where, f"{source.words:>6,}", source.state, heard, percent]
