"""The report of the criteria on a page, and the joint display."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding
from qualbench.evaluation.criteria import import_criteria, read_criteria
from qualbench.evaluation.evidence import put_evidence
from qualbench.evaluation.flow import import_flow
from qualbench.evaluation.judging import judge
from qualbench.exchange.criteria_report import CriteriaReport, ReportRow, criteria_report, report_as_text
from qualbench.exchange.joint_display import (
    HEADERS,
    NO_QUOTE,
    joint_as_text,
    joint_cells,
    joint_display,
    write_joint_document,
    write_joint_workbook,
)
from qualbench.exchange.word_criteria import _ROOM, _fitting, _height, write_criteria_document
from qualbench.study.database import Study
from qualbench.transcripts.participants import import_participants
from tests.builders import place, small_study

FLOW = """site,step,number,reason
Glasgow,randomised,16,
Glasgow,retained,12,
Glasgow,retained,4,moved away
Bromley,randomised,14,
Bromley,retained,9,
"""


@pytest.fixture
def trial(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    import_criteria(study, read_criteria("ips_feasibility"))
    (tmp_path / "flow.csv").write_text(FLOW)
    import_flow(study, tmp_path / "flow.csv")
    judge(study, "9", "amber", "Engagement fell.")
    put_evidence(study, "9", code="trust", note="What made them stay.")
    return study


def row_of(report: CriteriaReport, id_: str) -> ReportRow:
    return next(row for row in report.rows if row.id == id_)


def test_a_row_has_number_interval_rule_colour_and_themes(trial: Study) -> None:
    report = criteria_report(trial)
    assert report.tally == "1 green, 2 amber, 0 red and 10 not decided"
    retention = row_of(report, "7")
    assert retention.numbers == ("randomised 30 (16 + 14)", "retained 21 (12 + 9): 70 % of 30, 55-82 %")
    assert retention.why == ("by the protocol's rule; at or above 50 %; at or above 60 %; at or above 70 %")
    assert retention.rule[:2] == ("target: 70 % retained", "✓ green: 70 % or more")
    assert row_of(report, "8").numbers[-1] == "left before: moved away 4"
    judged = row_of(report, "9")
    assert (judged.colour, judged.themes) == ("amber", ("Trust",))
    assert judged.why.startswith("AB, ") and judged.why.endswith(": Engagement fell.")
    missing = row_of(report, "2")
    assert (missing.numbers, missing.colour) == ((), None)
    assert missing.why == "no colour by the rule: no number included at Glasgow, Bromley"
    text = report_as_text(report)
    assert "   colour   ! amber (AB, " in text and "   colour   ? not decided" in text


def test_colours_stand_with_mark_and_word_on_one_landscape_page(trial: Study, tmp_path: Path) -> None:
    report = criteria_report(trial)
    for name in ("a.docx", "b.docx"):
        write_criteria_document(report, tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    document = docx.Document(str(tmp_path / "a.docx"))
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    (table,) = document.tables
    colours = [row.cells[4].text.split("\n")[0] for row in table.rows[1:]]
    assert colours.count("! amber") == 2 and colours.count("✓ green") == 1
    assert colours.count("? not decided") == 10
    assert _fitting(report).size >= 7


LONG = ("The team talked it over for a long while, and families had very different things to say. ") * 6


@settings(max_examples=15)
@given(length=st.integers(0, len(LONG)), themes=st.integers(0, 8))
def test_thirteen_rows_fit_the_page_however_much_is_written(length: int, themes: int) -> None:
    row = ReportRow(
        "1",
        "Retention",
        LONG[:length],
        True,
        ("randomised 30",),
        (LONG[:length],),
        "red",
        LONG[:length],
        ("A theme of some length",) * themes,
    )
    report = CriteriaReport(tuple(replace(row, id=str(n)) for n in range(1, 14)), ("Glasgow", "Bromley"))
    assert _height(report, _fitting(report)) <= _ROOM


def test_the_joint_display_sets_numbers_beside_themes_with_quotes(trial: Study, tmp_path: Path) -> None:
    coding = add_coding(trial, "P07_b", place(trial, "P07_b", "They judge ye."), "judged")
    put_evidence(trial, "6", coding=coding)
    rows = joint_display(trial)
    assert len(rows) == 13
    (sixth,) = [row for row in rows if row.criterion == "6"]
    assert [(q.text, q.quote.label) for q in sixth.quotes] == [("They judge ye.", "Participant")]
    (ninth,) = [row for row in rows if row.criterion == "9"]
    assert joint_cells(ninth)[2:4] == ["Trust\nWhat made them stay.", NO_QUOTE]  # nothing is agreed on yet
    assert ninth.decision.startswith("! amber: AB, ")
    assert "“They judge ye.” [Participant]" in joint_as_text(rows)
    write_joint_document(rows, tmp_path / "joint.docx")
    (table,) = docx.Document(str(tmp_path / "joint.docx")).tables
    assert [cell.text for cell in table.rows[0].cells] == list(HEADERS)
    assert len(table.rows) == 14
    write_joint_workbook(rows, tmp_path / "joint.xlsx")
    assert openpyxl.load_workbook(tmp_path / "joint.xlsx").active.max_row == 14


def test_who_did_not_agree_is_not_quoted_beside_a_criterion(trial: Study, tmp_path: Path) -> None:
    coding = add_coding(trial, "P07_b", place(trial, "P07_b", "They judge ye."), "judged")
    put_evidence(trial, "6", coding=coding)
    (tmp_path / "refused.csv").write_text(
        "id,family,stakeholder,site,consent_quote\nP07,F07,Parent,Glasgow,no\n"
    )
    assert not import_participants(trial, tmp_path / "refused.csv").faults
    (sixth,) = [row for row in joint_display(trial) if row.criterion == "6"]
    assert sixth.quotes == ()
    assert (sixth.theme, joint_cells(sixth)[3]) == ("Being judged", NO_QUOTE)


def test_a_passage_that_is_hidden_is_no_row(trial: Study) -> None:
    coding = add_coding(trial, "P07_b", place(trial, "P07_b", "They judge ye."), "judged")
    put_evidence(trial, "6", coding=coding)
    (sixth,) = [row for row in joint_display(trial.by("CD")) if row.criterion == "6"]
    assert (sixth.theme, sixth.quotes) == ("", ())
