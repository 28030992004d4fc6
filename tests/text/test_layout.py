"""Rows of a transcript and the spans on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qualbench.text.layout import GAP, TranscriptLayout
from qualbench.text.spans import Span

texts = st.text(st.sampled_from("ab  cé\n🙂中\u0301-"), max_size=120)


def layout_of(text: str, width: int = 10) -> TranscriptLayout:
    return TranscriptLayout(text, [Span(0, len(text))], width)


@given(text=texts, width=st.integers(8, 30))
def test_rows_hold_every_character_once_and_fit(text: str, width: int) -> None:
    layout = layout_of(text, width)
    assert "".join(text[r.start : r.end] for r in layout.rows) == text.replace("\n", "")
    for row in layout.rows:
        assert cell_len(text[row.start : row.end].rstrip(" ")) <= width


@given(text=texts, width=st.integers(8, 30), data=st.data())
def test_a_place_is_on_the_row_that_shows_it(text: str, width: int, data: st.DataObject) -> None:
    layout = layout_of(text, width)
    offset = data.draw(st.integers(0, max(0, len(text) - 1)))
    row = layout.rows[layout.row_at(offset)]
    shown = layout.clamp(offset)
    assert row.start <= shown <= row.end
    if text and text[offset : offset + 1] != "\n" and not text[offset].startswith("\u0301"):
        assert shown == offset
        assert layout.offset_at(layout.row_at(offset), layout.column(offset)) == offset


def test_words_are_broken_only_where_they_must_be() -> None:
    text = "one two three fourteenletters x"
    assert [text[r.start : r.end] for r in layout_of(text).rows] == [
        "one two ",
        "three ",
        "fourteenle",
        "tters x",
    ]


def test_what_lies_between_blocks_is_hidden() -> None:
    text = "I: Hello.\n\nP07: Hi there."
    layout = TranscriptLayout(text, [Span(3, 9), Span(16, 25)], 40)
    assert [(text[r.start : r.end], r.block) for r in layout.rows] == [
        ("Hello.", 0),
        ("", GAP),
        ("Hi there.", 1),
    ]
    assert layout.clamp(0) == 3
    assert layout.step_rows(3, 1, 2) == 18


@pytest.mark.parametrize(("rows", "expected"), [(-99, 0), (99, 20), (1, 10), (2, 20)])
def test_stepping_stops_at_the_ends(rows: int, expected: int) -> None:
    layout = layout_of("0123456789" * 2 + "abcde", 10)
    assert layout.step_rows(0, rows, 0) == expected


def test_an_empty_text_is_laid_out() -> None:
    layout = TranscriptLayout("", [], 10)
    assert (len(layout), layout.row_at(9), layout.clamp(5), layout.step_rows(0, 1, 0)) == (1, 0, 0, 0)


@given(text=texts, data=st.data())
def test_a_character_is_shown_whole_with_its_accents(text: str, data: st.DataObject) -> None:
    layout = layout_of(text)
    offset = layout.clamp(data.draw(st.integers(0, max(0, len(text) - 1))))
    character = layout.character_at(offset)
    if text.strip("\n"):
        assert character.start <= offset < character.end or layout.rows[layout.row_at(offset)].start == offset
        assert (
            text[character.end : character.end + 1] != "\u0301"
            or character.end == layout.rows[layout.row_at(offset)].end
        )


def test_a_family_of_joined_emoji_is_one_character_of_two_cells() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    layout = layout_of(f"a {family} e\u0301 b", 20)
    assert layout.character_at(4) == Span(2, 2 + len(family))
    assert layout.column(2 + len(family)) == 4
    assert [layout.offset_at(0, column) for column in range(7)] == [0, 1, 2, 2, 7, 8, 10]
