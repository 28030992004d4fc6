"""Passages read again in one scroll: kept, moved, uncoded, sent on, and what no theme captures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.merging import split_code
from qualbench.codebook.tree import read_codebook
from qualbench.codebook.versions import release
from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import list_examples
from qualbench.coding.memos import list_memos
from qualbench.coding.progress import finish
from qualbench.coding.talk import Said, Talk
from qualbench.coding.uncaptured import uncaptured
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source
from qualbench.tui.actions import ACTIONS, EVERYWHERE, REVIEW, SPLIT, UNCAPTURED
from qualbench.tui.app import Workbench
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.review import review_cell, review_split, review_theme, review_uncaptured
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.screens.review_theme import ReviewScreen
from qualbench.tui.screens.review_uncaptured import UncapturedScreen
from qualbench.tui.screens.reviewing import Reviewing
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.passage_list import PassageList, ShownPassage
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.builders import place
from tests.tui.coding import coded, put
from tests.tui.driving import opened, status

THERE = ("I was feart of them.", "They judge ye.", "From a pal of mine.")


@pytest.fixture
def reviewed(fresh: Study) -> Study:
    """A study with three passages in the theme Trust, two of them of one code, and one outside it."""
    put(fresh, THERE[0], "fear")
    put(fresh, THERE[1], "judged")
    put(fresh, THERE[2], "fear")
    put(fresh, "The forms were long.", "forms", "P07_f")
    edit_code(fresh, "fear", {"short_definition": "Afraid of what staff may do."})
    return fresh


async def show(pilot: Pilot[None], screen: ModeScreen) -> Reviewing:
    await pilot.app.push_screen(screen)
    await pilot.pause()
    assert isinstance(screen, Reviewing)
    return screen


def quotes(screen: Reviewing) -> list[str]:
    return [screen._talk[one.source].text[one.span.start : one.span.end] for one in screen.view.passages]


def rows(screen: Reviewing) -> list[str]:
    view = screen.view
    return [
        "".join(segment.text for segment in view.render_line(y)).rstrip() for y in range(view.size.height)
    ]


def about(screen: Reviewing) -> str:
    return str(screen.query_one("#about", Static).render())


def test_keys_of_a_place_are_its_own() -> None:
    for cls, place_ in ((ReviewScreen, REVIEW), (SplitScreen, SPLIT), (UncapturedScreen, UNCAPTURED)):
        actions = [action for action in ACTIONS if action.place == place_]
        keys = [key for action in actions for key in action.keys.split(",")]
        assert len(keys) == len(set(keys))
        assert all(hasattr(cls, f"action_{action.method}") for action in actions)
        assert sum(a.in_footer for a in ACTIONS if a.place in (place_, EVERYWHERE)) <= 8


# What is shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_passages_of_a_theme_are_in_one_scroll(reviewed: Study, size: tuple[int, int]) -> None:
    async with opened(reviewed, size) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        assert quotes(screen) == [THERE[2], THERE[0], THERE[1]]
        shown = rows(screen)
        for expected in (
            "Fear, 2 passages",
            "Afraid of what staff may do.",
            "P07_b  Parent  Baseline  turn 1",
            "P07 From a pal of mine. I was feart of them.",
            "Being judged, 1 passage",
        ):
            assert sum(row.strip(" ▌│").startswith(expected) for row in shown) >= 1, expected
        assert "0 of 3 read again: Trust" in about(screen)


async def test_coded_words_stand_out_without_colour(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("fear", "AB"))
        strips = [screen.view.render_line(y) for y in range(screen.view.size.height)]
        bold = [segment.text for strip in strips for segment in strip if segment.style and segment.style.bold]
        plain = [
            segment.text for strip in strips for segment in strip if segment.style and not segment.style.bold
        ]
        assert any(THERE[2] in text for text in bold) and any(THERE[0] in text for text in plain)


async def test_more_and_less_around_the_passages(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("judged", "AB"))
        assert "why?" not in "\n".join(rows(screen)).lower()
        await pilot.press("plus")
        assert "I Why?" in "\n".join(rows(screen)) and "1 turn around" in about(screen)
        await pilot.press("minus", "minus")
        assert "Naïve" not in "\n".join(rows(screen)) and "words alone" in about(screen)
        await pilot.press("minus")
        assert status(pilot) == "These are the words alone."


async def test_the_cursor_goes_by_passage_page_and_end(reviewed: Study) -> None:
    for quote in ("Naïve, me.", "P07: Naïve", "🙂"):
        put(reviewed, quote, "judged")
    async with opened(reviewed, (80, 16)) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        view = screen.view
        await pilot.press("j", "j", "k")
        assert view.cursor == 1 and "2 of" in status(pilot)
        await pilot.press("G")
        assert view.cursor == len(view.passages) - 1 and view.scroll_y == view.max_scroll_y
        await pilot.press("j")
        assert view.cursor == len(view.passages) - 1
        await pilot.press("g")
        assert (view.cursor, view.scroll_y) == (0, 0)
        await pilot.press("ctrl+d")
        assert view.cursor > 0 and view.scroll_y > 0
        await pilot.press("ctrl+u", "ctrl+u")
        assert (view.cursor, view.scroll_y) == (0, 0)


async def test_the_passages_of_a_cell(reviewed: Study) -> None:
    put(reviewed, "She had been there herself.", "fear", "P07_f")
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_cell("trust", "AB", "Parent", "Follow-up"))
        assert quotes(screen) == ["She had been there herself."]
        assert "0 of 1 read again: Trust (Parent, Follow-up)" in about(screen)
        screen = await show(pilot, review_cell("trust", "AB", "Family engagement worker", None))
        assert quotes(screen) == []
        assert "layer AB has none" in str(screen.query_one("#empty", Static).render())


# What is done


async def test_keeping_is_noted_counted_and_goes_on(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("y")
        assert screen.view.cursor == 1 and "1 of 3 read again: Trust" in about(screen)
        assert status(pilot) == "Kept. 1 of 3 read again."
        assert any("✓ P07_b" in row for row in rows(screen))
        assert sum(one.kept_at is not None for one in list_codings(reviewed)) == 1
        await pilot.press("u")
        assert "0 of 3 read again" in about(screen) and not any("✓" in row for row in rows(screen))
        await pilot.press("ctrl+r")
        assert "1 of 3 read again" in about(screen)


async def test_a_new_version_asks_to_read_all_again(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("y")
        release(reviewed, "First", "AB")
        await pilot.press("escape")
        screen = await show(pilot, review_theme("trust", "AB"))
        assert "0 of 3 read again" in about(screen)


async def test_a_passage_is_given_another_code_and_taken_back(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("m")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "forms"
        await pilot.press("enter")
        await pilot.pause()
        assert ("forms", THERE[2]) in coded(reviewed, "P07_b")
        assert quotes(screen) == [THERE[0], THERE[1]] and screen.view.cursor == 0
        assert "Forms: long / short" in status(pilot)
        await pilot.press("j", "u")
        assert quotes(screen) == [THERE[2], THERE[0], THERE[1]] and screen.view.cursor == 0


async def test_a_code_is_taken_off(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("G", "x")
        assert quotes(screen) == [THERE[2], THERE[0]] and screen.view.cursor == 1
        assert status(pilot) == "'Being judged' taken off; u brings it back."


async def test_exemplar_example_and_memo(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("exclamation_mark")
        assert [one.quote for one in list_codings(reviewed) if one.exemplar] == [THERE[2]]
        assert any(row.strip(" ▌").startswith("exemplar  P07_b") for row in rows(screen))
        await pilot.press("E")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "near"
        await pilot.press("enter")
        await pilot.pause()
        assert [(one.kind, one.quote) for one in list_examples(reviewed, "fear")] == [("near miss", THERE[2])]
        for memo in ("Whose pal?", " Or kin?"):
            await pilot.press("n")
            await pilot.pause()
            await pilot.press(*(memo.replace("?", "")), "ctrl+s")
            await pilot.pause()
        assert [one.text for one in list_memos(reviewed, about="coding")] == ["Whose pal Or kin"]
        assert any("✎ memo" in row for row in rows(screen))


async def test_another_coders_passages_are_read_but_not_changed(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "agreed"))
        assert quotes(screen) == []
        await pilot.press("y")
        assert status(pilot).startswith("There is no passage here.")
        await pilot.press("L")
        assert len(quotes(screen)) == 3 and status(pilot) == "Layer AB."
        screen.shown_layer = "CD"  # as if both had finished
        await pilot.press("x")
        assert status(pilot).startswith("That passage is of the layer CD.")


async def test_the_place_is_opened_and_the_list_is_as_it_was_afterwards(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("j", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)
        assert pilot.app.screen.query_one(TranscriptView).caret == place(reviewed, "P07_b", THERE[0]).start
        await pilot.press("1")
        await pilot.pause()
        assert pilot.app.screen is screen and screen.view.cursor == 1
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, StudyScreen)


async def test_what_changed_in_another_mode_is_shown_on_return(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        await pilot.press("4")
        await pilot.pause()
        put(reviewed, "Naïve, me.", "judged")
        await pilot.press("1")
        await pilot.pause()
        assert len(quotes(screen)) == 4


# Splitting a code


async def test_each_digit_sends_a_passage_on_and_the_code_is_retired(reviewed: Study) -> None:
    put(reviewed, "She had been there herself.", "fear", "P07_f")
    split_code(reviewed, "fear", ["Fear of staff", "Fear of loss"])
    for coder in (reviewed, reviewed.by("CD")):  # else CD may have passages of it that AB does not see
        finish(coder, [source.name for source in list_sources(reviewed)])
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_split("fear", "AB"))
        assert "1 Fear of staff   2 Fear of loss   0 keep 'Fear'" in str(
            screen.query_one("#below", Static).render()
        )
        assert "3 passages left to be sent on: Fear" in about(screen)
        await pilot.press("1")
        assert quotes(screen) == [THERE[0], "She had been there herself."] and screen.view.cursor == 0
        await pilot.press("3")
        assert status(pilot).startswith("There is no part 3.")
        await pilot.press("2", "u")
        assert quotes(screen)[screen.view.cursor] == THERE[0]
        await pilot.press("2", "1")
        assert read_codebook(reviewed).by_id["fear"].status == "retired"
        end = str(screen.query_one("#empty", Static).render())
        assert "2 passages went to 'Fear of staff'." in end and "1 passage went to 'Fear of loss'." in end
        assert "'Fear' has been retired" in end and "Being judged" not in end


async def test_a_queue_that_was_left_goes_on_where_it_stopped_and_kept_ones_keep_the_code(
    reviewed: Study,
) -> None:
    split_code(reviewed, "fear", ["Fear of staff"])
    async with opened(reviewed) as pilot:
        await show(pilot, review_split("fear", "AB"))
        await pilot.press("0", "escape")
        await pilot.pause()
        screen = await show(pilot, review_split("fear", "AB"))
        assert quotes(screen) == [THERE[0]]
        await pilot.press("y")
        end = str(screen.query_one("#empty", Static).render())
        assert "2 passages kept 'Fear'." in end and "'Fear' stays in use" in end
        assert "others" not in end
        assert screen.query_one("#below").display is False
        await pilot.press("u")
        assert quotes(screen) == [THERE[0]]


async def test_a_code_that_is_not_being_split_is_told(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        await show(pilot, review_split("judged", "AB"))
        assert status(pilot).startswith("'Being judged' is not being split.")


# What no theme captures


async def test_what_no_theme_captures_is_shown_and_coded(reviewed: Study) -> None:
    loose = add_code(reviewed, NewCode("Pals"))
    apply_codes(reviewed, [Passage("P07_b", place(reviewed, "P07_b", "pal"))], [loose.id])
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_uncaptured("AB"))
        first = [one.marks for one in screen.view.passages if one.source == "P07_b"]
        assert first == ["Pals, in no theme", "not coded"]
        assert "1 with a code in no theme" in about(screen)
        count = len(quotes(screen))
        await pilot.press("j", "c")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "judged"
        await pilot.press("enter")
        await pilot.pause()
        assert len(quotes(screen)) == count - 1
        assert ("judged", "Naïve, me. 🙂") in coded(reviewed, "P07_b")
        await pilot.press("u")
        assert len(quotes(screen)) == count and screen.view.cursor == 1
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CodeScreen)


@pytest.mark.parametrize("kind", ["theme", "split", "uncaptured"])
async def test_every_key_is_harmless_where_nothing_is_shown(fresh: Study, kind: str) -> None:
    split_code(fresh, "fear", ["Fear of staff"])
    screens = {
        "theme": review_theme("trust", "AB"),
        "split": review_split("fear", "AB"),
        "uncaptured": review_uncaptured("AB"),
    }
    async with Workbench(fresh).run_test(size=(120, 40)) as pilot:
        screen = screens[kind]
        await pilot.app.push_screen(screen)
        if kind == "uncaptured":
            apply_codes(fresh, [Passage(one.source, one.span) for one in uncaptured(fresh)], ["fear"])
            screen.reload()
        await pilot.pause()
        assert isinstance(screen, Reviewing) and not screen.view.passages
        before = len(list_codings(fresh))
        for action in ACTIONS:
            if action.place == screen.place and action.method not in ("back", "undo", "redo"):
                await pilot.press(action.keys.split(",")[0])
                await pilot.pause()
                if pilot.app.screen is not screen:
                    await pilot.press("escape")
                    await pilot.pause()
                assert pilot.app.screen is screen, action.id
        assert len(list_codings(fresh)) == before


# The list itself


class Counting(PassageList):
    """A list that counts the rows it draws."""

    drawn = 0

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a row, and count it."""
        self.drawn += 1
        yield from super().draw(block, row)


class Listing(App[None]):
    """Nothing but a list."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Counting()


async def test_moving_draws_what_comes_into_view_however_many_passages_there_are() -> None:
    words = "And then the forms came, and there were a lot of them to fill in. "
    text = words * 2000
    said = [Said(Span(n * len(words), (n + 1) * len(words)), n, "P07", "participant") for n in range(2000)]
    talk = {"long": Talk("long", None, text, said)}
    passages = [ShownPassage(str(n), "long", one.span, "fear", "Fear") for n, one in enumerate(said)]
    async with Listing().run_test(size=(80, 24)) as pilot:
        view = pilot.app.query_one(Counting)
        view.show(passages, talk, 0)
        await pilot.pause()
        for move, most in ((view.step, 8), (view.page, 24)):
            view.drawn = 0
            move(1)
            await pilot.pause()
            assert 0 < view.drawn <= most
        view.drawn = 0
        view.change(view.cursor, replace(passages[view.cursor], done=True))
        await pilot.pause()
        assert 0 < view.drawn <= 6


async def test_a_passage_that_fills_the_view_is_paged_through(fresh: Study) -> None:
    text = read_source(fresh, "long").text
    span = Span(text.index("Aye, 2."), text.index("Why 39"))
    apply_codes(fresh, [Passage("long", span)], ["fear"])
    apply_codes(fresh, [Passage("long", place(fresh, "long", "Aye, 40."))], ["fear"])
    async with opened(fresh, (80, 24)) as pilot:
        screen = await show(pilot, review_theme("fear", "AB"))
        view = screen.view
        for _ in range(3):
            top = view.scroll_y
            await pilot.press("ctrl+d")
            assert view.scroll_y > top and view.cursor == 0
        await pilot.press("G")
        assert view.cursor == 1
        await pilot.press("k", "k")
        assert view.cursor == 0
        assert any("Aye, 2." in row for row in rows(screen))  # its words, though not all of it


async def test_a_click_makes_a_passage_the_current_one(reviewed: Study) -> None:
    async with opened(reviewed) as pilot:
        screen = await show(pilot, review_theme("trust", "AB"))
        at = next(y for y, row in enumerate(rows(screen)) if "Being judged" in row)
        await pilot.click(PassageList, offset=(20, at))
        assert screen.view.cursor == 2
