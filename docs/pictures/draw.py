"""Draws the pictures of README and guide with the application itself, on the demonstration study."""

import asyncio
import tempfile
from pathlib import Path

from textual.widgets import Input

from qualbench.agreement.comparison import agree
from qualbench.agreement.deciding import reopen
from qualbench.agreement.intervals import intervals
from qualbench.agreement.queue import read_queue
from qualbench.analysis.co_occurrence import co_occurrence
from qualbench.analysis.code_use import code_use
from qualbench.analysis.saturation import saturation
from qualbench.analysis.saturation_drawing import saturation_as_svg
from qualbench.analysis.theme_drawing import map_as_svg
from qualbench.analysis.theme_map import theme_map
from qualbench.codebook.files import data_folder
from qualbench.codebook.tree import read_codebook
from qualbench.coding.not_asked import mark_not_asked
from qualbench.demonstration import build_demonstration
from qualbench.exchange.agreement_chart import agreement_as_svg
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study, create_study
from qualbench.study.settings import read_stance, set_up
from qualbench.study.tables import AGREED
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.tui.app import Workbench

HERE = Path(__file__).parent


async def draw_import(study: Study) -> None:
    """Save the import screen with the demonstration's transcripts read and nothing stored."""
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "o")
        await pilot.pause()
        app.screen.query_one("#path", Input).value = str(data_folder("transcripts_demo"))
        await pilot.press("enter", "enter", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("j", "j")
        await pilot.pause()
        (HERE / "import.svg").write_text(app.export_screenshot(), "utf-8")


async def draw(study: Study) -> None:
    """Save the study screen and a transcript."""
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        (HERE / "study.svg").write_text(app.export_screenshot(), "utf-8")
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        await pilot.press(*["right_square_bracket", "c"] * 3)
        await pilot.pause()
        (HERE / "transcript.svg").write_text(app.export_screenshot(), "utf-8")


async def draw_codebook(study: Study) -> None:
    """Save the codebook and what a version changed."""
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("5", *["j"] * 13)
        for _ in range(2):
            await app.workers.wait_for_complete()
            await pilot.pause()
        (HERE / "codebook.svg").write_text(app.export_screenshot(), "utf-8")
        await pilot.press("v", "j")
        await app.workers.wait_for_complete()
        await pilot.pause()
        (HERE / "versions.svg").write_text(app.export_screenshot(), "utf-8")


async def draw_comparison(study: Study) -> None:
    """Save the comparison of two coders, with some differences open, and the figures of their codes."""
    for item in read_queue(study).items:
        if item.source == "P01_baseline" and item.decision is not None:
            reopen(study, item.decision.id)
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("6")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("right_square_bracket", "right_square_bracket")
        await pilot.pause()
        (HERE / "comparison.svg").write_text(app.export_screenshot(), "utf-8")
        await pilot.press("percent_sign")
        await app.workers.wait_for_complete()
        await pilot.pause()
        (HERE / "figures.svg").write_text(app.export_screenshot(), "utf-8")


async def draw_matrix(study: Study) -> None:
    """Save the matrix of all levels, with a topic that was not asked about in one source."""
    mark_not_asked(study, ["IPS_team_focus_group_glasgow"], ["getting-in"])
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        for key in ("7", "r", "up", "up", "enter", "j", "l"):
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
        (HERE / "matrix.svg").write_text(app.export_screenshot(), "utf-8")


async def draw_review(study: Study) -> None:
    """Save the review of what the detectors found in the demonstration's transcripts."""
    app = Workbench(study)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("y", "j", "j")
        await app.workers.wait_for_complete()
        await pilot.pause()
        (HERE / "review.svg").write_text(app.export_screenshot(), "utf-8")


with tempfile.TemporaryDirectory() as folder:
    study, _, _ = build_demonstration(Path(folder) / "study", Path(folder) / "exports")
    asyncio.run(draw(study))
    asyncio.run(draw_codebook(study))
    layer = code_use(study, AGREED), co_occurrence(study, AGREED)
    (HERE / "theme_map.svg").write_text(map_as_svg(theme_map(read_codebook(study), *layer)), "utf-8")
    found = agree(study)
    drawn = agreement_as_svg(found, intervals(found), read_codebook(study))
    (HERE / "agreement.svg").write_text(drawn, "utf-8")
    asyncio.run(draw_matrix(study))
    asyncio.run(draw_comparison(study.by("AB")))
    (HERE / "saturation.svg").write_text(saturation_as_svg(saturation(study), read_stance(study)), "utf-8")
    study.close()
    fresh = create_study(Path(folder) / "fresh", coder="AB")
    set_up(fresh, "My process evaluation")
    import_participants(fresh, data_folder("transcripts_demo") / "participants.csv")
    asyncio.run(draw_import(fresh))
    import_files(fresh, [data_folder("transcripts_demo")], manifest=data_folder("transcripts_demo") / "manifest.csv")
    suggest_in_sources(fresh)
    asyncio.run(draw_review(fresh))
    fresh.close()
