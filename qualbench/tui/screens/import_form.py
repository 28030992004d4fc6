"""What to read in: files or a folder, and what tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label


@dataclass(frozen=True)
class ToRead:
    """What the form gives."""

    path: Path
    manifest: Path | None
    pattern: str | None


class PathSuggester(Suggester):
    """Completes a path by what is on the disk."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Give the first entry that begins with what is typed."""
        folder, _, beginning = value.rpartition("/")
        place = Path(folder or ("/" if value.startswith("/") else ".")).expanduser()
        if not value or not place.is_dir():
            return None
        for entry in sorted(place.iterdir()):
            if beginning and entry.name.startswith(beginning) and entry.name != beginning:
                return f"{value.removesuffix(beginning)}{entry.name}{'/' if entry.is_dir() else ''}"
        return None


class ImportForm(ModalScreen[ToRead | None]):
    """Asks for a file or folder, and a manifest or a pattern for file names."""

    BINDINGS = [Binding("escape", "cancel", "Cancel", key_display="esc")]  # noqa: RUF012 (Textual's own form)
    DEFAULT_CSS = """
    ImportForm { align: center middle; }
    ImportForm Vertical {
        width: 76; max-width: 96%; height: auto;
        background: $surface; border: round $primary; padding: 0 1;
    }
    ImportForm Label { color: $text-muted; margin-top: 1; }
    ImportForm Input, ImportForm Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    """

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with Vertical() as box:
            box.border_title = "Read transcripts"
            box.border_subtitle = "enter goes on, esc cancels"
            yield Label("A file, or a folder of files (→ completes)")
            yield Input(id="path", suggester=PathSuggester())
            yield Label("Manifest, a .csv or .xlsx with a row a file (may be left empty)")
            yield Input(id="manifest", suggester=PathSuggester())
            yield Label("Or what file names say, as {participant}_{timepoint}_{site}")
            yield Input(id="pattern")

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        path, manifest, pattern = (
            self.query_one(f"#{name}", Input) for name in ("path", "manifest", "pattern")
        )
        if event.input is path and path.value.strip():
            beside = Path(path.value).expanduser() / "manifest.csv"
            if not manifest.value and beside.is_file():
                manifest.value = str(beside)
            manifest.focus()
        elif event.input is manifest and not manifest.value.strip():
            pattern.focus()
        elif path.value.strip():
            self.dismiss(
                ToRead(
                    Path(path.value.strip()).expanduser(),
                    Path(manifest.value.strip()).expanduser() if manifest.value.strip() else None,
                    pattern.value.strip() or None,
                )
            )

    def action_cancel(self) -> None:
        """Close and read nothing."""
        self.dismiss(None)
