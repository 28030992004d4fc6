"""Cases, variables and sets of other programs as participants, timepoints and turns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.tree import read_codebook
from qualbench.coding.codings import list_codings
from qualbench.exchange.refi_qda.opening import open_project
from qualbench.exchange.refi_qda.opening_facts import in_order, part_name
from qualbench.study.database import Study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import ForeignGuid, Participant, ParticipantAttribute, table_of
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.exchange.dialects import DIALECTS, Project, Text, element

HOW = DIALECTS["nvivo-windows"]
TALK = "I: How was it?\n\nP: It was long. Very long.\n\nI: And now?\n\nP: Better, now.\n\nI: Good."
GROUP = (
    "FAC: Who starts?\n\nAnna: The forms were murder.\n\nJean: Murder, aye.\n\n"
    "Anna: And it took all day.\n\nJean: It did.\n\nFAC: Thanks."
)


def case(
    name: str | None, values: dict[str, str] | None = None, sources: Sequence[str] = (), more: str = ""
) -> str:
    """A case with values of variables by their names."""
    given = "".join(
        f'<VariableValue><VariableRef targetGUID="{HOW.guid(f"variable/{variable}")}"/>'
        f"{element('TextValue', value)}</VariableValue>"
        for variable, value in (values or {}).items()
    )
    refs = "".join(f'<SourceRef targetGUID="{HOW.guid(f"source/{source}")}"/>' for source in sources)
    named = f' name="{name}"' if name is not None else ""
    return f'<Case guid="{HOW.guid(f"case/{name}{sources}")}"{named}>{given}{refs}{more}</Case>'


def variables(*names: str) -> str:
    return "".join(
        f'<Variable guid="{HOW.guid(f"variable/{name}")}" name="{name}" typeOfVariable="Text"/>'
        for name in names
    )


def opened(project: Project, folder: Path) -> Study:
    open_project(project.write(folder / "p.qdpx", HOW), folder / "study", coder="AB")
    study = open_study(folder / "study")
    assert check_study(study) == []
    return study


def people(study: Study) -> dict[str, tuple[str | None, str, str | None]]:
    table = table_of(Participant)
    with study.read() as db:
        return {row.id: (row.family, row.stakeholder, row.site) for row in db.execute(sa.select(table))}


def attributes(study: Study) -> dict[tuple[str, str], str]:
    table = table_of(ParticipantAttribute)
    with study.read() as db:
        return {(row.participant_id, row.name): row.value for row in db.execute(sa.select(table))}


def speech(study: Study, source: str) -> list[tuple[str | None, str, str | None]]:
    """Words, role and participant of each turn."""
    read = read_source(study, source)
    return [(read.text[turn.start : turn.end], turn.role, turn.participant) for turn in read.turns]


def test_cases_of_one_person_are_one_participant_at_several_timepoints(tmp_path: Path) -> None:
    names = ("Person:Stakeholder", "Person:Timepoint", "Person:Site", "Person:Age group")
    project = Project([Text(name, TALK) for name in ("first", "second", "third")])
    project.parts["Variables"] = variables(*names)
    project.parts["Cases"] = (
        case("P01_T0", dict(zip(names, ("Parent", "Baseline", "Leeds", "30-39"), strict=True)), ["first"])
        + case("P01_T1", dict(zip(names, ("Parent", "Follow-up", "Leeds", "40-49"), strict=True)), ["second"])
        + case("P02_T0", dict(zip(names[:2], ("parent", "baseline"), strict=True)), ["third"])
    )
    study = opened(project, tmp_path)
    assert people(study) == {"P01": (None, "Parent", "Leeds"), "P02": (None, "Parent", None)}
    assert {s.name: s.timepoint for s in list_sources(study)} == {
        "first": "Baseline",
        "second": "Follow-up",
        "third": "Baseline",
    }
    assert attributes(study) == {
        ("P01", "Person:Age group"): "30-39",
        ("P01", "Person:Age group (Follow-up)"): "40-49",
    }
    lists = read_study_settings(study)
    assert (lists.stakeholder_types, lists.timepoints, lists.sites) == (
        ["Parent"],
        ["Baseline", "Follow-up"],
        ["Leeds"],
    )
    table = table_of(ForeignGuid)
    with study.read() as db:
        kept = dict(db.execute(sa.select(table.c.key, table.c.guid).where(table.c.kind == "case")).all())
    assert kept == {
        f"{who} {time}": HOW.guid(f"case/{name}{[source]}")
        for who, time, name, source in (
            ("P01", "Baseline", "P01_T0", "first"),
            ("P01", "Follow-up", "P01_T1", "second"),
            ("P02", "Baseline", "P02_T0", "third"),
        )
    }
    study.close()


def test_an_interviewers_turns_are_not_the_cases_though_the_whole_text_is(tmp_path: Path) -> None:
    project = Project([Text("talk", TALK)])
    project.parts["Cases"] = case("P07 | Baseline", sources=["talk"])
    study = opened(project, tmp_path)
    assert speech(study, "talk") == [
        ("How was it?", "interviewer", None),
        ("It was long. Very long.", "participant", "P07"),
        ("And now?", "interviewer", None),
        ("Better, now.", "participant", "P07"),
        ("Good.", "interviewer", None),
    ]
    assert people(study) == {"P07": (None, "Participant", None)}
    assert list_sources(study)[0].timepoint == "Baseline"
    study.close()


def coded_with_case(words: str, name: str) -> tuple[str, str, str]:
    return (words, f"case-{name}", "Bob")


def group_project(text: str, people_said: dict[str, Sequence[str]]) -> Project:
    """A project as NVivo writes it: a code and a case of one GUID, the case's words coded with it."""
    quotes = [coded_with_case(words, who) for who, said in people_said.items() for words in said]
    project = Project([Text("group", text).code(quotes)])
    project.parts["Codes"] = (
        f'<Code guid="{HOW.guid("folder")}" name="Cases" isCodable="false">'
        + "".join(
            f'<Code guid="{HOW.guid(f"code/case-{who}")}" name="{who}" isCodable="true"/>'
            for who in people_said
        )
        + "</Code>"
    )
    project.parts["Cases"] = "".join(
        f'<Case guid="{HOW.guid(f"code/case-{who}")}" name="{who}"/>' for who in people_said
    )
    return project


def test_text_coded_with_a_case_is_what_that_participant_said(tmp_path: Path) -> None:
    said = {"P01": ["The forms were murder."], "FEW02": ["Jean: Murder, aye."]}
    study = opened(group_project(GROUP, said), tmp_path)
    assert speech(study, "group") == [
        ("Who starts?", "interviewer", None),
        ("The forms were murder.", "participant", "P01"),
        ("Murder, aye.", "participant", "FEW02"),
        ("And it took all day.", "participant", "P01"),
        ("It did.", "participant", "FEW02"),
        ("Thanks.", "interviewer", None),
    ], "whoever speaks under a label once speaks under it always"
    assert {entry.label for entry in read_codebook(study).by_id.values()} == {
        "hearing",
        "fear",
        "trust",
        "forms",
    }
    assert list_codings(study, layer="agreed") == []
    study.close()


def test_a_case_that_is_on_the_whole_conversation_leaves_the_interviewer_theirs(tmp_path: Path) -> None:
    study = opened(group_project(TALK, {"P01": [TALK]}), tmp_path)
    assert [who for _, _, who in speech(study, "group")] == [None, "P01", None, "P01", None]
    study.close()


def test_words_within_an_interviewers_turn_can_be_somebody_elses(tmp_path: Path) -> None:
    """A label that stands there only once may be overlooked; the case's words are not."""
    text = "FAC: Who starts?\n\nAnna: The forms were murder.\n\nFAC: Thanks."
    study = opened(group_project(text, {"P01": ["The forms were murder."]}), tmp_path)
    assert speech(study, "group") == [
        ("Who starts?\n\nAnna:", "interviewer", None),
        ("The forms were murder.", "participant", "P01"),
        ("Thanks.", "interviewer", None),
    ]
    study.close()


def test_names_do_not_become_ids_and_are_told_once(tmp_path: Path) -> None:
    path = group_project(GROUP, {"Anna Smith": ["The forms were murder."], "P01": ["Murder, aye."]}).write(
        tmp_path / "p.qdpx", HOW
    )
    came = open_project(path, tmp_path / "study", coder="AB")
    assert came.people == {"P02": "Anna Smith"}
    study = open_study(tmp_path / "study")
    assert set(people(study)) == {"P01", "P02"}
    assert ("The forms were murder.", "participant", "P02") in speech(study, "group")
    study.close()
    assert b"Anna Smith" not in (tmp_path / "study" / "study.db").read_bytes()


def test_without_labels_paragraphs_are_cut_at_the_words_of_people(tmp_path: Path) -> None:
    text = "It began well enough. Then it did not.\nNobody came.\nThat was all."
    study = opened(group_project(text, {"P01": ["It began well enough."], "P02": ["Nobody came."]}), tmp_path)
    assert speech(study, "group") == [
        ("It began well enough.", "participant", "P01"),
        ("Then it did not.", "other", None),
        ("Nobody came.", "participant", "P02"),
        ("That was all.", "other", None),
    ]
    study.close()


def test_who_speaks_stays_known_when_participants_are_imported_later(tmp_path: Path) -> None:
    """The label of each is kept as a digest, as an import of transcripts keeps it."""
    study = opened(
        group_project(GROUP, {"P01": ["The forms were murder."], "P02": ["Murder, aye."]}), tmp_path
    )
    before = speech(study, "group")
    (tmp_path / "people.csv").write_text("id,family,stakeholder\nP09,,Participant\n")
    assert not import_participants(study, tmp_path / "people.csv").faults
    assert speech(study, "group") == before
    study.close()


def test_variables_of_documents_are_those_of_who_speaks_there(tmp_path: Path) -> None:
    """MAXQDA has a case without a name for each document, or values right on it."""
    project = Project(
        [
            Text("P01_T0", "Just what she said.\nAnd more of it."),
            Text("group", GROUP.replace("Anna", "P05").replace("Jean", "P06")),
            Text("notes", "Nobody in particular."),
        ]
    )
    project.parts["Variables"] = variables("Stakeholder", "Timepoint", "Age", "Mode")
    project.parts["Cases"] = (
        case(None, {"Stakeholder": "Parent", "Age": "31", "Mode": "Phone"}, ["P01_T0"])
        + case(None, {"Stakeholder": "Nurse", "Timepoint": "Wave 2"}, ["group"])
        + case(None, {"Age": "1"})
    )
    path = project.write(tmp_path / "p.qdpx", HOW)
    came = open_project(path, tmp_path / "study")
    study = open_study(tmp_path / "study", coder="AB")
    assert people(study) == {
        "P01": (None, "Parent", None),
        "P05": (None, "Nurse", None),
        "P06": (None, "Nurse", None),
    }
    assert attributes(study) == {("P01", "Age"): "31"}
    facts = {s.name: (s.timepoint, s.mode) for s in list_sources(study)}
    assert facts == {"P01_T0": ("T0", "phone"), "group": ("Wave 2", None), "notes": (None, None)}
    assert {who for _, _, who in speech(study, "P01_T0")} == {"P01"}
    assert [one.kind for one in came.left_out] == ["cases without a name and a text"]
    study.close()


def test_sets_named_like_a_value_say_it_and_others_are_told(tmp_path: Path) -> None:
    """ATLAS.ti and MAXQDA have document groups; ours are named so, and survive where cases do not."""
    project = Project([Text("P01_a", "P01: Well. It was fine.\n\nI: Good.\n\nP01: Aye."), Text("b", TALK)])
    sets = {"Timepoint = Baseline": ["P01_a", "b"], "Stakeholder = Parent": ["P01_a"], "gender: male": ["b"]}
    project.parts["Sets"] = "".join(
        f'<Set guid="{HOW.guid(name)}" name="{name}">'
        + "".join(f'<MemberSource targetGUID="{HOW.guid(f"source/{one}")}"/>' for one in members)
        + "</Set>"
        for name, members in sets.items()
    )
    came = open_project(project.write(tmp_path / "p.qdpx", HOW), tmp_path / "study", coder="AB")
    study = open_study(tmp_path / "study")
    assert {s.name: s.timepoint for s in list_sources(study)} == {"P01_a": "Baseline", "b": "Baseline"}
    assert people(study) == {"P01": (None, "Parent", None)}
    assert [(one.kind, list(one.examples)) for one in came.left_out] == [
        ("sets of sources", ["gender: male"])
    ]
    study.close()


def test_a_text_with_cases_of_two_timepoints_has_none(tmp_path: Path) -> None:
    project = Project([Text("talk", TALK)])
    project.parts["Cases"] = case("P01_T0", sources=["talk"]) + case("P02_T1", sources=["talk"])
    came = open_project(project.write(tmp_path / "p.qdpx", HOW), tmp_path / "study", coder="AB")
    study = open_study(tmp_path / "study")
    assert list_sources(study)[0].timepoint is None
    assert [one.count for one in came.left_out] == [1]
    assert {who for _, _, who in speech(study, "talk")} == {None}, "which of the two speaks cannot be told"
    study.close()


@pytest.mark.parametrize(
    ("name", "timepoint", "parts"),
    [
        ("P01_T0", None, ("P01", "T0")),
        ("P01 | Baseline", None, ("P01", "Baseline")),
        ("T1 - P01", None, ("P01", "T1")),
        ("P01 (6 months)", None, ("P01", "6 months")),
        ("P01 Follow-up~ late", "Follow-up: late", ("P01", "Follow-up~ late")),
        ("Anna", None, ("Anna", None)),
        ("P01", "Baseline", ("P01", None)),
        ("Parent 1", None, ("Parent 1", None)),
    ],
)
def test_names_of_cases_are_parted(name: str, timepoint: str | None, parts: tuple[str, str | None]) -> None:
    assert part_name(name, timepoint) == parts


def test_timepoints_come_in_their_order() -> None:
    assert in_order(["T10", "T2", "Baseline", "T2"]) == ["Baseline", "T2", "T10"]
    assert in_order(["12 months", "6 months", "Before birth"]) == ["Before birth", "6 months", "12 months"]
