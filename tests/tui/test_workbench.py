"""The workbench: state and messages first; a picture of each screen after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable

from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.transcripts.sources import read_source
from qualbench.tui.actions import ACTIONS, EVERYWHERE, SPLIT
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.help import HelpScreen
from qualbench.tui.screens.imports import ImportScreen
from qualbench.tui.screens.mark import MarkScreen
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.matrix_behind import CellScreen
from qualbench.tui.screens.memos import MemosScreen
from qualbench.tui.screens.phases import PhasesScreen
from qualbench.tui.screens.plan import PlanScreen
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.screens.reconcile_behind import BehindScreen
from qualbench.tui.screens.reconcile_figures import FiguresScreen
from qualbench.tui.screens.reconcile_redraw import RedrawScreen
from qualbench.tui.screens.redact import RedactScreen
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.review_uncaptured import UncapturedScreen
from qualbench.tui.screens.search import SearchScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.screens.versions import VersionsScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.conftest import Demonstration

SIZES = [(80, 24), (120, 40)]


@asynccontextmanager
async def opened(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    async with Workbench(study).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


@asynccontextmanager
async def reading(
    study: Study, name: str, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], TranscriptView]]:
    async with opened(study, size) as pilot:
        app = pilot.app
        assert isinstance(app, Workbench)
        app.open_source(name)
        await pilot.pause()
        yield pilot, app.screen.query_one(TranscriptView)


def status(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Status).said


async def test_the_study_screen_lists_every_source_with_its_share_coded(demonstration: Demonstration) -> None:
    async with opened(demonstration.study) as pilot:
        table = pilot.app.screen.query_one(DataTable)
        assert table.row_count == 15
        first = [str(cell) for cell in table.get_row("P01_baseline")]
        assert first[0] == "P01_baseline"
        assert first[1:5] == ["Parent", "Baseline", "Glasgow", "face to face"]
        assert first[-1].strip().endswith("%")
        assert status(pilot).startswith("15 sources, all sealed")
        await pilot.press("L")
        assert "layer 'AB'" in status(pilot)


async def test_enter_opens_the_source_under_the_cursor_and_escape_goes_back(
    demonstration: Demonstration,
) -> None:
    async with opened(demonstration.study) as pilot:
        await pilot.press("j", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)
        assert isinstance(pilot.app, Workbench) and pilot.app.source_name == "P01_baseline"
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)
        assert pilot.app.screen.query_one(DataTable).cursor_row == 1


async def test_the_caret_names_the_codes_where_it_stands(demonstration: Demonstration) -> None:
    codings = list_codings(demonstration.study, source="P01_followup")
    async with reading(demonstration.study, "P01_followup") as (pilot, view):
        await pilot.press("right_square_bracket", "c")
        await pilot.pause()
        assert view.caret == codings[0].start
        here = [c for c in codings if c.start <= view.caret < c.end]
        assert status(pilot).startswith(f"{len(here)} code")
        assert {c.code for c in view.codings_at(view.caret)} == {c.code for c in here}
        await pilot.press("G")
        await pilot.pause()
        assert "No code here" in status(pilot) or "code" in status(pilot)


async def test_moving_by_character_row_word_and_turn(demonstration: Demonstration) -> None:
    source = read_source(demonstration.study, "P02_baseline")
    async with reading(demonstration.study, "P02_baseline") as (pilot, view):
        await pilot.press("right_curly_bracket", "right_curly_bracket")
        assert view.caret in {turn.start for turn in source.turns}
        start = view.caret
        await pilot.press("l", "l", "h")
        assert view.caret == start + 1
        await pilot.press("w", "b", "b")
        assert view.caret == start or source.text[view.caret - 1].isspace()
        await pilot.press("g")
        top = view.caret
        await pilot.press("j", "j", "k")
        assert view.caret > top
        await pilot.press("G")
        assert view.caret >= source.turns[-1].start
        await pilot.press("l", "j", "pagedown")
        assert view.caret < len(source.text)
        await pilot.press("g", "h", "k", "ctrl+u")
        assert view.caret == top


@pytest.mark.parametrize("size", SIZES)
async def test_the_caret_is_always_in_view(demonstration: Demonstration, size: tuple[int, int]) -> None:
    async with reading(demonstration.study, "IPS_team_focus_group_glasgow", size) as (pilot, view):
        for key in ["ctrl+d"] * 4 + ["right_square_bracket", "c"] * 4 + ["G", "ctrl+u", "g"]:
            await pilot.press(key)
            row = view._page.layout.row_at(view.caret)
            assert view.scroll_y <= row < view.scroll_y + view.size.height


async def test_a_caret_move_redraws_at_most_two_rows(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(demonstration.study, "P01_followup") as (pilot, view):
        await pilot.press("j", "j", "j", "j")
        await pilot.pause()
        drawn: list[int] = []
        draw = view._draw_row
        monkeypatch.setattr(view, "_draw_row", lambda row: (drawn.append(row), draw(row))[1])
        await pilot.press("l")
        await pilot.pause()
        assert 1 <= len(drawn) <= 2
        drawn.clear()
        await pilot.press("j")
        await pilot.pause()
        assert 1 <= len(drawn) <= 2


async def test_a_click_puts_the_caret_on_the_character(demonstration: Demonstration) -> None:
    async with reading(demonstration.study, "P01_followup") as (pilot, view):
        row = next(n for n, r in enumerate(view._page.layout.rows) if r.block == 2)
        x = view._page.columns.left + view._page.columns.gutter + 5
        await pilot.click(TranscriptView, offset=(x, row))
        assert view.caret == view._page.layout.rows[row].start + 5


async def test_layers_are_walked_through_among_those_open_to_the_coder(demonstration: Demonstration) -> None:
    async with reading(demonstration.study, "P01_followup") as (pilot, view):
        counts = [len(view.codings)]
        for _ in range(3):
            await pilot.press("L")
            counts.append(len(view.codings))
        assert counts == [
            len(list_codings(demonstration.study, source="P01_followup", layer=layer))
            for layer in ("AB", "CD", "agreed", "AB")
        ]


async def test_the_other_coder_stays_hidden_until_both_have_finished(study: Study, tmp_path: Path) -> None:
    from qualbench.coding.applying import add_coding
    from qualbench.text.spans import Span
    from tests.builders import small_study

    small_study(study, tmp_path / "files")
    add_coding(study.by("CD"), "P07_b", Span(20, 30), "fear")
    async with reading(study, "P07_b") as (pilot, view):
        for _ in range(4):
            assert len(view.codings) == 0
            await pilot.press("L")


async def test_neighbouring_sources_open_with_brackets(demonstration: Demonstration) -> None:
    async with reading(demonstration.study, "P01_baseline") as (pilot, _):
        assert isinstance(pilot.app, Workbench)
        await pilot.press("right_square_bracket", "s")
        assert pilot.app.source_name == "P01_followup"
        await pilot.press(*["left_square_bracket", "s"] * 3)
        assert pilot.app.source_name == "IPS_team_focus_group_glasgow"
        assert "no further source" in status(pilot)


async def test_help_lists_the_keys_of_this_place_first(demonstration: Demonstration) -> None:
    async with reading(demonstration.study, "P01_baseline") as (pilot, _):
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)


async def test_the_palette_runs_actions_of_the_registry(demonstration: Demonstration) -> None:
    async with reading(demonstration.study, "P01_followup") as (pilot, view):
        titles = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Next coding", "Study", "Quit", "Theme: light"} <= titles
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"Next coding")
        await pilot.pause(0.2)
        await pilot.press("enter")
        await pilot.pause()
        assert view.codings_at(view.caret)


async def test_an_empty_study_says_what_will_be_here(sqlite_study: Study) -> None:
    async with opened(sqlite_study) as pilot:
        assert pilot.app.screen.query_one("#empty").display
        assert status(pilot) == "No sources yet."
        await pilot.press("enter", "4")
        await pilot.pause()
        assert pilot.app.screen.query_one("#empty").display
        await pilot.press("n", "j", "l", "L", "G", "right_square_bracket", "s")


def test_every_action_has_a_method_and_a_key_of_its_own() -> None:
    owners = {
        "app": Workbench,
        "study": StudyScreen,
        "imports": ImportScreen,
        "redact": RedactScreen,
        "mark": MarkScreen,
        "code": CodeScreen,
        "codebook": CodebookScreen,
        "review": ReviewScreen,
        "split": SplitScreen,
        "uncaptured": UncapturedScreen,
        "versions": VersionsScreen,
        "phases": PhasesScreen,
        "plan": PlanScreen,
        "memos": MemosScreen,
        "search": SearchScreen,
        "reconcile": ReconcileScreen,
        "redraw": RedrawScreen,
        "figures": FiguresScreen,
        "behind": BehindScreen,
        "matrix": MatrixScreen,
        "cell": CellScreen,
    }
    for action in ACTIONS:
        assert hasattr(owners[action.id.partition(".")[0]], f"action_{action.method}"), action.id
    for place in {action.place for action in ACTIONS} - {EVERYWHERE, SPLIT}:  # there digits send a passage on
        keys = [key for a in ACTIONS if a.place in (place, EVERYWHERE) for key in a.keys.split(",")]
        assert len(keys) == len(set(keys))
        assert sum(a.in_footer for a in ACTIONS if a.place in (place, EVERYWHERE)) <= 8


def test_the_key_table_of_the_documents_is_the_registry() -> None:
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text("utf-8")
    for action in ACTIONS:
        shown = action.shown.replace("|", "\\|")
        assert f"| `{shown}` | `{action.id}` | {action.help} |" in page, action.id


@pytest.mark.parametrize(
    "package",
    [
        "text",
        "study",
        "transcripts",
        "redaction",
        "codebook",
        "coding",
        "agreement",
        "analysis",
        "exchange",
        "cli.app",
    ],
)
def test_the_core_never_imports_textual(package: str) -> None:
    code = (
        f"import sys, qualbench.{package}, pkgutil, importlib\n"
        + (
            ""
            if "." in package
            else f"for m in pkgutil.walk_packages(qualbench.{package}.__path__, 'qualbench.{package}.'):\n"
            "    importlib.import_module(m.name) if 'migrations' not in m.name else None\n"
        )
        + "sys.exit(sorted(m for m in sys.modules if m.split('.')[0] in ('textual', 'spacy')) != [])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_study(snap_compare, demonstration: Demonstration, size: tuple[int, int]) -> None:  # type: ignore[no-untyped-def]
    assert snap_compare(Workbench(demonstration.study), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_a_transcript(snap_compare, demonstration: Demonstration, size: tuple[int, int]) -> None:  # type: ignore[no-untyped-def]
    assert snap_compare(
        Workbench(demonstration.study),
        press=["j", "j", "enter", *["right_square_bracket", "c"] * 3],
        terminal_size=size,
    )


def test_picture_of_the_keys(snap_compare, demonstration: Demonstration) -> None:  # type: ignore[no-untyped-def]
    assert snap_compare(
        Workbench(demonstration.study), press=["j", "enter", "question_mark"], terminal_size=(80, 24)
    )
