"""Examples of codes, which are links to words; and codings on talk that a code is not meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.codebook.editing import edit_code
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.examples import add_example, list_examples, remove_example
from qualbench.coding.progress import finish
from qualbench.coding.scope import codings_outside_scope
from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change, undo
from qualbench.study.retext import retext
from qualbench.text.spans import Edit, Span
from qualbench.transcripts.sources import source_ids
from tests.builders import place, small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def quotes(study: Study, code: str = "fear") -> list[tuple[str, str]]:
    return [(one.kind, one.quote) for one in list_examples(study, code)]


def test_examples_of_three_kinds_are_given_and_taken_away(small: Study) -> None:
    add_example(small, "fear", "near miss", "P07_b", place(small, "P07_b", "They judge ye."))
    typical = add_example(small, "Fear", "typical", "P07_b", place(small, "P07_b", "feart of them"))
    assert quotes(small) == [("typical", "feart of them"), ("near miss", "They judge ye.")]
    remove_example(small, typical)
    assert quotes(small) == [("near miss", "They judge ye.")]
    undo(small)
    assert len(quotes(small)) == 2


def test_an_example_goes_along_when_the_text_is_redacted(small: Study) -> None:
    add_example(small, "fear", "typical", "P07_b", place(small, "P07_b", "feart of them"))
    at = place(small, "P07_b", "a pal of mine")
    inside = place(small, "P07_b", "them")
    with change(small, "redact", "Redacted") as changed:
        (source_id,) = source_ids(changed.db, ["P07_b"]).values()
        retext(changed, source_id, [Edit(*at, "[FRIEND 1]"), Edit(*inside, "[TEAM 1]")])
    assert quotes(small) == [("typical", "feart of [TEAM 1]")]
    assert check_study(small) == []


@pytest.mark.parametrize(
    ("kind", "source", "span", "said"),
    [
        ("lovely", "P07_b", Span(0, 5), "not a kind of example"),
        ("typical", "P09", Span(0, 5), "no source"),
        ("typical", "P07_b", Span(5, 5), "outside the text"),
        ("typical", "P07_b", Span(0, 9999), "outside the text"),
    ],
)
def test_an_example_that_cannot_be_is_refused(
    quick: Study, kind: str, source: str, span: Span, said: str
) -> None:
    with pytest.raises(QualbenchError, match=said):
        add_example(quick, "fear", kind, source, span)
    assert quotes(quick) == []


def test_the_same_example_twice_is_refused(quick: Study) -> None:
    add_example(quick, "fear", "typical", "P07_b", Span(0, 5))
    with pytest.raises(Refused, match="already"):
        add_example(quick, "fear", "typical", "P07_b", Span(0, 5))
    add_example(quick, "fear", "near miss", "P07_b", Span(0, 5))
    with pytest.raises(BadInput):
        add_example(quick, "fear", "", "P07_b", Span(0, 5))


def test_an_example_tells_another_coder_nothing_before_both_have_finished(small: Study) -> None:
    given = add_example(small, "fear", "typical", "P07_b", Span(0, 5))
    other = small.by("CD")
    assert quotes(other) == []
    with pytest.raises(NotFound, match="no example"):
        remove_example(other, given)
    add_example(other, "fear", "typical", "P07_b", Span(0, 5))  # nor that there is one already
    finish(small, ["P07_b"])
    assert len(quotes(other)) == 1
    finish(other, ["P07_b"])
    assert len(quotes(other)) == 2


# Talk that a code is not meant for


def test_coding_outside_the_scope_of_a_code_is_told_and_done(small: Study) -> None:
    edit_code(small, "fear", {"stakeholders": ("Family engagement worker",), "timepoints": ("Follow-up",)})
    applied = apply_codes(small, [Passage("P07_b", place(small, "P07_b", "feart of them"))], ["fear"])
    assert applied.new == 1
    assert applied.notices == (
        "'Fear' is meant for Family engagement worker, and this is Parent.",
        "'Fear' is meant for Follow-up, and this is Baseline.",
    )
    assert applied.sentence().endswith(applied.notices[1])
    add_coding(small, "group", place(small, "group", "on the bus"), "fear")
    add_coding(small, "group", place(small, "group", "Murder, aye."), "fear")
    found = [(one.coding.source, one.said_by, one.meant_for) for one in codings_outside_scope(small)]
    assert found == [
        ("P07_b", ("Parent",), ("Family engagement worker",)),
        ("P07_b", ("Baseline",), ("Follow-up",)),
        ("group", ("Parent",), ("Family engagement worker",)),
    ]


def test_words_of_several_people_are_in_scope_if_one_of_them_is(quick: Study) -> None:
    edit_code(quick, "fear", {"stakeholders": ("Family engagement worker",)})
    start, end = place(quick, "group", "Murder, aye.").start, place(quick, "group", "on the bus").end
    assert apply_codes(quick, [Passage("group", Span(start, end))], ["fear"]).notices == ()
    question = place(quick, "group", "Who starts?")
    assert apply_codes(quick, [Passage("group", question)], ["fear"]).notices == ()  # nobody's talk
    assert codings_outside_scope(quick) == []
