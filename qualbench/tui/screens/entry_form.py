"""Where all fields of an entry of the codebook are edited at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.events import DescendantFocus
from textual.markup import escape
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Label, TextArea

from qualbench.codebook.tree import LEVELS, LISTS, ORIGINS, CodeEntry
from qualbench.errors import Conflict, QualbenchError
from qualbench.tui.widgets.choices import Choices
from qualbench.tui.widgets.entry_view import FIELD_NAMES, LEVEL_NAMES, ORIGIN_NAMES

COLOURS = {
    "#E69F00": "orange",
    "#56B4E9": "sky blue",
    "#009E73": "green",
    "#F0E442": "yellow",
    "#0072B2": "blue",
    "#D55E00": "vermilion",
    "#CC79A7": "purple",
    "#999999": "grey",
}
"""Hues that people with colour-vision deficiency can tell apart (Okabe and Ito 2008), and grey."""

FORM_FIELDS = (
    "label",
    "level",
    "short_definition",
    "definition",
    "central_concept",
    "when_to_use",
    "when_not_to_use",
    "typical_example",
    "atypical_example",
    "near_miss_example",
    "origin",
    "question",
    "stakeholders",
    "timepoints",
    "tags",
    "colour",
)
"""The fields of the form, in order."""

_LINES = ("label", "question", "tags")
_CHOICES = ("level", "origin", "stakeholders", "timepoints", "colour")
_HINTS = {
    "central_concept": "what holds the theme together",
    "near_miss_example": "talk that is close, but is not to be given this code",
    "stakeholders": "none marked: all of them",
    "timepoints": "none marked: all of them",
    "tags": "parted by commas; → completes",
}
_KEYS = "tab goes on, ctrl+s saves, esc cancels"
_DROPS = "esc again drops what you wrote, ctrl+s saves it"
_TAGS = 6  # tags that are named while one is typed


class EntryForm(ModalScreen[dict[str, Any] | None]):
    """Edits an entry; gives None if that was saved or dropped, the new values if somebody else was quicker.

    Args:
        entry: The entry as it is.
        values: What has been changed of it already.
        stakeholders: The study's stakeholder types.
        timepoints: The study's timepoints.
        tags: The tags of frameworks, and what they stand for.
        save: Saves the fields that differ from the entry. What it refuses is told in the form, which stays.
    """

    AUTO_FOCUS = ""  # it would scroll before the fields have their heights
    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("escape", "cancel", "Cancel", key_display="esc"),
        Binding("ctrl+q", "cancel", show=False, priority=True),  # leaving would drop what was written
    ]
    DEFAULT_CSS = """
    EntryForm { align: center middle; }
    EntryForm Vertical {
        width: 96; max-width: 100%; height: 96%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    EntryForm VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; padding: 0 1 0 0; }
    EntryForm Label { color: $text-muted; margin: 1 0 0 0; }
    EntryForm Input, EntryForm Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    EntryForm TextArea, EntryForm TextArea:focus {
        border: none; padding: 0; height: auto; max-height: 6; background: $panel;
    }
    EntryForm #known-tags { margin: 0; width: 100%; max-height: 3; }
    """

    def __init__(
        self,
        entry: CodeEntry,
        values: Mapping[str, Any],
        stakeholders: Sequence[str],
        timepoints: Sequence[str],
        tags: Mapping[str, str],
        save: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__()
        self._entry, self._begun, self._tags, self._save = entry, values, tags, save
        self._lists = {"stakeholders": stakeholders, "timepoints": timepoints}
        self._warned = False

    def compose(self) -> ComposeResult:
        """Lay the fields out, each below its name."""
        with Vertical() as box:
            box.border_title, box.border_subtitle = escape(f"Edit '{self._entry.label}'"), _KEYS
            with VerticalScroll(can_focus=False):
                for name in FORM_FIELDS:
                    hint = f"  ({_HINTS[name]})" if name in _HINTS else ""
                    yield Label(f"{FIELD_NAMES[name]}{hint}", id=f"name-of-{name}", markup=False)
                    yield self._field(name)
                    if name == "tags":
                        yield Label("", id="known-tags", markup=False)

    def _field(self, name: str) -> Widget:
        value = self._begun.get(name, getattr(self._entry, name))
        if name in _CHOICES:
            several = name in LISTS
            return Choices(
                self._options(name, value), value if several else (value or "",), several=several, id=name
            )
        if name in _LINES:
            text = ", ".join(value) if name in LISTS else value
            suggester = _TagSuggester(list(self._tags)) if name == "tags" else None
            return Input(text, id=name, suggester=suggester, select_on_focus=False)
        return TextArea(value, id=name)

    def _options(self, name: str, value: Any) -> list[tuple[str, str | Text]]:
        if name == "level":
            return [(level, LEVEL_NAMES[level]) for level in LEVELS]
        if name == "origin":
            return [(origin, ORIGIN_NAMES[origin]) for origin in ORIGINS]
        if name == "colour":
            named = COLOURS | ({value: value} if value and value not in COLOURS else {})
            shown = [(hue, Text("■ ", hue).append(said, "default")) for hue, said in named.items()]
            return [("", "as above it"), *shown]
        return [(one, one) for one in dict.fromkeys((*self._lists[name], *value))]

    def on_mount(self) -> None:
        """Begin with the definition if there is none, else with the name."""
        self._show_concept()
        self.query_one("#label" if self._entry.definition else "#definition").focus(scroll_visible=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the name of the field too."""
        label = self.query_one(f"#name-of-{event.widget.id}")
        label.call_after_refresh(label.scroll_visible, animate=False)

    # What was changed

    def values(self) -> dict[str, Any]:
        """Give the fields that differ from the entry, as they would be kept."""
        values: dict[str, Any] = {}
        for name in FORM_FIELDS:
            if self._value(name) != getattr(self._entry, name):
                values[name] = self._value(name)
        return values

    def _value(self, name: str) -> Any:
        if name in _CHOICES:
            chosen = self.query_one(f"#{name}", Choices).chosen
            if name in LISTS:
                return tuple(chosen)
            return chosen[0] if chosen[0] or name != "colour" else None
        if name == "tags":
            return tuple(_listed(self.query_one("#tags", Input).value))
        if name in _LINES:
            return " ".join(self.query_one(f"#{name}", Input).value.split())
        return " ".join(self.query_one(f"#{name}", TextArea).text.split())

    @on(Choices.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def _go_on(self) -> None:
        self._warned = False
        self._tell(f"Edit '{self._entry.label}'")
        self._show_concept()

    def _show_concept(self) -> None:
        """Ask themes alone for what holds them together."""
        is_code = self.query_one("#level", Choices).chosen == ("code",)
        for selector in ("#central_concept", "#name-of-central_concept"):
            self.query_one(selector).display = not is_code

    @on(Input.Changed, "#tags")
    def _name_tags(self, event: Input.Changed) -> None:
        typed = event.value.rpartition(",")[2].strip().casefold()
        fitting = [
            f"{tag} ({said})" if said else tag
            for tag, said in self._tags.items()
            if typed and typed in f"{tag} {said}".casefold()
        ]
        more = f", and {len(fitting) - _TAGS} more" if len(fitting) > _TAGS else ""
        self.query_one("#known-tags", Label).update("; ".join(fitting[:_TAGS]) + more)

    # Saving

    def action_save(self) -> None:
        """Save what was changed, and close."""
        values = self.values()
        if not values:
            self.dismiss(None)
            return
        try:
            self._save(values)
        except Conflict:
            self.dismiss(values)
        except QualbenchError as error:
            self._tell(error.message, error.hint or _KEYS)
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Close without saving; if something was written, only when asked twice."""
        if self._warned or self.values() == self._begun:
            self.dismiss(None)
            return
        self._warned = True
        self._tell(f"Edit '{self._entry.label}'", _DROPS)

    def _tell(self, title: str, subtitle: str = _KEYS) -> None:
        box = self.query_one(Vertical)
        box.border_title, box.border_subtitle = escape(title), escape(subtitle)


class _TagSuggester(Suggester):
    """Completes the last of several tags."""

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = tags

    async def get_suggestion(self, value: str) -> str | None:
        """Give the line with its last tag completed."""
        before, comma, typed = value.rpartition(",")
        begun = typed.strip()
        given = {*_listed(before)}
        blank = typed[: len(typed) - len(typed.lstrip())]
        for tag in self._known:
            if begun and tag.startswith(begun) and tag != begun and tag not in given:
                return f"{before}{comma}{blank}{tag}"
        return None


def _listed(line: str) -> list[str]:
    """The tags of a line, once each."""
    return list(dict.fromkeys(" ".join(tag.split()) for tag in line.split(",") if tag.strip()))
