"""Opening the comparison of a long interview that two have coded: from the key to the painted screen.

CPU is that of the process with all its threads, so that other work of the machine does not count; wall is
printed beside it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator

import pytest

from qualbench.agreement.finishing import finish
from qualbench.coding.codings import list_codings
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources
from qualbench.tui.app import Workbench
from tests.bench.tui.metering import Cost, MeteringDriver, cpu_of, driver_of, press, rest, told
from tests.bench.tui.studies import NAME, made_study
from tests.tui.driving import work_done

GOAL = 300.0  # milliseconds
WORDS, CODINGS = 20_000, 1_000
ROUNDS, KEYS = 7, 10


@pytest.fixture(scope="module")
def doubly_coded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The interview with as many codings by CD: a third of AB's as they are, a third with other edges, a
    third under other codes; both have finished."""
    folder = tmp_path_factory.mktemp("comparison") / "bench"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder.parent / "home"))
        study = made_study(folder, WORDS, CODINGS)
        add_coder(study, "CD")
        chance = random.Random(5)
        own = list_codings(study)
        codes = sorted({coding.code for coding in own})
        (source,) = list_sources(study)
        rows = []
        for n, coding in enumerate(own):
            span, code = Span(coding.start, coding.end), coding.code
            if n % 3 == 1:
                span = Span(span.start, span.end - chance.randint(1, 30))
            elif n % 3 == 2:
                code = chance.choice(codes)
            rows.append((source.id, span, code))
        with change(study.by("CD"), "code", "Coded") as made:
            insert_codings(made, "CD", rows)
        for coder in (study, study.by("CD")):
            finish(coder, [NAME])
    yield study
    study.close()


async def until_painted(app: Workbench, key: str, words: str) -> Cost:
    """Press a key and meter it until the screen is painted that holds some words, the reading included."""
    driver = driver_of(app)
    MeteringDriver.awaited, driver.found = words, None
    written, began, cpu = driver.written, time.perf_counter(), time.process_time()
    await press(app, key)
    while driver.found is None:
        await asyncio.sleep(0.005)
    await work_done(app)
    await rest(app)
    MeteringDriver.awaited = None
    spent = time.process_time() - cpu
    return Cost(spent * 1000, (driver.wrote_at - began) * 1000, driver.written - written)


async def test_opening_the_comparison(doubly_coded: Study) -> None:
    opened, steps = [], []
    for _ in range(ROUNDS):
        app = Workbench(doubly_coded)
        app.driver_class = MeteringDriver
        async with app.run_test(headless=False, size=(120, 40)):
            await rest(app)
            opened.append(await until_painted(app, "6", "A AB"))
            steps += [await press(app, "n") for _ in range(KEYS)]
    print(f"\n{WORDS:,} words with 2 x {len(list_codings(doubly_coded)):,} codings")
    print(told("6: opening the comparison", opened))
    print(told("n: to the next difference", steps))
    assert cpu_of(opened) <= GOAL
