"""What holds of merging whatever was done: order, repetition and other people's layers make no difference."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.agreement.finishing import finish
from qualbench.codebook.editing import NewCode, add_code
from qualbench.coding.applying import add_coding, rebound, remove_codings, set_exemplar
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, edit_memo, list_memos, on_coding, on_source, remove_memo
from qualbench.coding.progress import reopen
from qualbench.coding.reading import mark_read
from qualbench.errors import Refused
from qualbench.exchange.bundles.contents import Bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import redo, undo
from qualbench.study.settings import add_coder
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from qualbench.transcripts.sources import source_ids
from tests.builders import TEXTS, small_study
from tests.exchange.copies import not_by, of_layer, quick_copy, rows

SOURCES = ("P07_b", "P07_f", "group")
CODES = ("fear", "judged", "forms")
SHORTEST = min(map(len, TEXTS.values())) - 12

Act = tuple[str, int, int]
"""What to do, and two numbers that say to what."""

acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["code"] * 4
            + [
                "uncode",
                "rebound",
                "exemplar",
                "memo",
                "edit",
                "forget",
                "propose",
                "read",
                "finish",
                "reopen",
            ]
            + ["undo", "redo"]
        ),
        st.integers(0, 50),
        st.integers(0, SHORTEST),
    ),
    max_size=7,
)
PROPERTY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def base(sqlite_study: Study, tmp_path: Path) -> Study:
    """What all copies are made of, by somebody who is not at work later, lest that be undone."""
    add_coder(sqlite_study, "GH")
    add_coder(sqlite_study.by("GH"), "EF")
    return small_study(sqlite_study.by("GH"), tmp_path / "files")


def do(study: Study, done: Sequence[Act]) -> None:
    """Do what can be done of some acts, as the coder at work."""
    for act in done:
        with suppress(Refused):
            _do(study, *act)


def _do(study: Study, what: str, which: int, place: int) -> None:
    source = SOURCES[which % len(SOURCES)]
    own, memos = list_codings(study, layer=study.coder), list_memos(study, by=study.coder)
    match what:
        case "code":
            add_coding(study, source, Span(place, place + 12), CODES[which // 3 % len(CODES)])
        case "memo" if own and which % 2:
            add_memo(study, f"memo {which}", on_coding(own[place % len(own)].id))
        case "memo":
            add_memo(study, f"memo {which}", on_source(source))
        case "propose":
            add_code(study, NewCode(f"{study.coder}'s {which}", "trust"))
        case "read":
            mark_read(study, source)
        case "finish":
            finish(study, [source])
        case "reopen":
            reopen(study, [source])
        case "undo":
            undo(study)
        case "redo":
            redo(study)
        case "edit" if memos:
            edit_memo(study, memos[which % len(memos)].id, f"changed by {study.folder.name} {place}")
        case "forget" if memos:
            remove_memo(study, memos[which % len(memos)].id)
        case "uncode" if own:
            remove_codings(study, [own[which % len(own)].id])
        case "rebound" if own:
            rebound(study, own[which % len(own)].id, Span(place, place + 9))
        case "exemplar" if own:
            set_exemplar(study, own[which % len(own)].id, not own[which % len(own)].exemplar)


def bundle_of(study: Study) -> Bundle | None:
    """What the coder of a copy has done; None if that is nothing."""
    try:
        return make_bundle(study)
    except Refused:
        return None


def without_positions(study: Study) -> dict[str, list[dict[str, object]]]:
    """All rows, but for the order in which codes came."""
    found = rows(study)
    return found | {"code": [{**row, "position": 0} for row in found["code"]]}


@PROPERTY
@given(before=acts, mine=acts, theirs=acts, later=acts)
def test_a_merge_brings_one_coders_work_once_and_touches_nobody_elses(
    base: Study, before: list[Act], mine: list[Act], theirs: list[Act], later: list[Act]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        here = quick_copy(base, Path(name), "AB")
        do(here, before)
        do(here.by("CD"), before)
        there = quick_copy(here, Path(name), "CD")
        do(there, theirs)
        do(here, mine)
        bundles = [bundle_of(there)]
        do(there, later)
        bundles.append(bundle_of(there))
        for bundle in [*bundles, *bundles]:
            others = not_by(here, "CD")
            if bundle is None:
                continue
            merged = merge_bundle(here, bundle)
            assert merged.conflicts == ()
            left = not_by(here, "CD")
            for table in ("coding", "memo", "code_example", "assignment", "reading"):
                kept = [row for row in left[table] if row.get("layer") != AGREED]
                assert kept == [row for row in others[table] if row.get("layer") != AGREED]
            known = {row["id"] for row in others["code"]}
            assert [row for row in left["code"] if row["id"] in known] == others["code"]
            once = rows(here)
            merge_bundle(here, bundle)
            assert rows(here) == once
        assert check_study(here) == []
        closed = {row["source_id"] for row in rows(here)["assignment"] if row["state"] == "finished"}
        if not closed:
            assert of_layer(here, "CD") == of_layer(there, "CD")
        here.close()
        there.close()


@PROPERTY
@given(first=acts, second=acts, mine=acts)
def test_two_coders_bundles_come_in_either_order(
    base: Study, first: list[Act], second: list[Act], mine: list[Act]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        here, again = quick_copy(base, Path(name), "AB"), quick_copy(base, Path(name), "AB")
        there, elsewhere = quick_copy(base, Path(name), "CD"), quick_copy(base, Path(name), "EF")
        do(there, first)
        do(elsewhere, second)
        do(here, mine)
        again.close()
        again = quick_copy(here, Path(name), "AB")
        bundles = [bundle for bundle in (bundle_of(there), bundle_of(elsewhere)) if bundle is not None]
        for bundle in bundles:
            merge_bundle(here, bundle)
        for bundle in reversed(bundles):
            merge_bundle(again, bundle)
        assert without_positions(here) == without_positions(again)
        for study in (here, again, there, elsewhere):
            study.close()


@PROPERTY
@given(rounds=st.lists(st.tuples(acts, acts), min_size=1, max_size=2))
def test_two_machines_of_one_coder_come_to_the_same_but_for_what_is_told(
    base: Study, rounds: list[tuple[list[Act], list[Act]]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        desk = quick_copy(base, Path(name), "CD")
        add_coding(desk, "P07_b", Span(27, 45), "fear")
        add_memo(desk, "At first.", on_source("P07_b"))
        laptop = quick_copy(desk, Path(name), "CD")
        for at_desk, on_laptop in rounds:
            do(desk, at_desk)
            do(laptop, on_laptop)
            reports = [merge_bundle(desk, make_bundle(laptop)), merge_bundle(laptop, make_bundle(desk))]
        told = {name.partition(":")[2] for report in reports for name in report.conflicts}
        held = {name for report in reports for left in report.left_out for name in left.names}
        with desk.read() as db:
            told |= set(source_ids(db, sorted(held)).values())  # finished on one, and not yet on the other
        assert agreeing(desk, told) == agreeing(laptop, told)
        assert check_study(desk) == check_study(laptop) == []
        desk.close()
        laptop.close()


def agreeing(study: Study, told: set[str]) -> dict[str, list[dict[str, object]]]:
    """The rows of which no conflict was told, and that hang on none."""
    return {
        table: [
            {**row, "read_at": ""}  # each has the time at which it was read there
            for row in found
            if not told & {row.get("id"), row.get("coding_id"), *held_by(table, row)}
        ]
        for table, found in rows(study).items()
        if table != "code"
    }


def held_by(table: str, row: dict[str, object]) -> set[object]:
    """The source of how far somebody is with it."""
    return {row["source_id"]} if table == "assignment" else set()
