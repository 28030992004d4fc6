"""Finishing: what two coded alike goes to the agreed layer by itself, once the second has finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.finishing import finish
from qualbench.coding.blind import log_in_view
from qualbench.coding.progress import reopen
from qualbench.coding.undoing import undo
from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.settings import add_coder
from tests.agreement.pairs import JUDGE, LONG, agreed, coded
from tests.builders import small_study


@pytest.fixture
def alike(study: Study, tmp_path: Path) -> Study:
    small_study(study, tmp_path / "files")
    add_coder(study, "EF")
    for coder in ("AB", "CD", "EF"):
        coded(study, coder, "P07_f", LONG, "forms")
    for coder in ("AB", "EF"):
        coded(study, coder, "P07_b", JUDGE, "judged")
    return study


def test_the_second_to_finish_fills_it_and_nobody_twice(alike: Study) -> None:
    first = finish(alike, ["P07_f", "P07_b"])
    assert (first.sources, first.taken) == (["P07_f", "P07_b"], {})
    assert agreed(alike) == []
    second = finish(alike.by("CD"), ["P07_f"])
    assert (second.sources, second.taken) == (["P07_f"], {("AB", "CD"): 1})
    assert agreed(alike) == [("P07_f", "forms", LONG)]
    third = finish(alike.by("EF"), ["P07_f", "P07_b"])
    assert third.taken == {("AB", "EF"): 1, ("CD", "EF"): 0}
    assert agreed(alike) == [("P07_b", "judged", JUDGE), ("P07_f", "forms", LONG)]
    again = finish(alike.by("EF"), ["P07_f"])
    assert (again.sources, again.taken) == ([], {})


def test_it_cannot_be_undone_nor_taken_back_once_another_has_finished(alike: Study) -> None:
    finish(alike, ["P07_f"])
    reopen(alike, ["P07_f"])
    finish(alike, ["P07_f"])
    finish(alike.by("CD"), ["P07_f"])
    with pytest.raises(Refused, match="CD has finished P07_f too"):
        reopen(alike, ["P07_f"])
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(alike.by("CD"))
    assert agreed(alike) == [("P07_f", "forms", LONG)]


def test_its_event_tells_a_third_coder_nothing(alike: Study) -> None:
    finish(alike, ["P07_f"])
    finish(alike.by("CD"), ["P07_f"])
    summaries = [event.summary for event in log_in_view(alike.by("EF"))]
    assert summaries[-1] == "CD finished P07_f"


def test_an_unknown_source_finishes_none(alike: Study) -> None:
    with pytest.raises(NotFound, match="no source 'P99'"):
        finish(alike, ["P07_f", "P99"])
    assert finish(alike, ["P07_f"]).sources == ["P07_f"]
