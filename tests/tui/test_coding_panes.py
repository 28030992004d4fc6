"""What is shown beside a transcript and of it, and keys of one's own."""

from __future__ import annotations

import pytest

from qualbench.coding.memos import add_memo, on_words
from qualbench.coding.progress import finish
from qualbench.coding.reading import readers_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.local import SETTINGS_FILE
from qualbench.tui.app import Workbench
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.source_list import SourceList
from tests.builders import place
from tests.tui.coding import at_work, coded, of, put
from tests.tui.driving import settle

# Panes


@of("code.split", "code.other_pane")
async def test_a_second_place_is_shown_beside(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        at = await desk.to("feart")
        await desk.press("|")
        await desk.pilot.app.workers.wait_for_complete()
        await desk.pilot.pause()
        first, second = desk.screen.panes
        assert (second.view.has_focus, second.view.caret) == (True, at)
        await desk.press("g")
        assert (first.view.caret, second.view.caret) == (at, desk.text.index("How"))
        await desk.press("] s")
        assert [p.source.summary.name for p in desk.screen.panes if p.source] == ["P07_b", "P07_f"]
        await desk.to("She had")
        await desk.press("s .")
        assert coded(fresh, "P07_f") == [("fear", "She had been there herself.")]
        for _ in range(3):  # codes, sources, first
            await desk.press("tab")
        assert first.view.has_focus
        await desk.press("x")
        assert coded(fresh, "P07_b") == []
        await desk.press("|")
        assert desk.screen.panes == [first]
        assert desk.name == "P07_b"


async def test_what_one_half_codes_the_other_shows(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("|")
        await desk.pilot.app.workers.wait_for_complete()
        await desk.pilot.pause()
        await desk.to("They judge")
        await desk.press("s .")
        assert [len(pane.view.codings) for pane in desk.screen.panes] == [2, 2]
        await desk.press("u")
        assert [len(pane.view.codings) for pane in desk.screen.panes] == [1, 1]


@of("code.other_pane")
async def test_tab_goes_through_what_is_shown(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        focused = []
        for _ in range(3):
            await desk.press("tab")
            focused.append(type(desk.screen.focused).__name__)
        assert focused == ["CodeList", "SourceList", "TranscriptView"]
    async with at_work(fresh, size=(80, 24)) as desk:
        await desk.press("tab")
        assert desk.view.has_focus


async def test_a_source_is_opened_from_the_list(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("tab tab j enter")
        assert (desk.name, desk.view.has_focus) == ("P07_f", True)


@of("code.fold_sources", "code.fold_codes")
async def test_a_small_terminal_has_no_side_panes_and_opens_them_by_key(fresh: Study) -> None:
    async with at_work(fresh, size=(80, 24)) as desk:

        def shown() -> tuple[bool, bool]:
            return desk.screen.query_one(SourceList).display, bool(desk.screen.query_one("#codes").display)

        assert shown() == (False, False)
        await desk.press("<")
        assert shown() == (True, False)
        assert desk.screen.query_one(SourceList).option_count == 5
        await desk.press("> <")
        assert shown() == (False, True)
        await desk.press(">")
        assert shown() == (False, False)
        assert desk.view.has_focus


@of("code.fold_sources", "code.fold_codes")
async def test_side_panes_are_hidden_by_key(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        sources, codes = desk.screen.query_one(SourceList), desk.screen.query_one("#codes")
        assert (sources.display, codes.display) == (True, True)
        await desk.press("< >")
        assert (sources.display, codes.display) == (False, False)


async def test_another_size_of_the_terminal_leaves_caret_and_selection(fresh: Study) -> None:
    async with at_work(fresh, "long") as desk:
        await desk.to("Aye, 30")
        await desk.press("s")
        for size in ((80, 24), (200, 12), (120, 40)):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
            assert desk.selected == "Aye, 30."
            assert 0 <= desk.cell(desk.view.caret)[1] < desk.view.size.height
            assert desk.screen.query_one(SourceList).display == (size[0] >= 118)


@of("code.filter_sources")
async def test_some_sources_only_are_listed_and_gone_through(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("F")
        await desk.pick("follow")
        assert desk.said == "2 of 5 sources listed."
        assert [o.id for o in desk.screen.query_one(SourceList).options] == ["P07_f", "group"]
        await desk.press("] s ] s")
        assert desk.name == "group"
        await desk.press("] s")
        assert desk.said == "There is no further source that way."
        await desk.press("F")
        await desk.pick("focus")
        assert desk.said == "1 of 5 sources listed."
        await desk.press("F")
        await desk.pick("all")
        assert desk.said == "5 of 5 sources listed."


# What is shown


@of("code.filter")
async def test_some_codes_only_are_shown(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    put(fresh, "They judge", "judged")
    put(fresh, "How did", "forms")
    async with at_work(fresh) as desk:
        await desk.press("f")
        await desk.pick("trust")
        assert {c.code for c in desk.view.codings} == {"fear", "judged"}
        assert desk.said == "4 codes are shown; f shows all."
        await desk.press("] c")
        assert desk.text[desk.view.caret :].startswith("feart")
        await desk.press("f")
        assert (len(desk.view.codings), desk.said) == (3, "All codes are shown.")
        await desk.press("f")
        await desk.type("fear")
        await desk.press("tab")
        await desk.type("forms")
        await desk.press("tab enter")
        assert {c.code for c in desk.view.codings} == {"fear", "forms"}
        await desk.press("f f escape")
        assert len(desk.view.codings) == 3


@of("code.next_layer")
async def test_the_layers_in_view_are_gone_through(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    put(fresh.by("CD"), "They judge", "judged")
    for who in (fresh, fresh.by("CD")):
        finish(who, ["P07_b"])
    async with at_work(fresh) as desk:
        seen = []
        for _ in range(3):
            await desk.press("L")
            seen.append((desk.said, [c.code for c in desk.view.codings]))
        assert seen == [
            ("Layer CD: 1 codings here.", ["judged"]),
            ("Layer agreed: 0 codings here.", []),
            ("Layer AB: 1 codings here.", ["fear"]),
        ]


@of("code.reading")
async def test_reading_hides_codes_and_lists_and_shows_notes(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    add_memo(fresh, "Who is the pal?", on_words("P07_b", place(fresh, "P07_b", "pal")))
    async with at_work(fresh) as desk:
        await desk.press("R")
        assert desk.said.startswith("Reading: codes are hidden.")
        assert (desk.view.codings, desk.screen.query_one(SourceList).display) == ([], False)
        assert "Who is the pal?" in " ".join(desk.view._page.margin.values())
        await desk.to("feart")
        await desk.press("l")
        assert desk.said == "Who is the pal?"
        await desk.press("R")
        assert (desk.said, len(desk.view.codings)) == ("Coding again.", 1)
        assert not desk.view._page.margin


@of("code.read")
async def test_a_source_is_marked_as_read_and_no_longer(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("r")
        assert desk.said == "P07_b: read by you."
        assert [coder for coder, _ in readers_of(fresh)["P07_b"]] == ["AB"]
        await desk.press("r")
        assert desk.said == "P07_b: no longer marked as read."
        assert readers_of(fresh) == {}


@of("code.definition")
async def test_the_codebook_opens_at_the_code_here_or_in_the_list(fresh: Study) -> None:
    put(fresh, "They judge ye.", "judged")
    async with at_work(fresh) as desk:
        await desk.to("How did")
        await desk.press("D")
        assert desk.said == "No code stands here; 5 goes to the codebook."
        for before, code in ((("They judge", ""), "judged"), (("How did", "tab j j"), "fear")):
            await desk.to(before[0])
            await desk.press(before[1])
            await desk.press("D")
            await settle(desk.pilot)
            screen = desk.pilot.app.screen
            assert isinstance(screen, CodebookScreen)
            assert screen.codes.entry is not None and screen.codes.entry.id == code
            await desk.press("4")


@of("code.back")
async def test_escape_drops_the_selection_then_what_was_found_then_goes_to_the_study(fresh: Study) -> None:
    async with at_work(fresh, "group") as desk:
        await desk.press("/")
        await desk.pick("murder")
        await desk.press("v e escape")
        assert (desk.selected, len(desk.screen.pane.hits)) == (None, 2)
        await desk.press("escape")
        assert (desk.name, desk.screen.pane.hits) == ("group", [])
        await desk.press("escape")
        assert isinstance(desk.pilot.app.screen, StudyScreen)
        await desk.press("4")
        assert desk.name == "group"


async def test_the_title_tells_what_is_open_and_how_much_is_coded(fresh: Study) -> None:
    put(fresh, "From a pal of mine. I was feart of them.", "fear")
    async with at_work(fresh) as desk:
        title = str(desk.screen.pane.query_one(".title").render())
        assert title.startswith("P07_b   layer AB: 1 coding, 60% coded   Baseline, Glasgow")


# Keys of one's own


def with_keys(study: Study, *lines: str) -> Study:
    file = study.folder / SETTINGS_FILE
    file.write_text(file.read_text() + "\n".join(["[keys]", *lines, ""]))
    return study


@pytest.mark.parametrize("comma", ["comma", ","])
async def test_keys_of_the_settings_file_take_the_place_of_the_registry(fresh: Study, comma: str) -> None:
    put(fresh, "How did", "fear")
    with_keys(fresh, f'"code.repeat" = "{comma}"', '"code.next_coding" = "ctrl+n"', '"code.sentence" = "p"')
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("s .")
        assert (desk.selected, len(coded(fresh))) == (None, 1)
        await desk.press("p ,")
        assert coded(fresh)[1:] == [("fear", "I was feart of them.")]
        await desk.press("g ctrl+n")
        assert desk.text[desk.view.caret :].startswith("I was feart")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"code.fly" = "p"', "there is no action 'code.fly'"),
        ('"code.repeat" = "c"', "code.code and code.repeat would have the key c"),
        ('"code.next_coding" = "c"', "code.code and code.next_coding would have the key c"),
        ('"code.repeat" = "q"', "would have the key q"),
        ('"code.repeat" = "]"', "right_square_bracket"),
    ],
)
def test_keys_that_cannot_be_are_refused_at_the_start(fresh: Study, line: str, said: str) -> None:
    with_keys(fresh, line)
    with pytest.raises(BadInput) as refused:
        Workbench(fresh)
    assert said in refused.value.message
