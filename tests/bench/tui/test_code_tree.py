"""What a cursor move costs in the tree of 2,000 codes, against Textual's own tree of 500."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from statistics import median

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Tree

from qualbench.analysis.code_use import Use
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.study.database import Study, create_study
from qualbench.study.settings import set_up
from qualbench.tui.app import Workbench
from qualbench.tui.widgets.code_tree import CodeTree
from tests.bench.tui.metering import Cost, MeteringDriver, cpu_of, press, rest, told
from tests.tui.driving import work_done

GOAL = 2.0  # times the cursor move of the plain tree
CODES, NODES = 2_000, 500
ROUNDS, KEYS = 9, 10  # the plain tree has no more rows to go down


def entries() -> list[CodeEntry]:
    """A codebook of 2,000: themes with sub-themes, and below those codes."""
    made: list[CodeEntry] = []
    for theme in range(20):
        made.append(CodeEntry(f"t{theme}", None, "theme", f"Theme {theme}", colour="#0072B2"))
        for sub in range(9):
            made.append(CodeEntry(f"t{theme}s{sub}", f"t{theme}", "subtheme", f"Sub-theme {sub}"))
            made += [
                CodeEntry(f"t{theme}s{sub}c{n}", f"t{theme}s{sub}", "code", f"What is said of {n}, {sub}")
                for n in range(10)
            ]
    return made[:CODES]


class Codes(App[None]):
    """The tree of codes in an app of its own."""

    BINDINGS = [("down", "down"), ("pagedown", "page_down")]  # noqa: RUF012 (Textual's own form)

    def compose(self) -> ComposeResult:
        """Show the tree."""
        yield CodeTree()

    def on_mount(self) -> None:
        """Fill it."""
        book = Codebook(entries())
        tree = self.query_one(CodeTree)
        tree.show_book(book)
        names = [f"P{n:02}" for n in range(30)]
        tree.show_uses(
            {
                entry.id: Use(n % 90, frozenset(names[: n % 30]), frozenset(names[: n % 20]))
                for n, entry in enumerate(book.by_id.values())
            }
        )
        tree.focus()

    def action_down(self) -> None:
        """Move the cursor down."""
        self.query_one(CodeTree).step(1)

    def action_page_down(self) -> None:
        """Move the cursor down a page."""
        self.query_one(CodeTree).step_page(1)


class Plain(App[None]):
    """Textual's own tree."""

    def compose(self) -> ComposeResult:
        """Show the tree."""
        yield Tree("Codes")

    def on_mount(self) -> None:
        """Fill it."""
        tree = self.query_one(Tree)
        tree.root.expand()
        for theme in range(NODES // 25):
            node = tree.root.add(f"Theme {theme}", expand=True)
            for n in range(24):
                node.add_leaf(f"What is said of {n}")
        tree.focus()


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """A study with that codebook."""
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "home"))
    made = create_study(tmp_path / "study", coder="AB")
    set_up(made, "A study")
    import_entries(made, entries(), "test")
    yield made
    made.close()


@asynccontextmanager
async def running(*apps: App[None]) -> AsyncIterator[None]:
    """Run two apps side by side."""
    first, second = apps
    for app in apps:
        app.driver_class = MeteringDriver
    async with (
        first.run_test(headless=False, size=(120, 40)),
        second.run_test(headless=False, size=(120, 40)),
    ):
        await rest(first)
        await rest(second)
        yield


async def test_a_cursor_move_in_the_whole_screen(study: Study) -> None:
    # The entry is read and drawn too, once the cursor rests: no goal for it.
    app = Workbench(study)
    app.driver_class = MeteringDriver
    async with app.run_test(headless=False, size=(120, 40)):
        await press(app, "5")
        costs: dict[int, list[Cost]] = {1: [], 20: []}
        for keys, found in costs.items():
            for _ in range(KEYS):
                await work_done(app)
                await rest(app)
                found.append(await press(app, *["down"] * keys))
    for keys, found in costs.items():
        print("\n" + told(f"whole screen, {keys} x down at once", found))


async def test_a_cursor_move_in_2000_codes_against_a_plain_tree_of_500() -> None:
    apps = (Codes(), Plain())
    costs: dict[str, list[list[list[Cost]]]] = {}
    async with running(*apps):
        assert len(apps[0].query_one(CodeTree).rows) == CODES
        for key in ("down", "pagedown"):
            costs[key] = [[], []]
            for _ in range(ROUNDS):
                for app, mine in zip(apps, costs[key], strict=True):
                    mine.append([await press(app, key) for _ in range(KEYS if key == "down" else 1)])
                    assert all(cost.written for cost in mine[-1])
    for key, (ours, theirs) in costs.items():
        ratio = median(cpu_of(a) / cpu_of(b) for a, b in zip(ours, theirs, strict=True))
        print("\n" + told(f"{key}, our tree", list(chain(*ours))))
        print(told(f"{key}, plain tree", list(chain(*theirs))))
        print(f"{key}: {ratio:.2f} x (goal {GOAL} for a move)")
        assert key != "down" or ratio <= GOAL
