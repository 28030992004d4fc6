"""Start the workbench on a study and say when the source is first painted: run by `test_view.py`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from textual.pilot import Pilot

from qualbench.study.database import open_study
from qualbench.tui.app import Workbench
from tests.bench.tui.metering import MeteringDriver, driver_of
from tests.bench.tui.studies import FIRST_WORDS, NAME


class Opened(Workbench):
    """The workbench that starts with a source."""

    DEFAULT_MODE = "code"


def first_paint(folder: Path, *, at_once: bool) -> dict[str, float]:
    """Give the milliseconds, wall and CPU, from the start of the app to the first paint of the source.

    Args:
        folder: The study's.
        at_once: Whether the app starts with the source, instead of opening it from the study's screen.
    """
    study = open_study(folder)
    wall, cpu = time.perf_counter(), time.process_time()
    app = (Opened if at_once else Workbench)(study)
    app.driver_class = MeteringDriver
    if at_once:
        app.source_name = NAME

    async def look(pilot: Pilot[None]) -> None:
        if not at_once:
            app.open_source(NAME)
        while driver_of(app).found is None:
            await asyncio.sleep(0.01)
        app.exit()

    MeteringDriver.awaited = FIRST_WORDS[1:]  # the caret stands on the first letter
    app.run(size=(120, 40), auto_pilot=look)
    found = driver_of(app).found
    study.close()
    assert found is not None
    return {"wall": (found[0] - wall) * 1000, "cpu": (found[1] - cpu) * 1000}


if __name__ == "__main__":
    print(json.dumps(first_paint(Path(sys.argv[1]), at_once=sys.argv[2] == "at-once")))
