"""Codings: applied, removed, listed, and hidden from the other coder until both have finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.analysis.quotes import list_quotes
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.blind import log_in_view, visible_layers
from qualbench.coding.codings import list_codings, share_coded
from qualbench.coding.progress import finish, reopen
from qualbench.coding.tables import codings_as_csv, import_codings
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import undo
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from tests.builders import place, small_study


@pytest.fixture
def coded(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


def test_a_coding_is_a_code_on_words_in_the_coders_own_layer(coded: Study) -> None:
    span = place(coded, "P07_b", "Naïve, me. 🙂 They judge ye")
    coding_id = add_coding(coded, "P07_b", span, "judged")
    (found,) = list_codings(coded, source="P07_b")
    assert (found.id, found.code, found.layer, found.quote) == (
        coding_id,
        "judged",
        "AB",
        "Naïve, me. 🙂 They judge ye",
    )
    assert list_codings(coded.by("CD")) == []


def test_a_code_may_be_given_by_its_label(coded: Study) -> None:
    add_coding(coded, "P07_b", Span(0, 5), "being judged")
    assert list_codings(coded)[0].code == "judged"


@pytest.mark.parametrize(
    ("source", "span", "code", "error"),
    [
        ("P07_b", Span(0, 0), "fear", BadInput),
        ("P07_b", Span(-1, 5), "fear", BadInput),
        ("P07_b", Span(0, 9999), "fear", BadInput),
        ("P99", Span(0, 5), "fear", NotFound),
        ("P07_b", Span(0, 5), "joy", NotFound),
    ],
)
def test_what_cannot_be_coded_is_refused(
    coded: Study, source: str, span: Span, code: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add_coding(coded, source, span, code)
    assert list_codings(coded) == []


def test_the_same_code_on_the_same_words_is_refused(coded: Study) -> None:
    add_coding(coded, "P07_b", Span(0, 5), "fear")
    with pytest.raises(Refused, match="that code already"):
        add_coding(coded, "P07_b", Span(0, 5), "fear")


def test_a_stranger_cannot_code(coded: Study) -> None:
    with pytest.raises(NotFound, match="no coder 'ZZ'"):
        add_coding(coded.by("ZZ"), "P07_b", Span(0, 5), "fear")


def test_only_its_own_coder_removes_a_coding_and_undo_brings_it_back(coded: Study) -> None:
    coding_id = add_coding(coded, "P07_b", Span(0, 5), "fear")
    with pytest.raises(NotFound):
        remove_codings(coded.by("CD"), [coding_id])
    before = list_codings(coded)
    remove_codings(coded, [coding_id])
    assert list_codings(coded) == []
    undo(coded)
    assert list_codings(coded) == before


def test_another_layer_is_hidden_until_both_have_finished_that_source(coded: Study) -> None:
    add_coding(coded, "P07_b", Span(0, 5), "fear")
    add_coding(coded, "P07_f", Span(0, 5), "fear")
    other = coded.by("CD")
    with pytest.raises(Refused, match="hidden"):
        list_codings(other, layer="AB")
    finish(coded, ["P07_b", "P07_f"])
    with pytest.raises(Refused, match="hidden"):
        list_codings(other, layer="AB", source="P07_b")
    finish(other, ["P07_b"])
    assert [c.source for c in list_codings(other, layer="AB")] == ["P07_b"]
    with pytest.raises(Refused, match="this source"):
        list_codings(other, layer="AB", source="P07_f")


def test_finished_work_no_longer_changes_but_can_be_reopened_until_the_other_has_finished(
    coded: Study,
) -> None:
    coding_id = add_coding(coded, "P07_b", Span(0, 5), "fear")
    finish(coded, ["P07_b"])
    for change_it in (
        lambda: add_coding(coded, "P07_b", Span(0, 6), "fear"),
        lambda: remove_codings(coded, [coding_id]),
    ):
        with pytest.raises(Refused, match="codings no longer change"):
            change_it()
    reopen(coded, ["P07_b"])
    remove_codings(coded, [coding_id])
    for who in (coded, coded.by("CD")):
        finish(who, ["P07_b"])
    with pytest.raises(Refused, match="CD has finished P07_b too"):
        reopen(coded, ["P07_b"])


def test_layers_that_may_be_seen(coded: Study) -> None:
    assert visible_layers(coded) == [AGREED, "AB"]
    for who in (coded, coded.by("CD")):
        finish(who, ["P07_b"])
    assert visible_layers(coded, "P07_b") == [AGREED, "AB", "CD"]
    assert visible_layers(coded, "P07_f") == visible_layers(coded) == [AGREED, "AB"]


def test_no_count_quote_or_log_tells_of_a_hidden_layer(coded: Study) -> None:
    add_coding(coded, "P07_b", place(coded, "P07_b", "I was feart of them."), "fear")
    add_coding(coded, "P07_f", place(coded, "P07_f", "The forms were long."), "forms")
    other = coded.by("CD")
    for look in (
        lambda: build_matrix(other, "themes", ("stakeholder",), "AB"),
        lambda: list_quotes(other, layer="AB"),
        lambda: share_coded(other, "AB"),
    ):
        with pytest.raises(Refused, match="hidden"):
            look()
    for who in (coded, other):
        finish(who, ["P07_f"])
    assert build_matrix(other, "themes", ("stakeholder",), "AB").cells == [[0, 0], [1, 0]]
    assert [quote.source for quote in list_quotes(other, layer="AB")] == ["P07_f"]
    assert share_coded(other, "AB")["P07_b"] is None
    told = " ".join(event.summary for event in log_in_view(other))
    assert "fear" not in told.casefold() and "Forms" not in told
    assert "Coded 'Fear' in P07_b" in " ".join(event.summary for event in log_in_view(coded))


def test_the_agreed_layer_is_open_to_all_and_a_layer_that_is_not_there_is_told(coded: Study) -> None:
    assert list_codings(coded.by("CD"), layer=AGREED) == []
    with pytest.raises(NotFound, match="There are: AB, CD, agreed"):
        list_codings(coded, layer="EF")


def test_share_coded_counts_participants_words_only(coded: Study) -> None:
    span = place(coded, "P07_b", "From a pal of mine. I was feart of them.\n\nI: Why?\n\nP07: Naïve")
    add_coding(coded, "P07_b", span, "fear")
    talk = len("From a pal of mine. I was feart of them.") + len("Naïve, me. 🙂 They judge ye.")
    shares = share_coded(coded, "AB")
    assert shares["P07_b"] == pytest.approx((40 + 5) / talk)
    assert shares["P07_f"] == 0


def test_csv_goes_out_and_comes_in_again(coded: Study, tmp_path: Path) -> None:
    add_coding(coded, "P07_b", place(coded, "P07_b", "Naïve, me. 🙂"), "fear")
    add_coding(coded, "group", place(coded, "group", "murder.\n\nP08: Murder"), "forms")
    (tmp_path / "codings.csv").write_text(codings_as_csv(list_codings(coded)), "utf-8")
    report = import_codings(coded.by("CD"), tmp_path / "codings.csv")
    assert (report.added, report.faults) == (2, [])
    assert [(c.source, c.span, c.code) for c in list_codings(coded.by("CD"))] == [
        (c.source, c.span, c.code) for c in list_codings(coded)
    ]


def test_rows_that_cannot_be_placed_are_named_and_the_others_go_in(coded: Study, tmp_path: Path) -> None:
    (tmp_path / "codings.csv").write_text(
        "source,start,end,code,quote\n"
        "P07_b,,,fear,feart of them\n"
        "P99,0,5,fear,\n"
        "P07_b,0,5,joy,\n"
        "P07_b,5,9999,fear,\n"
        "P07_b,0,5,fear,other words\n"
        "P07_f,,,forms,not there\n"
        "P07_b,x,5,fear,\n"
        "P07_b,,,fear,feart of them\n",
        "utf-8",
    )
    report = import_codings(coded, tmp_path / "codings.csv")
    assert report.added == 1
    assert [fault.message for fault in report.faults] == [
        "codings.csv, row 3: there is no source 'P99'.",
        "codings.csv, row 4: there is no code 'joy'.",
        "codings.csv, row 5: 5-9999 lies outside the text, which has 110 characters.",
        "codings.csv, row 6: other words stand at 0-5 than the quote.",
        "codings.csv, row 7: the quote stands 0 times in P07_f.",
        "codings.csv, row 8: start and end must be whole numbers.",
        "codings.csv, row 9: that coding is there already.",
    ]
