"""What the coding screen draws anew: no more rows than a key touches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.widgets.transcript_view import TranscriptView

SENTENCE = "And then the health visitor came round again because nobody had heard since we moved. "
NAME = "P07_baseline"
LONG = Span(700, 1100)  # some rows of the second turn
ALL, SOME = 80, 24  # rows of a terminal that shows the whole interview, and of one that does not


@pytest.fixture
def coded(sqlite_study: Study, tmp_path: Path) -> Study:
    """A study with an interview of two long turns, coded on many rows that overlap."""
    (tmp_path / f"{NAME}.txt").write_text(f"I: {SENTENCE * 5}\n\nP07: {SENTENCE * 20}")
    import_files(sqlite_study, [tmp_path / f"{NAME}.txt"])
    entries = [CodeEntry(code, None, "theme", code.title(), colour="#D55E00") for code in ("trust", "forms")]
    import_entries(sqlite_study, entries, "test")
    for start in range(20, 1600, 200):
        add_coding(sqlite_study, NAME, Span(start, start + 150), "forms")
    add_coding(sqlite_study, NAME, LONG, "trust")
    return sqlite_study


class Drawn:
    """The rows that the transcript of the coding screen draws, while it is open."""

    def __init__(self, pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> None:
        self.pilot, self.rows = pilot, list[int]()
        draw = self.view._draw_row
        monkeypatch.setattr(self.view, "_draw_row", lambda row: (self.rows.append(row), draw(row))[1])

    @property
    def view(self) -> TranscriptView:
        """The transcript."""
        screen = self.pilot.app.screen
        assert isinstance(screen, CodeScreen)
        return screen.transcript

    def rows_of(self, span: Span) -> set[int]:
        """Give the rows that show a span."""
        row_at = self.view._page.layout.row_at
        return set(range(row_at(span.start), row_at(span.end - 1) + 1))

    async def after(self, *keys: str) -> list[int]:
        """Press keys and give the rows that were drawn for them, in the order they were drawn."""
        await self._painted()
        self.rows.clear()
        await self.pilot.press(*keys)
        await self._painted()
        return list(self.rows)

    async def _painted(self) -> None:
        await self.pilot.pause()
        while self.pilot.app.screen._dirty_widgets:  # until the next frame
            await self.pilot.pause()


@asynccontextmanager
async def drawing(
    study: Study, monkeypatch: pytest.MonkeyPatch, at: int, height: int = ALL
) -> AsyncIterator[Drawn]:
    """Open the interview in the coding screen with the caret at a code point, in a terminal of some rows."""
    async with Workbench(study).run_test(size=(120, height)) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app, Workbench)
        pilot.app.open_source(NAME, at)
        await pilot.pause()
        drawn = Drawn(pilot, monkeypatch)
        await drawn.after()
        assert drawn.view.caret == at
        assert (drawn.view.scroll_y > 0) == (height < ALL)
        yield drawn


@pytest.mark.parametrize("height", [ALL, SOME])
async def test_a_caret_move_draws_the_row_it_leaves_and_the_row_it_comes_to(
    coded: Study, monkeypatch: pytest.MonkeyPatch, height: int
) -> None:
    async with drawing(coded, monkeypatch, 900, height) as drawn:
        await drawn.after("k", "k", "k")  # so that no move scrolls
        for key in ("l", "right", "h", "left", "j", "down", "k", "up", "w", "b", "e"):
            before = drawn.view.caret
            rows = await drawn.after(key)
            after = drawn.view.caret
            assert after != before, key
            touched = drawn.rows_of(Span(before, before + 1)) | drawn.rows_of(Span(after, after + 1))
            assert sorted(rows) == sorted(touched), key


async def test_extending_a_selection_by_a_character_draws_two_rows_at_most(
    coded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(coded, monkeypatch, 900) as drawn:
        assert len(await drawn.after("v")) <= 1
        assert len(await drawn.after("j", "j", "j")) <= 3 * 4
        for _ in range(8):
            assert 1 <= len(await drawn.after("l")) <= 2
        selected = drawn.view.selection
        assert selected is not None and len(drawn.rows_of(selected)) >= 4


async def test_applying_removing_and_undoing_draw_the_rows_of_the_coding(
    coded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = read_source(coded, NAME).text
    turn = text.index("P07: ") + len("P07: ")
    first = Span(turn, turn + len(SENTENCE) - 1)
    async with drawing(coded, monkeypatch, turn) as drawn:
        screen = drawn.pilot.app.screen
        assert isinstance(screen, CodeScreen) and screen.last == ["trust"]
        await drawn.after("s")
        assert drawn.view.selection == first
        touched = drawn.rows_of(first)
        assert 2 <= len(touched) <= 3
        coded_before = len(drawn.view.codings)
        for keys, there in ((".", 1), ("x", 0), ("u", 1), ("ctrl+r", 0), ("u", 1), ("u", 0)):
            rows = await drawn.after(keys)
            assert len(drawn.view.codings) == coded_before + there
            assert set(rows) == touched, keys
            assert len(rows) == len(touched), keys
    assert len(list_codings(coded)) == coded_before


async def test_removing_a_long_coding_draws_its_rows_and_no_others(
    coded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(coded, monkeypatch, 775) as drawn:
        (here,) = drawn.view.codings_at(775)
        assert here.label == "Trust"
        rows = await drawn.after("x")
        assert sorted(rows) == sorted(drawn.rows_of(here.span))


async def test_what_is_out_of_view_is_not_drawn(coded: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drawing(coded, monkeypatch, 900, SOME) as drawn:
        turn = drawn.view.blocks[-1]
        await drawn.after("V")
        top = round(drawn.view.scroll_y)
        seen = set(range(top, top + drawn.view.size.height))
        assert drawn.rows_of(turn) - seen
        rows = await drawn.after(".")
        assert drawn.view.codings[-1].span.end == turn.end
        assert sorted(rows) == sorted(drawn.rows_of(turn) & seen)
