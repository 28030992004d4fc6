"""Mode 7: where there is nothing to count, what is kept in mind, what is hidden, what has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.color import ColorTriplet
from textual.widgets import Static

from qualbench.agreement.finishing import finish
from qualbench.codebook.moving import retire_code
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.study.secret import private_file
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.tui.app import THEMES, Workbench
from qualbench.tui.matrix_shown import Look, look_of
from qualbench.tui.memory import read_matrix, write_matrix
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.matrix_behind import CellScreen
from qualbench.tui.widgets.matrix_grid import MatrixGrid, wrapped
from tests.builders import place
from tests.tui.coding import of
from tests.tui.comparing import third
from tests.tui.matrices import BASELINE, COLUMNS, FOLLOW_UP, SOURCES, agreed, matrix

__all__ = ["agreed"]

# Nothing to count


async def test_without_a_source_it_says_where_to_begin(sqlite_study: Study) -> None:
    async with matrix(sqlite_study) as table:
        assert "No source has a participant's talk in it yet." in table.text("empty")
        assert "Press 2" in table.text("empty") and not table.grid.display
        await table.press("enter")
        assert table.said == "There is no cell here. r chooses rows, c columns."
        await table.press("j k h l G g greater_than_sign less_than_sign home end x e D t t T T a a o o P P")
        assert table.over(MatrixScreen)


async def test_without_a_codebook_it_says_so(sqlite_study: Study, tmp_path: Path) -> None:
    (tmp_path / "P07.txt").write_text("P07: Aye, it was so.")
    (tmp_path / "people.csv").write_text("id,family,stakeholder\nP07,,Parent")
    import_participants(sqlite_study, tmp_path / "people.csv")
    import_files(sqlite_study, [tmp_path / "P07.txt"])
    async with matrix(sqlite_study) as table:
        assert "There is no codebook yet." in table.text("empty") and "Press 5" in table.text("empty")


async def test_an_agreed_layer_without_codings_says_how_it_is_filled(fresh: Study) -> None:
    add_coding(fresh, "P07_b", place(fresh, "P07_b", "They judge ye."), "judged")
    async with matrix(fresh) as table:
        assert "Nothing is agreed on yet" in table.text("empty")
        assert "L counts your own codings, the layer of AB." in table.text("empty")
        await table.press("L")
        assert table.text("empty") == "" and table.grid.display
        assert table.cells[0][0] == "1/1" and table.pilot.app.focused is table.grid


async def test_a_layer_without_codings_says_so(fresh: Study) -> None:
    async with matrix(fresh) as table:
        await table.press("L")
        assert "You have coded nothing that a participant says yet." in table.text("empty")


async def test_a_limit_that_leaves_no_row_is_refused_and_what_was_shown_stays(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("r", "only some entries")
        await table.narrow("Fear")
        await table.press("enter")
        assert table.rows == ["Fear"]
        await table.choose("r", "sub-themes")
        assert table.said.startswith("There are no subthemes at or below fear.")
        assert table.rows == ["Fear"] and table.screen.look.request.rows == "tree"


async def test_a_filter_that_nobody_meets_says_so(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("f")
        await table.mark("source: P07_b", "stakeholder: Family engagement worker")
        await table.press("enter")
        assert table.text("empty").startswith("Nobody was talked to who is like that.")
        await table.choose("f", "all of them")
        assert table.text("empty") == "" and table.columns == COLUMNS


# What is kept in mind


async def test_what_was_asked_for_last_is_there_again(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("n", "words")
        await table.choose("r", "codes")
        await table.press("t T L P")
        await table.choose("percent_sign", "row's")
        look = table.screen.look
    async with matrix(agreed) as table:
        assert table.screen.look == look
        assert (look.request.cells, look.request.rows, look.turned, look.totals) == (
            "words",
            "codes",
            True,
            True,
        )
    async with matrix(agreed.by("CD")) as table:
        assert table.screen.look == Look()  # that was AB's


@pytest.mark.parametrize(
    "kept", [{}, {"rows": "themes"}, Look().kept() | {"sort": "size"}, Look().kept() | {"only": [1]}]
)
async def test_what_cannot_be_made_out_is_forgotten(agreed: Study, kept: dict[str, object]) -> None:
    write_matrix(agreed, kept)
    async with matrix(agreed) as table:
        assert table.screen.look == Look() and table.columns == COLUMNS


async def test_what_is_gone_is_told_and_forgotten(agreed: Study) -> None:
    write_matrix(agreed, Look().asking(columns=("shoe size",)).kept())
    async with matrix(agreed) as table:
        assert table.said.startswith("'shoe size' cannot be columns.") and table.columns == COLUMNS
    assert look_of(read_matrix(agreed)) == Look()


def test_a_look_survives_being_written_down() -> None:
    look = Look().asking(columns=("site", "mode"), only=(("site", "Glasgow"),), codes=("fear",))
    assert look_of(json.loads(json.dumps(look.kept()))) == look


async def test_a_disk_that_takes_nothing_more_costs_only_the_memory(agreed: Study) -> None:
    file = private_file(agreed, "workbench", ".json")
    file.unlink(missing_ok=True)
    file.mkdir(parents=True)
    async with matrix(agreed) as table:
        await table.press("t")
        assert table.at == (BASELINE, "Trust")


# What is hidden


async def test_a_source_still_to_be_finished_is_hidden(agreed: Study) -> None:
    other = third(agreed)
    assign(agreed, ["P07_b"], ["EF"])
    async with matrix(other) as table:
        assert [line[0] for line in table.cells] == ["?", "?"]
        assert table.said == f"Hidden until you have finished those sources too. {BASELINE}: Trust"
        assert "? hidden until you have finished those sources too" in table.text("legend")
        assert "1 source hidden until you have finished them too." in table.text("counted")
        await table.press("enter")
        assert table.over(MatrixScreen) and table.said.startswith("Hidden until")
        await table.press("x")
        assert table.said == "The cell has no source in which it could have been asked about."


async def test_anothers_layer_that_was_kept_in_mind_is_not_shown_when_it_is_hidden(agreed: Study) -> None:
    other = third(agreed)
    write_matrix(other, Look().asking(layer="AB").kept())
    async with matrix(other) as table:
        assert table.said.startswith("AB's codings are hidden") and table.screen.look == Look()
        assert table.text("about").endswith("layer agreed")


async def test_what_may_no_longer_be_seen_does_not_stay(agreed: Study) -> None:
    other = third(agreed)
    async with matrix(other) as table:
        assert table.cells[0][0] == "1/1"
        await table.go("Trust", BASELINE)
        await table.press("enter")
        assert len(table.words) == 2
        assign(agreed, SOURCES, ["EF"])
        table.pilot.app.post_message(Workbench.ChangedByOthers())
        await table.press("j")
        empty = table.pilot.app.screen.query_one("#empty", Static)
        assert table.passages.passages == [] and empty.display
        await table.press("escape")
        assert not table.grid.display and table.screen.shown is None
        assert "3 sources that others have finished stay hidden" in table.text("empty")


async def test_passages_that_cannot_be_read_are_not_shown(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("enter")
        cell = table.over(CellScreen)
        assert len(table.words) == 2
        cell.post_message(cell.Failed(Refused("Hidden by now.")))
        await table.press("j")
        assert table.passages.passages == [] and "cannot be shown" in str(
            cell.query_one("#empty", Static).render()
        )


# What changes


async def test_what_others_change_is_shown_and_the_cell_is_kept(agreed: Study) -> None:
    other = third(agreed)
    add_coding(other, "P07_b", place(agreed, "P07_b", "They judge ye."), "judged")
    async with matrix(other) as table:
        await table.press("L")
        await table.go("The trial", FOLLOW_UP)
        add_coding(other, "P07_b", place(agreed, "P07_b", "From a pal of mine."), "forms")
        table.pilot.app.post_message(Workbench.ChangedByOthers())
        await table.press("h")
        assert table.cells[1][0] == "1/1" and table.at == ("The trial", BASELINE)


async def test_what_changed_in_another_mode_is_counted_on_coming_back(agreed: Study) -> None:
    other = third(agreed)
    async with matrix(other) as table:
        await table.press("L escape")
        add_coding(other, "P07_b", place(agreed, "P07_b", "From a pal of mine."), "forms")
        await table.press("7")
        assert table.cells[1][0] == "1/1"


async def test_a_theme_that_is_gone_leaves_its_place(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("j")
        write_matrix(agreed, Look().kept())
        await table.choose("r", "codes")
        await table.press("G")
        retire_code(agreed, "judged", "no longer used")
        table.pilot.app.post_message(Workbench.ChangedByOthers())
        await table.press("k")
        assert table.grid.cursor < len(table.rows)


async def test_only_what_was_asked_for_last_is_shown(agreed: Study) -> None:
    async with matrix(agreed) as table:
        old = table.screen.Counted(
            Look().asking(cells="words"),
            table.screen.shown.matrix,
            table.screen.book,
            {},
            0,  # type: ignore[union-attr]
        )
        table.screen.post_message(old)
        await table.press("j")
        assert table.screen.known and table.screen.look == Look()


# How it is drawn


async def test_a_step_draws_two_rows_and_a_step_aside_one(
    agreed: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with matrix(agreed) as table:
        await table.choose("r", "all levels")
        drawn: list[int] = []
        draw = MatrixGrid.draw
        monkeypatch.setattr(
            MatrixGrid, "draw", lambda self, block, row: drawn.append(block) or draw(self, block, row)
        )
        await table.press("j")
        assert sorted(drawn) == [0, 1]
        drawn.clear()
        await table.press("l")
        assert drawn == [1]


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_numbers_can_be_read_on_every_shade(agreed: Study, theme: str) -> None:
    async with matrix(agreed) as table:
        table.pilot.app.theme = theme
        await table.pilot.pause()
        grounds = []
        for part in (*MatrixGrid.HEAT, "here"):
            style = table.grid.style(part)
            assert style.color is not None and style.bgcolor is not None
            ink, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor()
            assert contrast(ink, ground) >= 4.5, part
            grounds.append(luminance(ground))
        steps = grounds[:5]
        assert steps in (sorted(steps), sorted(steps, reverse=True)) and len(set(steps)) == 5


def luminance(colour: ColorTriplet) -> float:
    """As WCAG 2 has it."""
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("name", "width", "most", "lines"),
    [
        ("Family engagement worker", 10, 3, ["Family", "engagement", "worker"]),
        ("Family engagement worker", 10, 2, ["Family", "engagemen…"]),
        ("IPS_team_focus_group", 9, 3, ["IPS_team_", "focus_", "group"]),
        ("Follow-up", 9, 2, ["Follow-up"]),
        ("Unbreakable", 5, 2, ["Unbr…"]),
        ("中文字中文字", 7, 2, ["中文字…"]),
        ("", 9, 2, [""]),
    ],
)
def test_names_are_wrapped_into_their_column(name: str, width: int, most: int, lines: list[str]) -> None:
    assert wrapped(name, width, most) == lines


@of("matrix.turn")
async def test_it_keeps_its_cell_when_the_terminal_changes_its_size(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", COLUMNS[-1])
        await table.pilot.resize_terminal(44, 24)
        assert table.at == ("The trial", COLUMNS[-1]) and table.grid.column in table.grid.in_view
        finish(agreed, ["long"])
