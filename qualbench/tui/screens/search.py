"""Mode 9: finding words in all sources, looking through what was found, and coding it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.coordinate import Coordinate
from textual.message import Message
from textual.widgets import DataTable, Input, Static
from textual.worker import get_current_worker

from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import apply_codes
from qualbench.coding.codings import recent_codes
from qualbench.coding.search.hits import Hit, Limits, search
from qualbench.coding.search.passages import EXTENTS, passage_of
from qualbench.coding.undoing import redo, undo
from qualbench.errors import BadInput, QualbenchError
from qualbench.transcripts.attributes import KINDS
from qualbench.tui.actions import SEARCH, bindings
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.picker import Picker
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.table import RowTable

PAGE = 200
"""Hits shown at once."""

HINT = 'words   "a phrase"   begin*   forms NEAR/5 bus   typo~   /regular expression/   one OR other   -not'
EMPTY = (
    "Here will be what a search finds: a row for each place, with the words around it.\n\n"
    "Type words and press enter. What is found can be looked through and coded in one step:\n"
    "space leaves a place out, e chooses how much of it is coded, c chooses the code."
)


class SearchScreen(ModeScreen):
    """A line to type, what was found, and the turn around the place under the cursor."""

    place = SEARCH
    BINDINGS = bindings(SEARCH)
    DEFAULT_CSS = """
    SearchScreen Input, SearchScreen Input:focus {
        border: none; height: 1; padding: 0 1; background: $surface;
    }
    SearchScreen #limits { height: 1; padding: 0 1; color: $text-muted; }
    SearchScreen RowTable { height: 1fr; background: $background; }
    SearchScreen #around { height: auto; max-height: 9; padding: 1 2 0 2; border-top: hkey $panel; }
    SearchScreen #empty { height: 1fr; padding: 2 4; }
    """

    @dataclass
    class Found(Message):
        """A search has ended."""

        query: str
        hits: list[Hit]

    def __init__(self) -> None:
        super().__init__()
        self._query = ""
        self._limits = Limits()
        self._hits: list[Hit] = []
        self._left_out: set[int] = set()
        self._page = 0
        self._extent = "words"

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Input(placeholder=HINT)
        yield Static("", id="limits", markup=False)
        yield RowTable(cursor_type="row")
        yield Static(EMPTY, id="empty", markup=False)
        yield Static("", id="around", markup=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Begin with the line to type."""
        self._fill()
        self.query_one(Input).focus()

    # Searching

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._begin(event.value.strip())

    def _begin(self, query: str) -> None:
        self._query = query
        self.say(f"Searching for {query} ...")
        self._search(query, self._limits)

    @work(thread=True, exclusive=True, group="search", exit_on_error=False)
    def _search(self, query: str, limits: Limits) -> None:
        worker = get_current_worker()
        try:
            message: Message = self.Found(query, search(self.workbench.study, query, limits))
        except QualbenchError as error:
            message = self.Failed(error)
        if not worker.is_cancelled:
            self.post_message(message)

    @on(Found)
    def _show_found(self, event: Found) -> None:
        self._hits, self._left_out, self._page = event.hits, set(), 0
        self._fill()
        sources = len({hit.source for hit in event.hits})
        if event.hits:
            self.query_one(RowTable).focus()
            self.say(f"{event.query}: {_places(len(event.hits))} in {_sources(sources)}. c codes them.")
        else:
            self.say(f"{event.query}: not found.")

    # What is shown

    def _fill(self, cursor: int = 0) -> None:
        table = self.query_one(RowTable)
        table.clear(columns=True)
        table.display, self.query_one("#empty").display = bool(self._hits), not self._hits
        width = self.app.size.width - 7
        names, who = (24, 10) if width > 100 else (16, 6)
        table.add_column(" ", width=1)
        table.add_column("source", width=names)
        table.add_column("who", width=who)
        table.add_column("words", width=max(20, width - names - who - 4))
        first = self._page * PAGE
        for n, hit in enumerate(self._hits[first : first + PAGE], start=first):
            words = _in_context(hit, max(20, width - names - who - 4))
            table.add_row(self._mark(n), Text(hit.source), Text(hit.block.speaker or ""), words, key=str(n))
        if table.row_count:
            table.move_cursor(row=min(cursor, table.row_count - 1), animate=False)
        self._show_limits()
        self._show_around()

    def _mark(self, at: int) -> str:
        return "·" if at in self._left_out else "✓"

    def _show_limits(self) -> None:
        limits = [str(value) for value in (self._limits.stakeholder, self._limits.timepoint) if value]
        limits += [str(value) for value in (self._limits.site, self._limits.kind) if value]
        limits += [f"coded {self._limits.code}"] if self._limits.code else []
        limits += ["uncoded only"] if self._limits.uncoded else []
        pages = -(-len(self._hits) // PAGE)
        page = f"   page {self._page + 1} of {pages}, > next" if pages > 1 else ""
        chosen = len(self._hits) - len(self._left_out)
        count = f"   {chosen} of {len(self._hits)} to be coded: {_what(self._extent)}" if self._hits else ""
        self.query_one("#limits", Static).update(f"in: {', '.join(limits) or 'all sources'}{count}{page}")

    @on(DataTable.RowHighlighted)
    def _show_around(self) -> None:
        hit = self._hit()
        around = self.query_one("#around", Static)
        around.display = hit is not None
        if hit is not None:
            text = Text(hit.block.words)
            text.stylize("reverse", hit.start - hit.block.start, hit.end - hit.block.start)
            around.update(text)

    def _hit(self) -> Hit | None:
        at = self._at()
        return self._hits[at] if at is not None else None

    def _at(self) -> int | None:
        table = self.query_one(RowTable)
        return self._page * PAGE + table.cursor_row if self._hits and table.row_count else None

    # Looking through

    def action_type(self) -> None:
        """Go to the line to type."""
        self.query_one(Input).focus()

    def action_open(self) -> None:
        """Open the place under the cursor in its transcript."""
        hit = self._hit()
        if hit is not None:
            self.workbench.open_source(hit.source, hit.start)

    @on(DataTable.RowSelected)
    def _open_clicked(self) -> None:
        self.action_open()

    def action_leave_out(self) -> None:
        """Leave the place under the cursor out, or take it in again."""
        at = self._at()
        if at is not None:
            self._left_out ^= {at}
            table = self.query_one(RowTable)
            table.update_cell_at(Coordinate(table.cursor_row, 0), self._mark(at))
            table.action_cursor_down()
            self._show_limits()

    def action_all_or_none(self) -> None:
        """Leave every place out, or take all in again."""
        self._left_out = set() if self._left_out else set(range(len(self._hits)))
        self._fill(self.query_one(RowTable).cursor_row)

    def action_extent(self) -> None:
        """Go on to the next of what is coded: the words found, their sentence, their turn."""
        extents = list(EXTENTS)
        self._extent = extents[(extents.index(self._extent) + 1) % len(extents)]
        self._show_limits()

    def action_next_page(self) -> None:
        """Show the next two hundred places."""
        self._turn_page(1)

    def action_previous_page(self) -> None:
        """Show the two hundred places before."""
        self._turn_page(-1)

    def _turn_page(self, step: int) -> None:
        if 0 <= (self._page + step) * PAGE < len(self._hits):
            self._page += step
            self._fill()

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self.query_one(RowTable).action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self.query_one(RowTable).action_cursor_up()

    def action_limit(self) -> None:
        """Search only some of the talk, or all again."""
        settings = self.workbench.settings
        choices = [("all", "all sources"), ("uncoded", "uncoded only"), ("code", "what has a code ...")]
        choices += [(f"stakeholder={name}", f"stakeholder: {name}") for name in settings.stakeholder_types]
        choices += [(f"timepoint={name}", f"timepoint: {name}") for name in settings.timepoints]
        choices += [(f"site={name}", f"site: {name}") for name in settings.sites]
        choices += [(f"kind={name}", f"kind: {name}") for name in KINDS]
        self.app.push_screen(Picker("Search in", choices), self._limit)

    def _limit(self, choice: str | None) -> None:
        if choice is None:
            return
        what, _, value = choice.partition("=")
        if what == "code":
            self._pick("Search what has the code", self._limit_to_code, creates=False)
            return
        if what == "all":
            self._limits = Limits()
        elif what == "uncoded":
            self._limits = replace(self._limits, uncoded=not self._limits.uncoded)
        else:
            changes: dict[str, Any] = {what: value}
            self._limits = replace(self._limits, **changes)
        self._again()

    def _limit_to_code(self, picked: Picked | None) -> None:
        if picked is not None:
            self._limits = replace(self._limits, code=picked.codes[0])
            self._again()

    def _again(self) -> None:
        self._show_limits()
        if self._query:
            self._begin(self._query)

    # Coding

    def action_code(self) -> None:
        """Choose codes for the places that are not left out."""
        if len(self._hits) == len(self._left_out):
            raise BadInput("There is nothing to code.", "Search for something first.")
        chosen = len(self._hits) - len(self._left_out)
        self._pick(f"Code {_places(chosen)}: {_what(self._extent)}", self._code, creates=True)

    def _pick(self, title: str, then: Callable[[Picked | None], None], *, creates: bool) -> None:
        study = self.workbench.study
        picker = CodePicker(title, read_codebook(study), recent_codes(study), {}, creates=creates)
        self.app.push_screen(picker, then)

    def _code(self, picked: Picked | None) -> None:
        if picked is not None:
            self.attempt(lambda: self._put(picked))

    def _put(self, picked: Picked) -> None:
        passages = [
            passage_of(hit, self._extent) for n, hit in enumerate(self._hits) if n not in self._left_out
        ]
        new = [picked.new] if picked.new else []
        applied = apply_codes(self.workbench.study, passages, picked.codes, new)
        self.say(f"{applied.sentence()} u takes all of it back.")

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        self.say(f"Undid: {undo(self.workbench.study).summary}.")

    def action_redo(self) -> None:
        """Make it again."""
        self.say(f"Redid: {redo(self.workbench.study).summary}.")

    def action_other_pane(self) -> None:
        """Go from the line to what was found, and back."""
        table = self.query_one(RowTable)
        (self.query_one(Input) if table.has_focus or not self._hits else table).focus()

    def action_to_study(self) -> None:
        """Leave the line to type, or go back to the study."""
        if self.query_one(Input).has_focus and self._hits:
            self.query_one(RowTable).focus()
        else:
            self.app.switch_mode("study")


def _in_context(hit: Hit, width: int) -> Text:
    """The words found with those around them, on one line, marked by brackets and bold."""
    start, end = hit.start - hit.block.start, hit.end - hit.block.start
    room = max(0, width - (end - start) - 2)
    left = hit.block.words[max(0, start - room // 3) : start]
    right = hit.block.words[end : end + room - len(left)]
    cut = "…" if start > len(left) else ""
    text = Text.assemble(cut, left, ("«" + hit.block.words[start:end] + "»", "bold"), right)
    text.plain = text.plain.replace("\n", " ")
    return text


def _what(extent: str) -> str:
    return "the words found" if extent == "words" else f"their {extent}s"


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"
