"""A database that goes away while one codes: nothing is shown as saved that is not, and it is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.coding.applying import add_coding
from qualbench.study.database import Study, create_study, open_study
from qualbench.study.settings import set_up
from qualbench.tui import app
from qualbench.tui.widgets.chrome import Status
from tests.builders import place, small_study
from tests.tui.coding import Desk, at_work, coded

BACK = "The database answers again; what you see is what is saved."


class Server:
    """The database of one study, and what cuts it off."""

    def __init__(self, address: str, study: Study) -> None:
        url = sa.make_url(address)
        self.name = url.database
        self.admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        self.study = study
        self.spared = 0

    def spare(self, study: Study) -> None:
        """Let a study that has a connection keep it."""
        with study.read() as db:
            self.spared = db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(sa.text(statement))

    def go(self) -> None:
        """Refuse new connections, and end those there are."""
        self.run(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self.run(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = '{self.name}' AND pid <> {self.spared}"
        )

    def come_back(self) -> None:
        self.run(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")


@pytest.fixture
def server(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A small study on PostgreSQL with one coding, and its server."""
    monkeypatch.setattr(app, "RETRY", 0.4)
    study = create_study(tmp_path / "study", coder="AB", database=empty_database)
    set_up(study, "A study")
    small_study(study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge"), "judged")
    made = Server(empty_database, study)
    yield made
    made.come_back()
    made.admin.dispose()
    study.close()


@contextmanager
def away(server: Server) -> Iterator[None]:
    server.go()
    yield
    server.come_back()


async def until(desk: Desk, said: str) -> None:
    """Wait until the status row says something."""
    for _ in range(200):
        if desk.said == said:
            return
        await desk.pilot.pause(0.05)
    raise AssertionError(f"the status row still says: {desk.said}")


async def test_what_was_not_saved_is_not_shown_and_work_goes_on(server: Server) -> None:
    async with at_work(server.study) as desk:
        text = desk.text
        start = text.index("I was feart")
        desk.view.move_to(start)
        await desk.pilot.pause()
        with away(server):
            await desk.press("s .")
            assert desk.said.startswith(("The change was not saved:", "The database does not answer:"))
            assert [c.code for c in desk.view.codings] == ["judged"]
            await desk.press("u")
            assert [c.code for c in desk.view.codings] == ["judged"]
            await desk.press("escape w")
            assert desk.view.caret > start  # reading goes on
            desk.view.move_to(start)
        await until(desk, BACK)
        assert coded(server.study) == [("judged", "They judge")]
        assert [c.code for c in desk.view.codings] == ["judged"]
        await desk.press("s .")
        assert coded(server.study)[0] == ("judged", "I was feart of them.")
        assert len(desk.view.codings) == 2


async def test_what_was_saved_elsewhere_meanwhile_is_shown(server: Server) -> None:
    elsewhere = open_study(server.study.folder, coder="AB")
    server.spare(elsewhere)
    async with at_work(server.study) as desk:
        with away(server):
            await desk.press("x")  # no code here, so nothing is asked of the database
            await desk.press("s .")
            assert "not" in desk.said
            add_coding(elsewhere, "P07_b", place(elsewhere, "P07_b", "feart"), "fear")
            assert len(desk.view.codings) == 1
        await until(desk, BACK)
        assert [c.code for c in desk.view.codings] == ["judged", "fear"]
    elsewhere.close()


async def test_whatever_is_asked_of_it_meanwhile_the_workbench_stays(server: Server) -> None:
    async with at_work(server.study) as desk:
        with away(server):
            for keys in ("] s", "L", "r", "m a", "` a", "] u", "R", "R", "f escape", "F", "/ a enter"):
                await desk.press(keys)
                assert desk.said != ""
            assert desk.name == "P07_b"
            for mode in ("1", "2", "3", "8", "9"):
                await desk.press(mode)
                for _ in range(5):
                    await desk.pilot.pause()
                if mode in "138":  # those that read the study when they are come to
                    said = desk.pilot.app.screen.query_one(Status).said
                    assert said.startswith("The database does not answer"), mode
                desk.pilot.app.switch_mode("code")
                await desk.pilot.pause()
            assert desk.name == "P07_b"
        await until(desk, BACK)
        await desk.press("] s")
        assert desk.name == "P07_f"


async def test_a_change_that_was_cut_off_at_its_end_is_shown_as_it_is(server: Server) -> None:
    with server.study.engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
            )
        )
        connection.execute(
            sa.text(
                "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON coding DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION cut()"
            )
        )
    async with at_work(server.study) as desk:
        await desk.press("s .")
        await until(desk, BACK)
        assert [c.code for c in desk.view.codings] == ["judged"]
    assert coded(server.study) == [("judged", "They judge")]
