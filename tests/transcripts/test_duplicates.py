"""The same transcript again, and corrected versions of one that is in the study."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, undo
from qualbench.text.spans import Span
from qualbench.transcripts.importing import commit, import_files
from qualbench.transcripts.intake import Intake
from qualbench.transcripts.sources import list_sources, mark_checked, read_source

VERSION_1 = """I: How did you hear about the programme and its practitioners?

P07: The health visitor recommended everything about programmes. She said the questionnaire was shut.

I: Did anybody explain confidentiality, or the appointments beforehand?

P07: Somebody telephoned on Wednesday. Everybody remembers the receptionist at the surgery.

I: What happened afterwards with the community development workers?

P07: They understood everything immediately. Honestly, understanding professionals are extraordinary."""

VERSION_2 = (
    VERSION_1.replace("was shut", "was long")
    .replace("Somebody telephoned", "Um, somebody telephoned")
    .replace("P07:", "Mother:")
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a transcript, a copy of it under another name, and a corrected version."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "P07_b.txt").write_text(VERSION_1)
    (folder / "P07_b_copy.txt").write_text(VERSION_1)
    (folder / "P07_b_v2.txt").write_text(VERSION_2)
    return folder


def code(study: Study, *words: str) -> None:
    """Code some words of the source."""
    import_entries(study, [CodeEntry("fear", None, "theme", "Fear")], "test")
    text = read_source(study, "P07_b").text
    for w in words:
        add_coding(study, "P07_b", Span(text.index(w), text.index(w) + len(w)), "fear")


def test_a_version_under_another_name_is_shown_with_what_differs(study: Study, files: Path) -> None:
    report = import_files(study, [files])
    assert [file.name for file in report.imported] == ["P07_b"]
    assert report.faults[0].message.startswith("P07_b_copy.txt: the same text is in")
    likeness = report.waiting[1].likeness
    assert likeness is not None and not likeness.same and 0.8 < likeness.share < 1
    assert likeness.relabelled == [("P07", "Mother")]
    assert likeness.passages(1) == [
        (
            "said the questionnaire was ⟨shut⟩ . I: Did anybody",
            "said the questionnaire was ⟨long⟩ . I: Did anybody",
        )
    ]
    assert len(likeness.differing) == 2


def test_other_talk_is_not_taken_for_a_version(study: Study, files: Path) -> None:
    (files / "other.txt").write_text(VERSION_1[::-1].replace("\n\n", "\n\nI: Aye? P07: "))
    report = import_files(study, [files / "P07_b.txt", files / "other.txt"])
    assert [file.name for file in report.imported] == ["P07_b", "other"]


@pytest.mark.parametrize(
    ("choice", "names"),
    [("skip", ["P07_b"]), ("keep", ["P07_b", "P07_b_copy", "P07_b_v2"]), ("replace", ["P07_b"])],
)
def test_the_choices(study: Study, files: Path, choice: str, names: list[str]) -> None:
    report = import_files(study, [files], duplicates=choice)
    assert report.faults == []
    assert [source.name for source in list_sources(study)] == names
    assert ("was long" in read_source(study, "P07_b").text) == (choice == "replace")


def test_keeping_both_of_one_name_gives_the_second_another(study: Study, files: Path) -> None:
    import_files(study, [files / "P07_b.txt"])
    (files / "P07_b.txt").write_text(VERSION_2)
    report = import_files(study, [files / "P07_b.txt"], duplicates="keep")
    assert [file.name for file in report.imported] == ["P07_b (2)"]


def test_replacing_moves_codings_and_takes_the_new_speakers(study: Study, files: Path) -> None:
    import_files(study, [files / "P07_b.txt"])
    code(study, "She said the questionnaire was shut", "Somebody telephoned on Wednesday")
    mark_checked(study, ["P07_b"])
    report = import_files(study, [files / "P07_b_v2.txt"], duplicates="replace")
    replacement = report.imported[0].replacement
    assert replacement is not None and (replacement.moved, replacement.stranded) == (2, [])
    assert [coding.quote for coding in list_codings(study)] == [
        "She said the questionnaire was long",
        "Um, somebody telephoned on Wednesday",
    ]
    source = read_source(study, "P07_b")
    assert source.text == VERSION_2
    assert {turn.speaker for turn in source.turns} == {"I", "Mother"}
    assert (source.summary.state, source.summary.checked_by) == ("imported", None)
    assert check_study(study) == []
    with pytest.raises(Refused, match=r"'Replaced P07_b by a corrected version' cannot be taken back"):
        undo(study)


def test_a_coding_that_would_lose_its_words_stops_the_replacing_before_anything_is_written(
    study: Study, files: Path
) -> None:
    import_files(study, [files / "P07_b.txt"])
    code(study, "shut")
    before = len(read_log(study))
    for dry_run in (True, False):
        report = import_files(study, [files / "P07_b_v2.txt"], duplicates="replace", dry_run=dry_run)
        assert report.imported == []
        assert "without a word left in the new version: 1." in report.faults[0].message
        stranded = report.waiting[0].replacement
        assert stranded is not None
        start = VERSION_1.index("shut")
        assert [(lost.span, lost.layer) for lost in stranded.stranded] == [(Span(start, start + 4), "AB")]
    assert len(read_log(study)) == before
    assert read_source(study, "P07_b").text == VERSION_1


def test_a_source_changed_since_the_look_at_it_is_not_replaced(study: Study, files: Path) -> None:
    import_files(study, [files / "P07_b.txt"])
    intake = Intake(study)
    candidate = intake.revise(intake.prepare(files / "P07_b_v2.txt"), choice="replace")
    (files / "P07_b_v3.txt").write_text(VERSION_1.replace("was shut", "was open"))
    import_files(study, [files / "P07_b_v3.txt"], duplicates="replace")
    with pytest.raises(Refused, match="changed meanwhile"):
        commit(study, candidate)


def test_of_two_files_that_are_alike_the_later_waits(study: Study, files: Path) -> None:
    """As on the import screen, where nothing has come in while files are read."""
    intake = Intake(study)
    first, second, third = (intake.prepare(files / f"P07_b{end}.txt") for end in ("", "_copy", "_v2"))
    assert first.likeness is None
    assert second.likeness is not None and second.likeness.same and second.likeness.source == "P07_b"
    assert third.likeness is not None and third.likeness.source == "P07_b"
    assert "it is the same text as P07_b." in str(intake.obstacle(second))
    commit(study, intake.refreshed(first))
    intake.note_imported(first)
    replacing = intake.revise(intake.refreshed(third), choice="replace")
    assert intake.obstacle(replacing) is None
    commit(study, replacing)
    assert read_source(study, "P07_b").text == VERSION_2


def test_a_short_text_with_a_word_changed_is_a_version_too(study: Study, tmp_path: Path) -> None:
    talk = (
        "I: How was it on Tuesdays?\n\nP07: It was fine, we went to the kitchen and she made us tea.\n\n"
        "I: And then?\n\nP07: Home."
    )
    (tmp_path / "a.txt").write_text(talk)
    (tmp_path / "b.txt").write_text(talk.replace("kitchen", "park"))
    report = import_files(study, [tmp_path / "a.txt", tmp_path / "b.txt"])
    assert [file.file for file in report.waiting] == ["b.txt"]
