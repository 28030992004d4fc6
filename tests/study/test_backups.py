"""Backups: written, checked, restored, kept for a week."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from qualbench.errors import BadInput, Refused
from qualbench.study.backups import backup, backup_daily, check_file, remove_unsealed_backups, restore
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, undo
from qualbench.study.retext import retext
from qualbench.text.spans import Edit
from tests.study.builders import add_codes, add_source
from tests.study.test_journal import code, contents


def test_a_backup_restores_to_an_equal_study(study: Study, tmp_path: Path) -> None:
    add_source(study, "one two three, naïve 🙂")
    add_codes(study, "a", "b")
    code(study, 0, 3, "c1")
    backup(study, tmp_path / "kept.db")
    restored = restore(tmp_path / "kept.db", tmp_path / "again", coder="AB")
    try:
        assert restored.on_sqlite
        assert contents(restored) == contents(study)
        assert [event.hash for event in read_log(restored)] == [event.hash for event in read_log(study)]
        assert check_study(restored) == []
        undo(restored)
    finally:
        restored.close()


def test_a_backup_file_is_private_and_alone(study: Study, tmp_path: Path) -> None:
    backup(study, tmp_path / "out" / "kept.db")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kept.db"]
    assert (tmp_path / "out" / "kept.db").stat().st_mode & 0o077 == 0


def test_an_existing_file_is_never_overwritten(study: Study, tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_text("precious")
    with pytest.raises(Refused, match="exists already"):
        backup(study, tmp_path / "kept.db")
    assert (tmp_path / "kept.db").read_text() == "precious"


@pytest.mark.parametrize("damage", ["cut", "noise", "missing"])
def test_a_damaged_backup_is_refused_and_nothing_is_written(
    sqlite_study: Study, tmp_path: Path, damage: str
) -> None:
    add_source(sqlite_study, "word " * 20_000)
    file = tmp_path / "kept.db"
    backup(sqlite_study, file)
    whole = file.read_bytes()
    if damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "noise":
        file.write_bytes(b"x" * len(whole))
    else:
        file.unlink()
    with pytest.raises(BadInput, match="not a whole backup"):
        restore(file, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_study_is_not_overwritten_by_a_restore(sqlite_study: Study, tmp_path: Path) -> None:
    backup(sqlite_study, tmp_path / "kept.db")
    with pytest.raises(Refused, match="holds a study already"):
        restore(tmp_path / "kept.db", sqlite_study.folder)


def test_one_automatic_backup_a_day_and_seven_kept(study: Study) -> None:
    monday = date(2026, 3, 2)
    written = [backup_daily(study, monday + timedelta(days=n // 2)) for n in range(20)]
    assert [file is not None for file in written] == [True, False] * 10
    kept = sorted(path.name for path in (study.folder / "backups").iterdir())
    assert kept == [f"2026-03-{day:02}.db" for day in range(5, 12)]
    assert all(check_file(study.folder / "backups" / name) == [] for name in kept)


def test_automatic_backups_with_a_source_unsealed_go_when_it_is_sealed(study: Study) -> None:
    first = backup_daily(study, date(2026, 3, 2))
    add_source(study, "one two three")
    holding = backup_daily(study, date(2026, 3, 3))
    assert remove_unsealed_backups(study) == []
    with change(study, "seal", "Sealed", undoable=False) as changed:
        retext(changed, "s1", [Edit(0, 3, "[Name 1]")], state="sealed")
    assert remove_unsealed_backups(study) == [holding]
    assert first is not None and first.exists()
