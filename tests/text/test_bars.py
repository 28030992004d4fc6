"""Bars of text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.bars import FILLS, shared_bar


@given(st.lists(st.integers(0, 10_000), min_size=3, max_size=3), st.integers(3, 60))
def test_a_bar_has_its_width_and_a_cell_for_whatever_is_not_nothing(shares: list[int], width: int) -> None:
    bar = shared_bar(shares, width)
    assert len(bar) == width
    for fill, share in zip(FILLS, shares, strict=True):
        assert (fill in bar) == (share > 0)
    if not any(shares):
        assert bar == " " * width


def test_a_bar_is_shared_to_scale() -> None:
    assert shared_bar([6, 2, 2], 10) == "██████▒▒░░"
