"""Import with manifest and participants: what is right goes in, what is wrong is named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.manifest import read_participants, write_template
from qualbench.transcripts.participants import assign_speaker, import_participants, list_participants
from qualbench.transcripts.sources import list_sources, mark_checked, read_source, rename_source

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


def sheet(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_manifest_and_participants_may_be_workbooks(study: Study, folder: Path) -> None:
    people = sheet(
        folder / "people.xlsx",
        (
            "id",
            "family",
            "stakeholder",
            "consent_date",
            "consent_version",
            "consent_quote",
            "consent_archive",
        ),
        ("P07", "F07", "parent", datetime(2026, 2, 1), 2, "Yes", "no"),
        (None, None, None),
        ("P08", "F08", "Parent", None, None, None, None),
    )
    manifest = sheet(
        folder / "manifest.xlsx",
        ("File", "Kind", "Timepoint", "Site", "Date", "Mode", "Participant"),
        ("P07_b.txt", "Interview", "baseline", "GLASGOW", datetime(2026, 3, 1), "Phone", None),
        ("P08_b.txt", "interview", "Baseline", "Bromley", None, None, None),
        ("in/group.txt", "Focus group", "followup", "Glasgow", "2026-03-02", "face-to-face", None),
    )
    assert import_participants(study, people).faults == []
    first = next(p for p in list_participants(study) if p.id == "P07")
    assert (first.consent_date, first.consent_version) == ("2026-02-01", "2")
    assert (first.consent_quote, first.consent_archive) == (True, False)
    assert import_files(study, [folder], manifest=manifest).faults == []
    assert [(s.kind, s.timepoint, s.site, s.date, s.mode) for s in list_sources(study)] == [
        ("interview", "Baseline", "Glasgow", "2026-03-01", "phone"),
        ("interview", "Baseline", "Bromley", None, None),
        ("focus group", "Follow-up", "Glasgow", "2026-03-02", "face to face"),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("P07,F07,Parent,1/2/26,yes", "'1/2/26' is not a date"),
        ("P07,F07,Parent,2026-02-01,perhaps", "'perhaps' in consent_quote is neither yes nor no"),
    ],
)
def test_consent_that_cannot_be_read_is_named(tmp_path: Path, row: str, told: str) -> None:
    (tmp_path / "people.csv").write_text(f"id,family,stakeholder,consent_date,consent_quote\n{row}\n")
    assert told in read_participants(tmp_path / "people.csv")[1][0].message


def test_participants_imported_without_columns_of_consent_keep_theirs(study: Study, folder: Path) -> None:
    write(folder, people__csv="id,family,stakeholder,consent_date\nP07,F07,Parent,2026-02-01\n")
    import_participants(study, folder / "people.csv")
    write(folder, people__csv=PEOPLE + "P07,F70,Parent,Glasgow,\n")
    import_participants(study, folder / "people.csv")
    (only,) = list_participants(study)
    assert (only.family, only.consent_date) == ("F70", "2026-02-01")


def test_a_damaged_workbook_is_refused(study: Study, folder: Path) -> None:
    (folder / "m.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(BadInput, match="not a workbook, or is damaged"):
        import_files(study, [folder], manifest=folder / "m.xlsx")


def test_a_pattern_stands_in_for_a_manifest(study: Study, folder: Path) -> None:
    import_participants(study, folder / "people.csv")
    write(
        folder,
        P07_followup_20260301_Glasgow__txt="Kat (researcher): How?\n\nMum: Fine.\n\nKat: So?\n\nMum: Aye.",
        P08_baseline_20260302_bromley__txt="I: How?\n\nMum: Fine.\n\nGran: No.\n\nMum: Aye.\n\nGran: No.",
        P99_baseline_20260302_bromley__txt="I: How is it?\n\nMum: Well.\n\nMum: Aye.",
        notes__txt="I: How?",
    )
    files = [*sorted(folder.glob("P*_*_*_*.txt")), folder / "notes.txt"]
    report = import_files(study, files, pattern="{participant}_{timepoint}_{date}_{site}")
    assert [(s.name, s.timepoint, s.date, s.site) for s in list_sources(study)] == [
        ("P07_followup_20260301_Glasgow", "Follow-up", "2026-03-01", "Glasgow"),
        ("P08_baseline_20260302_bromley", "Baseline", "2026-03-02", "Bromley"),
    ]
    roles = {t.speaker: (t.role, t.participant) for t in read_source(study, report.imported[0].name).turns}
    assert roles == {"Kat": ("interviewer", None), "Mum": ("participant", "P07")}
    assert "Which label is P08's cannot be told." in report.imported[1].notes
    assert [fault.message for fault in report.faults] == [
        "P99_baseline_20260302_bromley.txt: the study has no participant P99.",
        "notes.txt: its name does not fit the pattern.",
    ]


def test_who_was_assigned_stays_so_when_participants_are_imported_again(study: Study, folder: Path) -> None:
    import_participants(study, folder / "people.csv")
    write(folder, P07_x__txt="Kat (researcher): How?\n\nMother: Fine.\n\nKat: So?\n\nMother: Aye.")
    import_files(study, [folder / "P07_x.txt"], pattern="{participant}_{any}")
    import_participants(study, folder / "people.csv")
    roles = {t.speaker: (t.role, t.participant) for t in read_source(study, "P07_x").turns}
    assert roles == {"Kat": ("interviewer", None), "Mother": ("participant", "P07")}


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{who}_{site}", "has a field '{who}' that is not known"),
        ("{site}_{site}", "has the field '{site}' twice"),
        ("transcript", "names nothing"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(
    sqlite_study: Study, folder: Path, pattern: str, told: str
) -> None:
    with pytest.raises(BadInput) as refused:
        import_files(sqlite_study, [folder], pattern=pattern)
    assert told in refused.value.message


def test_labels_are_merged_and_taken_back_on_the_way_in(study: Study, folder: Path) -> None:
    write(folder, P07_x__txt="I: One?\n\nP07: Two.\n\nP7: Three.\n\nPlan: four.\n\nI: Five.\n\nPlan: six.")
    import_files(study, [folder / "P07_x.txt"], labels={"P7": "P07", "Plan": None})
    source = read_source(study, "P07_x")
    assert [(t.speaker, source.text[t.start : t.end]) for t in source.turns] == [
        ("I", "One?"),
        ("P07", "Two.\nThree.\nPlan: four."),
        ("I", "Five.\nPlan: six."),
    ]


def test_who_speaks_can_be_said_afterwards(study: Study, folder: Path) -> None:
    import_participants(study, folder / "people.csv")
    write(folder, talk__txt="Kat: How?\n\nMother: Fine.\n\nKat: So?\n\nMother: Aye.")
    import_files(study, [folder / "talk.txt"])
    assign_speaker(study, "talk", "mother", "p07", interviewer=False)
    assign_speaker(study, "talk", "Kat", None, interviewer=True)
    import_participants(study, folder / "people.csv")
    roles = {t.speaker: (t.role, t.participant) for t in read_source(study, "talk").turns}
    assert roles == {"Kat": ("interviewer", None), "Mother": ("participant", "P07")}
    assign_speaker(study, "talk", "Mother", None, interviewer=False)
    import_participants(study, folder / "people.csv")
    assert {t.role for t in read_source(study, "talk").turns} == {"interviewer", "other"}
    for source, label, who in (("gone", "Kat", None), ("talk", "Gran", None), ("talk", "Kat", "P99")):
        with pytest.raises(NotFound):
            assign_speaker(study, source, label, who, interviewer=who is None)


def test_a_listening_check_is_on_record_with_who_and_when(study: Study, folder: Path) -> None:
    import_files(study, [folder / "P07_b.txt"])
    mark_checked(study, ["P07_b"])
    (source,) = list_sources(study)
    assert source.checked_by == "AB"
    assert source.checked_at is not None and source.checked_at.startswith("20")
    assert read_log(study)[-1].summary == "Checked against the recording: P07_b"
    undo(study)
    assert list_sources(study)[0].checked_by is None


def test_front_matter_gives_what_nobody_else_does(study: Study, folder: Path) -> None:
    write(folder, talk__md="---\ntimepoint: follow-up\nsite: Glasgow\ntitle: x\n---\n\nI: How?\n\nP07: Fine.")
    import_files(study, [folder / "talk.md"])
    assert [(s.timepoint, s.site) for s in list_sources(study)] == [("Follow-up", "Glasgow")]


def test_what_else_lies_in_a_folder_is_told_of(study: Study, folder: Path) -> None:
    (folder / "audio.mp3").write_bytes(b"x")
    (folder / "README.md").write_text("I: x\n\nP07: y")
    (folder / "~$P07_b.docx").write_bytes(b"x")
    (folder / "older").mkdir()
    report = import_files(study, [folder], dry_run=True)
    assert report.notes == [
        "Folders inside files were not looked into: older.",
        "Left out as no transcripts: README.md, audio.mp3.",
    ]


def test_the_template_lists_the_files_and_is_read_as_a_manifest(study: Study, folder: Path) -> None:
    (folder / "manifest.csv").unlink()
    written = write_template(folder, ["P07_b.txt", "group.txt"])
    assert [path.name for path in written] == ["manifest.csv", "participants.csv"]
    report = import_files(study, [folder / "P07_b.txt", folder / "group.txt"], manifest=written[0])
    assert ([file.name for file in report.imported], report.faults) == (["P07_b", "group"], [])
    assert import_participants(study, written[1]).added == []
    with pytest.raises(Refused, match=r"has manifest\.csv and participants\.csv already"):
        write_template(folder, [])
    written[1].unlink()
    assert write_template(folder, []) == [written[1]]


def test_an_import_that_is_stopped_keeps_what_had_come_in(study: Study, folder: Path) -> None:
    def stop(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    report = import_files(study, [folder], progress=stop)
    assert (len(report.imported), report.stopped) == (2, True)
    assert len(list_sources(study)) == 2


def test_names_with_slashes_and_line_breaks(study: Study, folder: Path) -> None:
    (folder / "P07\\new\n1.txt").write_text("Mum/Dad: Aye.\n\nI: So?\n\nMum/Dad: Naw.")
    import_files(study, [folder / "P07\\new\n1.txt"])
    (source,) = list_sources(study)
    assert source.name == "P07_new_1"
    assert [t.speaker for t in read_source(study, "P07_new_1").turns] == ["Mum/Dad", "I", "Mum/Dad"]


def test_a_label_that_somebody_is_known_by_needs_no_further_evidence(study: Study, folder: Path) -> None:
    write(
        folder,
        talk__txt="Kat: How?\n\nMother: Fine.\n\nGrandma: Aye.\n\nKat: So?\n\nMother: Well.",
        people__csv=PEOPLE + "P07,F07,Parent,Glasgow,talk=Mother\nP09,F07,Parent,Glasgow,talk=Grandma\n",
    )
    import_participants(study, folder / "people.csv")
    import_files(study, [folder / "talk.txt"])
    assert [(t.speaker, t.participant) for t in read_source(study, "talk").turns][2] == ("Grandma", "P09")


def test_labels_that_no_file_has_are_told_of(study: Study, folder: Path) -> None:
    report = import_files(study, [folder / "P08_b.txt"], labels={"mother": "P08", "Zebra": "Horse"})
    assert report.notes == ["No file has the label 'Zebra'."]
    assert {t.speaker for t in read_source(study, "P08_b").turns} == {"Kat", "P08"}


def test_an_empty_folder_and_names_that_are_paths_are_refused(study: Study, folder: Path) -> None:
    (folder / "none").mkdir()
    with pytest.raises(BadInput, match="no transcript right inside"):
        import_files(study, [folder / "none"])
    import_files(study, [folder / "P08_b.txt"])
    for name in ("../x", "a/b", "a\\b", " ", "a\nb"):
        with pytest.raises(Refused):
            rename_source(study, "P08_b", name)


def test_a_check_that_is_on_record_is_not_made_again(study: Study, folder: Path) -> None:
    import_files(study, [folder / "P07_b.txt", folder / "P08_b.txt"])
    mark_checked(study, ["P07_b"])
    mark_checked(study, ["P07_b", "P08_b"])
    with pytest.raises(Refused, match="on record already"):
        mark_checked(study, ["P07_b"])
    assert [e.summary for e in read_log(study)][-1] == "Checked against the recording: P08_b"
