"""Versions: frozen by agreement, compared, shown and used later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.diff import diff_codebooks
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.importing import import_entries
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import agree_codes, move_code, restore_code, retire_code, shift_code
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.codebook.versions import compare_versions, list_versions, read_version, release
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.rereading import count_to_reread, passages_to_reread
from qualbench.coding.reviewing import keep, recode
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import undo
from qualbench.text.spans import Span
from tests.builders import ENTRIES


def test_a_version_freezes_the_codebook(small: Study) -> None:
    entries = dict(read_codebook(small).by_id)
    first = release(small, "The starting frame", "AB, CD")
    assert (first.number, first.codes, first.released_by) == (1, 6, "AB")
    edit_code(small, "fear", {"label": "Dread", "tags": ("tfa:burden", "mrc:reach")})
    move_code(small, "judged", "trial")
    second = release(small, "After the first five", "AB, CD")
    assert dict(read_version(small, 1).by_id) == entries
    assert read_version(small, 2).by_id == read_codebook(small).by_id
    assert [(one.number, one.note, one.agreed_by) for one in list_versions(small)] == [
        (1, "The starting frame", "AB, CD"),
        (2, "After the first five", "AB, CD"),
    ]
    assert list_versions(small)[1] == second
    assert [entry.id for _, entry in read_version(small, 1).walk()] == [entry.id for entry in ENTRIES]
    assert check_study(small) == []


def test_what_cannot_be_released_is_told(quick: Study, sqlite_study: Study) -> None:
    with pytest.raises(BadInput, match="a note and who agreed"):
        release(quick, " ", "AB")
    with pytest.raises(BadInput, match="a note and who agreed"):
        release(quick, "First", "")
    release(quick, "First", "AB")
    with pytest.raises(Refused, match="Nothing has changed since version 1"):
        release(quick, "Again", "AB")
    for number in (0, 2, -1):
        with pytest.raises(NotFound, match=f"no version {number}"):
            read_version(quick, number)
        with pytest.raises(NotFound):
            compare_versions(quick, number)
        with pytest.raises(NotFound):
            list_codings(quick, version=number)
    with pytest.raises(Refused):
        undo(quick)


def test_an_empty_codebook_is_not_released(sqlite_study: Study) -> None:
    with pytest.raises(Refused, match="no codes to release"):
        release(sqlite_study, "First", "AB")


def kinds(study: Study, old: int = 1) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in compare_versions(study, old):
        found.setdefault(one.id, []).append(one.kind)
    return found


def test_a_diff_tells_what_became_of_each_entry(quick: Study) -> None:
    candidate = add_code(quick, NewCode("Shame", "trial"))
    gone = add_code(quick, NewCode("Weather"))
    release(quick, "First", "AB")
    edit_code(quick, "fear", {"label": "Dread", "definition": "Being afraid."})
    move_code(quick, "social-work", "trial")
    merge_codes(quick, "judged", "fear")
    retire_code(quick, gone.id)
    agree_codes(quick, [candidate.id])
    edit_code(quick, "trust", {"colour": "#000000", "tags": ("tfa:burden",)})
    parts = split_code(quick, "forms", ["Length", "Wording"])
    assert kinds(quick) == {
        "fear": ["renamed", "redefined"],
        "social-work": ["moved"],
        "judged": ["merged"],
        gone.id: ["retired"],
        candidate.id: ["agreed"],
        "trust": ["changed"],
        "forms": ["split"],
        parts[0].id: ["added"],
        parts[1].id: ["added"],
    }
    by_kind = {one.kind: one for one in compare_versions(quick, 1)}
    assert by_kind["redefined"].names == ("definition",)
    assert by_kind["merged"].names == ("fear",)
    assert by_kind["split"].names == tuple(part.id for part in parts)
    assert by_kind["changed"].names == ("tags", "colour")
    assert {kind for kind, one in by_kind.items() if one.asks_for_reading} == {
        "redefined",
        "merged",
        "retired",
        "split",
    }
    release(quick, "Second", "AB")
    restore_code(quick, gone.id)
    assert kinds(quick, 2) == {gone.id: ["restored"]}


def test_a_diff_against_itself_is_empty_and_order_alone_is_no_change(quick: Study) -> None:
    release(quick, "First", "AB")
    shift_code(quick, "fear", 1)
    assert compare_versions(quick, 1) == []


def test_what_a_file_no_longer_holds_is_removed_in_a_diff() -> None:
    old = Codebook(ENTRIES)
    new = Codebook([entry for entry in ENTRIES if entry.id != "fear"])
    (one,) = diff_codebooks(old, new)
    assert (one.kind, one.id, one.label, one.after) == ("removed", "fear", "Fear", None)
    (other,) = diff_codebooks(new, old)
    assert (other.kind, other.before) == ("added", None)


# What is to be read again


@pytest.fixture
def released(small: Study) -> Study:
    """Version 1, and codings under it: two of fear, one of judged, one of forms."""
    release(small, "First", "AB")
    for span, code in (
        (Span(27, 31), "fear"),
        (Span(34, 37), "fear"),
        (Span(41, 45), "judged"),
        (Span(47, 55), "forms"),
    ):
        add_coding(small, "P07_b", span, code)
    return small


def starts(study: Study, **limits: int) -> list[int]:
    return [one.coding.start for one in passages_to_reread(study, **limits)]


def test_a_redefined_code_gives_its_passages_to_be_read_again(released: Study) -> None:
    edit_code(released, "fear", {"definition": "Being afraid."})
    assert starts(released) == []  # nothing is agreed yet
    release(released, "Second", "AB")
    add_coding(released, "P07_f", Span(8, 11), "fear")  # under the new definition
    queue = passages_to_reread(released)
    assert [(one.coding.start, one.under) for one in queue] == [(27, 1), (34, 1)]
    assert [one.changes[0].kind for one in queue] == ["redefined", "redefined"]
    assert count_to_reread(queue) == {"fear": 2}
    keep(released, [queue[0].coding.id])
    assert starts(released) == [34]
    recode(released, [queue[1].coding.id], "judged")
    assert starts(released) == []
    undo(released)
    assert starts(released) == [34]


def test_codings_know_the_version_they_were_made_under(released: Study) -> None:
    merge_codes(released, "fear", "judged")
    retire_code(released, "forms")
    release(released, "Second", "AB")
    add_coding(released, "P07_f", Span(8, 11), "judged")
    assert [coding.version for coding in list_codings(released)] == [1, 1, 1, 1, 2]
    assert [coding.code for coding in list_codings(released)] == ["judged"] * 3 + ["forms", "judged"]
    as_then = list_codings(released, version=1)
    assert [coding.code for coding in as_then] == ["fear", "fear", "judged", "forms"]
    assert [coding.start for coding in list_codings(released, version=1, code="fear")] == [27, 34]
    assert starts(released) == [27, 34, 47]
    matrix = build_matrix(released, "codes", ["participant"], "AB", version=1)
    assert dict(zip(matrix.rows, matrix.cells, strict=True))["Fear"] == [0, 2, 0]
    now = build_matrix(released, "codes", ["participant"], "AB")
    assert "Fear" not in now.rows
    assert "Forms: long / short" in now.rows  # retired, but it has codings


def test_versions_are_compared_two_at_a_time(released: Study) -> None:
    edit_code(released, "fear", {"definition": "Being afraid."})
    release(released, "Second", "AB")
    edit_code(released, "judged", {"when_to_use": "Always."})
    release(released, "Third", "AB")
    assert starts(released) == [27, 34, 41]
    assert starts(released, since=1, until=2) == [27, 34]
    assert starts(released, since=2, until=3) == [41]
    assert starts(released, since=2) == [41]


def test_nobody_is_sent_to_another_coders_passages(released: Study) -> None:
    edit_code(released, "fear", {"definition": "Being afraid."})
    release(released, "Second", "AB")
    assert passages_to_reread(released.by("CD")) == []
    with pytest.raises(Refused, match="hidden"):
        passages_to_reread(released.by("CD"), "AB")


def test_an_import_of_the_same_codebook_is_no_new_version(quick: Study) -> None:
    release(quick, "First", "AB")
    import_entries(quick, ENTRIES, "test")
    with pytest.raises(Refused, match="Nothing has changed"):
        release(quick, "Second", "AB")


def test_a_diff_of_any_two_books_is_empty_only_where_they_are_alike() -> None:
    changed: list[CodeEntry] = [
        replace(ENTRIES[2], short_definition="Fear"),
        replace(ENTRIES[2], also_in=("trust",)),
        replace(ENTRIES[2], question="Table 1 row 9"),
        replace(ENTRIES[2], near_miss_example="x"),
        replace(ENTRIES[2], stakeholders=("Parent",)),
        replace(ENTRIES[2], status="candidate"),
        replace(ENTRIES[2], level="subtheme"),
        replace(ENTRIES[2], origin="data"),
        replace(ENTRIES[2], central_concept="x"),
        replace(ENTRIES[2], split_from="trust"),
    ]
    for entry in changed:
        others = [one for one in ENTRIES if one.id != entry.id]
        assert [one.id for one in diff_codebooks(Codebook(ENTRIES), Codebook([*others, entry]))] == ["fear"]
