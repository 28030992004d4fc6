"""The stance of a study: declared once, later only with a reason, and what it makes of words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.importing import import_entries
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, redo, undo
from qualbench.study.settings import STANCES, read_stance, read_study_settings, set_stance
from qualbench.study.stance import wording
from qualbench.study.tables import Reason, table_of
from tests.builders import ENTRIES, place, small_study


def reasons(study: Study) -> list[str]:
    with study.read() as db:
        return list(db.execute(sa.select(table_of(Reason).c.text)).scalars())


def test_a_stance_is_declared_before_coding_and_changed_later_only_with_a_reason(
    study: Study, tmp_path: Path
) -> None:
    assert read_stance(study) == "codebook"
    set_stance(study, "reliability")
    small_study(study, tmp_path / "files")
    set_stance(study, "codebook")
    add_coding(study, "P07_b", place(study, "P07_b", "feart"), "fear")
    with pytest.raises(Refused, match="declares its stance once"):
        set_stance(study, "reflexive")
    with pytest.raises(Refused, match="declares its stance once"):
        set_stance(study, "reflexive", "  \n")
    set_stance(study, "reflexive", " We read it\n differently now. ")
    assert read_study_settings(study).stance == "reflexive"
    assert reasons(study) == ["We read it differently now."]
    event = read_log(study)[-1]
    assert (event.action, event.summary) == ("stance", "The study is now reflexive thematic analysis")
    undo(study)
    assert (read_stance(study), reasons(study)) == ("codebook", [])
    redo(study)
    assert (read_stance(study), reasons(study)) == ("reflexive", ["We read it differently now."])


def test_a_release_counts_as_a_beginning(sqlite_study: Study) -> None:
    import_entries(sqlite_study, ENTRIES, "test")
    set_stance(sqlite_study, "reliability")
    release(sqlite_study, "First", "AB")
    with pytest.raises(Refused, match="once"):
        set_stance(sqlite_study, "codebook")


def test_a_stance_that_is_unknown_or_so_already_is_refused(sqlite_study: Study) -> None:
    with pytest.raises(BadInput, match="reflexive, codebook, reliability"):
        set_stance(sqlite_study, "grounded")
    events = len(read_log(sqlite_study))
    with pytest.raises(Refused, match="already"):
        set_stance(sqlite_study, "codebook", "To be sure.")
    assert len(read_log(sqlite_study)) == events


def test_the_reflexive_wording_knows_no_agreement_and_nothing_that_emerges() -> None:
    for stance in STANCES:
        said = " ".join(value for value in asdict(wording(stance)).values() if isinstance(value, str))
        assert "emerg" not in said
        assert ("agree" in said) == (stance != "reflexive")
    assert [wording(stance).coefficients for stance in STANCES] == [False, True, True]
