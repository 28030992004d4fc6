"""The sampling plan: files, what is done, what is wanting, and which follow-ups are missing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.evaluation.followups import follow_ups, waves_of
from qualbench.evaluation.plan import (
    PlannedRow,
    list_plan,
    parse_plan,
    plan_as_csv,
    plan_as_yaml,
    read_plan,
)
from qualbench.evaluation.plan_changes import (
    DECLINED,
    NOT_REACHED,
    add_row,
    compare_plan,
    edit_row,
    import_plan,
    note_outcome,
    remove_row,
)
from qualbench.evaluation.plan_material import Material, Noted, Person, Talk
from qualbench.evaluation.plan_standing import (
    RowStanding,
    plan_standing,
    sentences,
    standing_as_csv,
    standing_of,
)
from qualbench.redaction.deciding import decide_rest
from qualbench.redaction.entities import REJECTED, list_entities
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log, undo
from qualbench.study.settings import add_to_list
from qualbench.study.tables import EmergentIssue, Withdrawal, now
from qualbench.transcripts.importing import import_files
from tests.builders import place, small_study

PARENTS = PlannedRow("Parent", "Follow-up", None, "interview")


@pytest.fixture
def talked(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def row(study: Study, number: int) -> RowStanding:
    return next(one for one in plan_standing(study).rows if one.row.number == number)


def withdraw(study: Study, who: str) -> None:
    with change(study, "withdraw", "Withdrawn") as made:
        made.insert(
            Withdrawal,
            [
                {
                    "participant_id": who,
                    "date": "2026-03-01",
                    "choice": "retain",
                    "scope": "{}",
                    "withdrawn_by": "AB",
                    "withdrawn_at": now(),
                }
            ],
        )


def test_the_plan_that_is_shipped_after_the_protocol() -> None:
    rows = read_plan("ips_feasibility")
    told = {one.told: one.planned for one in rows}
    assert told["Parent, Baseline, interview"] == "6-8"
    assert told["Parent, Follow-up, interview"] == "all, at most 30"
    assert told["Family liaison worker, Glasgow, focus group"] == "1 or more"
    assert told["Family liaison worker, Bromley, focus group"] == "none"
    assert told["Parent collaborator, minutes"] == "2 or more"
    assert told["Recruitment co-ordinator, interview"] == "all"
    assert told["Social worker, interview"] == "open"


def test_a_group_that_is_not_in_the_studys_list_is_told_and_the_rest_comes_in(study: Study) -> None:
    rows = read_plan("ips_feasibility")
    found = compare_plan(study, rows, "ips_feasibility")
    assert list_plan(study) == []
    done = import_plan(study, rows, "ips_feasibility")
    assert done.added == found.added and len(done.added) == len(rows) - 2
    (fault,) = done.left_out
    assert "'Family liaison worker' is not a stakeholder type" in fault.message
    assert "settings add stakeholder 'Family liaison worker'" in fault.hint
    add_to_list(study, "stakeholder", "Family liaison worker")
    assert [one.site for one in import_plan(study, rows, "ips_feasibility").added] == ["Glasgow", "Bromley"]
    empty = next(one for one in plan_standing(study).rows if one.row.most == 0)
    assert (empty.row.site, empty.wanting, empty.over) == ("Bromley", 0, 0)


def test_people_are_counted_of_interviews_groups_of_groups_and_documents_of_minutes(talked: Study) -> None:
    for one in (
        PlannedRow("Parent", "Baseline", None, "interview", 6, 8),
        PlannedRow("Parent", None, "Glasgow", "focus group", 1),
        PlannedRow("Family engagement worker", None, "Glasgow", "focus group", 1),
        PlannedRow("Family engagement worker", None, "Bromley", "focus group", 1),
        PlannedRow("Social worker", None, None, "interview"),
        PlannedRow("Parent collaborator", None, None, "minutes", 2),
        PlannedRow("SAU practitioner", None, None, "focus group", None, None, emergent=True),
    ):
        add_row(talked, one)
    told = [(one.row.so_many(one.done), one.wanting) for one in plan_standing(talked).rows]
    assert told == [
        ("1 person", 5),
        ("1 group", 0),
        ("1 group", 0),
        ("0 groups", 1),
        ("0 people", 0),
        ("0 documents", 2),
        ("0 groups", 0),
    ]
    assert plan_standing(talked).unplanned == (("P07_f", "interview"),)
    assert sentences(plan_standing(talked)) == [
        "Something is wanting in 3 of 7 rows.",
        "In no row of the plan: P07_f (interview).",
    ]


def test_all_there_are_is_held_against_the_list_of_participants(talked: Study) -> None:
    add_row(talked, PARENTS)
    assert (row(talked, 1).done, row(talked, 1).missing, row(talked, 1).wanting) == (1, ("P08",), 1)
    note_outcome(talked, "1", DECLINED, "P08", "Moved away.")
    assert (row(talked, 1).declined, row(talked, 1).wanting) == (1, 0)
    undo(talked)
    note_outcome(talked, "1", NOT_REACHED)
    assert (row(talked, 1).not_reached, row(talked, 1).wanting) == (1, 0)
    undo(talked)
    withdraw(talked, "P08")
    assert (row(talked, 1).withdrawn, row(talked, 1).wanting) == (1, 0)


def test_a_target_in_numbers_is_not_met_by_those_who_declined(talked: Study) -> None:
    add_row(talked, PlannedRow("Parent", "Baseline", None, "interview", 2, 3))
    note_outcome(talked, "1", DECLINED, "P08")
    assert (row(talked, 1).done, row(talked, 1).declined, row(talked, 1).wanting) == (1, 1, 1)
    edit_row(talked, "1", {"least": 0, "most": 0})
    assert (row(talked, 1).wanting, row(talked, 1).over) == (0, 1)


def test_the_row_that_fits_most_closely_has_the_source(talked: Study) -> None:
    add_row(talked, PlannedRow("Parent", None, None, "interview"))
    add_row(talked, PlannedRow("Parent", "Follow-up", "Glasgow", "interview"))
    material = Material(
        tuple(list_plan(talked)),
        {"P1": Person("P1", "F1", "Parent", "Glasgow"), "P2": Person("P2", "F2", "Parent", None)},
        (
            Talk("a", "interview", "Follow-up", None, None, ("P1", "P2")),
            Talk("b", "interview", "Baseline", "Glasgow", None, ("P1",)),
        ),
        (),
        frozenset(),
        ("Baseline", "Follow-up"),
    )
    assert [one.done for one in standing_of(material).rows] == [2, 1]
    assert (row(talked, 1).done, row(talked, 2).done) == (1, 1)


def test_minutes_without_speakers_go_to_the_only_row_of_their_kind() -> None:
    minutes = PlannedRow("Parent collaborator", None, None, "minutes", 2, number=1, id="a")
    talk = (Talk("m", "minutes", "Follow-up", "Bromley", None, ()),)
    one = Material((minutes,), {}, talk, (), frozenset(), ())
    assert standing_of(one).rows[0].done == 1
    other = PlannedRow("Social worker", None, None, "minutes", number=2, id="b")
    two = standing_of(Material((minutes, other), {}, talk, (), frozenset(), ()))
    assert [r.done for r in two.rows] == [0, 0] and two.unplanned == (("m", "minutes"),)


@given(st.lists(st.sampled_from(("P1", "P2", "P3", "P4")), max_size=4), st.data())
def test_nobody_is_both_done_and_wanting(voices: list[str], data: st.DataObject) -> None:
    people = {f"P{n}": Person(f"P{n}", None, "Parent", None) for n in range(1, 5)}
    row = PlannedRow("Parent", None, None, "interview", number=1, id="a")
    talks = tuple(Talk(f"s{n}", "interview", None, None, None, (who,)) for n, who in enumerate(voices))
    noted = tuple(Noted("a", DECLINED, who) for who in data.draw(st.sets(st.sampled_from(sorted(people)))))
    gone = frozenset(data.draw(st.sets(st.sampled_from(sorted(people)))))
    found = standing_of(Material((row,), people, talks, noted, gone, ())).rows[0]
    assert found.done == len(set(voices))
    assert not set(found.missing) & (set(voices) | gone | {one.who for one in noted})
    accounted = found.done + found.wanting + len({n.who for n in noted} | gone) >= 4
    assert accounted and found.done + found.wanting <= 4


def test_a_plan_comes_back_from_its_own_file_and_the_csv_has_the_same_rows(study: Study) -> None:
    import_plan(study, read_plan("ips_feasibility"), "x")
    rows = list_plan(study)
    again = parse_plan(plan_as_yaml(rows), "p.yaml")
    assert [one.key for one in again] == [one.key for one in rows]
    assert not compare_plan(study, again, "p.yaml").changes
    assert len(list(csv.reader(io.StringIO(plan_as_csv(rows))))) == len(rows) + 1
    table = list(csv.DictReader(io.StringIO(standing_as_csv(plan_standing(study)))))
    assert [line["planned"] for line in table] == [one.planned for one in rows]


def test_a_file_changes_and_removes_rows_but_not_emergent_ones(study: Study) -> None:
    add_row(study, PARENTS)
    add_row(study, PlannedRow("Parent", "Baseline", None, "interview", 6, 8))
    add_row(study, PlannedRow("Social worker", None, None, "interview", emergent=True))
    wanted = [PlannedRow("Parent", "Baseline", None, "interview", 4, 8)]
    done = import_plan(study, wanted, "p.yaml")
    assert [one.told for one in done.changed] == ["Parent, Baseline, interview"]
    assert [one.told for one in done.removed] == ["Parent, Follow-up, interview"]
    assert [(one.number, one.stakeholder, one.least) for one in list_plan(study)] == [
        (1, "Parent", 4),
        (2, "Social worker", None),
    ]
    undo(study)
    assert [one.least for one in list_plan(study)] == [None, 6, None]


def test_a_row_with_notes_or_an_issue_is_not_removed(talked: Study) -> None:
    first = add_row(talked, PARENTS)
    note_outcome(talked, "1", DECLINED, "P08")
    with pytest.raises(Refused, match="has been noted on"):
        remove_row(talked, "1")
    with pytest.raises(Refused, match="has been noted on"):
        import_plan(talked, [PlannedRow("Parent", "Baseline", None, "interview")], "p.yaml")
    undo(talked)
    with change(talked, "issue", "Raised") as made:
        issue = {"id": "i", "title": "x", "plan_row_id": first.id, "raised_by": "AB", "raised_at": now()}
        made.insert(EmergentIssue, [issue])
    with pytest.raises(Refused, match="emergent issue"):
        remove_row(talked, first.id)


@pytest.mark.parametrize(
    ("do", "error", "said"),
    [
        (lambda s: add_row(s, PARENTS), Refused, "has a row 'Parent, Follow-up, interview' already"),
        (lambda s: add_row(s, PlannedRow("Nurse", None, None, "interview")), BadInput, "not a stakeholder"),
        (lambda s: add_row(s, PlannedRow("Parent", None, None, "chat")), BadInput, "not a kind of source"),
        (lambda s: edit_row(s, "1", {"least": 9, "most": 8}), BadInput, "at least 9, but at most 8"),
        (lambda s: edit_row(s, "9", {"least": 9}), NotFound, "no row '9'"),
        (lambda s: note_outcome(s, "1", "asleep"), BadInput, "not an outcome"),
        (lambda s: note_outcome(s, "1", DECLINED, "P99"), NotFound, "no participant 'P99'"),
        (lambda s: note_outcome(s, "1", DECLINED, "FEW01"), Refused, "FEW01 is not of row 1"),
    ],
)
def test_what_cannot_be_changes_nothing(
    talked: Study, do: object, error: type[QualbenchError], said: str
) -> None:
    add_row(talked, PARENTS)
    events = len(read_log(talked))
    with pytest.raises(error, match=said):
        do(talked)  # type: ignore[operator]
    assert len(read_log(talked)) == events


def test_nobody_is_noted_twice_and_the_journal_names_nobody(talked: Study) -> None:
    add_row(talked, PARENTS)
    note_outcome(talked, "1", DECLINED, "P08", "Ill.")
    with pytest.raises(Refused, match="P08 is noted in row 1 already"):
        note_outcome(talked, "1", NOT_REACHED, "P08")
    assert read_log(talked)[-1].summary == "Noted in row 1 of the sampling plan: declined"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("plan: x\n", "line 1, column 1: it has no list 'rows'"),
        ("rows:\n  - kind: interview\n", "line 2, column 5: 'stakeholder' is missing"),
        ("rows:\n  - stakeholder: P\n    kind: chat\n", "line 3, column 11: 'chat' is not a kind of source"),
        ("rows:\n  - {stakeholder: P, kind: minutes, goal: 2}\n", "'goal' is not a field"),
        ("rows:\n  - {stakeholder: P, kind: minutes, least: -2}\n", "column 44: 'least' is a whole number"),
        ("rows:\n  - {stakeholder: P, kind: minutes, least: 3, most: 2}\n", "at least 3, but at most 2"),
        ("rows:\n  - {stakeholder: P, kind: minutes, emergent: maybe}\n", "'emergent' is yes or no"),
        (
            "rows:\n  - {stakeholder: P, kind: minutes}\n  - {stakeholder: P, kind: minutes}\n",
            "line 3, column 5: 'P, minutes' is there twice",
        ),
        ("rows: &a\n  - kind: minutes\n", "anchors and aliases"),
    ],
)
def test_faults_in_a_file_are_told_with_their_place(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_plan(text, "p.yaml")
    assert said in refused.value.message and "p.yaml" in refused.value.message


def wave(study: Study, family: str) -> list[str]:
    return next([wave.state for wave in one.waves] for one in follow_ups(study) if one.family == family)


def test_a_family_without_follow_up_talk_is_told(talked: Study) -> None:
    assert wave(talked, "F07") == ["talked", "talked"]
    assert wave(talked, "F08") == ["none", "talked"]  # the focus group


def families(rows: tuple[PlannedRow, ...] = ()) -> Material:
    people = {
        "P1": Person("P1", "F1", "Parent", "Glasgow"),
        "P2": Person("P2", "F1", "Parent", "Glasgow"),
        "P3": Person("P3", "F3", "Parent", "Glasgow"),
    }
    talks = (
        Talk("a", "interview", "Baseline", None, "2026-01-01", ("P1",)),
        Talk("b", "interview", "Baseline", None, "2026-02-01", ("P3",)),
        Talk("c", "interview", "Follow-up", None, None, ("P3",)),
    )
    return Material(rows, people, talks, (), frozenset(), ("Baseline", "Follow-up"))


def test_a_follow_up_is_missing_until_a_reason_is_on_record() -> None:
    bare = families()
    first = waves_of(bare)[0]
    assert (first.family, first.people, first.missing, first.last) == (
        "F1",
        ("P1", "P2"),
        ("Follow-up",),
        "2026-01-01",
    )
    assert waves_of(replace(bare, withdrawn=frozenset({"P1"})))[0].waves[1].state == "withdrawn"
    row = PlannedRow("Parent", "Follow-up", None, "interview", number=1, id="r")
    noted = replace(bare, rows=(row,), noted=(Noted("r", DECLINED, "P1"),))
    assert waves_of(noted)[0].waves[1].state == "declined"
    other = replace(bare, rows=(row,), noted=(Noted("r", DECLINED, "P2"),))
    assert waves_of(other)[0].missing == ("Follow-up",)  # who was talked to did not decline


def test_where_the_plan_has_no_follow_up_of_a_group_none_is_missing() -> None:
    rows = (
        PlannedRow("Parent", "Baseline", None, "interview", number=1, id="a"),
        PlannedRow("Parent", "Follow-up", "Bromley", "interview", number=2, id="b"),
        PlannedRow("Parent", "Follow-up", "Glasgow", "focus group", 0, 0, number=3, id="c"),
    )
    assert [one.missing for one in waves_of(families(rows))] == [(), ()]


def test_a_sealed_name_is_not_written_and_one_written_before_goes(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    add_row(study, replace(PARENTS, note="Ask Quillmore first."))
    note_outcome(study, "1", DECLINED, "P08", "Quillmore was ill.")
    (tmp_path / "late.txt").write_text("I: Who?\n\nP07: Quillmore, aye.", "utf-8")
    assert not import_files(study, [tmp_path / "late.txt"]).faults
    suggest_in_sources(study)
    decide_rest(study, [one.id for one in list_entities(study)], REJECTED)
    add_mention(study, "late", place(study, "late", "Quillmore"), term="Worker")
    seal(study, ["late"])
    assert "Quillmore" not in list_plan(study)[0].note and "first." in list_plan(study)[0].note
    for do in (
        lambda: edit_row(study, "1", {"note": "Quillmore"}),
        lambda: note_outcome(study, "1", NOT_REACHED, None, "Quillmore knows."),
        lambda: import_plan(study, [replace(PARENTS, note="Of Quillmore")], "p.yaml"),
    ):
        with pytest.raises(Refused, match="sealed as"):
            do()
    study.close()
    if study.on_sqlite:
        assert all(
            b"Quillmore" not in path.read_bytes() for path in study.folder.rglob("*") if path.is_file()
        )
