"""The queue of differences: its order, how one is found in it, parts of it, and how far it has got."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.deciding import decide
from qualbench.agreement.finishing import finish
from qualbench.agreement.items import choose, progress_of, where_left_off
from qualbench.agreement.queue import find_at, find_item, read_queue, read_queues
from qualbench.errors import NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder, set_stance
from qualbench.study.tables import Assignment
from qualbench.transcripts.sources import rename_source, source_ids
from tests.agreement.pairs import JUDGE, LESS, WIDE, coded, item_of, make_apart
from tests.builders import place


@pytest.fixture
def apart(sqlite_study: Study, tmp_path: Path) -> Study:
    return make_apart(sqlite_study, tmp_path / "files")


def test_the_worst_agreement_comes_first(apart: Study) -> None:
    queue = read_queue(apart)
    # judged and trust have Dice 0; forms agree in one turn of two, fear in one of one
    assert [(one.code, one.dice) for one in queue.standings] == [
        ("trust", 0.0),
        ("judged", 0.0),
        ("forms", pytest.approx(2 / 3)),
        ("fear", 1.0),
    ]
    assert [(item.code, item.difference.kind) for item in queue.items] == [
        ("trust", "one coder"),
        ("judged", "different codes"),
        ("fear", "boundary"),
    ]
    assert (queue.coders, queue.sources, queue.alike) == (("AB", "CD"), ["P07_b", "P07_f"], 1)
    assert [item.words for item in queue.items] == ["That helped.", JUDGE, WIDE]


def test_a_reflexive_study_has_no_coefficient_in_its_order(apart: Study) -> None:
    coded(apart, "AB", "group", "The forms were murder.", "forms")
    for coder in ("AB", "CD"):
        finish(apart.by(coder), ["group"])
    set_stance(apart, "reflexive", "We read it differently.")
    standings = read_queue(apart).standings
    assert [one.dice for one in standings] == [None] * 4
    assert (standings[0].code, standings[0].differences) == ("forms", 2)


def test_an_id_stays_through_decisions_and_renames_and_goes_with_the_codings(apart: Study) -> None:
    item = item_of(apart, "fear")
    decide(apart, item.key, "keep A")
    rename_source(apart, "P07_b", "P07 at home")
    found = find_item(apart.by("CD"), item.id)
    assert (found.source, found.outcome) == ("P07 at home", "keep A")
    with pytest.raises(NotFound, match="no difference 'nonsense'"):
        find_item(apart, "nonsense")
    with pytest.raises(NotFound, match="no such difference at P07_f 0-3"):
        find_at(apart, "P07_f", place(apart, "P07_f", "I: "))


def test_parts_of_it_and_how_far_it_has_got(apart: Study) -> None:
    decide(apart, item_of(apart, "judged").key, "agree to differ")
    decide(apart, item_of(apart, "fear").key, "both")
    items = read_queue(apart).items
    assert [i.code for i in choose(items, source="P07_b")] == ["judged", "fear"]
    assert [i.code for i in choose(items, codes=["forms"])] == ["judged"]
    assert [i.code for i in choose(items, kind="boundary")] == ["fear"]
    assert [i.code for i in choose(items, open_only=True)] == ["trust"]
    assert [i.code for i in choose(items, kept_only=True)] == ["judged"]
    progress = progress_of(items)
    assert (progress.total, progress.decided, progress.open, progress.kept) == (3, 2, 1, 1)
    assert progress.by_source == {"P07_b": (2, 2), "P07_f": (0, 1)}
    assert progress.by_code == {"trust": (0, 1), "judged": (1, 1), "fear": (1, 1)}
    left = where_left_off(items)
    assert left is not None and left.code == "trust"


def test_several_pairs_have_a_queue_each(apart: Study) -> None:
    add_coder(apart, "EF")
    coded(apart, "EF", "P07_b", LESS, "judged")
    finish(apart.by("EF"), ["P07_b"])
    assert [queue.coders for queue in read_queues(apart)] == [("AB", "CD"), ("AB", "EF"), ("CD", "EF")]
    with pytest.raises(Refused, match="AB, CD, EF"):
        read_queue(apart)
    queue = read_queue(apart, ("EF", "AB"))
    assert queue.coders == ("AB", "EF")
    assert find_at(apart, "P07_b", place(apart, "P07_b", JUDGE), coders=("AB", "EF")) in queue.items


def test_it_holds_nothing_of_what_the_coder_at_work_has_still_to_code(apart: Study) -> None:
    add_coder(apart, "EF")
    with change(apart, "assign", "Assigned") as changed:
        (source_id,) = source_ids(changed.db, ["P07_b"]).values()
        changed.insert(Assignment, [{"source_id": source_id, "layer": "EF", "state": "assigned"}])
    item = item_of(apart, "fear")
    assert [one.source for one in read_queue(apart.by("EF")).items] == ["P07_f"]
    with pytest.raises(NotFound):
        find_item(apart.by("EF"), item.id)
    with pytest.raises(NotFound, match="can be compared"):
        decide(apart.by("EF"), item.key, "keep A")
