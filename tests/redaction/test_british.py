"""Invented British transcripts with marked identifiers: a measure for the detectors, written by another hand.

The set was made without a look at the detectors. Its text is no study data; people and organisations are
invented, but for well-known hospitals, courts and places.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qualbench.redaction.detectors import suggest
from qualbench.redaction.patterns import TEN_DIGITS, has_check_digit
from qualbench.text.spans import Span
from qualbench.transcripts.labels import attribute
from qualbench.transcripts.model import Block

FLOORS = {"PERSON": 0.79, "PLACE": 0.86, "ORG": 0.92, "DATE": 0.88} | dict.fromkeys(
    ("POSTCODE", "CHI", "NHS", "NINO", "HANDLE", "REG"), 1.0
)
FILE = Path(__file__).parents[1] / "data" / "british.jsonl"


@pytest.fixture(scope="module")
def marked() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def label_spans(text: str) -> list[Span]:
    """Where the speaker labels of a text of lines `Label: words` stand."""
    labels = {u.label for u in attribute([Block(line) for line in text.split("\n") if line]).utterances}
    spans, position = [], 0
    for line in text.split("\n"):
        label, colon, _ = line.partition(": ")
        if colon and label in labels:
            spans.append(Span(position, position + len(label)))
        position += len(line) + 1
    return spans


def test_the_set_is_what_it_says(marked: list[dict[str, Any]]) -> None:
    assert len(marked) == 12
    assert sum(len(record["text"].split()) for record in marked) > 12_000
    for record in marked:
        spans = [(s["start"], s["end"]) for s in record["spans"]]
        assert spans == sorted(spans)
        assert all(a_end <= b_start for (_, a_end), (b_start, _) in pairwise(spans))
        for span in record["spans"]:
            words = record["text"][span["start"] : span["end"]]
            assert words == words.strip() != ""
            if span["label"] in ("NHS", "CHI") and TEN_DIGITS.fullmatch(words):
                assert has_check_digit("".join(c for c in words if c.isdigit()))


def test_how_much_is_found(marked: list[dict[str, Any]]) -> None:
    """Floors a little under what the detectors reach, so that a change for the worse is noticed."""
    found: dict[str, list[bool]] = defaultdict(list)
    for record in marked:
        touched = bytearray(len(record["text"]))
        for suggestion in suggest(record["text"], {}, label_spans(record["text"])):
            touched[suggestion.start : suggestion.end] = b"\1" * (suggestion.end - suggestion.start)
        for span in record["spans"]:
            found[span["label"]].append(any(touched[span["start"] : span["end"]]))
    share = {label: sum(hits) / len(hits) for label, hits in found.items()}
    assert {label for label, floor in FLOORS.items() if share[label] < floor} == set()
