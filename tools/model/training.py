"""Training a recogniser on prepared records, and stripping it of all that is not needed to run it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from corpus import Record
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_loop
from spacy.util import fix_random_seed, load_config

CONFIG = Path(__file__).with_name("config.cfg")


def write_docs(records: Iterable[Record], path: Path) -> int:
    """Write records in spaCy's format, and give the number of tokens."""
    nlp = spacy.blank("en")
    store, tokens = DocBin(), 0
    for record in records:
        doc = nlp.make_doc(record["text"])
        spans = [
            doc.char_span(s["start"], s["end"], s["label"], alignment_mode="expand") for s in record["spans"]
        ]
        doc.ents = spacy.util.filter_spans([s for s in spans if s is not None and s.text.strip()])
        store.add(doc)
        tokens += len(doc)
    store.to_disk(path)
    return tokens


def train(work: Path, out: Path, settings: dict[str, Any]) -> None:
    """Train on train.spacy and dev.spacy of the work folder, and save the best pipeline, stripped."""
    paths = {"paths.train": str(work / "train.spacy"), "paths.dev": str(work / "dev.spacy")}
    config = load_config(CONFIG, overrides=paths | settings, interpolate=True)
    fix_random_seed(config["training"]["seed"])
    nlp = init_nlp(config)
    with (work / "log.txt").open("w", encoding="utf8") as log:
        train_loop(nlp, work, stdout=log)
    finish(work / "model-best", out)
    require_same(work / "model-best", out, work / "dev.spacy")


def finish(trained: Path, out: Path) -> None:
    """Save a trained pipeline for shipping: no training strings, no scores, no paths."""
    nlp = spacy.load(trained)
    for corpus in nlp.config["corpora"].values():
        corpus["path"] = None
    nlp.config["paths"].update(train=None, dev=None)
    nlp.meta.update(
        name=out.name,
        version="1.0.0",
        description="Finds names in transcripts of speech",
        license="see NOTICE",
    )
    nlp.meta.pop("performance", None)
    out.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)
    strip(nlp, out)


def strip(nlp: Language, path: Path) -> None:
    """Take every string of the training text out of a saved pipeline; the labels stay."""
    ner: Any = nlp.get_pipe("ner")
    keep = sorted({*ner.labels, *ner.move_names})
    (path / "vocab" / "strings.json").write_text(json.dumps(keep), encoding="utf8")


def require_same(before: Path, after: Path, sample: Path) -> None:
    """Stop unless the stripped pipeline finds just what the trained one found."""
    old, new = spacy.load(before), spacy.load(after)
    for doc in DocBin().from_disk(sample).get_docs(spacy.blank("en").vocab):
        found = [[(e.start_char, e.end_char, e.label_) for e in nlp(doc.text).ents] for nlp in (old, new)]
        if found[0] != found[1]:
            raise SystemExit(f"Stripping changed what {after} finds.")
