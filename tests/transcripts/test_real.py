"""Transcripts that somebody really made, with counts verified by eye (where the folder is at hand)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qualbench.study.database import Study
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source

FOLDER = Path(__file__).parents[3] / "shared" / "transcripts-real"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real transcripts is not at hand")

# Turns by speaker, a turn being all that one says until another speaks. Counted in the files themselves.
EXPECTED = {
    "bracket_labels_doctor_patient.txt": {"doctor": 41, "patient": 40},
    "colon_labels_two_doctors.txt": {"Doctor": 19, "Patient": 16, "Doctor_2": 12},
    "group_call_speaker_numbers_redacted.md": {
        "Speaker 0": 48,
        "Speaker 1": 37,
        "Speaker 2": 71,
        "Speaker 3": 2,
        "Speaker 4": 2,
        "Speaker 5": 5,
        "Speaker 6": 1,
        "Speaker 7": 4,
        "Speaker 8": 21,
        "Speaker 9": 5,
        "Speaker 10": 6,
    },
    "primary_care_day1_05.docx": {"Doctor": 43, "Patient": 42},
    "primary_care_day1_05.txt": {"Doctor": 43, "Patient": 42},
    "primary_care_day1_05_teams_style.vtt": {"Dr A": 43, "Participant 02": 42},
    "research_interview_P1.txt": {"Dan": 46, "Participant": 46},
}


@pytest.fixture
def imported(sqlite_study: Study, tmp_path: Path) -> Study:
    """A study with the files, the .txt and .docx of one conversation being the same text."""
    for name in EXPECTED:
        (tmp_path / name.replace(".", "_", name.count(".") - 1)).write_bytes((FOLDER / name).read_bytes())
    (tmp_path / "primary_care_day1_05.docx").rename(tmp_path / "primary_care_word.docx")
    report = import_files(sqlite_study, sorted(tmp_path.glob("*.*")))
    assert [fault.message for fault in report.faults] == [
        "primary_care_word.docx: the same text is in the study already, as primary_care_day1_05."
    ]
    return sqlite_study


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.endswith(".docx")])
def test_speakers_and_turns(imported: Study, name: str) -> None:
    source = read_source(imported, Path(name).stem)
    assert Counter(turn.speaker for turn in source.turns) == EXPECTED[name]


def test_the_document_holds_the_same_talk_as_the_text(sqlite_study: Study) -> None:
    report = import_files(sqlite_study, [FOLDER / "primary_care_day1_05.docx"])
    found = report.imported[0].speakers
    assert {speaker.label: speaker.turns for speaker in found} == EXPECTED["primary_care_day1_05.docx"]


def test_marks_survive(imported: Study) -> None:
    assert "[inaudible]. Good morning, Tim." in read_source(imported, "primary_care_day1_05").text
    assert (
        "I was wondering, [redacted], for which"
        in read_source(imported, "group_call_speaker_numbers_redacted").text
    )
    assert "color squares (unintelligible) so we plot" in read_source(imported, "research_interview_P1").text


def test_no_word_of_the_talk_is_lost(imported: Study) -> None:
    file = (FOLDER / "primary_care_day1_05.txt").read_text("utf-8")
    words = [word for word in file.split() if word not in ("Doctor:", "Patient:")]
    source = read_source(imported, "primary_care_day1_05")
    assert " ".join(source.text[t.start : t.end] for t in source.turns).split() == words
