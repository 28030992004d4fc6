"""Mode 6: two coders' layers side by side, the queue of their differences, and decisions on them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize, ScreenSuspend, Unmount
from textual.widgets import Static

from qualbench.text.motions import turns
from qualbench.tui.actions import COMPARE, bindings
from qualbench.tui.memory import read_folded, write_folded
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.reconcile_deciding import Deciding
from qualbench.tui.screens.reconcile_figures import FiguresScreen
from qualbench.tui.screens.reconcile_filter import Shown, offers
from qualbench.tui.screens.reconcile_open import Words
from qualbench.tui.widgets.block_list import BlockList
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.compared_view import ComparedView
from qualbench.tui.widgets.difference_list import DifferenceList
from qualbench.tui.widgets.difference_panel import Definitions, DifferencePanel

LIST_WIDTH = 42
ROOM_FOR_LIST, ROOM_FOR_DEFINITIONS = 110, 34
"""Columns and rows of the terminal from which list and definitions are shown unless folded."""


class ReconcileScreen(Deciding):
    """The transcript with both layers, the difference at hand below it, all differences to the right."""

    place = COMPARE
    BINDINGS = bindings(COMPARE)
    DEFAULT_CSS = f"""
    ReconcileScreen #about {{
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }}
    ReconcileScreen #comparison {{ height: 1fr; }}
    ReconcileScreen DifferenceList {{ width: {LIST_WIDTH}; padding: 0 0 0 1; border-left: vkey $panel; }}
    ReconcileScreen.narrow DifferenceList {{ width: 1fr; border-left: none; }}
    ReconcileScreen #empty {{ height: 1fr; padding: 2 4; display: none; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self._folded: dict[str, bool] = {}

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="about", markup=False)
        with Horizontal(id="comparison"):
            with Vertical(id="of-text"):
                yield ComparedView()
                yield Definitions()
                yield DifferencePanel()
            yield DifferenceList()
        yield Static("", id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Follow the list, and fold what there is no room for."""
        self._folded = read_folded(self.workbench.study)
        self._fold()
        self.listing.moved.subscribe(self, self._list_moved, immediate=True)
        self.view.focus()

    def on_screen_resume(self) -> None:
        """See what has changed in another mode or over this screen."""
        self.look_again()

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        """Keep in mind where one is."""
        self.keep_place()

    def on_unmount(self, event: Unmount) -> None:
        """Keep in mind where one is."""
        self.keep_place()

    def on_resize(self, event: Resize) -> None:
        """Show what there is room for."""
        self._fold()

    # Moving about

    def _list_moved(self, listing: BlockList) -> None:
        number = self.listing.number
        if number is not None and number != self.at and self.listing.has_focus:
            self.reason, self.elsewhere = "", None
            self.at = number
            self.show_item()

    @property
    def _in_list(self) -> bool:
        return self.listing.has_focus

    def action_next(self) -> None:
        """Go to the next difference of the list."""
        self._step(1)

    def action_previous(self) -> None:
        """Go to the difference before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.elsewhere is not None and self.items:
            self.go_to(self.at)
            return
        self.at_hand()
        if 0 <= self.at + by < len(self.items):
            self.go_to(self.at + by)
        else:
            self.say(f"That is the {'last' if by > 0 else 'first'} of those that are listed.")

    def action_next_open(self) -> None:
        """Go to the next difference that is not decided."""
        self._to_open(range(self.at + 1, len(self.items)))

    def action_previous_open(self) -> None:
        """Go to the difference before that is not decided."""
        self._to_open(range(self.at - 1, -1, -1))

    def _to_open(self, numbers: range) -> None:
        if not self.items:
            self.at_hand()
        found = next((n for n in numbers if self.items[n].is_open), None)
        if found is not None:
            self.go_to(found)
        elif any(item.is_open for item in self.items):
            self.say("None is open that way.")
        else:
            self.say(self.what_next())

    def action_row_down(self) -> None:
        """Move the caret down; in the list, the cursor."""
        if self._in_list:
            self.listing.step(1)
        else:
            self.view.step_rows(1)

    def action_row_up(self) -> None:
        """Move the caret up; in the list, the cursor."""
        if self._in_list:
            self.listing.step(-1)
        else:
            self.view.step_rows(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        if self._in_list:
            self.listing.page(1)
        else:
            self.view.step_page(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        if self._in_list:
            self.listing.page(-1)
        else:
            self.view.step_page(-1)

    def action_first(self) -> None:
        """Go to the start of the source, or of the list."""
        if self._in_list:
            self.listing.to_end(last=False)
        else:
            self.view.move_to(0)

    def action_last(self) -> None:
        """Go to the end of the source, or of the list."""
        if self._in_list:
            self.listing.to_end(last=True)
        else:
            self.view.move_to_end()

    def action_next_turn(self) -> None:
        """Go to the next turn."""
        self.view.step_unit(turns, forward=True)

    def action_previous_turn(self) -> None:
        """Go to the turn before."""
        self.view.step_unit(turns, forward=False)

    def action_read_on(self) -> None:
        """Show more of what the codes mean."""
        self.query_one(Definitions).read_on()

    def action_open(self) -> None:
        """Open the place in its transcript."""
        if self.source is None:
            self.at_hand()
        else:
            self.workbench.open_source(self.source.summary.name, self.view.caret)

    def action_back(self) -> None:
        """Go back to the text, to the passage at hand, or to the study."""
        if self._in_list:
            self._to_text()
        elif self.elsewhere is not None:
            self.elsewhere = None
            self.show_all()
        elif self.item is not None and self.view.caret != self.item.span.start:
            self.view.show_at_hand(self.view.at_hand)
        else:
            self.app.switch_mode("study")

    # Panes

    def action_other_pane(self) -> None:
        """Go to the list, and back."""
        if self._in_list:
            self._to_text()
            return
        if not self.items:
            self.at_hand()
        if not self.listing.display:
            self._show_pane("list", shown=True, keep=False)
        self.listing.focus()

    def action_choose(self) -> None:
        """Go from the list to the text there."""
        if self._in_list:
            self._to_text()

    def _to_text(self) -> None:
        if self.has_class("narrow"):
            self._show_pane("list", shown=False, keep=False)
        self.view.focus()

    def action_fold_list(self) -> None:
        """Show the list, or hide it."""
        self._show_pane("list", shown=not self.listing.display)
        (self.listing if self.listing.display and self.has_class("narrow") else self.view).focus()

    def action_fold_definitions(self) -> None:
        """Show what the codes mean, or hide it."""
        self._show_pane("definitions", shown=not self.query_one(Definitions).display)

    def _show_pane(self, pane: str, *, shown: bool, keep: bool = True) -> None:
        self._folded[pane] = not shown
        if keep and not (pane == "list" and self.has_class("narrow")):
            write_folded(self.workbench.study, {pane: not shown})
        self._fold()

    def _fold(self) -> None:
        """Show list and definitions as asked for or as there is room; a narrow screen has list or text."""
        width, height = self.app.size
        narrow = width < ROOM_FOR_LIST
        if narrow != self.has_class("narrow"):
            self.set_class(narrow, "narrow")
            if narrow:
                self._folded["list"] = True
            else:
                self._folded["list"] = read_folded(self.workbench.study).get("list", False)
        folded = {"list": narrow, "definitions": height < ROOM_FOR_DEFINITIONS} | self._folded
        self.listing.display = not folded["list"]
        self.query_one("#of-text").display = folded["list"] or not narrow
        self.query_one(Definitions).display = not folded["definitions"]

    # What is listed, and of whom

    def action_filter(self) -> None:
        """List some differences only, or all again."""
        if self.queue is None:
            self.at_hand()
            return
        everything = self.queue.items
        choices = list(offers(self.listed, everything, self.item, self.book))

        def choose(id_: str | None) -> None:
            if id_ is not None:
                self.list_only(choices[int(id_)][0])
                self.say(f"{len(self.items)} of {len(everything)} {self.words.differences} listed.")

        rows = [(str(n), told) for n, (_, told) in enumerate(choices)]
        self.app.push_screen(Picker(f"List the {self.words.differences}", rows), choose)

    def action_next_pair(self) -> None:
        """Compare the next two coders."""
        if self.queue is None or len(self.pairs) < 2:
            self.say("No other two coders can be compared yet.")
            return
        pair = self.pairs[(self.pairs.index(self.queue.coders) + 1) % len(self.pairs)]
        self.show_pair(pair)

    def show_pair(self, pair: tuple[str, str], wanted: str | None = None) -> None:
        """Compare two coders, at a difference if one is named by its id."""
        self.listed = Shown()
        self.read_anew(wanted, pair)
        self.say(f"A is {pair[0]}, B is {pair[1]}.")

    def action_figures(self) -> None:
        """Show how far the two agree on each code."""
        if self.queue is None:
            self.at_hand()
            return
        self.app.push_screen(FiguresScreen(self.queue.coders, self.go_to_place))

    def go_to_place(self, pair: tuple[str, str], words: Words) -> None:
        """Leave what lies over the comparison, and go to some words in it.

        Args:
            pair: The two coders.
            words: The words.
        """
        while self.app.screen is not self:
            self.app.pop_screen()
        if self.queue is not None and self.queue.coders == pair:
            self.look_at(words)
        else:
            self.elsewhere = words
            self.show_pair(pair)
