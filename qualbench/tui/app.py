"""The application: composes the modes and routes between them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event as ThreadEvent
from threading import Thread
from time import monotonic, sleep
from typing import Any

from rich.segment import Segments
from rich.traceback import Traceback
from textual import events, on
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, TextArea
from textual.worker import get_current_worker

from qualbench.coding.blind import visible_layers
from qualbench.errors import QualbenchError, Unreachable
from qualbench.study.backups import backup_daily
from qualbench.study.database import Study, open_study
from qualbench.study.journal import newest_event
from qualbench.study.local import read_settings
from qualbench.study.settings import StudySettings, read_study_settings
from qualbench.study.watching import changed_by_others, watch
from qualbench.tui.actions import EVERYWHERE, STUDY, Action, actions_for, bindings, chords
from qualbench.tui.keymap import check_keymap
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.codebook import CodebookScreen
from qualbench.tui.screens.help import HelpScreen
from qualbench.tui.screens.imports import ImportScreen
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.memos import MemosScreen
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.screens.redact import RedactScreen
from qualbench.tui.screens.search import SearchScreen
from qualbench.tui.screens.study import StudyScreen
from qualbench.tui.widgets.chrome import Status

RETRY = 3.0
"""Seconds between two attempts to reach a database that does not answer."""

THEMES = (
    Theme(
        name="qualbench-dark",
        primary="#6f8fa6",
        accent="#8fb8d6",
        foreground="#d8d8d4",
        background="#16181a",
        surface="#1d2022",
        panel="#24282b",
        error="#e06c60",
        dark=True,
    ),
    Theme(
        name="qualbench-light",
        primary="#3f6480",
        accent="#1f5f8b",
        foreground="#1c1c1a",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e8e5de",
        error="#b3261e",
        dark=False,
    ),
)


class Workbench(App[None]):
    """The workbench on one study.

    Args:
        study: The study; it stays open while the application runs.
    """

    class Answered(Message):
        """The database answers again."""

    class ChangedByOthers(Message):
        """Somebody else has changed the study."""

    TITLE = "qualbench"
    MODES = {  # noqa: RUF012 (Textual's own form)
        "study": StudyScreen,
        "import": ImportScreen,
        "redact": RedactScreen,
        "code": CodeScreen,
        "codebook": CodebookScreen,
        "reconcile": ReconcileScreen,
        "matrix": MatrixScreen,
        "memos": MemosScreen,
        "search": SearchScreen,
    }
    DEFAULT_MODE = "study"
    BINDINGS = bindings(EVERYWHERE)

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.settings: StudySettings = read_study_settings(study)
        self.source_name: str | None = None
        self.source_place: int | None = None
        self.came_from = "study"  # the mode from which the source was opened
        self.reread_code: str | None = None  # the code whose passages were asked to be read again
        self.code_asked: str | None = None
        self._waiting = False  # for the database
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.keymap = check_keymap(read_settings(study.folder).keys)
        self.set_keymap(self.keymap)

    def on_ready(self) -> None:
        """Spare the first keys a full collection over everything that start-up made."""
        gc.collect()
        gc.freeze()

    def open_source(self, name: str, offset: int | None = None) -> None:
        """Show a source in the mode Code.

        Args:
            name: The source.
            offset: Where to put the caret, a code point; None leaves it where it is.
        """
        self.source_name, self.source_place = name, offset
        if self.current_mode != "code":
            self.came_from = self.current_mode
        self.switch_mode("code")

    def open_code(self, code_id: str) -> None:
        """Show an entry in the mode Codebook."""
        self.code_asked = code_id
        self.switch_mode("codebook")
        while len(self.screen_stack) > 1:  # what was opened there from the tree
            self.pop_screen()

    def next_layer(self, layer: str, source: str | None = None) -> str:
        """Give the layer after one, among those this coder may see in a source, or in all."""
        layers = visible_layers(self.study, source)
        return layers[(layers.index(layer) + 1) % len(layers)] if layer in layers else layers[0]

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Any = None,
    ) -> bool:
        """Run an action; what a person can put right is told in the status row."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except QualbenchError as error:
            self.tell(error)
            return True

    async def on_event(self, event: events.Event) -> None:
        """Let the second of two keys through to the action that both make."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            screen = self.screen
            if isinstance(screen, ModeScreen):
                screen.query_one(Status).seen()
                if screen.letter is not None:
                    take, screen.letter = screen.letter, None
                    take(event.character)
                    return
                if screen.chord is not None:
                    first, screen.chord = screen.chord, None
                    await self._second_key(screen, first, event)
                    return
                if event.key in chords(screen.place) and not isinstance(self.focused, Input | TextArea):
                    screen.chord = event.key
                    screen.say(_awaited(chords(screen.place)[event.key]))
                    return
        await super().on_event(event)

    async def _second_key(self, screen: ModeScreen, first: str, event: events.Key) -> None:
        actions = chords(screen.place)[first]
        screen.query_one(Status).clear()
        if event.key in actions:
            await self.run_action(("", actions[event.key].method, ()), screen)
        elif "*" in actions and event.is_printable and event.character:
            await self.run_action(("", actions["*"].method, (event.character,)), screen)
        elif event.key != "escape":
            screen.say(_awaited(actions))

    def tell(self, error: QualbenchError) -> None:
        """Tell what went wrong; while the database does not answer, ask it again and again."""
        self.say(str(error))
        if isinstance(error, Unreachable) and not self._waiting:
            self._waiting = True
            self.run_worker(self._await_database, thread=True, exit_on_error=False)

    def _await_database(self) -> None:
        worker = get_current_worker()
        while not worker.is_cancelled:
            until = monotonic() + RETRY  # what was said is to be read before it is answered
            while monotonic() < until and not worker.is_cancelled:
                sleep(min(0.1, RETRY))
            try:
                read_study_settings(self.study)
            except QualbenchError:
                continue
            self.post_message(self.Answered())
            return

    @on(Answered)
    def _answered(self) -> None:
        self._waiting = False
        for screen in self.screen_stack:
            if isinstance(screen, ModeScreen):
                screen.attempt(screen.reload)
        self.say("The database answers again; what you see is what is saved.")

    def _fatal_error(self) -> None:
        # Textual's own shows the values of variables, and those hold words of transcripts.
        self.bell()
        self._exit_renderables.append(Segments(self.console.render(Traceback(show_locals=False))))
        self._close_messages_no_wait()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While it lasts, what others change in the study is shown without being asked for."""
        stopped = ThreadEvent()
        watcher = Thread(target=self._watch, args=(stopped,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stopped.set()
            watcher.join()

    def _watch(self, stopped: ThreadEvent) -> None:
        seen = 0
        while not stopped.is_set():
            try:
                seen = seen or newest_event(self.study)
                for _ in watch(self.study, stopped):
                    newest = newest_event(self.study)
                    if changed_by_others(self.study, seen):
                        self.post_message(self.ChangedByOthers())
                    seen = newest
            except QualbenchError:
                stopped.wait(RETRY)  # the screens tell that the database is away

    @on(ChangedByOthers)
    def _show_changes(self) -> None:
        # What lies beneath a form or a list reads the study again when that closes.
        if isinstance(self.screen, ModeScreen):
            self.screen.attempt(self.screen.reload)

    def say(self, sentence: str) -> None:
        """Show a sentence in the status row of the present mode."""
        screen = next((s for s in reversed(self.screen_stack) if isinstance(s, ModeScreen)), None)
        if screen is not None:
            screen.say(sentence)

    def action_mode_study(self) -> None:
        """Go to the study."""
        self.switch_mode("study")

    def action_mode_import(self) -> None:
        """Go to the files to bring in."""
        self.switch_mode("import")

    def action_mode_redact(self) -> None:
        """Go to the review of what identifies people."""
        self.switch_mode("redact")

    def action_mode_code(self) -> None:
        """Go to the transcript that was open last."""
        self.came_from = "study"
        self.switch_mode("code")

    def action_mode_codebook(self) -> None:
        """Go to the codebook."""
        self.switch_mode("codebook")

    def action_mode_reconcile(self) -> None:
        """Go to the differences of two coders."""
        self.switch_mode("reconcile")

    def action_mode_matrix(self) -> None:
        """Go to the matrix."""
        self.switch_mode("matrix")

    def action_mode_memos(self) -> None:
        """Go to the memos."""
        self.switch_mode("memos")

    def action_mode_search(self) -> None:
        """Go to the search of all sources."""
        self.switch_mode("search")

    async def action_press(self, action_id: str) -> None:
        """Do what a key of the row of keys does, when it is clicked."""
        await self._runner(action_id.partition(".")[2], self.screen)()

    def action_help(self) -> None:
        """Show the keys of this place."""
        self.push_screen(HelpScreen(self._place(), self.keymap))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the palette what the registry holds for this place, and the two themes."""
        for action in actions_for(self._place()):
            if action.method != "command_palette":
                yield SystemCommand(action.title, action.help, self._runner(action.method, screen))
        for theme in THEMES:
            name = theme.name.removeprefix("qualbench-")
            yield SystemCommand(
                f"Theme: {name}", f"Use the {name} theme.", lambda t=theme: setattr(self, "theme", t.name)
            )

    def _runner(self, method: str, screen: Screen[object]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.run_action(method, screen if hasattr(screen, f"action_{method}") else self)

        return run

    def _place(self) -> str:
        return next((s.place for s in reversed(self.screen_stack) if isinstance(s, ModeScreen)), STUDY)


def _awaited(actions: Mapping[str, Action]) -> str:
    """Say what the second key can be."""
    return (
        "   ".join(f"{action.shown}  {action.title.lower()}" for action in actions.values()) + "   esc  none"
    )


def run_workbench(folder: Path, coder: str | None = None) -> None:
    """Open the workbench on the study in a folder, writing the backup of the day first.

    Raises:
        NotFound: If the folder holds no study.
    """
    study = open_study(folder, coder=coder)
    try:
        backup_daily(study)
    except QualbenchError as error:
        logging.getLogger(__name__).warning("No backup today: %s", error.message)
    gc.freeze()  # what imports made stays, and need not be looked through while the first screen is drawn
    try:
        workbench = Workbench(study)
        with workbench.watching():
            workbench.run()
    finally:
        study.close()
