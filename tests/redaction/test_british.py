"""Invented British transcripts with marked identifiers: a measure for the detectors, written by another hand.

The set was made without a look at the detectors. Its text is no study data; people and organisations are
invented, but for well-known hospitals, courts and places.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qualbench.redaction.detectors import suggest
from qualbench.redaction.measuring import label_spans
from qualbench.redaction.patterns import TEN_DIGITS, has_check_digit

PATTERNS = ("ADDRESS", "POSTCODE", "PHONE", "EMAIL", "URL", "HANDLE", "NHS", "CHI", "NINO", "REG", "CASE")
FULL = {"PERSON": 0.975, "PLACE": 0.97, "ORG": 0.92, "DATE": 0.95, "AGE": 0.9} | dict.fromkeys(PATTERNS, 1.0)
ANY = {"PERSON": 0.985, "QUASI": 0.9}
MOST_FALSE = 20  # words flagged by mistake, in 1,000
FILE = Path(__file__).parents[1] / "data" / "british.jsonl"


@pytest.fixture(scope="module")
def marked() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


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
    """The goals that were set; docs/redaction.md has the figures reached."""
    whole: dict[str, list[bool]] = defaultdict(list)
    touched: dict[str, list[bool]] = defaultdict(list)
    words = false = 0
    for record in marked:
        text = record["text"]
        flagged, meant = bytearray(len(text)), bytearray(len(text))
        for one in suggest(text, {}, label_spans(text)):
            flagged[one.start : one.end] = b"\1" * (one.end - one.start)
        for span in record["spans"]:
            places = [n for n in range(span["start"], span["end"]) if text[n].isalnum()]
            meant[span["start"] : span["end"]] = b"\1" * (span["end"] - span["start"])
            whole[span["label"]].append(all(flagged[n] for n in places))
            touched[span["label"]].append(any(flagged[n] for n in places))
        for word in re.finditer(r"\S+", text):
            words += 1
            false += any(flagged[slice(*word.span())]) and not any(meant[slice(*word.span())])
    share = {label: sum(hits) / len(hits) for label, hits in whole.items()}
    assert {label for label, floor in FULL.items() if share[label] < floor} == set()
    assert {
        label for label, floor in ANY.items() if sum(touched[label]) < floor * len(touched[label])
    } == set()
    assert false <= MOST_FALSE * words / 1000
