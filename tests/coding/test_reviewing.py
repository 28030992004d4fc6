"""Reading passages again: keeping, giving another code, taking the code off; splitting goes on that way."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement import finishing
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.merging import split_code
from qualbench.codebook.moving import retire_code
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, list_memos, on_coding
from qualbench.coding.progress import finish
from qualbench.coding.reviewing import keep, passages_to_split, recode, theme_passages, uncode
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from tests.builders import small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def coded(study: Study, layer: str | None = None) -> list[tuple[str, int, int, str]]:
    return [(c.source, c.start, c.end, c.code) for c in list_codings(study, layer=layer)]


def test_the_passages_of_a_theme_come_code_by_code(quick: Study) -> None:
    add_coding(quick, "P07_f", Span(0, 5), "judged")
    add_coding(quick, "group", Span(0, 4), "fear")
    add_coding(quick, "P07_b", Span(0, 5), "fear")
    add_coding(quick, "P07_b", Span(8, 11), "trust")
    add_coding(quick, "P07_b", Span(8, 11), "forms")
    found = [(c.code, c.source) for c in theme_passages(quick, "Trust")]
    assert found == [("trust", "P07_b"), ("fear", "P07_b"), ("fear", "group"), ("judged", "P07_f")]
    theme = add_code(quick, NewCode("Paper", level="theme"))
    edit_code(quick, "forms", {"also_in": (theme.id,)})
    assert [c.code for c in theme_passages(quick, theme.id)] == ["forms"]


def test_another_code_joins_what_has_it_on_those_words(small: Study) -> None:
    first = add_coding(small, "P07_b", Span(0, 10), "fear")
    second = add_coding(small, "P07_b", Span(5, 20), "judged")
    third = add_coding(small, "P07_f", Span(0, 5), "fear")
    add_memo(small, "on the first", on_coding(first))
    before = coded(small)
    assert recode(small, [first, third], "judged").id == "judged"
    assert coded(small) == [("P07_b", 0, 20, "judged"), ("P07_f", 0, 5, "judged")]
    assert list_memos(small)[0].coding == second
    assert {c.made_as for c in list_codings(small)} == {None, "fear"}
    assert all(c.kept_at is not None for c in list_codings(small))
    undo(small)
    assert coded(small) == before


def test_what_cannot_be_given_another_code_is_told(quick: Study) -> None:
    coding = add_coding(quick, "P07_b", Span(0, 10), "fear")
    with pytest.raises(Refused, match="have the code 'Fear' already"):
        recode(quick, [coding], "fear")
    with pytest.raises(NotFound, match="no code"):
        recode(quick, [coding], "joy")
    with pytest.raises(NotFound, match="Neither AB nor the agreed layer"):
        recode(quick, ["nothing"], "judged")
    retire_code(quick, "judged")
    with pytest.raises(Refused, match="'Being judged' is retired"):
        recode(quick, [coding], "judged")
    finish(quick, ["P07_b"])
    with pytest.raises(Refused, match="AB has finished P07_b"):
        recode(quick, [coding], "forms")
    with pytest.raises(Refused, match="AB has finished P07_b"):
        uncode(quick, [coding])
    keep(quick, [coding])
    assert list_codings(quick)[0].kept_at is not None


def test_another_coders_codings_are_never_touched(quick: Study) -> None:
    theirs = add_coding(quick.by("CD"), "P07_b", Span(0, 10), "fear")
    for act in (
        lambda: recode(quick, [theirs], "judged"),
        lambda: uncode(quick, [theirs]),
        lambda: keep(quick, [theirs]),
    ):
        with pytest.raises(NotFound, match="Neither AB nor the agreed layer"):
            act()
    assert coded(quick.by("CD"), "CD") == [("P07_b", 0, 10, "fear")]


def test_the_agreed_layer_is_reviewed_by_the_team(small: Study) -> None:
    for coder in ("AB", "CD"):
        add_coding(small.by(coder), "P07_b", Span(0, 10), "fear")
        add_coding(small.by(coder), "P07_b", Span(22, 30), "judged")
        finishing.finish(small.by(coder), ["P07_b"])
    first, second = (c.id for c in list_codings(small, layer=AGREED))
    own = list_codings(small)[0].id
    with pytest.raises(BadInput, match="several layers"):
        keep(small, [first, own])
    recode(small, [first], "forms")
    uncode(small.by("CD"), [second])
    assert coded(small, AGREED) == [("P07_b", 0, 10, "forms")]
    assert coded(small) == [("P07_b", 0, 10, "fear"), ("P07_b", 22, 30, "judged")]
    assert [event.action for event in read_log(small)[-2:]] == ["reconcile", "reconcile"]


def test_memos_on_a_coding_go_with_it_and_come_back(quick: Study) -> None:
    coding = add_coding(quick, "P07_b", Span(0, 10), "fear")
    add_memo(quick, "on it", on_coding(coding))
    uncode(quick, [coding])
    assert list_memos(quick) == []
    undo(quick)
    assert [memo.coding for memo in list_memos(quick)] == [coding]


# Splitting


def test_a_split_goes_on_where_it_stopped_and_ends_by_retiring_the_code(small: Study) -> None:
    sources = ("P07_b", "P07_f", "group")
    ids = [add_coding(small, source, Span(0, 5), "fear") for source in sources]
    for coder in (small, small.by("CD")):
        finish(coder, sources)
    with pytest.raises(Refused, match="'Fear' is not being split"):
        passages_to_split(small, "fear")
    keep(small, ids[:1])  # before the split: it is asked about all the same
    first, second = split_code(small, "fear", ["Of losing them", "Of being judged"])
    assert [c.id for c in passages_to_split(small, "fear")] == ids
    recode(small, ids[:1], first.id)
    assert [c.id for c in passages_to_split(small, "fear")] == ids[1:]
    keep(small, ids[1:2])
    assert [c.id for c in passages_to_split(small, "fear")] == ids[2:]
    recode(small, ids[2:], second.id)
    assert passages_to_split(small, "fear") == []
    assert read_codebook(small).by_id["fear"].in_use  # one was kept with it
    recode(small, ids[1:2], second.id)
    assert read_codebook(small).by_id["fear"].status == "retired"
    undo(small)
    assert read_codebook(small).by_id["fear"].in_use
    assert len(list_codings(small, code="fear")) == 1


def test_a_split_is_carried_out_in_finished_sources_too(quick: Study) -> None:
    coding = add_coding(quick, "P07_b", Span(0, 5), "fear")
    (part,) = split_code(quick, "fear", ["Dread"])
    finish(quick, ["P07_b"])
    with pytest.raises(Refused, match="AB has finished P07_b"):
        recode(quick, [coding], "judged")
    recode(quick, [coding], part.id)
    assert coded(quick) == [("P07_b", 0, 5, part.id)]


def test_whether_another_coder_is_done_with_a_split_is_not_told(quick: Study) -> None:
    mine = add_coding(quick, "P07_b", Span(0, 5), "fear")
    theirs = add_coding(quick.by("CD"), "P07_b", Span(0, 5), "fear")
    (part,) = split_code(quick, "fear", ["Dread"])
    recode(quick, [mine], part.id)
    assert read_codebook(quick).by_id["fear"].in_use
    assert passages_to_split(quick, "fear") == []
    assert [c.id for c in passages_to_split(quick.by("CD"), "fear")] == [theirs]
    uncode(quick.by("CD"), [theirs])
    assert read_codebook(quick).by_id["fear"].in_use
