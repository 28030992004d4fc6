"""Mode 7: the matrix, what it counts, and how another one is asked for."""

from __future__ import annotations

import pytest

from qualbench.analysis.matrix import Request, count_matrix
from qualbench.codebook.tree import read_codebook
from qualbench.study.database import Study
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.study import StudyScreen
from tests.tui.coding import of
from tests.tui.matrices import BASELINE, COLUMNS, FOLLOW_UP, NO_TIME, WORKER, agreed, matrix

__all__ = ["agreed"]

CELLS = [["1/1", "0/2", "0/1", "0/1"], ["0/1", "2/2", "0/1", "0/1"]]


async def test_themes_stand_by_those_who_spoke_of_them(agreed: Study) -> None:
    async with matrix(agreed) as table:
        assert table.rows == ["Trust", "The trial"] and table.columns == COLUMNS
        assert table.cells == CELLS
        assert table.text("about") == "Themes by stakeholder and timepoint   layer agreed"
        assert table.text("counted") == "Participants whose words are coded, in the agreed layer."
        assert table.said == f"1 of 1 participant. {BASELINE}: Trust"
        assert "0 nobody spoke of it" in table.text("legend")


async def test_a_line_holds_name_numbers_and_marks_of_their_shade(agreed: Study) -> None:
    async with matrix(agreed) as table:
        trust, trial = (line.split() for line in table.lines()[:2])
        assert trust == ["▌", "Trust", "[", "1/1", "▄]", "0/2", "0/1", "0/1"]
        assert trial == ["The", "trial", "0/1", "2/2", "█", "0/1", "0/1"]
        assert table.heading[-1].split() == ["n=1", "n=2", "n=1", "n=1"]


# Moving


@of("matrix.right", "matrix.left", "matrix.next", "matrix.previous", "matrix.first", "matrix.last")
@of("matrix.page_down", "matrix.page_up", "matrix.first_column", "matrix.last_column")
async def test_the_cursor_moves_from_cell_to_cell(agreed: Study) -> None:
    async with matrix(agreed) as table:
        seen = []
        for keys in (
            *("l", "right", "h", "left", "j", "k", "down", "up"),
            *("G", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "end", "home"),
        ):
            await table.press(keys)
            seen.append((table.grid.cursor, table.grid.column))
        assert seen == [
            *[(0, 1), (0, 2), (0, 1), (0, 0)],
            *[(1, 0), (0, 0), (1, 0), (0, 0)],
            *[(1, 0), (0, 0), (1, 0), (0, 0), (1, 0), (0, 0)],
            *[(0, 3), (0, 0)],
        ]
        await table.press("h k")
        assert (table.grid.cursor, table.grid.column) == (0, 0)


@of("matrix.page_right", "matrix.page_left")
async def test_columns_for_which_there_is_no_room_are_scrolled_to(agreed: Study) -> None:
    async with matrix(agreed, (40, 24)) as table:
        room = len(table.grid.in_view)
        assert 1 <= room < 4 and f"1-{room} of 4 ›" in table.heading[-1]
        await table.press("greater_than_sign")
        assert table.grid.column == room
        await table.press("greater_than_sign greater_than_sign greater_than_sign")
        assert table.grid.column == 3 and table.grid.in_view.stop == 4
        assert table.heading[-1].split("of 4")[0].strip().startswith("‹")
        assert table.lines()[0].startswith("▌ Trust")  # the names stay
        await table.press("less_than_sign less_than_sign less_than_sign")
        assert table.grid.column == 0 and table.grid.first == 0
        await table.press("end")
        assert table.grid.in_view.stop == 4


async def test_the_name_of_a_group_stands_over_the_columns_in_view(agreed: Study) -> None:
    async with matrix(agreed, (48, 24)) as table:
        assert len(table.grid.in_view) == 3
        assert table.heading[1].split() == ["Parent"]
        await table.press("end")
        assert table.heading[1].split() == ["Parent", "engageme…"]


async def test_a_click_goes_to_a_cell_and_a_second_one_opens_it(agreed: Study) -> None:
    async with matrix(agreed) as table:
        x = 2 + table.grid.label + 1 + table.grid.cells + 2
        await table.pilot.click(table.grid, offset=(x, 1))
        assert table.at == ("The trial", FOLLOW_UP)
        await table.pilot.click(table.grid, offset=(x, 1), times=2)
        await table.press("plus")
        assert [source for source, _ in table.words] == ["P07_f", "group", "group"]


@of("matrix.back")
async def test_escape_goes_to_the_study_and_the_cell_is_kept(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("j l escape")
        table.over(StudyScreen)
        await table.press("7")
        assert table.over(MatrixScreen) and table.at == ("The trial", FOLLOW_UP)


@of("matrix.definition")
async def test_the_entry_of_a_row_is_shown_in_the_codebook(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("j D")
        entry = table.over(CodebookScreen).codes.entry
        assert entry is not None and entry.label == "The trial"


# Asking for another one


@of("matrix.rows")
@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        ("sub-themes", ["Social work"]),
        ("codes", ["Fear", "Being judged", "Forms: long / short"]),
        (
            "all levels",
            ["Trust", "Social work", "Fear", "Being judged", "The trial", "Forms: long / short"],
        ),
    ],
)
async def test_rows_are_themes_sub_themes_codes_or_all(agreed: Study, choice: str, rows: list[str]) -> None:
    async with matrix(agreed) as table:
        await table.choose("r", choice)
        assert table.rows == rows
        if choice == "all levels":
            assert [line[:14].rstrip() for line in table.lines()[1:3]] == ["    Social wor", "      Fear"]


@of("matrix.rows")
async def test_rows_can_be_limited_to_some_entries(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("r", "only some entries")
        await table.narrow("Social")
        await table.press("enter")
        assert table.rows == ["Social work", "Fear", "Being judged"]
        assert "at and below Social work" in table.text("about")
        await table.choose("r", "all entries")
        assert len(table.rows) == 6


@of("matrix.own")
async def test_a_row_counts_its_own_codings_only_if_wanted(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("o")
        assert table.said == "A row counts its own codings only."
        assert table.cells == [["0/1", "0/2", "0/1", "0/1"]] * 2
        assert "own codings only" in table.text("about")
        await table.press("o")
        assert table.cells == CELLS and "below it in the tree too" in table.said


@of("matrix.columns")
async def test_columns_cross_what_is_chosen_in_that_order(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("c")
        offered = table.offered()
        assert [row.split("  (")[0] for row in offered[:2]] == ["1 stakeholder", "2 timepoint"]
        assert {"site", "participant", "family", "source", "kind", "mode"} <= {
            row[2:].split("  (")[0] for row in offered
        }
        await table.mark("stakeholder", "site")
        await table.press("enter")
        assert table.screen.look.request.columns == ("timepoint", "site")
        assert table.columns[0] == "Baseline, Glasgow"


@of("matrix.columns")
async def test_columns_stay_if_nothing_is_chosen(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("c escape")
        assert table.columns == COLUMNS
        await table.press("c")
        await table.narrow("nothing like this")
        await table.press("tab enter escape")
        assert table.columns == COLUMNS


@of("matrix.pivot")
async def test_the_next_attribute_comes_first(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", FOLLOW_UP)
        await table.press("p")
        assert table.columns[:3] == [
            "Baseline, Parent",
            "Follow-up, Parent",
            "Follow-up, Family engagement worker",
        ]
        assert table.text("about").startswith("Themes by timepoint and stakeholder")
        await table.press("p")
        assert table.columns == COLUMNS
        await table.choose("c", "site")  # the mark list takes what is marked, so site is added
        assert table.screen.look.request.columns == ("stakeholder", "timepoint")


@of("matrix.pivot")
async def test_one_attribute_has_no_other_to_come_first(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("c")
        await table.mark("timepoint")
        await table.press("enter p")
        assert table.said.startswith("The columns cross one attribute only.")


KINDS = {
    "codings": ("2", f"2 codings. {BASELINE} (1 participant, 1 source): Trust"),
    "passages": ("2", f"2 passages. {BASELINE} (1 participant, 1 source): Trust"),
    "sources": ("1/1", f"1 of 1 source. {BASELINE}: Trust"),
    "participants": ("1/1", f"1 of 1 participant. {BASELINE}: Trust"),
    "words": ("8", f"8 of 16 words. {BASELINE} (1 participant, 1 source): Trust"),
    "share": ("50%", f"50.0% of 16 words. {BASELINE} (1 participant, 1 source): Trust"),
    "presence": ("1", f"Present. {BASELINE} (1 participant, 1 source): Trust"),
    "quotes": ("2", f"2 quotes. {BASELINE} (1 participant, 1 source): Trust"),
}


@of("matrix.cells")
@pytest.mark.parametrize("cells", KINDS)
async def test_cells_count_what_is_chosen_and_say_of_how_many(agreed: Study, cells: str) -> None:
    text, said = KINDS[cells]
    async with matrix(agreed) as table:
        await table.choose("n", cells)
        assert table.screen.look.request.cells == cells
        assert (table.cells[0][0], table.said) == (text, said)
        silent = "Silent: 0 of" if cells in ("sources", "participants") else "Silent: nobody spoke of it."
        await table.press("j")
        assert table.said.startswith(silent) and table.said.endswith("The trial")


@of("matrix.cells")
async def test_the_quotes_of_a_cell_stand_below(agreed: Study) -> None:
    async with matrix(agreed) as table:
        assert table.quotes == ""
        await table.choose("n", "quotes")
        assert table.quotes.startswith("“I was feart of them.” (Parti")
        assert "“They judge ye.”" in table.quotes
        await table.press("j")
        assert table.quotes == ""


@of("matrix.only")
async def test_some_sources_only_are_counted(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("f")
        await table.mark("source: P07_b", "source: group")
        await table.press("enter")
        assert table.columns == [BASELINE, FOLLOW_UP, WORKER]
        assert "(only P07_b and group)" in table.text("about")
        await table.press("f")
        assert table.offered()[0].strip() == "all of them"
        await table.mark("source: P07_b")
        await table.press("enter")
        assert table.columns == [FOLLOW_UP, WORKER]
        await table.choose("f", "all of them")
        assert table.columns == COLUMNS


@of("matrix.next_layer")
async def test_other_layers_are_counted(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("L")
        assert table.said == "Layer AB." and table.text("about").endswith("layer AB")
        assert table.text("counted").endswith("in the layer of AB.")
        await table.press("L")
        assert table.text("about").endswith("layer agreed")  # CD has not finished every source


@of("matrix.all_columns")
async def test_crossings_of_nobody_are_not_collected(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("a")
        at = table.columns.index("Family engagement worker, Baseline")
        assert table.cells[0][at] == "·"
        await table.go("Trust", "Family engagement worker, Baseline")
        assert table.said == "Not collected: nobody was talked to. Family engagement worker, Baseline: Trust"
        assert "· nobody of the column was talked to" in table.text("legend")
        await table.press("enter")
        assert table.over(MatrixScreen) and table.said.startswith("Not collected")
        await table.press("a")
        assert table.columns == COLUMNS


@of("matrix.pool")
async def test_small_groups_are_taken_together(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("P")
        assert table.said == "Groups of fewer than 3 people are one column."
        assert len(table.columns) < 4 and "groups of fewer than 3 as one" in table.text("about")
        await table.press("P")
        assert table.columns == COLUMNS


# Laying it out


@of("matrix.turn")
async def test_themes_become_columns_and_the_cursor_keeps_its_cell(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("Trust", WORKER)
        await table.press("t")
        assert table.at == (WORKER, "Trust")
        assert table.cells == [list(line) for line in zip(*CELLS, strict=True)]
        assert f"{FOLLOW_UP} (n=2)" in table.lines()[1]
        assert table.said == f"Silent: 0 of 1 participant. {WORKER}: Trust"
        await table.press("t")
        assert table.at == ("Trust", WORKER) and table.cells == CELLS


@of("matrix.sort")
async def test_themes_are_sorted_by_the_column_here(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("Trust", FOLLOW_UP)
        await table.press("s")
        assert table.offered()[0].strip() == f"largest first, by {FOLLOW_UP}"
        await table.press("enter")
        assert table.rows == ["The trial", "Trust"] and table.at == ("Trust", FOLLOW_UP)
        assert f"by {FOLLOW_UP}" in table.text("about")
        await table.choose("s", "as in the codebook")
        assert table.rows == ["Trust", "The trial"]
        await table.choose("s", "by all columns")
        assert table.rows == ["The trial", "Trust"] and "largest first" in table.text("about")
        await table.choose("r", "codes")
        await table.choose("s", "by name")
        assert table.rows == ["Being judged", "Fear", "Forms: long / short"]


@of("matrix.normalise")
async def test_shares_say_what_they_are_shares_of(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("n", "codings")
        await table.go("The trial", FOLLOW_UP)
        assert table.cells[1][1] == "3"
        await table.choose("percent_sign", "row's")
        assert table.cells[1][1] == "100%" and table.text("counted").endswith(", as shares of the row.")
        assert table.said.startswith("100% of the row's 3: 3 codings.")
        await table.choose("percent_sign", "column's")
        assert table.said.startswith("100% of the column's 3: 3 codings.")
        await table.choose("percent_sign", "for each participant")
        assert table.cells[1][1] == "1.5" and table.said.startswith("1.5 for each participant: 3 codings.")
        await table.choose("n", "participants")
        assert table.cells[1][1] == "100%" and table.said.startswith("100%: 2 of 2 participants.")
        await table.choose("percent_sign", "as counted")
        assert table.cells == CELLS


@of("matrix.normalise")
async def test_a_share_of_nothing_is_a_dash(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("percent_sign", "column's")
        assert table.cells[0][2] == "-" and "- a share of nothing" in table.text("legend")
        await table.go("Trust", NO_TIME)
        assert table.said.startswith("- of the column's 0: Silent: 0 of 1 participant.")


@of("matrix.normalise")
@pytest.mark.parametrize("cells", ["share", "presence"])
async def test_what_is_a_share_already_has_none(agreed: Study, cells: str) -> None:
    async with matrix(agreed) as table:
        await table.choose("percent_sign", "row's")
        await table.choose("n", cells)
        assert table.screen.look.normalise is None
        await table.press("percent_sign")
        assert table.said.startswith(f"{cells.capitalize()} cannot be shown as shares.")


@of("matrix.totals")
async def test_all_is_counted_anew(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("T")
        assert table.rows[-1] == table.columns[-1] == "All"
        assert table.cells[-1] == ["1/1", "2/2", "0/1", "0/1", "2/3"]
        assert "need not be the sum" in table.said
        await table.press("G end")
        assert table.said == "2 of 3 participants. all columns as one: all rows as one"
        await table.press("x")
        assert table.said.startswith("That is all rows as one.")
        await table.press("D")
        assert table.over(MatrixScreen) and table.said.startswith("That is all rows as one.")
        await table.press("enter")
        assert len(table.words) == 5 and "All rows: all columns" in table.pilot.app.screen._cell.label  # type: ignore[attr-defined]
        await table.press("escape T")
        assert "All" not in table.rows + table.columns and table.at == ("Trust", BASELINE)


# What is counted is what the command counts


@pytest.mark.parametrize("rows", ["themes", "tree"])
async def test_the_numbers_are_those_of_the_core(agreed: Study, rows: str) -> None:
    found = count_matrix(agreed, Request(rows, ("stakeholder", "timepoint"), "codings"))
    async with matrix(agreed) as table:
        await table.choose("n", "codings")
        await table.choose("r", "themes" if rows == "themes" else "all levels")
        shown = table.screen.shown
        assert shown is not None and shown.matrix.cells == found.cells
        assert table.rows == [read_codebook(agreed).by_id[code].label for code in found.codes]


async def test_a_worker_who_was_silent_is_of_how_many(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", WORKER)
        assert table.said == f"Silent: 0 of 1 participant. {WORKER}: The trial"
