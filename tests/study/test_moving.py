"""Moving a study from SQLite to PostgreSQL and back changes nothing in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.memos import add_memo, on_source
from qualbench.errors import Damaged, Refused
from qualbench.study import moving
from qualbench.study.database import Study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, undo
from qualbench.study.moving import SQLITE, move_study
from qualbench.study.tables import Row
from tests.builders import place, small_study

AFTER_A_MOVE = ("event",)


def contents(study: Study) -> dict[str, list[str]]:
    with study.read() as db:
        return {
            table.name: sorted(map(repr, map(tuple, db.execute(sa.select(table)))))
            for table in Row.metadata.sorted_tables
            if table.name not in AFTER_A_MOVE
        }


@pytest.fixture
def full(sqlite_study: Study, tmp_path: Path) -> Study:
    small = small_study(sqlite_study, tmp_path / "files")
    apply_codes(small, [Passage("P07_b", place(small, "P07_b", "From a pal of mine"))], ["fear"])
    add_memo(small, "Wary.", on_source("P07_b"))
    return small


def test_there_and_back_again(full: Study, empty_database: str) -> None:
    before, events = contents(full), len(read_log(full))
    there = move_study(full, empty_database)
    assert contents(there) == before and check_study(there) == []
    assert not list(full.folder.glob("study.db*"))
    opened = open_study(full.folder)
    assert not opened.on_sqlite
    undo(opened)
    undone = contents(opened)
    back = move_study(opened, SQLITE)
    assert contents(back) == undone and check_study(back) == []
    assert len(read_log(back)) == events + 3  # two moves and an undo
    engine = sa.create_engine(empty_database)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
        left = connection.execute(sa.text("SELECT count(*) FROM pg_proc WHERE proname LIKE 'qualbench%'"))
        assert left.scalar() == 0
    engine.dispose()
    for study in (there, opened, back):
        study.close()


def test_a_copy_that_is_not_the_same_is_not_moved_to(
    full: Study, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(full)
    copy = moving.copy_rows

    def copy_all_but_one(source: sa.Connection, target: sa.Connection) -> None:
        copy(source, target)
        target.execute(sa.text("UPDATE memo SET text = 'other'"))

    monkeypatch.setattr(moving, "copy_rows", copy_all_but_one)
    with pytest.raises(Damaged, match="'memo' is not the same"):
        move_study(full, empty_database)
    assert contents(open_study(full.folder)) == before
    monkeypatch.undo()
    move_study(full, empty_database).close()  # nothing was left there


def test_a_study_is_not_moved_onto_another_or_itself(full: Study, empty_database: str) -> None:
    with pytest.raises(Refused, match="a file already"):
        move_study(full, SQLITE)
    there = move_study(full, empty_database)
    with pytest.raises(Refused, match="a study already"):
        move_study(there, empty_database)
    assert check_study(there) == []
    there.close()
