"""A driver that counts what an app writes, and what a key costs until nothing is left to do."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key
from textual.keys import _character_to_key

QUIET = 0.04
"""Seconds without output after which an app is at rest: it paints at most 17 ms after a change."""


class MeteringDriver(HeadlessDriver):
    """A driver without a terminal to which the app writes as to a real one.

    Attributes:
        written: Bytes written so far.
        wrote_at: When something was written last, in seconds of `time.perf_counter`.
        awaited: Words that are looked for in what is written.
        found: When they were first written: seconds of `time.perf_counter` and of `time.process_time`.
    """

    written = 0
    wrote_at = 0.0
    awaited: str | None = None
    found: tuple[float, float] | None = None

    @property
    def is_headless(self) -> bool:
        """No: with no terminal the app would not even encode its output."""
        return False

    def write(self, data: str) -> None:
        """Count what is written."""
        self.written += len(data.encode())
        self.wrote_at = time.perf_counter()
        if self.found is None and self.awaited is not None and self.awaited in data:
            self.found = (self.wrote_at, time.process_time())


@dataclass(frozen=True)
class Cost:
    """What a key costs.

    Attributes:
        cpu: Milliseconds of the process until the app is at rest.
        wall: Milliseconds to the last byte written; 0 if nothing was.
        written: Bytes.
    """

    cpu: float
    wall: float
    written: int


def driver_of(app: App[None]) -> MeteringDriver:
    """Give the driver of an app that was made with `MeteringDriver`."""
    assert isinstance(app._driver, MeteringDriver)
    return app._driver


async def press(app: App[None], *keys: str) -> Cost:
    """Press keys, as characters or by name, without waiting between them, and meter them together."""
    driver = driver_of(app)
    written, began, cpu = driver.written, time.perf_counter(), time.process_time()
    for key in keys:
        app.post_message(_event(key))
    spent = await _at_rest(app, time.process_time() - cpu)
    wall = driver.wrote_at - began if driver.written > written else 0.0
    return Cost(spent * 1000, wall * 1000, driver.written - written)


async def rest(app: App[None]) -> None:
    """Wait until an app has nothing left to do."""
    await _at_rest(app, 0.0)


async def _at_rest(app: App[None], spent: float) -> float:
    """Wait until an app is at rest; looking whether it is does not count."""
    driver = driver_of(app)
    while True:
        written, before = driver.written, time.process_time()
        await asyncio.sleep(QUIET)
        spent += time.process_time() - before
        pumps = (app, *app.screen.walk_children(with_self=True))
        if driver.written == written and not any(pump.message_queue_size for pump in pumps):
            return spent


def _event(key: str) -> Key:
    if len(key) > 1:
        return Key(key, None)
    return Key(key if key.isalnum() else _character_to_key(key), key)


def cpu_of(costs: Sequence[Cost]) -> float:
    """Give the median of the milliseconds of CPU."""
    return median(cost.cpu for cost in costs)


def told(what: str, costs: Sequence[Cost]) -> str:
    """Write medians and 95th percentiles of CPU, wall and bytes on a line."""
    parts = [
        f"{name} {median(values):,.{digits}f} / {_p95(values):,.{digits}f} {unit}"
        for name, unit, digits, values in (
            ("CPU", "ms", 1, [cost.cpu for cost in costs]),
            ("wall", "ms", 1, [cost.wall for cost in costs]),
            ("written", "bytes", 0, [float(cost.written) for cost in costs]),
        )
    ]
    return f"{what:>34}: " + ", ".join(parts) + f"  ({len(costs)} keys; median / p95)"


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]
