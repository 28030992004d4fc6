"""Pictures of the codebook and of what belongs to it: how it looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from tests.tui.test_pictures import pressed

DOWN = ["j"] * 13
PICTURES: dict[str, tuple[list[str], tuple[int, int]]] = {
    "entry": (["5", *DOWN], (120, 40)),
    "entry_narrow": (["5", *DOWN], (80, 24)),
    "entry_form": (["5", *DOWN, "e"], (80, 24)),
    "retired": (["5", "slash", *"trust"], (120, 40)),
    "merge": (["5", *DOWN, "m"], (80, 24)),
    "theme_review": (["5", *DOWN, "enter"], (120, 40)),
    "theme_review_narrow": (["5", *DOWN, "enter", "y"], (80, 24)),
    "uncaptured": (["5", "w"], (80, 24)),
    "versions": (["5", "v", "j"], (120, 40)),
    "versions_narrow": (["5", "v", "j"], (80, 24)),
    "phases": (["p"], (120, 40)),
    "rereading": (["4", "right_square_bracket", "r"], (80, 24)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, own: Study, snap_compare: Callable[..., bool]) -> None:
    keys, size = PICTURES[name]
    assert snap_compare(Workbench(own.by("AB")), terminal_size=size, **pressed(keys))


@pytest.mark.parametrize("keys", [["5", *DOWN], ["5", "v", "j"]], ids=["codebook", "versions"])
def test_picture_on_a_light_ground(keys: list[str], own: Study, snap_compare: Callable[..., bool]) -> None:
    workbench = Workbench(own.by("AB"))
    assert snap_compare(workbench, terminal_size=(120, 40), **pressed(keys, "qualbench-light"))
