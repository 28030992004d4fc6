"""Merging two codes: codings of both kept once, nothing lost, the old name findable."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, parts_of, split_code
from qualbench.codebook.moving import retire_code
from qualbench.codebook.tree import read_codebook
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding, set_exemplar, set_meaning
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example, list_examples
from qualbench.coding.memos import add_memo, list_memos, on_code, on_coding
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, redo, undo
from qualbench.text.spans import Span, merge
from tests.builders import code_as_they_are


def codings(study: Study, layer: str = "AB") -> list[tuple[str, int, int, str]]:
    return [(c.source, c.start, c.end, c.code) for c in list_codings(study.by(layer), layer=layer)]


def test_codings_of_both_are_kept_once(small: Study) -> None:
    other = small.by("CD")
    for study, code, span in (
        (small, "fear", Span(0, 10)),
        (small, "judged", Span(0, 10)),  # the same words
        (small, "fear", Span(22, 30)),
        (small, "judged", Span(25, 40)),  # words in common
        (small, "fear", Span(50, 60)),  # only one
        (small, "judged", Span(60, 70)),  # beside it
        (other, "fear", Span(0, 10)),  # another layer
    ):
        add_coding(study, "P07_b", span, code)
    before = codings(small), codings(other, "CD")
    merged = merge_codes(small, "fear", "judged", "They say both at once.")
    assert (merged.into.id, merged.codings, merged.joined) == ("judged", 3, 2)
    assert codings(small) == [
        ("P07_b", 0, 10, "judged"),
        ("P07_b", 22, 40, "judged"),
        ("P07_b", 50, 60, "judged"),
        ("P07_b", 60, 70, "judged"),
    ]
    assert codings(other, "CD") == [("P07_b", 0, 10, "judged")]
    assert {c.made_as for c in list_codings(small) if c.start == 50} == {"fear"}
    after = codings(small)
    undo(small)
    assert (codings(small), codings(other, "CD")) == before
    redo(small)
    assert codings(small) == after
    assert check_study(small) == []


def test_what_is_joined_counts_by_the_earlier_version_and_keeps_its_meaning(quick: Study) -> None:
    release(quick, "First", "AB")
    add_coding(quick, "P07_b", Span(27, 37), "fear")
    set_meaning(quick, list_codings(quick)[0].id, "latent")
    edit_code(quick, "forms", {"definition": "The forms."})
    release(quick, "Second", "AB")
    add_coding(quick, "P07_b", Span(31, 45), "judged")
    merge_codes(quick, "fear", "judged")
    (coding,) = list_codings(quick)
    assert (coding.start, coding.end, coding.version, coding.meaning) == (27, 45, 1, "latent")
    assert len(list_codings(quick, version=1)) == 1


def test_the_old_name_stays_findable(quick: Study) -> None:
    merge_codes(quick, "fear", "judged")
    merge_codes(quick, "judged", "forms")
    book = read_codebook(quick)
    assert book.find("Fear").id == book.find("fear").id == book.find("Being judged").id == "forms"
    assert (book.by_id["fear"].status, book.by_id["fear"].merged_into) == ("merged", "judged")
    assert "fear" not in [entry.id for _, entry in book.walk()]


def test_what_hangs_on_the_code_goes_to_the_other_one(small: Study) -> None:
    coding = add_coding(small, "P07_b", Span(0, 10), "fear")
    kept = add_coding(small, "P07_b", Span(5, 20), "judged")
    set_exemplar(small, coding, True)
    add_memo(small, "on the coding", on_coding(coding))
    add_memo(small, "on the code", on_code("fear"))
    add_example(small, "fear", "near miss", "P07_f", Span(0, 6))
    edit_code(small, "fear", {"tags": ("tfa:burden",)})
    edit_code(small, "judged", {"tags": ("mrc:reach",)})
    set_key(small, "fear", "f")
    below = add_code(small, NewCode("Of the court", "fear"))
    merge_codes(small, "fear", "judged")
    book = read_codebook(small)
    assert {(memo.code, memo.coding) for memo in list_memos(small)} == {("judged", None), ("judged", kept)}
    assert [coding.exemplar for coding in list_codings(small)] == [True]
    assert [(one.kind, one.source) for one in list_examples(small, "judged")] == [("near miss", "P07_f")]
    assert book.by_id["judged"].tags == ("mrc:reach", "tfa:burden")
    assert book.by_id["fear"].key is None
    assert book.by_id[below.id].parent_id == "judged"


def test_themes_are_merged_with_what_they_group(quick: Study) -> None:
    seen = add_code(quick, NewCode("Being seen", level="theme"))
    known = add_code(quick, NewCode("Being known", level="theme"))
    edit_code(quick, "forms", {"also_in": (seen.id, known.id)})
    edit_code(quick, "fear", {"also_in": (seen.id,)})
    merge_codes(quick, seen.id, known.id)
    book = read_codebook(quick)
    assert book.by_id["forms"].also_in == book.by_id["fear"].also_in == (known.id,)


@pytest.mark.parametrize(
    ("code", "into", "said"),
    [
        ("fear", "fear", "cannot be merged into itself"),
        ("trust", "social-work", "which stands below it"),
        ("trust", "fear", "which stands below it"),
        ("trust", "forms", "a theme with codes below it"),
        ("fear", "nowhere", "no code 'nowhere'"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(quick: Study, code: str, into: str, said: str) -> None:
    before = read_codebook(quick).by_id
    with pytest.raises(QualbenchError, match=said):
        merge_codes(quick, code, into)
    assert read_codebook(quick).by_id == before


def test_a_code_goes_into_the_one_above_it(quick: Study) -> None:
    add_coding(quick, "P07_b", Span(0, 5), "fear")
    merge_codes(quick, "fear", "social-work")
    assert [c.code for c in list_codings(quick)] == ["social-work"]


def test_a_retired_code_is_not_merged(quick: Study) -> None:
    retire_code(quick, "fear")
    for pair in (("fear", "judged"), ("judged", "fear")):
        with pytest.raises(Refused, match="'Fear' is retired"):
            merge_codes(quick, *pair)


def test_a_merge_tells_nothing_of_a_layer_that_may_not_be_seen(quick: Study) -> None:
    add_coding(quick.by("CD"), "P07_b", Span(0, 5), "fear")
    finish(quick.by("CD"), ["P07_b"])
    merged = merge_codes(quick, "fear", "judged")
    assert (merged.codings, merged.joined) == (0, 0)
    assert not any(character.isdigit() for character in read_log(quick)[-1].summary)
    assert codings(quick, "CD") == [("P07_b", 0, 5, "judged")]  # a finished source is merged too


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(["fear", "judged", "forms"])),
    max_size=12,
)


def covered(rows: Iterable[tuple[str, int, int, str]], codes: set[str]) -> list[Span]:
    spans = merge([Span(start, end) for _, start, end, code in rows if code in codes])
    return [Span(n, n + 1) for span in spans for n in range(span.start, span.end)]


@settings(max_examples=40, deadline=None)
@given(SPANS)
def test_a_merge_covers_the_words_of_both_and_undo_gives_all_back(
    merging: Study, drawn: list[tuple[int, int, str]]
) -> None:
    spans = [(Span(start, min(start + length, 70)), code) for start, length, code in drawn]
    code_as_they_are(merging, "P07_b", spans)
    before = codings(merging)
    merge_codes(merging, "fear", "judged")
    after = codings(merging)
    assert covered(after, {"judged"}) == covered(before, {"fear", "judged"})
    assert covered(after, {"forms"}) == covered(before, {"forms"})
    assert not any(code == "fear" for *_, code in after)
    held = [Span(start, end) for _, start, end, code in after if code == "judged"]
    assert all(a.end <= b.start for a, b in pairwise(held))
    undo(merging)
    assert codings(merging) == before
    if before:
        undo(merging)
    assert codings(merging) == []


@pytest.fixture(scope="module")
def merging(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Study]:
    from qualbench.study.database import create_study
    from qualbench.study.settings import set_up
    from tests.builders import small_study

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(tmp_path_factory.mktemp("home")))
        folder = tmp_path_factory.mktemp("merging")
        study = create_study(folder / "study", coder="AB")
        set_up(study, "A study")
        yield small_study(study, folder / "files")
        study.close()


# Splitting begins


def test_a_split_makes_codes_beside_the_old_one(quick: Study) -> None:
    edit_code(quick, "fear", {"tags": ("tfa:burden",), "stakeholders": ("Parent",), "origin": "theory"})
    parts = split_code(quick, "fear", ["Fear of losing them", "Fear of being judged"], "Two things.")
    book = read_codebook(quick)
    assert [entry.id for entry in parts_of(book, "fear")] == [part.id for part in parts]
    for part in parts:
        assert book.by_id[part.id] == part
        assert (part.parent_id, part.split_from, part.status) == ("social-work", "fear", "candidate")
        assert (part.tags, part.stakeholders, part.origin) == (("tfa:burden",), ("Parent",), "theory")
    undo(quick)
    assert len(read_codebook(quick)) == 6


@pytest.mark.parametrize(
    ("labels", "said"),
    [([], "split into others"), (["Being judged"], "there already"), (["A", " a "], "there already")],
)
def test_a_split_into_nothing_new_is_refused(quick: Study, labels: list[str], said: str) -> None:
    with pytest.raises(QualbenchError, match=said):
        split_code(quick, "fear", labels)
    assert len(read_codebook(quick)) == 6


def test_a_merge_into_a_part_of_a_split_is_told_by_both(quick: Study) -> None:
    (part,) = split_code(quick, "fear", ["Dread"])
    with pytest.raises(BadInput):
        merge_codes(quick, part.id, part.id)
    assert merge_codes(quick, "fear", part.id).into.id == part.id
