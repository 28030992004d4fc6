"""Where the fields of a codebook stand in the lines of a YAML file, with the comments around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qualbench.codebook.yaml_nodes import Node

_BLOCK_REMARK = re.compile(r":\s*[>|][-+0-9]*(\s+#.*)$")
_KEY_REMARK = re.compile(r":(\s+#.*)$")


@dataclass
class Piece:
    """The lines of a field.

    Attributes:
        start: Its first line, counted from 0.
        end: The line after it.
        remark: A comment at the end of its line, with the blanks before it.
        above: The comments above it.
        own: Its own lines.
        after: Comments after it that belong to its entry by their indentation.
    """

    start: int
    end: int
    remark: str = ""
    above: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """The lines of an entry, without those of the entries below it.

    Attributes:
        dash: The column of its dash.
        column: The column of its fields; for the top of the file, both are 0.
        pieces: By field; "codes" is the line that says `codes:`. An entry in braces is one piece, "".
        below: The column of the dashes of the entries below it, if it has any.
    """

    dash: int
    column: int
    pieces: dict[str, Piece]
    below: int | None


@dataclass(frozen=True)
class Layout:
    """The lines of a file: its top, its entries by id, and what comes after the last."""

    top: Block
    entries: dict[str, Block]
    tail: list[str]


def layout_of(root: Node, lines: Sequence[str]) -> Layout | None:
    """Give where each field of a codebook stands; None if they are not laid out line by line.

    Args:
        root: What the file holds, known to be a codebook.
        lines: Its lines.
    """
    blocks: list[tuple[str, Block]] = []
    for code_id, node in _mappings(root):
        block = _block(node, lines, is_entry=code_id is not None)
        if block is None:
            return None
        blocks.append((code_id or "", block))
    opening = {id(block.pieces["codes"]) for _, block in blocks if block.below is not None}
    at = 0
    previous: Piece | None = None
    for _, block in blocks:
        for n, piece in enumerate(block.pieces.values()):
            if piece.start < at:
                return None
            between = list(lines[at : piece.start])
            kept = 0
            if n == 0 and previous is not None and id(previous) not in opening:
                kept = _deeper(between, block.dash)
                previous.after = between[:kept]
            piece.above = between[kept:]
            piece.own = list(lines[piece.start : piece.end])
            at, previous = piece.end, piece
    rest = list(lines[at:])
    kept = _deeper(rest, blocks[0][1].below or 0)
    if previous is not None:
        previous.after = rest[:kept]
    return Layout(blocks[0][1], dict(blocks[1:]), rest[kept:])


def _mappings(root: Node) -> Iterator[tuple[str | None, Node]]:
    """The top and then each entry with its id, in the order of the file."""
    ahead = [root]
    while ahead:
        node = ahead.pop()
        values = _values(node)
        yield (None if node is root else values["id"].text), node
        below = values.get("codes")
        if below is not None:
            ahead += reversed(below.parts)


def _values(node: Node) -> dict[str, Node]:
    return {key.text: value for key, value in zip(node.parts[::2], node.parts[1::2], strict=True)}


def _block(node: Node, lines: Sequence[str], *, is_entry: bool) -> Block | None:
    before = lines[node.line][: node.column]
    if is_entry and before.strip() != "-":
        return None
    dash = before.index("-") if is_entry else 0
    values = _values(node)
    if node.flow:
        whole = {"": Piece(node.line, _line_after(node))}
        return Block(dash, node.column, whole, None) if is_entry and "codes" not in values else None
    if is_entry and node.parts[0].text != "id":
        return None
    pieces: dict[str, Piece] = {}
    for n, (key, value) in enumerate(zip(node.parts[::2], node.parts[1::2], strict=True)):
        if lines[key.line][: key.column].strip() != ("-" if is_entry and n == 0 else ""):
            return None
        if "codes" in pieces:
            return None
        if key.text == "codes" and value.parts:
            if value.flow:
                return None
            pieces["codes"] = Piece(key.line, key.line + 1)
        else:
            end = max(_line_after(value), key.line + 1)
            while not lines[end - 1].strip():
                end -= 1
            pieces[key.text] = Piece(key.line, end, _remark(key, value, lines))
    below = values.get("codes")
    return Block(dash, node.column, pieces, below.column if below and below.parts else None)


def _line_after(node: Node) -> int:
    line, column = node.end
    return line + 1 if column else line


def _remark(key: Node, value: Node, lines: Sequence[str]) -> str:
    """The comment at the end of the line of a field."""
    line, column = value.end
    first = lines[key.line]
    if value.kind != "text" and not value.flow:
        found = _KEY_REMARK.search(first)
    elif value.kind == "text" and lines[value.line][value.column : value.column + 1] in (">", "|"):
        found = _BLOCK_REMARK.search(lines[value.line])
    else:
        rest = lines[line][column:]
        return rest if rest.lstrip().startswith("#") else ""
    return found[1] if found else ""


def _deeper(lines: Sequence[str], column: int) -> int:
    """How many of the lines between two entries are comments on the one before, by their indentation."""
    deeper = [n for n, line in enumerate(lines) if line.strip() and len(line) - len(line.lstrip()) <= column]
    if deeper:
        lines = lines[: deeper[0]]
    last = [n for n, line in enumerate(lines) if line.strip()]
    return last[-1] + 1 if last else 0
