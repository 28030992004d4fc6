"""Mode 5: what keys change in the codebook, what is said of it, and that undo takes it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select
from textual.widgets import Input, TextArea

from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.importing import import_entries
from qualbench.codebook.merging import merge_codes, parts_of
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import list_memos
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.study.tables import Reason
from qualbench.tui.actions import ACTIONS, CODEBOOK
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.entry_conflict import EntryConflict
from qualbench.tui.screens.entry_form import EntryForm
from qualbench.tui.screens.review_split import SplitScreen
from qualbench.tui.widgets.choices import Choices
from tests.builders import place
from tests.tui.codebook import Shelf, shelf
from tests.tui.coding import put


@pytest.fixture
def used(fresh: Study) -> Study:
    """The small study with four codings by AB."""
    put(fresh, "I was feart of them.", "fear")
    put(fresh, "feart of them. \n\nI: Why?"[:13], "judged")
    put(fresh, "Murder, aye.", "fear", "group")
    put(fresh, "The forms were murder.", "forms", "group")
    return fresh


def candidates(study: Study, *names: str) -> None:
    """Add candidate themes."""
    themes = [CodeEntry(name.lower(), None, "theme", name, status="candidate") for name in names]
    import_entries(study, themes, "test")


def reasons(study: Study) -> list[str]:
    with study.read() as db:
        return list(db.exec(select(Reason.text)))


def tree(book: Codebook) -> list[tuple[int, str]]:
    return [(depth, entry.id) for depth, entry in book.walk()]


def rows(desk: Shelf) -> list[tuple[int, str]]:
    return [(row.depth, row.entry.id) for row in desk.tree.rows]


# Each key, and back again


async def add(desk: Shelf) -> str:
    await desk.press("a")
    await desk.answer("Dread")
    assert desk.entry(desk.at or "").label == "Dread"
    assert desk.entry(desk.at or "").parent_id == "social-work"
    return "Added the code 'Dread', a candidate"


async def add_below(desk: Shelf) -> str:
    await desk.press("A")
    await desk.answer("Fear of courts")
    assert desk.entry(desk.at or "").parent_id == "fear"
    return "Added the code 'Fear of courts', a candidate"


async def rename(desk: Shelf) -> str:
    await desk.press("r")
    await desk.answer("Dread")
    assert desk.entry("fear").label == "Dread"
    return "'Fear' is now 'Dread'"


async def edit(desk: Shelf) -> str:
    await desk.press("e")
    area = desk.pilot.app.focused
    assert isinstance(area, TextArea)
    area.insert("Talk of being\nafraid.")
    await desk.press("ctrl+s")
    assert desk.entry("fear").definition == "Talk of being afraid."
    assert "Talk of being afraid." in desk.told
    return "Changed of 'Fear': definition"


async def shift(desk: Shelf) -> str:
    await desk.press("J")
    assert [entry.id for entry in desk.book.children("social-work")] == ["judged", "fear"]
    await desk.press("K")
    await desk.press("J")
    return "Moved 'Fear' down"


async def nest(desk: Shelf) -> str:
    await desk.go("judged")
    await desk.press(">")
    assert desk.entry("judged").parent_id == "fear"
    return "Moved 'Being judged' below 'Fear'"


async def unnest(desk: Shelf) -> str:
    await desk.press("<")
    assert desk.entry("fear").parent_id == "trust"
    return "Moved 'Fear' below 'Trust'"


async def move(desk: Shelf) -> str:
    await desk.press("M")
    await desk.answer("the trial")
    assert desk.entry("fear").parent_id == "trial"
    return "Moved 'Fear' below 'The trial'"


async def to_the_top(desk: Shelf) -> str:
    await desk.go("social-work")
    await desk.press("M")
    await desk.answer("top")
    assert (desk.entry("social-work").parent_id, desk.entry("social-work").level) == (None, "theme")
    return "Moved 'Social work' to the top, now a theme"


async def merge(desk: Shelf) -> str:
    await desk.press("m")
    await desk.answer("being judged")
    await desk.answer("the same thing")
    assert desk.entry("fear").merged_into == "judged" and desk.at == "judged"
    return "Merged into 'Being judged', u takes that back: 2 codings came along, 1 of them joined"


async def retire(desk: Shelf) -> str:
    await desk.press("R")
    await desk.answer("too wide")
    assert desk.entry("fear").status == "retired" and "fear" not in desk.ids
    return "Retired 'Fear', its codings stay; i shows it,"


async def themes(desk: Shelf) -> str:
    await desk.press("t tab enter")
    assert desk.entry("fear").also_in == ("watched",)
    return "'Fear' sits in 'Watched'"


async def agree(desk: Shelf) -> str:
    await desk.go("watched")
    await desk.press("y")
    assert desk.entry("watched").status == "agreed"
    return "Agreed on 'Watched'"


async def key(desk: Shelf) -> str:
    await desk.press("' z")
    assert desk.entry("fear").key == "z" and desk.drawn[desk.ids.index("fear")].startswith("      ■ Fear 'z")
    return "'Fear' has the key z"


async def memo(desk: Shelf) -> str:
    await desk.press("n")
    area = desk.pilot.app.focused
    assert isinstance(area, TextArea)
    area.insert("Of whom?")
    await desk.press("ctrl+s")
    assert [one.text for one in list_memos(desk.study, code="fear")] == ["Of whom?"]
    assert "1 memo on it" in desk.told
    return "The memo is kept"


async def begin_split(desk: Shelf) -> str:
    await desk.press("s")
    await desk.answer("Fear of workers")
    await desk.answer("Fear of courts")
    await desk.press("enter")
    assert [part.label for part in parts_of(desk.book, "fear")] == ["Fear of workers", "Fear of courts"]
    assert isinstance(desk.pilot.app.screen, SplitScreen)
    await desk.press("escape")
    return ""


async def bring_in(desk: Shelf) -> str:
    await desk.press("b")
    await desk.answer("npt")
    assert desk.offered()[0].startswith("as codes: ")
    await desk.press("enter")
    assert len(desk.book) > 15
    return " entries added, 0 changed"


CHANGES = {
    "codebook.add": add,
    "codebook.add_below": add_below,
    "codebook.rename": rename,
    "codebook.edit": edit,
    "codebook.shift_down": shift,
    "codebook.nest": nest,
    "codebook.unnest": unnest,
    "codebook.move": move,
    "codebook.merge": merge,
    "codebook.retire": retire,
    "codebook.themes": themes,
    "codebook.agree": agree,
    "codebook.give_key": key,
    "codebook.memo": memo,
    "codebook.split": begin_split,
    "codebook.import": bring_in,
    "to the top": to_the_top,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
async def test_a_key_changes_the_codebook_and_undo_takes_it_back(
    used: Study, change: Callable[[Shelf], Awaitable[str]]
) -> None:
    candidates(used, "Watched")
    async with shelf(used) as desk:
        await desk.go("fear")
        before, codings = desk.book.by_id, list_codings(used)
        said = await change(desk)
        assert said in desk.said and (not said or "u takes" in desk.said or "8 lists" in desk.said)
        after = desk.book.by_id
        assert rows(desk) == tree(desk.book)
        await desk.press("u")
        assert desk.said.startswith("Undid: ")
        assert len(read_log(used)) and rows(desk) == tree(desk.book)
        if change is not shift:
            assert desk.book.by_id == before and list_codings(used) == codings
        await desk.press("ctrl+r")
        assert desk.said.startswith("Redid: ")
        assert desk.book.by_id == after


def test_every_key_that_changes_something_is_among_them() -> None:
    shown = {
        "row_down", "row_up", "page_down", "page_up", "first", "last", "fold", "unfold", "read_on",
        "passages", "filter", "versions", "uncaptured", "show_whole", "next_layer", "undo", "redo",
        "other_pane", "back", "shift_up",
    }  # fmt: skip
    for action in ACTIONS:
        assert action.place != CODEBOOK or (action.method in shown) != (action.id in CHANGES), action.id


# Adding


async def test_an_entry_is_added_on_the_level_that_fits_or_is_chosen(used: Study) -> None:
    async with shelf(used) as desk:
        for at, keys, levels in (
            ("trust", "a", ["as a theme", "as a code"]),
            ("trust", "A", ["as a code", "as a sub-theme"]),
            ("social-work", "a", ["as a sub-theme", "as a code"]),
            ("fear", "a", ["as a code", "as a sub-theme"]),
            ("fear", "A", ["as a code"]),
        ):
            await desk.go(at)
            await desk.press(keys)
            assert desk.offered() == levels
            await desk.press("enter")  # without a name it stays
            assert desk.offered() == levels
            await desk.press("escape")
        await desk.go("trust")
        await desk.press("A")
        await desk.type("Courts")
        await desk.press("down enter")
        assert desk.tree.entry is not None and desk.tree.entry.level == "subtheme"


async def test_the_first_entry_is_added_to_an_empty_codebook(sqlite_study: Study) -> None:
    async with shelf(sqlite_study) as desk:
        await desk.press("a")
        await desk.answer("Trust")
        assert [(e.label, e.level, e.status) for _, e in desk.book.walk()] == [
            ("Trust", "theme", "candidate")
        ]
        assert desk.screen.query_one("#book").display and desk.drawn == ["  ? Trust"]
        assert "Trust" in desk.told and desk.tree.has_focus


async def test_a_codebook_of_the_programs_own_fills_an_empty_one(sqlite_study: Study) -> None:
    async with shelf(sqlite_study) as desk:
        await desk.press("b")
        assert len(desk.offered()) >= 7
        await desk.answer("ips")
        assert desk.offered()[0] == "as codes: 40 added"
        await desk.press("enter")
        assert len(desk.ids) == len(desk.book) == 40
        assert "entries added" in desk.said


async def test_a_framework_can_come_in_as_tags_alone(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("b")
        await desk.answer("tfa")
        await desk.type("tags")
        await desk.press("enter")
        assert "tags of tfa, u takes that back; e puts them on an entry." in desk.said
        assert (len(desk.book), desk.at) == (6, "fear")
        await desk.press("e")
        desk.pilot.app.screen.query_one("#tags").focus()
        await desk.pilot.pause()
        await desk.type("tfa:bur")
        assert "(Burden)" in str(desk.pilot.app.screen.query_one("#known-tags").render())
        await desk.press("right ctrl+s")
        assert [tag.partition("-")[0] for tag in desk.entry("fear").tags] == ["tfa:burden"]


# What is refused is told


async def test_what_cannot_be_is_told_and_changes_nothing(used: Study) -> None:
    async with shelf(used) as desk:
        before = desk.book.by_id
        for at, keys, said in (
            ("trust", "K", "'Trust' is the first there already."),
            ("trust", ">", "No entry stands above 'Trust' there. M moves it below any other."),
            ("trust", "<", "'Trust' stands at the top already."),
            ("trust", "R", "entries below 'Trust' are in use"),
            ("trust", "y", "'Trust' is agreed on already."),
            ("fear", "t", "There is no candidate theme to put it into."),
            ("fear", "' %", "'%' cannot be the key of a code."),
        ):
            await desk.go(at)
            await desk.press(keys)
            assert said in desk.said
            assert desk.at == at
        await desk.press("r")
        await desk.answer("Being judged")
        assert "labelled 'Being judged'" in desk.said
        assert desk.book.by_id == before


async def test_an_entry_is_not_offered_to_go_below_itself(used: Study) -> None:
    async with shelf(used) as desk:
        for keys in ("M", "m"):
            await desk.go("social-work")
            await desk.press(keys)
            offered = [row.split("  ")[0] for row in desk.offered()]
            assert offered[: keys == "M"] == ["the top of the tree"] * (keys == "M")
            assert set(offered[keys == "M" :]) == {"■ Forms: long / short", "■ The trial", "■ Trust"}
            await desk.press("escape")


async def test_retired_and_merged_ones_come_back(used: Study) -> None:
    merge_codes(used, "judged", "fear")
    async with shelf(used) as desk:
        await desk.press("i")
        await desk.go("judged")
        await desk.press("R")
        assert desk.entry("judged").status == "candidate" and desk.at == "judged"
        assert "back as a candidate, without the codings that the merge moved" in desk.said
        await desk.press("R escape")
        assert desk.entry("judged").status == "candidate"
        await desk.press("R enter")
        assert desk.entry("judged").status == "retired" and desk.at == "judged"
        await desk.press("R")
        assert desk.said == "'Being judged' is back as a candidate; u takes that back."


# Keys, themes


async def test_a_key_is_taken_from_another_and_given_back(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("' f")
        await desk.go("judged")
        await desk.press("' f")
        assert desk.said == "'Being judged' has the key f, which 'Fear' had; u takes that back."
        assert (desk.entry("fear").key, desk.entry("judged").key) == (None, "f")
        await desk.press("' f")
        assert desk.entry("judged").key is None
        assert desk.said == "'Being judged' has no key any more; u takes that back."


async def test_a_code_sits_in_several_candidate_themes_until_one_is_agreed_on(used: Study) -> None:
    candidates(used, "Watched", "Unheard")
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("t tab down tab enter")
        assert set(desk.entry("fear").also_in) == {"watched", "unheard"}
        await desk.press("t")
        assert [row[0] for row in desk.offered()] == ["✓", "✓"]
        await desk.type("unh")
        await desk.press("tab enter")
        assert desk.entry("fear").also_in == ("watched",)
        await desk.press("t tab escape")
        assert desk.entry("fear").also_in == ("watched",)
        await desk.go("watched")
        await desk.press("y")
        assert desk.said.startswith("Agreed on 'Watched'; the 1 code that it groups stands below it now")
        assert desk.entry("fear").parent_id == "watched"


# Merging, splitting


async def test_a_merge_says_beforehand_what_will_happen(used: Study) -> None:
    put(used.by("CD"), "She had been there herself.", "fear", "P07_f")
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("m")
        await desk.answer("judged")
        words = " ".join(desk.words().split())
        assert "2 of yours and 0 of the agreed layer" in words
        assert "3" not in words  # what CD has coded is not told
        await desk.press("escape")
        assert desk.entry("fear").in_use
        await desk.press("m")
        await desk.answer("judged")
        await desk.press("enter")  # no reason
        assert desk.entry("fear").merged_into == "judged"
        assert reasons(used) == []
        await desk.press("u")
        await desk.go("fear")
        await desk.press("m")
        await desk.answer("judged")
        await desk.answer("One idea")
        assert reasons(used) == ["One idea"]


async def test_a_split_takes_names_one_after_the_other(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("s enter")  # without a name nothing begins
        assert "2 in layer AB" in " ".join(desk.words().split())
        await desk.answer("Fear of workers")
        await desk.answer("  Fear of   workers ")
        assert desk.words().splitlines()[-1] == "  1  Fear of workers"
        await desk.press("escape")
        assert parts_of(desk.book, "fear") == []
        await desk.press("s")
        await desk.answer("Being judged")
        await desk.press("enter")
        assert desk.said == "There is a code 'Being judged' there already. Choose another name."
        assert parts_of(desk.book, "fear") == []


async def test_a_code_without_passages_is_split_without_a_queue(used: Study) -> None:
    async with shelf(used) as desk:
        code = add_code(used, NewCode("Hope"))
        await desk.press("8")
        await desk.press("5")
        await desk.go(code.id)
        await desk.press("s")
        await desk.answer("Hope for the child")
        await desk.press("enter")
        assert isinstance(desk.pilot.app.screen, CodebookScreen)
        assert desk.said == "'Hope' is being split into 'Hope for the child'; u takes that back."
        await desk.press("s")
        assert desk.said.startswith("No passage of 'Hope' in layer AB is left to be sent on.")


# The form


async def fill(desk: Shelf, name: str, text: str) -> None:
    """Put a text into a field of the form in place of what stands there."""
    field = desk.pilot.app.screen.query_one(f"#{name}")
    field.focus()
    if isinstance(field, Input):
        field.value = text
    else:
        assert isinstance(field, TextArea)
        field.text = text
    await desk.pilot.pause()


async def test_every_field_is_edited_in_one_change(used: Study) -> None:
    async with shelf(used, (80, 24)) as desk:
        await desk.go("trust")
        await desk.press("e")
        events = len(read_log(used))
        texts = {
            "label": "Trust comes first",
            "short_definition": "Trust in workers.",
            "definition": "What it takes to\ntrust workers.",
            "central_concept": "Trust is earned.",
            "when_to_use": "Talk of trust.",
            "when_not_to_use": "Talk of hope.",
            "typical_example": "I trust her.",
            "atypical_example": "She came back.",
            "near_miss_example": "I like her.",
            "question": "Table 1 row 2",
            "tags": "tfa:burden,  npt:coherence, tfa:burden",
        }
        for name, text in texts.items():
            await fill(desk, name, text)
        form = desk.pilot.app.screen
        for name, keys in (
            ("level", "right"),
            ("origin", "l"),
            ("stakeholders", "space right right space"),
            ("timepoints", "right space"),
            ("colour", "left"),
        ):
            form.query_one(f"#{name}").focus()
            await desk.press(keys)
        await desk.press("ctrl+s")
        assert len(read_log(used)) == events + 1
        entry = desk.entry("trust")
        for name, text in texts.items():
            wanted = ("tfa:burden", "npt:coherence") if name == "tags" else " ".join(text.split())
            assert getattr(entry, name) == wanted
        assert (entry.level, entry.origin, entry.colour) == ("subtheme", "theory", "#0072B2")
        assert entry.stakeholders == ("Parent", "Family engagement worker")
        assert entry.timepoints == ("Follow-up",)
        await desk.press("e ctrl+s")
        assert len(read_log(used)) == events + 1  # nothing was changed


async def test_only_themes_are_asked_for_their_central_concept(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("e")
        form = desk.pilot.app.screen
        assert not form.query_one("#central_concept").display
        form.query_one("#level", Choices).focus()
        await desk.press("left")
        assert form.query_one("#central_concept").display


async def test_the_form_stays_with_what_was_refused_and_drops_nothing_unasked(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("e")
        await fill(desk, "label", "Being judged")
        await fill(desk, "definition", "Fear.")
        await desk.press("ctrl+s")
        form = desk.pilot.app.screen
        assert isinstance(form, EntryForm)
        assert "labelled 'Being judged'" in str(form.query_one("Vertical").border_title)
        await desk.press("escape")
        assert desk.pilot.app.screen is form
        await fill(desk, "label", "Dread")
        await desk.press("ctrl+s")
        assert (desk.entry("fear").label, desk.entry("fear").definition) == ("Dread", "Fear.")
        await desk.press("e")
        await fill(desk, "definition", "Something else.")
        await desk.press("escape escape")
        assert desk.entry("fear").definition == "Fear."
        assert isinstance(desk.pilot.app.screen, CodebookScreen)
        await desk.press("e escape")
        assert isinstance(desk.pilot.app.screen, CodebookScreen)


async def test_tags_are_completed_and_named_while_one_is_typed(used: Study) -> None:
    edit_code(used, "forms", {"tags": ("tfa:burden", "npt:coherence")})
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("e")
        line = desk.pilot.app.screen.query_one("#tags", Input)
        line.focus()
        await desk.pilot.pause()
        await desk.type("npt:coherence, tfa")
        assert "tfa:burden" in str(desk.pilot.app.screen.query_one("#known-tags").render())
        await desk.press("right")
        assert line.value.startswith("npt:coherence, tfa:")


# Two people at one entry


async def both(desk: Shelf) -> EntryConflict:
    """Edit the definition while CD edits it too, and the question."""
    await desk.go("fear")
    await desk.press("e")
    await fill(desk, "definition", "Mine.")
    await fill(desk, "when_to_use", "When I say so.")
    edit_code(desk.study.by("CD"), "fear", {"definition": "Theirs.", "question": "Row 9"})
    await desk.press("ctrl+s")
    screen = desk.pilot.app.screen
    assert isinstance(screen, EntryConflict)
    assert desk.entry("fear").definition == "Theirs."
    return screen


async def test_the_second_of_two_people_sees_both_versions(used: Study) -> None:
    async with shelf(used) as desk:
        screen = await both(desk)
        compared = [list(column.cells) for column in screen._compared().columns]
        assert [[str(cell) for cell in column] for column in compared] == [
            ["Definition", "When to use", "Question served"],
            ["Theirs.", "nothing", "Row 9"],
            ["Mine.", "When I say so.", "you did not change this; theirs stays"],
        ]
        await desk.press("t")
        entry = desk.entry("fear")
        assert (entry.definition, entry.when_to_use, entry.question) == ("Theirs.", "", "Row 9")
        assert desk.said == "'Fear' stays as they left it; yours was not saved."
        assert "Theirs." in desk.told


async def test_mine_is_saved_over_theirs_when_chosen(used: Study) -> None:
    async with shelf(used) as desk:
        await both(desk)
        await desk.press("m")
        entry = desk.entry("fear")
        assert (entry.definition, entry.when_to_use, entry.question) == ("Mine.", "When I say so.", "Row 9")
        assert "u takes that back" in desk.said


async def test_one_goes_back_to_the_form_with_mine_kept(used: Study) -> None:
    async with shelf(used) as desk:
        await both(desk)
        await desk.press("escape")
        form = desk.pilot.app.screen
        assert isinstance(form, EntryForm)
        assert form.query_one("#definition", TextArea).text == "Mine."
        assert form.query_one("#question", Input).value == "Row 9"
        await fill(desk, "definition", "Ours.")
        await desk.press("ctrl+s")
        entry = desk.entry("fear")
        assert (entry.definition, entry.when_to_use, entry.question) == ("Ours.", "When I say so.", "Row 9")


async def test_they_may_be_quicker_again(used: Study) -> None:
    async with shelf(used) as desk:
        await both(desk)
        edit_code(used.by("CD"), "fear", {"definition": "Theirs again."})
        await desk.press("m")
        assert isinstance(desk.pilot.app.screen, EntryConflict)
        await desk.press("m")
        assert desk.entry("fear").definition == "Mine."


async def test_what_was_merged_meanwhile_is_told(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        await desk.press("r")
        merge_codes(used.by("CD"), "fear", "judged")
        await desk.answer("Dread")
        assert isinstance(desk.pilot.app.screen, EntryConflict)
        await desk.press("m")
        assert "was merged into 'Being judged' meanwhile" in desk.said
        assert desk.entry("judged").label == "Being judged"


async def test_words_of_a_memo_are_gone_on_with(used: Study) -> None:
    async with shelf(used) as desk:
        await desk.go("fear")
        for words in ("Of whom?", " And why?"):
            await desk.press("n")
            area = desk.pilot.app.focused
            assert isinstance(area, TextArea)
            area.insert(words)
            await desk.press("ctrl+s")
        assert [one.text for one in list_memos(used, code="fear")] == ["Of whom? And why?"]
        assert place(used, "P07_b", "feart")
