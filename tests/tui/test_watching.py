"""What another person does is shown in an open workbench without being asked for."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from qualbench.agreement.finishing import finish
from qualbench.coding.applying import add_coding
from qualbench.study.database import Study, open_study
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from tests.builders import place, small_study
from tests.tui.driving import settle


@pytest.mark.asyncio
async def test_anothers_finished_work_appears_while_one_looks(study: Study, tmp_path: Path) -> None:
    mine = small_study(study, tmp_path / "files")
    finish(mine, ["P07_b"])
    other = open_study(mine.folder, coder=None).by("CD")
    workbench = Workbench(mine)
    with workbench.watching():
        async with workbench.run_test(size=(120, 40)) as pilot:
            workbench.open_source("P07_b")
            await settle(pilot)
            screen = workbench.screen
            assert isinstance(screen, CodeScreen)
            screen.shown_layer = "CD"  # what is hidden falls back to one's own
            view = screen.transcript
            await pilot.press("down", "down")
            caret = view.caret
            add_coding(other, "P07_b", place(mine, "P07_b", "They judge"), "judged")
            finish(other, ["P07_b"])
            begun = monotonic()
            while not screen.pane.codings:
                await pilot.pause(0.05)
                assert monotonic() - begun < 2
            assert [coding.layer for coding in screen.pane.codings] == ["CD"]
            assert view.caret == caret
    other.close()
