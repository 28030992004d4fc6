"""The lanes of coded spans."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.lanes import SpanIndex
from qualbench.text.layout import TranscriptLayout
from qualbench.text.spans import Span

TEXT = "word " * 24
LAYOUT = TranscriptLayout(TEXT, [Span(0, len(TEXT))], 20)

span_lists = st.lists(
    st.tuples(st.integers(0, 119), st.integers(1, 60)).map(lambda p: Span(p[0], min(120, sum(p)))),
    max_size=12,
)


def check(index: SpanIndex, spans: dict[str, Span]) -> None:
    """No two spans share a lane on a row, and each is on the rows that show it and on no other."""
    for row in range(len(LAYOUT)):
        here = index.on_row(row)
        lanes = [laned.lane for laned in here]
        assert len(lanes) == len(set(lanes))
        start, end, _ = LAYOUT.rows[row]
        assert {laned.key for laned in here} == {
            k for k, s in spans.items() if s.start < end and start < s.end
        }


@given(spans=span_lists, data=st.data())
def test_spans_come_and_go_without_moving_one_another(spans: list[Span], data: st.DataObject) -> None:
    index, there = SpanIndex(LAYOUT, {}), dict[str, Span]()
    for n, span in enumerate(spans):
        lanes = {one.key: one.lane for row in range(len(LAYOUT)) for one in index.on_row(row)}
        if there and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(there)))
            assert list(index.remove(gone)) == [
                row
                for row, (start, end, _) in enumerate(LAYOUT.rows)
                if there[gone].start < end and start < there[gone].end
            ]
            del there[gone], lanes[gone]
        touched = index.add(str(n), span)
        there[str(n)] = span
        assert list(touched) == list(index.rows_of(str(n)))
        after = {one.key: one.lane for row in range(len(LAYOUT)) for one in index.on_row(row)}
        assert {key: after[key] for key in lanes} == lanes
        check(index, there)


@given(spans=span_lists)
def test_dealt_one_by_one_or_at_once_the_lanes_are_the_same(spans: list[Span]) -> None:
    keyed = {str(n): span for n, span in enumerate(spans)}
    one_by_one = SpanIndex(LAYOUT, {})
    for key, span in keyed.items():
        one_by_one.add(key, span)
    at_once = SpanIndex(LAYOUT, keyed)
    for row in range(len(LAYOUT)):
        assert one_by_one.on_row(row) == at_once.on_row(row)


@given(spans=span_lists, offset=st.integers(0, 119))
def test_the_spans_at_a_place_are_those_that_hold_it_the_shortest_first(
    spans: list[Span], offset: int
) -> None:
    index = SpanIndex(LAYOUT, {str(n): span for n, span in enumerate(spans)})
    found = index.at(offset)
    assert set(found) == {str(n) for n, s in enumerate(spans) if s.start <= offset < s.end}
    lengths = [spans[int(key)].end - spans[int(key)].start for key in found]
    assert lengths == sorted(lengths)
