"""Stretches that nobody has coded, as far as one may know."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.coding.uncoded import uncoded_in, uncoded_stretches
from qualbench.errors import NotFound
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source
from tests.builders import place, small_study

SPANS = st.lists(
    st.builds(lambda start, length: Span(start, start + length), st.integers(0, 29), st.integers(1, 9)),
    max_size=5,
)


@given(st.text(alphabet="ab. \n", min_size=30, max_size=30), st.lists(st.integers(0, 30), max_size=8), SPANS)
def test_uncoded_stretches_are_those_of_a_plain_model(text: str, ends: list[int], coded: list[Span]) -> None:
    cuts = sorted(ends)
    talk = [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < end]
    free = []
    for start, end in talk:
        letters = [
            "\0" if any(span.start <= at < span.end for span in coded) else text[at]
            for at in range(start, end)
        ]
        at = start
        for piece in "".join(letters).split("\0"):
            words = piece.strip()
            if any(letter.isalnum() for letter in words):
                first = at + piece.index(words)
                free.append(Span(first, first + len(words)))
            at += len(piece) + 1
    assert uncoded_in(text, talk, coded) == free


def words_left(study: Study, source: str) -> list[str]:
    text = read_source(study, source).text
    return [text[start:end] for start, end in uncoded_stretches(study, source)]


def test_what_is_coded_is_cut_out_turn_by_turn(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    everything = ["The forms were murder.", "Murder, aye.", "I filled mine in on the bus."]
    assert words_left(study, "group") == everything  # the facilitator is no participant
    add_coding(study, "group", place(study, "group", "were murder.\n\nP08: Murder,"), "forms")
    add_coding(study, "group", place(study, "group", "mine in"), "fear")
    add_coding(study, "group", place(study, "group", "in on the bus"), "judged")
    assert words_left(study, "group") == ["The forms", "aye.", "I filled"]
    other = study.by("CD")
    assert words_left(other, "group") == everything
    finish(study, ["group"])
    assert words_left(other, "group") == everything
    finish(other, ["group"])
    assert words_left(other, "group") == ["The forms", "aye.", "I filled"]
    with pytest.raises(NotFound):
        uncoded_stretches(study, "P99")
