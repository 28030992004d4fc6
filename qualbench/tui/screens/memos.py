"""Mode 8: the memos, a row each, and the text of the one under the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Markdown, Static

from qualbench.coding.memos import ABOUT, STUDY, MemoRead, add_memo, edit_memo, list_memos, remove_memo
from qualbench.coding.undoing import redo, undo
from qualbench.study.journal import newest_event
from qualbench.tui.actions import MEMOS, bindings
from qualbench.tui.screens.base import ModeScreen, told
from qualbench.tui.screens.memo_editor import MemoEditor
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.table import RowTable

EMPTY = (
    "Here will be the memos: notes on the study, on sources, codes, codings and turns.\n\n"
    "Press a to write one on the study. In a transcript (4), M writes one on what is there."
)
NONE_HERE = "No memo is about that.\n\nf goes on to the next kind, w shows those of everybody."
ALL = "all"

_FILTERS = (ALL, *ABOUT)
_ABOUT, _BY, _CHANGED = 6, 4, 10  # cells of the columns; "where" takes what it needs, "memo" the rest
_WHERE = 0.3  # share of the width that "where" may take
_QUOTE = 160  # characters shown of the words that a memo is on


class MemosScreen(ModeScreen):
    """Memos of one kind or all at the top, the text of the one under the cursor below."""

    place = MEMOS
    BINDINGS = bindings(MEMOS)
    DEFAULT_CSS = """
    MemosScreen #title { height: 1; padding: 0 1; color: $text-muted; }
    MemosScreen #empty { height: 1fr; padding: 2 4; }
    MemosScreen DataTable { height: 2fr; background: $background; scrollbar-size-horizontal: 0; }
    MemosScreen #memo { height: 3fr; border-top: hkey $panel; scrollbar-size-vertical: 1; }
    MemosScreen #memo:focus { border-top: hkey $primary; }
    MemosScreen #headline { padding: 0 2; max-width: 92; height: auto; color: $text-muted; }
    MemosScreen Markdown { padding: 1 2; max-width: 92; }
    MemosScreen MarkdownHeader { content-align: left middle; margin: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._all: list[MemoRead] = []
        self._shown: list[MemoRead] = []
        self._about = ALL
        self._mine = False
        self._present: str | None = None  # the id of the memo under the cursor
        self._rendered = ""
        self._seen: int | None = None  # the newest event when the memos were read

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="title", markup=False)
        yield Static("", id="empty", markup=False)
        yield RowTable(cursor_type="row")
        with VerticalScroll(id="memo"):
            yield Static("", id="headline", markup=False)
            yield Markdown(open_links=False)
        yield Status()
        yield self.keys()

    def on_screen_resume(self) -> None:
        """Read the memos anew if anything has changed, as it may have in another mode."""
        self._look_again()

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:  # a line to type that closes is a resume too
            self.reload()

    def on_resize(self) -> None:
        """Give the first lines the room that there is."""
        self._fill()

    # Reading and showing

    @told
    def reload(self) -> None:
        """Read the memos and show them."""
        newest = newest_event(self.workbench.study)
        self._all = list_memos(self.workbench.study)
        self._seen = newest
        self._fill()

    def _fill(self) -> None:
        """Fill the list, keeping the cursor where it was."""
        table = self.query_one(RowTable)
        row, present = table.cursor_row, self._present
        mine = self.workbench.study.coder if self._mine else None
        of_these = [memo for memo in self._all if mine in (None, memo.created_by)]
        self._shown = [memo for memo in of_these if self._about in (ALL, memo.about)]
        table.clear(columns=True)
        for name, width in _columns(self._shown, self.app.size.width):
            table.add_column(name, width=width)
        for memo in self._shown:
            table.add_row(*_cells(memo), key=memo.id)
        ids = [memo.id for memo in self._shown]
        if ids:
            at = ids.index(present) if present in ids else row
            table.move_cursor(row=min(max(0, at), len(ids) - 1), animate=False)
        empty = self.query_one("#empty", Static)
        empty.display = not ids
        table.display = self.query_one("#memo").display = bool(ids)
        empty.update(NONE_HERE if self._all else EMPTY)
        self.query_one("#title", Static).update(_title(of_these, self._about, self._mine))
        if ids and self.focused is None:
            table.focus()
        self._show_memo()

    @on(DataTable.RowHighlighted)
    def _show_memo(self) -> None:
        memo = self._memo()
        self._present = memo.id if memo is not None else None
        self.query_one("#headline", Static).update(_headline(memo) if memo is not None else "")
        text = memo.text if memo is not None else ""
        if text != self._rendered:
            self._rendered = text
            self.query_one(Markdown).update(text)
            self.query_one("#memo").scroll_home(animate=False)

    # Writing

    def action_add(self) -> None:
        """Write a memo on the study."""

        def save(text: str, seen: str) -> None:
            self._present = add_memo(self.workbench.study, text)
            self._about = ALL

        self._write("Memo on the study", "", save)

    def action_edit(self) -> None:
        """Go on with the memo under the cursor."""
        memo = self._memo()
        if memo is None:
            return
        if memo.created_by != self.workbench.study.coder:
            self.say(f"That memo is {memo.created_by}'s; only its author changes it.")
            return

        def save(text: str, seen: str) -> None:
            edit_memo(self.workbench.study, memo.id, text, seen)

        self._write(f"Memo on {memo.where}", memo.text, save)

    def _write(self, title: str, text: str, save: Callable[[str, str], None]) -> None:
        def kept(new_text: str | None) -> None:
            if new_text is not None:
                self._reload("The memo is kept; u takes that back.")

        self.app.push_screen(MemoEditor(title, text, save), kept)

    def action_remove(self) -> None:
        """Take the memo under the cursor away."""
        memo = self._memo()
        if memo is not None:
            remove_memo(self.workbench.study, memo.id)
            self._reload("The memo is removed; u brings it back.")

    def action_undo(self) -> None:
        """Take the last change back."""
        self._reload(f"Undone: {undo(self.workbench.study).summary}")

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._reload(f"Done again: {redo(self.workbench.study).summary}")

    def _reload(self, sentence: str) -> None:
        self.say(sentence)
        self.reload()

    # Moving about

    def action_next_filter(self) -> None:
        """Go on to the memos on the next kind of thing."""
        self._about = _FILTERS[(_FILTERS.index(self._about) + 1) % len(_FILTERS)]
        self._fill()

    def action_whose(self) -> None:
        """Go from everybody's memos to one's own and back."""
        self._mine = not self._mine
        self._fill()

    def action_open(self) -> None:
        """Open the place in its transcript."""
        memo = self._memo()
        if memo is None:
            return
        if memo.source is None:
            what = "the study" if memo.about == STUDY else "a code"
            self.say(f"A memo on {what} has no place in a transcript.")
            return
        self.workbench.open_source(memo.source, memo.start)

    def action_row_down(self) -> None:
        """Move the cursor, or the text, down."""
        if self.query_one("#memo").has_focus:
            self.query_one("#memo").scroll_down(animate=False)
        else:
            self.query_one(RowTable).action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor, or the text, up."""
        if self.query_one("#memo").has_focus:
            self.query_one("#memo").scroll_up(animate=False)
        else:
            self.query_one(RowTable).action_cursor_up()

    def action_other_pane(self) -> None:
        """Go from the list to the text and back."""
        text = self.query_one("#memo")
        (self.query_one(RowTable) if text.has_focus else text).focus()

    def action_to_study(self) -> None:
        """Go back to the list, or to the study."""
        if self.query_one("#memo").has_focus:
            self.action_other_pane()
        else:
            self.app.switch_mode("study")

    def _memo(self) -> MemoRead | None:
        row = self.query_one(RowTable).cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None


def _title(memos: Sequence[MemoRead], about: str, mine: bool) -> str:
    """How many memos are on each kind of thing, the present kind in brackets, and whose."""
    counts = Counter(memo.about for memo in memos)
    counts[ALL] = len(memos)
    kinds = "  ".join(
        f"[{kind} {counts[kind]}]" if kind == about else f"{kind} {counts[kind]}" for kind in _FILTERS
    )
    return f"{kinds}    {'mine only' if mine else 'everybody'}"


def _columns(memos: Sequence[MemoRead], width: int) -> list[tuple[str, int]]:
    """The columns of the list with their cells, on a screen so wide."""
    where = min(int(width * _WHERE), max((cell_len(memo.where) for memo in memos), default=0))
    taken = _ABOUT + where + _BY + _CHANGED + 2 * 5 + 2  # padding of the columns, and a scroll bar
    return [("about", _ABOUT), ("where", where), ("memo", width - taken), ("by", _BY), ("changed", _CHANGED)]


def _cells(memo: MemoRead) -> tuple[Text | str, ...]:
    where, line = (Text(words, overflow="ellipsis", no_wrap=True) for words in (memo.where, memo.first_line))
    return memo.about, where, line, memo.created_by, memo.changed_at[:10]


def _headline(memo: MemoRead) -> Text:
    """What a memo is on, by whom, from when, and the words."""
    written, changed = memo.created_at[:10], memo.changed_at[:10]
    when = written if memo.changed_at == memo.created_at else f"{written}, changed {changed}"
    line = Text.assemble((f"On {memo.where}", "bold"), f"   by {memo.created_by}, {when}")
    if memo.quote:
        words = " ".join(memo.quote.split())
        line.append(f"\n“{words if len(words) <= _QUOTE else words[: _QUOTE - 1] + '…'}”", "italic")
    return line
