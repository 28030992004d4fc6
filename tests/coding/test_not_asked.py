"""Marks of what was not asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.coding.not_asked import list_not_asked, mark_not_asked
from qualbench.coding.undoing import redo, undo
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log
from tests.builders import small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def marks(study: Study) -> list[tuple[str, str]]:
    return [(mark.source, mark.code) for mark in list_not_asked(study)]


def test_marks_are_made_taken_back_and_undone(small: Study) -> None:
    assert mark_not_asked(small, ["P07_f", "P07_b"], ["The trial", "fear"]) == 4
    assert marks(small) == [("P07_b", "fear"), ("P07_b", "trial"), ("P07_f", "fear"), ("P07_f", "trial")]
    assert read_log(small)[-1].summary == ("Marked as not asked about: 'The trial', 'Fear' in P07_f, P07_b")
    assert mark_not_asked(small, ["P07_b", "group"], ["fear"], take_back=True) == 1
    assert mark_not_asked(small, ["P07_b", "group"], ["trial"]) == 1
    assert marks(small) == [("P07_b", "trial"), ("P07_f", "fear"), ("P07_f", "trial"), ("group", "trial")]
    for _ in range(3):
        undo(small)
    assert marks(small) == []
    redo(small)
    assert len(marks(small)) == 4
    assert check_study(small) == []


def test_what_cannot_be_marked_is_told(small: Study) -> None:
    mark_not_asked(small, ["P07_b"], ["fear"])
    before = len(read_log(small))
    for error, message, arguments in (
        (Refused, "on record already", (["P07_b"], ["Fear"])),
        (NotFound, "no source 'P99'", (["P99"], ["fear"])),
        (NotFound, "no code 'joy'", (["P07_f"], ["joy"])),
        (BadInput, "needs sources and a code", ([], ["fear"])),
        (BadInput, "needs sources and a code", (["P07_b"], [])),
    ):
        with pytest.raises(error, match=message):
            mark_not_asked(small, *arguments)
    with pytest.raises(Refused, match="no such mark"):
        mark_not_asked(small, ["P07_f"], ["fear"], take_back=True)
    assert len(read_log(small)) == before
