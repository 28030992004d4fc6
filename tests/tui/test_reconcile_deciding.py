"""Mode 6: what keys decide, what that puts into the agreed layer, and two people who decide at once."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static, TextArea

from qualbench.agreement.deciding import decide, reopen
from qualbench.codebook.editing import edit_code
from qualbench.codebook.merging import merge_codes, parts_of
from qualbench.codebook.tree import read_codebook
from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.text.spans import Span
from qualbench.tui.actions import ACTIONS, COMPARE
from qualbench.tui.screens.code_picker import CodePicker
from qualbench.tui.screens.entry_conflict import EntryConflict
from qualbench.tui.screens.entry_form import EntryForm
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.screens.reconcile_conflict import DecisionConflict
from qualbench.tui.screens.reconcile_redraw import RedrawScreen
from qualbench.tui.screens.reconcile_settle import SettleForm
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.widgets.choices import Choices
from qualbench.tui.widgets.difference_panel import KEYS
from tests.builders import place
from tests.tui.coding import of
from tests.tui.comparing import AYE, FEART, HELPED, JUDGE, MURDER, Meeting, compared, meeting, named

__all__ = ["compared"]

ALIKE = ("forms", "The forms were murder.")

# Each key


@of(
    "reconcile.keep_a",
    "reconcile.keep_b",
    "reconcile.keep_both",
    "reconcile.keep_neither",
    "reconcile.differ",
)
@pytest.mark.parametrize(
    ("key", "outcome", "agreed"),
    [
        ("a", "keep A", [("judged", JUDGE)]),
        ("b", "keep B", [("fear", JUDGE)]),
        ("plus", "both", [("fear", JUDGE), ("judged", JUDGE)]),
        ("equals_sign", "both", [("fear", JUDGE), ("judged", JUDGE)]),
        ("x", "neither", []),
        ("d", "agree to differ", []),
    ],
)
async def test_a_key_decides_and_goes_on_to_the_next(
    compared: Study, key: str, outcome: str, agreed: list[tuple[str, str]]
) -> None:
    async with meeting(compared) as desk:
        await desk.press(key)
        assert desk.decided == [(JUDGE, outcome)]
        assert sorted(desk.agreed("P07_b")) == agreed
        assert (desk.at, desk.said) == (HELPED, f"P07_b: {outcome}; u takes that back.")
        assert "1 of 5 differences settled" in desk.about
        assert [one.quote for one in list_codings(compared, source="P07_b")] == [
            FEART,
            JUDGE,
        ]  # own ones stay


@of("reconcile.undo", "reconcile.redo")
async def test_a_decision_is_undone_and_done_again(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(MURDER)
        await desk.press("a u")
        assert desk.decided == [] and desk.agreed() == [ALIKE]
        assert desk.said.startswith("Undid: ") and desk.at == MURDER  # where it was
        await desk.press("ctrl+r")
        assert desk.decided == [(MURDER, "keep A")]
        assert desk.said.startswith("Redid: ") and ("fear", MURDER) in desk.agreed()


async def test_with_ones_own_decision_others_appear_too(compared: Study) -> None:
    async with meeting(compared) as desk:
        decide(compared.by("CD"), named(compared, FEART).key, "keep B")
        await desk.press("a")
        assert [item.words for item in desk.screen.items if not item.is_open] == [JUDGE, FEART]
        assert "2 of 5 differences settled" in desk.about
        assert desk.said == "P07_b: keep A; u takes that back."


async def test_what_others_have_built_on_is_not_undone(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("a")
        reopen(compared.by("CD"), named(compared, JUDGE).decision.id)  # type: ignore[union-attr]
        decide(compared.by("CD"), named(compared, JUDGE).key, "keep B")
        await desk.press("u")
        assert desk.decided == [(JUDGE, "keep B")]
        assert "Undid" not in desk.said and desk.said


@of("reconcile.other_code")
async def test_another_code_is_given(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("c")
        desk.over(CodePicker)
        await desk.answer("forms")
        assert desk.decided == [(JUDGE, "other code")]
        assert ("forms", JUDGE) in desk.agreed()
        assert desk.said == "P07_b: other code: 'Forms: long / short'; u takes that back."
        await desk.press("c escape")
        assert desk.over(ReconcileScreen) and len(desk.decided) == 1
        await desk.press("c")
        await desk.answer("being judged")
        assert "is what a coder has there" in desk.said and len(desk.decided) == 1


@of("reconcile.reason")
async def test_a_reason_is_written_for_what_is_decided_next(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("w")
        desk.over(Prompt)
        await desk.answer("Nobody is judged here.")
        assert desk.told[3].startswith("why: Nobody is judged here.")
        await desk.press("b")
        assert named(compared, JUDGE).decision.reason == "Nobody is judged here."  # type: ignore[union-attr]
        assert desk.at == HELPED and "why" in desk.told[3] and "Nobody" not in desk.told[3]
        await desk.press("w")
        await desk.answer("For this one alone.")
        await desk.press("n a")
        assert named(compared, FEART).decision.reason == ""  # type: ignore[union-attr]


@of("reconcile.reopen")
async def test_a_decision_is_reopened_by_whomever(compared: Study) -> None:
    decide(compared.by("CD"), named(compared, JUDGE).key, "keep B", reason="Shorter.")
    async with meeting(compared) as desk:
        await desk.go(JUDGE)
        assert desk.told[3].startswith("→ keep B, by CD on ") and "Shorter." in desk.told[3]
        await desk.press("a")
        assert desk.said == "That is decided: keep B, by CD. R reopens it."
        await desk.press("R")
        assert desk.decided == [] and desk.agreed() == [ALIKE]
        assert desk.said == "Reopened; it was: keep B, by CD." and desk.at == JUDGE
        await desk.press("R")
        assert desk.said.startswith("That is open.")


async def test_when_all_are_decided_it_says_what_is_next(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("a b x d +")
        assert len(desk.decided) == 5
        assert desk.said.endswith("% shows the figures, 5 goes to the codebook to release a version.")
        await desk.press("f")
        await desk.answer("agreed")
        assert desk.listed == [MURDER]


# Redrawing


@of("reconcile.redraw", "redraw.take", "redraw.select", "redraw.other_end")
async def test_other_words_are_selected_and_taken(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        await desk.press("r")
        screen = desk.over(RedrawScreen)
        view = screen.transcript
        start = place(compared, "P07_b", FEART).start
        assert view.selection == Span(start, start + len(FEART))  # what either has, to begin with
        await desk.press("o")
        assert view.caret == start
        await desk.press("w")
        await desk.press("enter")
        assert desk.decided == [(FEART, "redraw")]
        assert ("fear", "was feart of them.") in desk.agreed()
        assert desk.over(ReconcileScreen) and desk.at == MURDER


@of("redraw.sentence", "redraw.turn", "redraw.snap", "redraw.back")
async def test_selecting_works_as_in_coding_and_can_be_left(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        await desk.press("r v")
        screen = desk.over(RedrawScreen)
        text = screen._source.text

        def selected() -> str | None:
            span = screen.transcript.selection
            return None if span is None else text[span.start : span.end]

        assert selected() is None and desk.said.startswith("Nothing is selected")
        await desk.press("enter")
        assert desk.over(RedrawScreen) and desk.decided == []
        await desk.press("s")
        assert selected() == FEART
        await desk.press("v V")
        assert selected() == "From a pal of mine. I was feart of them."
        await desk.press("v")
        screen.transcript.move_to(text.index("eart of"))
        await desk.press("v l l plus")
        assert selected() == "feart"
        await desk.press("escape")
        assert desk.over(ReconcileScreen) and desk.decided == []


@of(
    *("redraw.right", "redraw.left", "redraw.down", "redraw.up", "redraw.next_word", "redraw.previous_word"),
    *("redraw.word_end", "redraw.next_sentence", "redraw.previous_sentence", "redraw.page_down"),
    *("redraw.page_up", "redraw.first", "redraw.last", "redraw.next_turn", "redraw.previous_turn"),
)
async def test_the_caret_moves_where_one_redraws(compared: Study) -> None:
    moves = [
        ("Aye, 20.", "l", "ye, 20."),
        ("ye, 20.", "h", "Aye, 20."),
        ("Aye, 20.", "right left", "Aye, 20."),
        ("Aye, 20.", "w", "20. It"),
        ("20. It", "b", "Aye, 20."),
        ("Aye, 20.", "e", "e, 20."),
        ("Aye, 20.", "right_parenthesis", "It was so. They came.\n\nI: Why 21"),
        ("They came.\n\nI: Why 21", "left_parenthesis", "It was so. They came.\n\nI: Why 21"),
        ("Aye, 20.", "right_curly_bracket", "Why 21"),
        ("Aye, 20.", "left_curly_bracket", "Why 20"),
        ("Aye, 20.", "j", "Why 21"),
        ("Aye, 20.", "k", "Why 20"),
        ("Aye, 20.", "ctrl+d ctrl+u", "Aye, 20."),
        ("Aye, 20.", "G g", "Why 1?"),
    ]
    async with meeting(compared) as desk:
        await desk.go(AYE)
        await desk.press("r v")
        screen = desk.over(RedrawScreen)
        text = screen._source.text
        for start, keys, end in moves:
            screen.transcript.move_to(text.index(start))
            await desk.press(keys)
            at = screen.transcript.caret
            assert at == text.index(end), (start, keys, text[at:][:9])
        await desk.press("ctrl+d")
        assert screen.transcript.caret > text.index("Why 5?")
        await desk.press("G")
        assert screen.transcript.caret == len(text) - 1


async def test_of_two_codes_the_one_of_the_redrawn_words_is_asked_for(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("r enter")
        assert desk.offered() == ["Being judged", "Fear"]
        await desk.answer("fear")
        assert ("fear", JUDGE) in desk.agreed() and desk.decided == [(JUDGE, "redraw")]


async def test_words_that_lie_elsewhere_are_refused(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        await desk.press("r v g s enter")
        assert "lie apart from those of the difference" in desk.said and desk.decided == []


# Settling


@of("reconcile.settle")
async def test_trivial_boundaries_are_settled_together_and_undone_at_once(compared: Study) -> None:
    async with meeting(compared) as desk:
        events = len(read_log(compared))
        await desk.press("t")
        form = desk.over(SettleForm)
        preview = form.query_one("#preview", Static)
        assert str(preview.render()).splitlines() == [
            "2 open differences would be settled.",
            "  P07_b: Fear, 2 words, 6 characters apart",
            "  long: Forms: long / short, 3 words, 11 characters apart",
        ]
        await desk.type("2")
        assert str(preview.render()).startswith("1 open difference would be settled.")
        await desk.type("")
        assert str(preview.render()) == "Give a number of words or characters."
        await desk.press("enter")
        assert desk.over(SettleForm) and desk.decided == []
        await desk.type("6")
        form.query_one("#unit", Choices).focus()
        await desk.press("right")
        assert str(preview.render()).startswith("1 open difference would be settled.")
        form.query_one("#rule", Choices).focus()
        await desk.press("right enter")
        assert desk.decided == [(FEART, "redraw")] and ("fear", "feart of them.") in desk.agreed()
        assert (
            desk.said == "1 boundary difference settled, taking the words that both have; u takes that back."
        )
        decision = named(compared, FEART).decision
        assert decision is not None and "at most 6 characters apart" in decision.reason
        assert len(read_log(compared)) == events + 1
        await desk.press("t")
        await desk.type("9")
        await desk.press("enter u")
        assert desk.decided == [(FEART, "redraw")]  # the one before stays
        await desk.press("u")
        assert desk.decided == []


async def test_only_one_source_is_settled_if_wanted(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(AYE)
        await desk.press("t")
        form = desk.over(SettleForm)
        form.query_one("#where", Choices).focus()
        await desk.press("right")
        form.query_one(Input).focus()
        await desk.press("enter")
        assert desk.decided == [(AYE, "both")]


async def test_settling_can_be_left(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("t escape")
        assert desk.over(ReconcileScreen) and desk.decided == []


# Two people at one difference


async def at_once(desk: Meeting) -> DecisionConflict:
    """Keep A's while CD has just kept B's, and the question that comes of it."""
    await desk.press("w")
    await desk.answer("They are judged.")
    decide(desk.study.by("CD"), named(desk.study, JUDGE).key, "keep B", reason="It is fear.")
    await desk.press("a")
    return desk.over(DecisionConflict)


async def test_the_second_of_two_sees_both_decisions(compared: Study) -> None:
    async with meeting(compared) as desk:
        screen = await at_once(desk)
        columns = [[str(cell) for cell in column.cells] for column in screen._compared().columns]
        assert columns == [["decided", "reason"], ["keep B", "It is fear."], ["keep A", "They are judged."]]
        assert desk.decided == [(JUDGE, "keep B")]
        await desk.press("t")
        assert desk.decided == [(JUDGE, "keep B")] and ("fear", JUDGE) in desk.agreed()
        assert desk.said == "CD's decision stands; yours was not saved."
        assert desk.about.startswith("A AB  B CD   1 of 5")


async def test_mine_is_put_in_place_of_theirs_when_chosen_and_both_are_on_record(compared: Study) -> None:
    async with meeting(compared) as desk:
        await at_once(desk)
        await desk.press("m")
        assert desk.decided == [(JUDGE, "keep A")] and ("judged", JUDGE) in desk.agreed()
        decision = named(compared, JUDGE).decision
        assert decision is not None and decision.reason == "They are judged."
        told = [(event.coder, event.summary.partition(" ")[0]) for event in read_log(compared)[-3:]]
        assert told == [("CD", "Decided"), ("AB", "Reopened"), ("AB", "Decided")]


async def test_they_may_be_quicker_again(compared: Study) -> None:
    async with meeting(compared) as desk:
        await at_once(desk)
        reopen(compared.by("CD"), named(compared, JUDGE).decision.id)  # type: ignore[union-attr]
        decide(compared.by("CD"), named(compared, JUDGE).key, "neither")
        await desk.press("m")
        assert desk.decided == [(JUDGE, "neither")] and desk.said  # told, nothing lost
        await desk.go(JUDGE)
        assert desk.told[3].startswith("→ neither, by CD")


async def test_codings_that_changed_meanwhile_are_told(compared: Study) -> None:
    async with meeting(compared) as desk:
        merge_codes(compared.by("CD"), "judged", "fear")
        await desk.press("a")
        assert "There is no such difference" in desk.said and desk.decided == []
        assert JUDGE not in desk.listed  # now both have one code there


# The codebook, and back


@of("reconcile.definition")
async def test_a_definition_is_changed_and_one_is_back_at_the_difference(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        await desk.press("e")
        form = desk.over(EntryForm)
        form.query_one("#definition", TextArea).text = "Talk of being afraid of workers."
        await desk.press("ctrl+s")
        assert read_codebook(compared).by_id["fear"].definition == "Talk of being afraid of workers."
        assert desk.over(ReconcileScreen) and desk.at == FEART
        assert desk.said == "Changed of 'Fear': definition; u takes that back."
        assert "Talk of being afraid of workers." in desk.meanings
        await desk.press("u")
        assert read_codebook(compared).by_id["fear"].definition == "" and desk.at == FEART


async def test_of_two_codes_the_one_to_define_is_asked_for(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("e")
        assert desk.offered() == ["Being judged", "Fear"]
        await desk.answer("fear")
        assert desk.over(EntryForm).query_one("#label", Input).value == "Fear"


async def test_a_definition_that_two_change_at_once_is_not_lost(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(FEART)
        await desk.press("e")
        desk.over(EntryForm).query_one("#definition", TextArea).text = "Mine."
        edit_code(compared.by("CD"), "fear", {"definition": "Theirs."})
        await desk.press("ctrl+s")
        desk.over(EntryConflict)
        await desk.press("t")
        assert read_codebook(compared).by_id["fear"].definition == "Theirs."
        assert desk.over(ReconcileScreen) and desk.at == FEART and "Theirs." in desk.meanings


@of("reconcile.split")
async def test_a_code_is_split_and_one_is_back_at_the_difference(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.go(MURDER)
        await desk.press("S")
        await desk.answer("Fear of workers")
        await desk.answer("Fear of forms")
        await desk.press("enter")
        assert [part.label for part in parts_of(read_codebook(compared), "fear")] == [
            "Fear of workers",
            "Fear of forms",
        ]
        desk.over(SplitScreen)
        await desk.press("1 2 escape")
        assert desk.over(ReconcileScreen) and desk.at == MURDER
        assert "Fear of forms" in desk.told[1]


def test_every_key_that_decides_is_told_in_the_panel() -> None:
    shown = {action.shown for action in ACTIONS if action.place == COMPARE}
    assert {key for key, _ in KEYS} <= shown


@pytest.mark.parametrize("keys", ["a", "b", "x", "d", "plus", "c", "r", "w", "R", "e", "S", "o", "n", "p"])
async def test_with_nothing_listed_keys_say_so(fresh: Study, keys: str) -> None:
    async with meeting(fresh) as desk:
        await desk.press(keys)
        assert desk.over(ReconcileScreen)
        assert desk.said.startswith("There is no difference here.")
