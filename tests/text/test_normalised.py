"""Texts normalised with the edits that do it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.text.spans import Span, apply_edits, move_spans
from qualbench.text.words import normalise, normalised

LETTERS = "aeo \u0301\u0308\u0323\r\n\x0b\x85\u2028\ufeff\x01가\u1100\u1161\u11a8中🙂\u200d👩"


@settings(deadline=None)
@given(st.text(st.sampled_from(LETTERS) | st.characters(), max_size=20))
def test_it_is_what_normalise_gives_and_the_edits_lead_there(text: str) -> None:
    found, stages = normalised(text)
    assert found == normalise(text)
    for edits in stages:
        text = apply_edits(text, edits)
    assert text == found


def test_words_are_found_again_after_it() -> None:
    text = "\ufeffre\u0301sume\u0301\r\nand then\x01 more"
    found, stages = normalised(text)
    spans = [Span(text.index("sume"), text.index("\r")), Span(text.index("then"), text.index(" more"))]
    for edits in stages:
        spans = move_spans(spans, edits)
    assert [found[start:end] for start, end in spans] == ["sumé", "then"]
