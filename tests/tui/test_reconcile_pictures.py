"""Pictures of the comparison and of what belongs to it: how it looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from qualbench.agreement.deciding import reopen
from qualbench.agreement.queue import read_queue
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from tests.tui.driving import settle

OPEN = "P01_baseline"

FIGURES = ["6", "percent_sign", "j", "j", "j"]
PICTURES: dict[str, tuple[list[str], tuple[int, int]]] = {
    "compare": (["6"], (120, 40)),
    "compare_narrow": (["6", "n", "n"], (80, 24)),
    "list_narrow": (["6", "tab", "j", "j"], (80, 24)),
    "redraw_narrow": (["6", "r"], (80, 24)),
    "settle": (["6", "t"], (80, 24)),
    "figures": (FIGURES, (120, 40)),
    "figures_narrow": ([*FIGURES, "o"], (80, 24)),
    "behind": ([*FIGURES, "enter"], (120, 40)),
}


@pytest.fixture
def undecided(own: Study) -> Study:
    """The demonstration as AB finds it, with the differences of one source open again."""
    for item in read_queue(own).items:
        if item.source == OPEN and item.decision is not None:
            reopen(own.by("AB"), item.decision.id)
    return own.by("AB")


def walked(keys: list[str], theme: str = "qualbench-dark") -> Callable[[Pilot[None]], object]:
    """Press keys, each after what the one before brings."""

    async def before(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return before


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, undecided: Study, snap_compare: Callable[..., bool]) -> None:
    keys, size = PICTURES[name]
    assert snap_compare(Workbench(undecided), terminal_size=size, run_before=walked(keys))


def test_picture_on_a_light_ground(undecided: Study, snap_compare: Callable[..., bool]) -> None:
    light = walked(["6"], "qualbench-light")
    assert snap_compare(Workbench(undecided), terminal_size=(120, 40), run_before=light)


def test_picture_of_nothing_to_compare(fresh: Study, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Workbench(fresh), terminal_size=(80, 24), run_before=walked(["6"]))


def test_picture_of_finishing(fresh: Study, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Workbench(fresh), terminal_size=(80, 24), run_before=walked(["Z"]))
