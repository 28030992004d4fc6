"""The difference at hand in words: how the two differ, what each has, and what can be or was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets import Static

from qualbench.agreement.differences import BOUNDARY, DIFFERENT_CODES, CodedSpan
from qualbench.agreement.items import Item
from qualbench.codebook.tree import Codebook
from qualbench.text.words import count_words
from qualbench.tui.widgets.difference_list import counted, mark_of
from qualbench.tui.widgets.entry_view import FIELD_NAMES
from qualbench.tui.widgets.transcript_rows import MEASURE, Stripe

ROWS, MEANINGS = 4, 10
"""Rows of what is told about a difference, and of what the codes mean."""
KEYS = (
    ("a", "keep A"),
    ("b", "keep B"),
    ("+", "both"),
    ("x", "none"),
    ("r", "redraw"),
    ("c", "other"),
    ("d", "differ"),
    ("w", "why"),
)
"""What can be decided, in a word; `?` says it in full."""
_MEANING = ("short_definition", "definition", "when_to_use", "when_not_to_use", "near_miss_example")


class DifferencePanel(Static):
    """Four rows about the difference at hand."""

    DEFAULT_CSS = f"""
    DifferencePanel {{
        height: {ROWS + 1}; padding: 0 1; border-top: hkey $panel;
        text-wrap: nowrap; text-overflow: ellipsis;
    }}
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.told = ""

    def show(self, lines: Sequence[Text]) -> None:
        """Show lines, a row each."""
        told = Text("\n").join(lines)
        told.no_wrap, told.overflow = True, "ellipsis"
        if told.plain != self.told:
            self.told = told.plain
            self.update(told, layout=False)


class Definitions(Static):
    """What the codes concerned mean, as many rows of it as there is room for."""

    DEFAULT_CSS = f"""
    Definitions {{ height: {MEANINGS + 1}; padding: 0 1; border-top: hkey $panel; }}
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.told = Text()
        self._top = 0  # the first row that is shown

    def show(self, book: Codebook, codes: Sequence[str]) -> None:
        """Show the definitions of some codes."""
        told = definitions_text(book, codes)
        if told != self.told:
            self.told, self._top = told, 0
            self._draw()

    def read_on(self) -> None:
        """Show what follows; at the end, the beginning."""
        further = self._top + MEANINGS - 1
        self._top = further if further < len(self._wrapped()) else 0
        self._draw()

    def on_resize(self) -> None:
        """Wrap anew for the new width."""
        self._top = 0
        self._draw()

    def _draw(self) -> None:
        rows = self._wrapped()
        shown = rows[self._top : self._top + MEANINGS]
        if self._top + MEANINGS < len(rows):
            shown = [*shown[:-1], Text("… space reads on", "dim")]
        self.update(Text("\n").join(shown), layout=False)

    def _wrapped(self) -> list[Text]:
        width = min(MEASURE, self.content_size.width)
        return list(self.told.wrap(self.app.console, width)) if width > 0 else []


def panel_lines(item: Item, text: str, stripes: Mapping[str, Stripe], place: str, reason: str) -> list[Text]:
    """Tell about a difference in four lines.

    Args:
        item: The difference.
        text: The text of its source.
        stripes: What each code is shown by.
        place: Which of how many it is.
        reason: What was written for the decision to come.
    """
    head = Text().append(f"{mark_of(item)} {_kind(item)}", "bold").append(f"   {place}", "dim")
    if item.before:
        last = item.before[-1]
        head.append(f"   coded anew since '{last.outcome}' by {last.decided_by}", "dim")
    both = (item.difference.a, item.difference.b)
    sides = [
        _side(letter, coder, coded, text, stripes)
        for letter, coder, coded in zip("AB", item.key.coders, both, strict=True)
    ]
    if item.decision is not None:
        last_line = _decided(item, stripes)
    elif reason:
        last_line = Text().append("why: ", "bold").append(reason).append("   now decide", "dim")
    else:
        last_line = Text("  ").join(Text().append(key, "bold").append(f" {what}") for key, what in KEYS)
    return [head, *sides, last_line]


def alike_lines(coders: tuple[str, str], label: str) -> list[Text]:
    """Tell about words that both have coded alike with a code."""
    a, b = coders
    return [
        Text(f"{a} and {b} have coded this alike: {label}", "bold"),
        Text("There is nothing to decide here; n goes back to the difference at hand."),
    ]


def _kind(item: Item) -> str:
    if item.difference.kind == BOUNDARY:
        apart = f", {counted(item.apart.words)} apart" if item.apart is not None else ""
        return f"same code, other boundaries{apart}"
    if item.difference.kind == DIFFERENT_CODES:
        return "different codes on the same words"
    coder, other = item.key.coders if item.difference.a else item.key.coders[::-1]
    return f"{coder} has coded this, {other} has not"


def _side(
    letter: str, coder: str, coded: Sequence[CodedSpan], text: str, stripes: Mapping[str, Stripe]
) -> Text:
    """What one coder has there."""
    line = Text().append(f"{letter} {coder:<3} ", "bold")
    if not coded:
        return line.append("nothing with that code", "dim")
    stripe = stripes[coded[0].code]
    line.append(f"{stripe.letter} ", stripe.colour or "").append(stripe.label)
    said = " … ".join(" ".join(text[one.span.start : one.span.end].split()) for one in coded)
    count = sum(count_words(text[one.span.start : one.span.end]) for one in coded)
    return line.append(f"   {counted(count)}: ", "dim").append(f"“{said}”", "italic")


def _decided(item: Item, stripes: Mapping[str, Stripe]) -> Text:
    decision = item.decision
    assert decision is not None
    line = Text().append(f"→ {decision.outcome}", "bold")
    if decision.code_chosen is not None and decision.code_chosen in stripes:
        line.append(f": {stripes[decision.code_chosen].label}")
    line.append(f", by {decision.decided_by} on {decision.decided_at[:10]}", "dim")
    if decision.reason:
        line.append(f": {decision.reason}")
    return line.append("   R reopens it", "dim")


def definitions_text(book: Codebook, codes: Sequence[str]) -> Text:
    """Tell what some codes mean, as the codebook has it."""
    text = Text()
    for code in codes:
        entry = book.by_id.get(code)
        if entry is None:
            continue
        if text:
            text.append("\n\n")
        text.append(entry.label, "bold")
        above = book.path(code)[:-1]
        if above:
            text.append(f"  {above[-1].label}", "dim")
        written = [name for name in _MEANING if getattr(entry, name)]
        for name in written:
            text.append(f"\n{FIELD_NAMES[name]}: ", "dim").append(getattr(entry, name))
        if not written:
            text.append("\nNo definition is written yet; e writes it.", "dim")
    return text
