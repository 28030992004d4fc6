"""Draws the pictures of README and guide with the application itself, on the demonstration study."""

import asyncio
import tempfile
from pathlib import Path

from qualbench.demonstration import build_demonstration
from qualbench.study.database import Study
from qualbench.tui.app import Workbench

HERE = Path(__file__).parent


async def draw(study: Study) -> None:
    """Save the study screen and a transcript."""
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        (HERE / "study.svg").write_text(app.export_screenshot(), "utf-8")
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        await pilot.press("n", "n", "n")
        await pilot.pause()
        (HERE / "transcript.svg").write_text(app.export_screenshot(), "utf-8")


with tempfile.TemporaryDirectory() as folder:
    study, _, _ = build_demonstration(Path(folder) / "study", Path(folder) / "exports")
    asyncio.run(draw(study))
    study.close()
