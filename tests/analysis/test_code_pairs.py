"""Which codes go together: by hand, and against the slow obvious way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qualbench.analysis.code_pairs import CodePairs, Meetings, Placed, Talk, add_meetings, code_pairs
from qualbench.coding.assigning import assign
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span
from tests.builders import code_as_they_are, place, small_study


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def code(study: Study, source: str, words: str, code_id: str) -> None:
    code_as_they_are(study, source, [(place(study, source, words), code_id)])


def count(pairs: CodePairs, a: str, b: str) -> int:
    return pairs.counts[pairs.codes.index(a)][pairs.codes.index(b)]


def share(pairs: CodePairs, a: str, b: str) -> float | None:
    return pairs.jaccard[pairs.codes.index(a)][pairs.codes.index(b)]


def test_a_pair_counts_once_for_each_participant_whose_words_both_hold(small: Study) -> None:
    both = "murder.\n\nP08: Murder, aye.\n\nFEW01: I filled"
    code(small, "group", both, "forms")
    code(small, "group", both, "fear")
    code(small, "group", "I filled mine in", "judged")
    pairs = code_pairs(small, layer="AB")
    assert pairs.codes == ["fear", "judged", "forms"]
    assert pairs.rows == ["Fear", "Being judged", "Forms: long / short"]
    assert pairs.counts == [[3, 1, 3], [1, 1, 1], [3, 1, 3]]
    assert share(pairs, "fear", "forms") == 1.0
    talk, shared = len("murder.") + len("Murder, aye.") + len("I filled"), len("I filled")
    assert share(pairs, "fear", "judged") == shared / (talk + len(" mine in"))


def test_two_that_share_only_an_interviewers_words_do_not_meet(small: Study) -> None:
    code(small, "P07_b", "I was feart of them.\n\nI: Why?", "fear")
    code(small, "P07_b", "Why?\n\nP07: Naïve, me.", "judged")
    code(small, "P07_b", "How did you hear?", "forms")
    for within, met in ((None, 0), (0, 0), (1, 0), (2, 1), (10**9, 1)):
        pairs = code_pairs(small, within=within, layer="AB")
        assert pairs.codes == ["fear", "judged"], "what only the interviewer said counts for nobody"
        assert count(pairs, "fear", "judged") == count(pairs, "judged", "fear") == met


def test_the_same_turn_is_more_than_the_same_words_and_less_than_the_next_turn(small: Study) -> None:
    code(small, "P07_b", "Naïve, me.", "fear")
    code(small, "P07_b", "They judge ye.", "judged")
    code(small, "P07_b", "From a pal", "forms")
    assert code_pairs(small, layer="AB").counts == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    turn = code_pairs(small, within=0, layer="AB")
    assert (count(turn, "fear", "judged"), share(turn, "fear", "judged")) == (1, 1.0)
    assert (count(turn, "fear", "forms"), share(turn, "fear", "forms")) == (0, 0.0)
    near = code_pairs(small, within=2, layer="AB")
    assert (count(near, "fear", "forms"), share(near, "fear", "forms")) == (1, 1.0)


def test_codes_can_be_counted_for_their_themes(small: Study) -> None:
    code(small, "P07_b", "Naïve, me.", "fear")
    code(small, "P07_b", "Naïve, me.", "judged")
    code(small, "P07_b", "Naïve", "forms")
    code(small, "P07_b", "Naïve", "trust")
    themes = code_pairs(small, "themes", layer="AB")
    assert (themes.rows, themes.counts) == (["Trust", "The trial"], [[3, 3], [3, 1]])
    subthemes = code_pairs(small, "subthemes", layer="AB")
    assert (subthemes.rows, subthemes.counts, subthemes.left_out) == (["Social work"], [[2]], 2)


def test_only_some_sources_can_be_looked_at(small: Study) -> None:
    for source, words in (("P07_b", "They judge ye."), ("P07_f", "The forms were long.")):
        code(small, source, words, "fear")
        code(small, source, words, "judged")
    pairs = code_pairs(small, layer="AB", sources=["P07_f"])
    assert (pairs.sources, pairs.counts) == (["P07_f"], [[1, 1], [1, 1]])
    assert code_pairs(small, layer="AB").counts == [[2, 2], [2, 2]]
    with pytest.raises(NotFound, match="no source 'P09'"):
        code_pairs(small, layer="AB", sources=["P09"])


def test_a_coder_does_not_see_what_goes_together_where_they_have_still_to_finish(quick: Study) -> None:
    code(quick, "P07_b", "They judge ye.", "fear")
    finish(quick, ["P07_b"])
    other = quick.by("CD")
    with pytest.raises(Refused, match="hidden"):
        code_pairs(other, layer="AB")
    assign(quick, ["P07_b"], ["CD"])
    assert code_pairs(other).hidden == ["P07_b"]
    assert code_pairs(other).sources == ["P07_f", "group"]
    finish(other, ["P07_b"])
    assert code_pairs(other, layer="AB").sources == ["P07_b"]


def test_what_cannot_be_counted_is_told(quick: Study) -> None:
    with pytest.raises(BadInput, match="'words' cannot be rows"):
        code_pairs(quick, "words")
    with pytest.raises(BadInput, match="counted from 0"):
        code_pairs(quick, within=-1)
    with pytest.raises(NotFound, match="no layer 'EF'"):
        code_pairs(quick, layer="EF")
    empty = code_pairs(quick)
    assert (empty.rows, empty.counts, empty.jaccard) == ([], [], [])


@st.composite
def sources(draw: st.DrawFn) -> tuple[list[Placed], list[Talk]]:
    """Turns of two participants and an interviewer, one after another, and codings anywhere."""
    talk, at = [], 0
    for n in range(1, draw(st.integers(1, 7)) + 1):
        length = draw(st.integers(1, 5))
        who = draw(st.sampled_from(["P1", "P2", None]))
        if who is not None:
            talk.append(Talk(n, Span(at, at + length), who))
        at += length + draw(st.integers(0, 2))
    codings = []
    for n in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, at - 1))
        end = draw(st.integers(start + 1, at))
        codings.append(Placed(f"c{n}", draw(st.sampled_from("ABC")), Span(start, end)))
    return codings, talk


TWO_SPEAKERS = (
    [Placed("c0", "A", Span(0, 9)), Placed("c1", "B", Span(4, 9))],
    [Talk(1, Span(0, 5), "P1"), Talk(2, Span(6, 9), "P2")],
)
TOUCHING = (
    [Placed("c0", "A", Span(4, 9)), Placed("c1", "B", Span(0, 4)), Placed("c2", "C", Span(9, 10))],
    [Talk(1, Span(0, 10), "P1")],
)


@given(sources(), st.sampled_from([None, 0, 1, 2, 3]))
@example(TOUCHING, None)
@example(TWO_SPEAKERS, None)
@example(TWO_SPEAKERS, 1)
def test_any_count_equals_looking_at_every_code_point_and_every_turn(
    source: tuple[list[Placed], list[Talk]], within: int | None
) -> None:
    codings, talk = source
    met = Meetings()
    add_meetings(met, codings, talk, within)

    # the words and turns of each coding x participant, one by one
    held: dict[tuple[str, str, str], set[tuple[int, int]]] = {}
    for coding in codings:
        for turn in talk:
            points = {(turn.n, at) for at in range(*turn.span) if coding.span.start <= at < coding.span.end}
            if points:
                held.setdefault((coding.row, coding.id, turn.participant), set()).update(points)

    def meet(a: set[tuple[int, int]], b: set[tuple[int, int]]) -> bool:
        if within is None:
            return bool(a & b)
        return any(abs(n - m) <= within for n, _ in a for m, _ in b)

    assert met.single == Counter(row for row, _, _ in held)
    for a, b in ("AB", "AC", "BC"):
        ones = [points for (row, _, _), points in held.items() if row == a]
        others = [points for (row, _, _), points in held.items() if row == b]
        assert met.pairs[a, b] == sum(meet(one, other) for one in ones for other in others)
        mine, theirs = set().union(*ones), set().union(*others)
        if not mine and not theirs:
            continue
        if within is None:
            wanted = len(mine & theirs) / len(mine | theirs)
        else:
            one, other = {n for n, _ in mine}, {n for n, _ in theirs}
            near = {n for n in one if any(abs(n - m) <= within for m in other)}
            near |= {m for m in other if any(abs(n - m) <= within for n in one)}
            wanted = len(near) / len(one | other)
        assert met.jaccard((a, b)) == wanted
