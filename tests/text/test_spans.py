"""Spans move with edits and keep their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.spans import Edit, Span, apply_edits, covered, intersect, merge, move_spans, overlaps

texts = st.text(alphabet="ab c🙂é\n", max_size=40)


@st.composite
def edited_texts(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = [
        Edit(start, end, draw(st.text(alphabet="XYZ", min_size=1, max_size=5)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        if start < end
    ]
    return text, edits


@st.composite
def span_lists(draw: st.DrawFn, length: int = 40) -> list[Span]:
    pairs = draw(st.lists(st.tuples(st.integers(0, length), st.integers(0, length)), max_size=8))
    return [Span(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]


@given(edited=edited_texts(), data=st.data())
def test_a_moved_span_holds_the_same_words_with_replacements(
    edited: tuple[str, list[Edit]], data: st.DataObject
) -> None:
    text, edits = edited
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    (moved,) = move_spans([Span(start, end)], edits)
    if start == end:
        assert moved.start <= moved.end or any(e.start < start < e.end for e in edits)
        return
    touched = [edit for edit in edits if overlaps(Span(start, end), Span(edit.start, edit.end))]
    low = min([start, *(edit.start for edit in touched)])
    high = max([end, *(edit.end for edit in touched)])
    inside = [Edit(e.start - low, e.end - low, e.replacement) for e in touched]
    assert apply_edits(text, edits)[moved.start : moved.end] == apply_edits(text[low:high], inside)


@given(edited=edited_texts())
def test_moving_keeps_order_and_stays_in_the_text(edited: tuple[str, list[Edit]]) -> None:
    text, edits = edited
    spans = [Span(n, n + 1) for n in range(len(text))]
    moved = move_spans(spans, edits)
    assert moved == sorted(moved)
    assert all(0 <= span.start < span.end <= len(apply_edits(text, edits)) for span in moved)


def test_an_edge_inside_a_replaced_name_moves_to_the_edge_of_the_pseudonym() -> None:
    text = "and Kayleigh-Anne said"
    edits = [Edit(4, 17, "[Daughter]")]
    assert apply_edits(text, edits) == "and [Daughter] said"
    assert move_spans([Span(13, 22), Span(0, 6), Span(4, 17), Span(0, 4), Span(17, 22)], edits) == [
        Span(4, 19),
        Span(0, 14),
        Span(4, 14),
        Span(0, 4),
        Span(14, 19),
    ]


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(3, 5, "x"), Edit(4, 6, "y")],
        [Edit(4, 6, "x"), Edit(0, 1, "y")],
        [Edit(0, 99, "x")],
        [Edit(3, 2, "x")],
    ],
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        apply_edits("0123456789", edits)


@given(a=span_lists(), b=span_lists())
def test_merging_and_intersecting_agree_with_sets_of_positions(a: list[Span], b: list[Span]) -> None:
    def positions(spans: list[Span]) -> set[int]:
        return {n for span in spans for n in range(span.start, span.end)}

    assert positions(merge(a)) == positions(a)
    assert covered(a) == len(positions(a))
    assert positions(intersect(merge(a), merge(b))) == positions(a) & positions(b)
