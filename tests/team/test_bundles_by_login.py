"""Bundles and logins: a lead takes in anybody's, a coder their own, and sees nobody else's."""

from __future__ import annotations

import psycopg
import pytest

from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_coding
from qualbench.coding.progress import finish
from qualbench.errors import Refused
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.backups import backup, restore
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from tests.builders import place
from tests.team.conftest import Team
from tests.team.test_logins import refused, rows


def laptop_of(team: Team, coder: str) -> Study:
    """A copy of the study on a laptop, away from the server, with some work of the coder's."""
    backup(team.lead, team.folder / f"{coder}.db")
    away = restore(team.folder / f"{coder}.db", team.folder / f"{coder}-away", coder=coder)
    coding = add_coding(away, "P07_b", place(away, "P07_b", "From a pal of mine"), "fear")
    add_memo(away, "Wary of them.", on_coding(coding))
    return away


def test_a_coder_takes_in_their_own_bundle_and_goes_on(team: Team) -> None:
    away, own = laptop_of(team, "CD"), team.opened["CD"]
    assert merge_bundle(own, make_bundle(away)).is_whole
    (coding,) = list_codings(own)
    assert rows(team, "CD", "SELECT count(*) FROM merged_event") == [(2,)]
    assert rows(team, "CD", "SELECT coder, merged_by FROM merged_bundle") == [("CD", "CD")]
    finish(own, ["P07_f"])
    remove_codings(own, [coding.id])
    add_coding(away, "group", place(away, "group", "Murder, aye"), "forms")
    finish(away, ["group"])
    assert merge_bundle(own, make_bundle(away)).is_whole
    assert [one.code for one in list_codings(own)] == ["forms"]  # what was removed does not come back
    assert merge_bundle(away, make_bundle(own)).is_whole
    assert [one.code for one in list_codings(away)] == ["forms"]
    assert check_study(team.lead) == [] and check_study(own) == []
    away.close()


def test_anothers_bundle_is_for_a_lead_and_stays_hidden_from_the_others(team: Team) -> None:
    away = laptop_of(team, "CD")
    bundle = make_bundle(away)
    with pytest.raises(Refused, match="other coders' work, which your login does not see"):
        merge_bundle(team.opened["EF"], bundle)
    assert merge_bundle(team.lead, bundle).is_whole
    assert len(list_codings(team.opened["CD"])) == 1
    for table in ("coding", "memo", "merged_event", "hidden_change"):
        assert rows(team, "EF", f"SELECT * FROM {table}") == []
    everything = str(rows(team, "EF", "SELECT * FROM event")) + str(
        rows(team, "EF", "SELECT * FROM merged_bundle")
    )
    assert "Coded" not in everything and "Wary" not in everything
    away.close()


def test_a_login_writes_no_bundle_in_anothers_name_and_no_move_of_a_text(team: Team) -> None:
    merge_bundle(team.opened["CD"], make_bundle(laptop_of(team, "CD")))
    for statement in (
        "INSERT INTO merged_bundle VALUES ('x', 'CD', '', '', 'EF', '')",
        "INSERT INTO merged_event SELECT 'x', 'CD', id, 1, '', '', '', '{}' FROM merged_bundle",
        "UPDATE merged_bundle SET coder = 'EF'",
        "DELETE FROM merged_bundle",
        "UPDATE merged_event SET touched = '{}'",
        "INSERT INTO text_move SELECT id, 1, '', '', '[]', false FROM source",
    ):
        assert refused(team, "EF", statement), statement
    with team.raw("CD") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM merged_bundle")
