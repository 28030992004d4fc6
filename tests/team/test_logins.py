"""Row-level security, tried as a person with psql would try it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from qualbench.coding.applying import Passage, apply_codes
from qualbench.coding.examples import add_example
from qualbench.coding.memos import add_memo, on_source
from qualbench.coding.progress import finish
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study, migrate
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, redo, undo
from qualbench.text.spans import Span
from tests.builders import place
from tests.team.conftest import Team


def code(study: Study, words: str = "From a pal of mine", source: str = "P07_b", label: str = "fear") -> None:
    apply_codes(study, [Passage(source, place(study, source, words))], [label])


def rows(team: Team, who: str, query: str) -> list[tuple[Any, ...]]:
    with team.raw(who) as connection:
        return connection.execute(query).fetchall()


def refused(team: Team, who: str, statement: str) -> bool:
    with team.raw(who) as connection:
        try:
            return connection.execute(statement).rowcount == 0
        except psycopg.errors.InsufficientPrivilege:
            return True


def test_a_coder_reads_no_other_coders_work_by_any_query(team: Team) -> None:
    code(team.opened["CD"])
    add_memo(team.opened["CD"], "Wary of them.", on_source("P07_b"))
    add_example(team.opened["CD"], "fear", "typical", "P07_b", place(team.lead, "P07_b", "feart"))
    undo(team.opened["CD"])
    redo(team.opened["CD"])
    for table in ("coding", "memo", "code_example", "hidden_change"):
        assert rows(team, "CD", f"SELECT * FROM {table}")
        assert rows(team, "EF", f"SELECT * FROM {table}") == []
        assert rows(team, "RR", f"SELECT * FROM {table}") == []
    everything = str(rows(team, "EF", "SELECT * FROM event"))
    assert "Coded" not in everything and "emo" not in everything
    assert rows(team, "EF", "SELECT n_distinct FROM pg_stats WHERE tablename = 'coding'") == []


def test_finishing_alone_opens_nothing_and_finishing_for_another_is_refused(team: Team) -> None:
    code(team.opened["CD"])
    finish(team.opened["CD"], ["P07_b"])
    assert rows(team, "EF", "SELECT * FROM coding") == []
    source = rows(team, "EF", "SELECT id FROM source WHERE name = 'P07_b'")[0][0]
    for state in ("finished", "in progress"):
        assert refused(team, "EF", f"INSERT INTO assignment VALUES ('{source}', 'AB', '{state}')")
        assert refused(team, "EF", f"UPDATE assignment SET state = '{state}' WHERE layer = 'CD'")
    assert refused(team, "EF", "DELETE FROM assignment")


def test_finishing_both_opens_both_and_there_is_no_way_back(team: Team) -> None:
    for who in ("CD", "EF"):
        code(team.opened[who])
        finish(team.opened[who], ["P07_b"])
    code(team.opened["CD"], "The forms were long", "P07_f")
    assert {row[0] for row in rows(team, "EF", "SELECT layer FROM coding")} == {"CD", "EF"}
    assert len(rows(team, "EF", "SELECT * FROM coding")) == 2  # not that of the source still open
    assert rows(team, "RR", "SELECT * FROM coding") == []
    assert refused(team, "EF", "UPDATE assignment SET state = 'in progress' WHERE layer = 'EF'")
    assert refused(team, "EF", "DELETE FROM assignment WHERE layer = 'EF'")


def test_a_login_writes_in_nobody_elses_name(team: Team) -> None:
    code(team.opened["CD"])
    values = "SELECT 'x', source_id, 0, 3, code_id, '{}', 'CD', '', false, NULL, 0 FROM coding"
    columns = (
        '(id, source_id, start, "end", code_id, layer, created_by, created_at, exemplar, meaning, version)'
    )
    for layer in ("EF", "AB", "agreed"):
        assert refused(team, "CD", f"INSERT INTO coding {columns} {values.format(layer)}")
    assert refused(team, "EF", "DELETE FROM coding")
    assert refused(team, "EF", "UPDATE coding SET layer = 'EF'")
    for statement in (
        "UPDATE event SET summary = ''",
        "DELETE FROM event",
        "DELETE FROM hidden_change",
        "UPDATE coder SET login = NULL",
        "UPDATE coder SET role = 'lead' WHERE initials = 'EF'",
        "UPDATE study SET title = 'x'",
        "ALTER TABLE coding DISABLE ROW LEVEL SECURITY",
        "DROP POLICY sees ON coding",
        "DROP TABLE bookmark",
    ):
        assert refused(team, "EF", statement), statement
    with team.raw("EF") as connection, pytest.raises(psycopg.Error):
        connection.execute(f"SET ROLE {team.opened['CD'].engine.url.username}")


def test_a_temporary_table_does_not_stand_in_for_one_of_the_study(team: Team) -> None:
    code(team.opened["CD"])
    finish(team.opened["CD"], ["P07_b"])
    with team.raw("EF") as connection:
        connection.execute("CREATE TEMP TABLE assignment AS SELECT * FROM public.assignment")
        connection.execute("INSERT INTO assignment SELECT source_id, 'EF', 'finished' FROM assignment")
        connection.execute("CREATE TEMP TABLE coder AS SELECT * FROM public.coder")
        connection.execute("UPDATE coder SET login = NULL")
        connection.execute("UPDATE coder SET login = session_user WHERE initials = 'CD'")
        assert connection.execute("SELECT * FROM coding").fetchall() == []


def test_a_reader_looks_and_changes_nothing(team: Team) -> None:
    from qualbench.errors import Refused

    with pytest.raises(Refused, match="RR may look"):
        code(team.opened["RR"])
    assert refused(team, "RR", "DELETE FROM code")
    assert len(rows(team, "RR", "SELECT * FROM source")) == 3


def test_coders_code_side_by_side_and_the_journal_holds(team: Team) -> None:
    for who in ("CD", "EF"):
        code(team.opened[who])
        undo(team.opened[who])
        redo(team.opened[who])
    assert check_study(team.lead) == []
    assert check_study(team.opened["EF"]) == []  # as far as EF sees
    numbers = [event.seq for event in read_log(team.lead)]
    assert numbers == list(range(1, len(numbers) + 1))
    with team.lead.engine.begin() as connection:
        import sqlalchemy as sa

        connection.execute(sa.text("UPDATE hidden_change SET payload = replace(payload, 'fear', 'judged')"))
    assert chain_faults(team.lead) and chain_faults(team.opened["EF"])


def test_a_lead_may_do_what_concerns_everybody_and_a_coder_is_told_to_ask(team: Team) -> None:
    from qualbench.codebook.merging import merge_codes
    from qualbench.errors import Refused
    from qualbench.study.backups import backup

    code(team.opened["CD"])
    with pytest.raises(Refused, match="your login does not see"):
        merge_codes(team.opened["EF"], "judged", "fear")
    with pytest.raises(Refused, match="your login does not see"):
        backup(team.opened["EF"], team.folder / "b.db")
    lead = team.add("GH", "lead")
    merge_codes(lead, "fear", "judged")
    assert [row[0] for row in rows(team, "CD", "SELECT code_id FROM coding")] == ["judged"]
    assert len(read_log(lead)) == len(read_log(team.lead))
    assert check_study(lead) == []


def test_a_login_that_is_gone_sees_nothing_and_a_new_password_ends_the_old(team: Team) -> None:
    from qualbench.study.team import remove_member

    old = team.opened["EF"].engine.url
    team.add("EF")
    assert team.opened["EF"].engine.url.password != old.password
    assert rows(team, "EF", "SELECT count(*) FROM source") == [(3,)]
    with team.raw("EF") as connection:
        remove_member(team.lead, "EF")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM source")
    team.opened.pop("EF").close()


def test_spans_do_not_tell_where_another_coded(team: Team) -> None:
    """The unique key of codings holds the layer, so that no error tells what stands in another's."""
    code(team.opened["CD"])
    code(team.opened["EF"])
    assert [Span(*row) for row in rows(team, "EF", 'SELECT start, "end" FROM coding')] == [
        place(team.lead, "P07_b", "From a pal of mine")
    ]


def test_a_migration_gives_every_login_its_rights_on_what_is_new(team: Team) -> None:
    """A table to which nobody has rights is what a migration leaves."""
    login = team.opened["CD"].engine.url.username
    with team.lead.engine.begin() as connection:
        connection.exec_driver_sql(f'REVOKE ALL ON TABLE memo FROM "{login}"')
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(team, "CD", "SELECT * FROM memo")
    migrate(team.add("GH", "lead").engine)
    assert rows(team, "CD", "SELECT * FROM memo") == []
    assert refused(team, "RR", "DELETE FROM memo")


def test_a_login_that_reads_blind_gets_cleared_texts_and_no_arm(team: Team) -> None:
    from qualbench.evaluation.clearing import clear_sources
    from qualbench.study.fulltext import fill
    from qualbench.study.tables import ParticipantArm
    from qualbench.study.team import set_blinded
    from qualbench.transcripts.sources import list_sources

    for name in ("P07_b", "group"):
        for who in ("CD", "EF"):
            finish(team.opened[who], [name])
        add_memo(team.opened["EF"], "Wary of them.", on_source(name))
    fill(team.lead)
    with change(team.lead, "unseal arms", "Unsealed", undoable=False) as made:
        made.insert(ParticipantArm, [{"participant_id": "P07", "arm": "Zebra"}])
    for who in ("CD", "EF", "RR"):
        assert rows(team, who, "SELECT arm FROM participant_arm") == [("Zebra",)]
        assert "Zebra" not in str(rows(team, who, "SELECT * FROM event"))
        assert rows(team, who, "SELECT * FROM hidden_change WHERE payload LIKE '%Zebra%'") == []
    set_blinded(team.lead, "CD")
    set_blinded(team.lead, "RR")
    for who in ("CD", "RR"):
        for table in ("source", "search_block", "participant_arm"):
            assert rows(team, who, f"SELECT * FROM {table}") == [], table
        assert list_sources(team.opened[who]) == []
    for table in ("memo", "turn", "speaker", "assignment"):
        assert rows(team, "CD", f"SELECT * FROM {table}") == [], table
    assert len(rows(team, "EF", "SELECT * FROM source")) == 3
    clear_sources(team.lead, ["P07_b"])
    assert rows(team, "CD", "SELECT name FROM source") == [("P07_b",)]
    assert len(rows(team, "CD", "SELECT DISTINCT source_id FROM search_block")) == 1
    assert len(rows(team, "CD", "SELECT * FROM memo")) == 1
    assert [source.name for source in list_sources(team.opened["CD"])] == ["P07_b"]
    source = rows(team, "EF", "SELECT id, fingerprint FROM source WHERE name = 'group'")[0]
    for statement in (
        "UPDATE coder SET blinded = false",
        f"INSERT INTO clearance VALUES ('{source[0]}', '{source[1]}', 'CD', '')",
        f"UPDATE clearance SET source_id = '{source[0]}', fingerprint = '{source[1]}'",
        "DELETE FROM clearance",
        "UPDATE source SET fingerprint = ''",
        "INSERT INTO participant_arm VALUES ('P08', 'Zebra')",
        "DELETE FROM participant_arm",
        "DROP POLICY sees ON source",
        "DROP FUNCTION qualbench_blinded()",
        "CREATE OR REPLACE FUNCTION qualbench_blinded() RETURNS boolean LANGUAGE sql AS 'SELECT false'",
    ):
        assert refused(team, "CD", statement), statement
    with team.raw("CD") as connection:
        connection.execute("CREATE TEMP TABLE coder AS SELECT * FROM public.coder")
        connection.execute("UPDATE coder SET blinded = false")
        assert connection.execute("SELECT count(*) FROM source").fetchall() == [(1,)]
    with team.lead.engine.begin() as owner:
        owner.exec_driver_sql("UPDATE source SET fingerprint = 'another' WHERE name = 'P07_b'")
    assert rows(team, "CD", "SELECT * FROM source") == []


def test_the_database_and_the_program_hide_the_same_tables_from_who_reads_blind(team: Team) -> None:
    from qualbench.study.blinding import _IN_READING

    by_policy = {
        row[0]
        for row in rows(
            team, "CD", "SELECT DISTINCT tablename FROM pg_policies WHERE qual LIKE '%qualbench_blinded()%'"
        )
    }
    assert by_policy - {"clearance"} == set(_IN_READING)


def test_cells_of_the_framework_are_hidden_until_both_have_finished_their_sources(team: Team) -> None:
    from qualbench.analysis.framework_writing import edit_cell
    from qualbench.errors import Refused

    for who in ("CD", "EF"):
        for words, source in (("From a pal of mine", "P07_b"), ("The forms were long", "P07_f")):
            code(team.opened[who], words, source)
    edit_cell(team.opened["CD"], "P07", "Baseline", "trust", "Wary of them at first.")
    edit_cell(team.opened["CD"], "P07", "Follow-up", "trust", "Less so.")
    texts = "SELECT text FROM cell_summary ORDER BY written_at"
    assert len(rows(team, "CD", texts)) == 2
    assert rows(team, "EF", texts) == [] == rows(team, "EF", "SELECT * FROM hidden_change WHERE coder = 'CD'")
    with pytest.raises(Refused, match="do not see"):
        edit_cell(team.opened["EF"], "P07", "Baseline", "trust", "Mine.")
    finish(team.opened["CD"], ["P07_b"])
    assert rows(team, "EF", texts) == []
    finish(team.opened["EF"], ["P07_b"])
    assert rows(team, "EF", texts) == [("Wary of them at first.",)]
    assert refused(team, "EF", "UPDATE cell_summary SET text = 'x'")
    assert refused(team, "EF", "DELETE FROM cell_summary")
