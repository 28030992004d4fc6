"""An entry of the codebook in full, as text."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.widgets import Static

from qualbench.codebook.merging import parts_of
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.coding.codings import CodingRead
from qualbench.coding.examples import Example
from qualbench.tui.entry_details import Details, History
from qualbench.tui.widgets.tree_rows import MARKS

FIELD_NAMES = {
    "label": "Name",
    "short_definition": "Short definition",
    "definition": "Definition",
    "central_concept": "Central organising concept",
    "when_to_use": "When to use",
    "when_not_to_use": "When not to use",
    "typical_example": "Typical",
    "atypical_example": "Atypical",
    "near_miss_example": "Close, but not",
    "question": "Question served",
    "origin": "Comes from",
    "level": "Level",
    "stakeholders": "For the stakeholders",
    "timepoints": "For the timepoints",
    "tags": "Tags of frameworks",
    "also_in": "Candidate themes",
    "colour": "Colour",
    "status": "Status",
    "key": "Key",
    "parent_id": "Stands below",
    "merged_into": "Merged into",
    "split_from": "Split from",
}
"""What the fields of an entry are called on the screen, in the order in which they are shown."""
LEVEL_NAMES = {"theme": "theme", "subtheme": "sub-theme", "code": "code"}
ORIGIN_NAMES = {"": "not said", "theory": "theory", "data": "the data"}

_EXAMPLES = {"typical_example": "typical", "atypical_example": "atypical", "near_miss_example": "near miss"}
_QUOTE = 200  # characters of a passage
_WAY = 4  # names of the way to an entry


class EntryView(Static):
    """The entry under the cursor."""

    DEFAULT_CSS = """
    EntryView { padding: 0 1 1 1; height: auto; max-width: 92; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.code: str | None = None
        self.told = Text()

    def show(self, code: str, text: Text) -> None:
        """Show an entry by its id, as `entry_text` tells it."""
        self.code = code
        if text != self.told:
            self.told = text
            self.update(text)


def entry_text(book: Codebook, entry: CodeEntry, details: Details, history: History) -> Text:
    """Tell everything about an entry."""
    text = Text()
    above = [one.label for one in book.path(entry.id)[:-1]]
    if len(above) > _WAY:
        above = [above[0], "…", *above[-2:]]
    if above:
        text.append(f"{' › '.join(above)}\n", "dim")
    text.append(f"{entry.label}\n", "bold")
    _append_standing(text, book, entry)
    for line in _links(book, entry):
        text.append(f"{line}\n")
    if entry.short_definition:
        text.append(f"\n{entry.short_definition}\n", "italic")
    _append_meaning(text, entry)
    _append_examples(text, entry, details.examples, details.exemplars)
    memos = f"{details.memos} memo{'s' * (details.memos != 1)}" if details.memos else "No memo"
    text.append(f"\n{history.sentence(entry)} {memos} on it.", "dim")
    return text


def _append_standing(text: Text, book: Codebook, entry: CodeEntry) -> None:
    status = entry.status
    if entry.merged_into is not None:
        status = f"merged into {book.survivor(entry).label}"
    text.append(f"{LEVEL_NAMES[entry.level]} · {MARKS[entry.status]} {status}")
    if entry.key:
        text.append(f" · key {entry.key}")
    colour = book.colour(entry.id)
    if colour is not None:
        text.append(" · ").append("■", colour).append(f" {colour}")
        text.append("" if entry.colour else " as above it", "dim")
    if entry.origin:
        text.append(f" · from {ORIGIN_NAMES[entry.origin]}")
    text.append("\n")


def _links(book: Codebook, entry: CodeEntry) -> Iterable[str]:
    """What the entry is bound to, a line each."""
    whose = ", ".join(entry.stakeholders) or "all stakeholders"
    when = ", ".join(entry.timepoints) or "all timepoints"
    yield f"For {whose}, {when}"
    if entry.question:
        yield f"Question: {entry.question}"
    if entry.tags:
        yield f"Tags: {', '.join(entry.tags)}"
    if entry.also_in:
        yield f"In the candidate themes: {_names(book.by_id[theme] for theme in entry.also_in)}"
    grouped = [one for one in book.by_id.values() if entry.id in one.also_in and one.in_use]
    if grouped:
        yield f"Groups: {_names(grouped)}"
    parts = parts_of(book, entry.id) if entry.in_use else []
    if parts:
        yield f"Being split into: {_names(parts)}"
    if entry.split_from is not None and entry.split_from in book.by_id:
        yield f"Split from: {book.by_id[entry.split_from].label}"
    merged = [one for one in book.by_id.values() if one.merged_into == entry.id]
    if merged:
        yield f"Has taken in: {_names(merged)}"


def _append_meaning(text: Text, entry: CodeEntry) -> None:
    for name in ("definition", "central_concept", "when_to_use", "when_not_to_use"):
        value = getattr(entry, name)
        asked_for = name == "definition" or (name == "central_concept" and entry.level == "theme")
        if value:
            text.append(f"\n{FIELD_NAMES[name]}\n", "bold").append(f"{value}\n")
        elif asked_for:
            text.append(f"\n{FIELD_NAMES[name]}: ", "bold").append("not written yet; e writes it\n", "dim")


def _append_examples(
    text: Text, entry: CodeEntry, examples: Iterable[Example], exemplars: Iterable[CodingRead]
) -> None:
    linked: dict[str, list[str]] = {}
    for example in examples:
        linked.setdefault(example.kind, []).append(_quoted(example.quote, example.source, example.added_by))
    for name, kind in _EXAMPLES.items():
        lines = [getattr(entry, name)] if getattr(entry, name) else []
        _append_list(text, f"{FIELD_NAMES[name]} example", lines + linked.get(kind, []))
    _append_list(text, "Your exemplars", [_quoted(one.quote, one.source, "you") for one in exemplars])


def _append_list(text: Text, title: str, lines: list[str]) -> None:
    if lines:
        text.append(f"\n{title}{'s' * (len(lines) > 1 and not title.endswith('s'))}\n", "bold")
        text.append("".join(f"{line}\n" for line in lines))


def _quoted(quote: str, source: str, by: str) -> str:
    words = " ".join(quote.split())
    words = words if len(words) <= _QUOTE else f"{words[: _QUOTE - 1]}…"
    return f"“{words}” {source}, {by}"


def _names(entries: Iterable[CodeEntry]) -> str:
    return ", ".join(entry.label for entry in entries)
