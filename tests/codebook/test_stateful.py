"""The codebook under two coders who do whatever can be done, in any order: nothing is lost, all goes back."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import agree_codes, move_code, restore_code, retire_code, shift_code
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import Codebook, CodeEntry, columns_of, read_codebook
from qualbench.codebook.versions import read_version, release
from qualbench.coding.applying import add_coding, remove_codings
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.reviewing import keep, recode, uncode
from qualbench.coding.undoing import redo, undo
from qualbench.errors import QualbenchError
from qualbench.study.database import Study, create_study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import newest_event, read_log
from qualbench.study.settings import add_coder, set_up
from qualbench.study.tables import Event
from qualbench.text.spans import Span
from tests.builders import small_study

pytestmark = pytest.mark.slow

CODERS = ("AB", "CD")
coders = st.sampled_from(CODERS)
picks = st.integers(0, 50)
labels = st.sampled_from(["Fear", "fear ", "=1+1", "[b]x[/b]", "Crème", "🙂" * 80, "a; b", "{code:fear}"])

State = tuple[list[dict[str, Any]], dict[str, list[CodingRead]]]


class TwoCoders(RuleBasedStateMachine):
    """A small study that two coders change."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="qualbench-state-")
        path = Path(self.folder.name)
        self.study: Study = create_study(path / "study", coder="EF")  # of whom nothing is taken back
        set_up(self.study, "A study")
        add_coder(self.study, "AB")
        small_study(self.study, path / "files")
        for n, code in enumerate(("fear", "judged", "forms", "fear", "judged", "social-work")):
            add_coding(self.study.by(CODERS[n % 2]), "P07_b", Span(7 * n, 7 * n + 12), code)
            add_coding(self.study.by(CODERS[n % 2]), "P07_b", Span(7 * n + 5, 7 * n + 20), code)
        self.books: dict[int, list[dict[str, Any]]] = {}
        self.done: list[tuple[int, str, State | None]] = []  # event, who, what was before it
        self.known: dict[str, int] = {}  # the order in which entries were first seen
        self.last = self.state()

    def teardown(self) -> None:
        if not hasattr(self, "study"):
            return
        try:
            assert check_study(self.study) == []
            self.take_all_back()
        finally:
            self.study.close()
            self.folder.cleanup()

    # What there is

    def book(self) -> Codebook:
        return read_codebook(self.study)

    def state(self) -> State:
        book = self.book()
        for entry in sorted(book.by_id.values(), key=lambda entry: (entry.label, entry.split_from or "")):
            self.known.setdefault(entry.id, len(self.known))
        return (
            [columns_of(entry) for _, entry in book.walk(whole=True)],
            {coder: list_codings(self.study.by(coder), layer=coder) for coder in CODERS},
        )

    def entry(self, pick: int, *, whole: bool = False) -> CodeEntry:
        entries = list(self.book().by_id.values())
        used = {coding.code for coder in CODERS for coding in self.last[1][coder]}
        in_use = [entry for entry in entries if whole or entry.in_use] or entries
        likely = [entry for entry in in_use if pick % 2 and entry.id in used] or in_use
        return self.in_order(likely)[pick % len(likely)]

    def coding(self, coder: str, pick: int) -> list[str]:
        codings = sorted(self.last[1][coder], key=lambda one: (one.start, one.end, self.known[one.code]))
        return [codings[pick % len(codings)].id] if codings else []

    def in_order(self, entries: Iterable[CodeEntry]) -> list[CodeEntry]:
        """Entries as they came to be known: by their ids, which are random, no run could be made again."""
        return sorted(entries, key=lambda entry: self.known[entry.id])

    def do(self, act: Callable[[], object], *, words_stay: bool = True, only: str | None = None) -> None:
        """Do something, which may be refused; then nothing has changed."""
        event = newest_event(self.study)
        before = self.last
        try:
            act()
        except QualbenchError as error:
            assert str(error)
            assert newest_event(self.study) == event
        self.last = self.state()
        if newest_event(self.study) == event:
            assert self.last == before
        else:
            self.done.append((newest_event(self.study), read_log(self.study)[-1].coder, before))
        if words_stay:
            for coder in CODERS:
                assert words(self.last, coder) == words(before, coder)
        if only is not None:
            for coder in set(CODERS) - {only}:
                assert self.last[1][coder] == before[1][coder]

    # The codebook

    @rule(coder=coders, label=labels, pick=picks, level=st.sampled_from(["theme", "subtheme", "code"]))
    def add(self, coder: str, label: str, pick: int, level: str) -> None:
        under = self.entry(pick, whole=True).id if pick % 3 else None
        self.do(lambda: add_code(self.study.by(coder), NewCode(label, under, level), "Why not."))

    @rule(coder=coders, pick=picks, label=labels)
    def rename(self, coder: str, pick: int, label: str) -> None:
        entry = self.entry(pick, whole=True)
        self.do(lambda: edit_code(self.study.by(coder), entry.id, {"label": label}))

    @rule(coder=coders, pick=picks, level=st.sampled_from(["theme", "code"]), words=st.text(max_size=5))
    def define(self, coder: str, pick: int, level: str, words: str) -> None:
        values: dict[str, Any] = {"definition": words, "tags": (words, "tfa:burden")}
        values |= {"level": level} if pick % 2 else {}
        self.do(lambda: edit_code(self.study.by(coder), self.entry(pick).id, values))

    @rule(coder=coders, pick=picks, other=picks)
    def group(self, coder: str, pick: int, other: int) -> None:
        entry = self.entry(pick)
        all_ = self.in_order(self.book().by_id.values())
        themes = [theme for theme in all_ if theme.level != "code" and theme.status == "candidate"]
        if themes:
            also_in = (*entry.also_in, themes[other % len(themes)].id)
            self.do(lambda: edit_code(self.study.by(coder), entry.id, {"also_in": also_in}))

    @rule(coder=coders, pick=picks, other=picks)
    def move(self, coder: str, pick: int, other: int) -> None:
        under = self.entry(other).id if other % 4 else None
        self.do(lambda: move_code(self.study.by(coder), self.entry(pick).id, under))

    @rule(coder=coders, pick=picks, step=st.sampled_from([-1, 1]))
    def shift(self, coder: str, pick: int, step: int) -> None:
        entry = self.entry(pick)
        beside = [one.id for one in self.book().children(entry.parent_id) if one.in_use]
        at = beside.index(entry.id) + step
        self.do(lambda: shift_code(self.study.by(coder), entry.id, step))
        now = [one.id for one in self.book().children(entry.parent_id) if one.in_use]
        assert now.index(entry.id) == (at if 0 <= at < len(beside) else at - step)

    @rule(coder=coders, pick=picks, key=st.sampled_from(["a", "b", None]))
    def give_key(self, coder: str, pick: int, key: str | None) -> None:
        self.do(lambda: set_key(self.study.by(coder), self.entry(pick).id, key))

    @rule(coder=coders, pick=picks, into=picks)
    def merge(self, coder: str, pick: int, into: int) -> None:
        self.do(lambda: merge_codes(self.study.by(coder), self.entry(pick).id, self.entry(into).id, "Alike."))

    @rule(coder=coders, pick=picks)
    def split(self, coder: str, pick: int) -> None:
        names = [f"Part {pick}", f"Part {pick + 1}"]
        self.do(lambda: split_code(self.study.by(coder), self.entry(pick).id, names))

    @rule(coder=coders, pick=picks)
    def retire(self, coder: str, pick: int) -> None:
        self.do(lambda: retire_code(self.study.by(coder), self.entry(pick).id))

    @precondition(lambda self: any(not entry.in_use for entry in self.book().by_id.values()))
    @rule(coder=coders, pick=picks)
    def restore(self, coder: str, pick: int) -> None:
        gone = self.in_order(entry for entry in self.book().by_id.values() if not entry.in_use)
        self.do(lambda: restore_code(self.study.by(coder), gone[pick % len(gone)].id))

    @rule(coder=coders, pick=picks, other=picks)
    def agree(self, coder: str, pick: int, other: int) -> None:
        self.do(lambda: agree_codes(self.study.by(coder), [self.entry(pick).id, self.entry(other).id]))

    @rule()
    def release(self) -> None:
        before = self.last
        try:
            version = release(self.study, "A note", "AB, CD")
        except QualbenchError:
            return
        assert self.state() == before
        self.books[version.number] = before[0]

    # Codings

    @rule(coder=coders, pick=picks, start=st.integers(0, 60), length=st.integers(1, 30))
    def code(self, coder: str, pick: int, start: int, length: int) -> None:
        span, code = Span(start, start + length), self.entry(pick, whole=True).id
        self.do(lambda: add_coding(self.study.by(coder), "P07_b", span, code), words_stay=False, only=coder)

    @rule(coder=coders, pick=picks, act=st.sampled_from([uncode, remove_codings]))
    def take_off(self, coder: str, pick: int, act: Callable[..., None]) -> None:
        ids = self.coding(coder, pick)
        self.do(lambda: act(self.study.by(coder), ids), words_stay=False, only=coder)

    @rule(coder=coders, pick=picks, to=picks)
    def send_on(self, coder: str, pick: int, to: int) -> None:
        ids, code = self.coding(coder, pick), self.entry(to).id
        self.do(lambda: recode(self.study.by(coder), ids, code), only=coder)

    @rule(coder=coders, pick=picks)
    def say_kept(self, coder: str, pick: int) -> None:
        self.do(lambda: keep(self.study.by(coder), self.coding(coder, pick)), only=coder)

    @rule(coder=coders, pick=picks)
    def touch_anothers(self, coder: str, pick: int) -> None:
        (other,) = set(CODERS) - {coder}
        ids = self.coding(other, pick)
        for act in (
            lambda: recode(self.study.by(coder), ids, "forms"),
            lambda: uncode(self.study.by(coder), ids),
        ):
            if ids:
                with pytest.raises(QualbenchError):
                    act()
        assert self.state() == self.last

    # Taking back

    @rule(coder=coders)
    def take_back(self, coder: str) -> None:
        """Undo, then redo and undo: each gives what was there."""
        before = self.last
        if self.reverse(coder, undo):
            after = self.last
            assert self.reverse(coder, redo)
            assert self.last == before
            assert self.reverse(coder, undo)
            assert self.last == after

    @rule(coder=coders)
    def make_again(self, coder: str) -> None:
        self.reverse(coder, redo)

    def reverse(self, coder: str, act: Callable[[Study], Event]) -> bool:
        """Undo or redo, if the journal lets it, and tell whether it did."""
        study, before = self.study.by(coder), self.last
        try:
            number = act(study).seq
        except QualbenchError:
            assert self.state() == before
            return False
        self.last = self.state()
        assert self.faults() == []
        for other in set(CODERS) - {coder}:
            assert words(self.last, other) == words(before, other)
        if act is redo:
            self.done.append((number, coder, before))
            return True
        numbers = [event for event, _, _ in self.done]
        at = numbers.index(number) if number in numbers else -1  # what there was to begin with
        if at >= 0 and at == len(self.done) - 1 and self.done[at][2] is not None:
            assert self.last == self.done[at][2]
        later = [(event, who, None) for event, who, _ in self.done[at + 1 :]]  # what was before is no more
        self.done = [*self.done[: max(at, 0)], *later]
        return True

    @rule()
    def reopen(self) -> None:
        path = Path(self.folder.name) / "study"
        self.study.close()
        self.study = open_study(path, coder="AB")
        assert self.state() == self.last

    # What always holds

    @invariant()
    def nothing_is_amiss(self) -> None:
        if hasattr(self, "last"):
            assert self.faults() == []

    def faults(self) -> list[str]:
        """What must never be: a book that breaks a rule, a word that has a code twice, codings in no tree."""
        book = self.book()
        try:
            check_entries(list(book.by_id.values()))
        except QualbenchError as error:
            return [str(error)]
        found = []
        for coder in CODERS:
            held = Counter((c.source, c.code, n) for c in self.last[1][coder] for n in range(c.start, c.end))
            found += [f"{coder} has {word} {times} times" for word, times in held.items() if times > 1]
            found += [f"{c} is merged" for c in self.last[1][coder] if book.by_id[c.code].status == "merged"]
        return found

    @invariant()
    def versions_stay_as_they_were(self) -> None:
        for number, entries in getattr(self, "books", {}).items():
            book = read_version(self.study, number)
            assert [columns_of(entry) for _, entry in book.walk(whole=True)] == entries

    def take_all_back(self) -> None:
        """Undo whatever was done last, as far as that goes: the states are those that were."""
        while self.done and self.reverse(self.done[-1][1], undo):
            pass


def words(state: State, coder: str) -> set[tuple[str, int]]:
    """The words that a layer has coded with anything."""
    return {(c.source, n) for c in state[1][coder] for n in range(c.start, c.end)}


TestTwoCoders = TwoCoders.TestCase
TestTwoCoders.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
