"""The theme map: nothing stands on anything else, what is shown is counted right, any name can be drawn."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qualbench.analysis.co_occurrence import co_occurrence, pairs_on_the_same_words
from qualbench.analysis.code_use import Use, code_use, rolled_up
from qualbench.analysis.theme_drawing import map_as_png, map_as_svg
from qualbench.analysis.theme_map import MOST_LINKS, Link, Node, ThemeMap, strongest, theme_map
from qualbench.analysis.theme_tree import map_as_text
from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry, read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.text.measure import drawn_width, wrap_drawn
from qualbench.text.spans import Span, overlaps
from tests.builders import ENTRIES, place, small_study
from tests.conftest import Demonstration

SVG = "{http://www.w3.org/2000/svg}"


def people(*numbers: int) -> Use:
    return Use(len(numbers), frozenset("s"), frozenset(f"P{n}" for n in numbers))


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in etree.fromstring(svg.encode()).iter(f"{SVG}text")]


def boxes(node: Node) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the circle and of the label."""
    yield node.x - node.radius, node.y - node.radius, node.x + node.radius, node.y + node.radius
    half = node.label_height / 2
    yield node.label_x, node.y - half, node.label_x + node.label_width, node.y + half


def assert_nothing_overlaps(drawn: ThemeMap) -> None:
    all_boxes = sorted((box, node.id) for node in drawn.nodes for box in boxes(node))
    for n, (a, _) in enumerate(all_boxes):
        for b, _ in all_boxes[n + 1 :]:
            if b[0] >= a[2]:
                break
            assert a[3] <= b[1] or b[3] <= a[1], (a, b)
    assert all(box[2] < drawn.links_x and box[1] > 0 and box[3] < drawn.height for box, _ in all_boxes)
    nodes = {node.id: node for node in drawn.nodes}
    for code in {i for link in drawn.links for i in (link.a, link.b)}:
        node = nodes[code]
        for box, _ in all_boxes:
            on_the_way = box[0] >= node.label_x + node.label_width and box[1] < node.y < box[3]
            assert not on_the_way, (node, box)


@st.composite
def maps(draw: st.DrawFn) -> tuple[Codebook, dict[str, Use], dict[tuple[str, str], int]]:
    entries: list[CodeEntry] = []
    for n in range(draw(st.integers(0, 14))):
        ids = [entry.id for entry in entries]
        themes = [entry.id for entry in entries if entry.level != "code"]
        entries.append(
            CodeEntry(
                f"c{n}",
                draw(st.sampled_from([None, *ids])),
                draw(st.sampled_from(LEVELS)),
                draw(
                    st.sampled_from(
                        ["Trust", "Fear & <shame>", "A long name " * 6, "信頼と恐れ" * 9, "x" * 80]
                    )
                ),
                also_in=tuple(draw(st.sets(st.sampled_from(themes)))) if themes else (),
                status=draw(st.sampled_from(["agreed", "candidate", "retired"])),
                colour=draw(st.sampled_from([None, "#F0E442", "#0072B2"])),
            )
        )
    ids = [entry.id for entry in entries]
    use = {i: people(*draw(st.sets(st.integers(1, 30), max_size=8))) for i in ids}
    pairs = [(a, b) for a in ids for b in ids if a < b]
    links = draw(st.dictionaries(st.sampled_from(pairs), st.integers(1, 9), max_size=12)) if pairs else {}
    return Codebook(entries), use, links


@settings(max_examples=40, deadline=None)
@given(made=maps())
def test_no_map_has_anything_on_anything_else(
    made: tuple[Codebook, dict[str, Use], dict[tuple[str, str], int]],
) -> None:
    book, use, links = made
    drawn = theme_map(book, use, links)
    assert_nothing_overlaps(drawn)
    assert {node.id for node in drawn.nodes} == {entry.id for _, entry in book.walk()}
    svg = map_as_svg(drawn)
    names = "".join(texts(svg)).replace(" ", "")
    assert all(entry.label.replace(" ", "") in names for _, entry in book.walk())
    assert svg == map_as_svg(theme_map(book, dict(reversed(use.items())), dict(reversed(links.items()))))
    assert len(map_as_text(book, use).splitlines()) == len(drawn.nodes) + (2 if len(book) else 1)


def test_sizes_are_of_people_once_each() -> None:
    use = {"fear": people(1, 2), "judged": people(2, 3, 4), "forms": people(9)}
    drawn = theme_map(Codebook(ENTRIES), use, {})
    shown = {node.id: node.participants for node in drawn.nodes}
    assert shown == {"trust": 4, "social-work": 4, "fear": 2, "judged": 3, "trial": 1, "forms": 1}
    areas = {node.id: node.radius**2 / node.participants for node in drawn.nodes}
    assert max(areas.values()) == pytest.approx(min(areas.values()))
    assert drawn.participants == 5
    svg = map_as_svg(drawn)
    assert "5 participants have words that are coded" in " ".join(texts(svg))
    assert "No two codes lie on the same words." in texts(svg)


def test_links_are_between_codes_of_which_none_stands_above_the_other() -> None:
    use = {"fear": people(1), "forms": people(1)}
    links = {("fear", "trust"): 9, ("forms", "gone"): 9, ("fear", "forms"): 4, ("judged", "trial"): 2}
    drawn = theme_map(Codebook(ENTRIES), use, links)
    assert drawn.links == (Link("fear", "forms", 4), Link("judged", "trial", 2))
    assert (drawn.pairs, drawn.threshold) == (2, 2)
    svg = map_as_svg(drawn)
    assert "overlap twice or more (all pairs)" in " ".join(texts(svg))
    assert "Fear and Forms: long / short: 4" in svg


def test_only_the_strongest_links_are_drawn_and_alike_ones_together() -> None:
    links = {("a", f"b{n:02}"): 5 if n < 12 else 3 if n < 28 else 1 for n in range(60)}
    shown, threshold = strongest(links)
    assert (len(shown), threshold, shown[0]) == (28, 3, Link("a", "b00", 5))
    assert strongest({pair: 1 for pair in links}) == ([], 2)
    assert strongest({}) == ([], 1)
    assert len(shown) <= MOST_LINKS
    names = [f"b{n:02}" for n in range(60)]
    book = Codebook([CodeEntry(i, None, "code", i) for i in ("a", *names)])
    legend = " ".join(texts(map_as_svg(theme_map(book, {"a": people(1)}, links))))
    assert "overlap 3 times or more (28 of 60 pairs)" in legend
    legend = " ".join(texts(map_as_svg(theme_map(book, {"a": people(1)}, dict.fromkeys(links, 1)))))
    assert "60 pairs of codes lie on the same words, too many alike to be drawn." in legend


def test_a_map_before_any_coding_and_one_of_no_codes() -> None:
    drawn = theme_map(Codebook(ENTRIES), {}, {})
    assert_nothing_overlaps(drawn)
    svg = map_as_svg(drawn)
    assert "Nothing is coded yet." in " ".join(texts(svg))
    assert set(re.findall(r'<circle [^>]*fill="(#\w+)"', svg)) == {"#FFFFFF"}
    assert map_as_text(Codebook(ENTRIES), {}).endswith("Nothing is coded yet.\n")
    assert "There are no codes yet." in texts(map_as_svg(theme_map(Codebook([]), {}, {})))


def test_names_are_escaped_and_kept_whole() -> None:
    label = 'Fear & <b>"shame"</b>\x07 ]]> ﷽'
    book = Codebook([CodeEntry("a", None, "theme", label, colour="#000000")])
    svg = map_as_svg(theme_map(book, {"a": people(1)}, {}))
    assert " ".join(texts(svg)).startswith('Fear & <b>"shame"</b> ]]>')
    assert not list(etree.fromstring(svg.encode()).iter(f"{SVG}b"))


def test_the_tree_of_the_terminal() -> None:
    use = {"fear": people(1, 2), "forms": people(3)}
    assert map_as_text(Codebook(ENTRIES), use).splitlines() == [
        "participants              sources  codings",
        "█████████████▍          2       1        2  Trust",
        "█████████████▍          2       1        2    Social work",
        "█████████████▍          2       1        2      Fear",
        "                        0       0        0      Being judged",
        "██████▋                 1       1        1  The trial",
        "██████▋                 1       1        1    Forms: long / short",
        "Of 3 participants whose words are coded.",
    ]


def test_three_hundred_codes_are_drawn_in_a_second() -> None:
    chance = random.Random(2)
    entries = [CodeEntry(f"t{n}", None, "theme", f"Theme {n}") for n in range(8)]
    entries += [CodeEntry(f"s{n}", f"t{n % 8}", "subtheme", f"Sub-theme {n}") for n in range(32)]
    entries += [CodeEntry(f"c{n}", f"s{n % 32}", "code", f"Code {n} of what was said") for n in range(300)]
    use = {e.id: people(*chance.sample(range(40), chance.randint(0, 12))) for e in entries}
    links = {(f"c{a}", f"c{b}"): chance.randint(1, 5000) for a in range(100) for b in range(200, 300)}
    began = time.perf_counter()
    drawn = theme_map(Codebook(entries), use, links)
    svg = map_as_svg(drawn)
    assert time.perf_counter() - began < 1
    assert_nothing_overlaps(drawn)
    assert len(svg) < 400_000 and 0 < len(drawn.links) <= MOST_LINKS


def test_the_map_of_the_demonstration(demonstration: Demonstration) -> None:
    study = demonstration.study
    book, use = read_codebook(study), code_use(study, "agreed")
    drawn = theme_map(book, use, co_occurrence(study, "agreed"))
    assert_nothing_overlaps(drawn)
    together = rolled_up(use, book)
    assert {n.id: n.participants for n in drawn.nodes} == {
        i: len(u.participants) for i, u in together.items()
    }
    assert drawn.links
    png = map_as_png(map_as_svg(drawn))
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[n : n + 4], "big") for n in (16, 20))
    assert width > 1500 and height > 1000


def test_a_png_has_its_names_written() -> None:
    svg = map_as_svg(theme_map(Codebook(ENTRIES), {}, {}))
    unlabelled = re.sub(r"<text.*?</text>", "", svg)
    assert map_as_png(svg) != map_as_png(unlabelled)
    assert map_as_png(svg) == map_as_png(svg)


def test_the_drawing_needs_its_library_only_for_png() -> None:
    code = "import sys; sys.modules['resvg_py'] = None; import qualbench.analysis.theme_drawing"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_codes_on_the_same_words_are_counted_by_passages(study: Study, tmp_path: Path) -> None:
    small = small_study(study, tmp_path / "files")
    for words, code in (("feart of them", "fear"), ("of them.", "judged"), ("They judge ye.", "judged")):
        add_coding(small, "P07_b", place(small, "P07_b", words), code)
    add_coding(small, "P07_b", place(small, "P07_b", "me. 🙂 They judge"), "trust")
    add_coding(small, "P07_f", place(small, "P07_f", "The forms"), "fear")
    add_coding(small, "P07_f", place(small, "P07_f", " were long."), "judged")
    assert co_occurrence(small, "AB") == {("fear", "judged"): 1, ("judged", "trust"): 1}
    with pytest.raises(Refused):
        co_occurrence(small.by("CD"), "AB")
    for who in ("AB", "CD"):
        finish(small.by(who), ["P07_f"])
    assert co_occurrence(small.by("CD"), "AB") == {}


spans = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda at: Span(at[0], at[0] + at[1]))


@given(codings=st.lists(st.tuples(spans, st.sampled_from("abcd")), max_size=25))
def test_any_pairs_are_those_found_by_comparing_all(codings: list[tuple[Span, str]]) -> None:
    expected: dict[tuple[str, str], int] = {}
    for n, (span, code) in enumerate(codings):
        for other_span, other in codings[n + 1 :]:
            if code != other and overlaps(span, other_span):
                pair = (min(code, other), max(code, other))
                expected[pair] = expected.get(pair, 0) + 1
    assert pairs_on_the_same_words(codings) == expected


@given(text=st.text(max_size=60), width=st.floats(30, 300), bold=st.booleans())
def test_wrapping_keeps_every_letter_and_the_width(text: str, width: float, bold: bool) -> None:
    lines = wrap_drawn(text, 12, width, bold=bold)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(drawn_width(line, 12, bold=bold) <= width or len(line) == 1 for line in lines)
