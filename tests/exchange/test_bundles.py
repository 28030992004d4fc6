"""One coder's work, taken from their laptop to another: what comes, what goes, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.agreement.finishing import finish
from qualbench.analysis.frame_events import frame_events
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.coding.applying import add_coding, rebound, remove_codings, set_exemplar
from qualbench.coding.assigning import assign
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example, list_examples, remove_example
from qualbench.coding.memos import (
    add_memo,
    edit_memo,
    list_memos,
    on_code,
    on_coding,
    on_source,
    on_words,
    remove_memo,
)
from qualbench.coding.progress import reopen, states_of
from qualbench.coding.reading import mark_read, readers_of
from qualbench.errors import Refused
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.exchange.bundles.report import held_by
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, undo
from qualbench.study.tables import Coding, Event, HiddenChange, Row, new_id, table_of
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import rename_source
from tests.builders import place, small_study
from tests.exchange.copies import carry_over, copy_of, events, not_by, of_layer, rows, words_of


@pytest.fixture
def here(study: Study, tmp_path: Path) -> Study:
    """AB's copy, on each kind of database; AB has coded in it."""
    small = small_study(study, tmp_path / "files")
    add_coding(small, "P07_b", place(small, "P07_b", "From a pal of mine"), "forms")
    add_memo(small, "AB's own.", on_source("P07_b"))
    return small


@pytest.fixture
def there(here: Study, tmp_path: Path) -> Iterator[Study]:
    """CD's copy of it."""
    made = copy_of(here, tmp_path, "CD")
    yield made
    made.close()


def work_of_cd(there: Study) -> None:
    """One of each kind of thing that a coder does."""
    coding = add_coding(there, "P07_b", place(there, "P07_b", "From a pal of mine"), "fear")
    add_memo(there, "Says it twice.", on_coding(coding))
    hearsay = add_code(there, NewCode("Hearsay", "trust"))
    add_coding(there, "P07_f", place(there, "P07_f", "She had been there herself"), hearsay.id)
    set_exemplar(there, coding, True)
    add_memo(there, "Only second-hand talk.", on_code(hearsay.id))
    add_memo(there, "A quiet one.", on_source("P07_f"))
    add_memo(there, "Naïve?", on_words("P07_b", place(there, "P07_b", "Naïve, me.")))
    add_example(there, "fear", "typical", "P07_b", place(there, "P07_b", "feart of them"))
    mark_read(there, "P07_b", "P07_f")
    finish(there, ["P07_b"])


def test_all_that_a_coder_did_comes_and_nothing_else_is_touched(
    here: Study, there: Study, tmp_path: Path
) -> None:
    others = not_by(here, "CD")
    work_of_cd(there)
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole
    assert (merged.codings, merged.sources, merged.memos) == ((2, 0, 0), 2, (4, 0, 0))
    assert (merged.codes, merged.finished) == (("Hearsay",), 1)
    assert rows(here) == rows(there)
    left = not_by(here, "CD")
    left["code"] = [row for row in left["code"] if row["label"] != "Hearsay"]
    assert left == others
    assert check_study(here) == []
    assert readers_of(here) == readers_of(there) and states_of(here) == {"P07_b": {"CD": "finished"}}


def test_merging_twice_is_the_same_as_once(here: Study, there: Study) -> None:
    work_of_cd(there)
    bundle = make_bundle(there)
    merge_bundle(here, bundle)
    before, count = rows(here, *Row.metadata.tables), events(here)
    again = merge_bundle(here, bundle)
    assert again.is_whole and again.sentences() == ["Came from CD: nothing new."]
    assert rows(here, *Row.metadata.tables) == before
    merge_bundle(here, make_bundle(there))  # made anew, without any work in between
    assert events(here) == count and rows(here, *Row.metadata.tables) == before


def test_what_was_changed_and_taken_away_there_changes_and_goes_here(
    here: Study, there: Study, tmp_path: Path
) -> None:
    work_of_cd(there)
    example = list_examples(there, "fear")[0].id
    old = make_bundle(there)
    merge_bundle(here, old)
    reopen(there, ["P07_b"])
    fear, hearsay = list_codings(there)
    rebound(there, fear.id, place(there, "P07_b", "a pal of mine"))
    remove_codings(there, [hearsay.id])
    add_coding(there, "group", place(there, "group", "Murder, aye"), "forms")
    memos = {memo.text: memo.id for memo in list_memos(there, by="CD")}
    edit_memo(there, memos["A quiet one."], "Not so quiet.")
    remove_memo(there, memos["Naïve?"])
    remove_example(there, example)
    mark_read(there, "P07_f", take_back=True)
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole
    assert (merged.codings, merged.memos, merged.examples) == ((1, 1, 1), (0, 1, 1), (0, 0, 1))
    assert rows(here) == rows(there) and check_study(here) == []
    assert merge_bundle(here, old).sentences() == ["Came from CD: nothing new."]  # the older one, late
    assert rows(here) == rows(there)


def test_undo_there_takes_back_here(here: Study, there: Study, tmp_path: Path) -> None:
    add_coding(there, "P07_b", place(there, "P07_b", "They judge ye"), "judged")
    carry_over(there, here, tmp_path)
    assert len(of_layer(here, "CD")) == 1
    undo(there)
    carry_over(there, here, tmp_path)
    assert of_layer(here, "CD") == []


def test_work_from_before_the_copy_was_made_can_be_changed_on_it(here: Study, tmp_path: Path) -> None:
    kept = add_coding(here.by("CD"), "P07_b", place(here, "P07_b", "feart of them"), "fear")
    gone = add_coding(here.by("CD"), "P07_b", place(here, "P07_b", "They judge ye"), "judged")
    there = copy_of(here, tmp_path, "CD")
    remove_codings(there, [gone])
    set_exemplar(there, kept, True)
    carry_over(there, here, tmp_path)
    assert [(row["id"], row["exemplar"]) for row in of_layer(here, "CD")] == [(kept, True)]
    there.close()


def test_codings_that_no_event_of_the_coders_tells_of_come_too(
    here: Study, there: Study, tmp_path: Path
) -> None:
    add_coding(there, "P07_b", place(there, "P07_b", "They judge ye"), "judged")
    row = of_layer(there, "CD")[0] | {"id": (coding := new_id())}
    undo(there)
    with change(there.by("AB"), "open", "Opened a project") as changed:  # as from another program
        changed.insert(Coding, [row])
    add_memo(there, "On it.", on_coding(coding))
    assert carry_over(there, here, tmp_path).is_whole
    assert of_layer(here, "CD") == [row]
    count = events(here)
    carry_over(there, here, tmp_path)
    assert events(here) == count


def test_both_take_in_the_others_work_and_go_on(here: Study, there: Study, tmp_path: Path) -> None:
    work_of_cd(there)
    carry_over(there, here, tmp_path)
    carry_over(here, there, tmp_path)
    assert rows(here) == rows(there)
    finish(here, ["P07_b"])
    carry_over(here, there, tmp_path)
    assert rows(here) == rows(there)
    assert len(list_codings(there, layer="AB", source="P07_b")) == 1  # both have finished, on both machines


def test_a_renamed_source_and_one_imported_on_each_machine_are_found(
    here: Study, there: Study, tmp_path: Path
) -> None:
    rename_source(here, "P07_b", "P07_first")
    (tmp_path / "late.txt").write_text("I: And?\n\nP07: Not a soul came.")
    import_files(there, [tmp_path / "late.txt"])
    add_coding(there, "P07_b", place(there, "P07_b", "feart of them"), "fear")
    add_coding(there, "late", place(there, "late", "Not a soul"), "trust")
    mark_read(there, "late")
    finish(there, ["late"])
    bundle = make_bundle(there)
    merged = merge_bundle(here, bundle)
    assert [(one.reason, one.names) for one in merged.left_out] == [("missing", ("late",))]
    assert merged.left_out[0].rows == 3  # the coding, the reading, the state
    assert "late" in " ".join(merged.sentences())
    import_files(here, [tmp_path / "late.txt"])
    assert merge_bundle(here, bundle).is_whole
    assert words_of(here, of_layer(here, "CD")) == [("Not a soul", "trust"), ("feart of them", "fear")]
    assert states_of(here)["late"] == {"CD": "finished"} and set(readers_of(here)) == {"late"}
    count = events(here)
    assert merge_bundle(here, bundle).is_whole and events(here) == count


def test_a_source_is_not_finished_here_while_something_of_it_waits(
    here: Study, there: Study, tmp_path: Path
) -> None:
    assign(here, ["P07_b"], ["CD"])
    agreed_there = add_code(there, NewCode("Hearsay", "trust"))
    with there.engine.begin() as connection:  # as after a codebook that came by a file
        connection.execute(sa.text("UPDATE code SET status = 'agreed' WHERE label = 'Hearsay'"))
    add_coding(there, "P07_b", place(there, "P07_b", "From a pal of mine"), agreed_there.id)
    finish(there, ["P07_b"])
    finish(here, ["P07_b"])
    bundle = make_bundle(there)
    merged = merge_bundle(here, bundle)
    assert [(one.reason, one.names, one.rows) for one in merged.left_out] == [
        ("code", ("Hearsay",), None),
        ("held", ("P07_b",), None),
    ]
    assert states_of(here) == {"P07_b": {"AB": "finished", "CD": "in progress"}}
    with pytest.raises(Refused, match="hidden"):
        list_codings(here, layer="CD", source="P07_b")
    with there.engine.connect() as connection, here.engine.begin() as mine:
        row = connection.execute(sa.text("SELECT * FROM code WHERE label = 'Hearsay'")).mappings().one()
        mine.execute(table_of_code().insert(), [dict(row)])
    assert merge_bundle(here, bundle).is_whole
    assert states_of(here)["P07_b"] == {"AB": "finished", "CD": "finished"}
    assert len(list_codings(here, layer="CD", source="P07_b")) == 1


def table_of_code() -> sa.Table:
    return Row.metadata.tables["code"]


def test_what_both_coded_alike_is_agreed_when_the_second_comes_finished(
    here: Study, there: Study, tmp_path: Path
) -> None:
    add_coding(there, "P07_b", place(there, "P07_b", "From a pal of mine"), "forms")
    finish(there, ["P07_b"])
    finish(here, ["P07_b"])
    assert of_layer(here, "agreed") == []
    carry_over(there, here, tmp_path)
    assert words_of(here, of_layer(here, "agreed")) == [("From a pal of mine", "forms")]
    with pytest.raises(Refused, match="cannot be taken back"):  # the other layer may have been seen since
        undo(here)


def test_what_another_may_have_seen_no_longer_changes(here: Study, there: Study, tmp_path: Path) -> None:
    work_of_cd(there)
    finish(here, ["P07_b"])
    carry_over(there, here, tmp_path)
    seen = of_layer(here, "CD")
    reopen(there, ["P07_b"])  # there nobody knows that AB has finished
    fear = next(coding.id for coding in list_codings(there) if coding.code == "fear")
    set_exemplar(there, fear, False)
    add_coding(there, "P07_b", place(there, "P07_b", "They judge ye"), "judged")
    add_coding(there, "P07_f", place(there, "P07_f", "The forms were long"), "forms")
    add_memo(there, "A late thought.", on_coding(fear))
    bundle = make_bundle(there)
    merged = merge_bundle(here, bundle)
    assert [(one.reason, one.names, one.rows) for one in merged.left_out] == [("closed", (), None)]
    assert merge_bundle(here.by("CD"), bundle, dry_run=True).left_out[0].rows == 3
    assert [row for row in of_layer(here, "CD") if row in seen] == seen
    assert words_of(here, [row for row in of_layer(here, "CD") if row not in seen]) == [
        ("The forms were long", "forms")
    ]
    assert "A late thought." in {memo.text for memo in list_memos(here, by="CD")}
    assert states_of(here)["P07_b"] == {"AB": "finished", "CD": "finished"}
    assert merge_bundle(here, bundle).left_out == merged.left_out  # told again, for it is not settled


def test_the_layer_stays_hidden_and_the_report_tells_no_number_of_one_source(
    here: Study, there: Study, tmp_path: Path
) -> None:
    add_coding(there, "P07_b", place(there, "P07_b", "feart of them"), "fear")
    add_coding(there, "P07_b", place(there, "P07_b", "They judge ye"), "judged")
    bundle = make_bundle(there)
    assert merge_bundle(here.by("CD"), bundle, dry_run=True).codings == (2, 0, 0)  # their own
    assert (held_by(bundle, "AB").codings, held_by(bundle, "CD").codings) == (None, 2)
    merged = merge_bundle(here, bundle)
    assert merged.codings is None
    assert merged.sentences() == ["Came from CD: codings in 1 source."]
    with pytest.raises(Refused, match="hidden"):
        list_codings(here, layer="CD")
    event = read_log(here)[-1]
    assert event.action == "bundle" and event.summary.startswith("Merged CD's bundle of 20")


def test_nothing_of_what_a_coder_did_is_in_the_open_part_of_the_journal(
    here: Study, there: Study, tmp_path: Path
) -> None:
    work_of_cd(there)
    carry_over(there, here, tmp_path)
    with here.read() as db:
        event = db.execute(sa.select(table_of(Event)).order_by(table_of(Event).c.seq.desc()).limit(1)).one()
        apart = db.execute(
            sa.select(table_of(HiddenChange).c.payload).where(table_of(HiddenChange).c.event == event.seq)
        ).scalars()
        hidden = "".join(filter(None, apart))
    for told in ("Coded", "Wrote a memo", "Says it twice", "Marked as read", of_layer(there, "CD")[0]["id"]):
        assert told not in event.payload and told not in event.summary
    assert "Coded" in hidden
    assert "pal of mine" not in event.payload + hidden  # nor a word of the transcript


def test_a_merge_is_tried_without_a_trace(here: Study, there: Study) -> None:
    work_of_cd(there)
    before = rows(here, *Row.metadata.tables)
    tried = merge_bundle(here, make_bundle(there), dry_run=True)
    assert tried.codings == (2, 0, 0) and tried.sentences()[0].startswith(
        "Would come from CD: codings (2 new)"
    )
    assert rows(here, *Row.metadata.tables) == before


def test_the_history_of_the_frame_tells_of_codes_that_came_with_a_bundle(
    here: Study, there: Study, tmp_path: Path
) -> None:
    work_of_cd(there)
    carry_over(there, here, tmp_path)
    assert frame_events(here)[-1].sentence.endswith("which proposes 'Hearsay'.")


def test_who_has_done_nothing_has_nothing_to_take_along(there: Study) -> None:
    with pytest.raises(Refused, match="CD has done nothing"):
        make_bundle(there)
    with pytest.raises(Refused, match="whose work"):
        make_bundle(Study(there.folder, there.engine))
    edit_code(there, "fear", {"definition": "Of being watched."})  # the codebook has its own files
    with pytest.raises(Refused, match="CD has done nothing"):
        make_bundle(there)
