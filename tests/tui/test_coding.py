"""Putting codes on words by keys: what the study then holds, and what the status row says."""

from __future__ import annotations

from textual.widgets import Input

from qualbench.codebook.editing import set_key
from qualbench.codebook.tree import read_codebook
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.tui.screens.code_picker import CodePicker
from tests.tui.coding import at_work, coded, of, put

FEART = "I was feart of them."


# The usual act


@of("code.sentence", "code.repeat")
async def test_select_the_sentence_and_repeat_the_last_code_in_two_keys(fresh: Study) -> None:
    put(fresh, "They judge ye", "judged")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("s .")
        assert coded(fresh) == [("judged", FEART), ("judged", "They judge ye")]
        assert desk.said == "'Being judged': coded. 5 words."
        assert desk.selected is None


@of("code.turn", "code.code")
async def test_select_the_turn_and_choose_a_recent_code_by_its_digit_in_three_keys(fresh: Study) -> None:
    for quote, code in (("How did", "forms"), ("They judge ye", "judged"), ("Naïve", "fear")):
        put(fresh, quote, code)
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("V c 2")
        assert ("judged", "From a pal of mine. I was feart of them.") in coded(fresh)
        assert desk.said == "'Being judged': coded. 10 words."
        await desk.press("c")
        assert [row[:3] for row in desk.rows()[:4]] == ["1 ■", "2 ■", "3 ■", "  ■"]
        assert ["Being judged" in desk.rows()[0], "Fear" in desk.rows()[1]] == [True, True]


@of("code.code")
async def test_choose_a_code_by_typing(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("c f e a enter")
        assert coded(fresh) == [("fear", FEART)]
        assert [c.label for c in desk.view.codings_at(desk.view.caret)] == ["Fear"]
        await desk.to("They judge")
        await desk.press("c enter")  # nothing typed: what was used last
        assert coded(fresh)[1:] == [("fear", "🙂 They judge ye.")]


async def test_the_picker_moves_with_arrows_and_closes_without_a_choice(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("c down down up enter")
        (first, _), *others = coded(fresh)
        assert (first, others) == ([e.id for _, e in read_codebook(fresh).walk()][1], [])
        await desk.press("u c escape")
        assert coded(fresh) == []
        assert desk.name == "P07_b"


async def test_a_digit_that_no_recent_code_has_does_nothing_and_is_not_typed(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("c 3")
        assert isinstance(desk.pilot.app.screen, CodePicker)
        assert desk.pilot.app.screen.query_one(Input).value == ""
        await desk.type("a3")
        assert desk.pilot.app.screen.query_one(Input).value == "a3"


async def test_several_codes_are_put_at_once(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("c")
        await desk.type("fear")
        await desk.press("tab")
        await desk.type("judg")
        await desk.press("tab enter")
        assert coded(fresh) == [("fear", FEART), ("judged", FEART)]
        assert desk.said == "'Fear', 'Being judged': 2 codings made. 5 words."
        assert len(read_log(fresh)[-1].summary.split("'")) == 5  # one event names both
        await desk.to("Naïve")
        await desk.press(".")  # repeats both
        assert len(coded(fresh)) == 4
        await desk.press("u")
        assert len(coded(fresh)) == 2


async def test_what_was_marked_can_be_unmarked(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("c")
        await desk.type("fear")
        await desk.press("tab")
        await desk.type("judg")
        await desk.press("tab")
        await desk.type("fear")
        await desk.press("tab enter")
        assert [code for code, _ in coded(fresh)] == ["judged"]


async def test_the_last_row_makes_the_code_that_was_typed(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("c")
        await desk.type("of workers")
        assert '  create "of workers", on its own' in desk.rows()
        await desk.press("up enter")
        made = read_codebook(fresh).find("of workers")
        assert coded(fresh) == [(made.id, FEART)]
        assert made.status == "candidate"
        assert desk.said == "'of workers': coded. 5 words."
        await desk.press("u")
        assert (coded(fresh), made.id in read_codebook(fresh).by_id) == ([], False)


async def test_a_new_code_may_be_made_beside_the_one_used_last(fresh: Study) -> None:
    put(fresh, "They judge ye", "judged")
    async with at_work(fresh) as desk:
        await desk.press("c")
        await desk.type("shame")
        assert [row for row in desk.rows() if "create" in row] == [
            '  create "shame" under Social work',
            '  create "shame", on its own',
        ]
        await desk.press("up up enter")
        assert read_codebook(fresh).find("shame").parent_id == "social-work"


async def test_codes_that_are_marked_go_on_with_one_that_is_made(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("c")
        await desk.type("fear")
        await desk.press("tab")
        await desk.type("shame")
        await desk.press("up enter")
        assert {code for code, _ in coded(fresh)} == {"fear", read_codebook(fresh).find("shame").id}


@of("code.by_key")
async def test_a_code_is_put_by_its_key(fresh: Study) -> None:
    set_key(fresh, "fear", "f")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("'")
        assert desk.said.startswith("' a  by its key")
        await desk.press("f")
        assert coded(fresh) == [("fear", FEART)]
        await desk.press("' g")
        assert desk.said == "No code has the key g; K gives one to the code here."
        await desk.press("' escape")
        assert (len(coded(fresh)), desk.name) == (1, "P07_b")


@of("code.create")
async def test_a_code_is_made_and_put(fresh: Study) -> None:
    put(fresh, "They judge ye", "judged")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("C")
        await desk.pick("Shame, own")
        made = read_codebook(fresh).find("Shame, own")
        assert coded(fresh)[0] == (made.id, FEART)
        assert made.parent_id == "social-work"
        await desk.press("C escape")
        await desk.press("C enter")
        assert len(coded(fresh)) == 2


@of("code.in_vivo")
async def test_words_name_a_code(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart of")
        await desk.press("v e e i")
        ((code, quote),) = coded(fresh)
        assert (read_codebook(fresh).by_id[code].label, quote) == ("feart of", "feart of")
        assert "feart" not in code
        assert desk.said == "'feart of': coded. 2 words."


async def test_words_too_long_for_a_name_are_cut_at_a_word(fresh: Study) -> None:
    async with at_work(fresh, "long") as desk:
        await desk.press("V V V V V V i")
        ((code, quote),) = coded(fresh)
        label = read_codebook(fresh).by_id[code].label
        assert len(label) <= 80 and label.endswith("…")
        assert " ".join(quote.split()).startswith(f"{label[:-1]} ")


async def test_a_code_is_put_from_the_list_of_codes(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("tab j j enter")
        assert coded(fresh) == [("fear", FEART)]
        assert desk.view.has_focus


async def test_a_coding_that_grows_is_said_so_and_there_is_one(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press(".")
        assert coded(fresh) == [("fear", FEART)]
        assert desk.said == "'Fear': 1 was here already and now reaches further. 5 words."
        await desk.press("s .")
        assert desk.said == "The same words have that code already. Choose other words or another code."
        assert len(coded(fresh)) == 1


@of("code.repeat")
async def test_without_a_last_code_there_is_none_to_repeat(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press(".")
        assert desk.said == "No code was used yet; c chooses one."
        assert coded(fresh) == []


# Selecting


@of("code.select")
async def test_a_selection_begins_at_the_caret_and_is_dropped(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("v e")
        assert (desk.selected, desk.said) == ("feart", "1 word selected")
        await desk.press("e e h")
        assert (desk.selected, desk.said) == ("feart of the", "3 words selected")
        await desk.press("v")
        assert (desk.selected, desk.said) == (None, "No code here. c codes the sentence, v selects words.")


@of("code.sentence", "code.turn")
async def test_pressed_again_sentence_and_turn_take_in_the_next(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("pal of")
        await desk.press("s")
        assert desk.selected == "From a pal of mine."
        await desk.press("s")
        assert desk.selected == "From a pal of mine. I was feart of them."
        await desk.press("escape V")
        assert desk.selected == "From a pal of mine. I was feart of them."
        await desk.press("V V V V")
        assert desk.selected == desk.text[desk.text.index("From") :]


@of("code.snap")
async def test_a_selection_is_widened_to_whole_words(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("+")
        assert desk.said == "Nothing is selected; v begins a selection."
        await desk.to("eart of")
        await desk.press("v w l +")
        assert desk.selected == "feart of"


@of("code.cycle")
async def test_in_a_selection_the_caret_goes_to_its_other_end(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        start = await desk.to("feart")
        await desk.press("v e o")
        assert (desk.selected, desk.view.caret) == ("feart", start)
        await desk.press("b")
        assert desk.selected == "was feart"
