"""Transcripts that somebody really made, with counts verified by eye (where the folder is at hand)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qualbench.study.database import Study
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.readers import read_transcript
from qualbench.transcripts.sources import SourceRead, read_source

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
    "primary_care_day1_05_doctor.TextGrid": {"Speaker": 68},
    "primary_care_day1_05_patient.TextGrid": {"Speaker": 48},
    "research_interview_P1.pdf": {"Dan": 46, "Participant": 46},
    "research_interview_P1.txt": {"Dan": 46, "Participant": 46},
    "research_interview_code-system.pdf": {None: 94},
}


@pytest.fixture
def imported(sqlite_study: Study) -> dict[str, SourceRead]:
    """Every file imported into one study, by file name; versions of one conversation are all kept."""
    report = import_files(sqlite_study, [FOLDER], duplicates="keep")
    assert report.faults == []
    return {file.path.name: read_source(sqlite_study, file.name) for file in report.imported}


def test_every_file_has_its_speakers_and_turns(imported: dict[str, SourceRead]) -> None:
    assert {
        name: Counter(turn.speaker for turn in source.turns) for name, source in imported.items()
    } == EXPECTED


def test_one_conversation_is_one_text_whatever_the_format(imported: dict[str, SourceRead]) -> None:
    assert imported["research_interview_P1.pdf"].text == imported["research_interview_P1.txt"].text
    assert imported["primary_care_day1_05.docx"].text == imported["primary_care_day1_05.txt"].text


def test_versions_of_one_conversation_are_told_of(sqlite_study: Study) -> None:
    report = import_files(sqlite_study, [FOLDER])
    assert sorted(file.path.name for file in report.waiting) == [
        "primary_care_day1_05.txt",
        "primary_care_day1_05_teams_style.vtt",
        "research_interview_P1.txt",
    ]
    assert all("primary_care_day1_05" in str(f) or "research_interview_P1" in str(f) for f in report.faults)


def test_marks_survive(imported: dict[str, SourceRead]) -> None:
    assert "[inaudible]. Good morning, Tim." in imported["primary_care_day1_05.txt"].text
    assert "I was wondering, [redacted], for which" in imported["group_call_speaker_numbers_redacted.md"].text
    assert "color squares (unintelligible) so we plot" in imported["research_interview_P1.pdf"].text


def test_no_word_of_the_talk_is_lost(imported: dict[str, SourceRead]) -> None:
    file = (FOLDER / "primary_care_day1_05.txt").read_text("utf-8")
    words = [word for word in file.split() if word not in ("Doctor:", "Patient:")]
    source = imported["primary_care_day1_05.txt"]
    assert " ".join(source.text[t.start : t.end] for t in source.turns).split() == words


def test_two_tiers_give_the_turns_of_the_typed_transcript(
    imported: dict[str, SourceRead], tmp_path: Path
) -> None:
    tiers = []
    for who in ("doctor", "patient"):
        grid = (FOLDER / f"primary_care_day1_05_{who}.TextGrid").read_text("utf-8")
        tiers.append(grid[grid.index("item [1]:") :].replace('"Speaker"', f'"{who.title()}"', 1))
    header = grid[: grid.index("item [1]:")].replace("size = 1", "size = 2")
    (tmp_path / "both.TextGrid").write_text(header + "".join(tiers), "utf-8")
    both = read_transcript(tmp_path / "both.TextGrid")
    typed = imported["primary_care_day1_05.txt"]
    assert [(t.label, both.text[t.start : t.end].split()) for t in both.turns] == [
        (t.speaker, typed.text[t.start : t.end].split()) for t in typed.turns
    ]
