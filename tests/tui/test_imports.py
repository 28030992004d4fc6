"""The import screen: files are looked at and put right before they come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from qualbench.tui.app import Workbench
from qualbench.tui.screens.imports import ImportScreen
from qualbench.tui.screens.picker import Picker
from qualbench.tui.widgets.table import RowTable
from tests.builders import PEOPLE
from tests.tui.test_workbench import SIZES, opened, status

TALK = """Kat: How did you hear about the programme and its practitioners?

Mother: The health visitor recommended everything about programmes. The questionnaire was shut.

Kat: Did anybody explain confidentiality, or the appointments beforehand?

Mother: Somebody telephoned on Wednesday. Everybody remembers the receptionist at the surgery.

Kay: What happened afterwards with the community development workers?

Mother: They understood everything immediately. Understanding professionals are extraordinary."""


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    """Three files, one of them unreadable; the study knows its participants."""
    place = tmp_path / "files"
    place.mkdir()
    (tmp_path / "people.csv").write_text(PEOPLE)
    import_participants(sqlite_study, tmp_path / "people.csv")
    (place / "a_talk.txt").write_text(TALK)
    (place / "b_empty.txt").write_text("")
    (place / "c_plain.txt").write_text("I: And now?\n\nP08: Fine.\n\nI: Good.\n\nP08: Aye.")
    return place


async def read(pilot: Pilot[None], folder: Path) -> ImportScreen:
    """Go to the import screen and read a folder."""
    await pilot.press("2", "o")
    await pilot.pause()
    pilot.app.screen.query_one("#path", Input).value = str(folder)
    await pilot.press("enter", "enter", "enter")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app.screen, ImportScreen)
    return pilot.app.screen


def cells(screen: ImportScreen, table: str, column: int) -> list[str]:
    rows = screen.query_one(table, RowTable)
    return [str(rows.get_row_at(n)[column]) for n in range(rows.row_count)]


def shown(screen: ImportScreen, name: str) -> str:
    return str(screen.query_one(name, Static).content)


async def choose(pilot: Pilot[None], text: str) -> None:
    """Narrow the list that is open, and take what is left."""
    await pilot.pause()
    assert isinstance(pilot.app.screen, Picker)
    await pilot.press(*text, "enter")
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_files_are_shown_with_how_they_read(
    sqlite_study: Study, folder: Path, size: tuple[int, int]
) -> None:
    before = len(read_log(sqlite_study))
    async with opened(sqlite_study, size) as pilot:
        screen = await read(pilot, folder)
        assert cells(screen, "#files", 1) == ["a_talk.txt", "b_empty.txt", "c_plain.txt"]
        assert cells(screen, "#files", 3) == ["ready, who speaks?", "not ready", "ready"]
        assert cells(screen, "#speakers", 0) == ["Kat", "Mother"]
        assert "Seen once only and taken as words, not as a speaker: Kay:" in shown(screen, "#details")
        assert "txt, UTF-8," in shown(screen, "#headline")
        assert status(pilot).startswith("3 files read, none stored yet.")
        await pilot.press("j")
        await pilot.pause()
        assert "the file is empty" in shown(screen, "#details")
    assert len(read_log(sqlite_study)) == before


async def test_speakers_attributes_and_import(sqlite_study: Study, folder: Path) -> None:
    async with opened(sqlite_study) as pilot:
        screen = await read(pilot, folder)
        await pilot.press("s")
        await choose(pilot, "an interv")
        await pilot.press("tab", "j", "s")
        await choose(pilot, "p07")
        assert cells(screen, "#speakers", 2) == ["interviewer", "P07"]
        await pilot.press("l")
        await choose(pilot, "kay")
        assert cells(screen, "#speakers", 0) == ["Kat", "Mother", "Kay"]
        await pilot.press("A", "a")
        await choose(pilot, "follow")
        await pilot.press("a")
        await choose(pilot, "2026-03-31")
        await pilot.press("i")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert cells(screen, "#files", 3) == ["in", "not ready", "in"]
        assert status(pilot).startswith("2 of 2 files came in.")
    assert [(s.name, s.timepoint, s.date) for s in list_sources(sqlite_study)] == [
        ("a_talk", "Follow-up", "2026-03-31"),
        ("c_plain", "Follow-up", "2026-03-31"),
    ]
    roles = {t.speaker: (t.role, t.participant) for t in read_source(sqlite_study, "a_talk").turns}
    assert roles == {"Kat": ("interviewer", None), "Mother": ("participant", "P07"), "Kay": ("other", None)}
    assert [event.action for event in read_log(sqlite_study)][-2:] == ["import", "import"]


async def test_labels_are_merged_before_anything_is_stored(sqlite_study: Study, folder: Path) -> None:
    more = "\n\nKat: Yes?\n\nMother: Aye." * 2
    (folder / "a_talk.txt").write_text(TALK.replace("Mother: They", "Mothr: They") + more)
    async with opened(sqlite_study) as pilot:
        screen = await read(pilot, folder)
        assert cells(screen, "#speakers", 0) == ["Kat", "Mother", "Mothr"]
        await pilot.press("tab", "j", "j", "m")
        await choose(pilot, "mother")
        assert cells(screen, "#speakers", 0) == ["Kat", "Mother"]
        await pilot.press("k", "m")
        await choose(pilot, "no label")
        assert cells(screen, "#speakers", 0) == ["Mother"]
    assert list_sources(sqlite_study) == []


async def test_a_corrected_version_is_shown_and_replaces(sqlite_study: Study, folder: Path) -> None:
    async with opened(sqlite_study) as pilot:
        await read(pilot, folder / "a_talk.txt")
        await pilot.press("i")
        await pilot.app.workers.wait_for_complete()
        (folder / "a_talk.txt").write_text(TALK.replace("was shut", "was long"))
        screen = await read(pilot, folder / "a_talk.txt")
        assert cells(screen, "#files", 3) == ["duplicate: press d"]
        assert "The questionnaire was ⟨long⟩ ." in shown(screen, "#details")
        await pilot.press("i")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "was shut" in read_source(sqlite_study, "a_talk").text
        await pilot.press("d", "d", "d")
        assert cells(screen, "#files", 3) == ["replace"]
        await pilot.press("i")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    assert "was long" in read_source(sqlite_study, "a_talk").text


async def test_a_wrong_folder_and_a_wrong_pattern_are_told(sqlite_study: Study, folder: Path) -> None:
    async with opened(sqlite_study) as pilot:
        await read(pilot, folder / "gone")
        assert status(pilot).startswith("There is no folder")
        await pilot.press("s", "m", "a", "d", "i", "space", "A", "j", "tab")
        assert pilot.app.screen.query_one("#empty").display
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen.query("#sources")


async def test_escape_stops_between_files(sqlite_study: Study, folder: Path) -> None:
    for n in range(60):
        (folder / f"d{n:02}.txt").write_text(
            "\n\n".join(["I: And then what was it like?", "P08: Fine."] * 2000)
        )
    async with opened(sqlite_study) as pilot:
        await pilot.press("2", "o")
        await pilot.pause()
        pilot.app.screen.query_one("#path", Input).value = str(folder)
        await pilot.press("enter", "enter", "enter", "escape")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert status(pilot).startswith("Stopped: ")
    assert list_sources(sqlite_study) == []


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_import_screen(
    snap_compare,  # type: ignore[no-untyped-def]
    sqlite_study: Study,
    folder: Path,
    size: tuple[int, int],
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await read(pilot, folder)

    assert snap_compare(Workbench(sqlite_study), run_before=run, terminal_size=size)
