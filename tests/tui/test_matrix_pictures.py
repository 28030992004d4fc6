"""Pictures of the matrix and of what belongs to it: how it looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qualbench.coding.not_asked import mark_not_asked
from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from tests.tui.test_reconcile_pictures import walked

TREE = ["7", "r", *["a", "l", "l", "space", "l"], "enter"]
PICTURES: dict[str, tuple[list[str], tuple[int, int]]] = {
    "matrix": ([*TREE, "j", "j", "l"], (120, 40)),
    "matrix_narrow": ([*TREE, "j", "greater_than_sign"], (80, 24)),
    "blanks": (["7", "a", "T", "j", "j", "l", "l", "l", "l"], (120, 40)),
    "turned_shares": (["7", "t", "percent_sign", "down", "down", "enter", "j"], (80, 24)),
    "quotes": (["7", "n", *"quotes", "enter", "j"], (120, 40)),
    "behind": (["7", "j", "enter", "j"], (80, 24)),
    "export": (["7", "e"], (80, 24)),
}


@pytest.fixture
def asked(own: Study) -> Study:
    """The demonstration as AB finds it, with a theme that was not asked about in two sources."""
    mark_not_asked(own, ["IPS_team_focus_group_glasgow", "RC_interview"], ["getting-in"])
    return own.by("AB")


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, asked: Study, snap_compare: Callable[..., bool]) -> None:
    keys, size = PICTURES[name]
    assert snap_compare(Workbench(asked), terminal_size=size, run_before=walked(keys))


def test_picture_on_a_light_ground(asked: Study, snap_compare: Callable[..., bool]) -> None:
    light = walked([*TREE, "j"], "qualbench-light")
    assert snap_compare(Workbench(asked), terminal_size=(120, 40), run_before=light)


def test_picture_without_colour(
    asked: Study, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(Workbench(asked), terminal_size=(80, 24), run_before=walked(["7", "j", "l"]))


def test_picture_of_nothing_agreed_on(fresh: Study, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Workbench(fresh), terminal_size=(80, 24), run_before=walked(["7"]))
