"""Import of 60 transcripts of 10,000 words against the least that any import must do."""

from __future__ import annotations

import random
import re
import sqlite3
import time
from pathlib import Path

import pytest

from qualbench.study.database import create_study
from qualbench.study.settings import set_up
from qualbench.transcripts.importing import import_files

WORDS = [
    "and",
    "then",
    "the",
    "health",
    "visitor",
    "came",
    "round",
    "again",
    "because",
    "I",
    "had",
    "not",
    "heard",
    "since",
    "we",
    "moved",
]
GOAL = 15


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 files of 10,000 words in turns of 5 to 60 words."""
    folder = tmp_path_factory.mktemp("transcripts")
    chance = random.Random(7)
    for n in range(60):
        lines, left = [], 10_000
        while left > 0:
            size = min(left, chance.randint(5, 60))
            label = "I" if len(lines) % 2 == 0 else "P07"
            lines.append(f"{label}: {' '.join(chance.choices(WORDS, k=size))}.")
            left -= size
        (folder / f"t{n:02}.txt").write_text("\n\n".join(lines))
    return folder


def floor(folder: Path, database: Path) -> float:
    """Read the files, match one label expression on every line, insert the turns in one executemany."""
    began = time.perf_counter()
    label = re.compile(r"([A-Z]\w{0,9}):\s+(.*)")
    rows = []
    for n, file in enumerate(sorted(folder.iterdir())):
        position = 0
        for line in file.read_text("utf-8").split("\n"):
            match = label.match(line)
            if match:
                rows.append((n, len(rows), position + match.start(2), position + len(line), match[1]))
            position += len(line) + 1
    with sqlite3.connect(database) as db:
        db.execute("CREATE TABLE turn (source INT, n INT, start INT, stop INT, label TEXT)")
        db.executemany("INSERT INTO turn VALUES (?, ?, ?, ?, ?)", rows)
    db.close()
    return time.perf_counter() - began


def test_import_against_its_floor(transcripts: Path, tmp_path: Path) -> None:
    ratios = []
    for n in range(5):
        least = floor(transcripts, tmp_path / f"floor{n}.db")
        study = create_study(tmp_path / f"study{n}", coder="AB")
        set_up(study, "Bench")
        began = time.perf_counter()
        report = import_files(study, [transcripts])
        taken = time.perf_counter() - began
        study.close()
        assert len(report.imported) == 60
        ratios.append(taken / least)
        print(f"\nimport {taken:.3f} s, floor {least * 1000:.0f} ms, ratio {taken / least:.1f} (goal {GOAL})")
    print(f"median ratio {sorted(ratios)[2]:.1f}")
