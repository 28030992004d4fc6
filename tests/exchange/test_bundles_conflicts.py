"""One coder at work on two machines at once: what both changed is told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualbench.coding.applying import add_coding, rebound, remove_codings, set_exemplar, set_meaning
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example, list_examples
from qualbench.coding.memos import (
    add_memo,
    edit_memo,
    list_memos,
    on_coding,
    on_source,
    read_memo,
    remove_memo,
)
from qualbench.coding.progress import finish, states_of
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from tests.builders import place, small_study
from tests.exchange.copies import carry_over, copy_of, of_layer, rows


@pytest.fixture
def desk(sqlite_study: Study, tmp_path: Path) -> Study:
    """CD's copy at the desk; one coding and one memo were there before the other was made."""
    small = small_study(sqlite_study, tmp_path / "files").by("CD")
    coding = add_coding(small, "P07_b", place(small, "P07_b", "From a pal of mine"), "fear")
    add_memo(small, "As it was.", on_source("P07_b"))
    assert coding
    return small


@pytest.fixture
def laptop(desk: Study, tmp_path: Path) -> Iterator[Study]:
    """CD's other copy."""
    made = copy_of(desk, tmp_path, "CD")
    yield made
    made.close()


def test_work_on_different_things_comes_together(desk: Study, laptop: Study, tmp_path: Path) -> None:
    (coding,) = list_codings(desk)
    set_exemplar(laptop, coding.id, True)
    add_coding(laptop, "P07_f", place(laptop, "P07_f", "That helped"), "trust")
    add_coding(desk, "P07_f", place(desk, "P07_f", "The forms were long"), "forms")
    (memo,) = list_memos(desk)
    edit_memo(desk, memo.id, "As it is at the desk.")
    assert carry_over(laptop, desk, tmp_path).is_whole
    assert carry_over(desk, laptop, tmp_path).is_whole
    assert rows(desk) == rows(laptop)
    assert {row["code_id"] for row in of_layer(desk, "CD")} == {"fear", "trust", "forms"}
    assert check_study(desk) == check_study(laptop) == []


def test_what_was_removed_here_does_not_come_back(desk: Study, laptop: Study, tmp_path: Path) -> None:
    (coding,) = list_codings(desk)
    add_memo(laptop, "Elsewhere.", on_source("P07_f"))
    remove_codings(desk, [coding.id])
    assert carry_over(laptop, desk, tmp_path).is_whole
    assert of_layer(desk, "CD") == []
    carry_over(desk, laptop, tmp_path)
    assert of_layer(laptop, "CD") == []


def test_a_row_that_both_changed_stays_on_both_until_they_are_made_the_same(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    (coding,), (memo,) = list_codings(desk), list_memos(desk)
    set_meaning(desk, coding.id, "latent")
    set_meaning(laptop, coding.id, "semantic")
    edit_memo(desk, memo.id, "At the desk.")
    edit_memo(laptop, memo.id, "On the train.")
    conflicts = (f"coding:{coding.id}", f"memo:{memo.id}")
    bundle = make_bundle(laptop)
    for merged in (
        merge_bundle(desk, bundle),
        merge_bundle(desk, bundle),
        carry_over(desk, laptop, tmp_path),
    ):
        assert merged.conflicts == conflicts
        assert merged.sentences()[-1] == (
            "Changed on both machines, and here left as it is: 1 coding and 1 memo."
        )
    assert [one.meaning for one in list_codings(desk)] == ["latent"]
    assert [one.meaning for one in list_codings(laptop)] == ["semantic"]
    assert [one.text for one in list_memos(laptop)] == ["On the train."]
    set_meaning(laptop, coding.id, "latent")
    edit_memo(desk, memo.id, "On the train.")
    assert carry_over(laptop, desk, tmp_path).is_whole and carry_over(desk, laptop, tmp_path).is_whole
    assert [one.meaning for one in list_codings(laptop)] == ["latent"]
    edit_memo(laptop, memo.id, "Home.")
    assert carry_over(laptop, desk, tmp_path).is_whole  # settled for good
    assert [one.text for one in list_memos(desk)] == ["Home."]


def test_what_was_changed_here_is_not_taken_away_by_a_removal_there(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    (coding,), (memo,) = list_codings(desk), list_memos(desk)
    rebound(desk, coding.id, place(desk, "P07_b", "a pal of mine"))
    edit_memo(desk, memo.id, "Still of use.")
    remove_codings(laptop, [coding.id])
    remove_memo(laptop, memo.id)
    before = rows(desk)
    merged = carry_over(laptop, desk, tmp_path)
    assert merged.conflicts == (f"coding:{coding.id}", f"memo:{memo.id}") and rows(desk) == before
    again = carry_over(desk, laptop, tmp_path)  # and what was removed there does not come back
    assert again.conflicts == merged.conflicts and of_layer(laptop, "CD") == []


def test_a_coding_with_a_memo_that_was_written_here_is_not_taken_away(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    (coding,) = list_codings(desk)
    add_memo(desk, "Think of this again.", on_coding(coding.id))
    remove_codings(laptop, [coding.id])
    merged = carry_over(laptop, desk, tmp_path)
    assert merged.conflicts == (f"coding:{coding.id}",)
    assert len(list_codings(desk)) == 1 and len(list_memos(desk)) == 2


def test_a_memo_goes_over_to_the_coding_that_took_its_own_in(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    (coding,) = list_codings(desk)
    memo = add_memo(desk, "Think of this again.", on_coding(coding.id))
    carry_over(desk, laptop, tmp_path)
    other = add_coding(laptop, "P07_b", place(laptop, "P07_b", "They judge ye"), "fear")
    rebound(laptop, other, place(laptop, "P07_b", "pal of mine"))
    assert [one.id for one in list_codings(laptop)] == [other]
    assert carry_over(laptop, desk, tmp_path).is_whole
    assert [one.id for one in list_codings(desk)] == [other]
    assert read_memo(desk, memo).coding == other


def test_states_that_both_changed_stay_as_they_are_here(desk: Study, laptop: Study, tmp_path: Path) -> None:
    finish(desk, ["P07_b"])
    finish(laptop, ["P07_f"])
    assert carry_over(laptop, desk, tmp_path).is_whole
    assert states_of(desk) == {name: {"CD": "finished"} for name in ("P07_b", "P07_f")}


def test_the_same_words_coded_alike_on_both_machines_are_one_coding(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    first = add_coding(desk, "P07_b", place(desk, "P07_b", "They judge ye"), "judged")
    second = add_coding(laptop, "P07_b", place(laptop, "P07_b", "They judge ye"), "judged")
    add_memo(laptop, "On the train.", on_coding(second))
    bundle = make_bundle(laptop)
    assert merge_bundle(desk, bundle).is_whole
    judged = [coding.id for coding in list_codings(desk, code="judged")]
    assert judged == [first]
    assert [memo.coding for memo in list_memos(desk, about="coding")] == [first]
    before = rows(desk)
    assert merge_bundle(desk, bundle).is_whole and rows(desk) == before
    carry_over(desk, laptop, tmp_path)
    assert [coding.id for coding in list_codings(laptop, code="judged")] == [first]
    assert [memo.coding for memo in list_memos(laptop, about="coding")] == [first]


def test_the_same_example_given_on_both_machines_is_one(desk: Study, laptop: Study, tmp_path: Path) -> None:
    for study in (desk, laptop):
        add_example(study, "fear", "typical", "P07_b", place(study, "P07_b", "feart"))
    add_example(laptop, "fear", "atypical", "P07_b", place(laptop, "P07_b", "feart"))
    assert carry_over(laptop, desk, tmp_path).is_whole
    assert [one.kind for one in list_examples(desk, "fear")] == ["typical", "atypical"]


def test_a_third_machine_learns_of_the_first_through_the_second(
    desk: Study, laptop: Study, tmp_path: Path
) -> None:
    library = copy_of(desk, tmp_path, "CD")
    (coding,) = list_codings(desk)
    remove_codings(library, [coding.id])
    late = add_coding(library, "P07_f", place(library, "P07_f", "That helped"), "trust")
    carry_over(library, laptop, tmp_path)
    set_exemplar(laptop, late, True)
    carry_over(laptop, desk, tmp_path)
    assert [(one.id, one.exemplar) for one in list_codings(desk)] == [(late, True)]
    before = rows(desk)
    assert carry_over(library, desk, tmp_path).is_whole and rows(desk) == before
    library.close()
