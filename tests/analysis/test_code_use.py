"""Where codes are used, counted in the database and by hand."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.analysis.code_use import (
    UNUSED,
    Use,
    code_use,
    passages_of,
    rolled_up,
    where_used,
)
from qualbench.analysis.matrix import NOT_STATED
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish
from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import ENTRIES, TEXTS, code_as_they_are, place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def one(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def speaking(study: Study, source: str, span: Span) -> set[str]:
    turns = read_source(study, source).turns
    return {t.participant for t in turns if t.participant and t.start < span.end and span.start < t.end}


def by_hand(study: Study) -> dict[str, Use]:
    use = {code: UNUSED for code in read_codebook(study).by_id}
    for coding in list_codings(study):
        old = use[coding.code]
        use[coding.code] = Use(
            old.codings + 1,
            old.sources | {coding.source},
            old.participants | speaking(study, coding.source, coding.span),
        )
    return use


def test_a_code_is_used_by_those_whose_words_it_holds(small: Study) -> None:
    add_coding(small, "group", place(small, "group", "murder.\n\nP08: Murder, aye."), "forms")
    add_coding(small, "P07_f", place(small, "P07_f", "The forms were long."), "forms")
    add_coding(small, "P07_b", place(small, "P07_b", "Why?"), "fear")
    use = code_use(small, "AB")
    assert use["forms"] == Use(2, frozenset({"group", "P07_f"}), frozenset({"P07", "P08"}))
    assert use["fear"] == Use(1, frozenset({"P07_b"}), frozenset())
    assert use["trial"] == use["judged"] == UNUSED
    assert set(use) == {entry.id for entry in ENTRIES}
    together = rolled_up(use, read_codebook(small))
    assert together["trial"] == use["forms"]
    assert together["trust"] == use["fear"]


def test_a_person_counts_once_however_many_codes(one: Study) -> None:
    add_coding(one, "P07_b", place(one, "P07_b", "feart"), "fear")
    add_coding(one, "P07_b", place(one, "P07_b", "They judge ye."), "judged")
    assert rolled_up(code_use(one, "AB"), read_codebook(one))["trust"] == Use(
        2, frozenset({"P07_b"}), frozenset({"P07"})
    )


def test_candidates_count_for_the_themes_they_sit_in_and_once() -> None:
    book = Codebook(
        [
            *ENTRIES[:2],
            replace(ENTRIES[2], also_in=("trial", "trust")),
            replace(ENTRIES[3], status="retired"),
            *ENTRIES[4:],
        ]
    )
    use = {
        "fear": Use(3, frozenset("ab"), frozenset({"P1"})),
        "judged": Use(2, frozenset("b"), frozenset({"P2"})),
        "forms": Use(1, frozenset("c"), frozenset({"P1"})),
    }
    together = rolled_up(use, book)
    assert together["trust"] == Use(5, frozenset("ab"), frozenset({"P1", "P2"}))
    assert together["trial"] == Use(4, frozenset("abc"), frozenset({"P1"}))
    assert book.at_and_below("trial") == ["trial", "forms", "fear"]
    assert {i: together[i] for i in use} == use


def test_another_coders_use_is_hidden_until_both_have_finished(small: Study) -> None:
    add_coding(small.by("CD"), "P07_b", place(small, "P07_b", "feart"), "fear")
    add_coding(small.by("CD"), "P07_f", place(small, "P07_f", "The forms"), "fear")
    for see in (
        code_use,
        lambda s, layer: where_used(s, "fear", layer),
        lambda s, layer: passages_of(s, ["fear"], layer),
    ):
        with pytest.raises(Refused, match="hidden"):
            see(small, "CD")
    for who in ("AB", "CD"):
        finish(small.by(who), ["P07_b"])
    assert code_use(small, "CD")["fear"] == Use(1, frozenset({"P07_b"}), frozenset({"P07"}))
    assert where_used(small, "fear", "CD").codings == 1
    assert [c.source for c in passages_of(small, ["fear"], "CD", stakeholder="Parent")] == ["P07_b"]
    with pytest.raises(NotFound, match="no layer"):
        code_use(small, "EF")


def test_the_table_of_a_theme_tells_nothing_coded_from_nobody_asked(small: Study) -> None:
    add_coding(small, "group", place(small, "group", "murder.\n\nP08: Murder, aye.\n\nFEW01: I"), "forms")
    add_coding(small, "P07_f", place(small, "P07_f", "The forms were long."), "forms")
    add_coding(small, "P07_f", place(small, "P07_f", "Anything else?"), "forms")
    table = where_used(small, "The trial", "AB")
    assert (table.code, table.codings) == ("trial", 3)
    assert (table.rows, table.columns) == (["Parent", "Family engagement worker"], ["Baseline", "Follow-up"])
    assert table.cells == [[0, 2], [None, 1]]
    ids = read_codebook(small).at_and_below("trial")
    assert [c.source for c in passages_of(small, ids, "AB", "Parent", "Follow-up")] == ["P07_f", "group"]
    assert [c.source for c in passages_of(small, ids, "AB", "Family engagement worker")] == ["group"]
    assert len(passages_of(small, ids, "AB")) == 3
    assert passages_of(small, ids, "AB", timepoint=NOT_STATED) == passages_of(small, [], "AB") == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_use_and_table_equal_counting_by_hand(small: Study, data: st.DataObject) -> None:
    ids = [coding.id for coding in list_codings(small)]
    if ids:
        remove_codings(small, ids)
    for _ in range(data.draw(st.integers(0, 6))):
        name = data.draw(st.sampled_from([file.removesuffix(".txt") for file in TEXTS]))
        length = len(read_source(small, name).text)
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        code_as_they_are(
            small, name, [(Span(start, end), data.draw(st.sampled_from(["fear", "trust", "forms"])))]
        )
    assert code_use(small, "AB") == by_hand(small)
    table = where_used(small, "trust", "AB")
    people = {p.id: p.stakeholder for p in list_participants(small)}
    times = {s.name: s.timepoint for s in list_sources(small)}
    codings = [c for c in list_codings(small) if c.code in ("trust", "fear")]
    for group, cells in zip(table.rows, table.cells, strict=True):
        for timepoint, cell in zip(table.columns, cells, strict=True):
            behind = [
                c
                for c in codings
                if times[c.source] == timepoint
                and any(people[who] == group for who in speaking(small, c.source, c.span))
            ]
            assert (cell or 0) == len(behind)
            assert passages_of(small, ["trust", "fear"], "AB", group, timepoint) == behind
    assert table.codings == len(codings)


def test_the_demonstration_counts_what_the_matrix_counts(demonstration: Demonstration) -> None:
    use = code_use(demonstration.study, "agreed")
    assert sum(u.codings for u in use.values()) == len(list_codings(demonstration.study, layer="agreed"))
    assert {e.id for e in read_codebook(demonstration.study).by_id.values()} == set(use)


def test_two_thousand_codes_are_rolled_up_at_once() -> None:
    entries = [CodeEntry(f"t{n}", None, "theme", f"T{n}") for n in range(20)]
    entries += [
        CodeEntry(f"c{n}", f"t{n % 20}", "code", f"C{n}", also_in=(f"t{n % 7}",)) for n in range(2000)
    ]
    book = Codebook(entries)
    use = {e.id: Use(2, frozenset({f"s{n % 60}"}), frozenset({f"P{n % 40}"})) for n, e in enumerate(entries)}
    began = time.perf_counter()
    assert len(rolled_up(use, book)["t1"].participants) == 40
    assert time.perf_counter() - began < 1
