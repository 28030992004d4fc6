"""What became of the entries of a codebook, and the entries themselves, as blocks to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from qualbench.codebook.diff import CodeChange
from qualbench.codebook.outline import outline
from qualbench.codebook.tree import DEFINITION, LISTS, Codebook, CodeEntry
from qualbench.text.diff import pieces
from qualbench.tui.widgets.text_blocks import Line, Piece, TextBlock

_FIELD = 2  # cells before a field of an entry
_SHOWN = (
    "short_definition",
    "definition",
    "when_to_use",
    "when_not_to_use",
    "central_concept",
    "typical_example",
    "atypical_example",
    "near_miss_example",
)
"""The fields shown of an entry, in order."""


def change_blocks(
    changes: Sequence[CodeChange], old: Codebook, new: Codebook, to_reread: Mapping[str, str]
) -> list[TextBlock]:
    """Give a block for each entry that has changed: what became of it, and what was and is.

    Gone words stand in brackets and are struck through, new ones are underlined.

    Args:
        changes: From the one book to the other.
        old: The book before.
        new: The book after.
        to_reread: By the id of an entry, what is to be said of its passages.
    """
    ordered = sorted(changes, key=lambda change: change.id)
    by_entry = {id_: list(group) for id_, group in groupby(ordered, key=lambda change: change.id)}
    return [
        TextBlock(tuple(_lines(by_entry[id_], old, new, to_reread.get(id_, ""))), id_)
        for id_ in dict.fromkeys(change.id for change in changes)
    ]


def entry_blocks(book: Codebook) -> list[TextBlock]:
    """Give the entries in use as a tree, each with its definitions."""
    blocks = []
    for place in outline(book):
        entry, indent = place.entry, 2 * place.depth
        status = "" if entry.status == "agreed" else f", {entry.status}"
        name = Line((("strong", entry.label), ("muted", f"  {entry.level}{status}")), indent)
        fields = [
            Line((("muted", f"{_field(name)}: "), ("plain", getattr(entry, name))), indent + _FIELD)
            for name in _SHOWN
            if getattr(entry, name)
        ]
        blocks.append(TextBlock((name, *fields), entry.id))
    return blocks


def _lines(changes: Sequence[CodeChange], old: Codebook, new: Codebook, reread: str) -> Iterator[Line]:
    kinds = ", ".join(change.kind for change in changes)
    first = changes[0]
    yield Line((("strong", first.label), ("muted", f"  {kinds}")))
    for change in changes:
        for name, was, now in _compared(change, old, new):
            yield Line((("muted", f"{name}: "), *_diff(was, now)), _FIELD)
    if reread:
        yield Line((("strong", reread),), _FIELD)


def _compared(change: CodeChange, old: Codebook, new: Codebook) -> Iterator[tuple[str, str, str]]:
    """The name of each thing that a change is about, what it was and what it is."""
    before, after = change.before, change.after
    if change.kind == "added" and after is not None:
        yield "place", "", _place(new, after)
        for name in DEFINITION:
            if getattr(after, name):
                yield _field(name), "", getattr(after, name)
    elif change.kind in ("split", "merged"):
        yield "into", "", ", ".join(_label(new, id_) for id_ in change.names)
    elif before is None or after is None:
        return
    elif change.kind == "renamed":
        yield "name", before.label, after.label
    elif change.kind == "moved":
        yield "place", _place(old, before), _place(new, after)
    for name in change.names if change.kind in ("redefined", "changed") else ():
        yield _field(name), _value(old, before, name), _value(new, after, name)


def _value(book: Codebook, entry: CodeEntry | None, name: str) -> str:
    value = getattr(entry, name)
    if name == "also_in":
        return ", ".join(_label(book, id_) for id_ in value)
    return ", ".join(value) if name in LISTS else value or ""


def _diff(old: str, new: str) -> Iterator[Piece]:
    """The words of both, those that went in brackets."""
    if not old:
        yield "new" if new else "muted", new or "nothing"
        return
    before = " "
    for kind, words in pieces(old, new):
        if kind == "same":
            yield "plain", words
        elif core := words.strip():
            start = words.index(core)
            lead = words[:start] or (" " if kind == "new" and before == "gone" else "")
            yield (
                "plain",
                lead,
            )  # a bracket is no part of the word, and no line is drawn through or under blanks
            yield kind, f"[{core}]" if kind == "gone" else core
            yield "plain", words[start + len(core) :]
        before = "gone" if kind == "gone" and not words[-1].isspace() else kind


def _place(book: Codebook, entry: CodeEntry) -> str:
    """What an entry stands below."""
    return " / ".join(above.label for above in book.path(entry.id)[:-1]) or "at the top"


def _label(book: Codebook, id_: str) -> str:
    return book.by_id[id_].label if id_ in book.by_id else id_


def _field(name: str) -> str:
    return name.replace("_", " ")
