"""The six phases: what is there, what is missing, and where enter leads."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.versions import release
from qualbench.study.database import Study
from qualbench.study.settings import set_stance
from qualbench.tui.actions import ACTIONS, EVERYWHERE, PHASES, STUDY
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.memos import MemosScreen
from qualbench.tui.screens.phases import PhasesScreen
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.review_uncaptured import UncapturedScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.screens.versions import VersionsScreen
from qualbench.tui.widgets.text_blocks import TextBlocks
from tests.tui.coding import put
from tests.tui.driving import opened, settle, status


async def show(pilot: Pilot[None]) -> PhasesScreen:
    await pilot.press("p")
    await settle(pilot)
    assert isinstance(pilot.app.screen, PhasesScreen)
    return pilot.app.screen


def sentences(screen: PhasesScreen) -> list[str]:
    blocks = screen.query_one(TextBlocks).blocks
    return ["".join(words for _, words in line.pieces) for block in blocks for line in block.lines]


async def to(pilot: Pilot[None], words: str) -> None:
    """Put the cursor on something missing."""
    view = pilot.app.screen.query_one(TextBlocks)
    found = [n for n, block in enumerate(view.blocks) if block.id and words in block.lines[0].pieces[0][1]]
    assert len(found) == 1, words
    view.move_to(found[0])
    await pilot.pause()


def test_the_keys_of_the_place_are_its_own() -> None:
    actions = [action for action in ACTIONS if action.place == PHASES]
    keys = [key for action in actions for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert all(hasattr(PhasesScreen, f"action_{action.method}") for action in actions)
    for place in (PHASES, STUDY):
        assert sum(a.in_footer for a in ACTIONS if a.place in (place, EVERYWHERE)) <= 8


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_phase_says_what_is_there_and_what_is_missing(fresh: Study, size: tuple[int, int]) -> None:
    put(fresh, "I was feart of them.", "fear")
    async with opened(fresh, size) as pilot:
        screen = await show(pilot)
        said = sentences(screen)
        assert said[0].startswith("Codebook thematic analysis.") and "none is locked" in said[0]
        titles = [sentence for sentence in said if sentence[:1].isdecimal()]
        assert [title[0] for title in titles] == list("123456")
        assert any(sentence.startswith("✓ In the layer of AB") for sentence in said)
        view = screen.query_one(TextBlocks)
        assert view.present is not None and status(pilot).startswith("enter goes to ")
        await pilot.press("G")
        assert view.scroll_y == view.max_scroll_y
        await pilot.press("g")
        assert view.scroll_y == 0
        before = view.cursor
        await pilot.press("j", "k", "ctrl+d", "ctrl+u")
        assert view.cursor == before
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)


async def test_the_wording_is_that_of_the_stance(fresh: Study) -> None:
    set_stance(fresh, "reflexive")
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        assert sentences(screen)[0].startswith("Reflexive thematic analysis.")
        assert any("No memo of your own on the study" in sentence for sentence in sentences(screen))


async def test_enter_goes_where_what_is_missing_is_mended(fresh: Study) -> None:
    put(fresh, "I was feart of them.", "fear")
    add_code(fresh, NewCode("Shame", None, level="theme"))
    for words, screen in (
        ("No version of the codebook", VersionsScreen),
        ("captured by no theme", UncapturedScreen),
        ("No notes on sources", MemosScreen),
        ("as read", CodeScreen),
        ("checked against the recording", StudyScreen),
    ):
        async with opened(fresh) as pilot:
            await show(pilot)
            await to(pilot, words)
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(pilot.app.screen, screen), words


async def test_a_thin_theme_leads_to_its_passages(fresh: Study) -> None:
    put(fresh, "I was feart of them.", "fear")
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        leading = [
            f for f in screen._missing.values() if f.leads_on.startswith("qualbench codebook review t")
        ]
        await to(pilot, leading[0].sentence)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_what_is_to_be_read_again_is_opened(fresh: Study) -> None:
    release(fresh, "First", "AB")
    put(fresh, "I was feart of them.", "fear")
    edit_code(fresh, "fear", {"definition": "Of anybody."})
    release(fresh, "Second", "AB")
    async with opened(fresh) as pilot:
        await show(pilot)
        await to(pilot, "to be read again")
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, CodeScreen) and screen.source_name == "P07_b"


async def test_what_only_a_command_does_is_named(fresh: Study) -> None:
    put(fresh, "I was feart of them.", "fear")
    async with opened(fresh) as pilot:
        await show(pilot)
        await to(pilot, "No source has been finished by two coders")
        assert status(pilot) == "In a terminal: qualbench finish SOURCE"
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, PhasesScreen)
        assert status(pilot) == "In a terminal: qualbench finish SOURCE"


async def test_the_page_is_looked_at_again_after_a_change(fresh: Study) -> None:
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        assert any("No version of the codebook" in sentence for sentence in sentences(screen))
        await pilot.press("8")
        await pilot.pause()
        release(fresh, "First", "AB")
        await pilot.press("1")
        await settle(pilot)
        assert pilot.app.screen is screen
        assert not any("No version of the codebook" in sentence for sentence in sentences(screen))
