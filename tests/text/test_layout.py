"""Rows of a transcript and the spans on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qualbench.text.layout import GAP, SpanIndex, TranscriptLayout
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


span_lists = st.lists(
    st.tuples(st.integers(0, 119), st.integers(1, 60)).map(lambda p: Span(p[0], min(120, sum(p)))),
    max_size=12,
)


@given(spans=span_lists)
def test_no_two_spans_share_a_lane_on_a_row_and_none_is_missing(spans: list[Span]) -> None:
    text = "word " * 24
    layout = layout_of(text, 20)
    index = SpanIndex(layout, spans)
    for row in range(len(layout)):
        here = index.on_row(row)
        lanes = [laned.lane for laned in here]
        assert len(lanes) == len(set(lanes))
        assert all(lane < index.lanes for lane in lanes)
        start, end, _ = layout.rows[row]
        assert {laned.number for laned in here} == {
            n for n, s in enumerate(spans) if s.start < end and start < s.end
        }
