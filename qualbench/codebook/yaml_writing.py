"""Codebooks written as YAML, in one layout; in a file that is there, only what differs is written anew.

The lines of that file stay as people wrote them: comments, quotes, the order of fields, the indentation. An
object that is loaded and dumped again would be laid out afresh from end to end, so it is the lines that are
kept, and those of a field are replaced where it has another value.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qualbench.codebook.drafts import FILE_FIELDS, BookFile, one_line
from qualbench.codebook.tree import LEVELS, LISTS, Codebook, CodeEntry
from qualbench.codebook.yaml_files import BOOK_FIELDS, parse_yaml
from qualbench.codebook.yaml_lines import Block, Layout, layout_of
from qualbench.codebook.yaml_nodes import parse_nodes
from qualbench.errors import BadInput

WIDTH = 100  # columns

_NARROWEST = 40  # columns of words, however deep they stand
_FOLDED = frozenset(
    (
        "definition",
        "central_concept",
        "when_to_use",
        "when_not_to_use",
        "typical_example",
        "atypical_example",
        "near_miss_example",
        "source",
    )
)
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_BARE = re.compile(r"[^\W\d_](?:[^:#]|:(?=\S)|(?<=\S)#)*")
_TOP = BOOK_FIELDS[:-1]


def write_yaml(book: BookFile, present: str | None = None) -> str:
    """Give a codebook as YAML; read again it gives the same book.

    Args:
        book: Its entries; each text is written as one line with single blanks, folded where it is long.
        present: The text of the file that it is to replace. Its comments and the lines of what has not
            changed stay, and what the book does not say of title, source and the like. Where it is laid out
            in a way that cannot be kept, such as with fields after `codes:`, only the comment at its top is.

    Raises:
        BadInput: If there are no entries, or the present text is not a codebook.
    """
    if not book.entries:
        raise BadInput("There are no codes to be written.", "Import a codebook, or add codes.")
    book = tidied(book)
    if present is None:
        return _fresh(book)
    there = parse_yaml(present, "the file that is there")
    book = replace(
        book,
        name=book.name if there.name and book.name else there.name,
        title=book.title or there.title,
        framework=book.framework or there.framework,
        source=book.source or there.source,
        version=book.version or there.version,
    )
    if _same(book, there):
        return present
    lines = present.replace("\r\n", "\n").rstrip("\n").split("\n")
    root = parse_nodes("\n".join(lines), "")
    layout = layout_of(root, lines) if root is not None else None
    text = _updated(book, there, layout) if layout is not None else ""
    if not text or not _same(book, parse_yaml(text, "")):
        text = "\n".join([*_leading(lines), _fresh(book)])
    return text.replace("\n", "\r\n") if "\r\n" in present else text


def tidied(book: BookFile) -> BookFile:
    """Give a book as files hold it: each text on one line, no item twice, in the order of its tree."""
    entries = [
        replace(entry, **{name: _tidy(getattr(entry, name)) for name in FILE_FIELDS})
        for entry in book.entries
    ]
    return replace(
        book,
        entries=[entry for _, entry in Codebook(entries).walk(whole=True)],
        name=one_line(book.name),
        title=one_line(book.title),
        framework=one_line(book.framework),
        source=one_line(book.source),
        version=one_line(book.version),
    )


def _tidy(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(filter(None, map(one_line, value))))
    return one_line(value) if isinstance(value, str) else value


def _same(book: BookFile, other: BookFile) -> bool:
    return book.entries == other.entries and _top(book) == _top(other)


def _top(book: BookFile) -> dict[str, str]:
    values = (book.name, book.framework, book.title, book.source, book.version)
    return {name: value for name, value in zip(_TOP, values, strict=True) if value}


def _leading(lines: Sequence[str]) -> list[str]:
    """The comment at the top of a file."""
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return list(lines[:first])


def _fresh(book: BookFile) -> str:
    lines = [line for name, value in _top(book).items() for line in _field(name, value, 0)]
    tree = Codebook(book.entries)
    lines.append("codes:")
    for depth, entry in tree.walk(whole=True):
        lines += _new_entry(entry, 4 * depth + 2)
        if tree.children(entry.id):
            lines.append(" " * (4 * depth + 4) + "codes:")
    return "\n".join(lines) + "\n"


def _new_entry(entry: CodeEntry, dash: int) -> list[str]:
    lines = [line for name, value in _values(entry).items() for line in _field(name, value, dash + 2)]
    return [" " * dash + "- " + lines[0].lstrip(), *lines[1:]]


def _values(entry: CodeEntry) -> dict[str, Any]:
    """What is written of an entry: its fields that are not empty; that it is agreed goes without saying."""
    values = {name: getattr(entry, name) for name in FILE_FIELDS}
    return {name: value for name, value in values.items() if value and (name, value) != ("status", "agreed")}


def _updated(book: BookFile, there: BookFile, layout: Layout) -> str:
    top = _top(book)
    same = {name for name, value in _top(there).items() if top.get(name) == value}
    lines = _mapping(layout.top, top, same, BOOK_FIELDS, 0)
    tree = Codebook(book.entries)
    before = Codebook(there.entries)
    dashes: dict[str | None, int] = {None: layout.top.below or 0}  # of the entries below each
    lines += _codes_line(layout.top, 0, 0)
    for depth, entry in tree.walk(whole=True):
        dash, block = dashes[entry.parent_id], layout.entries.get(entry.id)
        has_below = bool(tree.children(entry.id))
        if block is not None and "" in block.pieces and (has_below or entry != before.by_id[entry.id]):
            lines += _shifted(block.pieces[""].above, dash - block.dash)  # what was in braces is written anew
            block = None
        if block is None:
            lines += _new_entry(entry, dash)
            dashes[entry.id] = dash + 4
            if has_below:
                lines.append(" " * (dash + 2) + "codes:")
            continue
        shift = dash - block.dash
        lines += _old_entry(entry, before.by_id[entry.id], block, depth, shift)
        dashes[entry.id] = (block.column + 2 if block.below is None else block.below) + shift
        if has_below or block.below is None:
            lines += _codes_line(block, shift, block.column if has_below else None)
    return "\n".join([*lines, *layout.tail]) + "\n"


def _codes_line(block: Block, shift: int, column: int | None) -> list[str]:
    """The line that says `codes:`, as it was or new at a column; none at all without a column."""
    piece = block.pieces.get("codes")
    if piece is not None and (block.below is not None or column is None):
        return _shifted([*piece.above, *piece.own, *piece.after], shift)
    return [" " * (column + shift) + "codes:"] if column is not None else []


def _old_entry(entry: CodeEntry, old: CodeEntry, block: Block, depth: int, shift: int) -> list[str]:
    if "" in block.pieces:
        piece = block.pieces[""]
        return _shifted([*piece.above, *piece.own, *piece.after], shift)
    wanted = _values(entry)
    if "status" in block.pieces and entry.status == "agreed":
        wanted["status"] = entry.status
    if "level" not in block.pieces and entry.level == LEVELS[min(depth, len(LEVELS) - 1)]:
        del wanted["level"]
    same = {name for name in FILE_FIELDS if getattr(old, name) == getattr(entry, name)}
    return _mapping(block, wanted, same, FILE_FIELDS, shift)


def _mapping(
    block: Block, wanted: Mapping[str, Any], same: Container[str], order: Sequence[str], shift: int
) -> list[str]:
    """The fields of an entry, or of the top: those that are the same as they were written, others anew."""
    names = [name for name in block.pieces if name != "codes"]
    for name in wanted:
        if name not in names:
            before = [n for n, other in enumerate(names) if order.index(other) < order.index(name)]
            names.insert(before[-1] + 1 if before else 1, name)
    lines: list[str] = []
    for name in names:
        piece = block.pieces.get(name)
        if piece is None:
            lines += _field(name, wanted[name], block.column + shift)
            continue
        lines += _shifted(piece.above, shift)
        if name in same:
            lines += _shifted(piece.own, shift)
        elif name in wanted:
            anew = _field(name, wanted[name], block.column + shift)
            lines += [anew[0] + piece.remark, *anew[1:]]
        lines += _shifted(piece.after, shift)
    return lines


def _shifted(lines: Sequence[str], shift: int) -> list[str]:
    if shift >= 0:
        return [" " * shift + line if line.strip() else line for line in lines]
    return [line[min(-shift, len(line) - len(line.lstrip(" "))) :] for line in lines]


def _field(name: str, value: Any, column: int) -> list[str]:
    """The lines of a field that stands at a column."""
    start = " " * column + f"{name}:"
    if name in LISTS:
        return [start, *(" " * column + f"  - {_scalar(item)}" for item in value)]
    whole = f"{start} {_scalar(value)}"
    if name not in _FOLDED and (len(whole) <= WIDTH or " " not in value):
        return [whole]
    wide = max(WIDTH - column - 2, _NARROWEST)
    words = textwrap.wrap(value, wide, break_long_words=False, break_on_hyphens=False)
    return [f"{start} >-", *(" " * (column + 2) + line for line in words)]


def _scalar(text: str) -> str:
    """A text on one line, in quotes where it could be taken for something else."""
    if _BARE.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
