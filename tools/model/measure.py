#!/usr/bin/env python3
"""Score a saved recogniser on held-out documents, line by line, with a scorer of redaction.

The scorer is `redaction_score.py` of the folder given; it is no part of the project.

    python tools/model/measure.py qualbench/data/recognisers/names-cased --gum gum_cc_by.jsonl --scorer FOLDER
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from augment import lower, without_stops
from corpus import SUGGESTED, Record, read_jsonl, split
from spacy.language import Language

UK_CHECK = Path(__file__).with_name("data") / "uk_check.txt"


def read_marked(path: Path) -> list[Record]:
    """Read text with `[name|LABEL]` marks; `# name` starts a document."""
    records: list[Record] = []
    for line in path.read_text(encoding="utf8").splitlines():
        if line.startswith("# "):
            records.append({"doc": line[2:], "genre": "uk_check", "text": "", "spans": []})
            continue
        record = records[-1]
        for i, part in enumerate(re.split(r"\[([^\]|]+\|[A-Z]+)\]", line + "\n")):
            name, _, label = part.partition("|") if i % 2 else (part, "", "")
            if label:
                start = len(record["text"])
                record["spans"].append({"start": start, "end": start + len(name), "label": label})
            record["text"] += name
    return records


def lean(nlp: Language, towards_recall: float) -> None:
    """Make a loaded recogniser flag more (above 0) or less: shift the bias of its action "no name"."""
    ner: Any = nlp.get_pipe("ner")
    actions = [ner.moves.get_class_name(i) for i in range(ner.moves.n_moves)]
    output = ner.model.get_ref("upper")
    bias = output.get_param("b").copy()
    bias[actions.index("O")] -= towards_recall
    output.set_param("b", bias)


def suggest(nlp: Language, text: str) -> list[dict]:
    """Give the names found in each line."""
    spans, start = [], 0
    lines = text.split("\n")
    for line, doc in zip(lines, nlp.pipe(lines), strict=True):
        spans += [
            {"start": start + e.start_char, "end": start + e.end_char, "label": e.label_}
            for e in doc.ents
            if e.label_ in SUGGESTED
        ]
        start += len(line) + 1
    return spans


def print_figures(name: str, figures: dict[str, Any], by_genre: bool) -> None:
    """Print, for each label, the shares found at all and in full, then what is flagged in 1,000 words."""
    for key in sorted(figures) if by_genre else ["ALL"]:
        f = figures[key]
        kinds = []
        for label in SUGGESTED:
            if count := f["n", label]:
                found, full = f["any", label] / count, f["full", label] / count
                kinds.append(f"{label} {found:.3f}/{full:.3f} ({count:.0f})")
        false, flagged = 1000 * f["false"] / f["words"], 1000 * f["flagged"] / f["words"]
        print(f"{name:5} {key:10} {'  '.join(kinds)}  false {false:.1f}  flagged {flagged:.1f}")


def print_errors(gold: Iterable[Record], predicted: Iterable[Record], leaks: Iterable[dict]) -> None:
    """Print what was missed, and what was flagged and is no name."""
    for leak in leaks:
        print(
            "   miss",
            leak["label"],
            "~" if leak["partial"] else " ",
            repr(leak["text"]),
            "...",
            leak["context"],
        )
    for record, found in zip(gold, predicted, strict=True):
        text = record["text"]
        for s in found["spans"]:
            if not any(s["start"] < g["end"] and g["start"] < s["end"] for g in record["spans"]):
                around = text[max(0, s["start"] - 25) : s["end"] + 25].replace("\n", " / ")
                print("   false", s["label"], repr(record["cased"][s["start"] : s["end"]]), "...", around)


def main() -> None:
    """Print figures for each set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--gum", type=Path, required=True, help="gum_cc_by.jsonl")
    parser.add_argument("--scorer", type=Path, required=True, help="folder of redaction_score.py")
    parser.add_argument("--part", default="dev", help="dev, test, or both with a comma between")
    parser.add_argument(
        "--lower", choices=["stops", "bare"], help="small letters, with or without punctuation"
    )
    parser.add_argument("--lean", type=float, default=0.0, help="shift towards recall; try 0 to 5")
    parser.add_argument("--by-genre", action="store_true")
    parser.add_argument("--show", action="store_true", help="print misses and false flags")
    options = parser.parse_args()
    sys.path.insert(0, str(options.scorer))
    from redaction_score import score

    began = time.perf_counter()
    nlp = spacy.load(options.model)
    loaded = time.perf_counter() - began
    lean(nlp, options.lean)
    words, seconds = 0, 0.0
    gum = read_jsonl(options.gum)
    parts = split(gum)
    sets = {part: [r for r in gum if r["doc"] in parts[part]] for part in options.part.split(",")}
    sets["uk"] = read_marked(UK_CHECK)
    for name, gold in sets.items():
        for record in gold:
            record["cased"] = record["text"]
            if options.lower:
                record["text"] = lower(record["text"])
            if options.lower == "bare":
                record["text"] = without_stops(record["text"])
        began = time.perf_counter()
        predicted = [{"doc": r["doc"], "spans": suggest(nlp, r["text"])} for r in gold]
        seconds += time.perf_counter() - began
        words += sum(len(r["text"].split()) for r in gold)
        figures, leaks = score(gold, predicted, sorted(SUGGESTED))
        print_figures(name, figures, options.by_genre)
        if options.show:
            print_errors(gold, predicted, leaks)
    size = sum(p.stat().st_size for p in options.model.rglob("*") if p.is_file())
    print(f"{size / 1e6:.2f} MB on disk, loaded in {loaded:.2f} s, {words / seconds:.0f} words/s")


if __name__ == "__main__":
    main()
