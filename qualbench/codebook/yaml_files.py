"""Codebooks read from YAML, the form that people edit and keep.

Only what a codebook needs of YAML is read: mappings, lists and text. The file is taken as its stream of
events and never made into objects, so that an alias or a tag is refused before anything comes of it, every
fault has its line and column, and `label: No` is the word and not a truth value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qualbench.codebook.drafts import (
    DEEPEST,
    FILE_FIELDS,
    UNREADABLE,
    BookFile,
    Draft,
    entries_of,
    nearest,
    one_line,
)
from qualbench.codebook.tree import LISTS
from qualbench.errors import BadInput

BOOK_FIELDS = ("codebook", "framework", "title", "source", "version", "codes")
"""What stands at the top of a file, in this order."""

LARGEST = 5 * 1024 * 1024  # bytes; 2,000 entries written out in full have some 2.5 MB

_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass
class Node:
    """A piece of YAML; lines and columns are counted from 0.

    Attributes:
        kind: "text", "list" or "mapping".
        line: Where it begins.
        column: Where it begins.
        text: What a text says; "" if it is left empty.
        parts: The items of a list; the keys and values of a mapping, one after the other.
        end: The line and column after it; of what is written by indentation, a line's beginning.
        flow: Whether it is a list or mapping in brackets.
    """

    kind: str
    line: int
    column: int
    text: str
    parts: list[Node]
    end: tuple[int, int]
    flow: bool = False


def read_yaml(path: Path) -> BookFile:
    """Read a codebook from a YAML file.

    Raises:
        BadInput: If it cannot be read, is not YAML, or is not a codebook; with line and column.
    """
    book = parse_yaml(read_text(path), path.name)
    return book if book.name else replace(book, name=path.stem)


def read_text(path: Path) -> str:
    """Give the text of a file in UTF-8.

    Raises:
        BadInput: If it cannot be read, is too large or is in another encoding.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name}: it is larger than 5 MB.", "A codebook is not; check the file.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path.name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path.name}: it is not in UTF-8.", "Save it as UTF-8.") from None


def parse_yaml(text: str, name: str) -> BookFile:
    """Read a codebook from the text of a YAML file.

    Args:
        text: What the file holds.
        name: The name of the file, for messages.

    Raises:
        BadInput: If it is not YAML or not a codebook; with line and column.
    """
    root = parse_nodes(text, name)
    if root is None:
        raise BadInput(f"{name}: it is empty.", "'qualbench codebook export' writes one to begin with.")
    head = _fields(root, name, BOOK_FIELDS, "the top of a codebook")
    codes = head.get("codes")
    if codes is None or codes[1].kind != "list" or not codes[1].parts:
        place = _place(name, codes[1] if codes else root)
        raise BadInput(f"{place}: it has no list 'codes'.", "Write each entry below 'codes:' with a dash.")
    entries, given = entries_of(list(_drafts(codes[1], name)))
    texts = {field: _text(field, node, name) for field, (_, node) in head.items() if field != "codes"}
    return BookFile(
        texts.get("codebook", ""),
        entries,
        given,
        title=texts.get("title", ""),
        framework=texts.get("framework", ""),
        source=texts.get("source", ""),
        version=texts.get("version", ""),
    )


def parse_nodes(text: str, name: str) -> Node | None:
    """Give the pieces of a YAML text; None if there are none.

    Raises:
        BadInput: If it is not YAML, or has aliases, anchors or tags, several documents, or too many levels.
    """
    from ruamel.yaml.error import YAMLError

    unreadable = UNREADABLE.search(text.replace("\ufeff", " "))
    if unreadable:
        before = text[: unreadable.start()]
        place = f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"
        raise BadInput(
            f"{name}, {place}: a character U+{ord(unreadable[0]):04X} cannot be in YAML.", "Take it out."
        )
    try:
        return _compose(_events(text), name)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or "it is not YAML").splitlines()[0]
        raise BadInput(f"{name}{where}: {problem}.", "Put it right in an editor.") from None
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, KeyError, AssertionError):
        # what the parser of ruamel.yaml raises for some texts that are not YAML
        raise BadInput(f"{name}: it is not YAML.", "Put it right in an editor.") from None


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    return iter(YAML(typ="safe", pure=True).parse(text))


def _compose(events: Iterator[Any], name: str) -> Node | None:
    from ruamel.yaml import events as kinds

    root: Node | None = None
    open_nodes: list[Node] = []
    for event in events:
        mark = event.start_mark
        place = f"{name}, line {mark.line + 1}, column {mark.column + 1}"
        if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
            raise BadInput(f"{place}: anchors and aliases (& and *) are not read.", "Write the text out.")
        if getattr(event, "tag", None):
            raise BadInput(f"{place}: tags (!) are not read.", "Take it out, or put the text in quotes.")
        if isinstance(event, kinds.DocumentStartEvent) and root is not None:
            raise BadInput(f"{place}: a second document begins here.", "Keep one codebook a file.")
        if isinstance(event, kinds.CollectionEndEvent):
            _close(open_nodes.pop(), event)
        elif isinstance(event, kinds.NodeEvent):
            node = _node(event)
            if open_nodes:
                open_nodes[-1].parts.append(node)
            else:
                root = node
            if node.kind != "text":
                open_nodes.append(node)
            if len(open_nodes) > 2 * DEEPEST + 2:
                raise BadInput(f"{place}: it has more than {DEEPEST} levels.", "Flatten it.")
    return None if root is None or (root.kind == "text" and not root.text) else root


def _node(event: Any) -> Node:
    from ruamel.yaml import events as kinds

    line, column = event.start_mark.line, event.start_mark.column
    end = (event.end_mark.line, event.end_mark.column)
    if isinstance(event, kinds.ScalarEvent):
        plain = event.implicit[0]
        return Node("text", line, column, "" if plain and event.value in _EMPTY else event.value, [], end)
    kind = "list" if isinstance(event, kinds.SequenceStartEvent) else "mapping"
    return Node(kind, line, column, "", [], end, bool(event.flow_style))


def _close(node: Node, event: Any) -> None:
    if node.flow:
        node.end = (event.end_mark.line, event.end_mark.column)
    elif node.parts:
        line, column = node.parts[-1].end
        node.end = (line + 1, 0) if column else (line, 0)


def _drafts(codes: Node, name: str) -> Iterator[Draft]:
    """The entries of a list, each before those below it."""
    ahead: list[tuple[Node, Draft | None]] = [(node, None) for node in reversed(codes.parts)]
    while ahead:
        node, parent = ahead.pop()
        if node.kind != "mapping":
            raise BadInput(
                f"{_place(name, node)}: an entry must have an id and a label.", "Write '- id: ...'."
            )
        fields = _fields(node, name, (*FILE_FIELDS, "codes"), "a code")
        _, below = fields.pop("codes", (node, None))
        draft = Draft(
            _place(name, node),
            {field: _value(field, value, name) for field, (_, value) in fields.items()},
            {field: _place(name, value) for field, (_, value) in fields.items()},
            parent,
        )
        yield draft
        if below is not None and (below.kind == "list" or not _is_empty(below)):
            if below.kind != "list":
                code_id = draft.values.get("id") or "an entry"
                raise BadInput(
                    f"{_place(name, below)}: 'codes' of {code_id} is not a list.", "Write each with a dash."
                )
            ahead += [(under, draft) for under in reversed(below.parts)]


def _fields(node: Node, name: str, known: tuple[str, ...], what: str) -> dict[str, tuple[Node, Node]]:
    """The keys and values of a mapping by what the key says."""
    if node.kind != "mapping":
        raise BadInput(f"{_place(name, node)}: it has no list 'codes'.", "See the codebooks shipped.")
    fields: dict[str, tuple[Node, Node]] = {}
    for key, value in zip(node.parts[::2], node.parts[1::2], strict=True):
        if key.text not in known or key.kind != "text":
            meant = nearest(key.text, known)
            hint = f"Did you mean '{meant}'?" if meant else f"Use some of {', '.join(known)}."
            shown = f"'{one_line(key.text)[:40]}'" if key.kind == "text" else f"a {key.kind}"
            raise BadInput(f"{_place(name, key)}: {shown} is not a field of {what}.", hint)
        if key.text in fields:
            raise BadInput(f"{_place(name, key)}: '{key.text}' is there twice.", "Keep one of the two.")
        fields[key.text] = key, value
    return fields


def _value(field: str, node: Node, name: str) -> str | tuple[str, ...]:
    if field not in LISTS:
        return _text(field, node, name)
    if node.kind == "list":
        items = (_text(f"an item of '{field}'", item, name) for item in node.parts)
        return tuple(dict.fromkeys(filter(None, items)))
    if _is_empty(node):
        return ()
    raise BadInput(
        f"{_place(name, node)}: '{field}' is a list.", "Write each item on a line of its own, with a dash."
    )


def _text(field: str, node: Node, name: str) -> str:
    if node.kind != "text":
        raise BadInput(
            f"{_place(name, node)}: '{field}' is a text, not a {node.kind}.",
            "Put it in quotes if it begins with a bracket, or has a colon.",
        )
    return one_line(node.text)


def _is_empty(node: Node) -> bool:
    return node.kind == "text" and not node.text


def _place(name: str, node: Node) -> str:
    return f"{name}, line {node.line + 1}, column {node.column + 1}"
