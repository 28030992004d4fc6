"""A merge against the bare UPDATE of its codings; a diff of two versions against reading their files."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.diff import diff_codebooks
from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import read_codebook_file
from qualbench.codebook.importing import import_entries
from qualbench.codebook.merging import merge_codes
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.codebook.yaml_writing import write_yaml
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study, create_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.study.tables import Coding, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources, read_source
from tests.bench.test_import import transcripts

__all__ = ["transcripts"]
CODINGS = 5_000  # of each of the two codes
MERGE_GOAL = 6.0
DIFF_GOAL = 1.0


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def coded(transcripts: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """60 transcripts with 5,000 codings of each of twelve codes, no two of a pair on the same words."""
    study = create_study(tmp_path_factory.mktemp("merge") / "study", coder="AB")
    set_up(study, "Bench")
    import_files(study, [transcripts / "txt"])
    import_entries(study, [CodeEntry(f"c{n}", None, "code", f"c{n}") for n in range(12)], "bench")
    chance = random.Random(3)
    lengths = {s.id: len(read_source(study, s.name).text) for s in list_sources(study)}
    share = CODINGS // len(lengths) + 1
    with change(study, "code", "Coded") as made:
        for n in range(12):
            rows = []
            for source_id, length in lengths.items():
                starts = sorted(chance.sample(range(0, length - 60, 60), share))
                rows += [(source_id, Span(s, s + chance.randint(20, 60)), f"c{n}") for s in starts]
            insert_codings(made, "AB", rows[:CODINGS])
    return study


def test_merge_against_the_bare_update(coded: Study) -> None:
    table = table_of(Coding)

    def bare(code: str) -> None:
        # some are on the same words as those of the other code, so they go to a code that has none
        with coded.engine.connect().execution_options(writing=True) as connection:
            moving = sa.update(table).where(table.c.code_id == code)
            connection.execute(moving.values(code_id=f"spare-{code}"))
            connection.commit()

    import_entries(coded, [CodeEntry(f"spare-c{n}", None, "code", f"spare {n}") for n in (6, 8, 10)], "bench")
    merged = [seconds(lambda n=n: merge_codes(coded, f"c{n}", f"c{n + 1}")) for n in (0, 2, 4)]
    updated = [seconds(lambda n=n: bare(f"c{n}")) for n in (6, 8, 10)]
    ratio = min(merged) / min(updated)
    print(f"\nmerge of {CODINGS:,} codings into {CODINGS:,}: {min(merged) * 1000:.0f} ms")
    print(f"the bare UPDATE: {min(updated) * 1000:.0f} ms; {ratio:.1f} times (goal {MERGE_GOAL})")


def test_diff_of_two_versions_against_reading_their_files(tmp_path: Path) -> None:
    chance = random.Random(5)
    words = ["fear", "trust", "forms", "work", "child", "visit", "court", "help", "worker", "home"]

    def text(length: int) -> str:
        return " ".join(chance.choices(words, k=length))

    old = [CodeEntry(f"t{n}", None, "theme", f"Theme {n}", text(40)) for n in range(15)]
    old += [
        CodeEntry(f"c{n}", f"t{n % 15}", "code", f"Code {n}", text(40), text(8), text(20), text(20), text(15))
        for n in range(285)
    ]
    new = [
        replace(entry, label=f"{entry.label} b", definition=text(40)) if n % 5 == 0 else entry
        for n, entry in enumerate(old)
    ]
    files = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
    for file, entries in zip(files, (old, new), strict=True):
        file.write_text(write_yaml(BookFile("bench", entries)), "utf-8")
    reading = min(seconds(lambda: [read_codebook_file(file) for file in files]) for _ in range(3))
    books = Codebook(old), Codebook(new)
    comparing = min(seconds(lambda: diff_codebooks(*books)) for _ in range(5))
    print(f"\ndiff of two versions of 300 codes: {comparing * 1000:.1f} ms")
    print(f"reading both files: {reading * 1000:.0f} ms; {comparing / reading:.3f} times (goal {DIFF_GOAL})")
    assert len(read_codebook_file(files[0])) == 300


def test_the_codebook_of_2000_codes_is_read(tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", coder="AB")
    set_up(study, "Bench")
    entries = [CodeEntry(f"c{n}", None, "code", f"c{n}", "What it means. " * 10) for n in range(2_000)]
    importing = seconds(lambda: import_entries(study, entries, "bench"))
    reading = min(seconds(lambda: read_codebook(study)) for _ in range(5))
    print(f"\nimport of 2,000 codes: {importing * 1000:.0f} ms; reading them: {reading * 1000:.0f} ms")
