"""Few people in a column: what is refused, what is offered instead, and what readers' files never hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualbench.analysis.matrix import Request, build_matrix, count_matrix
from qualbench.errors import BadInput, Refused
from qualbench.evaluation.consent import set_smallest_group
from qualbench.exchange.matrix_files import NVIVO, TEXT, WORD, Layout, write_matrix_file
from qualbench.exchange.small_cells import coarser, left_out_of, refuse_small_cells, small_columns
from qualbench.redaction.leaks import texts_of
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.transcripts.participants import list_participants
from tests.conftest import Demonstration
from tests.exchange.test_gates import sealed

__all__ = ["sealed"]

FOR_READERS = (
    "matrix.csv",
    "matrix.docx",
    "heatmap.svg",
    "themes.docx",
    "theme_map.svg",
    "saturation.svg",
    "codebook.docx",
    "history.docx",
)


def test_a_matrix_for_readers_is_refused_with_a_coarser_one_offered(sealed: Study, tmp_path: Path) -> None:
    matrix = build_matrix(sealed, "themes", ("timepoint", "site"), "AB")
    file = tmp_path / "m.docx"
    with pytest.raises(Refused, match=r"columns of fewer than 3 people.*Baseline, Glasgow") as refused:
        write_matrix_file(sealed, matrix, file, WORD, Layout())
    assert "Coarser, without site, groups of fewer than 3 people as one: --columns timepoint --pool" in (
        refused.value.hint
    )
    assert not file.exists()
    write_matrix_file(sealed, matrix, tmp_path / "nvivo.xlsx", NVIVO, Layout())


def test_it_goes_out_for_a_reason_that_is_on_record(sealed: Study, tmp_path: Path) -> None:
    matrix = build_matrix(sealed, "themes", ("site",), "AB")
    with pytest.raises(BadInput, match="for a reason only"):
        write_matrix_file(sealed, matrix, tmp_path / "m.csv", TEXT, Layout(), allow_small_cells=True)
    write_matrix_file(
        sealed,
        matrix,
        tmp_path / "m.csv",
        TEXT,
        Layout(),
        allow_small_cells=True,
        reason="For the team's own meeting",
    )
    assert read_log(sealed)[-1].summary == "Exported m.csv with 2 columns of fewer than 3 people"


def test_the_study_says_how_many_are_few(sealed: Study) -> None:
    matrix = build_matrix(sealed, "themes", ("site",), "AB")
    assert len(small_columns(matrix)) == 2
    set_smallest_group(sealed, 1, "Everybody knows everybody here.")
    assert small_columns(build_matrix(sealed, "themes", ("site",), "AB")) == []


def test_small_groups_are_one_column_of_enough_people(demonstration: Demonstration) -> None:
    study = demonstration.study
    fine = build_matrix(study, "themes", ("stakeholder", "timepoint"), cells="participants")
    found = coarser(study, fine)
    assert left_out_of(fine, found) == "without timepoint, groups of fewer than 3 people as one"
    assert found.columns[-1] == ("Others",) and small_columns(found) == []
    assert fine.totals and sum(size.participants for size in found.sizes) == fine.totals.size.participants
    assert coarser(study, found) == found and refuse_small_cells(study, found, allow=False, reason="") == ""
    pooled = count_matrix(study, Request(columns=("participant",), pooled_below=3))
    assert pooled.columns == [("Others",)], "one by one, all are few"


def test_what_is_for_readers_does_not_tell_who_took_part(demonstration: Demonstration) -> None:
    people = "|".join(one.id for one in list_participants(demonstration.study))
    named = re.compile(rf"\b(?:{people})(?!\w)|(?:{people})_")
    for name in FOR_READERS:
        path = demonstration.exports / name
        for text in texts_of(path.read_bytes(), name):
            assert not named.search(text), (name, named.search(text))
