"""The sampling plan: of each row what is planned, done and wanting; below it the families over time."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from qualbench.evaluation.followups import FamilyWaves, follow_ups
from qualbench.evaluation.plan import PlannedRow
from qualbench.evaluation.plan_standing import (
    PlanStanding,
    RowStanding,
    gap_of,
    not_talked,
    plan_standing,
    sentences,
)
from qualbench.study.journal import newest_event
from qualbench.tui.actions import PLAN, bindings
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.table import RowTable

EMPTY = (
    "Here will be the sampling plan: who is to be talked to, when, where and how, with what is done "
    "and what is wanting.\n\n"
    "Bring one in from the command line:\n\n"
    "    qualbench plan import ips_feasibility\n\n"
    "or write one of your own as YAML; 'qualbench plan export FILE.yaml' shows how it looks."
)
_NO_FAMILIES = "No participant has a family on record, so there are no follow-ups to look for."

_WIDE = (
    ("", 3),
    ("group", 26),
    ("timepoint", 11),
    ("site", 10),
    ("method", 12),
    ("done", 11),
    ("planned", 15),
)
_NARROW = (("group", 20), ("timepoint", 9), ("site", 7), ("method", 11), ("done", 10))
_GAP = ("gap", 9)
_LEAST_WIDE = 110  # columns of a screen


class PlanScreen(ModeScreen):
    """The rows of the plan, and the families with the follow-ups that are missing."""

    place = PLAN
    mode = "Study"
    BINDINGS = bindings(PLAN)
    DEFAULT_CSS = """
    PlanScreen DataTable { background: $background; }
    PlanScreen #plan { height: 1fr; }
    PlanScreen #missing { height: auto; max-height: 3; background: $panel; padding: 0 1; }
    PlanScreen #empty { height: 1fr; padding: 2 4; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[int, bool] | None = None  # the newest event, and whether for a wide screen
        self._standing: PlanStanding | None = None
        self._families: list[FamilyWaves] = []

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        yield self.header()
        yield RowTable(id="plan", cursor_type="row")
        yield Static(EMPTY, id="empty", markup=False)
        yield Static("", id="missing", markup=False)
        yield RowTable(id="families", cursor_type="row")
        yield Status()
        yield self.keys()

    def on_screen_resume(self) -> None:
        """Look again if anything has changed."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if self._shown != self._as_now():
            self.reload()

    def on_resize(self) -> None:
        """Lay the columns out anew where the screen has become wide or narrow."""
        if self._shown is not None:
            self._look_again()

    def _as_now(self) -> tuple[int, bool]:
        return newest_event(self.workbench.study), self.app.size.width >= _LEAST_WIDE

    @told
    def reload(self) -> None:
        """Read the plan and the families and show them."""
        study = self.workbench.study
        self._shown = self._as_now()
        wide = self._shown[1]
        self._standing, self._families = plan_standing(study), follow_ups(study)
        rows = [_cells(one, wide) for one in self._standing.rows]
        self.query_one("#empty").display = not rows
        _fill(self.query_one("#plan", RowTable), [*(_WIDE if wide else _NARROW), _GAP], rows)
        waves = [wave.timepoint for wave in self._families[0].waves] if self._families else []
        families = [_family(one) for one in self._families]
        columns = [("family", 8), ("people", 14), *((name, 14) for name in waves), ("last talk", 10)]
        _fill(self.query_one("#families", RowTable), columns, families)
        room = self.app.size.height // 3
        self.query_one("#families").styles.height = min(len(families) + 1, room)
        self.query_one("#missing", Static).update(_missing(self._families))
        self.query_one("#plan" if rows else "#families", RowTable).focus()
        self.say(" ".join(sentences(self._standing)[:1]))

    @on(DataTable.RowHighlighted, "#plan")
    def _show_row(self, event: DataTable.RowHighlighted) -> None:
        if self._standing is not None and event.cursor_row < len(self._standing.rows):
            self.query_one(Status).show_here(_detail(self._standing.rows[event.cursor_row]))

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self._table.action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self._table.action_cursor_up()

    def action_other_pane(self) -> None:
        """Go from the plan to the families and back."""
        other = self.query_one("#families" if self._table.id == "plan" else "#plan", RowTable)
        if other.row_count:
            other.focus()

    def action_back(self) -> None:
        """Go back to the sources."""
        self.app.pop_screen()

    @property
    def _table(self) -> RowTable:
        return self.focused if isinstance(self.focused, RowTable) else self.query_one("#plan", RowTable)


def _fill(table: RowTable, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> None:
    cursor = table.cursor_row
    table.clear(columns=True)
    table.display = bool(rows)
    for n, (name, widest) in enumerate(columns):
        table.add_column(name, width=min(widest, max([len(name), *(len(row[n]) for row in rows)])))
    for row in rows:
        table.add_row(*(_cut(cell, width) for cell, (_, width) in zip(row, columns, strict=True)))
    table.move_cursor(row=max(0, min(cursor, len(rows) - 1)), animate=False)


def _cut(cell: str, room: int) -> str:
    return cell if len(cell) <= room else f"{cell[: room - 1]}…"


def _cells(one: RowStanding, wide: bool) -> list[str]:
    row = one.row
    group = f"{row.stakeholder}{' *' if row.emergent else ''}"
    where = [row.timepoint or "as needed", row.site or "all", row.kind]
    if wide:
        return [f"{row.number:>2}", group, *where, row.so_many(one.done), row.planned, gap_of(one)]
    return [group, *where, f"{one.done} of {_short(row)}", gap_of(one)]


def _short(row: PlannedRow) -> str:
    """How many there are to be, in a few cells."""
    if row.most == 0 or row.is_open:
        return row.planned
    if row.least is None:
        return "all"
    return f"{row.least}+" if row.most is None else row.planned


def _detail(one: RowStanding) -> str:
    """What the table has no room for, in a line."""
    more = [
        not_talked(one),
        f"not talked to yet: {', '.join(one.missing)}" if one.missing else "",
        one.row.note,
    ]
    told = ". ".join(filter(None, more))
    return f"Row {one.row.number}{', emergent' if one.row.emergent else ''}: {told or 'as planned'}"


def _family(one: FamilyWaves) -> list[str]:
    return [one.family, ", ".join(one.people), *(_state(wave.state) for wave in one.waves), one.last or "-"]


def _state(state: str) -> str:
    return {"talked": "✓ talked", "missing": "! missing", "none": "-"}.get(state, state)


def _missing(families: Sequence[FamilyWaves]) -> str:
    if not families:
        return _NO_FAMILIES
    told = [f"{one.family} ({', '.join(one.missing)})" for one in families if one.missing]
    return f"Missing follow-ups: {', '.join(told)}" if told else "No follow-up is missing."
