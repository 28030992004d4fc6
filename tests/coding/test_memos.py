"""Memos: on what, by whom, hidden how long, undone, and moving with the text."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.blind import log_in_view
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import (
    ABOUT,
    CODE,
    CODING,
    SOURCE,
    STUDY,
    THE_STUDY,
    TURN,
    MemoConflict,
    Subject,
    add_memo,
    edit_memo,
    list_memos,
    on_code,
    on_coding,
    on_source,
    on_words,
    read_memo,
    remove_memo,
)
from qualbench.coding.progress import finish
from qualbench.coding.reading import find_bookmark, set_bookmark
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, read_log, redo, undo
from qualbench.study.retext import retext
from qualbench.study.tables import Coding, Memo, Row, new_id, table_of
from qualbench.text.spans import Edit, Span, apply_edits, move_spans
from qualbench.transcripts.sources import read_source
from tests.builders import place, small_study
from tests.study.builders import add_codes, add_source


@pytest.fixture
def coded(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def subjects(study: Study) -> dict[str, Subject]:
    """One thing of each kind that a memo can be about."""
    span = place(study, "P07_b", "I was feart of them.")
    return {
        STUDY: THE_STUDY,
        SOURCE: on_source("P07_b"),
        CODE: on_code("Fear"),
        CODING: on_coding(add_coding(study, "P07_b", span, "fear")),
        TURN: on_words("P07_b", place(study, "P07_b", "Naïve, me. 🙂 They judge ye.")),
    }


def test_a_memo_is_about_a_study_source_code_coding_or_words(coded: Study) -> None:
    ids = {about: add_memo(coded, f"# On a {about}\n\nMore.", s) for about, s in subjects(coded).items()}
    found = {memo.about: memo for memo in list_memos(coded)}
    assert {about: memo.id for about, memo in found.items()} == ids
    assert [memo.about for memo in list_memos(coded)] == [STUDY, CODE, SOURCE, CODING, TURN]
    assert [found[about].where for about in ABOUT] == [
        "the study",
        "P07_b",
        "Fear",
        "Fear in P07_b, turn 2",
        "P07_b, turn 4",
    ]
    assert found[CODING].quote == "I was feart of them."
    assert (found[TURN].quote, found[TURN].code) == ("Naïve, me. 🙂 They judge ye.", None)
    assert (found[CODE].code, found[CODE].source, found[CODE].quote) == ("fear", None, None)
    memo = read_memo(coded, ids[SOURCE])
    assert memo == found[SOURCE]
    assert (memo.first_line, memo.created_by, memo.created_at) == ("On a source", "AB", memo.changed_at)


def test_memos_are_listed_by_what_they_are_about_and_by_whom(coded: Study) -> None:
    things = subjects(coded)
    ids = {about: add_memo(coded, about, subject) for about, subject in things.items()}
    theirs = add_memo(coded.by("CD"), "theirs", on_code("fear"))
    assert things[CODING].coding is not None

    def listed(**wanted: str) -> set[str]:
        return {memo.id for memo in list_memos(coded, **wanted)}

    assert listed(about=TURN) == {ids[TURN]}
    assert listed(source="P07_b") == {ids[SOURCE], ids[CODING], ids[TURN]}
    assert listed(source="P07_f") == set()
    assert listed(code="Fear") == {ids[CODE], ids[CODING], theirs}
    assert listed(coding=things[CODING].coding) == {ids[CODING]}
    assert listed(by="CD") == {theirs}
    assert listed(by="AB", about=CODE) == {ids[CODE]}
    for wrong in ({"source": "P99"}, {"code": "joy"}):
        with pytest.raises(NotFound):
            listed(**wrong)
    with pytest.raises(BadInput, match="No memo is about 'song'"):
        listed(about="song")


@pytest.mark.parametrize(
    ("text", "subject", "error"),
    [
        ("  \n ", THE_STUDY, BadInput),
        ("x", on_source("P99"), NotFound),
        ("x", on_code("joy"), NotFound),
        ("x", on_coding("nothing"), NotFound),
        ("x", on_words("P07_b", Span(0, 9999)), BadInput),
        ("x", on_words("P07_b", Span(5, 5)), BadInput),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    coded: Study, text: str, subject: Subject, error: type[Exception]
) -> None:
    log = len(read_log(coded))
    with pytest.raises(error):
        add_memo(coded, text, subject)
    assert (list_memos(coded), len(read_log(coded))) == ([], log)


def test_editing_and_removing_are_undone_and_redone(coded: Study) -> None:
    memo_id = add_memo(coded, "one", on_source("P07_b"))
    edit_memo(coded, memo_id, "two\r\nlines\x00 ")
    edited = list_memos(coded)
    assert [memo.text for memo in edited] == ["two\nlines"]
    assert edited[0].changed_at > edited[0].created_at
    remove_memo(coded, memo_id)
    assert list_memos(coded) == []
    undo(coded)
    assert list_memos(coded) == edited
    undo(coded)
    assert read_memo(coded, memo_id).text == "one"
    undo(coded)
    assert list_memos(coded) == []
    for _ in range(2):
        redo(coded)
    assert list_memos(coded) == edited


def test_a_memo_saved_elsewhere_meanwhile_is_not_overwritten(coded: Study) -> None:
    memo_id = add_memo(coded, "one")
    edit_memo(coded, memo_id, "two", seen="one")
    with pytest.raises(MemoConflict) as told:
        edit_memo(coded, memo_id, "three", seen="one")
    assert told.value.theirs == read_memo(coded, memo_id).text == "two"
    edit_memo(coded, memo_id, "two", seen="one")  # the same was meant
    edit_memo(coded, memo_id, "three", seen="two")
    assert read_memo(coded, memo_id).text == "three"


def test_saving_the_same_text_again_changes_nothing(coded: Study) -> None:
    memo_id = add_memo(coded, "one")
    before = (list_memos(coded), len(read_log(coded)))
    edit_memo(coded, memo_id, " one\n")
    assert (list_memos(coded), len(read_log(coded))) == before


def test_only_its_author_changes_a_memo(coded: Study) -> None:
    memo_id = add_memo(coded, "mine", on_code("fear"))
    hidden = add_memo(coded, "hidden", on_source("P07_b"))
    other = coded.by("CD")
    for change_it in (lambda i: edit_memo(other, i, "yours"), lambda i: remove_memo(other, i)):
        with pytest.raises(Refused, match="That memo is AB's"):
            change_it(memo_id)
        with pytest.raises(NotFound):
            change_it(hidden)
    with pytest.raises(BadInput, match="empty"):
        edit_memo(coded, memo_id, "")
    with pytest.raises(NotFound):
        read_memo(other, hidden)
    assert {memo.text for memo in list_memos(coded)} == {"mine", "hidden"}


def test_memos_of_another_on_a_source_are_hidden_until_both_have_finished_it(coded: Study) -> None:
    for about, subject in subjects(coded).items():
        add_memo(coded, about, subject)
    add_memo(coded, "elsewhere", on_source("P07_f"))
    other = coded.by("CD")
    shared = {STUDY, CODE}
    assert {memo.text for memo in list_memos(other)} == shared
    (coding,) = list_codings(coded)
    with pytest.raises(NotFound, match="no coding"):
        add_memo(other, "I see it", on_coding(coding.id))
    finish(coded, ["P07_b", "P07_f"])
    assert {memo.text for memo in list_memos(other)} == shared
    finish(other, ["P07_b"])
    assert {memo.text for memo in list_memos(other)} == {*ABOUT}
    assert {memo.text for memo in list_memos(coded.by("EF"))} == shared
    add_memo(other, "Why this code?", on_coding(coding.id))
    assert {memo.created_by for memo in list_memos(coded, coding=coding.id)} == {"AB", "CD"}
    assert {memo.text for memo in list_memos(Study(coded.folder, coded.engine))} == shared


def test_the_journal_never_tells_of_a_memos_words_nor_others_of_memos(coded: Study) -> None:
    for about, subject in subjects(coded).items():
        memo_id = add_memo(coded, f"secret {about}", subject)
        edit_memo(coded, memo_id, f"more secret {about}")
    told = [event.summary for event in log_in_view(coded) if event.action == "memo"]
    assert "Wrote a memo on 'Fear'" in told and "Edited a memo on P07_b" in told
    assert "Wrote a memo on a coding of 'Fear' in P07_b" in told
    assert not any("secret" in summary for summary in told)
    assert not any(event.action == "memo" for event in log_in_view(coded.by("CD")))


def test_removing_a_coding_takes_its_memos_and_undo_brings_both_back(coded: Study) -> None:
    things = subjects(coded)
    add_memo(coded, "on it", things[CODING])
    before = list_memos(coded)
    remove_codings(coded, [str(things[CODING].coding)])
    assert list_memos(coded) == []
    undo(coded)
    assert list_memos(coded) == before


def raw(study: Study, model: type[Row]) -> dict[str, dict[str, object]]:
    """The rows of a table by id."""
    with study.read() as db:
        return {row["id"]: dict(row) for row in db.execute(sa.select(table_of(model))).mappings()}


def code_rows(study: Study, source_id: str, spans: list[Span], code: str) -> list[str]:
    """Put codings of one code where they are wanted, overlapping too, as an import may."""
    rows = [
        {
            "id": new_id(),
            "source_id": source_id,
            "start": span.start,
            "end": span.end,
            "code_id": code,
            "layer": "AB",
            "created_by": "AB",
            "created_at": f"2026-01-01T00:00:{n:02}Z",
            "exemplar": False,
            "meaning": None,
        }
        for n, span in enumerate(spans)
    ]
    with change(study, "code", "Coded") as made:
        made.insert(Coding, rows)
    return [str(row["id"]) for row in rows]


def test_memos_of_codings_that_become_one_stay_with_it(study: Study) -> None:
    add_source(study, "It was Zebedina Quill who came.")
    add_codes(study, "a")
    ids = code_rows(study, "s1", [Span(7, 15), Span(16, 21)], "a")
    for coding_id in ids:
        add_memo(study, coding_id, on_coding(coding_id))
    with change(study, "correct") as changed:
        retext(changed, "s1", [Edit(7, 21, "[Worker 1]")])
    assert {(m.text, m.coding, m.quote) for m in list_memos(study)} == {
        (coding_id, ids[0], "[Worker 1]") for coding_id in ids
    }
    assert check_study(study) == []


TEXT = "one two three four five six seven eight nine ten, naïve 🙂 talk and more of it"
spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 20)).map(
    lambda pair: Span(pair[0], min(len(TEXT), sum(pair)))
)
edits = st.lists(
    st.tuples(spans, st.sampled_from(["x", "[Worker 1]", "ab"])), max_size=5, unique_by=lambda e: e[0]
).map(lambda drawn: _apart([Edit(*span, words) for span, words in drawn]))


def _apart(drawn: list[Edit]) -> list[Edit]:
    """Those of some edits, from left to right, that do not overlap."""
    kept: list[Edit] = []
    for edit in sorted(drawn):
        if not kept or kept[-1].end <= edit.start:
            kept.append(edit)
    return kept


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(spans, max_size=6), coded=st.lists(spans, max_size=5, unique=True), made=edits)
def test_memos_and_bookmarks_move_with_the_text_and_none_is_lost(
    sqlite_study: Study, words: list[Span], coded: list[Span], made: list[Edit]
) -> None:
    source = new_id()
    if not list_memos(sqlite_study):
        add_codes(sqlite_study, "a")
    add_source(sqlite_study, TEXT, source, source)
    on_span = {add_memo(sqlite_study, "on words", on_words(source, span)): span for span in words}
    codings = dict(zip(code_rows(sqlite_study, source, coded, "a"), coded, strict=True))
    on_codings = {add_memo(sqlite_study, "on a coding", on_coding(i)): span for i, span in codings.items()}
    whole = add_memo(sqlite_study, "on the source", on_source(source))
    for letter, span in zip("abcdef", words, strict=False):
        set_bookmark(sqlite_study, letter, source, span.start)
    with change(sqlite_study, "correct") as changed:
        retext(changed, source, made)
    assert read_source(sqlite_study, source).text == apply_edits(TEXT, made)
    found = {memo.id: memo for memo in list_memos(sqlite_study, source=source)}
    assert set(found) == {*on_span, *on_codings, whole}
    for memo_id, span in (on_span | on_codings).items():
        assert Span(found[memo_id].start or 0, found[memo_id].end or 0) == move_spans([span], made)[0]
    assert (raw(sqlite_study, Memo)[whole]["start"], found[whole].start) == (None, None)
    for letter, span in zip("abcdef", words, strict=False):
        moved = move_spans([Span(span.start, span.start)], made)[0].start
        assert find_bookmark(sqlite_study, letter).position == moved
    assert check_study(sqlite_study) == []
