"""Detectors: names given, capitals, labels, and what follows from them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qualbench.redaction.detectors import suggest
from qualbench.text.spans import Span


def found(text: str, *names: str, labels: tuple[Span, ...] = ()) -> list[str]:
    return [text[s.start : s.end] for s in suggest(text, names, labels)]


def test_names_given_are_found_in_any_case_as_whole_words() -> None:
    assert found("then kayleigh came, KAYLEIGH herself, not Kayleighann's dog", "Kayleigh") == [
        "kayleigh",
        "KAYLEIGH",
        "Kayleighann",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("so I went to Copland Road with her", ["Copland Road"]),
        ("The nurse was Mrs Petrie then.", ["Petrie"]),
        ("Well. That was it. And then I said no.", []),
        ("I'm no saying that. I'd go. It was a Monday in March.", []),
        ("we saw Shannon's mum", ["Shannon"]),
        ("then St Wulfstan's took him", ["St Wulfstan"]),
        ("my iPad was broken", []),
        ("we saw Łukasz and Élodie and Siobhán", ["Łukasz and Élodie and Siobhán"]),
        ("[laughs] Aye. Because he did.", []),
    ],
)
def test_capitals_inside_sentences(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_what_was_found_once_is_found_at_the_start_of_a_sentence_too() -> None:
    assert found("I like Torquil. Torquil came. torquil left.") == ["Torquil", "Torquil"]


def test_codes_and_roles_as_labels_are_not_flagged_but_names_are() -> None:
    text = "P07: Hello.\n\nInterviewer: Hi.\n\nDan: Me too."
    labels = tuple(
        Span(text.index(label), text.index(label) + len(label)) for label in ("P07", "Interviewer", "Dan")
    )
    assert found(text, labels=labels) == ["Dan"]


def test_suggestions_do_not_overlap_and_the_strong_one_stays() -> None:
    text = "at 48 Calderwell Street, G51 3DS, on 13 November"
    spans = suggest(text, [], [])
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert [text[s.start : s.end] for s in spans] == ["48 Calderwell Street", "G51 3DS", "13 November"]
