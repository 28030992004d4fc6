"""What stands behind the cells of a matrix, and what can be chosen for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.finishing import finish
from qualbench.analysis.matrix import Request, count_matrix, passages_of_cell
from qualbench.analysis.matrix_choices import what_is_known
from qualbench.analysis.matrix_passages import sources_of_cell
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.coding.not_asked import mark_not_asked
from qualbench.errors import NotFound
from qualbench.study.database import Study
from qualbench.study.settings import add_coder
from tests.builders import place, small_study

REQUEST = Request("codes", ("stakeholder", "timepoint"), "passages", "AB", totals=True)
FOLLOW_UP = ("Parent", "Follow-up")


@pytest.fixture
def coded(study: Study, tmp_path: Path) -> Study:
    """Fear: P07 at baseline. Forms: P07 at follow-up twice, once with P08; FEW01 is silent."""
    made = small_study(study, tmp_path / "files")
    add_coding(made, "P07_b", place(made, "P07_b", "I was feart of them."), "fear")
    add_coding(made, "P07_f", place(made, "P07_f", "The forms were long."), "forms")
    add_coding(made, "group", place(made, "group", "The forms were murder.\n\nP08: Murder, aye."), "forms")
    return made


def test_all_rows_and_all_columns_as_one_have_the_passages_that_they_count(coded: Study) -> None:
    totals = count_matrix(coded, REQUEST).totals
    assert totals is not None and totals.columns is not None and totals.whole is not None
    whole = passages_of_cell(coded, REQUEST, None, None)
    assert len(whole) == totals.whole.number == 4
    assert len(passages_of_cell(coded, REQUEST, "forms", None)) == totals.rows[2].number == 3
    assert len(passages_of_cell(coded, REQUEST, None, FOLLOW_UP)) == totals.columns[1].number == 3
    assert [(one.source, one.participant, one.text) for one in whole[:2]] == [
        ("P07_b", "P07", "I was feart of them."),
        ("P07_f", "P07", "The forms were long."),
    ]


def test_a_cell_tells_its_sources_with_passages_and_marks(coded: Study) -> None:
    mark_not_asked(coded, ["group"], ["trial"])  # the theme above
    assert sources_of_cell(coded, REQUEST, "forms", FOLLOW_UP) == [
        ("P07_f", 1, False),
        ("group", 2, True),
    ]
    worker = ("Family engagement worker", "Follow-up")
    assert sources_of_cell(coded, REQUEST, "forms", worker) == [("group", 0, True)]
    everywhere = sources_of_cell(coded, REQUEST, "fear", None)
    assert everywhere == [("P07_b", 1, False), ("P07_f", 0, False), ("group", 0, False)]


def test_sources_that_are_hidden_are_not_told(coded: Study) -> None:
    finish(coded, ["group"])
    add_coder(coded, "EF")
    assign(coded, ["group"], ["EF"])
    agreed = Request("codes", ("stakeholder", "timepoint"))
    told = sources_of_cell(coded.by("EF"), agreed, "forms", FOLLOW_UP)
    assert [source.name for source in told] == ["P07_f"]


@pytest.mark.parametrize(("row", "column"), [("nothing", None), ("fear", ("Parent", "Never"))])
def test_a_cell_that_is_gone_is_told(coded: Study, row: str, column: tuple[str, ...] | None) -> None:
    for look in (passages_of_cell, sources_of_cell):
        with pytest.raises(NotFound, match="no such cell any more"):
            look(coded, REQUEST, row, column)


def test_what_is_known_of_people_can_be_chosen(coded: Study) -> None:
    known = what_is_known(coded)
    assert known["stakeholder"] == {"Parent": 3, "Family engagement worker": 1}  # in the study's order
    assert known["timepoint"] == {"Baseline": 1, "Follow-up": 2}
    assert known["participant"] == {"FEW01": 1, "P07": 3, "P08": 1}
    assert list(known)[:3] == ["stakeholder", "timepoint", "site"]
