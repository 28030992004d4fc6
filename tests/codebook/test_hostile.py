"""What a codebook meets from people in a hurry, and from two of them at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qualbench.codebook.editing import EDITABLE, NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import agree_codes, move_code, restore_code, retire_code, shift_code
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import read_codebook
from qualbench.codebook.versions import compare_versions, list_versions, release
from qualbench.coding.applying import add_coding
from qualbench.coding.blind import log_in_view
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example, list_examples, remove_example
from qualbench.coding.progress import finish
from qualbench.coding.rereading import passages_to_reread
from qualbench.coding.reviewing import recode
from qualbench.coding.undoing import redo, undo
from qualbench.errors import NotFound, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.study.tables import StakeholderType, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources

# Two coders, and one of them takes back


def _moved_into_what_was_below_it(study: Study, other: Study) -> None:
    move_code(study, "social-work", None)
    move_code(other, "trust", "social-work")


def _named_as_another_was(study: Study, other: Study) -> None:
    edit_code(study, "fear", {"label": "Dread"})
    add_code(other, NewCode("Fear", "social-work"))


def _added_and_grouping(study: Study, other: Study) -> None:
    theme = add_code(study, NewCode("Being seen", level="theme"))
    edit_code(other, "fear", {"also_in": (theme.id,)})


def _added_and_merged_into(study: Study, other: Study) -> None:
    code = add_code(study, NewCode("Paper"))
    merge_codes(other, "forms", code.id)


def _brought_back_and_coded_with(study: Study, other: Study) -> None:
    merge_codes(study, "fear", "judged")
    restore_code(study, "fear")
    add_coding(other, "P07_b", Span(0, 10), "fear")


@pytest.mark.parametrize(
    "act",
    [
        _moved_into_what_was_below_it,
        _named_as_another_was,
        _added_and_grouping,
        _added_and_merged_into,
        _brought_back_and_coded_with,
    ],
)
def test_what_others_have_built_on_is_not_taken_back(
    quick: Study, act: Callable[[Study, Study], None]
) -> None:
    act(quick, quick.by("CD"))
    before = read_codebook(quick).by_id
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(quick)
    assert read_codebook(quick).by_id == before
    check_entries(list(before.values()))


def test_entries_that_came_to_have_one_place_can_still_be_put_in_order(quick: Study) -> None:
    add_code(quick, NewCode("One"))
    undo(quick)
    add_code(quick.by("CD"), NewCode("Two"))
    redo(quick)  # at the place that the other one has by now
    first, second = [entry.label for entry in read_codebook(quick).children(None)][-2:]
    shift_code(quick, second, -1)
    assert [entry.label for entry in read_codebook(quick).children(None)][-2:] == [second, first]
    undo(quick)
    assert [entry.label for entry in read_codebook(quick).children(None)][-2:] == [first, second]


# Old names


@pytest.mark.parametrize(
    "act",
    [
        lambda study: retire_code(study, "fear"),
        lambda study: edit_code(study, "Fear", {"label": "Dread"}),
        lambda study: move_code(study, "fear", None),
        lambda study: shift_code(study, "fear", 1),
        lambda study: set_key(study, "fear", "f"),
        lambda study: merge_codes(study, "fear", "forms"),
        lambda study: split_code(study, "fear", ["Dread"]),
    ],
)
def test_who_gives_the_name_of_a_merged_code_does_not_mean_the_one_it_went_into(
    quick: Study, act: Callable[[Study], object]
) -> None:
    merge_codes(quick, "fear", "judged")
    before = read_codebook(quick).by_id
    with pytest.raises(Refused, match="was merged into 'Being judged'"):
        act(quick)
    assert read_codebook(quick).by_id == before
    add_coding(quick, "P07_b", Span(0, 5), "fear")  # for coding the old name is as good
    merge_codes(quick, "forms", "fear")


def test_one_of_several_old_names_is_brought_back_by_its_id(quick: Study) -> None:
    codes = [add_code(quick, NewCode("Worry", parent)).id for parent in ("trust", "trial")]
    for code in codes:
        retire_code(quick, code)
    with pytest.raises(NotFound, match="2 entries out of use are labelled"):
        restore_code(quick, "worry")
    restore_code(quick, codes[1])
    restore_code(quick, "WORRY ")
    assert all(read_codebook(quick).by_id[code].in_use for code in codes)


# Places that are none


def test_nothing_in_use_comes_to_stand_below_what_is_retired(quick: Study) -> None:
    for code in ("fear", "judged", "social-work"):
        retire_code(quick, code)
    for act in (
        lambda: restore_code(quick, "fear"),
        lambda: add_code(quick, NewCode("Dread", "social-work")),
        lambda: move_code(quick, "forms", "social-work"),
    ):
        with pytest.raises(Refused, match="'Social work' is retired"):
            act()
    restore_code(quick, "social-work")
    restore_code(quick, "fear")


def test_no_theme_comes_to_stand_below_a_code(quick: Study) -> None:
    for act in (
        lambda: add_code(quick, NewCode("Theme", "fear", level="theme")),
        lambda: edit_code(quick, "trust", {"level": "code"}),
        lambda: move_code(quick, "trial", "fear"),
    ):
        with pytest.raises(Refused, match="is a theme"):
            act()
    add_code(quick, NewCode("Dread", "fear"))
    with pytest.raises(QualbenchError, match="not a level"):
        add_code(quick, NewCode("Chapter", level="chapter"))
    assert edit_code(quick, "social-work", {"level": "code"}).level == "code"
    assert edit_code(quick, "social-work", {"level": "subtheme"}).level == "subtheme"


def test_where_a_code_was_split_from_is_not_made_up(quick: Study) -> None:
    assert "split_from" not in EDITABLE
    with pytest.raises(QualbenchError, match="not a field to be set"):
        edit_code(quick, "fear", {"split_from": "somewhere"})


def test_a_retired_code_gets_no_key(quick: Study) -> None:
    set_key(quick, "fear", "f")
    retire_code(quick, "fear")
    with pytest.raises(Refused, match="is retired"):
        set_key(quick, "fear", "f")


def test_a_code_for_people_the_study_no_longer_lists_can_still_be_edited(quick: Study) -> None:
    edit_code(quick, "fear", {"stakeholders": ("Social worker",)})
    with quick.engine.begin() as connection:
        table = table_of(StakeholderType)
        connection.execute(table.delete().where(table.c.name == "Social worker"))
    edited = edit_code(quick, "fear", {"label": "Dread"})
    assert edited.stakeholders == ("Social worker",)


# Merging and splitting


def test_a_merge_leaves_nothing_sitting_in_itself(quick: Study) -> None:
    theme = add_code(quick, NewCode("Being seen", level="theme"))
    edit_code(quick, "trust", {"also_in": (theme.id,)})
    edit_code(quick, "forms", {"also_in": (theme.id,)})
    inner = add_code(quick, NewCode("Being known", "trust", level="subtheme"))
    merge_codes(quick, theme.id, inner.id)  # which stands below one that sat in the other
    book = read_codebook(quick)
    assert (book.by_id["trust"].also_in, book.by_id["forms"].also_in) == ((), (inner.id,))


def test_a_merged_code_does_not_bring_its_themes_to_what_holds_them(quick: Study) -> None:
    theme = add_code(quick, NewCode("Being seen", "trust", level="subtheme"))
    edit_code(quick, "forms", {"also_in": (theme.id,)})
    merge_codes(quick, "forms", "trust")
    assert read_codebook(quick).by_id["trust"].also_in == ()


def test_a_candidate_theme_with_codes_goes_into_no_agreed_one(quick: Study) -> None:
    theme = add_code(quick, NewCode("Being seen", level="theme"))
    edit_code(quick, "forms", {"also_in": (theme.id,)})
    for into in ("trust", "fear"):
        with pytest.raises(Refused, match="groups codes as a candidate theme"):
            merge_codes(quick, theme.id, into)
    agree_codes(quick, [theme.id])
    merge_codes(quick, theme.id, "trust")
    assert read_codebook(quick).by_id["forms"].parent_id == "trust"


def test_an_example_of_both_codes_is_kept_once(small: Study) -> None:
    for code, start in (("fear", 0), ("judged", 0), ("fear", 2)):
        add_example(small, code, "typical", "P07_b", Span(start, 10))
    before = [list_examples(small, code) for code in ("fear", "judged")]
    merge_codes(small, "fear", "judged")
    assert [one.span.start for one in list_examples(small, "judged")] == [0, 2]
    undo(small)
    assert [list_examples(small, code) for code in ("fear", "judged")] == before


def test_a_theme_that_was_split_and_used_up_lets_go_of_its_codes(quick: Study) -> None:
    theme = add_code(quick, NewCode("Being seen", level="theme"))
    gone = add_code(quick, NewCode("Of the court", theme.id))
    edit_code(quick, "forms", {"also_in": (theme.id,)})
    coding = add_coding(quick, "P07_b", Span(0, 10), theme.id)
    retire_code(quick, gone.id)  # which does not keep the theme
    (part,) = split_code(quick, theme.id, ["Being watched"])
    for coder in ("AB", "CD"):  # who sees every layer lets it go
        finish(quick.by(coder), [source.name for source in list_sources(quick)])
    recode(quick, [coding], part.id)
    book = read_codebook(quick)
    assert (book.by_id[theme.id].status, book.by_id["forms"].also_in) == ("retired", ())
    undo(quick)
    assert read_codebook(quick).by_id["forms"].also_in == (theme.id,)


# Versions


def test_a_code_merged_into_another_one_than_before_is_told(quick: Study) -> None:
    add_coding(quick, "P07_b", Span(0, 10), "fear")
    merge_codes(quick, "fear", "judged")
    release(quick, "First", "AB")
    restore_code(quick, "fear")
    merge_codes(quick, "fear", "forms")
    found = compare_versions(quick, 1)
    assert [(one.kind, one.id, one.names) for one in found] == [("merged", "fear", ("forms",))]
    assert release(quick, "Second", "AB").number == 2


def test_a_list_to_reread_is_refused_whether_or_not_anything_is_on_it(quick: Study) -> None:
    other = quick.by("CD")
    with pytest.raises(Refused, match="hidden"):
        passages_to_reread(other, "AB")
    release(quick, "First", "AB")
    with pytest.raises(NotFound, match="no version 9"):
        passages_to_reread(quick, since=9)
    with pytest.raises(NotFound, match="no version 0"):
        passages_to_reread(quick, until=0)


def test_words_are_kept_without_what_breaks_a_table_or_a_file(small: Study) -> None:
    edited = edit_code(
        small, "fear", {"definition": "a\x00b\x9bc\uffffd\x1b[31m", "tags": ("x\x9by",)}, reason="\x00"
    )
    assert (edited.definition, edited.tags) == ("abcd[31m", ("xy",))
    assert add_code(small, NewCode("a\x9b\x00b"), reason="Be\x00cause").label == "ab"
    release(small, "one\ntwo\x1b[31m\x00", "AB,\tCD")
    assert [(one.note, one.agreed_by) for one in list_versions(small)] == [("one two[31m", "AB, CD")]


# What the other coder may not know


def test_the_journal_tells_others_nothing_of_an_example(quick: Study) -> None:
    other = quick.by("CD")
    seen = len(log_in_view(other))
    example = add_example(quick, "fear", "typical", "P07_b", Span(0, 5))
    remove_example(quick, example)
    undo(quick)
    assert len(log_in_view(other)) == seen
    assert len(read_log(other)) == seen + 3


def test_what_another_coder_does_to_their_own_is_not_told_by_the_codebook(quick: Study) -> None:
    coding = add_coding(quick.by("CD"), "P07_b", Span(0, 10), "fear")
    split_code(quick, "fear", ["Dread"])
    seen = len(log_in_view(quick))
    recode(quick.by("CD"), [coding], "Dread")
    assert len(log_in_view(quick)) == seen
    assert list_codings(quick) == []
