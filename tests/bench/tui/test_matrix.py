"""The matrix of 300 codes by 60 sources: from the key to the painted screen, and moving from cell to cell.

CPU is that of the process with all its threads, so that other work of the machine does not count; wall is
printed beside it. A cursor move is held against one in Textual's own table of as many cells.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study, create_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from qualbench.tui.app import Workbench
from qualbench.tui.matrix_shown import Look
from qualbench.tui.memory import write_matrix
from tests.bench.tui.metering import Cost, MeteringDriver, cpu_of, press, rest, told
from tests.bench.tui.studies import interview
from tests.bench.tui.test_comparison import until_painted

SOURCES, CODES, CODINGS, WORDS = 60, 300, 200, 2_000
OPENING_GOAL = 800.0  # milliseconds, the counting of all codings included
MOVE_GOAL = 0.6  # times the cursor move of the plain table
ROUNDS, KEYS = 5, 10
MOVES = ("down", "right", "pagedown", "greater_than_sign")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """60 interviews of 2,000 words with 60 people, 300 codes, 12,000 codings by AB."""
    folder = tmp_path_factory.mktemp("matrix")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        made = _made(folder)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def looked_at(study: Study) -> None:
    """All codes by all sources were looked at last."""
    write_matrix(study, Look().asking(rows="codes", columns=("source",), layer="AB").kept())


def _made(folder: Path) -> Study:
    (folder / "files").mkdir()
    text = interview(WORDS)
    for n in range(SOURCES):
        (folder / "files" / f"P{n:02}_interview.txt").write_text(text.replace("P07:", f"P{n:02}:"), "utf-8")
    people = [f"P{n:02},,Parent" for n in range(SOURCES)]
    (folder / "people.csv").write_text("\n".join(["id,family,stakeholder", *people]))
    study = create_study(folder / "study", coder="AB")
    set_up(study, "Bench")
    import_participants(study, folder / "people.csv")
    import_files(study, [folder / "files"], duplicates="keep")
    codes = [CodeEntry(f"c{n}", None, "code", f"What is said of {n}") for n in range(CODES)]
    import_entries(study, codes, "bench")
    chance = random.Random(11)
    with change(study, "code", "Coded") as changed:
        rows = []
        for source in list_sources(study):
            length = len(read_source(study, source.name).text)
            rows += [
                (source.id, Span(start, start + chance.randint(40, 400)), f"c{chance.randrange(CODES)}")
                for start in chance.sample(range(length - 400), CODINGS)
            ]
        insert_codings(changed, "AB", rows)
    return study


class Plain(App[None]):
    """Textual's own table."""

    def compose(self) -> ComposeResult:
        """Show the table."""
        yield DataTable(fixed_columns=1, cursor_type="cell")

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(DataTable)
        table.add_columns("code", *(f"P{n:02}_interview" for n in range(SOURCES)))
        for n in range(CODES):
            table.add_row(f"What is said of {n}", *(str((n + m) % 7) for m in range(SOURCES)))
        table.move_cursor(row=0, column=1)
        table.focus()


async def test_opening_the_matrix(study: Study) -> None:
    opened = []
    for _ in range(ROUNDS):
        app = Workbench(study)
        app.driver_class = MeteringDriver
        async with app.run_test(headless=False, size=(120, 40)):
            await rest(app)
            opened.append(await until_painted(app, "7", "Codes by source"))
    print(f"\n{CODES} codes by {SOURCES} sources, {SOURCES * CODINGS:,} codings")
    print(told("7: opening the matrix", opened))
    assert cpu_of(opened) <= OPENING_GOAL


async def test_moving_from_cell_to_cell_against_a_plain_table(study: Study) -> None:
    ours, theirs = Workbench(study), Plain()
    costs: dict[str, tuple[list[Cost], list[Cost]]] = {}
    for app in (ours, theirs):
        app.driver_class = MeteringDriver
    async with (
        ours.run_test(headless=False, size=(120, 40)),
        theirs.run_test(headless=False, size=(120, 40)),
    ):
        await until_painted(ours, "7", "Codes by source")
        await rest(theirs)
        for key in MOVES:
            costs[key] = [], []
            for _ in range(ROUNDS):
                for app, found in zip((ours, theirs), costs[key], strict=True):
                    found += [await press(app, key) for _ in range(KEYS)]
    for key, (mine, plain) in costs.items():
        print("\n" + told(f"{key}, the matrix", mine))
        if key == "greater_than_sign":
            continue  # a plain table has no such key
        ratio = cpu_of(mine) / cpu_of(plain)
        print(told(f"{key}, a plain table", plain))
        print(f"{key}: {ratio:.2f} x (goal {MOVE_GOAL} for a move)")
        assert key == "pagedown" or ratio <= MOVE_GOAL
