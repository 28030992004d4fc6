"""The wheel, installed alone in an empty environment, runs the demonstration."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_wheel_runs_the_demonstration(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path / "dist"), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / "bin"
    pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], check=True, capture_output=True
    )
    installed = subprocess.run(
        [str(binaries / "python"), "-m", "pip", "list", "--format=freeze"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert not {"pytest", "hypothesis", "ruff", "mypy"} & {
        line.split("==")[0] for line in installed.splitlines()
    }
    done = subprocess.run(
        [str(binaries / "qualbench"), "demo", "study", "--no-ui"],
        cwd=tmp_path,
        env=os.environ | {"QUALBENCH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "399 agreed codings" in done.stdout
    assert (tmp_path / "study" / "exports" / "project.qdpx").is_file()
