"""Mode 6: what two coders differ in, moving through it, and what is shown of whom."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest
from textual.widgets import OptionList

from qualbench.agreement.deciding import decide
from qualbench.agreement.finishing import finish
from qualbench.codebook.editing import edit_code
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.progress import finish as mark
from qualbench.study.database import Study, open_study
from qualbench.study.settings import set_stance
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.difference_panel import Definitions
from tests.builders import place, small_study
from tests.tui.coding import of
from tests.tui.comparing import (
    AYE,
    FEART,
    HELPED,
    JUDGE,
    MURDER,
    QUEUE,
    SOURCES,
    Meeting,
    compared,
    meeting,
    named,
    third,
)
from tests.tui.driving import settle

__all__ = ["compared"]

SIZES = [(80, 24), (120, 40), (200, 50)]

# What is shown


@pytest.mark.parametrize("size", SIZES)
async def test_the_worst_difference_is_shown_first_in_its_transcript(
    compared: Study, size: tuple[int, int]
) -> None:
    async with meeting(compared, size) as desk:
        assert desk.listed == QUEUE
        assert desk.at == JUDGE and desk.hand == ([JUDGE], [JUDGE])
        assert desk.told[0] == "· different codes on the same words   1 of 5"
        assert desk.told[1].startswith("A AB  ") and desk.told[1].endswith(
            "Being judged   3 words: “They judge ye.”"
        )
        assert desk.told[2].startswith("B CD  ") and "Fear" in desk.told[2]
        assert desk.about == "A AB  B CD   0 of 5 differences settled   P07_b 0 of 2"


@pytest.mark.parametrize("size", SIZES)
async def test_the_words_at_hand_are_in_view_wherever_they_stand(
    compared: Study, size: tuple[int, int]
) -> None:
    async with meeting(compared, size) as desk:
        for words in (AYE, JUDGE, AYE, MURDER):
            await desk.go(words)
            await settle(desk.pilot)
            row = desk.view._page.layout.row_at(desk.view.caret)
            assert desk.view.scroll_y <= row < desk.view.scroll_y + desk.view.size.height


async def test_both_coders_stripes_stand_beside_the_words(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        row = desk.view._page.layout.row_at(place(compared, "P07_b", "feart of them").start)
        drawn = desk.view.render_line(row - round(desk.view.scroll_y)).text
        left, right = drawn.split("feart of them.")
        fear = desk.screen.stripes["fear"].letter
        assert fear in left.split("From")[0] and fear in right
        assert "A" in left.split("From")[0] and "B" in right


async def test_the_stance_of_the_study_chooses_the_words(compared: Study) -> None:
    set_stance(compared, "reliability", "The funder asks for it.")
    async with meeting(compared) as desk:
        assert "0 of 5 disagreements resolved" in desk.about


# Moving


@of("reconcile.next", "reconcile.previous")
async def test_n_and_p_go_through_the_list(compared: Study) -> None:
    async with meeting(compared) as desk:
        seen = [desk.at]
        for _ in range(5):
            await desk.press("n")
            seen.append(desk.at)
        assert seen == [*QUEUE, QUEUE[-1]]
        assert desk.said == "That is the last of those that are listed."
        assert desk.screen.source is not None and desk.screen.source.summary.name == "long"
        await desk.press("p N p p")
        assert desk.at == JUDGE
        await desk.press("p")
        assert desk.said == "That is the first of those that are listed."


@of("reconcile.next_open", "reconcile.previous_open")
async def test_brackets_go_to_what_is_not_decided(compared: Study) -> None:
    async with meeting(compared) as desk:
        for item in desk.items[1:3]:
            decide(compared, item.key, "neither")
        await desk.press("1 6 right_square_bracket")
        assert desk.at == MURDER
        await desk.press("left_square_bracket")
        assert desk.at == JUDGE
        await desk.press("left_square_bracket")
        assert (desk.at, desk.said) == (JUDGE, "None is open that way.")
        for item in desk.items:
            if item.is_open:
                decide(compared, item.key, "neither")
        await desk.press("1 6 right_square_bracket")
        assert (
            desk.said == "All are decided. % shows the figures, 5 goes to the codebook to release a version."
        )


@of("reconcile.row_down", "reconcile.row_up", "reconcile.page_down", "reconcile.page_up")
@of("reconcile.first", "reconcile.last", "reconcile.next_turn", "reconcile.previous_turn")
async def test_the_caret_moves_through_the_transcript_and_back(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(AYE)
        start, row_at = desk.view.caret, desk.view._page.layout.row_at
        for there, back in (("j", "k"), ("down", "up"), ("ctrl+d", "ctrl+u"), ("G", "g"), ("end", "home")):
            await desk.press(there)
            assert row_at(desk.view.caret) > row_at(start)
            await desk.press(back)
            assert row_at(desk.view.caret) <= row_at(start)
            desk.view.move_to(start)
        await desk.press("right_curly_bracket")
        assert desk.screen.source is not None
        text = desk.screen.source.text
        assert text[desk.view.caret :].startswith("Why 21?")
        await desk.press("left_curly_bracket left_curly_bracket")
        assert text[desk.view.caret :].startswith("Why 20?")
        assert desk.at == AYE  # reading on does not leave the difference


@of("reconcile.back")
async def test_escape_goes_back_to_the_passage_then_to_the_study(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(AYE)
        start = desk.view.caret
        await desk.press("G escape")
        assert desk.view.caret == start
        await desk.press("escape")
        desk.over(StudyScreen)


# The list and the definitions


@of("reconcile.other_pane", "reconcile.choose")
async def test_the_list_shows_what_its_cursor_is_on(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("tab j j")
        assert desk.listing.has_focus and desk.at == FEART
        await desk.press("k")
        assert desk.at == HELPED
        await desk.press("G")
        assert desk.at == AYE
        await desk.press("g ctrl+d")
        assert desk.at == AYE
        await desk.press("ctrl+u enter")
        assert desk.view.has_focus and desk.at == JUDGE
        await desk.press("tab tab")
        assert desk.view.has_focus


async def test_a_narrow_screen_has_the_list_or_the_text(compared: Study) -> None:
    async with meeting(compared, (80, 24)) as desk:
        of_text = desk.screen.query_one("#of-text")
        assert of_text.display and not desk.listing.display
        await desk.press("tab")
        assert desk.listing.display and not of_text.display
        await desk.press("j enter")
        assert of_text.display and not desk.listing.display and desk.at == HELPED
        assert desk.view.has_focus


@of("reconcile.fold_list", "reconcile.fold_definitions")
async def test_list_and_definitions_are_folded_and_stay_so(compared: Study) -> None:
    async with meeting(compared) as desk:
        assert desk.listing.display and "Being judged" in desk.meanings and "Fear" in desk.meanings
        await desk.press("> i")
        assert not desk.listing.display
        assert not desk.screen.query_one("Definitions").display
    async with meeting(compared) as desk:
        assert not desk.listing.display
        assert not desk.screen.query_one("Definitions").display
        await desk.press("> i")
        assert desk.listing.display and desk.screen.query_one("Definitions").display


@of("reconcile.read_on")
async def test_what_does_not_fit_of_the_definitions_is_read_on(compared: Study) -> None:
    sentences = [f"Talk of being afraid, {n}." for n in range(60)]
    edit_code(compared, "fear", {"definition": " ".join(sentences)})
    async with meeting(compared) as desk:
        pane = desk.screen.query_one(Definitions)
        begin, read = str(pane.render()), ""
        assert begin.endswith("… space reads on")
        for _ in range(20):
            read += str(pane.render()).replace("… space reads on", "")
            await desk.press("space")
            if str(pane.render()) == begin:
                break
        assert all(sentence in " ".join(read.split()) for sentence in sentences)
        await desk.press("space n n")
        assert sentences[0] in str(pane.render())  # of another difference from the beginning


@of("reconcile.filter")
async def test_some_are_listed_only_and_all_again(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("f")
        assert not any("agreed to differ" in row for row in desk.offered())  # there is none
        await desk.press("escape")
        decide(compared, desk.items[0].key, "agree to differ")
        await desk.press("1 6")
        await desk.go(FEART)
        await desk.press("f")
        assert [row.strip() for row in desk.offered()] == [
            "open only  (4)",
            "agreed to differ  (1)",
            "in P07_b  (2)",
            "with 'Fear'  (3)",
            "different codes  (1)",
            "one coder  (2)",
            "boundary  (2)",
        ]
        await desk.answer("fear")
        assert desk.listed == [JUDGE, FEART, MURDER] and desk.at == FEART
        assert "only 'Fear': 3" in desk.about and desk.said == "3 of 5 differences listed."
        await desk.press("f")
        await desk.answer("one coder")
        assert desk.listed == [MURDER] and desk.at == MURDER
        await desk.press("f")
        assert "✓ with 'Fear'  (2)" in desk.offered()  # without it there are two
        await desk.answer("all of them")
        assert desk.listed == QUEUE and desk.at == MURDER
        await desk.press("f")
        await desk.answer("agreed")
        assert desk.listed == [JUDGE]


@of("reconcile.open")
async def test_the_place_opens_in_its_transcript_and_escape_comes_back(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(AYE)
        await desk.press("o")
        code = desk.over(CodeScreen)
        assert code.source_name == "long" and code.transcript.caret == desk.items[4].span.start
        await desk.press("escape")
        desk.over(ReconcileScreen)
        assert desk.at == AYE


# Of whom


@of("reconcile.next_pair")
async def test_the_next_two_coders_are_compared(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("L")
        assert desk.said == "No other two coders can be compared yet."
        other = third(compared)
        add_coding(other, "P07_b", place(compared, "P07_b", "From a pal of mine."), "forms")
        finish(other, ["P07_b"])
        await desk.press("1 6 L")
        assert desk.about.startswith("A AB  B EF   0 of 3") and desk.said == "A is AB, B is EF."
        assert "From a pal of mine." in desk.listed
        await desk.press("L")
        assert desk.about.startswith("A CD  B EF")
        await desk.press("L")
        assert desk.about.startswith("A AB  B CD") and desk.listed == QUEUE


async def test_a_third_coder_with_an_open_source_sees_nothing_of_it(compared: Study) -> None:
    other = third(compared)
    assign(compared, SOURCES, ["EF"])
    async with meeting(other) as desk:
        assert desk.screen.queue is None and desk.listed == []
        assert "AB and CD have finished some of the sources" in desk.empty
        assert "stays hidden until you have" in desk.empty
        for keys in ("n", "a", "r", "tab", "percent_sign", "f", "o", "L", "e", "t", "j", "G"):
            await desk.press(keys)
            assert isinstance(desk.pilot.app.screen, ReconcileScreen)
        mark(other, ["group"])
        await desk.press("1 6")
        assert {item.source for item in desk.screen.items} == {"group"}
        assert desk.about.startswith("A AB  B EF") or desk.about.startswith("A CD  B EF")
        await desk.press("L L")
        assert {item.source for item in desk.screen.items} <= {"group"}


async def test_before_anybody_has_finished_it_says_how_one_does(fresh: Study) -> None:
    async with meeting(fresh) as desk:
        assert "Nobody has finished a source yet." in desk.empty
        assert "finishes a source with Z" in desk.empty
        mark(fresh, ["P07_b"])
        await desk.press("1 6")
        assert "You have finished one source; nobody else has finished it yet." in desk.empty


async def test_two_who_differ_nowhere_are_told_so(fresh: Study) -> None:
    for study in (fresh, fresh.by("CD")):
        add_coding(study, "group", place(fresh, "group", "Murder, aye."), "fear")
        finish(study, ["group"])
    async with meeting(fresh) as desk:
        assert "AB and CD have no difference in the one source that both have finished" in desk.empty
        assert "1 passage coded alike" in desk.empty


# Over time


async def test_the_workbench_opens_where_one_stopped(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(MURDER)
    async with meeting(compared) as desk:
        assert desk.at == MURDER
        await desk.press("n")
        await desk.press("1")
    decide(compared, named(compared, AYE).key, "keep A")
    async with meeting(compared) as desk:
        assert desk.at == JUDGE  # what was left there is decided: the first that is open


async def test_what_another_decides_is_shown_without_being_asked_for(study: Study, tmp_path: Path) -> None:
    mine = small_study(study, tmp_path / "files")
    other = open_study(mine.folder, coder=None).by("CD")
    for one, words in ((mine, "I was feart of them."), (other, "feart of them.")):
        add_coding(one, "P07_b", place(mine, "P07_b", words), "fear")
        add_coding(one, "P07_b", place(mine, "P07_b", "They judge"), "judged" if one is mine else "fear")
        finish(one, ["P07_b"])
    workbench = Workbench(mine)
    with workbench.watching():
        async with workbench.run_test(size=(120, 40)) as pilot:
            await pilot.press("6")
            await settle(pilot)
            desk = Meeting(pilot, mine)
            first, second = desk.screen.items
            await desk.press("k k")
            caret = desk.view.caret
            assert caret != first.span.start
            decide(other, second.key, "keep B", reason="Shorter.")
            begun = monotonic()
            while desk.screen.items[1].is_open:
                await pilot.pause(0.05)
                assert monotonic() - begun < 2
            assert desk.screen.item is not None and desk.screen.item.id == first.id
            assert "1 of 2 differences settled" in desk.about
            assert desk.view.caret == caret
    other.close()


async def test_a_list_over_the_comparison_stays_while_others_work(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("f")
        decide(compared.by("CD"), desk.items[4].key, "keep B")
        desk.pilot.app.post_message(Workbench.ChangedByOthers())
        await settle(desk.pilot)
        assert desk.pilot.app.screen.query_one(OptionList).option_count
        await desk.press("escape")
        assert desk.about.startswith("A AB  B CD   1 of 5")
