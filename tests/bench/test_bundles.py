"""A bundle of a thousand codings and a thousand memos: made, written, read and merged; then merged again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.exchange.bundles.files import read_bundle, write_bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.backups import backup, restore
from qualbench.study.database import create_study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder, set_up
from qualbench.study.tables import Memo, new_id, now
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources, read_source
from tests.bench.test_import import transcripts

__all__ = ["transcripts"]
CODINGS = 1_000
GOAL = 2.0  # seconds, for each of the two merges


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def test_a_thousand_codings_come_at_once(transcripts: Path, tmp_path: Path) -> None:
    here = create_study(tmp_path / "study", coder="AB")
    set_up(here, "Bench")
    add_coder(here, "CD")
    import_files(here, [transcripts / "txt"])
    import_entries(here, [CodeEntry(f"c{n}", None, "code", f"c{n}") for n in range(40)], "bench")
    backup(here, tmp_path / "kept.db")
    there = restore(tmp_path / "kept.db", tmp_path / "laptop", coder="CD")
    chance = random.Random(3)
    lengths = {s.id: len(read_source(there, s.name).text) for s in list_sources(there)}
    for n in range(CODINGS):  # a change each, as somebody at work makes them
        source_id, length = chance.choice(list(lengths.items()))
        start = chance.randrange(length - 60)
        with change(there, "code", "Coded") as made:
            (coding,) = insert_codings(made, "CD", [(source_id, Span(start, start + 60), f"c{n % 40}")])
        with change(there, "memo", "Wrote a memo") as made:
            about = {"about": "coding", "source_id": source_id, "coding_id": coding}
            written = {"created_by": "CD", "created_at": now(), "changed_at": now()}
            made.insert(Memo, [{"id": new_id(), **about, "text": "Why?", **written}])
    file = tmp_path / "cd.bundle"
    making = seconds(lambda: write_bundle(there, make_bundle(there), file))
    merging = seconds(lambda: merge_bundle(here, read_bundle(here, file)))
    again = seconds(lambda: merge_bundle(here, read_bundle(here, file)))
    print(
        f"\n{CODINGS} codings, {CODINGS} memos, {file.stat().st_size / 1e3:.0f} kB: made in {making:.2f} s, "
        f"merged in {merging:.2f} s, again in {again:.2f} s (goal {GOAL} s)"
    )
    assert max(merging, again) < GOAL
