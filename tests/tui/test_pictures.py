"""Pictures of the coding screen in its states, for what no assertion says: how it looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from qualbench.coding.applying import Passage, apply_codes, set_exemplar
from qualbench.coding.memos import add_memo, on_words
from qualbench.study.database import Study
from qualbench.transcripts.sources import read_source
from qualbench.tui.app import Workbench
from tests.builders import place
from tests.tui.driving import settle

NAME = "P01_baseline"
AFTER = ["right_curly_bracket"] * 3


def pressed(keys: list[str], theme: str | None = None, *, source: str | None = None) -> dict[str, object]:
    """What a picture takes: keys pressed, with a source open before them if one is named."""

    async def before(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Workbench)
        if theme is not None:
            app.theme = theme
        if source is not None:
            app.open_source(source)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await settle(pilot)

    return {"run_before": before}


def shown(keys: list[str], theme: str | None = None) -> dict[str, object]:
    """What a picture of the coding screen takes."""
    return pressed(keys, theme, source=NAME)


@pytest.fixture
def coded(own: Study) -> Study:
    """Codings by EF, three of them over one another."""
    for words, code in (
        ("Aye, leave him. He'll just chew that.", "money-food-housing"),
        ("He'll just chew that. Don't gie him your pen", "relationship-with-child"),
        ("chew that", "being-asked"),
    ):
        apply_codes(own, [Passage(NAME, place(own, NAME, words))], [code])
    return own


PICTURES: dict[str, tuple[list[str], tuple[int, int]]] = {
    "selected": (["s", "s"], (120, 40)),
    "selected_narrow": (["V"], (80, 24)),
    "picker": (["c", *"fear"], (120, 40)),
    "picker_narrow": (["c"], (80, 24)),
    "several_marked": (["c", *"fear", "tab", *"money"], (120, 40)),
    "chord": (["right_square_bracket"], (80, 24)),
    "jump": (["J"], (80, 24)),
    "split": (["vertical_line", "right_square_bracket", "s"], (120, 40)),
    "sources_narrow": (["less_than_sign"], (80, 24)),
    "codes_narrow": (["greater_than_sign"], (80, 24)),
    "found": (["slash", *"aye", "enter"], (120, 40)),
    "wide": ([], (200, 50)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(snap_compare: Callable[..., bool], coded: Study, name: str) -> None:
    keys, size = PICTURES[name]
    assert snap_compare(Workbench(coded), terminal_size=size, **shown([*AFTER, *keys]))


def test_picture_of_what_is_here_with_marks(snap_compare: Callable[..., bool], coded: Study) -> None:
    applied = apply_codes(coded, [Passage(NAME, place(coded, NAME, "What age is he?"))], ["being-asked"])
    set_exemplar(coded, applied.ids[0], True)
    keys = [*AFTER, "right_curly_bracket"]
    assert snap_compare(Workbench(coded), terminal_size=(120, 40), **shown(keys))


def test_picture_of_reading_with_notes_in_the_margin(snap_compare: Callable[..., bool], coded: Study) -> None:
    source = read_source(coded, NAME)
    for turn, note in ((2, "Warm from the first word; the baby is in the room."), (4, "Dates given freely.")):
        row = source.turns[turn - 1]
        words = source.text[row.start : row.end]
        add_memo(coded, note, on_words(NAME, place(coded, NAME, words)))
    assert snap_compare(Workbench(coded), terminal_size=(120, 40), **shown([*AFTER, "R"]))


def test_picture_in_light(snap_compare: Callable[..., bool], coded: Study) -> None:
    assert snap_compare(Workbench(coded), terminal_size=(120, 40), **shown(AFTER, theme="qualbench-light"))


def test_picture_without_colour(
    snap_compare: Callable[..., bool], coded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(Workbench(coded), terminal_size=(120, 40), **shown(AFTER))
