"""Detecting in texts that belong to no study, so that anybody can measure it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from qualbench.errors import BadInput
from qualbench.redaction.detectors import suggest
from qualbench.text.spans import Span
from qualbench.transcripts.labels import attribute
from qualbench.transcripts.model import Block

LABELS = {
    "person": "PERSON",
    "name": "NAME",
    "place": "PLACE",
    "organisation": "ORG",
    "address": "ADDRESS",
    "postcode": "POSTCODE",
    "phone": "PHONE",
    "email": "EMAIL",
    "url": "URL",
    "handle": "HANDLE",
    "nhs_number": "NHS",
    "chi_number": "CHI",
    "ni_number": "NINO",
    "date": "DATE",
    "date_of_birth": "DATE",
    "age": "AGE",
    "car_registration": "REG",
    "case_reference": "CASE",
    "indirect": "QUASI",
}
"""The label of each kind in the JSON lines that other programs read."""


def detect_lines(lines: Iterable[str], where: str, model: str | None = None) -> Iterator[dict[str, object]]:
    """Detect in JSON lines of `doc` and `text`, and give `doc` and `spans` (start, end, label, tier).

    Raises:
        BadInput: If a line is not such an object.
    """
    for number, line in enumerate(filter(str.strip, lines), start=1):
        try:
            record = json.loads(line)
            doc, text = record["doc"], str(record["text"])
        except (json.JSONDecodeError, KeyError, TypeError):
            raise BadInput(
                f"{where}, line {number}: it has no doc and text.", 'Write {"doc": ..., "text": ...}.'
            ) from None
        found = suggest(text, {}, label_spans(text), model=model)
        spans = [{"start": s.start, "end": s.end, "label": LABELS[s.kind], "tier": s.tier} for s in found]
        yield {"doc": doc, "spans": spans}


def label_spans(text: str) -> list[Span]:
    """Give where speaker labels stand in a text of lines `Label: words`."""
    lines = text.split("\n")
    labels = {u.label for u in attribute([Block(line.strip()) for line in lines if line.strip()]).utterances}
    spans, position = [], 0
    for line in lines:
        label, colon, _ = line.partition(": ")
        if colon and label in labels:
            spans.append(Span(position, position + len(label)))
        position += len(line) + 1
    return spans


def read_lines(path: Path) -> list[str]:
    """Read the lines of a file.

    Raises:
        BadInput: If it cannot be read.
    """
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path.name}: it cannot be read.", "Give a file of JSON lines in UTF-8.") from None
