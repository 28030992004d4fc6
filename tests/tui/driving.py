"""Opening the workbench in tests, and waiting for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from qualbench.study.database import Study
from qualbench.tui.app import Workbench
from qualbench.tui.widgets.chrome import Status


@asynccontextmanager
async def opened(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """The workbench on a study, with its first screen shown."""
    async with Workbench(study).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the work in the background is done and what came of it is shown."""
    for _ in range(2):  # what came of it may begin other work
        await work_done(pilot.app)
        await pilot.pause()


async def work_done(app: App[None]) -> None:
    """Wait until no work is going on in the background; what newer work replaces is cancelled."""
    while any(not worker.is_finished for worker in app.workers):
        with suppress(WorkerCancelled):
            await app.workers.wait_for_complete()


def status(pilot: Pilot[None]) -> str:
    """What the status row says."""
    return pilot.app.screen.query_one(Status).said
