"""Changing the codings there are, taking changes back, and what must not be done or seen."""

from __future__ import annotations

from importlib import import_module

from qualbench.codebook.editing import NewCode, set_key
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import list_memos
from qualbench.coding.progress import finish
from qualbench.study.database import Study, open_study
from qualbench.tui.actions import ACTIONS, AGREEMENT, BEHIND, BEHIND_CELL, CODE, COMPARE, MATRIX, REDRAW
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.widgets.code_list import CodeList
from tests.builders import place
from tests.tui.coding import COVERED, at_work, coded, of, put

FEART = "I was feart of them."


# Changing the coding here


@of("code.cycle", "code.remove")
async def test_the_codes_here_are_gone_through_and_the_first_named_is_taken_away(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    put(fresh, FEART, "judged")
    put(fresh, "From a pal of mine. I was feart of them.", "forms")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        names = [desk.said]
        for _ in range(3):
            await desk.press("o")
            names.append(desk.said)
        firsts = [name.partition(": ")[2].split(",")[0][2:] for name in names]
        assert firsts == ["Fear", "Being judged", "Forms: long / short", "Fear"]
        assert names[0].startswith("3 codes here: ")
        await desk.press("o x")
        assert desk.said == "'Being judged' taken away; u brings it back."
        assert [code for code, _ in coded(fresh)] == ["forms", "fear"]


@of("code.remove")
async def test_where_no_code_stands_there_is_none_to_take_away(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("x")
        assert desk.said == "No code stands here. ] c goes to the next coded passage."
        assert len(coded(fresh)) == 1


@of("code.rebound")
async def test_a_coding_is_given_the_selected_words(fresh: Study) -> None:
    put(fresh, FEART, "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("E")
        assert desk.said == "Select the words it shall have first; v begins a selection."
        await desk.press("v e e E")
        assert coded(fresh) == [("fear", "feart of")]
        assert desk.said == "'Fear' has new bounds: 2 words."
        assert desk.selected is None
        await desk.press("u")
        assert coded(fresh) == [("fear", FEART)]


@of("code.exemplar")
async def test_a_coding_is_marked_as_exemplar_and_no_longer(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("!")
        assert (list_codings(fresh)[0].exemplar, desk.said) == (True, "'Fear': an exemplar.")
        await desk.press("l")
        assert desk.said.endswith("Fear (exemplar)")
        await desk.press("!")
        assert (list_codings(fresh)[0].exemplar, desk.said) == (False, "'Fear': no longer an exemplar.")


@of("code.meaning")
async def test_a_coding_is_semantic_latent_or_neither(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        for meaning in ("semantic", "latent", None):
            await desk.press("S")
            assert list_codings(fresh)[0].meaning == meaning
            assert desk.said == f"'Fear': {meaning or 'neither semantic nor latent'}."


@of("code.give_key")
async def test_a_code_is_given_a_key_and_put_by_it(fresh: Study) -> None:
    set_key(fresh, "forms", "f")
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("K")
        assert desk.said.startswith("No code stands here.")
        await desk.to("feart")
        await desk.press("K")
        await desk.pick("f")
        assert desk.said == "' f now puts 'Fear', which 'Forms: long / short' had."
        await desk.to("They judge")
        await desk.press("' f")
        assert coded(fresh)[1][0] == "fear"
        await desk.press("K")
        await desk.pick("ff")
        assert desk.said == "'ff' cannot be the key of a code. Use one letter or digit."
        assert read_codebook(fresh).by_id["fear"].key == "f"


@of("code.give_key")
async def test_a_code_is_given_a_key_in_the_list(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("tab j j K")
        assert isinstance(desk.pilot.app.screen, Prompt)
        await desk.pick("9")
        assert read_codebook(fresh).by_id["fear"].key == "9"
        codes = desk.screen.query_one(CodeList)
        assert "'9" in str(codes.get_option("fear").prompt)


@of("code.memo")
async def test_a_memo_is_written_on_the_source_the_turn_or_the_coding(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("M enter")
        await desk.type("Why")
        await desk.press("ctrl+s")
        assert [(m.about, m.text, m.label) for m in list_memos(fresh)] == [("coding", "Why", "Fear")]
        assert desk.said == "The memo is kept; 8 lists all of them."
        await desk.press("M enter")
        await desk.type("Aye ")
        await desk.press("ctrl+s")
        assert len(list_memos(fresh)) == 1  # the one that is there is gone on with
        await desk.press("M")
        await desk.pick("turn")
        await desk.type("Hm")
        await desk.press("ctrl+s")
        assert ("turn", "Hm") in [(m.about, m.text) for m in list_memos(fresh)]
        await desk.press("M escape")
        assert len(list_memos(fresh)) == 2


# Undo and redo


@of("code.undo", "code.redo")
async def test_changes_are_taken_back_and_made_again_with_words(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        start = desk.text.index(FEART)
        where = f"in P07_b at {start}-{start + len(FEART)}"
        await desk.press("c")
        await desk.pick("fea")
        await desk.press("!")
        await desk.press("u")
        assert (list_codings(fresh)[0].exemplar, desk.said) == (
            False,
            f"Undid: Marked as exemplar: 'Fear' {where}.",
        )
        await desk.press("u")
        assert (coded(fresh), desk.said) == ([], f"Undid: Coded 'Fear' {where}.")
        assert desk.view.codings == []
        await desk.press("ctrl+r")
        assert (coded(fresh), desk.said) == ([("fear", FEART)], f"Redid: Coded 'Fear' {where}.")
        await desk.press("ctrl+r")
        assert list_codings(fresh)[0].exemplar
        await desk.press("ctrl+r")
        assert desk.said.startswith("There is nothing of AB's to redo.")


async def test_changes_are_taken_back_after_a_restart(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("c")
        await desk.pick("fea")
        await desk.press("x q")
    fresh.close()
    again = open_study(fresh.folder)
    async with at_work(again) as desk:
        await desk.press("u")
        assert (coded(again), desk.said.split(" in ")[0]) == ([("fear", FEART)], "Undid: Removed 'Fear'")
        await desk.press("u")
        assert coded(again) == []
        await desk.press("ctrl+r ctrl+r")
        assert (coded(again), desk.said.split(" in ")[0]) == ([], "Redid: Removed 'Fear'")
    again.close()


async def test_only_ones_own_changes_are_taken_back(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.to("feart")
        await desk.press("c")
        await desk.pick("fea")
        put(fresh.by("CD"), "They judge ye", "judged")
        await desk.press("u")
        assert desk.said.startswith("Undid: Coded 'Fear'")
        assert coded(fresh.by("CD")) == [("judged", "They judge ye")]
    async with at_work(fresh.by("CD"), "P07_f") as desk:
        await desk.press("u u")
        assert desk.said.startswith("There is nothing of CD's to undo.")


async def test_what_was_done_in_another_source_is_taken_back_from_here(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("c")
        await desk.pick("fea")
        await desk.press("] s u")
        assert desk.said == "Undid: Coded 'Fear' in P07_b at 3-20."
        assert (desk.name, coded(fresh)) == ("P07_f", [])


async def test_what_was_undone_is_no_code_to_repeat(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        await desk.press("C")
        await desk.pick("Shame")
        await desk.press("u .")
        assert desk.said == "No code was used yet; c chooses one."
        await desk.press("c 1 escape")
        assert coded(fresh) == []


# What must not be done, or seen


async def test_a_finished_source_is_not_coded_and_says_so(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    finish(fresh, ["P07_b"])
    async with at_work(fresh) as desk:
        for keys in ("s .", "c enter", "x", "!", "S", "v e e E", "i"):
            desk.view.select(False)
            await desk.to("feart")
            await desk.press(keys)
            assert desk.said.startswith("AB has finished P07_b; its codings no longer change.")
            assert coded(fresh) == [("fear", "feart")]
            assert len(desk.view.codings) == 1


async def test_another_coders_codings_show_nowhere_before_both_have_finished(fresh: Study) -> None:
    put(fresh.by("CD"), "feart", "judged")
    async with at_work(fresh) as desk:
        await desk.to("feart")
        for keys in ("L", "L", "o", "] c", "] m", "] u", "f escape", "R R", "L"):
            await desk.press(keys)
            assert desk.view.codings == []
            assert "judged" not in desk.said and "CD" not in desk.said
        await desk.press("[ u")
        assert desk.said.startswith("Uncoded: 2 stretches")
        await desk.press("c")
        assert all(row[0] == " " for row in desk.rows())  # nobody's recent codes
    apply_codes(fresh, [Passage("P07_b", place(fresh, "P07_b", "feart"))], ["fear"])
    for who in (fresh, fresh.by("CD")):
        finish(who, ["P07_b"])
    async with at_work(fresh) as desk:
        await desk.press("L")
        assert [c.code for c in desk.view.codings] == ["judged"]
        assert desk.said == "Layer CD: 1 codings here."


async def test_codings_of_another_layer_are_not_changed(fresh: Study) -> None:
    put(fresh.by("CD"), "feart", "judged")
    for who in (fresh, fresh.by("CD")):
        finish(who, ["P07_b"])
    async with at_work(fresh) as desk:
        await desk.press("L ] c")
        for key in ("x", "!", "S"):
            await desk.press(key)
            assert desk.said == "That coding is of the layer CD. L goes back to your own."
        assert [c.code for c in desk.view.codings] == ["judged"]


async def test_what_one_codes_is_shown_though_another_layer_was(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("L")
        assert desk.said.startswith("Layer agreed")
        await desk.to("They judge")
        await desk.press(".")
        assert len(desk.view.codings) == 2


async def test_codes_that_others_made_meanwhile_are_shown(fresh: Study) -> None:
    async with at_work(fresh) as desk:
        other = fresh.by("CD")
        apply_codes(
            other, [Passage("P07_b", place(fresh, "P07_b", "feart"))], [], [NewCode("Shame", "trust")]
        )
        for who in (fresh, other):
            finish(who, ["P07_b"])
        await desk.press("L")
        assert [c.label for c in desk.view.codings] == ["Shame"]


async def test_a_name_with_brackets_is_only_a_name(fresh: Study) -> None:
    label = "[bold]me [/nope] $x"
    async with at_work(fresh) as desk:
        await desk.press("C")
        await desk.pick(label)
        assert desk.said.startswith(f"'{label}': coded.")
        await desk.press("c tab escape K escape M escape")
        await desk.press("tab j j tab tab l")
        assert label in desk.said


async def test_what_one_codes_is_shown_though_a_filter_would_hide_it(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("f")
        await desk.pick("forms")
        await desk.to("They judge")
        await desk.press("s .")
        assert len(coded(fresh)) == 2
        assert "🙂 They judge ye." in {desk.text[c.span.start : c.span.end] for c in desk.view.codings}


async def test_nothing_is_coded_unseen_while_one_reads_without_codes(fresh: Study) -> None:
    put(fresh, "feart", "fear")
    async with at_work(fresh) as desk:
        await desk.press("R")
        await desk.to("They judge")
        await desk.press("s .")
        assert desk.said == "Codes are hidden while you read. R goes back to coding."
        assert len(coded(fresh)) == 1


# Nothing open


async def test_every_key_is_harmless_where_no_source_is_open(fresh: Study) -> None:
    async with Workbench(fresh).run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        await pilot.pause()
        for action in ACTIONS:
            if action.place == CODE and action.id != "code.back":
                await pilot.press(*action.keys.split(",")[0].replace("*", "a").split())
                await pilot.pause()
                if not isinstance(pilot.app.screen, CodeScreen):
                    await pilot.press("escape")
                    await pilot.pause()
                assert isinstance(pilot.app.screen, CodeScreen), action.id
                assert pilot.app.screen.query_one("#empty").display, action.id
    assert coded(fresh) == []


def test_every_action_of_these_places_has_a_test() -> None:
    for module in ("coding", "coding_places", "coding_panes", "rereading", "finishing", "raising"):
        import_module(f"tests.tui.test_{module}")  # wherever this test is run alone
    for module in ("reconcile", "reconcile_deciding", "reconcile_figures", "matrix", "matrix_doors"):
        import_module(f"tests.tui.test_{module}")
    places = (CODE, COMPARE, REDRAW, AGREEMENT, BEHIND, MATRIX, BEHIND_CELL)
    assert {action.id for action in ACTIONS if action.place in places} == COVERED
