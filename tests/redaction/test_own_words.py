"""Redacted names in what people write themselves: memos, codes, reasons, and what the journal has of them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.analysis.cell_links import links_in
from qualbench.analysis.framework import read_history
from qualbench.analysis.framework_writing import edit_cell, start_cells
from qualbench.codebook.editing import EDITABLE, NewCode, add_code, edit_code
from qualbench.codebook.importing import import_entries
from qualbench.codebook.merging import split_code
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.codebook.versions import list_versions, read_version, release
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.examples import add_example, list_examples
from qualbench.coding.memos import THE_STUDY, add_memo, edit_memo, list_memos, on_source, remove_memo
from qualbench.errors import Refused
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.own_words import Reworded
from qualbench.redaction.sealing import Sealed, seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.backups import backup_daily
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, redo, undo
from qualbench.study.tables import (
    CellSummary,
    Decision,
    Event,
    HiddenChange,
    Memo,
    Reason,
    Row,
    new_id,
    table_of,
)
from qualbench.transcripts.importing import import_files
from tests.builders import place, plant_entry, small_study
from tests.redaction.test_sealing import FIRST, SECOND, decide_all, files_under

NAMES = ("ebedina", "uillmore", "orquil")


@pytest.fixture
def named(study: Study, tmp_path: Path) -> Study:
    """A small study and two sources in which people are named, looked through and decided on."""
    return _named(study, tmp_path)


@pytest.fixture
def named_on_sqlite(sqlite_study: Study, tmp_path: Path) -> Study:
    return _named(sqlite_study, tmp_path)


def _named(study: Study, folder: Path) -> Study:
    small_study(study, folder / "files")
    (folder / "one.txt").write_text(FIRST)
    (folder / "two.txt").write_text(SECOND)
    import_files(study, [folder / "one.txt", folder / "two.txt"])
    suggest_in_sources(study, {"Zebedina": "person"})
    decide_all(study)
    return study


def decide_on_a_difference(study: Study, reason: str) -> None:
    with change(study, "reconcile", "Decided") as changed:
        source_id = changed.db.execute(sa.text("SELECT id FROM source WHERE name = 'one'")).scalar_one()
        row = {"id": new_id(), "source_id": source_id, "layer_a": "AB", "layer_b": "CD", "start": 0, "end": 4}
        row |= {"code_a": "fear", "code_b": None, "outcome": "keep A", "reason": reason}
        changed.insert(Decision, [row | {"decided_by": "AB", "decided_at": "2026-01-01T00:00:00Z"}])


def values(study: Study, model: type[Row], column: str) -> list[str]:
    with study.read() as db:
        return list(db.execute(sa.select(table_of(model).c[column])).scalars())


def disk_holds(study: Study) -> set[str]:
    """The names that some byte holds of the study's folder or of its tables on the server."""
    files = list(files_under(study.folder))
    if not study.on_sqlite:
        with study.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("CHECKPOINT"))
            folder = Path(connection.execute(sa.text("SHOW data_directory")).scalar_one())
            oid = connection.execute(
                sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")
            ).scalar_one()
            files += files_under(folder / "base" / str(oid))
        assert len(files) > 15
    return {name for path in files for name in NAMES if name.encode() in path.read_bytes()}


def test_nothing_a_person_wrote_keeps_a_sealed_name(named: Study) -> None:
    memo_id = add_memo(named, "Zebedina was **Torquil's** friend.", on_source("one"))
    edit_memo(named, memo_id, "ZEBEDINA,\n_Zebedina_ and *Quillmore* *Nursery*.")
    edit_memo(named, memo_id, "Zebedina only.")
    undo(named)
    remove_memo(named, add_memo(named, "Torquil again"))
    harmless = add_memo(named, "On the forms.")
    passage = Passage("one", place(named, "one", "who came"))
    apply_codes(named, [passage], [], [NewCode("Zebedina came")])
    import_entries(named, [CodeEntry("fear", "social-work", "code", "Fear", "As of Torquil.")], "test")
    decide_on_a_difference(named, "As Zebedina said.")
    if not named.on_sqlite:
        with named.engine.begin() as connection:
            connection.execute(sa.text("ANALYZE"))
    done = seal(named, ["one", "two"])
    assert {memo.text for memo in list_memos(named)} == {
        "[Worker 1],\n_[Worker 1]_ and *[Nursery 1]*.",
        "On the forms.",
    }
    labels = {entry.label: entry.definition for entry in read_codebook(named).by_id.values()}
    assert "[Worker 1] came" in labels and labels["Fear"] == "As of [Person 1]."
    assert values(named, Decision, "reason") == ["As [Worker 1] said."]
    assert done.reworded.rows == {"memo": 1, "code": 2, "decision": 1}
    payloads = [*values(named, Event, "payload"), *values(named, HiddenChange, "payload")]
    assert not any(name in payload for payload in payloads if payload for name in NAMES)
    assert any(harmless in payload for payload in payloads if payload)
    assert not any(name in event.summary for event in read_log(named) for name in NAMES)
    assert read_log(named)[-1].summary == (
        "Sealed one, two: 7 places replaced. Redacted names were taken out of 1 memo, 2 codes, 1 decision, "
        f"{done.reworded.events} old entries of the journal"
    )
    assert check_study(named) == []
    assert find_leaks(named) == []
    assert disk_holds(named) == set()
    for reverse in (undo, redo):
        with pytest.raises(Refused, match="nothing of AB's"):
            reverse(named)


def test_nothing_in_a_cell_of_the_framework_matrix_keeps_a_sealed_name(named: Study) -> None:
    """Every version, words of links too; afterwards no cell takes such a name, nor is one started with it."""
    id_ = add_coding(named, "P07_b", place(named, "P07_b", "They judge ye."), "fear")
    edit_cell(named, "P07", "Baseline", "trust", f"[Zebedina, she says](coding:{id_}): wary of **Torquil**.")
    edit_cell(named, "P07", "Baseline", "trust", "ZEBEDINA again.")
    undo(named)
    edit_cell(named, "P07", "Follow-up", "trust", "Since Zebedina came.", since="Baseline")
    done = seal(named, ["one", "two"])
    assert done.reworded.rows == {"cell_summary": 2}
    (version,) = read_history(named, "P07", "Baseline", "trust")
    assert version.text == f"[[Worker 1], she says](coding:{id_}): wary of **[Person 1]**."
    assert [link.coding for link in links_in(version.text)] == [id_]
    assert values(named, CellSummary, "text") == [version.text, "Since [Worker 1] came."]
    payloads = [*values(named, Event, "payload"), *values(named, HiddenChange, "payload")]
    assert not any(name in payload for payload in payloads if payload for name in NAMES)
    assert find_leaks(named) == []
    assert check_study(named) == []
    assert disk_holds(named) == set()
    with pytest.raises(Refused, match=r"sealed as \[Worker 1\]"):
        edit_cell(named, "P07", "Baseline", "trust", "Zebedina.")


def test_a_cell_is_started_without_words_that_hold_a_sealed_name(
    named_on_sqlite: Study, tmp_path: Path
) -> None:
    (tmp_path / "P08_b.txt").write_text("I: And then?\n\nP08: Zebedina came. I was feart.")
    import_files(named_on_sqlite, [tmp_path / "P08_b.txt"])
    seal(named_on_sqlite, ["one", "two"])
    ids = [
        add_coding(named_on_sqlite, "P08_b", place(named_on_sqlite, "P08_b", words), "fear")
        for words in ("Zebedina came.", "I was feart.")
    ]
    assert start_cells(named_on_sqlite, layer="AB").quotes == 2
    (text,) = values(named_on_sqlite, CellSummary, "text")
    assert text == f"- [...](coding:{ids[0]})\n- [I was feart.](coding:{ids[1]})"
    assert find_leaks(named_on_sqlite, unsealed=False) == []


def test_nothing_in_the_codebook_keeps_a_sealed_name(named: Study) -> None:
    """Every field, its earlier versions, their notes, reasons, and passages given as examples."""
    words = [name for name in EDITABLE if isinstance(getattr(CodeEntry("", None, "", ""), name), str)]
    words = [name for name in words if name not in ("level", "origin", "question")]
    named_words: dict[str, object] = {name: f"{name} of Zebedina" for name in words}
    named_words |= {"question": "Was Torquil asked?", "tags": ("as Zebedina",)}
    edit_code(named, "fear", named_words, reason="Zebedina says so.")
    release(named, "After Zebedina's interview", "AB, CD")
    add_example(named, "fear", "near miss", "one", place(named, "one", "Zebedina"))
    edit_code(named, "fear", {"label": "Fear", "definition": "Torquil's word."}, reason="Torquil asked.")
    done = seal(named, ["one", "two"])
    assert done.reworded.rows == {"code": 1, "code_version": 1, "codebook_version": 1, "reason": 2}
    then = read_version(named, 1).by_id["fear"]
    assert {getattr(then, name) for name in words} == {f"{name} of [Worker 1]" for name in words}
    assert (then.question, then.tags) == ("Was [Person 1] asked?", ("as [Worker 1]",))
    assert [version.note for version in list_versions(named)] == ["After [Worker 1]'s interview"]
    assert set(values(named, Reason, "text")) == {"[Worker 1] says so.", "[Person 1] asked."}
    assert [example.quote for example in list_examples(named, "fear")] == ["[Worker 1]"]
    assert find_leaks(named) == []
    assert check_study(named) == []
    assert disk_holds(named) == set()


def test_the_codebook_takes_no_name_that_has_been_sealed(named_on_sqlite: Study) -> None:
    seal(named_on_sqlite, ["one"])
    before = (dict(read_codebook(named_on_sqlite).by_id), len(read_log(named_on_sqlite)))
    for write in (
        lambda: add_code(named_on_sqlite, NewCode("What Zebedina did")),
        lambda: edit_code(named_on_sqlite, "fear", {"label": "Zebedina"}),
        lambda: edit_code(named_on_sqlite, "fear", {"near_miss_example": "as zebedina said"}),
        lambda: split_code(named_on_sqlite, "fear", ["Of Zebedina"]),
    ):
        with pytest.raises(Refused, match=r"sealed as \[Worker 1\]"):
            write()
    assert (dict(read_codebook(named_on_sqlite).by_id), len(read_log(named_on_sqlite))) == before


def test_an_id_that_somebody_wrote_is_looked_through_for_leaks(named_on_sqlite: Study) -> None:
    import_entries(named_on_sqlite, [CodeEntry("what-zebedina-did", None, "code", "What she did")], "test")
    seal(named_on_sqlite, ["one", "two"])
    assert [leak.place for leak in find_leaks(named_on_sqlite)] == ["the id of the code what-zebedina-did"]


def test_words_without_names_stay_as_they_are_and_can_be_seen_in_the_journal(named_on_sqlite: Study) -> None:
    add_memo(named_on_sqlite, "She hopes for the best; it will do.")
    before = (list_memos(named_on_sqlite), values(named_on_sqlite, Event, "payload"))
    done = seal(named_on_sqlite, ["one", "two"])
    assert (done.reworded, done.reworded.sentence()) == (Reworded(), "")
    assert (list_memos(named_on_sqlite), values(named_on_sqlite, Event, "payload")[:-1]) == before
    assert read_log(named_on_sqlite)[-1].summary == "Sealed one, two: 7 places replaced"


@pytest.mark.parametrize("words", ["Zebedina", "ZEBEDINA'S view", "so _Zebedina_ said", "a **zebedina**!"])
def test_a_memo_takes_no_name_that_has_been_sealed(named_on_sqlite: Study, words: str) -> None:
    memo_id = add_memo(named_on_sqlite, "Before the seal: " + words)
    seal(named_on_sqlite, ["one"])
    before = (list_memos(named_on_sqlite), len(read_log(named_on_sqlite)))
    for write in (
        lambda: add_memo(named_on_sqlite, words, THE_STUDY),
        lambda: edit_memo(named_on_sqlite, memo_id, words),
    ):
        with pytest.raises(Refused, match=r"sealed as \[Worker 1\]") as refused:
            write()
        assert "zebedina" not in str(refused.value).casefold()
    assert (list_memos(named_on_sqlite), len(read_log(named_on_sqlite))) == before
    edit_memo(named_on_sqlite, memo_id, "Of [Worker 1], and of Quillmore Nursery, which is in no seal yet.")


def test_a_memo_is_looked_through_for_leaks(named_on_sqlite: Study) -> None:
    seal(named_on_sqlite, ["one", "two"])
    memo_id = add_memo(named_on_sqlite, "As Zebedyna said.")
    (leak,) = find_leaks(named_on_sqlite)
    assert (leak.place, leak.start, leak.end, leak.exact) == (f"the text of the memo {memo_id}", 3, 11, False)


def test_a_backup_with_a_name_in_a_code_goes_though_no_text_changed(
    named_on_sqlite: Study, tmp_path: Path
) -> None:
    seal(named_on_sqlite, ["one", "two"])
    whole = backup_daily(named_on_sqlite, date(2026, 3, 2))
    plant_entry(named_on_sqlite, CodeEntry("w", None, "code", "What Zebedina did"))
    holding = backup_daily(named_on_sqlite, date(2026, 3, 3))
    suggest_in_sources(named_on_sqlite)
    done = seal_rest(named_on_sqlite)
    assert (done.replacements, done.reworded.rows) == (0, {"code": 1})
    assert done.backups_removed == [holding]
    assert whole is not None and whole.exists()
    assert disk_holds(named_on_sqlite) == set()


def seal_rest(study: Study) -> Sealed:
    """Seal what is not sealed yet, keeping every suggestion there as it is."""
    from qualbench.redaction.deciding import decide
    from qualbench.redaction.entities import PENDING, REJECTED, list_entities
    from qualbench.transcripts.sources import list_sources

    for one in list_entities(study):
        if one.decision == PENDING:
            decide(study, one.id, REJECTED)
    return seal(study, [source.name for source in list_sources(study) if source.state != "sealed"])


def test_no_gap_in_a_page_keeps_a_name_whatever_was_written_over(named_on_sqlite: Study) -> None:
    """Rows that grow are moved to other pages, and SQLite does not zero what they leave there."""
    chance = random.Random(7)
    ids = [new_id() for _ in range(800)]
    moment = "2026-01-01T00:00:00Z"

    def text(longest: int) -> str:
        return "Zebedina, " + "talk " * chance.randrange(longest)

    with change(named_on_sqlite, "memo", "Wrote") as made:
        row = {"about": "study", "created_by": "AB", "created_at": moment, "changed_at": moment}
        made.insert(Memo, [{"id": id_, "text": text(100), **row} for id_ in ids])
    for _ in range(8):
        with change(named_on_sqlite, "memo", "Edited") as made:
            made.update(Memo, [{"id": id_, "text": text(700)} for id_ in chance.sample(ids, 200)])
    done = seal(named_on_sqlite, ["one", "two"])
    assert done.reworded == Reworded({"memo": 800}, 9)
    assert disk_holds(named_on_sqlite) == set()
