"""Looking through 13,000 words: against the bare recogniser on the same text, and in seconds."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from qualbench.redaction.capitals import has_no_capitals
from qualbench.redaction.detectors import lines_of, suggest
from qualbench.redaction.measuring import label_spans
from qualbench.redaction.recogniser import recognise

FILE = Path(__file__).parents[1] / "data" / "british.jsonl"
GOAL = 1.4  # times the bare recogniser
SECONDS = 3.0  # for 10,000 words, after start-up
ROUNDS = 9


def timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def test_all_detectors_against_the_bare_recogniser() -> None:
    texts = [json.loads(line)["text"] for line in FILE.read_text("utf-8").splitlines()]
    cased = [(text, label_spans(text)) for text in texts if not has_no_capitals(text)]
    words = sum(len(text.split()) for text, _ in cased)

    def everything() -> None:
        for text, labels in cased:
            suggest(text, {}, labels)

    def bare() -> None:
        for text, labels in cased:
            list(recognise(text, lines_of(text, labels), lower=False))

    everything()
    rounds = [(timed(everything), timed(bare)) for _ in range(ROUNDS)]
    ratio = statistics.median(whole / least for whole, least in rounds)
    seconds = statistics.median(whole for whole, _ in rounds) * 10_000 / words
    print(f"\n{words:,} words: {ratio:.2f} x the bare recogniser (goal {GOAL})")
    print(f"{seconds:.2f} s for 10,000 words (goal {SECONDS})")
