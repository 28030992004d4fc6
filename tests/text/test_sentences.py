"""Sentences: what a key press selects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.sentences import sentences
from qualbench.text.spans import Span
from qualbench.text.words import WORD

WORDS = ["I", "was", "feart", "St", "no", "e.g", "B", "mam's", "中文", "🙂", "e\u0301", "5"]
MARKS = [".", "...", "…", "?", "!", '"', "’", ")", "(", ",", " ", "  ", "\n", "\t", "\u00a0"]
texts = st.lists(st.sampled_from([*WORDS, *MARKS]), max_size=40).map("".join)


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text, Span(0, len(text)))]


@given(text=texts, data=st.data())
def test_sentences_stand_in_order_inside_the_stretch_without_white_space_at_their_ends(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    stretch = Span(start, data.draw(st.integers(start, len(text))))
    at = stretch.start
    for piece in sentences(text, stretch):
        assert at <= piece.start < piece.end <= stretch.end
        assert text[piece.start : piece.end] == text[piece.start : piece.end].strip()
        assert text[at : piece.start].strip() == ""
        at = piece.end
    assert text[at : stretch.end].strip() == ""


@given(text=texts)
def test_every_word_is_in_exactly_one_sentence(text: str) -> None:
    found = sentences(text, Span(0, len(text)))
    for word in WORD.finditer(text):
        assert sum(one.start <= word.start() and word.end() <= one.end for one in found) == 1


@given(text=texts)
def test_a_sentence_by_itself_is_one_sentence(text: str) -> None:
    for piece in sentences(text, Span(0, len(text))):
        assert sentences(text, piece) == [piece]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("Murder, aye", ["Murder, aye"]),
        ("I was feart. They judge ye.", ["I was feart.", "They judge ye."]),
        ("i was feart. they judge ye.", ["i was feart.", "they judge ye."]),
        ("No. I did not.", ["No.", "I did not."]),
        ("Ring no. 5 first. Then go.", ["Ring no. 5 first.", "Then go."]),
        ("We met at St. Mary's. It was shut.", ["We met at St. Mary's.", "It was shut."]),
        ("Dr. Reid and J. Bell came. Fine.", ["Dr. Reid and J. Bell came.", "Fine."]),
        ("Me and I. Then nobody.", ["Me and I.", "Then nobody."]),
        ("Things, e.g. this one. And that.", ["Things, e.g. this one.", "And that."]),
        ("Forms (i.e. Paper) came.", ["Forms (i.e. Paper) came."]),
        ("Forms, bills, etc. they came. Fine.", ["Forms, bills, etc. they came.", "Fine."]),
        ("Forms, bills, etc. Then a letter.", ["Forms, bills, etc.", "Then a letter."]),
        ("At 9 a.m. on Monday. Late.", ["At 9 a.m. on Monday.", "Late."]),
        ('"Why me?" she said. Aye.', ['"Why me?" she said.', "Aye."]),
        ("She said, “Why me?” I left.", ["She said, “Why me?”", "I left."]),
        ("She said ‘no.’ I left.", ["She said ‘no.’", "I left."]),
        ("(Really?!) And then.", ["(Really?!)", "And then."]),
        ("What? no way!! Aye", ["What?", "no way!!", "Aye"]),
        ("I was… you know… scared.", ["I was… you know… scared."]),
        ("I was... well. So...", ["I was... well.", "So..."]),
        ("I stopped… Then she came.", ["I stopped…", "Then she came."]),
        ("One line \n  another line", ["One line", "another line"]),
        ("He came, Mr.\nShe went", ["He came, Mr.", "She went"]),
        ("It was 3.50. Dear.", ["It was 3.50.", "Dear."]),
        ("See www.x.org. Fine.", ["See www.x.org.", "Fine."]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert cut(text) == expected
