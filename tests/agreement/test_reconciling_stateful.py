"""Three coders reconcile pairwise, in any order: their layers stay, nothing is lost, everything goes back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qualbench.agreement.comparable import pairs
from qualbench.agreement.deciding import decide, reopen
from qualbench.agreement.finishing import finish
from qualbench.agreement.items import Item, Queue
from qualbench.agreement.outcomes import OUTCOMES
from qualbench.agreement.queue import read_queue, read_queues
from qualbench.agreement.settling import RULES, Tolerance, settle, settleable
from qualbench.codebook.merging import merge_codes
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.reviewing import recode, uncode
from qualbench.coding.undoing import undo
from qualbench.errors import QualbenchError, Refused
from qualbench.study.database import Study, create_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import newest_event
from qualbench.study.settings import set_up
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span, overlaps
from tests.builders import code_as_they_are, fill_agreed
from tests.study.builders import add_coders, add_codes, add_source

pytestmark = pytest.mark.slow

CODERS = ("AB", "CD", "EF")
CODES = ("x", "y", "z")
TEXT = "abcde " * 12
SOURCE = "P01_baseline"
coders = st.sampled_from(CODERS)
picks = st.integers(0, 30)
layers = st.lists(
    st.tuples(st.integers(0, 30), st.integers(2, 14), st.sampled_from(CODES)), min_size=1, max_size=6
)

Agreed = set[tuple[Span, str]]


class ThreeCoders(RuleBasedStateMachine):
    """One source that three coders have coded, at first without seeing each other."""

    @initialize(ab=layers, cd=layers, ef=layers)
    def begin(self, **drawn: list[tuple[int, int, str]]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="qualbench-state-")
        self.study: Study = create_study(Path(self.folder.name) / "study", coder="AB")
        set_up(self.study, "A study")
        add_coders(self.study, "CD", "EF")
        add_codes(self.study, *CODES)
        add_source(self.study, TEXT)
        for coder, codings in drawn.items():
            spans = {(Span(start, start + length), code) for start, length, code in codings}
            code_as_they_are(self.study.by(coder.upper()), SOURCE, sorted(spans))
        finish(self.study.by("AB"), [SOURCE])
        finish(self.study.by("CD"), [SOURCE])
        self.merged = self.reviewed = False
        self.layers = self.own_layers()

    def teardown(self) -> None:
        if not hasattr(self, "study"):
            return
        try:
            self.decide_the_rest()
            assert check_study(self.study) == []
        finally:
            self.study.close()
            self.folder.cleanup()

    # What there is

    def own_layers(self) -> dict[str, list[CodingRead]]:
        return {coder: list_codings(self.study.by(coder), layer=coder) for coder in CODERS}

    def agreed_rows(self) -> list[CodingRead]:
        return list_codings(self.study, layer=AGREED)

    def agreed(self) -> Agreed:
        return {(coding.span, coding.code) for coding in self.agreed_rows()}

    def queue(self, pick: int) -> Queue:
        queues = read_queues(self.study)
        return queues[pick % len(queues)]

    def open_item(self, pick: int) -> Item | None:
        found = [item for queue in read_queues(self.study) for item in queue.items if item.is_open]
        return found[pick % len(found)] if found else None

    def decide_some_way(self, coder: str, item: Item, outcome: str, start: int, length: int) -> None:
        words = Span(max(0, item.span.start - start), item.span.end + length)
        other = next((code for code in CODES if code not in item.difference.codes), None)
        decide(
            self.study.by(coder),
            item.key,
            outcome,
            code=other if outcome == "other code" else None,
            redrawn=words if outcome == "redraw" or (outcome == "other code" and start % 2) else None,
            reason="Talked over." if start % 3 else "",
        )

    # What can be done

    @precondition(lambda self: not self.finished_by_all())
    @rule()
    def the_third_finishes(self) -> None:
        before = self.agreed()
        finish(self.study.by("EF"), [SOURCE])
        assert words_of(before) <= words_of(self.agreed())

    def finished_by_all(self) -> bool:
        return len(pairs(self.study.by("AB"))) == 3

    @rule(coder=st.sampled_from(CODERS[:2]), pick=picks, outcome=st.sampled_from(OUTCOMES), start=picks)
    def decide_one(self, coder: str, pick: int, outcome: str, start: int) -> None:
        item = self.open_item(pick)
        if item is None:
            return
        try:
            self.decide_some_way(coder, item, outcome, start % 7, start % 5)
        except QualbenchError as error:
            assert outcome == "other code" or item.before, error  # there is no third code, or a memo
            return
        queue = read_queue(self.study, item.key.coders)
        (now,) = [one for one in queue.items if one.id == item.id]
        assert (now.outcome, now.before) == (outcome, ())

    @rule(pick=picks, outcome=st.sampled_from(OUTCOMES), start=picks)
    def decide_and_reopen(self, pick: int, outcome: str, start: int) -> None:
        item = self.open_item(pick)
        if item is None or item.before:
            return
        before = self.agreed()
        try:
            self.decide_some_way("AB", item, outcome, start % 7, start % 5)
        except QualbenchError:
            return
        decision = next(i for i in read_queue(self.study, item.key.coders).items if i.id == item.id).decision
        assert decision is not None
        try:
            reopen(self.study, decision.id)
        except Refused as refused:
            assert "another one redrew" in str(refused) or "changed since" in str(refused)
            undo(self.study)
        # What the team took off while something stands behind it may come back with the words around it.
        assert words_of(before) <= words_of(self.agreed())
        assert self.reviewed or self.agreed() == before

    @rule(pick=picks, outcome=st.sampled_from(OUTCOMES), start=picks)
    def decide_and_undo(self, pick: int, outcome: str, start: int) -> None:
        item = self.open_item(pick)
        if item is None:
            return
        before, queue = self.agreed_rows(), read_queue(self.study, item.key.coders)
        try:
            self.decide_some_way("AB", item, outcome, start % 7, start % 5)
        except QualbenchError:
            return
        undo(self.study)
        assert self.agreed_rows() == before
        assert read_queue(self.study, item.key.coders) == queue

    @rule(pick=picks)
    def reopen_one(self, pick: int) -> None:
        decided = [
            item.decision
            for queue in read_queues(self.study)
            for item in queue.items
            if item.decision is not None
        ]
        if not decided:
            return
        decision = decided[pick % len(decided)]
        event, before = newest_event(self.study), self.agreed_rows()
        try:
            reopen(self.study, decision.id)
        except Refused as refused:
            assert "another one redrew" in str(refused) or "changed since" in str(refused)
            assert (newest_event(self.study), self.agreed_rows()) == (event, before)

    @rule(pick=picks, words=st.integers(0, 2), how=st.sampled_from(RULES))
    def settle_a_run(self, pick: int, words: int, how: str) -> None:
        queue = self.queue(pick)
        tolerance = Tolerance(words, "words")
        dry = settleable(self.study, tolerance, queue.coders, rule=how)
        before = self.agreed_rows()
        settled = settle(self.study, tolerance, how, queue.coders)
        assert settled == dry
        assert settleable(self.study, tolerance, queue.coders, rule=how) == []
        if settled and pick % 2:
            undo(self.study)
            assert self.agreed_rows() == before
            assert read_queue(self.study, queue.coders) == queue

    @rule()
    def fill_again(self) -> None:
        fill_agreed(self.study, SOURCE)
        assert fill_agreed(self.study, SOURCE) == 0

    @rule(pick=picks, code=st.sampled_from(CODES), off=st.booleans())
    def review_the_agreed_layer(self, pick: int, code: str, off: bool) -> None:
        rows = self.agreed_rows()
        if not rows:
            return
        coding = rows[pick % len(rows)]
        self.reviewed = True
        try:
            if off:
                uncode(self.study, [coding.id])
            else:
                recode(self.study, [coding.id], code)
        except Refused:
            pass

    @precondition(lambda self: not self.merged)
    @rule(gone=st.sampled_from(CODES), kept=st.sampled_from(CODES))
    def merge_two_codes(self, gone: str, kept: str) -> None:
        if gone != kept:
            merge_codes(self.study, gone, kept)
            self.merged = self.reviewed = True
            self.layers = self.own_layers()

    # What always holds

    @invariant()
    def own_layers_stay(self) -> None:
        assert self.own_layers() == self.layers

    @invariant()
    def a_code_covers_a_word_once_in_the_agreed_layer(self) -> None:
        rows = self.agreed_rows()
        for n, one in enumerate(rows):
            for other in rows[n + 1 :]:
                assert one.code != other.code or not overlaps(one.span, other.span)

    @invariant()
    def who_asks_makes_no_difference(self) -> None:
        for coders in (pair for pair, _ in pairs(self.study)):
            one, other = (read_queue(self.study.by(coder), coders) for coder in coders)
            assert one == other

    def decide_the_rest(self) -> None:
        for _ in range(60):
            item = self.open_item(0)
            if item is None:
                break
            decide(self.study.by("CD"), item.key, "keep A")
        assert all(not item.is_open for queue in read_queues(self.study) for item in queue.items)


def words_of(agreed: Agreed) -> set[tuple[int, str]]:
    return {(n, code) for span, code in agreed for n in range(*span)}


ThreeCoders.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestThreeCoders = ThreeCoders.TestCase
