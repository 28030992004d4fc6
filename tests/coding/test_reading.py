"""Who has read what, and places to come back to."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.coding.blind import log_in_view
from qualbench.coding.reading import (
    BookmarkRead,
    find_bookmark,
    list_bookmarks,
    mark_read,
    readers_of,
    set_bookmark,
)
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from qualbench.transcripts.sources import read_source
from tests.builders import small_study


@pytest.fixture
def filled(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def test_who_has_read_what_is_known_to_all(filled: Study) -> None:
    mark_read(filled.by("CD"), "P07_b")
    mark_read(filled, "P07_b", "group")
    readers = readers_of(filled.by("CD"))
    assert {name: [coder for coder, _ in who] for name, who in readers.items()} == {
        "P07_b": ["AB", "CD"],
        "group": ["AB"],
    }
    assert all(at.endswith("Z") for who in readers.values() for _, at in who)
    assert read_log(filled)[-1].summary == "Marked as read: P07_b, group"


def test_a_read_mark_is_taken_back_and_undone(filled: Study) -> None:
    mark_read(filled, "P07_b")
    before = readers_of(filled)
    with pytest.raises(Refused, match="read that already"):
        mark_read(filled, "P07_b")
    mark_read(filled, "P07_b", take_back=True)
    assert readers_of(filled) == {}
    with pytest.raises(Refused, match="not marked"):
        mark_read(filled, "P07_b", take_back=True)
    undo(filled)
    assert readers_of(filled) == before
    mark_read(filled, "P07_b", "group")  # what is marked already stays as it is
    assert readers_of(filled)["P07_b"] == before["P07_b"]
    with pytest.raises(NotFound):
        mark_read(filled, "P99")


def test_a_bookmark_is_one_place_a_letter_and_coder(filled: Study) -> None:
    set_bookmark(filled, "a", "P07_b", 12)
    set_bookmark(filled, "A", "P07_f", 0)
    set_bookmark(filled.by("CD"), "a", "group", 3)
    set_bookmark(filled, "a", "group", 5)
    assert list_bookmarks(filled) == [BookmarkRead("a", "group", 5), BookmarkRead("A", "P07_f", 0)]
    assert find_bookmark(filled.by("CD"), "a") == BookmarkRead("a", "group", 3)
    undo(filled)
    assert find_bookmark(filled, "a") == BookmarkRead("a", "P07_b", 12)
    assert not any(event.action == "bookmark" for event in log_in_view(filled.by("EF")))


def test_what_is_no_bookmark_is_refused(filled: Study) -> None:
    end = len(read_source(filled, "P07_b").text)
    set_bookmark(filled, "z", "P07_b", end)
    for letter, position in (("1", 0), ("ab", 0), ("", 0), ("é", 0), ("b", -1), ("b", end + 1)):
        with pytest.raises(BadInput):
            set_bookmark(filled, letter, "P07_b", position)
    with pytest.raises(NotFound):
        set_bookmark(filled, "b", "P99", 0)
    with pytest.raises(NotFound, match="no bookmark 'b'"):
        find_bookmark(filled, "b")
    assert [bookmark.letter for bookmark in list_bookmarks(filled)] == ["z"]
