"""The coding screen, metered: keys in a long, much coded interview, without codings, in a TextArea.

CPU is that of the process from the event of a key until the app is at rest, output encoded and counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

import pytest
from textual.app import App, ComposeResult
from textual.widgets import TextArea

from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.transcripts.sources import read_source
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.widgets.source_pane import shown_blocks
from qualbench.tui.widgets.transcript_rows import ShownCoding
from qualbench.tui.widgets.transcript_view import TranscriptView
from tests.bench.tui.metering import Cost, MeteringDriver, cpu_of, press, rest, told
from tests.bench.tui.studies import NAME, UNUSED, interview, made_study

WITH_SPANS_GOAL = 1.3  # times the caret move in the same text without spans
LONG_GOAL = 1.3  # times the caret move in a fifth of the text
CARET_GOAL, PAGE_GOAL = 0.4, 1.0  # times those of the TextArea
BYTES_GOAL = 1_500
ROUNDS, KEYS = 11, 10
STUDIES = {"coded": (20_000, 2_000), "bare": (20_000, 0), "long": (100_000, 10_000)}
MOVES = ("right", "down")


class Area(App[None]):
    """A read-only TextArea, wrapped, without highlights, in an app of its own."""

    def compose(self) -> ComposeResult:
        """Show the interview."""
        area = TextArea(interview(STUDIES["coded"][0]), read_only=True, soft_wrap=True)
        area.cursor_blink = False  # it would write by itself
        yield area


class Alone(App[None]):
    """The transcript in an app of its own, as the TextArea is, without what names the codes beside it."""

    BINDINGS = [("right", "right"), ("down", "down")]  # noqa: RUF012 (Textual's own form)

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.source, self.codings = read_source(study, NAME), list_codings(study, source=NAME)

    def compose(self) -> ComposeResult:
        """Show the interview and its codings."""
        yield TranscriptView()

    def on_mount(self) -> None:
        """Fill it."""
        shown = [ShownCoding(c.id, c.span, c.code, c.code, "a", "#0072B2") for c in self.codings]
        self.view.show(self.source.text, shown_blocks(self.source), shown)
        self.view.focus()

    @property
    def view(self) -> TranscriptView:
        """The transcript."""
        return self.query_one(TranscriptView)

    def action_right(self) -> None:
        """Move a character to the right."""
        self.view.step(1)

    def action_down(self) -> None:
        """Move a row down."""
        self.view.step_rows(1)


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write for a terminal of 24 bit colours: the most bytes there are."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Study]]:
    """The interview with codings, without, and five times as long."""
    folder = tmp_path_factory.mktemp("screen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        made = {name: made_study(folder / name, *size) for name, size in STUDIES.items()}
    yield made
    for study in made.values():
        study.close()


@asynccontextmanager
async def running(*apps: App[None]) -> AsyncIterator[None]:
    """Run apps side by side, the workbench with its interview open; what is printed meanwhile is lost."""
    async with AsyncExitStack() as stack:
        for app in apps:
            app.driver_class = MeteringDriver
            await stack.enter_async_context(app.run_test(headless=False, size=(120, 40)))
            await rest(app)
            if isinstance(app, Workbench):
                app.open_source(NAME)
                await rest(app)
        yield


def screen_of(app: App[None]) -> CodeScreen:
    assert isinstance(app.screen, CodeScreen)
    return app.screen


async def stand(app: App[None], where: float) -> None:
    """Put the caret some rows below the top of the view.

    Args:
        app: The workbench or the `Area`.
        where: At which part of the text, 0 to 1.
    """
    if isinstance(app, Area):
        area = app.query_one(TextArea)
        area.move_cursor((round(area.document.line_count * where), 0))
    else:
        view = app.view if isinstance(app, Alone) else screen_of(app).transcript
        block = view.blocks[round(len(view.blocks) * where)]
        view.move_to(block.start)
        view.scroll_to(y=view._page.layout.row_at(block.start) - 5, animate=False)
    await rest(app)


async def in_turns(apps: Sequence[App[None]], *keys: str) -> list[list[list[Cost]]]:
    """Press keys in each app by turns, every round at another place; give the costs by app and round."""
    costs: list[list[list[Cost]]] = [[] for _ in apps]
    for n in range(ROUNDS):
        for app, mine in zip(apps, costs, strict=True):
            await stand(app, 0.05 + 0.5 * n / ROUNDS)
            mine.append([await press(app, *keys) for _ in range(KEYS)])
            assert all(cost.written for cost in mine[-1])
    return costs


def compare(what: str, costs: Sequence[Sequence[Sequence[Cost]]], goal: float) -> float:
    """Print the CPU of the first app against the second's, and give the median ratio of the rounds."""
    ours, theirs = costs
    ratio = median(cpu_of(a) / cpu_of(b) for a, b in zip(ours, theirs, strict=True))
    a, b = (median(map(cpu_of, rounds)) for rounds in costs)
    print(f"\n{what}: {a:.1f} ms of CPU against {b:.1f} ms, {ratio:.2f} x (goal {goal})")
    return ratio


@pytest.mark.parametrize("key", MOVES)
async def test_a_caret_move_with_spans_against_without(studies: Mapping[str, Study], key: str) -> None:
    apps = [Alone(studies["coded"]), Alone(studies["bare"])]
    async with running(*apps):
        costs = await in_turns(apps, key)
    assert compare(f"{key}, transcript, 2,000 spans against none", costs, WITH_SPANS_GOAL) <= WITH_SPANS_GOAL


@pytest.mark.parametrize("key", MOVES)
async def test_the_same_in_the_whole_screen(studies: Mapping[str, Study], key: str) -> None:
    # Down comes to other codes at every step, which status row and list then name: no goal for it.
    apps = [Workbench(studies["coded"]), Workbench(studies["bare"])]
    async with running(*apps):
        costs = await in_turns(apps, key)
    ratio = compare(f"{key}, whole screen, 2,000 spans against none", costs, WITH_SPANS_GOAL)
    assert key == "down" or ratio <= WITH_SPANS_GOAL


@pytest.mark.parametrize("key", MOVES)
async def test_a_caret_move_in_five_times_the_text(studies: Mapping[str, Study], key: str) -> None:
    apps = [Workbench(studies["long"]), Workbench(studies["coded"])]
    async with running(*apps):
        costs = await in_turns(apps, key)
    assert compare(f"{key}, 100,000 words against 20,000", costs, LONG_GOAL) <= LONG_GOAL


@pytest.mark.parametrize(("key", "goal"), [("right", CARET_GOAL), ("down", None), ("pagedown", PAGE_GOAL)])
async def test_the_whole_screen_against_a_text_area(
    studies: Mapping[str, Study], key: str, goal: float | None
) -> None:
    apps = [Workbench(studies["coded"]), Area()]
    async with running(*apps):
        costs = await in_turns(apps, key)
    ratio = compare(f"{key}, whole screen against a TextArea", costs, goal or CARET_GOAL)
    assert goal is None or ratio <= goal


@pytest.mark.parametrize("key", MOVES)
async def test_the_transcript_against_a_text_area(studies: Mapping[str, Study], key: str) -> None:
    apps = [Alone(studies["coded"]), Area()]
    async with running(*apps):
        costs = await in_turns(apps, key)
    assert compare(f"{key}, transcript against a TextArea", costs, CARET_GOAL) <= CARET_GOAL


@pytest.mark.parametrize("key", MOVES)
async def test_bytes_of_a_caret_move(studies: Mapping[str, Study], key: str) -> None:
    app = Workbench(studies["coded"])
    async with running(app):
        (costs,) = await in_turns([app], key)
    moves = [cost for of_round in costs for cost in of_round]
    print(f"\n{told(key, moves)}, goal {BYTES_GOAL:,} bytes")
    assert median(cost.written for cost in moves) <= BYTES_GOAL


async def test_what_other_keys_cost(studies: Mapping[str, Study]) -> None:
    app = Workbench(studies["coded"])
    lines = []

    async def meter(what: str, *keys: str, before: Sequence[str] = (), after: Sequence[str] = ()) -> None:
        costs = []
        for n in range(ROUNDS):
            await stand(app, 0.3 + 0.02 * n)
            for key in before:
                await press(app, key)
            costs.append(await press(app, *keys))
            for key in after:
                await press(app, key)
        lines.append(told(what, costs))

    async with running(app):
        screen_of(app).last = [UNUSED]
        codings = len(screen_of(app).pane.codings)
        await meter("w: to the next word", "w")
        await meter("] c: to the next coding", "]", "c")
        await meter("ctrl+d: page down", "ctrl+d")
        await meter(
            "j at the foot of the view: scrolls", "j", before=["ctrl+d", *"jjjjjjjjjjjjjjjjjjjjjjjjjjjjjj"]
        )
        await meter("s: select the sentence", "s", after=["escape"])
        await meter("l: extend a selection", "l", before="v", after=["escape"])
        await meter(".: apply a code to the sentence", ".")
        assert len(screen_of(app).pane.codings) == codings + ROUNDS
        await meter("u: undo", "u")
        await meter("ctrl+r: redo", "ctrl+r")
        await meter("c: open the picker", "c", after=["escape"])
        await meter("esc: close the picker", "escape", before="c")
    print("\n" + "\n".join(lines))


def test_first_paint_of_the_source(studies: Mapping[str, Study]) -> None:
    paints: dict[str, list[dict[str, float]]] = {"at-once": [], "from-study": []}
    for _ in range(7):
        for how, found in paints.items():
            command = [sys.executable, "-m", "tests.bench.tui.first_paint", str(studies["coded"].folder), how]
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3]
            )
            found.append(json.loads(done.stdout.splitlines()[-1]))
    for how, found in paints.items():
        wall, cpu = (median(paint[what] for paint in found) for what in ("wall", "cpu"))
        print(f"\nfirst paint of the source, {how}: {wall:.0f} ms after the app's start, {cpu:.0f} ms of CPU")
