"""The edits between two versions of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.diff import edits_between, keeps_a_word, pieces
from qualbench.text.spans import Edit, Span, apply_edits, check_edits

TEXTS = st.text(st.sampled_from("ab cd.\n é🙂"), max_size=60)


@given(TEXTS, TEXTS)
def test_the_edits_make_the_new_text_of_the_old(old: str, new: str) -> None:
    edits = edits_between(old, new)
    check_edits(edits, len(old))
    assert apply_edits(old, edits) == new


@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(words for kind, words in found if kind != "new") == old
    assert "".join(words for kind, words in found if kind != "gone") == new
    assert all(words for _, words in found)


def test_the_pieces_are_what_went_and_what_came() -> None:
    assert pieces("Fear of staff.", "Fear of any staff.") == [
        ("same", "Fear of "),
        ("new", "any "),
        ("same", "staff."),
    ]
    assert pieces("Fear.", "Shame.") == [("gone", "Fear"), ("new", "Shame"), ("same", ".")]
    assert pieces("", "Fear.") == [("new", "Fear.")]


@given(TEXTS)
def test_nothing_differs_from_itself(text: str) -> None:
    assert edits_between(text, text) == []


def test_whole_words_are_replaced_and_neighbours_joined() -> None:
    old = "I: Why?\n\nP07: The nursery was shut all week."
    new = "I: Why?\n\nP07: The school was closed all week."
    assert [(old[e.start : e.end], e.replacement) for e in edits_between(old, new)] == [
        ("nursery", "school"),
        ("shut", "closed"),
    ]
    assert edits_between("one two three", "one four five") == [Edit(4, 13, "four five")]


def test_a_span_keeps_a_word_or_not() -> None:
    old = "The nursery was shut."
    edits = edits_between(old, "The nursery was closed.")
    assert keeps_a_word(old, Span(4, 20), edits)
    assert not keeps_a_word(old, Span(16, 20), edits)
    assert not keeps_a_word(old, Span(16, 21), edits)  # a full stop is no word


def test_edits_on_both_sides_of_a_line_end_or_a_label_stay_apart() -> None:
    assert edits_between("one\ntwo", "uno\ndos") == [Edit(0, 3, "uno"), Edit(4, 7, "dos")]
    assert edits_between("P07: Somebody came.", "Mother: Nobody came.") == [
        Edit(0, 3, "Mother"),
        Edit(5, 13, "Nobody"),
    ]
