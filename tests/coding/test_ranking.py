"""The list of codes gives first what a person means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.coding.ranking import RECENT, rank_codes

LABELS = {
    "trust": "Trust",
    "trust-worker": "Trust in the worker",
    "distrust": "Distrust of services",
    "fear": "Fear",
    "judged": "Being judged",
    "judge-court": "Judges and courts",
    "forms": "Forms: long / short",
    "info": "Information given",
    "transport": "Transport and travel",
    "time": "Time of appointments",
    "mam": "Mam's own mam",
}
BOOK = Codebook([CodeEntry(i, None, "code", label) for i, label in LABELS.items()])


def ranked(typed: str, recent: list[str] | None = None, uses: dict[str, int] | None = None) -> list[str]:
    return [entry.id for entry in rank_codes(BOOK, typed, recent or [], uses or {})]


def test_nothing_typed_gives_those_used_last_then_those_used_much_here_then_the_book() -> None:
    assert ranked("  ", ["forms", "fear"], {"time": 2, "info": 5}) == [
        *["forms", "fear"],
        *["info", "time"],
        *["trust", "trust-worker", "distrust", "judged", "judge-court", "transport", "mam"],
    ]


def test_beyond_the_digits_recency_tells_nothing() -> None:
    recent = list(LABELS)[::-1]
    assert ranked("", recent)[:RECENT] == recent[:RECENT]
    assert ranked("", recent)[RECENT:] == ["trust", "trust-worker"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("f", "fear"),
        ("fo", "forms"),
        ("tru", "trust"),
        ("trust w", "trust-worker"),
        ("worker", "trust-worker"),
        ("FEAR", "fear"),
        ("judged", "judged"),
        ("courts", "judge-court"),
        ("long", "forms"),
        ("mams", "mam"),
        ("long/short", "forms"),
        ("serv dist", "distrust"),
        ("appiontments", "time"),
        ("transprot", "transport"),
        ("informaton", "info"),
        ("feer", "fear"),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed: str, first: str) -> None:
    assert ranked(typed)[0] == first


@pytest.mark.parametrize("typed", ["tr", "tra", "j", "ju", "judg"])
def test_words_that_begin_so_come_before_words_that_are_only_alike(typed: str) -> None:
    found = ranked(typed)
    begin = [any(w.startswith(typed) for w in LABELS[i].casefold().split()) for i in found]
    assert any(begin) and begin == sorted(begin, reverse=True)


def test_of_codes_that_fit_alike_the_one_used_last_comes_first() -> None:
    assert ranked("judg", ["judge-court"])[0] == "judge-court"
    assert ranked("judg", ["judged"])[0] == "judged"
    assert ranked("judg", [], {"judge-court": 3, "judged": 1})[0] == "judge-court"


def test_what_fits_well_comes_before_what_was_used_last() -> None:
    assert ranked("trust", ["distrust"], {"distrust": 30})[:2] == ["trust", "trust-worker"]


def test_nothing_is_found_for_what_no_code_is_like() -> None:
    assert ranked("xylophone quartz") == []


def test_retired_codes_are_left_out() -> None:
    book = Codebook(
        [
            CodeEntry("fear", None, "code", "Fear", status="retired"),
            CodeEntry("fearless", None, "code", "Fearless"),
        ]
    )
    for typed in ("", "fear"):
        assert [e.id for e in rank_codes(book, typed, ["fear"], {"fear": 9})] == ["fearless"]


@given(
    typed=st.one_of(st.text(max_size=12), st.text("aefjrstu ", max_size=8)),
    recent=st.lists(st.sampled_from([*LABELS, "gone"]), unique=True),
    uses=st.dictionaries(st.sampled_from(list(LABELS)), st.integers(0, 50)),
)
def test_the_order_is_always_the_same_and_no_code_is_there_twice(
    typed: str, recent: list[str], uses: dict[str, int]
) -> None:
    found = ranked(typed, recent, uses)
    assert found == ranked(typed, recent, uses)
    assert len(found) == len(set(found)) and set(found) <= set(LABELS)
    if not typed.strip():
        assert set(found) == set(LABELS)
