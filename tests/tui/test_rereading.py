"""Going through what a change of the codebook asks to read again, in the coding screen."""

from __future__ import annotations

import pytest

from qualbench.codebook.editing import edit_code
from qualbench.codebook.merging import merge_codes
from qualbench.codebook.versions import release
from qualbench.coding.codings import list_codings
from qualbench.coding.rereading import passages_to_reread
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from tests.tui.coding import at_work, of, put

FEART, JUDGE, HERSELF = "I was feart of them.", "They judge ye.", "She had been there herself."


@pytest.fixture
def changed(fresh: Study) -> Study:
    """A study in which three passages are to be read again, in two sources, and one is not."""
    release(fresh, "First", "AB")
    put(fresh, FEART, "fear")
    put(fresh, JUDGE, "judged")
    put(fresh, HERSELF, "fear", "P07_f")
    put(fresh, "The forms were long.", "forms", "P07_f")
    edit_code(fresh, "fear", {"definition": "Being afraid of any professional."})
    release(fresh, "Second", "AB")
    edit_code(fresh, "judged", {"when_to_use": "Only of staff."})
    release(fresh, "Third", "AB")
    return fresh


@of("code.next_reread", "code.previous_reread")
async def test_the_queue_goes_on_across_sources_and_back(changed: Study) -> None:
    async with at_work(changed, "P07_b") as desk:
        places = [("P07_b", FEART, "'Fear' was redefined in version 2: definition.")]
        places += [("P07_b", JUDGE, "'Being judged' was redefined in version 3: when to use.")]
        places += [("P07_f", HERSELF, "'Fear' was redefined in version 2: definition.")]
        for n, (source, quote, because) in enumerate(places, start=1):
            await desk.press("right_square_bracket r")
            assert (desk.name, desk.view.caret) == (source, desk.text.index(quote))
            assert desk.said == f"{n} of 3 to read again, y keeps: {because}"
        await desk.press("right_square_bracket r")
        assert desk.said == "Nothing after this has to be read again; 3 in all."
        await desk.press("left_square_bracket r")
        assert (desk.name, desk.view.caret) == ("P07_b", desk.text.index(JUDGE))
        await desk.to("From a pal")
        await desk.press("left_square_bracket r")
        assert desk.said == "Nothing before this has to be read again; 3 in all."


async def test_the_queue_begins_where_no_source_is_open(changed: Study) -> None:
    app = Workbench(changed)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        await pilot.pause()
        await pilot.press("right_square_bracket", "r")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, CodeScreen)
        assert screen.source_name == "P07_b"
        assert screen.query_one("#open").display and not screen.query_one("#empty").display


@of("code.keep")
async def test_keeping_goes_on_to_the_next_and_can_be_undone(changed: Study) -> None:
    async with at_work(changed) as desk:
        await desk.press("right_square_bracket r y")
        assert desk.said.startswith("Kept. 1 of 2 to read again, y keeps: 'Being judged'")
        assert desk.view.caret == desk.text.index(JUDGE)
        assert [one.quote for one in list_codings(changed) if one.kept_under == 3] == [FEART]
        await desk.press("u left_square_bracket r")
        assert desk.said.startswith("1 of 3 to read again, y keeps: 'Fear'")
        await desk.press("y y y")
        assert desk.said == "Kept. Nothing is left to read again."
        assert passages_to_reread(changed) == []
        await desk.press("right_square_bracket r")
        assert desk.said == "Nothing is left to read again."


async def test_what_need_not_be_read_again_is_not_kept(changed: Study) -> None:
    async with at_work(changed, "P07_f") as desk:
        await desk.to("The forms were long")
        await desk.press("y")
        assert desk.said == "Nothing here has to be read again. ] r goes to what has."


async def test_ordinary_keys_change_the_passage_as_ever(changed: Study) -> None:
    put(changed, "I was feart", "forms")  # shorter, so that keys would act on it first
    async with at_work(changed) as desk:
        await desk.press("right_square_bracket r x")
        assert desk.said == "'Fear' taken away; u brings it back."
        await desk.press("right_square_bracket r")
        assert desk.said.startswith("1 of 2 to read again, y keeps: 'Being judged'")


async def test_codes_of_one_place_are_gone_through_one_by_one(changed: Study) -> None:
    put(changed, FEART, "judged")
    edit_code(changed, "judged", {"definition": "By anybody."})
    edit_code(changed, "fear", {"when_to_use": "Always."})
    release(changed, "Fourth", "AB")
    async with at_work(changed) as desk:
        said = []
        for _ in range(2):
            await desk.press("right_square_bracket r")
            assert desk.view.caret == desk.text.index(FEART)
            said.append(desk.said)
        assert said[0].startswith("1 of 4 to read again, y keeps: 'Fear' was redefined in version 4")
        assert said[1].startswith("2 of 4 to read again, y keeps: 'Being judged' was redefined in version 4")
        await desk.press("y")
        assert [one.code for one in list_codings(changed) if one.kept_under == 4] == ["judged"]


async def test_hidden_codes_are_shown_for_it(changed: Study) -> None:
    merge_codes(changed, "judged", "fear")
    release(changed, "Fourth", "AB")
    async with at_work(changed) as desk:
        await desk.press("R right_square_bracket r")
        assert not desk.screen.reading and desk.view.codings
        await desk.press("right_square_bracket r")
        assert desk.said == "2 of 3 to read again, y keeps: 'Being judged' was merged in version 4: Fear."


async def test_the_queue_of_one_code_is_left_when_it_is_done(changed: Study) -> None:
    async with at_work(changed) as desk:
        app = desk.screen.workbench
        app.reread_code = "fear"
        app.open_source("P07_b", desk.text.index(FEART))
        desk.screen._look_again()
        assert desk.said.startswith("1 of 2 to read again, y keeps: 'Fear'")
        await desk.press("y")
        assert desk.said.startswith("Kept. 1 of 1 to read again, y keeps: 'Fear'") and desk.name == "P07_f"
        await desk.press("y")
        assert desk.said == "Kept. Of other codes 1 are left: ] r."
        await desk.press("left_square_bracket r")
        assert desk.said.startswith("1 of 1 to read again, y keeps: 'Being judged'")
