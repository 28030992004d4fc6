"""Settling boundary differences of a few words together: tolerance, rule, and what that would come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static
from textual.worker import get_current_worker

from qualbench.agreement.items import Item
from qualbench.agreement.settling import RULES, Tolerance, settle, settleable
from qualbench.codebook.tree import Codebook
from qualbench.errors import QualbenchError
from qualbench.study.stance import wording
from qualbench.tui.widgets.choices import Choices
from qualbench.tui.widgets.difference_list import label_of

if TYPE_CHECKING:
    from qualbench.tui.app import Workbench

UNITS = ("words", "characters")
_KEYS = "tab goes on, arrows choose, enter settles, esc cancels"
_MOST = 8  # of those that would be settled, so many are named
_DIGITS = 4  # of the tolerance


@dataclass(frozen=True)
class Settled:
    """What was settled, and which words were taken, in words."""

    items: Sequence[Item]
    told: str


class SettleForm(ModalScreen[Settled | None]):
    """Asks how far edges may lie apart and which words are taken, and settles; None if it does not.

    Args:
        coders: The two coders.
        source: The source at hand, to which it can be limited.
        book: The codebook.
    """

    @dataclass
    class Found(Message):
        """What would be settled has been looked for."""

        items: list[Item]

    @dataclass
    class Missed(Message):
        """It could not be looked for."""

        error: QualbenchError

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("enter", "settle", "Settle"),
        Binding("escape", "cancel", "Cancel", key_display="esc"),
    ]
    DEFAULT_CSS = """
    SettleForm { align: center middle; }
    SettleForm > Vertical {
        width: 78; max-width: 98%; height: auto; max-height: 96%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    SettleForm Label { color: $text-muted; }
    SettleForm Input, SettleForm Input:focus {
        border: none; height: 1; padding: 0; width: 8; background: $panel;
    }
    SettleForm Choices { margin: 0 0 1 0; background: $surface; }
    SettleForm Input { margin: 0 0 1 0; }
    SettleForm VerticalScroll { height: auto; max-height: 10; scrollbar-size-vertical: 1; }
    """

    def __init__(self, coders: tuple[str, str], source: str | None, book: Codebook) -> None:
        super().__init__()
        self._coders, self._source, self._book = coders, source, book

    def compose(self) -> ComposeResult:
        """Lay the choices out, and below them what they come to."""
        with Vertical() as frame:
            frame.border_title, frame.border_subtitle = "Settle trivial boundary differences", _KEYS
            yield Label("Edges at most so far apart", markup=False)
            yield Input("3", id="amount", max_length=_DIGITS, type="integer", select_on_focus=True)
            yield Choices([(unit, unit) for unit in UNITS], ["words"], several=False, id="unit")
            yield Label("Take the words", markup=False)
            yield Choices(
                [(rule, self._named(rule)) for rule in RULES],
                [RULES[0]],
                several=False,
                id="rule",
            )
            yield Label("In", markup=False)
            places = [("", "all sources"), *([(self._source, self._source)] if self._source else [])]
            yield Choices(places, [""], several=False, id="where")
            with VerticalScroll(can_focus=False):
                yield Static("", id="preview", markup=False)

    def on_mount(self) -> None:
        """Begin with the tolerance."""
        self.query_one(Input).focus()
        self._look()

    @property
    def _workbench(self) -> Workbench:
        return cast("Workbench", self.app)

    def _tolerance(self) -> Tolerance | None:
        amount = self.query_one(Input).value
        unit = self.query_one("#unit", Choices).chosen[0]
        return Tolerance(int(amount), unit) if amount.isdecimal() else None

    def _place(self) -> str | None:
        return self.query_one("#where", Choices).chosen[0] or None

    def _rule(self) -> str:
        return self.query_one("#rule", Choices).chosen[0]

    def _named(self, rule: str) -> str:
        a, b = self._coders
        return {"union": "of either", "shared": "that both have", "A": f"{a}'s", "B": f"{b}'s"}[rule]

    # What it would come to

    @on(Input.Changed)
    @on(Choices.Changed)
    def _look(self) -> None:
        tolerance = self._tolerance()
        if tolerance is None:
            self.workers.cancel_group(self, "settleable")
            self.query_one("#preview", Static).update("Give a number of words or characters.")
        else:
            self._find(tolerance, self._place(), self._rule())

    @work(thread=True, exclusive=True, group="settleable", exit_on_error=False)
    def _find(self, tolerance: Tolerance, source: str | None, rule: str) -> None:
        worker = get_current_worker()
        try:
            found = settleable(self._workbench.study, tolerance, self._coders, source, rule)
            message: Message = self.Found(found)
        except QualbenchError as error:
            message = self.Missed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(Found)
    def _show_found(self, event: Found) -> None:
        words = wording(self._workbench.settings.stance)
        count = len(event.items)
        named = words.difference if count == 1 else words.differences
        lines = [f"{count} open {named} would be settled." if count else f"No open {named} is like that."]
        for item in event.items[:_MOST]:
            apart = item.apart
            assert apart is not None
            far = f"{apart.words} words, {apart.characters} characters"
            lines.append(f"  {item.source}: {label_of(self._book, item.code)}, {far} apart")
        if count > _MOST:
            lines.append(f"  and {count - _MOST} more")
        self.query_one("#preview", Static).update("\n".join(lines))

    @on(Missed)
    def _tell(self, event: Missed) -> None:
        self.query_one("#preview", Static).update(str(event.error))

    # Doing it

    @on(Input.Submitted)
    def action_settle(self) -> None:
        """Settle them, in one change."""
        tolerance = self._tolerance()
        if tolerance is None:
            return
        rule = self._rule()
        try:
            settled = settle(self._workbench.study, tolerance, rule, self._coders, self._place())
        except QualbenchError as error:
            self.query_one("#preview", Static).update(str(error))
            return
        name = self._named(rule)
        told = f"{name} words" if rule in "AB" else f"the words {name}"
        self.dismiss(Settled(settled, told) if settled else None)

    def action_cancel(self) -> None:
        """Settle nothing."""
        self.dismiss(None)
