"""Import of 60 transcripts of 10,000 words: .txt against its floor, .docx against python-docx."""

from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import docx
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
TXT_GOAL = 10.0
DOCX_GOAL = 1.5
ROUNDS = 5


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `txt` with 60 files of 10,000 words in turns of 5 to 60 words, and `docx` with the same."""
    folder = tmp_path_factory.mktemp("transcripts")
    chance = random.Random(7)
    for kind in ("txt", "docx"):
        (folder / kind).mkdir()
    for n in range(60):
        turns, left = [], 10_000
        while left > 0:
            size = min(left, chance.randint(5, 60))
            label = "I" if len(turns) % 2 == 0 else "P07"
            turns.append((label, f"{' '.join(chance.choices(WORDS, k=size))}."))
            left -= size
        (folder / "txt" / f"t{n:02}.txt").write_text("\n\n".join(f"{who}: {said}" for who, said in turns))
        document = docx.Document()
        for who, said in turns:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{who}:").bold = True
            paragraph.add_run(f"\t{said}")
        document.save(str(folder / "docx" / f"t{n:02}.docx"))
    return folder


def imported(folder: Path, study_folder: Path) -> float:
    """Seconds to import a folder into a new study."""
    study = create_study(study_folder, coder="AB")
    set_up(study, "Bench")
    began = time.perf_counter()
    report = import_files(study, [folder])
    taken = time.perf_counter() - began
    study.close()
    assert len(report.imported) == 60
    return taken


def compare(what: str, folder: Path, study_folder: Path, least: Callable[[Path], float], goal: float) -> None:
    """Print import against its measure, taken in turns."""
    pairs = []
    for n in range(ROUNDS):
        pairs.append((imported(folder, study_folder / f"study{n}"), least(folder)))
    ours, theirs = (sorted(column)[ROUNDS // 2] for column in zip(*pairs, strict=True))
    rounds = ", ".join(f"{a / b:.1f}" for a, b in pairs)
    print(
        f"\nimport of 60 {what}: {ours:.2f} s, measure {theirs * 1000:.0f} ms, "
        f"ratio of medians {ours / theirs:.1f} (goal {goal}; rounds {rounds})"
    )


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


def bare_paragraphs(folder: Path) -> float:
    """Seconds that python-docx needs to deliver the paragraphs."""
    began = time.perf_counter()
    for file in sorted(folder.iterdir()):
        assert [paragraph.text for paragraph in docx.Document(str(file)).paragraphs]
    return time.perf_counter() - began


def test_txt_against_its_floor(transcripts: Path, tmp_path: Path) -> None:
    database = tmp_path / "floor.db"

    def least(folder: Path) -> float:
        database.unlink(missing_ok=True)
        return floor(folder, database)

    compare(".txt", transcripts / "txt", tmp_path, least, TXT_GOAL)


def test_docx_against_the_bare_paragraphs(transcripts: Path, tmp_path: Path) -> None:
    compare(".docx", transcripts / "docx", tmp_path, bare_paragraphs, DOCX_GOAL)
