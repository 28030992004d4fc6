"""Making, opening and migrating a study."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import qualbench.study
from qualbench.errors import Damaged, NotFound, Refused
from qualbench.study.database import HEAD_REVISION, Study, create_study, open_study
from qualbench.study.settings import add_to_list, read_study_settings
from qualbench.study.tables import Row


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(qualbench.study.__file__).parent / "migrations"))
    return config


def test_head_revision_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD_REVISION


def differences(connection: sa.Connection) -> list[object]:
    """What the tables of a study are otherwise than the classes say; the index of words has no classes."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not (name or "").startswith("search_")

    options = {"compare_type": True, "include_name": ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Row.metadata)


def test_migrated_tables_are_those_of_the_classes(study: Study) -> None:
    with study.engine.connect() as connection:
        assert differences(connection) == []


def test_a_study_opens_again_with_its_lists(study: Study) -> None:
    add_to_list(study, "site", "Leeds")
    again = open_study(study.folder)
    try:
        assert again.coder == "AB"
        assert read_study_settings(again).sites == ["Glasgow", "Bromley", "Leeds"]
        assert read_study_settings(again).coders == ["AB"]
    finally:
        again.close()


def test_list_items_are_told_apart_without_regard_to_case(study: Study) -> None:
    with pytest.raises(Refused, match="in the list already"):
        add_to_list(study, "stakeholder", " parent ")


def test_a_second_study_in_the_same_place_is_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds a study already"):
        create_study(study.folder)
    if not study.on_sqlite:
        address = study.engine.url.render_as_string(hide_password=False)
        with pytest.raises(Refused, match="holds a study already"):
            create_study(tmp_path / "other", database=address)


def test_opening_a_folder_without_a_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no study"):
        open_study(tmp_path)


def test_a_damaged_database_is_told_from_a_missing_one(sqlite_study: Study) -> None:
    sqlite_study.close()
    database = sqlite_study.folder / "study.db"
    for leftover in sqlite_study.folder.glob("study.db-*"):
        leftover.unlink()
    database.write_bytes(b"not a database at all" * 500)
    with pytest.raises(Damaged, match="not a study database"):
        open_study(sqlite_study.folder)
    database.unlink()
    with pytest.raises(Damaged, match="missing"):
        open_study(sqlite_study.folder)


def test_a_study_of_a_newer_version_is_refused(study: Study) -> None:
    with study.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="newer version"):
        open_study(study.folder)


def test_the_study_folder_is_private_to_its_owner(sqlite_study: Study) -> None:
    assert sqlite_study.folder.stat().st_mode & 0o077 == 0
    assert (sqlite_study.folder / "qualbench.toml").stat().st_mode & 0o077 == 0


def test_sqlite_is_set_up_to_keep_and_to_forget(sqlite_study: Study) -> None:
    with sqlite_study.engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.execute(sa.text(f"PRAGMA {name}")).scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("foreign_keys") == 1
        assert pragma("secure_delete") == 1
        assert pragma("synchronous") == 2


def test_a_study_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "qualbench.toml").touch()
    config = alembic_config()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'study.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    again = open_study(tmp_path)
    try:
        with again.engine.connect() as connection:
            assert differences(connection) == []
    finally:
        again.close()
