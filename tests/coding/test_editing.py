"""Single entries of the codebook: made while coding, and given keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualbench.codebook.editing import LONGEST_LABEL, NewCode, set_key
from qualbench.codebook.files import read_codebook_file
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, redo, undo
from qualbench.text.spans import Span
from tests.builders import ENTRIES, small_study

WORDS = [Passage("P07_b", Span(0, 5))]


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def keys(study: Study) -> dict[str, str]:
    return {entry.id: entry.key for _, entry in read_codebook(study).walk() if entry.key}


# Keys


def test_a_key_is_given_and_taken_from_the_code_that_had_it(small: Study) -> None:
    assert set_key(small, "fear", "f") is None
    assert keys(small) == {"fear": "f"}
    before = set_key(small, "Forms: long / short", "f")
    assert before is not None and before.id == "fear"
    assert keys(small) == {"forms": "f"}
    undo(small)
    assert keys(small) == {"fear": "f"}
    redo(small)
    assert keys(small) == {"forms": "f"}
    assert read_log(small)[-1].summary == "Redid: 'Forms: long / short' has the key f"
    set_key(small, "forms", None)
    assert keys(small) == {}


def test_small_and_large_letters_are_two_keys(quick: Study) -> None:
    set_key(quick, "fear", "f")
    set_key(quick, "forms", "F")
    assert keys(quick) == {"fear": "f", "forms": "F"}


@pytest.mark.parametrize("key", ["ff", "", " ", "'", "é", "½"])
def test_what_cannot_be_typed_after_the_quote_is_no_key(quick: Study, key: str) -> None:
    with pytest.raises(BadInput, match="cannot be the key of a code"):
        set_key(quick, "fear", key)
    assert keys(quick) == {}


def test_a_key_that_is_so_already_and_a_code_that_is_not_there_are_told(quick: Study) -> None:
    set_key(quick, "fear", "f")
    with pytest.raises(Refused, match="'Fear' has that key already"):
        set_key(quick, "fear", "f")
    with pytest.raises(Refused, match="'Being judged' has no key"):
        set_key(quick, "judged", None)
    with pytest.raises(NotFound):
        set_key(quick, "joy", "j")


# Keys in codebook files


def written(folder: Path, text: str) -> list[CodeEntry]:
    (folder / "book.yaml").write_text(text, "utf-8")
    return read_codebook_file(folder / "book.yaml")


def test_a_file_gives_keys(tmp_path: Path) -> None:
    entries = written(tmp_path, "codes:\n  - {id: a, label: A, key: x}\n  - {id: b, label: B, key: 2}\n")
    assert [entry.key for entry in entries] == ["x", "2"]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("key: x", "book.yaml, line 3, column 28: two codes have the key 'x', first in line 2, column 28."),
        ("key: xy", "book.yaml, line 2, column 28: 'xy' cannot be the key of a code."),
        ("key: é", "book.yaml, line 2, column 28: 'é' cannot be the key of a code."),
    ],
)
def test_a_key_that_two_have_or_that_is_none_is_refused(tmp_path: Path, second: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        written(tmp_path, f"codes:\n  - {{id: b, label: B, {second}}}\n  - {{id: a, label: A, key: x}}\n")
    assert refused.value.message == said


def test_a_file_without_keys_keeps_those_given(small: Study) -> None:
    set_key(small, "fear", "f")
    set_key(small, "forms", "o")
    done = import_entries(small, [replace(ENTRIES[2], label="Dread"), ENTRIES[5]], "test")
    assert (done.updated, done.unchanged) == (["fear"], ["forms"])
    assert keys(small) == {"fear": "f", "forms": "o"}


def test_keys_are_swapped_in_one_import(small: Study) -> None:
    set_key(small, "fear", "f")
    set_key(small, "forms", "o")
    import_entries(small, [replace(ENTRIES[2], key="o"), replace(ENTRIES[5], key="f")], "test")
    assert keys(small) == {"fear": "o", "forms": "f"}
    undo(small)
    assert keys(small) == {"fear": "f", "forms": "o"}
    redo(small)
    assert keys(small) == {"fear": "o", "forms": "f"}


def test_a_file_takes_a_key_from_codes_in_it_and_not_in_it(small: Study) -> None:
    set_key(small, "fear", "f")
    set_key(small, "forms", "o")
    new = CodeEntry("hope", "trust", "code", "Hope", key="f")
    import_entries(small, [*ENTRIES[:3], replace(ENTRIES[3], key="o"), new], "test")
    assert keys(small) == {"hope": "f", "judged": "o"}
    undo(small)
    assert keys(small) == {"fear": "f", "forms": "o"}


# Codes made while coding


def test_a_code_of_that_name_in_the_same_place_is_taken_as_it_is(quick: Study) -> None:
    applied = apply_codes(quick, WORDS, [], [NewCode("  being  JUDGED ", "social-work")])
    assert [code.id for code in applied.codes] == ["judged"]
    assert len(read_codebook(quick)) == len(ENTRIES)


def test_the_same_name_in_another_place_is_another_code(quick: Study) -> None:
    applied = apply_codes(quick, WORDS, ["fear"], [NewCode("Fear", "trial"), NewCode("Fear")])
    ids = [code.id for code in applied.codes]
    assert len(set(ids)) == 3 and ids[0] == "fear"
    book = read_codebook(quick)
    assert [book.by_id[i].parent_id for i in ids] == ["social-work", "trial", None]
    assert len(list_codings(quick)) == 3


@pytest.mark.parametrize(
    ("labels", "made"),
    [(["Shame", "shame "], 1), (["Shame (own)", "Shame, own"], 2), (["???", "!!!"], 2), (["羞恥"], 1)],
)
def test_codes_made_at_once_are_one_only_where_their_names_are(
    small: Study, labels: list[str], made: int
) -> None:
    apply_codes(small, WORDS, [], [NewCode(label) for label in labels])
    book = read_codebook(small)
    assert len(book) == len(ENTRIES) + made
    assert len(list_codings(small)) == made
    assert list(book.walk())[-1][1].label == labels[made - 1].strip()


@pytest.mark.parametrize("label", ["", "  \n", "x" * (LONGEST_LABEL + 1)])
def test_a_name_that_is_none_is_refused(quick: Study, label: str) -> None:
    with pytest.raises(BadInput, match="The name of a code has 1 to 80 characters"):
        apply_codes(quick, WORDS, [], [NewCode(label)])


def test_a_code_below_one_that_is_not_there_is_refused(small: Study) -> None:
    with pytest.raises(NotFound, match="no code 'nowhere'"):
        apply_codes(small, WORDS, [], [NewCode("Shame", "nowhere")])
    assert len(read_codebook(small)) == len(ENTRIES)


def test_two_in_vivo_codes_of_the_same_words_are_one(quick: Study) -> None:
    (first,) = apply_codes(quick, WORDS, [], [NewCode("feart of them")]).codes
    (second,) = apply_codes(quick, [Passage("P07_f", Span(0, 5))], [], [NewCode("Feart of them")]).codes
    assert first.id == second.id
