"""A copy of the demonstration that a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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
    study = open_study(tmp_path / "study", coder="EF")
    yield study
    study.close()
