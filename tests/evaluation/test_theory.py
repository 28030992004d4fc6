"""The theory of change: files, versions, what differs, what themes say, how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.theory import Arrow, Box, Theory, parse_theory, read_theory, theory_as_yaml
from qualbench.evaluation.theory_diff import diff_theories
from qualbench.evaluation.theory_layout import WIDTH, closing, lay_out
from qualbench.evaluation.theory_versions import (
    compare_theory,
    find_theory,
    import_theory,
    link_theory,
    list_links,
    list_theories,
    unlink_theory,
)
from qualbench.study.database import Study
from qualbench.study.journal import read_log, undo
from tests.builders import place, small_study

SMALL = Theory(
    "small",
    "How it works",
    "",
    (Box("visit", "A visit", "activity"), Box("trust", "Trust", "mechanism"), Box("help", "Help", "outcome")),
    (Arrow("visit-to-trust", "visit", "trust", "if it is kind"), Arrow("trust-to-help", "trust", "help")),
)


def theories() -> st.SearchStrategy[Theory]:
    def made(size: int, pairs: list[tuple[int, int]]) -> Theory:
        boxes = tuple(Box(f"b{n}", f"Box {n}, what it is about") for n in range(size))
        joined = dict.fromkeys((a % size, b % size) for a, b in pairs if a % size != b % size)
        return Theory("t", "", "", boxes, tuple(Arrow(f"b{a}-to-b{b}", f"b{a}", f"b{b}") for a, b in joined))

    pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)
    return st.builds(made, st.integers(1, 10), pairs)


def test_the_theory_that_is_shipped_has_every_kind_of_box() -> None:
    theory = read_theory("ips_feasibility")
    kinds = {box.kind for box in theory.boxes}
    assert kinds == {"context", "input", "activity", "mechanism", "outcome"}
    joined = {end for arrow in theory.arrows for end in (arrow.start, arrow.end)}
    assert joined == {box.id for box in theory.boxes}


@given(theories())
def test_a_theory_comes_back_from_its_own_file(theory: Theory) -> None:
    assert parse_theory(theory_as_yaml(theory), "t.yaml") == theory


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("theory: x\n", "line 1, column 1: it has no list 'boxes'"),
        ("theory: x\nboxes: many\n", "line 2, column 8: 'boxes' is a list"),
        ("boxes:\n  - id: a\n", "line 2, column 5: 'label' is missing"),
        ("boxes:\n  - {id: a, label: A, kind: goal}\n", "line 2, column 29: 'goal' is not a kind of box"),
        ("boxes:\n  - {id: A b, label: A}\n", "line 2, column 10: 'A b' cannot be an id"),
        (
            "boxes:\n  - {id: a, label: A}\n  - {id: a, label: B}\n",
            "line 3, column 10: the id 'a' is there twice, first in line 2",
        ),
        (
            "boxes:\n  - {id: a, label: A}\narrows:\n  - {from: a, to: b}\n",
            "line 4, column 19: there is no box 'b'",
        ),
        ("boxes:\n  - {id: a, label: A}\narrows:\n  - {from: a, to: a}\n", "an arrow from 'a' to itself"),
        (
            "boxes:\n  - {id: a, label: A}\n  - {id: b, label: B}\n"
            "arrows:\n  - {from: a, to: b}\n  - {from: a, to: b}\n",
            "line 6, column 5: the id 'a-to-b' is there twice, first in line 5",
        ),
        ("boxes:\n  - {id: a, label: A, colour: red}\n", "'colour' is not a field of a box"),
    ],
)
def test_faults_in_a_file_are_told_with_their_place(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_theory(text, "t.yaml")
    assert said in refused.value.message


def test_what_differs_between_two_versions() -> None:
    boxes = (
        SMALL.boxes[0],
        replace(SMALL.boxes[1], label="Earned trust", kind="outcome"),
        Box("cost", "Cost"),
    )
    arrows = (replace(SMALL.arrows[0], start="cost", label=""), Arrow("a1", "visit", "cost"))
    changes = diff_theories(SMALL, replace(SMALL, boxes=boxes, arrows=arrows))
    assert [(one.id, one.kind) for one in changes] == [
        ("help", "removed"),
        ("trust-to-help", "removed"),
        ("trust", "moved"),
        ("trust", "reworded"),
        ("cost", "added"),
        ("visit-to-trust", "moved"),
        ("visit-to-trust", "reworded"),
        ("a1", "added"),
    ]
    assert changes[3].sentence == "box trust reworded: Trust -> Earned trust"
    assert changes[5].sentence == "arrow visit-to-trust moved: visit to trust -> cost to trust"
    assert diff_theories(SMALL, SMALL) == []


def test_a_version_is_made_only_where_something_differs(study: Study) -> None:
    with pytest.raises(NotFound, match="no theory of change yet"):
        find_theory(study)
    assert import_theory(study, SMALL, "First.").version == 1
    assert import_theory(study, replace(SMALL, boxes=SMALL.boxes[::-1])).version is None
    changed = replace(SMALL, title="How it may work")
    assert [one.kind for one in compare_theory(study, changed)] == ["reworded"]
    assert import_theory(study, changed, "It may.").version == 2
    assert [(v.number, v.note, v.theory.title) for v in list_theories(study)] == [
        (1, "First.", "How it works"),
        (2, "It may.", "How it may work"),
    ]
    with pytest.raises(NotFound, match="no version 3"):
        find_theory(study, 3)
    undo(study)
    assert find_theory(study).number == 1


def test_themes_are_put_to_boxes_arrows_and_what_is_new(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    import_theory(study, SMALL)
    coding = add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    first = link_theory(study, "trust", "Trust", "supports", site="glasgow", note="Often.")
    link_theory(study, "visit-to-trust", "fear", "challenges", coding=coding)
    link_theory(study, "small", "forms", "new")
    found = [(link.element, link.code, link.relation, link.site, link.coding) for link in list_links(study)]
    assert found == [
        ("trust", "trust", "supports", "Glasgow", None),
        ("visit-to-trust", "fear", "challenges", None, coding),
        ("small", "forms", "new", None, None),
    ]
    assert len(list_links(study.by("CD"))) == 2  # the passage is AB's, and hidden
    events = len(read_log(study))
    for kind, said, wrong in (
        (BadInput, "no relation", ("trust", "fear", "proves")),
        (NotFound, "no box or arrow 'truth'", ("truth", "fear", "supports")),
        (BadInput, "supports a box or an arrow", ("small", "fear", "supports")),
        (NotFound, "no code", ("trust", "nothing", "supports")),
    ):
        with pytest.raises(kind, match=said):
            link_theory(study, *wrong)
    with pytest.raises(BadInput, match="there already"):
        link_theory(study, "trust", "Trust", "supports", site="Glasgow")
    with pytest.raises(BadInput, match="not a site"):
        link_theory(study, "trust", "Trust", "supports", site="Leeds")
    with pytest.raises(NotFound, match="no coding"):
        link_theory(study.by("CD"), "trust", "fear", "supports", coding=coding)
    assert len(read_log(study)) == events
    unlink_theory(study, first)
    with pytest.raises(NotFound, match="no link"):
        unlink_theory(study, first)


def test_links_outlive_the_box_that_a_version_takes_out(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    import_theory(study, SMALL)
    link_theory(study, "help", "Trust", "challenges")
    import_theory(study, replace(SMALL, boxes=SMALL.boxes[:2], arrows=SMALL.arrows[:1]))
    assert [link.element for link in list_links(study)] == ["help"]
    with pytest.raises(NotFound):
        link_theory(study, "help", "Trust", "supports")


@given(theories())
def test_boxes_stand_apart_and_arrows_go_right_but_those_that_close_a_circle(theory: Theory) -> None:
    layout = lay_out(theory, {box.id: ["Glasgow: + 1 supports"] for box in theory.boxes[:2]})
    back = closing(theory)
    x = {one.box.id: one.x for one in layout.boxes}
    for placed in layout.arrows:
        assert placed.back == (placed.arrow.id in back)
        if not placed.back:
            assert x[placed.arrow.start] < x[placed.arrow.end]
            assert [p[0] for p in placed.points] == sorted(p[0] for p in placed.points)
    for n, one in enumerate(layout.boxes):
        assert one.x >= 0 and one.x + WIDTH <= layout.width and one.y + one.height <= layout.height
        for other in layout.boxes[n + 1 :]:
            if one.x == other.x:
                assert one.y + one.height <= other.y or other.y + other.height <= one.y
    rest = [arrow for arrow in theory.arrows if arrow.id not in back]
    assert closing(replace(theory, arrows=tuple(rest))) == set()


def test_a_feedback_loop_is_drawn_back() -> None:
    loop = replace(SMALL, arrows=(*SMALL.arrows, Arrow("again", "help", "visit", "and so on")))
    assert closing(loop) == {"again"}
