"""Mode 5: what the codebook screen shows, and going about in it."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from qualbench.analysis.code_use import code_use, rolled_up, where_used
from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import retire_code
from qualbench.codebook.tree import read_codebook
from qualbench.codebook.versions import release
from qualbench.coding.applying import set_exemplar
from qualbench.coding.examples import add_example
from qualbench.coding.memos import add_memo, on_code
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import list_sources
from qualbench.tui.actions import ACTIONS, CODEBOOK
from qualbench.tui.app import Workbench
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.review_uncaptured import UncapturedScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.screens.versions import VersionsScreen
from tests.builders import place
from tests.conftest import Demonstration
from tests.tui.codebook import Shelf, shelf
from tests.tui.coding import put
from tests.tui.driving import settle

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def used(fresh: Study) -> Study:
    """The small study with four codings by AB."""
    put(fresh, "I was feart of them.", "fear")
    put(fresh, "They judge ye.", "judged")
    put(fresh, "Murder, aye.", "fear", "group")
    put(fresh, "The forms were murder.", "forms", "group")
    return fresh


# The tree


@pytest.mark.parametrize("layer", [AGREED, "AB"])
async def test_the_tree_counts_the_codings_of_the_layer_with_all_below(
    demonstration: Demonstration, layer: str
) -> None:
    async with shelf(demonstration.study) as desk:
        while desk.screen.shown_layer != layer:
            await desk.press("L")
        study = demonstration.study
        uses = rolled_up(code_use(study, layer), read_codebook(study))
        for row, drawn in zip(desk.tree.rows, desk.drawn, strict=True):
            use = uses[row.entry.id]
            counts = [str(use.codings), str(len(use.sources)), str(len(use.participants))]
            assert not use.codings or drawn.split()[-3:] == counts
        assert sum(use.codings > 0 for use in uses.values()) > 10
        assert f"layer {layer}" in desk.said.replace("Layer", "layer")


async def test_a_theme_counts_a_source_and_a_person_once(used: Study) -> None:
    async with shelf(used) as desk:
        assert desk.drawn[0].startswith("▾ ■ Trust") and desk.drawn[0].split()[-3:] == ["3", "2", "2"]
        assert desk.said == "'Trust': 3 codings in 2 sources, of 2 participants, layer AB."


async def test_keys_move_fold_and_go_to_the_ends(used: Study) -> None:
    async with shelf(used) as desk:
        assert desk.at == "trust"
        for keys, at in (("j j", "fear"), ("k", "social-work"), ("G", "forms"), ("g", "trust")):
            await desk.press(keys)
            assert desk.at == at
        await desk.press("ctrl+d")
        assert desk.at == "forms"
        await desk.press("pageup l l")
        assert desk.at == "fear"
        await desk.press("h h")
        assert (desk.at, desk.ids) == ("social-work", ["trust", "social-work", "trial", "forms"])
        await desk.press("right down left")
        assert desk.at == "social-work" and "fear" in desk.ids


async def test_the_entry_is_told_in_full(used: Study) -> None:
    edit_code(
        used,
        "fear",
        {
            "short_definition": "Being afraid.",
            "definition": "Talk of being afraid of professionals.",
            "when_to_use": "For fear of any worker.",
            "when_not_to_use": "Not for worry about money.",
            "typical_example": "I was scared.",
            "atypical_example": "My heart sank.",
            "near_miss_example": "I was fed up.",
            "question": "Table 1 row 3",
            "origin": "data",
            "tags": ("tfa:burden", "npt:coherence"),
            "stakeholders": ("Parent",),
            "timepoints": ("Baseline",),
        },
    )
    add_example(used, "fear", "near miss", "group", place(used, "group", "on the bus"))
    set_exemplar(used, put(used, "Naïve, me.", "fear"), True)
    set_key(used, "fear", "f")
    add_memo(used, "Of whom?", on_code("fear"))
    async with shelf(used) as desk:
        await desk.go("fear")
        for words in (
            "Trust › Social work\nFear\n",
            "code · ■ agreed · key f · ■ #D55E00 as above it · from the data",
            "For Parent, Baseline",
            "Question: Table 1 row 3",
            "Tags: tfa:burden, npt:coherence",
            "Being afraid.",
            "Definition\nTalk of being afraid of professionals.",
            "When to use\nFor fear of any worker.",
            "When not to use\nNot for worry about money.",
            "Typical example\nI was scared.",
            "Atypical example\nMy heart sank.",
            "Close, but not examples\nI was fed up.\n“on the bus” group, AB",
            "Your exemplars\n“Naïve, me.” P07_b, you",
            "No version of the codebook has been released yet. 1 memo on it.",
        ):
            assert words in desk.told
        await desk.go("trial")
        assert "Central organising concept: not written yet" in desk.told
        assert "Talk of being afraid" not in desk.told


async def test_the_history_of_an_entry_is_told_by_versions(used: Study) -> None:
    release(used, "First", "AB")
    edit_code(used, "fear", {"definition": "Fear."})
    release(used, "Second", "AB")
    edit_code(used, "forms", {"definition": "Forms."})
    set_key(used, "fear", "f")  # no change of what it means
    hope = add_code(used, NewCode("Hope", "trial"))
    async with shelf(used) as desk:
        for code, history in (
            ("trust", "In the codebook since version 1, unchanged in the versions since. "),
            ("fear", "In the codebook since version 1, last changed in version 2. "),
            (
                "forms",
                "In the codebook since version 1, unchanged in the versions since; changed again since. ",
            ),
            (hope.id, "New since version 2. "),
        ):
            await desk.go(code)
            assert history in desk.told


async def test_a_theme_tells_what_it_groups_and_a_code_what_it_is_split_into(used: Study) -> None:
    theme = add_code(used, NewCode("Being watched", level="theme"))
    edit_code(used, "fear", {"also_in": (theme.id,)})
    split_code(used, "forms", ["Long forms", "Short forms"])
    async with shelf(used) as desk:
        await desk.go(theme.id)
        assert "theme · ? candidate" in desk.told and "Groups: Fear" in desk.told
        assert "? Being watched +1" in desk.drawn[desk.ids.index(theme.id)]
        await desk.go("fear")
        assert "In the candidate themes: Being watched" in desk.told
        await desk.go("forms")
        assert "Being split into: Long forms, Short forms" in desk.told


# Finding


async def test_typing_narrows_and_keeps_the_way_to_what_fits(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.press("slash")
        await desk.type("jud")
        assert desk.ids == ["trust", "social-work", "judged"]
        assert desk.at == "judged"
        await desk.press("enter")
        assert desk.tree.has_focus and desk.ids == ["trust", "social-work", "judged"]
        await desk.press("k k escape")
        assert desk.at == "trust" and len(desk.ids) == 6
        assert not desk.screen.query_one(Input).display
        await desk.press("slash")
        await desk.type("no such name")
        assert desk.ids == [] and desk.at is None
        await desk.press("enter")
        assert desk.said == "No name holds that."
        await desk.press("escape")
        assert len(desk.ids) == 6


async def test_the_name_of_a_merged_entry_leads_to_what_took_it_in(used: Study) -> None:
    merge_codes(used, "judged", "forms")
    async with shelf(used) as desk:
        assert "judged" not in desk.ids
        await desk.press("slash")
        await desk.type("being jud")
        assert desk.at == "judged"
        assert desk.drawn[-1].strip() == "⇒ Being judged  merged into Forms: long / short"
        await desk.press("enter")
        assert desk.said.startswith("'Being judged' was merged into 'Forms: long / short'")
        await desk.press("r")
        assert desk.said == "'Being judged' was merged into 'Forms: long / short'. R brings it back."
        await desk.press("enter")
        top = desk.pilot.app.screen
        assert isinstance(top, ReviewScreen) and top.entry.id == "forms"
        await desk.press("escape escape")
        assert desk.at == "forms"


async def test_retired_and_merged_entries_are_shown_and_hidden(used: Study) -> None:
    retire_code(used, "forms")
    merge_codes(used, "judged", "fear")
    async with shelf(used) as desk:
        assert {"forms", "judged"} & {*desk.ids} == set()
        await desk.press("i")
        assert {"forms", "judged"} <= {*desk.ids}
        assert desk.said == "2 retired and merged entries are shown; i hides them."
        await desk.go("forms")
        await desk.press("e")
        assert desk.said == "'Forms: long / short' is retired. R brings it back."
        await desk.press("i")
        assert len(desk.ids) == 4


# The table


async def test_the_table_leads_to_the_passages_of_each_cell(demonstration: Demonstration) -> None:
    async with shelf(demonstration.study) as desk:
        counted = where_used(demonstration.study, desk.at or "", desk.screen.shown_layer)
        lines = str(desk.table.render()).splitlines()
        rows = [(n, row) for n, row in enumerate(counted.cells) if any(row)]
        assert len(lines) == len(rows) + 2
        for line, (n, row) in zip(lines[2:], rows, strict=True):
            assert line.startswith(counted.rows[n])
            assert line.split()[-2:] == ["–" if cell is None else str(cell or "·") for cell in row]
        await desk.press("tab j l")
        assert desk.table.has_focus
        n, row = rows[1]
        here = f"{counted.rows[n]}, {counted.columns[1]}"
        assert desk.said.startswith(here)
        cell = desk.table.cell
        assert cell is not None and cell.codings == (row[1] or 0) > 0
        await desk.press("enter")
        top = desk.pilot.app.screen
        assert isinstance(top, ReviewScreen)
        assert len(top.view.passages) == cell.codings
        await desk.press("escape")
        assert desk.table.has_focus
        await desk.press("escape")
        assert desk.tree.has_focus


async def test_the_cursor_of_the_table_keeps_within_it(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.press("tab h k")
        assert desk.table.cell is not None and desk.table.cell.told == "Parent, Baseline: 2 codings"
        await desk.press("l j j")
        assert desk.table.cell.told == "Parent, Follow-up: 1 coding"
        await desk.press("l l l")
        assert desk.table.cell.told == "Parent, (not stated): no coding"
        await desk.press("enter")
        assert desk.said == "Parent, (not stated): no coding."
        await desk.press("tab")
        assert desk.tree.has_focus


async def test_without_a_coding_there_is_no_table_to_go_to(fresh: Study) -> None:
    async with shelf(fresh) as desk:
        assert str(desk.table.render()) == "No coding, layer AB"
        await desk.press("tab")
        assert desk.tree.has_focus
        assert desk.said.startswith("No participant's words have this code")


@pytest.mark.parametrize("size", SIZES)
async def test_every_row_of_the_table_is_in_view(demonstration: Demonstration, size: tuple[int, int]) -> None:
    async with shelf(demonstration.study, size) as desk:
        for _ in range(6):
            await desk.press("j")
            assert len(str(desk.table.render()).splitlines()) <= desk.table.size.height


# Where keys lead


async def test_keys_open_passages_versions_and_what_is_left(used: Study) -> None:
    async with shelf(used) as desk:
        for keys, screen in (("enter", ReviewScreen), ("v", VersionsScreen), ("w", UncapturedScreen)):
            await desk.press(keys)
            assert isinstance(desk.pilot.app.screen, screen)
            await desk.press("escape")
            assert isinstance(desk.pilot.app.screen, CodebookScreen)
        await desk.press("escape")
        assert isinstance(desk.pilot.app.screen, StudyScreen)


async def test_a_split_under_way_goes_on(used: Study) -> None:
    split_code(used, "fear", ["Fear of workers", "Fear of courts"])
    for coder in (used, used.by("CD")):  # else CD may have passages of it that AB does not see
        finish(coder, [source.name for source in list_sources(used)])
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("s")
        assert isinstance(desk.pilot.app.screen, SplitScreen)
        await desk.press("1 1")
        await desk.press("escape")
        await settle(desk.pilot)
        assert desk.entry("fear").status == "retired"
        assert "fear" not in desk.ids


async def test_the_coding_screen_leads_to_the_code_there(used: Study) -> None:
    async with Workbench(used).run_test(size=(120, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, Workbench)
        await pilot.press("5", "enter")  # something lies over the tree
        app.open_source("P07_b", place(used, "P07_b", "They judge").start)
        await settle(pilot)
        await pilot.press("D")
        await settle(pilot)
        desk = Shelf(pilot, used)
        assert isinstance(app.screen, CodebookScreen)
        assert desk.at == "judged"
        await pilot.press("slash", "x", "4", "escape", "4")  # a filter does not stand in the way
        await settle(pilot)
        await pilot.press("D")
        await settle(pilot)
        assert (desk.at, len(desk.ids)) == ("judged", 6)


async def test_what_was_changed_elsewhere_is_seen_on_coming_back(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("forms")
        await desk.press("8")
        put(used, "The forms were long.", "forms", "P07_f")
        edit_code(used, "trust", {"label": "Faith"})
        await desk.press("5")
        assert desk.at == "forms"
        assert desk.drawn[0].startswith("▾ ■ Faith")
        assert desk.drawn[-1].split()[-3:] == ["2", "2", "1"]


async def test_another_coders_hidden_layer_is_never_counted(used: Study) -> None:
    put(used.by("CD"), "She had been there herself.", "fear", "P07_f")
    async with shelf(used) as desk:
        layers = []
        for _ in range(3):
            layers.append(desk.screen.shown_layer)
            await desk.press("L")
        assert layers == ["AB", AGREED, "AB"]
        assert desk.drawn[2].split()[-3:] != ["3", "3", "2"]


async def test_an_empty_codebook_says_what_will_be_here(sqlite_study: Study) -> None:
    async with shelf(sqlite_study) as desk:
        assert desk.screen.query_one("#empty").display and not desk.screen.query_one("#book").display
        for action in ACTIONS:
            if action.place == CODEBOOK and action.id != "codebook.back":
                await desk.press(action.keys.split(",")[0].replace("*", "a"))
                if not isinstance(desk.pilot.app.screen, CodebookScreen):
                    await desk.press("escape")
                assert isinstance(desk.pilot.app.screen, CodebookScreen), action.id
        assert desk.book.by_id == {}
        await desk.press("e")
        assert desk.said == "There is no entry here. a adds one, b brings in a codebook."


async def test_a_long_entry_is_read_on_by_a_key(used: Study) -> None:
    edit_code(used, "fear", {"definition": "Fear of workers. " * 200})
    async with shelf(used, (80, 24)) as desk:
        await desk.go("fear")
        scroll = desk.screen.query_one("#entry")
        places = [scroll.scroll_y]
        while not places[1:] or places[-1] != 0:
            await desk.press("space")
            places.append(scroll.scroll_y)
        assert places[:-1] == sorted(places[:-1]) and places[-2] == scroll.max_scroll_y
        await desk.press("space k")
        assert scroll.scroll_y == 0
