"""The text to learn from: reading it, its labels, and its split by whole documents."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""A document or a part of one: {doc, text, spans}, each span {start, end, label}."""

SEED = "redaction-1"  # of the split; never change it, or test documents become training ones
HELD_OUT = {
    "interview": (4, 1),
    "vlog": (3, 1),
    "court": (2, 1),
    "speech": (3, 2),
    "news": (0, 2),
    "academic": (0, 1),
    "textbook": (0, 1),
}
"""Documents of each genre of GUM that go to (test, dev); the rest is for training."""

LABELS = {
    "PERSON": "PERSON",
    "PLACE": "PLACE",
    "ADDRESS": "PLACE",
    "ORG": "ORG",
    "DATE": "DATE",
    "OTHER": "OTHER",
    "GROUP": "OTHER",
}
SUGGESTED = ("PERSON", "PLACE", "ORG", "DATE")  # OTHER is learnt so that it can be left alone
WEEKDAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}


def read_jsonl(path: Path) -> list[Record]:
    """Read one record a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]


def split(records: Iterable[Record]) -> dict[str, list[str]]:
    """Give the documents of each part; in a genre, by a hash of seed and name, test comes first, then dev."""
    by_genre: dict[str, list[str]] = defaultdict(list)
    for record in records:
        by_genre[record["genre"]].append(record["doc"])
    parts: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    for genre, names in sorted(by_genre.items()):
        names.sort(key=lambda name: hashlib.sha256(f"{SEED} {name}".encode()).hexdigest())
        test, dev = HELD_OUT.get(genre, (0, 0))
        parts["test"] += names[:test]
        parts["dev"] += names[test : test + dev]
        parts["train"] += names[test + dev :]
    return parts


def training_spans(record: Record) -> list[dict]:
    """Give the spans worth learning, in order, under the labels of the recogniser."""
    found = []
    for span in record["spans"]:
        label = LABELS.get(span["label"])
        if label and record["text"][span["start"] : span["end"]] not in WEEKDAYS:
            found.append({**span, "label": label})
    return sorted(found, key=lambda span: span["start"])
