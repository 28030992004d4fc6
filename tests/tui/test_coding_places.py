"""Moving through sources by keys and mouse, and going to places."""

from __future__ import annotations

import pytest

from qualbench.coding.memos import add_memo, on_coding, on_source, on_words
from qualbench.coding.reading import list_bookmarks
from qualbench.study.database import Study, open_study
from qualbench.transcripts.sources import read_source
from tests.builders import place
from tests.tui.coding import FAMILY, at_work, coded, of, put

# Moving


@of(
    *("code.right", "code.left", "code.down", "code.up", "code.next_word", "code.previous_word"),
    *("code.word_end", "code.next_sentence", "code.previous_sentence", "code.page_down", "code.page_up"),
    *("code.first", "code.last", "code.next_turn", "code.previous_turn"),
)
async def test_the_caret_moves(fresh: Study) -> None:
    moves = [
        ("From", "l", "rom a"),
        ("From", "right right", "om a"),
        ("rom a", "h", "From"),
        ("om a", "left left", "From"),
        ("How", "j", "From"),
        ("How", "down down", "Why"),
        ("w did", "j", "om a pal"),
        ("From", "k", "How"),
        ("From", "up up", "How"),
        ("From", "w w", "pal of"),
        ("you hear", "w w", "From"),
        ("pal of", "b", "a pal"),
        ("From", "b", "hear"),
        ("From", "e", "m a pal"),
        ("m a pal", "e e", "l of"),
        ("pal of", ")", "I was"),
        ("I was", "( (", "How"),
        ("I was", ")", "Why"),
        ("How", "}", "From"),
        ("How", "} }", "Why"),
        ("was feart", "{", "From"),
        ("From", "{", "How"),
        ("How", "ctrl+d", "Naïve"),
        ("Naïve", "ctrl+u", "How"),
        ("From", "g", "How"),
        ("From", "G", "."),
        ("From", "end home", "How"),
        ("Naïve", "}", "Naïve"),
        ("How", "{ ( b h k", "How"),
    ]
    async with at_work(fresh) as desk:
        for start, keys, end in moves:
            await desk.to(start)
            await desk.press(keys)
            expected = len(desk.text) - 1 if end == "." else desk.text.index(end)
            assert desk.view.caret == expected, (start, keys, desk.text[desk.view.caret :][:9])


async def test_paging_through_a_source_shows_every_row(fresh: Study) -> None:
    async with at_work(fresh, "long", (80, 24)) as desk:
        rows = len(desk.view._page.layout)

        def in_view() -> set[int]:
            top = round(desk.view.scroll_y)
            return set(range(top, min(rows, top + desk.view.size.height)))

        for keys, end in (("pagedown", rows - 1), ("pageup", 0)):
            seen, pages = in_view(), 0
            while end not in seen and pages < 20:
                await desk.press(keys)
                pages += 1
                seen |= in_view()
                assert desk.view._page.layout.row_at(desk.view.caret) in in_view()
            assert seen == set(range(rows))
            assert pages <= rows // (desk.view.size.height - 4) + 1


async def test_wide_joined_and_combining_characters_are_stepped_over_whole(fresh: Study) -> None:
    async with at_work(fresh, "wide") as desk:
        at = await desk.to("文")
        await desk.press("l")
        assert desk.view.caret == at + 1
        await desk.press("h h")
        assert desk.view.caret == at - 1
        at = await desk.to("x\u030c")
        await desk.press("l")
        assert desk.view.caret == at + 2
        await desk.press("h")
        assert desk.view.caret == at
        at = await desk.to(FAMILY)
        await desk.press("v")
        assert desk.selected == FAMILY
        await desk.press("v l")
        assert desk.view.caret == at + len(FAMILY)
        await desk.press("h")
        assert desk.view.caret == at
        await desk.to("🙂🙂")
        await desk.press("l v l")
        assert desk.selected == "🙂 "


async def test_words_with_joined_characters_are_coded_whole(fresh: Study) -> None:
    put(fresh, "end", "fear", "wide")
    async with at_work(fresh, "wide") as desk:
        await desk.to("ve ")
        await desk.press("v l l l .")
        assert coded(fresh)[0] == ("fear", f"ve {FAMILY}")


async def test_a_click_puts_the_caret_on_the_character_under_it(fresh: Study) -> None:
    async with at_work(fresh, "wide") as desk:
        wide = {"文", "字", FAMILY, "🙂"}
        for quote in [*wide, "here", "x\u030c", "ve", " aye", "end"]:
            target = desk.text.index(quote)
            x, y = desk.cell(target)
            for cell in (x, x + 1) if quote in wide else (x,):
                await desk.press("g")
                await desk.pilot.click(desk.view, offset=(cell, y))
                assert desk.view.caret == target, quote


# The mouse


async def test_the_mouse_selects_by_dragging(fresh: Study) -> None:
    put(fresh, "They", "fear")
    async with at_work(fresh) as desk:
        start, end = desk.text.index("feart"), desk.text.index("them.")
        await desk.pilot.mouse_down(desk.view, offset=desk.cell(start))
        await desk.pilot.hover(desk.view, offset=desk.cell(start + 3))
        await desk.pilot.hover(desk.view, offset=desk.cell(end + 3))
        await desk.pilot.mouse_up(desk.view, offset=desk.cell(end + 3))
        await desk.pilot.pause()
        assert desk.selected == "feart of them"
        await desk.pilot.hover(desk.view, offset=desk.cell(end - 5))
        assert desk.selected == "feart of them"
        await desk.press(".")
        assert coded(fresh)[0] == ("fear", "feart of them")


async def test_the_mouse_selects_backwards_over_rows(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        start, end = desk.text.index("hear?"), desk.text.index("pal of")
        await desk.pilot.mouse_down(desk.view, offset=desk.cell(end + 2))
        await desk.pilot.hover(desk.view, offset=desk.cell(start))
        await desk.pilot.mouse_up(desk.view, offset=desk.cell(start))
        await desk.pilot.pause()
        assert desk.selected == desk.text[start : end + 3]


async def test_a_click_alone_selects_nothing_and_drops_what_is_selected(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("V")
        await desk.pilot.click(desk.view, offset=desk.cell(desk.text.index("feart")))
        assert (desk.selected, desk.view.caret) == (None, desk.text.index("feart"))


@pytest.mark.parametrize(
    ("times", "expected"), [(2, "feart"), (3, "From a pal of mine. I was feart of them.")]
)
async def test_two_clicks_select_the_word_three_the_turn(fresh: Study, times: int, expected: str) -> None:
    async with at_work(fresh) as desk:
        x, y = desk.cell(desk.text.index("feart") + 2)
        await desk.pilot.click(desk.view, offset=(x, y), times=times)
        await desk.pilot.pause()
        assert desk.selected == expected


# Going to places


@of("code.next_uncoded", "code.previous_uncoded")
async def test_uncoded_talk_of_participants_is_gone_to(fresh: Study) -> None:
    put(fresh, "I was feart of them.", "fear")
    async with at_work(fresh) as desk:
        for expected in ("From a pal", "Naïve, me."):
            await desk.press("] u")
            assert desk.text[desk.view.caret :].startswith(expected)
            assert desk.said == "Uncoded: 2 stretches of participants' talk, 46 characters."
        await desk.press("] u")
        assert desk.said == "No uncoded talk further on."
        await desk.press("[ u")
        assert desk.text[desk.view.caret :].startswith("From a pal")
        await desk.press("[ u")
        assert desk.said == "No uncoded talk before."
        put(fresh, "From a pal of mine.", "judged")
        put(fresh, "Naïve, me. 🙂 They judge ye.", "judged")
        await desk.press("] u")
        assert desk.said == "All that participants say here is coded."


@of("code.next_coding", "code.previous_coding")
async def test_coded_passages_are_gone_to(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    put(fresh, "feart of", "judged")
    put(fresh, "They judge", "judged")
    async with at_work(fresh) as desk:
        places = [desk.text.index("feart"), desk.text.index("They judge")]
        for expected in places:
            await desk.press("] c")
            assert desk.view.caret == expected
        await desk.press("] c")
        assert desk.said == "No coded passage further on."
        await desk.press("[ c")
        assert desk.view.caret == places[0]
        assert desk.said.startswith("2 codes here: ")
        await desk.press("[ c")
        assert desk.said == "No coded passage before."


@of("code.next_memo", "code.previous_memo")
async def test_memos_are_gone_to(fresh: Study) -> None:
    coding = put(fresh, "feart", "fear")
    add_memo(fresh, "On the coding.", on_coding(coding))
    add_memo(fresh, "On a turn.", on_words("P07_b", place(fresh, "P07_b", "Why?")))
    add_memo(fresh, "On all of it.", on_source("P07_b"))
    add_memo(fresh.by("CD"), "Hidden.", on_words("P07_b", place(fresh, "P07_b", "Naïve")))
    async with at_work(fresh) as desk:
        for expected in ("feart", "Why?"):
            await desk.press("] m")
            assert desk.text[desk.view.caret :].startswith(expected)
        await desk.press("] m")
        assert desk.said == "No memo further on."
        await desk.press("[ m")
        assert desk.text[desk.view.caret :].startswith("feart")
        await desk.press("[ m")
        assert desk.said == "No memo before."


@of("code.next_source", "code.previous_source")
async def test_neighbouring_sources_are_opened(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        for expected in ("P07_f", "group", "long", "wide", "wide"):
            await desk.press("] s")
            assert desk.name == expected
        assert desk.said == "There is no further source that way."
        await desk.press("[ s [ s")
        assert desk.name == "group"
        assert desk.view.caret == desk.text.index("Who starts")


@of("code.find", "code.next_hit", "code.previous_hit")
async def test_words_are_found_and_gone_through(fresh: Study) -> None:
    async with at_work(fresh, "group") as desk:
        await desk.press("n")
        assert desk.said == "Nothing was searched for here; / finds words."
        await desk.press("/")
        await desk.pick("murder")
        places = [desk.text.index("murder"), desk.text.index("Murder")]
        assert desk.view.caret == places[0]
        assert desk.said == "murder: 1 of 2. n next, N before, esc ends."
        seen = []
        for key in ("n", "n", "N", "N"):
            await desk.press(key)
            seen.append((desk.view.caret, desk.said.partition(".")[0]))
        assert seen == [
            (places[1], "murder: 2 of 2"),
            (places[0], "murder: 1 of 2"),
            (places[1], "murder: 2 of 2"),
            (places[0], "murder: 1 of 2"),
        ]
        await desk.press("/")
        await desk.pick("xylophone")
        assert desk.said == "xylophone: not found in this source."
        await desk.press("/")
        await desk.pick("/(/")
        assert desk.said != "" and desk.name == "group"  # what is wrong with it is told
        await desk.press("/ escape")
        assert desk.name == "group"


async def test_a_search_does_not_go_on_in_another_source(fresh: Study) -> None:
    async with at_work(fresh, "group") as desk:
        await desk.press("/")
        await desk.pick("forms")
        await desk.press("[ s n")
        assert (desk.name, desk.said) == ("P07_f", "Nothing was searched for here; / finds words.")


@of("code.go_to")
async def test_a_turn_is_gone_to_by_its_number(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        turns = read_source(fresh, "P07_b").turns
        await desk.press(":")
        await desk.pick(str(turns[2].n))
        assert desk.view.caret == turns[2].start
        for typed in ("99", "x"):
            await desk.press(":")
            await desk.pick(typed)
            assert desk.said == f"There is no turn {typed}; this source has 4."
            assert desk.view.caret == turns[2].start


@of("code.jump")
async def test_a_sentence_in_view_is_jumped_to_by_its_letter(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("J")
        assert desk.said == "Press a letter to go there; esc stays."
        assert list(desk.view._page.labels.values()) == list("asdfgh")
        await desk.press("d")
        assert desk.text[desk.view.caret :].startswith("I was feart")
        assert not desk.view._page.labels
        await desk.press("J escape")
        assert desk.text[desk.view.caret :].startswith("I was feart")
        assert (desk.name, not desk.view._page.labels) == ("P07_b", True)
        await desk.press("J 1 x")
        assert desk.name == "P07_b" and not desk.view._page.labels


async def test_every_letter_jumps_even_one_that_begins_a_chord(fresh: Study) -> None:
    async with at_work(fresh, "long", (120, 60)) as desk:
        await desk.press("J")
        labels = {letter: at for at, letter in desk.view._page.labels.items()}
        assert len(labels) > 26
        await desk.press("m")
        assert desk.view.caret == labels["m"]
        assert not desk.view._page.labels


@of("code.set_mark", "code.to_mark")
async def test_a_mark_is_come_back_to_from_another_source_and_after_a_restart(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        at = await desk.to("feart")
        await desk.press("m a")
        assert desk.said == "This place has the mark a; ` a comes back to it from anywhere."
        await desk.press("g ` a")
        assert desk.view.caret == at
        await desk.press("] s ` a")
        assert (desk.name, desk.view.caret) == ("P07_b", at)
        await desk.press("` b")
        assert desk.said == "There is no bookmark 'b'. Set one there first."
        await desk.press("m 1")
        assert desk.said.startswith("'1' cannot be a bookmark.")
        assert [mark.letter for mark in list_bookmarks(fresh)] == ["a"]
    again = open_study(fresh.folder)
    async with at_work(again, "group") as desk:
        await desk.press("` a")
        assert (desk.name, desk.view.caret) == ("P07_b", at)
    again.close()


async def test_two_keys_are_given_up_with_escape_or_by_a_third(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        at = await desk.to("feart")
        for first in ("]", "[", "m", "`", "'"):
            await desk.press(first)
            assert desk.said.endswith("esc  none")
            await desk.press("escape")
            assert (desk.name, desk.view.caret, desk.said) == ("P07_b", at, "")
        await desk.press("] z")
        assert desk.said.startswith("] u  next uncoded")
        await desk.press("l")
        assert desk.view.caret == at + 1
