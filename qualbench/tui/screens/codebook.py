"""Mode 5: the codebook as a tree, and the entry under the cursor in full."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from qualbench.codebook.tree import CodeEntry
from qualbench.tui.actions import CODEBOOK, bindings
from qualbench.tui.screens.base import told
from qualbench.tui.screens.codebook_moving import MovingInCodebook
from qualbench.tui.screens.review import review_cell, review_theme, review_uncaptured
from qualbench.tui.screens.versions import VersionsScreen
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.code_tree import CodeTree, TreeHeading
from qualbench.tui.widgets.cross_table import CrossTable
from qualbench.tui.widgets.entry_view import EntryView

EMPTY = (
    "Here will be the codebook: themes, sub-themes and codes as a tree, and each of them in full with its "
    "definition, examples and where it occurs.\n\n"
    "Press b to bring in a codebook that comes with qualbench, or a to add the first entry yourself.\n\n"
    "Codes also come from coding: in a transcript (4), C makes one. A codebook in a file comes in from the "
    "command line:\n\n"
    "    qualbench codebook import FILE"
)


class CodebookScreen(MovingInCodebook):
    """The tree to the left, the entry and where it occurs to the right."""

    place = CODEBOOK
    BINDINGS = bindings(CODEBOOK)
    DEFAULT_CSS = """
    CodebookScreen #book { height: 1fr; }
    CodebookScreen #of-tree { width: 6fr; padding: 0 0 0 1; }
    CodebookScreen #of-entry { width: 5fr; padding: 0 0 0 1; border-left: vkey $panel; }
    CodebookScreen #entry { height: 1fr; scrollbar-size-vertical: 1; }
    CodebookScreen Input, CodebookScreen Input:focus {
        border: none; height: 1; padding: 0; background: $surface; display: none;
    }
    CodebookScreen Input.used { display: block; }
    CodebookScreen #empty { height: 1fr; padding: 2 4; }
    """

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        with Horizontal(id="book"):
            with Vertical(id="of-tree"):
                yield TreeHeading()
                yield Input(placeholder="type a part of a name; enter goes to the tree, esc shows all")
                yield CodeTree()
            with Vertical(id="of-entry"):
                with VerticalScroll(id="entry", can_focus=False):
                    yield EntryView()
                yield CrossTable()
        yield Static(EMPTY, id="empty", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Begin with the tree."""
        self.codes.focus()

    def on_screen_resume(self) -> None:
        """Show what has changed in another mode, and the entry that was asked for there."""
        self.look_again()
        asked, self.workbench.code_asked = self.workbench.code_asked, None
        if asked is not None:
            self._end_filter()
            self.codes.move_to(asked)

    # Moving about

    @property
    def _in_table(self) -> bool:
        return self.query_one(CrossTable).has_focus

    def _step(self, rows: int) -> None:
        if self._in_table:
            self._step_cell(rows, 0)
        else:
            self.codes.step(rows)

    def _step_cell(self, rows: int, columns: int) -> None:
        table = self.query_one(CrossTable)
        table.step(rows, columns)
        if table.cell is not None:
            self.query_one(Status).show_here(f"{table.cell.told}; enter shows the passages, tab goes back.")

    def _page(self, pages: int) -> None:
        if self._in_table:
            self._scroll_entry(pages)
        else:
            self.codes.step_page(pages)

    def _scroll_entry(self, pages: int) -> None:
        scroll = self.query_one("#entry", VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 2), animate=False)

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self._step(1)

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self._step(-1)

    def action_page_down(self) -> None:
        """Move the cursor a page down; from the table, the entry."""
        self._page(1)

    def action_page_up(self) -> None:
        """Move the cursor a page up; from the table, the entry."""
        self._page(-1)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        if self._in_table:
            self._step(-len(self.codes.rows))
        else:
            self.codes.move_to_end(last=False)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        if self._in_table:
            self._step(len(self.codes.rows))
        else:
            self.codes.move_to_end(last=True)

    def action_fold(self) -> None:
        """Fold the entry, or go to the one above it; in the table, go left."""
        if self._in_table:
            self._step_cell(0, -1)
        else:
            self.codes.fold_here()

    def action_unfold(self) -> None:
        """Unfold the entry, or go to the first below it; in the table, go right."""
        if self._in_table:
            self._step_cell(0, 1)
        else:
            self.codes.unfold_here()

    def action_read_on(self) -> None:
        """Show more of the entry; at its end, its beginning."""
        scroll = self.query_one("#entry", VerticalScroll)
        if scroll.scroll_y >= scroll.max_scroll_y:
            scroll.scroll_home(animate=False)
        else:
            self._scroll_entry(1)

    def action_other_pane(self) -> None:
        """Go from the tree to the table of where the entry occurs, and back."""
        table = self.query_one(CrossTable)
        if self._in_table:
            self.codes.focus()
        elif table.cell is None:
            self.say("No participant's words have this code in the layer; L shows another.")
        else:
            table.focus()
            self._step_cell(0, 0)

    def action_back(self) -> None:
        """Show all again, leave the table, or go to the study."""
        if self._in_table:
            self.codes.focus()
        elif self.codes.typed or self.query_one(Input).has_focus:
            self._end_filter()
            self.say("All entries are shown.")
        else:
            self.app.switch_mode("study")

    # What is shown

    def action_filter(self) -> None:
        """Show the entries whose names hold what is typed, old names among them."""
        if not len(self.book):
            self.chosen()  # tells that there is none
        line = self.query_one(Input)
        line.add_class("used")
        line.focus()

    def _end_filter(self) -> None:
        line = self.query_one(Input)
        line.remove_class("used")
        with self.prevent(Input.Changed):
            line.value = ""
        self.codes.filter("")
        self.codes.focus()
        self.show_heading()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.codes.filter(event.value)
        self.show_heading()

    @on(Input.Submitted)
    def _to_tree(self) -> None:
        if not self.codes.typed.strip():
            self._end_filter()
        elif not self.codes.rows:
            self.say("No name holds that.")
        else:
            self.codes.focus()

    def action_show_whole(self) -> None:
        """Show retired and merged entries too, or hide them again."""
        self.codes.show_whole(not self.codes.whole)
        self.show_heading()
        out = sum(not entry.in_use for entry in self.book.by_id.values())
        shown = "are shown" if self.codes.whole else "are hidden"
        self.say(
            f"{out} retired and merged entries {shown}; i {'hides' if self.codes.whole else 'shows'} them."
        )

    def action_next_layer(self) -> None:
        """Count the codings of the next layer that may be seen."""
        self.shown_layer = self.workbench.next_layer(self.shown_layer)
        self.reload()
        self.say(f"Layer {self.shown_layer}.")

    # The passages

    @on(CrossTable.Opened)
    @on(CodeTree.Opened)
    @told
    def _open_clicked(self) -> None:
        self.action_passages()

    def action_passages(self) -> None:
        """Show all passages of the entry in one scroll; in the table, those of the cell."""
        entry: CodeEntry = self.book.survivor(self.chosen())
        cell = self.query_one(CrossTable).cell
        if not self._in_table or cell is None:
            self.app.push_screen(review_theme(entry.id, self.shown_layer))
        elif cell.codings:
            self.app.push_screen(review_cell(entry.id, self.shown_layer, cell.stakeholder, cell.timepoint))
        else:
            self.say(f"{cell.told}.")

    def action_versions(self) -> None:
        """Show the versions of the codebook."""
        self.app.push_screen(VersionsScreen())

    def action_uncaptured(self) -> None:
        """Show the participants' talk that no theme captures."""
        self.app.push_screen(review_uncaptured(self.shown_layer))
