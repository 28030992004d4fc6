"""The application: composes the modes and routes between them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import Theme

from qualbench.coding.blind import visible_layers
from qualbench.errors import QualbenchError
from qualbench.study.backups import backup_daily
from qualbench.study.database import Study, open_study
from qualbench.study.settings import StudySettings, read_study_settings
from qualbench.tui.actions import EVERYWHERE, STUDY, actions_for, bindings
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.help import HelpScreen
from qualbench.tui.screens.imports import ImportScreen
from qualbench.tui.screens.redact import RedactScreen
from qualbench.tui.screens.study import StudyScreen

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

    TITLE = "qualbench"
    MODES = {  # noqa: RUF012 (Textual's own form)
        "study": StudyScreen,
        "import": ImportScreen,
        "redact": RedactScreen,
        "code": CodeScreen,
    }
    DEFAULT_MODE = "study"
    BINDINGS = bindings(EVERYWHERE)

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.settings: StudySettings = read_study_settings(study)
        self.source_name: str | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def on_ready(self) -> None:
        """Spare the first keys a full collection over everything that start-up made."""
        gc.collect()
        gc.freeze()

    def open_source(self, name: str) -> None:
        """Show a source in the mode Code."""
        self.source_name = name
        self.switch_mode("code")

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
            self.say(str(error))
            return True

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
        self.switch_mode("code")

    def action_help(self) -> None:
        """Show the keys of this place."""
        self.push_screen(HelpScreen(self._place()))

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
    try:
        Workbench(study).run()
    finally:
        study.close()
