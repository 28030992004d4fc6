"""Deciding again, with a third code, in the face of others: the agreed layer follows, what was said stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.deciding import decide, reopen
from qualbench.agreement.finishing import finish
from qualbench.agreement.items import Key
from qualbench.agreement.queue import find_item, read_queue
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import retire_code
from qualbench.codebook.tree import read_codebook
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_coding
from qualbench.coding.reviewing import recode
from qualbench.errors import BadInput, Conflict, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import newest_event, read_log
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from tests.agreement.pairs import JUDGE, LONG, WIDE, agreed, item_of, make_apart, seal_all
from tests.builders import code_as_they_are, place
from tests.study.builders import add_coders, add_codes, add_source


@pytest.fixture
def apart(study: Study, tmp_path: Path) -> Study:
    return make_apart(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return make_apart(sqlite_study, tmp_path / "files")


def test_reopening_takes_back_what_a_decision_put_there(apart: Study) -> None:
    before = agreed(apart)
    decision = decide(apart, item_of(apart, "fear").key, "both", reason="Both hear it.")
    assert ("P07_b", "fear", WIDE) in agreed(apart)
    taken = reopen(apart.by("CD"), decision.id)
    assert (taken.outcome, taken.reason, taken.decided_by) == ("both", "Both hear it.", "AB")
    assert agreed(apart) == before == [("P07_f", "forms", LONG)]
    assert item_of(apart, "fear").is_open
    with pytest.raises(NotFound, match="no decision"):
        reopen(apart, decision.id)


def test_a_third_code_takes_all_the_words_or_those_given(quick: Study) -> None:
    key = item_of(quick, "judged").key
    with pytest.raises(BadInput, match="needs the code"):
        decide(quick, key, "other code")
    with pytest.raises(BadInput, match="what a coder has there"):
        decide(quick, key, "other code", code="Being judged")
    with pytest.raises(NotFound, match="no code 'shame'"):
        decide(quick, key, "other code", code="shame")
    decision = decide(quick, key, "other code", code="Fear")
    assert ("P07_b", "fear", JUDGE) in agreed(quick)
    reopen(quick, decision.id)
    decide(quick, key, "other code", code="fear", redrawn=place(quick, "P07_b", "judge"))
    assert ("P07_b", "fear", "judge") in agreed(quick)


def test_a_code_and_words_are_taken_only_where_the_outcome_has_a_use_for_them(quick: Study) -> None:
    key = item_of(quick, "judged").key
    words = place(quick, "P07_b", "judge")
    event = newest_event(quick)
    with pytest.raises(BadInput, match="takes no code or words"):
        decide(quick, key, "keep A", code="fear")
    with pytest.raises(BadInput, match="takes no code or words"):
        decide(quick, key, "neither", redrawn=words)
    with pytest.raises(BadInput, match="Neither coder has the code 'fear'"):
        decide(quick, key, "redraw", code="fear", redrawn=words)
    with pytest.raises(BadInput, match="lie apart"):
        decide(quick, key, "redraw", redrawn=place(quick, "P07_b", "pal"))
    assert newest_event(quick) == event
    decide(quick, key, "redraw", code="forms", redrawn=words)
    assert ("P07_b", "forms", "judge") in agreed(quick)


def test_a_retired_code_is_given_by_nobody_anew(quick: Study) -> None:
    retire_code(quick, "fear")
    with pytest.raises(Refused, match="'Fear' is retired"):
        decide(quick, item_of(quick, "judged").key, "other code", code="fear")
    decide(quick, item_of(quick, "fear").key, "keep A")  # what a coder has there still counts
    assert ("P07_b", "fear", WIDE) in agreed(quick)


def test_who_comes_second_is_told_both_decisions_and_writes_nothing(apart: Study) -> None:
    key = item_of(apart, "judged").key
    decision = decide(apart, key, "other code", code="fear")
    event = newest_event(apart)
    with pytest.raises(Conflict) as told:
        decide(apart.by("CD"), key, "keep B")
    assert "other code ('Fear'), by AB" in told.value.message
    assert "Yours is not written: keep B" in told.value.message
    assert decision.id in told.value.hint
    assert newest_event(apart) == event


def test_a_decision_whose_passage_was_changed_since_is_not_taken_back(quick: Study) -> None:
    decision = decide(quick, item_of(quick, "fear").key, "keep A")
    (coding,) = [c.id for c in list_codings(quick, layer=AGREED, code="fear")]
    recode(quick, [coding], "judged")
    with pytest.raises(Refused, match="has been changed since"):
        reopen(quick, decision.id)


def test_a_memo_on_an_agreed_passage_keeps_it_there(quick: Study) -> None:
    decision = decide(quick, item_of(quick, "fear").key, "keep A")
    (coding,) = [c.id for c in list_codings(quick, layer=AGREED, code="fear")]
    add_memo(quick, "We argued long.", on_coding(coding))
    with pytest.raises(Refused, match="memo on a passage"):
        reopen(quick, decision.id)
    assert ("P07_b", "fear", WIDE) in agreed(quick)


def test_a_decision_stands_when_codes_are_merged(quick: Study) -> None:
    decision = decide(quick, item_of(quick, "judged").key, "keep A", reason="It is what people think.")
    merge_codes(quick, "forms", "judged")
    (item,) = [one for one in read_queue(quick).items if one.span == place(quick, "P07_b", JUDGE)]
    assert (item.difference.kind, item.key.code_a, item.key.code_b) == ("boundary", "judged", "judged")
    assert item.decision is not None and item.decision.id == decision.id


def test_what_was_coded_anew_is_open_again_with_what_was_said(quick: Study) -> None:
    old = decide(quick, item_of(quick, "fear").key, "keep A", reason="The whole thought.")
    (dread,) = split_code(quick, "fear", ["Dread"])
    recode(quick, [list_codings(quick, code="fear")[0].id], dread.id)
    queue = read_queue(quick)
    (item,) = [one for one in queue.items if dread.id in one.difference.codes]
    assert item.is_open
    assert [(one.id, one.outcome, one.reason) for one in item.before] == [
        (old.id, "keep A", "The whole thought.")
    ]
    assert [one.id for one in queue.stale] == [old.id]
    assert ("P07_b", "fear", WIDE) in agreed(quick)
    decide(quick, item.key, "keep A")
    assert ("P07_b", "Dread", WIDE) in [(s, label(quick, c), w) for s, c, w in agreed(quick)]
    assert ("P07_b", "fear", WIDE) not in agreed(quick)
    assert read_queue(quick).stale == []


@pytest.mark.parametrize("of_ef", [Span(20, 28), Span(40, 45)], ids=["it grows", "it is held already"])
def test_another_pair_does_not_take_back_what_a_stale_decision_put_there(
    sqlite_study: Study, of_ef: Span
) -> None:
    study = sqlite_study
    add_coders(study, "CD", "EF")
    add_codes(study, "x", "z")
    add_source(study, "abcde " * 12)
    code_as_they_are(study, "P01_baseline", [(Span(0, 8), "x"), (Span(10, 24), "x")])
    code_as_they_are(study.by("CD"), "P01_baseline", [(Span(0, 12), "z"), (Span(18, 31), "x")])
    code_as_they_are(study.by("EF"), "P01_baseline", [(of_ef, "z")])
    for coder in ("AB", "CD", "EF"):
        finish(study.by(coder), ["P01_baseline"])
    decide(study, Key("P01_baseline", ("AB", "CD"), Span(10, 31), "x", "x"), "keep A")
    merge_codes(study, "x", "z")
    grown = Span(10, 28) if of_ef.start < 24 else Span(10, 24)
    code_b = "z" if of_ef.start < 24 else None
    again = decide(
        study, Key("P01_baseline", ("AB", "EF"), grown, "z", code_b), "both" if code_b else "keep A"
    )
    with pytest.raises(Refused, match="before its codings changed"):
        reopen(study, again.id)
    assert [coding.span for coding in list_codings(study, layer=AGREED)] == [grown]


def label(study: Study, code: str) -> str:
    return read_codebook(study).by_id[code].label


def test_a_sealed_name_is_refused_in_a_reason(quick: Study) -> None:
    seal_all(quick, ("P07_b", "Naïve"))
    item = next(one for one in read_queue(quick).items if one.difference.kind == "boundary")
    with pytest.raises(Refused, match="hold the name"):
        decide(quick, item.key, "keep A", reason="As Naïve said.")
    assert find_item(quick, item.id).is_open


def test_no_words_of_a_transcript_or_reason_reach_the_journal(quick: Study) -> None:
    decide(quick, item_of(quick, "fear").key, "keep A", reason="Feart says it all.")
    summary = read_log(quick)[-1].summary
    assert summary == "Decided a difference of AB and CD in P07_b"


def test_a_and_b_are_never_taken_for_each_other(quick: Study) -> None:
    key = item_of(quick, "fear").key
    with pytest.raises(BadInput, match="'CD' and 'AB' are not A and B"):
        decide(quick, Key(key.source, ("CD", "AB"), key.span, key.code_a, key.code_b), "keep A")
    assert item_of(quick, "fear").is_open
