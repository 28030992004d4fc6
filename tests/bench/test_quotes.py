"""All quotes of 12,000 codings to CSV and to a workbook: in process, and as a command."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qualbench.analysis.quotes import QuoteFilter, find_quotes
from qualbench.analysis.quotes_passages import as_passages
from qualbench.analysis.quotes_writing import quotes_as_csv, quotes_as_rows
from qualbench.exchange.spreadsheets import write_rows
from qualbench.study.database import Study
from tests.bench.test_matrix import study
from tests.bench.test_start import seconds

__all__ = ["study"]
ROUNDS = 5
GOALS = {"csv": 1.0, "xlsx": 2.0}


def _csv(made: Study, path: Path) -> int:
    found = find_quotes(made, QuoteFilter(layer="AB")).quotes
    path.write_text(quotes_as_csv(as_passages(made, found, together=False)), "utf-8")
    return len(found)


def _xlsx(made: Study, path: Path) -> int:
    found = find_quotes(made, QuoteFilter(layer="AB")).quotes
    headers, *rows = quotes_as_rows(as_passages(made, found, together=False))
    write_rows(path, list(map(str, headers)), rows)
    return len(found)


@pytest.mark.parametrize(("form", "write"), [("csv", _csv), ("xlsx", _xlsx)])
def test_all_quotes_in_process(
    study: Study, tmp_path: Path, form: str, write: Callable[[Study, Path], int]
) -> None:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        quotes = write(study, tmp_path / f"quotes.{form}")
        times.append(time.perf_counter() - began)
    assert quotes > 12_000
    print(
        f"\n{quotes:,} quotes to {form} {sorted(times)[ROUNDS // 2]:.2f} s, at best {min(times):.2f} s "
        f"(goal {GOALS[form]})"
    )


def test_all_quotes_as_a_command(study: Study) -> None:
    qualbench = str(Path(sys.executable).with_name("qualbench"))
    command = [qualbench, "--study", str(study.folder), "quotes", "--layer", "AB", "--csv"]
    rows = [
        (
            seconds(*command),
            seconds(*command, "--participant", "P00", "--code", "c0"),
            seconds(sys.executable, "-c", "import sqlmodel"),
            seconds(sys.executable, "-c", "pass"),
        )
        for _ in range(ROUNDS)
    ]
    everything, few, floor, empty = (min(column) for column in zip(*rows, strict=True))
    print(
        f"\nqualbench quotes --csv: {everything:.2f} s, a few quotes {few:.2f} s; of it python itself "
        f"{empty:.2f} s, sqlmodel {floor - empty:.2f} s"
    )
