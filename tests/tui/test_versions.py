"""The versions of the codebook: listed, compared, released, shown."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qualbench.codebook.diff import diff_codebooks
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.merging import merge_codes
from qualbench.codebook.moving import move_code, retire_code
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.codebook.versions import list_versions, release
from qualbench.study.database import Study
from qualbench.tui.actions import ACTIONS, EVERYWHERE, VERSIONS
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.screens.versions import VersionsScreen
from qualbench.tui.widgets.diff_view import change_blocks
from qualbench.tui.widgets.lines import SideList
from qualbench.tui.widgets.text_blocks import TextBlocks
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.builders import place
from tests.tui.coding import put
from tests.tui.driving import opened, status


@pytest.fixture
def released(fresh: Study) -> Study:
    """A study with two versions and something changed since, and three passages of its coder."""
    edit_code(fresh, "fear", {"definition": "Being afraid of staff."})
    release(fresh, "Before the second wave", "AB, CD")
    put(fresh, "I was feart of them.", "fear")
    put(fresh, "She had been there herself.", "fear", "P07_f")
    put(fresh, "They judge ye.", "judged")
    edit_code(fresh, "fear", {"definition": "Being afraid of any professional.", "label": "Dread"})
    move_code(fresh, "fear", "trial")
    release(fresh, "After the second wave", "AB")
    retire_code(fresh, "judged")
    return fresh


async def show(pilot: Pilot[None]) -> VersionsScreen:
    screen = VersionsScreen()
    await pilot.app.push_screen(screen)
    await pilot.pause()
    return screen


def right(screen: VersionsScreen) -> list[str]:
    view = screen.query_one(TextBlocks)
    return ["".join(s.text for s in view.render_line(y)).rstrip() for y in range(view.size.height)]


def left(screen: VersionsScreen) -> list[str]:
    listed = screen.query_one(SideList)
    return [str(listed.get_option_at_index(n).prompt) for n in range(listed.option_count)]


def about(screen: VersionsScreen) -> str:
    return str(screen.query_one("#about", Static).render())


def test_the_keys_of_the_place_are_its_own() -> None:
    actions = [action for action in ACTIONS if action.place == VERSIONS]
    keys = [key for action in actions for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert all(hasattr(VersionsScreen, f"action_{action.method}") for action in actions)
    assert sum(a.in_footer for a in ACTIONS if a.place in (VERSIONS, EVERYWHERE)) <= 8


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("For fear of staff.", "For any fear of staff.", "For any fear of staff."),
        ("For any fear of staff.", "For fear of staff.", "For [any] fear of staff."),
        ("Fear.", "Shame.", "[Fear] Shame."),
        ("Not for fear of it.", "Not of data.", "Not [for fear] of [it] data."),
        ("Fear.", "", "[Fear.]"),
        ("", "Fear.", "Fear."),
    ],
)
def test_brackets_stand_around_gone_words_alone(old: str, new: str, shown: str) -> None:
    before, after = (CodeEntry("fear", None, "code", "Fear", definition=text) for text in (old, new))
    books = Codebook([before]), Codebook([after])
    (block,) = change_blocks(diff_codebooks(*books), *books, {})
    assert "".join(words for _, words in block.lines[1].pieces[1:]) == shown


async def test_versions_are_listed_with_now_on_top(released: Study) -> None:
    async with opened(released) as pilot:
        screen = await show(pilot)
        assert [row.split()[0] for row in left(screen)] == ["now", "2", "1"]
        assert "AB, CD" in left(screen)[2] and "Before the second wave" in left(screen)[2]
        assert about(screen) == "The codebook as it is now, since version 2: 1 entry changed"
        assert "Being judged  retired" in "\n".join(right(screen))
        assert "Once released, this asks to read 1 passage of yours again." in "\n".join(right(screen))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_changed_is_told_word_by_word(released: Study, size: tuple[int, int]) -> None:
    async with opened(released, size) as pilot:
        screen = await show(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert about(screen) == "Version 2, since version 1: 1 entry changed"
        shown = [row.strip(" ▌│") for row in right(screen)]
        assert shown[:3] == [
            "Dread  renamed, moved, redefined",
            "name: [Fear] Dread",
            "place: [Trust / Social work] The trial",
        ]
        assert " ".join(shown[3:]).split("  ")[0].strip() == (
            "definition: Being afraid of [staff] any professional. "
            "2 passages of yours to be read again; enter goes through them."
        )
        segments = [s for y in range(6) for s in screen.query_one(TextBlocks).render_line(y)]
        underlined = "".join(s.text for s in segments if s.style and s.style.underline)
        assert underlined == "DreadThe trialany professional"
        assert any(s.text == "[staff]" and s.style and s.style.strike for s in segments)


async def test_the_first_version_is_all_new(released: Study) -> None:
    async with opened(released) as pilot:
        screen = await show(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert about(screen) == "Version 1, the first version: 6 entries"


async def test_two_marked_versions_are_compared(released: Study) -> None:
    async with opened(released) as pilot:
        screen = await show(pilot)
        await pilot.press("space")
        assert status(pilot).startswith("Mark another version")
        await pilot.press("G", "space")
        await pilot.pause()
        assert about(screen) == "The codebook as it is now, since version 1: 2 entries changed"
        assert [row.startswith("✓") for row in left(screen)] == [True, False, True]
        await pilot.press("space", "k")
        await pilot.pause()
        assert about(screen).startswith("Version 2, since version 1")


async def test_a_version_is_shown_as_it_was(released: Study) -> None:
    add_code(released, NewCode("New since", "trial"))
    async with opened(released) as pilot:
        screen = await show(pilot)
        await pilot.press("G", "enter")
        await pilot.pause()
        shown = [row.strip(" ▌│") for row in right(screen)]
        assert "Fear  code" in shown and "definition: Being afraid of staff." in shown
        assert not any("New since" in row for row in shown)
        assert about(screen).startswith("Version 1: the codes")
        await pilot.press("escape")
        await pilot.pause()
        assert about(screen) == "Version 1, the first version: 6 entries"


async def test_a_change_leads_to_its_passages(released: Study) -> None:
    async with opened(released) as pilot:
        screen = await show(pilot)
        await pilot.press("j", "tab", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)
        caret = pilot.app.screen.query_one(TranscriptView).caret
        assert caret == place(released, "P07_b", "I was feart of them.").start
        said = "1 of 2 to read again, y keeps: 'Dread' was redefined in version 2: definition."
        assert status(pilot) == said
        await pilot.press("1")
        await pilot.pause()
        assert pilot.app.screen is screen
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)


async def test_a_change_that_asks_for_nothing_says_so(released: Study) -> None:
    async with opened(released) as pilot:
        await show(pilot)
        await pilot.press("tab", "enter")
        assert status(pilot) == "No passage of yours has to be read again for that."


async def test_a_version_is_released(released: Study) -> None:
    merge_codes(released, "forms", "fear")
    async with opened(released) as pilot:
        screen = await show(pilot)
        await pilot.press("R")
        await pilot.pause()
        form = pilot.app.screen
        agreed = form.query_one("#agreed", Input)
        assert agreed.value == "AB"  # nobody agrees by being in the study
        agreed.value = "AB, CD"
        await pilot.press("enter", "enter")  # without a note
        await pilot.pause()
        assert "needs a note" in str(form.query_one("#told").render())  # type: ignore[attr-defined]
        assert pilot.app.screen is form and len(list_versions(released)) == 2
        form.query_one("#note", Input).value = "Merged the forms"
        await pilot.press("enter")
        await pilot.pause()
        newest = list_versions(released)[-1]
        assert (newest.number, newest.note, newest.agreed_by) == (3, "Merged the forms", "AB, CD")
        assert status(pilot) == f"Version 3 is released: {newest.codes} entries."
        assert about(screen).startswith("Version 3, since version 2: 2 entries changed")
        assert any("into: Dread" in row for row in right(screen))


async def test_before_the_first_version_the_page_says_what_will_be_here(fresh: Study) -> None:
    async with opened(fresh) as pilot:
        screen = await show(pilot)
        assert "R releases the first one." in str(screen.query_one("#none", Static).render())
        for key in ("j", "k", "tab", "enter", "o", "o", "space", "G", "g"):
            await pilot.press(key)
        await pilot.press("o")
        assert any("Being judged  code" in row for row in right(screen))
