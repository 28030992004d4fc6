"""Searches of 4 MB of text against a compiled regular expression over the same text in memory."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qualbench.coding.search.hits import search
from qualbench.study.database import Study, create_study
from qualbench.study.fulltext import fill, is_current
from qualbench.study.settings import set_up
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources, read_source

GOAL = 1.0
ROUNDS = 7
SOURCES, WORDS = 60, 9_500

# What is put among made-up words, with how often it stands there.
PLANTED = {
    "forms": 400,
    "bus": 400,
    "health visitor": 300,
    "refer": 60,
    "referred": 150,
    "referral": 120,
    "murder": 30,
    "school": 4_000,
    "the": 30_000,
    "forms on the bus": 40,
}
# A search, the regular expression that finds the same (case ignored), whether each hit is a match of it.
SEARCHES = {
    "a rare word": ("murder", r"\bmurder\b", True),
    "a word": ("bus", r"\bbus\b", True),
    "a phrase": ('"health visitor"', r"\bhealth\W+visitor\b", True),
    "a prefix": ("refer*", r"\brefer\w*", True),
    "near": ("forms NEAR/5 bus", r"\bforms\W+(?:\w+\W+){0,5}?bus\b|\bbus\W+(?:\w+\W+){0,5}?forms\b", False),
    "two words": ("forms bus", r"\bforms\b|\bbus\b", False),
    "fuzzy": ("vistior~", r"\bvisitor\b", False),
    "a word in most turns": ("school", r"\bschool\b", True),
    "the commonest word": ("the", r"\bthe\b", True),
    "a regular expression": ("/refer\\w+ed\\b/", r"refer\w+ed\b", True),
}


@dataclass
class Bench:
    """A study of 4 MB, how long its index took to build, and its texts."""

    study: Study
    building: float
    texts: list[str]


def transcripts(folder: Path) -> Path:
    """A folder of 60 interviews of 9,500 words, as frequent as words are (Zipf), in turns of 5 to 80."""
    chance = random.Random(11)
    made_up = {"".join(chance.choices("etaoinshrdluc", k=chance.randint(2, 9))) for _ in range(14_000)}
    made_up -= {word for words in PLANTED for word in words.split()}
    vocabulary = sorted(made_up)
    chance.shuffle(vocabulary)
    frequency = [1 / (rank + 4) for rank in range(len(vocabulary))]
    words = chance.choices(vocabulary, frequency, k=SOURCES * WORDS - sum(PLANTED.values()))
    words += [planted for planted, times in PLANTED.items() for _ in range(times)]
    chance.shuffle(words)
    folder.mkdir()
    for n in range(SOURCES):
        left, turns = words[n * WORDS : (n + 1) * WORDS], []
        while left:
            size = chance.randint(5, 80)
            turns.append(f"{('I', 'P07')[len(turns) % 2]}: {' '.join(left[:size]).capitalize()}; it’s so.")
            left = left[size:]
        (folder / f"t{n:02}.txt").write_text("\n\n".join(turns), "utf-8")
    return folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The study on each kind of database."""
    folder = tmp_path_factory.mktemp("search")
    address = None
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres").replace("postgresql://", "postgresql+psycopg://")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        study = create_study(folder / "study", coder="AB", database=address)
        set_up(study, "Bench")
        import_files(study, [transcripts(folder / "files")])
    began = time.perf_counter()
    assert fill(study)
    building = time.perf_counter() - began
    texts = [read_source(study, source.name).text for source in list_sources(study)]
    yield Bench(study, building, texts)
    study.close()


def test_search_against_a_regular_expression(bench: Bench) -> None:
    with bench.study.read() as db:
        assert is_current(db)
    kind = "SQLite" if bench.study.on_sqlite else "PostgreSQL"
    print(f"\n{kind}: {sum(map(len, bench.texts)) / 1e6:.1f} MB, index built in {bench.building:.1f} s")
    for name, (query, expression, same) in SEARCHES.items():
        compiled = re.compile(expression, re.IGNORECASE)
        pairs = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            hits = search(bench.study, query)
            middle = time.perf_counter()
            matches = sum(len(compiled.findall(text)) for text in bench.texts)
            pairs.append((middle - began, time.perf_counter() - middle))
        assert hits and (not same or len(hits) == matches)
        ours, floor = (sorted(column)[ROUNDS // 2] for column in zip(*pairs, strict=True))
        print(
            f"{name:>22}: {len(hits):>6} hits, {ours * 1000:6.1f} ms, expression {floor * 1000:6.1f} ms, "
            f"{ours / floor:.2f} x (goal {GOAL})"
        )
