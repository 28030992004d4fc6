"""Reconciling: decisions write the agreed layer, keep the record, and leave both coders' layers alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.deciding import decide
from qualbench.agreement.decision_files import import_decisions
from qualbench.agreement.decisions import DecisionRead
from qualbench.agreement.items import Item, Key
from qualbench.agreement.queue import find_at, read_queue
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import undo
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from tests.builders import fill_agreed, place, small_study

WIDE, NARROW = "I was feart of them.", "feart"


@pytest.fixture
def apart(study: Study, tmp_path: Path) -> Study:
    """Two coders alike once, with other edges once, and with other codes once."""
    small_study(study, tmp_path / "files")
    other = study.by("CD")
    for who in (study, other):
        add_coding(who, "P07_f", place(study, "P07_f", "The forms were long."), "forms")
    add_coding(study, "P07_b", place(study, "P07_b", WIDE), "fear")
    add_coding(other, "P07_b", place(study, "P07_b", NARROW), "fear")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_coding(other, "P07_b", place(study, "P07_b", "judge ye."), "forms")
    for who in (study, other):
        finish(who, ["P07_b", "P07_f"])
    return study


def decide_at(
    study: Study,
    words: str,
    outcome: str,
    codes: tuple[str | None, str | None] = (None, None),
    redrawn: Span | None = None,
    reason: str = "",
) -> DecisionRead:
    item = find_at(study, "P07_b", place(study, "P07_b", words), codes)
    return decide(study, item.key, outcome, redrawn=redrawn, reason=reason)


def differences(study: Study) -> list[Item]:
    return sorted(read_queue(study).items, key=lambda item: (item.source, item.span))


def agreed(study: Study) -> list[tuple[str, str, str]]:
    return [(c.source, c.code, c.quote) for c in list_codings(study, layer=AGREED)]


def test_what_both_coded_alike_fills_the_agreed_layer_once(apart: Study) -> None:
    assert fill_agreed(apart, "P07_b", "P07_f") == 1
    assert fill_agreed(apart, "P07_b", "P07_f") == 0
    assert agreed(apart) == [("P07_f", "forms", "The forms were long.")]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("keep A", [WIDE]), ("keep B", [NARROW]), ("both", [WIDE]), ("neither", []), ("agree to differ", [])],
)
def test_outcomes_on_a_boundary(apart: Study, outcome: str, words: list[str]) -> None:
    decide_at(apart, WIDE, outcome, codes=("fear", "fear"), reason="As agreed.")
    assert [quote for _, code, quote in agreed(apart) if code == "fear"] == words
    decided = [d for d in differences(apart) if d.outcome is not None]
    assert [(d.difference.code_a, d.outcome) for d in decided] == [("fear", outcome)]


def test_both_keeps_two_codes(apart: Study) -> None:
    decide_at(apart, "They judge ye.", "both", codes=("judged", "forms"))
    assert agreed(apart) == [("P07_b", "judged", "They judge ye."), ("P07_b", "forms", "judge ye.")]


def test_redrawing_takes_the_new_words(apart: Study) -> None:
    new = place(apart, "P07_b", "feart of them")
    with pytest.raises(BadInput, match="needs the new words"):
        decide_at(apart, WIDE, "redraw", codes=("fear", "fear"))
    with pytest.raises(BadInput, match="outside the text"):
        decide_at(apart, WIDE, "redraw", codes=("fear", "fear"), redrawn=Span(0, 9999))
    decide_at(apart, WIDE, "redraw", codes=("fear", "fear"), redrawn=new)
    assert agreed(apart) == [("P07_b", "fear", "feart of them")]


def test_the_independent_layers_are_never_touched(apart: Study) -> None:
    before = [list_codings(apart, layer=layer) for layer in ("AB", "CD")]
    fill_agreed(apart, "P07_b", "P07_f")
    for one in differences(apart):
        decide(apart, one.key, "keep B")
    assert [list_codings(apart, layer=layer) for layer in ("AB", "CD")] == before


def test_a_decision_stands_until_it_is_undone(apart: Study) -> None:
    decide_at(apart, WIDE, "keep A", codes=("fear", "fear"))
    with pytest.raises(Refused, match="decided already: keep A"):
        decide_at(apart, WIDE, "keep B", codes=("fear", "fear"))
    undo(apart)
    decide_at(apart, WIDE, "keep B", codes=("fear", "fear"))
    assert agreed(apart) == [("P07_b", "fear", NARROW)]


def test_what_does_not_differ_cannot_be_decided(apart: Study) -> None:
    with pytest.raises(NotFound, match="no such difference"):
        decide(apart, Key("P07_b", ("AB", "CD"), Span(0, 5), "fear", None), "keep A")
    with pytest.raises(NotFound, match="no such difference"):
        find_at(apart, "P07_b", place(apart, "P07_b", WIDE), ("fear", None))
    with pytest.raises(BadInput, match="not an outcome"):
        decide_at(apart, WIDE, "perhaps", codes=("fear", "fear"))


def test_decisions_from_a_table(apart: Study, tmp_path: Path) -> None:
    wide, judge = place(apart, "P07_b", WIDE), place(apart, "P07_b", "They judge ye.")
    (tmp_path / "decisions.csv").write_text(
        "source,start,end,code_a,code_b,outcome,reason\n"
        f"P07_b,{wide.start},{wide.end},fear,fear,keep A,The whole thought.\n"
        f"P07_b,{judge.start},{judge.end},judged,forms,maybe,\n"
        "P07_b,0,5,fear,,keep A,\n"
        "P99,0,5,fear,,keep A,\n"
        f"P07_b,{wide.start},{wide.end},fear,fear,keep B,\n"
    )
    report = import_decisions(apart, tmp_path / "decisions.csv")
    assert report.decided == 1
    assert [fault.message.split(":")[0] for fault in report.faults] == [
        f"decisions.csv, row {n}" for n in (3, 4, 5, 6)
    ]
    assert agreed(apart) == [("P07_b", "fear", WIDE)]


def test_the_codes_are_needed_only_where_two_differences_have_the_same_words(apart: Study) -> None:
    decide_at(apart, WIDE, "Keep A")
    assert agreed(apart) == [("P07_b", "fear", WIDE)]
    assert differences(apart.by("CD"))[0].words == WIDE


def test_of_two_differences_with_the_same_words_one_is_named_by_its_codes(
    sqlite_study: Study, tmp_path: Path
) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    span = place(study, "P07_b", WIDE)
    for code in ("fear", "judged"):
        add_coding(study, "P07_b", span, code)
    for who in (study, study.by("CD")):
        finish(who, ["P07_b"])
    with pytest.raises(
        BadInput, match=r"2 differences stand at .* AB fear, CD nothing; AB judged, CD nothing"
    ):
        decide_at(study, WIDE, "keep A")
    decide_at(study, WIDE, "keep A", codes=("judged", None))
    assert agreed(study) == [("P07_b", "judged", WIDE)]
