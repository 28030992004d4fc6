"""Who must not know the arms gets only sources that were cleared, wherever the program reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qualbench.agreement.finishing import finish
from qualbench.analysis.matrix import build_matrix
from qualbench.analysis.quotes import find_quotes
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import THE_STUDY, add_memo, list_memos, on_source
from qualbench.coding.search.hits import search
from qualbench.coding.talk import read_talk
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.clearing import check_sources, clear_sources, take_clearance_back
from qualbench.evaluation.issues import list_issues
from qualbench.evaluation.issues_changes import add_issue
from qualbench.evaluation.plan_standing import plan_standing
from qualbench.exchange.gates import gate
from qualbench.exchange.refi_qda.contents import read_contents
from qualbench.redaction.deciding import decide_rest
from qualbench.redaction.entities import REJECTED, list_entities
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.redaction.unmasking import find_unmasking
from qualbench.study.database import Study
from qualbench.study.fulltext import fill
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, redo, undo
from qualbench.study.settings import add_to_list
from qualbench.study.team import add_member, list_team, set_blinded
from qualbench.transcripts.sources import (
    list_sources,
    mark_checked,
    read_source,
    read_sources,
    rename_source,
)
from tests.builders import place, small_study


@pytest.fixture
def talked(study: Study, tmp_path: Path) -> Study:
    """Three sources, of which one is cleared for CD, who reads blind."""
    made = small_study(study, tmp_path / "files")
    add_to_list(made, "unmasking", "the forms")
    set_blinded(made, "CD")
    clear_sources(made, ["P07_b"])
    return made


def test_words_that_tell_the_arm_keep_a_source_from_being_cleared(talked: Study) -> None:
    found = {one.source: one for one in check_sources(talked)}
    assert {name: [place.word for place in one.places] for name, one in found.items()} == {
        "P07_b": [],
        "P07_f": ["The forms"],
        "group": ["The forms"],
    }
    assert (found["P07_b"].cleared_by, found["group"].cleared_by) == ("AB", None)
    events = len(read_log(talked))
    with pytest.raises(Refused, match="P07_f tells the arm in 1 place, and so do 1 others"):
        clear_sources(talked, ["P07_f", "group"])
    with pytest.raises(BadInput, match="needs its reason"):
        clear_sources(talked, ["P07_f"], despite=True)
    with pytest.raises(NotFound):
        clear_sources(talked, ["P99"])
    assert len(read_log(talked)) == events
    assert clear_sources(talked, ["P07_f"], despite=True, reason="It is the only one.") == ["P07_f"]
    event = read_log(talked)[-1]
    assert event.summary == ("Cleared for blinded readers: P07_f, 1 of them despite words that tell the arm")
    undo(talked)
    assert not check_sources(talked, ["P07_f"])[0].cleared_by


def test_a_name_that_tells_the_arm_is_found_too(talked: Study) -> None:
    rename_source(talked, "P07_b", "IPS_team_P07")
    with pytest.raises(Refused, match="tells the arm in its name"):
        clear_sources(talked, ["IPS_team_P07"])


def seen(study: Study) -> set[str]:
    return {source.name for source in list_sources(study)}


READS: dict[str, Callable[[Study], object]] = {
    "list": seen,
    "read": lambda s: {source.summary.name for source in read_sources(s)},
    "talk": lambda s: set(read_talk(s, ["P07_b", "P07_f", "group"])),
    "search": lambda s: {hit.source for hit in search(s, "the OR me OR murder OR forms")},
    "regular expression": lambda s: {hit.source for hit in search(s, "/[a-z]+/")},
    "fuzzy": lambda s: {hit.source for hit in search(s, "murdr~ OR pall~")},
    "unmasking": lambda s: {one.source for one in find_unmasking(s)},
    "codings": lambda s: {coding.source for coding in list_codings(s)},
    "quotes": lambda s: {quote.source for quote in find_quotes(s).quotes},
    "memos": lambda s: {memo.source for memo in list_memos(s) if memo.source},
    "export": lambda s: {source.summary.name for source in read_contents(s).sources},
}


@pytest.mark.parametrize("indexed", [False, True])
def test_every_reading_keeps_to_what_was_cleared(study: Study, tmp_path: Path, indexed: bool) -> None:
    small_study(study, tmp_path / "files")
    for words, source in (("They judge ye.", "P07_b"), ("Murder, aye.", "group"), ("That helped", "P07_f")):
        for who in ("AB", "CD"):
            apply_codes(study.by(who), [Passage(source, place(study, source, words))], ["judged"])
        add_memo(study, "A note.", on_source(source))
    add_memo(study, "On all of it.", THE_STUDY)
    for who in ("AB", "CD"):
        finish(study.by(who), ["P07_b", "P07_f", "group"])
    if indexed:
        fill(study)
    cd = study.by("CD")
    everything = {name: read(cd) for name, read in READS.items()}
    everything.pop("unmasking")
    assert everything.pop("fuzzy") == {"P07_b", "group"}
    assert everything == {name: {"P07_b", "P07_f", "group"} for name in everything}
    add_to_list(study, "unmasking", "forms")
    set_blinded(study, "CD")
    assert {name: read(cd) for name, read in READS.items()} == {name: set() for name in READS}
    with pytest.raises(NotFound):
        read_source(cd, "P07_b")
    clear_sources(study, ["P07_b"])
    for name, read in READS.items():
        expected = set() if name == "unmasking" else {"P07_b"}
        assert read(cd) == expected, name
    assert "On all of it." in [memo.text for memo in list_memos(cd)]
    matrix = build_matrix(cd, "codes", ["participant"])
    assert matrix.columns == [("P07",)] and sum(map(sum, matrix.cells)) == 1
    assert plan_standing(cd).uncleared == 2
    assert check_study(cd) == [] and check_study(study) == []
    assert READS["list"](study) == {"P07_b", "P07_f", "group"}  # on the same connection
    assert {name: read(study.by("AB")) for name, read in READS.items()}["read"] == {"P07_b", "P07_f", "group"}


def test_a_blinded_coder_codes_what_is_cleared_and_nothing_else(talked: Study) -> None:
    cd = talked.by("CD")
    span = place(talked, "P07_f", "That helped")
    with pytest.raises(NotFound, match="no source 'P07_f'"):
        add_coding(cd, "P07_f", span, "judged")
    with pytest.raises(NotFound):
        finish(cd, ["group"])
    add_coding(cd, "P07_b", place(talked, "P07_b", "They judge ye."), "judged")
    undo(cd)
    redo(cd)
    add_memo(cd, "Wary.", on_source("P07_b"))
    finish(cd, ["P07_b"])
    assert [coding.source for coding in list_codings(cd, layer="CD")] == ["P07_b"]
    assert check_study(talked) == []


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda cd: clear_sources(cd, ["P07_b"]), "CD reads blind"),
        (lambda cd: check_sources(cd), "CD reads blind"),
        (lambda cd: take_clearance_back(cd, ["P07_b"]), "CD reads blind"),
        (lambda cd: set_blinded(cd, "CD", blinded=False, reason="I want to."), "CD is no lead"),
        (lambda cd: mark_checked(cd, ["P07_b"]), "changes no sources"),
        (lambda cd: rename_source(cd, "P07_b", "x"), "changes no sources"),
    ],
)
def test_who_reads_blind_takes_it_back_from_nobody(
    talked: Study, do: Callable[[Study], object], said: str
) -> None:
    events = len(read_log(talked))
    with pytest.raises(Refused, match=said):
        do(talked.by("CD"))
    assert len(read_log(talked)) == events and seen(talked.by("CD")) == {"P07_b"}


def test_what_was_done_before_to_a_source_is_not_undone_blind(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    mark_checked(study.by("CD"), ["P07_b"])
    set_blinded(study, "CD")
    with pytest.raises(Refused, match="changes no sources"):
        undo(study.by("CD"))
    assert [source.checked_by for source in list_sources(study) if source.name == "P07_b"] == ["CD"]


def test_words_of_transcripts_are_not_exported_blind(talked: Study, tmp_path: Path) -> None:
    blinded = talked.by("CD")
    with pytest.raises(Refused, match="CD reads blind"), gate(blinded, tmp_path / "quotes.csv"):
        pass
    with pytest.raises(Refused, match="CD reads blind"):
        find_leaks(blinded)


def test_an_issue_from_what_is_not_cleared_is_not_told(talked: Study) -> None:
    held = add_coding(talked, "group", place(talked, "group", "The forms were murder."), "forms")
    add_issue(talked, "The forms put people off", [held])
    assert list_issues(talked.by("CD")) == []
    clear_sources(talked, ["group"], despite=True, reason="For the test.")
    for coder in ("AB", "CD"):
        finish(talked.by(coder), ["group"])
    assert [one.title for one in list_issues(talked.by("CD"))] == ["The forms put people off"]


def test_a_clearance_lapses_when_the_text_changes_and_is_given_anew(talked: Study) -> None:
    cd = talked.by("CD")
    suggest_in_sources(talked)
    decide_rest(talked, [one.id for one in list_entities(talked)], REJECTED)
    add_mention(talked, "P07_b", place(talked, "P07_b", "pal"), term="Friend")
    assert seen(cd) == {"P07_b"}
    seal(talked, ["P07_b"], None)
    assert seen(cd) == set()
    assert check_sources(talked, ["P07_b"])[0].lapsed
    clear_sources(talked, ["P07_b"])
    assert seen(cd) == {"P07_b"}
    take_clearance_back(talked, ["P07_b"])
    assert seen(cd) == set()
    with pytest.raises(Refused, match="None of these"):
        take_clearance_back(talked, ["P07_b"])


def test_blinding_is_a_leads_to_say_and_on_record(talked: Study) -> None:
    assert [one.blinded for one in list_team(talked)] == [False, True]
    for initials, error, said in (
        ("AB", Refused, "AB is a lead"),
        ("XY", NotFound, "no 'XY'"),
        ("CD", Refused, "reads blind already"),
    ):
        with pytest.raises(error, match=said):
            set_blinded(talked, initials)
    with pytest.raises(BadInput, match="needs its reason"):
        set_blinded(talked, "CD", blinded=False)
    if talked.on_sqlite:
        with pytest.raises(Refused, match="CD reads blind to the arms; a lead sees everything"):
            add_member(talked, "CD", "lead")
    set_blinded(talked, "CD", blinded=False, reason="The analysis is over.")
    event = read_log(talked)[-1]
    assert (event.summary, event.undoable) == ("CD no longer reads blind to the arms", False)
    assert seen(talked.by("CD")) == {"P07_b", "P07_f", "group"}
