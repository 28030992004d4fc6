"""How long commands take to start, against what they cannot do without."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from qualbench.demonstration import build_demonstration

HELP_GOAL = 8.0
SOURCES_GOAL = 1.6


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def ratio(command: list[str], floor: list[str], rounds: int = 15) -> float:
    """The median of the one over the median of the other, taken in turns."""
    pairs = [(seconds(*command), seconds(*floor)) for _ in range(rounds)]
    middle = rounds // 2
    return sorted(a for a, _ in pairs)[middle] / sorted(b for _, b in pairs)[middle]


def test_help_against_an_empty_python() -> None:
    found = ratio(
        [str(Path(sys.executable).with_name("qualbench")), "--help"], [sys.executable, "-c", "pass"]
    )
    print(f"\nqualbench --help: {found:.1f} x python -c pass (goal {HELP_GOAL})")


def test_sources_against_importing_sqlmodel(tmp_path: Path) -> None:
    study, _, _ = build_demonstration(tmp_path / "demo", tmp_path / "exports")
    study.close()
    command = [str(Path(sys.executable).with_name("qualbench")), "--study", str(study.folder), "sources"]
    found = ratio(command, [sys.executable, "-c", "import sqlmodel"])
    print(f"\nqualbench sources: {found:.2f} x python -c 'import sqlmodel' (goal {SOURCES_GOAL})")
