"""The codebooks shipped with the program: complete, cited, and fit to stand beside one another."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import read_book, shipped_codebooks
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import Codebook, CodeEntry

BOOKS: dict[str, BookFile] = {name: read_book(path) for name, path in shipped_codebooks().items()}
LONGEST_SHORT_DEFINITION = 90  # characters
BEFORE_DURING_AFTER = ("before", "during", "after")


def levels(name: str) -> Counter[str]:
    return Counter(entry.level for entry in BOOKS[name].entries)


def below_each_root(name: str) -> dict[str, list[CodeEntry]]:
    book = Codebook(BOOKS[name].entries)
    return {root.label: book.children(root.id) for root in book.children(None)}


def test_the_starter_sets_are_shipped() -> None:
    assert set(BOOKS) == {
        "cfir_2022",
        "ips_process_evaluation",
        "longitudinal_change",
        "mrc_core_elements",
        "mrc_process_evaluation",
        "npt",
        "tfa",
        "trials_qualitative",
    }


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_says_what_it_is_and_cites_its_source(name: str) -> None:
    book = BOOKS[name]
    assert book.name == name
    assert book.title
    assert re.search(r"\b(19|20)\d\d\b", book.source), "no year of publication"
    assert "written for this codebook" in book.source


@pytest.mark.parametrize("name", BOOKS)
def test_every_entry_is_complete(name: str) -> None:
    for entry in BOOKS[name].entries:
        assert entry.origin == "theory", entry.id
        assert 0 < len(entry.short_definition) <= LONGEST_SHORT_DEFINITION, entry.id
        assert entry.question, entry.id
        for text in (entry.definition, entry.when_to_use, entry.when_not_to_use):
            assert len(text.split()) >= 4, entry.id
        assert entry.typical_example or name == "cfir_2022", entry.id
        assert not entry.timepoints and not entry.stakeholders, entry.id


@pytest.mark.parametrize("name", BOOKS)
def test_themes_and_only_they_have_colours_of_their_own(name: str) -> None:
    entries = BOOKS[name].entries
    assert [e.id for e in entries if e.colour] == [e.id for e in entries if e.level == "theme"]
    colours = [entry.colour for entry in entries if entry.colour]
    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize("name", BOOKS)
def test_an_entry_sends_what_is_not_its_own_to_another_of_the_book(name: str) -> None:
    labels = {entry.label for entry in BOOKS[name].entries}
    for entry in BOOKS[name].entries:
        assert "use " in entry.when_not_to_use.casefold(), entry.id
        named = re.findall('"([^"]+)"', entry.when_not_to_use + entry.near_miss_example)
        assert set(named) <= labels - {entry.label}, entry.id


def test_all_can_stand_in_one_study() -> None:
    check_entries(list(chain.from_iterable(book.entries for book in BOOKS.values())))
    frameworks = [book.framework for book in BOOKS.values()]
    assert all(frameworks)
    assert len(set(frameworks)) == len(frameworks)


def test_ids_begin_with_the_framework_so_that_they_are_tags() -> None:
    for name, book in BOOKS.items():
        if name != "ips_process_evaluation":
            assert all(entry.id.startswith(f"{book.framework}-") for entry in book.entries), name


def test_tags_name_entries_of_the_frameworks_shipped() -> None:
    known = {
        f"{book.framework}:{entry.id.removeprefix(book.framework + '-')}"
        for name, book in BOOKS.items()
        for entry in book.entries
        if name != "ips_process_evaluation"
    }
    tags = [tag for entry in BOOKS["ips_process_evaluation"].entries for tag in entry.tags]
    assert len(tags) > len(BOOKS["ips_process_evaluation"].entries)
    assert set(tags) <= known


def test_acceptability_has_seven_constructs_each_before_during_and_after() -> None:
    constructs = below_each_root("tfa")
    assert len(constructs) == 7
    for label, entries in constructs.items():
        assert [entry.label for entry in entries] == [f"{label} {when}" for when in BEFORE_DURING_AFTER]
    assert levels("tfa") == {"theme": 7, "code": 21}


def test_normalization_has_four_constructs_of_four() -> None:
    assert [len(entries) for entries in below_each_root("npt").values()] == [4, 4, 4, 4]
    assert levels("npt") == {"theme": 4, "code": 16}


def test_cfir_has_five_domains_with_all_their_constructs() -> None:
    constructs = {label: len(entries) for label, entries in below_each_root("cfir_2022").items()}
    assert constructs == {
        "Innovation": 8,
        "Outer setting": 7,
        "Inner setting": 11,
        "Individuals": 2,  # roles and characteristics, which hold 9 and 4
        "Implementation process": 9,
    }
    book = Codebook(BOOKS["cfir_2022"].entries)
    assert [len(book.children(group)) for group in ("cfir-roles", "cfir-characteristics")] == [9, 4]
    assert len(book) == 5 + 48 + 19 + 2


def test_the_other_sets_have_their_parts() -> None:
    assert {label: len(entries) for label, entries in below_each_root("mrc_process_evaluation").items()} == {
        "Implementation": 5,
        "Mechanisms of impact": 3,
        "Context": 0,
    }
    assert [len(entries) for entries in below_each_root("trials_qualitative").values()] == [8, 8, 2, 3, 1]
    assert len(below_each_root("mrc_core_elements")) == len(BOOKS["mrc_core_elements"].entries) == 6
    assert len(below_each_root("longitudinal_change")) == len(BOOKS["longitudinal_change"].entries) == 7
