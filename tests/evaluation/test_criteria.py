"""Progression criteria: the rows that are shipped, their rules, the team's colours, files."""

from __future__ import annotations

from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.criteria import (
    criteria_as_yaml,
    import_criteria,
    list_criteria,
    parse_criteria,
    read_criteria,
)
from qualbench.evaluation.evidence import list_evidence, put_evidence
from qualbench.evaluation.flow import import_flow, read_study_flow
from qualbench.evaluation.judging import Standing, flow_shares, judge, standings
from qualbench.evaluation.proportions import half_width, proportion
from qualbench.evaluation.rules import parse_rule
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from tests.builders import small_study

FLOW = {
    "Glasgow": dict(
        identified=60, invited=40, assessed=22, eligible=18, included=16, randomised=16, retained=12
    ),
    "Bromley": dict(
        identified=50, invited=31, assessed=20, eligible=15, included=14, randomised=14, retained=9
    ),
}


def table(folder: Path, rows: str) -> Path:
    (folder / "flow.csv").write_text(f"site,step,number,reason\n{rows}")
    return folder / "flow.csv"


def flow(folder: Path, **changes: int) -> Path:
    """The flow above, with other numbers at Bromley."""
    numbers = {**FLOW, "Bromley": {**FLOW["Bromley"], **changes}}
    rows = [f"{site},{step},{n}," for site, of_site in numbers.items() for step, n in of_site.items()]
    return table(folder, "\n".join(rows) + "\n")


@pytest.fixture
def trial(study: Study, tmp_path: Path) -> Study:
    import_criteria(study, read_criteria("ips_feasibility"))
    return study


def stands(study: Study, id_: str) -> Standing:
    return next(one for one in standings(study) if one.row.id == id_)


def test_the_protocols_arithmetic() -> None:
    """21 of 30 has a 90 % interval of 55-82 %; at 70 % half of it is planned as 13.8 points; and more than
    60 % is then seen with a probability of .84."""
    found = proportion(21, 30)
    assert (round(100 * found.low), round(100 * found.high)) == (55, 82)
    assert round(100 * half_width(0.7, 30), 1) == 13.8
    assert sum(comb(30, k) * 0.7**k * 0.3 ** (30 - k) for k in range(19, 31)) == pytest.approx(
        0.84, abs=0.005
    )


@given(of=st.integers(1, 400), data=st.data())
def test_an_interval_holds_its_share_and_lies_within_all(of: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, of))
    found = proportion(number, of)
    assert 0 <= found.low <= found.share <= found.high <= 1
    other = proportion(of - number, of)
    assert (found.low, found.high) == (pytest.approx(1 - other.high), pytest.approx(1 - other.low))


def test_the_thirteen_rows_that_are_shipped() -> None:
    rows = read_criteria("ips_feasibility")
    assert [row.id for row in rows] == [str(n) for n in range(1, 14)]
    assert [row.id for row in rows if row.rule] == ["2", "5", "7"]
    assert [row.id for row in rows if row.qualitative] == ["3", "4", "6", "8", "9", "11", "13"]
    assert [row.id for row in rows if row.red] == ["7", "12", "13"]


@pytest.mark.parametrize(
    ("retained", "colour", "below"),
    [(9, "green", 0), (8, "amber", 1), (6, "amber", 1), (5, "amber", 2), (3, "amber", 2), (2, "red", 3)],
)
def test_retention_goes_by_the_rule_and_both_lines_are_told(
    trial: Study, tmp_path: Path, retained: int, colour: str, below: int
) -> None:
    import_flow(trial, flow(tmp_path, retained=retained))
    found = stands(trial, "7")
    assert (found.colour, found.why) == (colour, "by the protocol's rule")
    lines = ("50 %", "60 %", "70 %")
    assert found.lines == tuple(
        f"{'at or above' if n < 3 - below else 'below'} {line}" for n, line in enumerate(lines)
    )


@pytest.mark.parametrize(("randomised", "colour"), [(14, "amber"), (15, "green")])
def test_each_site_must_meet_its_target(trial: Study, tmp_path: Path, randomised: int, colour: str) -> None:
    import_flow(trial, flow(tmp_path, eligible=15, included=15, randomised=randomised))
    assert stands(trial, "5").colour == colour


def test_a_rule_gives_only_the_colours_that_are_printed(trial: Study, tmp_path: Path) -> None:
    import_flow(trial, flow(tmp_path))
    assert stands(trial, "2").colour is None  # 30 families: nothing is printed for that
    import_flow(trial, flow(tmp_path, included=13, randomised=13, retained=9))
    assert stands(trial, "2").colour == "amber"


def test_where_a_rule_speaks_the_team_does_not_and_elsewhere_it_gives_a_reason(
    trial: Study, tmp_path: Path
) -> None:
    import_flow(trial, flow(tmp_path))
    with pytest.raises(Refused, match="by the rule that the protocol prints"):
        judge(trial, "7", "red", "It feels low.")
    with pytest.raises(BadInput, match="needs its reason"):
        judge(trial, "9", "amber", "  ")
    with pytest.raises(BadInput, match="not a colour"):
        judge(trial, "9", "blue", "Why not.")
    with pytest.raises(NotFound, match="no criterion '99'"):
        judge(trial, "99", "red", "Why not.")
    judge(trial, "9", "amber", "Engagement fell at one site.")
    found = judge(trial.by("AB"), "9", "green", "It has recovered.")
    assert (found.colour, len(found.judgements)) == ("green", 2)
    assert found.why.startswith("AB, ") and found.why.endswith("It has recovered.")
    undo(trial)
    assert stands(trial, "9").colour == "amber"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "Glasgow,randomised,10,\nGlasgow,retained,12,\n",
            "12 families retained at Glasgow, but only 10 randomised",
        ),
        ("Glasgow,retained,70%,\n", "a percentage without its whole"),
        ("Glasgow,retained,-1,\n", "not a whole number"),
        ("Glasgow,retained,99999999999999999999999,\n", "more families than there are"),
        ("", "no row but its header"),
        ("Glasgow,retained,7.5,\n", "not a whole number"),
        ("Leeds,retained,7,\n", "not a site of this study"),
        ("Glasgow,returned,7,\n", "not a step of the trial"),
        ("Glasgow,retained,7,\nGlasgow,retained,8,\n", "stands there twice"),
        (
            "Glasgow,randomised,10,\nGlasgow,retained,8,\nGlasgow,retained,3,moved away\n",
            "3 families left before",
        ),
        ("Glasgow,retained,8,\nGlasgow,retained,3,moved away\n", "how many of how many is not told"),
        ("Glasgow,retained,3,moved away\n", "how many of how many is not told"),
    ],
)
def test_impossible_numbers_change_nothing(trial: Study, tmp_path: Path, rows: str, said: str) -> None:
    import_flow(trial, flow(tmp_path))
    events = len(read_log(trial))
    with pytest.raises(BadInput, match=said):
        import_flow(trial, table(tmp_path, rows))
    assert len(read_log(trial)) == events
    assert read_study_flow(trial).counts == FLOW


def test_a_missing_number_is_told_and_gives_no_colour(trial: Study, tmp_path: Path) -> None:
    import_flow(trial, table(tmp_path, "Glasgow,randomised,16,\nGlasgow,retained,12,\n"))
    missing = "no colour by the rule: no number randomised at Bromley"
    assert (stands(trial, "5").colour, stands(trial, "5").lines) == (None, (missing,))
    assert (stands(trial, "7").colour, stands(trial, "7").lines) == (None, (missing,))
    assert read_study_flow(trial).silent == ("Bromley",)
    rows = "Glasgow,randomised,0,\nGlasgow,retained,0,\nBromley,randomised,0,\nBromley,retained,0,\n"
    import_flow(trial, table(tmp_path, rows))
    assert stands(trial, "7").lines == ("no colour by the rule: nobody randomised yet",)


def test_a_site_where_nobody_was_looked_for_does_not_count_as_failing(trial: Study, tmp_path: Path) -> None:
    import_flow(trial, table(tmp_path, "Glasgow,randomised,16,\nBromley,identified,0,\n"))
    assert stands(trial, "5").colour == "green"
    import_flow(
        trial, table(tmp_path, "Glasgow,randomised,16,\nBromley,identified,9,\nBromley,randomised,0,\n")
    )
    assert stands(trial, "5").colour == "amber"


def test_why_families_left_is_told_with_the_criteria_that_have_the_step(trial: Study, tmp_path: Path) -> None:
    import_flow(
        trial,
        table(
            tmp_path,
            "Glasgow,randomised,9,\nGlasgow,retained,6,\nGlasgow,retained,1,ill\nGlasgow,retained,2,moved\n"
            "Bromley,randomised,9,\nBromley,retained,8,\nBromley,retained,1,moved\n",
        ),
    )
    assert stands(trial, "8").left == {"retained": {"moved": 3, "ill": 1}}
    assert stands(trial, "5").left == {}
    (retained,) = [f for f in flow_shares(read_study_flow(trial)) if (f.site, f.step) == ("", "retained")]
    assert retained.share is not None and (retained.number, retained.share.of) == (14, 18)


def test_a_new_flow_takes_the_place_of_the_old_and_can_be_undone(trial: Study, tmp_path: Path) -> None:
    import_flow(
        trial, table(tmp_path, "Glasgow,randomised,9,\nGlasgow,retained,7,\nGlasgow,retained,2,moved\n")
    )
    assert read_study_flow(trial).reasons == {("Glasgow", "retained", "moved"): 2}
    import_flow(trial, flow(tmp_path))
    assert (read_study_flow(trial).counts, read_study_flow(trial).reasons) == (FLOW, {})
    undo(trial)
    assert read_study_flow(trial).counts == {"Glasgow": {"randomised": 9, "retained": 7}}


def test_criteria_come_back_from_their_own_file(trial: Study) -> None:
    rows = list_criteria(trial)
    assert rows == read_criteria("ips_feasibility") == parse_criteria(criteria_as_yaml(rows), "c.yaml")
    assert import_criteria(trial, rows).changed == []


def test_a_row_that_has_been_judged_is_not_removed_by_a_file(trial: Study) -> None:
    judge(trial, "9", "amber", "Engagement fell.")
    rows = [row for row in list_criteria(trial) if row.id != "9"]
    with pytest.raises(Refused, match="Criterion 9 is not in the file"):
        import_criteria(trial, rows)
    undo(trial)
    assert import_criteria(trial, rows).removed == ["9"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("criteria: x\n", "line 1, column 1: it has no list 'rows'"),
        ("rows:\n  - id: 1\n", "line 2, column 5: 'outcome' is missing"),
        ("rows:\n  - id: 1\n    colour: red\n", "line 3, column 5: 'colour' is not a field of a criterion"),
        ("rows: &a\n  - id: 1\n", "anchors and aliases"),
        (
            "rows:\n  - {id: 1, outcome: o, element: e, measurement: m, rule: 'retained: red < 5'}\n",
            "line 2, column 5: 'retained: red < 5' is not a rule",
        ),
        (
            "rows:\n  - {id: 1, outcome: o, element: e, measurement: m, figures: [left]}\n",
            "'left' is not a step",
        ),
    ],
)
def test_faults_in_a_file_are_told_with_their_place(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_criteria(text, "c.yaml")
    assert said in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "retained of randomised: green >= 70",
        "included in all: amber < 30 %",
        "included in all: line 60 %",
        "left in all: amber < 30",
        "retained of randomised: purple < 30 %",
    ],
)
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(BadInput):
        parse_rule(text)


def test_themes_and_passages_are_put_to_a_criterion(trial: Study, tmp_path: Path) -> None:
    from qualbench.coding.applying import add_coding, remove_codings
    from tests.builders import place

    small_study(trial, tmp_path / "files")
    coding = add_coding(trial, "P07_b", place(trial, "P07_b", "I was feart of them."), "fear")
    put_evidence(trial, "6", code="Trust", note="How it was explained.")
    put_evidence(trial, "6", coding=coding)
    with pytest.raises(BadInput, match="there already"):
        put_evidence(trial, "6", coding=coding)
    with pytest.raises(NotFound, match="no coding"):
        put_evidence(trial.by("CD"), "6", coding=coding)  # it is AB's, and hidden
    assert [(e.code, e.coding) for e in list_evidence(trial, "6")] == [
        ("trust", None),
        ("fear", coding),
    ]
    assert [e.code for e in list_evidence(trial.by("CD"), "6")] == ["trust"]
    remove_codings(trial, [coding])
    assert [e.code for e in list_evidence(trial, "6")] == ["trust"]
