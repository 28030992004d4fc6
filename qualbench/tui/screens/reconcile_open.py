"""What is open in the comparison of two coders, and how it is read from the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from textual import on, work
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qualbench.agreement.comparable import pairs
from qualbench.agreement.differences import CodedSpan
from qualbench.agreement.items import Item, Queue, progress_of, where_left_off
from qualbench.agreement.layers import read_layers
from qualbench.agreement.queue import read_queue
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import QualbenchError, Unreachable
from qualbench.study.journal import newest_event
from qualbench.study.stance import Wording, wording
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.sources import SourceRead, read_source
from qualbench.tui.memory import read_difference, write_difference
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.open_source import stripes_of
from qualbench.tui.screens.reconcile_empty import nothing_to_compare
from qualbench.tui.screens.reconcile_filter import Shown
from qualbench.tui.widgets.compared_rows import AtHand
from qualbench.tui.widgets.compared_view import ComparedView
from qualbench.tui.widgets.difference_list import DifferenceList
from qualbench.tui.widgets.difference_panel import Definitions, DifferencePanel, alike_lines, panel_lines
from qualbench.tui.widgets.source_pane import shown_blocks
from qualbench.tui.widgets.transcript_rows import ShownCoding, Stripe

Pair = tuple[str, str]


class Words(NamedTuple):
    """Words of a source that are looked at for a code."""

    source: str
    span: Span
    code: str


class OpenComparison(ModeScreen):
    """Two coders' differences, one of them at hand in its transcript.

    Attributes:
        pairs: Who can be compared.
        queue: The differences of the pair; None while there are none to be had.
        items: Those that are listed.
        progress: How many of all are decided.
        at: The number of the one at hand.
    """

    @dataclass
    class QueueRead(Message):
        """The differences have been read."""

        pairs: list[Pair]
        queue: Queue | None
        book: Codebook
        newest: int
        wanted: str | None

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[Pair] = []
        self.queue: Queue | None = None
        self.items: list[Item] = []
        self.progress = progress_of([])
        self.at = 0
        self.book = Codebook([])
        self.stripes: Mapping[str, Stripe] = {}
        self.listed = Shown()
        self.source: SourceRead | None = None
        self.reason = ""  # of the decision to come
        self.elsewhere: Words | None = None  # what both have coded alike, while that is looked at
        self._shown_of: tuple[Pair, str, str] | None = None  # the pair, source and text in the transcript
        self._seen: int | None = None  # the newest event when the differences were read
        self._before: Mapping[str, str | None] = {}  # what was decided before a change that is gone to
        self._kept: tuple[str, str] | None = None  # what is kept in mind of where one is

    # What is there

    @property
    def view(self) -> ComparedView:
        """The transcript."""
        return self.query_one(ComparedView)

    @property
    def listing(self) -> DifferenceList:
        """The differences."""
        return self.query_one(DifferenceList)

    @property
    def item(self) -> Item | None:
        """The difference at hand; None while something else is looked at."""
        return self.items[self.at] if self.at < len(self.items) and self.elsewhere is None else None

    @property
    def words(self) -> Wording:
        """How the stance of the study puts things."""
        return wording(self.workbench.settings.stance)

    # Reading it from the study

    def reload(self, *, to_what_changed: bool = False) -> None:
        """Read the differences anew; the one at hand stays so, or the first that has changed comes."""
        item = self.item
        if to_what_changed and self.queue is not None:
            self._before = {one.id: one.outcome for one in self.queue.items}
        self.read_anew(item.id if item is not None else None)

    @told
    def look_again(self) -> None:
        """Read them anew if anything has changed, as it may have in another mode or by somebody else."""
        if newest_event(self.workbench.study) != self._seen:
            self.reload()

    def read_anew(self, wanted: str | None, pair: Pair | None = None) -> None:
        """Read the differences of a pair.

        Args:
            wanted: The id of the one to go to; None for where one was.
            pair: The two coders; None for those that are compared now.
        """
        self._read(wanted, pair or (self.queue.coders if self.queue is not None else None))

    @work(thread=True, exclusive=True, group="queue", exit_on_error=False)
    def _read(self, wanted: str | None, pair: Pair | None) -> None:
        worker, study = get_current_worker(), self.workbench.study
        try:
            newest = newest_event(study)  # before: what changes meanwhile is read again
            there = [coders for coders, _ in pairs(study)]
            if pair is None:
                last = read_difference(study)
                pair = next((p for p in there if " ".join(p) == last.get("pair")), None)
                wanted = wanted or (last.get("id") if pair is not None else None)
            if pair not in there:
                mine = [coders for coders in there if study.coder in coders]
                pair = next(iter(mine or there), None)
            queue = read_queue(study, pair) if pair is not None else None
            message: Message = self.QueueRead(there, queue, read_codebook(study), newest, wanted)
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(QueueRead)
    def _show_read(self, event: QueueRead) -> None:
        self.attempt(lambda: self.show_queue(event))

    def show_queue(self, event: QueueRead) -> None:
        """Show differences that were read, at the one that is wanted or as near to it as can be."""
        first, here = self._seen is None, self._place()
        caret, top = self.view.caret, round(self.view.scroll_y)
        self.pairs, self.queue, self.book, self._seen = event.pairs, event.queue, event.book, event.newest
        self.stripes = stripes_of(event.book)
        self._shown_of = None
        self._fill(event.wanted, first=first)
        was, self._before = self._before, {}
        changed = (n for n, one in enumerate(self.items) if was.get(one.id, one.outcome) != one.outcome)
        self.at = next(changed, self.at)
        if first and self.item is not None and not self.item.is_open:
            self._go_where_left_off()
        self.show_all()
        if self.elsewhere is not None and self.queue is not None:
            self.look_at(self.elsewhere)
        if here == self._place():
            self.view.stay_at(caret, top)

    def _place(self) -> tuple[str | None, str | None]:
        """What is at hand, and in which text."""
        return (self.item.id if self.item else None), (self.source.text if self.source else None)

    def _fill(self, wanted: str | None, *, first: bool = False) -> None:
        """List the differences anew, with the one that is wanted at hand, or else the one after it."""
        everything = self.queue.items if self.queue is not None else []
        self.items, self.progress = self.listed.of(everything), progress_of(everything)
        places = {item.id: n for n, item in enumerate(everything)}
        if wanted in places:
            self.at = sum(places[item.id] < places[wanted] for item in self.items)
        elif first or wanted is None:
            self._go_where_left_off()
        self.at = max(0, min(self.at, len(self.items) - 1))

    def _go_where_left_off(self) -> None:
        """Go to the first open difference from the place on, or the first of all."""
        further = where_left_off(self.items[self.at :]) or where_left_off(self.items)
        if further is not None:
            self.at = self.items.index(further)

    def list_only(self, listed: Shown) -> None:
        """List other differences, the one at hand among them if it is one."""
        item, self.listed, self.elsewhere = self.item, listed, None
        self._fill(item.id if item is not None else None)
        self.show_all()

    # Showing it

    def show_all(self) -> None:
        """Show everything as it is now."""
        empty = self.query_one("#empty", Static)
        why = nothing_to_compare(self.workbench.study, self.queue, self.words)
        empty.display, self.query_one("#comparison").display = bool(why), not why
        if why:
            empty.update(why)
            self.query_one("#about", Static).update("")
            return
        self.listing.show(self.items, self.at, self.book, self._notes())
        if self.focused is None:
            self.view.focus()
        self.show_item()

    def go_to(self, number: int) -> None:
        """Put another difference of the list at hand."""
        if number != self.at:
            self.reason = ""
        self.at, self.elsewhere = number, None
        self.listing.go_to(number)
        self.show_item()

    def look_at(self, words: Words) -> None:
        """Go to the difference about some words, or to the words if both have coded them alike."""
        assert self.queue is not None
        about = [
            item.id
            for item in self.queue.items
            if item.source == words.source
            and words.code in item.difference.codes
            and overlaps(item.span, words.span)
        ]
        if not about:
            self.elsewhere = words
            self._show_elsewhere(words)
            return
        self.elsewhere = None
        if about[0] not in {item.id for item in self.items}:
            self.list_only(Shown())
        self.go_to(next(n for n, item in enumerate(self.items) if item.id == about[0]))

    def _show_elsewhere(self, words: Words) -> None:
        assert self.queue is not None
        self.query_one("#empty").display, self.query_one("#comparison").display = False, True
        self._open_source(words.source)
        of_code = [
            one for one in self.view.codings if one.code == words.code and overlaps(one.span, words.span)
        ]
        a, b = (tuple(one.span for one in of_code if one.layer == coder) for coder in self.queue.coders)
        self.view.show_at_hand(AtHand(a, b))
        self.query_one(DifferencePanel).show(alike_lines(self.queue.coders, self.stripes[words.code].label))
        self.query_one(Definitions).show(self.book, [words.code])
        self.show_about()

    def show_item(self) -> None:
        """Show the difference at hand in its transcript, and in words."""
        item = self.item
        if item is None:
            self.view.show_at_hand(AtHand())
            self.query_one(DifferencePanel).show([])
            self.show_about()
            return
        self._open_source(item.source)
        a, b = (tuple(coded.span for coded in side) for side in (item.difference.a, item.difference.b))
        self.view.show_at_hand(AtHand(a, b))
        self.show_words()

    def show_words(self) -> None:
        """Tell about the difference at hand."""
        item = self.item
        if item is not None and self.source is not None:
            place = f"{self.at + 1} of {len(self.items)}"
            lines = panel_lines(item, self.source.text, self.stripes, place, self.reason)
            self.query_one(DifferencePanel).show(lines)
            self.query_one(Definitions).show(self.book, item.difference.codes)
        self.show_about()

    def _open_source(self, name: str) -> None:
        assert self.queue is not None
        study, pair = self.workbench.study, self.queue.coders
        if self._shown_of is not None and self._shown_of[:2] == (pair, name):
            return
        source = read_source(study, name)
        layers = read_layers(study, coders=pair, sources=[name])
        a, b = (
            [
                _shown(CodedSpan(span, code), coder, self.stripes[code])
                for code, by_source in layers.codings[coder].items()
                for span in by_source.get(name, ())
            ]
            for coder in pair
        )
        self.source, self._shown_of = source, (pair, name, source.text)
        self.view.show_both(
            source.text, shown_blocks(source), sorted(a, key=_by_place), sorted(b, key=_by_place)
        )
        self._show_settled()

    def _show_settled(self) -> None:
        """Let the stripes stand out about which there is something to decide, in the source that is shown."""
        assert self.queue is not None and self.source is not None
        a, b = self.queue.coders
        still_open = {
            _id(coder, coded)
            for item in self.queue.items
            if item.is_open and item.source == self.source.summary.name
            for coder, side in ((a, item.difference.a), (b, item.difference.b))
            for coded in side
        }
        self.view.show_settled(frozenset(one.id for one in self.view.codings if one.id not in still_open))

    def show_about(self) -> None:
        """Show who is compared, how far they are, and what is listed."""
        if self.queue is None:
            return
        progress, item = self.progress, self.item
        a, b = self.queue.coders
        parts = [
            f"A {a}  B {b}",
            f"{progress.decided} of {progress.total} {self.words.differences} {self.words.decided}",
        ]
        if item is not None:
            decided, total = progress.by_source[item.source]
            parts.append(f"{item.source} {decided} of {total}")
        if limits := self.listed.told(self.book):
            parts.append(f"only {', '.join(limits)}: {len(self.items)}")
        self.query_one("#about", Static).update("   ".join(parts), layout=False)

    def _notes(self) -> dict[str, str]:
        """What stands beside the name of each code in the list: how much of it is decided."""
        return {code: f"{decided} of {total}" for code, (decided, total) in self.progress.by_code.items()}

    # What has changed

    def replace_item(self, item: Item) -> None:
        """Show the difference at hand as it has become by a change that was made here."""
        assert self.queue is not None
        items = [item if one.id == item.id else one for one in self.queue.items]
        self.queue = replace(self.queue, items=items)
        self.items[self.at] = item
        self.progress = progress_of(items)
        self._show_settled()
        self.listing.change(self.at, item, self._notes())

    def note_own_change(self, before: int) -> bool:
        """Take it that what is shown holds the change made here; False if others have made some as well.

        Args:
            before: The number of the newest event before the change.
        """
        newest = newest_event(self.workbench.study)
        alone = newest == before + 1 and before == self._seen
        if alone:
            self._seen = newest
        return alone

    def keep_place(self) -> None:
        """Keep in mind which difference is at hand, for when the workbench is opened again."""
        item = self.item
        if item is None or self._kept == (place := (" ".join(item.key.coders), item.id)):
            return
        try:
            write_difference(self.workbench.study, *place)
        except Unreachable:
            return
        self._kept = place


def _shown(coded: CodedSpan, coder: str, stripe: Stripe) -> ShownCoding:
    return ShownCoding(_id(coder, coded), coded.span, coded.code, *stripe, coder)


def _id(coder: str, coded: CodedSpan) -> str:
    """What tells a coding from all others in its source."""
    return f"{coder} {coded.code} {coded.span.start} {coded.span.end}"


def _by_place(coding: ShownCoding) -> tuple[Span, str]:
    return coding.span, coding.code
