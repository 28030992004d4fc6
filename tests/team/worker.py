"""One of several people at work at once: `python -m tests.team.worker FOLDER LOG SECONDS SEED`.

Writes a line to LOG for each change: "sure" what was acknowledged, "unsure" what may or may not have been
saved because the server went while it was.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from qualbench.agreement.deciding import decide
from qualbench.agreement.items import choose
from qualbench.agreement.queue import read_queue
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.memos import add_memo, on_source
from qualbench.errors import QualbenchError, Unreachable
from qualbench.study.database import Study, open_study
from qualbench.text.spans import Span


def work(folder: Path, log: Path, seconds: float, seed: int) -> None:
    """Code, remove, write memos and decide at random until the time is over."""
    chance = random.Random(seed)
    study = _opened(folder)
    mine: list[str] = []
    until = monotonic() + seconds
    with log.open("w", buffering=1) as out:
        while monotonic() < until:
            kind = chance.choice(["code", "code", "code", "remove", "memo", "decide"])
            try:
                for line in _ACTS[kind](study, chance, mine):
                    out.write(f"sure {kind} {line}\n")
            except Unreachable as error:
                if "may not have been" in error.message:
                    out.write(f"unsure {kind} {' '.join(mine[-1:])}\n")
                sleep(0.1)
            except QualbenchError:
                continue  # somebody else was quicker, or there is nothing to do
    study.close()


def _opened(folder: Path) -> Study:
    while True:
        try:
            return open_study(folder)
        except QualbenchError:
            sleep(0.1)


def _code(study: Study, chance: random.Random, mine: list[str]) -> list[str]:
    _place[0] += STEP  # apart from one another, so that none grows into the next
    coding = add_coding(study, "open", Span(_place[0], _place[0] + STEP - 5), chance.choice(CODES))
    mine.append(coding)
    return [coding]


def _remove(study: Study, chance: random.Random, mine: list[str]) -> list[str]:
    if not mine:
        return []
    mine.append(mine.pop(chance.randrange(len(mine))))  # the last is what an unsure line names
    remove_codings(study, [mine[-1]])
    return [mine.pop()]


def _memo(study: Study, chance: random.Random, mine: list[str]) -> list[str]:
    return [add_memo(study, f"{chance.random()}", on_source("open"))]


def _decide(study: Study, chance: random.Random, mine: list[str]) -> list[str]:
    items = choose(read_queue(study, ("C0", "C1")).items, open_only=True)
    if not items:
        return []
    outcome = chance.choice(["keep A", "keep B", "both", "neither"])
    return [decide(study, chance.choice(items[:8]).key, outcome).id]


CODES = ("fear", "judged", "forms")
STEP = 25
_place = [0]
_ACTS: dict[str, Callable[[Study, random.Random, list[str]], list[str]]] = {
    "code": _code,
    "remove": _remove,
    "memo": _memo,
    "decide": _decide,
}

if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
