"""Mode 3: what identifies people, an entity at a time, with the words around each place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import DataTable, Static
from textual.worker import Worker, get_current_worker

from qualbench.coding.undoing import redo, undo
from qualbench.errors import QualbenchError
from qualbench.redaction import deciding, marking
from qualbench.redaction.entities import (
    ACCEPTED,
    DETAILS,
    NAMES,
    QUEUES,
    REJECTED,
    SECOND,
    EntityRead,
    MentionRead,
    decided,
    in_queue,
    list_entities,
)
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.patterns import POSSIBLE, STRONG
from qualbench.redaction.suggesting import suggest_in_sources, without_capitals
from qualbench.text.spans import Span
from qualbench.text.words import Edge, stretch
from qualbench.transcripts.sources import read_source
from qualbench.tui.actions import REDACT, bindings
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.mark import MarkScreen
from qualbench.tui.screens.picker import Picker
from qualbench.tui.widgets.chrome import Status
from qualbench.tui.widgets.entity_row import entity_cells, entity_headline, mention_line, queue_line
from qualbench.tui.widgets.table import RowTable

EMPTY = (
    "Nothing is left in this list: {queue}.\n\nPress d to look through the sources that are not sealed, "
    "f for the next list. Seal with 'qualbench redact seal'."
)
_ORDER = tuple(QUEUES)
_NEXT = {queue: _ORDER[(n + 1) % len(_ORDER)] for n, queue in enumerate(_ORDER)}
_SOURCE_WIDTH = 16


class RedactScreen(ModeScreen):
    """Entities of one list at the left, the places of the one under the cursor at the right."""

    place = REDACT
    BINDINGS = bindings(REDACT)
    DEFAULT_CSS = """
    RedactScreen #empty { height: 1fr; padding: 2 4; }
    RedactScreen #title { height: 1; padding: 0 1; color: $text-muted; }
    RedactScreen #panes { height: 1fr; }
    RedactScreen #entities { width: 52; height: 1fr; scrollbar-size-horizontal: 0; }
    RedactScreen #entity { width: 1fr; height: 1fr; padding: 0 0 0 1; }
    RedactScreen #headline { height: 4; }
    RedactScreen.narrow #headline { height: 3; }
    RedactScreen #mentions { height: 1fr; scrollbar-size-horizontal: 0; }
    RedactScreen DataTable { background: $background; }
    RedactScreen.narrow #panes { layout: vertical; }
    RedactScreen.narrow #entities { width: 1fr; height: 1fr; }
    RedactScreen.narrow #entity { height: 1fr; padding: 0; }
    """

    class Loaded(Message):
        """The entities were read."""

        def __init__(self, entities: list[EntityRead], sentence: str) -> None:
            super().__init__()
            self.entities, self.sentence = entities, sentence

    class Progress(Message):
        """A source is being looked through."""

        def __init__(self, done: int, total: int, name: str) -> None:
            super().__init__()
            self.done, self.total, self.name = done, total, name

    class Ended(Message):
        """Looking through has ended, by itself or because it was stopped."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self) -> None:
        super().__init__()
        self._all: list[EntityRead] = []
        self._shown: list[EntityRead] = []
        self._marked: set[str] = set()
        self._queue = NAMES
        self._detecting: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="title", markup=False)
        yield Static("", id="empty", markup=False)
        with Horizontal(id="panes"):
            yield RowTable(id="entities", cursor_type="row")
            with Vertical(id="entity"):
                yield Static("", id="headline", markup=False)
                yield RowTable(id="mentions", cursor_type="row", show_header=False)
        yield Status()
        yield self.keys()

    def on_mount(self) -> None:
        """Read the entities."""
        entities = self.query_one("#entities", RowTable)
        for name, width in ((" ", 1), ("", 1), ("forms", 21), ("as", 15), ("n", 4)):
            entities.add_column(name, width=width)
        mentions = self.query_one("#mentions", RowTable)
        for name, width in (("", 3), ("source", _SOURCE_WIDTH), ("words", 400)):
            mentions.add_column(name, width=width)

    def on_screen_resume(self) -> None:
        """Read the entities anew: another mode may have changed them."""
        self._load("")

    def on_resize(self) -> None:
        """Put the panes above one another where there is no room beside."""
        self.set_class(self.app.size.width < 110, "narrow")
        self.call_after_refresh(self._show_entity)

    # Reading and showing

    @work(thread=True, exclusive=True, group="load")
    def _load(self, sentence: str) -> None:
        try:
            self.post_message(self.Loaded(list_entities(self.workbench.study), sentence))
        except QualbenchError as error:
            self.post_message(self.Failed(error))

    @on(Loaded)
    def _show_loaded(self, event: Loaded) -> None:
        self._all = event.entities
        self._show(event.sentence)

    def _show(self, sentence: str = "") -> None:
        """Fill the list of the present queue, keeping the cursor where it was."""
        table = self.query_one("#entities", RowTable)
        row, present = table.cursor_row, self._entity()
        self._shown = in_queue(self._all, self._queue, self.workbench.study.coder)
        ids = [entity.id for entity in self._shown]
        table.clear()
        for entity in self._shown:
            table.add_row(*entity_cells(entity), key=entity.id)
        if self._shown:
            at = ids.index(present.id) if present is not None and present.id in ids else row
            table.move_cursor(row=min(max(0, at), len(ids) - 1))
        empty = self.query_one("#empty", Static)
        empty.display, self.query_one("#panes").display = not self._shown, bool(self._shown)
        empty.update(EMPTY.format(queue=QUEUES[self._queue]))
        self._show_title()
        self._show_entity()
        if self._shown and self.focused is None:
            table.focus()
        if sentence:
            self.say(sentence)

    def _show_title(self) -> None:
        line = queue_line(self._all, self._queue, self.workbench.study.coder)
        self.query_one("#title", Static).update(line)

    @on(DataTable.RowHighlighted, "#entities")
    def _show_other(self) -> None:
        self._marked.clear()
        self._show_entity()

    def _show_entity(self) -> None:
        entity, table = self._entity(), self.query_one("#mentions", RowTable)
        row = table.cursor_row
        table.clear()
        room = table.size.width - _SOURCE_WIDTH - 3 - 8  # the other columns, padding and scroll bar
        for mention in entity.mentions if entity else []:
            cells = mention_line(mention, mention.id in self._marked, room)
            table.add_row(*cells, key=mention.id)
        if entity:
            table.move_cursor(row=min(max(0, row), len(entity.mentions) - 1))
        self._show_headline()

    @on(DataTable.RowHighlighted, "#mentions")
    def _show_headline(self) -> None:
        entity, mention = self._entity(), self._mention()
        headline = entity_headline(entity, mention) if entity and mention else ""
        self.query_one("#headline", Static).update(headline)

    # Deciding

    def action_accept(self) -> None:
        """Replace the entity, or the place."""
        self._decide(ACCEPTED)

    def action_reject(self) -> None:
        """Keep the entity, or the place."""
        self._decide(REJECTED)

    def _decide(self, decision: str) -> None:
        entity, mention = self._entity(), self._mention()
        if entity is None:
            return
        study = self.workbench.study
        if self._among_places() and mention is not None:
            deciding.except_mention(study, mention.id, None if mention.exception else decision)
            self._load("Decided on that place alone; y or n again to let it go with the others.")
        elif self._queue == SECOND and decision == REJECTED:
            deciding.confirm(study, entity.id)
            self._replace(replace(entity, confirmed_by=study.coder), "Confirmed: it stays.")
        else:
            pseudonym = deciding.decide(study, entity.id, decision)
            said = f"Becomes {pseudonym}." if pseudonym else "Stays as it is."
            self._replace(decided(entity, decision, pseudonym, study.coder or ""), said)

    def _replace(self, entity: EntityRead, sentence: str) -> None:
        """Show an entity as it is now, without reading all of them again."""
        self._all = [entity if one.id == entity.id else one for one in self._all]
        self._show(sentence)

    def action_pseudonym(self) -> None:
        """Write the pseudonym, and accept."""
        entity = self._entity()
        if entity is None:
            return
        choices = [
            (f"term:{TERMS[entity.kind]}", f"{TERMS[entity.kind]} and a number, or as the study has it")
        ]

        def typed(text: str) -> tuple[str, str] | None:
            return (f"as:{text}", f"[{text.strip('[]')}]") if text else None

        def write(chosen: str | None) -> None:
            if chosen is None:
                return
            how, _, words = chosen.partition(":")
            given = {"pseudonym": words} if how == "as" else {"term": words}
            self._then(lambda: self._accept_as(entity, given))

        self.app.push_screen(Picker("Pseudonym, as [a town nearby] or [Mother 1]", choices, typed), write)

    def _accept_as(self, entity: EntityRead, given: dict[str, str]) -> None:
        study = self.workbench.study
        pseudonym = deciding.decide(study, entity.id, ACCEPTED, **given)
        self._replace(decided(entity, ACCEPTED, pseudonym, study.coder or ""), f"Becomes {pseudonym}.")

    def action_kind(self) -> None:
        """Say what kind of identifier it is."""
        entity = self._entity()
        if entity is None:
            return

        def change(kind: str | None) -> None:
            if kind is not None:
                self._then(lambda: self._change_kind(entity, kind))

        self.app.push_screen(Picker("Kind", list(TERMS.items())), change)

    def _change_kind(self, entity: EntityRead, kind: str) -> None:
        deciding.set_kind(self.workbench.study, entity.id, kind)
        self._replace(replace(entity, kind=kind, confirmed_by=None), f"It is of the kind {TERMS[kind]} now.")

    def action_same_as(self) -> None:
        """Make one entity of two."""
        entity = self._entity()
        if entity is None:
            return
        others = [
            (one.id, f"{' | '.join(one.texts)[:40]}   {one.pseudonym or one.kind}")
            for one in sorted(self._all, key=lambda one: (one.decision != ACCEPTED, one.texts[0].casefold()))
            if one.id != entity.id
        ]

        def join(other: str | None) -> None:
            if other is not None:
                self._then(lambda: self._reload(deciding.join_entities, entity.id, other, said="Joined."))

        self.app.push_screen(Picker(f"{entity.texts[0][:30]} is the same as", others), join)

    def action_mark(self) -> None:
        """Mark the place under the cursor."""
        mention = self._mention()
        if mention is not None:
            self._marked ^= {mention.id}
            self._show_entity()

    def action_split(self) -> None:
        """Split off the marked places, or the one under the cursor."""
        mention = self._mention()
        chosen = sorted(self._marked) or ([mention.id] if mention is not None else [])
        if chosen:
            self._marked.clear()
            self._reload(deciding.split_entity, chosen, said="Split off; it waits to be decided on.")

    def action_earlier_start(self) -> None:
        """Take in the word before."""
        self._stretch(Edge.START, outwards=True)

    def action_later_end(self) -> None:
        """Take in the word after."""
        self._stretch(Edge.END, outwards=True)

    def action_later_start(self) -> None:
        """Leave out the first word."""
        self._stretch(Edge.START, outwards=False)

    def action_earlier_end(self) -> None:
        """Leave out the last word."""
        self._stretch(Edge.END, outwards=False)

    def _stretch(self, edge: Edge, *, outwards: bool) -> None:
        mention = self._mention()
        if mention is None:
            return
        text = read_source(self.workbench.study, mention.source).text
        span = stretch(text, Span(mention.start, mention.end), edge, outwards=outwards)
        if span is None:
            self.say("There is no further word that way.")
        else:
            self._reload(marking.resize_mention, mention.id, span, said="Moved.")

    def action_rest(self) -> None:
        """Decide alike on all that is left in the list."""
        if self._queue not in (NAMES, DETAILS):
            self.say("That is for the lists of what is undecided.")
            return
        possible = [e.id for e in self._shown if e.tier == POSSIBLE]
        strong = [e.id for e in self._shown if e.tier == STRONG]
        ways = {
            "keep possible": (REJECTED, possible, f"Keep the {len(possible)} possible as they are"),
            "replace strong": (ACCEPTED, strong, f"Replace the {len(strong)} strong"),
            "keep all": (REJECTED, [e.id for e in self._shown], f"Keep all {len(self._shown)} as they are"),
        }

        def do(way: str | None) -> None:
            if way is not None:
                decision, ids, _ = ways[way]
                self._then(
                    lambda: self._reload(deciding.decide_rest, ids, decision, said="Done; u undoes it.")
                )

        self.app.push_screen(
            Picker("All that is left in this list", [(way, what) for way, (_, _, what) in ways.items()]), do
        )

    def action_undo(self) -> None:
        """Take the last change back."""
        self._load(f"Undone: {undo(self.workbench.study).summary}")

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._load(f"Done again: {redo(self.workbench.study).summary}")

    def _reload(self, act: Callable[..., object], *given: object, said: str) -> None:
        act(self.workbench.study, *given)
        self._load(said)

    def _then(self, act: Callable[[], None]) -> None:
        """Do what a dialog was opened for; what a person can put right is told."""
        try:
            act()
        except QualbenchError as error:
            self.say(str(error))

    # Looking through the sources

    def action_detect(self) -> None:
        """Look through the sources in the background."""
        if self._detecting is not None:
            self.say("The sources are being looked through already; esc stops that.")
            return
        self.say("Looking through the sources ...")
        self._detecting = self._detect()

    @work(thread=True, exclusive=True, group="detect")
    def _detect(self) -> None:
        worker = get_current_worker()

        def tell(done: int, total: int, name: str) -> None:
            self.post_message(self.Progress(done, total, name))

        try:
            study = self.workbench.study
            counts = suggest_in_sources(study, progress=tell, stopped=lambda: worker.is_cancelled)
            said = f"{len(counts)} sources looked through, {sum(counts.values())} places suggested."
            bare = without_capitals(study, list(counts))
            if bare:
                said += f" Without capitals, so read through by yourself: {', '.join(bare)}."
            self.post_message(self.Ended(said))
        except QualbenchError as error:
            self.post_message(self.Ended(str(error)))

    @on(Progress)
    def _show_progress(self, event: Progress) -> None:
        self.say(f"Looking through {event.done + 1} of {event.total}: {event.name}   esc stops")
        if event.done % 5 == 1:
            self._load("")

    @on(Ended)
    def _show_end(self, event: Ended) -> None:
        self._detecting = None
        self._load(event.sentence)

    # Moving about

    def action_next_queue(self) -> None:
        """Go on to the next list."""
        self._queue = _NEXT[self._queue]
        self._show(f"{self._queue}: {QUEUES[self._queue]}.")

    def action_text(self) -> None:
        """Open the text at the place under the cursor."""
        mention = self._mention()
        if mention is not None:
            self.app.push_screen(MarkScreen(mention.source, mention.start))

    def action_row_down(self) -> None:
        """Move the cursor down."""
        self._table().action_cursor_down()

    def action_row_up(self) -> None:
        """Move the cursor up."""
        self._table().action_cursor_up()

    def action_other_pane(self) -> None:
        """Go from entities to places and back."""
        self.query_one("#entities" if self._among_places() else "#mentions", RowTable).focus()

    def action_to_study(self) -> None:
        """Stop what runs, or go back."""
        if self._detecting is not None:
            self._detecting.cancel()
            self.say("Stopping after this source ...")
        elif self._among_places():
            self.action_other_pane()
        else:
            self.app.switch_mode("study")

    def _table(self) -> RowTable:
        return self.query_one("#mentions" if self._among_places() else "#entities", RowTable)

    def _among_places(self) -> bool:
        return self.query_one("#mentions").has_focus

    def _entity(self) -> EntityRead | None:
        row = self.query_one("#entities", RowTable).cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _mention(self) -> MentionRead | None:
        entity, row = self._entity(), self.query_one("#mentions", RowTable).cursor_row
        if entity is None:
            return None
        return entity.mentions[row if 0 <= row < len(entity.mentions) else 0]
