"""The one write path: events, chain, undo and redo."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.errors import NotFound, Refused
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, redo, undo
from qualbench.study.retext import retext
from qualbench.study.tables import Code, Coding, Event, Row, table_of
from qualbench.text.spans import Edit
from tests.study.builders import add_coders, add_codes, add_source

SECRET = "My neighbour Torquil said so"


def contents(study: Study) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the journal."""
    with study.read() as db:
        return {
            table.name: [tuple(row) for row in db.execute(sa.select(table).order_by(*table.primary_key))]
            for table in Row.metadata.sorted_tables
            if table.name not in ("event", "hidden_change")
        }


def code(study: Study, start: int, end: int, coding_id: str, code_id: str = "a") -> None:
    row = {
        "id": coding_id,
        "source_id": "s1",
        "start": start,
        "end": end,
        "code_id": code_id,
        "layer": study.coder,
        "created_by": study.coder,
        "created_at": "2026-01-01T00:00:00Z",
    }
    with change(study, "code", f"Coded {code_id}") as made:
        made.insert(Coding, [row])


def test_every_change_has_one_event_with_who_when_and_what(study: Study) -> None:
    before = len(read_log(study))
    add_codes(study, "a", "b")
    event = read_log(study)[-1]
    assert len(read_log(study)) == before + 1
    assert (event.coder, event.action, event.summary, event.undoable) == (
        "AB",
        "codebook",
        "Added codes",
        True,
    )
    assert event.at.endswith("Z")


def test_a_block_that_raises_leaves_neither_rows_nor_event(study: Study) -> None:
    before, log = contents(study), len(read_log(study))

    def interrupted() -> None:
        with change(study, "codebook", "Added a code") as made:
            made.insert(Code, [{"id": "x", "level": "code", "label": "x", "position": 0}])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert contents(study) == before
    assert len(read_log(study)) == log


def test_a_block_that_changes_nothing_writes_no_event(study: Study) -> None:
    log = len(read_log(study))
    with change(study, "codebook", "Nothing"):
        pass
    assert len(read_log(study)) == log


def test_transcript_text_never_enters_the_journal(study: Study) -> None:
    add_source(study, SECRET)
    undo(study)
    with study.read() as db:
        payloads = db.execute(sa.select(table_of(Event).c.payload)).scalars().all()
    assert not any(word in (payload or "") for payload in payloads for word in ("neighbour", "Torquil"))


def test_a_change_to_what_is_there_already_is_none(study: Study) -> None:
    add_codes(study, "a")
    log = len(read_log(study))
    with change(study, "codebook", "Renamed") as made:
        made.update(Code, [{"id": "a", "label": "a"}])
    assert len(read_log(study)) == log


def test_a_change_of_a_text_cannot_be_undone_for_the_old_one_is_not_kept(study: Study) -> None:
    add_source(study, SECRET)
    with change(study, "correct", "Corrected") as made:
        retext(made, "s1", [Edit(0, 2, "Your")])
    assert read_log(study)[-1].undoable is False


def test_somebody_who_is_no_coder_cannot_write(study: Study) -> None:
    with pytest.raises(NotFound, match="no coder 'GHOST'"), change(study.by("GHOST"), "code"):
        pass


def test_a_change_waits_for_another_writer_and_says_so_when_it_takes_too_long(
    sqlite_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(sqlite_study.folder / "study.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = replace(
        sqlite_study, engine=sa.create_engine(sqlite_study.engine.url, connect_args={"timeout": 0.1})
    )
    sa.event.listen(impatient.engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    with pytest.raises(Refused, match="not saved: database is locked"):
        add_codes(impatient, "a")
    impatient.close()
    other.rollback()
    other.close()
    add_codes(sqlite_study, "a")


def test_undo_and_redo_are_events_and_survive_a_restart(study: Study) -> None:
    add_codes(study, "a")
    before = contents(study)
    add_codes(study, "b")
    after = contents(study)
    assert undo(study).summary == "Added codes"
    assert contents(study) == before
    again = open_study(study.folder)
    try:
        redo(again)
        assert contents(again) == after
    finally:
        again.close()
    assert [event.action for event in read_log(study)][-3:] == ["codebook", "undo", "redo"]
    assert chain_faults(study) == []


def test_undo_is_by_coder(study: Study) -> None:
    add_coders(study, "CD")
    add_codes(study, "a")
    add_codes(study.by("CD"), "b")
    assert undo(study).coder == "AB"
    with study.read() as db:
        assert db.execute(sa.select(table_of(Code).c.id)).scalars().all() == ["b"]


def test_undo_is_refused_when_the_row_was_changed_since(study: Study) -> None:
    add_coders(study, "CD")
    add_codes(study, "a")
    with change(study, "codebook", "Renamed a") as made:
        made.update(Code, [{"id": "a", "label": "A"}])
    with change(study.by("CD"), "codebook", "Renamed a again") as made:
        made.update(Code, [{"id": "a", "label": "AA"}])
    before = contents(study)
    with pytest.raises(Refused, match="changed since"):
        undo(study)
    assert contents(study) == before


def test_undo_is_refused_when_other_things_depend_on_it(study: Study) -> None:
    add_coders(study, "CD")
    add_source(study, "one two three")
    add_codes(study, "a")
    code(study.by("CD"), 0, 3, "c1")
    with pytest.raises(Refused, match="depend on it"):
        undo(study)


def test_an_undone_import_cannot_be_redone_for_its_text_is_not_in_the_journal(study: Study) -> None:
    add_source(study, SECRET)
    undo(study)
    with pytest.raises(Refused, match="nothing of AB's to redo"):
        redo(study)


def test_nothing_to_undo_is_said(study: Study) -> None:
    with pytest.raises(Refused, match="nothing of AB's to undo"):
        undo(study)


def test_writing_needs_a_person(sqlite_study: Study) -> None:
    nobody = Study(sqlite_study.folder, sqlite_study.engine)
    with pytest.raises(Refused, match="Nobody has said who is at work"), change(nobody, "code"):
        pass


@pytest.mark.parametrize("column", ["summary", "coder", "payload", "at"])
def test_an_altered_event_is_found(study: Study, column: str) -> None:
    add_codes(study, "a")
    assert chain_faults(study) == []
    with study.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE event SET {column} = 'x' WHERE seq = 1"))
    assert chain_faults(study)


def test_a_removed_event_is_found(study: Study) -> None:
    add_codes(study, "a")
    add_codes(study, "b")
    with study.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM event WHERE seq = 2"))
    assert chain_faults(study) == ["Event 2 of the journal is missing."]


def test_a_blanked_payload_keeps_the_chain_and_says_why_it_cannot_be_undone(study: Study) -> None:
    add_codes(study, "a")
    with study.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE event SET payload = NULL WHERE seq = (SELECT max(seq) FROM event)")
        )
    assert chain_faults(study) == []
    with pytest.raises(Refused, match="blanked"):
        undo(study)


Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "move", "rename", "undo", "redo"]),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    max_size=25,
)


def _perform(study: Study, step: Step, made: list[str]) -> None:
    """Do one random change through the write path."""
    kind, x, y = step
    with study.read() as db:
        present = list(db.execute(sa.select(table_of(Coding).c.id).order_by(table_of(Coding).c.id)).scalars())
    if kind == "add":
        made.append(f"c{len(made)}")
        start = x % 40
        with study.read() as db:
            taken = set(db.execute(sa.select(table_of(Coding).c.start, table_of(Coding).c.code_id)).all())
        if (start, "ab"[y % 2]) not in {tuple(row) for row in taken}:
            code(study, start, start + 5, made[-1], "ab"[y % 2])
    elif kind == "remove" and present:
        with change(study, "code", "Removed") as changed:
            changed.delete(Coding, [{"id": present[x % len(present)]}])
    elif kind == "move" and present:
        with change(study, "code", "Re-bound") as changed:
            changed.update(Coding, [{"id": present[x % len(present)], "end": 60 + len(read_log(study))}])
    elif kind == "rename":
        with change(study, "codebook", "Renamed") as changed:
            changed.update(Code, [{"id": "a", "label": f"label {x}"}, {"id": "b", "label": f"label {y}"}])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_undoing_everything_brings_every_table_back(study: Study, steps: list[Step]) -> None:
    if not contents(study)["source"]:
        add_source(study, "w" * 4000)
        add_codes(study, "a", "b")
    start, first = contents(study), len(read_log(study))
    made: list[str] = []
    for step in steps:
        if step[0] in ("undo", "redo"):
            reverse: Callable[[Study], Event] = undo if step[0] == "undo" else redo
            if _depth(study, first)[0 if step[0] == "undo" else 1]:
                reverse(study)
        else:
            _perform(study, step, made)
    end = contents(study)
    undone = 0
    while _depth(study, first)[0]:
        undo(study)
        undone += 1
    assert contents(study) == start
    for _ in range(undone):
        redo(study)
    assert contents(study) == end
    while _depth(study, first)[0]:
        undo(study)
    assert check_study(study) == []


def _depth(study: Study, first: int) -> tuple[int, int]:
    """How many changes made since `first` can be undone and redone, by the textbook two-stack model."""
    done = undone = 0
    for event in read_log(study)[first:]:
        if event.action == "undo":
            done, undone = done - 1, undone + 1
        elif event.action == "redo":
            done, undone = done + 1, undone - 1
        else:
            done, undone = done + 1, 0
    return done, undone


BULK = """
import sys
from dataclasses import replace
from pathlib import Path
from qualbench.study.database import open_study
from qualbench.study.journal import change
from qualbench.study.tables import Coding
study = open_study(Path(sys.argv[1]))
rows = [dict(id=f"k{n}", source_id="s1", start=n, end=n + 9, code_id="a", layer="AB", created_by="AB",
             created_at="2026-01-01T00:00:00Z") for n in range(20000)]
print("ready", flush=True)
sys.stdin.readline()
with change(study, "code", "Coded in bulk") as made:
    for first in range(0, 20000, 500):
        made.insert(Coding, rows[first:first + 500])
print("done", flush=True)
"""


@pytest.mark.parametrize("moment", range(20))
def test_a_process_killed_in_a_bulk_change_leaves_all_or_nothing(sqlite_study: Study, moment: int) -> None:
    """SIGKILL at 20 random moments, spread over the time the change takes."""
    add_source(sqlite_study, "w" * 30_000)
    add_codes(sqlite_study, "a")
    before = len(read_log(sqlite_study))
    process = subprocess.Popen(
        [sys.executable, "-c", BULK, str(sqlite_study.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    with process:
        process.stdout.readline()
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep((moment + random.random()) / 20 * 0.7)
        process.send_signal(signal.SIGKILL)
    with sqlite_study.read() as db:
        codings = db.execute(sa.select(sa.func.count()).select_from(table_of(Coding))).scalar_one()
    assert (codings, len(read_log(sqlite_study)) - before) in ((0, 0), (20_000, 1))
    assert check_study(sqlite_study) == []


def test_payloads_are_plain_lists_of_rows(study: Study) -> None:
    add_codes(study, "a")
    with study.read() as db:
        events = db.execute(sa.select(table_of(Event).c.payload).order_by(table_of(Event).c.seq)).scalars()
        payload = json.loads(list(events)[-1] or "")
    assert payload == [["code", ["id", "level", "label", "position"], None, [["a", "code", "a", 0]]]]


def test_paths_of_the_study_are_absolute(sqlite_study: Study) -> None:
    assert Path(sqlite_study.folder).is_absolute()
