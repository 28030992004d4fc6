"""Import with manifest and participants: what is right goes in, what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.errors import NotFound
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.manifest import read_participants
from qualbench.transcripts.participants import import_participants, list_participants
from qualbench.transcripts.sources import list_sources, read_source

MANIFEST = "file,kind,timepoint,site,date,mode,interviewer\n"
PEOPLE = "id,family,stakeholder,site,labels\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two interviews and a focus group, their manifest and participants."""
    place = tmp_path / "files"
    place.mkdir()
    write(
        place,
        P07_b__txt="I: How was it?\n\nP07: Long.\n\nI: Why?\n\nP07: The questions.",
        P08_b__txt="Kat: How was it?\n\nMother: Fine, fine.\n\nKat: Yes?\n\nMother: Aye.",
        group__txt="FAC: Who starts?\n\nPC01: Me.\n\nFEW01: No, me.\n\nPC01: Right.",
        manifest__csv=MANIFEST
        + "P07_b.txt,interview,Baseline,Glasgow,2026-03-01,phone,I\n"
        + "P08_b.txt,interview,Baseline,Bromley,,,Kat\n"
        + "group.txt,focus group,Follow-up,Glasgow,,online,\n",
        people__csv=PEOPLE
        + "P07,F07,Parent,Glasgow,\n"
        + "P08,F08,Parent,Bromley,P08_b=Mother\n"
        + "PC01,,Parent collaborator,Glasgow,\n"
        + "FEW01,,Family engagement worker,Glasgow,\n",
    )
    return place


@pytest.mark.parametrize("people_first", [True, False])
def test_speakers_are_resolved_to_participants_and_interviewers(
    study: Study, folder: Path, people_first: bool
) -> None:
    if people_first:
        import_participants(study, folder / "people.csv")
    import_files(study, [folder], manifest=folder / "manifest.csv")
    if not people_first:
        import_participants(study, folder / "people.csv")
    found = {
        source.name: {t.speaker: (t.role, t.participant) for t in read_source(study, source.name).turns}
        for source in list_sources(study)
    }
    assert found == {
        "P07_b": {"I": ("interviewer", None), "P07": ("participant", "P07")},
        "P08_b": {"Kat": ("interviewer", None), "Mother": ("participant", "P08")},
        "group": {
            "FAC": ("interviewer", None),
            "PC01": ("participant", "PC01"),
            "FEW01": ("participant", "FEW01"),
        },
    }
    group = next(s for s in list_sources(study) if s.name == "group")
    assert group.stakeholders == ("Parent collaborator", "Family engagement worker")
    assert (group.kind, group.timepoint, group.mode) == ("focus group", "Follow-up", "online")


def test_each_file_is_one_event_that_can_be_undone(study: Study, folder: Path) -> None:
    import_participants(study, folder / "people.csv")
    before = len(read_log(study))
    import_files(study, [folder], manifest=folder / "manifest.csv")
    assert [event.summary for event in read_log(study)[before:]] == [
        "Imported P07_b",
        "Imported P08_b",
        "Imported group",
    ]
    undo(study)
    assert [source.name for source in list_sources(study)] == ["P07_b", "P08_b"]


def test_the_same_file_twice_is_refused_by_name(study: Study, folder: Path) -> None:
    import_files(study, [folder / "P07_b.txt"])
    (folder / "copy.txt").write_bytes((folder / "P07_b.txt").read_bytes())
    (folder / "P07_b.txt").write_text("I: Other?\n\nP07: Words.\n\nI: Yes.")
    report = import_files(study, [folder / "copy.txt", folder / "P07_b.txt"])
    assert [fault.message for fault in report.faults] == [
        "copy.txt: the same text is in the study already, as P07_b.",
        "P07_b.txt: the study has a source named P07_b already.",
    ]
    assert report.imported == []


def test_a_dry_run_reports_and_writes_nothing(study: Study, folder: Path) -> None:
    before = len(read_log(study))
    report = import_files(study, [folder], manifest=folder / "manifest.csv", dry_run=True)
    first = report.imported[0]
    assert (first.name, len(first.transcript.turns), [speaker.label for speaker in first.speakers]) == (
        "P07_b",
        4,
        ["I", "P07"],
    )
    assert list_sources(study) == []
    assert len(read_log(study)) == before


def test_what_is_wrong_is_named_with_file_row_and_remedy_and_the_rest_goes_in(
    study: Study, folder: Path
) -> None:
    write(
        folder,
        empty__txt="",
        loose__txt="I: No row for me?\n\nP07: None.",
        manifest__csv=MANIFEST
        + "P07_b.txt,interview,Baseline,Glasgow,,,\n"
        + "gone.txt,interview,Baseline,Glasgow,,,\n"
        + "P08_b.txt,interview,Later,Bromley,,,\n"
        + "group.txt,focus group,Baseline,Leeds,,,\n"
        + "empty.txt,interview,Baseline,Glasgow,,,\n"
        + "odd.txt,chat,Baseline,Glasgow,,,\n"
        + "day.txt,interview,Baseline,Glasgow,1/2/26,,\n"
        + "P07_b.txt,interview,Baseline,Glasgow,,,\n",
    )
    report = import_files(study, [folder], manifest=folder / "manifest.csv")
    assert [file.name for file in report.imported] == ["P07_b"]
    assert [source.name for source in list_sources(study)] == ["P07_b"]
    said = [str(fault) for fault in report.faults]
    for start in (
        "manifest.csv, row 7: 'chat' is not a kind of source.",
        "manifest.csv, row 8: '1/2/26' is not a date. Write it as 2026-03-31.",
        "manifest.csv, row 9: P07_b.txt is in row 2 already.",
        "manifest.csv, row 3: there is no file gone.txt among those to import.",
        "manifest.csv, row 4: 'Later' is not a timepoint of this study. Use one of Baseline, Follow-up, "
        "or add it: qualbench settings add timepoint 'Later'.",
        "empty.txt: the file is empty.",
        "manifest.csv, row 5: 'Leeds' is not a site of this study.",
        "loose.txt: manifest.csv has no row for it.",
    ):
        assert any(sentence.startswith(start) for sentence in said), start
    assert len(said) == 8


def test_an_unknown_stakeholder_type_is_named_and_the_other_rows_go_in(study: Study, folder: Path) -> None:
    write(folder, people__csv=PEOPLE + "P07,F07,Parent,Glasgow,\nP08,F08,Alien,Bromley,\nP09,,Parent,Mars,\n")
    report = import_participants(study, folder / "people.csv")
    assert [p.id for p in list_participants(study)] == ["P07"]
    assert [fault.message for fault in report.faults] == [
        "people.csv, row 3: 'Alien' is not a stakeholder type of this study.",
        "people.csv, row 4: 'Mars' is not a site of this study.",
    ]


@pytest.mark.parametrize(
    ("participant", "said"),
    [("Kirsty", "looks like a name"), ("943 476 5919", "NHS, CHI or phone number"), ("", "has no id")],
)
def test_ids_that_are_names_or_numbers_of_people_are_refused(
    tmp_path: Path, participant: str, said: str
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE + f"{participant},F07,Parent,Glasgow,\n")
    rows, faults = read_participants(tmp_path / "people.csv")
    assert rows == []
    assert said in faults[0].message
    if participant:
        assert participant not in str(faults[0])


def test_participants_take_new_attributes_when_imported_again(study: Study, folder: Path) -> None:
    import_participants(study, folder / "people.csv")
    write(folder, people__csv=PEOPLE + "P07,F70,Parent collaborator,Bromley,\n")
    report = import_participants(study, folder / "people.csv")
    assert (report.added, report.updated) == ([], ["P07"])
    assert next(p for p in list_participants(study) if p.id == "P07").family == "F70"


def test_a_source_that_is_not_there_is_told(study: Study) -> None:
    with pytest.raises(NotFound, match="no source 'P99'"):
        read_source(study, "P99")
