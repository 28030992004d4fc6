"""The codes of a bundle: merged, retired or unknown here, and those that its coder proposes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qualbench.agreement.finishing import finish
from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import agree_codes, move_code, retire_code
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding, remove_codings, set_exemplar
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example, list_examples
from qualbench.coding.memos import add_memo, list_memos, on_code, on_coding, remove_memo
from qualbench.coding.reviewing import keep, recode
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from tests.builders import place, plant_entry, small_study
from tests.exchange.copies import carry_over, copy_of, of_layer, rows, words_of


@pytest.fixture
def here(sqlite_study: Study, tmp_path: Path) -> Study:
    """AB's copy."""
    return small_study(sqlite_study, tmp_path / "files")


@pytest.fixture
def there(here: Study, tmp_path: Path) -> Iterator[Study]:
    """CD's copy of it."""
    made = copy_of(here, tmp_path, "CD")
    yield made
    made.close()


def code(study: Study, words: str, code_id: str, source: str = "P07_b") -> str:
    return add_coding(study, source, place(study, source, words), code_id)


def test_codings_of_a_code_that_was_merged_here_get_the_one_that_stays(
    here: Study, there: Study, tmp_path: Path
) -> None:
    code(there, "They judge ye", "judged")
    add_memo(there, "Harsh.", on_code("judged"))
    add_example(there, "judged", "typical", "P07_b", place(there, "P07_b", "judge"))
    add_code(there, NewCode("Stares", "judged"))
    merge_codes(here, "judged", "fear")
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole
    assert [(row["code_id"], row["made_as"]) for row in of_layer(here, "CD")] == [("fear", "judged")]
    assert [memo.code for memo in list_memos(here, by="CD")] == ["fear"]
    assert len(list_examples(here.by("CD"), "fear")) == 1
    assert read_codebook(here).find("Stares").parent_id == "fear"
    assert check_study(here) == []


def test_merging_codes_and_merging_a_bundle_give_the_same_in_either_order(
    here: Study, there: Study, tmp_path: Path
) -> None:
    first = code(there, "From a pal of mine", "judged")
    second = code(there, "pal of mine. I was feart of them", "fear")
    code(there, "They judge ye", "judged")
    set_exemplar(there, first, True)
    add_memo(there, "On the one.", on_coding(first))
    add_memo(there, "On the other.", on_coding(second))
    other = copy_of(here, tmp_path, "AB")
    bundle = make_bundle(there)
    merge_bundle(here, bundle)
    merge_codes(here, "judged", "fear")
    merge_codes(other, "judged", "fear")
    merge_bundle(other, bundle)
    assert rows(here) == rows(other)
    assert words_of(here, of_layer(here, "CD")) == [
        ("From a pal of mine. I was feart of them", "fear"),
        ("They judge ye", "fear"),
    ]
    assert merge_bundle(here, bundle).is_whole and rows(here) == rows(other)
    other.close()


def test_a_coding_that_became_part_of_another_here_stays_when_that_one_goes(
    here: Study, there: Study, tmp_path: Path
) -> None:
    code(there, "From a pal of mine", "judged")
    gone = code(there, "pal of mine. I was feart of them", "fear")
    carry_over(there, here, tmp_path)
    merge_codes(here, "judged", "fear")
    assert len(of_layer(here, "CD")) == 1
    late = add_memo(there, "Late.", on_coding(list_codings(there, code="judged")[0].id))
    carry_over(there, here, tmp_path)
    assert [memo.coding for memo in list_memos(here.by("CD"))] == [of_layer(here, "CD")[0]["id"]]
    remove_memo(there, late)
    remove_codings(there, [gone])
    carry_over(there, here, tmp_path)
    assert words_of(here, of_layer(here, "CD")) == [("From a pal of mine", "fear")]


def test_a_coding_that_became_part_of_another_there_stays_here_until_the_codes_are_merged_here_too(
    here: Study, there: Study, tmp_path: Path
) -> None:
    first = code(there, "From a pal of mine", "judged")
    code(there, "pal of mine. I was feart of them", "fear")
    carry_over(there, here, tmp_path)
    set_exemplar(there, first, True)
    merge_codes(there, "judged", "fear")
    assert carry_over(there, here, tmp_path).is_whole
    assert len(of_layer(here, "CD")) == 2
    merge_codes(here, "judged", "fear")
    assert words_of(here, of_layer(here, "CD")) == words_of(there, of_layer(there, "CD"))


def test_codings_of_a_code_that_was_retired_here_come_and_are_told(
    here: Study, there: Study, tmp_path: Path
) -> None:
    code(there, "They judge ye", "judged")
    retire_code(here, "judged", "Never used.")
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole and len(of_layer(here, "CD")) == 1
    assert merged.notices == ("Codings came with a code that is retired here.",)


def test_what_has_a_code_that_is_not_here_waits_for_it(here: Study, there: Study) -> None:
    entry = CodeEntry("from-a-file", "trust", "code", "Rumour")
    plant_entry(there, entry)  # agreed: it is the codebook's own file that brings it
    coding = code(there, "From a pal of mine", "from-a-file")
    add_memo(there, "On it.", on_coding(coding))
    add_memo(there, "On the code.", on_code("from-a-file"))
    add_example(there, "from-a-file", "typical", "P07_b", place(there, "P07_b", "pal"))
    code(there, "They judge ye", "judged")
    bundle = make_bundle(there)
    own = merge_bundle(here.by("CD"), bundle, dry_run=True)
    assert [(one.reason, one.names, one.rows) for one in own.left_out] == [
        ("code", ("Rumour",), 3),
        ("coding", (), 1),
    ]
    merged = merge_bundle(here, bundle)
    assert [(one.reason, one.rows) for one in merged.left_out] == [("code", None), ("coding", None)]
    assert "Rumour" in merged.left_out[0].sentence and "3" not in merged.left_out[0].sentence
    assert words_of(here, of_layer(here, "CD")) == [("They judge ye", "judged")]
    assert merge_bundle(here, bundle).left_out == merged.left_out
    plant_entry(here, entry)
    assert merge_bundle(here, bundle).is_whole
    assert len(of_layer(here, "CD")) == 2 and len(list_memos(here.by("CD"), by="CD")) == 2


def test_what_waits_comes_with_a_later_bundle_too_but_not_what_was_taken_back_since(
    here: Study, there: Study, tmp_path: Path
) -> None:
    entry = CodeEntry("from-a-file", "trust", "code", "Rumour")
    plant_entry(there, entry)
    gone = code(there, "They judge ye", "from-a-file")
    code(there, "From a pal of mine", "from-a-file")
    early = make_bundle(there)
    assert not merge_bundle(here, early).is_whole
    remove_codings(there, [gone])
    assert not carry_over(there, here, tmp_path).is_whole
    plant_entry(here, entry)
    assert carry_over(there, here, tmp_path).is_whole
    merge_bundle(here, early)
    assert words_of(here, of_layer(here, "CD")) == [("From a pal of mine", "from-a-file")]


def test_proposed_codes_come_as_candidates_with_those_above_them(
    here: Study, there: Study, tmp_path: Path
) -> None:
    theme = add_code(there, NewCode("Talk", None, "theme"))
    gossip = add_code(there, NewCode("Gossip", theme.id, "subtheme"))
    new = add_code(there, NewCode("Hearsay", "trust"))
    edit_code(there, new.id, {"definition": "Second-hand.", "tags": ["tfa:burden"], "also_in": [gossip.id]})
    set_key(there, new.id, "h")
    set_key(here, "forms", "h")
    merged = carry_over(there, here, tmp_path)
    assert set(merged.codes) == {"Talk", "Gossip", "Hearsay"} and merged.is_whole
    book = read_codebook(here)
    assert [entry.id for entry in book.path(gossip.id)] == [theme.id, gossip.id]
    sent = read_codebook(there).by_id[new.id]
    assert (sent.also_in, sent.status) == ((gossip.id,), "candidate")
    assert book.by_id[new.id] == replace(sent, key=None)  # AB has given the letter to another
    edit_code(here, new.id, {"label": "Second-hand talk"})
    assert carry_over(there, here, tmp_path).codes == ()
    assert read_codebook(here).by_id[new.id].label == "Second-hand talk"


def test_what_a_proposed_code_refers_to_is_what_became_of_it_here(here: Study, tmp_path: Path) -> None:
    theme = add_code(here, NewCode("Talk", None, "theme"))
    there = copy_of(here, tmp_path, "CD")
    part = split_code(there, "judged", ["Stares"])[0]
    edit_code(there, part.id, {"also_in": [theme.id]})
    agree_codes(here, [theme.id])  # only candidate themes group codes
    merge_codes(here, "judged", "fear")
    carry_over(there, here, tmp_path)
    came = read_codebook(here).by_id[part.id]
    assert (came.also_in, came.split_from) == ((), "fear")
    there.close()


def test_a_proposed_code_under_an_id_that_another_code_has_comes_under_a_new_one(
    here: Study, there: Study
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qualbench.codebook.editing.new_id", lambda: "talk")
        add_code(there, NewCode("Hearsay", "trust"))
        add_code(here, NewCode("Small talk", "trust"))
    code(there, "From a pal of mine", "talk")
    add_memo(there, "Mine.", on_code("talk"))
    bundle = make_bundle(there)
    merged = merge_bundle(here, bundle)
    assert merged.is_whole and merged.codes == ("Hearsay",)
    assert merged.notices == ("'Hearsay' came under the id talk-cd: another code has talk.",)
    book = read_codebook(here)
    assert (book.by_id["talk"].label, book.by_id["talk-cd"].label) == ("Small talk", "Hearsay")
    assert words_of(here, of_layer(here, "CD")) == [("From a pal of mine", "talk-cd")]
    assert [memo.code for memo in list_memos(here, by="CD")] == ["talk-cd"]
    told = " ".join(row["summary"] for row in rows(here, "merged_event")["merged_event"])
    assert "{code:talk-cd}" in told and "{code:talk}" not in told
    before = rows(here)
    assert merge_bundle(here, bundle).notices == () and rows(here) == before


def test_a_namesake_comes_under_another_name_and_is_told(here: Study, there: Study, tmp_path: Path) -> None:
    mine = add_code(here, NewCode("Hearsay", "trust"))
    theirs = add_code(there, NewCode("HEARSAY", "trust"))
    code(there, "From a pal of mine", theirs.id)
    merged = carry_over(there, here, tmp_path)
    assert merged.codes == ("HEARSAY (CD)",)
    assert merged.notices == (
        "'HEARSAY' came as 'HEARSAY (CD)': there is a code of that name there already.",
    )
    merge_codes(here, theirs.id, mine.id)  # if the team finds that they are one
    assert words_of(here, of_layer(here, "CD")) == [("From a pal of mine", mine.id)]
    assert carry_over(there, here, tmp_path).codes == ()


def test_a_proposed_code_whose_parent_cannot_hold_it_here_comes_to_the_top(
    here: Study, there: Study, tmp_path: Path
) -> None:
    new = add_code(there, NewCode("Hearsay", "social-work"))
    for gone in ("fear", "judged", "social-work"):
        retire_code(here, gone, "Not for us.")
    merged = carry_over(there, here, tmp_path)
    assert read_codebook(here).by_id[new.id].parent_id is None
    assert merged.notices == ("'Hearsay' came to the top: it cannot stand below 'Social work' here.",)


def test_a_code_that_moved_here_takes_what_comes_along(here: Study, there: Study, tmp_path: Path) -> None:
    new = add_code(there, NewCode("Hearsay", "social-work"))
    move_code(here, "social-work", "trial")
    carry_over(there, here, tmp_path)
    assert [entry.id for entry in read_codebook(here).path(new.id)] == ["trial", "social-work", new.id]


def test_a_version_that_only_the_other_machine_has_counts_as_the_last_that_both_have(
    here: Study, tmp_path: Path
) -> None:
    release(here, "First", "AB, CD")
    there = copy_of(here, tmp_path, "CD")
    code(there, "They judge ye", "judged")
    edit_code(there, "fear", {"definition": "Of being watched."})
    release(there, "Second there", "CD")
    edit_code(here, "fear", {"definition": "Of losing the child."})
    release(here, "Second here", "AB")
    late = code(there, "From a pal of mine", "fear")
    keep(there, [late])
    merged = carry_over(there, here, tmp_path)
    found = {row["code_id"]: (row["version"], row["kept_under"]) for row in of_layer(here, "CD")}
    assert found == {"judged": (1, None), "fear": (1, 1)}
    assert len(merged.notices) == 1 and "count as made under version 1" in merged.notices[0]
    there.close()


def test_a_split_is_followed_in_a_source_that_both_have_finished(here: Study, tmp_path: Path) -> None:
    there = copy_of(here, tmp_path, "CD")
    first = code(there, "From a pal of mine", "fear")
    second = code(there, "They judge ye", "judged")
    finish(there, ["P07_b"])
    finish(here, ["P07_b"])
    carry_over(there, here, tmp_path)
    part = split_code(here, "fear", ["Fear of them"])[0]
    plant_entry(there, part)
    recode(there, [first], part.id)
    keep(there, [second])
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole
    found = {row["id"]: (row["code_id"], row["kept_at"] is not None) for row in of_layer(here, "CD")}
    assert found == {first: (part.id, True), second: ("judged", True)}
    there.close()
