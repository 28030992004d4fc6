"""A small coded study for the tests of the codebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.study.database import Study
from tests.builders import small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    """The small study, on each kind of database."""
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    """The small study on SQLite."""
    return small_study(sqlite_study, tmp_path / "files")
