"""A copy of the demonstration that a test may change."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qualbench.study.database import Study, open_study
from tests.conftest import Demonstration
from tests.tui.coding import fresh, template

__all__ = ["fresh", "template"]


@pytest.fixture
def own(demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """The demonstration as EF finds it, who has coded nothing yet."""
    shutil.copytree(demonstration.home, tmp_path / "home")
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "home"))
    shutil.copytree(demonstration.study.folder, tmp_path / "study")
    _set_the_day(tmp_path / "study" / "study.db")
    study = open_study(tmp_path / "study", coder="EF")
    yield study
    study.close()


def _set_the_day(database: Path) -> None:
    """Give what is shown with its day the same one, whenever the demonstration was built."""
    with closing(sqlite3.connect(database)) as connection:
        for table, column in (("codebook_version", "released_at"), ("decision", "decided_at")):
            connection.execute(f"UPDATE {table} SET {column} = '2026-11-24' || substr({column}, 11)")
        connection.commit()
