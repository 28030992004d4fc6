"""Bundles and texts that have changed since: places move along, names stay out, what has no words waits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.codebook.editing import NewCode, add_code
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.examples import add_example
from qualbench.coding.memos import add_memo, edit_memo, list_memos, on_coding, on_words
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.redaction import keyfile
from qualbench.redaction.keyfile import KeyFile
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import scrub, seal
from qualbench.redaction.unsealing import unseal
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change
from qualbench.study.retext import retext
from qualbench.study.settings import add_coder
from qualbench.study.tables import Coding, Memo, new_id
from qualbench.text.spans import Edit, Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source, source_ids
from tests.builders import place, small_study
from tests.exchange.copies import carry_over, copy_of, of_layer, quick_copy, rows, words_of
from tests.redaction.test_marking import ONE, TWO, bring_in
from tests.transcripts.test_duplicates import VERSION_1, VERSION_2


@pytest.fixture
def here(study: Study, tmp_path: Path) -> Study:
    """AB's copy with two sources in which people are named, on each kind of database."""
    brought = bring_in(study, tmp_path, one=ONE, two=TWO)
    add_coder(brought, "CD")
    return brought


@pytest.fixture
def there(here: Study, tmp_path: Path) -> Iterator[Study]:
    """CD's copy of it."""
    made = copy_of(here, tmp_path, "CD")
    yield made
    made.close()


def redact(study: Study) -> None:
    """Find a hill late, and seal it."""
    add_mention(study, "one", place(study, "one", " Brae"), kind="place", term="Hill")
    seal(study, ["one", "two"])


def test_a_bundle_from_before_a_late_redaction_is_moved_along(
    here: Study, there: Study, tmp_path: Path
) -> None:
    coding = add_coding(there, "one", place(there, "one", "Brae, ken, at Braeside"), "fear")
    add_coding(there, "one", place(there, "one", "The hill's steep"), "forms")
    add_coding(there, "two", place(there, "two", "Naw"), "fear")
    add_memo(there, "Brae again, **Brae** it is.", on_coding(coding))
    add_memo(there, "Who?", on_words("one", place(there, "one", "O’Fosse said so. Brae, aye")))
    hill = add_code(there, NewCode("By the Brae", "trust"))
    add_example(there, hill.id, "typical", "one", place(there, "one", "Brae, aye"))
    redact(here)
    merged = carry_over(there, here, tmp_path)
    assert merged.is_whole
    assert merged.notices == ("Names that have been sealed here were replaced in memos.",)
    assert words_of(here, of_layer(here, "CD")) == [
        ("Naw", "fear"),
        ("The hill's steep", "forms"),
        ("[Hill 1], ken, at Braeside", "fear"),
    ]
    memos = {memo.text: memo.quote for memo in list_memos(here.by("CD"))}
    assert memos == {
        "[Hill 1] again, **[Hill 1]** it is.": "[Hill 1], ken, at Braeside",
        "Who?": "O’Fosse said so. [Hill 1], aye",
    }
    assert read_codebook(here).by_id[hill.id].label == "By the [Hill 1]"
    assert check_study(here) == []
    if here.on_sqlite:
        scrub(here)
        left = [f for f in here.folder.rglob("*") if f.is_file() and b"Brae," in f.read_bytes()]
        assert left == []
    before = rows(here)
    assert carry_over(there, here, tmp_path).is_whole and rows(here) == before


def test_a_redaction_on_the_other_machine_has_to_come_first(
    here: Study, there: Study, tmp_path: Path
) -> None:
    add_coding(here, "one", place(here, "one", "The hill's steep"), "forms")
    add_coding(there, "one", place(there, "one", "Braeside"), "fear")
    add_coding(there, "two", place(there, "two", "Naw"), "fear")
    add_mention(there, "one", place(there, "one", "O’Fosse"))
    seal(there, ["one"])
    bundle = make_bundle(there)
    merged = merge_bundle(here, bundle)
    (left,) = merged.left_out
    assert (left.reason, left.names, left.rows) == ("newer", ("one",), None)
    assert (
        left.sentence == "Redacted or corrected on the other machine, which has to be done here first: one."
    )
    assert words_of(here, of_layer(here, "CD")) == [("Naw", "fear")]
    # Whoever redacts takes the other's work in, and hands the study on again.
    assert carry_over(here, there, tmp_path).is_whole
    again = copy_of(there, tmp_path, "AB")
    assert words_of(again, of_layer(again, "AB")) == [("The hill's steep", "forms")]
    assert merge_bundle(again, bundle).is_whole
    assert {words for words, _ in words_of(again, of_layer(again, "CD"))} == {"Braeside", "Naw"}
    again.close()


def test_a_memo_whose_event_was_blanked_by_a_sealing_there_comes_all_the_same(
    here: Study, there: Study, tmp_path: Path
) -> None:
    memo = add_memo(there, "A thought.")
    carry_over(there, here, tmp_path)
    edit_memo(there, memo, "A thought of O’Fosse.")
    add_memo(there, "O’Fosse again.")
    add_mention(there, "one", place(there, "one", "O’Fosse"))
    seal(there, ["one"])
    assert carry_over(there, here, tmp_path).is_whole
    assert {one.text for one in list_memos(here, by="CD")} == {
        "A thought of [Person 1].",
        "[Person 1] again.",
    }


def test_texts_that_went_different_ways_are_told_apart_from_newer_ones(
    here: Study, there: Study, tmp_path: Path
) -> None:
    add_coding(there, "one", place(there, "one", "Braeside"), "fear")
    add_mention(there, "one", place(there, "one", "O’Fosse"))
    seal(there, ["one"])
    redact(here)
    assert [(one.reason, one.names) for one in carry_over(there, here, tmp_path).left_out] == [
        ("other", ("one",))
    ]


def test_the_same_redaction_on_both_machines_is_one(here: Study, there: Study, tmp_path: Path) -> None:
    add_coding(there, "one", place(there, "one", "By the Brae"), "fear")
    redact(here)
    redact(there)
    assert carry_over(there, here, tmp_path).is_whole
    assert words_of(here, of_layer(here, "CD")) == [("By the [Hill 1]", "fear")]


def test_a_text_that_came_back_is_moved_from_where_it_was_last(
    sqlite_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "_COST", 2**10)
    here = bring_in(sqlite_study, tmp_path, one=ONE, two=TWO)
    add_coder(here, "CD")
    there = copy_of(here, tmp_path, "CD")
    add_coding(there, "one", place(there, "one", "O’Fosse said so"), "fear")
    key = KeyFile(tmp_path / "key.json", "seven sleepy herons")
    add_mention(here, "one", place(here, "one", " Brae"), kind="place", term="Hill")
    seal(here, ["one"], key)
    unseal(here, "one", key)
    add_mention(here, "one", place(here, "one", "O’Fosse"))
    seal(here, ["one"], key)
    assert carry_over(there, here, tmp_path).is_whole
    assert words_of(here, of_layer(here, "CD")) == [("[Person 1] said so", "fear")]
    there.close()


def test_what_would_lose_all_its_words_waits(here: Study, there: Study, tmp_path: Path) -> None:
    add_coding(there, "one", place(there, "one", "aye"), "fear")
    add_coding(there, "one", place(there, "one", "steep"), "forms")
    add_memo(there, "Hm.", on_words("one", place(there, "one", "aye")))
    gone = place(here, "one", "aye")
    with change(here, "correct", "Corrected", undoable=False) as changed:
        retext(changed, source_ids(changed.db, ["one"])["one"], [Edit(*gone, "")])
    merged = carry_over(there, here.by("CD"), tmp_path)
    assert [(one.reason, one.rows) for one in merged.left_out] == [("words", 2)]
    assert words_of(here, of_layer(here, "CD")) == [("steep", "forms")]


def test_a_new_version_of_a_transcript_takes_what_keeps_a_word(sqlite_study: Study, tmp_path: Path) -> None:
    here = small_study(sqlite_study, tmp_path / "files")
    (tmp_path / "P09.txt").write_text(VERSION_1)
    assert not import_files(here, [tmp_path / "P09.txt"]).faults
    there = copy_of(here, tmp_path, "CD")
    add_coding(there, "P09", place(there, "P09", "the questionnaire was shut"), "forms")
    add_coding(there, "P09", place(there, "P09", "shut"), "fear")
    (tmp_path / "P09_v2.txt").write_text(VERSION_2)
    assert not import_files(here, [tmp_path / "P09_v2.txt"], duplicates="replace").faults
    assert "was long" in read_source(here, "P09").text
    merged = carry_over(there, here, tmp_path)
    assert words_of(here, of_layer(here, "CD")) == [("the questionnaire was long", "forms")]
    assert [(one.reason, one.names, one.rows) for one in merged.left_out] == [("words", (), None)]
    there.close()


def test_nothing_of_an_earlier_text_can_be_tried_out_on_the_study(here: Study) -> None:
    before = read_source(here, "one").text
    redact(here)
    with here.engine.connect() as connection:
        dump = "\n".join(
            str(tuple(row))
            for table in Coding.metadata.sorted_tables
            for row in connection.execute(table.select())
        )
    assert sha256(before.encode()).hexdigest() not in dump
    assert "[[" in dump and "Brae," not in dump  # the edits are there, their words are not


Drawn = list[tuple[float, int, str]]

LENGTH = len(ONE)
spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 30)).map(
    lambda drawn: Span(drawn[0], min(LENGTH, sum(drawn)))
)
codings = st.lists(st.tuples(spans, st.sampled_from(["fear", "forms"])), max_size=8, unique=True)
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(1, 12), st.sampled_from(["x", "[Worker 1]"])), max_size=4
)


def drawn_edits(text: str, drawn: Drawn) -> list[Edit]:
    """Edits of a text, apart from each other."""
    made: list[Edit] = []
    for where, length, words in sorted(drawn):
        start = int(where * (len(text) - 1))
        if not made or made[-1].end <= start:
            made.append(Edit(start, min(len(text), start + length), words))
    return made


@pytest.fixture
def named(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite, for properties."""
    brought = bring_in(sqlite_study, tmp_path, one=ONE, two=TWO)
    add_coder(brought, "CD")
    return brought


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(coded=codings, exemplars=st.sets(st.integers(0, 7)), rounds=st.lists(edits, min_size=1, max_size=2))
def test_merging_then_changing_the_text_is_changing_it_then_merging(
    named: Study,
    coded: list[tuple[Span, str]],
    exemplars: set[int],
    rounds: list[Drawn],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        there, first, second = (quick_copy(named, folder, who) for who in ("CD", "AB", "AB"))
        insert(there, coded, exemplars)
        bundle = make_bundle(there) if coded else None
        if bundle is not None:
            merge_bundle(first, bundle)
        for drawn in rounds:
            for study in (first, second):
                with change(study, "correct", "Corrected", undoable=False) as changed:
                    source_id = source_ids(changed.db, ["one"])["one"]
                    retext(changed, source_id, drawn_edits(read_source(study, "one").text, drawn))
        if bundle is not None:
            assert merge_bundle(second, bundle).is_whole
        assert rows(first) == rows(second)
        before = rows(second)
        if bundle is not None:
            assert merge_bundle(second, bundle).is_whole and rows(second) == before
        for study in (there, first, second):
            study.close()


def insert(study: Study, coded: list[tuple[Span, str]], exemplars: set[int]) -> None:
    """Put codings where they are wanted, overlapping too, each with a memo."""
    with change(study, "code", "Coded") as changed:
        source_id = source_ids(changed.db, ["one"])["one"]
        rows_ = [
            {
                "id": new_id(),
                "source_id": source_id,
                "start": span.start,
                "end": span.end,
                "code_id": code,
                "layer": "CD",
                "created_by": "CD",
                "created_at": f"2026-01-01T00:00:{59 - n:02}Z",
                "exemplar": n in exemplars,
                "meaning": None,
            }
            for n, (span, code) in enumerate(coded)
        ]
        changed.insert(Coding, rows_)
        changed.insert(
            Memo,
            [
                {
                    "id": new_id(),
                    "about": "coding",
                    "source_id": source_id,
                    "coding_id": row["id"],
                    "text": "Why?",
                    "created_by": "CD",
                    "created_at": row["created_at"],
                    "changed_at": row["created_at"],
                }
                for row in rows_
            ],
        )
