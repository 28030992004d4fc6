"""Putting codes on passages, and changing the codings there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.editing import NewCode
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import (
    Passage,
    apply_codes,
    rebound,
    remove_codings,
    set_exemplar,
    set_meaning,
)
from qualbench.coding.codings import list_codings, recent_codes
from qualbench.coding.memos import add_memo, list_memos, on_coding
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import read_log, redo, undo
from qualbench.study.tables import Event, table_of
from qualbench.text.spans import Span
from tests.builders import place, small_study

SOURCE = "P07_b"


# What is said, and what is kept


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite alone, for what no database can do differently."""
    return small_study(sqlite_study, tmp_path / "files")


def words(study: Study, quote: str, source: str = SOURCE) -> Passage:
    return Passage(source, place(study, source, quote))


def test_a_new_coding_is_said_so(quick: Study) -> None:
    applied = apply_codes(quick, [words(quick, "I was feart")], ["fear"])
    assert (applied.new, applied.extended, applied.there) == (1, 0, 0)
    assert applied.sentence() == "'Fear': coded."


def test_a_coding_that_grows_is_said_so_and_not_counted_twice(small: Study) -> None:
    first = apply_codes(small, [words(small, "I was feart")], ["fear"])
    applied = apply_codes(small, [words(small, "feart of them.")], ["fear"])
    assert (applied.new, applied.extended, applied.ids) == (0, 1, first.ids)
    assert applied.sentence() == "'Fear': 1 was here already and now reaches further."
    assert [c.quote for c in list_codings(small)] == ["I was feart of them."]


def test_a_passage_between_two_codings_makes_them_one_the_first_made(small: Study) -> None:
    later = words(small, "of them.")
    (kept,) = apply_codes(small, [later], ["fear"]).ids
    apply_codes(small, [words(small, "From a pal")], ["fear"])
    apply_codes(small, [words(small, "pal of mine. I was feart of")], ["fear"])
    assert [(c.id, c.quote) for c in list_codings(small)] == [
        (kept, "From a pal of mine. I was feart of them.")
    ]
    undo(small)
    assert [c.quote for c in list_codings(small)] == ["From a pal", "of them."]


def test_codings_that_only_touch_stay_two(quick: Study) -> None:
    start, end = place(quick, SOURCE, "feart")
    apply_codes(quick, [Passage(SOURCE, Span(start, start + 3))], ["fear"])
    apply_codes(quick, [Passage(SOURCE, Span(start + 3, end))], ["fear"])
    assert [c.quote for c in list_codings(quick)] == ["fea", "rt"]


def test_of_two_codes_one_may_be_there_already(quick: Study) -> None:
    apply_codes(quick, [words(quick, "They judge ye.")], ["judged"])
    applied = apply_codes(quick, [words(quick, "judge ye")], ["judged", "fear"])
    assert applied.sentence() == "'Being judged', 'Fear': 1 coding made, 1 held these words already."
    assert [(c.code, c.quote) for c in list_codings(quick)] == [
        ("judged", "They judge ye."),
        ("fear", "judge ye"),
    ]


def test_nothing_changes_where_every_passage_has_every_code(quick: Study) -> None:
    apply_codes(quick, [words(quick, "They judge ye.")], ["judged", "fear"])
    before = len(read_log(quick))
    with pytest.raises(Refused, match="have that code already"):
        apply_codes(quick, [words(quick, "judge ye")], ["fear", "judged"])
    assert len(read_log(quick)) == before


def test_passages_of_several_sources_are_coded_in_one_step_that_is_undone_at_once(small: Study) -> None:
    passages = [
        words(small, "The forms were murder.", "group"),
        words(small, "The forms were long.", "P07_f"),
        words(small, "I filled mine in on the bus.", "group"),
    ]
    before = len(read_log(small))
    applied = apply_codes(small, passages, ["forms", "fear"])
    assert applied.new == len(applied.ids) == 6
    assert applied.sentence() == "'Forms: long / short', 'Fear': 6 codings made."
    (event,) = read_log(small)[before:]
    assert event.summary == "Coded 'Forms: long / short', 'Fear' on 3 passages of P07_f, group" or (
        event.summary == "Coded 'Forms: long / short', 'Fear' on 3 passages of group, P07_f"
    )
    undo(small)
    assert list_codings(small) == []
    redo(small)
    assert {c.id for c in list_codings(small)} == set(applied.ids)


def test_passages_that_overlap_are_one_coding(quick: Study) -> None:
    passages = [words(quick, "feart of them."), words(quick, "I was feart"), words(quick, "They judge ye.")]
    applied = apply_codes(quick, [*passages, passages[0]], ["fear"])
    assert applied.sentence() == "'Fear': 2 codings made."
    assert [(c.id, c.quote) for c in list_codings(quick)] == list(
        zip(applied.ids, ["I was feart of them.", "They judge ye."], strict=True)
    )


@pytest.mark.parametrize("lead", ["", " "])
def test_white_space_at_the_ends_is_left_out(small: Study, lead: str) -> None:
    start, end = place(small, SOURCE, "\n\nP07: Naïve, me. 🙂 " if not lead else " me. 🙂 ")
    apply_codes(small, [Passage(SOURCE, Span(start, end))], ["fear"])
    assert [c.quote for c in list_codings(small)] == ["me. 🙂" if lead else "P07: Naïve, me. 🙂"]


def test_white_space_alone_is_no_passage_and_nothing_of_the_change_is_kept(small: Study) -> None:
    blank = Passage(SOURCE, place(small, SOURCE, "\n\n"))
    with pytest.raises(BadInput, match="no words there"):
        apply_codes(small, [words(small, "They judge ye."), blank], ["fear"], [NewCode("Shame")])
    assert list_codings(small) == []
    assert "shame" not in read_codebook(small).by_id


@pytest.mark.parametrize(
    ("passages", "codes", "new"),
    [([], ["fear"], []), ([Passage(SOURCE, Span(0, 5))], [], [])],
)
def test_without_passage_or_code_there_is_nothing_to_do(
    quick: Study, passages: list[Passage], codes: list[str], new: list[NewCode]
) -> None:
    with pytest.raises(BadInput, match="nothing to code"):
        apply_codes(quick, passages, codes, new)


def test_a_finished_source_takes_no_change(quick: Study) -> None:
    (coding,) = apply_codes(quick, [words(quick, "I was feart")], ["fear"]).ids
    finish(quick, [SOURCE])
    before = list_codings(quick)
    for act in (
        lambda: apply_codes(
            quick, [words(quick, "And now?", "P07_f"), words(quick, "They judge ye.")], ["judged"]
        ),
        lambda: apply_codes(quick, [words(quick, "They judge ye.")], [], [NewCode("Shame")]),
        lambda: rebound(quick, coding, Span(0, 5)),
        lambda: remove_codings(quick, [coding]),
        lambda: set_exemplar(quick, coding, True),
        lambda: set_meaning(quick, coding, "latent"),
    ):
        with pytest.raises(Refused, match=r"AB has finished P07_b; its codings no longer change"):
            act()
    assert list_codings(quick) == before


def test_memos_and_exemplar_go_to_the_coding_that_takes_the_others_in(small: Study) -> None:
    first, second = (
        apply_codes(small, [words(small, quote)], ["fear"]).ids[0] for quote in ("From a pal", "of them.")
    )
    memo = add_memo(small, "Who is *the pal*?", on_coding(second))
    set_exemplar(small, second, True)
    applied = apply_codes(small, [words(small, "a pal of mine. I was feart of")], ["fear"])
    assert applied.ids == [first]
    (coding,) = list_codings(small)
    assert (coding.id, coding.exemplar) == (first, True)
    assert [(m.id, m.coding) for m in list_memos(small)] == [(memo, first)]
    undo(small)
    assert [(c.id, c.exemplar) for c in list_codings(small)] == [(first, False), (second, True)]
    assert [(m.id, m.coding) for m in list_memos(small)] == [(memo, second)]
    redo(small)
    assert [m.coding for m in list_memos(small)] == [first]


def test_new_bounds_take_in_what_they_reach(small: Study) -> None:
    first, second = (
        apply_codes(small, [words(small, quote)], ["fear"]).ids[0] for quote in ("From a pal", "of them.")
    )
    memo = add_memo(small, "Kept.", on_coding(first))
    apply_codes(small, [words(small, "They judge ye.")], ["fear"])
    rebound(small, second, place(small, SOURCE, " mine. I was "))
    assert [c.quote for c in list_codings(small)] == ["From a pal", "mine. I was", "They judge ye."]
    rebound(small, second, place(small, SOURCE, "a pal of mine."))
    joined = list_codings(small)[0]
    assert (joined.id, joined.quote) == (second, "From a pal of mine.")
    assert [(m.id, m.coding) for m in list_memos(small)] == [(memo, second)]
    undo(small)
    undo(small)
    assert [c.quote for c in list_codings(small)] == ["From a pal", "of them.", "They judge ye."]


def test_a_coding_goes_with_its_memos_and_comes_back_with_them(small: Study) -> None:
    ids = apply_codes(small, [words(small, "From a pal"), words(small, "of them.")], ["fear"]).ids
    add_memo(small, "Kept.", on_coding(ids[0]))
    remove_codings(small, [*ids, ids[0]])
    assert (list_codings(small), list_memos(small)) == ([], [])
    undo(small)
    assert [c.id for c in list_codings(small)] == ids
    assert [m.text for m in list_memos(small)] == ["Kept."]


def test_a_coding_can_be_semantic_latent_or_neither(quick: Study) -> None:
    (coding,) = apply_codes(quick, [words(quick, "I was feart")], ["fear"]).ids
    for meaning in ("semantic", "latent", None):
        set_meaning(quick, coding, meaning)
        assert list_codings(quick)[0].meaning == meaning
    with pytest.raises(BadInput, match="neither semantic nor latent"):
        set_meaning(quick, coding, "deep")


def test_another_coders_coding_is_not_there(quick: Study) -> None:
    (coding,) = apply_codes(quick, [words(quick, "I was feart")], ["fear"]).ids
    other = quick.by("CD")
    for act in (
        lambda: rebound(other, coding, Span(0, 5)),
        lambda: remove_codings(other, [coding]),
        lambda: set_exemplar(other, coding, True),
        lambda: set_meaning(other, coding, "latent"),
    ):
        with pytest.raises(NotFound, match="CD has no coding"):
            act()
    apply_codes(other, [words(quick, "feart of them.")], ["fear"])
    assert [c.quote for c in list_codings(quick)] == ["I was feart"]
    assert [c.quote for c in list_codings(other)] == ["feart of them."]


def test_a_new_code_goes_on_with_one_that_is_there(quick: Study) -> None:
    applied = apply_codes(
        quick, [words(quick, "I was feart")], ["fear"], [NewCode("  Of   workers ", "social-work")]
    )
    assert applied.sentence() == "'Fear', 'Of workers': 2 codings made."
    entry = read_codebook(quick).find("Of workers")
    assert (entry.label, entry.parent_id, entry.level, entry.status) == (
        "Of workers",
        "social-work",
        "code",
        "candidate",
    )
    undo(quick)
    assert list_codings(quick) == []
    assert "of-workers" not in read_codebook(quick).by_id


def test_the_codes_put_on_words_last_come_first(quick: Study) -> None:
    for quote, code in (("I was", "fear"), ("feart of", "judged"), ("them.", "fear")):
        apply_codes(quick, [words(quick, quote)], [code])
    apply_codes(quick.by("CD"), [words(quick, "I was")], ["forms"])
    assert recent_codes(quick) == ["fear", "judged"]
    assert recent_codes(quick.by("EF")) == []


# What the journal keeps


def events_of(study: Study) -> list[tuple[str, str]]:
    with study.read() as db:
        table = table_of(Event)
        return [
            (row.summary, row.payload)
            for row in db.execute(sa.select(table.c.summary, table.c.payload).order_by(table.c.seq))
        ]


def test_the_journal_holds_no_words_of_a_transcript(small: Study) -> None:
    before = len(events_of(small))
    passage = words(small, "I was feart of them.")
    applied = apply_codes(small, [passage], ["fear"], [NewCode("Feart of them")])
    coding, in_vivo = applied.ids
    rebound(small, coding, words(small, "feart of").span)
    set_exemplar(small, coding, True)
    set_meaning(small, in_vivo, "latent")
    remove_codings(small, [coding, in_vivo])
    undo(small)
    redo(small)
    events = events_of(small)[before:]
    assert len(events) == 7
    for summary, payload in events:
        assert "feart" not in summary.casefold()
        for table, columns, rows_before, rows_after in json.loads(payload):
            for row in [*(rows_before or []), *(rows_after or [])]:
                # the name of a code made of words is the coder's own; sealing looks through it
                held = {c: v for c, v in zip(columns, row, strict=True) if (table, c) != ("code", "label")}
                assert "feart" not in json.dumps(held).casefold()
    assert read_log(small)[before].summary.startswith("Coded 'Fear', 'Feart of them' in P07_b at ")


def test_the_id_of_an_in_vivo_code_tells_nothing_of_its_words(quick: Study) -> None:
    applied = apply_codes(quick, [words(quick, "murder", "group")], [], [NewCode("murder")])
    (entry,) = applied.codes
    assert entry.label == "murder" and "murder" not in entry.id and len(entry.id) == 12
