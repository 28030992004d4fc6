"""Where a caret goes by words, sentences and turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.text.motions import Unit, next_end, next_start, piece_at, previous_start, turns, words
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span

UNITS = [words, sentences, turns]
units = st.sampled_from(UNITS)


@st.composite
def blocked_texts(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """A text and some blocks of it, apart from each other, with hidden labels between."""
    pieces = draw(st.lists(st.text("ab I.?'-é🙂\n ", max_size=25), min_size=1, max_size=5))
    text, blocks = "", []
    for piece in pieces:
        text += "P07: "
        if piece:  # no turn is empty
            blocks.append(Span(len(text), len(text) + len(piece)))
        text += f"{piece}\n\n"
    return text, blocks


def pieces_of(text: str, blocks: list[Span], unit: Unit) -> list[Span]:
    return [piece for block in blocks for piece in unit(text, block)]


@given(blocked=blocked_texts(), unit=units, data=st.data())
def test_a_step_goes_to_the_nearest_piece_that_way(
    blocked: tuple[str, list[Span]], unit: Unit, data: st.DataObject
) -> None:
    text, blocks = blocked
    offset = data.draw(st.integers(0, len(text)))
    pieces = pieces_of(text, blocks, unit)
    starts, ends = [piece.start for piece in pieces], [piece.end - 1 for piece in pieces]
    assert next_start(text, blocks, unit, offset) == min((s for s in starts if s > offset), default=None)
    assert previous_start(text, blocks, unit, offset) == max((s for s in starts if s < offset), default=None)
    assert next_end(text, blocks, unit, offset) == min((e for e in ends if e > offset), default=None)


@given(blocked=blocked_texts(), unit=units)
def test_from_a_start_on_and_back_again_is_where_one_was(blocked: tuple[str, list[Span]], unit: Unit) -> None:
    text, blocks = blocked
    for piece in pieces_of(text, blocks, unit):
        further = next_start(text, blocks, unit, piece.start)
        before = previous_start(text, blocks, unit, piece.start)
        assert further is None or previous_start(text, blocks, unit, further) == piece.start
        assert before is None or next_start(text, blocks, unit, before) == piece.start


@given(blocked=blocked_texts(), unit=units, data=st.data())
def test_the_piece_at_a_place_holds_it_or_is_next_in_its_block_or_last_there(
    blocked: tuple[str, list[Span]], unit: Unit, data: st.DataObject
) -> None:
    text, blocks = blocked
    if not blocks:
        assert piece_at(text, blocks, unit, 0) is None
        return
    offset = data.draw(st.integers(0, len(text)))
    block = next((b for b in reversed(blocks) if b.start <= offset), blocks[0])
    pieces = unit(text, block)
    here = [piece for piece in pieces if piece.start <= offset < piece.end]
    further = [piece for piece in pieces if piece.start > offset]
    expected = [*here, *further, *pieces[-1:]]
    assert piece_at(text, blocks, unit, offset) == (expected[0] if expected else None)


TEXT = "I: Why?\n\nP07: Me mam's well-read. No. She left.\n\nI: Aye."
BLOCKS = [Span(3, 7), Span(14, 47), Span(52, 56)]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (words, ["Why", "Me", "mam's", "well-read", "No", "She", "left", "Aye"]),
        (sentences, ["Why?", "Me mam's well-read.", "No.", "She left.", "Aye."]),
        (turns, ["Why?", "Me mam's well-read. No. She left.", "Aye."]),
    ],
)
def test_walking_through_a_source_passes_every_piece_and_no_label(unit: Unit, expected: list[str]) -> None:
    walked, at = [], next_start(TEXT, BLOCKS, unit, -1)
    while at is not None:
        piece = piece_at(TEXT, BLOCKS, unit, at)
        assert piece is not None and piece.start == at
        walked.append(TEXT[piece.start : piece.end])
        at = next_start(TEXT, BLOCKS, unit, at)
    assert walked == expected


def test_a_word_end_is_its_last_letter() -> None:
    ends, at = [], next_end(TEXT, BLOCKS, words, 0)
    while at is not None:
        ends.append(TEXT[at])
        at = next_end(TEXT, BLOCKS, words, at)
    assert ends == list("yesdoete")
