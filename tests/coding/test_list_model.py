"""Any sequence of changes to codings, by two coders with undo and redo, against a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qualbench.coding.applying import (
    Passage,
    apply_codes,
    rebound,
    remove_codings,
    set_exemplar,
)
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study, create_study
from qualbench.study.journal import redo, undo
from qualbench.study.settings import add_coder, set_up
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source
from tests.builders import small_study

pytestmark = pytest.mark.slow

CODES = ["fear", "judged"]
SOURCE = "P07_b"
LENGTH = 110  # of its text, in code points

spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 30)).map(
    lambda p: Span(p[0], min(LENGTH, sum(p)))
)
steps = st.tuples(
    st.integers(0, 1),  # which coder
    st.sampled_from(
        ["apply"] * 4 + ["extend"] * 2 + ["rebound", "remove", "exemplar", "undo", "redo", "back and forth"]
    ),
    st.lists(spans, min_size=1, max_size=2),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=2),
    st.integers(0, 9),  # which of the codings there are
)


@dataclass(frozen=True)
class Kept:
    """A coding of the list model; the id is empty until the study has given one."""

    id: str
    code: str
    span: Span
    exemplar: bool = False

    def shares_a_character(self, span: Span) -> bool:
        return bool({*range(*self.span)} & {*range(*span)})


class ListModel:
    """One coder's codings of the source: a list, the first made first, and two stacks of such lists."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept: list[Kept] = []
        self.done: list[list[Kept]] = []
        self.undone: list[list[Kept]] = []

    def words(self, span: Span) -> Span:
        """A span without white space at its ends."""
        start, end = span
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Span(start, end)

    def apply(self, span: Span, code: str) -> None:
        reached = [one for one in self.kept if one.code == code and one.shares_a_character(span)]
        if reached:
            self.grow(reached[0], reached[1:], [span, *(one.span for one in reached)])
        else:
            self.kept.append(Kept("", code, span))

    def rebound(self, coding: Kept, span: Span) -> None:
        others = [one for one in self.kept if one.code == coding.code and one.id != coding.id]
        reached = [one for one in others if one.shares_a_character(span)]
        self.grow(coding, reached, [span, *(one.span for one in reached)])

    def grow(self, coding: Kept, gone: list[Kept], over: list[Span]) -> None:
        """A coding comes to reach over some spans, and takes others in."""
        span = Span(min(one.start for one in over), max(one.end for one in over))
        grown = replace(coding, span=span, exemplar=any(one.exemplar for one in (coding, *gone)))
        self.kept = [grown if one == coding else one for one in self.kept if one not in gone]

    def remember(self, before: list[Kept]) -> None:
        self.done.append(before)
        self.undone.clear()


def reverse(study: Study, model: ListModel, kind: str) -> None:
    """Undo or redo in the study and in the model."""
    act = undo if kind == "undo" else redo
    come_from, go_to = (model.done, model.undone) if kind == "undo" else (model.undone, model.done)
    if not come_from:
        with pytest.raises(Refused, match="nothing of"):
            act(study)
        return
    act(study)
    go_to.append(model.kept)
    model.kept = come_from.pop()


def step(study: Study, model: ListModel, kind: str, at: Sequence[Span], codes: list[str], n: int) -> None:
    """Do the same to the study and to the model; a refusal must change neither."""
    if kind in ("undo", "redo"):
        for _ in range(n % 3 + 1):
            reverse(study, model, kind)
        return
    if kind == "back and forth":
        for way in ["undo"] * (n % 4 + 1) + ["redo"] * (n // 2):
            reverse(study, model, way)
        return
    before, words = model.kept.copy(), [model.words(span) for span in at]
    coding = model.kept[n % len(model.kept)] if model.kept else None
    if kind == "apply" or (kind == "extend" and coding is None):
        act = partial(apply_codes, study, [Passage(SOURCE, span) for span in at], codes)
        for code in codes:
            for span in sorted(words):
                model.apply(span, code)
    elif coding is None:
        return
    elif kind == "extend":
        middle = (coding.span.start + coding.span.end) // 2
        words = [model.words(Span(middle, max(middle + 1, at[0].end)))]
        act = partial(apply_codes, study, [Passage(SOURCE, words[0])], [coding.code])
        model.apply(words[0], coding.code)
    elif kind == "rebound":
        words = words[:1]
        act = partial(rebound, study, coding.id, at[0])
        model.rebound(coding, words[0])
    elif kind == "exemplar":
        words = []
        act = partial(set_exemplar, study, coding.id, not coding.exemplar)
        model.kept = [replace(k, exemplar=not k.exemplar) if k == coding else k for k in model.kept]
    else:
        words, gone = [], [model.kept[(n + m) % len(model.kept)] for m in range(len(at))]
        act = partial(remove_codings, study, [one.id for one in gone])
        model.kept = [one for one in model.kept if one not in gone]
    if any(span.start == span.end for span in words) or model.kept == before:
        model.kept = before
        with pytest.raises(BadInput if any(span.start == span.end for span in words) else Refused):
            act()
    else:
        act()
        model.remember(before)


def compare(study: Study, model: ListModel) -> None:
    """The study holds what the model holds; codings that the model does not know yet get their ids."""
    found = {(c.code, c.span): c for c in list_codings(study, source=SOURCE)}
    assert sorted(found) == sorted((one.code, one.span) for one in model.kept)
    model.kept = [replace(k, id=k.id or found[k.code, k.span].id) for k in model.kept]
    for kept in model.kept:
        coding = found[kept.code, kept.span]
        assert (coding.id, coding.exemplar, coding.layer) == (kept.id, kept.exemplar, study.coder)
        assert 0 <= coding.start < coding.end <= len(model.text)
        assert coding.quote == coding.quote.strip() == model.text[coding.start : coding.end]
    for code in CODES:
        of_code = sorted(one.span for one in model.kept if one.code == code)
        assert all(one.end <= other.start for one, other in pairwise(of_code))


def check_any_sequence(study: Study, examples: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """Draw sequences of steps by two coders, in one source, and hold them against the model.

    Each has two coders of its own, so that one study does for all.
    """
    text, numbers = read_source(study, SOURCE).text, count()
    assert len(text) == LENGTH

    @settings(max_examples=examples, deadline=None, phases=phases)
    @given(sequence=st.lists(steps, min_size=4, max_size=20))
    def run(sequence: list[tuple[int, str, list[Span], list[str], int]]) -> None:
        pair = [f"AB{next(numbers)}", f"CD{next(numbers)}"]
        for coder in pair:
            add_coder(study, coder)
        at_work = [(study.by(coder), ListModel(text)) for coder in pair]
        for who, kind, at, codes, n in sequence:
            step(*at_work[who], kind, at, codes, n)
            for their_study, model in at_work:
                compare(their_study, model)

    run()


def test_any_sequence_of_changes_leaves_what_a_list_would_hold(sqlite_study: Study, tmp_path: Path) -> None:
    check_any_sequence(small_study(sqlite_study, tmp_path / "files"), 150)


def test_and_on_postgresql(empty_database: str, tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", coder="AB", database=empty_database)
    set_up(study, "A study")
    # without shrinking, which would take minutes here: SQLite shows a smaller example of nearly any fault
    check_any_sequence(small_study(study, tmp_path / "files"), 8, [Phase.generate])
    study.close()
