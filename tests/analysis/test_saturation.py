"""Saturation: which codes are new in which source, and when the threshold is met."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from qualbench.analysis.saturation import Curve, Saturation, Step, assess, saturation
from qualbench.analysis.saturation_drawing import saturation_as_svg
from qualbench.analysis.saturation_report import finding, order_of_sources
from qualbench.coding.assigning import assign
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import STANCES
from qualbench.study.tables import Source
from qualbench.text.measure import drawn_width
from qualbench.transcripts.sources import source_ids
from tests.builders import code_as_they_are, place, small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def code(study: Study, source: str, words: str, *codes: str) -> None:
    code_as_they_are(study, source, [(place(study, source, words), one) for one in codes])


def date(study: Study, **dates: str | None) -> None:
    with change(study, "rename", "Dated") as changed:
        ids = source_ids(changed.db, list(dates))
        changed.update(Source, [{"id": ids[name], "date": day} for name, day in dates.items()])


def steps(study: Study, **options: object) -> list[tuple[str, int, tuple[str, ...], int]]:
    (curve,) = saturation(study, layer="AB", **options).curves  # type: ignore[arg-type]
    return [(step.source, step.codes, step.new, step.so_far) for step in curve.steps]


def test_a_code_is_new_in_the_first_source_that_has_it(small: Study) -> None:
    code(small, "P07_b", "They judge ye.", "judged", "fear")
    code(small, "P07_f", "The forms were long.", "forms", "judged")
    code(small, "group", "Murder, aye.", "fear")
    assert steps(small) == [
        ("P07_b", 2, ("Fear", "Being judged"), 2),
        ("P07_f", 2, ("Forms: long / short",), 3),
        ("group", 1, (), 3),
    ]
    assert [one[2] for one in steps(small, rows="themes")] == [("Trust",), ("The trial",), ()]
    found = saturation(small, layer="AB", base_size=1, run_length=1, threshold=0)
    assert (found.curves[0].base, [run.new for run in found.curves[0].runs]) == (2, [1, 0])
    assert found.curves[0].met_at == 2


def test_sources_go_by_date_and_those_without_one_follow_as_they_came_in(small: Study) -> None:
    for source, words in (("P07_b", "They"), ("P07_f", "The forms"), ("group", "Murder")):
        code(small, source, words, "fear")
    assert order_of_sources(saturation(small, layer="AB")).startswith("in the order of import")
    date(small, group="2025-02-01", P07_f="2025-03-01")
    assert [one[0] for one in steps(small)] == ["group", "P07_f", "P07_b"]
    found = saturation(small, layer="AB")
    assert found.undated == ["P07_b"]
    assert order_of_sources(found) == (
        "in the order of their dates (1 without one stand last, in the order of import)"
    )
    date(small, P07_b="2025-02-15")
    assert [one[0] for one in steps(small)] == ["group", "P07_b", "P07_f"]
    assert order_of_sources(saturation(small, layer="AB")) == "in the order of their dates"


def test_interviewers_words_bring_no_code_and_each_group_has_its_own(small: Study) -> None:
    code(small, "group", "Who starts?", "judged")
    code(small, "group", "Murder, aye.\n\nFEW01: I filled", "forms")
    code(small, "group", "I filled", "fear")
    code(small, "P07_b", "They judge ye.", "fear")
    found = saturation(small, layer="AB", by_stakeholder=True)
    assert [(curve.group, [(step.source, step.new) for step in curve.steps]) for curve in found.curves] == [
        ("Parent", [("P07_b", ("Fear",)), ("group", ("Forms: long / short",))]),
        ("Family engagement worker", [("group", ("Fear", "Forms: long / short"))]),
    ]


def test_a_source_that_is_not_coded_yet_is_no_source_without_news(quick: Study) -> None:
    code(quick, "P07_b", "They judge ye.", "fear")
    found = saturation(quick, layer="AB")
    assert ([step.source for step in found.curves[0].steps], found.uncoded) == (
        ["P07_b"],
        ["P07_f", "group"],
    )
    finish(quick, ["group"])
    found = saturation(quick, layer="AB")
    assert [(step.source, step.new) for step in found.curves[0].steps] == [
        ("P07_b", ("Fear",)),
        ("group", ()),
    ]
    assert saturation(quick).uncoded == ["P07_b", "P07_f", "group"]


def test_what_may_not_be_seen_yet_is_left_out_and_told(quick: Study) -> None:
    code(quick, "P07_b", "They judge ye.", "fear")
    assign(quick, ["P07_b"], ["CD"])
    finish(quick, ["P07_b"])
    other = quick.by("CD")
    assert (saturation(other).hidden, saturation(other).curves[0].steps) == (["P07_b"], ())
    with pytest.raises(Refused, match="hidden"):
        saturation(other, layer="AB")


def test_figures_that_cannot_be_are_told(quick: Study) -> None:
    for options, sentence in (
        ({"rows": "words"}, "'words' cannot be counted"),
        ({"base_size": 0}, "at least one source"),
        ({"run_length": 0}, "at least one source"),
        ({"threshold": 101}, "101 % cannot be"),
        ({"threshold": float("nan")}, "nan % cannot be"),
    ):
        with pytest.raises(BadInput, match=sentence):
            saturation(quick, **options)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="no layer 'EF'"):
        saturation(quick, layer="EF")


def test_the_example_of_guest_namey_and_chen() -> None:
    """Their first run: 7 new themes, 37 in a base of four interviews, hence 19 %."""
    base, runs, met_at = assess([18, 9, 6, 4, 5, 2, 1, 0, 0], 4, 2, 5)
    assert base == 37
    assert [(run.first, run.last, run.new) for run in runs] == [
        (5, 6, 7),
        (6, 7, 3),
        (7, 8, 1),
        (8, 9, 0),
    ]
    assert [f"{run.ratio:.0%}" for run in runs] == ["19%", "8%", "3%", "0%"]
    assert met_at == 6
    assert assess([18, 9, 6, 4, 5, 2, 1, 0, 0], 4, 2, 0)[2] == 7


@given(
    st.lists(st.sets(st.integers(0, 12)), max_size=12),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from([0.0, 5.0, 12.5, 50.0, 100.0]),
)
@example([{1, 2, 3, 4, 5, 6, 7, 8}, {9}, {9}], 1, 1, 12.5)
@example([set(), set(), {1}], 1, 1, 5.0)
def test_any_run_equals_looking_at_the_sets_of_codes(
    sources: list[set[int]], base_size: int, run_length: int, threshold: float
) -> None:
    seen: list[set[int]] = [set().union(*sources[:n]) for n in range(len(sources) + 1)]
    base, runs, met_at = assess(
        [len(here - before) for here, before in zip(sources, seen, strict=False)],
        base_size,
        run_length,
        threshold,
    )
    if len(sources) < base_size:
        assert (base, runs, met_at) == (None, [], None)
        return
    assert base == len(seen[base_size])
    windows = [
        (before, before + run_length)
        for before in range(base_size, len(sources))
        if before + run_length <= len(sources)
    ]
    fresh = [len(set().union(*sources[a:b]) - seen[a]) for a, b in windows]
    assert [(run.first, run.last, run.new) for run in runs] == [
        (a + 1, b, new) for (a, b), new in zip(windows, fresh, strict=True)
    ]
    assert [run.ratio for run in runs] == [new / base if base else None for new in fresh]
    under = [
        a
        for (a, _), new in zip(windows, fresh, strict=True)
        if base and Fraction(new, base) <= Fraction(threshold) / 100
    ]
    assert met_at == (under[0] if under else None)


SVG = "{http://www.w3.org/2000/svg}"


def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right and bottom of every text, as wide as the widest font would draw it."""
    found = []
    for element in etree.fromstring(svg.encode()).iter(f"{SVG}text"):
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        words = "".join(element.itertext())
        width = drawn_width(words, size, bold="font-weight" in element.attrib)
        found.append((x, y - size * 0.8, x + width, y + size * 0.2, words))
    return found


def as_drawn(new: list[int], base_size: int, run_length: int, group: str = "") -> Curve:
    steps = [Step(f"s{n}", None, count, ("x",) * count, sum(new[: n + 1])) for n, count in enumerate(new)]
    base, runs, met_at = assess(new, base_size, run_length, 5)
    return Curve(group, tuple(steps), base, tuple(runs), met_at)


NARROW = Saturation((as_drawn([9] + [0] * 119, 1, 1),), "codes", "AB", 1, 1, 5, [], [], [])


@st.composite
def curves(draw: st.DrawFn) -> Saturation:
    base_size, run_length = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    groups = draw(st.lists(st.sampled_from(["Parent", "A & <b>", "x" * 90, "信頼 " * 30]), max_size=3))
    new = st.lists(st.integers(0, 300), max_size=draw(st.sampled_from([3, 20, 120])))
    made = tuple(as_drawn(draw(new), base_size, run_length, group) for group in groups or [""])
    return Saturation(made, "codes", "AB", base_size, run_length, 5, [], ["a"], ["b"])


@given(curves(), st.sampled_from(STANCES))
@example(NARROW, "codebook")
def test_no_words_of_the_drawing_lie_on_others_or_leave_it(found: Saturation, stance: str) -> None:
    svg = saturation_as_svg(found, stance)
    root = etree.fromstring(svg.encode())
    drawn = boxes(svg)
    for n, (left, top, right, bottom, words) in enumerate(drawn):
        assert left >= 0 and top >= 0, words
        assert right <= float(root.attrib["width"]) and bottom <= float(root.attrib["height"]), words
        for other in drawn[n + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (words, other[4])


def test_the_drawing_names_no_source_and_says_what_it_depends_on(quick: Study) -> None:
    for source, words in (("P07_b", "They"), ("P07_f", "The forms"), ("group", "Murder")):
        code(quick, source, words, "fear")
    found = saturation(quick, layer="AB", base_size=1, run_length=1)
    svg = saturation_as_svg(found, "reflexive")
    said = " ".join(
        " ".join(element.itertext()) for element in etree.fromstring(svg.encode()).iter(f"{SVG}text")
    )
    assert "P07" not in svg and "group" not in said
    assert "The threshold of 5 % was met after 1 source (1+1): the run after them brought 0 new" in said
    assert "Base 1, run 1, new-information threshold 5 % (Guest, Namey & Chen 2020)" in said
    assert "Saturation is contested in reflexive analysis" in said
    assert svg == saturation_as_svg(found, "reflexive")
    assert "contested" not in saturation_as_svg(found, "codebook")


def test_the_finding_says_when_news_came_again_and_when_there_is_too_little() -> None:
    def told(new: list[int], base_size: int = 2) -> str:
        curve = as_drawn(new, base_size, 1)
        return finding(curve, Saturation((curve,), "codes", "AB", base_size, 1, 5, [], [], []))

    assert told([]) == "No source is coded yet."
    assert told([4, 1]).endswith("Too few sources for a base of 2 and a run of 1.")
    assert told([0, 0, 1]).endswith("No share of nothing can be told.")
    assert told([4, 2, 1]).endswith("was not met: the last run brought 1 new, 16.7 % of the base.")
    assert told([4, 2, 0, 3, 0, 0]).endswith(
        "(2+1): the run after them brought 0 new, 0 % of the base. Of 3 later runs 1 brought more than that "
        "share."
    )
