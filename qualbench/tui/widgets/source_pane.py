"""A source as it is open in the workbench: its title, and its transcript with codings and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from qualbench.coding.codings import CodingRead, coded_share
from qualbench.coding.memos import MemoRead
from qualbench.text.spans import Span
from qualbench.transcripts.sources import SourceRead, blocks_of
from qualbench.tui.widgets.transcript_rows import ShownBlock, ShownCoding, Stripe
from qualbench.tui.widgets.transcript_view import TranscriptView


class SourcePane(Vertical):
    """One source and the place one is at in it.

    Attributes:
        source: The source, None while none is open.
        codings: Those of the layer that is shown, whether a filter hides them or not.
        memos: Those on the source, on words of it and on its codings.
        hits: Places found in it, in order.
        view: The transcript.
        share: Share of participants' talk that the codings cover; None where no participant speaks.
        state: How far the coder at work is with it (`study.states.STATES`); None where it is not theirs.
    """

    DEFAULT_CSS = """
    SourcePane { height: 1fr; }
    SourcePane .title {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    SourcePane.acted-on .title { color: $accent; }
    """

    def __init__(self, **names: Any) -> None:
        super().__init__(**names)
        self.source: SourceRead | None = None
        self.codings: list[CodingRead] = []
        self.memos: list[MemoRead] = []
        self.hits: list[Span] = []
        self.view = TranscriptView()
        self.share: float | None = None
        self.state: str | None = None
        self._title = Static("", classes="title", markup=False)
        self._cycled = 0
        self._acted_on: str | None = None

    def compose(self) -> ComposeResult:
        """Lay the pane out."""
        yield self._title
        yield self.view

    def show_source(self, source: SourceRead, at: int | None) -> None:
        """Show a source, from a code point; the one that is open stays where it is if that is None."""
        same = self.source is not None and self.source.text == source.text and self.name_is(source)
        self.source = source
        if not same:
            self.hits = []
            self.view.show(source.text, shown_blocks(source), (), at or 0)
        elif at is not None:
            self.view.move_to(at)

    def name_is(self, source: SourceRead) -> bool:
        """Whether a source is the one that is open."""
        return self.source is not None and self.source.summary.id == source.summary.id

    def show_codings(
        self,
        codings: list[CodingRead],
        stripes: Mapping[str, Stripe],
        only: set[str] | None,
        coder: str | None,
    ) -> None:
        """Show the codings of a layer.

        Args:
            codings: All of the layer in this source.
            stripes: What each code's stripes are like, by its id.
            only: The codes to be shown; None for all, none for reading without codes.
            coder: Whose own layer is not foreign.
        """
        self.codings = codings
        self.share = self._share_coded()
        shown = [
            ShownCoding(
                coding.id,
                coding.span,
                coding.code,
                *stripes[coding.code],
                coding.layer,
                coding.layer != coder,
                coding.exemplar,
                coding.meaning,
            )
            for coding in sorted(codings, key=lambda one: (one.created_at, one.start, -one.end, one.id))
            if only is None or coding.code in only
        ]
        self.view.show_codings(shown)

    def show_memos(self, memos: Sequence[MemoRead], *, in_margin: bool) -> None:
        """Mark the turns that have memos, and show these in the margin if asked."""
        self.memos = list(memos)
        notes: dict[int, str] = {}
        for memo in memos:
            block = self.view.block_at(memo.start) if memo.start is not None else None
            if block is not None:
                notes[block] = f"{notes[block]} / {memo.text}" if block in notes else memo.text
        self.view.show_notes(notes, in_margin=in_margin)

    def _share_coded(self) -> float | None:
        if self.source is None:
            return None
        talk = [Span(turn.start, turn.end) for turn in self.source.turns if turn.role == "participant"]
        return coded_share(talk, (coding.span for coding in self.codings))

    def show_title(self, title: str) -> None:
        """Show what is open."""
        self._title.update(title, layout=False)

    # What is here

    def here(self) -> list[ShownCoding]:
        """Give the codings at the caret, or in the selection, beginning with the one that keys act on."""
        view = self.view
        selected = view.selection
        if selected is None:
            found = view.codings_at(view.caret)
            at = self._cycled % len(found) if found else 0
            found = found[at:] + found[:at]
            self._acted_on = found[0].id if found else None
            return found
        found = [c for c in view.codings if c.span.start < selected.end and selected.start < c.span.end]
        return sorted(found, key=lambda coding: coding.id != self._acted_on)  # as before the selection

    def cycle(self) -> None:
        """Let keys act on the next of the codings here."""
        self._cycled += 1

    def settle(self) -> None:
        """Let keys act on the shortest of the codings here: the caret has moved."""
        self._cycled = 0


def shown_blocks(source: SourceRead) -> list[ShownBlock]:
    """Give what is shown of a source: its turns without labels, and what stands between them."""
    shown = []
    for block in blocks_of(source):
        if block.turn is None:
            shown.append(ShownBlock(block.span))
            continue
        turn = source.turns[block.turn]
        who = turn.stakeholder or ("asks" if turn.role == "interviewer" else "")
        shown.append(ShownBlock(block.span, turn.speaker or "·", turn.role, turn.n, who, turn.time))
    return shown
